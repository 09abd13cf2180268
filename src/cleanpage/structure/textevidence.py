"""How much each block of a plain text looks like clutter, and like which kind: fitted weights, added up.

Two looks, as for HTML. The first adds the weights of a block's own signs (`textfeatures`, its first words, the phrases
it shows). The second adds a second set of weights for the same signs, and weighs the first one's scores of the block,
of its neighbours and of the whole text: how dirty a text is decides how sure a sign must be, so that a text that is
clean already stays as it is. `benchmarks/fit_text.py` learns the weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from math import exp, log1p, log2
from operator import add
from typing import Any, Final

from cleanpage.kinds import KINDS
from cleanpage.packaged import read_text
from cleanpage.structure.blocks import Blocks
from cleanpage.structure.lexicon import WordClasses, packaged_classes
from cleanpage.structure.shares import shares_of_kinds
from cleanpage.structure.textfeatures import TextSigns, first_words, text_signs, whole_line

__all__ = ["PhraseSigns", "TextEvidence", "TextWeights", "load_text_weights", "score_signs", "sign_rows"]

PhraseSigns = Callable[[str], Sequence[str]]
"""Names of the phrase sets that a text shows: ``=name`` where a phrase is all of it, ``name`` where it is a part."""

CLIP: Final = 6.0
"""First-look scores beyond this say no more in the second look."""
REACH: Final = 12
"""How many blocks before and behind a block the second look takes into account one by one."""
WINDOWS: Final = (2, 5, 12, 30)
_EDGES: Final = (0.02, 0.1, 0.3)
_PROSE_WORDS: Final = 15
_HEADED: Final = 8
"""How many blocks below a heading it speaks for."""
_HEADED_WORDS: Final = 25
_GAP: Final = 12
_LONG: Final = 20
"""A block of more words must be surer to go, by `caution` for each doubling."""
_VALUE_WORDS: Final = 12
"""A longer line is no value of the label next to it."""


@dataclass(frozen=True, slots=True)
class _Look:
    """The weights of one look: of columns' numbers, of signs by name, and of first-look scores."""

    bias: float
    columns: Mapping[str, Mapping[int, float]]
    signs: Mapping[str, float]
    scores: Mapping[str, float]


class TextWeights:
    """Fitted weights for plain text, and what finds the phrases that they are for."""

    def __init__(self, stored: Mapping[str, Any], phrases: PhraseSigns, classes: WordClasses) -> None:
        self.provenance: str = stored["provenance"]
        self.first: Final = _look(stored["first"])
        self.second: Final = _look(stored["second"])
        self.shift: float = stored["shift"]
        self.caution: float = stored["caution"]
        self.asked: Mapping[str, float] = stored.get("asked", {})
        """log-odds that a block of a kind must have more, as its kind is often mistaken."""
        self.floors: Final[Mapping[str, float]] = stored["floors"]
        """signs that are evidence of their own, too rare on labelled pages to be learnt: the least that `go` is."""
        kinds = stored["kinds"]
        self.kind_bias: Final = [kinds["bias"].get(kind, 0.0) for kind in KINDS]
        self.kind_signs: Final[dict[str, list[tuple[int, float]]]] = {
            sign: [(KINDS.index(kind), w) for kind, w in row.items()] for sign, row in kinds["signs"].items()
        }
        self.phrases: Final = phrases
        self.classes: Final = classes
        weighed = (self.first.signs, self.second.signs, self.floors, self.kind_signs)
        self.known: Final = {sign: sign for signs in weighed for sign in signs}
        """the signs that have any weight, each to itself: a text's rows hold these and no strings of their own."""


def _look(stored: Mapping[str, Any]) -> _Look:
    columns = {name: {int(key): w for key, w in row.items()} for name, row in stored["columns"].items()}
    return _Look(stored["bias"], columns, stored["signs"], stored.get("scores", {}))


@lru_cache(maxsize=1)
def _stored() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(read_text("textevidence.json"))
    return found


def load_text_weights(phrases: PhraseSigns) -> TextWeights:
    """The packaged weights, for texts whose phrases `phrases` finds."""
    return TextWeights(_stored(), phrases, packaged_classes())


