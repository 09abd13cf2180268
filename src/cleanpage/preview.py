"""A page with what cleaning takes marked in place, to look at in a browser before trusting a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from cleanpage.report import Removal, Result

__all__ = ["preview"]

_START_TAG = re.compile(r"<[A-Za-z][^\s/>]*")
_DOCTYPE = re.compile(r"\ufeff?\s*(?:<!--.*?-->\s*)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)
_MARK: Final = "data-cleanpage"

_HEAD: Final = f"""<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="script-src 'none'">
<style>
[{_MARK}] {{ outline: 3px solid #c00 !important; background: #fdd !important; color: #000 !important;
  opacity: 1 !important; position: static !important; }}
[{_MARK}]::before {{ content: attr({_MARK}); background: #c00; color: #fff; font: bold 12px/1.5 sans-serif;
  padding: 0 .5em; }}
#cleanpage-list {{ all: initial; display: block; padding: 1em; border-top: 3px solid #c00; background: #fff;
  font: 14px/1.5 sans-serif; }}
#cleanpage-list li {{ display: list-item; margin-left: 2em; }}
</style>
"""


def preview(source: str, result: Result) -> str:
    """`source` with each removal of `result` outlined and named, and a list of all of them at its end.

    Args:
        source: the HTML that was cleaned.
        result: what cleaning this very str came to.

    Returns:
        HTML to be saved as UTF-8. Its scripts do not run; nothing else of the page is changed.

    >>> import cleanpage
    >>> page = "<p>Hello</p>"
    >>> preview(page, cleanpage.Cleaner(builtin=False).run(page)).endswith("<p>Nothing is cut.</p></div>")
    True
    """
    head = _DOCTYPE.match(source)
    start = head.end() if head else 0
    pieces = [source[:start], _HEAD]
    at = start
    for place, end, mark in _marks(source, result.removals):
        if place >= at:
            pieces += [source[at:place], mark]
            at = end
    return "".join([*pieces, source[at:], _list(result.removals)])


def _marks(source: str, removals: Iterable[Removal]) -> Iterator[tuple[int, int, str]]:
    """Where in the source a mark goes, what of the source it stands for, and the mark, in order."""
    spans = sorted({(span, removal.kind, removal.rule) for removal in removals for span in _spans(removal)})
    for (start, end), kind, rule in spans:
        label = f'{_MARK}="{escape(f"{kind}: {rule}")}"'
        tag = _START_TAG.match(source, start, end)
        if tag:
            yield tag.end(), tag.end(), " " + label
        elif "<" not in source[start:end]:
            yield start, end, f"<mark {label}>{source[start:end]}</mark>"


def _spans(removal: Removal) -> tuple[tuple[int, int], ...]:
    if removal.action != "remove":
        return ()
    return removal.spans or ((removal.span,) if removal.span else ())


def _list(removals: Iterable[Removal]) -> str:
    items = [
        f"<li><b>{escape(removal.kind)}</b> {escape(removal.rule)} ({escape(removal.origin)}):"
        f" {escape(removal.text or removal.path)}</li>"
        for removal in removals
    ]
    inside = f"<ol>{''.join(items)}</ol>" if items else "<p>Nothing is cut.</p>"
    return f'<div id="cleanpage-list">{inside}</div>'
