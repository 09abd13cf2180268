#!/usr/bin/env python3
"""What real filter lists come to: counts by form, loading, memory, speed, and what they take from labelled pages.

usage: python benchmarks/lists.py [--corpus DIR] [--lists DIR] [--pages N] [--only PART...] [--peer]

Parts are counts, load, speed and harm; all by default. The unit of speed is what lxml needs to parse and serialise the
same pages in the same run. Times are the processor's, so that other programs on the machine count little. --peer adds
renovation-ad with the same lists, if it is installed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corpus import corpus_folder, scorer

from cleanpage import Cleaner
from cleanpage.rules.filterlist import read_filter_list

PARTS = ("counts", "load", "speed", "harm")
_KNOWN = Path(__file__).with_name("lists.toml")
_PASSES = 5
_PEER_PAGES = 30
_NAMES = {"exceptions": "#@#"}

Pages = list[tuple[str, str]]


def counts(lists: list[Path]) -> None:
    """Every list's filters by form, beside what is known of the list.

    Filters that edit attributes and classes are executable here, and are not in the known share.
    """
    known = tomllib.loads(_KNOWN.read_text("utf-8"))
    total = executable = 0
    for path in lists:
        report = read_filter_list(path, cache=False).reports[0]
        loaded = report.loaded
        total += loaded.get("cosmetic", 0)
        executable += loaded.get("executable", 0)
        found: list[float] = [loaded.get(_NAMES.get(name, name), 0) for name in known["columns"][:-1]]
        found.append(_percent(loaded.get("executable", 0), loaded.get("cosmetic", 0)))
        expected = known["counts"].get(path.stem)
        rows = zip(known["columns"], found, expected or found, strict=True)
        off = [f"{name} {here} (known: {there})" for name, here, there in rows if here != there]
        word = "no counts known" if expected is None else "; ".join(off) or "all as known"
        print(f"{path.stem:24s}{found[0]:7d} cosmetic, {found[-1]:5.1f} % executable: {word}")
    print(f"{'all':24s}{total:7d} cosmetic, {_percent(executable, total)} % executable (aim: 97.5)")


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


_LOAD = """
import gc, json, sys, time
import cleanpage
import re2, idna, publicsuffixlist
cleanpage.Cleaner()
start = time.process_time()
cleaner = cleanpage.Cleaner(rules=sys.argv[1:])
loaded = time.process_time() - start
pages = json.load(sys.stdin)
for html, url in pages:
    cleaner.clean(html, url=url)
gc.collect()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([loaded, int(status["VmRSS"].split()[0]) / 1024, int(status["VmHWM"].split()[0]) / 1024]))
"""


def load(lists: list[Path], pages: Pages) -> None:
    """How long the lists take to load the first and the second time, and the memory they add, in fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        _, without, without_peak = _loaded([], pages, folder)
        first, cold, cold_peak = _loaded(lists, pages, folder)
        again = [_loaded(lists, pages, folder) for _ in range(3)]
    second, warm, warm_peak = min(again)
    print(f"{len(lists)} lists load in {first:.2f} s the first time (aim: 4), {second:.2f} s the second (aim: 0.4)")
    print(
        f"memory added after {len(pages)} pages: {cold - without:.0f} MB the first time, {warm - without:.0f} MB the"
        f" second (aim: 150); peaks {cold_peak - without_peak:.0f} and {warm_peak - without_peak:.0f} MB"
    )


def _loaded(lists: list[Path], pages: Pages, cache: str) -> tuple[float, float, float]:
    """Seconds of loading, and resident memory in MB: at the end, and at its highest."""
    command = [sys.executable, "-c", _LOAD, *map(str, lists)]
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    done = subprocess.run(command, input=json.dumps(pages), capture_output=True, text=True, env=environment, check=True)
    seconds, memory, peak = json.loads(done.stdout)
    return seconds, memory, peak


