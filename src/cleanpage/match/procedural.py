"""Reads selectors with the filter lists' operators, as uBlock Origin reads them.

The text is a row of stretches: CSS, operators with their arguments, and at the end perhaps an action. CSS before an
operator says where to start; CSS after one continues from what was found. A comma belongs to the CSS it stands in, so
``a, b:has-text(x)`` asks for the text in both; a comma after an operator is refused, since no two blockers agree on it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, NoReturn
from urllib.parse import quote

from cleanpage.errors import LimitExceeded, RuleError, UnsupportedRule, Where
from cleanpage.match import operators as op
from cleanpage.match.complex import Either, Has
from cleanpage.match.grammar import LEADING_SCOPE, MAX_NESTING, OPERATORS, Parser, SelectorError, closing
from cleanpage.match.operators import Operator, Pattern
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
_WITHOUT_MEANING: Final = {
    "matches-prop": "asks for a script's property",
    "shadow": "needs a shadow tree",
    "-abp-properties": "asks for rules of a style sheet",
    "matches-css-before": "asks for the style of a pseudo-element",
    "matches-css-after": "asks for the style of a pseudo-element",
}
_MAX_UPWARD: Final = 255

_MAX_DIGITS: Final = 9

_STRING = r"\"(?:[^\"\\]|\\[\s\S])*\"|'(?:[^'\\]|\\[\s\S])*'"
_SKIPPED = rf"\\[\s\S]|{_STRING}|\[(?:[^\[\]\"']|\"[^\"]*\"|'[^']*')*\]"
_CALL = r":(-?[a-zA-Z][\w-]*)\("
_TOKEN = re.compile(rf"{_SKIPPED}|{_CALL}|\(")
_NESTED = re.compile(rf"{_SKIPPED}|{_CALL}|[()]")
_RELATIVE = re.compile(rf"[ \t\n\r\f]*[>+~]|{LEADING_SCOPE.pattern}", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\\[\s\S]|[()]")
_PARENTHESIS_ESCAPE = re.compile(r"\\([()])")
_REGEX_ARGUMENT = re.compile(r"/(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/[a-z]*(?=\))")
_QUOTED_ARGUMENT = re.compile(rf"(?:{_STRING})(?=\))")
_ATTRIBUTE_ARGUMENT = re.compile(
    rf"(?P<whole>{_STRING})|(?P<name>{_STRING}|/(?:[^/\\]|\\.)+/[imu]*|[^=\"']+)(?:=(?P<value>{_STRING}|[^\"'][\s\S]*)?)?"
)
_REGEX = re.compile(r"/(.+)/([imu]*)")
_BRACE = re.compile(r"\{([^{}]*)\}\Z")
_REMOVE_TRUE = re.compile(r"\s*remove\s*:\s*true[;\s]*$")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

_NESTING_OPERATORS: Final = frozenset({"has", "not", "if", "if-not", "-abp-has"})
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

    def fail(self, message: str, hint: str = "", code: str = "operator-argument") -> NoReturn:
        raise SelectorError(f":{self.name}: {message}", code=code, where=self.where(), hint=hint)

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
        return _procedure(text, brace.start(), *_style_action(style))
    calls = _calls(text, 0, end, 0)
    last = calls[-1] if calls and calls[-1].end + 1 == end else None
    read_action = _ACTIONS.get(last.name) if last else None
    if last is None or read_action is None:
        return _procedure(text, end, None, "")
    return _procedure(text, last.at, *read_action(last))


def _procedure(text: str, end: int, action: Action | None, argument: str) -> Procedure:
    end = len(text[:end].rstrip())
    operators = _steps(text, 0, end, 0)
    start = operators[0]
    if isinstance(start, op.Within):
        return Procedure(start.part, operators[1:], action, argument)
    return Procedure(None, operators, action, argument)


def _steps(text: str, first: int, end: int, nesting: int) -> tuple[Operator, ...]:
    """The steps that a stretch of `text` asks for."""
    if nesting > MAX_NESTING:
        _too_deep(text, first)
    first = _skip_space(text, first, end)
    steps: list[Operator] = []
    at = first
    read_css = _first_css
    for call in _calls(text, first, end, nesting):
        if at < call.at:
            steps.append(read_css(Parser(text, at, call.at, nesting, AnyElement())))
        steps.append(_operator(call))
        at = call.end + 1
        read_css = _later_css
    if not steps or _skip_space(text, at, end) < end:
        steps.append(read_css(Parser(text, at, end, nesting)))
    return tuple(steps)


def _too_deep(text: str, at: int) -> NoReturn:
    message = f"selector: more than {MAX_NESTING} selectors within each other"
    where = Where(column=at + 1, source=text)
    raise LimitExceeded(message, code="selector-depth", where=where, hint="write a shorter one")


def _skip_space(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _first_css(parser: Parser) -> Operator:
    """CSS that says where to start."""
    if parser.is_nested and _RELATIVE.match(parser.text, parser.at, parser.end):
        return op.Along(parser.whole_steps())
    parts = parser.whole_list()
    return op.Within(parts[0] if len(parts) == 1 else Either(parts))


def _later_css(parser: Parser) -> Operator:
    """CSS after an operator."""
    if parser.text[parser.at] == ":":
        return op.Along(parser.whole_steps(SAME))
    if _RELATIVE.match(parser.text, parser.at, parser.end):
        return op.Along(parser.whole_steps())
    return op.Within(parser.whole_complex())


def _calls(text: str, first: int, end: int, nesting: int) -> list[_Call]:
    """The operators of a stretch of `text`, those within arguments left out."""
    calls = []
    at = first
    while (token := _TOKEN.search(text, at, end)) is not None:
        at = token.end()
        name = fold(token[1] or "")
        if name in OPERATORS or (name in ("has", "not") and _has_operator(text, at, _closing(text, at, end))):
            close = _argument_end(name, text, at, end)
            calls.append(_Call(_SYNONYMS.get(name, name), token.start(), at, close, text, nesting))
            at = close + 1
        elif token[0][-1] == "(" and token[0][0] != "\\":
            at = _closing(text, at, end) + 1
    return calls


def _has_operator(text: str, first: int, end: int) -> bool:
    return any(fold(token[1] or "") in OPERATORS for token in _TOKEN.finditer(text, first, end))


def _closing(text: str, first: int, end: int) -> int:
    """Where the parenthesis closes whose argument starts at `first`; operators within keep their own parentheses."""
    depth = 1
    at = first
    while (token := _NESTED.search(text, at, end)) is not None:
        at = token.end()
        name = fold(token[1] or "")
        if name in OPERATORS and name not in _NESTING_OPERATORS:
            at = _argument_end(name, text, at, end) + 1
        elif token[0] == ")":
            depth -= 1
            if depth == 0:
                return token.start()
        elif token[0][-1] == "(" and token[0][0] != "\\":
            depth += 1
    raise _unclosed(text, first)


def _unclosed(text: str, first: int) -> SelectorError:
    where = Where(column=first, source=text)
    return SelectorError("selector: this parenthesis is never closed", code="selector-syntax", where=where)


def _argument_end(name: str, text: str, first: int, end: int) -> int:
    if name in _NESTING_OPERATORS:
        return _closing(text, first, end)
    whole = _REGEX_ARGUMENT.match(text, first, end) or _QUOTED_ARGUMENT.match(text, first, end)
    if whole is not None:
        return whole.end()
    return closing(text, first - 1, end) if name in _STRING_AWARE else _balanced(text, first, end)


def _balanced(text: str, first: int, end: int) -> int:
    depth = 1
    for token in _PARENTHESIS.finditer(text, first, end):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.start()
    raise _unclosed(text, first)


def _operator(call: _Call) -> Operator:
    if call.name in _WITHOUT_MEANING:
        call.refuse(_WITHOUT_MEANING[call.name], call.name.removeprefix("-"))
    if call.name in _ACTIONS:
        call.fail("an action stands at the very end", hint="write it last", code="misplaced-operator")
    try:
        return _READERS[call.name](call)
    except RuleError as error:
        if error.where.source == call.text:
            raise
        # A pattern or an expression knows places in itself only.
        raise type(error)(error.message, code=error.code, where=call.where(), hint=error.hint) from error


def _unquote(argument: str) -> str:
    """`argument` without the quotes around it, if there are any; a quote or a backslash in them may be escaped."""
    if argument[:1] not in ("'", '"') or argument[-1:] != argument[0] or len(argument) < 2:
        return argument
    return re.sub(rf"\\([\\{argument[0]}])", r"\1", argument[1:-1])


def _pattern(text: str, literal: Callable[[str], Pattern]) -> Pattern:
    """``/pattern/flags``, or literal text; an empty one fits everything."""
    found = _REGEX.fullmatch(text)
    if found is not None:
        return compile_regex(found[1], found[2])
    return literal(text) if text else op.Contains("")


def _text_argument(call: _Call) -> str:
    if not call.argument:
        call.fail("it needs an argument")
    argument = _unquote(call.argument)
    return (
        argument
        if argument != call.argument or _REGEX.fullmatch(argument)
        else _PARENTHESIS_ESCAPE.sub(r"\1", argument)
    )


def _has_text(call: _Call) -> Operator:
    return op.HasText(_pattern(_text_argument(call), op.Contains))


def _matches_path(call: _Call) -> Operator:
    encoded = _NOT_ASCII.sub(lambda char: quote(char[0], errors="replace"), _text_argument(call))
    return op.MatchesPath(_pattern(encoded, op.Contains))


def _upward(call: _Call) -> Operator:
    argument = call.argument.strip()
    if not argument.isdecimal():
        parts = call.parser().whole_list()
        return op.UpwardTo(parts[0] if len(parts) == 1 else Either(parts))
    if len(argument) > _MAX_DIGITS or not 1 <= int(argument) <= _MAX_UPWARD:
        call.fail(f"not a number from 1 to {_MAX_UPWARD}")
    return op.Upward(int(argument))


def _xpath(call: _Call) -> Operator:
    expression = _unquote(call.argument.strip())
    if not expression:
        call.fail("it needs an expression")
    importlib.import_module("cleanpage.match.xpath").check(expression)
    return op.XPath(expression)


def _matches_attr(call: _Call) -> Operator:
    name, value = _name_and_value(call)
    return op.MatchesAttribute(_pattern(name, op.Equals), _pattern(value, op.Equals))


def _name_and_value(call: _Call) -> tuple[str, str]:
    found = _ATTRIBUTE_ARGUMENT.fullmatch(call.argument.strip())
    if found is None:
        call.fail("not a name and a value", hint='write name, or "name"="value", each literal or /pattern/')
    if found["whole"]:
        name, _, value = _unquote(found["whole"]).partition("=")
        return name, value
    return _unquote(found["name"]), _unquote(found["value"] or "")


def _matches_css(call: _Call) -> Operator:
    declaration = _unquote(call.argument.strip())
    if re.match(r"[a-z-]+\s*,", declaration):
        call.refuse("asks for the style of a pseudo-element", "matches-css-before")
    name, colon, value = declaration.partition(":")
    if not colon:
        call.fail("not a property and a value", hint="write property: value")
    return op.InlineStyle(name.strip().lower(), _pattern(value.strip(), op.Equals))


def _min_text_length(call: _Call) -> Operator:
    argument = call.argument.strip()
    if not argument.isdecimal() or len(argument) > _MAX_DIGITS:
        call.fail("not a number of characters")
    return op.MinTextLength(int(argument))


def _has(call: _Call) -> Operator:
    if _has_operator(call.text, call.first, call.end):
        return _if(call)
    return op.MatchesPart(Has(call.parser().whole_relatives()))


def _if(call: _Call) -> op.Having:
    return op.Having(_steps(call.text, call.first, call.end, call.nesting + 1))


def _not(call: _Call) -> Operator:
    return op.Lacking(_if(call))


def _others(call: _Call) -> Operator:
    if call.argument.strip():
        call.fail("it takes no argument")
    return op.Others()


def _unchanged(call: _Call) -> Operator:
    return op.Unchanged()


_READERS: Final[Mapping[str, Callable[[_Call], Operator]]] = {
    "has-text": _has_text,
    "has": _has,
    "if": _if,
    "if-not": _not,
    "matches-attr": _matches_attr,
    "matches-css": _matches_css,
    "matches-media": _unchanged,
    "matches-path": _matches_path,
    "min-text-length": _min_text_length,
    "not": _not,
    "others": _others,
    "upward": _upward,
    "watch-attr": _unchanged,
    "xpath": _xpath,
}


def _remove_action(call: _Call) -> tuple[Action, str]:
    if call.argument.strip():
        call.fail("it takes no argument")
    return Action.REMOVE, ""


def _style_action(call: _Call) -> tuple[Action, str]:
    if _REMOVE_TRUE.match(call.argument) or hides(call.argument):
        return Action.REMOVE, ""
    call.refuse("changes how elements look, and does not hide them", "style")


def _names_action(action: Action, call: _Call) -> tuple[Action, str]:
    """The action with its argument, an exact name or a ``/pattern/``."""
    argument = _text_argument(call)
    _pattern(argument, op.Equals)
    return action, argument


_ACTIONS: Final[Mapping[str, Callable[[_Call], tuple[Action, str]]]] = {
    "remove": _remove_action,
    "style": _style_action,
    "remove-attr": partial(_names_action, Action.REMOVE_ATTR),
    "remove-class": partial(_names_action, Action.REMOVE_CLASS),
}
