"""How much each text block of a page looks like clutter, and like which kind: fitted weights, added up.

Three looks. The first adds the weights of a block's own signs (`features`). The second weighs the first one's scores of
the block, its neighbours, the boxes around it and the article as a whole: a line that says little for itself belongs to
what stands around it. The third asks how plain the kind of clutter is that the block would be, and whether that
fits it better than being the article's text, title, byline or caption. All are linear; nothing is decided here.
`benchmarks/fit.py` learns the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from math import exp
from typing import Any, Final

from cleanpage.kinds import KINDS
from cleanpage.page import Page
from cleanpage.structure.blocks import Blocks
from cleanpage.structure.blocks import blocks as split_blocks
from cleanpage.structure.features import Signals, read_signals, word_group
from cleanpage.structure.lexicon import WordClasses
from cleanpage.structure.sums import START, UNIT, going, parts_of
from cleanpage.structure.targets import block_link_signs, mark, page_site, read_targets
from cleanpage.structure.trails import Trails
from cleanpage.structure.weights import Weights, load_weights

__all__ = ["CLIP", "DOUBTED", "Evidence", "Weights", "kind_signs", "leads_of", "load_weights", "page_summary"]

CLIP: Final = 8.0
"""First-look scores beyond this say no more in the second look."""
LEVELS: Final = 4
"""How many boxes around a block the second look takes into account."""
DOUBTED: Final = -1.0
"""Blocks with a second-look score above this are looked at a third time, by how plain their kind is."""
_MOST_LEAD: Final = 6 * UNIT
_MOST_OVER: Final = 8 * UNIT
REACH: Final = 3
"""How many blocks before and after a block the second look takes into account."""


class Evidence:
    """Evidence on the `blocks` of one page, worked out when first asked for.

    ``go[b]`` is the probability, from 0 to 1, that block `b` is clutter; ``kind[b]`` the kind it most likely is, given
    that it is clutter.
    """

    def __init__(self, page: Page, blocks: Blocks | None = None, weights: Weights | None = None) -> None:
        self.page: Final = page
        self.blocks: Final = split_blocks(page) if blocks is None else blocks
        self._weights: Final = load_weights() if weights is None else weights
        self._parts: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._shares: dict[int, dict[str, float]] = {}

    @cached_property
    def signals(self) -> Signals:
        """The signs that the evidence rests on."""
        return read_signals(self.blocks)

    @cached_property
    def _trails(self) -> Trails:
        return self._weights.trails(len(self.page))

    @cached_property
    def _trail_of(self) -> list[int]:
        return self._trails.of(self.signals)

    @cached_property
    def _sums(self) -> list[int]:
        """For each block, what its own signs weigh for going and for each kind."""
        weights, columns = self._weights.columns, self.signals.columns
        own = [map(weights[name].__getitem__, columns[name]) for name in weights if name in columns]
        trails = map(self._trails.weight.__getitem__, self._trail_of)
        others = (self._text_sums(), self._heading_sums(), self._link_sums(), trails)
        return list(map(sum, zip(*own, *others, strict=True)))

    def _text_sums(self) -> list[int]:
        weights, blocks = self._weights, self.blocks
        known, found = weights.text_sums.get, list[int]()
        for text, count, words in zip(blocks.texts, blocks.words, self.signals.words, strict=True):
            weight = known(text)
            found.append(weights.text_sum(text, count, words) if weight is None else weight)
        return found

    def _link_sums(self) -> list[int]:
        link_sum, blocks, site = self._weights.link_sum, self.blocks, self._site
        return [
            0 if href is None else link_sum(mark(share), href, text, site)
            for href, text, share in zip(self._targets, blocks.texts, blocks.links, strict=True)
        ]

    @cached_property
    def _site(self) -> str:
        return page_site(self.page)

    @cached_property
    def _targets(self) -> list[str | None]:
        return read_targets(self.blocks)

    def _heading_sums(self) -> list[int]:
        weights, signals = self._weights, self.signals
        below = {h: weights.heading_sum(signals.words[h]) for h in signals.headings}
        below[-1] = 0
        return [below[h] for h in signals.headed]

    @cached_property
    def first(self) -> list[float]:
        """For each block, the log-odds of going by its own signs."""
        return [going(whole) for whole in self._sums]

    @cached_property
    def second(self) -> list[float]:
        """For each block, the log-odds of going, its surroundings taken into account."""
        if not len(self.blocks):
            return []
        clipped = [-CLIP if s < -CLIP else CLIP if s > CLIP else s for s in self.first]
        return _second_look(self.signals, clipped, self._weights.second)

    @cached_property
    def scores(self) -> list[float]:
        """For each block, the log-odds of going, all things taken into account: what is plainly of one kind is more
        likely clutter than what could be of several, or what could be part of the article."""
        third, scores = self._weights.third, self.second.copy()
        bias, slope, weight, over = third["bias"], third["score"], third["lead"], third["over"]
        for b, score in enumerate(scores):
            if score > DOUBTED:
                of_kinds, over_staying = leads_of(*self._parts_of(b))
                scores[b] = bias + slope * score + weight * of_kinds + over * over_staying
        return scores

    @property
    def leads(self) -> list[tuple[float, float]]:
        """For each block, how far the most likely kind is ahead; see `leads_of`."""
        return [leads_of(*parts_of(whole)) for whole in self._sums]

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
        scores, _ = self._parts_of(b)
        return KINDS[scores.index(max(scores))]

    def _parts_of(self, b: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        found = self._parts.get(b)
        if found is None:
            found = self._parts[b] = parts_of(self._sums[b])
        return found

    def kind_scores(self, b: int) -> dict[str, float]:
        """How well each kind fits block `b`, given that it is clutter: shares that sum to 1."""
        found = self._shares.get(b)
        if found is None:
            scores, _ = self._parts_of(b)
            top = max(scores)
            shares = [exp((s - top) / UNIT) for s in scores]
            total = sum(shares)
            found = self._shares[b] = {kind: share / total for kind, share in zip(KINDS, shares, strict=True)}
        return found

    def why(self, b: int) -> list[tuple[str, float]]:
        """The signs that weighed most for (positive) or against block `b`'s going, with their weights."""
        signs = {name: going(START + weight) for name, weight in self._signs(b).items()}
        signs["surroundings"] = self.second[b] - self.first[b]
        signs["one kind"] = self.scores[b] - self.second[b]
        return sorted([(n, round(w, 2)) for n, w in signs.items() if abs(w) >= 0.05], key=lambda s: (-abs(s[1]), s[0]))

    def _signs(self, b: int) -> dict[str, int]:
        weights, signals = self._weights, self.signals
        signs = {n: weights.columns[n][c[b]] for n, c in signals.columns.items() if n in weights.columns}
        trails, trail = self._trails, self._trail_of[b]
        while trail:
            for token, scopes in trails.added[trail]:
                signs[token] = signs.get(token, 0) + weights.tokens[token][scopes]
            trail = trails.parent[trail]
        table = weights.words[word_group(self.blocks.words[b])]
        for word in signals.words[b]:
            if word in weights.known_words:
                signs[f'"{word}"'] = table[word]
        if (href := self._targets[b]) is not None:
            signs |= {sign: weights.links[sign] for sign in block_link_signs(self.blocks, b, href, self._site)}
        return signs


