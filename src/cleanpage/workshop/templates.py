"""What repeats on the pages of one site: its boxes, prompts and lists, found again by names or words.

A block of text is *free* to be removed where it looks like clutter, or where it stands, with all of its box, word for
word on most of the pages and is no byline or label; it *stays* otherwise. A rule is learned if it finds something on
most of the pages and takes nothing that stays on any of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Final

from cleanpage.errors import InputError, RuleError
from cleanpage.model import Condition, Range, Reach, Rule
from cleanpage.structure.sections import section
from cleanpage.structure.structure import Structure
from cleanpage.workshop.anchors import FAIR, simple_anchors
from cleanpage.workshop.propose import Proposal, Surroundings, likely_kind, phrase, says_clutter
from cleanpage.workshop.writing import rule_id

__all__ = ["Learned", "SitePage", "distinct_pages", "learn"]

SHARE: Final = 0.6
"""Share of the pages on which a rule must find something."""
_SAME_PAGE: Final = 0.5
"""Share of a page's prose that stands on another one if they are the same article."""
_SURE: Final = 0.75
"""How likely a text that differs from page to page must be clutter to be taken."""
_LIKELY: Final = 0.5
"""How likely a list of links below a repeated heading must be clutter, taken as a whole."""
_LINKED: Final = 0.8
"""Share of letters in links from which what stands below a heading is a list of links."""
_TITLE_WORDS: Final = 4
"""Words that titles have, taken together; tags have less."""
_HEADINGS: Final = ("h2", "h3", "h4", "h5", "h6")
_PROMPT_WORDS: Final = 12
"""Words from which a text that repeats word for word is no byline or label."""
_LINE_WORDS: Final = 5
"""Words from which a repeated text has a rule of its own."""
_LONGEST: Final = 400
"""Words up to which a repeated text is a prompt."""
_HEADING_WORDS: Final = 8
_FIRST_WORDS: Final = 10
_MOST_BY_TEXT: Final = 40
_BRIEF: Final = 8

Place = tuple[int, int]
"""A page's number and a block's."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A rule, the pages on which it found something, and where it shows best."""

    rule: Rule
    support: int
    example: Proposal
    page: int


class SitePage:
    """One page of the site, with the blocks that may go."""

    def __init__(self, structure: Structure, name: str = "") -> None:
        self.name = name
        self.around = Surroundings(structure)
        self.texts = structure.blocks.texts

    @cached_property
    def prose(self) -> frozenset[str]:
        """The paragraphs of the article."""
        structure = self.around.structure
        return frozenset(self.texts[b] for b in self.around.stays if structure.is_prose(b))

    def free(self, repeated: frozenset[str]) -> frozenset[int]:
        """The blocks that may be removed, given the texts that repeat on the site."""
        structure = self.around.structure
        headline = structure.article.headline
        go = structure.evidence.go
        found = {b for b, text in enumerate(self.texts) if go[b] >= (0.5 if text in repeated else _SURE)}
        for inside in (*self._repeated_boxes(repeated), *self._link_lists(repeated)):
            found.update(inside)
        return frozenset(found - {headline})

    def _repeated_boxes(self, repeated: frozenset[str]) -> Iterator[range]:
        """The blocks of elements in which every word repeats, if these are more words than a byline has or the name of
        the element says that it is clutter."""
        page, structure = self.around.page, self.around.structure
        words = list(accumulate(structure.blocks.words, initial=0))
        counted = list(accumulate((text in repeated for text in self.texts), initial=0))
        for i in range(page.body + 1, len(page)):
            inside = structure.blocks.within(i)
            if not inside or counted[inside.stop] - counted[inside.start] < len(inside):
                continue
            if words[inside.stop] - words[inside.start] >= _PROMPT_WORDS or says_clutter(page, i):
                yield inside


    def _link_lists(self, repeated: frozenset[str]) -> Iterator[range]:
        """The blocks of lists of titles below a heading that repeats, if they look like clutter taken together: they
        differ from page to page, and some titles look like anything."""
        page, structure = self.around.page, self.around.structure
        for b, text in enumerate(self.texts):
            element = structure.blocks.element[b]
            if text not in repeated or page.tags[element] not in _HEADINGS:
                continue
            nodes = section(page, element, self.around.context.budget)
            inside = range(b, max(structure.blocks.within(node).stop for node in nodes))
            chars = sum(page.chars(node) for node in nodes[1:])
            linked = sum(page.link_share(node) * page.chars(node) for node in nodes[1:])
            titles = sum(structure.blocks.words[b + 1 : inside.stop]) >= _TITLE_WORDS * (len(inside) - 1)
            listed = chars and titles and linked >= _LINKED * chars and not structure.holds_prose(inside)
            if listed and structure.clutter(inside) >= _LIKELY:
                yield inside


