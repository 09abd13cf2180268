"""Texts that occur again: captions that stand twice, titles and bylines repeated in bars.

Only a copy near its original counts, and only of a caption, an image's alternative text or the title: paragraphs that
are repeated on purpose (refrains) are left alone.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, cached_property
from importlib.resources import files

from cleanpage.page import Page
from cleanpage.structure.blocks import Blocks

__all__ = ["Repeats"]

_NEAR = 8
"""How many blocks a copy of a caption may stand from its original."""
_LEAST = 16
"""Letters and digits below which two equal texts may be chance."""
_LONGEST_NAME = 300
_NAME = re.compile(r"[a-z]+")
_REST = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """`text` without anything but letters and digits, case folded."""
    return _REST.sub("", text).casefold()


class Repeats:
    """Which blocks of a page repeat a caption or the title that stands elsewhere."""

    def __init__(self, page: Page, blocks: Blocks, headline: int) -> None:
        self._page = page
        self._blocks = blocks
        self._headline = headline

    @cached_property
    def _bare(self) -> list[str]:
        return [bare(text) for text in self._blocks.texts]

    @cached_property
    def captions(self) -> frozenset[int]:
        """The blocks that repeat a caption shortly before them, with or without its credit."""
        found: set[int] = set()
        for b, text in enumerate(self._bare):
            if len(text) < _LEAST:
                continue
            for c in range(max(0, b - _NEAR), b):
                if c not in found and _same(self._bare[c], text) and (self._is_caption(c) or self._is_caption(b)):
                    found.add(b)
                    break
        return frozenset(found)

    def _is_caption(self, b: int) -> bool:
        page, i = self._page, self._blocks.inner[b]
        for a in (i, *page.ancestors(i)):
            if page.tags[a] in ("figcaption", "figure") or _is_named(page.classes[a]) or _is_named(page.ids[a]):
                return True
            if page.words(a) > 3 * self._blocks.words[b] + 20:
                return False
        return False

    @cached_property
    def titles(self) -> frozenset[int]:
        """The blocks that repeat the headline, other than the headline itself."""
        if self._headline < 0:
            return frozenset()
        title = self._bare[self._headline]
        if len(title) < _LEAST:
            return frozenset()
        return frozenset(b for b, text in enumerate(self._bare) if text == title and b != self._headline)


def _is_named(names: str | None) -> bool:
    """Whether a class or id says that what it names is a caption."""
    return bool(names) and not _caption_words().isdisjoint(_NAME.findall(str(names)[:_LONGEST_NAME].lower()))


@cache
def _caption_words() -> frozenset[str]:
    text = files("cleanpage.rules").joinpath("data/captions.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["words"])


def _same(earlier: str, later: str) -> bool:
    """Whether two bare texts are equal, or one is the other with a credit at its end."""
    if earlier == later:
        return True
    if min(len(earlier), len(later)) < 2 * _LEAST:
        return False
    return earlier.startswith(later) or later.startswith(earlier)
