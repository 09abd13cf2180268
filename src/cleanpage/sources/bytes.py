"""HTML bytes: decoded, read and cut as text, and the cuts made in the bytes themselves."""

from __future__ import annotations

from cleanpage.cuts import Cut, Span, Written
from cleanpage.page import Page
from cleanpage.sources.edits import merge
from cleanpage.sources.encoding import decode
from cleanpage.sources.html import HtmlReading

__all__ = ["BytesReading"]


class BytesReading:
    """HTML bytes; the output is in their own encoding, and every byte outside the cuts is as it came.

    >>> BytesReading("<p>é<b>x</b>".encode("latin-1")).write((Cut(4),)).output
    b'<p>\\xe9'
    """

    def __init__(self, data: bytes, encoding: str | None = None) -> None:
        self._decoded = decode(data, encoding)
        self._html = HtmlReading(self._decoded.text)

    @property
    def page(self) -> Page:
        return self._html.page

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """The bytes without the cut spans; spans are in bytes."""
        written = self._html.write(cuts)
        if not written.spans:
            return Written(self._decoded.data, {}, written.refused, stuck=written.stuck)
        places = sorted({x for spans in written.spans.values() for span in spans or () for x in span})
        byte = dict(zip(places, self._decoded.offsets(places), strict=True))
        spans = {cut: _mapped(spans, byte) for cut, spans in written.spans.items()}
        inserted = tuple((byte[at], tag) for at, tag in written.inserted)
        output = self._cut(spans.values(), dict(inserted))
        return Written(output, spans, written.refused, inserted=inserted, stuck=written.stuck)

    def _cut(self, spans: object, inserted: dict[int, str]) -> bytes:
        data, kept, at = self._decoded.data, [], 0
        for start, end in merge(span for group in spans for span in group):  # type: ignore[attr-defined]
            kept += [data[at:start], self._decoded.encode(inserted.get(start, ""))]
            at = end
        kept.append(data[at:])
        return b"".join(kept)


def _mapped(spans: tuple[Span, ...] | None, byte: dict[int, int]) -> tuple[Span, ...]:
    return tuple((byte[a], byte[b]) for a, b in spans or ())
