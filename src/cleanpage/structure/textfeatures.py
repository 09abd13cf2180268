"""The signs by which a block of plain text shows that it is article or clutter, each under a name.

Text has no tags to go by, so the signs are the shape of each line, of the lines around it, where it stands between the
paragraphs of prose, its first words, and how much of the whole text is prose at all. The fitting script learns a weight
for each sign and the library adds the weights up; both read the signs here.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from cleanpage.structure.blocks import Blocks

__all__ = ["TextSigns", "first_words", "text_signs", "whole_line"]

Column = Sequence[int]

_SENTENCE_END: Final = frozenset(".!?。！？।…؟")
_CLOSING: Final = frozenset("\"”»'’)“」』")
_STRIP: Final = ".,:;!?\"'()[]{}«»„“”‘’|/•·–—-*#>+…。，、：！？（）「」【】"
_DIGIT: Final = re.compile(r"\d+")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_LETTER: Final = re.compile(r"[^\W\d_]")

_PROSE_WORDS: Final = 15
_PROSE_LINKS: Final = 0.35
_NEIGHBOURS: Final = 6
_COMPANY: Final = 5
"""How many lines before and behind a line are its company."""
_WORDS_READ: Final = 10
_LINE_WORDS: Final = 6
_FREQUENT: Final = 40
_VOCABULARY_READ: Final = 400
"""Characters of a line that are compared with the words of the prose."""
_NEAR: Final = 8
"""How many blocks a copy of a caption may stand from its original."""
_CAPTION_LETTERS: Final = 32
_REST: Final = re.compile(r"[\W_]+")
_RULED: Final = re.compile(r"[-=_~*—–]{4,}$")
_BLANK: Final = "\n \n"
"""What a page of plain text has between blocks that blank lines part."""
_OUTSIDE: Final = 99
"""The shape of a neighbour where the text has ended."""

_LENGTH = [0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 7] + [8] * 5 + [9] * 10 + [10] * 20 + [11] * 30 + [12]
_LENGTH_SMALL = [0] * 3 + [1] * 5 + [2] * 7 + [3] * 15 + [4]


class TextSigns:
    """What was seen in one text: `columns` (name to one small number per block) and its prose.

    `first` and `last` are the blocks between which the article's prose stands (`last` is -1 where there is none),
    `prose` the words of each block that is prose, 0 for the others.
    """

    __slots__ = ("blocks", "columns", "first", "last", "prose", "title")

    def __init__(self, blocks: Blocks) -> None:
        self.blocks: Final = blocks
        self.columns: Final[dict[str, Column]] = {}
        self.prose: Final = [
            w if w >= _PROSE_WORDS and k < _PROSE_LINKS else 0 for w, k in zip(blocks.words, blocks.links, strict=True)
        ]
        self.first, self.last = _densest(self.prose)
        self.title = _title(blocks, self.first)


def text_signs(blocks: Blocks) -> TextSigns:
    """Read the signs of all `blocks`."""
    seen = TextSigns(blocks)
    for read in _READERS if len(blocks) else ():
        read(seen)
        _pack(seen.columns)
    return seen


def _pack(columns: dict[str, Column]) -> None:
    """Store the columns' small numbers in two bytes each: texts have millions of lines."""
    for name, column in columns.items():
        if not isinstance(column, array):
            columns[name] = array("h", column)


def first_words(text: str) -> list[str]:
    """The first words of `text` in lower case without punctuation, numbers as ``0``; in unspaced scripts, each two
    characters.

    >>> first_words("Read more: 12 things")
    ['read', 'more', '0', 'things']
    """
    head = text[:80].lower()
    found = head.split()[:_WORDS_READ]
    if not head.isascii() and len(head) > 8 * len(found) and _UNSPACED.search(head):
        found = [head[i : i + 2] for i in range(min(len(head) - 1, 20))]
    return [_DIGIT.sub("0", word.strip(_STRIP)) for word in found]


def whole_line(text: str, words: int) -> str:
    """A short line as a whole, folded to lower case without punctuation; empty for a long one.

    >>> whole_line("Share this:", 2)
    'share this'
    """
    if words > _LINE_WORDS or len(text) > 60:
        return ""
    return " ".join(first_words(text))


