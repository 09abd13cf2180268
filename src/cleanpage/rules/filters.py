"""The cosmetic filters of a list as columns: tens of thousands of rules, each made a `Rule` when it is asked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final, overload

from cleanpage.model import Action, Origin, Rule, Sites
from cleanpage.rules.filterline import FilterLine, Form, normal_selector, read_line

__all__ = ["FilterFile", "FilterRules", "FilterTable", "Rows", "exception_text", "filter_selector", "split_domains"]

Rows = int | list[int]
"""One row, or several: almost every key of an index has just one."""


@dataclass(slots=True)
class FilterTable:
    """What one file of filters came to. A row is one filter that a static page can show the effect of.

    Plain data throughout, so that it can be stored; not changed once it is built.
    """

    key: str = ""
    """fingerprint of the file's content and of how it was read."""
    title: str = ""
    version: str = ""
    written: list[str] = field(default_factory=list)
    """the filter of each row, as its author wrote it."""
    lines: list[int] = field(default_factory=list)
    """the line each row stands on."""
    kinds: list[tuple[int, str]] = field(default_factory=list)
    """first row and kind of each stretch of rows of one kind."""
    classes: dict[str, Rows] = field(default_factory=dict)
    """generic rows, by a class that their elements have; then the same by id and by tag."""
    ids: dict[str, Rows] = field(default_factory=dict)
    tags: dict[str, Rows] = field(default_factory=dict)
    attributes: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    """generic rows by an attribute: operator ("=", "^=" or ""), name, value, tag ("" for any), row."""
    pieces: list[tuple[str, str, int]] = field(default_factory=list)
    """generic rows by a text that must stand in a value of some attribute on the page: name, text, row."""
    gated: list[int] = field(default_factory=list)
    """generic rows indexed by something else than their own elements' keys: it must be on the page, no more."""
    keyless: list[int] = field(default_factory=list)
    """generic rows that any element may meet."""
    hosts: dict[str, Rows] = field(default_factory=dict)
    """specific rows by the host key of a site pattern; "" for regular expressions."""
    restricted: list[int] = field(default_factory=list)
    """rows whose host key alone does not decide: negations, paths, regular expressions."""
    everywhere: list[int] = field(default_factory=list)
    """rows written for any host (``*##``): indexed as generic, but not switched off with the generic ones."""
    exceptions: list[str] = field(default_factory=list)
    page_exceptions: list[str] = field(default_factory=list)
    includes: list[tuple[int, str]] = field(default_factory=list)
    """line and path of each list that this one includes."""
    loaded: dict[str, int] = field(default_factory=dict)
    unusable: list[tuple[int, str, str, str]] = field(default_factory=list)
    """line, text, code, reason."""


_DOMAIN: Final = re.compile(r"\s*(~?/(?:[^/\\]|\\.)*/|[^,]+)\s*(?:,|$)")


def split_domains(domains: str) -> tuple[list[str], list[str]]:
    r"""The domains a filter is for, and those it is not for; a regular expression may hold commas.

    >>> split_domains(r"a.com,~b.a.com,/x\d{1,2}\.com/")
    (['a.com', '/x\\d{1,2}\\.com/'], ['b.a.com'])
    """
    names = _DOMAIN.findall(domains) if "/" in domains else domains.split(",")
    include: list[str] = []
    exclude: list[str] = []
    for name in map(str.strip, names):
        if name.startswith("~"):
            exclude.append(name[1:])
        elif name:
            include.append(name)
    return include, exclude


def exception_text(parts: FilterLine) -> str:
    """What a filter and the exceptions from it have in common: the selector in its normal spelling, and the form."""
    mark = "^" if parts.form is Form.HTML else ""
    return mark + normal_selector(parts.body)


_HTML_TEXT: Final = re.compile(r":(?:has-text|contains|-abp-contains)\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)")
_PATTERN: Final = re.compile(r"/.+/[imu]*", re.DOTALL)
_ESCAPED: Final = {"": re.compile(r"\\([()])"), '"': re.compile(r'\\(["\\])'), "'": re.compile(r"\\(['\\])")}
"""What a backslash takes its meaning from, by the quotes around a text."""


