"""A rule for what somebody points at on a page: which element to take, and by what it will be found again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Final

from cleanpage.budget import Budget
from cleanpage.errors import InputError, RuleError
from cleanpage.kinds import KINDS
from cleanpage.match.context import MatchContext
from cleanpage.match.find import find
from cleanpage.match.selectors import parse_selector
from cleanpage.match.text import Words, check_phrase
from cleanpage.model import Condition, Range, Reach, Rule
from cleanpage.page import Page
from cleanpage.rules.sitelines import guess_kind
from cleanpage.structure.structure import Structure
from cleanpage.workshop.anchors import anchors, named_kind, simple_anchors
from cleanpage.workshop.names import HASHED, NUMBERED, trouble

__all__ = ["Proposal", "Surroundings", "likely_kind", "phrase", "propose", "says_clutter"]

_STEPS: Final = 2_000_000_000
_FIRST_WORDS: Final = 8
_HEADING_WORDS: Final = 8
_SMALL_BOX: Final = 60
"""Words of a box that is taken whole with what is pointed at in it."""
_BOX_TIMES: Final = 3
_NEAR: Final = 3
_BOXED: Final = frozenset({"newsletter", "donation", "paywall", "cookie", "related", "ad", "promo"})
_HEADING_COST: Final = 3
_TEXT_COST: Final = 4
_SELECTOR = re.compile(r"[.#\[*][\w\"-]")
_NAMES = re.compile(r"[.#](-?[A-Za-z_][\w-]*)|[~^$*|]?=\s*[\"']?([\w-]+)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule for what was pointed at: `nodes` are what it takes there, `others` what else it takes on the page."""

    rule: Rule
    cost: int
    nodes: tuple[int, ...]
    others: tuple[int, ...]

    @property
    def lasting(self) -> bool:
        """Whether the rule may be expected to hold on other pages, and next month."""
        return self.cost < 6


