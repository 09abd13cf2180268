"""How far a cut goes from the element that a rule applies to."""

from __future__ import annotations

import re

from cleanpage.budget import Budget
from cleanpage.page import Page, first_between

__all__ = ["box", "rank", "rest", "section"]

_RANKS = {f"h{n}": n for n in range(1, 7)}
_LINE = 7
"""The rank of a line that is a heading without being marked as one: below all others."""
_LEVEL = re.compile("[0-9]{1,3}")
_STEPS = 8
"""What a node that a cut reaches costs: it is kept in memory, and looked at several times when it is decided on."""


def rank(page: Page, node: int) -> int | None:
    """The rank of the heading that `node` is or begins with, 1 to 6; None where it is no heading."""
    if node < 0:
        return None
    if page.tags[node] in _RANKS:
        return _RANKS[page.tags[node]]
    attributes = page.attrs(node)
    if attributes.get("role") == "heading":
        level = attributes.get("aria-level", "")
        return int(level) if _LEVEL.fullmatch(level) else 2
    first = first_between(page.headings, node + 1, page.ends[node])
    if first is None:
        return None
    return _RANKS[page.tags[first]] if page.chars_before(node, first) == 0 else None


def section(page: Page, heading: int, budget: Budget) -> tuple[int, ...]:
    """The heading and what follows it in its container, up to the next heading of its rank or above.

    A heading that is alone in a wrapper (``<header><h2>…</h2></header>``) counts as the wrapper. `budget` pays for
    every node; raises BudgetSpent.
    """
    if heading < 0:
        return (heading,)
    own = rank(page, heading)
    if own is None:
        own = _LINE
    while (p := page.parents[heading]) >= 0 and p != page.body and page.chars(p) == page.chars(heading):
        budget.spend()
        heading = p
    nodes = [heading]
    for node in page.following(heading):
        budget.spend(_STEPS)
        other = rank(page, node)
        if other is not None and other <= own:
            break
        nodes.append(node)
    return tuple(nodes)


def rest(page: Page, node: int, budget: Budget) -> tuple[int, ...]:
    """The node and all that follows it in its container. `budget` pays for every node; raises BudgetSpent."""
    nodes = [node]
    for following in page.following(node):
        budget.spend(_STEPS)
        nodes.append(following)
    return tuple(nodes)


def box(page: Page, node: int, budget: Budget) -> int:
    """The largest element around `node` that has no text but that of `node`, below the body.

    `budget` pays for every element passed; raises BudgetSpent.
    """
    if node < 0:
        p = page.text_parents[~node]
        if p < 0 or p == page.body or page.chars(p) != page.chars(node):
            return node
        node = p
    while (p := page.parents[node]) >= 0 and p > page.body and page.chars(p) == page.chars(node):
        budget.spend()
        node = p
    return node
