"""The signs by which a text block shows that it is article or clutter, each under a name.

One place for both sides: the fitting script learns a weight for each sign, the library adds the weights up. A *column*
holds one small number per block (how long it is, where it stands, what is before it); *tokens* are the words in the
tags, classes and ids around it; *words* are the first words of its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from html import unescape
from itertools import accumulate, pairwise
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Final

from cleanpage.structure.blocks import Blocks

__all__ = ["GROUPS", "SCOPES", "Boxes", "Signals", "Trails", "element_tokens", "read_signals", "word_group", "words_of"]

SCOPES: Final = 4
"""A token weighs differently by how much its element holds. Bits: 1 less than nine tenths of the page's blocks, 2 less
than half, 4 not all of the article's body, 8 less than nine blocks."""
_ALL_SCOPES: Final = 15
GROUPS: Final = 5
"""Where a block stands: 0 above the article's prose, 1 along it but outside its box, 2 along it and inside, 3 below it
and outside, 4 below it and inside."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]+")
_DIGIT = re.compile("[0-9]")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_ARTICLE_BODY = re.compile(r'"articleBody"\s*:\s*"')
_HEADINGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
_SENTENCE_END: Final = frozenset(".!?。！？।…؟")
_QUOTES: Final = frozenset("\"”»'’)“")
_STRIP: Final = ".,:;!?\"'()[]{}«»„“”‘’|/•·–—-*#>+…。，、：！？（）「」【】"
_ARTICLE_TYPES: Final = frozenset(("article", "news", "newsarticle"))

_WORDS_READ: Final = 12
_PROSE_WORDS: Final = 15
_PROSE_LINKS: Final = 0.35
_MOST_PROSE: Final = 0.6
_HEADING_REACH: Final = 12
_OUTSIDE: Final = 99
"""The shape of a neighbour where the page has ended."""

_LENGTH: Final = [0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 7] + [8] * 5 + [9] * 10 + [10] * 20 + [11] * 30 + [12]
_LENGTH_COARSE: Final = [0] * 3 + [1] * 5 + [2] * 7 + [3] * 15 + [4]
_SHARE_STEPS: Final = [0] + [1] * 3 + [2] * 5 + [3] * 5 + [4] * 4 + [5] * 2 + [6]


def _step(n: int, steps: list[int]) -> int:
    return steps[n] if n < len(steps) else steps[-1]


@lru_cache(maxsize=16384)
def _name_tokens(name: str) -> tuple[str, ...]:
    """The words of one class or id attribute, and each two that follow each other in a name."""
    found: list[str] = []
    for part in name[:300].split():
        tokens = [t for t in _LETTERS.findall(_CAMEL.sub(" ", part).lower()) if len(t) > 1]
        found += tokens
        found += [f"{a}-{b}" for a, b in pairwise(tokens)]
    return tuple(dict.fromkeys(found))


def element_tokens(tag: str, name: str | None, classes: str | None) -> tuple[str, ...]:
    """The tokens of one element: its tag in angle brackets, and the words of its class and id.

    >>> element_tokens("div", None, "post-footer")
    ('<div>', 'post', 'footer', 'post-footer')
    """
    found: tuple[str, ...] = (f"<{tag}>",)
    if classes:
        found += _name_tokens(classes)
    if name:
        found += tuple([t for t in _name_tokens(name) if t not in found])
    return found


def words_of(text: str) -> list[str]:
    """The first words of `text` in lower case without punctuation; in unspaced scripts, each two characters.

    >>> words_of("Read more: prices")
    ['read', 'more', 'prices']
    """
    head = text[:96].lower()
    found = head.split()[:_WORDS_READ]
    if not head.isascii() and len(head) > 8 * len(found) and _UNSPACED.search(head):
        found = [head[i : i + 2] for i in range(min(len(head) - 1, 24))]
    return [w if w.isalnum() else w.strip(_STRIP) for w in found]


def word_group(words: int) -> str:
    """Words weigh differently in short ("s"), middling ("m") and long ("l") blocks."""
    return "s" if words < 6 else "m" if words < 25 else "l"


class Boxes:
    """The elements that hold the blocks, those that hold the same blocks as one.

    Box `x` holds blocks ``low[x]`` to ``high[x]`` (not included), stands in box ``parent[x]`` (-1: outermost), and
    ``top[x]`` is its outermost element. ``of[b]`` is the innermost box of block `b`; `at` gives the box of an element.
    A box has a smaller number than the boxes in it.
    """

    __slots__ = ("at", "high", "low", "of", "parent", "top")

    def __init__(self, blocks: Blocks) -> None:
        parents = blocks.page.parents
        first: dict[int, int] = {-1: 0}
        end: dict[int, int] = {-1: 0}
        for b, e in enumerate(blocks.element):
            end[e] = b + 1
            while e not in first:
                first[e] = b
                e = parents[e]
        del first[-1]
        order = sorted(first)
        for e in reversed(order):
            p = parents[e]
            if end.get(p, 0) < end[e]:
                end[p] = end[e]
        self.low: Final[list[int]] = []
        self.high: Final[list[int]] = []
        self.parent: Final[list[int]] = []
        self.top: Final[list[int]] = []
        self.at: Final[dict[int, int]] = {-1: -1}
        self._number(order, first, end, parents)
        self.of: Final = [self.at[e] for e in blocks.element]

    def _number(self, order: list[int], first: dict[int, int], end: dict[int, int], parents: list[int]) -> None:
        low, high, at = self.low, self.high, self.at
        for e in order:
            x = at[parents[e]]
            a, z = first[e], end[e]
            if x < 0 or a != low[x] or z != high[x]:
                self.parent.append(x)
                self.top.append(e)
                x = len(low)
                low.append(a)
                high.append(z)
            at[e] = x


class Signals:
    """What was seen on one page.

    `columns`: name to one small number per block. `words`: the first words of each block. `headed`: for each block, the
    heading it may stand under (a block number; -1 for none). `group`: where it stands (`GROUPS`). `levels`: for each
    block, the box around it, the box around that, and so on. `best` is the article's box, `title` the headline's block.
    """

    __slots__ = (
        "best",
        "blocks",
        "boxes",
        "columns",
        "first",
        "group",
        "headed",
        "last",
        "lead",
        "levels",
        "prose",
        "title",
        "words",
    )  # fmt: skip

    def __init__(self, blocks: Blocks) -> None:
        self.blocks: Final = blocks
        self.columns: Final[dict[str, list[int]]] = {}
        self.boxes: Final = Boxes(blocks)
        self.words: Final = [words_of(text) for text in blocks.texts]
        self.prose: Final = [
            w if w >= _PROSE_WORDS and k < _PROSE_LINKS else 0 for w, k in zip(blocks.words, blocks.links, strict=True)
        ]
        self.headed: list[int] = []
        self.group: list[int] = []
        self.levels: list[list[int]] = []
        self.lead: list[int] = []
        """for each box, the outermost box around it that holds nothing but things beside the article; -1 for none."""
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
        _read_places(seen)
        _read_neighbours(seen)
        _read_headings(seen)
        _read_repeats(seen)
        _read_declarations(seen)
    return seen


def _find_article(seen: Signals) -> None:
    """The innermost box that holds most of the prose, and its first and last block of prose."""
    boxes, prose = seen.boxes, seen.prose
    sums = list(accumulate(prose, initial=0))
    most = _MOST_PROSE * (sums[-1] or 1)
    for x, (a, z) in enumerate(zip(boxes.low, boxes.high, strict=True)):
        if sums[z] - sums[a] >= most:
            seen.best = x
    told = [b for b in range(boxes.low[seen.best], boxes.high[seen.best]) if prose[b]]
    seen.first, seen.last = (told[0], told[-1]) if told else (len(prose), -1)


def _read_texts(seen: Signals) -> None:
    """Columns that need a block's text alone."""
    blocks = seen.blocks
    size, shape, ending, digits = [], [], [], []
    for text, words, link in zip(blocks.texts, blocks.words, blocks.links, strict=True):
        coarse = _step(words, _LENGTH_COARSE)
        size.append(_step(words, _LENGTH) * 4 + (0 if link == 0 else 1 if link < 0.35 else 2 if link < 0.9 else 3))
        end = text[-1]
        full = end in _SENTENCE_END or (end in _QUOTES and text[-2:-1] in _SENTENCE_END)
        shape.append((coarse * 2 + (link >= 0.5)) * 2 + full)
        ending.append((_end_class(end, full) * 5 + _start_class(text[0])) * 5 + coarse)
        number = len(_DIGIT.findall(text, 0, 60)) if words < 30 else 0
        digits.append(min(number, 12) * 5 + coarse)
    columns = seen.columns
    columns["size"], columns["shape"], columns["ending"], columns["digits"] = size, shape, ending, digits


