"""lxml trees, read as they stand and cleaned in place. The text after a removed element (its tail) stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from cleanpage.cuts import Cut, Written
from cleanpage.model import Action
from cleanpage.page import Page, PageBuilder
from cleanpage.sources.saved import saved_from

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
            above = root.itersiblings(etree.Comment, preceding=True)
            build.saved_from = saved_from(comment.text or "" for comment in above)
        nodes = self._nodes

        def attributes(i: int) -> Mapping[str, str]:
            return {_local(str(name)): str(value) for name, value in nodes[i].attrib.items()}

        def values(names: frozenset[str]) -> list[tuple[int, str, str]]:
            if nodes and _HAS_NAMESPACES(root):
                found = enumerate(map(attributes, range(len(nodes))))
                return [(i, name, value) for i, known in found for name, value in known.items() if name in names]
            rows = ((i, el, name) for i, el in enumerate(nodes) for name in el.keys())  # noqa: SIM118 -- no dict
            return [(i, name, el.get(name)) for i, el, name in rows if name in names]

        return build.build(attributes, values)

    def _walk(self, root: Any, build: PageBuilder) -> None:
        """Elements in document order; a tail is read when the walk has left its element."""
        nodes, runs, element, run = self._nodes, self._runs, build.element, build.run
        open_: list[tuple[Any, int]] = []
        for el in root.iter():
            parent = None if el is root else el.getparent()
            while open_ and open_[-1][0] is not parent:
                self._close(open_, build)
            number = open_[-1][1] if open_ else -1
            tag = el.tag
            if number == _OUTSIDE or (open_ and build.tags[number] == "template"):
                number = _OUTSIDE
            elif not isinstance(tag, str):
                number = _NOT_AN_ELEMENT
            else:
                tag = _local(tag)
                number = element(tag, number, el.get("id"), el.get("class"))
                nodes.append(el)
                text = el.text
                if text and tag != "template":
                    run(text, number)
                    runs.append((el, False))
            open_.append((el, number))
        while len(open_) > 1:
            self._close(open_, build)

    def _close(self, open_: list[tuple[Any, int]], build: PageBuilder) -> None:
        el, number = open_.pop()
        if number == _OUTSIDE or not open_:
            return
        tail = el.tail
        if tail:
            build.run(tail, open_[-1][1])
            self._runs.append((el, True))

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """Make the cuts in the tree; the output is the object that was given."""
        refused = {cut: _ROOT_STAYS for cut in cuts if cut.node == 0 and cut.action in _STRIPPED}
        marked: list[tuple[Any, str]] = []
        for cut in cuts:
            if cut in refused:
                continue
            if cut.node < 0:
                owner, tail = self._runs[~cut.node]
                setattr(owner, "tail" if tail else "text", None)
            elif cut.action in _STRIPPED:
                el = self._nodes[cut.node]
                marked.append((el, el.tag))
                el.tag = _STRIPPED[cut.action]
            elif not _edit(self._nodes[cut.node], cut):
                refused[cut] = _UNWRITABLE
        self._strip(marked)
        return Written(self._tree, {cut: None for cut in cuts if cut not in refused}, refused)

    def _strip(self, marked: list[tuple[Any, str]]) -> None:
        """Take the marked elements out, all at once; whoever holds one of them finds it with its own name.

        lxml would take an element's tail along, and refuses to write it elsewhere where it holds a control character
        that its own parser let in. Stripping by name leaves it in place.
        """
        if marked:
            etree.strip_elements(self._nodes[0], _STRIPPED[Action.REMOVE], with_tail=False)
            etree.strip_tags(self._nodes[0], _STRIPPED[Action.UNWRAP])
        for el, tag in reversed(marked):
            el.tag = tag


_STRIPPED = {Action.REMOVE: "{urn:cleanpage}remove", Action.UNWRAP: "{urn:cleanpage}unwrap"}
"""The names that elements bear until they are stripped; no HTML parser gives one like them."""
_UNWRITABLE = "its classes hold characters that lxml will not write"
_ROOT_STAYS = "it is the root of the tree that was given"
_HAS_NAMESPACES = etree.XPath("boolean(//@*[namespace-uri()])")
_OUTSIDE = -2
"""Stands for what is inside a template: no part of the page."""
_NOT_AN_ELEMENT = -3


def _local(name: str) -> str:
    if not name.startswith("{"):
        return name
    return name[name.index("}") + 1 :]


def _edit(el: Any, cut: Cut) -> bool:
    """Take attributes or classes away; False where lxml will not write the classes that are left."""
    if cut.action is Action.REMOVE_ATTR:
        for name in cut.names:
            el.attrib.pop(name, None)
        return True
    left = [name for name in el.get("class", "").split() if name not in cut.names]
    if not left:
        el.attrib.pop("class", None)
        return True
    try:
        el.set("class", " ".join(left))
    except ValueError:
        return False
    return True


def is_tree(thing: object) -> bool:
    """Whether `thing` is an lxml element or element tree."""
    return etree.iselement(thing) or isinstance(thing, etree._ElementTree)
