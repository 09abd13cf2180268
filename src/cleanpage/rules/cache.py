"""Compiled filter lists on disk, so that a second start is fast.

One file per list, named by a fingerprint of its content, of the environment it was read in, and of the version of this
format. A file that is missing or damaged counts as not there; a folder that cannot be written to is no error.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Final

from cleanpage.rules.filters import FilterTable

__all__ = ["FORMAT", "TableCache", "fingerprint"]

FORMAT: Final = 7
"""Raised with every change of what a list compiles to."""


def fingerprint(text: str, env: Mapping[str, bool]) -> str:
    """What a list's compiled form is stored under: 32 hexadecimal digits.

    >>> fingerprint("##.promo", {}) == fingerprint("##.promo", {"env_mobile": True})
    False
    """
    head = json.dumps([FORMAT, sorted(env.items())])
    return blake2b(f"{head}\n{text}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class TableCache:
    """A folder of compiled lists; by default cleanpage's own in the platform's cache folder."""

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._folder = None if folder is None else Path(folder)

    @property
    def folder(self) -> Path | None:
        """Where compiled lists are kept; None if the platform has no place for them."""
        if self._folder is None:
            self._folder = _default_folder()
        return self._folder

    def load(self, key: str) -> FilterTable | None:
        """The table stored under `key`, or None."""
        folder = self.folder
        if folder is None:
            return None
        try:
            seal, _, content = (folder / _name(key)).read_bytes().partition(b"\n")
        except OSError:
            return None
        return _decode(content) if seal == _seal(key, content) else None

    def save(self, table: FilterTable) -> bool:
        """Store a table; whether that worked. Other processes see the old file or the whole new one."""
        folder = self.folder
        if folder is None:
            return False
        content = _encode(table)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / _name(table.key), _seal(table.key, content) + b"\n" + content)
        except OSError:
            return False
        return True


def _default_folder() -> Path | None:
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return None
    return user_cache_path("cleanpage", appauthor=False) / "lists"


def _name(key: str) -> str:
    return f"{key}.json"


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


_COLUMNS: Final = tuple(column.name for column in fields(FilterTable))

_PAIRED: Final = ("kinds", "attributes", "pieces", "includes", "unusable")
"""Columns of tuples, which JSON has as lists."""


def _seal(key: str, content: bytes) -> bytes:
    """A checksum that also holds the file to its name, so that damage of any sort is noticed."""
    return blake2b(content, digest_size=16, key=key.encode("ascii")).hexdigest().encode("ascii")


def _encode(table: FilterTable) -> bytes:
    data = {name: getattr(table, name) for name in _COLUMNS}
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _decode(content: bytes) -> FilterTable:
    data = json.loads(content)
    for name in _PAIRED:
        data[name] = list(map(tuple, data[name]))
    return FilterTable(**data)
