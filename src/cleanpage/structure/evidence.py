"""How much each text block of a page looks like clutter, and like which kind: fitted weights, added up.

Two looks. The first adds the weights of a block's own signs (`features`). The second weighs the first one's scores of
the block, its neighbours, the boxes around it and the article as a whole: a line that says little for itself belongs to
what stands around it. Both are linear; nothing is decided here. `benchmarks/fit.py` learns the weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import accumulate
from math import exp
from operator import add
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from cleanpage.kinds import KINDS
from cleanpage.page import Page
from cleanpage.structure.blocks import Blocks
from cleanpage.structure.blocks import blocks as split_blocks
from cleanpage.structure.features import SCOPES, Signals, Trails, element_tokens, read_signals, word_group
from cleanpage.structure.lexicon import WordClasses, packaged_classes
from cleanpage.structure.shares import shares_of_kinds

__all__ = ["CLIP", "Evidence", "Weights", "load_weights", "page_summary"]

CLIP: Final = 8.0
"""First-look scores beyond this say no more in the second look."""
LEVELS: Final = 4
"""How many boxes around a block the second look takes into account."""
REACH: Final = 3
"""How many blocks before and after a block the second look takes into account."""
_NUMBERS: Final = 1024


class Weights:
    """Fitted weights, made ready for adding up; see `load_weights`."""

    def __init__(self, stored: Mapping[str, Any], classes: WordClasses) -> None:
        self.provenance: str = stored.get("provenance", "")
        first = stored["first"]
        self.bias: float = first["bias"]
        self.columns: dict[str, list[float]] = {name: _by_number(row) for name, row in first["columns"].items()}
        self._token_weights: Mapping[str, Sequence[float]] = first["tokens"]
        self.tokens: dict[str, tuple[float, ...]] = _SubsetSums(self._token_weights)
        self.words = _word_weights(first["words"], classes)
        self.heading_words = _class_sums(first["heading"], classes)
        self.second: Mapping[str, Any] = stored["second"]
        kinds = stored["kinds"]
        self.kind_bias: list[float] = [kinds["bias"].get(k, 0.0) for k in KINDS]
        self.kind_signs: dict[str, list[tuple[int, float]]] = {
            sign: [(KINDS.index(k), w) for k, w in row.items()] for sign, row in kinds["signs"].items()
        }
        self.classes = classes
        self._known: dict[tuple[str, str | None, str | None], tuple[str, ...]] = {}

    def tokens_of(self, tag: str, name: str | None, classes: str | None) -> tuple[str, ...]:
        """The tokens of an element that weigh anything, for going or for a kind."""
        key = (tag, name, classes)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._token_weights
            found = self._known[key] = tuple([t for t in element_tokens(*key) if t in known])
        return found


def _by_number(row: Mapping[str, float]) -> list[float]:
    """Weights by a column's number, which can be slightly negative: those are read from the end."""
    table = [0.0] * _NUMBERS
    for number, weight in row.items():
        table[int(number)] = weight
    return table


class _SubsetSums(dict[str, tuple[float, ...]]):
    """For each token, the sums of its weights by set of scopes; worked out when a page has the token."""

    def __init__(self, weights: Mapping[str, Sequence[float]]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, token: str) -> tuple[float, ...]:
        found = self[token] = _subset_sums(self._weights[token])
        return found


def _subset_sums(weights: Sequence[float]) -> tuple[float, ...]:
    """For each set of scopes, written as bits, the sum of their weights."""
    return tuple(sum(w for s, w in enumerate(weights) if mask >> s & 1) for mask in range(1 << SCOPES))


def _class_sums(weights: Mapping[str, float], classes: WordClasses) -> dict[str, float]:
    return {word: sum(weights.get(c, 0.0) for c in found) for word, found in classes.items()}


def _word_weights(groups: Mapping[str, Mapping[str, float]], classes: WordClasses) -> dict[str, dict[str, float]]:
    return {group: _class_sums(weights, classes) for group, weights in groups.items()}


@lru_cache(maxsize=16)
def _load(path: str) -> Weights:
    if path:
        text = Path(path).read_text("utf-8")
    else:
        text = files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8")
    return Weights(json.loads(text), packaged_classes())