class Surroundings:
    """A page as the workshop looks at it: its structure, and which blocks no proposed rule may take."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.page: Page = structure.page
        self.context = MatchContext(Budget(_STEPS))

    @cached_property
    def stays(self) -> frozenset[int]:
        """The blocks that look like the article, its headline and what belongs to it."""
        structure = self.structure
        go, article = structure.evidence.go, structure.article
        found = {b for b in range(len(structure.blocks)) if go[b] < 0.5}
        return frozenset(found | ({article.headline} if article.headline >= 0 else set()))

    def taken(self, rule: Rule) -> list[tuple[int, ...]]:
        """What a rule finds here: the nodes of each finding."""
        found = find([(rule, None)], frozenset(KINDS), self.structure, self.context)
        return [finding.nodes for finding in found if finding.nodes]

    def text(self, nodes: Iterable[int]) -> str:
        """What a reader sees in some nodes, blocks set apart by a space."""
        return " ".join(self.structure.blocks.texts[b] for b in sorted(self.blocks_in(nodes)))

    def blocks_in(self, nodes: Iterable[int]) -> set[int]:
        """The blocks that stand in some nodes."""
        blocks = self.structure.blocks
        return {b for node in nodes for b in blocks.within(node)}


def propose(pointed: str, around: Surroundings, *, kind: str = "") -> list[Proposal]:
    """Rules for what somebody points at, the best first.

    Args:
        pointed: a piece of the text to be removed, or a selector.
        around: the page.
        kind: the kind of the rule; by default what names and words suggest.

    Returns:
        Proposals that take what is pointed at and nothing that looks like the article; the first is to be written.

    Raises:
        InputError: nothing on the page is pointed at, or nothing finds it without taking from the article.
    """
    target = _by_selector(pointed, around) if _is_selector(pointed, around) else _by_text(pointed, around)
    target = target or _by_text(pointed, around)
    if target is None:
        raise InputError(f"nothing on the page has the text {pointed!r}, and it is no selector that finds something")
    found = [
        proposal
        for cost, rule in target.candidates(around)
        if (proposal := _tried(rule, cost, target, around)) is not None
    ]
    if not found:
        raise InputError(f"no rule finds {pointed!r} without taking from the article; point at something narrower")
    best = sorted(found, key=lambda proposal: (proposal.cost, not proposal.rule.select.startswith("#")))
    return [_finished(proposal, kind, around) for proposal in best]


@dataclass(frozen=True, slots=True)
class _Target:
    """What is pointed at: its blocks, and the elements around them that may be taken, innermost first.

    `ideal` is the place in `levels` of the box that belongs together, `beside` are blocks that may go with it.
    """

    blocks: frozenset[int]
    levels: tuple[int, ...]
    ideal: int
    written: str = ""
    """the selector that somebody pointed with."""
    beside: frozenset[int] = frozenset()

    def candidates(self, around: Surroundings) -> Iterator[tuple[int, Rule]]:
        """Rules that may find it, each with its cost: how soon it will break, and how far off the box it cuts."""
        if self.written and _lasts(self.written):
            yield -1, Rule(id="pointed", select=self.written)
        for level, element in enumerate(self.levels):
            off = self._off(level, around.page)
            for anchor in anchors(around.page, element):
                yield anchor.cost + off, Rule(id="anchor", select=anchor.selector)
        yield from self._by_phrases(around)

    def _off(self, level: int, page: Page) -> int:
        """How far an element is off the box that belongs together: wrappers around the same text are not, and to take
        too much is worse than to take too little."""
        low, high = sorted((level, self.ideal))
        steps = len({page.words(i) for i in self.levels[low : high + 1]}) - 1
        return 2 * steps if level > self.ideal else steps

    def _by_phrases(self, around: Surroundings) -> Iterator[tuple[int, Rule]]:
        if not self.blocks:
            return
        blocks = around.structure.blocks
        first = blocks.within(self.levels[self.ideal]).start if self.levels else min(self.blocks)
        if blocks.words[first] <= _HEADING_WORDS and len(around.blocks_in(self.levels[self.ideal :][:1])) > 1:
            heading = phrase(blocks.texts[first], _HEADING_WORDS)
            if heading:
                asked = (Condition("heading", (heading,)),)
                yield _HEADING_COST, Rule(id="heading", conditions=asked, reach=Reach.SECTION)
        for b in sorted(self.blocks):
            words = phrase(blocks.texts[b], _FIRST_WORDS)
            if words:
                size = Range(high=max(10.0, round(1.5 * blocks.words[b], -1)))
                conditions = (Condition("words", size), Condition("text", (words,)))
                cost = _TEXT_COST + (len(words.split()) < 3)
                yield cost, Rule(id="text", conditions=conditions, reach=Reach.BOX)
                yield cost + 1, Rule(id="text", conditions=conditions)


def _lasts(selector: str) -> bool:
    names = [one or other for one, other in _NAMES.findall(selector)]
    return bool(names) and not any(trouble(name) in (HASHED, NUMBERED) for name in names)


def phrase(text: str, most: int) -> str:
    """The first words of a text as a phrase of the rule language, "" where it has none."""
    words = " ".join(text.replace("*", " ").split()[:most])[:200].lstrip("/")
    try:
        check_phrase(words)
    except RuleError:
        return ""
    return words


def _is_selector(pointed: str, around: Surroundings) -> bool:
    if _SELECTOR.match(pointed):
        return True
    return not _found_blocks(pointed, around) and _smallest_with(pointed, around) is None


def _by_selector(pointed: str, around: Surroundings) -> _Target | None:
    try:
        hits = parse_selector(pointed).select(around.page, around.context)
    except RuleError as error:
        raise InputError(f"{pointed!r} is no text on the page, and as a selector: {error.message}") from None
    if not hits:
        return None
    return _Target(frozenset(around.blocks_in(hits)), (hits[0],), 0, pointed)


def _by_text(pointed: str, around: Surroundings) -> _Target | None:
    found = _found_blocks(pointed, around)
    if found:
        go = around.structure.evidence.go
        texts = around.structure.blocks.texts
        b = max(found, key=lambda b: (round(go[b]), -len(texts[b]), -b))
        return _target(frozenset({b}), around.structure.blocks.element[b], around)
    element = _smallest_with(pointed, around)
    return None if element is None else _target(frozenset(around.blocks_in([element])), element, around)


def _found_blocks(pointed: str, around: Surroundings) -> list[int]:
    """The blocks with the text that somebody points at, white space, case and marks folded."""
    wanted = " ".join(Words(pointed))
    texts = around.structure.blocks.texts
    return [b for b, text in enumerate(texts) if wanted and f" {wanted} " in f" {' '.join(Words(text))} "]


def _smallest_with(pointed: str, around: Surroundings) -> int | None:
    """The innermost element whose blocks together have the text."""
    page, blocks = around.page, around.structure.blocks
    wanted = list(Words(pointed))
    there = [(word, b) for b, text in enumerate(blocks.texts) for word in Words(text)]
    words = [word for word, _ in there]
    starts = (at for at, word in enumerate(words) if wanted and word == wanted[0])
    start = next((at for at in starts if words[at : at + len(wanted)] == wanted), None)
    if start is None:
        return None
    first, last = there[start][1], there[start + len(wanted) - 1][1]
    element = blocks.element[first]
    return next(i for i in (element, *page.ancestors(element)) if last in blocks.within(i))


def _target(pointed: frozenset[int], element: int, around: Surroundings) -> _Target:
    """The elements around some blocks that hold nothing of the article, and the one that belongs together."""
    page, structure = around.page, around.structure
    beside = _same_texts(pointed | _named_box(element, around), around)
    stays = around.stays - pointed - beside
    levels, ideal = [], 0
    most = max(_SMALL_BOX, _BOX_TIMES * sum(structure.blocks.words[b] for b in pointed))
    for i in (element, *page.ancestors(element)):
        inside = set(structure.blocks.within(i))
        if i <= page.body or inside & stays or (not pointed <= inside):
            break
        levels.append(i)
        if page.words(i) <= most:
            ideal = len(levels) - 1
    return _Target(pointed, tuple(levels), ideal, beside=beside)


def _same_texts(some: frozenset[int], around: Surroundings) -> frozenset[int]:
    """The blocks that have the text of one of some blocks: what goes there may go here."""
    texts = around.structure.blocks.texts
    known = {texts[b] for b in some}
    return frozenset(b for b, text in enumerate(texts) if text in known)


def _named_box(element: int, around: Surroundings) -> frozenset[int]:
    """The blocks of a small box near by whose name says that it is clutter, if none of them is a paragraph of the
    article: what is pointed at there is pointed at as a whole."""
    page, structure = around.page, around.structure
    for i in (element, *islice(page.ancestors(element), _NEAR)):
        inside = frozenset(structure.blocks.within(i))
        if i <= page.body or page.words(i) > _SMALL_BOX or any(structure.is_prose(b) for b in inside & around.stays):
            break
        if says_clutter(page, i):
            return inside
    return frozenset()


def says_clutter(page: Page, i: int) -> bool:
    """Whether an id, class or attribute of element `i` says that it is a box of clutter."""
    return any(anchor.cost == 0 and named_kind(anchor.selector) in _BOXED for anchor in simple_anchors(page, i))


def _tried(rule: Rule, cost: int, target: _Target, around: Surroundings) -> Proposal | None:
    """The proposal that `rule` makes, where it finds all that is pointed at and takes nothing else of the article."""
    try:
        taken = around.taken(rule)
    except RuleError:
        return None
    covered = around.blocks_in(node for nodes in taken for node in nodes)
    if not target.blocks <= covered or (covered - target.blocks - target.beside) & around.stays:
        return None
    here = [nodes for nodes in taken if target.blocks & around.blocks_in(nodes) or target.levels[0:1] == nodes]
    others = [nodes for nodes in taken if nodes not in here]
    if not here:
        return None
    return Proposal(rule, cost + min(2, len(others) // 2), _flat(here), _flat(others))


def _flat(taken: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(node for nodes in taken for node in nodes))


def _finished(proposal: Proposal, kind: str, around: Surroundings) -> Proposal:
    """With the kind of its rule."""
    found = kind or likely_kind(proposal.rule, proposal.nodes, around)
    return replace(proposal, rule=replace(proposal.rule, kind=found))


def likely_kind(rule: Rule, nodes: Sequence[int], around: Surroundings) -> str:
    """The kind of a rule that takes some nodes: what its names say, else its first words, else how it looks."""
    texts = [text for c in rule.conditions if isinstance(c.value, tuple) for text in c.value]
    guessed = [guess_kind(rule.select), guess_kind(" ".join(texts or around.text(nodes).split()[:_FIRST_WORDS]))]
    weight: dict[str, int] = {}
    for b in sorted(around.blocks_in(nodes)):
        looks = around.structure.evidence.kind[b]
        weight[looks] = weight.get(looks, 0) + around.structure.blocks.words[b] + 1
    return next((kind for kind in guessed if kind != "other"), max(weight, key=lambda k: weight[k], default="other"))
