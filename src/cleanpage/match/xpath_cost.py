"""How much work an XPath expression can be on a page at most, reckoned before it runs.

libxml2 offers no limit on its work, and a short expression can be cubic in the page (``//div/following-sibling::div``
needs 12 s for 4,000 siblings). So the tree of the expression is walked with the numbers of the page: how many elements
a test can find, how much stands in them, how often a predicate is asked. One step is about one element visited, or 64
characters read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Final

from cleanpage.match.xpath_parse import Call, Expr, Operation, Path, Step, Value
from cleanpage.page import Page

__all__ = ["PageSizes", "Sizes", "reckon"]

CHARACTERS_A_STEP: Final = 64
COMPARES_A_STEP: Final = 64
"""libxml2 looks for a node it has already found by comparing it with each; that many comparisons are one step."""

TRANSLATING: Final = 16
"""``translate()`` goes through its text character by character, that much slower than other functions."""
MOST_STEPS_TO_FIND: Final = 500_000
"""Steps that may be taken to learn what the start of a path finds."""

_ONCE: Final = frozenset({"child", "attribute", "self", "namespace"})
_DOWN: Final = frozenset({"descendant", "descendant-or-self"})
_UP: Final = frozenset({"ancestor", "ancestor-or-self"})
_SIBLINGS: Final = frozenset({"following-sibling", "preceding-sibling"})
_READ_NO_TEXT: Final = frozenset({"last", "position", "count", "true", "false", "not", "boolean", "name", "local-name"})
_COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sums over a collection of nodes in which a node stands up to `times` times."""

    count: int
    inside: int = 0
    """nodes below them."""
    text: int = 0
    """their text, in steps."""
    siblings: int = 0
    above: int = 0
    largest_inside: int = 0
    largest_text: int = 0
    largest_siblings: int = 0
    times: int = 1

    def each(self, evaluations: int, times: int) -> Sizes:
        """The most that `evaluations` visits to these nodes come to, each node visited up to `times` times."""
        deepest = max(1, self.above)
        return Sizes(
            count=evaluations,
            inside=min(evaluations * self.largest_inside, self.inside * times),
            text=min(evaluations * self.largest_text, self.text * times),
            siblings=min(evaluations * self.largest_siblings, self.siblings * times),
            above=min(evaluations * deepest, self.above * times),
            largest_inside=self.largest_inside,
            largest_text=self.largest_text,
            largest_siblings=self.largest_siblings,
            times=times,
        )


