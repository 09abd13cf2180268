#!/usr/bin/env python3
"""Where the time of a page goes, station by station.

usage: python benchmarks/stations.py [--corpus DIR] [--pages N] [--lists FILE...] [--top N]

Each station's function is timed wherever it is called; time spent in an inner station is taken off the outer one. With
--top, the functions that take most time of their own are listed too, from a second run under the profiler.
"""

from __future__ import annotations

import argparse
import cProfile
import functools
import gzip
import json
import pstats
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus import corpus_folder

import cleanpage
from cleanpage import cleaner as cleaner_module
from cleanpage import rounds
from cleanpage.rules.index import CompiledRules
from cleanpage.sources import html
from cleanpage.sources.encoding import decode
from cleanpage.structure.evidence import Evidence
from cleanpage.structure.structure import Structure

_STATIONS: Final = "read index match structure decide look-again cut".split()


class Clock:
    """Seconds spent in each station, inner ones taken off outer ones."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[tuple[str, float]] = []

    def wrap(self, owner: Any, name: str, station: str) -> None:
        """Time the function `name` of a module or class as part of `station`."""
        inner = vars(owner)[name]
        if isinstance(inner, functools.cached_property):
            timed = functools.cached_property(self._timed(inner.func, station))
            timed.__set_name__(owner, name)
            setattr(owner, name, timed)
        else:
            setattr(owner, name, self._timed(inner, station))

    def _timed(self, function: Callable[..., Any], station: str) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            self.enter(station)
            try:
                return function(*args, **kwargs)
            finally:
                self.leave()

        return timed

    def enter(self, station: str) -> None:
        now = time.perf_counter()
        if self._open:
            outer, since = self._open[-1]
            self.seconds[outer] += now - since
        self._open.append((station, now))

    def leave(self) -> None:
        now = time.perf_counter()
        station, since = self._open.pop()
        self.seconds[station] += now - since
        if self._open:
            self._open[-1] = self._open[-1][0], now


def _pages(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    for row in rows[:: max(1, len(rows) // count)][:count]:
        data = gzip.decompress((folder / row["set"] / f"{row['id']}.html.gz").read_bytes())
        yield decode(data).text, row["url"]


def _watch(clock: Clock) -> None:
    clock.wrap(cleaner_module, "_read", "read")
    clock.wrap(CompiledRules, "candidates", "index")
    clock.wrap(cleaner_module.Cleaner, "_asked", "index")
    find = cleaner_module.find
    cleaner_module.find = lambda *args: list(find(*args))
    clock.wrap(cleaner_module, "find", "match")
    clock.wrap(cleaner_module, "decide", "decide")
    clock.wrap(rounds, "remainder", "look-again")
    clock.wrap(rounds, "together", "look-again")
    clock.wrap(html.HtmlReading, "write", "cut")
    for name in ("blocks", "article", "repeats", "language"):
        clock.wrap(Structure, name, "structure")
    for name in ("signals", "first", "scores", "go"):
        clock.wrap(Evidence, name, "structure")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus")
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--lists", nargs="*", default=[])
    parser.add_argument("--top", type=int, default=0)
    options = parser.parse_args()
    pages = list(_pages(corpus_folder(options.corpus), options.pages))
    cleaner = cleanpage.Cleaner(options.lists)
    for page, url in pages:
        cleaner.clean(page, url)
    if options.top:
        _profile(cleaner, pages, options.top)
    clock = Clock()
    _watch(clock)
    looks, look_again = [], rounds.look_again
    rounds.look_again = lambda *args: looks.append(look_again(*args)) or looks[-1]
    start = time.perf_counter()
    for page, url in pages:
        cleaner.clean(page, url)
    total = time.perf_counter() - start
    size = sum(len(page) for page, _ in pages) / len(pages)
    count = len(pages)
    print(f"{count} pages of {size / 1e3:.0f} k characters, {sum(map(len, looks)) / count:.1f} looks a page")
    for station in _STATIONS:
        seconds = clock.seconds[station]
        print(f"{station:12s} {1e3 * seconds / count:8.2f} ms/page {seconds / total:7.1%}")
    print(f"{'other':12s} {1e3 * (total - sum(clock.seconds.values())) / count:8.2f} ms/page")
    print(f"{'all':12s} {1e3 * total / count:8.2f} ms/page")
    return 0


def _profile(cleaner: cleanpage.Cleaner, pages: list[tuple[str, str]], top: int) -> None:
    profile = cProfile.Profile()
    profile.enable()
    for page, url in pages:
        cleaner.clean(page, url)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(top)


if __name__ == "__main__":
    raise SystemExit(main())
