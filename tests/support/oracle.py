"""A second opinion on cuts: the output's tree, as html5lib reads it, against the input's tree without the cut nodes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any

import html5lib

from cleanpage.cuts import Cut, Span, Written
from cleanpage.model import Action
from cleanpage.sources.html import HtmlReading

_BUILDER = html5lib.treebuilders.getTreeBuilder("etree", implementation=ET, fullTree=True)


class Unlike(Exception):
    """html5lib numbers the elements or texts of the input in another way, so that cuts cannot be found in its tree."""


def parse(source: str) -> ET.Element:
    """The whole document, doctype and comments included."""
    root: ET.Element = html5lib.HTMLParser(tree=_BUILDER, namespaceHTMLElements=False).parse(source)
    return root


def tokens(root: ET.Element) -> list[Any]:
    """A tree in document order: tags with their attributes, texts, comments, ends."""
    found: list[Any] = []
    stack: list[tuple[ET.Element, bool]] = [(root, False)]
    while stack:
        el, left = stack.pop()
        if left:
            found.append("end")
            _text(found, el.tail)
            continue
        name = el.tag if isinstance(el.tag, str) else "comment"
        found.append((name, tuple(sorted(el.attrib.items())) if name != "comment" else el.text))
        if name != "comment":
            _text(found, el.text)
        stack.append((el, True))
        stack += [(child, False) for child in reversed(el)]
    return found


def _text(found: list[Any], text: str | None) -> None:
    if text:
        found.append(text)


def difference(a: ET.Element, b: ET.Element) -> str:
    """The first place where two trees differ, with what stands before it; "" for equal trees."""
    one, two = tokens(a), tokens(b)
    for n, (x, y) in enumerate(zip(one, two, strict=False)):
        if x != y:
            return f"after {one[max(0, n - 3) : n]!r}: {str(x)[:200]!r} != {str(y)[:200]!r}"
    return "" if len(one) == len(two) else f"{len(one)} != {len(two)} tokens"


def without_cuts(reading: HtmlReading, written: Written) -> ET.Element:
    """The tree of what `reading` read, without what `written` cut.

    Raises Unlike where html5lib sees other elements or texts than the reading's page.
    """
    root = parse(reading.source)
    elements, texts = _numbered(root)
    page = reading.page
    if [_local(el.tag) for el in elements] != [tag.lower() for tag in page.tags]:
        raise Unlike("elements")
    if any(cut.node < 0 for cut in made(written)) and [_own(*at) for at in texts] != page.texts:
        raise Unlike("texts")
    _make_cuts(root, elements, texts, reading, written)
    return root


def without_marked_cuts(reading: HtmlReading, written: Written) -> ET.Element:
    """Like `without_cuts`, for pages of which html5lib counts other elements: it behaves as HTML was before templates
    and selects with any content. What is cut is marked in the source, and found by its mark.

    Raises Unlike where a tag that is to be marked is not written.
    """
    root = parse(_marked(reading, written))
    found: dict[int, ET.Element] = {}
    for el in root.iter():
        mark = el.attrib.pop(_MARK, None)
        if mark is not None:
            found.setdefault(int(mark), el)
        for where in ("text", "tail"):
            text = _own(el, where)
            if text and _TEXT_MARK in text:
                _set(el, where, text.replace(_TEXT_MARK, "") or None)
    _make_cuts(root, found, (), reading, written)
    return root


_MARK = "data-cut"
_TEXT_MARK = "\ue000cut\ue001"


def _marked(reading: HtmlReading, written: Written) -> str:
    pieces, at = [], 0
    changes = sorted(_mark(reading, cut, spans) for cut, spans in made(written).items())
    for start, end, instead in changes:
        pieces += [reading.source[at:start], instead]
        at = end
    return "".join([*pieces, reading.source[at:]])


def _mark(reading: HtmlReading, cut: Cut, spans: tuple[Span, ...] | None) -> tuple[int, int, str]:
    if cut.node < 0:
        assert spans
        return (*spans[0], _TEXT_MARK)
    tag = reading._where.tags(cut.node)[0]
    if tag is None:
        raise Unlike("tags")
    place = tag[0] + 1 + len(reading.page.tags[cut.node])
    return place, place, f' {_MARK}="{cut.node}"'


def _make_cuts(root: ET.Element, elements: Any, texts: Any, reading: HtmlReading, written: Written) -> None:
    above = {child: parent for parent in root.iter() for child in parent}
    for cut, spans in sorted(made(written).items(), key=lambda item: item[0].node >= 0):
        if cut.node >= 0:
            _change(elements[cut.node], cut, _only_inside(reading, cut, spans), above)
        elif texts:
            _set(*texts[~cut.node], None)


def _only_inside(reading: HtmlReading, cut: Cut, spans: tuple[Span, ...] | None) -> bool:
    """Whether the tags of an element stay, and only what is between them goes."""
    return None not in reading._where.tags(cut.node) and spans == (reading._where.inside(cut.node),)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _numbered(root: ET.Element) -> tuple[list[ET.Element], list[tuple[ET.Element, str]]]:
    """Elements and texts in document order, what is inside a template left out."""
    elements: list[ET.Element] = []
    texts: list[tuple[ET.Element, str]] = []
    stack: list[tuple[ET.Element, bool]] = [(child, False) for child in reversed(root)]
    while stack:
        el, left = stack.pop()
        if left:
            if el.tail:
                texts.append((el, "tail"))
            continue
        stack.append((el, True))
        if isinstance(el.tag, str) and el.tag != "<!DOCTYPE>":
            elements.append(el)
            if el.tag != "template":
                if el.text:
                    texts.append((el, "text"))
                stack += [(child, False) for child in reversed(el)]
    return elements, texts


def _own(el: ET.Element, where: str) -> str:
    text: str = getattr(el, where)
    return text


def _set(el: ET.Element, where: str, text: str | None) -> None:
    setattr(el, where, text)


def _change(el: ET.Element, cut: Cut, inside: bool, above: Mapping[ET.Element, ET.Element]) -> None:
    match cut.action:
        case Action.REMOVE_ATTR:
            for name in cut.names:
                del el.attrib[name]
        case Action.REMOVE_CLASS:
            left = [name for name in el.attrib["class"].split() if name not in cut.names]
            el.attrib.update({"class": " ".join(left)})
            if not left:
                del el.attrib["class"]
        case Action.UNWRAP:
            _unwrap(el, above)
        case _ if inside:
            tail, attributes = el.tail, dict(el.attrib)
            el.clear()
            el.tail = tail
            el.attrib.update(attributes)
        case _:
            _remove(el, above[el])


def _remove(el: ET.Element, parent: ET.Element) -> None:
    place = list(parent).index(el)
    _add(parent, place, el.tail)
    parent.remove(el)


def _add(parent: ET.Element, place: int, text: str | None) -> None:
    """Put text before the child at `place`."""
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + (text or "")
    else:
        parent.text = (parent.text or "") + (text or "")


def _unwrap(el: ET.Element, above: Any) -> None:
    parent = above[el]
    place = list(parent).index(el)
    _add(parent, place, el.text)
    children = list(el)
    parent[place : place + 1] = children
    above.update(dict.fromkeys(children, parent))
    _add(parent, place + len(children), el.tail)


def cut_out(source: str, spans: list[Span], inserted: Mapping[int, str]) -> str:
    """`source` without the spans, with what was inserted: contract 1, worked out anew.

    Two cuts can have one span: that of a paragraph and of all that is written in the table it was lifted out of.
    """
    kept, at = [], 0
    for start, end in sorted(set(spans)):
        if start > at:
            kept.append(source[at:start])
        if start in inserted:
            kept.append(inserted[start])
        at = max(at, end)
    return "".join([*kept, source[at:]])


def made(written: Written) -> dict[Cut, tuple[Span, ...] | None]:
    """The cuts as they were made: a cut that could only be made in parts by its parts."""
    made = {cut: spans for cut, spans in written.spans.items() if cut not in written.parts}
    for parts in written.parts.values():
        made.update(parts)
    return made


def spans_of(written: Written) -> list[Span]:
    """All spans of all cuts."""
    return [span for spans in written.spans.values() for span in spans or ()]


def texts_in(reading: Any) -> Iterator[str]:
    """The words of a page, scripts and the like included."""
    for text in reading.page.texts:
        yield from text.split()