def _end_class(end: str, full: bool) -> int:
    if full:
        return 1
    if end.isalpha():
        return 5
    return 2 if end == ":" else 3 if end in "\"”»“" else 4 if end.isdigit() else 6


def _start_class(start: str) -> int:
    return 0 if start.isupper() else 1 if start.islower() else 2 if start.isdigit() else 3 if start.isalpha() else 4


def _find_title(seen: Signals) -> None:
    """The block that is the headline: a heading, the more so if the page's title has its words."""
    blocks = seen.blocks
    page = blocks.page
    tags = page.tags
    titles = page.by_tag.get("title", ())
    title = " ".join(page.text_content(titles[0])[:400].lower().split()) if titles else ""
    best, column = 0, []
    for b, (text, e) in enumerate(zip(blocks.texts, blocks.element, strict=True)):
        hit = 0
        if 8 < len(text) < 300 and text.lower() in title:
            hit = 2 if len(text) * 2 > len(title) else 1
        tag = tags[e]
        heading = tag in _HEADINGS
        column.append(hit * 2 + heading)
        mark = hit * 4 + (6 if tag == "h1" else 3 * heading)
        if mark > best and (b <= seen.first or not best):
            best, seen.title = mark, b
    seen.columns["in_title"] = column


def _read_boxes(seen: Signals) -> None:
    """Columns on the boxes around a block."""
    blocks, boxes, columns = seen.blocks, seen.boxes, seen.columns
    low, high, parent, best = boxes.low, boxes.high, boxes.parent, seen.best
    words = list(accumulate(blocks.words, initial=0))
    prose = list(accumulate(seen.prose, initial=0))
    links = list(accumulate([int(w * k) for w, k in zip(blocks.words, blocks.links, strict=True)], initial=0))
    fill, amount = [], []
    lead: list[int] = []
    steps, body_low, body_high = _SHARE_STEPS, low[best], high[best]
    for a, z, p in zip(low, high, parent, strict=True):
        w = words[z] - words[a]
        linked, told = 20 * (links[z] - links[a]), 20 * (prose[z] - prose[a])
        fill.append(steps[linked // w] * 7 + steps[told // w] if w else 0)
        amount.append(min(8, (z - a).bit_length()))
        x = len(lead)
        lead.append(-1 if x <= best and a <= body_low and z >= body_high else x if p < 0 or lead[p] < 0 else lead[p])
    seen.lead = lead
    seen.levels = _levels(boxes)
    repeat = _repeats(seen)
    whole = [f * 9 + n for f, n in zip(fill, amount, strict=True)]
    columns["repeat0"] = [repeat[x] for x in boxes.of]
    for d in range(3):
        columns[f"box{d + 1}"] = [whole[x] for x in seen.levels[d]]
    many = [r * 9 + n for r, n in zip(repeat, amount, strict=True)]
    for d in range(2):
        columns[f"repeat{d + 1}"] = [many[x] for x in seen.levels[d]]


def _levels(boxes: Boxes) -> list[list[int]]:
    """For each block the smallest box with more than the block, and the three boxes around that."""
    outer = [p if p >= 0 else x for x, p in enumerate(boxes.parent)]
    start = [p if z - a == 1 else x for x, (a, z, p) in enumerate(zip(boxes.low, boxes.high, outer, strict=True))]
    level = [start[x] for x in boxes.of]
    found = [level]
    for _ in range(3):
        level = [outer[x] for x in level]
        found.append(level)
    return found


def _repeats(seen: Signals) -> list[int]:
    """For each box, how many boxes with the same tag and class stand beside it, on a rough scale."""
    page, boxes = seen.blocks.page, seen.boxes
    tags, classes = page.tags, page.classes
    count: dict[tuple[int, str, str | None], int] = {}
    names = []
    for p, e in zip(boxes.parent, boxes.top, strict=True):
        name = (p, tags[e], classes[e])
        names.append(name)
        count[name] = count.get(name, 0) + 1
    return [min(5, count[name].bit_length()) for name in names]


def _read_places(seen: Signals) -> None:
    """Columns on where a block stands against the headline and the article's prose."""
    boxes, columns = seen.boxes, seen.columns
    count, first, last, title = len(seen.blocks), seen.first, seen.last, seen.title
    low, high = boxes.low[seen.best], boxes.high[seen.best]
    place, group = [], []
    for b in range(count):
        inside = low <= b < high
        if b > last:
            place.append(12 + min(5, (b - last).bit_length()) * 2 + inside)
            group.append(3 + inside)
        elif b >= first:
            place.append(10 + inside)
            group.append(1 + inside)
        else:
            near = 0 if b < title else 1 if b == title else 2 + min(2, (b - title).bit_length() // 2)
            place.append(near + 5 * inside)
            group.append(0)
    seen.group = group
    columns["place"] = [k * 20 + s for k, s in zip(place, columns["shape"], strict=True)]
    columns["from_title"] = [max(-6, min(12, b - title)) for b in range(count)] if title >= 0 else [_OUTSIDE] * count
    columns["after_last"] = [max(-1, min(15, b - last)) * 2 + (low <= b < high) for b in range(count)]
    scale = min(5, (sum(seen.prose) // 50).bit_length()) * GROUPS
    columns["page_zone"] = [scale + g for g in group]
    declared = _declared(seen) * 30
    columns["declared"] = [declared + k for k in place]


def _read_neighbours(seen: Signals) -> None:
    """Columns on the shape of the blocks before and after."""
    columns, shape = seen.columns, seen.columns["shape"]
    columns["before1"] = [_OUTSIDE, *shape[:-1]]
    columns["next1"] = [*shape[1:], _OUTSIDE]


def _read_headings(seen: Signals) -> None:
    """The heading that each block may stand under."""
    tags = seen.blocks.page.tags
    heading = -1
    for b, e in enumerate(seen.blocks.element):
        seen.headed.append(heading if heading >= 0 and b - heading <= _HEADING_REACH else -1)
        if tags[e] in _HEADINGS:
            heading = b


def _read_repeats(seen: Signals) -> None:
    """Column on text that stood in an earlier block."""
    known: set[str] = set()
    column = []
    for text, words in zip(seen.blocks.texts, seen.blocks.words, strict=True):
        column.append((text in known) * 5 + _step(words, _LENGTH_COARSE))
        known.add(text)
    seen.columns["repeated"] = column


def _read_declarations(seen: Signals) -> None:
    """Column on text that the page's JSON-LD gives as the article's."""
    blocks = seen.blocks
    body = _article_body(seen).split()
    starts = set(zip(body, body[1:], body[2:], body[3:], strict=False))
    column = [0] * len(blocks)
    if starts:
        for b, (text, words) in enumerate(zip(blocks.texts, blocks.words, strict=True)):
            column[b] = 1 + _step(words, _LENGTH_COARSE) * 2 + (tuple(text.split(None, 4)[:4]) in starts)
    seen.columns["article_body"] = column


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


class Trails:
    """The tokens around each block, each counted once per scope, however many elements have it.

    A *state* stands for all that was gathered from the outside in; state 0 is empty. ``of[b]`` is the state of block
    `b`, ``parent[s]`` the state that `s` adds to, and ``added[s]`` what it adds: (token, scope bits).
    """

    def __init__(self, seen: Signals, tokens_of: Callable[[str, str | None, str | None], tuple[str, ...]]) -> None:
        self.parent: Final = [0]
        self.added: Final[list[list[tuple[str, int]]]] = [[]]
        self._gathered: list[dict[str, int]] = [{}]
        self._steps: dict[tuple[int, str, str | None, str | None, int], int] = {}
        self._seen = seen
        self._tokens_of = tokens_of
        page = seen.blocks.page
        self._states: dict[int, int] = {-1: 0, page.body: 0}
        self.of: Final = [self._state(e) for e in seen.blocks.inner]

    def _state(self, e: int) -> int:
        parents, states = self._seen.blocks.page.parents, self._states
        chain = []
        while e not in states:
            chain.append(e)
            e = parents[e]
        state = states[e]
        page, steps = self._seen.blocks.page, self._steps
        tags, ids, classes = page.tags, page.ids, page.classes
        boxes, scopes = self._seen.boxes.at.get, self._box_scopes
        for e in reversed(chain):
            x = boxes(e)
            step = (state, tags[e], ids[e], classes[e], _ALL_SCOPES if x is None else scopes[x])
            known = steps.get(step)
            if known is None:
                known = steps[step] = self._extend(*step)
            state = states[e] = known
        return state

    def _extend(self, state: int, tag: str, name: str | None, classes: str | None, scopes: int) -> int:
        """The state of an element whose parent's is `state`."""
        tokens = self._tokens_of(tag, name, classes)
        gathered = self._gathered[state]
        known = gathered.get
        added = [(token, new) for token in tokens if (new := scopes & ~known(token, 0))]
        if not added:
            return state
        gathered = gathered.copy()
        for token, new in added:
            gathered[token] = known(token, 0) | new
        self.parent.append(state)
        self.added.append(added)
        self._gathered.append(gathered)
        return len(self.parent) - 1

    @cached_property
    def _box_scopes(self) -> list[int]:
        boxes = self._seen.boxes
        lead, count = self._seen.lead, len(self._seen.blocks)
        sizes = [z - a for a, z in zip(boxes.low, boxes.high, strict=True)]
        return [
            (10 * n < 9 * count) | (2 * n < count) << 1 | (lead[x] >= 0) << 2 | (n < 9) << 3
            for x, n in enumerate(sizes)
        ]
