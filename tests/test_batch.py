"""Batches: only the field that is cleaned changes; what cannot be read is reported and passed on."""

from __future__ import annotations

import csv as stdlib_csv
import io
import json
from pathlib import Path

import pytest

from cleanpage import batch
from cleanpage.errors import CleanpageError, InputError


def upper(text: str, url: str | None) -> str:
    if text == "refuse":
        raise CleanpageError("cannot be cleaned")
    return f"{text.upper()}@{url}" if url else text.upper()


def run_jsonl(*lines: bytes, **options: str) -> tuple[list[bytes], list[str]]:
    told: list[batch.BadRecord] = []
    output = list(batch.jsonl(lines, upper, told.append, **options))  # type: ignore[arg-type]
    return output, [str(record) for record in told]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"text": "a", "n": 1.0e5, "n": 2}\n', b'{"text": "A", "n": 1.0e5, "n": 2}\n'),
        (b'  {"id":1,"text":"a\\u00e4"}  \r\n', b'  {"id":1,"text":"A\\u00c4"}  \r\n'),
        ('{"text":"ä","x":"ö"}'.encode(), '{"text":"Ä","x":"ö"}'.encode()),
        (b'\xef\xbb\xbf{"text":"a"}\n', b'\xef\xbb\xbf{"text":"A"}\n'),
        (b'{"text":"SAME\\/"}\n', b'{"text":"SAME\\/"}\n'),
        (b'{"text":"a\\ud800"}\n', b'{"text":"A\\ud800"}\n'),
        (b"\n", b"\n"),
    ],
)
def test_only_the_value_of_the_field_changes(line: bytes, expected: bytes) -> None:
    output, told = run_jsonl(line)
    assert output == [expected]
    assert told == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"oops\n", "not a JSON object"),
        (b'["text"]\n', "not a JSON object"),
        (b'{"text": "a",}\n', "not a JSON object"),
        (b'{"text": "a"} x\n', "not a JSON object"),
        (b'{"text": "a"\n', "not a JSON object"),
        (b'{"deep": ' + b"[" * 100_000 + b"\n", "not a JSON object"),
        (b'{"body": "a"}\n', "no field 'text'"),
        (b'{"text": null}\n', "field 'text' is not a string"),
        (b'{"text": "\xff"}\n', "not UTF-8 at byte 10"),
        (b'{"text": "refuse"}\n', "cannot be cleaned"),
    ],
)
def test_bad_records_are_reported_and_passed_on(line: bytes, reason: str) -> None:
    output, told = run_jsonl(b'{"text": "a"}\n', line, b'{"text": "b"}\n')
    assert output == [b'{"text": "A"}\n', line, b'{"text": "B"}\n']
    assert told == [f"record 2: {reason}"]


def test_the_url_field_reaches_the_cleaner() -> None:
    lines = [b'{"text": "a", "url": "http://example.com/"}\n', b'{"text": "a", "url": null}\n', b'{"text": "a"}\n']
    output, told = run_jsonl(*lines, url_field="url")
    assert [json.loads(line)["text"] for line in output] == ["A@http://example.com/", "A", "A"]
    assert told == []


def test_records_are_streamed() -> None:
    def endless():  # type: ignore[no-untyped-def]
        while True:
            yield b'{"text": "a"}\n'

    assert next(batch.jsonl(endless(), upper, print)) == b'{"text": "A"}\n'


def run_csv(text: str, **options: str) -> tuple[str, list[str]]:
    told: list[batch.BadRecord] = []
    lines = io.StringIO(text, newline="")
    output = "".join(batch.csv(lines, upper, told.append, **options))  # type: ignore[arg-type]
    return output, [str(record) for record in told]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,text\n1,a\n", 'id,text\n1,"A"\n'),
        ('text,id\r\n"a ""b""\r\nc",1\r\n', 'text,id\r\n"A ""B""\r\nC",1\r\n'),
        ("id,text\n1,SAME\n", "id,text\n1,SAME\n"),
        ("\ufeffid,text\n1,a", '\ufeffid,text\n1,"A"'),
        ('id,"text"\n"1,2",a\n\n', 'id,"text"\n"1,2","A"\n\n'),
    ],
)
def test_only_the_column_of_a_csv_changes(text: str, expected: str) -> None:
    output, told = run_csv(text)
    assert output == expected
    assert told == []


def test_reads_csv_as_the_standard_library_does() -> None:
    rows = [["id", "text"], ["1", 'a "quoted", text\nin two lines'], ["2", "plain"], ["3", ""]]
    written = io.StringIO(newline="")
    stdlib_csv.writer(written).writerows(rows)
    output, _ = run_csv(written.getvalue())
    read = list(stdlib_csv.reader(io.StringIO(output, newline="")))
    assert read == [rows[0], *([number, text.upper()] for number, text in rows[1:])]


def test_bad_rows_are_reported_and_passed_on() -> None:
    output, told = run_csv('text,url\na\nb,http://example.com/\n"c,\n', url_field="url")
    assert output == 'text,url\na\n"B@http://example.com/",http://example.com/\n"c,\n'
    assert told == ["record 2: only 1 columns", "record 4: a quote is never closed"]


def test_a_csv_without_the_column_is_an_error() -> None:
    with pytest.raises(InputError, match=r"no column 'body'; there are id, text"):
        run_csv("id,text\n1,a\n", field="body")


def test_tab_separated_values() -> None:
    assert run_csv("id\ttext\n1\ta,b\n", delimiter="\t")[0] == 'id\ttext\n1\t"A,B"\n'


def test_parquet_column(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    files = pytest.importorskip("pyarrow.parquet")
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    files.write_table(arrow.table({"id": [1, 2, 3], "text": ["a", None, "refuse"]}), source)
    told: list[batch.BadRecord] = []
    batch.parquet(source, target, upper, told.append)
    assert files.read_table(target).to_pydict() == {"id": [1, 2, 3], "text": ["A", None, "refuse"]}
    assert [str(record) for record in told] == ["record 3: cannot be cleaned"]
