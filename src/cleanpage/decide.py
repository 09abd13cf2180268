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
from cleanpage.model import Action, Rule
from cleanpage.page import Page
from cleanpage.structure.structure import Structure

__all__ = ["Brake", "Decision", "Refusal", "decide"]

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
    kept = _Kept(structure.page, [f for f in found if f.rule.action is Action.KEEP])
    wanted = [f for f in found if f.rule.action is not Action.KEEP]
    refusals: list[Refusal] = []
    owner: dict[int, Finding] = {}
    edits: dict[tuple[int, Action], Finding] = {}
    braked = _braked(wanted, structure, brake)
    for finding in wanted:
        reason = kept.protects(finding) or _forbidden(finding, structure) or braked.get(finding, "")
        if reason:
            refusals.append(Refusal(finding.rule, finding.nodes[0], reason))
        elif finding.rule.action is Action.REMOVE:
            for node in finding.nodes:
                owner.setdefault(node, finding)
        else:
            for node in finding.nodes:
                edits.setdefault((node, finding.rule.action), finding)
    boxes = Boxes(structure.page, owner, tuple(kept.nodes), brake.pictured)
    decisions = [Decision(Cut(node), found) for node, found in boxes.cuts()]
    decisions += _edits(edits, boxes)
    return Decided(tuple(decisions), tuple(refusals))


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
        if finding.rule.sites.generic and finding.rule.action is Action.REMOVE:
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


def _edits(edits: Mapping[tuple[int, Action], Finding], boxes: Boxes) -> list[Decision]:
    """Unwraps and attribute edits, of elements that are still there."""
    return [
        Decision(Cut(node, action, finding.rule.names), (finding,))
        for (node, action), finding in sorted(edits.items(), key=lambda item: item[0])
        if not boxes.gone(node)
    ]
