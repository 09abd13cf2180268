#!/usr/bin/env python3
"""Quality of the whole pipeline on labelled pages that its weights have not seen: five folds by site.

usage: python benchmarks/crossval.py --folds DIR [--corpus DIR] [--preset article] [--no-sites] [--json FILE]

DIR holds the weights that `fit.py --folds-out DIR` wrote: weightsK.json is fitted without the sites of fold K, and the
pages of fold K are cleaned with it. --no-sites leaves the packaged rules of single sites out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from corpus import corpus_folder, scorer

FOLDS = 5


def fold_of_sites(sites: set[str]) -> dict[str, int]:
    """The fold of each site: by its place in the sorted list, as the trial that came with the corpus does."""
    return {site: n % FOLDS for n, site in enumerate(sorted(sites))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", required=True, type=Path)
    parser.add_argument("--corpus")
    parser.add_argument("--preset", default="article")
    parser.add_argument("--no-sites", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = corpus_folder(options.corpus)
    scorer(folder)
    from baselines import decode
    from blockscore import labelled, score

    from cleanpage import Cleaner
    from cleanpage.structure.evidence import load_weights

    site = {row["url"]: row["site"] for row, _ in labelled(str(folder))}
    fold = fold_of_sites(set(site.values()))
    cleaners = [
        Cleaner(preset=options.preset, weights=load_weights(options.folds / f"weights{k}.json")) for k in range(FOLDS)
    ]

    def clean(html: str, url: str) -> str:
        address = None if options.no_sites else url
        output: str = cleaners[fold[site[url]]].clean(html, address)
        return output

    found: dict[str, Any] = score(str(folder), clean, "html", decode)
    for name in ("content_lost", "stay_lost", "junk_removed", "media_lost", "media_junk_removed", "pages_harmed"):
        print(f"{name:20s} {found[name]}")
    for kind, row in found["by_kind"].items():
        print(f"   {kind:12s} {row['blocks']:5d} blocks, removed {row['removed']:.3f}")
    print("worst pages:", found["worst"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
