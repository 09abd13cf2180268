"""Texts that occur again: captions that stand twice, titles and bylines repeated in bars.

Only a copy near its original counts, and only of a caption, an image's alternative text or the title: paragraphs that
are repeated on purpose (refrains) are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, islice

from cleanpage.packaged import read_words
from cleanpage.page import HEADINGS, Page, name_words
from cleanpage.structure.article import is_prose
from cleanpage.structure.blocks import Blocks

__all__ = ["Repeats"]

_NEAR = 8
"""How many blocks a copy of a short caption may stand from its original."""
_NEAR_LONG = 25
"""The same for a long one, which hardly occurs twice by chance."""
_LEAST = 16
"""Letters and digits below which two equal texts may be chance."""
_LONG = 40
"""Letters and digits from which equal captions are of one picture, not the credit of two."""
_HIGH = 12
"""How many elements up the names that tell of a caption or a larger view are looked for."""
_REST = re.compile(r"[\W_]+")
_BARE_ASCII = {c: chr(c).lower() if chr(c).isalnum() else None for c in range(128)}


def bare(text: str) -> str:
    """`text` without anything but letters and digits, case folded."""
    if text.isascii():
        return text.translate(_BARE_ASCII)
    return _REST.sub("", text).casefold()


class Repeats:
    """Which blocks of a page repeat a caption or the title that stands elsewhere."""

    def __init__(self, page: Page, blocks: Blocks, headline: int) -> None:
        self._page = page
        self._blocks = blocks
        self._headline = headline

    @cached_property
    def _bare(self) -> dict[int, str]:
        """The bare text of each block that begins as another one does, and is long enough to count as a copy."""
        begins: dict[str, list[int]] = {}
        for b, text in enumerate(self._blocks.texts):
            begin = _beginning(text)
            if len(begin) == _LEAST:
                begins.setdefault(begin, []).append(b)
        alike = sorted(b for blocks in begins.values() if len(blocks) > 1 for b in blocks)
        return {b: bare(self._blocks.texts[b]) for b in alike}

    @cached_property
    def captions(self) -> frozenset[int]:
        """The blocks that repeat a caption, with or without its credit.

        Of two copies the later one counts as the repeat, unless the earlier one stands in a larger view of the picture.
        """
        found: set[int] = set()
        latest: dict[str, int] = {}
        alike: dict[str, list[int]] = {}
        for b, text in self._bare.items():
            before = alike.setdefault(text[:_LEAST], [])
            original = self._near_original(b, before, found)
            if original < 0 and len(text) >= _LONG:
                original = self._far_original(b, latest.get(text, -1))
            if original >= 0:
                found.add(self._copy(original, b))
            latest[text] = b
            before.append(b)
        return frozenset(found)

    def _near_original(self, b: int, before: list[int], found: set[int]) -> int:
        """The block shortly before `b` that has its text, where one of the two is a caption; -1 without one. `before`
        are the blocks before that begin alike.

        The headline is no original: the caption of the first picture may well say the same.
        """
        texts = self._bare
        near = _NEAR if len(texts[b]) < _LONG else _NEAR_LONG
        for c in before[-near:]:
            if c < b - near or c == self._headline or c in found or not _same(texts[c], texts[b]):
                continue
            if (self._is_caption(c) or self._is_caption(b)) and not self._has_own_picture(c, b):
                return c
        return -1

    def _far_original(self, b: int, c: int) -> int:
        """Block `c`, if it and `b` are captions: with as many words, they are of the same picture."""
        return c if c >= 0 and self._is_caption(c) and self._is_caption(b) else -1

    def _has_own_picture(self, c: int, b: int) -> bool:
        """Whether `b`, a short credit like that at `c`, belongs to a picture between them; a heading is no credit."""
        if len(self._bare[b]) >= _LONG or self._page.tags[self._blocks.element[b]] in HEADINGS:
            return False
        pictures = self._page.pictures
        inner = self._blocks.inner
        return bisect_left(pictures, inner[c]) < bisect_left(pictures, inner[b])

    def _copy(self, original: int, later: int) -> int:
        return original if self._is_larger_view(original) and not self._is_larger_view(later) else later

    def _is_larger_view(self, b: int) -> bool:
        page, i = self._page, self._blocks.inner[b]
        around = islice(chain((i,), page.ancestors(i)), _HIGH)
        return any(_has_word(page, a, _caption_data().larger) for a in around)

    def _is_caption(self, b: int) -> bool:
        page, i = self._page, self._blocks.inner[b]
        for a in islice(chain((i,), page.ancestors(i)), _HIGH):
            if page.tags[a] in ("figcaption", "figure") or _has_word(page, a, _caption_data().words):
                return True
            if page.words(a) > 3 * self._blocks.words[b] + 20:
                return False
        return False

    @cached_property
    def titles(self) -> frozenset[int]:
        """The blocks that repeat the headline, other than the headline itself, and than those that prose follows: they
        are the headline of a copy of the whole article."""
        if self._headline < 0:
            return frozenset()
        title = self._bare.get(self._headline)
        copies = [b for b, text in self._bare.items() if text == title and b != self._headline]
        last = len(self._blocks) - 1
        return frozenset(b for b in copies if b == last or not is_prose(self._blocks, b + 1))


def _beginning(text: str) -> str:
    """The first letters and digits of a text, no more than tell that another one begins otherwise."""
    if len(text) < _LEAST and text.isascii():
        return ""
    begin = bare(text[: 2 * _LEAST])[:_LEAST]
    return begin if len(begin) == _LEAST else bare(text)[:_LEAST]


def _has_word(page: Page, i: int, words: frozenset[str]) -> bool:
    """Whether the class or id of element `i` has one of `words`."""
    return not (words.isdisjoint(name_words(page.classes[i])) and words.isdisjoint(name_words(page.ids[i])))


@dataclass(frozen=True, slots=True)
class _CaptionData:
    """Words of class and id names: of captions, and of what shows a picture once more."""

    words: frozenset[str]
    larger: frozenset[str]


@cache
def _caption_data() -> _CaptionData:
    data = read_words("captions.toml")
    return _CaptionData(frozenset(data["words"]), frozenset(data["larger"]))


def _same(earlier: str, later: str) -> bool:
    """Whether two bare texts are equal, or one is the other with a credit at its end."""
    if earlier == later:
        return True
    if min(len(earlier), len(later)) < 2 * _LEAST:
        return False
    return earlier.startswith(later) or later.startswith(earlier)
