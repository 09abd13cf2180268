"""What Markdown makes of lines: headings, lists, quotes, tables, code; and of a line: links and images.

Only forms that plain text does not have by chance are read as Markdown, so that one reader serves both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from cleanpage.sources.lines import Lines, fills, wrap_width

__all__ = ["VERBATIM", "Block", "Piece", "blocks", "pieces"]

VERBATIM: Final = "template"
"""The tag of what is never touched and not read: fenced code, front matter, HTML blocks, link definitions."""

_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t])")
_ITEM = re.compile(r"[ \t]*(?:[-*+•·–]|\d{1,9}[.)])[ \t]+(?=\S)")
_QUOTE = re.compile(r" {0,3}(?:>[ \t]?)+")
_FENCE = re.compile(r"[ \t]*(?P<within>(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}|~{3,})")
"""An opening fence, in quotes and lists too."""
_RAW_HTML = re.compile(r" {0,3}<(?:(?P<tag>script|pre|style|textarea)(?=[\s>]|$)|(?P<mark>!--|\?|!\[CDATA\[))", re.I)
"""HTML that goes on, over blank lines, up to its own end."""
_RAW_ENDS: Final = {
    opening: re.compile(ending, re.I)
    for opening, ending in {
        "!--": "-->",
        "?": r"\?>",
        "![cdata[": r"\]\]>",
        **{tag: f"</{tag}>" for tag in ("script", "pre", "style", "textarea")},
    }.items()
}
_HTML = re.compile(
    r" {0,3}</?(?:address|article|aside|blockquote|body|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|nav|ol|p|param|search|section|summary"
    r"|table|tbody|td|tfoot|th|thead|title|tr|ul)(?=[\s/>]|$)",
    re.I,
)
"""HTML that goes on up to the next blank line."""
_DEFINITION = re.compile(r" {0,3}\[[^\[\]]+\]:[ \t]*\S")
_FIELD = re.compile(r"[\w-]+:(?:\s|$)|\s|- |#|\.\.\.")
_FRONT_LINES: Final = 200
"""How many lines front matter may have."""
_HEADING_WORDS: Final = 20
"""A line of more words is no heading, even if it is bold or underlined."""
_ENDS: Final = tuple(".!?;,。！？")

_WRAPPED: Final = ("li", "blockquote")
"""Marked blocks that may go on over the next lines, as a paragraph does."""

_TARGET = r"\([ \t]*(?:<[^<>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:[ \t]+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)"
_IMAGE = r"!\[(?:[^\[\]]*)\]" + _TARGET
_INLINE = re.compile(
    rf"(?P<linked>\[[ \t]*{_IMAGE}(?P<rest>[^\[\]]*)\]{_TARGET})"
    rf"|(?P<image>{_IMAGE})"
    rf"|\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\](?:{_TARGET}|\[[^\[\]]*\])"
    r"|<(?P<auto>https?://[^\s<>]+)>"
    r"|(?P<bare>https?://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+)"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `first` to `end` (not included) as one block: `tag`, and the span of its text in the source."""

    tag: str
    first: int
    end: int
    start: int
    stop: int

    @property
    def kept(self) -> bool:
        """Whether no rule may touch it."""
        return self.tag in (VERBATIM, "tr")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block's text: `tag` is ``a``, ``img`` or empty (plain text).

    `start` to `stop` is all of it in the source, `text_start` to `text_stop` what a reader sees of it.
    """

    tag: str
    start: int
    stop: int
    text_start: int
    text_stop: int


def blocks(lines: Lines) -> Iterator[Block]:
    """The blocks of `lines`, in order; each line belongs to one."""
    width = wrap_width(lines)
    n = 0
    while n < len(lines):
        found = _special(lines, n)
        if found is None:
            found = _paragraph(lines, n, width)
        elif found.tag in _WRAPPED:
            found = _goes_on_over(lines, found, width)
        yield found
        n = found.end


def _special(lines: Lines, n: int) -> Block | None:
    """The block that begins at line `n` by its first characters, None for an ordinary line."""
    line = lines[n]
    mark = line.lstrip()[0]
    if ("```" in line or "~~~" in line) and (fenced := _fence(lines, n)):
        return fenced
    if mark == "<":
        return _html(lines, n)
    if mark == "#":
        return _atx(lines, n, line)
    if mark == "-" and n == 0 and lines.start[0] == 0:
        return _front_matter(lines) or _item(lines, n, line)
    if mark in "-*+•·–" or mark.isdigit():
        return _item(lines, n, line) or _emphasised(lines, n, line)
    if mark == "_":
        return _emphasised(lines, n, line)
    if mark == ">":
        return _within("blockquote", lines, n, _QUOTE.match(line))
    if mark == "[" and _DEFINITION.match(line):
        return _whole(VERBATIM, lines, n, n + 1)
    return None


def _whole(tag: str, lines: Lines, first: int, end: int) -> Block:
    return Block(tag, first, end, lines.start[first], lines.end[end - 1])


def _within(tag: str, lines: Lines, n: int, prefix: re.Match[str] | None) -> Block | None:
    if prefix is None or prefix.end() == lines.end[n] - lines.start[n]:
        return None
    return Block(tag, n, n + 1, lines.start[n] + prefix.end(), lines.end[n])


def _fence(lines: Lines, n: int) -> Block | None:
    """Fenced code up to its closing fence, to the end of the quote it stands in, or else to the end of the text."""
    opening = _FENCE.match(lines[n])
    if opening is None or (opening["fence"][0] == "`" and "`" in lines[n][opening.end() :]):
        return None
    fence, quoted = opening["fence"], ">" in opening["within"]
    for m in range(n + 1, len(lines)):
        line = lines[m].lstrip()
        if quoted and (lines.blank[m] or not line.startswith(">")):
            return _whole(VERBATIM, lines, n, m)
        closing = line.lstrip("> \t").rstrip()
        if closing.startswith(fence) and not closing.strip(fence[0]):
            return _whole(VERBATIM, lines, n, m + 1)
    return _whole(VERBATIM, lines, n, len(lines))


def _html(lines: Lines, n: int) -> Block | None:
    """A block of HTML: a comment, script or the like up to its end (to the end of the text where it has none), any
    other to the next blank line."""
    if raw := _RAW_HTML.match(lines[n]):
        ending = _RAW_ENDS[(raw["tag"] or raw["mark"]).lower()].search(lines.text, lines.start[n] + raw.end())
        return _whole(VERBATIM, lines, n, bisect_right(lines.start, ending.start()) if ending else len(lines))
    if not _HTML.match(lines[n]):
        return None
    end = n + 1
    while end < len(lines) and not lines.blank[end]:
        end += 1
    return _whole(VERBATIM, lines, n, end)


def _front_matter(lines: Lines) -> Block | None:
    """The fields between two rows of dashes with which a Markdown file may begin."""
    if lines[0].rstrip() != "---":
        return None
    for m in range(1, min(len(lines), _FRONT_LINES)):
        if lines[m].rstrip() == "---":
            return _whole(VERBATIM, lines, 0, m + 1) if m > 1 else None
        if not _FIELD.match(lines[m]):
            return None
    return None


def _atx(lines: Lines, n: int, line: str) -> Block | None:
    mark = _HEADING.match(line)
    return _within(f"h{len(mark[1])}", lines, n, mark) if mark else None


def _item(lines: Lines, n: int, line: str) -> Block | None:
    return _within("li", lines, n, _ITEM.match(line))


def _emphasised(lines: Lines, n: int, line: str) -> Block | None:
    """A line that is bold or italic as a whole; a short bold one is a heading."""
    text = line.strip()
    size = len(text) - len(text.lstrip(text[0]))
    marks = text[0] * size
    inner = text[size:-size]
    if not 1 <= size <= 3 or not inner.strip() or not text.endswith(marks) or text[0] in inner:
        return None
    heading = size > 1 and len(inner.split()) <= _HEADING_WORDS and not inner.endswith(_ENDS)
    start = lines.start[n] + line.index(marks) + size
    return Block("h6" if heading else "p", n, n + 1, start, start + len(inner))


def _paragraph(lines: Lines, n: int, width: int) -> Block:
    """An ordinary line: a heading that is underlined, a table, or a paragraph of one or more wrapped lines."""
    last = n + 1 >= len(lines) or lines.blank[n + 1]
    if not last:
        if "|" in lines[n] and (rows := _rows(lines, n)) > 1:
            return _whole("tr", lines, n, n + rows)
        if rank := _underlined(lines, n):
            return Block(rank, n, n + 2, lines.start[n], lines.end[n])
    return _goes_on_over(lines, _whole("p", lines, n, n + 1), width)


def _goes_on_over(lines: Lines, block: Block, width: int) -> Block:
    """The block with the lines that continue it in a text that was wrapped at `width`."""
    end = block.end
    while width and end < len(lines) and not lines.blank[end] and _goes_on(lines, end, width):
        end += 1
    return replace(block, end=end, stop=lines.end[end - 1]) if end > block.end else block


def _goes_on(lines: Lines, n: int, width: int) -> bool:
    """Whether line `n` continues the paragraph of the line before it."""
    return fills(lines, n - 1, width) and not _special(lines, n) and not _is_rule(lines[n])


def _is_rule(line: str) -> bool:
    """Whether a line is nothing but a row of dashes or the like."""
    marks = set(line) - {" ", "\t"}
    return len(marks) == 1 and marks <= set("-=_*~—–·•#+")


def _underlined(lines: Lines, n: int) -> str:
    under = lines[n + 1].strip()
    if len(under) < 3 or set(under) not in ({"="}, {"-"}):
        return ""
    return "" if len(lines[n].split()) > _HEADING_WORDS else "h1" if under[0] == "=" else "h2"


def _rows(lines: Lines, n: int) -> int:
    """How many lines from `n` on are rows of one table, 0 where none begins."""
    bordered = _is_bordered(lines[n])
    if not bordered and not _is_delimiter(lines[n + 1]):
        return 0
    end = n + 1
    while end < len(lines) and not lines.blank[end]:
        if not (_is_bordered(lines[end]) if bordered else "|" in lines[end]):
            break
        end += 1
    return end - n


def _is_bordered(line: str) -> bool:
    text = line.strip()
    return len(text) > 2 and text[0] == "|" and text[-1] == "|"


def _is_delimiter(line: str) -> bool:
    return set(line.strip()) <= set("|-: ") and "|" in line and "--" in line


def pieces(text: str, block: Block) -> list[Piece]:
    """The links, images and plain parts of a block, in order."""
    start, stop = block.start, block.stop
    head = text[start:stop]
    if "](" not in head and "://" not in head and "][" not in head and "www." not in head:
        return [Piece("", start, stop, start, stop)]
    found: list[Piece] = []
    at = start
    for match in _INLINE.finditer(text, start, stop):
        if match.start() > at:
            found.append(Piece("", at, match.start(), at, match.start()))
        found.append(_piece(match))
        at = match.end()
    if at < stop:
        found.append(Piece("", at, stop, at, stop))
    return found


def _piece(match: re.Match[str]) -> Piece:
    start, stop = match.span()
    if match["image"] is not None:
        return Piece("img", start, stop, stop, stop)
    if match["linked"] is not None:
        return Piece("a", start, stop, *match.span("rest"))
    for name in ("text", "auto", "bare"):
        if match[name] is not None:
            return Piece("a", start, stop, *match.span(name))
    return Piece("", start, stop, start, stop)
