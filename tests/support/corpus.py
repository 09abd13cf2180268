"""The labelled real pages, which are other people's and no part of the project: read where they lie beside it."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("CLEANPAGE_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")


@dataclass(frozen=True)
class CorpusPage:
    """One page as it was served."""

    name: str
    url: str
    data: bytes


def pages(part: int = 0, parts: int = 1) -> Iterator[CorpusPage]:
    """Every `parts`-th page, from the `part`-th on. Skips the test where the corpus is not there."""
    labels = FOLDER / "labels.jsonl"
    if not labels.is_file():
        pytest.skip(f"no corpus of real pages at {FOLDER}; set CLEANPAGE_CORPUS to its folder")
    with labels.open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    for row in rows[part::parts]:
        name = f"{row['set']}/{row['id']}"
        yield CorpusPage(name, row["url"], gzip.decompress((FOLDER / f"{name}.html.gz").read_bytes()))
