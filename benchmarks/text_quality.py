#!/usr/bin/env python3
"""Measure `clean_text` on the labelled pages: their raw text, and text that trafilatura has cleaned before.

usage: python benchmarks/text_quality.py [--corpus DIR] [--cache FILE] [--folds DIR] [--seconds]

Prints, for each set, precision and recall of the article's text (zyte, fundus) or the shares of segments dropped and kept
(trafilatura), before and after. `--folds` takes the weights that ``fit_text.py --folds`` wrote, so that no page is measured
with weights that were fitted on its site; without it the packaged weights are used, which have seen these pages.
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
from cleanpage.textmode import phrase_signs, text_weights

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
        return [Cleaner(weights=text_weights())] * FOLDS
    stored = [json.loads((folds / f"fold{n}.json").read_text("utf-8")) for n in range(FOLDS)]
    return [Cleaner(weights=TextWeights(one, phrase_signs(), packaged_classes())) for one in stored]


def measure(pages: list[dict[str, Any]], layout: str, clean: Callable[[dict[str, Any], str], str]) -> dict[str, list[float]]:
    """Sums over the pages of each set: count, then precision and recall, or segments dropped and kept."""
    from score import body_counts, fold, page_pr

    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    for row in pages:
        text, got = clean(row, row["texts"][layout]), sums[row["set"]]
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
    again = changed = 0
    for layout in ("html-text", "trafilatura"):
        before = measure(pages, layout, lambda row, text: text)
        start = time.perf_counter()
        left = {}
        for row in pages:
            cleaner = by_fold[fold_of[row["site"]]]
            left[row["set"], row["id"]] = cleaner.run_text(row["texts"][layout], row["url"]).output
        taken = time.perf_counter() - start
        for row in pages:
            once = left[row["set"], row["id"]]
            changed += 1
            again += by_fold[fold_of[row["site"]]].run_text(once, row["url"]).output != once
        after = measure(pages, layout, lambda row, _: left[row["set"], row["id"]])
        for name in sorted(before):
            old, new = before[name], after[name]
            first, second = new[0] / new[1], new[2] / new[3]
            print(
                f"{layout:12s} {name:12s} {first:.4f} ({first - old[0] / old[1]:+.4f})  {second:.4f}"
                f" ({second - old[2] / old[3]:+.4f})   bar: {BARS[layout, name]}",
                flush=True,
            )
        print(f"{layout:12s} {1000 * taken / len(pages):.1f} ms a text", flush=True)
    print(f"not idempotent: {again} of {changed} texts")


if __name__ == "__main__":
    main()
