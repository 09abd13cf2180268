"""The filter lists' procedural operators: each takes a set of elements to another set.

A set is a list in document order without repeats; ``DOCUMENT`` in it stands for the document itself, with which a
selector that starts with an operator begins. What the operators mean is what uBlock Origin makes of them.
"""

from __future__ import annotations

import importlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from cleanpage.match.complex import Steps, everywhere, follow, leading
from cleanpage.match.context import MatchContext, XPathEvaluator
from cleanpage.match.relations import behind
from cleanpage.match.simple import Part
from cleanpage.match.style import declarations
from cleanpage.page import Page

__all__ = [
    "DOCUMENT",
    "Along",
    "Contains",
    "Equals",
    "Filter",
    "HasText",
    "Having",
    "InlineStyle",
    "Lacking",
    "MatchesAttribute",
    "MatchesPart",
    "MatchesPath",
    "MinTextLength",
    "Operator",
    "Others",
    "Pattern",
    "Unchanged",
    "Upward",
    "UpwardTo",
    "Within",
    "XPath",
    "run_all",
]

DOCUMENT: Final = -1

CHARS_PER_STEP: Final = 64


class Pattern(Protocol):
    """What a text is searched for."""

    def search(self, text: str) -> bool:
        """Whether it occurs in `text`."""

    def steps(self, length: int) -> int:
        """What a search in `length` characters costs, at most."""


@dataclass(frozen=True, slots=True)
class Contains:
    """Occurs anywhere; an empty one always does."""

    wanted: str

    def search(self, text: str) -> bool:
        return self.wanted in text

    def steps(self, length: int) -> int:
        return length // CHARS_PER_STEP


@dataclass(frozen=True, slots=True)
class Equals:
    """Is the whole text."""

    wanted: str

    def search(self, text: str) -> bool:
        return self.wanted == text

    def steps(self, length: int) -> int:
        return length // CHARS_PER_STEP


class Operator:
    """One step of a procedural selector."""

    __slots__ = ()

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        """The elements that this step leads to from `nodes`."""
        raise NotImplementedError


def run_all(operators: Iterable[Operator], nodes: list[int], page: Page, context: MatchContext) -> list[int]:
    """Where `operators`, one after the other, lead from `nodes`."""
    for operator in operators:
        if not nodes:
            break
        nodes = operator.run(nodes, page, context)
    return nodes


class Filter(Operator):
    """A step that keeps some of the elements."""

    __slots__ = ()

    takes_document: ClassVar[bool] = False

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        """Whether element `i` is kept."""
        raise NotImplementedError

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        context.budget.spend(len(nodes))
        return [i for i in nodes if (i != DOCUMENT or self.takes_document) and self.test(i, page, context)]


@dataclass(frozen=True, slots=True, eq=False)
class MatchesPart(Filter):
    """CSS that a node itself must match."""

    part: Part

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        return self.part.test(page, i, context)


@dataclass(frozen=True, slots=True, eq=False)
class Within(Operator):
    """CSS for descendants. What stands before the last combinator may lie outside the node, as in querySelectorAll."""

    part: Part

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        found = everywhere(self.part, page, context)
        if nodes[0] == DOCUMENT:
            return found.copy()
        if len(nodes) == 1:
            first, end = bisect_right(found, nodes[0]), bisect_left(found, page.ends[nodes[0]])
            context.budget.spend(end - first)
            return found[first:end]
        context.budget.spend(len(found))
        stands = behind(" ", nodes, page, context)
        return [i for i in found if stands(i)]


@dataclass(frozen=True, slots=True, eq=False)
class Along(Operator):
    """CSS that starts at the node itself: with a combinator, or with a pseudo-class that the node must match."""

    steps: Steps

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        return follow(self.steps, [i for i in nodes if i != DOCUMENT], page, context)


@dataclass(frozen=True, slots=True, eq=False)
class HasText(Filter):
    """``:has-text()``: the text of all descendants, scripts and white space as they are."""

    wanted: Pattern

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        first, end = context.text_span(page, i)
        if isinstance(self.wanted, Contains):
            return self._occurs(self.wanted.wanted, first, end, page, context)
        context.budget.spend(1 + self.wanted.steps(end - first))
        return self.wanted.search(context.all_text(page)[0][first:end])

    def _occurs(self, wanted: str, first: int, end: int, page: Page, context: MatchContext) -> bool:
        starts = context.remember(self, lambda: _occurrences(wanted, page, context))
        place = bisect_left(starts, first)
        return place < len(starts) and starts[place] + len(wanted) <= end


