"""What a page has that rules are indexed by: classes, ids, tags and attributes, worked out only as far as asked.

A page's own tables give the elements of every class and tag; of those an index of rules asks for a handful. So names
are compared with the index first, all at once, and elements are looked for only where a name is in it.
"""

from __future__ import annotations

from collections.abc import KeysView, Mapping, Sequence, Set

from cleanpage.page import Page, class_tokens

__all__ = ["PageKeys"]

def _grouped(column: Sequence[str | None]) -> dict[str, list[int]]:
    """The elements of each value of a column that is not empty."""
    groups: dict[str, list[int]] = {}
    for i, value in enumerate(column):
        if value:
            if value in groups:
                groups[value].append(i)
            else:
                groups[value] = [i]
    return groups


def _places(name: str, column: Sequence[str | None]) -> list[int]:
    """Where `name` stands in `column`; a list's own search is faster than a loop."""
    places: list[int] = []
    at = -1
    for _ in range(column.count(name)):
        at = column.index(name, at + 1)
        places.append(at)
    return places


class PageKeys:
    """The index keys of one page: `classes`, `ids` and `tags` are the names that occur on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._by_class_value = _grouped(page.classes)
        self.class_values = self._by_class_value.keys()
        """the different values of the class attribute."""
        self.classes = page.class_names
        self.ids = page.id_names
        self.tags = set(page.tags)
        self._known: dict[tuple[str, str], list[int]] = {}

    def found_in(self, by: str, wanted: KeysView[str]) -> set[str]:
        """The classes, ids or tags (`by`) on the page that are in `wanted`."""
        return wanted & self._names(by)

    def _names(self, by: str) -> set[str]:
        return self.classes if by == "class" else self.ids if by == "id" else self.tags

    def elements(self, by: str, name: str) -> list[int]:
        """The elements whose class, id or tag (`by`) is `name`, in document order."""
        if name not in self._names(by):
            return []
        found = self._known.get((by, name))
        if found is None:
            found = self._known[by, name] = self._find(by, name)
        return found

    def _find(self, by: str, name: str) -> list[int]:
        if by == "class":
            groups = [
                group for names, group in self._by_class_value.items() if name in names and name in class_tokens(names)
            ]
            return groups[0] if len(groups) == 1 else sorted(i for group in groups for i in group)
        return _places(name, self.page.ids) if by == "id" else self.page.by_tag[name]

    def attributes(self, names: frozenset[str], tags: frozenset[str] | None) -> dict[str, Mapping[int, str]]:
        """For each attribute out of `names` the elements that have it, in document order, each with its value.

        Elements of some `tags` only, if any are given.
        """
        return self.page.columns(names) if tags is None else self._columns(names, tags)

    def _columns(self, names: frozenset[str], tags: frozenset[str]) -> dict[str, Mapping[int, str]]:
        attrs = self.page.attrs
        found: dict[str, dict[int, str]] = {name: {} for name in names}
        for i in sorted(i for tag in tags for i in self.elements("tag", tag)):
            for name, value in attrs(i).items():
                if name in names:
                    found[name][i] = value
        return dict(found)

    def column(self, name: str) -> Mapping[int, str]:
        """The elements that have attribute `name`, in document order, each with its value."""
        page = self.page
        if name in ("id", "class"):
            column = page.ids if name == "id" else page.classes
            return {i: value for i, value in enumerate(column) if value is not None}
        return page.column(name)

    def distinct(self, name: str) -> Set[str]:
        """The different values of attribute `name`, "id" or "class"."""
        return self.class_values if name == "class" else self.ids
