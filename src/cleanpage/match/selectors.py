"""CSS selectors, and the filter lists' operators, on a Page.

`parse_selector` is the way in. The selectors that rule files are made of (one class, one id, a tag with an attribute)
are taken by one pattern; `grammar` reads the rest of CSS, `procedural` what has operators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cleanpage.errors import LimitExceeded, Where
from cleanpage.match.complex import Compound, Either, chains_in, everywhere, indexed, possible
from cleanpage.match.context import MatchContext
from cleanpage.match.grammar import MAX_LENGTH, Parser, SelectorError, attribute, tag
from cleanpage.match.operators import DOCUMENT, Filter, MatchesPath, Operator, Others, run_all
from cleanpage.match.procedural import MAY_BE_PROCEDURAL, read_procedure
from cleanpage.match.simple import ClassName, Id, Key, Part
from cleanpage.model import Action
from cleanpage.page import Page

__all__ = ["Key", "MatchContext", "Selector", "SelectorError", "parse_selector"]

_NAME = r"-?[A-Za-z_][\w-]*"
_SINGLE = re.compile(rf"[.#]{_NAME}", re.ASCII)
_COMMON = re.compile(
    rf"([A-Za-z][\w-]*)?((?:[.#]{_NAME})*)(?:\[([A-Za-z_][\w-]*)(?:([~|^$*]?=)\"([^\"\\\n\r\f]*)\")?\])?", re.ASCII
)
_MARKED = re.compile(rf"[.#]{_NAME}", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """A compiled selector: immutable, hashable by its text, picklable. Made by `parse_selector`.

    `text` is the selector as written. `action` is what it asks to be done with what it selects (None: nothing is said,
    which in a filter list means to hide it), `argument` the names for ``:remove-attr()`` and ``:remove-class()``: one
    exact name or a ``/pattern/``.
    """

    text: str
    start: Part | None = field(repr=False)
    operators: tuple[Operator, ...] = field(default=(), repr=False)
    action: Action | None = None
    argument: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selector) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[object, ...]:
        return parse_selector, (self.text,)

    @property
    def is_procedural(self) -> bool:
        """Whether it has operators."""
        return bool(self.operators)

    @property
    def inverts(self) -> bool:
        """Whether it selects all but what it names (``:others()``)."""
        return any(isinstance(operator, Others) for operator in self.operators)

    @property
    def needs_path(self) -> bool:
        """Whether one of its steps asks for the page's address."""
        return any(isinstance(operator, MatchesPath) for operator in self.operators)

    def keys(self) -> tuple[Key, ...] | None:
        """Index keys of which each element to start from has at least one; None if it may be any element.

        What an operator leads to (``:upward()``) may be other elements, without these keys.

        >>> parse_selector("a.ad, div#top > p[data-x='1']").keys()
        (('class', 'ad'), ('attr=', 'data-x', '1'))
        """
        found = self.start.keys() if self.start is not None else None
        return found[1] if found is not None else None

    def matches(self, page: Page, i: int, context: MatchContext) -> bool:
        """Whether element `i` is selected. Raises BudgetSpent."""
        context.budget.spend()
        if self.start is None or not all(isinstance(operator, Filter) for operator in self.operators):
            return i in context.remember((self.text, "selected"), lambda: frozenset(self.select(page, context)))
        return self.start.test(page, i, context) and bool(run_all(self.operators, [i], page, context))

    def select(self, page: Page, context: MatchContext, candidates: Sequence[int] | None = None) -> list[int]:
        """The selected elements, in document order without repeats. Raises BudgetSpent.

        `candidates` are the elements to start from, in document order without repeats, all that have one of `keys`
        among them; without it the page's own index finds them.
        """
        return self.lead(page, context, self.starts(page, context, candidates))

    def lead(self, page: Page, context: MatchContext, starts: list[int]) -> list[int]:
        """Where its operators lead from the elements in `starts`, in document order; these where it has none."""
        if not self.operators:
            return starts
        return [i for i in run_all(self.operators, starts, page, context) if i != DOCUMENT]

    def starts(self, page: Page, context: MatchContext, candidates: Sequence[int] | None = None) -> list[int]:
        """The elements to start from, in document order; `candidates` as for `select`."""
        if self.start is None:
            return [DOCUMENT]
        few = candidates is not None and len(candidates) < chains_in(self.start)
        start = self.start if few else possible(self.start, page)
        if start is None:
            return []
        if candidates is None:
            return everywhere(start, page, context).copy()
        if start is not self.start and (keys := start.keys()) is not None:
            named = set(indexed(keys[1], page))
            candidates = [i for i in candidates if i in named]
        context.budget.spend(len(candidates))
        test = start.test
        return [i for i in candidates if test(page, i, context)]


    def fits_address(self, page: Page, context: MatchContext) -> bool:
        """Whether no ``:matches-path()`` among its operators passes over all that there is on the page."""
        if self.inverts:
            return True
        return all(o.test(DOCUMENT, page, context) for o in self.operators if isinstance(o, MatchesPath))


def parse_selector(text: str) -> Selector:
    """Compile `text`.

    Raises SelectorError for what is no selector, UnsupportedRule for one without meaning on a static page (its `code`
    says why: ``state-pseudo``, ``pseudo-element``, ``shadow``, ``style``, ``regex``, ...), and LimitExceeded for one
    that is too long or too deep.

    >>> parse_selector("aside.promo:has-text(Subscribe)").is_procedural
    True
    """
    if len(text) > MAX_LENGTH:
        where = Where(column=MAX_LENGTH + 1)
        message = f"selector: longer than {MAX_LENGTH} characters"
        raise LimitExceeded(message, code="selector-length", where=where, hint="split it into several rules")
    if _SINGLE.fullmatch(text):
        return Selector(text, ClassName(text[1:]) if text[0] == "." else Id(text[1:]))
    common = _COMMON.fullmatch(text)
    if common is not None and text:
        return Selector(text, _common_part(common))
    return _parse_any(text)


def _common_part(found: re.Match[str]) -> Part:
    """The part for ``tag.class#id[name="value"]``, each of which may be missing."""
    name, marks, attribute_name, operator, value = found.groups()
    parts: list[Part] = [tag(name)] if name else []
    for mark in _MARKED.findall(marks):
        parts.append(ClassName(mark[1:]) if mark[0] == "." else Id(mark[1:]))
    if attribute_name:
        parts.append(attribute(attribute_name, operator or "", value or ""))
    return parts[0] if len(parts) == 1 else Compound(tuple(parts))


@lru_cache(maxsize=1024)
def _parse_any(text: str) -> Selector:
    """The long way; packaged rules ask it for the same few selectors when they are read, indexed and applied."""
    if MAY_BE_PROCEDURAL.search(text):
        read = read_procedure(text)
        return Selector(text, read.start, read.operators, read.action, read.argument)
    parts = Parser(text).whole_list()
    return Selector(text, parts[0] if len(parts) == 1 else Either(parts))
