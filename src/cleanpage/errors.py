"""The errors that cleanpage raises, one small tree.

    CleanpageError
    ├── RuleError             a rule file, or one rule in it, cannot be used
    │   ├── RuleSyntaxError     it is not written as its language asks
    │   └── UnsupportedRule     it is well written, but has no meaning on a static page
    ├── InputError            a page cannot be read
    └── LimitExceeded         a rule file is larger or deeper than allowed

Every message says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "CleanpageError",
    "InputError",
    "LimitExceeded",
    "RuleError",
    "RuleSyntaxError",
    "UnsupportedRule",
    "Where",
]


LONGEST_LINE: Final = 400
"""Most characters of a line that a message shows."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a rule file: its name, and line and column counted from 1 (0: not known)."""

    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""
    """the line as it is written, for the caret."""
    width: int = 1
    """how many characters the caret line underlines."""

    def excerpt(self) -> tuple[str, int]:
        """The line and the column in it, or, of a very long line, what stands around the column."""
        start = max(0, self.column - 1 - LONGEST_LINE // 2)
        if len(self.source) <= LONGEST_LINE:
            return self.source, self.column
        part = self.source[start : start + LONGEST_LINE]
        before = "…" if start else ""
        after = "…" if start + LONGEST_LINE < len(self.source) else ""
        return before + part + after, self.column and self.column - start + len(before)

    def __str__(self) -> str:
        parts = [self.file or "<rules>"]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class CleanpageError(Exception):
    """Base of all errors of this package."""


class RuleError(CleanpageError):
    """A rule that cannot be used.

    `code` is a stable name in kebab case (``unknown-key``), `where` the place, `hint` what to do.
    """

    def __init__(self, message: str, *, code: str, where: Where | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where or Where()
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.message} [{self.code}]"]
        if self.where.source:
            source, column = self.where.excerpt()
            lines.append("    " + source)
            if column:
                width = max(1, min(self.where.width, len(source) - column + 1))
                lines.append("    " + " " * (column - 1) + "^" * width)
        if self.hint:
            lines.append("    " + self.hint)
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.code, self.where, self.hint)


def _rebuild(cls: type[RuleError], message: str, code: str, where: Where, hint: str) -> RuleError:
    return cls(message, code=code, where=where, hint=hint)


class RuleSyntaxError(RuleError):
    """A rule that is not written as its language asks."""


class UnsupportedRule(RuleError):
    """A well-written rule that has no meaning on a static page."""


class InputError(CleanpageError):
    """A page that cannot be read; the message says why and what to pass instead."""


class LimitExceeded(RuleError):
    """A rule file that is larger, deeper or longer than allowed."""
