"""Patterns from rule files (JavaScript's dialect, which the filter lists use), run so that no text makes them slow.

Where google-re2 is installed, a pattern that it takes runs in linear time on text of any length. The rest runs in
Python's `re`, on the first characters of a text only: the more unbounded repeats the pattern has, the fewer. A pattern
that `re` could take exponential time for is refused.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final

from cleanpage.errors import UnsupportedRule, Where

__all__ = ["FLAGS", "Regex", "compile_regex"]

FLAGS: Final = "imsu"
"""The flags a pattern may have; ``u`` changes nothing here, as text is always searched by whole characters."""

MAX_LENGTHS: Final = (10_000, 10_000, 1_000, 250)
"""How many characters of a text `re` searches, by the number of unbounded repeats in the pattern."""

CHARS_PER_STEP: Final = 64

FEW: Final = 16
"""A repeat of at most this many is not counted as unbounded."""

MAX_WAYS: Final = 4_096
"""In how many ways the choices of a pattern (``?``, ``{2,5}``, ``|``) may combine for `re`."""

RE2_MEMORY: Final = 4 << 20
"""Bytes that re2 may use for one pattern; a repeat such as ``(a{500}){500}`` asks for more."""

_TOKEN = re.compile(
    r"""
    (?P<escape> \\(?: u\{[0-9a-fA-F]{1,6}\} | u[0-9a-fA-F]{4} | [\s\S] ) )
    | (?P<set> \[ (?: \\[\s\S] | [^\]\\] )* \] )
    | (?P<unclosed> \[ )
    | (?P<open> \( (?: \?(?: <[=!] | [=!:] | P?<[A-Za-z_]\w*> | [a-z]+: ) )? )
    | (?P<close> \) )
    | (?P<repeat> (?: [*+?] | \{\d+(?:,\d*)?\} ) \?? )
    | (?P<other> [\s\S] )
    """,
    re.VERBOSE,
)
_SET_ITEM = re.compile(r"\\u\{[0-9a-fA-F]{1,6}\}|\\u[0-9a-fA-F]{4}|\\[\s\S]|--|[\s\S]")

_PLAIN_ESCAPES: Final = frozenset("ABDSWZbdfknrstvwx0123456789")

_SPACES_RE2 = r"\s\x{b}\x{a0}\x{feff}\p{Z}"

RE_WORDS: Final[Mapping[str, str]] = {
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[A-Za-z0-9_]",
    r"\W": "[^A-Za-z0-9_]",
    r"\b": r"(?a:\b)",
    r"\B": r"(?a:\B)",
    r"\0": r"\x00",
    "[^]": r"[\s\S]",
    "[]": "(?!)",
}
RE2_WORDS: Final[Mapping[str, str]] = {
    r"\s": f"[{_SPACES_RE2}]",
    r"\S": f"[^{_SPACES_RE2}]",
    r"\Z": r"\z",
    r"\0": r"\x00",
    "[^]": "(?s:.)",
    "[]": r"[^\x00-\x{10FFFF}]",
}
RE_IN_SET: Final[Mapping[str, str]] = {r"\d": "0-9", r"\w": "A-Za-z0-9_", "--": r"-\-", r"\0": r"\x00"}
RE2_IN_SET: Final[Mapping[str, str]] = {r"\s": _SPACES_RE2, r"\b": r"\x08", "--": r"-\-", r"\0": r"\x00"}
_ESCAPED_IN_SET: Final = frozenset("[&|~")


@dataclass(frozen=True, slots=True, eq=False)
class Regex:
    """A compiled pattern. Picklable; `max_length` is how many characters of a text it looks at, None for all."""

    pattern: str
    flags: str
    max_length: int | None
    _search: Any
    repeats: int = 0
    """how many unbounded repeats it has."""

    def search(self, text: str) -> bool:
        """Whether the pattern occurs in `text`."""
        if self.max_length is None:
            return self._search(text.encode("utf-8", "surrogatepass")) is not None
        return self._search(text[: self.max_length]) is not None

    def steps(self, length: int) -> int:
        """What a search in `length` characters costs at most: `re` may try each place, and from each of them every way
        to share the text among the unbounded repeats."""
        if self.max_length is None:
            return length // CHARS_PER_STEP
        ways = 1
        for place in range(self.repeats + 1):
            ways = ways * (min(length, self.max_length) + place) // (place + 1)
        return ways // CHARS_PER_STEP

    def __reduce__(self) -> tuple[object, ...]:
        return compile_regex, (self.pattern, self.flags)


def compile_regex(pattern: str, flags: str = "") -> Regex:
    """Compile `pattern`; `flags` are letters of FLAGS.

    Raises UnsupportedRule, code ``regex``, for a pattern that is not valid or cannot be run in bounded time.

    >>> compile_regex(r"^sponsored\\b", "i").search("Sponsored by")
    True
    """
    _check_flags(pattern, flags)
    linear = _compile_re2(pattern, flags)
    if linear is not None:
        return Regex(pattern, flags, None, linear.search)
    backtracking = _compile_re(pattern, flags)
    repeats = _unbounded_repeats(pattern)
    return Regex(pattern, flags, _max_length(pattern, repeats), backtracking.search, repeats)


def _check_flags(pattern: str, flags: str) -> None:
    unknown = "".join(flag for flag in flags if flag not in FLAGS)
    if unknown:
        raise _refusal(pattern, f"unknown flag {unknown!r}", f"use flags out of {FLAGS}")


def _refusal(pattern: str, problem: str, hint: str) -> UnsupportedRule:
    where = Where(column=1, source=pattern, width=max(1, len(pattern)))
    return UnsupportedRule(f"pattern: {problem}", code="regex", where=where, hint=hint)


@cache
def _re2() -> ModuleType | None:
    try:
        return importlib.import_module("re2")
    except ImportError:
        return None


def _compile_re2(pattern: str, flags: str) -> Any:
    re2 = _re2()
    if re2 is None:
        return None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = RE2_MEMORY
    options.case_sensitive = "i" not in flags
    modes = "".join(flag for flag in "ms" if flag in flags)
    text = _translate(pattern, RE2_WORDS, RE2_IN_SET, r"\x{%x}")
    try:
        return re2.compile((f"(?{modes})" if modes else "").encode() + text.encode(), options)
    except (re2.error, UnicodeEncodeError):
        return None


def _compile_re(pattern: str, flags: str) -> re.Pattern[str]:
    modes = re.RegexFlag(0)
    for flag, mode in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL)):
        if flag in flags:
            modes |= mode
    words = RE_WORDS if "m" in flags else {**RE_WORDS, "$": r"\Z"}
    try:
        return re.compile(_translate(pattern, words, RE_IN_SET, r"\U%08x"), modes)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        raise _refusal(pattern, str(error), "write it as a JavaScript pattern") from error


def _translate(pattern: str, words: Mapping[str, str], in_set: Mapping[str, str], code: str) -> str:
    """`pattern` in another dialect; `code` is how that writes a character by its number."""
    out = []
    for token in _TOKEN.finditer(pattern):
        word = token[0]
        if token["unclosed"]:
            raise _refusal(pattern, "a set is never closed", "write ] at its end, or \\[ for a bracket")
        if word in words:
            out.append(words[word])
        elif token["escape"]:
            out.append(_escape(word, code))
        elif token["set"]:
            out.append(_translate_set(word, in_set, code))
        elif word.startswith("(?<") and word[3:4] not in "=!":
            out.append("(?P" + word[2:])
        else:
            out.append(word)
    return "".join(out)


def _translate_set(word: str, in_set: Mapping[str, str], code: str) -> str:
    start = 2 if word.startswith("[^") else 1
    out = [word[:start]]
    for item in _SET_ITEM.findall(word[start:-1]):
        if item in in_set:
            out.append(in_set[item])
        elif item in _ESCAPED_IN_SET:
            out.append("\\" + item)
        else:
            out.append(_escape(item, code) if item[0] == "\\" else item)
    return "".join(out) + "]"


def _escape(word: str, code: str) -> str:
    """An escape that the other dialects may not know: ``\\uXXXX`` by number, a needless backslash dropped."""
    if word[1] == "u" and len(word) > 2:
        number = int(word[2:].strip("{}"), 16)
        return code % min(number, 0x10FFFF)
    if word[1].isalnum() and word[1] not in _PLAIN_ESCAPES:
        return re.escape(word[1])
    return word if word[1].isascii() else word[1]


def _max_length(pattern: str, repeats: int) -> int:
    if repeats >= len(MAX_LENGTHS):
        raise _refusal(pattern, "too many unbounded repeats", "use fewer * and +, or install google-re2")
    return MAX_LENGTHS[repeats]


def _unbounded_repeats(pattern: str) -> int:
    """How many unbounded repeats `pattern` has; refuses one that backtracking may never finish."""
    count = 0
    groups = [_Ways()]
    for token in _TOKEN.finditer(pattern):
        group = groups[-1]
        if token["repeat"]:
            low, high = _bounds(token[0])
            if high is None:
                count += 1
                if group.last > 1:
                    raise _refusal(
                        pattern, "repeat of a repeat", "write it without nested repeats, or install google-re2"
                    )
            group.repeat(low, high)
        elif token["open"]:
            groups.append(_Ways())
        elif token["close"] and len(groups) > 1:
            groups[-2].add(groups.pop().total())
        elif token[0] == "|":
            group.branch()
        else:
            group.add(1)
    if groups[0].total() > MAX_WAYS:
        raise _refusal(pattern, "too many choices", "write a shorter one, or install google-re2")
    return count


class _Ways:
    """In how many ways a group may match at one place, to within its unbounded repeats."""

    def __init__(self) -> None:
        self._branches = 0
        self._before = 1
        self.last = 1

    def add(self, ways: int) -> None:
        """Another item."""
        self._before = min(self._before * self.last, 2 * MAX_WAYS)
        self.last = ways

    def repeat(self, low: int, high: int | None) -> None:
        """The last item is repeated."""
        if high is None:
            self.last = 2
        elif self.last == 1:
            self.last = max(1, high - low + 1)
        else:
            self.last = min(self.last ** min(high, 2 * FEW) * (high - low + 1), 2 * MAX_WAYS)

    def branch(self) -> None:
        """What follows is another branch."""
        self._branches = self.total()
        self._before = self.last = 1

    def total(self) -> int:
        return min(self._branches + self._before * self.last, 2 * MAX_WAYS)


def _bounds(repeat: str) -> tuple[int, int | None]:
    """The least and the most times; None for no bound, or a high one."""
    if repeat[0] != "{":
        return (1 if repeat[0] == "+" else 0), (1 if repeat[0] == "?" else None)
    least, comma, most = repeat.rstrip("?").strip("{}").partition(",")
    low = int(least)
    high = (int(most) if most else None) if comma else low
    return low, high if high is None or high - low <= FEW else None
