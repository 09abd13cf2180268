"""By what an element can be found again on other pages: selectors for it, those that last longest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from typing import Final

from cleanpage.page import Page
from cleanpage.rules.sitelines import guess_kind
from cleanpage.workshop.names import HASHED, LOOKS, NUMBERED, knowledge, lasting_start, trouble

__all__ = ["FAIR", "Anchor", "anchors", "named_kind", "simple_anchors"]

FAIR: Final = 2
"""The highest cost of an anchor that may be expected to last."""

_IDENTIFIER = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*")
_COST: Final = {"": 1, LOOKS: 4, NUMBERED: 6, HASHED: 7}
_NEAREST: Final = 8
"""How many ancestors are looked at for a name to start from."""
_MOST_CLASSES: Final = 6


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """A selector, and how soon it is likely to break: 0 for a name that says what the element is."""

    cost: int
    selector: str


def anchors(page: Page, i: int) -> list[Anchor]:
    """Selectors that element `i` fits: by itself, then with an ancestor's name before; those that last longest first.

    >>> from cleanpage.sources.html import HtmlReading
    >>> page = HtmlReading('<div class="css-1x2y3z newsletter-box"><p>Sign up</p></div>').page
    >>> [anchor.selector for anchor in anchors(page, 3)[:2]]
    ['.newsletter-box', 'div.newsletter-box']
    """
    found = [*simple_anchors(page, i), *_below_ancestors(page, i)]
    best: dict[str, Anchor] = {}
    for anchor in sorted(found, key=lambda a: a.cost):
        best.setdefault(anchor.selector, anchor)
    return list(best.values())


def simple_anchors(page: Page, i: int) -> list[Anchor]:
    """Selectors made of what element `i` itself has."""
    found = [*_by_id(page, i), *_by_classes(page, i), *_by_attributes(page, i)]
    tag = page.tags[i]
    if tag in knowledge()["broad"]["speaking"] or "-" in tag:
        found.append(Anchor(FAIR, _identifier(tag)))
    return sorted(found, key=lambda anchor: anchor.cost)


def _by_id(page: Page, i: int) -> Iterator[Anchor]:
    name = page.ids[i]
    if not name:
        return
    yield Anchor(_cost(name), f"#{name}" if _IDENTIFIER.fullmatch(name) else f'[id="{_quoted(name)}"]')
    start = lasting_start(name)
    if start:
        yield Anchor(FAIR if _says_something(start) else _COST[LOOKS], f'[id^="{_quoted(start)}"]')


def _says_something(start: str) -> bool:
    """Whether the lasting start of a name is a name itself."""
    return not trouble(start.rstrip("-_"))


@lru_cache(maxsize=16384)
def named_kind(name: str) -> str:
    """The kind of clutter that a name is about, "other" where it names none."""
    return guess_kind(name)


def _cost(name: str) -> int:
    """0 for a name that says what sort of clutter it names."""
    cost = _COST[trouble(name)]
    return 0 if cost == 1 and named_kind(name) != "other" else cost


def _by_classes(page: Page, i: int) -> Iterator[Anchor]:
    written = page.classes[i] or ""
    names = list(dict.fromkeys(written.split()))[:_MOST_CLASSES]
    tag = page.tags[i]
    for name in names:
        yield Anchor(_cost(name), _class(name))
        if _IDENTIFIER.fullmatch(tag):
            yield Anchor(_cost(name) + (0 if trouble(name) else 1), tag + _class(name))
        start = lasting_start(name)
        if start:
            operator = "^=" if written.lstrip().startswith(start) else "*="
            yield Anchor(FAIR if _says_something(start) else _COST[LOOKS], f'[class{operator}"{_quoted(start)}"]')
    for one, other in combinations([name for name in names if trouble(name) not in (HASHED, NUMBERED)], 2):
        yield Anchor(max(1, min(_cost(one), _cost(other))), _class(one) + _class(other))


def _class(name: str) -> str:
    return f".{name}" if _IDENTIFIER.fullmatch(name) else f'[class~="{_quoted(name)}"]'


def _by_attributes(page: Page, i: int) -> Iterator[Anchor]:
    known = knowledge()["attributes"]
    held = page.attrs(i)
    for name in known["lasting"]:
        value = held.get(name, "").strip()
        if value and len(value) <= known["longest"] and "\n" not in value and trouble(value) not in (HASHED, NUMBERED):
            vague = name in ("role", "name")
            cost = FAIR if vague else int(named_kind(value) == "other")
            yield Anchor(cost, f'{_identifier(page.tags[i])}[{name}="{_quoted(value)}"]')


def _below_ancestors(page: Page, i: int) -> Iterator[Anchor]:
    """What the element is, below an ancestor with a good name."""
    own = [anchor for anchor in simple_anchors(page, i) if anchor.cost <= _COST[LOOKS]][:2]
    tag = _identifier(page.tags[i])
    for steps, ancestor in enumerate(islice(page.ancestors(i), _NEAREST)):
        if ancestor <= page.body:
            return
        for above in [anchor for anchor in simple_anchors(page, ancestor) if anchor.cost <= FAIR][:2]:
            for each in own:
                yield Anchor(max(1, above.cost) + each.cost // 2 + 1, f"{above.selector} {each.selector}")
            yield Anchor(max(1, above.cost) + 2, f"{above.selector} {'> ' if not steps else ''}{tag}")


def _identifier(tag: str) -> str:
    return tag if _IDENTIFIER.fullmatch(tag) else "*"


def _quoted(text: str) -> str:
    """`text` for a string in double quotes, in CSS."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
