#!/usr/bin/env python3
"""What it costs to start, and how much memory a page takes.

usage: python benchmarks/start.py [--runs N] [--corpus DIR]

Prints the best and the median of: `import cleanpage`; the first `clean` after it; `python -m cleanpage < page.html` as
a whole process, more than `python -c pass`; and for pages of several sizes the peak of memory as a multiple of their
size, and, with a corpus, the same for its largest page and for one of middling size.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scaling import _page

_IMPORT: Final = "import time; t = time.perf_counter(); import cleanpage; print(time.perf_counter() - t)"
_FIRST: Final = (
    "import time, cleanpage; t = time.perf_counter(); cleanpage.clean('<p>Hello</p>'); print(time.perf_counter() - t)"
)
_MEMORY: Final = """
import re, sys, cleanpage

def status(name):
    return 1024 * int(re.search(rf"{name}:\\s+(\\d+) kB", open("/proc/self/status").read())[1])

data = open(sys.argv[1], "rb").read()
page = data.decode("utf-8", "replace")
cleaner = cleanpage.Cleaner()
cleaner.run("<p>Hello</p>" * 50, "https://news.example.com/")
open("/proc/self/clear_refs", "w").write("5")  # the peak is counted anew from here
before = status("VmRSS")
result = cleaner.run(page, "https://news.example.com/")
print((status("VmHWM") - before) / len(data))
"""
"""Linux only: the system's own peak is that of the start, where rules and weights are read."""


def _printed(code: str, *arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True, text=True)
    return float(done.stdout)


def _process(command: list[str], page: Path) -> float:
    start = time.perf_counter()
    with page.open("rb") as stream:
        subprocess.run(command, stdin=stream, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _show(name: str, seconds: list[float]) -> None:
    print(f"{name:44s} {1e3 * min(seconds):8.1f} ms best {1e3 * statistics.median(seconds):8.1f} ms median", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--corpus", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "corpus")
    options = parser.parse_args()
    runs, corpus = range(options.runs), options.corpus
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(_page(200_000), encoding="utf-8")
        _show("import cleanpage", [_printed(_IMPORT) for _ in runs])
        _show("first clean()", [_printed(_FIRST) for _ in runs])
        bare = [_process([sys.executable, "-c", "pass"], page) for _ in runs]
        whole = [_process([sys.executable, "-m", "cleanpage"], page) for _ in runs]
        _show("python -c pass", bare)
        _show("cleanpage < page.html (200 kB), more than that", [seconds - min(bare) for seconds in whole])
        for size in (200_000, 1_000_000, 10_000_000):
            page.write_text(_page(size), encoding="utf-8")
            _show_memory(f"made up, {size / 1e6:.1f} MB", page)
        for name, data in _real_pages(corpus):
            page.write_bytes(data)
            _show_memory(f"{name}, {len(data) / 1e6:.1f} MB", page)
    return 0


def _real_pages(folder: Path) -> list[tuple[str, bytes]]:
    """A page of the corpus of middling size, and its largest one."""
    pages = sorted((gzip.decompress(path.read_bytes()) for path in folder.glob("*/*.html.gz")), key=len)
    return [("middling page", pages[len(pages) // 2]), ("largest page", pages[-1])] if pages else []


def _show_memory(name: str, page: Path) -> None:
    print(f"peak memory, {name}: {_printed(_MEMORY, str(page)):6.1f} times its size", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
