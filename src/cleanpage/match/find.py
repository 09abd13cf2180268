"""Rules held against a page: what each finds. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from cleanpage.budget import Budget
from cleanpage.errors import UnsupportedRule
from cleanpage.match.blockrules import SETTLED, BlockRule, BlockRules, blocks_by_rule
from cleanpage.match.candidates import Candidate, of_block, of_element
from cleanpage.match.context import MatchContext
from cleanpage.match.lines import around_lines
from cleanpage.match.predicates import Test, compiled_phrases, tests_of
from cleanpage.match.selectors import Selector, parse_selector
from cleanpage.model import Action, Reach, Rule
from cleanpage.structure.sections import box, rest, section
from cleanpage.structure.structure import Structure

__all__ = ["Finding", "find", "reason"]


@dataclass(slots=True, eq=False)
class Finding:
    """What one rule found in one place: sibling nodes (elements, text runs as ``~t``). Never changed; not frozen, as
    hundreds are made for a page.

    Without nodes, it says that the rule could not be applied to the page, and `problem` why.
    """

    rule: Rule
    nodes: tuple[int, ...]
    blocks: range
    """the blocks on which the rule held; the nodes may reach further."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule made ready: its selector, what it asks of a block where it has none, and the tests that are left."""

    selector: Selector | None
    lines: tuple[str, ...]
    """phrases of which a line must stand in what the rule is about; none where any element will do."""
    block: BlockRule | None
    tests: tuple[Test, ...]


@lru_cache(maxsize=8192)
def _compiled(rule: Rule) -> _Compiled:
    if rule.select or rule.xpath:
        selector = parse_selector(rule.select) if rule.select else None
        return _Compiled(selector, _lines(rule, selector), None, tests_of(rule.conditions))
    left = [condition for condition in rule.conditions if condition.key not in SETTLED]
    return _Compiled(None, (), BlockRule(rule), tests_of(left))


def _lines(rule: Rule, selector: Selector | None) -> tuple[str, ...]:
    """The lines that a rule asks for, where its selector names the element itself and not one to start from."""
    asked = [condition.value for condition in rule.conditions if condition.key == "line"]
    return asked[0] if selector and not selector.operators and asked and isinstance(asked[0], tuple) else ()


@lru_cache(maxsize=256)
def _block_rules(rules: tuple[Rule, ...]) -> BlockRules:
    return BlockRules([block for rule in rules if (block := _compiled(rule).block)])


def find(
    candidates: Iterable[tuple[Rule, list[int] | None]],
    kinds: frozenset[str],
    structure: Structure,
    context: MatchContext,
) -> Iterator[Finding]:
    """What the rules of some `kinds`, and all keep rules, find on a page.

    Each rule comes with the elements that the index has selected for it, or None for the whole page.
    """
    asked = [(r, elements) for r, elements in candidates if r.kind in kinds or r.action is Action.KEEP]
    about_blocks = tuple(rule for rule, _ in asked if not rule.select and not rule.xpath)
    blocks = blocks_by_rule(_block_rules(about_blocks), structure, context) if about_blocks else {}
    known = cache(partial(of_block, structure))
    number = -1
    for rule, elements in asked:
        compiled = _compiled(rule)
        if compiled.block is not None:
            number += 1
            tried: Iterable[Candidate] = [known(b) for b in blocks.get(number, ())]
        else:
            tried = _elements(rule, compiled, elements, structure, context)
        try:
            yield from _held(rule, tried, compiled.tests, structure, context)
        except UnsupportedRule as error:
            yield Finding(rule, (), range(0), f"not applied to this page: {error.message}")


def _held(
    rule: Rule,
    tried: Iterable[Candidate],
    tests: tuple[Test, ...],
    structure: Structure,
    context: MatchContext,
) -> Iterator[Finding]:
    reaches = rule.reach is not Reach.ELEMENT
    for candidate in tried:
        context.budget.spend(len(candidate.nodes))
        if not tests or all(test(structure, candidate, context) for test in tests):
            nodes = _reached(rule, candidate, structure, context.budget) if reaches else candidate.nodes
            yield Finding(rule, nodes, candidate.blocks)


def _elements(
    rule: Rule,
    compiled: _Compiled,
    elements: list[int] | None,
    structure: Structure,
    context: MatchContext,
) -> Iterator[Candidate]:
    if compiled.selector is None:
        yield from _by_xpath(rule, structure, context)
        return
    if compiled.lines:
        around = around_lines(structure, compiled_phrases(compiled.lines), context)
        elements = sorted(around.intersection(elements) if elements is not None else around)
    for i in compiled.selector.select(structure.page, context, elements):
        yield of_element(structure, i)


def _by_xpath(rule: Rule, structure: Structure, context: MatchContext) -> Iterator[Candidate]:
    from cleanpage.match.xpath import nodes

    for node in nodes(structure.page, rule.xpath, None, context.budget):
        yield of_element(structure, node)


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
