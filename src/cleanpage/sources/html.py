"""HTML text: read by turbohtml, cut by source span, and every cut proved (`proof.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

import turbohtml
from turbohtml import Document, Element, Node, Text

from cleanpage.cuts import Cut, Span, Written
from cleanpage.model import Action
from cleanpage.page import Page, PageBuilder
from cleanpage.sources.proof import Parsed, Proof
from cleanpage.sources.saved import saved_from_in
from cleanpage.sources.spans import SourceMap

__all__ = ["HtmlReading"]

_PROOFS = 200
"""How many times one page may be parsed again to find a cut that cannot be made."""
_PROVED = 40_000_000
"""How many characters may be parsed again for one page: a large one has fewer proofs, but at least `_LEAST_PROOFS`."""
_LEAST_PROOFS = 8
_CHANGES = "a cut here would change how the rest is parsed"
_UNKNOWN = "its place in the source is not known"


class HtmlReading:
    """A parsed HTML text: its page, and for each element of the page the parser's node.

    >>> reading = HtmlReading("<p>a<p class=ad>b<p>c")
    >>> reading.write((Cut(4),)).output
    '<p>a<p>c'
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.page, document, nodes, runs = _read(source)
        self._where = SourceMap(source, self.page, nodes)
        self._nodes, self._runs = nodes, runs
        self._document: Document | None = document
        """what the first proof cuts up."""
        self._proofs = max(_LEAST_PROOFS, min(_PROOFS, _PROVED // (len(source) + 1)))

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """The source without the cut spans; cuts that cannot be made are refused with a reason. Each writing has half
        as many proofs as the one before."""
        proof = Proof(self.source, self.page, self._where, self._parse, self._proofs)
        self._proofs = max(_LEAST_PROOFS, self._proofs // 2)
        proof.prove([cut for cut in cuts if proof.plan(cut)])
        return self._written(proof, {cut: _UNKNOWN for cut in cuts if not proof.plan(cut)})

    def _parse(self, wanted: Iterable[int]) -> Parsed:
        """The source parsed once more, with the parser's nodes for those of the page that are wanted."""
        if self._document is not None:
            document, self._document = self._document, None
            return document, {n: self._nodes[n] if n >= 0 else self._runs[~n] for n in wanted}
        document = turbohtml.parse(self.source, positions=False, allow_declarative_shadow_roots=False)
        elements, runs = self._places
        return document, _at({elements[n] if n >= 0 else runs[~n]: n for n in wanted}, document)

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Which of the parser's nodes, in document order, the elements and the text runs of the page are."""
        _, document, nodes, runs = _read(self.source)
        places: dict[Node, int] = {node: place for place, node in enumerate(document.descendants)}
        return [places[node] for node in nodes], [places[run] for run in runs]

    def _written(self, proof: Proof, refused: Mapping[Cut, str]) -> Written:
        """What came of it. The parts of a cut that could not be made in one count as that cut, which is both made and
        refused where only some of its parts could be."""
        made: dict[Cut, tuple[Span, ...]] = {}
        parts: dict[Cut, dict[Cut, tuple[Span, ...]]] = {}
        for cut, spans in proof.good.items():
            whole = proof.whole.get(cut, cut)
            made[whole] = tuple(sorted((*made.get(whole, ()), *spans)))
            if whole is not cut:
                parts.setdefault(whole, {})[cut] = spans
        reasons = {**refused, **{proof.whole.get(cut, cut): _CHANGES for cut in proof.left}}
        instead = {cut: [part.node for part in parts.get(cut, ())] for cut in {**reasons, **parts}}
        for cut in proof.untried:
            instead[proof.whole[cut]].append(cut.node)
        stuck = {
            cut.node: tuple(nodes)
            for cut, nodes in instead.items()
            if cut.action is Action.REMOVE and cut not in proof.untried and not self.page.is_white_space(cut.node)
        }
        return Written(proof.output, made, reasons, parts, proof.inserted(), stuck)


def _at(places: Mapping[int, int], document: Document) -> dict[int, Element | Text]:
    """The parser's nodes at some places of a document, under the numbers given to these."""
    found: dict[int, Element | Text] = {}
    rest, passed = iter(document.descendants), 0
    for place in sorted(places):
        node = next(islice(rest, place - passed, None))
        assert isinstance(node, Element | Text)
        found[places[place]] = node
        passed = place + 1
    return found


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
                (i, name, node.attr(name) or "") for i, node in enumerate(nodes) for name in node.attrs if name in names
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
