#!/usr/bin/env python3
"""Eight threads and four processes share one Cleaner: are their results those of one thread, and how fast are they?

usage: python benchmarks/threads.py [--corpus DIR] [--pages N]
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus import corpus_folder
from stations import _pages

import cleanpage


def _clean(cleaner: cleanpage.Cleaner, row: tuple[str, str]) -> tuple[str, str]:
    result = cleaner.run(*row)
    return result.output, result.to_json()


def _in(executor: Executor, cleaner: cleanpage.Cleaner, pages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    with executor:
        return list(executor.map(partial(_clean, cleaner), pages, chunksize=10))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus")
    parser.add_argument("--pages", type=int, default=120)
    options = parser.parse_args()
    pages = list(_pages(corpus_folder(options.corpus), options.pages))
    cleaner = cleanpage.Cleaner()
    ways = {
        "one thread": lambda: [_clean(cleaner, row) for row in pages],
        "eight threads": lambda: _in(ThreadPoolExecutor(8), cleaner, pages),
        "four processes": lambda: _in(ProcessPoolExecutor(4, mp_context=get_context("spawn")), cleaner, pages),
    }
    expected, equal = None, True
    for name, run in ways.items():
        start = time.perf_counter()
        results = run()
        seconds = time.perf_counter() - start
        expected = expected or results
        equal &= results == expected
        same = "equal" if results == expected else "DIFFERENT"
        print(f"{name:16s} {1e3 * seconds / len(pages):8.2f} ms/page  {same}")
    return int(not equal)


if __name__ == "__main__":
    raise SystemExit(main())
