"""What must hold whatever the page and the rules are; the numbers are those of the contracts in ARCHITECTURE.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cleanpage
from cleanpage.cuts import Cut, Span, Written
from cleanpage.model import Action
from cleanpage.report import Result
from cleanpage.sources.html import HtmlReading

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.oracle import cut_out

__all__ = ["Broken", "check", "check_bytes"]


class Broken(AssertionError):
    """A contract that does not hold."""


def check(cleaner: cleanpage.Cleaner, page: str, url: str | None = None, *, settled: bool = True) -> Result:
    """Clean `page` and hold the result against the contracts.

    `settled`: whether the rules are such that a second cleaning must change nothing (contract 4).
    """
    with _watched() as seen:
        result = cleaner.run(page, url)
    result.to_json()
    _spans(page, result)
    if result.removals:
        reading, written = seen[-1]
        _rest_stays(reading, written)
        _frame_stays(reading, written)
        _article_stays(result)
    if settled and not result.incomplete and _as_decided(result, seen):
        _again(cleaner, result, url)
    return result


def check_bytes(cleaner: cleanpage.Cleaner, page: bytes, url: str | None = None) -> Result:
    """The same for bytes, which are cut as their text is."""
    result = cleaner.run(page, url)
    result.to_json()
    if not result.removals:
        _hold(result.output is page, "1: nothing was cut, but the output is not the input")
    text = page.decode("latin-1")
    inserted = dict(result.report.inserted)
    if "\0" in "".join(inserted.values()) or text.startswith(("\xff\xfe", "\xfe\xff")):
        return result
    spans = [span for removal in result.removals for span in removal.spans]
    _hold(cut_out(text, spans, inserted).encode("latin-1") == result.output, "1: bytes are not the input without spans")
    return result


def _hold(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


@contextmanager
def _watched() -> Iterator[list[tuple[HtmlReading, Written]]]:
    """What HtmlReading is asked to write meanwhile."""
    seen: list[tuple[HtmlReading, Written]] = []
    write = HtmlReading.write

    def watched(self: HtmlReading, cuts: tuple[Cut, ...]) -> Written:
        done = write(self, cuts)
        seen.append((self, done))
        return done

    HtmlReading.write = watched  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        HtmlReading.write = write  # type: ignore[method-assign]


def _spans(page: str, result: Result) -> None:
    spans = [span for removal in result.removals for span in removal.spans]
    _hold(bool(result.removals) or result.output is page, "1: nothing was cut, but the output is not the input")
    _hold(all(0 <= a <= b <= len(page) for a, b in spans), "1: a span outside the page")
    expected = cut_out(page, spans, dict(result.report.inserted))
    _hold(result.output == expected, "1: the output is not the input without the reported spans")


def _rest_stays(reading: HtmlReading, written: Written) -> None:
    """2 and 3: read again, the output has the elements and all the text outside the removed nodes, and nothing else."""
    page, output = reading.page, HtmlReading(str(written.output)).page
    lost, lost_runs = bytearray(len(page)), bytearray(len(page.texts))
    for cut, spans in written.spans.items():
        if cut.node < 0:
            lost_runs[~cut.node] = 1
        elif cut.action is Action.REMOVE:
            _mark(lost, cut.node + _only_inside(reading, cut, spans), page.ends[cut.node])
            _mark(lost_runs, page.text_first[cut.node], page.text_end[cut.node])
        elif cut.action is Action.UNWRAP:
            lost[cut.node] = 1
    texts = "".join(text for text, gone in zip(page.texts, lost_runs, strict=True) if not gone)
    tags = [tag for tag, gone in zip(page.tags, lost, strict=True) if not gone]
    if any(_piecewise(reading, cut, spans) for cut, spans in written.spans.items()):
        left = "".join(output.texts)
        _hold(_within(texts, left) and _within(left, "".join(page.texts)), "3: text is lost or added")
        return
    _hold("".join(output.texts) == texts, "3: text outside the removed nodes is lost or added")
    _hold(output.tags == tags, "2: elements outside the removed nodes are lost or added")


def _mark(flags: bytearray, first: int, end: int) -> None:
    flags[first:end] = b"\x01" * (end - first)


def _piecewise(reading: HtmlReading, cut: Cut, spans: tuple[Span, ...] | None) -> bool:
    """Whether a removal could not be made in one: what is between its pieces stays, and so do tags that are implied."""
    where = reading._where
    if cut.node < 0 or cut.action is not Action.REMOVE:
        return False
    at_once = spans in ((where.element(cut.node),), (where.whole(cut.node),)) or _only_inside(reading, cut, spans)
    return where.tags(cut.node)[0] is None or not at_once


def _within(part: str, whole: str) -> bool:
    """Whether the characters of `part` stand in `whole` in their order, white space left out."""
    rest = iter(whole)
    return all(char in rest for char in "".join(part.split()))


def _only_inside(reading: HtmlReading, cut: Cut, spans: tuple[Span, ...] | None) -> bool:
    """Whether the tags of a removed element stay, and only what is between them goes."""
    where = reading._where
    return None not in where.tags(cut.node) and spans == (where.inside(cut.node),)


def _frame_stays(reading: HtmlReading, written: Written) -> None:
    tags = {reading.page.tags[cut.node] for cut in written.spans if cut.node >= 0 and cut.action is Action.REMOVE}
    _hold(not tags & {"html", "head", "body"}, "5: html, head or body is removed")


def _article_stays(result: Result) -> None:
    reasons = {refused.reason for refused in result.refused}
    _hold(all(reasons), "a refusal without a reason")
    _hold(all(removal.rule and removal.origin for removal in result.removals), "a removal without its rule")


_UNWRITABLE = ("a cut here would change how the rest is parsed", "its place in the source is not known")


def _as_decided(result: Result, seen: list[tuple[HtmlReading, Written]]) -> bool:
    """Whether every cut was made, and in one: what stands around a cut was judged as if all of it were gone."""
    refused = any(refused.reason in _UNWRITABLE for refused in result.refused)
    return not refused and not any(
        _piecewise(reading, cut, spans) for reading, written in seen for cut, spans in written.spans.items()
    )


def _again(cleaner: cleanpage.Cleaner, result: Result, url: str | None) -> None:
    again = cleaner.run(result.output, url)
    told = [(removal.rule, removal.text[:60]) for removal in again.removals]
    _hold(again.output == result.output, f"4: cleaned again, it changes: {told}")
