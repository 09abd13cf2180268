"""The quick reader of plain TOML gives what Python's own gives, or leaves the text to it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import cleanpage
from cleanpage import plaintoml

PACKAGED = sorted((Path(cleanpage.__file__).parent / "rules" / "data").rglob("*.toml"))

ODD = [
    'a = []\n[[a]]\nb = "c"',
    "a = 1\na = 2",
    "[a]\n[a]",
    "[a.b]\nc = 1\n[a]\nd = 2",
    "[[a]]\n[a.b]\nc = 1",
    "[[a]]\n[a]",
    "[a]\n[[a]]",
    'a = "\\u00e9"',
    'a = "x" # y',
    "a = null",
    'a = {"b" = 1}',
    'a = {"b": 1}',
    "a.b = 1",
    "a = 1.5",
    '"a/b" = 1',
    '"a/b" = 1\n"a/b" = 2',
    'a = 1\n"a" = 2',
    '"" = 1',
    "'a' = 1",
    "a = -0.25",
    "a = 1e5",
    "a = 1E999",
    "a = 1.",
    "a = .5",
    "a = NaN",
    "a = Infinity",
    "a = 1_000",
    "a = 01",
    "a = [1, 2]",
    'a = ["x",]',
    'a = """x\ny"""',
    "a = 'x'",
    'a = "\x7f"',
    "# \x00",
    "a = true\r\nb = false",
    "a = 1\r",
    "[a]]",
    "[[a]",
    "\u00e9 = 1",
]


def outcome(text: str, loads: object) -> object:
    try:
        return repr(loads(text))  # type: ignore[operator]
    except tomllib.TOMLDecodeError as error:
        return str(error)


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: path.stem)
def test_packaged_files_are_read_as_python_reads_them(path: Path) -> None:
    text = path.read_text("utf-8")
    assert outcome(text, plaintoml.loads) == outcome(text, tomllib.loads)


@pytest.mark.parametrize("text", ODD)
def test_what_is_not_plain_is_left_to_python(text: str) -> None:
    assert outcome(text, plaintoml.loads) == outcome(text, tomllib.loads)
