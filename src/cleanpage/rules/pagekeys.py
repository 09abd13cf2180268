"""What a page has that rules are indexed by: classes, ids, tags and attributes, worked out only as far as asked.

A page's own tables give the elements of every class and tag; of those an index of rules asks for a handful. So names are
compared with the index first, all at once, and elements are looked for only where a name is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Sequence

from cleanpage.page import Page

__all__ = ["PageKeys"]


class PageKeys:
    """The index keys of one page."""

    __slots__ = ("_class_names", "_known", "page")

    def __init__(self, page: Page) -> None:
        self.page = page
        self._class_names = {names for names in set(page.classes) if names}
        self._known: dict[tuple[str, str], list[int]] = {}

    def classes(self, wanted: KeysView[str]) -> set[str]:
        """The class tokens on the page that are in `wanted`."""
        return wanted & set(" ".join(self._class_names).split())

    def ids(self, wanted: KeysView[str]) -> set[str]:
        """The ids on the page that are in `wanted`."""
        return wanted & {name for name in set(self.page.ids) if name}

    def tags(self, wanted: KeysView[str]) -> set[str]:
        """The tags on the page that are in `wanted`."""
        return wanted & set(self.page.tags)

    def elements(self, by: str, name: str) -> list[int]:
        """The elements whose class, id or tag (`by`) is `name`, in document order."""
        found = self._known.get((by, name))
        if found is None:
            found = self._known[by, name] = list(self._find(by, name))
        return found

    def _find(self, by: str, name: str) -> Iterator[int]:
        page = self.page
        if by == "class":
            holders = {names for names in self._class_names if name in names and name in names.split()}
            return (i for i, names in enumerate(page.classes) if names in holders)
        column: Sequence[str | None] = page.ids if by == "id" else page.tags
        return (i for i, value in enumerate(column) if value == name)

    def with_value(self, name: str) -> Iterator[tuple[int, str]]:
        """The elements that have attribute `name`, each with its value, in document order."""
        page = self.page
        if name in ("id", "class"):
            column = page.ids if name == "id" else page.classes
            yield from ((i, value) for i, value in enumerate(column) if value is not None)
            return
        for i in page.by_attr.get(name, ()):
            yield i, page.attrs(i)[name]

    def distinct(self, name: str) -> set[str]:
        """The different values of attribute `name`, "id" or "class"."""
        return self._class_names if name == "class" else {value for value in set(self.page.ids) if value}
