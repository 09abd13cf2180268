"""Blocks that say nothing but a phrase, and the elements around them: what the key ``line`` of the rule format asks.

A rule that asks for a line could be about any element around one, and most elements are around none. So the lines of a
page are found first, once for all rules that ask for the same phrases.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.match.text import Phrases, Words
from cleanpage.structure.structure import Structure

__all__ = ["around_lines", "has_line"]

_WORDS: Final = 40
"""Most words of a line."""


def has_line(structure: Structure, blocks: range, phrases: Phrases, context: MatchContext) -> bool:
    """Whether one of some blocks is a line of one of the phrases."""
    lines = _lines(structure, phrases, context)
    place = bisect_left(lines, blocks.start)
    return place < len(lines) and lines[place] < blocks.stop


def around_lines(structure: Structure, phrases: Phrases, context: MatchContext) -> set[int]:
    """All elements around or equal to those that a line of one of the phrases stands in."""
    return context.remember(("around lines", phrases), lambda: _around_lines(structure, phrases, context))


def _around_lines(structure: Structure, phrases: Phrases, context: MatchContext) -> set[int]:
    page, blocks = structure.page, structure.blocks
    lines = _lines(structure, phrases, context)
    inside = {page.text_parents[t] for b in lines for t in range(blocks.first[b], blocks.end[b])}
    around = page.with_ancestors(inside)
    context.budget.spend(len(around))
    return around


def _lines(structure: Structure, phrases: Phrases, context: MatchContext) -> list[int]:
    """The blocks that are lines, in document order."""
    return context.remember(("lines", phrases), lambda: _find_lines(structure, phrases, context))


def _find_lines(structure: Structure, phrases: Phrases, context: MatchContext) -> list[int]:
    folded = context.remember("short blocks", lambda: _short_blocks(structure, context))
    context.budget.spend(len(folded))
    return [b for b, words in folded if phrases.whole(words) is not None]


def _short_blocks(structure: Structure, context: MatchContext) -> list[tuple[int, Words]]:
    blocks = structure.blocks
    context.budget.spend(len(blocks))
    return [(b, Words(blocks.texts[b])) for b, words in enumerate(blocks.words) if words <= _WORDS]
