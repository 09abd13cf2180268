"""The visible text blocks of a page: what a reader sees as one paragraph, heading, menu entry or label."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from cleanpage.page import HIDDEN_TEXT, Page

__all__ = ["BLOCK_TAGS", "SHORT", "Blocks", "blocks", "blocks_around", "count_block_words"]

BLOCK_TAGS: Final = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav ol option optgroup p "
    "pre section select summary table tbody td tfoot th thead tr ul video audio picture".split()
)
"""Elements that begin and end a block of text."""

SHORT: Final = 64
"""What texts of up to so many characters say is remembered: they come again, within a page, in its later looks, and on
the site's other pages."""

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

    def before(self, node: int) -> int:
        """How many blocks begin before `node` (an element, or text run ``~t``)."""
        return bisect_left(self.first, self.page.text_first[node] if node >= 0 else ~node)


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
    return _blocks_in(page, page.body)


def blocks_around(page: Page, node: int) -> Blocks:
    """The blocks of the nearest block element that `node` is or stands in, as those of the whole page are there."""
    i = node if node >= 0 else page.text_parents[~node]
    while i > page.body and page.tags[i] not in BLOCK_TAGS:
        i = page.parents[i]
    return _blocks_in(page, i if page.contains(page.body, i) else page.body)


def _blocks_in(page: Page, i: int) -> Blocks:
    """The blocks in block element `i`, the body or an element of it: no block reaches out of it."""
    found = Blocks(page)
    if len(page):
        parents, texts = page.text_parents, page.texts
        runs = _grouped(page, _visible(page, i), found.element)
        found.first.extend([group[0] for group in runs])
        found.end.extend([group[-1] + 1 for group in runs])
        found.inner.extend([parents[t] for t in found.first])
        raw = [texts[group[0]] if len(group) == 1 else _joined(page, group) for group in runs]
        folded = [_fold_short(text) if len(text) <= SHORT else _fold(text) for text in raw]
        found.texts.extend([text for text, _ in folded])
        found.words.extend([words for _, words in folded])
        found.links.extend(_link_shares(page, runs, found.texts))
    return found


def _visible(page: Page, i: int) -> list[int]:
    """The visible text runs in element `i`."""
    visible = page.visible
    return visible[bisect_left(visible, page.text_first[i]) : bisect_left(visible, page.text_end[i])]


def _grouped(page: Page, visible: list[int], holders: list[int]) -> list[list[int]]:
    """The visible text runs of each block; the block element around them is added to `holders`."""
    at, ends, tags, parents = page.text_at, page.ends, page.tags, page.text_parents
    around = [parents[t] for t in visible]
    near = _nearest(page, dict.fromkeys(around))
    groups: list[list[int]] = []
    holder, before = -1, 0
    for t, parent in zip(visible, around, strict=True):
        block, here = near[parent], at[t]
        if block == holder and (before == here or not _starts_block(tags, ends, before, here)):
            groups[-1].append(t)
        else:
            groups.append([t])
            holders.append(block)
            holder = block
        before = here
    return groups


def _nearest(page: Page, elements: Iterable[int]) -> dict[int, int]:
    """For each of `elements` (among others), the nearest block element, itself included; the body counts as one."""
    tags, parents = page.tags, page.parents
    near = {page.body: page.body}
    for i in elements:
        j = i
        while j not in near and tags[j] not in BLOCK_TAGS:
            j = parents[j]
        block = near.get(j, j)
        while i != j:
            near[i] = block
            i = parents[i]
        near[j] = block
    return near


def _starts_block(tags: list[str], ends: list[int], low: int, high: int) -> bool:
    """Whether a visible block element starts among elements `low` to `high` (not included)."""
    while low < high:
        tag = tags[low]
        if tag in BLOCK_TAGS:
            return True
        low = ends[low] if tag in HIDDEN_TEXT else low + 1
    return False


def _link_shares(page: Page, runs: list[list[int]], folded: list[str]) -> list[float]:
    """The share of each block's characters that stand in links."""
    linked = page.in_link
    return [
        float(linked[group[0]]) if len(group) == 1 else _link_share(page.texts, group, linked, text)
        for group, text in zip(runs, folded, strict=True)
    ]


def _link_share(texts: list[str], runs: list[int], linked: bytearray, folded: str) -> float:
    chars = sum([len(texts[t].strip()) for t in runs if linked[t]])
    return min(1.0, chars / len(folded))


def _fold(text: str) -> tuple[str, int]:
    """`text` with its white space folded, and the number of its words."""
    folded = text.strip()
    # The only printable white space is the space: most long texts need not be taken apart.
    if not folded.isprintable() or "  " in folded:
        folded = " ".join(folded.split())
    spaced = folded.isascii() or not _UNSPACED.search(folded)
    return folded, folded.count(" ") + 1 if spaced else count_block_words(folded)


_fold_short = lru_cache(maxsize=16384)(_fold)


def _touch(before: str, after: str) -> bool:
    """Whether a word ends and another begins where two texts meet."""
    edges = before[-1:] + after[:1]
    return len(edges) == 2 and edges.isalnum() and not _UNSPACED.search(edges)


def _joined(page: Page, runs: list[int]) -> str:
    """The text of `runs` and of the white space between them; a line break is a space, and so is the edge of a link
    between words: where a label and a link have no space between them, they are set apart by their style."""
    texts, tags, at, linked = page.texts, page.tags, page.text_at, page.in_link
    parts = [texts[runs[0]]]
    last = runs[0]
    for t in runs[1:]:
        if (
            t > last + 1
            or "br" in tags[at[last] : at[t]]
            or (linked[t] != linked[last] and _touch(texts[last], texts[t]))
        ):
            parts.append(" ")
        parts.append(texts[t])
        last = t
    return "".join(parts)
