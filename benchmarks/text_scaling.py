#!/usr/bin/env python3
"""Time and memory of `clean_text` against the size of a text, for texts of several shapes.

usage: python benchmarks/text_scaling.py [--sizes MB,MB,…] [--shapes NAME,NAME,…]

Each text is cleaned in a process of its own, so that the memory told is its own (the most that was in use, the library
and its rules included). Exits 1 where the time per character at the largest size is above 1.5 times that at the
smallest.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from typing import Final

from cleanpage.cleaner import Cleaner

_SENTENCE: Final = "The council met on Tuesday to decide how the old harbour is to be used, and heard forty speakers. "
_ARTICLE: Final = (
    "Help keep the Herald independent\n\nHarbour number {0} is to be enlarged\n\nPublished\n\n"
    + (_SENTENCE * 4 + "\n\n") * 8
    + "By Ann Example\n\nMORE FROM Ann Example\n\nHarbour {0} is full\n\nRelated Articles\n\n"
)


def _times(piece: str, size: int) -> str:
    return piece * max(1, size // len(piece))


def _articles(size: int) -> str:
    return "".join(_ARTICLE.format(n) for n in range(size // len(_ARTICLE)))


SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "articles": _articles,
    "short lines": lambda size: _times("Twenty letters here\n", size),
    "labels": lambda size: _times("Share this article\n\nPublished\n\n" + _SENTENCE + "\n\n", size),
    "long lines": lambda size: (_times(_SENTENCE, size // 10) + "\n") * 10,
    "one line": lambda size: _times(_SENTENCE, size),
    "links": lambda size: _times("[Read this](http://example.com/) and [that](/b) " * 20 + "\n", size),
    "captions": lambda size: _times(f"{_SENTENCE}\n{_SENTENCE} (Ann Example)\n\n", size),
    "open fences": lambda size: _times("````x\ncode\n```\n", size),
    "open comments": lambda size: _times("<!-- x\n\n", size),
    "brackets": lambda size: _times("[[](\n", size) + "[" * (size // 10),
    "underlined": lambda size: _times("Related\n-------\n", size),
}


def _measure(shape: str, size: int) -> tuple[int, float, int, str]:
    """Characters, seconds, megabytes, and what came of it."""
    text = SHAPES[shape](size)
    cleaner = Cleaner()
    cleaner.run_text("Share\n\nText\n")
    start = time.process_time()
    result = cleaner.run_text(text)
    taken = time.process_time() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return len(text), taken, most, "not cleaned" if result.incomplete else f"{len(text) - len(result.output):,} cut"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1,10", help="in millions of characters")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    arguments = parser.parse_args()
    context, worse = multiprocessing.get_context("spawn"), []
    for shape in arguments.shapes.split(","):
        rates = []
        for size in arguments.sizes.split(","):
            with context.Pool(1) as pool:
                count, taken, most, came = pool.apply(_measure, (shape, int(float(size) * 1e6)))
            rates.append(1e6 * taken / count)
            print(f"{shape:14s} {size:>4s} MB {taken:8.2f} s {rates[-1]:6.2f} s/MB {most:6d} MB  {came}", flush=True)
        if rates[-1] > max(1.5 * rates[0], 0.2):
            worse.append(shape)
    if worse:
        print("more than linear:", ", ".join(worse))
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())
