"""Rules by what they ask for: which of tens of thousands can do anything on this page, and to which elements.

A rule is looked at only if its site is the page's, and an element of the page has the class, id, attribute or tag that
the rule's selector needs. Look-ups go from what the page has to the rules, so that their cost hangs on the page and not
on the number of rules.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cleanpage.match.hosts import PageUrl, entity_keys, host_keys, parse_site, sites_match
from cleanpage.match.selectors import parse_selector
from cleanpage.model import Action, Rule, RuleSet, Sites
from cleanpage.page import Page
from cleanpage.rules.attributes import AttributeIndex
from cleanpage.rules.exceptions import SelectorExceptions, collect_exceptions
from cleanpage.rules.filterline import normal_selector
from cleanpage.rules.filters import FilterFile, FilterRules, FilterTable, Rows
from cleanpage.rules.pageexceptions import PageExceptions, collect_page_exceptions
from cleanpage.rules.pagekeys import PageKeys
from cleanpage.rules.rulekeys import RuleKeys, rule_keys

__all__ = ["CompiledRules", "Found", "compile_rules"]

Found = tuple[Rule, list[int] | None]
"""A rule, and the elements it may be about, in document order; None where it must look at the whole page."""

_ROOTS: Final = ("html", "head", "body")
_SITES: Final = 256
"""How many addresses are kept with what is known of their rules: a page is asked for more than once."""


@dataclass(slots=True)
class _Index:
    """Rule numbers by key: rules for all sites by what their elements have, rules for some sites by host."""

    classes: dict[str, Rows] = field(default_factory=dict)
    ids: dict[str, Rows] = field(default_factory=dict)
    tags: dict[str, Rows] = field(default_factory=dict)
    attributes: AttributeIndex = field(default_factory=AttributeIndex)
    keyless: list[int] = field(default_factory=list)
    hosts: dict[str, Rows] = field(default_factory=dict)
    gated: set[int] = field(default_factory=set)
    """numbers of rules that are indexed by what a page must have, not by their own elements' keys."""
    off: set[int] = field(default_factory=set)
    """numbers of rules that are switched off."""
    restricted: set[int] = field(default_factory=set)
    """numbers of rules whose host key alone does not decide."""
    everywhere: set[int] = field(default_factory=set)
    """numbers of filters for any host, which are not switched off with the generic ones."""

    def add_table(self, table: FilterTable, base: int) -> None:
        """Index a list's rows, the first as number `base`."""
        for bucket, rows_by_key in (
            (self.classes, table.classes),
            (self.ids, table.ids),
            (self.tags, table.tags),
            (self.hosts, table.hosts),
        ):
            _merge(bucket, rows_by_key, base)
        for operator, name, value, tag, row in table.attributes:
            self.attributes.add(operator, name, value, tag, base + row)
        for name, text, row in table.pieces:
            self.attributes.add_piece(name, text, base + row)
        self.gated.update(base + row for row in table.gated)
        self.keyless += [base + row for row in table.keyless]
        self.restricted.update(base + row for row in table.restricted)
        self.everywhere.update(base + row for row in table.everywhere)

    def add_rule(self, rule: Rule, number: int) -> None:
        """Index one rule."""
        patterns = [parse_site(site) for site in rule.sites.include]
        for pattern in patterns:
            _merge(self.hosts, {pattern.key: 0}, number)
        if rule.sites.exclude or any(pattern.path or not pattern.key for pattern in patterns):
            self.restricted.add(number)
        if rule.sites.generic:
            self._add_keys(_rule_keys_of(rule), number)

    def _add_keys(self, keys: RuleKeys, number: int) -> None:
        buckets = {"class": self.classes, "id": self.ids, "tag": self.tags}
        for key in keys.elements:
            if key[0] in buckets:
                _merge(buckets[key[0]], {key[1]: 0}, number)
            else:
                operator, name, value, tag = (*key, "", "")[:4]
                self.attributes.add(operator.removeprefix("attr"), name, value, tag, number)
        for name, text in keys.pieces:
            self.attributes.add_piece(name, text, number)
        if keys.gate:
            self.gated.add(number)
        if not keys.elements and not keys.pieces:
            self.keyless.append(number)


def _merge(bucket: dict[str, Rows], rows_by_key: dict[str, Rows], base: int) -> None:
    for key, rows in rows_by_key.items():
        moved: Rows = base + rows if isinstance(rows, int) else [base + row for row in rows]
        known = bucket.get(key)
        bucket[key] = moved if known is None else [*_listed(known), *_listed(moved)]


def _listed(rows: Rows) -> list[int]:
    return [rows] if isinstance(rows, int) else rows


