"""The signs by which a text block shows that it is article or clutter, each under a name.

One place for both sides: the fitting script learns a weight for each sign, the library adds the weights up. A *column*
holds one small number per block (how long it is, where it stands, what is before it); *tokens* are the words in the
tags, classes and ids around it; *words* are the first words of its text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from itertools import accumulate, pairwise
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Final

from cleanpage.page import HEADINGS
from cleanpage.structure.blocks import SHORT, Blocks, count_block_words
from cleanpage.structure.threads import outside_threads

__all__ = ["GROUPS", "Boxes", "Signals", "read_signals", "word_group", "words_of"]

GROUPS: Final = 5
"""Where a block stands: 0 above the article's prose, 1 along it but outside its box, 2 along it and inside, 3 below it
and outside, 4 below it and inside."""

_DIGIT = re.compile("[0-9]")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_ARTICLE_BODY = re.compile(r'"articleBody"\s*:\s*"')
_SENTENCE_END: Final = frozenset(".!?。！？।…؟")
_QUOTES: Final = frozenset("\"”»'’)“")
_STRIP: Final = ".,:;!?\"'()[]{}«»„“”‘’|/•·–—-*#>+…。，、：！？（）「」【】"
_ARTICLE_TYPES: Final = frozenset(("article", "news", "newsarticle"))

_WORDS_READ: Final = 12
_PROSE_WORDS: Final = 15
_PROSE_LINKS: Final = 0.35
_MOST_PROSE: Final = 0.6
_HEADING_REACH: Final = 12
_MOST_DIGITS: Final = 12
_OUTSIDE: Final = 99
"""The shape of a neighbour where the page has ended."""

_LENGTH: Final = [0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 7] + [8] * 5 + [9] * 10 + [10] * 20 + [11] * 30 + [12]
_LENGTH_COARSE: Final = [0] * 3 + [1] * 5 + [2] * 7 + [3] * 15 + [4]
_SHARE_STEPS: Final = [0] + [1] * 3 + [2] * 5 + [3] * 5 + [4] * 4 + [5] * 2 + [6]
_REPEATS: Final = [n.bit_length() for n in range(16)]
_ABOVE: Final = [1, 2] + [3] * 6 + [4] * 5 + [0] * 6
"""The place of a block above the prose, by how far it stands from the headline: before it counts from the end."""
_BELOW: Final = [12 + 2 * n.bit_length() for n in range(17)]
"""The place of a block below the prose, by how far it stands from that."""
_LINKED: Final = 0.9
_START: Final = 4
"""So many first words in common make two texts the same."""


def _step(n: int, steps: list[int]) -> int:
    return steps[n] if n < len(steps) else steps[-1]


def words_of(text: str) -> tuple[str, ...]:
    """The first words of `text` in lower case without punctuation; in unspaced scripts, each two characters.

    >>> words_of("Read more: prices")
    ('read', 'more', 'prices')
    """
    head = text[:96].lower()
    found = head.split(None, _WORDS_READ)[:_WORDS_READ]
    if not head.isascii() and len(head) > 8 * len(found) and _UNSPACED.search(head):
        found = [head[i : i + 2] for i in range(min(len(head) - 1, 24))]
    return tuple([w if w.isalnum() else w.strip(_STRIP) for w in found])


def word_group(words: int) -> str:
    """Words weigh differently in short ("s"), middling ("m") and long ("l") blocks."""
    return "s" if words < 6 else "m" if words < 25 else "l"


_Row = tuple[int, int, int, int]


def _read_text(text: str, words: int) -> tuple[tuple[str, ...], int, _Row]:
    """What a block's text alone says: its first words, its coarse length, and its numbers in the columns
    "size", "shape", "ending" and "digits" where nothing of it stands in links."""
    coarse = _step(words, _LENGTH_COARSE)
    end = text[-1]
    full = end in _SENTENCE_END or (end in _QUOTES and text[-2:-1] in _SENTENCE_END)
    ending = (_end_class(end, full) * 5 + _start_class(text[0])) * 5 + coarse
    digits = min(len(_DIGIT.findall(text, 0, 60)), _MOST_DIGITS) if words < 30 else 0
    return words_of(text), coarse, (_step(words, _LENGTH) * 4, coarse * 4 + full, ending, digits * 5 + coarse)


def _with_links(row: _Row, share: float) -> _Row:
    """`row` where `share` of the text stands in links."""
    size, shape, ending, digits = row
    step = 1 if share < _PROSE_LINKS else 2 if share < _LINKED else 3
    return size + step, shape + 2 * (share >= 0.5), ending, digits


@lru_cache(maxsize=16384)
def _read_short(text: str) -> tuple[tuple[str, ...], int, _Row, _Row]:
    """As `_read_text`, with a second row for where all stands in links."""
    words, coarse, row = _read_text(text, count_block_words(text))
    return words, coarse, row, _with_links(row, 1)


class Boxes:
    """The elements that hold the blocks, those that hold the same blocks as one.

    Box `x` holds blocks ``low[x]`` to ``high[x]`` (not included), stands in box ``parent[x]`` (-1: outermost), and
    ``top[x]`` is its outermost element. ``of[b]`` is the innermost box of block `b`; `at` gives the box of an element.
    A box has a smaller number than the boxes in it.
    """

    __slots__ = ("at", "high", "low", "of", "parent", "top")

    def __init__(self, blocks: Blocks) -> None:
        parents = blocks.page.parents
        order: list[int] = []
        first: dict[int, int] = {-1: 0}
        end: dict[int, int] = {-1: 0}
        for b, e in enumerate(blocks.element):
            end[e] = b + 1
            if e not in first:
                chain = []
                while e not in first:
                    first[e] = b
                    chain.append(e)
                    e = parents[e]
                # An element that holds an earlier block starts before one that does not: this is document order.
                order += reversed(chain)
        for e in reversed(order):
            p, z = parents[e], end[e]
            if p not in end or end[p] < z:
                end[p] = z
        self.low: Final[list[int]] = []
        self.high: Final[list[int]] = []
        self.parent: Final[list[int]] = []
        self.top: Final[list[int]] = []
        self.at: Final[dict[int, int]] = {-1: -1}
        self._number(order, first, end, parents)
        at = self.at
        self.of: Final = [at[e] for e in blocks.element]

    def _number(self, order: list[int], first: dict[int, int], end: dict[int, int], parents: list[int]) -> None:
        low, high, at, parent, top = self.low, self.high, self.at, self.parent, self.top
        for e in order:
            x = at[parents[e]]
            a, z = first[e], end[e]
            if x < 0 or a != low[x] or z != high[x]:
                parent.append(x)
                top.append(e)
                x = len(low)
                low.append(a)
                high.append(z)
            at[e] = x


class Signals:
    """What was seen on one page.

    `columns`: name to one small number per block. `words`: the first words of each block. `headed`: for each block, the
    heading it may stand under (a block number; -1 for none). `group`: where it stands (`GROUPS`). `levels`: for each
    block, the box around it, the box around that, and so on. `best` is the article's box, `around` that and all boxes
    that hold it, `title` the headline's block.
    """

    __slots__ = (
        "around",
        "best",
        "blocks",
        "boxes",
        "coarse",
        "columns",
        "first",
        "group",
        "headed",
        "headings",
        "last",
        "levels",
        "prose",
        "title",
        "words",
    )  # fmt: skip

    def __init__(self, blocks: Blocks) -> None:
        self.blocks: Final = blocks
        self.columns: Final[dict[str, Sequence[int]]] = {}
        self.boxes: Final = Boxes(blocks)
        self.prose: Final = [
            w if w >= _PROSE_WORDS and k < _PROSE_LINKS else 0 for w, k in zip(blocks.words, blocks.links, strict=True)
        ]
        tags = blocks.page.tags
        self.headings: Final = [b for b, e in enumerate(blocks.element) if tags[e] in HEADINGS]
        """the blocks that are headings."""
        self.words: Final[list[tuple[str, ...]]] = []
        self.coarse: Final[list[int]] = []
        self.headed: list[int] = []
        self.group: list[int] = []
        self.levels: list[list[int]] = []
        self.around: frozenset[int] = frozenset()
        self.best = 0
        self.first = 0
        self.last = -1
        self.title = -1


def read_signals(blocks: Blocks) -> Signals:
    """Read the signs of all `blocks`."""
    seen = Signals(blocks)
    if len(blocks):
        _find_article(seen)
        _read_texts(seen)
        _find_title(seen)
        _read_boxes(seen)
        _read_positions(seen)
        _read_neighbours(seen)
        _read_headings(seen)
        _read_likenesses(seen)
    return seen


def _find_article(seen: Signals) -> None:
    """The innermost box that holds most of the prose, and its first and last block of prose; what readers wrote is
    none."""
    boxes, prose = seen.boxes, outside_threads(seen.blocks, seen.prose)
    sums = list(accumulate(prose, initial=0))
    most = _MOST_PROSE * (sums[-1] or 1)
    holding = [x for x, (a, z) in enumerate(zip(boxes.low, boxes.high, strict=True)) if sums[z] - sums[a] >= most]
    x = seen.best = holding[-1] if holding else 0
    told = [b for b in range(boxes.low[x], boxes.high[x]) if prose[b]]
    seen.first, seen.last = (told[0], told[-1]) if told else (len(prose), -1)
    seen.around = frozenset(_with_outer(boxes, x))


def _with_outer(boxes: Boxes, x: int) -> Iterator[int]:
    while x >= 0:
        yield x
        x = boxes.parent[x]


def _read_texts(seen: Signals) -> None:
    """Columns that need a block's text alone."""
    blocks, rows = seen.blocks, list[_Row]()
    words, coarse = seen.words, seen.coarse
    for text, count, share in zip(blocks.texts, blocks.words, blocks.links, strict=True):
        if len(text) <= SHORT:
            first, length, row, linked = _read_short(text)
            row = row if not share else linked if share >= _LINKED else _with_links(row, share)
        else:
            first, length, row = _read_text(text, count)
            row = _with_links(row, share) if share else row
        words.append(first)
        coarse.append(length)
        rows.append(row)
    seen.columns.update(zip(("size", "shape", "ending", "digits"), zip(*rows, strict=True), strict=True))


