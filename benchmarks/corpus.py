"""Where the labelled pages and their scorer are: the folder beside the project, or the one given."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

__all__ = ["corpus_folder", "corpus_hash", "kinds_of", "scorer", "show"]

_SHARED = Path(__file__).resolve().parents[2] / "shared"


def corpus_folder(given: str | None = None) -> Path:
    """The folder of labelled pages; raises SystemExit with a clear word where there is none."""
    folder = Path(given) if given else _SHARED / "corpus"
    if not (folder / "blocks.jsonl").is_file():
        raise SystemExit(f"no labelled pages at {folder}: give the folder that holds blocks.jsonl with --corpus")
    return folder


def corpus_hash(folder: Path) -> str:
    """A short hash of the labels, to tell one state of the corpus from another."""
    digest = hashlib.sha256()
    for name in ("blocks.jsonl", "labels.jsonl"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def scorer(folder: Path) -> None:
    """Make the corpus's own scoring modules (blockscore, score, baselines) importable."""
    bench = folder.parent / "bench"
    if not (bench / "blockscore.py").is_file():
        raise SystemExit(f"no scorer at {bench}")
    sys.path.insert(0, str(bench))


def kinds_of(row: dict[str, Any]) -> list[str]:
    """The kind of each block of the page that a row of labels is about."""
    return [kind for first, last, kind in row["labels"] for _ in range(first, last + 1)]


def show(found: dict[str, Any]) -> None:
    """Print what the scorer found."""
    for name in ("content_lost", "stay_lost", "junk_removed", "media_lost", "media_junk_removed", "pages_harmed"):
        print(f"{name:20s} {found[name]}")
    for kind, row in found["by_kind"].items():
        print(f"   {kind:12s} {row['blocks']:5d} blocks, removed {row['removed']:.3f}")
    print("worst pages:", found["worst"])
