"""The one place that chooses: findings in, cuts out, and a reason for whatever was found but is not cut.

In this order: what keep and spare rules protect; what no rule may take; the brake; rows that go or stay as a whole;
headings that stay; what is left among what goes; then boxes: cuts inside others, pictures and controls that stand among
what is cut, and wrappers that the cuts leave empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from cleanpage.boxes import Boxes
from cleanpage.company import CompanyWeights, left_among_what_goes
from cleanpage.cuts import Cut, Parts
from cleanpage.headings import staying_headings
from cleanpage.match.find import Finding
from cleanpage.match.regex import compile_regex
from cleanpage.model import LAYERS, PROTECTS, Action, Reach, Rule
from cleanpage.page import Page, class_tokens, first_between
from cleanpage.rows import RowLimits, torn_rows
from cleanpage.structure.article import CERTAIN, only_headline
from cleanpage.structure.structure import Structure

__all__ = ["Brake", "Decision", "Refusal", "decide"]

_UNSEEN = frozenset({"script", "style", "link", "meta", "noscript", "template"})
_FRAME = frozenset({"html", "head", "body"})
_SIGNS = frozenset(("evidence", "text", "heading", "line", "under", "like", "most-like", "repeats", "cards"))
"""Conditions that ask for signs or wordings, not only for a size."""
_ATTRIBUTES = (Action.REMOVE_ATTR, Action.REMOVE_CLASS)
_SENTENCE = 3
"""Words from which a block that may be the article's counts as its text, for what site configs name."""
_DOUBTFUL = 0.8
"""How likely a block must be clutter not to count as the article's there; such rules are often out of date."""
_SURE = 0.95
"""The same for a paragraph."""
_HEADLINE_SURE = 0.9
"""How likely the only headline must be clutter for a box around it to go."""


@dataclass(frozen=True, slots=True)
class Brake:
    """How much of the article a generic rule may take: words, by rule or kind, and share of its prose.

    `pictured` are the kinds whose boxes have pictures of their own, that go with them. `beside` is how likely a text
    below the article must be clutter for a picture beside it to go with the text on its other side. `together` is the
    share of the article that all rules of site configs may take together. `rows` says when the rest of a row goes too,
    `heads` up to which probability of being clutter a heading stays above prose that stays, `company` when a block goes
    with what is around it.
    """

    words: Mapping[str, int]
    share: float
    pictured: frozenset[str]
    beside: float
    rows: RowLimits
    heads: float
    company: CompanyWeights
    together: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """One cut, and the findings it comes from, the one whose rule it is named after first."""

    cut: Cut
    findings: tuple[Finding, ...]

    @property
    def rule(self) -> Rule:
        return self.findings[0].rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something a rule found that is not cut, and the reason."""

    rule: Rule
    node: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What is cut, and what is not."""

    decisions: tuple[Decision, ...]
    refusals: tuple[Refusal, ...]


def decide(
    findings: Iterable[Finding], structure: Structure, kinds: frozenset[str], brake: Brake, stuck: Parts
) -> Decided:
    """Choose among findings, where clutter of `kinds` is asked for. Of nodes that are `stuck`, the parts that can be
    removed go in their place."""
    found = list(findings)
    refusals = [Refusal(f.rule, structure.page.body, f.problem) for f in found if f.problem]
    kept = _Kept(structure.page, [f for f in found if f.rule.action is Action.KEEP])
    spared = _Spared(structure.page, [f for f in found if f.rule.action is Action.SPARE])

    def protects(finding: Finding) -> str:
        return kept.protects(finding) or spared.protects(finding)

    wanted = [f for f in found if f.nodes and f.rule.action not in (*PROTECTS, Action.ONLY)]
    wanted += _outside(found, structure)
    doubtful = [finding for finding in wanted if _may_take_article(finding, structure)]
    barred = {**_braked(doubtful, structure, brake), **_holders(doubtful, structure, brake)}
    removed: dict[int, Finding] = {}
    edited: dict[tuple[int, Action], Finding] = {}
    headline = only_headline(structure.page)
    for finding in wanted:
        reason = (
            protects(finding)
            or _framed(finding, structure.page)
            or barred.get(finding, "")
            or _boxed_headline(finding, headline, structure)
        )
        if reason:
            refusals.append(Refusal(finding.rule, finding.nodes[0], reason))
        elif finding.rule.action in (Action.REMOVE, Action.ONLY):
            for node in finding.nodes:
                for part in stuck.get(node, (node,)):
                    removed.setdefault(part, finding)
        else:
            for node in finding.nodes:
                edited.setdefault((node, finding.rule.action), finding)
    _even_rows(removed, refusals, protects, structure, brake.rows)
    for node, finding in staying_headings(removed, structure, brake.heads).items():
        refusals.append(Refusal(finding.rule, node, "it heads text that stays"))
        del removed[node]
    for finding in left_among_what_goes(removed, structure, kinds, brake.company, protects):
        removed.update(dict.fromkeys(finding.nodes, finding))
    boxes = Boxes(
        structure.page, removed, tuple(kept.nodes), spared.elements, brake.pictured, _likely_clutter(structure, brake)
    )
    decisions = [Decision(Cut(part), inside) for node, inside in boxes.cuts() for part in stuck.get(node, (node,))]
    decisions += _edits(edited, boxes, structure.page)
    return Decided(tuple(decisions), tuple(refusals))