def _rule_keys_of(rule: Rule) -> RuleKeys:
    if rule.xpath or not rule.select:
        return RuleKeys()
    return rule_keys(normal_selector(rule.select), parse_selector(rule.select))


def _keys_of(rule: Rule) -> Sequence[tuple[str, ...]] | None:
    return None if rule.xpath or not rule.select else parse_selector(rule.select).keys()


class _Hits:
    """The rules that came up on a page, by number, with their elements."""

    __slots__ = ("elements",)

    def __init__(self) -> None:
        self.elements: dict[int, list[int] | None] = {}

    def add(self, rows: Rows, elements: list[int] | None) -> None:
        if isinstance(rows, int):
            self._add(rows, elements)
        else:
            for number in rows:
                self._add(number, elements)

    def _add(self, number: int, elements: list[int] | None) -> None:
        known = self.elements.get(number)
        # A rule that has come up for the whole page stays so.
        if number not in self.elements or (known is not None and elements is None):
            self.elements[number] = elements
        elif known is not None and elements is not None:
            self.elements[number] = sorted({*known, *elements})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A rule that has come up before, with what decides whether it counts on a page."""

    rule: Rule
    text: str
    """what exceptions call it; "" for a rule that no list's exception is for."""
    restricted: bool
    everywhere: bool
    spares_frame: bool
    """whether root, head and body are not among its elements; where operators lead on from them, they are."""
    keys: Sequence[tuple[str, ...]] | None
    """keys of the rule's own elements, for a rule that was not found by them; None if it has none."""


@dataclass(frozen=True, slots=True)
class _Site:
    """What an address says of rules, whatever is on its page."""

    off: frozenset[str]
    """what is switched off there: any of generic, specific, all."""
    excepted: frozenset[str]
    """texts of filters that do not count there."""
    numbers: tuple[int, ...]
    """the rules that may name it."""


def compile_rules(rulesets: Iterable[RuleSet]) -> CompiledRules:
    """Index the rules of all `rulesets`, in their order. A list that occurs twice counts once.

    Raises:
        RuleError: a rule's selector or site pattern cannot be used.
    """
    return CompiledRules(tuple(rulesets))


