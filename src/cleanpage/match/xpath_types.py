"""What libxml2 tells only when it happens to evaluate that part: wrong functions, arguments, types and prefixes."""

from __future__ import annotations

import difflib
from typing import Final, NoReturn

from cleanpage.errors import RuleSyntaxError, Where
from cleanpage.match.xpath_parse import Call, Expr, Operation, Path, Step, Value

__all__ = ["NODES", "result_type"]

NODES, STRING, NUMBER, TRUTH = "nodes", "string", "number", "truth value"

_FUNCTIONS: Final = {
    # name: (fewest arguments, most arguments, result)
    "boolean": (1, 1, TRUTH),
    "ceiling": (1, 1, NUMBER),
    "concat": (2, 99, STRING),
    "contains": (2, 2, TRUTH),
    "count": (1, 1, NUMBER),
    "false": (0, 0, TRUTH),
    "floor": (1, 1, NUMBER),
    "id": (1, 1, NODES),
    "lang": (1, 1, TRUTH),
    "last": (0, 0, NUMBER),
    "local-name": (0, 1, STRING),
    "name": (0, 1, STRING),
    "namespace-uri": (0, 1, STRING),
    "normalize-space": (0, 1, STRING),
    "not": (1, 1, TRUTH),
    "number": (0, 1, NUMBER),
    "position": (0, 0, NUMBER),
    "round": (1, 1, NUMBER),
    "starts-with": (2, 2, TRUTH),
    "string": (0, 1, STRING),
    "string-length": (0, 1, NUMBER),
    "substring": (2, 3, STRING),
    "substring-after": (2, 2, STRING),
    "substring-before": (2, 2, STRING),
    "sum": (1, 1, NUMBER),
    "translate": (3, 3, STRING),
    "true": (0, 0, TRUTH),
}
_ASK_FOR_NODES: Final = frozenset({"count", "local-name", "name", "namespace-uri", "sum"})
_LOGIC: Final = frozenset({"or", "and", "=", "!=", "<", "<=", ">", ">="})


def result_type(tree: Expr, source: str) -> str:
    """The type of what `tree` yields: nodes, string, number or truth value.

    Raises RuleSyntaxError (code ``xpath``) where a part of it could not be evaluated; `source` is shown in the error.

    >>> from cleanpage.match.xpath_parse import parse
    >>> result_type(parse("count(//p)"), "count(//p)")
    'number'
    """
    match tree:
        case Value(text):
            return STRING if text[:1] in "\"'" else NUMBER
        case Call():
            return _call(tree, source)
        case Operation():
            return _operation(tree, source)
        case Path():
            return _path(tree, source)


def _call(tree: Call, source: str) -> str:
    known = _FUNCTIONS.get(tree.name)
    if known is None:
        near = difflib.get_close_matches(tree.name, _FUNCTIONS, 1)
        hint = f"Did you mean {near[0]}()?" if near else "XPath 1.0 has no such function."
        _fail(f"unknown function {tree.name}()", source, tree.column, len(tree.name), hint)
    fewest, most, result = known
    if not fewest <= len(tree.arguments) <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} or more" if most == 99 else f"{fewest} or {most}"
        message = f"{tree.name}() takes {wanted} arguments, not {len(tree.arguments)}"
        _fail(message, source, tree.column, len(tree.name), "Check its commas and parentheses.")
    types = [result_type(argument, source) for argument in tree.arguments]
    if tree.name in _ASK_FOR_NODES and types and types[0] != NODES:
        _fail(f"{tree.name}() takes nodes, not a {types[0]}", source, tree.column, len(tree.name), "Pass it a path.")
    return result


def _operation(tree: Operation, source: str) -> str:
    types = [result_type(operand, source) for operand in tree.operands]
    if "|" in tree.operators:
        wrong = next((t for t in types if t != NODES), None)
        if wrong:
            _fail(f"| joins nodes, not a {wrong}", source, source.find("|") + 1, 1, "Use 'or' inside a predicate.")
        return NODES
    return TRUTH if _LOGIC.intersection(tree.operators) else NUMBER


def _path(tree: Path, source: str) -> str:
    if tree.head is not None:
        head = result_type(tree.head, source)
        if head != NODES:
            _fail(f"a path cannot start from a {head}", source, 1, 1, "Start it from nodes.")
    for predicate in tree.predicates:
        result_type(predicate, source)
    for step in tree.steps:
        _step(step, source)
    return NODES


def _step(step: Step, source: str) -> None:
    prefix, colon, _ = step.test.partition(":")
    if colon and prefix != "xml":
        sign = "@" if step.axis == "attribute" else ""
        hint = f"Write {sign}*[name()='{step.test}']."
        _fail(f"no prefix {prefix}: is known", source, step.column, len(step.test), hint)
    for predicate in step.predicates:
        result_type(predicate, source)


def _fail(message: str, source: str, column: int, width: int, hint: str) -> NoReturn:
    where = Where(source=source, column=column, width=width)
    raise RuleSyntaxError(message, code="xpath", where=where, hint=hint)