def _end_class(end: str, full: bool) -> int:
    if full:
        return 1
    if end.isalpha():
        return 5
    return 2 if end == ":" else 3 if end in '"”»“' else 4 if end.isdigit() else 6


def _start_class(start: str) -> int:
    return 0 if start.isupper() else 1 if start.islower() else 2 if start.isdigit() else 3 if start.isalpha() else 4


def _find_title(seen: Signals) -> None:
    """The block that is the headline: a heading, the more so if the page's title has its words."""
    blocks = seen.blocks
    page, texts = blocks.page, blocks.texts
    titles = page.by_tag.get("title", ())
    title = " ".join(page.text_content(titles[0])[:400].lower().split()) if titles else ""
    column = [0] * len(blocks)
    most = min(299, len(title))
    for b, text in enumerate(texts):
        if 8 < len(text) <= most and text.lower() in title:
            column[b] = 4 if len(text) * 2 > len(title) else 2
    for b in seen.headings:
        column[b] += 1
    best = 0
    for b, hit in enumerate(column):
        if hit:
            mark = hit // 2 * 4 + (6 if page.tags[blocks.element[b]] == "h1" else 3 * (hit % 2))
            if mark > best and (b <= seen.first or not best):
                best, seen.title = mark, b
    seen.columns["in_title"] = column


