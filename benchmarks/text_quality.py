#!/usr/bin/env python3
"""Measure `clean_text` on the labelled pages: their raw text, and text that trafilatura has cleaned before.

usage: python benchmarks/text_quality.py [--corpus DIR] [--cache FILE] [--folds DIR]

Prints, for each set, precision and recall of the article's text (zyte, fundus) or the shares of segments dropped and
kept (trafilatura), after cleaning and the difference to before. `--folds` takes the weights that ``fit_text.py
--folds`` wrote, so that no page is measured with weights that were fitted on its site; without it the packaged weights
are used, which have seen these pages.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fit_text import FOLDS, SHARED, bench, load

from cleanpage.cleaner import Cleaner
from cleanpage.structure.lexicon import packaged_classes
from cleanpage.structure.textevidence import TextWeights
from cleanpage.textmode import phrase_signs

BARS = {
    ("html-text", "zyte"): "precision +0.12, recall -0.003",
    ("html-text", "fundus"): "precision +0.12, recall -0.003",
    ("html-text", "trafilatura"): "drop +0.35, keep -0.003",
    ("trafilatura", "zyte"): "precision up, recall -0.002",
    ("trafilatura", "fundus"): "precision up, recall -0.002",
    ("trafilatura", "trafilatura"): "drop up, keep -0.002",
}


def cleaners(folds: Path | None) -> list[Cleaner]:
    if folds is None:
        return [Cleaner()] * FOLDS
    stored = [json.loads((folds / f"fold{n}.json").read_text("utf-8")) for n in range(FOLDS)]
    return [Cleaner(text_weights=TextWeights(one, phrase_signs(), packaged_classes())) for one in stored]


Text = Callable[[dict[str, Any]], str]


def measure(pages: list[dict[str, Any]], text_of: Text) -> dict[str, list[float]]:
    """For each set the sums and counts of precision and recall, or of segments dropped and kept."""
    from score import body_counts, fold, page_pr

    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    for row in pages:
        text, got = text_of(row), sums[row["set"]]
        if "body" in row:
            precision, recall = page_pr(*body_counts(row["body"], text))
            for n, x in enumerate((precision, 1, recall, 1)):
                got[n] += x
        else:
            folded = fold(text)
            got[0] += sum(fold(s) not in folded for s in row["drop"])
            got[1] += len(row["drop"])
            got[2] += sum(fold(s) in folded for s in row["keep"])
            got[3] += len(row["keep"])
    return sums


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus")
    parser.add_argument("--cache", type=Path, help="rendered pages, as fit_text.py --cache keeps them")
    parser.add_argument("--folds", type=Path, help="folder of the fold models' weights")
    arguments = parser.parse_args()
    bench()
    cached = arguments.cache and arguments.cache.exists()
    pages = pickle.loads(arguments.cache.read_bytes()) if cached else load(arguments.corpus)
    sites = sorted({row["site"] for row in pages})
    fold_of = {site: n % FOLDS for n, site in enumerate(sites)}
    by_fold = cleaners(arguments.folds)
    for layout in ("html-text", "trafilatura"):
        report(pages, layout, lambda row: by_fold[fold_of[row["site"]]])


def report(pages: list[dict[str, Any]], layout: str, cleaner_of: Callable[[dict[str, Any]], Cleaner]) -> None:
    """Clean the texts of one layout, twice, and print what came of it."""
    start = time.perf_counter()
    once = {id(row): cleaner_of(row).run_text(row["texts"][layout], row["url"]).output for row in pages}
    taken = time.perf_counter() - start
    twice = [cleaner_of(row).run_text(once[id(row)], row["url"]).output for row in pages]
    before = measure(pages, lambda row: row["texts"][layout])
    after = measure(pages, lambda row: once[id(row)])
    for name in sorted(before):
        old, new = before[name], after[name]
        first, second = new[0] / new[1], new[2] / new[3]
        changes = f"{first:.4f} ({first - old[0] / old[1]:+.4f})  {second:.4f} ({second - old[2] / old[3]:+.4f})"
        print(f"{layout:12s} {name:12s} {changes}   bar: {BARS[layout, name]}", flush=True)
    unstable = sum(once[id(row)] != again for row, again in zip(pages, twice, strict=True))
    print(f"{layout:12s} {1000 * taken / len(pages):.1f} ms a text, not idempotent: {unstable}", flush=True)


if __name__ == "__main__":
    main()
