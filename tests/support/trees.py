"""The tree that a browser would build, as an lxml tree and as a soup, so that all sources see the same page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import turbohtml
from bs4 import BeautifulSoup, Comment, NavigableString
from lxml import etree

from cleanpage.sources.html import HtmlReading

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NoTree(Exception):
    """The page holds what lxml cannot express."""


def _steps(source: str) -> Iterator[tuple[str, Any]]:
    """Start, text, comment and end of everything in the document, in order."""
    document = HtmlReading(source)._document
    stack: list[tuple[Any, bool]] = [(document.root, False)]
    while stack:
        node, left = stack.pop()
        if left:
            yield "end", node
        elif isinstance(node, turbohtml.Element):
            yield "start", node
            stack.append((node, True))
            stack += [(child, False) for child in reversed(list(node.children))]
        elif isinstance(node, turbohtml.Text):
            yield "text", node.data
        elif isinstance(node, turbohtml.Comment):
            yield "comment", node.data


def lxml_tree(source: str) -> Any:
    """An lxml tree; raises NoTree for names and characters that it cannot hold."""
    builder = etree.TreeBuilder(insert_comments=True)
    for kind, what in _steps(source):
        match kind:
            case "start":
                builder.start(_named(what.tag), {_named(name): _text(what.attr(name) or "") for name in what.attrs})
            case "end":
                builder.end(_named(what.tag))
            case "text":
                builder.data(_text(what))
            case "comment":
                builder.comment(re.sub("-(?=-|$)", "- ", _text(what)))
    return builder.close()


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        name = re.sub(r"[^\w.-]", "_", name)
        name = name if _NAME.fullmatch(name) else f"_{name}"
    return name


def _text(text: str) -> str:
    if _XML.search(text):
        raise NoTree
    return text


def soup(source: str) -> BeautifulSoup:
    """A BeautifulSoup object."""
    made = BeautifulSoup("", "html.parser")
    open_: list[Any] = [made]
    for kind, what in _steps(source):
        match kind:
            case "start":
                attributes = {name: what.attr(name) or "" for name in what.attrs}
                tag = made.new_tag(what.tag, attrs=attributes)
                open_[-1].append(tag)
                open_.append(tag)
            case "end":
                open_.pop()
            case "text":
                open_[-1].append(NavigableString(what))
            case "comment":
                open_[-1].append(Comment(what))
    return made
