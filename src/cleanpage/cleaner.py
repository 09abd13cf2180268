"""The way of a page, in one place: source → Page → candidates → findings → decisions → cuts → Result."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, Protocol

from cleanpage.budget import Budget, BudgetSpent
from cleanpage.company import CompanyWeights
from cleanpage.cuts import Cut, Parts, Reading, Written
from cleanpage.decide import Brake, decide
from cleanpage.errors import InputError
from cleanpage.kinds import KINDS, PRESETS
from cleanpage.match.context import MatchContext
from cleanpage.match.find import Finding, find, promising, reason
from cleanpage.match.hosts import PageUrl
from cleanpage.model import LoadReport, Rule, RuleSet
from cleanpage.packaged import read_table
from cleanpage.page import Page
from cleanpage.report import Refused, Removal, Report, Result
from cleanpage.rounds import Seen, Settled, settle
from cleanpage.rows import RowLimits
from cleanpage.rules import store
from cleanpage.rules.index import CompiledRules, Found, compile_rules
from cleanpage.structure.access import access
from cleanpage.structure.address import own_address
from cleanpage.structure.evidence import Weights
from cleanpage.structure.structure import Structure

if TYPE_CHECKING:
    from cleanpage.structure.textevidence import TextWeights

__all__ = ["Cleaner"]

_STEPS = 40_000_000
"""Steps one page may cost by default; a page of 10 MB with the packaged rules and ten filter lists stays below."""
_CHARS_PER_STEP = 64
_STEPS_PER_LINE = 2
"""What reading a line of plain text costs, paid before it is read."""
_LINE = re.compile(r"\n(?=[^\r\n])")

_GIVEN = ("installed", "user", "call")
"""The layers of rules that are not packaged."""


class HostRules(Protocol):
    """A folder of rules that are read when a page of their host comes."""

    @property
    def hosts(self) -> tuple[str, ...]: ...

    def for_host(self, host: str, page: Page | None = None) -> RuleSet: ...

    def reports(self) -> tuple[LoadReport, ...]: ...


@dataclass(frozen=True, slots=True)
class Options:
    """What a Cleaner was told, as plain data."""

    kinds: frozenset[str]
    steps: int


class Cleaner:
    """Rules, compiled once, to be applied to any number of pages. Immutable; share it between threads and processes.

    `rules` are paths of rule files or folders (TOML rules, filter lists, site configs) and `RuleSet` objects, each a
    layer above the packaged rules; `builtin=False` leaves the packaged and installed rules out. `preset` chooses the
    kinds of clutter ("article": all; "banners": prompts and overlays only), `only` and `skip` narrow it further.
    `on_error="raise"` stops at the first rule that cannot be used, ``"skip"`` passes over it and lists it in `reports`;
    by default TOML rules raise, filter lists and site configs skip. `steps` is the work budget of one page.

    Raises RuleError for rules that cannot be used, ValueError for unknown presets and kinds.

    >>> cleaner = Cleaner(skip={"author_bio"})
    >>> cleaner.clean("<p>Hello</p>", url="https://example.com/")
    '<p>Hello</p>'
    """

    def __init__(
        self,
        rules: Iterable[str | PathLike[str] | RuleSet | HostRules] = (),
        *,
        preset: str = "article",
        only: Iterable[str] | None = None,
        skip: Iterable[str] = (),
        builtin: bool = True,
        on_error: Literal["raise", "skip"] | None = None,
        steps: int = _STEPS,
        weights: Weights | None = None,
        text_weights: TextWeights | None = None,
    ) -> None:
        self._options = Options(_kinds(preset, only, skip), steps)
        self._weights = weights
        self._text_weights = text_weights
        self._builtin = builtin
        given: list[RuleSet] = []
        by_host: list[HostRules] = []
        for source in [rules] if isinstance(rules, str | PathLike) else rules:
            for loaded in store.load(source, on_error=on_error) if isinstance(source, str | PathLike) else [source]:
                if isinstance(loaded, RuleSet):
                    given.append(loaded)
                else:
                    by_host.append(loaded)
        packaged = (*store.packaged_generic(), *store.installed()) if builtin else ()
        self._by_host = tuple(by_host)
        hosts = frozenset(host for folder in by_host for host in folder.hosts)
        self._sets = store.switch_off(store.with_unknown_off((*packaged, *given), hosts))
        self._given = tuple(rules_ for rules_ in self._sets if rules_.layer in _GIVEN and _written_one_by_one(rules_))
        self._switches = store.switches(self._sets)
        self._compiled = compile_rules(self._sets)

    @property
    def rule_sets(self) -> tuple[RuleSet, ...]:
        """The rule sets in force for every page, first layer first."""
        return self._sets

    @property
    def reports(self) -> tuple[LoadReport, ...]:
        """What came of each rule file. The files of a folder of site configs are all read for it."""
        read = [report for rules in self._sets for report in rules.reports]
        return (*read, *(report for folder in self._by_host for report in folder.reports()))

    def clean(self, page: Any, url: str | None = None, *, encoding: str | None = None) -> Any:
        """`page` without its clutter: str gives str, bytes give bytes, trees and soups are cleaned in place.

        `url` picks the site rules; without it the page's own canonical link does. `encoding` is what is known of the
        encoding of bytes. Raises InputError for anything that is no page.
        """
        return self.run(page, url, encoding=encoding).output

    def run(self, page: Any, url: str | None = None, *, encoding: str | None = None) -> Result:
        """Like `clean`, but returns the whole `Result`."""
        if isinstance(page, str | bytes | bytearray) and not page.strip():
            return Result(page)
        reading = _read(page, encoding)
        try:
            return self._run(reading, url, self._weights, Budget(self._options.steps))
        except BudgetSpent as spent:
            return Result(page, incomplete=True, why_incomplete=str(spent), steps=self._options.steps)

    def run_text(self, text: str, url: str | None = None) -> Result:
        """Clean plain text or Markdown that was scraped before; see `cleanpage.clean_text`."""
        from cleanpage.sources.plain import PlainReading
        from cleanpage.textmode import text_weights

        if not text.strip():
            return Result(text)
        budget = Budget(self._options.steps)
        try:
            budget.spend(_STEPS_PER_LINE * _count_lines(text))
            return self._run(PlainReading(text), url, self._text_weights or text_weights(), budget)
        except BudgetSpent as spent:
            return Result(text, incomplete=True, why_incomplete=str(spent), steps=self._options.steps)

    def _run(self, reading: Reading, url: str | None, weights: Weights | TextWeights | None, budget: Budget) -> Result:
        address = PageUrl.of_page(url or own_address(reading.page))
        sets = self._for(address, reading.page)
        matching = MatchContext(budget, address.path if address else None)

        def look(page: Page, asked: list[list[Found]], stuck: Parts) -> Seen:
            budget.spend(_size(page))
            structure = Structure(page, weights)
            context = matching.again()
            found = [f for candidates in asked for f in find(candidates, self._options.kinds, structure, context)]
            decided = decide(found, structure, self._options.kinds, _brake(), stuck)
            structure.forget()
            return structure, found, decided

        asked = self._asked(sets, reading.page, address, matching)
        settled = settle(reading, asked, look)
        given = None if isinstance(weights, Weights | None) else self._given

        def tell() -> Report:
            return _report(settled, sets, address, given)

        return Result(settled.written.output, tell, steps=self._options.steps - budget.left)

    def _asked(
        self, sets: Iterable[CompiledRules], page: Page, address: PageUrl | None, matching: MatchContext
    ) -> list[list[Found]]:
        """The rules that may find something on a page, and on which elements; a list for each set."""
        context, kinds = matching.again(), self._options.kinds
        return [promising(rules.candidates(page, address), kinds, page, context) for rules in sets]

    def _for(self, address: PageUrl | None, page: Page) -> tuple[CompiledRules, ...]:
        """The rules for a page: those for every page, the packaged ones of its site, and those of folders by host."""
        if address is None:
            return (self._compiled,)
        found = [self._compiled]
        if self._builtin and (site := _site_rules(address.host, self._switches)):
            found.append(site)
        for folder in self._by_host:
            found.append(compile_rules(store.in_force((folder.for_host(address.host, page),), self._switches)))
        return tuple(found)


def _written_one_by_one(rules: RuleSet) -> bool:
    """Whether a set's author can be told of single rules: lists have tens of thousands, for all sites there are."""
    return all(report.language == "toml" for report in rules.reports)


