"""A page as it would be read again once some of its nodes have been cut out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleanpage.page import Page, PageBuilder

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
    lost, lost_runs = bytearray(len(page)), bytearray(len(page.texts))
    for node in gone:
        if node < 0:
            lost_runs[~node] = 1
        else:
            first, end = page.text_first[node], page.text_end[node]
            lost[node : page.ends[node]] = b"\x01" * (page.ends[node] - node)
            lost_runs[first:end] = b"\x01" * (end - first)
    build = PageBuilder()
    elements: list[int] = []
    runs: list[list[int]] = []
    number = [-1] * (len(page) + 1)
    t, texts, parents = 0, page.texts, page.text_parents
    for i in range(len(page) + 1):
        while t < len(texts) and page.text_at[t] <= i:
            if not lost_runs[t]:
                parent = number[parents[t]]
                beside = runs and build.text_at[-1] == len(elements) and build.text_parents[-1] == parent
                if beside and (runs[-1][-1] != t - 1 or page.text_at[t - 1] != page.text_at[t]):
                    runs[-1].append(t)
                else:
                    build.run(texts[t], parent)
                    runs.append([t])
            t += 1
        if i < len(page) and not lost[i]:
            number[i] = build.element(page.tags[i], number[page.parents[i]], page.ids[i], page.classes[i])
            elements.append(i)
    build.texts = [texts[run[0]] if len(run) == 1 else "".join([texts[t] for t in run]) for run in runs]
    left = build.build(lambda j: page.attrs(elements[j]))
    return Remainder(left, elements, list(map(tuple, runs)), number[:-1])