class TextEvidence:
    """Evidence on the `blocks` of one plain text, worked out when first asked for.

    ``go[b]`` runs from 0 to 1: how sure it is that block `b` is clutter. ``kind[b]`` is the kind that it most likely
    is, given that it is clutter.
    """

    def __init__(self, blocks: Blocks, weights: TextWeights) -> None:
        self.blocks: Final = blocks
        self._weights: Final = weights

    @cached_property
    def signals(self) -> TextSigns:
        """The signs that the evidence rests on."""
        return text_signs(self.blocks)

    @cached_property
    def _rows(self) -> list[list[str]]:
        known = self._weights.known
        rows = sign_rows(self.signals, self._weights.phrases, self._weights.classes)
        return [[known[sign] for sign in row if sign in known] for row in rows]

    @cached_property
    def first(self) -> list[float]:
        """For each block, the log-odds of going by its own signs."""
        return self._look(self._weights.first)

    @cached_property
    def scores(self) -> list[float]:
        """For each block, the log-odds of going, its surroundings taken into account."""
        if not len(self.blocks):
            return []
        look = self._weights.second
        scores = list(map(add, self._look(look), self._asked()))
        for name, column in score_signs(self.first, self.blocks.words):
            weight = look.scores.get(name)
            if weight:
                scores = [s + weight * x for s, x in zip(scores, column, strict=True)]
        return scores

    def _asked(self) -> list[float]:
        """What is added to each block's log-odds, so that they say how sure it must be: the more words, the surer."""
        shift, caution = self._weights.shift, self._weights.caution
        return [shift - caution * log2(words / _LONG) if words > _LONG else shift for words in self.blocks.words]

    def _look(self, look: _Look) -> list[float]:
        get = look.signs.get
        scores = [look.bias + sum([get(sign, 0.0) for sign in row]) for row in self._rows]
        for name, column in self.signals.columns.items():
            table = look.columns.get(name)
            if table:
                scores = list(map(add, scores, [table.get(key, 0.0) for key in column]))
        return scores

    @cached_property
    def go(self) -> list[float]:
        """For each block, how sure it is that it is clutter; 0 in a text that is one block."""
        if len(self.blocks) < 2:
            return [0.0] * len(self.blocks)
        floor = self._weights.floors.get
        least = [max([floor(sign, 0.0) for sign in row], default=0.0) for row in self._rows]
        asked = self._weights.asked
        scores = [s - asked.get(self.kind_of(b), 0.0) if s > 0 else s for b, s in enumerate(self.scores)]
        return [max(1.0 / (1.0 + exp(-max(s, -30.0))), f) for s, f in zip(scores, least, strict=True)]

    @cached_property
    def kind(self) -> Sequence[str]:
        """For each block, the kind of clutter that it most likely is."""
        return [self.kind_of(b) for b in range(len(self.blocks))]

    def kind_of(self, b: int) -> str:
        """The kind of clutter that block `b` most likely is."""
        row = self._kind_row(b)
        return KINDS[row.index(max(row))]

    def kind_scores(self, b: int) -> dict[str, float]:
        """How well each kind fits block `b`, given that it is clutter: shares that sum to 1."""
        return shares_of_kinds(self._kind_row(b))

    def _kind_row(self, b: int) -> list[float]:
        row = self._weights.kind_bias.copy()
        for sign in kind_signs(self.signals, self._rows[b], b):
            for k, w in self._weights.kind_signs.get(sign, ()):
                row[k] += w
        return row

    def why(self, b: int) -> list[tuple[str, float]]:
        """The signs that weighed most for (positive) or against block `b`'s going, with their weights."""
        look, columns = self._weights.first, self.signals.columns
        signs = {name: look.columns[name].get(columns[name][b], 0.0) for name in columns if name in look.columns}
        for sign in self._rows[b]:
            signs[sign] = look.signs.get(sign, 0.0)
        signs["surroundings"] = self.scores[b] - self.first[b]
        return sorted([(n, round(w, 2)) for n, w in signs.items() if abs(w) >= 0.05], key=lambda s: (-abs(s[1]), s[0]))


def sign_rows(seen: TextSigns, phrases: PhraseSigns, classes: WordClasses) -> Iterator[list[str]]:
    """For each block, the names of the signs that its words give, and those of the lines around it."""
    blocks = seen.blocks
    small = seen.columns.get("small", [])
    lines = [whole_line(text, words) for text, words in zip(blocks.texts, blocks.words, strict=True)]
    shown = [phrases(text) for text in blocks.texts]
    headed: Sequence[str] = ()
    below = _HEADED
    for b, text in enumerate(blocks.texts):
        row = _own_signs(text, small[b], classes) + [f"has {name}" for name in shown[b]]
        if lines[b]:
            row.append("line " + lines[b])
            if not any(_is_value(blocks, n) for n in (b - 1, b, b + 1)):
                row += [f"without value {name}" for name in shown[b] if name[0] == "="]
        if seen.columns["caption"][b] // 5 % 2:
            row.append("caption again")
        if 0 <= seen.last < b and _begins_with_author(text, blocks.texts[b - 1]):
            row.append("byline again")
        if b:
            row += [f"under {name}" for name in shown[b - 1]]
            row.append("under " + lines[b - 1])
        if b + 1 < len(shown):
            row += [f"over {name}" for name in shown[b + 1]]
        if below < _HEADED and blocks.words[b] < _HEADED_WORDS:
            row += [f"headed {name}" for name in headed]
        below += 1
        heading = [name for name in shown[b] if name[0] == "="]
        if heading:
            headed, below = heading, 0
        yield row


def _begins_with_author(text: str, byline: str) -> bool:
    """Whether `text` begins with the name that the line above it ends with, as in "By Ann Example"."""
    name, words = text.split(maxsplit=2)[:2], byline[:80].split()
    return 3 <= len(words) <= 6 and words[-2:] == name and all(word[0].isupper() for word in name)