def _count_lines(text: str) -> int:
    """How many lines of `text` are not empty, the first left out, where they end as most do."""
    return sum(1 for _ in _LINE.finditer(text))


def _size(page: Page) -> int:
    """What it costs to read `page` and to see its structure, in steps: both take time linear in it."""
    return len(page) + len(page.texts) + sum(map(len, page.texts)) // _CHARS_PER_STEP


def _kinds(preset: str, only: Iterable[str] | None, skip: Iterable[str]) -> frozenset[str]:
    if preset not in PRESETS:
        raise ValueError(f"unknown preset {preset!r}; known are {', '.join(sorted(PRESETS))}")
    asked = frozenset(only) if only is not None else None
    skipped = frozenset(skip)
    unknown = sorted(((asked or frozenset()) | skipped) - frozenset(KINDS))
    if unknown:
        raise ValueError(f"unknown kind {unknown[0]!r}; known are {', '.join(KINDS)}")
    return (PRESETS[preset] if asked is None else asked) - skipped


@lru_cache(maxsize=256)
def _site_rules(host: str, switches: tuple[RuleSet, ...]) -> CompiledRules | None:
    sets = store.packaged_sites(host)
    return compile_rules(store.in_force(sets, switches)) if sets else None


@lru_cache(maxsize=1)
def _brake() -> Brake:
    data = read_table("brake.toml")
    return Brake(
        words=data["words"],
        share=data["share"],
        pictured=frozenset(data["pictured"].split()),
        beside=data["beside"],
        rows=RowLimits(**data["rows"]),
        heads=data["heads"],
        company=CompanyWeights(**data["company"]),
        together=data["together"],
    )


