"""Rules held against a page: what each finds. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from cleanpage.budget import Budget
from cleanpage.errors import UnsupportedRule
from cleanpage.match.blockrules import BlockRule, BlockRules, blocks_by_rule, is_settled
from cleanpage.match.candidates import Candidate, of_block, of_element
from cleanpage.match.context import MatchContext
from cleanpage.match.lines import around_lines, line_phrases
from cleanpage.match.narrow import Narrowing, is_narrowing, narrowed, narrowing
from cleanpage.match.predicates import Test, tests_of
from cleanpage.match.selectors import Selector, parse_selector
from cleanpage.match.steady import only_finds_less, starts_by_name, starts_the_same
from cleanpage.model import PROTECTS, Reach, Rule
from cleanpage.page import Page
from cleanpage.structure.sections import box, rest, section
from cleanpage.structure.structure import Structure

__all__ = ["Finding", "find", "promising", "reason"]


@dataclass(slots=True, eq=False)
class Finding:
    """What one rule found in one place: sibling nodes (elements, text runs as ``~t``). Never changed; not frozen, as
    hundreds are made for a page.

    Without nodes, it says that the rule could not be applied to the page, and `problem` why.
    """

    rule: Rule
    nodes: tuple[int, ...]
    blocks: range | None = None
    """the blocks on which the rule held; the nodes may reach further. None where no block was looked at."""
    problem: str = ""
    because: str = ""
    """why the rule takes it, where that is not what the rule asks for; such a finding goes by signs, whatever else the
    rule goes by."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule made ready: its selector, what it asks of a block where it has none, and the tests that are left."""

    selector: Selector | None
    block: BlockRule | None
    tests: tuple[Test, ...]
    narrowing: tuple[Narrowing, ...] = ()
    """what it asks of nodes before they are looked at one by one."""
    only_finds_less: bool = False
    """whether its selector finds nothing on what is left of a page that it does not find on the whole."""
    starts_the_same: bool = False
    """whether its selector starts there from all that it starts from on the whole and that is left."""
    starts_by_name: bool = False
    """whether it starts from all that the index selects for it."""
    lines: tuple[str, ...] = ()
    """phrases of which a line must stand in what the rule is about; none where any element will do."""


@lru_cache(maxsize=8192)
def _compiled(rule: Rule) -> _Compiled:
    if not rule.is_named:
        left = [condition for condition in rule.conditions if not is_settled(condition)]
        return _Compiled(None, BlockRule(rule), tests_of(left))
    numbers = narrowing(rule.conditions)
    tests = tests_of(condition for condition in rule.conditions if not is_narrowing(condition))
    if rule.select:
        selector = parse_selector(rule.select)
        less, same, named = only_finds_less(selector), starts_the_same(selector), starts_by_name(selector)
        return _Compiled(selector, None, tests, numbers, less, same, named, _lines(rule, selector))
    return _Compiled(None, None, tests, numbers)


def _lines(rule: Rule, selector: Selector) -> tuple[str, ...]:
    """The lines that a rule asks for, where its selector names the element itself and not one to start from."""
    asked = [condition.value for condition in rule.conditions if condition.key == "line"]
    return asked[0] if not selector.operators and asked and isinstance(asked[0], tuple) else ()


@lru_cache(maxsize=256)
def _block_rules(rules: tuple[Rule, ...]) -> BlockRules:
    return BlockRules([block for rule in rules if (block := _compiled(rule).block)])


def promising(
    candidates: Iterable[tuple[Rule, list[int] | None]], kinds: frozenset[str], page: Page, context: MatchContext
) -> list[tuple[Rule, list[int] | None]]:
    """The rules of some `kinds`, and all keep and spare rules, that may find something on a page or on a rest of it.

    Where a selector can only find less on less, the elements that it finds or starts from now take the place of those
    that have what the index goes by: most rules then have none, and need not be asked at every look.
    """
    found: list[tuple[Rule, list[int] | None]] = []
    for rule, elements in candidates:
        if rule.kind not in kinds and rule.action not in PROTECTS:
            continue
        compiled = _compiled(rule)
        selector = compiled.selector
        if selector is not None and not selector.fits_address(page, context):
            continue
        if selector is not None and compiled.starts_the_same:
            # Where a line is asked for, few elements are around one: they alone are held against the selector, later.
            if elements is None or not (compiled.starts_by_name or compiled.lines):
                elements = selector.starts(page, context, elements)
        elif selector is not None and compiled.only_finds_less:
            elements = selector.select(page, context, elements)
        if elements is None or elements:
            found.append((rule, elements))
    return found


