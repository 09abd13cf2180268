"""Rules by an attribute that their elements have: its name, its value, or how its value begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Final

from cleanpage.page import Page
from cleanpage.rules.pagekeys import PageKeys

__all__ = ["AttributeIndex"]

ANY_TAG: Final = ""
"""Stands for elements of every tag."""


HEAD: Final = 16
"""How many characters of a value tell, as a rule, that it begins with none of hundreds of prefixes."""


class _Values:
    """Rules for one attribute of one tag, by what they ask of its value."""

    __slots__ = ("exact", "heads", "links", "prefixed", "prefixes", "present", "short")

    def __init__(self) -> None:
        self.present: list[int] = []
        self.exact: dict[str, list[int]] = {}
        self.prefixed: dict[str, list[int]] = {}
        self.prefixes: list[str] = []
        self.links: list[int] = []
        self.heads: frozenset[str] = frozenset()
        self.short: tuple[str, ...] = ()

    def include(self, other: _Values) -> None:
        """Take in the rules of `other`."""
        self.present += other.present
        for mine, theirs in ((self.exact, other.exact), (self.prefixed, other.prefixed)):
            for value, rules in theirs.items():
                mine[value] = mine.get(value, []) + rules

    def freeze(self) -> None:
        """Sort the prefixes, and link each to the longest other one that it begins with."""
        self.prefixes = sorted(self.prefixed)
        open_prefixes: list[int] = []
        for i, prefix in enumerate(self.prefixes):
            while open_prefixes and not prefix.startswith(self.prefixes[open_prefixes[-1]]):
                open_prefixes.pop()
            self.links.append(open_prefixes[-1] if open_prefixes else -1)
            open_prefixes.append(i)
        self.heads = frozenset(prefix[:HEAD] for prefix in self.prefixes if len(prefix) >= HEAD)
        self.short = tuple(prefix for prefix in self.prefixes if len(prefix) < HEAD)

    def find(self, value: str) -> list[int]:
        """The rules that a value meets."""
        found = self.present
        if value in self.exact:
            found = found + self.exact[value]
        if value[:HEAD] in self.heads or value.startswith(self.short):
            found = found + self._by_prefix(value)
        return found

    def _by_prefix(self, value: str) -> list[int]:
        found: list[int] = []
        i = bisect_right(self.prefixes, value) - 1
        while i >= 0:
            # Another prefix of `value` that sorts before this one is a prefix of this one too, so the links lead to it.
            if value.startswith(self.prefixes[i]):
                found += self.prefixed[self.prefixes[i]]
            i = self.links[i]
        return found


class AttributeIndex:
    """Rules by attribute. Fill it with `add`, then `freeze` it."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, _Values]] = {}
        """by id and class, which a page keeps in columns."""
        self._names: dict[str, dict[str, _Values]] = {}
        self._tags: frozenset[str] = frozenset()
        self._pieces: dict[str, list[tuple[str, int]]] = {}

    def add(self, operator: str, name: str, value: str, tag: str, rule: int) -> None:
        """Index `rule` by one attribute: `operator` is "=", "^=" or "" (present); `tag` "" stands for any."""
        names = self._columns if name in ("id", "class") else self._names
        values = names.setdefault(name, {}).setdefault(tag, _Values())
        if operator == "":
            values.present.append(rule)
        else:
            (values.exact if operator == "=" else values.prefixed).setdefault(value, []).append(rule)

    def add_piece(self, name: str, text: str, rule: int) -> None:
        """Index `rule` by a text in lower case that must stand in some element's attribute `name`, whatever its case."""
        self._pieces.setdefault(name, []).append((text, rule))
        if name not in ("id", "class"):
            self._names.setdefault(name, {}).setdefault(ANY_TAG, _Values())

    def freeze(self) -> None:
        """Make ready for look-ups."""
        for tags in (*self._columns.values(), *self._names.values()):
            for tag, values in tags.items():
                if tag != ANY_TAG and ANY_TAG in tags:
                    values.include(tags[ANY_TAG])
            for values in tags.values():
                values.freeze()
        self._tags = frozenset(tag for tags in self._names.values() for tag in tags)

    def find(self, keys: PageKeys) -> dict[int, list[int]]:
        """The rules that an attribute on the page meets, each with the elements that have it, in document order."""
        found: dict[int, list[int]] = {}
        for name, tags in self._columns.items():
            _find_in_column(keys, name, tags, found)
        seen: dict[str, list[str]] = {name: [] for name in self._pieces}
        if self._names:
            self._find_in_attributes(keys.page, found, seen)
        for name, pieces in self._pieces.items():
            values = "\n".join(keys.distinct(name) if name in ("id", "class") else seen[name]).lower()
            for text, rule in pieces:
                if text in values:
                    found.setdefault(rule, [])
        return found

    def _find_in_attributes(self, page: Page, found: dict[int, list[int]], seen: dict[str, list[str]]) -> None:
        names, attrs, page_tags = self._names, page.attrs, page.tags
        for i in self._bearers(page):
            for name, value in attrs(i).items():
                if name in names:
                    tags = names[name]
                    if name in seen:
                        seen[name].append(value)
                    values = tags.get(page_tags[i]) or tags.get(ANY_TAG)
                    rules = values.find(value) if values is not None else ()
                    for rule in rules:
                        _append(found.setdefault(rule, []), i)

    def _bearers(self, page: Page) -> Iterable[int]:
        """The elements that may have one of the attributes, as far as that can be told without asking them."""
        if ANY_TAG in self._tags:
            return range(len(page))
        return sorted(i for tag in self._tags for i in page.by_tag.get(tag, ()))


def _find_in_column(keys: PageKeys, name: str, tags: Mapping[str, _Values], found: dict[int, list[int]]) -> None:
    every = [values.find for values in tags.values()]
    met = {value for value in keys.distinct(name) for find in every if find(value)}
    if not met:
        return
    page_tags = keys.page.tags
    for i, value in keys.with_value(name):
        if value in met:
            values = tags.get(page_tags[i]) or tags.get(ANY_TAG)
            for rule in values.find(value) if values is not None else ():
                _append(found.setdefault(rule, []), i)


def _append(elements: list[int], i: int) -> None:
    """Add `i` at the end, once."""
    if not elements or elements[-1] != i:
        elements.append(i)
