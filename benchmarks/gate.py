#!/usr/bin/env python3
"""The ratchet: quality on the labelled pages may not fall below the floors in floors.toml.

usage: python benchmarks/gate.py [--corpus DIR] [--update [--allow-regression]]

The floors are pinned with a hash of the labels; on another corpus the figures are printed and nothing is compared.
--update raises the floors to what is measured now; it refuses to lower one without --allow-regression, and a lowered
floor wants a line in CHANGELOG.md.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

from corpus import corpus_folder, corpus_hash, scorer

FLOORS = Path(__file__).with_name("floors.toml")
_LESS_IS_BETTER = ("content_lost", "stay_lost", "media_lost", "pages_harmed")
_MARGIN = 0.0005
"""Below this a difference is rounding."""


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """The figures of both presets on the labelled blocks."""
    scorer(folder)
    from baselines import decode
    from blockscore import score

    from cleanpage import Cleaner

    figures = {}
    for preset in ("article", "banners"):
        cleaner = Cleaner(preset=preset)
        found = score(str(folder), lambda html, url: cleaner.clean(html, url), "html", decode)  # noqa: B023
        figures[preset] = _flat(found)
    return figures


def _flat(found: dict[str, Any]) -> dict[str, float]:
    names = ("content_lost", "stay_lost", "junk_removed", "media_lost", "media_junk_removed", "pages_harmed")
    flat = {name: float(found[name]) for name in names}
    flat.update({f"removed_{kind}": row["removed"] for kind, row in found["by_kind"].items()})
    return flat


def _less_is_better(preset: str, name: str) -> bool | None:
    """Whether a figure should be small; None where it is no aim."""
    kind = name.removeprefix("removed_")
    if name in _LESS_IS_BETTER or kind in ("content", "title", "meta", "caption"):
        return True
    if preset == "banners":
        if kind in ("nav", "footer"):
            return True
        return False if kind in ("donation", "paywall", "newsletter", "cookie") else None
    return False


def compare(floors: dict[str, dict[str, float]], figures: dict[str, dict[str, float]]) -> list[str]:
    """One line for each figure that is worse than its floor."""
    worse = []
    for preset, rows in floors.items():
        for name, floor in rows.items():
            now, small = figures[preset][name], _less_is_better(preset, name)
            if small is not None and (now > floor + _MARGIN if small else now < floor - _MARGIN):
                worse.append(f"{preset}.{name}: {now:.4f}, floor {floor:.4f}")
    return worse


def write(digest: str, figures: dict[str, dict[str, float]]) -> None:
    """Write the floors file."""
    lines = ["# Written by gate.py --update; a floor is lowered only on purpose.", f'corpus = "{digest}"', ""]
    for preset, rows in figures.items():
        lines.append(f"[{preset}]")
        lines += [f"{name} = {value:.4f}" for name, value in rows.items() if _less_is_better(preset, name) is not None]
        lines.append("")
    FLOORS.write_text("\n".join(lines), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    options = parser.parse_args()
    folder = corpus_folder(options.corpus)
    digest = corpus_hash(folder)
    figures = measure(folder)
    for preset, rows in figures.items():
        print(preset, {name: round(value, 4) for name, value in rows.items()})
    known: dict[str, Any] = tomllib.loads(FLOORS.read_text("utf-8")) if FLOORS.is_file() else {}
    same = known.pop("corpus", None) == digest
    worse = compare(known, figures) if same else []
    if options.update:
        if worse and not options.allow_regression:
            print("not written, these would fall:\n" + "\n".join(worse))
            return 1
        write(digest, figures)
        return 0
    if not same:
        print("no floors for this corpus: nothing compared")
        return 0
    print("\n".join(["below the floor:", *worse]) if worse else "quality gate passed")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
