"""Fit the weights by which a block goes with what stands around it: ``[company]`` in `rules/data/brake.toml`.

usage: python benchmarks/fit_company.py --folds DIR [--corpus DIR] [--more FILE]

Needs scikit-learn. DIR holds the weights that `fit.py --folds-out DIR` wrote. The pages of --more are cleaned with the
weights that have not seen their sites; what stays of each then, in doubt, is learned from: whether it was clutter, and
what went around it. Prints the weights to be stored, and what they take, at several sums, from these pages and from
those of blocks.jsonl, of which they have seen none: how many blocks of clutter, and how many that must stay.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from corpus import corpus_folder
from fit import FOLDS, STAY, labelled_pages, number_of_sites
from sklearn.linear_model import LogisticRegression

from cleanpage import Cleaner, company, decide, rounds
from cleanpage import cleaner as cleaner_module
from cleanpage.company import SIGNS, CompanyWeights
from cleanpage.match.find import Finding
from cleanpage.rounds import Look
from cleanpage.structure.evidence import Weights, load_weights
from cleanpage.structure.structure import Structure

LabelledPage = tuple[str, str, str, list[str]]
REGULARISATION = 0.03
SUMS = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0)


@dataclass(frozen=True)
class Block:
    """A block that stays though in doubt: its kind, its signs, its page, and whether that was seen as it was served."""

    kind: str
    signs: list[float]
    url: str
    is_first_look: bool


class Watch:
    """A cleaner of which is known what it decided about, look by look."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._cleaner = Cleaner(weights=weights)
        self._looks: tuple[Look, ...] = ()
        self._asked: list[list[tuple[Finding, list[float]]]] = []

    def blocks_of(self, html: str, url: str, kinds: list[str]) -> Iterator[Block]:
        """The blocks of a page, of these `kinds`, that stay though in doubt when it is cleaned."""
        self._clean(html, url)
        whole = Structure(self._looks[0].structure.page, self._weights).blocks
        for number, (look, asked) in enumerate(zip(self._looks, self._asked, strict=True)):
            for finding, signs in asked:
                of = whole.within(look.former(finding.nodes[0])[0])
                yield Block(kinds[of.start], signs, url, number == 0)

    def _clean(self, html: str, url: str) -> None:
        inner_settle, inner_left = rounds.settle, company.left_among_what_goes

        def settle(*given: Any) -> rounds.Settled:
            self._asked = []
            settled = inner_settle(*given)
            self._looks, self._asked = settled.looks, self._asked[-len(settled.looks) :]
            return settled

        def left(
            removed: dict[int, Finding],
            structure: Structure,
            kinds: frozenset[str],
            weights: CompanyWeights,
            protects: Callable[[Finding], str],
        ) -> list[Finding]:
            seen = company.Company(removed, structure, kinds)
            asked = [(seen.finding(b), list(signs.values())) for b, signs in seen.doubtful(weights.least)]
            self._asked.append([(found, signs) for found, signs in asked if not protects(found)])
            return []

        cleaner_module.settle, decide.left_among_what_goes = settle, left
        try:
            self._cleaner.clean(html, url)
        finally:
            cleaner_module.settle, decide.left_among_what_goes = inner_settle, inner_left


def read(pages: Iterable[LabelledPage], number: dict[str, int], watches: list[Watch]) -> list[Block]:
    found = []
    for site, url, html, kinds in pages:
        found += watches[number[site] % FOLDS].blocks_of(html, url, kinds)
    return found


def fitted(blocks: list[Block]) -> tuple[np.ndarray, float]:
    """The weight of each sign, and the bias. Of a page with many blocks in doubt each counts less."""
    signs, goes = np.array([b.signs for b in blocks]), np.array([b.kind not in STAY for b in blocks])
    count = Counter(b.url for b in blocks)
    rare = np.array([count[b.url] ** -0.5 for b in blocks])
    mean, spread = signs.mean(0), signs.std(0)
    model = LogisticRegression(C=REGULARISATION, max_iter=1000)
    model.fit((signs - mean) / spread, goes, sample_weight=rare / rare.mean())
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def show(name: str, blocks: list[Block], weights: np.ndarray, bias: float) -> None:
    print(name)
    sums = np.array([b.signs for b in blocks]) @ weights + bias
    for least in SUMS:
        taken = [b.kind for b, total in zip(blocks, sums, strict=True) if total > least]
        stay = [kind for kind in taken if kind in STAY]
        print(
            f"   above {least}: {len(taken) - len(stay)} of clutter, {len(stay)} that must stay, of these"
            f" {stay.count('content')} of the text"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", required=True, type=Path)
    parser.add_argument("--corpus")
    parser.add_argument("--more", type=Path, default=Path(__file__).parent / "more_blocks.jsonl")
    options = parser.parse_args()
    folder = corpus_folder(options.corpus)

    watches = [Watch(load_weights(options.folds / f"weights{k}.json")) for k in range(FOLDS)]
    measured, more = list(labelled_pages(folder, folder / "blocks.jsonl")), list(labelled_pages(folder, options.more))
    number = number_of_sites([site for site, *_ in measured], [site for site, *_ in more])
    learned, held = read(more, number, watches), read(measured, number, watches)

    fit, bias = fitted([b for b in learned if b.is_first_look])
    print(f"bias = {bias:.2f}")
    for name, weight in zip(SIGNS, fit, strict=True):
        print(f"{name} = {weight:.2f}")
    show("pages learned from", [b for b in learned if b.is_first_look], fit, bias)
    show("other pages", [b for b in held if b.is_first_look], fit, bias)
    show("other pages, later looks", [b for b in held if not b.is_first_look], fit, bias)


if __name__ == "__main__":
    main()
