"""Rules by an attribute that their elements have: its name, its value, or how its value begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cleanpage.page import Page

__all__ = ["AttributeIndex", "elements_with"]

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

    def add(self, operator: str, name: str, value: str, tag: str, rule: int) -> None:
        """Index `rule` by one attribute: `operator` is "=", "^=" or "" (present); `tag` "" stands for any."""
        names = self._columns if name in ("id", "class") else self._names
        values = names.setdefault(name, {}).setdefault(tag, _Values())
        if operator == "":
            values.present.append(rule)
        else:
            (values.exact if operator == "=" else values.prefixed).setdefault(value, []).append(rule)

    def freeze(self) -> None:
        """Make ready for look-ups."""
        for tags in (*self._columns.values(), *self._names.values()):
            for tag, values in tags.items():
                if tag != ANY_TAG and ANY_TAG in tags:
                    values.include(tags[ANY_TAG])
            for values in tags.values():
                values.freeze()
        self._tags = frozenset(tag for tags in self._names.values() for tag in tags)

    def find(self, page: Page) -> dict[int, list[int]]:
        """The rules that an attribute on the page meets, each with the elements that have it, in document order."""
        found: dict[int, list[int]] = {}
        for name, tags in self._columns.items():
            _find_in_column(page.tags, _column(page, name), tags, found)
        if self._names:
            self._find_in_attributes(page, found)
        return found

    def _find_in_attributes(self, page: Page, found: dict[int, list[int]]) -> None:
        names, attrs, page_tags = self._names, page.attrs, page.tags
        for i in self._bearers(page):
            for name, value in attrs(i).items():
                if name in names:
                    tags = names[name]
                    values = tags.get(page_tags[i]) or tags.get(ANY_TAG)
                    rules = values.find(value) if values is not None else ()
                    for rule in rules:
                        _append(found.setdefault(rule, []), i)

    def _bearers(self, page: Page) -> Iterable[int]:
        """The elements that may have one of the attributes, as far as that can be told without asking them."""
        if ANY_TAG in self._tags:
            return range(len(page))
        return sorted(i for tag in self._tags for i in page.by_tag.get(tag, ()))


def _find_in_column(
    page_tags: Sequence[str], column: Sequence[str | None], tags: Mapping[str, _Values], found: dict[int, list[int]]
) -> None:
    known: dict[tuple[str, str | None], list[int]] = {}
    for i, key in enumerate(zip(page_tags, column, strict=True)):
        rules = known.get(key)
        if rules is None:
            values = tags.get(key[0]) or tags.get(ANY_TAG)
            rules = known[key] = values.find(key[1]) if values is not None and key[1] else []
        for rule in rules:
            _append(found.setdefault(rule, []), i)


def _append(elements: list[int], i: int) -> None:
    """Add `i` at the end, once."""
    if not elements or elements[-1] != i:
        elements.append(i)


def _column(page: Page, name: str) -> Sequence[str | None]:
    return page.ids if name == "id" else page.classes


def elements_with(page: Page, name: str) -> Iterator[tuple[int, str]]:
    """The elements that have an attribute, each with its value, in document order."""
    if name in ("id", "class"):
        yield from ((i, value) for i, value in enumerate(_column(page, name)) if value is not None)
        return
    for i in page.by_attr.get(name, ()):
        yield i, page.attrs(i)[name]