def speed(lists: list[Path], pages: Pages, peer: bool) -> None:
    """What the lists cost a page, alone and on top of the packaged rules."""
    ways = {
        "lxml parse + serialise (the unit)": _round_trip(),
        "packaged rules": _clean(Cleaner()),
        "packaged rules + lists": _clean(Cleaner(rules=lists)),
        "nothing (read and write)": _clean(Cleaner(builtin=False)),
        "lists alone": _clean(Cleaner(rules=lists, builtin=False)),
    }
    took = _best(ways, pages)
    unit = took["lxml parse + serialise (the unit)"]
    for name, each in took.items():
        print(f"{name:36s}{1e3 * each / len(pages):9.3f} ms/page   x {each / unit:6.2f}")
    added = (took["packaged rules + lists"] - took["packaged rules"]) / unit
    print(f"the lists add {added:.2f} units (aim: 0.4); alone {took['lists alone'] / unit:.2f} units (aim: 1.0)")
    if peer:
        _compare_with_peer(lists, pages, took["lists alone"] / len(pages))


def _round_trip() -> Callable[[str, str], object]:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf8", huge_tree=True)
    return lambda page, url: etree.tostring(
        html.document_fromstring(page.encode("utf8"), parser=parser), method="html", encoding="unicode"
    )


def _clean(cleaner: Cleaner) -> Callable[[str, str], object]:
    return lambda page, url: cleaner.clean(page, url=url)


def _best(ways: dict[str, Callable[[str, str], object]], pages: Pages, passes: int = _PASSES) -> dict[str, float]:
    """Seconds for all pages, the best of several passes; the ways take turns, so that a busy machine slows all."""
    took = dict.fromkeys(ways, float("inf"))
    for _ in range(passes):
        for name, way in ways.items():
            took[name] = min(took[name], _seconds(way, pages))
    return took


def _seconds(way: Callable[[str, str], object], pages: Pages) -> float:
    gc.collect()
    start = time.process_time()
    for page, url in pages:
        way(page, url)
    return time.process_time() - start


def _compare_with_peer(lists: list[Path], pages: Pages, alone: float) -> None:
    try:
        from renovation_ad import Renovator
    except ImportError:
        print("renovation-ad is not installed: not compared")
        return
    some = pages[:_PEER_PAGES]
    ours = _best({"lists alone": _clean(Cleaner(rules=lists, builtin=False))}, some)["lists alone"]
    theirs = _seconds(Renovator(list(map(str, lists))).clean, some)
    print(
        f"renovation-ad, same lists, {len(some)} pages: {1e3 * theirs / len(some):.1f} ms/page, lists alone here"
        f" {1e3 * ours / len(some):.2f}: {theirs / ours:.0f} times faster (aim: 30)"
    )


def harm(lists: list[Path], folder: Path) -> None:
    """Which labelled blocks the lists alone remove; no block of content may be among them."""
    from baselines import decode
    from blockscore import score

    cleaner = Cleaner(rules=lists, builtin=False)
    found = score(str(folder), lambda html, url: cleaner.clean(html, url), "html", decode)
    kept = {kind: found["by_kind"][kind]["removed"] for kind in ("content", "title", "meta", "caption")}
    print(
        f"{found['pages']} labelled pages, lists alone: share of blocks removed {kept}, clutter {found['junk_removed']}"
    )
    print(f"content lost: {found['content_lost']} (aim: 0); worst pages {found['worst']}")


def _pages(folder: Path, number: int) -> Pages:
    from baselines import decode
    from score import rows

    return [(decode(row["raw"]), row["url"]) for row in rows(str(folder), {"zyte", "fundus"}, number // 2)]


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus")
    parser.add_argument("--lists")
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--peer", action="store_true")
    given = parser.parse_args(arguments if arguments is None else list(arguments))
    folder = corpus_folder(given.corpus)
    scorer(folder)
    lists = sorted(Path(given.lists or folder.parent / "lists").glob("*.txt"))
    if not lists:
        raise SystemExit("no filter lists: give the folder that holds them with --lists")
    pages: Any = _pages(folder, given.pages) if {"load", "speed"} & set(given.only) else []
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; {len(lists)} lists, {len(pages)} pages")
    parts = {
        "counts": lambda: counts(lists),
        "load": lambda: load(lists, pages),
        "speed": lambda: speed(lists, pages, given.peer),
        "harm": lambda: harm(lists, folder),
    }
    for name in given.only:
        print(f"\n== {name}")
        parts[name]()


if __name__ == "__main__":
    main()
