#!/usr/bin/env python3
"""Quality of the whole pipeline on labelled pages that its weights have not seen: five folds by site.

usage: python benchmarks/crossval.py --folds DIR [--corpus DIR] [--preset article] [--no-sites] [--half even|odd]
       [--json FILE]

DIR holds the weights that `fit.py --folds-out DIR` wrote: weightsK.json is fitted without the sites of fold K, and the
pages of fold K are cleaned with it. --no-sites leaves the packaged rules of single sites out. --half scores the sites
with an even or odd place in the sorted list only: rules are written while looking at the even ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from corpus import corpus_folder, scorer, show

from cleanpage.model import RuleSet
from cleanpage.rules.store import packaged_hosts

FOLDS = 5


def fold_of_sites(sites: set[str]) -> dict[str, int]:
    """The fold of each site: by its place in the sorted list, as the trial that came with the corpus does."""
    return {site: n % FOLDS for n, site in enumerate(sorted(sites))}


def sites_of_half(sites: set[str], half: str | None) -> frozenset[str]:
    """The sites with an even or odd place in the sorted list; all of them without `half`."""
    step = {"even": slice(0, None, 2), "odd": slice(1, None, 2), None: slice(None)}[half]
    return frozenset(sorted(sites)[step])


def no_site_rules() -> RuleSet:
    """A rule set that switches all packaged rules of single sites off."""
    return RuleSet(name="no-sites", off=tuple(f"{host}/*" for host in sorted(packaged_hosts())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", required=True, type=Path)
    parser.add_argument("--corpus")
    parser.add_argument("--preset", default="article")
    parser.add_argument("--no-sites", action="store_true")
    parser.add_argument("--half", choices=("even", "odd"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = corpus_folder(options.corpus)
    scorer(folder)
    import blockscore
    from baselines import decode

    from cleanpage import Cleaner
    from cleanpage.structure.evidence import load_weights

    rows = list(blockscore.labelled(str(folder)))
    site = {row["url"]: row["site"] for row, _ in rows}
    fold = fold_of_sites(set(site.values()))
    wanted = sites_of_half(set(site.values()), options.half)
    blockscore.labelled = lambda _: ((row, kinds) for row, kinds in rows if row["site"] in wanted)
    rules = [no_site_rules()] if options.no_sites else []
    cleaners = [
        Cleaner(rules, preset=options.preset, weights=load_weights(options.folds / f"weights{k}.json"))
        for k in range(FOLDS)
    ]

    def clean(html: str, url: str) -> str:
        output: str = cleaners[fold[site[url]]].clean(html, url)
        return output

    found: dict[str, Any] = blockscore.score(str(folder), clean, "html", decode)
    show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
