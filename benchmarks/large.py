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

from corpus import corpus_folder, scorer
from crossval import no_site_rules

LABELS = Path(__file__).with_name("large_blocks.jsonl")


def labelled(folder: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each page of LABELS as the scorer reads it, with the kind of each of its blocks."""
    from score import rows

    kinds = {}
    for line in LABELS.read_text("utf-8").splitlines():
        row = json.loads(line)
        kinds[row["set"], row["id"]] = [kind for first, last, kind in row["labels"] for _ in range(first, last + 1)]
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
    found = blockscore.score(str(folder), lambda html, url: cleaner.clean(html, url), "html", decode)
    for name in [name for name in found if isinstance(found[name], int | float)]:
        print(f"{name:20s} {found[name]}")
    for kind, row in found["by_kind"].items():
        print(f"   {kind:12s} {row['blocks']:5d} blocks, removed {row['removed']:.3f}")


if __name__ == "__main__":
    main()
