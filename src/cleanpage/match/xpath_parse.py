"""XPath 1.0 read into a tree, so that the work of an expression can be reckoned before lxml runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from cleanpage.errors import LimitExceeded, RuleSyntaxError, UnsupportedRule, Where

__all__ = ["Call", "Expr", "Operation", "Path", "Step", "Value", "parse"]

LONGEST: Final = 4096
"""Characters an expression may have."""
DEEPEST: Final = 24
"""Brackets and parentheses that may stand inside each other."""

AXES: Final = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)
NODE_TYPES: Final = frozenset({"node", "text", "comment", "processing-instruction"})

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<literal>"[^"]*"|'[^']*')
    | (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<name>[^\W\d][\w.\-]*(?::(?!:)(?:[^\W\d][\w.\-]*|\*))?)
    | (?P<mark>::|\.\.|//|!=|<=|>=|[()\[\].@,|+\-=<>*/$])
    )""",
    re.VERBOSE,
)
_BEFORE_A_TERM: Final = frozenset(
    {"", "@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="}
)
_LEVELS: Final = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*op", "div", "mod"}),
)


@dataclass(frozen=True, slots=True)
class Value:
    """A string or number as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Expr, ...]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """Operands joined by operators of one rank; ``|`` joins node sets."""

    operators: tuple[str, ...]
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: axis, node test (a name, ``*``, ``text()``, ``node()``) and predicates."""

    axis: str
    test: str
    predicates: tuple[Expr, ...] = ()
    column: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    """how many characters of the source precede what follows the step."""


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the document, from the context node, or from the nodes of another expression (`head`)."""

    absolute: bool
    steps: tuple[Step, ...]
    head: Expr | None = None
    predicates: tuple[Expr, ...] = ()
    """those of `head`."""
    start: int = field(default=0, compare=False)
    """how many characters of the source precede the path."""
    opening: int = field(default=0, compare=False)
    """and how many precede what follows `head` and its predicates."""


Expr = Value | Call | Operation | Path

_ANYTHING_BELOW: Final = Step("descendant-or-self", "node()")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse(expression: str) -> Expr:
    """The expression as a tree.

    Raises RuleSyntaxError (code ``xpath``) with the column, UnsupportedRule for variables, and LimitExceeded where
    it is longer than LONGEST or nested deeper than DEEPEST.

    >>> parse("//p[1]").steps[1].test
    'p'
    """
    if len(expression) > LONGEST:
        message = f"the expression has {len(expression)} characters; {LONGEST} are allowed"
        raise LimitExceeded(message, code="xpath-length", where=Where(source=expression[:80]))
    reader = _Reader(expression)
    tree = reader.expression(0)
    if reader.peek().kind != "end":
        reader.fail("unexpected")
    return tree


def _tokens(expression: str) -> list[_Token]:
    found: list[_Token] = []
    at, depth, before = 0, 0, ""
    end = len(expression.rstrip())
    while at < end:
        match = _TOKEN.match(expression, at)
        if match is None:
            at += len(expression[at:]) - len(expression[at:].lstrip())
            _fail(expression, at + 1, f"cannot read {expression[at]!r}")
        kind = match.lastgroup or ""
        text = match.group(kind)
        column = match.start(kind) + 1
        depth += (text in "([") - (text in ")]") if kind == "mark" else 0
        if depth > DEEPEST:
            where = Where(source=expression, column=column)
            raise LimitExceeded(f"nested deeper than {DEEPEST}", code="xpath-depth", where=where)
        kind, text = _as_operator(kind, text, before)
        found.append(_Token(kind, text, column))
        before = "term" if kind in ("literal", "number", "name") or text == "*" else text
        at = match.end()
    found.append(_Token("end", "", len(expression) + 1))
    return found


def _as_operator(kind: str, text: str, before: str) -> tuple[str, str]:
    """XPath 1.0, 3.7: after a term, ``*`` and these names are operators."""
    if before in _BEFORE_A_TERM or before in ("and", "or", "div", "mod", "*op", "$"):
        return kind, text
    if text == "*":
        return "mark", "*op"
    return ("mark", text) if kind == "name" and text in ("and", "or", "div", "mod") else (kind, text)


def _fail(expression: str, column: int, message: str) -> NoReturn:
    where = Where(source=expression, column=column)
    raise RuleSyntaxError(message, code="xpath", where=where, hint="Write XPath 1.0, for example //div[@class='ad'].")


class _Reader:
    """A recursive-descent reader; its depth is bounded by DEEPEST."""

    def __init__(self, expression: str) -> None:
        self.source = expression
        self.tokens = _tokens(expression)
        self.at = 0

    def peek(self, ahead: int = 0) -> _Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def next(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def take(self, text: str) -> bool:
        token = self.peek()
        if token.kind == "mark" and token.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            self.fail(f"expected {text!r}, found")

    def fail(self, message: str) -> NoReturn:
        token = self.peek()
        _fail(self.source, token.column, f"{message} {token.text!r}" if token.text else "the expression ends too early")

    def expression(self, level: int) -> Expr:
        if level == len(_LEVELS):
            return self.negation()
        operands, operators = [self.expression(level + 1)], []
        while self.peek().kind == "mark" and self.peek().text in _LEVELS[level]:
            operators.append(self.next().text)
            operands.append(self.expression(level + 1))
        return Operation(tuple(operators), tuple(operands)) if operators else operands[0]

    def negation(self) -> Expr:
        minus = 0
        while self.take("-"):
            minus += 1
        operands = [self.path()]
        while self.take("|"):
            operands.append(self.path())
        union: Expr = Operation(("|",) * (len(operands) - 1), tuple(operands)) if operands[1:] else operands[0]
        return Operation(("-",), (union,)) if minus else union

    def path(self) -> Expr:
        start = self.peek().column - 1
        if self.take("//"):
            return Path(True, (_ANYTHING_BELOW, *self.steps()), start=start)
        if self.take("/"):
            return Path(True, self.steps() if self.starts_step() else (), start=start)
        head = self.head()
        if head is None:
            return Path(False, self.steps(), start=start)
        predicates, opening = self.predicates(), self.peek().column - 1
        if self.take("//"):
            return Path(False, (_ANYTHING_BELOW, *self.steps()), head, predicates, start, opening)
        steps = self.steps() if self.take("/") else ()
        return Path(False, steps, head, predicates, start, opening) if steps or predicates else head

    def starts_step(self) -> bool:
        token = self.peek()
        return token.kind == "name" or token.text in ("*", ".", "..", "@")

    def head(self) -> Expr | None:
        token = self.peek()
        if token.kind in ("literal", "number"):
            return Value(self.next().text)
        if token.text == "$":
            where = Where(source=self.source, column=token.column)
            raise UnsupportedRule("variables have no value here", code="xpath-variable", where=where)
        if self.take("("):
            inner = self.expression(0)
            self.expect(")")
            return inner
        if token.kind == "name" and self.peek(1).text == "(" and token.text not in NODE_TYPES:
            return self.call()
        return None

    def call(self) -> Call:
        column, name = self.peek().column, self.next().text
        self.expect("(")
        arguments: list[Expr] = []
        while not self.take(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression(0))
        return Call(name, tuple(arguments), column)

    def steps(self) -> tuple[Step, ...]:
        found = [self.step()]
        while True:
            if self.take("//"):
                found += [_ANYTHING_BELOW, self.step()]
            elif self.take("/"):
                found.append(self.step())
            else:
                return tuple(found)

    def step(self) -> Step:
        for written, axis in (("..", "parent"), (".", "self")):
            if self.take(written):
                return Step(axis, "node()", end=self.peek().column - 1)
        axis = self.axis()
        column = self.peek().column
        test, predicates = self.test(), self.predicates()
        return Step(axis, test, predicates, column, self.peek().column - 1)

    def axis(self) -> str:
        if self.take("@"):
            return "attribute"
        if self.peek(1).text != "::":
            return "child"
        if self.peek().text not in AXES:
            self.fail("no such axis:")
        axis = self.next().text
        self.expect("::")
        return axis

    def test(self) -> str:
        token = self.peek()
        if self.take("*"):
            return "*"
        if token.kind != "name":
            self.fail("expected a name, found")
        self.at += 1
        if token.text in NODE_TYPES and self.take("("):
            if self.peek().kind == "literal":
                self.at += 1
            self.expect(")")
            return f"{token.text}()"
        return token.text

    def predicates(self) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while self.take("["):
            found.append(self.expression(0))
            self.expect("]")
        return tuple(found)