def leads_of(kinds: tuple[int, ...], stays: tuple[int, ...]) -> tuple[float, float]:
    """How far the most likely kind is ahead, in log-odds: of the next one, from 0 to 6, and of being part of the
    article, from -8 to 8. For `kinds` and `stays` see `parts_of`."""
    *_, next_best, best = sorted(kinds)
    over = max(-_MOST_OVER, min(best - max(stays), _MOST_OVER))
    return min(best - next_best, _MOST_LEAD) / UNIT, over / UNIT


def kind_signs(signals: Signals, b: int, classes: WordClasses) -> list[str]:
    """The signs of block `b` that tell kinds apart, tokens left out."""
    group = word_group(signals.blocks.words[b])
    signs = [f"size={signals.columns['size'][b]}", f"place={signals.columns['place'][b]}"]
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
    summary = page_summary(signals, scores)
    const = [
        c + sum([w * v for w, v in zip(row, summary, strict=True)])
        for c, row in zip(weights["group"], weights["summary"], strict=True)
    ]
    slope, bend, steps = weights["slope"], weights["bend"], weights["steps"]
    # One pass for all six neighbours, and one for all four boxes: this is done for each block of each page.
    (back1, ahead1), (back2, ahead2), (back3, ahead3) = weights["near"]
    padded = [CLIP] * REACH + scores + [CLIP] * REACH
    rows = zip(padded, padded[1:], padded[2:], scores, padded[4:], padded[5:], padded[6:], signals.group, strict=False)
    found = [
        (const[g] + slope[g] * s + steps[int((s + CLIP) / 2)] + (bend[g] * s if s > 0 else 0.0))
        + (back3 * p + back2 * q + back1 * r + ahead1 * u + ahead2 * v + ahead3 * w)
        for p, q, r, s, u, v, w, g in rows
    ]
    mean = _box_means(signals, scores)
    box1, box2, box3, box4 = weights["boxes"]
    found = [
        f + box1 * mean[x] + box2 * mean[y] + box3 * mean[z] + box4 * mean[o]
        for f, x, y, z, o in zip(found, *signals.levels, strict=True)
    ]
    head = weights["heading"]
    return [f + head * scores[h] if h >= 0 else f for f, h in zip(found, signals.headed, strict=True)]


def _box_means(signals: Signals, scores: list[float]) -> list[float]:
    """For each box, the mean of its blocks' scores."""
    boxes, sums = signals.boxes, list(accumulate(scores, initial=0))
    return [
        scores[a] if z - a == 1 else (sums[z] - sums[a]) / (z - a) for a, z in zip(boxes.low, boxes.high, strict=True)
    ]
