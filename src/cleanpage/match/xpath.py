"""XPath 1.0 on a Page: lxml evaluates it, on a mirror of the page that is built once, when first asked for.

Names that lxml refuses have the offending characters replaced by ``_``; those with a colon keep it, so
``*[name()='fb:like']`` works where ``//fb:like`` is an undefined prefix. Control characters and lone surrogates read
as spaces. A comment of the page stands in the mirror only where it parts two text runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any, Final

from lxml import etree

from cleanpage.budget import Budget
from cleanpage.errors import RuleSyntaxError, UnsupportedRule, Where
from cleanpage.match.xpath_cost import PageSizes, Sizes, reckon
from cleanpage.match.xpath_parse import Expr, parse
from cleanpage.match.xpath_types import NODES, result_type
from cleanpage.page import Page

__all__ = ["Hit", "Mirror", "check", "evaluate", "nodes", "select"]

MOST_ELEMENTS: Final = 300_000
DEEPEST: Final = 2_000
"""A page larger or deeper than these has no mirror: libxml2 recurses on depth."""
MOST_STEPS: Final = 10_000_000
"""An expression that could take more steps on a page is not run there: about a second of libxml2's time."""
ROUGH_STEPS: Final = 100_000
"""An expression reckoned to take more steps is reckoned again, with what the starts of its paths really find."""
STEPS_TO_MIRROR: Final = 10
"""Steps that mirroring one node counts as."""

_UNREADABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFUSED_IN_NAMES = re.compile(r"[^\w.:@\-]|^[^\w]|^$")
_ROOT_OF_MANY: Final = "document"


@dataclass(frozen=True, slots=True)
class Hit:
    """One node that an expression found: element `node`, text run ``~node``, or an attribute of element `node`."""

    node: int
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class _Compiled:
    tree: Expr
    run: Callable[[etree._Element], Any]


def check(expression: str) -> None:
    """Make sure that `expression` is XPath 1.0 that finds nodes.

    Raises RuleSyntaxError (code ``xpath``, with the column) where it is not written right, calls an unknown function
    or one with the wrong arguments, or uses a prefix; UnsupportedRule where it has a variable or yields a string,
    number or truth value; LimitExceeded where it is too long or too deep.

    >>> check("//div[contains(@class, 'ad')]")
    """
    _compile(expression)


@lru_cache(maxsize=4096)
def _compile(expression: str) -> _Compiled:
    tree = parse(expression)
    kind = result_type(tree, expression)
    if kind != NODES:
        where = Where(source=expression)
        raise UnsupportedRule(f"yields a {kind}, not nodes", code="xpath-not-nodes", where=where)
    try:
        run = etree.XPath(expression, regexp=False, smart_strings=True)
        run(_sample())
    except (etree.XPathError, ValueError) as error:
        raise _broken(expression, error) from None
    return _Compiled(tree, run)


def _sample() -> etree._Element:
    root = etree.HTMLParser().makeelement("html")
    paragraph = etree.SubElement(etree.SubElement(root, "body"), "p", {"class": "a", "id": "b"})
    paragraph.text = "text"
    return root


def _broken(expression: str, error: Exception) -> RuleSyntaxError:
    entries = list(getattr(error, "error_log", ()))
    column = min(entries[-1].column, len(expression)) if entries else 0
    where = Where(source=expression, column=column)
    return RuleSyntaxError(str(error), code="xpath", where=where, hint="Write XPath 1.0.")


