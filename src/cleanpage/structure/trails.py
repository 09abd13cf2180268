"""The words in the tags, classes and ids around a text block, gathered from the outside in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from cleanpage.page import Page
from cleanpage.structure.features import Signals

__all__ = ["SCOPES", "Trail", "TrailTree", "Trails", "element_tokens", "name_tokens", "read_trails"]

SCOPES: Final = 4
"""A token weighs differently by how much its element holds. Bits: 1 less than nine tenths of the page's blocks, 2 less
than half, 4 not all of the article's body, 8 less than nine blocks."""
_ALL_SCOPES: Final = (1 << SCOPES) - 1
_WEIGHTLESS: Final = (0,) * (1 << SCOPES)

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]{2,}")


def name_tokens(name: str) -> tuple[str, ...]:
    """The words of one class name or id, and each two that follow each other.

    >>> name_tokens("postFooter")
    ('post', 'footer', 'post-footer')
    """
    tokens = _LETTERS.findall(name if name.islower() else _CAMEL.sub(" ", name).lower())
    if len(tokens) < 2:
        return tuple(tokens)
    return tuple(dict.fromkeys(tokens + [f"{a}-{b}" for a, b in pairwise(tokens)]))


def element_tokens(
    tag: str, name: str | None, classes: str | None, tokens_of: Callable[[str], tuple[str, ...]] = name_tokens
) -> tuple[str, ...]:
    """The tokens of one element: its tag in angle brackets, and those of its class names and id.

    >>> element_tokens("div", None, "post-footer")
    ('<div>', 'post', 'footer', 'post-footer')
    """
    parts = classes[:300].split() if classes else []
    if name:
        parts += name[:300].split()
    found = [f"<{tag}>"]
    for part in parts:
        found += tokens_of(part)
    return tuple(dict.fromkeys(found) if len(parts) > 1 else found)


Added = tuple[tuple[str, int], ...]
"""Tokens, each with the scopes in which it was not yet counted."""
_Step = tuple[str, str | None, str | None, int]
"""What an element adds hangs on: its tag, id, classes and scope bits."""


class Trail:
    """The tokens around a block, gathered from the outside in, each counted once per scope, whatever has it.

    `parent` is the trail that this one adds `added` to (None: this one is empty), `weight` what all of it weighs.
    """

    __slots__ = ("_gathered", "added", "parent", "steps", "weight")

    def __init__(self, parent: Trail | None, added: Added, weight: int) -> None:
        self.parent: Final = parent
        self.added: Final = added
        self.weight: Final = weight
        self.steps: Final[dict[_Step, Trail]] = {}
        """the trails of elements in one with this trail."""
        self._gathered: dict[str, int] | None = None

    @property
    def gathered(self) -> dict[str, int]:
        """Token to the scopes in which it has been counted. Made only for what is gone on from."""
        if self._gathered is None:
            found = self.parent.gathered.copy() if self.parent else {}
            for token, new in self.added:
                found[token] = found.get(token, 0) | new
            self._gathered = found
        return self._gathered


class TrailTree:
    """Trails that grow out of the empty one; they can be kept from page to page, as pages have much in common.

    `tokens_of` gives the tokens of an element, `weights` for each token what it weighs by set of scopes, written as
    bits; `start` is what the empty trail weighs. `size` is the number of steps known.
    """

    def __init__(
        self,
        tokens_of: Callable[[str, str | None, str | None], tuple[str, ...]],
        weights: Mapping[str, Sequence[int]],
        start: int = 0,
    ) -> None:
        self.root: Final = Trail(None, (), start)
        self.size = 0
        self._tokens_of = tokens_of
        self._weights = weights

    def extend(self, trail: Trail, step: _Step) -> Trail:
        """The trail of an element in one with `trail`, which had no such step yet."""
        tag, name, classes, scopes = step
        known, weights, weight = trail.gathered.get, self._weights, trail.weight
        added = []
        for token in self._tokens_of(tag, name, classes):
            new = scopes & ~known(token, 0)
            if new:
                added.append((token, new))
                weight += weights[token][new]
        found = trail.steps[step] = Trail(trail, tuple(added), weight) if added else trail
        self.size += 1
        return found


def read_trails(seen: Signals, tree: TrailTree) -> list[Trail]:
    """The trail of each block, out of `tree`."""
    page, extend = seen.blocks.page, tree.extend
    tags, ids, classes, parents = page.tags, page.ids, page.classes, page.parents
    scopes, body = _box_scopes(seen), page.body
    found = {-1: tree.root}
    for e, x in seen.boxes.at.items():
        if e <= body:
            found[e] = tree.root
            continue
        around = found[parents[e]]
        step = (tags[e], ids[e], classes[e], scopes[x])
        found[e] = around.steps.get(step) or extend(around, step)
    for e in seen.blocks.inner:
        if e not in found:
            _read_inline(page, e, found, tree)
    return [found[e] for e in seen.blocks.inner]


def _read_inline(page: Page, e: int, found: dict[int, Trail], tree: TrailTree) -> None:
    """Add to `found` the trails of element `e`, and of those around it, that are in no box's chain."""
    chain = []
    while e not in found:
        chain.append(e)
        e = page.parents[e]
    trail = found[e]
    for e in reversed(chain):
        step = (page.tags[e], page.ids[e], page.classes[e], _ALL_SCOPES)
        trail = found[e] = trail.steps.get(step) or tree.extend(trail, step)


def _box_scopes(seen: Signals) -> list[int]:
    boxes, around, count = seen.boxes, seen.around, len(seen.blocks)
    sizes = [z - a for a, z in zip(boxes.low, boxes.high, strict=True)]
    return [
        (10 * n < 9 * count) | (2 * n < count) << 1 | (x not in around) << 2 | (n < 9) << 3 for x, n in enumerate(sizes)
    ]


class Trails:
    """The trails of one page's blocks by number, for the fitting script.

    ``of[b]`` is the number of block `b`'s trail, ``parent[s]`` the trail that `s` adds to, and ``added[s]`` what it
    adds: (token, scope bits). Number 0 is the empty trail; a trail has a greater number than its parent.
    """

    def __init__(self, seen: Signals, tokens_of: Callable[[str, str | None, str | None], tuple[str, ...]]) -> None:
        tree = TrailTree(tokens_of, defaultdict(lambda: _WEIGHTLESS))
        self.parent: Final = [0]
        self.added: Final[list[Added]] = [()]
        self._numbers = {tree.root: 0}
        self.of: Final = [self._number(trail) for trail in read_trails(seen, tree)]

    def _number(self, trail: Trail) -> int:
        numbers, chain = self._numbers, []
        at: Trail | None = trail
        while at and at not in numbers:
            chain.append(at)
            at = at.parent
        for new in reversed(chain):
            self.parent.append(numbers[new.parent] if new.parent else 0)
            self.added.append(new.added)
            numbers[new] = len(numbers)
        return numbers[trail]
