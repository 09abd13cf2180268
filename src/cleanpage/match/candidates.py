"""What a rule is tried on: an element, or a text block that may be part of one."""

from __future__ import annotations

from typing import NamedTuple

from cleanpage.page import PLAYERS
from cleanpage.structure.structure import Structure

__all__ = ["Candidate", "of_block", "of_element"]


class Candidate(NamedTuple):
    """One or more sibling nodes (elements, text runs as ``~t``), and the blocks they hold."""

    nodes: tuple[int, ...]
    blocks: range

    @property
    def node(self) -> int:
        return self.nodes[0]


def of_element(structure: Structure, i: int) -> Candidate:
    """Element `i` (or text run ``~t``) as a candidate."""
    return Candidate((i,), structure.blocks.within(i))


def of_block(structure: Structure, b: int) -> Candidate:
    """Block `b`: its element where the block is all the element holds, else the nodes its text stands in.

    Of a player the text alone: it says that there is nothing to see, where there is.
    """
    blocks, page = structure.blocks, structure.page
    holder = blocks.element[b]
    if page.tags[holder] not in PLAYERS and _is_alone(b, holder, structure):
        return Candidate((holder,), range(b, b + 1))
    nodes: list[int] = []
    t, end = blocks.first[b], blocks.end[b]
    while t < end:
        node = ~t
        up = page.text_parents[t]
        while up != holder and len(blocks.within(up)) == 1:
            node, up = up, page.parents[up]
        if page.shown[t] or node >= 0:
            nodes.append(node)
        t = max(t + 1, page.text_end[node] if node >= 0 else 0)
    return Candidate(tuple(nodes), range(b, b + 1))


def _is_alone(b: int, holder: int, structure: Structure) -> bool:
    """Whether block `b` is all the text that `holder`, which holds it, has."""
    blocks, page = structure.blocks, structure.page
    if b and blocks.end[b - 1] > page.text_first[holder]:
        return False
    return b + 1 == len(blocks) or blocks.first[b + 1] >= page.text_end[holder]
