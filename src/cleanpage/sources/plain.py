"""Plain text and Markdown: read as a page of paragraphs and lines, cut by whole lines.

Each line that stands for itself is a block, and so is each paragraph of a text that was wrapped at some width. Where no
headings are marked, the short lines between two paragraphs of prose are a box of their own, so that a rule that reaches
to the end of a section never reaches into the prose behind it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Final

from cleanpage.cuts import Cut, Span, Written
from cleanpage.model import Action
from cleanpage.page import HEADINGS, Page, PageBuilder, count_words
from cleanpage.sources.captions import with_captions
from cleanpage.sources.lines import Lines
from cleanpage.sources.markdown import VERBATIM, Block, Piece, blocks, pieces

__all__ = ["BLANK", "ROOT", "PlainReading"]

BLANK: Final = "\n \n"
"""What stands on the page for blank lines between two blocks; two line breaks that cuts bring together are none."""

ROOT: Final = "text"
"""The tag of the root of a page that was read from plain text; its only child is the body."""

_PROSE_WORDS: Final = 15
_WRAPPERS: Final = {"li": "ul", "tr": "table"}


class PlainReading:
    """A plain text: its page, and for each element the lines or the characters that it stands for.

    A text without a line break is one run of text in the body, which no rule removes.

    >>> reading = PlainReading("Title\\n\\nShare this\\n\\nText.\\n")
    >>> [reading.page.text(i) for i in reading.page.by_tag["p"]]
    ['Title', 'Share this', 'Text.']
    >>> reading.write((Cut(reading.page.by_tag["p"][1]),)).output
    'Title\\n\\nText.\\n'
    """

    def __init__(self, text: str) -> None:
        self.text: Final = text
        self._lines: Final = Lines(text)
        self._blocks: Final = with_captions(text, list(blocks(self._lines)))
        read = _Reader(text, self._blocks, self._lines)
        self.page: Final[Page] = read.page
        self._element_blocks: Final = read.element_blocks
        self._run_blocks: Final = read.run_blocks
        self._element_spans: Final = read.element_spans
        self._run_spans: Final = read.run_spans

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """The text without the cut lines and the blank lines that belonged to them; all else stays as it is."""
        refused: dict[Cut, str] = {}
        spans: dict[Cut, tuple[Span, ...]] = {}
        whole: dict[Cut, range] = {}
        for cut in cuts:
            if reason := self._forbids(cut):
                refused[cut] = reason
            elif taken := self._taken(cut.node):
                whole[cut] = taken
            else:
                spans[cut] = (self._inline(cut.node),)
        for cut, found in self._by_lines(whole).items():
            if found:
                spans[cut] = found
            else:
                refused[cut] = "code, tables and link definitions are never touched"
        return Written(_without(self.text, (s for found in spans.values() for s in found)), spans, refused)

    def _forbids(self, cut: Cut) -> str:
        page, node = self.page, cut.node
        if cut.action is not Action.REMOVE:
            return "plain text has no tags and attributes"
        if 0 <= node <= page.body or (node < 0 and page.text_parents[~node] <= page.body):
            return "the whole text is never removed"
        return ""

    def _taken(self, node: int) -> range:
        """The blocks that go with `node`; none where it is only a part of one."""
        if node >= 0:
            return range(*self._element_blocks[node])
        block = self._run_blocks[~node]
        first, stop = self._run_spans[~node]
        if block >= 0 and first <= self._blocks[block].start and stop >= self._blocks[block].stop:
            return range(block, block + 1)
        return range(0)

    def _inline(self, node: int) -> Span:
        return self._element_spans[node] if node >= 0 else self._run_spans[~node]

    def _by_lines(self, whole: dict[Cut, range]) -> dict[Cut, tuple[Span, ...]]:
        """For each cut of whole blocks, its spans: neighbours that go together go with what is between them."""
        owner = {b: cut for cut, taken in whole.items() for b in taken if not self._blocks[b].kept}
        spans: dict[Cut, list[Span]] = {cut: [] for cut in whole}
        for run in self._runs(sorted(owner)):
            start, stop = self._lines_of(run)
            edges = [start, *(self._first_of(b) for b in run[1:]), stop]
            for b, span in zip(run, pairwise(edges), strict=True):
                _append(spans[owner[b]], span)
        return {cut: tuple(found) for cut, found in spans.items()}

    def _runs(self, numbers: list[int]) -> Iterator[list[int]]:
        """Neighbours that go together. Where blank lines stand neither before nor behind them but among them, they go
        as two, so that those blank lines keep apart what is left."""
        made, blank = self._blocks, self._lines.blank
        for run in _consecutive(numbers):
            parted = next((n for n, b in enumerate(run) if blank[made[b].first]), 0)
            if parted and run[-1] + 1 < len(made):
                yield run[:parted]
            yield run[parted:] if run[-1] + 1 < len(made) else run

    def _first_of(self, b: int) -> int:
        return self._lines.start[self._blocks[b].first]

    def _lines_of(self, run: list[int]) -> Span:
        """The span of consecutive blocks.

        The blank lines behind them go too where others stand before them (or nothing does), so that what is left stays
        apart as it was; behind the last block nothing needs to be kept apart, so the blank lines before them go.
        """
        lines, made, text = self._lines, self._blocks, self.text
        first = made[run[0]].first
        last = made[run[-1]].end - 1
        start = lines.start[first]
        if last + 1 < len(lines):
            return (start, lines.start[last + 1]) if lines.blank[first] else (start, lines.after[last])
        if first == 0:
            return start, len(text)
        return (lines.after if text[-1] in "\r\n" else lines.end)[first - 1], len(text)


class _Spans:
    """Spans, kept small: texts have millions of lines."""

    __slots__ = ("_starts", "_stops")

    def __init__(self) -> None:
        self._starts: Final[array[int]] = array("q")
        self._stops: Final[array[int]] = array("q")

    def append(self, span: Span) -> None:
        self._starts.append(span[0])
        self._stops.append(span[1])

    def __getitem__(self, n: int) -> Span:
        return self._starts[n], self._stops[n]


class _Reader:
    """Builds the page of a text: elements and runs, and what each of them stands for in the source."""

    def __init__(self, text: str, made: list[Block], lines: Lines) -> None:
        self._text = text
        self._lines = lines
        self._build = PageBuilder()
        self.element_blocks: Final = _Spans()
        self.element_spans: Final = _Spans()
        self.run_blocks: Final[array[int]] = array("q")
        self.run_spans: Final = _Spans()
        root = self._element(ROOT, -1, range(0), (0, len(text)))
        body = self._element("body", root, range(0), (0, len(text)))
        if len(made) == 1 and made[0].end == 1:
            self._run(text, body, -1, (0, len(text)))
        else:
            self._read(made, body)
        none: dict[str, str] = {}
        self.page = self._build.build(lambda _: none)

    def _read(self, made: list[Block], body: int) -> None:
        for wrapper, inside in _boxes(self._text, made):
            parent = body
            if wrapper:
                parent = self._element(wrapper, body, inside, (made[inside[0]].start, made[inside[-1]].stop))
            for tag, group in groupby(inside, key=lambda b: _WRAPPERS.get(made[b].tag, "")):
                numbers = list(group)
                around = range(numbers[0], numbers[-1] + 1)
                holder = self._element(tag, parent, around, (0, 0)) if tag else parent
                for b in numbers:
                    self._block(made[b], b, holder)

    def _block(self, block: Block, b: int, parent: int) -> None:
        span = block.start, block.stop
        element = self._element(block.tag, parent, range(b, b + 1), span)
        for piece in pieces(self._text, block) if block.tag != VERBATIM else (Piece("", *span, *span),):
            self._piece(piece, b, element)
        apart = block.end < len(self._lines) and self._lines.blank[block.end]
        self._run(BLANK if apart else "\n", parent, -1, (block.stop, block.stop))

    def _piece(self, piece: Piece, b: int, parent: int) -> None:
        span = piece.start, piece.stop
        holder = self._element(piece.tag, parent, range(0), span) if piece.tag else parent
        shown = self._text[piece.text_start : piece.text_stop]
        if shown:
            self._run(shown, holder, b, span)

    def _element(self, tag: str, parent: int, taken: range, span: Span) -> int:
        self.element_blocks.append((taken.start, taken.stop))
        self.element_spans.append(span)
        return self._build.element(tag, parent)

    def _run(self, text: str, parent: int, block: int, span: Span) -> None:
        self.run_blocks.append(block)
        self.run_spans.append(span)
        self._build.run(text, parent)


def _boxes(text: str, made: list[Block]) -> Iterator[tuple[str, range]]:
    """Blocks that stand in one box, with the box's tag; empty where they stand in the body itself."""
    if any(block.tag in HEADINGS for block in made):
        yield "", range(len(made))
        return
    numbers = range(len(made))
    for short, group in groupby(numbers, key=lambda b: not _is_prose(text, made[b])):
        inside = list(group)
        yield "div" if short else "", range(inside[0], inside[-1] + 1)


def _is_prose(text: str, block: Block) -> bool:
    return block.kept or count_words(text[block.start : block.stop]) >= _PROSE_WORDS


def _consecutive(numbers: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _append(spans: list[Span], span: Span) -> None:
    """Add a span, as one with the last where it continues it."""
    if spans and spans[-1][1] == span[0]:
        spans[-1] = spans[-1][0], span[1]
    else:
        spans.append(span)


def _without(text: str, spans: Iterable[Span]) -> str:
    kept, at = [], 0
    for start, stop in sorted(spans):
        kept.append(text[at:start])
        at = max(at, stop)
    kept.append(text[at:])
    return "".join(kept) if at else text
