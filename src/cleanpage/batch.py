"""Many pages or texts in one file: JSON lines, CSV and Parquet, one record after the other.

Only the field that is cleaned changes, by its span in the record: the other fields, the order, white space and quotes
stay as they were written. A record that cannot be read is reported and passed on unchanged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from os import PathLike
from typing import Any, Final

from cleanpage.errors import CleanpageError, InputError

__all__ = ["BadRecord", "Clean", "Report", "csv", "jsonl", "parquet"]

Clean = Callable[[str, str | None], str]
"""Cleans one value: takes it and its record's URL (None where it has none), gives the cleaned value."""

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that was passed on unchanged: its `number` (the first is 1, a CSV header counts) and why."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"record {self.number}: {self.reason}"


Report = Callable[[BadRecord], object]
"""Is told of each bad record."""

Span = tuple[int, int]


class _Unreadable(Exception):
    """Why a record cannot be cleaned."""


def jsonl(
    lines: Iterable[bytes], clean: Clean, report: Report, *, field: str = "text", url_field: str | None = None
) -> Iterator[bytes]:
    """Clean one field of each JSON object in `lines` (UTF-8, one object a line, with its line break).

    Gives the lines in their order, one for each, as soon as it is cleaned; blank lines as they are. Lines that are not
    JSON objects, or whose `field` is not a string, go to `report` and come out unchanged.

    >>> lines = [b'{"id": 1.0, "text": "keep this"}\\n', b"oops\\n"]
    >>> list(jsonl(lines, lambda text, url: text.upper(), print))
    record 2: not a JSON object
    [b'{"id": 1.0, "text": "KEEP THIS"}\\n', b'oops\\n']
    """
    for number, line in enumerate(lines, 1):
        try:
            yield _jsonl_record(line, clean, field, url_field) if line.strip() else line
        except (_Unreadable, CleanpageError) as error:
            report(BadRecord(number, str(error)))
            yield line


def _jsonl_record(line: bytes, clean: Clean, field: str, url_field: str | None) -> bytes:
    text = _decode(line)
    members = _members(text)
    value, span = _string(members, field)
    new = clean(value, _address(members.get(url_field) if url_field else None))
    if new == value:
        return line
    start, end = span
    return (text[:start] + _quoted(new, text[start:end]) + text[end:]).encode()


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise _Unreadable(f"not UTF-8 at byte {error.start}") from None


def _members(text: str) -> dict[str, tuple[object, Span]]:
    """The members of the JSON object `text`: name to value and the value's span; of equal names the last."""
    members: dict[str, tuple[object, Span]] = {}
    at = _skip(text, 1 if text.startswith(_BOM) else 0)
    try:
        if text[at] != "{":
            raise _Unreadable("not a JSON object")
        at = _skip(text, at + 1)
        while text[at] != "}":
            at = _member(text, at, members)
    except (ValueError, IndexError, StopIteration, RecursionError):
        raise _Unreadable("not a JSON object") from None
    if text[at + 1 :].strip():
        raise _Unreadable("not a JSON object")
    return members


def _member(text: str, at: int, members: dict[str, tuple[object, Span]]) -> int:
    """Read the member at `at`; returns where the next one, or the closing brace, stands."""
    if text[at] != '"':
        raise ValueError
    name, at = scanstring(text, at + 1, True)
    at = _skip(text, at)
    if text[at] != ":":
        raise ValueError
    start = _skip(text, at + 1)
    value, end = _DECODER.raw_decode(text, start)
    members[name] = value, (start, end)
    at = _skip(text, end)
    if text[at] == "}":
        return at
    if text[at] != ",":
        raise ValueError
    at = _skip(text, at + 1)
    if text[at] == "}":
        raise ValueError
    return at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _string(members: dict[str, tuple[object, Span]], field: str) -> tuple[str, Span]:
    if field not in members:
        raise _Unreadable(f"no field {field!r}")
    value, span = members[field]
    if not isinstance(value, str):
        raise _Unreadable(f"field {field!r} is not a string")
    return value, span


def _address(found: tuple[object, Span] | None) -> str | None:
    return found[0] if found and isinstance(found[0], str) and found[0] else None


def _quoted(value: str, written: str) -> str:
    """`value` as a JSON string: in ASCII where the old one was written so, or where UTF-8 cannot say it."""
    quoted = json.dumps(value, ensure_ascii=written.isascii())
    try:
        quoted.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return quoted


