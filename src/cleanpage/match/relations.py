"""How elements stand to each other: the four combinators, asked of whole sets at once.

A set of elements is a list in document order. Both directions take time linear in the set, and answer for one element
in constant or logarithmic time, so that no shape of page makes them quadratic.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.page import Page

__all__ = ["COMBINATORS", "SAME", "ahead", "behind"]

COMBINATORS: Final = " >+~"
SAME: Final = ""
"""The relation of an element to itself."""


def ahead(combinator: str, members: Sequence[int], page: Page, context: MatchContext) -> Callable[[int], bool]:
    """A question: does element `i` have one of `members` ahead, as in ``i combinator member``?"""
    context.budget.spend(len(members))
    if combinator == " ":
        return _has_inside(members, page)
    if combinator == "~":
        last = {page.parents[j]: j for j in members}
        return lambda i: last.get(page.parents[i], -1) > i
    if combinator == SAME:
        return set(members).__contains__
    step = page.parents if combinator == ">" else context.previous(page)
    nearest = {step[j] for j in members}
    return nearest.__contains__


def _has_inside(members: Sequence[int], page: Page) -> Callable[[int], bool]:
    count, ends = len(members), page.ends

    def test(i: int) -> bool:
        place = bisect_right(members, i)
        return place < count and members[place] < ends[i]

    return test


def behind(combinator: str, members: Sequence[int], page: Page, context: MatchContext) -> Callable[[int], bool]:
    """A question: does element `i` stand behind one of `members`, as in ``member combinator i``?"""
    context.budget.spend(len(members))
    if combinator == " ":
        return _stands_inside(members, page)
    known = set(members)
    if combinator == "~":
        first = {page.parents[j]: j for j in reversed(members)}
        return lambda i: i > first.get(page.parents[i], i)
    if combinator == SAME:
        return known.__contains__
    step = page.parents if combinator == ">" else context.previous(page)
    return lambda i: step[i] in known


def _stands_inside(members: Sequence[int], page: Page) -> Callable[[int], bool]:
    outermost = page.outermost(members)

    def test(i: int) -> bool:
        place = bisect_right(outermost, i - 1) - 1
        return place >= 0 and i < page.ends[outermost[place]]

    return test
