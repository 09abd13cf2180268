#!/usr/bin/env python3
"""`cleanpage rules new`: does the proposed rule find the block that was pointed at, and nothing that must stay?

usage: python benchmarks/propose.py [--corpus DIR] [--blocks N] [--folds DIR] [--all]

A sample of labelled clutter blocks, each of another site, several kinds by turns; always the same ones. Each is pointed
at by its first words. --all prints every proposal, not only those that fail. With --folds the page is looked at with
weights that were fitted without its site (fit.py --folds-out DIR).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus import corpus_folder, scorer
from unseen import weights_by_site

from cleanpage.structure.evidence import Weights

_KINDS = ("newsletter", "related", "share", "promo", "author_bio", "footer", "comments", "donation", "nav", "ad",
          "paywall", "cookie", "other")  # fmt: skip


def labelled_pages(folder: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """The pages with labelled blocks, by the hash of their names: a fixed order that says nothing."""
    scorer(folder)
    from blockscore import labelled

    return iter(sorted(labelled(str(folder)), key=lambda row: hashlib.sha256(row[0]["id"].encode()).digest()))


def sample(folder: Path, count: int) -> list[tuple[dict[str, Any], list[str], int]]:
    """Labelled blocks of clutter, one a site, kinds by turns: page, kinds of its blocks, number of the block."""
    pages = list(labelled_pages(folder))
    chosen: list[tuple[dict[str, Any], list[str], int]] = []
    sites: set[str] = set()
    turn = 0
    while len(chosen) < count and turn < 10 * count:
        kind = _KINDS[turn % len(_KINDS)]
        turn += 1
        found = next(((row, kinds) for row, kinds in pages if row["site"] not in sites and kind in kinds), None)
        if found is not None:
            row, kinds = found
            numbers = [b for b, k in enumerate(kinds) if k == kind]
            sites.add(row["site"])
            chosen.append((row, kinds, numbers[len(numbers) // 2]))
    return chosen


def judge(row: dict[str, Any], kinds: list[str], b: int, weights: Weights | None) -> tuple[str, str]:
    """What came of pointing at block `b` ("good", "lost" where something that must stay goes, "missed", "refused"), and
    the rule."""
    from baselines import decode
    from blockscore import STAY

    from cleanpage.errors import InputError
    from cleanpage.sources.html import HtmlReading
    from cleanpage.structure.structure import Structure
    from cleanpage.workshop.propose import Surroundings, propose

    around = Surroundings(Structure(HtmlReading(decode(row["raw"])).page, weights))
    blocks = around.structure.blocks
    if len(blocks) != len(kinds):
        return "other blocks", f"{len(blocks)} blocks here, {len(kinds)} labelled"
    try:
        best = propose(" ".join(blocks.texts[b].split()[:12]), around)[0]
    except InputError as error:
        return "refused", str(error)
    rule = best.rule
    written = rule.select or f"{rule.conditions} reach={rule.reach}"
    covered = around.blocks_in((*best.nodes, *best.others))
    if b not in covered and blocks.texts[b] not in {blocks.texts[x] for x in covered}:
        return "missed", written
    lost = [x for x in sorted(covered) if kinds[x] in STAY]
    if lost:
        return "lost", f"{written}: {kinds[lost[0]]} {blocks.texts[lost[0]][:80]!r}"
    return "good", f"{written} ({len(covered)} blocks)"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus")
    options.add_argument("--blocks", type=int, default=30)
    options.add_argument("--folds", type=Path)
    options.add_argument("--all", action="store_true")
    given = options.parse_args()
    folder = corpus_folder(given.corpus)
    chosen = sample(folder, given.blocks)
    weights = weights_by_site({row["site"] for row, _ in labelled_pages(folder)}, given.folds)
    good = 0
    for row, kinds, b in chosen:
        outcome, told = judge(row, kinds, b, weights(row["site"]))
        good += outcome == "good"
        if given.all or outcome != "good":
            print(f"{outcome:8} {row['site']:28} {kinds[b]:12} {told}")
    sites = len({row["site"] for row, _, _ in chosen})
    print(f"{good} of {len(chosen)} proposed rules hit their block and nothing that must stay ({sites} sites)")
    return int(good < 0.9 * len(chosen))


if __name__ == "__main__":
    sys.exit(main())