def _is_value(blocks: Blocks, b: int) -> bool:
    """Whether block `b` is short and has a figure in it, as dates and counts do."""
    inside = 0 <= b < len(blocks) and blocks.words[b] <= _VALUE_WORDS
    return inside and any(map(str.isdigit, blocks.texts[b]))


def _own_signs(text: str, small: int, classes: WordClasses) -> list[str]:
    words = first_words(text)
    row = list(dict.fromkeys("word " + word for word in words))
    found = {name for word in words for name in classes.get(word, ())}
    row += [f"class {name} {small}" for name in sorted(found)]
    if len(words) > 1:
        row.append(f"pair {words[0]} {words[1]}")
    return row


def kind_signs(seen: TextSigns, row: Sequence[str], b: int) -> list[str]:
    """The signs of block `b` that tell kinds apart: those of its words, and where it stands."""
    columns = seen.columns
    return [*row, *(f"{name}={columns[name][b]}" for name in ("size", "place", "repeats"))]


Column = Sequence[float]


def score_signs(first: Sequence[float], words: Sequence[int]) -> Iterator[tuple[str, Column]]:
    """What the second look weighs: names, and one number per block, from the first look's scores."""
    count = len(first)
    scores = [-CLIP if s < -CLIP else CLIP if s > CLIP else s for s in first]
    sure = [1.0 / (1.0 + exp(-s)) for s in scores]
    yield "score", scores
    yield "bend", [s * abs(s) for s in scores]
    wide = [0.0] * REACH + scores + [0.0] * REACH
    for d in range(1, REACH + 1):
        yield f"before {d}", wide[REACH - d : REACH - d + count]
        yield f"behind {d}", wide[REACH + d : REACH + d + count]
    yield from _windows(sure)
    yield from _against_prose(scores, sure, words)


def _windows(sure: list[float]) -> Iterator[tuple[str, Column]]:
    """Means of the first look over the blocks around, before and behind."""
    count = len(sure)
    sums = list(accumulate(sure, initial=0.0))
    for k in WINDOWS:
        low = [max(0, b - k) for b in range(count)]
        high = [min(count, b + k + 1) for b in range(count)]
        yield f"mean {k}", [(sums[h] - sums[x]) / (h - x) for x, h in zip(low, high, strict=True)]
        yield from _sides(str(k), sums, low, high)
    yield from _sides("all", sums, [0] * count, [count] * count)


def _sides(name: str, sums: list[float], low: list[int], high: list[int]) -> Iterator[tuple[str, Column]]:
    yield f"mean before {name}", [(sums[b] - sums[x]) / max(1, b - x) for b, x in enumerate(low)]
    yield f"mean behind {name}", [(sums[h] - sums[b + 1]) / max(1, h - b - 1) for b, h in enumerate(high)]


def _against_prose(scores: list[float], sure: list[float], words: Sequence[int]) -> Iterator[tuple[str, Column]]:
    """Where a block stands against the prose that the first look takes for the article, and how dirty the text is."""
    count = len(scores)
    kept = [w * (1.0 - p) if w >= _PROSE_WORDS else 0.0 for w, p in zip(words, sure, strict=True)]
    sums = list(accumulate(kept, initial=0.0))
    total = sums[-1] + 1.0
    before = [s / total for s in sums[:-1]]
    behind = [1.0 - s / total for s in sums[1:]]
    yield "prose before", before
    yield "prose behind", behind
    for edge in _EDGES:
        yield f"prose before < {edge}", [float(x < edge) for x in before]
        yield f"prose behind < {edge}", [float(x < edge) for x in behind]
    dirt = sum(sure) / count
    dirty_words = sum(p * w for p, w in zip(sure, words, strict=True)) / max(1, sum(words))
    yield "dirt", [dirt] * count
    yield "dirty words", [dirty_words] * count
    yield "score x dirt", [s * dirt for s in scores]
    yield "score x dirty words", [s * dirty_words for s in scores]
    yield "score at the top", [s * (x < _EDGES[0]) for s, x in zip(scores, before, strict=True)]
    yield "score at the end", [s * (x < _EDGES[0]) for s, x in zip(scores, behind, strict=True)]
    yield "prose", [log1p(total)] * count
    yield "blocks", [log1p(count)] * count
    length = [log1p(w) for w in words]
    yield "length", length
    yield "score x length", [s * n for s, n in zip(scores, length, strict=True)]
    is_prose = [w >= _PROSE_WORDS and p < 0.4 for w, p in zip(words, sure, strict=True)]
    for name, gaps in (("back", _gaps(is_prose)), ("ahead", _gaps(is_prose[::-1])[::-1])):
        yield f"prose {name}", [log1p(g) for g in gaps]
        yield f"no prose {name}", [float(g == _GAP) for g in gaps]


def _gaps(is_prose: Sequence[bool]) -> list[int]:
    """For each block, how many blocks back the last prose is, `_GAP` at most."""
    gap, found = _GAP, []
    for prose in is_prose:
        gap = 0 if prose else min(_GAP, gap + 1)
        found.append(gap)
    return found