class PageSizes:
    """The numbers of one page that `reckon` asks for; each is worked out when first asked."""

    def __init__(self, page: Page, depths: list[int]) -> None:
        # Parts of the page, not the page: it holds its mirror, which holds these numbers.
        self.parents, self.text_parents, self.ends = page.parents, page.text_parents, page.ends
        self.text_first, self.text_end, self.texts = page.text_first, page.text_end, page.texts
        self.classes, self.by_tag, self.by_id = page.classes, page.by_tag, page.by_id
        self.depths = depths
        self.elements = len(page)
        self.nodes = len(page) + len(page.texts)
        self.deepest = max(depths, default=0) + 1
        self._by_test: dict[str, Sizes] = {}

    @cached_property
    def _text_sums(self) -> list[int]:
        return list(accumulate(map(len, self.texts), initial=0))

    @cached_property
    def _sibling_counts(self) -> list[int]:
        children = Counter(self.parents)
        children.update(self.text_parents)
        return [children[p] for p in self.parents]

    @cached_property
    def document(self) -> Sizes:
        text = self._text_sums[-1] // CHARACTERS_A_STEP + self.nodes + 1
        return Sizes(1, self.nodes, text, 1, 1, self.nodes, text, 1)

    @cached_property
    def by_class_value(self) -> Counter[str | None]:
        return Counter(self.classes)

    def of(self, test: str) -> Sizes:
        """Of all nodes that a node test can find."""
        found = self._by_test.get(test)
        if found is None:
            found = self._by_test[test] = self._measure(test)
        return found

    def _measure(self, test: str) -> Sizes:
        if test in ("*", "node()"):
            sizes = self.of_elements(range(self.elements))
            return _with_others(sizes, len(self.texts), self._runs()) if test == "node()" else sizes
        if test.endswith("()"):
            return self._runs()
        return self.of_elements(self.by_tag.get(test, ()))

    def _runs(self) -> Sizes:
        lengths = [len(s) // CHARACTERS_A_STEP + 1 for s in self.texts]
        total, largest, count = sum(lengths), max(lengths, default=1), len(lengths)
        most = max(self._sibling_counts, default=1)
        return Sizes(count, 0, total, count * most, count * self.deepest, 0, largest, most)

    def of_elements(self, elements: Sequence[int]) -> Sizes:
        """Of these elements."""
        sums, siblings = self._text_sums, self._sibling_counts
        text_end, first, ends = self.text_end, self.text_first, self.ends
        inside = [ends[i] - i - 1 + text_end[i] - first[i] for i in elements]
        characters = [sums[text_end[i]] - sums[first[i]] for i in elements]
        text = [1 + below + count // CHARACTERS_A_STEP for below, count in zip(inside, characters, strict=True)]
        beside = [siblings[i] for i in elements]
        return Sizes(
            count=len(inside),
            inside=sum(inside),
            text=sum(text),
            siblings=sum(beside),
            above=sum(self.depths[i] + 1 for i in elements),
            largest_inside=max(inside, default=0),
            largest_text=max(text, default=0),
            largest_siblings=max(beside, default=0),
        )

    def of_nodes(self, elements: Sequence[int], others: int) -> Sizes:
        """Of these elements, and of some attributes, comments or text runs."""
        sizes = self.of_elements(elements)
        return _with_others(sizes, others, self.of("text()") if others else Sizes(0))


def _with_others(elements: Sizes, others: int, runs: Sizes) -> Sizes:
    return Sizes(
        count=elements.count + others,
        inside=elements.inside,
        text=elements.text + min(runs.text, others * runs.largest_text),
        siblings=elements.siblings + others * runs.largest_siblings,
        above=elements.above + min(runs.above, others * max(1, runs.above)),
        largest_inside=elements.largest_inside,
        largest_text=max(elements.largest_text, runs.largest_text),
        largest_siblings=max(elements.largest_siblings, runs.largest_siblings),
    )


Find = Callable[[int, int], Sizes]
"""The sizes of the nodes that a part of the expression (from, to) really finds."""


def reckon(tree: Expr, sizes: PageSizes, context: Sizes, find: Find | None = None) -> int:
    """The most steps that one evaluation of `tree` takes on the page, from a context node of size `context`.

    With `find`, the paths that are not in a predicate are followed: what their first steps find is looked up, which
    takes about as much work again, but tells how many nodes the costly steps start from.
    """
    return _Reckoning(sizes, context, find).cost(tree, context)[0]


class _Reckoning:
    """Walks an expression; each method gives the steps, and the nodes found where the part yields nodes."""

    def __init__(self, sizes: PageSizes, outermost: Sizes, find: Find | None) -> None:
        self.sizes = sizes
        self.outermost = outermost
        self.find = find

    def cost(self, tree: Expr, context: Sizes) -> tuple[int, Sizes | None]:
        match tree:
            case Value():
                return 1, None
            case Path():
                return self.path(tree, context)
            case Call():
                return self.call(tree, context)
            case Operation():
                return self.operation(tree, context)

    def operation(self, tree: Operation, context: Sizes) -> tuple[int, Sizes | None]:
        parts = [self.cost(operand, context) for operand in tree.operands]
        steps = context.count + sum(cost for cost, _ in parts)
        found = [nodes for _, nodes in parts if nodes is not None]
        if "|" in tree.operators:
            return steps + _merging(sum(n.count for n in found), context), _together(found)
        if _COMPARISONS.intersection(tree.operators):
            steps += sum(n.text for n in found)
            if len(found) > 1:
                steps += found[0].count * found[1].count // max(1, min(n.times for n in found))
        return steps, None

    def call(self, tree: Call, context: Sizes) -> tuple[int, Sizes | None]:
        parts = [self.cost(argument, context) for argument in tree.arguments]
        steps = context.count + sum(cost for cost, _ in parts)
        if tree.name == "id":
            every = self.sizes.of("*")
            return steps + context.text, every.each(min(every.count, context.count * every.count), context.times)
        if tree.name not in _READ_NO_TEXT:
            read = [nodes.text for _, nodes in parts if nodes is not None]
            steps += sum(read) if tree.arguments else context.text
            steps *= TRANSLATING if tree.name == "translate" else 1
        return steps, None

    def path(self, tree: Path, context: Sizes) -> tuple[int, Sizes | None]:
        steps, nodes = self.start(tree, context)
        for predicate in tree.predicates:
            steps += self.cost(predicate, nodes)[0]
        if tree.opening and self.worthwhile(steps, context):
            nodes = self.known(tree.start, tree.opening, nodes)
        for step in _joined(tree.steps):
            cost, nodes = self.step(step, nodes, context)
            steps += cost
            if step.end < tree.steps[-1].end and self.worthwhile(steps, context):
                nodes = self.known(tree.start, step.end, nodes)
        return steps, nodes

    def worthwhile(self, steps: int, context: Sizes) -> bool:
        """Whether to look up what a path finds so far, which took `steps`: not in a predicate."""
        return context is self.outermost and steps <= MOST_STEPS_TO_FIND

    def known(self, start: int, end: int, reckoned: Sizes) -> Sizes:
        """What a part of the expression really finds, where it can be looked up."""
        return self.find(start, end) if self.find and end else reckoned

    def start(self, tree: Path, context: Sizes) -> tuple[int, Sizes]:
        if tree.head is not None:
            steps, nodes = self.cost(tree.head, context)
            return steps, nodes or Sizes(0)
        if tree.absolute:
            return context.count, self.sizes.document.each(context.count, context.count)
        return context.count, context

    def step(self, step: Step, nodes: Sizes, context: Sizes) -> tuple[int, Sizes]:
        walked = self.walked(step.axis, nodes)
        if step.axis in ("attribute", "namespace"):
            each = 1 if step.test != "*" else 8
            found = Sizes(nodes.count * each, 0, nodes.count * each, above=nodes.above, times=nodes.times)
        else:
            every = nodes if _stays(step) else self.sizes.of(step.test)
            visits = min(walked, nodes.count * every.count)
            found = every.each(visits, self.times(step.axis, nodes))
        steps = walked + nodes.count
        if step.axis not in _ONCE and nodes.count > context.count:
            steps += found.count * min(found.count, self.sizes.of(step.test).count) // COMPARES_A_STEP
        for predicate in step.predicates:
            steps += self.cost(predicate, found)[0]
            found = self.narrowed(predicate, found, nodes)
        return steps, self.without_repeats(step, found, context)

    def without_repeats(self, step: Step, found: Sizes, context: Sizes) -> Sizes:
        """Between two steps, libxml2 keeps each node once for each evaluation of the path."""
        if step.axis in _ONCE:
            return found
        every = self.sizes.of(step.test)
        times = min(found.times, max(1, context.count))
        return every.each(min(found.count, every.count * times), times)

    def walked(self, axis: str, nodes: Sizes) -> int:
        """How many nodes an axis visits from `nodes`."""
        if axis in _DOWN or axis == "child":
            return nodes.inside + nodes.count
        if axis in _UP:
            return nodes.above + nodes.count
        if axis in _SIBLINGS:
            return nodes.siblings
        return nodes.count if axis in ("self", "parent", "attribute", "namespace") else nodes.count * self.sizes.nodes

    def times(self, axis: str, nodes: Sizes) -> int:
        """How often one node can be visited from `nodes`."""
        if axis in _ONCE:
            return nodes.times
        if axis in _DOWN:
            return min(nodes.count, nodes.times * self.sizes.deepest) or 1
        return nodes.count or 1

    def narrowed(self, predicate: Expr, found: Sizes, nodes: Sizes) -> Sizes:
        """What a predicate leaves, for the forms whose effect the page's own index tells."""
        if isinstance(predicate, Value) and predicate.text[:1].isdigit():
            return found.each(min(found.count, nodes.count), found.times)
        match predicate:
            case Operation(("=",), (Path(False, (Step("attribute", name, ()),), None), Value(text))):
                most = self.having(name, text[1:-1])
                return found if most is None else found.each(min(found.count, most * found.times), found.times)
        return found

    def having(self, name: str, value: str) -> int | None:
        if name == "id":
            return len(self.sizes.by_id.get(value, ()))
        return self.sizes.by_class_value[value] if name == "class" else None


def _stays(step: Step) -> bool:
    return step.axis == "self" and step.test == "node()"


def _merging(count: int, context: Sizes) -> int:
    return count * count // (COMPARES_A_STEP * max(1, context.count))


def _together(found: list[Sizes]) -> Sizes:
    return Sizes(
        count=sum(n.count for n in found),
        inside=sum(n.inside for n in found),
        text=sum(n.text for n in found),
        siblings=sum(n.siblings for n in found),
        above=sum(n.above for n in found),
        largest_inside=max((n.largest_inside for n in found), default=0),
        largest_text=max((n.largest_text for n in found), default=0),
        largest_siblings=max((n.largest_siblings for n in found), default=0),
        times=max((n.times for n in found), default=1),
    )


def _joined(steps: tuple[Step, ...]) -> list[Step]:
    """``descendant-or-self::node()/child::x`` is one walk."""
    found: list[Step] = []
    for step in steps:
        if found and step.axis == "child" and found[-1] == Step("descendant-or-self", "node()"):
            found[-1] = replace(step, axis="descendant")
        else:
            found.append(step)
    return found
