"""Where the nodes of a parsed HTML text stand in its source.

The parser gives the span of each tag that is written. Where an end tag is left out, an element ends where the tag that
closed it begins: the next start tag in document order, or the end tag of an ancestor (HTML Standard, 13.1.2.4).
Offsets of the parser count CR LF as one character (HTML Standard, 13.2.3.5); here they are those of the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

from turbohtml import Element, SourceLocation, SourceSpan

from cleanpage.cuts import Span
from cleanpage.page import Page

__all__ = ["SourceMap"]

_COMMENT = re.compile(r"<!--(?:>|->|.*?(?:--!?>|\Z))|<[!?][^>]*>?", re.DOTALL)


class SourceMap:
    """The spans of one parsed text, asked node by node (asking is slow, so only what is to be cut is asked)."""

    def __init__(self, source: str, page: Page, nodes: Sequence[Element]) -> None:
        self._page = page
        self._nodes = nodes
        self.source = source
        self._folded = _crlf_positions(source)
        self._tags: dict[int, tuple[Span | None, Span | None]] = {}
        self._attributes: dict[int, Mapping[str, SourceSpan]] = {}
        self._unwritten: dict[int, Span | None] = {}
        self._next_tag: dict[int, int | None] = {}
        self._outer_end: dict[int, int | None] = {}
        self._runs: dict[int, range] = {}
        self._pieces: dict[int, list[Span]] = {}

    def _offset(self, offset: int) -> int:
        return offset + bisect_left(self._folded, offset) if self._folded else offset

    def tags(self, i: int) -> tuple[Span | None, Span | None]:
        """Spans of the start and of the end tag of element `i`; None for a tag that is not written."""
        found = self._tags.get(i)
        if found is None:
            where = _location(self._nodes[i])
            start = end = None
            if where is not None:
                start = self._offset(where.start_tag.start_offset), self._offset(where.start_tag.end_offset)
                if where.end_tag is not None:
                    end = self._offset(where.end_tag.start_offset), self._offset(where.end_tag.end_offset)
            found = self._tags[i] = start, end
        return found

    def attribute(self, i: int, name: str) -> Span | None:
        """Span of an attribute of element `i`, with its value and quotes."""
        if i not in self._attributes:
            where = _location(self._nodes[i])
            self._attributes[i] = where.attrs if where is not None else {}
        span = self._attributes[i].get(name)
        return (self._offset(span.start_offset), self._offset(span.end_offset)) if span else None

    def element(self, i: int) -> Span | None:
        """Span of element `i` from its start tag to its end; None where nothing of it is written."""
        start, end = self.tags(i)
        if start is None:
            if i not in self._unwritten:
                self._unwritten[i] = self._around_written(i)
            return self._unwritten[i]
        return start[0], end[1] if end else self.end_of(i)

    def _around_written(self, i: int) -> Span | None:
        """Span of the outermost elements in element `i` that are written."""
        found: Span | None = None
        j, end = i + 1, self._page.ends[i]
        while j < end:
            if self.tags(j)[0] is None:
                j += 1
                continue
            span = self.element(j)
            assert span is not None
            found = (found[0], max(found[1], span[1])) if found else span
            j = self._page.ends[j]
        return found

    def whole(self, i: int) -> Span | None:
        """Span of element `i` to the end of all that is in it, where that goes on after its own end tag, as in
        ``<form><div></form>…</div>``."""
        span = self.element(i)
        if span is None:
            return None
        end = span[1]
        j = self._page.ends[i] - 1
        while j > i:
            inner = self.element(j)
            end = max(end, inner[1]) if inner else end
            j = self._page.parents[j]
        return span[0], end

    def end_of(self, i: int) -> int:
        """Where element `i`, whose end tag is left out, ends: where the tag that closes it begins."""
        start, _ = self.tags(i)
        least = start[1] if start else 0
        page = self._page
        if page.tags[i] in _VOID or (start and self._self_closed(i, start)):
            return least
        places = (self._next_start(page.ends[i]), self._outer_end_tag(page.parents[i]))
        return max(least, min((place for place in places if place is not None), default=len(self.source)))

    def _next_start(self, i: int) -> int | None:
        """Where the first start tag that is written begins, from element `i` on."""
        passed = []
        while i < len(self._page) and i not in self._next_tag:
            passed.append(i)
            tag, _ = self.tags(i)
            if tag is not None:
                self._next_tag[i] = tag[0]
                break
            i += 1
        place = self._next_tag.get(i)
        self._next_tag.update(dict.fromkeys(passed, place))
        return place

    def _outer_end_tag(self, i: int) -> int | None:
        """Where the first end tag that is written begins, of element `i` and the elements around it."""
        passed = []
        while i >= 0 and i not in self._outer_end:
            passed.append(i)
            _, end = self.tags(i)
            if end is not None:
                self._outer_end[i] = end[0]
                break
            i = self._page.parents[i]
        place = self._outer_end.get(i)
        self._outer_end.update(dict.fromkeys(passed, place))
        return place

    def _self_closed(self, i: int, start: Span) -> bool:
        """Whether element `i` is empty and its tag ends in a slash, which ends elements of SVG and MathML."""
        page = self._page
        empty = page.ends[i] == i + 1 and page.text_first[i] == page.text_end[i]
        return empty and self.source.endswith("/>", *start)

    def inside(self, i: int) -> Span | None:
        """Span between the tags of element `i`."""
        start, end = self.tags(i)
        if start is None:
            return self.element(i)
        return start[1], end[0] if end else self.end_of(i)

    def text(self, t: int) -> Span | None:
        """Span of text run `t`, comments beside it left out; None where the source cannot tell."""
        page = self._page
        parent = page.text_parents[t]
        if parent < 0:
            return None
        within = self.inside(parent)
        if within is None:
            return None
        runs = self._runs_beside(parent, t)
        pieces = self._pieces.get(runs.start)
        if pieces is None:
            pieces = self._pieces[runs.start] = self._between_elements(parent, runs.start, within)
        return pieces[runs.index(t)] if len(pieces) == len(runs) else None

    def _between_elements(self, parent: int, t: int, within: Span) -> list[Span]:
        """The spans of text run `t`, the first after an element of `parent`, and the runs side by side with it."""
        before, after = self._siblings(parent, t)
        start, end = within
        if before >= 0 and (span := self.element(before)):
            start = span[1]
        if after >= 0 and (span := self.element(after)):
            end = span[0]
        return _between_comments(self.source, start, end)

    def _runs_beside(self, parent: int, t: int) -> range:
        """The text runs side by side with text run `t`, itself included."""
        if t in self._runs:
            return self._runs[t]
        page = self._page
        at, first, last = page.text_at[t], t, t
        while first > 0 and page.text_at[first - 1] == at and page.text_parents[first - 1] == parent:
            first -= 1
        while last + 1 < len(page.texts) and page.text_at[last + 1] == at and page.text_parents[last + 1] == parent:
            last += 1
        runs = range(first, last + 1)
        self._runs.update(dict.fromkeys(runs, runs))
        return runs

    def _siblings(self, parent: int, t: int) -> tuple[int, int]:
        """The element before text run `t` in its parent, and the element after it; -1 if none."""
        page = self._page
        at = page.text_at[t]
        before = at - 1
        while before > parent and page.parents[before] != parent:
            before = page.parents[before]
        after = at if at < page.ends[parent] else -1
        return (before if before > parent else -1), after


_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def _location(node: Element) -> SourceLocation | None:
    """Where the parser saw an element; None where it is implied, or an attribute's name holds a lone surrogate, which
    the parser cannot tell."""
    try:
        return node.source_location
    except UnicodeDecodeError:
        return None


def _crlf_positions(source: str) -> list[int]:
    """Offsets, counted with CR LF as one character, of each such line end."""
    # Python looks for one character far faster than for two.
    if "\r" not in source:
        return []
    lines = source.split("\r\n")
    lines.pop()
    return list(accumulate([len(line) + 1 for line in lines], initial=-1))[1:]


def _between_comments(source: str, start: int, end: int) -> list[Span]:
    pieces, at = [], start
    for m in _COMMENT.finditer(source, start, end):
        if m.start() > at:
            pieces.append((at, m.start()))
        at = m.end()
    if end > at:
        pieces.append((at, end))
    return pieces
