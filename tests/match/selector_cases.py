"""Reads the case files: blocks of a title, HTML, a selector and the ids it selects, separated by lines of one dot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cleanpage.budget import Budget
from cleanpage.errors import RuleError
from cleanpage.match.selectors import MatchContext, parse_selector
from cleanpage.sources.html import HtmlReading

CASES = Path(__file__).parent / "cases"


class Case(NamedTuple):
    """One block; `expected` is ids in document order, or ``error: code``."""

    name: str
    html: str
    selector: str
    expected: str


def read_cases(name: str) -> list[Case]:
    """The cases of one file; HTML of ``"`` alone is that of the block before."""
    return list(_blocks((CASES / name).read_text(encoding="utf-8")))


def _blocks(text: str) -> Iterator[Case]:
    html = ""
    title, rows = "", []
    for line in text.splitlines():
        if line == ".":
            rows.append([])
        elif rows:
            rows[-1].append(line)
        elif line.strip():
            title = line.strip()
        if len(rows) == 4:
            parts = ["\n".join(row) for row in rows]
            html = html if parts[0] == '"' else parts[0]
            yield Case(title, html, parts[1], parts[2].strip())
            title, rows = "", []
    if title or rows:
        raise ValueError(f"unfinished case: {title}")


def selected(case: Case, path: str | None = None) -> str:
    """What the case's selector comes to, written as `expected` is; an element without id stands as its tag."""
    try:
        selector = parse_selector(case.selector)
    except RuleError as error:
        return f"error: {error.code}"
    page = HtmlReading(case.html).page
    found = selector.select(page, MatchContext(Budget(1_000_000), path))
    names = " ".join(page.ids[i] or page.tags[i] for i in found)
    action = f" -> {selector.action} {selector.argument}".rstrip() if selector.action else ""
    return names + action
