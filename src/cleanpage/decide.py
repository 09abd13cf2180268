"""The one place that chooses: findings in, cuts out, and a reason for whatever was found but is not cut.

In this order: what keep rules protect; what no rule may take; the brake; then boxes (see `cleanpage.boxes`): cuts inside
others, pictures and controls that stand among what is cut, and wrappers that the cuts leave empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cleanpage.boxes import Boxes
from cleanpage.cuts import Cut
from cleanpage.match.find import Finding
from cleanpage.match.regex import compile_regex
from cleanpage.model import Action, Rule
from cleanpage.page import Page
from cleanpage.structure.structure import Structure

__all__ = ["Brake", "Decision", "Refusal", "decide"]

_UNSEEN = frozenset({"script", "style", "link", "meta", "noscript", "template"})
_FRAME = frozenset({"html", "head", "body"})


@dataclass(frozen=True, slots=True)
class Brake:
    """How much of the article a generic rule may take: words and share of its prose, by kind.

    `pictured` are the kinds whose boxes have pictures of their own, that go with them.
    """

    words: Mapping[str, int]
    share: float
    pictured: frozenset[str]


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


def decide(findings: Iterable[Finding], structure: Structure, brake: Brake) -> Decided:
    """Choose among findings."""
    found = list(findings)
    refusals = [Refusal(f.rule, structure.page.body, f.problem) for f in found if f.problem]
    kept = _Kept(structure.page, [f for f in found if f.rule.action is Action.KEEP])
    wanted = [f for f in found if f.nodes and f.rule.action not in (Action.KEEP, Action.ONLY)]
    wanted += _outside(found, structure)
    braked = _braked(wanted, structure, brake)
    removed: dict[int, Finding] = {}
    edited: dict[tuple[int, Action], Finding] = {}
    for finding in wanted:
        reason = kept.protects(finding) or _forbidden(finding, structure) or braked.get(finding, "")
        if reason:
            refusals.append(Refusal(finding.rule, finding.nodes[0], reason))
        elif finding.rule.action in (Action.REMOVE, Action.ONLY):
            for node in finding.nodes:
                removed.setdefault(node, finding)
        else:
            for node in finding.nodes:
                edited.setdefault((node, finding.rule.action), finding)
    boxes = Boxes(structure.page, removed, tuple(kept.nodes), brake.pictured)
    decisions = [Decision(Cut(node), inside) for node, inside in boxes.cuts()]
    decisions += _edits(edited, boxes, structure.page)
    return Decided(tuple(decisions), tuple(refusals))


def _outside(found: Iterable[Finding], structure: Structure) -> list[Finding]:
    """What stands outside the elements that ``only`` rules name; of one group, the first rule that finds some counts."""
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
        nodes = _siblings_of_paths(page, inside)
        if nodes:
            outside.append(Finding(same[0].rule, nodes, structure.blocks.within(page.body)))
    return outside


def _siblings_of_paths(page: Page, inside: list[int]) -> tuple[int, ...]:
    """The nodes of the body beside the ways down to some elements."""
    ways = {a for i in inside for a in (i, *page.ancestors(i))}
    nodes = []
    open_ = [page.body] if page.body in ways and page.body not in inside else []
    while open_:
        for node in page.content(open_.pop()):
            if node in ways and node not in inside:
                open_.append(node)
            elif node not in ways and (node < 0 or page.tags[node] not in _UNSEEN):
                nodes.append(node)
    return tuple(sorted(nodes, key=lambda node: page.text_first[node] if node >= 0 else ~node))


class _Kept:
    """What keep rules protect: their elements, what is in them, and what they stand in."""

    def __init__(self, page: Page, findings: list[Finding]) -> None:
        self._page = page
        self.nodes = {node: finding.rule for finding in findings for node in finding.nodes}

    def protects(self, finding: Finding) -> str:
        for node in finding.nodes:
            for kept, rule in self.nodes.items():
                if _touch(self._page, node, kept):
                    return f"kept by {rule.id}"
        return ""


def _touch(page: Page, a: int, b: int) -> bool:
    return (a >= 0 and page.contains(a, b)) or (b >= 0 and page.contains(b, a))


def _forbidden(finding: Finding, structure: Structure) -> str:
    """What no rule may remove: the frame of the page and, for generic rules, the element that holds the article."""
    if finding.rule.action in (Action.REMOVE_ATTR, Action.REMOVE_CLASS):
        return ""
    page, article = structure.page, structure.article
    for node in finding.nodes:
        if node >= 0 and page.tags[node] in _FRAME:
            return f"{page.tags[node]} is never removed"
        holds = node >= 0 and article.element >= 0 and page.contains(node, article.element)
        if holds and finding.rule.sites.generic and article.element != page.body:
            return "it holds the article"
    return ""


def _braked(findings: Iterable[Finding], structure: Structure, brake: Brake) -> dict[Finding, str]:
    """Findings of generic rules that together would take more of the article than their kind can plausibly be."""
    taken: dict[str, int] = {}
    inside: dict[Finding, int] = {}
    for finding in findings:
        rule = finding.rule
        if (rule.sites.generic or rule.braked) and rule.action in (Action.REMOVE, Action.ONLY):
            words = _article_words(finding, structure)
            if words:
                inside[finding] = words
                taken[finding.rule.id] = taken.get(finding.rule.id, 0) + words
    refused = {}
    for finding in inside:
        words = taken[finding.rule.id]
        allowed = max(brake.words.get(finding.rule.kind, 0), brake.share * structure.article.words)
        if words > allowed:
            refused[finding] = f"brake: the rule would take {words} words of the article, more than {allowed:.0f}"
    return refused


def _article_words(finding: Finding, structure: Structure) -> int:
    """Words of prose between the article's first and last that the finding would take."""
    article, blocks, page = structure.article, structure.blocks, structure.page
    total = 0
    for node in finding.nodes:
        inside = blocks.within(node)
        for b in range(max(inside.start, article.first), min(inside.stop, article.last + 1)):
            if structure.is_prose(b) and page.contains(article.element, blocks.element[b]):
                total += blocks.words[b]
    return total


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
        present = dict.fromkeys((page.classes[i] or "").split())
    return tuple(name for name in present if any(_is_named(name, wanted) for wanted in rule.names))


def _is_named(name: str, wanted: str) -> bool:
    if len(wanted) > 2 and wanted.startswith("/") and wanted.endswith("/"):
        return compile_regex(wanted[1:-1], "").search(name) is not None
    return name == wanted
