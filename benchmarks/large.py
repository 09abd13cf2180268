#!/usr/bin/env python3
"""Quality on pages of more than 420 blocks, which the weights have not seen.

usage: python benchmarks/large.py [--corpus DIR] [--no-sites]

large_blocks.jsonl labels 44 pages of the corpus that are too long for blocks.jsonl: endless menus, threads of hundreds
of comments, tables, shops. Nothing is fitted on them. The score counts blocks as `quality.py` of the corpus does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus import corpus_folder, kinds_of, scorer, show
from crossval import no_site_rules

LABELS = Path(__file__).with_name("large_blocks.jsonl")


def labelled(folder: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each page of LABELS as the scorer reads it, with the kind of each of its blocks."""
    from score import rows

    labels = map(json.loads, LABELS.read_text("utf-8").splitlines())
    kinds = {(row["set"], row["id"]): kinds_of(row) for row in labels}
    return ((row, kinds[row["set"], row["id"]]) for row in rows(str(folder)) if (row["set"], row["id"]) in kinds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus")
    parser.add_argument("--no-sites", action="store_true")
    options = parser.parse_args()
    folder = corpus_folder(options.corpus)
    scorer(folder)
    import blockscore
    from baselines import decode

    from cleanpage import Cleaner

    blockscore.labelled = lambda _: labelled(folder)
    cleaner = Cleaner([no_site_rules()] if options.no_sites else [])
    show(blockscore.score(str(folder), lambda html, url: cleaner.clean(html, url), "html", decode))


if __name__ == "__main__":
    main()
