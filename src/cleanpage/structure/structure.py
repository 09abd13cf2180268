"""All that is known of how a page looks, asked lazily: what no rule asks for is never worked out."""

from __future__ import annotations

from functools import cached_property

from cleanpage.page import Page
from cleanpage.structure.article import Article, find_article, is_prose, page_kind
from cleanpage.structure.blocks import Blocks, blocks
from cleanpage.structure.evidence import Evidence, Weights
from cleanpage.structure.language import language
from cleanpage.structure.repeats import Repeats

__all__ = ["Structure"]


class Structure:
    """The structure of one page."""

    def __init__(self, page: Page, weights: Weights | None = None) -> None:
        self.page = page
        self._weights = weights

    @cached_property
    def blocks(self) -> Blocks:
        """The visible text blocks."""
        return blocks(self.page)

    @cached_property
    def article(self) -> Article:
        """Where the article is."""
        return find_article(self.page, self.blocks)

    def is_prose(self, b: int) -> bool:
        """Whether block `b` reads like running text."""
        return is_prose(self.blocks, b)

    @cached_property
    def evidence(self) -> Evidence:
        """How much each block looks like article or like a kind of clutter."""
        return Evidence(self.page, self.blocks, self._weights)

    @cached_property
    def kind(self) -> str:
        """What sort of page it is: "article", "index", "wall" or "unknown"."""
        blocks = self.blocks
        total = sum(blocks.words)
        clutter = sum(w for w, go in zip(blocks.words, self.evidence.go, strict=True) if go > 0.5)
        return page_kind(blocks, self.article, clutter / total if total else 0.0)

    @cached_property
    def repeats(self) -> Repeats:
        """Captions and titles that occur again."""
        return Repeats(self.page, self.blocks, self.article.headline)

    @cached_property
    def language(self) -> str | None:
        """The page's language, as it says itself."""
        return language(self.page)
