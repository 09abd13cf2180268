"""Where a candidate stands beside the article."""

from __future__ import annotations

from cleanpage.match.candidates import Candidate
from cleanpage.structure.structure import Structure

__all__ = ["place"]


def place(structure: Structure, found: Candidate) -> str:
    """Where a candidate stands: before-article, in-article, after-article, or outside-article where no article is."""
    article, blocks = structure.article, found.blocks
    if article.element < 0 or not blocks:
        return "outside-article"
    first = article.headline if 0 <= article.headline < article.first else article.first
    if blocks.stop - 1 < first:
        return "before-article"
    if blocks.start > article.last:
        return "after-article"
    inside = structure.page.contains(article.element, structure.blocks.element[blocks.start])
    return "in-article" if inside else "outside-article"