def _occurrences(wanted: str, page: Page, context: MatchContext) -> list[int]:
    """Where in the text of the page `wanted` starts."""
    text = context.all_text(page)[0]
    context.budget.spend(1 + len(text) // CHARS_PER_STEP)
    found = []
    at = text.find(wanted)
    while at >= 0:
        context.budget.spend()
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class MinTextLength(Filter):
    """``:min-text-length(n)``, in characters."""

    length: int

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        first, end = context.text_span(page, i)
        return end - first >= self.length


@dataclass(frozen=True, slots=True, eq=False)
class MatchesAttribute(Filter):
    """``:matches-attr(name="value")``: any attribute whose name and value both fit."""

    name: Pattern
    value: Pattern

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        attributes = page.attrs(i)
        return any(
            _fits(self.name, name, context) and _fits(self.value, value, context) for name, value in attributes.items()
        )


def _fits(wanted: Pattern, text: str, context: MatchContext) -> bool:
    context.budget.spend(1 + wanted.steps(len(text)))
    return wanted.search(text)


@dataclass(frozen=True, slots=True, eq=False)
class InlineStyle(Filter):
    """``:matches-css(property: value)``, of which a static page knows the style attribute only."""

    name: str
    value: Pattern

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        style = page.attrs(i).get("style", "")
        context.budget.spend(len(style) // CHARS_PER_STEP)
        value = declarations(style).get(self.name)
        return value is not None and _fits(self.value, value, context)


@dataclass(frozen=True, slots=True, eq=False)
class MatchesPath(Filter):
    """``:matches-path()``: keeps all if the page's path and query fit, none if not, or if they are not known."""

    wanted: Pattern
    takes_document: ClassVar[bool] = True

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        return context.path is not None and _fits(self.wanted, context.path, context)


@dataclass(frozen=True, slots=True, eq=False)
class Having(Filter):
    """``:has()``, ``:if()`` with operators inside: the inner ones lead from the node to some element."""

    operators: tuple[Operator, ...]
    takes_document: ClassVar[bool] = True

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        if i == DOCUMENT or not self._only_filters():
            return bool(run_all(self.operators, [i], page, context))
        return context.remember(self, lambda: self._leads(page, context))(i)

    def _only_filters(self) -> bool:
        return isinstance(self.operators[0], (Within, Along)) and all(isinstance(o, Filter) for o in self.operators[1:])

    def _leads(self, page: Page, context: MatchContext) -> Callable[[int], bool]:
        """The same question, worked out for all elements of the page at once."""
        start = self.operators[0]
        steps = start.steps if isinstance(start, Along) else ((" ", start.part),) if isinstance(start, Within) else ()
        goals = run_all(self.operators[1:], everywhere(steps[-1][1], page, context), page, context)
        return leading(steps, goals, page, context)


@dataclass(frozen=True, slots=True, eq=False)
class Lacking(Filter):
    """``:not()``, ``:if-not()`` with operators inside."""

    inner: Having
    takes_document: ClassVar[bool] = True

    def test(self, i: int, page: Page, context: MatchContext) -> bool:
        return not self.inner.test(i, page, context)


@dataclass(frozen=True, slots=True, eq=False)
class Unchanged(Operator):
    """``:watch-attr()``, ``:matches-media()``: nothing to ask of a static page."""

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        return nodes


@dataclass(frozen=True, slots=True, eq=False)
class Upward(Operator):
    """``:upward(n)``: the n-th ancestor."""

    steps: int

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        found = set()
        for i in nodes:
            outer = self._climb(i, page.parents, context)
            if outer >= 0:
                found.add(outer)
        return sorted(found)

    def _climb(self, i: int, parents: list[int], context: MatchContext) -> int:
        for _ in range(self.steps):
            context.budget.spend()
            if i < 0:
                break
            i = parents[i]
        return i


@dataclass(frozen=True, slots=True, eq=False)
class UpwardTo(Operator):
    """``:upward(selector)``: the nearest ancestor that matches."""

    part: Part

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        nearest: dict[int, int] = {}
        found = {self._climb(page.parents[i], nearest, page, context) for i in nodes if i != DOCUMENT}
        return sorted(found - {-1})

    def _climb(self, i: int, nearest: dict[int, int], page: Page, context: MatchContext) -> int:
        """The nearest match from element `i` upwards, itself included; what is passed is kept in `nearest`."""
        passed = []
        while i >= 0 and i not in nearest:
            context.budget.spend()
            passed.append(i)
            if self.part.test(page, i, context):
                nearest[i] = i
            else:
                i = page.parents[i]
        goal = nearest.get(i, -1)
        nearest.update(dict.fromkeys(passed, goal))
        return goal


@dataclass(frozen=True, slots=True, eq=False)
class XPath(Operator):
    """``:xpath()``, from each node; what it finds may stand anywhere."""

    expression: str

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        evaluate = context.xpath or _evaluator()
        found: set[int] = set()
        for i in nodes:
            found.update(evaluate(page, self.expression, None if i == DOCUMENT else i, context.budget))
        return sorted(found)


def _evaluator() -> XPathEvaluator:
    evaluate: XPathEvaluator = importlib.import_module("cleanpage.match.xpath").select
    return evaluate


_UNSEEN: Final = frozenset("head link meta script style".split())


@dataclass(frozen=True, slots=True, eq=False)
class Others(Operator):
    """``:others()``: what stands beside the nodes and beside their ancestors, up to the body."""

    def run(self, nodes: list[int], page: Page, context: MatchContext) -> list[int]:
        kept = self._kept([i for i in nodes if i != DOCUMENT], page, context)
        found: list[int] = []
        for parent in sorted({page.parents[i] for i in kept} - {-1}):
            beside = [j for j in page.children(parent) if j not in kept]
            context.budget.spend(len(beside))
            found += [j for j in beside if page.tags[j] not in _UNSEEN]
        return sorted(found)

    def _kept(self, targets: list[int], page: Page, context: MatchContext) -> set[int]:
        """The outermost of the targets, and their ancestors below the body."""
        kept: set[int] = set()
        end = -1
        for i in targets:
            if i < end:
                continue
            end = page.ends[i]
            while i >= 0 and i not in kept and page.tags[i] not in ("body", "head"):
                context.budget.spend()
                kept.add(i)
                i = page.parents[i]
        return kept