def _even_rows(
    removed: dict[int, Finding],
    refusals: list[Refusal],
    protects: Callable[[Finding], str],
    structure: Structure,
    limits: RowLimits,
) -> None:
    """Of rows that mostly go, what is left goes too; of those that hardly go, nothing goes. Plain lines are no row."""
    if structure.is_plain:
        return
    more, less = torn_rows(removed, structure, limits)
    for finding in less:
        refusals.append(Refusal(finding.rule, finding.nodes[0], "it is one of a row that stays"))
        for node in finding.nodes:
            removed.pop(node, None)
    for finding in more:
        if not protects(finding):
            removed.update(dict.fromkeys(finding.nodes, finding))


def _outside(found: Iterable[Finding], structure: Structure) -> list[Finding]:
    """What stands outside the elements that ``only`` rules name; the first rule of a group that finds some counts."""
    page = structure.page
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in found:
        if finding.rule.action is Action.ONLY and finding.nodes:
            same = groups.setdefault(finding.rule.names, [])
            if not same or same[0].rule is finding.rule:
                same.append(finding)
    outside = []
    for same in groups.values():
        inside = [node for finding in same for node in finding.nodes if node >= 0]
        nodes = _siblings_of_paths(page, [*inside, *_stays_outside(structure, inside)])
        if nodes:
            outside.append(Finding(same[0].rule, nodes, structure.blocks.within(page.body)))
    return outside


def _stays_outside(structure: Structure, inside: Iterable[int]) -> list[int]:
    """The elements of blocks beside `inside` that belong to the article all the same: its headline, its byline, and
    its text on a page that has changed since the rule was written."""
    blocks, article, go = structure.blocks, structure.article, structure.evidence.go
    within = {b for i in inside for b in blocks.within(i)}
    stays = (b for b in range(len(blocks)) if b not in within and (go[b] < 0.5 or b == article.headline))
    return [blocks.inner[b] for b in stays]


def _siblings_of_paths(page: Page, inside: Iterable[int]) -> tuple[int, ...]:
    """The nodes of the body beside the ways down to some elements."""
    goals = frozenset(inside)
    ways = page.with_ancestors(goals)
    nodes = []
    open_ = [page.body] if page.body in ways and page.body not in goals else []
    while open_:
        for node in page.content(open_.pop()):
            if node in ways and node not in goals:
                open_.append(node)
            elif node not in ways and (node < 0 or page.tags[node] not in _UNSEEN):
                nodes.append(node)
    return tuple(sorted(nodes, key=lambda node: page.text_first[node] if node >= 0 else ~node))


def _likely_clutter(structure: Structure, brake: Brake) -> Callable[[int], bool]:
    """Whether a text run that stays looks like clutter all the same, and stands below the article."""

    def is_likely_clutter(t: int) -> bool:
        inside = structure.blocks.within(~t)
        is_below = bool(inside) and 0 <= structure.article.last < inside.start
        return is_below and structure.clutter(inside) >= brake.beside

    return is_likely_clutter


class _Kept:
    """What keep rules protect: their nodes, all that is in these, and whatever would take one of them along."""

    def __init__(self, page: Page, findings: Iterable[Finding]) -> None:
        self._page = page
        self.nodes: dict[int, Rule] = {}
        for finding in findings:
            for node in finding.nodes:
                self.nodes.setdefault(node, finding.rule)
        self._elements = sorted(node for node in self.nodes if node >= 0)
        self._runs = sorted(~node for node in self.nodes if node < 0)
        self._outermost = page.outermost(self._elements)

    def protects(self, finding: Finding) -> str:
        if not self.nodes:
            return ""
        for node in finding.nodes:
            kept = self._touching(node)
            if kept is not None:
                return f"kept by {self.nodes[kept].id}"
        return ""

    def _touching(self, node: int) -> int | None:
        """The kept node around `node`, or else the first one in it."""
        page = self._page
        around = page.holder(self._outermost, node)
        if around is not None:
            return around
        if node < 0:
            return node if node in self.nodes else None
        inside = first_between(self._elements, node, page.ends[node])
        if inside is None:
            run = first_between(self._runs, page.text_first[node], page.text_end[node])
            return None if run is None else ~run
        return inside


