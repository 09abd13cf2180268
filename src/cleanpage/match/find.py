"""Rules held against a page: what each finds. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cleanpage.budget import Budget
from cleanpage.errors import UnsupportedRule
from cleanpage.match.candidates import Candidate, of_block, of_element
from cleanpage.match.context import MatchContext
from cleanpage.match.predicates import Test, tests_of
from cleanpage.match.selectors import Selector, parse_selector
from cleanpage.model import Action, Reach, Rule
from cleanpage.structure.sections import box, rest, section
from cleanpage.structure.structure import Structure

__all__ = ["Finding", "find", "reason"]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What one rule found in one place: sibling nodes (elements, text runs as ``~t``).

    Without nodes, it says that the rule could not be applied to the page, and `problem` why.
    """

    rule: Rule
    nodes: tuple[int, ...]
    blocks: range
    """the blocks on which the rule held; the nodes may reach further."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Compiled:
    selector: Selector | None
    tests: tuple[Test, ...]


@lru_cache(maxsize=8192)
def _compiled(rule: Rule) -> _Compiled:
    return _Compiled(parse_selector(rule.select) if rule.select else None, tests_of(rule))


def find(
    candidates: Iterable[tuple[Rule, list[int] | None]],
    kinds: frozenset[str],
    structure: Structure,
    context: MatchContext,
) -> Iterator[Finding]:
    """What the rules of some `kinds`, and all keep rules, find on a page.

    Each rule comes with the elements that the index has selected for it, or None for the whole page.
    """
    for rule, elements in candidates:
        if rule.kind not in kinds and rule.action is not Action.KEEP:
            continue
        try:
            yield from _found(rule, elements, structure, context)
        except UnsupportedRule as error:
            yield Finding(rule, (), range(0), f"not applied to this page: {error.message}")


def _found(
    rule: Rule, elements: list[int] | None, structure: Structure, context: MatchContext
) -> Iterator[Finding]:
    compiled = _compiled(rule)
    for candidate in _candidates(rule, compiled.selector, elements, structure, context):
        context.budget.spend(len(candidate.nodes))
        if all(test(structure, candidate, context) for test in compiled.tests):
            yield Finding(rule, _reached(rule, candidate, structure, context.budget), candidate.blocks)


def _candidates(
    rule: Rule,
    selector: Selector | None,
    elements: list[int] | None,
    structure: Structure,
    context: MatchContext,
) -> Iterator[Candidate]:
    if rule.xpath:
        yield from _by_xpath(rule, structure, context)
    elif selector is not None:
        for i in selector.select(structure.page, context, elements):
            yield of_element(structure, i)
    else:
        for b in _blocks(rule, structure, context):
            yield of_block(structure, b)


def _by_xpath(rule: Rule, structure: Structure, context: MatchContext) -> Iterator[Candidate]:
    from cleanpage.match.xpath import nodes

    for node in nodes(structure.page, rule.xpath, None, context.budget):
        yield of_element(structure, node)


def _blocks(rule: Rule, structure: Structure, context: MatchContext) -> Iterable[int]:
    """The blocks a rule without a selector is tried on; one that asks for evidence, only those of its kind."""
    if any(condition.key == "evidence" for condition in rule.conditions) and not _reads_text(rule):
        return context.remember("blocks by kind", lambda: _by_kind(structure)).get(rule.kind, ())
    return range(len(structure.blocks))


def _reads_text(rule: Rule) -> bool:
    return any(condition.key in ("text", "heading", "repeats") for condition in rule.conditions)


_LEAST_EVIDENCE = 0.05
"""Blocks with less evidence for going are not looked at by rules that go by evidence alone."""


def _by_kind(structure: Structure) -> dict[str, list[int]]:
    evidence = structure.evidence
    found: dict[str, list[int]] = {}
    for b, go in enumerate(evidence.go):
        if go >= _LEAST_EVIDENCE:
            found.setdefault(evidence.kind_of(b), []).append(b)
    return found


def _reached(rule: Rule, found: Candidate, structure: Structure, budget: Budget) -> tuple[int, ...]:
    page = structure.page
    match rule.reach:
        case Reach.SECTION:
            return section(page, found.node, budget)
        case Reach.REST:
            return rest(page, found.node, budget)
        case Reach.BOX if len(found.nodes) == 1:
            return (box(page, found.node, budget),)
        case _:
            return found.nodes


def reason(finding: Finding, structure: Structure) -> str:
    """Why a rule holds there: the signs that weighed most, or what the rule says of itself."""
    rule = finding.rule
    if any(condition.key == "evidence" for condition in rule.conditions) and finding.blocks:
        signs = structure.evidence.why(finding.blocks.start)
        return "evidence: " + ", ".join(f"{name} {weight:+.1f}" for name, weight in signs[:5])
    return rule.why or rule.written
