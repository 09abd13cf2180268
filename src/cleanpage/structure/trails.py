"""The words in the tags, classes and ids around a text block, gathered from the outside in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from threading import Lock
from typing import Final

from cleanpage.page import Page
from cleanpage.structure.features import Signals

__all__ = ["SCOPES", "Trails", "element_tokens", "name_tokens"]

SCOPES: Final = 4
"""A token weighs differently by how much its element holds. Bits: 1 less than nine tenths of the page's blocks, 2 less
than half, 4 not all of the article's body, 8 less than nine blocks."""
_ALL_SCOPES: Final = (1 << SCOPES) - 1

_ONE_AT_A_TIME: Final = Lock()
"""Threads can share trails; a lock of each would keep them from being pickled."""
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
    """The tokens of one element: its tag in angle brackets, and those of its class names and id; the name of a custom
    element is written like a class name, and read like one.

    >>> element_tokens("div", None, "post-footer")
    ('<div>', 'post', 'footer', 'post-footer')
    """
    parts = classes[:300].split() if classes else []
    if name:
        parts += name[:300].split()
    if "-" in tag:
        parts.append(tag[:300])
    found = [f"<{tag}>"]
    for part in parts:
        found += tokens_of(part)
    return tuple(dict.fromkeys(found) if len(parts) > 1 else found)


Added = tuple[tuple[str, int], ...]
"""Tokens, each with the scopes in which it was not yet counted."""
_Step = tuple[int, str, str | None, str | None, int]
"""What an element adds hangs on: the trail of its parent, its tag, id, classes and scope bits."""


class Trails:
    """The tokens around blocks, gathered from the outside in, each counted once per scope, whatever has it.

    A *trail* stands for all that was gathered, and is a number; trail 0 is empty. ``parent[s]`` is the trail that `s`
    adds to, ``added[s]`` what it adds, and ``weight[s]`` what all of it weighs. Pages have much in common, so trails
    can be kept from page to page; they are numbers, as Python's garbage collector looks through kept objects again and
    again.

    `tokens_of` gives the tokens of an element, `weights` for each token what it weighs by set of scopes, written as
    bits; `start` is what the empty trail weighs.
    """

    def __init__(
        self,
        tokens_of: Callable[[str, str | None, str | None], tuple[str, ...]],
        weights: Mapping[str, Sequence[int]],
        start: int = 0,
    ) -> None:
        self.parent: Final = [0]
        self.added: Final[list[Added]] = [()]
        self.weight: Final = [start]
        self.steps: Final[dict[_Step, int]] = {}
        self._gathered: dict[int, dict[str, int]] = {0: {}}
        self._tokens_of = tokens_of
        self._weights = weights

    def of(self, seen: Signals) -> list[int]:
        """The trail of each block of a page."""
        page, step = seen.blocks.page, self.steps.get
        tags, ids, classes, parents, body = page.tags, page.ids, page.classes, page.parents, page.body
        scopes, found = _box_scopes(seen), {-1: 0}
        for e, x in seen.boxes.at.items():
            if e > body:
                key = (found[parents[e]], tags[e], ids[e], classes[e], scopes[x])
                trail = step(key)
                found[e] = self._extend(key) if trail is None else trail
            else:
                found[e] = 0
        inner = seen.blocks.inner
        for e in inner:
            if e not in found:
                self._follow(page, e, found)
        return [found[e] for e in inner]

    def _follow(self, page: Page, e: int, found: dict[int, int]) -> None:
        """Add to `found` the trails of element `e`, and of those around it, that hold no whole block."""
        parents, chain = page.parents, []
        while e not in found:
            chain.append(e)
            e = parents[e]
        trail = found[e]
        for e in reversed(chain):
            key = (trail, page.tags[e], page.ids[e], page.classes[e], _ALL_SCOPES)
            known = self.steps.get(key)
            trail = found[e] = self._extend(key) if known is None else known

    def _extend(self, step: _Step) -> int:
        """The trail after a step that was not yet taken."""
        trail, tag, name, classes, scopes = step
        tokens, weights = self._tokens_of(tag, name, classes), self._weights
        with _ONE_AT_A_TIME:
            known, weight, added = self._gather(trail).get, self.weight[trail], []
            for token in tokens:
                new = scopes & ~known(token, 0)
                if new:
                    added.append((token, new))
                    weight += weights[token][new]
            if added:
                self.parent.append(trail)
                self.added.append(tuple(added))
                self.weight.append(weight)
                trail = len(self.parent) - 1
            self.steps[step] = trail
        return trail

    def _gather(self, trail: int) -> dict[str, int]:
        """Token to the scopes in which it was counted; made only for trails that are gone on from."""
        found = self._gathered.get(trail)
        if found is None:
            found = self._gathered[trail] = self._gathered[self.parent[trail]].copy()
            for token, new in self.added[trail]:
                found[token] = found.get(token, 0) | new
        return found


def _box_scopes(seen: Signals) -> list[int]:
    boxes, around, count = seen.boxes, seen.around, len(seen.blocks)
    sizes = [z - a for a, z in zip(boxes.low, boxes.high, strict=True)]
    return [
        (10 * n < 9 * count) | (2 * n < count) << 1 | (x not in around) << 2 | (n < 9) << 3 for x, n in enumerate(sizes)
    ]