class _Spared:
    """What spare rules protect: what is in their nodes, from rules for every site that go by signs or wordings."""

    def __init__(self, page: Page, findings: Iterable[Finding]) -> None:
        self._page = page
        by_layer: dict[str, dict[int, Rule]] = {}
        for finding in findings:
            nodes = by_layer.setdefault(finding.rule.layer, {})
            for node in finding.nodes:
                nodes.setdefault(node, finding.rule)
        self._layers = [(nodes, page.outermost(sorted(n for n in nodes if n >= 0))) for nodes in by_layer.values()]
        self.elements = sorted({i for _, outermost in self._layers for i in outermost})

    def protects(self, finding: Finding) -> str:
        if not self._layers or not finding.rule.sites.generic:
            return ""
        if not (finding.because or _goes_by_signs(finding.rule)):
            return ""
        for nodes, outermost in self._layers:
            for node in finding.nodes:
                around = self._page.holder(outermost, node)
                rule = nodes.get(node if around is None else around)
                if rule is not None and LAYERS.index(finding.rule.layer) <= LAYERS.index(rule.layer):
                    return f"spared by {rule.id}"
        return ""


def _goes_by_signs(rule: Rule) -> bool:
    return any(condition.key in _SIGNS for condition in rule.conditions)


def _framed(finding: Finding, page: Page) -> str:
    """What no rule may remove: the frame of the page."""
    tags = page.tags
    for node in finding.nodes:
        if node >= 0 and tags[node] in _FRAME and finding.rule.action not in _ATTRIBUTES:
            return f"{tags[node]} is never removed"
    return ""


def _may_take_article(finding: Finding, structure: Structure) -> bool:
    """Whether a finding may take something of the article from it, which most surely do not."""
    rule = finding.rule
    if not (rule.sites.generic or rule.braked):
        return False
    if rule.braked or rule.reach is not Reach.ELEMENT:
        return True
    if finding.blocks is None:
        return structure.may_hold_prose(finding.nodes)
    return structure.holds_prose(finding.blocks)


def _holders(findings: Iterable[Finding], structure: Structure, brake: Brake) -> dict[Finding, str]:
    """What no generic rule may remove: the element that holds the article. A rule with words of its own goes by names
    that no article has: what looks most like one may be its long list of partners."""
    return {
        finding: "it holds the article"
        for finding in findings
        if finding.rule.sites.generic
        and finding.rule.action not in _ATTRIBUTES
        and not (finding.rule.id in brake.words and _is_prose_outside(finding, structure))
        and any(node >= 0 and _holds_article(node, structure) for node in finding.nodes)
    }


def _boxed_headline(finding: Finding, headline: int, structure: Structure) -> str:
    """What no rule for every site may remove that is packaged or goes by signs and wordings: a box around the headline,
    which is the page."""
    page, rule = structure.page, finding.rule
    if headline < 0 or not rule.sites.generic or rule.action is not Action.REMOVE:
        return ""
    if rule.layer != "generic" and not _goes_by_signs(rule):
        return ""
    if not any(0 <= node < headline < page.ends[node] for node in finding.nodes):
        return ""
    inside = structure.blocks.within(headline)
    return "it holds the headline" if inside and structure.clutter(inside) <= _HEADLINE_SURE else ""


def _is_prose_outside(finding: Finding, structure: Structure) -> bool:
    ranges = [structure.blocks.within(node) for node in finding.nodes]
    first, end = min(r.start for r in ranges), max(r.stop for r in ranges)
    return structure.holds_prose(range(first)) or structure.holds_prose(range(end, len(structure.blocks)))


def _holds_article(i: int, structure: Structure) -> bool:
    """Whether element `i` holds the article, which is costly to find and asked for only where there is prose."""
    if not structure.holds_prose(structure.blocks.within(i)):
        return False
    element = structure.article.element
    return element >= 0 and element != structure.page.body and structure.page.contains(i, element)