def _read_boxes(seen: Signals) -> None:
    """Columns on the boxes around a block."""
    seen.levels = levels = _levels(seen.boxes)
    repeat = _repeats(seen)
    fills, repeats = _box_numbers(seen, repeat)
    columns = seen.columns
    columns["repeat0"] = [repeat[x] for x in seen.boxes.of]
    for d in range(3):
        columns[f"box{d + 1}"] = [fills[x] for x in levels[d]]
    for d in range(2):
        columns[f"repeat{d + 1}"] = [repeats[x] for x in levels[d]]


def _levels(boxes: Boxes) -> list[list[int]]:
    """For each block the smallest box with more than the block, and the three boxes around that."""
    outer = [p if p >= 0 else x for x, p in enumerate(boxes.parent)]
    low, high = boxes.low, boxes.high
    level = [outer[x] if high[x] - low[x] == 1 else x for x in boxes.of]
    found = [level]
    for _ in range(3):
        level = [outer[x] for x in level]
        found.append(level)
    return found


def _repeats(seen: Signals) -> list[int]:
    """For each box, how many boxes with the same tag and class stand beside it, on a rough scale."""
    page, boxes = seen.blocks.page, seen.boxes
    tags, classes = page.tags, page.classes
    names = [(p, tags[e], classes[e]) for p, e in zip(boxes.parent, boxes.top, strict=True)]
    count = Counter(names)
    return [_REPEATS[n] if (n := count[name]) < 16 else 5 for name in names]


