"""Which rules can only ever find less of a page the more has been cut out of it.

A page on which only such rules are asked need not be looked at again after cuts: nothing new can come up.
"""

from __future__ import annotations

from functools import lru_cache

from cleanpage.match.complex import Chain, Compound, Either, Has, Neither
from cleanpage.match.selectors import Selector, parse_selector
from cleanpage.match.simple import AnyElement, Attribute, ClassName, Id, Link, Nothing, Part, Presence, Tag
from cleanpage.model import Reach, Rule

__all__ = ["is_steady", "only_finds_less", "starts_by_name", "starts_the_same"]

_OWN = (AnyElement, Attribute, ClassName, Id, Link, Nothing, Presence, Tag)
"""What asks an element for nothing but its own name and attributes, which no cut changes."""
_LASTING = " >~"
"""Combinators that lead from an element to the same ones however much else goes; ``+`` leads to others."""
_INWARDS = " >"
"""Combinators that lead to an element from what is left of the page where the element is left."""


@lru_cache(maxsize=8192)
def is_steady(rule: Rule) -> bool:
    """Whether `rule` goes by a selector alone, and that can only find less the more is cut out of a page."""
    if rule.xpath or not rule.select or rule.conditions or rule.reach is not Reach.ELEMENT:
        return False
    return only_finds_less(parse_selector(rule.select))


def only_finds_less(selector: Selector) -> bool:
    """Whether no element that `selector` passes over can meet it once others are gone.

    >>> [only_finds_less(parse_selector(text)) for text in (".x > p", "p:not(.x)", "div:not(:has(p))", "p + p")]
    [True, True, False, False]
    """
    return selector.start is not None and not selector.operators and _is_steady(selector.start)


def starts_the_same(selector: Selector) -> bool:
    """Whether each element that `selector` starts from on a page is one it starts from on any rest that still has it.

    >>> [starts_the_same(parse_selector(text)) for text in (".x > p", "p:upward(1)", ".x ~ p", "div:has(p)")]
    [True, True, False, False]
    """
    return selector.start is not None and _asks_only_around(selector.start)


def starts_by_name(selector: Selector) -> bool:
    """Whether `selector` starts from all elements that have one of its keys.

    >>> [starts_by_name(parse_selector(text)) for text in ("ul, .x", "h2:upward(1)", "p.x", "[id^=x]")]
    [True, True, False, False]
    """
    parts = selector.start.parts if isinstance(selector.start, Either) else (selector.start,)
    return all(isinstance(part, ClassName | Id | Tag) for part in parts)


def _is_steady(part: Part) -> bool:
    match part:
        case Compound(parts) | Either(parts):
            return all(map(_is_steady, parts))
        case Chain(compounds, combinators):
            return all(map(_is_steady, compounds)) and all(combinator in _LASTING for combinator in combinators)
        case Neither(parts):
            return all(map(_asks_only_itself, parts))
        case Has(alternatives):
            steps = [step for steps in alternatives for step in steps]
            return all(combinator in _LASTING and _is_steady(inner) for combinator, inner in steps)
        case _:
            return isinstance(part, _OWN)


def _asks_only_around(part: Part) -> bool:
    """Whether a part asks for nothing but names and attributes, of the element itself and those around it."""
    match part:
        case Compound(parts) | Either(parts) | Neither(parts):
            return all(map(_asks_only_around, parts))
        case Chain(compounds, combinators):
            return all(map(_asks_only_around, compounds)) and all(combinator in _INWARDS for combinator in combinators)
        case _:
            return isinstance(part, _OWN)


def _asks_only_itself(part: Part) -> bool:
    if isinstance(part, Compound | Either):
        return all(map(_asks_only_itself, part.parts))
    return isinstance(part, _OWN)