def _braked(findings: Iterable[Finding], structure: Structure, brake: Brake) -> dict[Finding, str]:
    """Findings of generic rules, and of rules for another version of the page, that would take too much of the article:
    more than their kind can plausibly be, or more than all rules of site configs may take together."""
    article = _ArticleWords(structure)
    found = [finding for finding in findings if _is_braked(finding) and article.taken(finding)]
    if not found:
        return {}
    inside = {finding: article.first_taken(finding) for finding in sorted(found, key=article.start)}
    taken: dict[str, int] = {}
    for finding, words in inside.items():
        taken[finding.rule.id] = taken.get(finding.rule.id, 0) + words
    left = brake.together * structure.article.words
    refused = {}
    for finding in found:
        words = taken[finding.rule.id]
        allowed = left if finding.rule.braked else _allowed(finding.rule, structure, brake)
        if words > allowed:
            refused[finding] = f"brake: the rule would take {words} words of the article, more than {allowed:.0f}"
        elif finding.rule.braked:
            left -= inside[finding]
            taken[finding.rule.id] -= inside[finding]
    return refused


def _is_braked(finding: Finding) -> bool:
    rule = finding.rule
    return (rule.sites.generic or rule.braked) and rule.action in (Action.REMOVE, Action.ONLY)


def _allowed(rule: Rule, structure: Structure, brake: Brake) -> float:
    words = brake.words.get(rule.id, brake.words.get(rule.kind, 0))
    return max(words, brake.share * structure.article.words)


class _ArticleWords:
    """How many words of the article a finding would take: of prose between the article's first and last, each block as
    likely as it is the article's. Of what a site config names, only prose that also looks like the article counts, and
    that wherever it stands."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._counted: dict[str, int] = {}

    def start(self, finding: Finding) -> int:
        """The first block that a finding would take."""
        return min(inside.start for inside in map(self._structure.blocks.within, finding.nodes))

    def taken(self, finding: Finding) -> int:
        """The words of the article that a finding would take."""
        return self._words(finding, 0)

    def first_taken(self, finding: Finding) -> int:
        """The same without those that an earlier finding of its rule takes too. To be asked in order of `start`."""
        rule_id = finding.rule.id
        words = self._words(finding, self._counted.get(rule_id, 0))
        ends = [inside.stop for inside in map(self._structure.blocks.within, finding.nodes)]
        self._counted[rule_id] = max(self._counted.get(rule_id, 0), *ends)
        return words

    def _words(self, finding: Finding, first: int) -> int:
        configured = finding.rule.braked and finding.rule.action is Action.REMOVE
        ranges = [self._structure.blocks.within(node) for node in finding.nodes]
        if not configured and not any(map(self._structure.holds_prose, ranges)):
            return 0
        sums = self._likely if configured else self._prose
        return sum(sums[r.stop] - sums[max(r.start, first)] for r in ranges if r.stop > first)

    @cached_property
    def _prose(self) -> list[int]:
        structure, article, blocks = self._structure, self._structure.article, self._structure.blocks
        go, counted = structure.evidence.go, [0] * len(blocks)
        for b in range(max(0, article.first), min(len(blocks), article.last + 1)):
            told = structure.is_prose(b) and go[b] < CERTAIN
            if told and structure.page.contains(article.element, blocks.element[b]):
                counted[b] = round(blocks.words[b] * (1 - go[b]))
        return list(accumulate(counted, initial=0))

    @cached_property
    def _likely(self) -> list[int]:
        structure = self._structure
        words, go = structure.blocks.words, structure.evidence.go
        counted = [w if w >= _SENTENCE and g < _DOUBTFUL else 0 for w, g in zip(words, go, strict=True)]
        for b, g in enumerate(go):
            if g < _SURE and structure.is_prose(b):
                counted[b] = words[b]
        return list(accumulate(counted, initial=0))


def _edits(edits: Mapping[tuple[int, Action], Finding], boxes: Boxes, page: Page) -> list[Decision]:
    """Unwraps and attribute edits, of elements that are still there and have what is to be taken from them."""
    decisions = []
    for (node, action), finding in sorted(edits.items(), key=lambda item: item[0]):
        if node < 0 or boxes.gone(node):
            continue
        names = _names(finding.rule, page, node)
        if names or action is Action.UNWRAP:
            decisions.append(Decision(Cut(node, action, names), (finding,)))
    return decisions


def _names(rule: Rule, page: Page, i: int) -> tuple[str, ...]:
    """The attributes or classes of element `i` that the rule names, exactly or by ``/pattern/``."""
    if rule.action is Action.REMOVE_ATTR:
        present: Iterable[str] = page.attrs(i)
    else:
        present = class_tokens(page.classes[i] or "")
    return tuple(name for name in present if any(_is_named(name, wanted) for wanted in rule.names))


def _is_named(name: str, wanted: str) -> bool:
    if len(wanted) > 2 and wanted.startswith("/") and wanted.endswith("/"):
        return compile_regex(wanted[1:-1]).search(name)
    return name == wanted
