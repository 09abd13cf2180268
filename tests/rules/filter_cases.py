"""Reads the case files of filter lists: blocks of a title, a list, HTML, an address and ids, separated by lines of a dot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parent / "filter_cases"


class Case(NamedTuple):
    """One block; `gone` is the ids of the elements that the list removes from the page."""

    name: str
    filters: str
    html: str
    url: str
    gone: frozenset[str]


def read_cases() -> list[Case]:
    """The cases of all files."""
    return [case for path in sorted(CASES.glob("*.md")) for case in _blocks(path)]


def _blocks(path: Path) -> Iterator[Case]:
    title, parts, html, url = "", [], "", ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line == ".":
            parts.append([])
        elif parts:
            parts[-1].append(line)
        elif line.strip():
            title = line
        if len(parts) == 5:
            filters, new_html, new_url, gone, _ = ("\n".join(part) for part in parts)
            html = html if new_html == '"' else new_html
            url = url if new_url == '"' else new_url.strip()
            yield Case(f"{path.stem}: {title}", filters + "\n", html, url, frozenset(gone.split()))
            title, parts = "", []
    if parts:
        raise ValueError(f"{path.name}: unfinished case {title!r}")