def _bucket(n: int, table: list[int]) -> int:
    return table[n] if n < len(table) else table[-1]


def _log(n: int) -> int:
    return min(8, n.bit_length())


def _densest(prose: list[int]) -> tuple[int, int]:
    """First and last block of the stretch that holds most prose for its length."""
    best, best_at, total, start = 0, (0, -1), 0, 0
    for b, words in enumerate(prose):
        if total <= 0:
            total, start = 0, b
        total += min(words, 80) if words else -5
        if total > best:
            best, best_at = total, (start, b)
    return best_at


def _title(blocks: Blocks, first: int) -> int:
    """The block that looks most like the headline, -1 where there is none: a marked one, or the line before the prose
    that repeats the first line or is the longest without a full stop."""
    marked = [b for b in range(len(blocks)) if blocks.page.tags[blocks.element[b]] == "h1"]
    if marked:
        return max((b for b in marked if b <= first + 2), default=marked[0])
    best, found = 0, -1
    top = blocks.texts[0] if len(blocks) else ""
    for b in range(max(0, first - 15), min(len(blocks), first + 1)):
        text, words = blocks.texts[b], blocks.words[b]
        if 3 <= words <= 30 and text[-1] not in ".:;,":
            score = words + (20 if b and len(text) > 12 and (text in top or top in text) else 0)
            if score > best:
                best, found = score, b
    return found


