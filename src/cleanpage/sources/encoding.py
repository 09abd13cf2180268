"""Bytes to text and back to places in the bytes.

The encoding is found as the HTML Standard says (13.2.3.2): byte-order mark, the caller's label, a ``<meta>`` in the
first 1,024 bytes, and as a fallback UTF-8 where the bytes are valid UTF-8, else windows-1252.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import turbohtml

from cleanpage.errors import InputError

__all__ = ["Decoded", "decode"]

_HEAD = 16_384

_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac_roman",
    "replacement": "utf-8",
    "shift_jis": "cp932",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-user-defined": "latin-1",
}
"""Python's names for the encodings of the WHATWG Encoding Standard that it knows by another name or a narrower set."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded bytes: `text`, and the Python codec that made it."""

    data: bytes
    text: str
    codec: str
    exact: bool
    """whether encoding the text gives the same bytes."""

    def offsets(self, places: Sequence[int]) -> list[int]:
        """The byte offsets of character offsets, given in ascending order."""
        if len(self.text) == len(self.data):
            return list(places)
        if not self.exact:
            return self._searched(places)
        found, at = [], 0
        for before, place in pairwise((0, *places)):
            at += len(self.text[before:place].encode(self.codec, _errors(self.codec)))
            found.append(at)
        return found

    def _searched(self, places: Sequence[int]) -> list[int]:
        """For bytes that do not survive a round trip: decode byte by byte and note where each character begins."""
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        starts = [0]
        for n in range(len(self.data)):
            starts += [n + 1] * len(decoder.decode(self.data[n : n + 1]))
        starts += [len(self.data)] * (len(self.text) + 1 - len(starts))
        return [starts[place] for place in places]

    def encode(self, tag: str) -> bytes:
        """An implied tag in the encoding of the data."""
        return tag.encode(self.codec)


def _errors(codec: str) -> str:
    return "surrogatepass" if codec.startswith("utf-16") else "surrogateescape"


def decode(data: bytes, label: str | None = None) -> Decoded:
    """`data` as text; `label` is what the caller knows of its encoding. Raises InputError for an unknown label."""
    codec = _codec(data, label)
    try:
        text = data.decode(codec, _errors(codec))
        exact = len(text) == len(data) or text.encode(codec, _errors(codec)) == data
    except UnicodeError:
        exact = False
    if not exact:
        text = data.decode(codec, "replace")
    return Decoded(data, text, codec, exact)


def _codec(data: bytes, label: str | None) -> str:
    try:
        head = turbohtml.parse(data[:_HEAD], encoding=label, positions=False)
    except LookupError as error:
        raise InputError(f"no encoding is called {label!r}; give a label such as 'utf-8' or 'windows-1251'") from error
    name = head.encoding or "utf-8"
    if head.encoding_confidence != "certain":
        name = turbohtml.parse(data, positions=False).encoding or "utf-8"
    name = name.lower()
    return _CODECS.get(name, name)
