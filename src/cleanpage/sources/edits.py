"""Cuts as edits of a source text: spans to delete, and the implied tags that have to be written out.

A bare cut can change how the rest is parsed in two ways that are foreseen here. An element whose end tag was left out
(``<p>a<div class=ad>…</div>b``) was closed by what is cut, and would swallow what follows: its end tag is written. An
element whose start tag was left out (a ``tbody``, ``body``) was opened by what is cut: its start tag is written.
Which tags close which elements: HTML Standard, 13.1.2.4 and 13.2.6.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cleanpage.cuts import Cut, Span
from cleanpage.model import Action
from cleanpage.page import Page, class_tokens
from cleanpage.sources.spans import SourceMap

__all__ = ["Edit", "apply", "class_spans", "edits", "merge", "plan"]

_BLOCK_TAGS = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary table ul li dd dt plaintext xmp listing"
    .split()
)
_CLOSED_BY = {
    "p": _BLOCK_TAGS,
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option", "optgroup"}),
    "optgroup": frozenset({"optgroup"}),
    "tr": frozenset({"tr", "tbody", "tfoot", "thead"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot", "thead"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot", "thead"}),
    "tbody": frozenset({"tbody", "tfoot", "thead"}),
    "thead": frozenset({"tbody", "tfoot", "thead"}),
    "tfoot": frozenset({"tbody", "tfoot", "thead"}),
    "colgroup": frozenset({"tr", "tbody", "tfoot", "thead"}),
    "caption": frozenset({"tr", "tbody", "tfoot", "thead", "colgroup", "col"}),
    "rt": frozenset({"rt", "rp"}),
    "rp": frozenset({"rt", "rp"}),
}
_OPENED_BY = {
    "tbody": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
    "colgroup": frozenset({"col"}),
}
_IN_HEAD = frozenset(
    "base basefont bgsound frameset head html link meta noframes noscript script style template title".split()
)
"""Start tags that stay in the head, or before the body, where no body is open."""
_VALUE = re.compile(r"[^=]*=[ \t\r\n\f]*(?P<quote>[\"']?)(?P<value>[^\"']*)(?P=quote)")
_CLASS = re.compile(r"(?P<name>[^ \t\r\n\f]+)[ \t\r\n\f]*")
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")


@dataclass(frozen=True, slots=True)
class Edit:
    """A span of the source that goes, and the implied tags written in its place."""

    start: int
    end: int
    instead: str = ""


def plan(cut: Cut, page: Page, where: SourceMap) -> tuple[Span, ...] | None:
    """The spans that go with `cut`; None where the source does not tell."""
    node = cut.node
    if node < 0:
        span = where.text(~node)
        return (span,) if span else None
    match cut.action:
        case Action.UNWRAP:
            return tuple(tag for tag in where.tags(node) if tag) or None
        case Action.REMOVE_ATTR:
            return _attributes(node, cut.names, where)
        case Action.REMOVE_CLASS:
            return _classes(node, cut.names, where)
        case _:
            span = where.element(node)
            return (span,) if span else None


def _attributes(i: int, names: Iterable[str], where: SourceMap) -> tuple[Span, ...] | None:
    spans = []
    for name in names:
        span = where.attribute(i, name)
        if span is None:
            return None
        start = span[0]
        while where.source[start - 1] in " \t\r\n\f":
            start -= 1
        spans.append((start, span[1]))
    return tuple(sorted(spans)) or None


def _classes(i: int, names: Iterable[str], where: SourceMap) -> tuple[Span, ...] | None:
    span = where.attribute(i, "class")
    if span is None:
        return None
    value = _VALUE.match(where.source, *span)
    if value is None:
        return None
    gone = frozenset(names)
    if gone.issuperset(class_tokens(value["value"])):
        return _attributes(i, ("class",), where)
    return tuple(class_spans(where.source, value.span("value"), gone)) or None


def class_spans(source: str, value: Span, names: frozenset[str]) -> list[Span]:
    """The spans of some class names in a class attribute, with the white space that parts them from the rest.

    >>> class_spans("ad big  ad", (0, 10), frozenset({"ad"}))
    [(0, 3), (6, 10)]
    """
    spans: list[Span] = []
    kept = value[0]
    for token in _CLASS.finditer(source, *value):
        if token["name"] not in names:
            kept = token.end("name")
        elif token.end() == value[1]:
            return [*(span for span in spans if span[0] < kept), (kept, value[1])]
        else:
            spans.append(token.span())
    return spans


def merge(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def edits(removed: dict[int, Span], others: Iterable[Span], page: Page, where: SourceMap) -> list[Edit]:
    """The spans of removed nodes and other spans as edits, implied tags included."""
    runs = merge([*removed.values(), *others])
    first: dict[int, int] = {}
    for node, span in sorted(removed.items(), key=lambda item: item[1]):
        first.setdefault(span[0], node)
    return [Edit(a, b, _implied(first[a], b, page, where) if a in first else "") for a, b in runs]


def _implied(node: int, end: int, page: Page, where: SourceMap) -> str:
    parent = page.parents[node] if node >= 0 else page.text_parents[~node]
    if parent < 0:
        return ""
    follows = _TAG.match(where.source, end)
    before = _previous(page, parent, node)
    if before is None:
        return _start_tag(parent, follows, end, page, where)
    return _end_tag(before, parent, follows, end, page, where) if before >= 0 else ""


def _previous(page: Page, parent: int, node: int) -> int | None:
    """The node before `node` in its parent; None where it is the first."""
    if node >= 0:
        t = page.text_first[node] - 1
        if t >= page.text_first[parent] and page.text_parents[t] == parent and page.text_at[t] == node:
            return ~t
        i = node - 1
    else:
        i = page.text_at[~node] - 1
        if ~node and page.text_at[~node - 1] == page.text_at[~node] and page.text_parents[~node - 1] == parent:
            return ~(~node - 1)
    if i <= parent:
        return None
    while page.parents[i] != parent:
        i = page.parents[i]
    return i


def _end_tag(
    before: int, parent: int, follows: re.Match[str] | None, end: int, page: Page, where: SourceMap
) -> str:
    tag = page.tags[before]
    closers = _CLOSED_BY.get(tag)
    if closers is None or end >= len(where.source):
        return ""
    start, closed = where.tags(before)
    if start is None or closed is not None:
        return ""
    if follows:
        name = follows[2].lower()
        if name == page.tags[parent] if follows[1] else name in closers:
            return ""
    return f"</{tag}>"


def _start_tag(parent: int, follows: re.Match[str] | None, end: int, page: Page, where: SourceMap) -> str:
    tag = page.tags[parent]
    if tag not in ("body", *_OPENED_BY) or where.tags(parent)[0] is not None:
        return ""
    if _opens(tag, follows, where.source[end : end + 1]):
        return ""
    return f"<{tag}>"


def _opens(tag: str, follows: re.Match[str] | None, first: str) -> bool:
    """Whether what follows opens a `tag` too; `first` is its first character, "" at the end of the source."""
    if follows:
        name = follows[2].lower()
        return not follows[1] and (name not in _IN_HEAD if tag == "body" else name in _OPENED_BY[tag])
    return tag == "body" and first not in ("<", "\0") and not first.isspace()


def apply(source: str, changes: Iterable[Edit]) -> str:
    """`source` with the edits made; they do not overlap and come in order."""
    kept, at = [], 0
    for edit in changes:
        kept += [source[at : edit.start], edit.instead]
        at = edit.end
    kept.append(source[at:])
    return "".join(kept)