def distinct_pages(pages: Iterable[SitePage]) -> list[SitePage]:
    """The pages without those that have the article of an earlier one: what repeats on them says nothing."""
    kept: list[SitePage] = []
    for page in pages:
        if not any(_same(page, other) for other in kept):
            kept.append(page)
    return kept


def _same(one: SitePage, other: SitePage) -> bool:
    shared = sum(map(len, one.prose & other.prose))
    least = min(sum(map(len, one.prose)), sum(map(len, other.prose)))
    return shared > _SAME_PAGE * least if least else one.texts == other.texts


def learn(pages: Sequence[SitePage], share: float = SHARE) -> list[Learned]:
    """Rules for what repeats on the `pages` of one site, those that take most first.

    Args:
        pages: pages with articles that differ.
        share: of how many of them a rule must find something, from 0 to 1; two at least.

    Raises:
        InputError: there are less than two distinct pages.
    """
    distinct = distinct_pages(pages)
    if len(distinct) < 2:
        raise InputError(
            "one page does not say what repeats on its site; give two or more pages with different articles"
        )
    site = _Site(distinct, max(2, math.ceil(share * len(distinct))))
    found = _chosen(site, _by_names(site))
    found += _chosen(site, _by_headings(site))
    return _named(found + _chosen(site, _by_texts(site), _MOST_BY_TEXT))


class _Site:
    """The pages, what is free on each, and what the rules found so far take."""

    def __init__(self, pages: Sequence[SitePage], need: int) -> None:
        self.pages = pages
        self.need = need
        """on how many pages a rule must find something."""
        counts = Counter(text for page in pages for text in set(page.texts))
        self.repeated = frozenset(text for text, count in counts.items() if count >= need)
        self.free = [page.free(self.repeated) for page in pages]
        self.taken: set[Place] = set()

    def tried(self, rule: Rule) -> Learned | None:
        """What a rule takes, or None where it takes what stays or is not found on enough pages."""
        places: set[Place] = set()
        first: tuple[int, Proposal] | None = None
        for number, page in enumerate(self.pages):
            taken = page.around.taken(rule)
            inside = page.around.blocks_in(node for nodes in taken for node in nodes)
            if not inside <= self.free[number]:
                return None
            places |= {(number, b) for b in inside}
            if inside and first is None:
                nodes = next(nodes for nodes in taken if page.around.blocks_in(nodes))
                first = number, Proposal(rule, 0, nodes, ())
        support = _pages_of(places)
        if first is None or support < self.need:
            return None
        return Learned(rule, support, first[1], first[0])

    def places(self, rule: Rule) -> frozenset[Place]:
        """All blocks that a rule takes."""
        return frozenset(
            (number, b)
            for number, page in enumerate(self.pages)
            for nodes in page.around.taken(rule)
            for b in page.around.blocks_in(nodes)
        )


def _by_names(site: _Site) -> Iterator[tuple[Rule, int, frozenset[Place]]]:
    """Rules by names of elements, with their cost and what they may be expected to take."""
    costs: dict[str, int] = {}
    places: dict[str, set[Place]] = {}
    barred: set[str] = set()
    for number, page in enumerate(site.pages):
        for selector, cost, blocks in _named_elements(page):
            if not blocks <= site.free[number]:
                barred.add(selector)
            elif selector not in barred:
                costs[selector] = cost
                places.setdefault(selector, set()).update((number, b) for b in blocks)
    for selector, taken in places.items():
        if selector not in barred and _pages_of(taken) >= site.need:
            yield Rule(id="name", select=selector), costs[selector], frozenset(taken)


