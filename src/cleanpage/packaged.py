"""The data that comes with the package, read by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from cleanpage import plaintoml

__all__ = ["DATA", "read_table", "read_text", "read_words"]

DATA: Final = Path(__file__).parent / "rules" / "data"
"""Its folder. A path, as loading `importlib.resources` takes longer than reading what is in it."""


def read_text(name: str) -> str:
    """The text of one of its files."""
    return (DATA / name).read_text("utf-8")


def read_table(name: str) -> dict[str, Any]:
    """One of its TOML files."""
    return plaintoml.loads(read_text(name))


def read_words(name: str) -> dict[str, tuple[str, ...]]:
    """One of its TOML files that lists words by language: for each of its tables, those of all languages.

    >>> "bildtext" in read_words("captions.toml")["words"]
    True
    """
    return {table: tuple(" ".join(rows.values()).split()) for table, rows in read_table(name).items()}
