"""Cleaning until nothing is left to clean, so that cleaning a cleaned page again changes nothing (contract 4).

What a rule finds can hang on what stands around it, and that changes with every cut. So what is left of a page is seen
again, as it would be read after the cuts, until a look finds nothing; only then is anything cut, all at once. What the
source cannot cut out stays, and its surroundings would look otherwise when the page is cleaned again; so the page is
then looked at once more, with that in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cleanpage.cuts import Cut, Parts, Reading, Written
from cleanpage.decide import Decided, Decision, Refusal
from cleanpage.match.find import Finding
from cleanpage.match.steady import is_steady
from cleanpage.model import Action
from cleanpage.page import Page
from cleanpage.remainder import Remainder, remainder
from cleanpage.rules.index import Found
from cleanpage.structure.structure import Structure

__all__ = ["Look", "Removed", "Seen", "Settled", "look_again", "settle", "together"]

Seen = tuple[Structure, list[Finding], Decided]
"""What one look came to."""

_MOST = 30
"""Looks at one page; most pages take two or three."""
_WRITINGS = 4
"""How often a page is written at most; nearly all pages once."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what was left of a page: its structure, what was found and decided, and the way back to the page."""

    structure: Structure
    found: list[Finding]
    decided: Decided
    former: Callable[[int], tuple[int, ...]]
    """the nodes of the whole page that a node stands for."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A cut of the whole page, and the decision and look that it is named after."""

    cut: Cut
    decision: Decision
    look: Look


@dataclass(frozen=True, slots=True)
class Settled:
    """What a page came to: the looks at it, its cuts and what its source made of them."""

    looks: tuple[Look, ...]
    removed: list[Removed]
    written: Written
    unmade: tuple[Refusal, ...]
    """cuts that were given up, as the source cannot make them."""


def settle(
    reading: Reading, asked: list[list[Found]], look: Callable[[Page, list[list[Found]], Parts], Seen]
) -> Settled:
    """Look at a page and write it, until all that is decided can be cut out."""
    stuck: Parts = {}
    unmade: list[Refusal] = []
    for _ in range(_WRITINGS):
        looks = look_again(reading.page, asked, look, stuck)
        removed = together(reading.page, looks)
        written = reading.write(tuple(r.cut for r in removed))
        if stuck.keys() >= written.stuck.keys():
            break
        stuck = _with_their_parts(stuck, written.stuck)
        unmade += _refusals(removed, written)
    return Settled(looks, removed, written, tuple(unmade))


def _with_their_parts(stuck: Parts, more: Parts) -> Parts:
    """What is stuck, with `more` that turned out to be, some of which are parts of the former."""
    parted = {node: tuple(p for part in parts for p in more.get(part, (part,))) for node, parts in stuck.items()}
    return {**parted, **more}


def _refusals(removed: list[Removed], written: Written) -> list[Refusal]:
    """The removals that the source refuses, and is not asked for again."""
    tried = [(r.decision.rule, r.cut) for r in removed if r.cut.node in written.stuck]
    return [Refusal(rule, cut.node, written.refused[cut]) for rule, cut in tried if cut in written.refused]


def look_again(
    page: Page,
    asked: list[list[Found]],
    look: Callable[[Page, list[list[Found]], Parts], Seen],
    stuck: Parts,
) -> tuple[Look, ...]:
    """The looks at `page` and at what is left of it, up to the one that decides nothing.

    `asked` are the rules that may do something on the page, and their elements. Cuts add no element and no name, so
    these are also all that may do something on what is left; where they all can only find less, one look will do.
    `stuck` are the nodes of `page` that its source cannot cut out, and for each what goes in its place.
    """
    looks: list[Look] = []
    former: Callable[[int], tuple[int, ...]] = _itself
    while len(looks) < _MOST:
        structure, found, decided = look(page, asked, _now(stuck, page, former))
        looks.append(Look(structure, found, decided, former))
        gone = [decision.cut.node for decision in decided.decisions if decision.cut.action is Action.REMOVE]
        if not gone or (not decided.refusals and all(is_steady(rule) for each in asked for rule, _ in each)):
            break
        left = remainder(page, gone)
        asked = [_still(left, each) for each in asked]
        former = _through(former, left.former)
        page = left.page
    return tuple(looks)


def _now(stuck: Parts, page: Page, former: Callable[[int], tuple[int, ...]]) -> Parts:
    """`stuck`, a matter of the whole page, by the numbers that what is left of it has: `page`."""
    if not stuck:
        return stuck
    nodes = (*range(len(page)), *(~t for t in range(len(page.texts))))
    now = {far: node for node in nodes for far in former(node)}
    left = {now[node]: parts for node, parts in stuck.items() if node in now}
    return {node: tuple(now[part] for part in parts if part in now) for node, parts in left.items()}


def _still(left: Remainder, asked: list[Found]) -> list[Found]:
    """The rules that may still do something, with the elements that are left."""
    pairs = [(rule, None if elements is None else left.still(elements)) for rule, elements in asked]
    return [(rule, elements) for rule, elements in pairs if elements != []]


def _itself(node: int) -> tuple[int, ...]:
    return (node,)


def _through(
    outer: Callable[[int], tuple[int, ...]], inner: Callable[[int], tuple[int, ...]]
) -> Callable[[int], tuple[int, ...]]:
    return lambda node: tuple(far for near in inner(node) for far in outer(near))


def together(page: Page, looks: tuple[Look, ...]) -> list[Removed]:
    """The cuts of all looks as cuts of the whole page, none inside another, in document order.

    A later cut can take the box around earlier ones; it is then named after what took most of the text in it.
    """
    removals = [r for r in _all(looks) if r.cut.action is Action.REMOVE]
    edits = [r for r in _all(looks) if r.cut.action is not Action.REMOVE]
    if not any(look.decided.decisions for look in looks[1:]):
        return removals + edits
    outermost = page.outermost(sorted({r.cut.node for r in removals if r.cut.node >= 0}))
    weightiest: dict[int, tuple[int, Removed]] = {}
    for removed in removals:
        node = removed.cut.node
        holder = page.holder(outermost, node)
        around = node if holder is None else holder
        weight = removed.look.structure.page.words(removed.decision.cut.node)
        if around not in weightiest or weight > weightiest[around][0]:
            weightiest[around] = weight, removed
    cuts = [Removed(Cut(node), r.decision, r.look) for node, (_, r) in weightiest.items()]
    cuts.sort(key=lambda r: page.text_first[r.cut.node] if r.cut.node >= 0 else ~r.cut.node)
    # Every look makes the same edits anew, as only removals change the page that is looked at.
    edited = {e.cut: e for e in reversed(edits) if page.holder(outermost, e.cut.node) is None}
    return cuts + [edited[cut] for cut in dict.fromkeys(e.cut for e in edits) if cut in edited]


def _all(looks: tuple[Look, ...]) -> Iterator[Removed]:
    for look in looks:
        for decision in look.decided.decisions:
            for node in look.former(decision.cut.node):
                yield Removed(Cut(node, decision.cut.action, decision.cut.names), decision, look)