def _named_elements(page: SitePage) -> Iterator[tuple[str, int, frozenset[int]]]:
    """Each name of each element with text, and the blocks in it."""
    flat, blocks = page.around.page, page.around.structure.blocks
    for i in range(flat.body + 1, len(flat)):
        inside = blocks.within(i)
        if not inside:
            continue
        for anchor in simple_anchors(flat, i):
            if anchor.cost <= FAIR:
                yield anchor.selector, anchor.cost, frozenset(inside)


def _by_headings(site: _Site) -> Iterator[tuple[Rule, int, frozenset[Place]]]:
    """Rules by headings that repeat, with the lists below them."""
    for text, _ in _repeated_lines(site, range(1, _HEADING_WORDS + 1), headings=True):
        words = phrase(text, _HEADING_WORDS)
        if words:
            rule = Rule(id="heading", conditions=(Condition("heading", (words,)),), reach=Reach.SECTION)
            yield rule, FAIR, site.places(rule)


def _by_texts(site: _Site) -> Iterator[tuple[Rule, int, frozenset[Place]]]:
    """Rules by the words of prompts that repeat."""
    for text, places in _repeated_lines(site, range(_LINE_WORDS, _LONGEST), headings=False):
        words = phrase(text, _FIRST_WORDS)
        if words:
            size = Range(high=math.ceil(1.2 * len(text.split()) + 2))
            conditions = (Condition("words", size), Condition("text", (words,)))
            yield Rule(id="text", conditions=conditions, reach=Reach.BOX), FAIR, places


def _repeated_lines(site: _Site, words: range, *, headings: bool) -> list[tuple[str, frozenset[Place]]]:
    """Texts on enough pages that are free and not taken yet, in the order of the pages, and where they stand."""
    found: dict[str, set[Place]] = {}
    for number, page in enumerate(site.pages):
        structure = page.around.structure
        for b in sorted(site.free[number]):
            if structure.blocks.words[b] not in words or (headings and not _is_heading(page, b)):
                continue
            if page.texts[b] in site.repeated and (number, b) not in site.taken:
                found.setdefault(page.texts[b], set()).add((number, b))
    rows = ((text, frozenset(places)) for text, places in found.items())
    return [(text, places) for text, places in rows if _pages_of(places) >= site.need]


def _is_heading(page: SitePage, b: int) -> bool:
    return page.around.page.tags[page.around.structure.blocks.element[b]] in _HEADINGS


def _pages_of(places: Iterable[Place]) -> int:
    """On how many pages some places are."""
    return len({number for number, _ in places})


def _chosen(
    site: _Site, candidates: Iterable[tuple[Rule, int, frozenset[Place]]], most: int | None = None
) -> list[Learned]:
    """The fewest rules that together take what the candidates take, the largest first."""
    left = {rule: (cost, places) for rule, cost, places in candidates}
    chosen: list[Learned] = []
    while left and (most is None or len(chosen) < most):
        rule = min(left, key=lambda rule: (-len(left[rule][1] - site.taken), left[rule][0], rule.select))
        _, places = left.pop(rule)
        new = places - site.taken
        if _pages_of(new) < site.need:
            if not new:
                break
            continue
        learned = _tried(site, rule)
        if learned is not None:
            chosen.append(learned)
            site.taken |= site.places(rule)
    return chosen


def _tried(site: _Site, rule: Rule) -> Learned | None:
    try:
        return site.tried(rule)
    except RuleError:
        return None


def _named(found: Sequence[Learned]) -> list[Learned]:
    """With ids, kinds and what they rest on."""
    taken: list[str] = []
    named = []
    for each in found:
        rule = each.rule
        phrases = " ".join(text for c in rule.conditions if isinstance(c.value, tuple) for text in c.value)
        taken.append(rule_id(rule.select or phrases, taken))
        named.append(replace(each, rule=replace(rule, id=taken[-1])))
    return named


def described(learned: Learned, pages: Sequence[SitePage]) -> Learned:
    """With its kind and, as its why, on how many of the pages it was found and how it begins there."""
    page = pages[learned.page].around
    brief = " ".join(page.text(learned.example.nodes).split()[:_BRIEF])
    rule = learned.rule
    kind = likely_kind(rule, learned.example.nodes, page)
    why = f"Found on {learned.support} of {len(pages)} pages; begins “{brief}”."
    rule = replace(rule, kind=kind, why=why)
    return replace(learned, rule=rule, example=replace(learned.example, rule=rule))