def filter_selector(form: Form, body: str) -> str:
    """The selector of a filter, in the selector language of rules.

    Literal texts in ``##^`` filters are compared without regard to case, so they become patterns.

    >>> filter_selector(Form.HTML, 'p:has-text(Sign up)')
    'p:has-text(/Sign\\\\ up/i)'
    """
    return body if form is not Form.HTML or "(" not in body else _HTML_TEXT.sub(_folding_text, body)


def _folding_text(found: re.Match[str]) -> str:
    text = found[1]
    if _PATTERN.fullmatch(text):
        return found[0]
    quote = text[0] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else ""
    plain = _ESCAPED[quote].sub(r"\1", text[1:-1] if quote else text)
    escaped = re.escape(plain).replace("/", r"\/")
    return f":has-text(/{escaped}/i)"


@dataclass(frozen=True, slots=True)
class FilterFile:
    """A table with what the caller says of it: the file's name, the layer, and the kind of all its rules if given."""

    table: FilterTable
    file: str
    layer: str = "call"
    kind: str = ""
    off: frozenset[int] = frozenset()
    """rows that are switched off."""

    @property
    def rows(self) -> Sequence[int]:
        """The rows that are rules."""
        every = range(len(self.table.lines))
        return [row for row in every if row not in self.off] if self.off else every

    def id_of(self, row: int) -> str:
        """The id of the rule of one row: the name of the list, and the line."""
        return f"{PurePath(self.file).stem or 'list'}:{self.table.lines[row]}"

    def rule(self, row: int) -> Rule:
        """The rule of one row."""
        table = self.table
        written, line = table.written[row], table.lines[row]
        parts = read_line(written)
        include, exclude = split_domains(parts.domains)
        selector = filter_selector(parts.form, parts.body)
        action, names = _action(selector)
        return Rule(
            id=self.id_of(row),
            kind=self.kind or self._kind_of(row),
            action=action,
            names=names,
            select=selector,
            sites=Sites(tuple(include), tuple(exclude)),
            origin=Origin(self.file, line),
            layer=self.layer,
            written=written,
        )

    def exception_text(self, row: int) -> str:
        """What an exception from the filter of one row must name."""
        return exception_text(read_line(self.table.written[row]))

    def _kind_of(self, row: int) -> str:
        kinds = self.table.kinds
        place = bisect_right(kinds, row, key=lambda stretch: stretch[0]) - 1
        return kinds[place][1] if place >= 0 else "ad"


def _action(selector: str) -> tuple[Action, tuple[str, ...]]:
    """What a filter does, and the names it does it to; almost all have no action at their end and remove."""
    if ":remove-" not in selector:
        return Action.REMOVE, ()
    from cleanpage.match.selectors import parse_selector

    parsed = parse_selector(selector)
    return parsed.action or Action.REMOVE, (parsed.argument,) if parsed.argument else ()


class FilterRules(Sequence[Rule]):
    """The rules of one or more files of filters; each `Rule` is made when it is asked for."""

    __slots__ = ("files",)

    def __init__(self, files: tuple[FilterFile, ...]) -> None:
        self.files: Final = files

    def __len__(self) -> int:
        return sum(len(file.rows) for file in self.files)

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Rule, ...]: ...
    def __getitem__(self, index: int | slice) -> Rule | tuple[Rule, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        for file in self.files:
            if 0 <= place < len(file.rows):
                return file.rule(file.rows[place])
            place -= len(file.rows)
        raise IndexError(index)

    def __iter__(self) -> Iterator[Rule]:
        return (file.rule(row) for file in self.files for row in file.rows)

    def ids(self) -> Iterator[str]:
        """The ids of the rules, in order, without making the rules."""
        return (file.id_of(row) for file in self.files for row in file.rows)

    def without(self, is_off: Callable[[str], bool]) -> FilterRules:
        """The same filters and exceptions, less the rules whose ids `is_off` names."""
        return FilterRules(tuple(_without(file, is_off) for file in self.files))


def _without(file: FilterFile, is_off: Callable[[str], bool]) -> FilterFile:
    dropped = frozenset(row for row in file.rows if is_off(file.id_of(row)))
    return replace(file, off=file.off | dropped) if dropped else file
