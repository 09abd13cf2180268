"""The signs by which a text block shows that it is article or clutter, each under a name.

One place for both sides: the fitting script learns a weight for each sign, the library adds the weights up. A *column*
holds one small key per block (how long it is, what stands before it, ...); *tokens* are the words in tags, classes and
ids around it, *words* the first words of its text.
"""

from __future__ import annotations

from functools import lru_cache
from html import unescape
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Final
import re

from cleanpage.structure.blocks import Blocks

__all__ = ["Boxes", "Signals", "element_tokens", "signals", "words_of"]

Column = list[int]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]+")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_ARTICLE_BODY = re.compile(r'"articleBody"\s*:\s*"')
_HEADINGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
_SENTENCE_END: Final = frozenset(".!?。！？।…؟")
_STRIP: Final = ".,:;!?\"'()[]{}«»„“”‘’|/•·–—-*#>+…。，、：！？（）「」【】"
WORDS_READ: Final = 12


@lru_cache(maxsize=8192)
def _name_tokens(name: str) -> tuple[str, ...]:
    """The words of one class or id value, and each two that follow each other."""
    found: list[str] = []
    for part in name[:300].split():
        tokens = _LETTERS.findall(_CAMEL.sub(" ", part).lower())
        tokens = [t for t in tokens if len(t) > 1]
        found += tokens
        found += [f"{a}-{b}" for a, b in zip(tokens, tokens[1:])]
    return tuple(dict.fromkeys(found))


def element_tokens(tag: str, name: str | None, classes: str | None) -> tuple[str, ...]:
    """The tokens of one element: its tag in angle brackets, and the words of its class and id.

    >>> element_tokens("div", None, "post-footer")
    ('<div>', 'post', 'footer', 'post-footer')
    """
    found = (f"<{tag}>",)
    if classes:
        found += _name_tokens(classes)
    if name:
        found += tuple(t for t in _name_tokens(name) if t not in found)
    return found


def words_of(text: str) -> list[str]:
    """The first words of `text` in lower case without punctuation; in unspaced scripts, each two characters."""
    head = text[:96].lower()
    found = head.split()[:WORDS_READ]
    if not head.isascii() and len(head) > 8 * len(found) and _UNSPACED.search(head):
        found = [head[i : i + 2] for i in range(min(len(head) - 1, 24))]
    return [w.strip(_STRIP) for w in found]


class Boxes:
    """The elements that hold the blocks, those that hold the same blocks as one: box `x` holds blocks `low[x]` to
    ``high[x]`` (not included), stands in box ``parent[x]`` (-1: outermost), and ``top[x]`` is its outermost element.
    ``of[b]`` is the innermost box of block `b`. A box has a smaller number than the boxes in it.
    """

    __slots__ = ("high", "low", "of", "parent", "top")

    def __init__(self, blocks: Blocks) -> None:
        page = blocks.page
        parents = page.parents
        low: dict[int, int] = {-1: 0}
        high: dict[int, int] = {}
        for b, e in enumerate(blocks.element):
            high[e] = b + 1
            while e not in low:
                low[e] = b
                e = parents[e]
        del low[-1]
        order = sorted(low)
        for e in reversed(order):
            p = parents[e]
            if high.get(p, 0) < high[e]:
                high[p] = high[e]
        self.low: list[int] = []
        self.high: list[int] = []
        self.parent: list[int] = []
        self.top: list[int] = []
        box: dict[int, int] = {-1: -1}
        for e in order:
            p = parents[e]
            x = box[p]
            if x < 0 or low[e] != self.low[x] or high[e] != self.high[x]:
                self.low.append(low[e])
                self.high.append(high[e])
                self.parent.append(x)
                self.top.append(e)
                x = len(self.low) - 1
            box[e] = x
        self.of = [box[e] for e in blocks.element]


class Signals:
    """What was seen on one page: `columns` (name to one key per block) and `boxes`; `zone[b]` is 0 above the body of
    the article, 1 along it, 2 below it."""

    __slots__ = ("blocks", "boxes", "columns", "heading", "zone")

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.columns: dict[str, Column] = {}
        self.boxes = Boxes(blocks)
        self.zone: Column = []
        self.heading: list[int] = []


