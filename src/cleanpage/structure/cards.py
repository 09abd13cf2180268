"""Rows of cards: three boxes alike or more, each with a picture and a link to another page of the site.

What one card alone leaves in doubt the row tells: its cards lead to other pages all together, or none of them does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cleanpage.page import Page
from cleanpage.structure.blocks import Blocks
from cleanpage.structure.targets import page_site, stays_on_site

__all__ = ["Cards", "Row"]

_LEAST = 3
"""How many boxes alike make a row."""
_HEADLINE = 6
"""Words of a card, on the average of its row, from which it has a headline; with fewer it names a product or topic."""
_MOST_WORDS = 120
"""Words from which a box with a picture is no card."""
_PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)
_SHOWN = 300
"""Characters of a link's address that are looked at."""

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row of cards, each as its blocks."""

    cards: tuple[range, ...]


class Cards:
    """The rows of cards on a page."""

    def __init__(self, page: Page, blocks: Blocks) -> None:
        self._page = page
        self._blocks = blocks
        self._rows: dict[int, Row | None] = {}

    def row(self, b: int) -> Row | None:
        """The row of cards that block `b` stands in; None where it stands in none."""
        boxes, page = self._boxes, self._page
        place = bisect_right(boxes, self._blocks.inner[b]) - 1
        if place < 0 or self._blocks.inner[b] >= page.ends[boxes[place]]:
            return None
        if boxes[place] not in self._rows:
            self._add_row(self._alike[boxes[place]])
        return self._rows[boxes[place]]

    def _add_row(self, alike: tuple[int, ...]) -> None:
        self._rows.update(dict.fromkeys(alike))
        cards = [box for box in alike if self._leads_elsewhere(box)]
        if len(cards) >= _LEAST and sum(map(self._page.words, cards)) >= _HEADLINE * len(cards):
            self._rows.update(dict.fromkeys(cards, Row(tuple(map(self._blocks.within, cards)))))

    @cached_property
    def _boxes(self) -> list[int]:
        return sorted(self._alike)

    @cached_property
    def _alike(self) -> dict[int, tuple[int, ...]]:
        """For each box with a picture and a text, all that have the same name and a parent of the same name."""
        page, groups = self._page, dict[tuple[_Name, _Name, int], list[int]]()
        for box in self._pictured():
            parent = page.parents[box]
            name, around = self._name(box), self._name(parent)
            groups.setdefault((name, around, -1 if name[1] or around[1] else parent), []).append(box)
        return {box: row for group in groups.values() if len(group) >= _LEAST for row in (tuple(group),) for box in row}

    def _pictured(self) -> Iterator[int]:
        """For each picture the largest box around it without another picture, if that has a text of a card's length."""
        page = self._page
        pictures = page.pictures
        parents, ends = page.parents, page.ends
        for n in range(bisect_right(pictures, page.body), len(pictures)):
            before = pictures[n - 1] if n else -1
            after = pictures[n + 1] if n + 1 < len(pictures) else len(page)
            box = pictures[n]
            while (p := parents[box]) > page.body and p > before and ends[p] <= after:
                box = p
            if 0 < page.words(box) <= _MOST_WORDS:
                yield box

    def _name(self, i: int) -> _Name:
        names = (self._page.classes[i] or "").split(None, 1)
        return self._page.tags[i], names[0] if names else ""

    def _leads_elsewhere(self, card: int) -> bool:
        """Whether `card` has or is in a link to another page of the site."""
        page = self._page
        links = page.by_tag.get("a", [])
        inside = links[bisect_left(links, card) : bisect_left(links, page.ends[card])]
        return any(map(self._is_to_a_page, inside or [a for a in (page.parents[card],) if page.tags[a] == "a"]))

    def _is_to_a_page(self, link: int) -> bool:
        address = self._page.column("href").get(link, "")[:_SHOWN]
        return stays_on_site(address, self._site) and not _PICTURE.search(address)

    @cached_property
    def _site(self) -> str:
        return page_site(self._page)
