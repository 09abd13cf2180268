"""HTML text, parsed by turbohtml; cuts are made by source span."""

from __future__ import annotations

from collections.abc import Mapping

import turbohtml
from turbohtml import Element, Text

from cleanpage.page import Page, PageBuilder


class HtmlReading:
    """A parsed HTML text: its page, and for each element of the page the parser's node."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.document = turbohtml.parse(
            source, source_locations=True, allow_declarative_shadow_roots=False
        )
        self.nodes: list[Element] = []
        self.runs: list[Text] = []
        self.page = self._read()

    def _read(self) -> Page:
        build = PageBuilder()
        number = {self.document: -1}
        known, nodes, runs = number.get, self.nodes, self.runs
        element, run = build.element, build.run
        for node in self.document.descendants:
            if type(node) is Element:
                parent = known(node.parent)
                if parent is not None:
                    attr = node.attr
                    number[node] = element(node.tag, parent, attr("id"), attr("class"))
                    nodes.append(node)
            elif type(node) is Text:
                parent = known(node.parent)
                if parent is not None:
                    run(node.data, parent)
                    runs.append(node)
        return build.build(self._attributes)

    def _attributes(self, i: int) -> Mapping[str, str]:
        node = self.nodes[i]
        attr = node.attr
        return {name: attr(name) or "" for name in node.attrs}
