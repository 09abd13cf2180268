"""lxml trees, read as they stand and cleaned in place. The text after a removed element (its tail) stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from cleanpage.cuts import Cut, Written
from cleanpage.model import Action
from cleanpage.page import Page, PageBuilder

__all__ = ["LxmlReading"]


class LxmlReading:
    """An lxml element or element tree; comments and processing instructions stay where they are.

    >>> from lxml import html
    >>> tree = html.fromstring("<div>a <b>x</b> tail</div>")
    >>> html.tostring(LxmlReading(tree).write((Cut(1),)).output)
    b'<div>a  tail</div>'
    """

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        root = tree.getroot() if hasattr(tree, "getroot") else tree
        self._nodes: list[Any] = []
        self._runs: list[tuple[Any, bool]] = []
        self.page = self._read(root)

    def _read(self, root: Any) -> Page:
        build = PageBuilder()
        if root is not None:
            self._walk(root, build)
        nodes = self._nodes

        def attributes(i: int) -> Mapping[str, str]:
            return {_local(str(name)): str(value) for name, value in nodes[i].attrib.items()}

        return build.build(attributes)

    def _walk(self, root: Any, build: PageBuilder) -> None:
        """Elements in document order; a tail is read when the walk has left its element."""
        open_: list[tuple[Any, int]] = []
        for el in root.iter():
            parent = None if el is root else el.getparent()
            while open_ and open_[-1][0] is not parent:
                self._close(open_, build)
            number = open_[-1][1] if open_ else -1
            if number == _OUTSIDE or (open_ and build.tags[number] == "template"):
                open_.append((el, _OUTSIDE))
                continue
            if not isinstance(el.tag, str):
                open_.append((el, _NOT_AN_ELEMENT))
                continue
            number = build.element(_local(el.tag), number, el.get("id"), el.get("class"))
            self._nodes.append(el)
            if el.text and build.tags[number] != "template":
                build.run(el.text, number)
                self._runs.append((el, False))
            open_.append((el, number))
        while len(open_) > 1:
            self._close(open_, build)

    def _close(self, open_: list[tuple[Any, int]], build: PageBuilder) -> None:
        el, number = open_.pop()
        if number != _OUTSIDE and el.tail and open_:
            build.run(el.tail, open_[-1][1])
            self._runs.append((el, True))

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """Make the cuts in the tree; the output is the object that was given."""
        done = sorted(cuts, key=lambda cut: cut.node)
        for cut in done:
            if cut.node < 0:
                owner, tail = self._runs[~cut.node]
                setattr(owner, "tail" if tail else "text", None)
        for cut in reversed(done):
            if cut.node >= 0:
                _change(self._nodes[cut.node], cut)
        return Written(self._tree, dict.fromkeys(done))


_OUTSIDE = -2
"""Stands for what is inside a template: no part of the page."""
_NOT_AN_ELEMENT = -3


def _local(name: str) -> str:
    if not name.startswith("{"):
        return name
    return name[name.index("}") + 1 :]


def _change(el: Any, cut: Cut) -> None:
    match cut.action:
        case Action.REMOVE_ATTR:
            for name in cut.names:
                el.attrib.pop(name, None)
        case Action.REMOVE_CLASS:
            left = [name for name in el.get("class", "").split() if name not in cut.names]
            if left:
                el.set("class", " ".join(left))
            else:
                el.attrib.pop("class", None)
        case Action.UNWRAP:
            _unwrap(el)
        case _:
            _remove(el)


def _add_text(before: Any, parent: Any, text: str | None) -> None:
    if not text:
        return
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _remove(el: Any) -> None:
    parent = el.getparent()
    if parent is None:
        return
    _add_text(el.getprevious(), parent, el.tail)
    el.tail = None
    parent.remove(el)


def _unwrap(el: Any) -> None:
    parent = el.getparent()
    if parent is None:
        return
    _add_text(el.getprevious(), parent, el.text)
    children = list(el)
    if children:
        last = children[-1]
        last.tail = (last.tail or "") + (el.tail or "") or None
    else:
        _add_text(el.getprevious(), parent, el.tail)
    place = parent.index(el)
    el.tail = None
    parent[place : place + 1] = children


def is_tree(thing: object) -> bool:
    """Whether `thing` is an lxml element or element tree."""
    return etree.iselement(thing) or isinstance(thing, etree._ElementTree)
