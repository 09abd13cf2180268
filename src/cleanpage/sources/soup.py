"""BeautifulSoup objects, read as they stand and cleaned in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bs4.element import Comment, NavigableString, PreformattedString, Tag

from cleanpage.cuts import Cut, Written
from cleanpage.model import Action
from cleanpage.page import Page, PageBuilder
from cleanpage.sources.saved import saved_from

__all__ = ["SoupReading"]


class SoupReading:
    """A BeautifulSoup object or one of its tags.

    >>> from bs4 import BeautifulSoup
    >>> soup = BeautifulSoup("<p>a <b>x</b> tail</p>", "html.parser")
    >>> SoupReading(soup).write((Cut(1),)).output
    <p>a  tail</p>
    """

    def __init__(self, soup: Tag) -> None:
        self._soup = soup
        self._nodes: list[Tag] = []
        self._runs: list[NavigableString] = []
        self.page = self._read(soup)

    def _read(self, soup: Tag) -> Page:
        build = PageBuilder()
        number = {id(soup): -1}
        if soup.parent is not None or soup.name != "[document]":
            self._add(build, number, soup, -1)
        for node in soup.descendants:
            parent = number.get(id(node.parent))
            if parent is None:
                continue
            if isinstance(node, Tag):
                self._add(build, number, node, parent)
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                build.run(str(node), parent)
                self._runs.append(node)
        nodes = self._nodes
        build.saved_from = saved_from(str(node) for node in soup.contents if isinstance(node, Comment))

        def attributes(i: int) -> Mapping[str, str]:
            return {name: _flat(value) or "" for name, value in nodes[i].attrs.items()}

        return build.build(attributes)

    def _add(self, build: PageBuilder, number: dict[int, int], tag: Tag, parent: int) -> None:
        i = build.element(tag.name, parent, _flat(tag.attrs.get("id")), _flat(tag.attrs.get("class")))
        if tag.name != "template":
            number[id(tag)] = i
        self._nodes.append(tag)

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """Make the cuts in the soup; the output is the object that was given."""
        refused = {cut: _ROOT_STAYS for cut in cuts if self._takes_root(cut)}
        done = [cut for cut in cuts if cut not in refused]
        for cut in done:
            if cut.node < 0:
                self._runs[~cut.node].extract()
            else:
                _change(self._nodes[cut.node], cut)
        return Written(self._soup, dict.fromkeys(done), refused)

    def _takes_root(self, cut: Cut) -> bool:
        return cut.node >= 0 and self._nodes[cut.node] is self._soup and cut.action in (Action.REMOVE, Action.UNWRAP)


_ROOT_STAYS = "it is the root of the tree that was given"


def _flat(value: Any) -> str | None:
    return " ".join(value) if isinstance(value, list) else None if value is None else str(value)


def _change(tag: Tag, cut: Cut) -> None:
    match cut.action:
        case Action.REMOVE_ATTR:
            for name in cut.names:
                tag.attrs.pop(name, None)
        case Action.REMOVE_CLASS:
            left: Any = [name for name in (_flat(tag.attrs.get("class")) or "").split() if name not in cut.names]
            if left:
                tag.attrs["class"] = left
            else:
                tag.attrs.pop("class", None)
        case Action.UNWRAP if tag.parent is not None:
            tag.unwrap()
        case _:
            tag.extract()
