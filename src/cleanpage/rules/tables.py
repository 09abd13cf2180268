"""TOML tables that know where they stand in their file, so that what is wrong in them can be shown.

Python's TOML reader gives values without places. Tables are found again by their headers, keys by the lines below; that
is done for headers once, and for keys and values only when there is something to report.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cleanpage.errors import RuleError, RuleSyntaxError, Where
from cleanpage.model import Range

__all__ = ["MAX_STRING", "Section", "TomlTable", "TomlText", "did_you_mean"]

MAX_STRING: Final = 100_000
"""Longest string, in characters."""

_HEADER = re.compile(r"[ \t]*\[\[?[ \t]*([^\[\]]+?)[ \t]*\]\]?[ \t]*(?:#.*)?")
_MULTI_LINE = re.compile(r"'''|\"\"\"")
_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(?P<exact>{_NUMBER})|(?P<low>{_NUMBER})?\.\.(?P<high>{_NUMBER})?")
_TYPES: Final[Mapping[type, str]] = {
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint with the known word that comes nearest, or `otherwise`.

    >>> did_you_mean("selct", ["select", "xpath"])
    "did you mean 'select'?"
    """
    # Only asked for when there is something to report.
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else otherwise


@dataclass(frozen=True, slots=True)
class Section:
    """A table's lines: from its header (0: the top of the file) to the one before the next header."""

    name: str
    first: int
    end: int


@dataclass(frozen=True)
class TomlText:
    """The text of a TOML file, and where its tables stand in it."""

    file: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every table of the file in order, the first being what stands before all headers."""
        heads = [("", 0), *self._headers()]
        ends = [line for _, line in heads[1:]] + [len(self.lines)]
        return tuple(Section(name, line, end) for (name, line), end in zip(heads, ends, strict=True))

    def _headers(self) -> list[tuple[str, int]]:
        found = []
        quote = ""
        for number, line in enumerate(self.lines):
            if not quote and line.lstrip(" \t").startswith("["):
                header = _HEADER.fullmatch(line.rstrip("\r"))
                if header:
                    found.append((header[1], number))
            if quote or "'''" in line or '"""' in line:
                quote = _still_open(line, quote)
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, list[Section]]:
        found: dict[str, list[Section]] = {}
        for section in self.sections:
            found.setdefault(section.name, []).append(section)
        return found

    def section(self, name: str, number: int = 0) -> Section | None:
        """The `number`-th table called `name`, counted from 0; None where it is not written under a header."""
        named = self._by_name.get(name, [])
        return named[number] if number < len(named) else None

    def at(self, line: int, column: int = 0, width: int = 1) -> Where:
        """A place, by line and column counted from 1."""
        source = self.lines[line - 1].rstrip("\r") if 0 < line <= len(self.lines) else ""
        room = max(1, len(source) - column + 1)
        return Where(self.file, line, column, source, max(1, min(width, room)))

    def key_place(self, section: Section | None, key: str) -> Where:
        """Where a table has `key`, or the table's header, or the file."""
        if section is None:
            return Where(self.file)
        for number in range(section.first, section.end):
            found = _key_pattern(key).match(self.lines[number])
            if found:
                return self.at(number + 1, found.start(1) + 1, len(found[1]))
        headed = section if section.name else self.section(key)
        return self._header_place(headed) if headed and headed.name else Where(self.file)

    def _header_place(self, section: Section) -> Where:
        return self.at(section.first + 1, 1, len(self.lines[section.first]))

    def value_place(self, section: Section | None, key: str, value: str, column: int = 1, width: int = 0) -> Where:
        """Where `value` stands, the string of `key` or one in its list; `column` and `width` mark a part of it."""
        place = self.key_place(section, key)
        if section is None or not place.line:
            return place
        start = self._line_starts[place.line - 1] + place.column
        at = self.text.find(value, start, self._line_starts[section.end])
        if at < 0 or not value:
            return place
        return self._at_offset(at + column - 1, width or len(value))

    def _at_offset(self, offset: int, width: int) -> Where:
        line = self.text.count("\n", 0, offset) + 1
        return self.at(line, offset - self._line_starts[line - 1] + 1, width)


def _still_open(line: str, quote: str) -> str:
    """The multi-line quote that is open after `line`, given the one open before it."""
    at = 0
    while True:
        found = line.find(quote, at) if quote else _next_quote(line, at)
        if found < 0:
            return quote
        quote = "" if quote else line[found : found + 3]
        at = found + 3


def _next_quote(line: str, at: int) -> int:
    found = _MULTI_LINE.search(line, at)
    return found.start() if found else -1


def _key_pattern(key: str) -> re.Pattern[str]:
    name = re.escape(key)
    return re.compile(rf"[ \t]*({name}|\"{name}\"|'{name}')[ \t]*[=.]")