class Mirror:
    """An lxml tree of a page, its elements in the page's order."""

    def __init__(self, page: Page) -> None:
        """Raises UnsupportedRule (code ``xpath-page``) where the page is too large or too deep for libxml2."""
        if len(page) > MOST_ELEMENTS:
            raise _too_much(f"{len(page)} elements; XPath runs on up to {MOST_ELEMENTS}")
        self.elements: list[etree._Element] = []
        self.depths: list[int] = []
        self.homes: list[tuple[etree._Element, bool] | None] = []
        """for each text run the node that holds it, and whether as its tail."""
        self.attribute_names: dict[str, str] = {}
        """attribute names as the mirror has them, to those of the page where they differ."""
        self._costs: dict[tuple[str, int | None], int] = {}
        self.root = _Builder(self, page).build()
        self.numbers = {element: i for i, element in enumerate(self.elements)}
        self.sizes = PageSizes(page, self.depths)

    @staticmethod
    def of(page: Page, budget: Budget | None = None) -> Mirror:
        """The mirror of `page`: built at the first call, then kept with the page."""
        kept = vars(page).get("xpath_mirror")
        if kept is None:
            if budget is not None:
                budget.spend(STEPS_TO_MIRROR * (len(page) + len(page.texts)))
            kept = vars(page)["xpath_mirror"] = _mirror(page)
        if isinstance(kept, UnsupportedRule):
            raise kept
        return kept

    @cached_property
    def runs(self) -> dict[tuple[etree._Element, bool], int]:
        """Where a text run stands in the mirror, to its number."""
        return {home: t for t, home in enumerate(self.homes) if home is not None}

    def cost(self, expression: str, context: int | None) -> int:
        """The most steps that `expression` can take from element `context` of this page."""
        steps = self._costs.get((expression, context))
        if steps is None:
            tree = _compile(expression).tree
            sizes = self.sizes.document if context is None else self.sizes.of_elements([context])
            steps = reckon(tree, self.sizes, sizes)
            if steps > ROUGH_STEPS:
                steps = reckon(tree, self.sizes, sizes, partial(self._found, expression, context))
            self._costs[expression, context] = steps
        return steps

    def _found(self, expression: str, context: int | None, start: int, end: int) -> Sizes:
        run = etree.XPath(expression[start:end], regexp=False, smart_strings=False)
        found: Any = run(self.root if context is None else self.elements[context])
        elements = [self.numbers[node] for node in found if node in self.numbers]
        return self.sizes.of_nodes(elements, len(found) - len(elements))

    def hit(self, found: Any) -> Hit | None:
        """The node of the page for one node of the mirror; None for comments and nodes the page does not have."""
        if isinstance(found, etree._Element):
            number = self.numbers.get(found)
            return None if number is None else Hit(number)
        parent = found.getparent()
        if found.is_attribute:
            name = self.attribute_names.get(found.attrname, found.attrname)
            return Hit(self.numbers[parent], name) if parent in self.numbers else None
        run = self.runs.get((parent, found.is_tail))
        return None if run is None else Hit(~run)


def _mirror(page: Page) -> Mirror | UnsupportedRule:
    try:
        return Mirror(page)
    except UnsupportedRule as refusal:
        return refusal


def _too_much(message: str) -> UnsupportedRule:
    return UnsupportedRule(f"the page has {message}", code="xpath-page")