def csv(
    lines: Iterable[str],
    clean: Clean,
    report: Report,
    *,
    field: str = "text",
    url_field: str | None = None,
    delimiter: str = ",",
) -> Iterator[str]:
    """Clean one column of a CSV file, given as lines with their line breaks (open it with ``newline=""``).

    The first record names the columns. Gives the records in their order, each as one string. Records without the
    column, or with a quote that is never closed, go to `report` and come out unchanged. Raises InputError where the
    header has no such column.

    >>> rows = ["id,text\\r\\n", '7,"one\\r\\n', 'two"\\r\\n']
    >>> list(csv(rows, lambda text, url: text.upper(), print))
    ['id,text\\r\\n', '7,"ONE\\r\\nTWO"\\r\\n']
    """
    pattern = _csv_field(delimiter)
    column, address = -1, -1
    for number, record in enumerate(_csv_records(lines), 1):
        try:
            if number == 1:
                column, address = _csv_columns(record, pattern, field, url_field)
                yield record
            else:
                yield _csv_record(record, pattern, clean, column, address) if record.strip() else record
        except (_Unreadable, CleanpageError) as error:
            if column < 0:
                raise InputError(str(error)) from None
            report(BadRecord(number, str(error)))
            yield record


def _csv_field(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'(?:"(?P<quoted>(?:[^"]|"")*)"[^{mark}\r\n]*|(?P<bare>[^{mark}\r\n]*))(?P<next>{mark})?')


def _csv_records(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined to records: a line break in quotes ends none."""
    parts: list[str] = []
    opened = False
    for line in lines:
        parts.append(line)
        opened ^= line.count('"') % 2 == 1
        if not opened:
            yield "".join(parts)
            parts = []
    if parts:
        yield "".join(parts)


def _csv_fields(record: str, pattern: re.Pattern[str]) -> list[tuple[str, Span]]:
    if record.count('"') % 2:
        raise _Unreadable("a quote is never closed")
    fields: list[tuple[str, Span]] = []
    at = 0
    while (match := pattern.match(record, at)) is not None:
        quoted = match["quoted"]
        value = match["bare"] if quoted is None else quoted.replace('""', '"')
        end = match.start("next") if match["next"] else match.end()
        fields.append((value, (match.start(), end)))
        at = match.end()
        if not match["next"]:
            break
    return fields


def _csv_columns(record: str, pattern: re.Pattern[str], field: str, url_field: str | None) -> tuple[int, int]:
    names = [name for name, _ in _csv_fields(record.removeprefix(_BOM), pattern)]
    for name in filter(None, (field, url_field)):
        if name not in names:
            raise _Unreadable(f"no column {name!r}; there are {', '.join(names)}")
    return names.index(field), names.index(url_field) if url_field else -1


def _csv_record(record: str, pattern: re.Pattern[str], clean: Clean, column: int, address: int) -> str:
    fields = _csv_fields(record, pattern)
    if len(fields) <= max(column, address):
        raise _Unreadable(f"only {len(fields)} columns")
    value, (start, end) = fields[column]
    url = fields[address][0] if address >= 0 else None
    new = clean(value, url or None)
    if new == value:
        return record
    return record[:start] + '"' + new.replace('"', '""') + '"' + record[end:]


def parquet(
    source: str | PathLike[str],
    target: str | PathLike[str],
    clean: Clean,
    report: Report,
    *,
    field: str = "text",
    url_field: str | None = None,
) -> None:
    """Clean one column of the Parquet file `source` into a new file `target`, batch by batch.

    Values that are null stay null. Needs pyarrow (``pip install cleanpage[parquet]``). Raises InputError where it is
    missing, or the file has no such column of strings.
    """
    arrow, files = _pyarrow()
    reader = files.ParquetFile(source)
    schema = reader.schema_arrow
    for name in filter(None, (field, url_field)):
        if name not in schema.names:
            raise InputError(f"no column {name!r}; there are {', '.join(schema.names)}")
    place = schema.names.index(field)
    if not (arrow.types.is_string(schema.field(place).type) or arrow.types.is_large_string(schema.field(place).type)):
        raise InputError(f"column {field!r} holds {schema.field(place).type}, not strings")
    first = 1
    with files.ParquetWriter(target, schema) as writer:
        for batch in reader.iter_batches():
            urls = batch.column(url_field).to_pylist() if url_field else [None] * len(batch)
            rows = zip(batch.column(place).to_pylist(), urls, strict=True)
            cleaned = [_parquet_value(first + n, *row, clean, report) for n, row in enumerate(rows)]
            column = arrow.array(cleaned, schema.field(place).type)
            writer.write_batch(batch.set_column(place, schema.field(place), column))
            first += len(batch)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError("Parquet files need pyarrow; install it with: pip install cleanpage[parquet]") from None
    return pyarrow, pyarrow.parquet


def _parquet_value(number: int, value: str | None, url: str | None, clean: Clean, report: Report) -> str | None:
    if value is None:
        return None
    try:
        return clean(value, url or None)
    except CleanpageError as error:
        report(BadRecord(number, str(error)))
        return value
