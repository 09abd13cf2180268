"""Blocks that are left among what goes: a teaser's text, the heading of a list, one reply among others.

Evidence tells a block by its own signs and its neighbours' signs; rules know more than these, by wordings, names and
rows. What they take tells, too, what the blocks between are. The weights (``[company]`` in brake.toml) are fitted on
decisions about labelled pages by `benchmarks/fit_company.py`: one look, eight signs, summed up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import log, log1p

from cleanpage.kinds import KINDS
from cleanpage.match.candidates import of_block
from cleanpage.match.find import Finding
from cleanpage.page import HEADINGS
from cleanpage.structure.article import only_headline
from cleanpage.structure.features import Signals
from cleanpage.structure.structure import Structure

__all__ = ["SIGNS", "Company", "CompanyWeights", "left_among_what_goes"]

SIGNS = ("evidence", "box", "outer_box", "outer_box_whole", "behind", "alike", "headline", "section")
"""What is weighed, see `Company.signs`."""
_CERTAIN = 0.99
"""Evidence beyond this says no more."""
_NAMES_PAGE = 4
"""From which value of the sign "in_title" a block says most of what the page is called."""
_NEAR = 2
"""How many blocks before and behind the headline stand beside it."""
_TRAIL = 4
"""How many elements from a block outwards must have the same names as those of another for the two to be alike."""
_Name = tuple[str, str | None]
_Trail = tuple[_Name, ...]
_BECAUSE = "what stands around it goes"


@dataclass(frozen=True, slots=True)
class CompanyWeights:
    """What each of `SIGNS` weighs, and the sum of all, in log-odds, above which a block goes with what is around it.

    `least` is the probability of being clutter, by its own evidence, from which a block is looked at.
    """

    bias: float
    weights: Mapping[str, float]
    least: float
    above: float

    def sum_of(self, signs: Mapping[str, float]) -> float:
        """What some signs weigh together."""
        return self.bias + sum(self.weights[name] * value for name, value in signs.items())


def left_among_what_goes(
    removed: Mapping[int, Finding],
    structure: Structure,
    kinds: frozenset[str],
    weights: CompanyWeights,
    protects: Callable[[Finding], str],
) -> list[Finding]:
    """Blocks that stay, and that no keep or spare rule protects, though what stands around them goes.

    Each is a finding of the rule that takes what is next to it. Only packaged rules for every site lend their names:
    others say exactly what they are about.
    """
    if not any(map(_lends_name, removed.values())):
        return []
    company = Company(removed, structure, kinds)
    taken = (b for b, signs in company.doubtful(weights.least) if weights.sum_of(signs) > weights.above)
    return [finding for finding in map(company.finding, taken) if not protects(finding)]


def _lends_name(finding: Finding) -> bool:
    return finding.rule.layer == "generic" and finding.rule.sites.generic


class Company:
    """What goes around each block of a page, where the nodes in `removed` go and clutter of `kinds` is asked for."""

    def __init__(self, removed: Mapping[int, Finding], structure: Structure, kinds: frozenset[str]) -> None:
        self._structure = structure
        self._kinds = kinds
        self._blocks = structure.blocks
        self._owner = self._owners(removed)
        words = self._blocks.words
        self._gone = list(accumulate([owner is not None for owner in self._owner], initial=0))
        gone_words = [w if owner is not None else 0 for w, owner in zip(words, self._owner, strict=True)]
        self._gone_words = list(accumulate(gone_words, initial=0))
        self._words = list(accumulate(words, initial=0))

    def _owners(self, removed: Mapping[int, Finding]) -> list[Finding | None]:
        """For each block the finding with which all of it goes; None where some of it stays."""
        page, blocks = self._structure.page, self._blocks
        by_run: list[Finding | None] = [None] * len(page.texts)
        for node in removed:
            if node < 0:
                by_run[~node] = removed[node]
        for i in page.outermost(sorted(node for node in removed if node >= 0)):
            first, end = page.text_first[i], page.text_end[i]
            by_run[first:end] = [removed[i]] * (end - first)
        shown = page.shown
        runs = zip(blocks.first, blocks.end, strict=True)
        of_runs = ([by_run[t] for t in range(first, end) if shown[t]] for first, end in runs)
        return [None if None in owners else owners[0] for owners in of_runs]

    def doubtful(self, least: float) -> Iterator[tuple[int, dict[str, float]]]:
        """The blocks that stay and are clutter of the kinds asked for with a probability of at least `least`, each with
        its signs, where something near them goes that lends its name.

        The headline and what says the page's title are none of them; nothing on a page of links is.
        """
        structure = self._structure
        if structure.is_plain or not self._lenders or structure.kind == "index":
            return
        titled, headlines = self._signals.columns["in_title"], self._headlines()
        for b, (owner, go) in enumerate(zip(self._owner, structure.evidence.go, strict=True)):
            names_page = b in headlines or titled[b] >= _NAMES_PAGE
            if owner is not None or go < least or names_page:
                continue
            if self._clutter(b) >= least and self._neighbour(b) >= 0:
                yield b, self.signs(b)

    def _headlines(self) -> frozenset[int]:
        only = only_headline(self._structure.page)
        return frozenset({self._structure.article.headline, *(self._blocks.within(only) if only >= 0 else ())})

    def finding(self, b: int) -> Finding:
        """What takes a doubtful block `b`: the rule that takes what is next to it."""
        owner = self._owner[self._neighbour(b)]
        assert owner is not None
        return Finding(owner.rule, of_block(self._structure, b).nodes, range(b, b + 1), because=_BECAUSE)

    @cached_property
    def _signals(self) -> Signals:
        signals = self._structure.evidence.signals
        assert isinstance(signals, Signals), "lines of plain text stand in no boxes"
        return signals

    def _clutter(self, b: int) -> float:
        """How likely block `b` is clutter of the kinds asked for, by its own evidence."""
        evidence = self._structure.evidence
        if len(self._kinds) == len(KINDS):
            return evidence.go[b]
        shares = evidence.kind_scores(b)
        return evidence.go[b] * sum(shares[kind] for kind in self._kinds)

    def signs(self, b: int) -> dict[str, float]:
        """The signs that block `b`, which stays, goes all the same.

        Its own `evidence`, in log-odds. Then, as shares from -0.5 (stays) to 0.5 (goes): how much of the words in the
        `box` and the `outer_box` around it goes, whether all of the latter does (0 or 1), how many of the blocks
        `behind` it in the box around these, how many of the blocks `alike`, wherever they stand, fewer counting less;
        and of a heading how much of its `section` in the box. At last whether the `headline` is near (0 or 1).
        """
        signals = self._signals
        box, outer, outermost = (signals.levels[level][b] for level in range(3))
        low, high = signals.boxes.low, signals.boxes.high
        headline = self._structure.article.headline
        return {
            "evidence": _log_odds(self._clutter(b)),
            "box": self._share(b, low[box], high[box]),
            "outer_box": self._share(b, low[outer], high[outer]),
            "outer_box_whole": float(self._count(low[outer], high[outer]) == high[outer] - low[outer] - 1),
            "behind": self._share_of_blocks(b + 1, high[outermost]),
            "alike": self._share_alike(b),
            "headline": float(headline >= 0 and abs(b - headline) <= _NEAR),
            "section": self._share_of_section(b, high[box]),
        }

    def _neighbour(self, b: int) -> int:
        """The block next to `b`, in the smallest box around it where there is one, that goes and lends its name: behind
        it, or else before it; -1 for none."""
        signals, lenders = self._signals, self._lenders
        place = bisect_left(lenders, b)
        before = lenders[place - 1] if place else -1
        behind = lenders[place] if place < len(lenders) else len(self._owner)
        for level in signals.levels:
            x = level[b]
            if behind < signals.boxes.high[x]:
                return behind
            if before >= signals.boxes.low[x]:
                return before
        return -1

    @cached_property
    def _lenders(self) -> list[int]:
        """The blocks that go with rules that lend their names."""
        return [b for b, owner in enumerate(self._owner) if owner is not None and _lends_name(owner)]

    def _count(self, low: int, high: int) -> int:
        """How many of some blocks go."""
        return self._gone[high] - self._gone[low]

    def _share(self, b: int, low: int, high: int) -> float:
        """The share of the words of other blocks than `b` from `low` to `high` that goes; of the blocks if these have
        no words."""
        words = self._words[high] - self._words[low] - self._blocks.words[b]
        if words:
            return (self._gone_words[high] - self._gone_words[low]) / words - 0.5
        others = high - low - 1
        return self._count(low, high) / others - 0.5 if others else 0.0

    def _share_of_blocks(self, low: int, high: int) -> float:
        return self._count(low, high) / (high - low) - 0.5 if high > low else 0.0

    def _share_of_section(self, b: int, high: int) -> float:
        """The share of the words below heading `b` that goes, up to the next heading of its rank or above."""
        tags, element = self._structure.page.tags, self._blocks.element
        rank, end = tags[element[b]], b + 1
        if rank not in HEADINGS:
            return 0.0
        while end < high and not (tags[element[end]] in HEADINGS and tags[element[end]] <= rank):
            end += 1
        words = self._words[end] - self._words[b + 1]
        return (self._gone_words[end] - self._gone_words[b + 1]) / words - 0.5 if words else 0.0

    def _share_alike(self, b: int) -> float:
        alike, gone = self._alike[self._trails[b]]
        others = alike - 1
        return (gone / others - 0.5) * min(1.0, log1p(others) / 2) if others else 0.0

    @cached_property
    def _trails(self) -> list[_Trail]:
        """For each block the names of the element that its text begins in, and of those around that."""
        page = self._structure.page
        tags, classes, parents = page.tags, page.classes, page.parents
        trails = []
        for i in self._blocks.inner:
            names: list[_Name] = []
            while i >= page.body and len(names) < _TRAIL:
                names.append((tags[i], classes[i]))
                i = parents[i]
            trails.append(tuple(names))
        return trails

    @cached_property
    def _alike(self) -> Mapping[_Trail, Sequence[int]]:
        """For each trail how many blocks have it, and how many of these go."""
        counts: dict[_Trail, list[int]] = {}
        for trail, owner in zip(self._trails, self._owner, strict=True):
            count = counts.setdefault(trail, [0, 0])
            count[0] += 1
            count[1] += owner is not None
        return counts


def _log_odds(probability: float) -> float:
    certain = min(max(probability, 1 - _CERTAIN), _CERTAIN)
    return log(certain / (1 - certain))