def find(
    candidates: Iterable[tuple[Rule, list[int] | None]],
    kinds: frozenset[str],
    structure: Structure,
    context: MatchContext,
) -> list[Finding]:
    """What the rules of some `kinds`, and all keep and spare rules, find on a page.

    Each rule comes with the elements that are `promising`, on this page or on one that this is what is left of, or None
    for the whole page.
    """
    asked = [(r, elements) for r, elements in candidates if r.kind in kinds or r.action in PROTECTS]
    about_blocks = tuple(rule for rule, _ in asked if not rule.is_named)
    blocks = blocks_by_rule(_block_rules(about_blocks), structure, context) if about_blocks else {}
    known, known_boxes = cache(partial(of_block, structure)), cache(partial(of_element, structure))
    found: list[Finding] = []
    number = -1
    for rule, elements in asked:
        compiled = _compiled(rule)
        try:
            if compiled.block is not None:
                number += 1
                tried = [known(b) for b in blocks.get(number, ())]
                found += _held(rule, tried, compiled.tests, structure, context)
            else:
                nodes = _nodes(rule, compiled, elements, structure, context)
                if not rule.conditions and rule.reach is Reach.ELEMENT:
                    found += _selected(rule, nodes, context)
                    continue
                nodes = narrowed(structure, nodes, compiled.narrowing, context)
                found += _held(rule, map(known_boxes, nodes), compiled.tests, structure, context)
        except UnsupportedRule as error:
            found.append(Finding(rule, (), None, f"not applied to this page: {error.message}"))
    return found


def _held(
    rule: Rule,
    tried: Iterable[Candidate],
    tests: tuple[Test, ...],
    structure: Structure,
    context: MatchContext,
) -> list[Finding]:
    held = [c for c in tried if _holds(c, tests, structure, context)] if tests else list(tried)
    context.budget.spend(sum([len(candidate.nodes) for candidate in held]))
    if rule.reach is Reach.ELEMENT:
        return [Finding(rule, candidate.nodes, candidate.blocks) for candidate in held]
    return [Finding(rule, _reached(rule, c, structure, context.budget), c.blocks) for c in held]


def _holds(candidate: Candidate, tests: Iterable[Test], structure: Structure, context: MatchContext) -> bool:
    context.budget.spend(len(candidate.nodes))
    for test in tests:  # noqa: SIM110 -- all() costs a generator for each of very many calls
        if not test(structure, candidate, context):
            return False
    return True


def _nodes(
    rule: Rule,
    compiled: _Compiled,
    elements: list[int] | None,
    structure: Structure,
    context: MatchContext,
) -> list[int]:
    """The nodes that a rule's selector or XPath selects."""
    if compiled.selector is not None:
        settled = compiled.starts_the_same and elements is not None
        if compiled.lines:
            settled = settled and compiled.starts_by_name
            around = around_lines(structure, line_phrases(compiled.lines), context)
            elements = sorted(around) if elements is None else [i for i in elements if i in around]
        if settled and elements is not None:
            return compiled.selector.lead(structure.page, context, elements)
        return compiled.selector.select(structure.page, context, elements)
    from cleanpage.match.xpath import nodes

    return list(nodes(structure.page, rule.xpath, None, context.budget))


def _selected(rule: Rule, nodes: list[int], context: MatchContext) -> list[Finding]:
    """What a rule finds that asks for no more than its selector: no block need be looked at for it."""
    context.budget.spend(len(nodes))
    return [Finding(rule, (node,)) for node in nodes]


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
    if finding.because:
        return finding.because
    if any(condition.key == "evidence" for condition in rule.conditions) and finding.blocks:
        signs = structure.evidence.why(finding.blocks.start)
        return "evidence: " + ", ".join(f"{name} {weight:+.1f}" for name, weight in signs[:5])
    return rule.why or rule.written
