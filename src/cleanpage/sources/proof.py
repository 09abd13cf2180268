"""Which cuts of an HTML text can be made, and how.

An output is parsed again and held against the tree of the input without the removed nodes (contract 2). Where they
differ, the cut that is to blame is found by halving. It is widened to all that the element holds, narrowed to what
stands between its tags, and tried again once the others are made; then each thing in it is tried for itself, and what
cannot be cut even so is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

import turbohtml
from turbohtml import Document, Element, Text

from cleanpage.cuts import Cut, Span
from cleanpage.model import Action
from cleanpage.page import Page, class_tokens
from cleanpage.sources.edits import Edit, apply, class_spans, edits, merge, plan
from cleanpage.sources.spans import SourceMap

__all__ = ["Parsed", "Proof"]

_FEW = 8
"""How many cuts that failed are tried again once the others are made, since what stood in their way may be gone; where
more fail, the page is so broken that proofs would run out."""


Parsed = tuple[Document, Mapping[int, Element | Text]]
"""The parser's tree, and its nodes for some of those of the page."""


class Proof:
    """The cuts of one text that can be made, as far as they are found: `good`, with their spans, and their `output`.

    At most so many `proofs` are made. `whole` says of which cut one is a part; `left` are those that are not made,
    `untried` those among them of which that might change with more proofs.
    """

    def __init__(
        self, source: str, page: Page, where: SourceMap, parse: Callable[[Iterable[int]], Parsed], proofs: int
    ) -> None:
        self.good: Mapping[Cut, tuple[Span, ...]] = {}
        self.output = source
        self.whole: dict[Cut, Cut] = {}
        self.left: list[Cut] = []
        self.untried: dict[Cut, None] = {}
        self._source = source
        self._page = page
        self._where = where
        self._parse = parse
        self._plans: dict[Cut, tuple[Span, ...] | None] = {}
        self._proofs = proofs

    def plan(self, cut: Cut) -> tuple[Span, ...] | None:
        """The spans that a cut is first tried with; None where the source does not tell."""
        if cut not in self._plans:
            self._plans[cut] = plan(cut, self._page, self._where)
        return self._plans[cut]

    def prove(self, cuts: Sequence[Cut]) -> None:
        """Find out which of `cuts` can be made."""
        for cut in self._make_late(self._make(cuts)):
            self._make_parts(cut)

    def inserted(self) -> tuple[tuple[int, str], ...]:
        """The implied tags written out: position in the source, and the tag."""
        return tuple((e.start, e.instead) for e in self._edits(self.good) if e.instead)

    def _make(self, cuts: Sequence[Cut]) -> list[Cut]:
        """Make each cut in the first way that can be proved; returns those that cannot be made."""
        ways = {cut: self._ways(cut) for cut in cuts}
        spans = {cut: next(found) for cut, found in ways.items()}
        tried, failed = [list(cuts)], []
        while tried:
            group = tried.pop()
            if not group or self._try({**self.good, **{cut: spans[cut] for cut in group}}):
                continue
            if len(group) > 1:
                half = len(group) // 2
                tried += [group[half:], group[:half]]
            elif other := next(ways[group[0]], None):
                spans[group[0]] = other
                tried.append(group)
            else:
                failed.append(group[0])
        return failed

    def _make_late(self, cuts: Sequence[Cut]) -> list[Cut]:
        """Make those of a few cuts that could not be made before others were; returns the others."""
        return self._make(cuts) if len(cuts) <= _FEW else list(cuts)

    def _make_parts(self, cut: Cut) -> None:
        """Make what can be made of a cut: each thing in it for itself, or each thing in that. If that is all there is,
        its tags may go too."""
        parts, left, tried = [], [], [cut]
        while tried:
            part = tried.pop()
            inside = self._parts(part) if self._proofs else []
            if not inside:
                left.append(part)
            parts += inside
            tried += self._make(inside)
        left = self._make_late(left)
        if cut in self.good:
            return
        made = {part for part in parts if part in self.good}
        if left or not self._try_joined(cut, made):
            self.whole |= dict.fromkeys((*made, *left), cut)
            self.left += left
            if not self._proofs:
                self.untried |= dict.fromkeys(left)

    def _try_joined(self, cut: Cut, parts: Set[Cut]) -> bool:
        """Whether an element can go as its tags, its `parts` and the white space in it, all of which are made."""
        page, tags = self._page, self._where.tags(cut.node)
        runs = [~t for t in range(page.text_first[cut.node], page.text_end[cut.node]) if page.is_white_space(~t)]
        blanks = [span for run in runs for span in self.plan(Cut(run)) or ()]
        pieces = [span for part in parts for span in self.good[part]]
        others = {other: spans for other, spans in self.good.items() if other not in parts}
        return self._try({**others, cut: tuple(merge([*(tag for tag in tags if tag), *pieces, *blanks]))})

    def _try(self, chosen: dict[Cut, tuple[Span, ...]]) -> bool:
        """Whether the output with the `chosen` cuts is read as the input without them; they are `good` then."""
        if not self._proofs:
            return False
        self._proofs -= 1
        output = apply(self._source, self._edits(chosen))
        document, nodes = self._parse(cut.node for cut in chosen)
        _cut_out(chosen, nodes, self._where)
        _join(document)
        if not document.equals(_normal(output)):
            return False
        self.good, self.output = chosen, output
        return True

    def _ways(self, cut: Cut) -> Iterator[tuple[Span, ...]]:
        """The ways to make a cut. An element goes from tag to tag; with all that is in it, where that is more; and but
        for its tags."""
        first = self.plan(cut)
        if first is None:
            return
        yield first
        if cut.node < 0 or cut.action is not Action.REMOVE:
            return
        whole, inside = self._where.whole(cut.node), self._where.inside(cut.node)
        if whole and (whole,) != first:
            yield (whole,)
        if None not in self._where.tags(cut.node) and inside and inside[0] < inside[1]:
            yield (inside,)

    def _parts(self, cut: Cut) -> list[Cut]:
        """What stands in a removed element, each for itself, but for white space."""
        if cut.node < 0 or cut.action is not Action.REMOVE:
            return []
        parts = (Cut(node) for node in self._page.content(cut.node) if not self._page.is_white_space(node))
        return [part for part in parts if self.plan(part)]

    def _edits(self, chosen: Mapping[Cut, tuple[Span, ...]]) -> list[Edit]:
        removed = {cut.node: spans[0] for cut, spans in chosen.items() if cut.action is Action.REMOVE}
        others = [span for cut, spans in chosen.items() for span in spans[cut.action is Action.REMOVE :]]
        return edits(removed, others, self._page, self._where)


def _normal(source: str) -> Document:
    document = turbohtml.parse(source, positions=False, allow_declarative_shadow_roots=False)
    _join(document)
    return document


def _join(document: Document) -> None:
    """Make neighbouring text nodes one, as a parser does."""
    if document.root is not None:
        document.root.normalize()


def _cut_out(chosen: Mapping[Cut, tuple[Span, ...]], nodes: Mapping[int, Element | Text], where: SourceMap) -> None:
    """Make the cuts in the parser's tree."""
    for cut, spans in chosen.items():
        node = nodes[cut.node]
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


def _drop_classes(node: Element, names: Sequence[str]) -> None:
    value, gone = node.attr("class") or "", frozenset(names)
    if gone.issuperset(class_tokens(value)):
        del node.attrs["class"]
    else:
        spans = class_spans(value, (0, len(value)), gone)
        node.attrs["class"] = apply(value, [Edit(*span) for span in spans])
