"""Rows of short boxes alike (the entries of a menu, links, tags), that go together or not at all.

Each block is judged on its own, so that of a row that mostly goes a few may be left, and of one that stays a few may
go: what the row makes of them weighs more than what each alone leaves in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cleanpage.match.find import Finding
from cleanpage.model import Rule
from cleanpage.page import Page, any_between
from cleanpage.structure.structure import Structure

__all__ = ["RowLimits", "torn_rows"]

_BECAUSE: Final = "it is one of a row that goes"


@dataclass(frozen=True, slots=True)
class RowLimits:
    """What a row is: `least` boxes of one tag or more, with at most `words` words on the average.

    Where a share of `mostly` goes, each other box goes too that is clutter with a probability of at least `likely`;
    where no more than a share of `hardly` goes, and the boxes are of one class, it stays, but for boxes that are more
    than `surely` clutter.
    """

    least: int
    words: float
    mostly: float
    likely: float
    hardly: float
    surely: float


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of which a part goes: the boxes that go, each with its finding, and those that are left."""

    taken: dict[int, Finding]
    left: list[int]

    @property
    def gone(self) -> float:
        """The share that goes."""
        return len(self.taken) / (len(self.taken) + len(self.left))


def torn_rows(
    removed: Mapping[int, Finding], structure: Structure, limits: RowLimits
) -> tuple[list[Finding], list[Finding]]:
    """What is left of rows that mostly go, each box as a finding of the rule that takes most of its row; and the
    findings that take a little of rows that stay.

    Only what rules without a selector take makes a row: others name exactly what they are about.
    """
    more: list[Finding] = []
    less: list[Finding] = []
    if all(finding.rule.is_named for finding in removed.values()):
        return more, less
    for parent in _around_doubtful(removed, structure, limits):
        row = _torn(parent, removed, structure.page)
        if row is None or not _is_row(row, structure.page, limits):
            continue
        if row.gone >= limits.mostly:
            more += _stragglers(row, structure, limits)
        elif row.gone <= limits.hardly and _are_alike(row, structure):
            less += _strays(row, structure, limits)
    return more, less


def _around_doubtful(removed: Mapping[int, Finding], structure: Structure, limits: RowLimits) -> list[int]:
    """The elements around boxes that a row may decide about: those that are left though likely clutter, and those that
    go though not surely clutter."""
    page, element, go = structure.page, structure.blocks.element, structure.evidence.go
    likely = [i for i, clutter in zip(element, go, strict=True) if clutter >= limits.likely]
    left = [i for i in likely if i not in removed and page.parents[i] not in removed]
    doubtful = [i for i, f in removed.items() if i >= 0 and f.blocks and go[f.blocks.start] <= limits.surely]
    found = dict.fromkeys([page.parents[_outermost_alike(i, page)] for i in left + doubtful])
    return [i for i in found if i >= page.body and page.ends[i] - i > limits.least and i not in removed]


def _outermost_alike(i: int, page: Page) -> int:
    """The outermost element that holds nothing but element `i`."""
    parents, ends, body = page.parents, page.ends, page.body
    while (p := parents[i]) == i - 1 and p > body and ends[p] == ends[i] and page.words(p) == page.words(i):
        i = p
    return i


def _torn(parent: int, removed: Mapping[int, Finding], page: Page) -> _Row | None:
    """The row in `parent`; None where all of it goes, or nothing of it that is judged on its own."""
    going = {i: removed.get(_innermost_alike(i, removed, page)) for i in page.children(parent)}
    taken = {i: finding for i, finding in going.items() if finding and not finding.rule.is_named}
    tags = {page.tags[i] for i in taken}
    left = [i for i, finding in going.items() if not finding and page.tags[i] in tags and page.words(i)]
    return _Row(taken, left) if left and not any(_is_pictured(i, page) for i in left) else None


def _is_pictured(i: int, page: Page) -> bool:
    """Whether a picture stands in element `i`: then it is no mere entry, and more than a word would go with it."""
    return any_between(page.pictures, i, page.ends[i])


def _innermost_alike(i: int, removed: Mapping[int, Finding], page: Page) -> int:
    """Element `i`, or the first one that goes of those in it that hold all that it holds."""
    ends, end = page.ends, page.ends[i]
    j = i
    while j not in removed and j + 1 < end and ends[j + 1] == end:
        j += 1
    return j


def _is_row(row: _Row, page: Page, limits: RowLimits) -> bool:
    boxes = [*row.taken, *row.left]
    return len(boxes) >= limits.least and sum(map(page.words, boxes)) <= limits.words * len(boxes)


def _are_alike(row: _Row, structure: Structure) -> bool:
    """Whether the boxes of a row have one tag and one class, and one block each."""
    page, boxes = structure.page, [*row.taken, *row.left]
    looks = {(page.tags[i], page.classes[i]) for i in boxes}
    return len(looks) == 1 and all(len(structure.blocks.within(i)) == 1 for i in boxes)


def _stragglers(row: _Row, structure: Structure, limits: RowLimits) -> list[Finding]:
    rule = _most_frequent(finding.rule for finding in row.taken.values())
    inside = ((i, structure.blocks.within(i)) for i in row.left)
    likely = [(i, blocks) for i, blocks in inside if structure.clutter(blocks) >= limits.likely]
    return [Finding(rule, (i,), blocks, because=_BECAUSE) for i, blocks in likely]


def _strays(row: _Row, structure: Structure, limits: RowLimits) -> list[Finding]:
    """What goes of a row that stays. Bare paragraphs are no row for what says of itself what it is."""
    clutter, within, page = structure.clutter, structure.blocks.within, structure.page
    strays = [(i, finding) for i, finding in row.taken.items() if clutter(within(i)) <= limits.surely]
    return [f for i, f in strays if page.tags[i] != "p" or page.classes[i] or not _goes_by_words(f.rule)]


def _goes_by_words(rule: Rule) -> bool:
    return any(condition.key in ("text", "heading") for condition in rule.conditions)


def _most_frequent(rules: Iterable[Rule]) -> Rule:
    counts: dict[str, tuple[int, Rule]] = {}
    for rule in rules:
        counts[rule.id] = counts.get(rule.id, (0, rule))[0] + 1, rule
    return max(counts.values(), key=lambda counted: counted[0])[1]
