#!/usr/bin/env python3
"""Real pages, mutated: cut off anywhere, bytes flipped, tags doubled, dropped and swapped. The contracts hold on each.

usage: python benchmarks/mutate.py [--corpus DIR] [--count N] [--first N] [--largest BYTES]

Mutation number `n` is the same on every machine. Prints each that breaks a contract or raises, and the counts; exits 1
where there was one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fuzz"))

from contracts import Broken, check, check_bytes
from corpus import corpus_folder

import cleanpage
from cleanpage.sources.encoding import decode

_TAG: Final = re.compile(rb"<[^<>]{1,200}>")
Mutation = Callable[[bytearray, random.Random], None]


def _cut_off(page: bytearray, chance: random.Random) -> None:
    del page[chance.randrange(len(page) + 1) :]


def _cut_start(page: bytearray, chance: random.Random) -> None:
    del page[: chance.randrange(len(page) // 2 + 1)]


def _flip(page: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 40)):
        if page:
            page[chance.randrange(len(page))] ^= 1 << chance.randrange(8)


def _at_tags(change: Callable[[bytes, random.Random], bytes]) -> Mutation:
    def mutate(page: bytearray, chance: random.Random) -> None:
        tags = [m.span() for m in _TAG.finditer(page)]
        for start, end in sorted(chance.sample(tags, min(len(tags), chance.randrange(1, 8))), reverse=True):
            page[start:end] = change(bytes(page[start:end]), chance)

    return mutate


def _swap(page: bytearray, chance: random.Random) -> None:
    tags = [m.span() for m in _TAG.finditer(page)]
    if len(tags) > 1:
        (a, b), (c, d) = sorted(chance.sample(tags, 2))
        page[a:d] = page[c:d] + page[b:c] + page[a:b]


_MUTATIONS: Final[dict[str, Mutation]] = {
    "cut off": _cut_off,
    "start cut off": _cut_start,
    "bytes flipped": _flip,
    "tags doubled": _at_tags(lambda tag, _: 2 * tag),
    "tags dropped": _at_tags(lambda _, __: b""),
    "tags broken": _at_tags(lambda tag, chance: tag[: chance.randrange(len(tag))]),
    "tags closed": _at_tags(lambda tag, _: tag + b"</" + tag[1:]),
    "tags swapped": _swap,
}


def mutated(page: bytes, number: int) -> tuple[bytes, tuple[str, ...]]:
    """`page` after mutation `number`, and what was done to it."""
    chance = random.Random(number)
    done = tuple(chance.choice(list(_MUTATIONS)) for _ in range(chance.randrange(1, 4)))
    changed = bytearray(page)
    for name in done:
        _MUTATIONS[name](changed, chance)
    return bytes(changed), done


def _pages(folder: Path, largest: int) -> list[tuple[str, str, bytes]]:
    found = []
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        name = f"{row['set']}/{row['id']}"
        data = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
        if len(data) <= largest:
            found.append((name, row["url"], data))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--largest", type=int, default=1_000_000)
    options = parser.parse_args()
    pages = _pages(corpus_folder(options.corpus), options.largest)
    cleaner = cleanpage.Cleaner()
    counted: Counter[str] = Counter()
    start = time.monotonic()
    for number in range(options.first, options.first + options.count):
        name, url, page = pages[number % len(pages)]
        data, done = mutated(page, number)
        counted["pages"] += 1
        counted.update(set(done))
        try:
            result = check(cleaner, decode(data).text, url)
            counted.update(removals=len(result.removals), incomplete=result.incomplete)
            if number % 4 == 0:
                check_bytes(cleaner, data, url)
                counted["as bytes"] += 1
        except Broken as broken:
            counted["BROKEN"] += 1
            print(f"{number} {name}: {broken}", flush=True)
        except Exception as error:
            counted["RAISED"] += 1
            print(f"{number} {name}: {type(error).__name__}: {error}", flush=True)
        if counted["pages"] % 1_000 == 0:
            print(f"... {counted['pages']:,} pages in {time.monotonic() - start:.0f} s", flush=True)
    print(", ".join(f"{count:,} {what}" for what, count in sorted(counted.items())))
    return int(counted["BROKEN"] + counted["RAISED"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