def _box_numbers(seen: Signals, repeat: list[int]) -> tuple[list[int], list[int]]:
    """For each box two numbers: what fills it, and how often it is repeated, each with how many blocks it holds.

    Of a box that holds one block, and so is on no level, they are not worked out.
    """
    boxes, blocks, steps = seen.boxes, seen.blocks, _SHARE_STEPS
    words = list(accumulate(blocks.words, initial=0))
    prose = list(accumulate(seen.prose, initial=0))
    linked_words = [int(w * k) for w, k in zip(blocks.words, blocks.links, strict=True)]
    links = list(accumulate(linked_words, initial=0))
    fills, repeats = [0] * len(repeat), [0] * len(repeat)
    for x, (a, z, p) in enumerate(zip(boxes.low, boxes.high, boxes.parent, strict=True)):
        if z - a > 1 or p < 0:
            amount = min(8, (z - a).bit_length())
            w = words[z] - words[a]
            linked, told = 20 * (links[z] - links[a]), 20 * (prose[z] - prose[a])
            fill = steps[linked // w] * 7 + steps[told // w] if w else 0
            fills[x], repeats[x] = fill * 9 + amount, repeat[x] * 9 + amount
    return fills, repeats


def _read_positions(seen: Signals) -> None:
    """Columns on where a block stands against the headline and the article's prose, written stretch by stretch."""
    count, last, title = len(seen.blocks), seen.last, seen.title
    first = seen.first if last >= 0 else 0
    low, high = seen.boxes.low[seen.best], seen.boxes.high[seen.best]
    from_title = _rising(-title, count, -6, 12)
    above = [_ABOVE[n] for n in from_title[:first]]
    above[low:] = [n + 5 for n in above[low:]]
    below = [_BELOW[n] for n in _rising(1, count - last - 1, 1, 16)]
    inner = high - last - 1
    place = above + [11] * (last + 1 - first) + [n + 1 for n in below[:inner]] + below[inner:]
    seen.group = [0] * first + [2] * (last + 1 - first) + [4] * inner + [3] * (count - high)
    inside = [0] * low + [1] * (high - low) + [0] * (count - high)
    after_last = [2 * n + i for n, i in zip(_rising(-last, count, -1, 15), inside, strict=True)]
    scale = min(5, (sum(seen.prose) // 50).bit_length()) * GROUPS
    declared = _declared(seen) * 30
    columns = seen.columns
    columns["from_title"] = from_title if title >= 0 else [_OUTSIDE] * count
    columns["after_last"] = after_last
    columns["page_zone"] = [scale + g for g in seen.group]
    columns["declared"] = [declared + k for k in place]
    columns["place"] = [k * 20 + s for k, s in zip(place, columns["shape"], strict=True)]


def _rising(first: int, count: int, low: int, high: int) -> list[int]:
    """`count` numbers that rise by one from `first`, those below `low` or above `high` brought back to these.

    >>> _rising(-2, 6, -1, 2)
    [-1, -1, 0, 1, 2, 2]
    """
    under = min(count, max(0, low - first))
    over = min(count - under, max(0, first + count - 1 - high))
    return [low] * under + list(range(first + under, first + count - over)) + [high] * over


def _read_neighbours(seen: Signals) -> None:
    """Columns on the shape of the blocks before and after."""
    columns, shape = seen.columns, seen.columns["shape"]
    columns["before1"] = [_OUTSIDE, *shape[:-1]]
    columns["next1"] = [*shape[1:], _OUTSIDE]


def _read_headings(seen: Signals) -> None:
    """The heading that each block may stand under."""
    count = len(seen.blocks)
    headed = [-1] * count
    for heading, after in pairwise([*seen.headings, count - 1]):
        end = min(after, heading + _HEADING_REACH) + 1
        headed[heading + 1 : end] = [heading] * (end - heading - 1)
    seen.headed = headed


def _read_likenesses(seen: Signals) -> None:
    """Columns on text that stood in an earlier block, and on what the page's JSON-LD gives as the article's."""
    earlier: dict[str, int] = {}
    seen.columns["repeated"] = [
        coarse if earlier.setdefault(text, b) == b else coarse + 5
        for b, (text, coarse) in enumerate(zip(seen.blocks.texts, seen.coarse, strict=True))
    ]
    seen.columns["article_body"] = _in_article_body(seen)


def _in_article_body(seen: Signals) -> list[int]:
    """For each block a number that says whether the page's JSON-LD gives its text as the article's."""
    texts = seen.blocks.texts
    body = _article_body(seen).split()
    if len(body) < _START:
        return [0] * len(texts)
    starts = [tuple(text.split(None, _START)[:_START]) for text in texts]
    asked, openers = set(starts), {start[0] for start in starts}
    told = {
        start
        for i, word in enumerate(body)
        if word in openers and len(start := tuple(body[i : i + _START])) == _START and start in asked
    }
    return [1 + coarse * 2 + (start in told) for start, coarse in zip(starts, seen.coarse, strict=True)]


def _scripts(seen: Signals) -> list[str]:
    page = seen.blocks.page
    found = page.by_tag.get("script", ())
    return [page.texts[t] for i in found for t in range(page.text_first[i], page.text_end[i])]


def _article_body(seen: Signals) -> str:
    """The article's text as the page's JSON-LD has it; empty where there is none."""
    bodies = []
    for text in _scripts(seen):
        at = text.find('"articleBody"')
        match = _ARTICLE_BODY.match(text, at) if at >= 0 else None
        if match:
            try:
                bodies.append(scanstring(text, match.end(), False)[0])
            except ValueError:
                continue
    return unescape(" ".join(bodies))


def _declared(seen: Signals) -> int:
    """What the page says it is: 0 nothing, 1 an article, 2 something else."""
    page = seen.blocks.page
    for i in page.by_tag.get("meta", ()):
        attrs = page.attrs(i)
        if attrs.get("property") == "og:type":
            return 1 if attrs.get("content", "").lower() in _ARTICLE_TYPES else 2
    return int(any('Article"' in text and "schema.org" in text for text in _scripts(seen)))
