"""Compounds, combinators and the selectors that hold other selectors.

Matching goes from right to left, as browsers do it. What a walk along ancestors or siblings finds is remembered for
every element passed, so ``a b c d`` costs at most one visit per element and step. ``:has()`` goes the other way: the
elements that complete its argument are found once per page, from its last compound to its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.match.relations import ahead, behind
from cleanpage.match.simple import Key, Keys, Part, in_series
from cleanpage.page import Page

__all__ = [
    "Chain",
    "Compound",
    "Either",
    "Has",
    "Neither",
    "NthOf",
    "Steps",
    "chains_in",
    "everywhere",
    "follow",
    "indexed",
    "leading",
    "possible",
]


_FEW = 8
"""Parts of a compound that are tested at the price of one step."""


@dataclass(frozen=True, slots=True, eq=False)
class Compound(Part):
    """Several simple selectors that all hold, the cheapest first."""

    parts: tuple[Part, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        if len(self.parts) > _FEW:
            context.budget.spend(len(self.parts))
        for part in self.parts:  # noqa: SIM110 -- all() costs a generator for each of very many calls
            if not part.test(page, i, context):
                return False
        return True

    def keys(self) -> Keys | None:
        offered = [keys for part in self.parts if (keys := part.keys()) is not None]
        return min(offered, key=lambda keys: (keys[0], len(keys[1])), default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Chain(Part):
    """Compounds joined by combinators; ``combinators[k]`` stands between ``compounds[k]`` and the next."""

    compounds: tuple[Part, ...]
    combinators: tuple[str, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return self._holds(page, i, len(self.combinators), context)

    def keys(self) -> Keys | None:
        return self.compounds[-1].keys()

    def _holds(self, page: Page, i: int, k: int, context: MatchContext) -> bool:
        """Whether element `i` matches compound `k` with all that is written before it."""
        if not self.compounds[k].test(page, i, context):
            return False
        if k == 0:
            return True
        combinator = self.combinators[k - 1]
        links = page.parents if combinator in " >" else context.previous(page)
        if combinator in ">+":
            context.budget.spend()
            return links[i] >= 0 and self._holds(page, links[i], k - 1, context)
        return self._holds_along(page, links[i], k - 1, links, context)

    def _holds_along(self, page: Page, i: int, k: int, links: list[int], context: MatchContext) -> bool:
        """Whether `_holds` for element `i` or any that its links lead to."""
        known: dict[int, bool] = context.remember((self, k), dict)
        passed: list[int] = []
        found = False
        while i >= 0:
            if i in known:
                found = known[i]
                break
            context.budget.spend()
            passed.append(i)
            if self._holds(page, i, k, context):
                found = True
                break
            i = links[i]
        known.update(dict.fromkeys(passed, found))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Either(Part):
    """``:is()``, ``:where()``: any of the alternatives."""

    parts: tuple[Part, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        if len(self.parts) > _FEW:
            return self._one_of_many(page, i, context)
        context.budget.spend(len(self.parts))
        for part in self.parts:  # noqa: SIM110 -- as in Compound
            if part.test(page, i, context):
                return True
        return False

    def _one_of_many(self, page: Page, i: int, context: MatchContext) -> bool:
        """As `test`, but only of the alternatives whose class, id or tag the element has, where they need one."""
        alternatives = _by_name(self)
        parts = [*alternatives.get(("tag", page.tags[i]), ()), *alternatives.get(_ANY, ())]
        if name := page.ids[i]:
            parts += alternatives.get(("id", name), ())
        if names := page.classes[i]:
            parts += [part for token in context.tokens(names) for part in alternatives.get(("class", token), ())]
        context.budget.spend(len(parts) + 1)
        return any(part.test(page, i, context) for part in parts)

    def keys(self) -> Keys | None:
        offered = [part.keys() for part in self.parts]
        ranks: list[int] = []
        found: dict[Key, None] = {}
        for keys in offered:
            if keys is None:
                return None
            ranks.append(keys[0])
            found.update(dict.fromkeys(keys[1]))
        return max(ranks, default=0), tuple(found)


_ANY: Final = ("", "")
"""Stands for what may be any element."""


@lru_cache(maxsize=1024)
def _by_name(either: Either) -> dict[tuple[str, str], list[Part]]:
    """The alternatives by the classes, ids and tags of which their elements have one."""
    found: dict[tuple[str, str], list[Part]] = {}
    for part in either.parts:
        keys = part.keys()
        named = keys is not None and all(key[0] in ("class", "id", "tag") for key in keys[1])
        for key in keys[1] if keys is not None and named else (_ANY,):
            found.setdefault((key[0], key[1]), []).append(part)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Neither(Part):
    """``:not()``: none of the alternatives."""

    parts: tuple[Part, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        context.budget.spend(len(self.parts))
        return not any(part.test(page, i, context) for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class NthOf(Part):
    """``:nth-child(an+b of S)`` and, `from_end`, ``:nth-last-child(an+b of S)``."""

    step: int
    offset: int
    from_end: bool
    of: Part

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        place = self._places(page, page.parents[i], context).get(i)
        return place is not None and in_series(place, self.step, self.offset)

    def _places(self, page: Page, parent: int, context: MatchContext) -> dict[int, int]:
        return context.remember((self, parent), lambda: self._count(page, parent, context))

    def _count(self, page: Page, parent: int, context: MatchContext) -> dict[int, int]:
        siblings = list(page.children(parent)) if parent >= 0 else _roots(page)
        context.budget.spend(len(siblings))
        counted = [j for j in siblings if self.of.test(page, j, context)]
        if self.from_end:
            counted.reverse()
        return {j: place for place, j in enumerate(counted, 1)}


def _roots(page: Page) -> list[int]:
    roots = []
    i = 0
    while i < len(page):
        roots.append(i)
        i = page.ends[i]
    return roots


Steps = tuple[tuple[str, Part], ...]
"""A relative selector: pairs of a combinator and a compound, from the element it is relative to."""


@dataclass(frozen=True, slots=True, eq=False)
class Has(Part):
    """``:has()``: elements from which one of the relative selectors leads to another element."""

    alternatives: tuple[Steps, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        tests = context.remember(self, lambda: [self._leads(steps, page, context) for steps in self.alternatives])
        context.budget.spend(len(tests))
        return any(test(i) for test in tests)

    def _leads(self, steps: Steps, page: Page, context: MatchContext) -> Callable[[int], bool]:
        return leading(steps, everywhere(steps[-1][1], page, context), page, context)


def leading(steps: Steps, goals: list[int], page: Page, context: MatchContext) -> Callable[[int], bool]:
    """A question: do `steps` lead from element `i` to one of `goals`, which all match the last of them?"""
    leads = ahead(steps[-1][0], goals, page, context)
    for combinator, part in reversed(steps[:-1]):
        members = [i for i in everywhere(part, page, context) if leads(i)]
        leads = ahead(combinator, members, page, context)
    return leads


def follow(steps: Steps, start: list[int], page: Page, context: MatchContext) -> list[int]:
    """The elements that `steps` lead to from the elements of `start`."""
    members = start
    for combinator, part in steps:
        stands = behind(combinator, members, page, context)
        members = [i for i in everywhere(part, page, context) if stands(i)]
    return members


def possible(part: Part, page: Page) -> Part | None:
    """What is left of `part` without the alternatives that nothing on the page can match; None where none is left.

    A look at the page's names spares looking at every element that a selector's last compounds are about.
    """
    if isinstance(part, Chain):
        return part if _can_occur(part, page) else None
    if not isinstance(part, Either) or not chains_in(part):
        return part
    left = tuple([alternative for alternative in part.parts if _can_occur(alternative, page)])
    if len(left) == len(part.parts):
        return part
    return Either(left) if left else None


@lru_cache(maxsize=4096)
def chains_in(part: Part) -> int:
    """How many alternatives there are in `part`, if some ask for more than one element; otherwise 0."""
    parts = part.parts if isinstance(part, Either) else ()
    return len(parts) if any(isinstance(alternative, Chain) for alternative in parts) else 0


def _can_occur(part: Part, page: Page) -> bool:
    return all(any(_occurs(key, page) for key in names) for names in _names_of(part))


def _occurs(key: Key, page: Page) -> bool:
    index, name = key[0], key[1]
    return name in (page.class_names if index == "class" else page.id_names if index == "id" else page.by_tag)


@lru_cache(maxsize=4096)
def _names_of(part: Part) -> tuple[tuple[Key, ...], ...]:
    """For each compound of a chain the classes, ids and tags of which its element has one."""
    offered = [compound.keys() for compound in (part.compounds if isinstance(part, Chain) else (part,))]
    return tuple(
        keys[1] for keys in offered if keys is not None and all(key[0] in ("class", "id", "tag") for key in keys[1])
    )


def everywhere(part: Part, page: Page, context: MatchContext) -> list[int]:
    """All elements of the page that match `part`, in document order; worked out once per page."""
    return context.remember(("everywhere", part), lambda: _search(part, page, context))


def _search(part: Part, page: Page, context: MatchContext) -> list[int]:
    keys = part.keys()
    candidates = range(len(page)) if keys is None else indexed(keys[1], page)
    found = []
    for i in candidates:
        context.budget.spend()
        if part.test(page, i, context):
            found.append(i)
    return found


def indexed(keys: Iterable[Key], page: Page) -> Iterable[int]:
    """The elements that have one of `keys`, and perhaps some more, in document order without repeats."""
    lists = [_look_up(key, page) for key in keys]
    return lists[0] if len(lists) == 1 else _distinct(merge(*lists))


def _distinct(numbers: Iterable[int]) -> Iterator[int]:
    last = -1
    for number in numbers:
        if number != last:
            yield number
        last = number


def _look_up(key: Key, page: Page) -> list[int]:
    index, name = key[0], key[1]
    if index == "class":
        return page.by_class.get(name, [])
    if index == "id":
        return page.by_id.get(name, [])
    return page.by_tag.get(name, []) if index == "tag" else list(page.column(name))