def _full(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return text[-1] in _SENTENCE_END or (len(text) > 1 and text[-1] in _CLOSING and text[-2] in _SENTENCE_END)


def _read_lines(seen: TextSigns) -> None:
    """Columns that need the line alone."""
    blocks, c = seen.blocks, seen.columns
    texts, links, tags = blocks.texts, blocks.links, blocks.page.tags
    small = [_bucket(w, _LENGTH_SMALL) for w in blocks.words]
    full = [_full(text) for text in texts]
    linked = [0 if k == 0 else 1 if k < 0.35 else 2 if k < 0.9 else 3 for k in links]
    c["small"] = small
    c["size"] = [_bucket(w, _LENGTH) * 4 + k for w, k in zip(blocks.words, linked, strict=True)]
    c["shape"] = [s * 4 + 2 * (k >= 2) + f for s, k, f in zip(small, linked, full, strict=True)]
    c["ending"] = [(_ending(t, f) * 5 + _start(t)) * 5 + s for t, f, s in zip(texts, full, small, strict=True)]
    c["digits"] = [min(12, sum(map(t[:60].count, "0123456789"))) * 5 + s for t, s in zip(texts, small, strict=True)]
    c["upper"] = [_upper(t) * 5 + s for t, s in zip(texts, small, strict=True)]
    c["commas"] = [min(5, sum(map(t.count, ",，、"))) * 5 + s for t, s in zip(texts, small, strict=True)]
    c["marks"] = [_marks(t) * 5 + s for t, s in zip(texts, small, strict=True)]
    c["quote"] = [_quotes(t) * 5 + s for t, s in zip(texts, small, strict=True)]
    names = [_TAGS.get(tags[e], 0) for e in blocks.element]
    c["tag"] = [n * 5 + s for n, s in zip(names, small, strict=True)]
    c["ruled"] = [bool(_RULED.search(t[-12:])) * 5 + s for t, s in zip(texts, small, strict=True)]
    c["blank"] = [x * 20 + s for x, s in zip(_blanks(blocks), c["shape"], strict=True)]


_TAGS: Final = {"li": 1, "h1": 2, "h2": 3, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "blockquote": 5, "tr": 6}


def _ending(text: str, full: bool) -> int:
    end = text[-1]
    if full:
        return 1 if end in _SENTENCE_END else 2
    if end in ":：":
        return 3
    if end in "»>→›…)":
        return 4
    return 5 if end.isdigit() else 6 if end.isalpha() else 7


def _start(text: str) -> int:
    first = text[0]
    return 0 if first.isupper() else 1 if first.islower() else 2 if first.isdigit() else 3 if first.isalpha() else 4


def _upper(text: str) -> int:
    """0: no capitals, 1: one word with a capital or few, 2: about half, 3: nearly every word, 4: all in capitals."""
    head = text[:80]
    if head.isupper():
        return 4
    words = head.split()
    share = sum(w[0].isupper() for w in words) / len(words)
    return 0 if share == 0 else 1 if share < 0.4 else 2 if share < 0.75 else 3


def _marks(text: str) -> int:
    """The first of some marks that the line shows: none of letters, ©, an address, columns, a price."""
    head = text[:160]
    if not _LETTER.search(head):
        return 1
    if "©" in head:
        return 2
    if "@" in head:
        return 3
    if "http" in head or "www." in head:
        return 4
    if "|" in head or " · " in head or " • " in head:
        return 5
    if "$" in head or "€" in head or "£" in head:
        return 6
    if " / " in head or " » " in head or " > " in head:
        return 7
    return 8 if head[0] in "*#»›>+–—-•" else 0


def _quotes(text: str) -> int:
    return min(3, sum(map(text[:400].count, "\"“”«»„「")))


def _blanks(blocks: Blocks) -> list[int]:
    """For each block, whether blank lines stand before it (1), behind it (2), both (3) or neither (0)."""
    texts = blocks.page.texts
    starts = [*blocks.first[1:], len(texts)]
    behind = [any(_BLANK in text for text in texts[end:start]) for end, start in zip(blocks.end, starts, strict=True)]
    behind[-1] = True
    return [(b == 0 or behind[b - 1]) + 2 * behind[b] for b in range(len(blocks))]


def _read_neighbours(seen: TextSigns) -> None:
    shape, count = list(seen.columns["shape"]), len(seen.blocks)
    wide = [_OUTSIDE] * _NEIGHBOURS + shape + [_OUTSIDE] * _NEIGHBOURS
    for d in range(1, _NEIGHBOURS + 1):
        seen.columns[f"before{d}"] = wide[_NEIGHBOURS - d : _NEIGHBOURS - d + count]
        seen.columns[f"next{d}"] = wide[_NEIGHBOURS + d : _NEIGHBOURS + d + count]
    small = seen.columns["small"]
    near = [9, *small, 9]
    seen.columns["between"] = [(near[b] * 10 + near[b + 2]) * 5 + small[b] for b in range(count)]


def _read_company(seen: TextSigns) -> None:
    """Columns on how lines hang together: sentences that go on over line breaks, and data (ingredients, results,
    measures), which has figures and labels in the lines around, or turns of two kinds of line."""
    texts, c = seen.blocks.texts, seen.columns
    small, count = c["small"], len(texts)
    starts = [_start(text) for text in texts]
    ends = [0 if _full(text) else 1 if text[-1] in ":：" else 2 if text[-1] in ",，、-–" else 3 for text in texts]
    figures = [any(map(str.isdigit, text[:60])) for text in texts]
    c["goes_on"] = [(e * 5 + b) * 5 + s for e, b, s in zip([4, *ends], starts, small, strict=False)]
    c["goes_on_over"] = [(e * 6 + b) * 5 + s for e, b, s in zip(ends, [*starts[1:], 5], small, strict=True)]
    with_figures = _among([f and s < 3 for f, s in zip(figures, small, strict=True)])
    c["figures"] = [(min(7, n) * 2 + f) * 5 + s for n, f, s in zip(with_figures, figures, small, strict=True)]
    labels = _among([e == 1 and s < 3 for e, s in zip(ends, small, strict=True)])
    c["labels"] = [(min(4, n) * 4 + e) * 5 + s for n, e, s in zip(labels, ends, small, strict=True)]
    look = [(a * 5 + b) * 2 + f for a, b, f in zip(small, starts, figures, strict=True)]
    wide = [-1, -1, *look, -1, -1]
    c["turns"] = [
        (8 * (x == y) + 4 * (x == z) + 2 * (x == wide[b + 1]) + (x == wide[b + 3])) * 5 + small[b]
        for b, (x, y, z) in enumerate(zip(look, wide[:count], wide[4:], strict=True))
    ]


def _among(marked: Sequence[bool]) -> list[int]:
    """For each line, how many of the lines of its company are marked, itself left out."""
    sums = list(accumulate(marked, initial=0))
    count = len(marked)
    return [sums[min(count, b + _COMPANY + 1)] - sums[max(0, b - _COMPANY)] - own for b, own in enumerate(marked)]


def _gaps(prose: Sequence[int]) -> list[int]:
    """For each block, how many blocks back the last prose is, 9 at most."""
    gap, found = 9, []
    for words in prose:
        gap = 0 if words else min(9, gap + 1)
        found.append(gap)
    return found


def _read_places(seen: TextSigns) -> None:
    """Columns on where a block stands in the text and against its prose."""
    blocks, c, prose = seen.blocks, seen.columns, seen.prose
    count, first, last, title = len(blocks), seen.first, seen.last, seen.title
    shape, small = c["shape"], c["small"]
    zone = [0 if b < first else 1 if b <= last else 2 for b in range(count)] if last >= 0 else [3] * count
    place = [_place(b, seen) for b in range(count)]
    c["place"] = [k * 20 + s for k, s in zip(place, shape, strict=True)]
    c["from_title"] = [max(-6, min(12, b - title)) * 5 + small[b] for b in range(count)] if title >= 0 else [99] * count
    c["to_first"] = [max(-1, min(12, first - b)) * 5 + small[b] for b in range(count)]
    c["after_last"] = [max(-1, min(15, b - last)) * 5 + small[b] for b in range(count)]
    c["decile"] = [(10 * b // count) * 5 + s for b, s in enumerate(small)]
    c["from_top"] = [min(12, b) * 5 + s for b, s in enumerate(small)]
    c["from_end"] = [min(12, count - 1 - b) * 5 + s for b, s in enumerate(small)]
    back, ahead = _gaps(prose), _gaps(prose[::-1])[::-1]
    c["prose_gaps"] = [x * 10 + y for x, y in zip(back, ahead, strict=True)]
    total, words = sum(prose), sum(blocks.words)
    bare = 10 * (words - total) // max(1, words)
    c["dirt"] = [(bare * 4 + z) * 5 + s for z, s in zip(zone, small, strict=True)]
    short = 10 * sum(1 for p in prose if not p) // count
    c["dirty_lines"] = [(short * 4 + z) * 5 + s for z, s in zip(zone, small, strict=True)]
    amount = _log(total // 16) * 9 + _log(count // 8)
    c["amount"] = [amount * 4 + z for z in zone]
    before = list(accumulate(prose, initial=0))
    c["prose_before"] = [_log(before[b] // 8) * 9 + _log((total - before[b]) // 8) for b in range(count)]


def _place(b: int, seen: TextSigns) -> int:
    first, last, title = seen.first, seen.last, seen.title
    if last < 0:
        return 20
    if b < first:
        return 0 if b < title else 1 if b == title else 2 + min(2, _log(b - title) // 2)
    if b <= last:
        return 6 + (b == title)
    return 8 + min(5, _log(b - last))


def _read_runs(seen: TextSigns) -> None:
    """Columns on the run of lines without prose that a block stands in: its length, its words, the place in it."""
    blocks, c, prose = seen.blocks, seen.columns, seen.prose
    count, small = len(blocks), c["small"]
    length, place, words = [0] * count, [0] * count, [0] * count
    b = 0
    while b < count:
        end = b + 1
        while end < count and bool(prose[end]) == bool(prose[b]):
            end += 1
        mean = sum(blocks.words[b:end]) // (end - b)
        for x in range(b, end):
            length[x] = _log(end - b) * 2 + bool(prose[b])
            place[x] = min(3, x - b) * 4 + min(3, end - 1 - x)
            words[x] = _bucket(mean, _LENGTH)
        b = end
    c["run"] = [n * 16 + p for n, p in zip(length, place, strict=True)]
    c["run_words"] = [(w * 18 + n) * 5 + s for w, n, s in zip(words, length, small, strict=True)]


def _read_repeats(seen: TextSigns) -> None:
    """Columns on text that occurs again: earlier, later, or as the headline."""
    blocks, c = seen.blocks, seen.columns
    texts, small = blocks.texts, c["small"]
    counts: dict[str, int] = {}
    earlier = []
    for text in texts:
        earlier.append(counts.get(text, 0))
        counts[text] = counts.get(text, 0) + 1
    again = [min(3, counts[text] - 1 - e) for text, e in zip(texts, earlier, strict=True)]
    c["repeats"] = [(min(3, e) * 4 + a) * 5 + s for e, a, s in zip(earlier, again, small, strict=True)]
    title = texts[seen.title] if seen.title >= 0 else ""
    inside = [0 if len(t) < 12 or not title else 1 + (t in title) + 2 * (title in t) for t in texts]
    c["in_title"] = [i * 3 + (b > seen.title) + (b == seen.title) * 2 for b, i in enumerate(inside)]
    top = {word for word in first_words(title) if len(word) > 3}
    shared = [4] * len(texts)
    if top:
        for b, text in enumerate(texts):
            if blocks.words[b] <= 30:
                shared[b] = min(3, sum(w in top for w in first_words(text)))
    c["title_words"] = [x * 5 + s for x, s in zip(shared, small, strict=True)]


def _read_captions(seen: TextSigns) -> None:
    """A column on long lines that stand twice within a few lines, with or without a credit behind them."""
    texts, small = seen.blocks.texts, seen.columns["small"]
    bare = [_REST.sub("", text).lower() for text in texts]
    found = []
    for b, own in enumerate(bare):
        near = bare[max(0, b - _NEAR) : b] if len(own) >= _CAPTION_LETTERS else []
        again = 1 if own in near else 2 if any(_continues(own, other) for other in near) else 0
        found.append(((again * 2 + _credited(texts[b])) * 5 + small[b]) if again else 0)
    seen.columns["caption"] = found


def _continues(one: str, other: str) -> bool:
    return len(other) >= _CAPTION_LETTERS and (one.startswith(other) or other.startswith(one))


def _credited(text: str) -> bool:
    """Whether a line ends as a caption with its credit does: in brackets, or with a copyright sign."""
    return text[-1] in ")]" or "©" in text


def _read_vocabulary(seen: TextSigns) -> None:
    """Columns on how much a line shares with the prose: its small, frequent words, and its other words."""
    blocks, c = seen.blocks, seen.columns
    texts, small, count = blocks.texts, c["small"], len(blocks)
    prose = [b for b in range(seen.first, seen.last + 1) if seen.prose[b]]
    counts: dict[str, int] = {}
    for b in prose:
        for word in texts[b].lower().split():
            counts[word] = counts.get(word, 0) + 1
    frequent = sorted((w for w in counts if len(w) < 6 and w.isalpha()), key=lambda w: (-counts[w], w))[:_FREQUENT]
    function_words = frozenset(w for w in frequent if counts[w] > 1)
    inside = frozenset(prose)
    zone = [0 if b < seen.first else 1 if b <= seen.last else 2 for b in range(count)]
    own, topic = [], []
    for b in range(count):
        words = texts[b][:_VOCABULARY_READ].lower().split()
        small_words = sum(w in function_words for w in words)
        own.append(9 * small_words // len(words) if words else 0)
        others = {w for w in (x.strip(_STRIP) for x in words) if len(w) > 3 and w not in function_words}
        least = 1 if b in inside else 0
        shared = sum(counts.get(w, 0) > least for w in others)
        topic.append(9 if not others else min(8, 9 * shared // len(others)))
    c["function_words"] = [f * 5 + s for f, s in zip(own, small, strict=True)]
    c["topic"] = [(t * 3 + z) * 5 + s for t, z, s in zip(topic, zone, small, strict=True)]
    total = sum(seen.prose)
    share = 4 * sum(seen.prose[b] for b in prose) // total if total else 5
    c["sure"] = [((share * 9 + _log(len(prose))) * 3 + z) * 5 + s for z, s in zip(zone, small, strict=True)]


_READERS: Final = (
    _read_lines,
    _read_neighbours,
    _read_company,
    _read_places,
    _read_runs,
    _read_repeats,
    _read_captions,
    _read_vocabulary,
)
"""In the order in which they build on one another."""