_LENGTH = [0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 7] + [8] * 5 + [9] * 10 + [10] * 20 + [11] * 30 + [12]
_LENGTH_SMALL = [0] * 3 + [1] * 5 + [2] * 7 + [3] * 15 + [4]


def _bucket(n: int, table: list[int]) -> int:
    return table[n] if n < len(table) else table[-1]


_SHARE_STEPS = [0] + [1] * 3 + [2] * 5 + [3] * 5 + [4] * 4 + [5] * 2 + [6]


def _share(part: float, whole: float) -> int:
    """Bucket 0 to 6 of a share."""
    return _SHARE_STEPS[int(20 * part / whole)] if whole else 0


def _log(n: int) -> int:
    """0 for 0, then the number of binary digits, 8 at most."""
    return min(8, n.bit_length())


def signals(blocks: Blocks) -> Signals:
    """Read the signs of all `blocks`."""
    seen = Signals(blocks)
    if not len(blocks):
        return seen
    _read_texts(seen)
    _read_places(seen)
    _read_matches(seen)
    return seen


def _read_texts(seen: Signals) -> None:
    """Columns that need the block alone."""
    blocks = seen.blocks
    tags, parents = blocks.page.tags, blocks.page.parents
    size, shape, ending, digit, upper, comma = [], [], [], [], [], []
    for text, words, link in zip(blocks.texts, blocks.words, blocks.links):
        linked = 0 if link == 0 else 1 if link < 0.35 else 2 if link < 0.9 else 3
        size.append(_bucket(words, _LENGTH) * 4 + linked)
        small = _bucket(words, _LENGTH_SMALL)
        end = text[-1]
        full = end in _SENTENCE_END or (len(text) > 1 and end in "\"”»'’)“" and text[-2] in _SENTENCE_END)
        shape.append((small * 2 + (link >= 0.5)) * 2 + full)
        kind = 1 if full else 2 if end == ":" else 3 if end in "\"”»“" else 4 if end.isdigit() else 5 if end.isalpha() else 6
        first = text[0]
        start = 0 if first.isupper() else 1 if first.islower() else 2 if first.isdigit() else 3 if first.isalpha() else 4
        ending.append((kind * 5 + start) * 5 + small)
        sample = text[:60]
        number = sum(map(sample.count, "0123456789"))
        digit.append(min(number, 12) * 5 + small)
        upper.append((0 if not sample.isupper() else 1) * 5 + small)
        comma.append(min(5, text.count(",") + text.count("，") + text.count("、")) * 5 + small)
    c = seen.columns
    c["size"], c["shape"], c["ending"], c["digits"], c["upper"], c["commas"] = size, shape, ending, digit, upper, comma
    c["runs"] = [min(9, e - f) * 5 + _bucket(w, _LENGTH_SMALL) for f, e, w in zip(blocks.first, blocks.end, blocks.words)]


def _prose(blocks: Blocks) -> list[int]:
    """Words of each block that is prose, 0 for the others."""
    return [w if w >= 15 and k < 0.35 else 0 for w, k in zip(blocks.words, blocks.links)]


def _sums(values: list[int]) -> list[int]:
    out, total = [0], 0
    for v in values:
        total += v
        out.append(total)
    return out


