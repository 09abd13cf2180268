"""Blocks that say nothing but a phrase, and the elements around them: what the key ``line`` of the rule format asks.

A rule that asks for a line could be about any element around one, and most elements are around none. So the lines of a
page are found first, once for all rules that ask for the same phrases.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.match.memo import SHORT, TextMemo
from cleanpage.match.text import Words, compiled_phrases
from cleanpage.page import any_between
from cleanpage.structure.structure import Structure

__all__ = ["LinePhrases", "around_lines", "find_lines", "has_line", "line_phrases"]

_WORDS: Final = 40
"""Most words of a line."""


class LinePhrases:
    """Phrases that are looked for as lines, and what is known of texts that were held against them."""

    def __init__(self, written: tuple[str, ...]) -> None:
        self._phrases: Final = compiled_phrases(written)
        self.memo: Final = TextMemo[bool]()

    def are_all_of(self, words: Words) -> bool:
        """Whether a text of these words says nothing but one of the phrases."""
        return self._phrases.whole(words) is not None


@lru_cache(maxsize=512)
def line_phrases(written: tuple[str, ...]) -> LinePhrases:
    """Phrases made ready to be looked for as lines."""
    return LinePhrases(written)


def has_line(structure: Structure, blocks: range, phrases: LinePhrases, context: MatchContext) -> bool:
    """Whether one of some blocks is a line of one of the phrases."""
    return any_between(find_lines(structure, phrases, context), blocks.start, blocks.stop)


def around_lines(structure: Structure, phrases: LinePhrases, context: MatchContext) -> set[int]:
    """All elements around or equal to those that a line of one of the phrases stands in."""
    return context.remember(("around lines", phrases), lambda: _around_lines(structure, phrases, context))


def _around_lines(structure: Structure, phrases: LinePhrases, context: MatchContext) -> set[int]:
    page, blocks = structure.page, structure.blocks
    lines = find_lines(structure, phrases, context)
    inside = {page.text_parents[t] for b in lines for t in range(blocks.first[b], blocks.end[b])}
    around = page.with_ancestors(inside)
    context.budget.spend(len(around))
    return around


def find_lines(structure: Structure, phrases: LinePhrases, context: MatchContext) -> list[int]:
    """The blocks that are lines, in document order."""
    return context.remember(("lines", phrases), lambda: _find_lines(structure, phrases, context))


def _find_lines(structure: Structure, phrases: LinePhrases, context: MatchContext) -> list[int]:
    short = context.remember("short blocks", lambda: _short_blocks(structure, context))
    context.budget.spend(len(short))
    known = phrases.memo.known(len(short))
    known_long = context.keep(phrases, dict[str, bool])
    lines = []
    for b, text in short:
        kept = known if len(text) <= SHORT else known_long
        is_line = kept.get(text)
        if is_line is None:
            is_line = kept[text] = phrases.are_all_of(context.words(text))
        if is_line:
            lines.append(b)
    return lines


def _short_blocks(structure: Structure, context: MatchContext) -> list[tuple[int, str]]:
    blocks = structure.blocks
    context.budget.spend(len(blocks))
    return [(b, blocks.texts[b]) for b, words in enumerate(blocks.words) if words <= _WORDS]
