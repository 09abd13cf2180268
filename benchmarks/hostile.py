#!/usr/bin/env python3
"""Hostile pages: does the time stay in proportion to their size?

usage: python benchmarks/hostile.py [--size CHARACTERS] [--only WORD] [--limit RATIO]

For each case a page of about --size characters and one of twice that are cleaned, each the best of three times, the
report included. A page is looked at until nothing is left to clean, 30 times at most; where the larger one needs more
looks than the smaller, that is no fault of a station, so the ratio that counts is that of the time of a look.
Exits 1 where time(2n)/time(n) of a look is above --limit (2.5).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from robustness.hostile_pages import PAGES

import cleanpage
from cleanpage import rounds

_URL = "https://news.example.com/2025/harbour"


def _best(cleaner: cleanpage.Cleaner, page: str, passes: int = 3) -> tuple[float, cleanpage.Result]:
    best, result = float("inf"), None
    for _ in range(passes):
        start = time.process_time()
        result = cleaner.run(page, _URL)
        assert result.removals is not None
        best = min(best, time.process_time() - start)
        if best > 2:
            break
    assert result is not None
    return best, result


def _count_looks() -> list[int]:
    """A list to which each cleaning adds how often it looked at its page."""
    counted: list[int] = []
    look_again = rounds.look_again

    def counting(*arguments: Any) -> Any:
        looks = look_again(*arguments)
        counted.append(len(looks))
        return looks

    rounds.look_again = counting
    return counted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=250_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=float, default=2.5)
    options = parser.parse_args()
    cleaner, looks = cleanpage.Cleaner(), _count_looks()
    cleaner.run("<p>warm up", _URL)
    head = f"{'case':40s} {'kB':>6s} {'ms':>8s} {'ms, 2n':>8s} {'ratio':>6s}"
    print(f"{head} {'looks':>8s} {'steps':>9s} {'ratio':>6s} {'cuts':>6s}")
    worst = 0.0
    for name, make in PAGES.items():
        if options.only not in name:
            continue
        page, twice = make(options.size), make(2 * options.size)
        (one, result), looks_one = _best(cleaner, page), looks[-1]
        (two, double), looks_two = _best(cleaner, twice), looks[-1]
        ratio = two / one * min(1.0, looks_one / looks_two)
        worst = max(worst, ratio)
        steps = f"{looks_one:4d} {looks_two:3d} {result.steps:9d} {double.steps / max(1, result.steps):6.2f}"
        flag = " incomplete" * double.incomplete + " !" * (ratio > options.limit)
        row = f"{name:40s} {len(page) / 1e3:6.0f} {1e3 * one:8.1f} {1e3 * two:8.1f} {two / one:6.2f}"
        print(f"{row} {steps} {len(double.removals):6d}{flag}", flush=True)
    print(f"worst ratio {worst:.2f}, limit {options.limit}")
    return int(worst > options.limit)


if __name__ == "__main__":
    raise SystemExit(main())
