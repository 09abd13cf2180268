"""Where the labelled pages and their scorer are: the folder beside the project, or the one given."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

__all__ = ["corpus_folder", "corpus_hash", "scorer"]

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