class CompiledRules:
    """Rules, indexed. Immutable and picklable; one object serves any number of pages.

    Selectors and the rules of lists are worked out when they first come up, and kept.
    """

    def __init__(self, rulesets: tuple[RuleSet, ...]) -> None:
        self.rulesets: Final = rulesets
        self._bases: list[int] = []
        self._parts: list[FilterFile | Sequence[Rule]] = []
        self._size = 0
        self._index = _Index()
        for part in _parts(rulesets):
            self._add(part)
        self._index.attributes.freeze()
        self._has_entities: Final = any(key.endswith(".*") for key in self._index.hosts)
        tables = [part.table for part in self._parts if isinstance(part, FilterFile)]
        self._exceptions: SelectorExceptions = collect_exceptions(line for t in tables for line in t.exceptions)
        self._off: PageExceptions = collect_page_exceptions(line for t in tables for line in t.page_exceptions)
        self._entries: dict[int, _Entry] = {}
        self._site: Final = lru_cache(maxsize=_SITES)(self._new_site)

    def __reduce__(self) -> tuple[object, ...]:
        return CompiledRules, (self.rulesets,)

    def __len__(self) -> int:
        return self._size - len(self._index.off)

    def _add(self, part: FilterFile | Sequence[Rule]) -> None:
        base = self._size
        self._bases.append(base)
        self._parts.append(part)
        if isinstance(part, FilterFile):
            self._size += len(part.table.lines)
            self._index.add_table(part.table, base)
            self._index.off.update(base + row for row in part.off)
        else:
            self._size += len(part)
            for number, rule in enumerate(part, base):
                self._index.add_rule(rule, number)

    def candidates(self, page: Page, url: str | PageUrl | None = None) -> list[Found]:
        """The rules that may do something on this page, in order, each with the elements it may be about.

        A rule's selector must still be asked: its elements have one of the keys it needs, no more. The root, head and
        body are not among the elements of filters that remove.
        """
        address = url if isinstance(url, PageUrl) else PageUrl.parse(url)
        site = self._site(address)
        keys, hits = PageKeys(page), _Hits()
        self._find_generic(keys, hits)
        self._find_specific(keys, site, hits)
        roots = {page.tags.index(tag) for tag in _ROOTS if tag in page.tags}
        found: list[Found] = []
        for number in sorted(hits.elements.keys() - self._index.off):
            entry = self._entry(number)
            if entry.text and (entry.text in site.excepted or self._is_off(entry, site.off)):
                continue
            if entry.restricted and not _counts(entry, address):
                continue
            elements = hits.elements[number]
            if entry.spares_frame and elements is not None:
                elements = [i for i in elements if i not in roots]
            if elements == []:
                continue
            found.append((entry.rule, elements))
        return found

    def of_site(self, address: PageUrl | None) -> list[Rule]:
        """The rules that name the site of the page at `address`, in order, whatever is on the page."""
        entries = map(self._entry, self._site(address).numbers)
        return [entry.rule for entry in entries if not entry.restricted or _counts(entry, address)]

    def _new_site(self, address: PageUrl | None) -> _Site:
        if address is None:
            return _Site(frozenset(), frozenset(), ())
        off = self._off.off(address)
        excepted = frozenset() if "specific" in off else frozenset(self._exceptions.on(address))
        hosts = self._index.hosts
        numbers = {number for key in self._site_keys(address) for number in _listed(hosts.get(key, []))}
        return _Site(off, excepted, tuple(sorted(numbers - self._index.off)))

    def _site_keys(self, address: PageUrl) -> list[str]:
        """The keys under which rules for the page's site may stand; the public suffixes, which are slow to load, are
        asked only where a rule is for an entity (``example.*``)."""
        entities = entity_keys(address) if self._has_entities else []
        return ["", *host_keys(address), *entities]

    def _find_generic(self, keys: PageKeys, hits: _Hits) -> None:
        index = self._index
        for by, bucket in (("class", index.classes), ("id", index.ids), ("tag", index.tags)):
            for name in keys.found_in(by, bucket.keys()):
                hits.add(bucket[name], keys.elements(by, name))
        for number, elements in index.attributes.find(keys).items():
            hits.add(number, elements)
        hits.add(index.keyless, None)
        for number in index.gated & hits.elements.keys():
            hits.elements[number] = _elements(keys, self._entry(number).keys)

    def _find_specific(self, keys: PageKeys, site: _Site, hits: _Hits) -> None:
        for number in site.numbers:
            elements = _elements(keys, self._entry(number).keys)
            if elements is None or elements:
                hits.add(number, elements)

    def _entry(self, number: int) -> _Entry:
        entry = self._entries.get(number)
        if entry is None:
            entry = self._entries[number] = self._new_entry(number)
        return entry

    def _new_entry(self, number: int) -> _Entry:
        place = bisect_right(self._bases, number) - 1
        part, row = self._parts[place], number - self._bases[place]
        restricted, everywhere = number in self._index.restricted, number in self._index.everywhere
        rule = part.rule(row) if isinstance(part, FilterFile) else part[row]
        text = part.exception_text(row) if isinstance(part, FilterFile) else ""
        keyed = number in self._index.gated or not rule.sites.generic
        spares = bool(text) and rule.action is Action.REMOVE and not parse_selector(rule.select).is_procedural
        return _Entry(rule, text, restricted, everywhere, spares, _keys_of(rule) if keyed else None)

    def _is_off(self, entry: _Entry, off: frozenset[str]) -> bool:
        if "all" in off or entry.text in self._exceptions.everywhere:
            return True
        generic = entry.rule.sites.generic
        return ("generic" in off) if generic else ("specific" in off)


def _parts(rulesets: Iterable[RuleSet]) -> Iterator[FilterFile | Sequence[Rule]]:
    seen: set[str] = set()
    for ruleset in rulesets:
        if not isinstance(ruleset.rules, FilterRules):
            yield ruleset.rules
            continue
        for file in ruleset.rules.files:
            if file.table.key not in seen:
                yield file
            seen.add(file.table.key)


def _counts(entry: _Entry, address: PageUrl | None) -> bool:
    sites = entry.rule.sites
    return sites_match(Sites(exclude=sites.exclude) if entry.everywhere else sites, address)


def _elements(page: PageKeys, keys: Sequence[tuple[str, ...]] | None) -> list[int] | None:
    """The elements that have one of `keys`; None where there are no keys."""
    if keys is None:
        return None
    found = [_elements_by(page, key) for key in keys]
    return found[0] if len(found) == 1 else sorted({i for elements in found for i in elements})


def _elements_by(page: PageKeys, key: tuple[str, ...]) -> list[int]:
    by, name, value = (*key, "")[:3]
    if by == "attr=":
        return [i for i, seen in page.column(name).items() if seen == value]
    if by == "attr^=":
        return [i for i, seen in page.column(name).items() if seen.startswith(value)]
    return list(page.column(name)) if by == "attr" else page.elements(by, name)
