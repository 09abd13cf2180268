"""A result in words: a table of what was cut, and the answer to "which rule took this sentence?"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cleanpage.report import Refused, Removal, Result

__all__ = ["explain", "why"]

_HEAD = ("KIND", "RULE", "ORIGIN", "TEXT")
_GAP = "  "


def explain(result: Result, width: int = 120) -> str:
    """What was cut and by which rule, what was found but not cut, and what rules of this site found nothing.

    Args:
        result: the outcome for one page.
        width: the length of a line in characters; texts are cut short to keep to it.

    Returns:
        Lines of plain text, without control characters whatever the page holds.

    >>> import cleanpage
    >>> print(explain(cleanpage.Cleaner(builtin=False).run("<p>Hello</p>")))
    Nothing was cut.
    """
    return "\n".join(_printable(line) for line in _lines(result, width))


def _lines(result: Result, width: int) -> Iterator[str]:
    if result.incomplete:
        yield f"Not cleaned: {result.why_incomplete}; the page is as it came."
    elif not result.removals:
        yield "Nothing was cut."
    else:
        yield from _table([_HEAD, *map(_row, result.removals)], width)
    if result.refused:
        yield "Found, but not cut:"
        yield from _table([_refused_row(refused) for refused in result.refused], width)
    if result.unmatched:
        yield "Rules for this site that found nothing: " + ", ".join(result.unmatched)
    if result.by_markup:
        yield "Rules that go by selectors, which plain text does not have: " + ", ".join(result.by_markup)


def _row(removal: Removal) -> tuple[str, ...]:
    return removal.kind, removal.rule, removal.origin, _shown(removal)


def _refused_row(refused: Refused) -> tuple[str, ...]:
    return refused.kind, refused.rule, refused.origin, f"{refused.reason}: {refused.text or refused.path}"


def _shown(removal: Removal) -> str:
    """The text of a removal; for what has none its place, and for what stays in part what was done to it."""
    text = removal.text or removal.path
    return text if removal.action == "remove" else f"[{removal.action}] {text}"


def _table(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    columns = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for *cells, last in rows:
        start = _GAP.join(cell.ljust(size) for cell, size in zip(cells, columns, strict=True)) + _GAP
        yield (start + _shortened(last, max(20, width - len(start)))).rstrip()


def _shortened(text: str, width: int) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= width else folded[: width - 1] + "…"


def why(result: Result, text: str) -> str:
    """Which rules took `text`, and why; or why it is still there.

    >>> import cleanpage
    >>> print(why(cleanpage.Cleaner(builtin=False).run("<p>Hello</p>"), "Hello"))
    No rule took 'Hello'.
    """
    found = [_taken(removal) for removal in result.why(text)]
    found += [_held(refused) for refused in _refused_with(result.refused, text)]
    return "\n".join(map(_printable, found or [f"No rule took {text!r}."]))


def _taken(removal: Removal) -> str:
    reason = f": {removal.reason}" if removal.reason else ""
    return f"{removal.rule} ({removal.kind}, {removal.origin}) took {removal.path}{reason}"


def _held(refused: Refused) -> str:
    return f"{refused.rule} ({refused.kind}, {refused.origin}) found {refused.path}, not cut: {refused.reason}"


def _refused_with(refused: Iterable[Refused], text: str) -> Iterator[Refused]:
    wanted = " ".join(text.split()).casefold()
    return (each for each in refused if wanted in each.text.casefold())


def _printable(line: str) -> str:
    """`line` without what a terminal would obey instead of show."""
    return line if line.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in line)
