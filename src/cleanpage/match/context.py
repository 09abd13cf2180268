"""What matching on one page shares: the work budget, the page's address, and what has been worked out already."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from itertools import accumulate
from typing import Any, Final, TypeVar

from cleanpage.budget import Budget
from cleanpage.match.text import Words
from cleanpage.page import Page

__all__ = ["HTML_SPACE", "MatchContext", "XPathEvaluator"]

HTML_SPACE = re.compile(r"[ \t\n\f\r]+")
"""What HTML takes for white space between class names; str.split() would split at more."""

XPathEvaluator = Callable[[Page, str, "int | None", Budget], list[int]]
"""Page, expression, the element to start from (None: the document), and the budget that pays, to elements."""

_T = TypeVar("_T")

_MISSING: Final[Any] = object()
_LONG: Final = 2_000
"""Characters from which a text is folded each time that is asked for, so that its words do not fill the memory."""


class MatchContext:
    """One page's matching. Make one per page, use it for every selector, throw it away with the page.

    Of a page that is looked at again without some of its nodes, `again` makes the next one.

    `budget` pays for every step. `path` is the address's path and query (``/news?id=1``), percent-encoded, or None
    where the address is not known. `xpath` evaluates an XPath expression; None takes `cleanpage.match.xpath.select`.
    """

    __slots__ = ("_found", "_kept", "_tokens", "_words", "budget", "path", "xpath")

    def __init__(self, budget: Budget, path: str | None = None, xpath: XPathEvaluator | None = None) -> None:
        self.budget = budget
        self.path = path
        self.xpath = xpath
        self._found: dict[Hashable, Any] = {}
        self._kept: dict[Hashable, Any] = {}
        self._tokens: dict[str, frozenset[str]] = {}
        self._words: dict[str, Words] = {}

    def again(self) -> MatchContext:
        """The matching of what is left of the page: it knows what does not hang on what else is on a page."""
        context = MatchContext(self.budget, self.path, self.xpath)
        context._kept, context._tokens = self._kept, self._tokens
        return context

    def remember(self, owner: Hashable, work_out: Callable[[], _T]) -> _T:
        """What `work_out` gives, asked once per `owner` (a part of a selector, by identity) and page."""
        found: _T = self._found.get(owner, _MISSING)
        if found is _MISSING:
            found = self._found[owner] = work_out()
        return found

    def keep(self, owner: Hashable, work_out: Callable[[], _T]) -> _T:
        """As `remember`, for what holds of a text or a name wherever it stands: it outlives the cuts."""
        found: _T = self._kept.get(owner, _MISSING)
        if found is _MISSING:
            found = self._kept[owner] = work_out()
        return found

    def tokens(self, names: str) -> frozenset[str]:
        """The tokens of a class attribute."""
        found = self._tokens.get(names)
        if found is None:
            found = self._tokens[names] = frozenset(HTML_SPACE.split(names))
        return found

    def words(self, text: str) -> Words:
        """The words of `text`, folded once a page unless it is very long."""
        found = self._words.get(text)
        if found is None:
            found = Words(text)
            if len(text) <= _LONG:
                self._words[text] = found
        return found

    def previous(self, page: Page) -> list[int]:
        """For each element the sibling element before it, -1 for a first child."""
        return self.remember("previous", lambda: _previous(page))

    def places(self, page: Page, counting: str) -> list[int]:
        """For each element its place among its siblings, from 1.

        `counting` is ``child``, ``last-child``, ``of-type`` or ``last-of-type``: from which end, and whether only
        siblings of the same tag count.
        """
        return self.remember(("places", counting), lambda: _places(page, counting))

    def all_text(self, page: Page) -> tuple[str, list[int]]:
        """The text of the whole page as the DOM has it, and where in it each text run starts (with the end added)."""
        return self.remember("text", lambda: ("".join(page.texts), _starts(page.texts)))

    def text_span(self, page: Page, i: int) -> tuple[int, int]:
        """Where in `all_text` the text of element `i` stands."""
        starts = self.all_text(page)[1]
        return starts[page.text_first[i]], starts[page.text_end[i]]


def _previous(page: Page) -> list[int]:
    last_child = [-1] * (len(page) + 1)
    previous = []
    for i, parent in enumerate(page.parents):
        previous.append(last_child[parent])
        last_child[parent] = i
    return previous


def _places(page: Page, counting: str) -> list[int]:
    parents, count = page.parents, len(page)
    order: Iterable[int] = reversed(range(count)) if counting.startswith("last") else range(count)
    kinds = page.tags if counting.endswith("of-type") else [""] * count
    seen: dict[tuple[int, str], int] = {}
    places = [0] * count
    for i in order:
        group = (parents[i], kinds[i])
        places[i] = seen[group] = seen.get(group, 0) + 1
    return places


def _starts(texts: list[str]) -> list[int]:
    return list(accumulate(map(len, texts), initial=0))
