"""The lines of a plain text, and whether they were wrapped by hand at some width."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import Final

__all__ = ["Lines", "fills", "wrap_width"]

_LINE = re.compile(r"[^\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")

_WIDTHS: Final = range(40, 121)
"""Widths at which people and programs wrap text, in characters."""
_FULL: Final = 0.85
"""Share of the width from which a line counts as filled, whatever word follows."""
_WRAPPED: Final = 0.8
"""Share of the lines that must be filled before a text counts as wrapped."""
_LEAST: Final = 3
"""How many lines must be followed by another before their width tells anything."""


class Lines:
    """The lines of `text` that are not blank, as arrays.

    For line `n`: ``start[n]`` and ``end[n]`` (the line without its break), ``after[n]`` (where its break ends) and
    ``blank[n]`` (whether blank lines stand before it; True for the first). Line breaks are CR LF, LF and CR; no other
    character ends a line.

    >>> lines = Lines("one\\r\\ntwo\\n\\nthree")
    >>> [lines[n] for n in range(len(lines))], lines.blank
    (['one', 'two', 'three'], [True, False, True])
    """

    __slots__ = ("after", "blank", "end", "start", "text")

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self.start: Final[array[int]] = array("q")
        self.end: Final[array[int]] = array("q")
        self.after: Final[array[int]] = array("q")
        self.blank: Final[list[bool]] = []
        for first, last in _filled(text):
            before = self.after[-1] if self.after else 0
            self.start.append(first)
            self.end.append(last)
            self.after.append(_break_end(text, last))
            self.blank.append(first > before or not before)

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, n: int) -> str:
        if not 0 <= n < len(self.start):
            raise IndexError(n)
        return self.text[self.start[n] : self.end[n]]


def _filled(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text):
        if not match[0].isspace():
            yield match.span()


def _break_end(text: str, at: int) -> int:
    found = _BREAK.match(text, at)
    return found.end() if found else at


def wrap_width(lines: Lines) -> int:
    """The width in characters at which `lines` were wrapped, 0 where each line stands for itself.

    A wrapped line is as long as it can be: the first word of the next line would not have found room in it.
    """
    followed = [n for n in range(len(lines) - 1) if not lines.blank[n + 1]]
    if len(followed) < _LEAST:
        return 0
    width = max(lines.end[n] - lines.start[n] for n in followed)
    if width not in _WIDTHS:
        return 0
    full = sum(fills(lines, n, width) for n in followed)
    return width if full >= _WRAPPED * len(followed) else 0


def fills(lines: Lines, n: int, width: int) -> bool:
    """Whether line `n` is so long that the next line's first word did not fit into `width`."""
    length = lines.end[n] - lines.start[n]
    return length >= _FULL * width or length + 1 + _first_word(lines, n + 1) > width


def _first_word(lines: Lines, n: int) -> int:
    head = lines.text[lines.start[n] : min(lines.end[n], lines.start[n] + 40)].split()
    if not head:
        return 40
    return 1 if _UNSPACED.match(head[0]) else len(head[0])