class _Builder:
    """Builds the tree of a mirror, node by node in document order."""

    def __init__(self, mirror: Mirror, page: Page) -> None:
        self.mirror = mirror
        self.page = page
        self.last: list[etree._Element | None] = [None] * (len(page) + 1)
        """for each element its last child so far; at the end, that of the common root."""
        self.plain_names: set[str] = set()
        self.root, self.shared = self._root()

    def _root(self) -> tuple[etree._Element | None, int]:
        """A root for what stands at the top of a page that has more than one node there, and its number in the page.

        The html element serves where there is one, so that ``/html/body`` is found.
        """
        page = self.page
        tops = [i for i, p in enumerate(page.parents) if p < 0]
        loose = any(p < 0 and not s.isspace() for p, s in zip(page.text_parents, page.texts, strict=True))
        if len(tops) == 1 and not loose:
            return None, -1
        html = next((i for i in tops if page.tags[i] == "html"), -1)
        return _make("html" if html >= 0 else _ROOT_OF_MANY), html

    def build(self) -> etree._Element:
        """The root; fills the mirror's lists."""
        page, text_at = self.page, self.page.text_at
        t, runs = 0, len(page.texts)
        for i in range(len(page)):
            while t < runs and text_at[t] <= i:
                self.text(t)
                t += 1
            self.element(i)
        while t < runs:
            self.text(t)
            t += 1
        return self.root if self.root is not None else self.mirror.elements[0]

    def element(self, i: int) -> None:
        """Add element `i`."""
        mirror, tag, attributes = self.mirror, self.page.tags[i], self.page.attrs(i)
        parent = self.page.parents[i]
        depth = mirror.depths[parent] + 1 if parent >= 0 else 0
        if depth > DEEPEST:
            raise _too_much(f"elements nested deeper than {DEEPEST} levels")
        above = mirror.elements[parent] if parent >= 0 else self.root
        try:
            made = self._made(i, above, tag, dict(attributes))
        except ValueError:
            made = self._made(i, above, _readable_name(tag), self._readable(attributes))
        self.last[parent] = made
        mirror.elements.append(made)
        mirror.depths.append(depth)

    def _made(self, i: int, above: etree._Element | None, tag: str, attributes: dict[str, str]) -> etree._Element:
        if not attributes.keys() <= self.plain_names:
            self._learn_names(attributes)
        if above is None:
            return _make(tag, attributes)
        if i == self.shared:
            for name, value in attributes.items():
                above.set(name, value)
            return above
        return etree.SubElement(above, tag, attributes)

    def _learn_names(self, attributes: dict[str, str]) -> None:
        """Raises ValueError where lxml would read a name as one in a namespace."""
        if any(name.startswith("{") for name in attributes):
            raise ValueError
        self.plain_names.update(attributes)

    def _readable(self, attributes: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for name, value in attributes.items():
            readable = _readable_name(name)
            found[readable] = _UNREADABLE.sub(" ", value)
            if readable != name:
                self.mirror.attribute_names[readable] = name
        return found

    def text(self, t: int) -> None:
        """Add text run `t`, parted by a comment from one that stands right before it."""
        parent = self.page.text_parents[t]
        above = self.mirror.elements[parent] if parent >= 0 else self.root
        if above is None:
            self.mirror.homes.append(None)
            return
        before = self.last[parent]
        home = (above, False) if before is None else (before, True)
        if t and self.mirror.homes[t - 1] == home:
            before = self.last[parent] = etree.Comment("")
            above.append(before)
            home = (before, True)
        text = self.page.texts[t]
        try:
            _write(home, text)
        except ValueError:
            _write(home, _UNREADABLE.sub(" ", text))
        self.mirror.homes.append(home)


def _make(tag: str, attributes: dict[str, str] | None = None) -> etree._Element:
    return etree.HTMLParser().makeelement(tag, attributes)


def _write(home: tuple[etree._Element, bool], text: str) -> None:
    node, as_tail = home
    if as_tail:
        node.tail = text
    else:
        node.text = text


def _readable_name(name: str) -> str:
    return _REFUSED_IN_NAMES.sub("_", name)


def evaluate(page: Page, expression: str, context: int | None = None, budget: Budget | None = None) -> list[Hit]:
    """The nodes that `expression` finds on `page`, each once, in document order.

    `context` is the element that a relative path starts from; by default the document's root element. A path that
    starts with ``/`` always starts at the document. The most work the expression can take is reckoned first and
    taken from `budget`, as is the building of the mirror at the first call.

    Raises what `check` raises, BudgetSpent, and UnsupportedRule where this page is not one to run it on: code
    ``xpath-page`` (the page is too large or too deep) or ``xpath-cost`` (it could take more than MOST_STEPS).

    >>> from cleanpage.sources.html import HtmlReading
    >>> page = HtmlReading("<p id=a>one<p id=b>two").page
    >>> [page.attrs(hit.node)["id"] for hit in evaluate(page, "//p[contains(., 'two')]")]
    ['b']
    """
    compiled = _compile(expression)
    if not len(page):
        return []
    mirror = Mirror.of(page, budget)
    _pay(expression, mirror, context, budget)
    start = mirror.root if context is None else mirror.elements[context]
    try:
        found = compiled.run(start)
    except etree.XPathError as error:
        where = Where(source=expression)
        raise UnsupportedRule(f"cannot be evaluated: {error}", code="xpath-evaluation", where=where) from None
    hits = {hit for hit in map(mirror.hit, found) if hit is not None}
    return sorted(hits, key=partial(_place, page))


def select(page: Page, expression: str, context: int | None = None, budget: Budget | None = None) -> list[int]:
    """The elements that `expression` finds, as `evaluate` does; other nodes are left out.

    >>> from cleanpage.sources.html import HtmlReading
    >>> select(HtmlReading("<p>one<p>two").page, "//p[2] | //p/text()")
    [4]
    """
    hits = evaluate(page, expression, context, budget)
    return [hit.node for hit in hits if hit.node >= 0 and hit.attribute is None]


def nodes(page: Page, expression: str, context: int | None = None, budget: Budget | None = None) -> list[int]:
    """The elements and text runs (as ``~t``) that `expression` finds, as `evaluate` does; attributes are left out.

    >>> from cleanpage.sources.html import HtmlReading
    >>> nodes(HtmlReading("<p>one<p>two").page, "//p[2] | //p/text()")
    [-1, 4, -2]
    """
    return [hit.node for hit in evaluate(page, expression, context, budget) if hit.attribute is None]


def _pay(expression: str, mirror: Mirror, context: int | None, budget: Budget | None) -> None:
    steps = mirror.cost(expression, context)
    if steps > MOST_STEPS:
        message = f"could take {steps} steps on this page; {MOST_STEPS} are allowed"
        hint = "Start from an id or a class, and avoid // and following:: inside predicates."
        raise UnsupportedRule(message, code="xpath-cost", where=Where(source=expression), hint=hint)
    if budget is not None:
        budget.spend(steps)


def _place(page: Page, hit: Hit) -> tuple[int, int, int, str]:
    """Sorts hits in document order: an element, its attributes, then its text."""
    if hit.node < 0:
        return page.text_at[~hit.node], 2, ~hit.node, ""
    return hit.node + 1, 0 if hit.attribute is None else 1, 0, hit.attribute or ""
