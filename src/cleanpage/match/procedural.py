"""Reads selectors with the filter lists' operators, as uBlock Origin reads them.

The text is a row of stretches: CSS, operators with their arguments, and at the end perhaps an action. CSS before an
operator says where to start; CSS after one continues from what was found. A comma belongs to the CSS it stands in, so
``a, b:has-text(x)`` asks for the text in both; a comma after an operator is refused, since no two blockers agree on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, NoReturn
import importlib
import re

from cleanpage.errors import LimitExceeded, Where
from cleanpage.match import operators as op
from cleanpage.match.complex import Either, Has
from cleanpage.match.grammar import LEADING_SCOPE, MAX_NESTING, OPERATORS, Parser, SelectorError, closing
from cleanpage.match.operators import Filter, Operator, Pattern
from cleanpage.match.regex import compile_regex
from cleanpage.match.relations import SAME
from cleanpage.match.simple import AnyElement, Part, fold
from cleanpage.match.style import hides
from cleanpage.model import Action

__all__ = ["MAY_BE_PROCEDURAL", "Procedure", "read_procedure"]

MAY_BE_PROCEDURAL: Final = re.compile(
    r":(?:" + "|".join(sorted(map(re.escape, OPERATORS), key=len, reverse=True)) + r")\(|\}\s*$", re.IGNORECASE
)
"""Occurs in every selector that has an operator or an action, and in few others."""

_SYNONYMS: Final = {
    "contains": "has-text",
    "-abp-contains": "has-text",
    "-abp-has": "has",
    "nth-ancestor": "upward",
    "watch-attrs": "watch-attr",
}
_ACTIONS: Final = {
    "remove": Action.REMOVE,
    "style": Action.REMOVE,
    "remove-attr": Action.REMOVE_ATTR,
    "remove-class": Action.REMOVE_CLASS,
}
_WITHOUT_MEANING: Final = {
    "matches-prop": "asks for a script's property",
    "shadow": "needs a shadow tree",
    "-abp-properties": "asks for rules of a style sheet",
    "matches-css-before": "asks for the style of a pseudo-element",
    "matches-css-after": "asks for the style of a pseudo-element",
}
_MAX_UPWARD: Final = 255

_CALL = re.compile(r":(-?[a-zA-Z][\w-]*)\(")
_TOKEN = re.compile(
    rf"\\[\s\S]|\"(?:[^\"\\]|\\[\s\S])*\"|'(?:[^'\\]|\\[\s\S])*'|\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*\]|{_CALL.pattern}|[(){{]"
)
_REGEX_ARGUMENT = re.compile(r"/(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/[a-z]*(?=\))")
_QUOTED_ARGUMENT = re.compile(r"(?:\"(?:[^\"\\]|\\[\s\S])*\"|'(?:[^'\\]|\\[\s\S])*')(?=\))")
_REGEX = re.compile(r"/(.+)/([imu]*)", re.DOTALL)
_BRACE = re.compile(r"\{([^{}]*)\}\s*$")
_REMOVE_TRUE = re.compile(r"\s*remove\s*:\s*true[;\s]*$")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

_NESTING_OPERATORS: Final = frozenset({"has", "not", "if", "if-not"})
_STRING_AWARE: Final = frozenset({"xpath", "style"})


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a selector with operators comes to: where it starts (None: at the document), the steps, and an action."""

    start: Part | None
    operators: tuple[Operator, ...]
    action: Action | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    """An operator in a text: its name (synonyms resolved), where its colon stands, and where its argument does."""

    name: str
    at: int
    first: int
    end: int
    text: str
    nesting: int

    @property
    def argument(self) -> str:
        return self.text[self.first : self.end]

    def where(self) -> Where:
        return Where(column=self.at + 1, source=self.text, width=max(1, self.end - self.at + 1))

    def fail(self, message: str, hint: str = "") -> NoReturn:
        raise SelectorError(f":{self.name}: {message}", code="operator-argument", where=self.where(), hint=hint)

    def refuse(self, message: str, code: str) -> NoReturn:
        raise UnsupportedRule(f":{self.name} {message}", code=code, where=self.where())

    def parser(self) -> Parser:
        return Parser(self.text, self.first, self.end, self.nesting + 1)


def read_procedure(text: str) -> Procedure:
    """Read `text`; raises as `Parser` does, and UnsupportedRule for operators without meaning on a static page."""
    end = len(text.rstrip())
    brace = _BRACE.search(text, 0, end)
    if brace is not None:
        style = _Call("style", brace.start(), brace.start(1), brace.end(1), text, 0)
        return _procedure(text, brace.start(), _style_action(style), "")
    calls = _calls(text, 0, end, 0)
    last = calls[-1] if calls and calls[-1].end + 1 == end else None
    if last is None or last.name not in _ACTIONS:
        return _procedure(text, end, None, "")
    action, argument = _ACTIONS[last.name](last)
    return _procedure(text, last.at, action, argument)


def _procedure(text: str, end: int, action: Action | None, argument: str) -> Procedure:
    operators = _steps(text, 0, len(text[:end].rstrip()), 0)
    start = operators[0] if operators else None
    if isinstance(start, op.Within):
        return Procedure(start.part, operators[1:], action, argument)
    return Procedure(None, operators, action, argument)


def _steps(text: str, first: int, end: int, nesting: int) -> tuple[Operator, ...]:
    """The steps that a stretch of `text` asks for."""
    if nesting > MAX_NESTING:
        where = Where(column=first + 1, source=text)
        message = f"selector: more than {MAX_NESTING} selectors within each other"
        raise LimitExceeded(message, code="selector-depth", where=where, hint="write a shorter one")
    steps: list[Operator] = []
    at = first + len(text[first:end]) - len(text[first:end].lstrip())
    for call in _calls(text, at, end, nesting):
        if at < call.at:
            steps.append(_css(Parser(text, at, call.at, nesting, AnyElement()), at == first, not steps))
        steps.append(_operator(call))
        at = call.end + 1
    if text[at:end].strip() or not steps:
        steps.append(_css(Parser(text, at, end, nesting), not steps))
    return tuple(steps)


def _css(parser: Parser, leads: bool) -> Operator:
    ...
