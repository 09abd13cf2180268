"""Which rule packages are installed: entry points, asked for only where some installed package may have them.

Python's own reader of entry points takes a good part of a start, and most machines have no rule package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["rule_packages"]

_INFO: Final = (".dist-info", ".egg-info")
_ENTRY_POINTS: Final = "entry_points.txt"


def rule_packages(group: str) -> list[EntryPoint]:
    """The entry points of `group` that installed packages have."""
    if not _may_have(group):
        return []
    from importlib.metadata import entry_points

    return list(entry_points(group=group))


def _may_have(group: str) -> bool:
    """Whether an installed package may have entry points of `group`; surely not where none has a file that names it."""
    if any(finder is not PathFinder and hasattr(finder, "find_distributions") for finder in sys.meta_path):
        return True
    folders = [path or os.curdir for path in dict.fromkeys(sys.path)]
    if any(path.endswith(".egg") or os.path.isfile(path) for path in folders):
        return True
    name = group.encode()
    return any(name in _read(path) for folder in folders for path in _entry_point_files(folder))


def _entry_point_files(folder: str) -> Iterator[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.lower().endswith(_INFO):
            yield os.path.join(folder, name, _ENTRY_POINTS)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as stream:
            return stream.read()
    except OSError:
        return b""
