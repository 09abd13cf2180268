"""Where a candidate stands beside the article."""

from __future__ import annotations

from cleanpage.match.candidates import Candidate
from cleanpage.structure.structure import Structure

__all__ = ["place", "place_of_block"]


def place(structure: Structure, found: Candidate) -> str:
    """Where a candidate stands: before-article, in-article, after-article, or outside-article where no article is."""
    blocks = found.blocks
    if not blocks:
        return "outside-article"
    return _place(structure, blocks.start, blocks.stop - 1)


def place_of_block(structure: Structure, b: int) -> str:
    """Where block `b` stands, as `place`."""
    return _place(structure, b, b)


def _place(structure: Structure, first: int, last: int) -> str:
    article = structure.article
    if article.element < 0:
        return "outside-article"
    if last < (article.headline if 0 <= article.headline < article.first else article.first):
        return "before-article"
    if first > article.last:
        return "after-article"
    inside = structure.page.contains(article.element, structure.blocks.element[first])
    return "in-article" if inside else "outside-article"