def _read(page: Any, encoding: str | None) -> Reading:
    """The page as the source that knows its type reads it."""
    if isinstance(page, str):
        from cleanpage.sources.html import HtmlReading

        return HtmlReading(page)
    if isinstance(page, bytes | bytearray | memoryview):
        from cleanpage.sources.bytes import BytesReading

        return BytesReading(bytes(page), encoding)
    # A soup answers to any attribute's name, so what a page is has to be told by its class.
    packages = {cls.__module__.partition(".")[0] for cls in type(page).__mro__}
    if "lxml" in packages:
        from cleanpage.sources.lxml_tree import LxmlReading

        return LxmlReading(page)
    if "bs4" in packages:
        from cleanpage.sources.soup import SoupReading

        return SoupReading(page)
    raise InputError(
        f"a page is a str, bytes, an lxml tree or a BeautifulSoup object, not {type(page).__name__};"
        " read a file first, or pass response.text"
    )


def _report(
    settled: Settled,
    sets: tuple[CompiledRules, ...],
    address: PageUrl | None,
    given: tuple[RuleSet, ...] | None,
) -> Report:
    """`given` are, for a plain text, the user's own rules: those that go by markup are told of."""
    looks, written = settled.looks, settled.written
    structure = looks[0].structure
    page = structure.page
    removals, texts = [], []
    refused = [_refused(page, refusal.rule, refusal.node, refusal.reason) for refusal in settled.unmade]
    for each in settled.removed:
        finding, cut = each.decision.findings[0], each.cut
        if cut in written.refused and cut.node not in written.stuck and not page.is_white_space(cut.node):
            refused.append(_refused(page, finding.rule, cut.node, written.refused[cut]))
        if cut not in written.spans:
            continue
        whole = _seen(structure, cut.node)
        texts.append(whole)
        removals.append(_removal(page, finding, cut, written, whole, reason(finding, each.look.structure)))
    last = looks[-1]
    for refusal in last.decided.refusals:
        refused += [_refused(page, refusal.rule, node, refusal.reason) for node in last.former(refusal.node)[:1]]
    hit = {finding.rule.id for look in looks for finding in look.found}
    of_site = [rule for compiled in sets for rule in compiled.of_site(address) if rule.id not in hit]
    by_markup: list[str] = []
    if given is not None:
        for_all = (rule for rules in given for rule in rules.rules if rule.sites.generic and rule.id not in hit)
        by_markup = [rule.id for rule in (*of_site, *for_all) if rule.is_named]
    silent = frozenset(by_markup)
    return Report(
        removals=tuple(removals),
        refused=tuple(refused),
        unmatched=tuple(rule.id for rule in of_site if rule.id not in silent),
        by_markup=tuple(by_markup),
        access=access(page),
        page_kind=structure.kind,
        inserted=written.inserted,
        texts=tuple(texts),
    )


def _seen(structure: Structure, node: int) -> str:
    """The text a reader saw in `node`, its blocks set apart."""
    if node < 0:
        return structure.page.text(node)
    blocks = structure.blocks
    return " ".join(blocks.texts[b] for b in blocks.within(node))


def _removal(page: Page, finding: Finding, cut: Cut, written: Written, whole: str, why: str) -> Removal:
    spans = written.spans.get(cut) or ()
    rule = finding.rule
    return Removal(
        rule=rule.id,
        kind=rule.kind,
        layer=rule.layer,
        origin=str(rule.origin),
        path=page.path(cut.node),
        span=spans[0] if spans else None,
        text=whole[:200],
        reason=why,
        action=str(cut.action),
        spans=spans,
    )


def _refused(page: Page, rule: Rule, node: int, why: str) -> Refused:
    return Refused(rule.id, rule.kind, str(rule.origin), page.path(node), page.beginning(node, 200), why)
