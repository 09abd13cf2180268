"""The visible text blocks of a page: what a reader sees as one paragraph, heading, menu entry or label."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from cleanpage.page import HIDDEN_TEXT, Page

__all__ = ["BLOCK_TAGS", "Blocks", "blocks", "count_block_words"]

BLOCK_TAGS: Final = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav ol option optgroup p "
    "pre section select summary table tbody td tfoot th thead tr ul video audio picture".split()
)
"""Elements that begin and end a block of text."""

_HIDDEN: Final = -2
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Blocks:
    """The visible text blocks of one page, in document order, as arrays.

    For block `b`: ``first[b]`` and ``end[b]`` (its text runs, hidden ones among them left out of the text),
    ``element[b]`` (the nearest block element around it; several blocks can share one), ``inner[b]`` (the element that
    its first run stands in), ``texts[b]`` (white space folded), ``words[b]``, and ``links[b]`` (share of its
    characters that stand in links, from 0 to 1).
    """

    __slots__ = ("element", "end", "first", "inner", "links", "page", "texts", "words")

    def __init__(self, page: Page) -> None:
        self.page: Final = page
        self.first: Final[list[int]] = []
        self.end: Final[list[int]] = []
        self.element: Final[list[int]] = []
        self.inner: Final[list[int]] = []
        self.texts: Final[list[str]] = []
        self.words: Final[list[int]] = []
        self.links: Final[list[float]] = []

    def __len__(self) -> int:
        return len(self.first)

    def within(self, node: int) -> range:
        """The blocks of which some text stands in `node` (an element, or text run ``~t``)."""
        page = self.page
        low, high = (page.text_first[node], page.text_end[node]) if node >= 0 else (~node, ~node + 1)
        if low >= high:
            return range(0)
        start = bisect_left(self.first, low)
        if start and self.end[start - 1] > low:
            start -= 1
        return range(start, bisect_left(self.first, high))


def count_block_words(text: str) -> int:
    """Number of words in `text`; where words are not spaced (CJK, Thai), two characters count as one.

    >>> count_block_words("Help keep Salon independent")
    4
    >>> count_block_words("新しいニュース")
    3
    """
    if text.isascii() or not _UNSPACED.search(text):
        return len(text.split())
    return len(_UNSPACED.sub(" ", text).split()) + len(_UNSPACED.findall(text)) // 2


def blocks(page: Page) -> Blocks:
    """Split `page` into its visible text blocks.

    A block ends where a block element starts or ends; scripts, styles and other hidden text are passed over, as is
    all that stands outside the body.
    """
    found = Blocks(page)
    places = _Places(page)
    near, linked = places.near, places.linked
    at, ends, tags = page.text_at, page.ends, page.tags
    runs: list[int] = []
    holder = _HIDDEN
    before = 0
    for t, (text, parent) in enumerate(zip(page.texts, page.text_parents, strict=True)):
        if parent < 0 or not text or text.isspace():
            continue
        block = near[parent]
        if block == -1:
            block = places.find(parent)
        if block == _HIDDEN:
            continue
        here = at[t]
        if block == holder and (before == here or not _starts_block(tags, ends, before, here)):
            runs.append(t)
        else:
            if runs:
                _add(found, holder, runs, linked)
            runs, holder = [t], block
        before = here
    if runs:
        _add(found, holder, runs, linked)
    return found


def _starts_block(tags: list[str], ends: list[int], low: int, high: int) -> bool:
    """Whether a visible block element starts among elements `low` to `high` (not included)."""
    while low < high:
        tag = tags[low]
        if tag in BLOCK_TAGS:
            return True
        low = ends[low] if tag in HIDDEN_TEXT else low + 1
    return False


def _add(found: Blocks, holder: int, runs: list[int], linked: bytearray) -> None:
    """Add the block with the visible `runs` in block element `holder`."""
    page = found.page
    texts, parents = page.texts, page.text_parents
    t = runs[0]
    found.first.append(t)
    found.end.append(runs[-1] + 1)
    found.element.append(holder)
    found.inner.append(parents[t])
    if len(runs) == 1:
        parts = texts[t].split()
        text = " ".join(parts)
        link = 1.0 if linked[parents[t]] else 0.0
    else:
        parts = _joined(page, runs).split()
        text = " ".join(parts)
        chars = sum([len(texts[u].strip()) for u in runs if linked[parents[u]]])
        link = min(1.0, chars / len(text))
    found.texts.append(text)
    found.links.append(link)
    spaced = text.isascii() or not _UNSPACED.search(text)
    found.words.append(len(parts) if spaced else count_block_words(text))


def _joined(page: Page, runs: list[int]) -> str:
    """The text of `runs` and of the white space between them; a line break is a space."""
    texts, tags, at = page.texts, page.tags, page.text_at
    parts = [texts[runs[0]]]
    last = runs[0]
    for t in runs[1:]:
        if t > last + 1 or "br" in tags[at[last] : at[t]]:
            parts.append(" ")
        parts.append(texts[t])
        last = t
    return "".join(parts)


class _Places:
    """For each element, the block element around it and whether it stands in a link; found on the way up, once."""

    __slots__ = ("linked", "near", "page")

    def __init__(self, page: Page) -> None:
        count = len(page)
        self.page = page
        self.near = [-1] * count
        """the nearest block element, the element itself included; -1 not known yet."""
        self.linked = bytearray(count)
        body = page.body
        if count:
            if page.tags[body] in HIDDEN_TEXT:
                self.near[body] = _HIDDEN
            else:
                self.near[body] = body
                self.linked[body] = page.tags[body] == "a"

    def find(self, i: int) -> int:
        """The nearest block element of element `i`, or a negative number where its text is hidden."""
        parents, tags, near, linked = self.page.parents, self.page.tags, self.near, self.linked
        chain: list[int] = []
        while i >= 0 and near[i] == -1:
            chain.append(i)
            i = parents[i]
        block, link = (near[i], linked[i]) if i >= 0 else (_HIDDEN, 0)
        for j in reversed(chain):
            if block != _HIDDEN:
                tag = tags[j]
                if tag in HIDDEN_TEXT:
                    block = _HIDDEN
                elif tag in BLOCK_TAGS:
                    block = j
                elif tag == "a":
                    link = 1
            near[j] = block
            linked[j] = link
        return block
