"""What an index looks a rule for all sites up by: something that a page must have for the rule to do anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cleanpage.match.selectors import Key, Selector

__all__ = ["RuleKeys", "is_one_name", "rule_keys"]

MIN_PIECE: Final = 3
"""Shortest text in a value that is worth looking for."""

# Letters, digits and all that is not ASCII; said by what is left out, which compiles a hundred times faster.
_IDENT: Final = r"-?(?:[^\x00-@\[-^`{-\x7f]|--)[^\x00-,./:-@\[-^`{-\x7f]*"
_ATTRIBUTE: Final = r'([a-z][a-z0-9-]*|)\[([a-z][a-z0-9-]*)([*^$]?=)"([^"\\\n]+)"\]'
_ONE_NAME: Final = re.compile(rf"([.#]?)({_IDENT})")
_CLASSES: Final = re.compile(rf"(?:[a-z][a-z0-9-]*)?((?:\.{_IDENT}){{2,}})")
_FIRST: Final = re.compile(rf"(?:([.#])({_IDENT})|{_ATTRIBUTE}(?:\[[^\[\]]*\])*)(?=[\s>+~])")
_WITH_ATTRIBUTES: Final = re.compile(rf"{_ATTRIBUTE}(?:\[[^\[\]]*\])*")
_PIECE: Final = re.compile(r'\[([a-z][a-z0-9-]*)[*$^]?="([^"\\\n]+)"(?: [iIsS])?\]')
_PIECES: Final = re.compile(rf"{_ATTRIBUTE}(?:, ?{_ATTRIBUTE})+")
_QUOTED: Final = re.compile(r'"[^"]*"')
_WEAK: Final = ("tag", "attr")
"""Keys that the elements of most pages have."""
FOLDED: Final = frozenset("rel type target lang media method scope shape align charset language".split())
"""Attributes whose values are compared without regard to case, so that no table can hold them."""


@dataclass(frozen=True, slots=True)
class RuleKeys:
    """`elements`: keys of which each of the rule's elements has one, or with `gate` some element of the page.

    An attribute's key may have a fourth part, the tag. `pieces`: name of an attribute, and a text in lower case; one of
    them must stand in the value of such an attribute on the page. Without either the rule may concern any element.
    """

    elements: tuple[Key, ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()
    gate: bool = False


def is_one_name(body: str) -> bool:
    """Whether a selector is one class, id or tag, as five of six are."""
    return _ONE_NAME.fullmatch(body) is not None


def rule_keys(body: str, selector: Selector | None) -> RuleKeys:
    """The keys of a selector in its normal spelling; `selector` is what it compiles to, None if it is one name.

    >>> rule_keys(".promo", None).elements
    (('class', 'promo'),)
    """
    one = _ONE_NAME.fullmatch(body)
    if one:
        return RuleKeys(({"": ("tag", one[2].lower()), ".": ("class", one[2]), "#": ("id", one[2])}[one[1]],))
    several = _CLASSES.fullmatch(body)
    if several:
        return RuleKeys((("class", max(several[1][1:].split("."), key=len)),))
    keys = selector.keys() if selector is not None else None
    if keys is None or any(key[0] in _WEAK for key in keys):
        return _better(body) or RuleKeys(keys or ())
    tagged = _WITH_ATTRIBUTES.fullmatch(body)
    if tagged and tagged[1]:
        return RuleKeys(tuple((*key, tagged[1]) if _by_value(key) else key for key in keys))
    return RuleKeys(keys)


def _by_value(key: Key) -> bool:
    return key[0] in ("attr=", "attr^=")


def _better(body: str) -> RuleKeys | None:
    """A rarer thing that the page must have: what the first part of the selector names, or a piece of a value."""
    outside = _QUOTED.sub("", body)
    if "," in outside:
        return _better_of_list(body)
    if ":" in outside:
        return None
    first = _FIRST.match(body)
    if first and first[1]:
        return RuleKeys((("class" if first[1] == "." else "id", first[2]),), gate=True)
    if first and first[5] in ("=", "^=") and first[4] not in FOLDED:
        return RuleKeys((("attr" + first[5], first[4], first[6], first[3]),), gate=True)
    piece = _PIECE.search(body)
    if piece and len(piece[2]) >= MIN_PIECE:
        return RuleKeys(pieces=((piece[1], piece[2].lower()),), gate=True)
    return None


def _better_of_list(body: str) -> RuleKeys | None:
    """The pieces of values of which the page must have one, for a list of nothing but tags with one attribute."""
    pieces = tuple((name, text.lower()) for name, text in _PIECE.findall(body))
    if _PIECES.fullmatch(body) and all(len(text) >= MIN_PIECE for _, text in pieces):
        return RuleKeys(pieces=pieces, gate=True)
    return None