def _read_places(seen: Signals) -> None:
    """Columns on where a block stands: its boxes, its neighbours, and the article's body."""
    blocks, boxes, c = seen.blocks, seen.boxes, seen.columns
    page = blocks.page
    tags, classes = page.tags, page.classes
    count = len(blocks)
    prose = _prose(blocks)
    words = _sums(blocks.words)
    proses = _sums(prose)
    links = _sums([int(w * k) if k else 0 for w, k in zip(blocks.words, blocks.links)])
    total = proses[-1] or 1
    low, high, parent, top = boxes.low, boxes.high, boxes.parent, boxes.top
    # the article's box: the innermost that holds most of the prose
    best = 0
    for x in range(len(low)):
        if proses[high[x]] - proses[low[x]] >= 0.6 * total:
            best = x
    spine = set()
    x = best
    while x >= 0:
        spine.add(x)
        x = parent[x]
    inside = range(low[best], high[best])
    told = [b for b in inside if prose[b]]
    first, last = (told[0], told[-1]) if told else (count, -1)
    # boxes
    fill, share, number, branch, names, siblings = [], [], [], [], [], {}
    for x in range(len(low)):
        a, z = low[x], high[x]
        w = words[z] - words[a]
        p = proses[z] - proses[a]
        fill.append(_share(links[z] - links[a], w) * 7 + _share(p, w))
        share.append(_share(p, total))
        number.append(_log(z - a))
        up = parent[x]
        branch.append(-1 if x in spine else x if up in spine else branch[up])
        name = (up, tags[top[x]], classes[top[x]])
        names.append(name)
        siblings[name] = siblings.get(name, 0) + 1
    repeat = [min(5, _log(siblings[n])) for n in names]
    # along boxes
    level = boxes.of
    single = [high[x] - low[x] == 1 for x in level]
    c["alone"] = [int(s) for s in single]
    # start from the smallest box with more than the block
    at = [parent[x] if s and parent[x] >= 0 else x for x, s in zip(level, single)]
    c["repeat0"] = [repeat[x] for x in level]
    rep = [repeat[x] for x in level]
    for d in range(1, 5):
        c[f"box{d}"] = [fill[x] * 9 + number[x] for x in at]
        c[f"share{d}"] = [share[x] for x in at]
        if d < 4:
            c[f"repeat{d}"] = [repeat[x] * 9 + number[x] for x in at]
        at = [parent[x] if parent[x] >= 0 else x for x in at]
    # branch off the article's spine
    lead = [branch[x] for x in level]
    bf, bs, bt, bp = [], [], [], []
    for b, x in enumerate(lead):
        side = 0 if b < first else 1 if b <= last else 2
        if x < 0:
            bf.append(side)
            bs.append(side)
            bt.append(side)
            bp.append(0)
        else:
            on = parent[x] == best
            bf.append((fill[x] + 1) * 6 + side * 2 + on)
            bs.append((number[x] + 1) * 6 + side * 2 + on)
            bt.append((_log(words[high[x]] - words[low[x]]) + 1) * 6 + side * 2 + on)
            bp.append(1 + min(3, b - low[x]) * 4 + min(3, high[x] - b - 1))
    c["branch_fill"], c["branch_blocks"], c["branch_words"], c["branch_place"] = bf, bs, bt, bp
    # title
    heads = seen.heading
    title = _title(seen, first)
    zone = [0 if b < first else 1 if b <= last else 2 for b in range(count)]
    if last < 0:
        zone = [2] * count
    seen.zone = zone
    in_best = [low[best] <= b < high[best] for b in range(count)]
    shape = c["shape"]
    place = []
    for b in range(count):
        z = zone[b]
        if z == 0:
            k = 0 if b < title else 1 if b == title else 2 + min(2, _log(b - title) // 2)
            k = k + 5 * in_best[b]
        elif z == 1:
            k = 10 + in_best[b]
        else:
            k = 12 + min(5, _log(b - last)) * 2 + in_best[b]
        place.append(k)
    c["place"] = [k * 20 + s for k, s in zip(place, shape)]
    c["from_title"] = [max(-6, min(12, b - title)) for b in range(count)] if title >= 0 else [99] * count
    c["to_first"] = [max(-1, min(12, first - b)) * 2 + i for b, i in enumerate(in_best)]
    c["after_last"] = [max(-1, min(15, b - last)) * 2 + i for b, i in enumerate(in_best)]
    c["decile"] = [10 * b // count * 2 + i for b, i in enumerate(in_best)]
    wide = [99] * 3 + shape + [99] * 3
    for d in (1, 2, 3):
        c[f"before{d}"] = wide[3 - d : 3 - d + count]
        c[f"next{d}"] = wide[3 + d : 3 + d + count]
    el, inner = blocks.element, blocks.inner
    heading, head_at = -1, []
    for b in range(count):
        if tags[el[b]] in _HEADINGS:
            heading = b
        head_at.append(heading)
    seen.heading = head_at
    c["from_heading"] = [min(12, b - h) if h >= 0 else 13 for b, h in enumerate(head_at)]
    amount = _log(total // 16) * 9 + _log(count // 8)
    c["page"] = [amount] * count
    c["page_zone"] = [min(5, _log(total // 50)) * 8 + z * 2 + i for z, i in zip(zone, in_best)]
    # nearness of prose
    near, gap = [], 99
    for b in range(count):
        gap = 0 if prose[b] else gap + 1
        near.append(min(gap, 9))
    gap = 99
    ahead = [0] * count
    for b in range(count - 1, -1, -1):
        gap = 0 if prose[b] else gap + 1
        ahead[b] = min(gap, 9)
    c["prose_gaps"] = [a * 10 + z for a, z in zip(near, ahead)]


def _title(seen: Signals, first: int) -> int:
    """The block that is the page's headline, -1 where none is found."""
    blocks, boxes = seen.blocks, seen.boxes
    page = blocks.page
    found = page.by_tag.get("title", ())
    title = ""
    if found:
        title = "".join(page.texts[page.text_first[found[0]] : page.text_end[found[0]]]).lower()
        title = " ".join(title.split())
    tags, el = page.tags, blocks.element
    mark, chosen = 0, -1
    match = []
    for b in range(len(blocks)):
        text = blocks.texts[b]
        hit = 0
        if title and 8 < len(text) < 300 and text.lower() in title:
            hit = 2 if len(text) * 2 > len(title) else 1
        match.append(hit)
        tag = tags[el[b]]
        s = hit * 4 + (6 if tag == "h1" else 3 if tag in _HEADINGS else 0)
        if s > mark and (b <= first or mark == 0):
            mark, chosen = s, b
    seen.columns["in_title"] = [m * 2 + (tags[e] in _HEADINGS) for m, e in zip(match, el)]
    return chosen


def _read_matches(seen: Signals) -> None:
    """Columns on text that occurs elsewhere: in the page's own account of the article, or in an earlier block."""
    blocks, c = seen.blocks, seen.columns
    body = _article_body(seen)
    known: set[str] = set()
    repeat, told = [], []
    for text, words in zip(blocks.texts, blocks.words):
        small = _bucket(words, _LENGTH_SMALL)
        again = text in known
        repeat.append(again * 5 + small)
        known.add(text)
        if not body:
            told.append(0)
        else:
            told.append(1 + (text[:60] in body) * 5 + small)
    c["repeated"], c["article_body"] = repeat, told
    declared = _declared(seen)
    in_body = [k // 20 for k in c["place"]]
    c["declared"] = [declared * 30 + min(k, 29) for k in in_body]


def _declared(seen: Signals) -> int:
    """What the page says it is: 0 nothing, 1 an article, 2 something else."""
    page = seen.blocks.page
    for i in page.by_tag.get("meta", ()):
        attrs = page.attrs(i)
        if attrs.get("property") == "og:type":
            return 1 if attrs.get("content", "").lower() in ("article", "news", "newsarticle") else 2
    for i in page.by_tag.get("script", ()):
        for t in range(page.text_first[i], page.text_end[i]):
            text = page.texts[t]
            if 'Article"' in text and "schema.org" in text:
                return 1
    return 0


def _article_body(seen: Signals) -> str:
    """The article's text as the page's JSON-LD has it, white space folded; empty where there is none."""
    page = seen.blocks.page
    bodies = []
    for i in page.by_tag.get("script", ()):
        for t in range(page.text_first[i], page.text_end[i]):
            text = page.texts[t]
            at = text.find('"articleBody"')
            if at >= 0:
                match = _ARTICLE_BODY.match(text, at)
                if match:
                    try:
                        bodies.append(scanstring(text, match.end(), False)[0])
                    except ValueError:
                        continue
    return " ".join(unescape(" ".join(bodies)).split())
