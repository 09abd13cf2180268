"""Rules by an attribute that their elements have: its name, its value, or how its value begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cleanpage.page import Page

__all__ = ["AttributeIndex", "elements_with"]

ANY_TAG: Final = ""


class _Values:
    """Rules for one attribute of one tag."""

    __slots__ = ("exact", "links", "prefixes", "present", "rules")

    def __init__(self) -> None:
        self.exact: dict[str, list[int]] = {}
        self.present: list[int] = []
        self.rules: dict[str, list[int]] = {}
        self.prefixes: list[str] = []
        self.links: list[int] = []

    def freeze(self) -> None:
        """Sort the prefixes, and link each to the longest other one that it begins with."""
        self.prefixes = sorted(self.rules)
        chain: list[int] = []
        for i, prefix in enumerate(self.prefixes):
            while chain and not prefix.startswith(self.prefixes[chain[-1]]):
                chain.pop()
            self.links.append(chain[-1] if chain else -1)
            chain.append(i)

    def find(self, value: str) -> Iterator[int]:
        yield from self.present
        if value in self.exact:
            yield from self.exact[value]
        i = bisect_right(self.prefixes, value) - 1
        while i >= 0:
            # A prefix of the value that sorts before this one is also a prefix of this one, so the links suffice.
            if value.startswith(self.prefixes[i]):
                yield from self.rules[self.prefixes[i]]
            i = self.links[i]


class AttributeIndex:
    """Rules by attribute. Fill it with `add`, then `freeze` it."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, _Values]] = {}

    def __bool__(self) -> bool:
        return bool(self._values)

    def add(self, operator: str, name: str, value: str, tag: str, rule: int) -> None:
        """Index `rule` by one attribute: `operator` is "=", "^=" or "" (present); `tag` "" stands for any."""
        values = self._values.setdefault(name, {}).setdefault(tag, _Values())
        if operator == "=":
            values.exact.setdefault(value, []).append(rule)
        elif operator == "^=":
            values.rules.setdefault(value, []).append(rule)
        else:
            values.present.append(rule)

    def freeze(self) -> None:
        for tags in self._values.values():
            for values in tags.values():
                values.freeze()

    def find(self, page: Page) -> Iterator[tuple[int, int]]:
        """Pairs of a rule and an element that has an attribute the rule is indexed by."""
        for name, tags in self._values.items():
            for tag, values in tags.items():
                yield from _pairs(page, name, tag, values)


def _pairs(page: Page, name: str, tag: str, values: _Values) -> Iterator[tuple[int, int]]:
    known: dict[str, list[int]] = {}
    for i, value in elements_with(page, name, tag):
        rules = known.get(value)
        if rules is None:
            rules = known[value] = list(values.find(value))
        for rule in rules:
            yield rule, i


def elements_with(page: Page, name: str, tag: str = ANY_TAG) -> Iterator[tuple[int, str]]:
    """The elements that have an attribute, with its value, in document order; those of one tag if one is given."""
    column: Sequence[str | None] | None = page.ids if name == "id" else page.classes if name == "class" else None
    if column is not None:
        elements: Iterable[int] = page.by_tag.get(tag, ()) if tag else range(len(page))
        for i in elements:
            value = column[i]
            if value is not None:
                yield i, value
        return
    attrs = page.attrs
    for i in page.by_tag.get(tag, ()) if tag else page.by_attr.get(name, ()):
        found = attrs(i).get(name)
        if found is not None:
            yield i, found