def load_weights(path: str | PathLike[str] | None = None) -> Weights:
    """The weights in the file at `path`, or the packaged ones; read once."""
    return _load(fspath(path) if path is not None else "")


class Evidence:
    """Evidence on the `blocks` of one page, worked out when first asked for.

    ``go[b]`` is the probability, from 0 to 1, that block `b` is clutter; ``kind[b]`` the kind it most likely is, given
    that it is clutter.
    """

    def __init__(self, page: Page, blocks: Blocks | None = None, weights: Weights | None = None) -> None:
        self.page: Final = page
        self.blocks: Final = split_blocks(page) if blocks is None else blocks
        self._weights: Final = load_weights() if weights is None else weights

    @cached_property
    def signals(self) -> Signals:
        """The signs that the evidence rests on."""
        return read_signals(self.blocks)

    @cached_property
    def _trails(self) -> Trails:
        return Trails(self.signals, self._weights.tokens_of)

    @cached_property
    def first(self) -> list[float]:
        """For each block, the log-odds of going by its own signs."""
        weights = self._weights
        scores = [weights.bias + w for w in self._token_sums()]
        for name, column in self.signals.columns.items():
            table = weights.columns.get(name)
            if table:
                scores = list(map(add, scores, map(table.__getitem__, column)))
        return list(map(add, scores, self._word_sums()))

    def _token_sums(self) -> list[float]:
        trails, tokens = self._trails, self._weights.tokens
        sums = [0.0]
        for state in range(1, len(trails.parent)):
            total = sums[trails.parent[state]]
            for token, mask in trails.added[state]:
                total += tokens[token][mask]
            sums.append(total)
        return [sums[state] for state in trails.of]

    def _word_sums(self) -> list[float]:
        weights, blocks = self._weights, self.blocks
        short, middle, long = (weights.words[g].get for g in ("s", "m", "l"))
        heading = weights.heading_words.get
        found: list[float] = []
        for words, first in zip(blocks.words, self.signals.words, strict=True):
            get = short if words < 6 else middle if words < 25 else long
            found.append(sum([w for w in map(get, first) if w]))
        above: dict[int, float] = {}
        for b, h in enumerate(self.signals.headed):
            if h >= 0:
                if h not in above:
                    above[h] = sum([heading(word, 0.0) for word in self.signals.words[h]])
                found[b] += above[h]
        return found

    @cached_property
    def scores(self) -> list[float]:
        """For each block, the log-odds of going, its surroundings taken into account."""
        if not len(self.blocks):
            return []
        clipped = [-CLIP if s < -CLIP else CLIP if s > CLIP else s for s in self.first]
        return _second_look(self.signals, clipped, self._weights.second)

    @cached_property
    def go(self) -> list[float]:
        """For each block, the probability that it is clutter."""
        return [1.0 / (1.0 + exp(-s)) if s > -30 else 0.0 for s in self.scores]

    @cached_property
    def kind(self) -> Sequence[str]:
        """For each block, the kind of clutter that it most likely is."""
        return [self.kind_of(b) for b in range(len(self.blocks))]

    def kind_of(self, b: int) -> str:
        """The kind of clutter that block `b` most likely is."""
        scores = self._kind_row(b)
        return KINDS[scores.index(max(scores))]

    def kind_scores(self, b: int) -> dict[str, float]:
        """How well each kind fits block `b`, given that it is clutter: shares that sum to 1."""
        return shares_of_kinds(self._kind_row(b))

    def _kind_row(self, b: int) -> list[float]:
        trails, signs = self._trails, self._weights.kind_signs
        row = self._state_kinds(trails.of[b]).copy()
        for sign in kind_signs(self.signals, b, self._weights.classes):
            for k, w in signs.get(sign, ()):
                row[k] += w
        return row

    @cached_property
    def _kinds_known(self) -> dict[int, list[float]]:
        return {0: self._weights.kind_bias}

    def _state_kinds(self, state: int) -> list[float]:
        """The kind scores of the tokens around a block, added up from the outside in."""
        known, trails, signs = self._kinds_known, self._trails, self._weights.kind_signs
        chain = []
        while state not in known:
            chain.append(state)
            state = trails.parent[state]
        row = known[state]
        for s in reversed(chain):
            row = row.copy()
            for token, mask in trails.added[s]:
                for k, w in signs.get(f"{token}|{mask & 1}", ()):
                    row[k] += w
            known[s] = row
        return row

    def why(self, b: int) -> list[tuple[str, float]]:
        """The signs that weighed most for (positive) or against block `b`'s going, with their weights."""
        signs = self._signs(b)
        signs["surroundings"] = self.scores[b] - self.first[b]
        return sorted([(n, round(w, 2)) for n, w in signs.items() if abs(w) >= 0.05], key=lambda s: (-abs(s[1]), s[0]))

    def _signs(self, b: int) -> dict[str, float]:
        weights, signals, trails = self._weights, self.signals, self._trails
        signs = {n: weights.columns[n][c[b]] for n, c in signals.columns.items() if n in weights.columns}
        state = trails.of[b]
        while state:
            for token, mask in trails.added[state]:
                signs[token] = signs.get(token, 0.0) + weights.tokens[token][mask]
            state = trails.parent[state]
        table = weights.words[word_group(self.blocks.words[b])]
        for word in signals.words[b]:
            if table.get(word):
                signs[f'"{word}"'] = table[word]
        return signs


