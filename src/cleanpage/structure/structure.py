"""All that is known of how a page looks, asked lazily: what no rule asks for is never worked out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from cleanpage.page import Page, any_between
from cleanpage.structure.article import Article, find_article, is_prose, page_kind, prose_in
from cleanpage.structure.blocks import Blocks, blocks, blocks_around
from cleanpage.structure.cards import Cards, Row
from cleanpage.structure.evidence import Evidence, Weights
from cleanpage.structure.language import language
from cleanpage.structure.repeats import Repeats

if TYPE_CHECKING:
    from cleanpage.structure.textevidence import TextEvidence, TextWeights

__all__ = ["Structure"]

_KEPT: Final = frozenset({"page", "_weights", "_seen_apart", "article", "kind", "language"})
"""What is small, or cannot be worked out again."""
_APART: Final = 8
"""Which part of a page may be seen piece by piece before it is seen as a whole."""


class Structure:
    """The structure of one page."""

    def __init__(self, page: Page, weights: Weights | TextWeights | None = None) -> None:
        self.page = page
        self._weights = weights
        self._seen_apart = 0

    def forget(self) -> None:
        """Let go of all but the page and where its article is: the rest is worked out again where it is asked for."""
        kept = {name: value for name, value in vars(self).items() if name in _KEPT}
        vars(self).clear()
        vars(self).update(kept)

    @property
    def is_plain(self) -> bool:
        """Whether the page is plain text, read as lines and paragraphs."""
        return not isinstance(self._weights, Weights | None)

    @cached_property
    def blocks(self) -> Blocks:
        """The visible text blocks."""
        return blocks(self.page)

    @cached_property
    def article(self) -> Article:
        """Where the article is."""
        return find_article(self.page, self.blocks, self.evidence.go)

    def is_prose(self, b: int) -> bool:
        """Whether block `b` reads like running text."""
        return is_prose(self.blocks, b)

    @cached_property
    def evidence(self) -> Evidence | TextEvidence:
        """How much each block looks like article or like a kind of clutter."""
        if isinstance(self._weights, Weights | None):
            return Evidence(self.page, self.blocks, self._weights)
        from cleanpage.structure.textevidence import TextEvidence

        return TextEvidence(self.blocks, self._weights)

    def holds_prose(self, inside: range) -> bool:
        """Whether one of some blocks reads like running text; what holds none holds nothing of the article."""
        return self._prose_sums[inside.stop] > self._prose_sums[inside.start]

    def may_hold_prose(self, nodes: Iterable[int]) -> bool:
        """Whether the blocks in some nodes hold prose; of the page no more is seen than needs be."""
        if "blocks" in vars(self):
            return any(self.holds_prose(self.blocks.within(node)) for node in nodes)
        return any(map(self._prose_around, nodes))

    def _prose_around(self, node: int) -> bool:
        """Whether the blocks in one node hold prose, seen on their own while little of the page is."""
        if self._seen_apart > len(self.page.texts) // _APART:
            return self.holds_prose(self.blocks.within(node))
        near = blocks_around(self.page, node)
        self._seen_apart += len(near) + 1
        return any(is_prose(near, b) for b in near.within(node))

    @cached_property
    def _prose_sums(self) -> list[int]:
        return list(accumulate(prose_in(self.blocks), initial=0))

    def clutter(self, inside: range) -> float:
        """How likely it is that some blocks are clutter, from 0 to 1: their mean, weighed by their words."""
        if len(inside) == 1:
            return self.evidence.go[inside.start]
        weights, sums = self._clutter_sums
        weight = weights[inside.stop] - weights[inside.start]
        return (sums[inside.stop] - sums[inside.start]) / weight if weight else 0.0

    def clutter_of(self, nodes: Iterable[int]) -> list[float]:
        """For each of `nodes` how likely it is that the blocks in it are clutter, as `clutter`; for many nodes far
        cheaper than one by one."""
        page, go = self.page, self.evidence.go
        (weights, sums), (starts, stops) = self._clutter_sums, self._blocks_of_runs
        found = []
        for node in nodes:
            low, high = (page.text_first[node], page.text_end[node]) if node >= 0 else (~node, ~node + 1)
            start, stop = starts[low], stops[high]
            if stop - start == 1 and low < high:
                found.append(go[start])
            elif low < high and start < stop:
                found.append((sums[stop] - sums[start]) / (weights[stop] - weights[start]))
            else:
                found.append(0.0)
        return found

    @cached_property
    def _blocks_of_runs(self) -> tuple[list[int], list[int]]:
        """For each text run the first block that ends behind its start, and the first that begins at it or later."""
        runs = len(self.page.texts) + 1
        ended = _counts_before([end - 1 for end in self.blocks.end], runs)
        return ended, _counts_before(self.blocks.first, runs)

    def clutter_around(self, node: int) -> float:
        """How likely it is that `node`, which has no text, stands among clutter, from 0 to 1; 0 on a page without text.

        It is the mean of the blocks before and after it; a picture may belong to either, and is as likely clutter as
        the less likely one.
        """
        go, before = self.evidence.go, self.blocks.before(node)
        near = go[max(0, before - 1) : before + 1]
        if not near:
            return 0.0
        return min(near) if self._shows_something(node) else sum(near) / len(near)

    def _shows_something(self, node: int) -> bool:
        """Whether a picture or player stands in `node`, or is it."""
        return node >= 0 and any_between(self.page.shows, node, self.page.ends[node])

    @cached_property
    def _clutter_sums(self) -> tuple[list[int], list[float]]:
        """Running sums over the blocks: of their weights, and of their weighed clutter."""
        weights = [words + 1 for words in self.blocks.words]
        weighed = [go * weight for go, weight in zip(self.evidence.go, weights, strict=True)]
        return list(accumulate(weights, initial=0)), list(accumulate(weighed, initial=0.0))

    @cached_property
    def kind(self) -> str:
        """What sort of page it is: "article", "index", "wall" or "unknown"."""
        blocks = self.blocks
        total = sum(blocks.words)
        clutter = sum(w for w, go in zip(blocks.words, self.evidence.go, strict=True) if go > 0.5)
        return page_kind(self.page, blocks, self.article, clutter / total if total else 0.0)

    @cached_property
    def repeats(self) -> Repeats:
        """Captions and titles that occur again."""
        return Repeats(self.page, self.blocks, self.article.headline)

    @cached_property
    def _cards(self) -> Cards:
        return Cards(self.page, self.blocks)

    def clutter_of_cards(self, b: int) -> float | None:
        """How likely it is that the row of cards around block `b` is clutter, from 0 to 1; None where it is in none."""
        row = self._cards.row(b)
        if row is not None and row not in self._clutter_of_rows:
            weights, sums = self._clutter_sums
            weight = sum(weights[card.stop] - weights[card.start] for card in row.cards)
            self._clutter_of_rows[row] = sum(sums[card.stop] - sums[card.start] for card in row.cards) / weight
        return None if row is None else self._clutter_of_rows[row]

    @cached_property
    def _clutter_of_rows(self) -> dict[Row, float]:
        return {}

    @cached_property
    def language(self) -> str | None:
        """The page's language, as it says itself."""
        return language(self.page)


def _counts_before(places: list[int], length: int) -> list[int]:
    """For each place from 0, how many of some rising `places` are before it."""
    counts: list[int] = []
    for count, place in enumerate(places):
        counts += [count] * (place + 1 - len(counts))
    return counts + [len(places)] * (length - len(counts))
