"""HTML text: read by turbohtml, cut by source span, and every cut proved.

Before an output is returned it is parsed again and held against the tree of the input without the removed nodes
(contract 2). Where they differ, the cut that is to blame is found by halving, widened to all that the element holds,
then narrowed to what stands between its tags, and refused if that differs too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import turbohtml
from turbohtml import Document, Element, Node, Text

from cleanpage.cuts import Cut, Span, Written
from cleanpage.model import Action
from cleanpage.page import Page, PageBuilder, class_tokens
from cleanpage.sources.edits import Edit, apply, class_spans, edits, plan
from cleanpage.sources.saved import saved_from_in
from cleanpage.sources.spans import SourceMap

__all__ = ["HtmlReading"]

_PROOFS = 200
"""How many times one page may be parsed again to find a cut that cannot be made."""
_PROVED = 40_000_000
"""How many characters may be parsed again for one page: a large one has fewer proofs, but at least `_LEAST_PROOFS`."""
_LEAST_PROOFS = 8


_CHANGES = "a cut here would change how the rest is parsed"


class HtmlReading:
    """A parsed HTML text: its page, and for each element of the page the parser's node.

    >>> reading = HtmlReading("<p>a<p class=ad>b<p>c")
    >>> reading.write((Cut(4),)).output
    '<p>a<p>c'
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.page, self._document, self._nodes, self._runs = _read(source)
        self._where = SourceMap(source, self.page, self._nodes)

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """The source without the cut spans; cuts that cannot be made are refused with a reason."""
        spans: dict[Cut, tuple[Span, ...]] = {}
        refused: dict[Cut, str] = {}
        for cut in cuts:
            found = plan(cut, self.page, self._where)
            if found:
                spans[cut] = found
            else:
                refused[cut] = "its place in the source is not known"
        if not spans:
            return Written(self.source, {}, refused)
        return self._proved(spans, refused)

    def _proved(self, spans: dict[Cut, tuple[Span, ...]], refused: dict[Cut, str]) -> Written:
        tried = [list(spans)]
        good: dict[Cut, tuple[Span, ...]] = {}
        proved = self.source
        whole: dict[Cut, Cut] = {}
        split: set[Cut] = set()
        proofs, most = 0, max(_LEAST_PROOFS, min(_PROOFS, _PROVED // (len(self.source) + 1)))
        document: tuple[Document, Sequence[Element], Sequence[Text]] | None
        document = self._document, self._nodes, self._runs
        while tried and proofs < most:
            group = tried.pop()
            chosen = {**good, **{cut: spans[cut] for cut in group}}
            proofs += 1
            if document is None:
                document = _parse(self.source)
            output = apply(self.source, self._edits(chosen))
            proof = _without(document, chosen, self._where)
            document = None
            if proof.equals(_normal(output)):
                good, proved = chosen, output
            elif len(group) > 1:
                half = len(group) // 2
                tried += [group[half:], group[:half]]
            elif other := self._other(group[0], spans[group[0]]):
                spans[group[0]] = other
                tried.append(group)
            elif parts := self._parts(group[0]):
                spans |= parts
                whole |= dict.fromkeys(parts, whole.get(group[0], group[0]))
                split.add(group[0])
                tried.append(list(parts))
        left = [cut for cut in spans if cut not in good and cut not in split]
        return self._written(proved, good, whole, left, refused)

    def _written(
        self,
        output: str,
        good: dict[Cut, tuple[Span, ...]],
        whole: Mapping[Cut, Cut],
        left: Iterable[Cut],
        refused: Mapping[Cut, str],
    ) -> Written:
        """What came of it: `output`, with the `good` cuts made.

        The parts of a cut that could not be made in one count as that cut, which is both made and refused where only
        some of its parts could be.
        """
        made: dict[Cut, tuple[Span, ...]] = {}
        parts: dict[Cut, dict[Cut, tuple[Span, ...]]] = {}
        for cut, spans in good.items():
            known = made.get(whole.get(cut, cut), ())
            made[whole.get(cut, cut)] = tuple(sorted((*known, *spans)))
            if cut in whole:
                parts.setdefault(whole[cut], {})[cut] = spans
        reasons = {**refused, **{whole.get(cut, cut): _CHANGES for cut in left}}
        if not good:
            return Written(self.source, {}, reasons)
        inserted = tuple((e.start, e.instead) for e in self._edits(good) if e.instead)
        return Written(output, made, reasons, parts, inserted)

    def _parts(self, cut: Cut) -> dict[Cut, tuple[Span, ...]]:
        """What stands in a removed element, each for itself."""
        if cut.node < 0 or cut.action is not Action.REMOVE:
            return {}
        parts = (Cut(node) for node in self.page.content(cut.node))
        return {part: spans for part in parts if (spans := plan(part, self.page, self._where))}

    def _edits(self, chosen: Mapping[Cut, tuple[Span, ...]]) -> list[Edit]:
        removed = {cut.node: spans[0] for cut, spans in chosen.items() if cut.action is Action.REMOVE}
        others = [s for cut, spans in chosen.items() if cut.action is not Action.REMOVE for s in spans]
        return edits(removed, others, self.page, self._where)

    def _other(self, cut: Cut, failed: tuple[Span, ...]) -> tuple[Span, ...] | None:
        """What to try next for a removed element: all that is in it, where that is more than from tag to tag; then what
        is between its tags."""
        if cut.node < 0 or cut.action is not Action.REMOVE:
            return None
        first, whole, inside = (
            self._where.element(cut.node),
            self._where.whole(cut.node),
            self._where.inside(cut.node),
        )
        if whole != first and failed == (first,) and whole is not None:
            return (whole,)
        if inside is None or None in self._where.tags(cut.node) or inside[0] >= inside[1] or (inside,) == failed:
            return None
        return (inside,)


def _parse(source: str) -> tuple[Document, list[Element], list[Text]]:
    _, document, nodes, runs = _read(source)
    return document, nodes, runs


def _read(source: str) -> tuple[Page, Document, list[Element], list[Text]]:
    """Parse and flatten. The hottest loop of all: it fills the builder's arrays itself."""
    document = turbohtml.parse(source, source_locations=True, allow_declarative_shadow_roots=False)
    build = PageBuilder()
    number: dict[Node | None, int] = {document: -1}
    known = number.get
    nodes: list[Element] = []
    runs: list[Text] = []
    tags, parents, ids, classes, text_first = build.tags, build.parents, build.ids, build.classes, build.text_first
    texts, text_parents, text_at = build.texts, build.text_parents, build.text_at
    count = 0
    for node in document.descendants:
        if type(node) is Text:
            parent = known(node.parent)
            if parent is not None:
                texts.append(node.data)
                text_parents.append(parent)
                text_at.append(count)
                runs.append(node)
        elif type(node) is Element:
            parent = known(node.parent)
            if parent is not None:
                number[node] = count
                attr = node.attr
                tags.append(node.tag)
                parents.append(parent)
                ids.append(attr("id"))
                classes.append(attr("class"))
                text_first.append(len(texts))
                nodes.append(node)
                count += 1

    def attributes(i: int) -> Mapping[str, str]:
        return _attributes(nodes[i])

    def values(names: frozenset[str]) -> list[tuple[int, str, str]]:
        try:
            return [
                (i, name, node.attr(name) or "")
                for i, node in enumerate(nodes)
                for name in node.attrs
                if name in names
            ]
        except UnicodeDecodeError:
            rows = enumerate(map(_attributes, nodes))
            return [(i, name, value) for i, found in rows for name, value in found.items() if name in names]

    build.saved_from = saved_from_in(source)
    return build.build(attributes, values), document, nodes, runs


def _attributes(node: Element) -> dict[str, str]:
    """The attributes of an element; none where a name holds a lone surrogate, which the parser cannot tell."""
    try:
        # Asking for each value by its name takes time quadratic in their number; only lists of tokens come split.
        rows = node.attrs.items()
    except UnicodeDecodeError:
        return {}
    return {name: value if isinstance(value, str) else node.attr(name) or "" for name, value in rows}


def _normal(source: str) -> Document:
    document = turbohtml.parse(source, positions=False, allow_declarative_shadow_roots=False)
    _join(document)
    return document


def _join(document: Document) -> None:
    """Make neighbouring text nodes one, as a parser does."""
    if document.root is not None:
        document.root.normalize()


def _without(
    parsed: tuple[Document, Sequence[Element], Sequence[Text]],
    chosen: Mapping[Cut, tuple[Span, ...]],
    where: SourceMap,
) -> Document:
    """The tree of the input with the cuts made in it."""
    document, nodes, runs = parsed
    for cut, spans in chosen.items():
        node: Element | Text = nodes[cut.node] if cut.node >= 0 else runs[~cut.node]
        if node.parent is None:
            continue
        if isinstance(node, Text):
            node.extract()
            continue
        match cut.action:
            case Action.UNWRAP:
                node.unwrap()
            case Action.REMOVE_ATTR:
                for name in cut.names:
                    del node.attrs[name]
            case Action.REMOVE_CLASS:
                _drop_classes(node, cut.names)
            case _ if spans == (where.inside(cut.node),) and None not in where.tags(cut.node):
                node.clear()
            case _:
                node.extract()
    _join(document)
    return document


def _drop_classes(node: Element, names: Sequence[str]) -> None:
    value, gone = node.attr("class") or "", frozenset(names)
    if gone.issuperset(class_tokens(value)):
        del node.attrs["class"]
    else:
        spans = class_spans(value, (0, len(value)), gone)
        node.attrs["class"] = apply(value, [Edit(*span) for span in spans])