def kind_signs(signals: Signals, b: int, classes: WordClasses) -> list[str]:
    """The signs of block `b` that tell kinds apart, tokens left out."""
    group = word_group(signals.blocks.words[b])
    columns = signals.columns
    signs = [f"{name}={columns[name][b]}" for name in ("size", "place")]
    for word in signals.words[b]:
        signs.append(f"={word}")
        for found in classes.get(word, ()):
            signs.append(f"{group}:{found}")
    head = signals.headed[b]
    if head >= 0:
        for word in signals.words[head]:
            for found in classes.get(word, ()):
                signs.append(f"h:{found}")
    return signs


def page_summary(signals: Signals, scores: Sequence[float]) -> list[float]:
    """What the first look made of the page as a whole: along the article the mean, the share of blocks not clearly
    article, the lower quartile and the least; and the mean over the page."""
    along = sorted([s for s, g in zip(scores, signals.group, strict=True) if g == 2])
    whole = sum(scores) / len(scores)
    if not along:
        return [0.0, 0.0, 0.0, 0.0, whole]
    count = len(along)
    return [sum(along) / count, sum([s > -1 for s in along]) / count, along[count // 4], along[0], whole]


def _second_look(signals: Signals, scores: list[float], weights: Mapping[str, Any]) -> list[float]:
    """Log-odds of going from the clipped first-look `scores`."""
    count = len(scores)
    summary = page_summary(signals, scores)
    const = [
        c + sum([w * v for w, v in zip(row, summary, strict=True)])
        for c, row in zip(weights["group"], weights["summary"], strict=True)
    ]
    slope, bend, steps = weights["slope"], weights["bend"], weights["steps"]
    found = []
    for s, g in zip(scores, signals.group, strict=True):
        f = const[g] + slope[g] * s + steps[int((s + CLIP) / 2)]
        found.append(f + bend[g] * s if s > 0 else f)
    padded = [CLIP] * REACH + scores + [CLIP] * REACH
    for distance in range(1, REACH + 1):
        for offset, w in zip((REACH - distance, REACH + distance), weights["near"][distance - 1], strict=True):
            found = [f + w * s for f, s in zip(found, padded[offset : offset + count], strict=True)]
    sums = list(accumulate(scores, initial=0.0))
    boxes = signals.boxes
    mean = [(sums[h] - sums[k]) / (h - k) for k, h in zip(boxes.low, boxes.high, strict=True)]
    for level, w in zip(signals.levels, weights["boxes"], strict=True):
        weighed = [w * m for m in mean]
        found = [f + weighed[x] for f, x in zip(found, level, strict=True)]
    head = weights["heading"]
    return [f + head * scores[h] if h >= 0 else f for f, h in zip(found, signals.headed, strict=True)]
