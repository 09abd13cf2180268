"""A page as it would be read again once some of its nodes have been cut out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from cleanpage.page import Page

__all__ = ["Remainder", "remainder"]


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a page without some of its nodes: a page, and where each of its nodes stood in the former one."""

    page: Page
    elements: list[int]
    runs: list[tuple[int, ...]]
    """the former text runs of each run; runs that nothing parts any more are one."""
    numbers: list[int]
    """for each element of the former page its number, -1 if it is gone."""

    def former(self, node: int) -> tuple[int, ...]:
        """The nodes of the former page that `node` stands for."""
        return (self.elements[node],) if node >= 0 else tuple(~t for t in self.runs[~node])

    def still(self, elements: Iterable[int]) -> list[int]:
        """Those of some elements of the former page that are left, by their new numbers."""
        numbers = self.numbers
        return [numbers[i] for i in elements if numbers[i] >= 0]


def remainder(page: Page, gone: Iterable[int]) -> Remainder:
    """`page` as it would be read once the nodes in `gone` have been cut out of it."""
    kept, kept_runs = _kept(page, gone)
    before = list(accumulate(kept, initial=0))
    numbers = [number if stays else -1 for number, stays in zip(before, kept, strict=False)]
    elements = [i for i, stays in enumerate(kept) if stays]
    runs = _runs(page, kept_runs, before)
    starts = bytearray(len(page.texts))
    for run in runs:
        starts[run[0]] = 1
    runs_before = list(accumulate(starts, initial=0))
    new_number = [*numbers, -1]
    texts = page.texts

    def values(names: frozenset[str]) -> list[tuple[int, str, str]]:
        rows = ((numbers[i], name, value) for name in names for i, value in page.column(name).items())
        return sorted(row for row in rows if row[0] >= 0)

    left = Page(
        tags=[page.tags[i] for i in elements],
        parents=[new_number[page.parents[i]] for i in elements],
        ids=[page.ids[i] for i in elements],
        classes=[page.classes[i] for i in elements],
        text_first=[runs_before[page.text_first[i]] for i in elements],
        texts=[texts[run[0]] if len(run) == 1 else "".join([texts[t] for t in run]) for run in runs],
        text_parents=[new_number[page.text_parents[run[0]]] for run in runs],
        text_at=[before[page.text_at[run[0]]] for run in runs],
        attributes=lambda j: page.attrs(elements[j]),
        values=values,
        saved_from=page.saved_from,
    )
    return Remainder(left, elements, runs, numbers)


def _kept(page: Page, gone: Iterable[int]) -> tuple[bytearray, bytearray]:
    """For each element and each text run of `page`, whether it stays."""
    kept, kept_runs = bytearray(b"\x01" * len(page)), bytearray(b"\x01" * len(page.texts))
    for node in gone:
        if node < 0:
            kept_runs[~node] = 0
        else:
            first, end = page.text_first[node], page.text_end[node]
            kept[node : page.ends[node]] = bytes(page.ends[node] - node)
            kept_runs[first:end] = bytes(end - first)
    return kept, kept_runs


def _runs(page: Page, kept: bytearray, before: list[int]) -> list[tuple[int, ...]]:
    """The text runs that are left; `before` counts the elements that are left before each element.

    Two runs become one where what stood between them is gone.
    """
    at, parents = page.text_at, page.text_parents
    left = [t for t, stays in enumerate(kept) if stays]
    joined = {
        u
        for t, u in pairwise(left)
        if before[at[t]] == before[at[u]] and parents[t] == parents[u] and (u > t + 1 or at[t] != at[u])
    }
    runs: list[list[int]] = []
    for t in left:
        if t in joined:
            runs[-1].append(t)
        else:
            runs.append([t])
    return list(map(tuple, runs))