@dataclass(frozen=True)
class TomlTable:
    """The values of one table. Every reader gives the value of a key or raises RuleSyntaxError with its place."""

    source: TomlText
    values: Mapping[str, object]
    name: str = ""
    number: int = 0

    @cached_property
    def section(self) -> Section | None:
        return self.source.section(self.name, self.number)

    @property
    def line(self) -> int:
        """The line of the table's header, counted from 1; 0 where it has none."""
        return self.section.first + 1 if self.section and self.name else 0

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def error(self, code: str, message: str, *, key: str = "", item: str = "", hint: str = "") -> RuleSyntaxError:
        """An error at `key`, or at `item` in its value, or else at the table's header."""
        place = self.source.value_place(self.section, key, item) if item else self.source.key_place(self.section, key)
        return RuleSyntaxError(message, code=code, where=place, hint=hint)

    def inside(self, error: RuleError, key: str, item: str) -> RuleError:
        """`error`, which was found in the string `item` of `key`, with its place in this file."""
        column = error.where.column
        width = error.where.width if column else 0
        place = self.source.value_place(self.section, key, item, max(1, column), width)
        return type(error)(error.message, code=error.code, where=place, hint=error.hint)

    def check_keys(self, known: Iterable[str], owner: str) -> None:
        """Nothing, where all keys are known; `owner` says whose keys they are."""
        known = tuple(known)
        for key in self.values:
            if key not in known:
                hint = did_you_mean(key, known, "known keys: " + ", ".join(known))
                raise self.error("unknown-key", f"{owner} has no key {key!r}", key=key, hint=hint)

    def wrong_type(self, key: str, wanted: str, value: object, item: str = "") -> RuleSyntaxError:
        """The error that `key` is `value` and not what is `wanted`."""
        seen = _TYPES.get(type(value), f"a {type(value).__name__}")
        return self.error("type", f"{key!r} must be {wanted}, not {seen}", key=key, item=item)

    def string(self, key: str, default: str = "") -> str:
        """The string of `key`; an empty one is an error."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.wrong_type(key, "a string", value)
        self._check_string(key, value)
        return value

    def _check_string(self, key: str, value: str) -> None:
        if not value.strip():
            raise self.error("empty", f"{key!r} is empty", key=key, hint="leave the key out, or give it a value")
        if len(value) > MAX_STRING:
            raise self.error("too-long", f"{key!r} is longer than {MAX_STRING:,} characters", key=key)

    def strings(self, key: str) -> tuple[str, ...]:
        """The strings of `key`, written as a list or as one string; none where the key is absent."""
        value = self.values.get(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list):
            raise self.wrong_type(key, "a string or a list of strings", value)
        for item in items:
            if not isinstance(item, str):
                raise self.wrong_type(key, "a list of strings", item)
            if not item or len(item) > MAX_STRING or item.isspace():
                self._check_string(key, item)
        if not items:
            raise self.error("empty", f"{key!r} is empty", key=key, hint="leave the key out, or give it a value")
        return tuple(items)

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """The string of `key`, which must be one of `options`."""
        value = self.string(key, default)
        if key in self.values:
            self.check_choice(key, value, options)
        return value

    def choices(self, key: str, options: Sequence[str]) -> tuple[str, ...]:
        """The strings of `key`, each of which must be one of `options`."""
        values = self.strings(key)
        for value in values:
            self.check_choice(key, value, options)
        return values

    def check_choice(self, key: str, value: str, options: Sequence[str]) -> None:
        """Nothing, where `value` is one of `options`."""
        if value not in options:
            hint = did_you_mean(value, options, f"one of: {', '.join(options)}")
            raise self.error(f"unknown-{key}", f"{key!r} cannot be {value!r}", key=key, item=value, hint=hint)

    def range(self, key: str, most: float = math.inf) -> Range:
        """The range of `key`: ``"..40"``, ``"0.6.."``, ``"3..8"`` or a number, from 0 to `most`."""
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong_type(key, 'a range such as "..40"', value)
        written = str(value).strip()
        found = _RANGE.fullmatch(written.replace(" ", ""))
        if not found or written == "..":
            hint = 'write "..40" (at most), "3.." (at least), "3..8" (from, to) or "3"'
            raise self.error("range", f"{key!r} is no range: {written!r}", key=key, item=written, hint=hint)
        low = float(found["exact"] or found["low"] or 0)
        high = float(found["exact"] or found["high"] or math.inf)
        self._check_bounds(key, written, (low, high), most)
        return Range(low if found["exact"] or found["low"] else -math.inf, high)

    def _check_bounds(self, key: str, written: str, bounds: tuple[float, float], most: float) -> None:
        low, high = bounds
        if low > high:
            hint = "write the smaller number first"
            raise self.error("range", f"{key!r} is an empty range: {written!r}", key=key, item=written, hint=hint)
        if low > most or (high > most and not math.isinf(high)):
            hint = f"{key!r} goes from 0 to {most:g}"
            raise self.error("range", f"{key!r} is out of bounds: {written!r}", key=key, item=written, hint=hint)
