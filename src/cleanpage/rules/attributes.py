"""Rules by an attribute that their elements have: its name, its value, or how its value begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set
from typing import Final

from cleanpage.rules.pagekeys import PageKeys

__all__ = ["AttributeIndex"]

COLUMNS: Final = ("id", "class")
"""The attributes that a page keeps in columns."""
ANY_TAG: Final = ""
"""Stands for elements of every tag."""


HEAD: Final = 16
"""How many characters of a value, at most, are to tell that it begins with none of hundreds of prefixes."""


class _Values:
    """Rules for one attribute of one tag, by what they ask of its value."""

    __slots__ = ("exact", "head", "heads", "links", "prefixed", "prefixes", "present")

    def __init__(self) -> None:
        self.present: list[int] = []
        self.exact: dict[str, list[int]] = {}
        self.prefixed: dict[str, list[int]] = {}
        self.prefixes: list[str] = []
        self.links: list[int] = []
        self.head = HEAD
        self.heads: frozenset[str] = frozenset()

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
        self.head = min(HEAD, *map(len, self.prefixes)) if self.prefixes else HEAD
        self.heads = frozenset(prefix[: self.head] for prefix in self.prefixes)

    def meeting(self, values: Set[str]) -> Set[str]:
        """Those of some values that may meet a rule; most do not, and a sure no is cheap."""
        if self.present:
            return values
        found = self.exact.keys() & values
        head, heads = self.head, self.heads
        if heads:
            found |= {value for value in values if value[:head] in heads}
        return found

    def find(self, value: str) -> list[int]:
        """The rules that a value meets."""
        found = self.present
        if value in self.exact:
            found = found + self.exact[value]
        if value[: self.head] in self.heads:
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


class _Attribute:
    """Rules for one attribute, by tag."""

    __slots__ = ("by_tag", "union")

    def __init__(self) -> None:
        self.by_tag: dict[str, _Values] = {}
        self.union = _Values()

    def freeze(self) -> None:
        """Make ready for look-ups: what is for any tag goes to each."""
        for tag, values in self.by_tag.items():
            self.union.include(values)
            if tag != ANY_TAG and ANY_TAG in self.by_tag:
                values.include(self.by_tag[ANY_TAG])
        for values in (self.union, *self.by_tag.values()):
            values.freeze()

    def find_in(
        self, column: Mapping[int, str], meeting: Set[str], tags: Sequence[str], found: dict[int, list[int]]
    ) -> None:
        """Add the rules that elements of `column` meet whose values are in `meeting`, each with these elements."""
        for i, value in column.items():
            if value in meeting:
                values = self.by_tag.get(tags[i]) or self.by_tag.get(ANY_TAG)
                for rule in values.find(value) if values is not None else ():
                    found.setdefault(rule, []).append(i)


class AttributeIndex:
    """Rules by attribute. Fill it with `add` and `add_piece`, then `freeze` it."""

    def __init__(self) -> None:
        self._columns: dict[str, _Attribute] = {}
        """by id and class, which a page keeps in columns."""
        self._names: dict[str, _Attribute] = {}
        self._pieces: dict[str, list[tuple[str, int]]] = {}
        self._tags: frozenset[str] | None = None
        self._wanted: frozenset[str] = frozenset()

    def add(self, operator: str, name: str, value: str, tag: str, rule: int) -> None:
        """Index `rule` by one attribute: `operator` is "=", "^=" or "" (present); `tag` "" stands for any."""
        values = self._attribute(name).by_tag.setdefault(tag, _Values())
        if operator == "":
            values.present.append(rule)
        else:
            (values.exact if operator == "=" else values.prefixed).setdefault(value, []).append(rule)

    def add_piece(self, name: str, text: str, rule: int) -> None:
        """Index `rule` by a text (in lower case) that must stand in some attribute `name`, whatever its case there."""
        self._pieces.setdefault(name, []).append((text, rule))
        self._attribute(name).by_tag.setdefault(ANY_TAG, _Values())

    def _attribute(self, name: str) -> _Attribute:
        names = self._columns if name in COLUMNS else self._names
        return names.setdefault(name, _Attribute())

    def freeze(self) -> None:
        """Make ready for look-ups."""
        for attribute in (*self._columns.values(), *self._names.values()):
            attribute.freeze()
        tags = frozenset(tag for attribute in self._names.values() for tag in attribute.by_tag)
        self._tags = None if ANY_TAG in tags else tags
        self._wanted = frozenset(self._names)

    def find(self, keys: PageKeys) -> dict[int, list[int]]:
        """The rules that an attribute on the page meets, each with the elements that have it, in document order.

        A rule that is indexed by a piece of a value comes without elements.
        """
        found: dict[int, list[int]] = {}
        tags = keys.page.tags
        for name, column in keys.attributes(self._wanted, self._tags).items() if self._names else ():
            if column:
                values = set(column.values())
                meeting = self._names[name].union.meeting(values)
                if meeting:
                    self._names[name].find_in(column, meeting, tags, found)
                self._find_pieces(name, values, found)
        for name, attribute in self._columns.items():
            meeting = attribute.union.meeting(keys.distinct(name))
            if meeting:
                attribute.find_in(keys.column(name), meeting, tags, found)
            self._find_pieces(name, keys.distinct(name), found)
        return {rule: sorted(set(elements)) for rule, elements in found.items()}

    def _find_pieces(self, name: str, values: Set[str], found: dict[int, list[int]]) -> None:
        if name in self._pieces:
            whole = "\n".join(values).lower()
            for text, rule in self._pieces[name]:
                if text in whole:
                    found.setdefault(rule, [])
