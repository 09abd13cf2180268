"""Conditions that running sums settle for many nodes at once, before any of them is looked at as a candidate.

Rules for boxes without a name come with every ``div`` of a page; most have too many words or too many links for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.model import Condition, Range
from cleanpage.structure.structure import Structure

__all__ = ["Narrowing", "is_narrowing", "narrowed", "narrowing"]

Narrowing = tuple[str, float, float]
"""A key of the rule format, and the least and the most that it asks for."""


def _evidence_of(structure: Structure, nodes: list[int]) -> list[float]:
    """How likely each node is clutter: the mean over its blocks, weighed by their words; what has no text is as likely
    clutter as what stands around it."""
    within, around = structure.blocks.within, structure.clutter_around
    likely = zip(nodes, structure.clutter_of(nodes), strict=True)
    return [number or (0.0 if within(node) else around(node)) for node, number in likely]


_NUMBERS: Final[dict[str, Callable[[Structure, list[int]], Sequence[float]]]] = {
    "words": lambda structure, nodes: structure.page.words_of(nodes),
    "links": lambda structure, nodes: structure.page.link_shares_of(nodes),
    "evidence": _evidence_of,
}
"""What is asked of each node, the cheapest first."""


def is_narrowing(condition: Condition) -> bool:
    """Whether a condition is one that `narrowed` settles."""
    return condition.key in _NUMBERS


def narrowing(conditions: Iterable[Condition]) -> tuple[Narrowing, ...]:
    """What `narrowed` asks for those of some conditions that it settles, cheap ones first."""
    ranges = [(c.key, c.value) for c in conditions if is_narrowing(c) and isinstance(c.value, Range)]
    return tuple((key, asked.low, asked.high) for wanted in _NUMBERS for key, asked in ranges if key == wanted)


def narrowed(
    structure: Structure, nodes: list[int], asked: Iterable[Narrowing], context: MatchContext
) -> list[int]:
    """Those of `nodes` for which all that is `asked` holds."""
    for key, low, high in asked:
        if not nodes:
            break
        context.budget.spend(len(nodes))
        numbers = _NUMBERS[key](structure, nodes)
        nodes = [node for node, number in zip(nodes, numbers, strict=True) if low <= number <= high]
    return nodes
