#!/usr/bin/env python3
"""Time against the size of a page, the number of rules, and the number of removals; the plot goes beside this file.

usage: python benchmarks/scaling.py [--largest BYTES] [--out FILE]

Pages are made up: an article, and around it menus, share bars and related links, repeated until the page has its size.
Exits 1 where the time per byte at the largest size is above 1.5 times that at 100 kB.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Final

import cleanpage
from cleanpage.report import Result
from cleanpage.rules.filterlist import read_filter_list

_URL: Final = "https://news.example.com/2025/harbour"
_SENTENCE: Final = "The council met on Tuesday to decide how the old harbour is to be used, and heard forty speakers. "
_SECTION: Final = (
    f'<section class="part"><h2>Part of the story</h2><p>{_SENTENCE * 3}</p><p>{_SENTENCE * 2}</p>'
    '<figure class="media"><img src="/i.jpg" alt="The harbour"><figcaption>The harbour in May</figcaption></figure>'
    f"<p>{_SENTENCE}<a href='/x'>more on this</a></p></section>"
)
_CLUTTER: Final = (
    '<div class="share-bar"><a href="/s?to=x">Share</a> <a href="/s?to=y">Tweet</a></div>'
    '<aside class="related"><h3>Related</h3>'
    '<ul><li><a href="/1">One more</a><li><a href="/2">And another</a></ul></aside>'
)


def _page(size: int, clutter: int | None = None) -> str:
    """A page of about `size` characters with so many boxes of clutter; without a number, one after every section."""
    start = "<!doctype html><html><head><title>The harbour</title></head><body><article><h1>Harbour</h1>"
    piece = _SECTION + (_CLUTTER if clutter is None else "")
    middle = piece * max(1, (size - len(_CLUTTER) * (clutter or 0)) // len(piece))
    return f"{start}{middle}{_CLUTTER * (clutter or 0)}</article></body></html>"


def _measure(cleaner: cleanpage.Cleaner, page: str) -> tuple[float, Result]:
    """Best of at least three passes, in milliseconds; small pages are cleaned more often."""
    best, result = float("inf"), cleaner.run(page, _URL)
    for _ in range(max(2, min(50, 300_000 // len(page)))):
        start = time.process_time()
        result = cleaner.run(page, _URL)
        best = min(best, time.process_time() - start)
    return 1e3 * best, result


def _by_size(largest: int) -> list[tuple[float, float]]:
    cleaner, rows = cleanpage.Cleaner(), []
    for size in (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000):
        if size <= largest:
            page = _page(size)
            ms, result = _measure(cleaner, page)
            flag = "incomplete" if result.incomplete else f"{len(result.removals)} removals"
            kb = len(page) / 1e3
            print(f"{kb:9.1f} kB {ms:10.2f} ms {1e3 * ms / kb:8.1f} us/kB  {flag}", flush=True)
            rows.append((kb, ms))
    return rows


def _by_rules() -> list[tuple[float, float]]:
    page, rows = _page(100_000), []
    for count in (0, 1_000, 3_000, 10_000, 30_000, 100_000):
        lines = (f"##.ad-{k}\n" if k % 2 else f"example{k}.com##.promo-{k}\n" for k in range(count))
        lists = [read_filter_list("".join(lines), cache=False)] if count else []
        ms, _ = _measure(cleanpage.Cleaner(lists), page)
        print(f"{count:9,} filters {ms:10.2f} ms", flush=True)
        rows.append((count, ms))
    return rows


def _by_removals() -> list[tuple[float, float]]:
    cleaner, rows = cleanpage.Cleaner(), []
    for count in (0, 30, 100, 300, 600):
        ms, result = _measure(cleaner, _page(300_000, count))
        print(f"{len(result.removals):9,} removals {ms:8.2f} ms", flush=True)
        rows.append((len(result.removals), ms))
    return rows


def _plot(columns: dict[str, list[tuple[float, float]]], out: Path) -> None:
    try:
        import matplotlib
    except ImportError:
        print("no plot: matplotlib is not installed")
        return
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "cleanpage"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(columns), figsize=(4.2 * len(columns), 3.4), layout="constrained")
    for axis, (label, rows) in zip(axes, columns.items(), strict=True):
        axis.plot(*zip(*rows, strict=True), marker="o", color="#1f5f8b")
        axis.set_xlabel(label)
        axis.set_ylabel("ms a page")
        axis.grid(alpha=0.3)
        axis.set_ylim(bottom=0)
    axes[0].set(xscale="log", yscale="log")
    figure.savefig(out, metadata={"Date": None})
    print(f"plot: {out}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("scaling.svg"))
    options = parser.parse_args()
    sizes = _by_size(options.largest)
    _plot(
        {
            "size of the page (kB), log": sizes,
            "filters loaded, page of 100 kB": _by_rules(),
            "removals, page of 300 kB": _by_removals(),
        },
        options.out,
    )
    per_byte = {kb: ms / kb for kb, ms in sizes}
    base = min(rate for kb, rate in per_byte.items() if 80 <= kb <= 400)
    grown = sizes[-1][1] / sizes[-1][0] / base
    print(f"time per byte at {sizes[-1][0] / 1e3:.1f} MB: {grown:.2f} times that at 100 to 300 kB")
    return int(grown > 1.5)


if __name__ == "__main__":
    raise SystemExit(main())
