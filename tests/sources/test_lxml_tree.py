"""What is particular to lxml trees."""

from __future__ import annotations

import pytest
from lxml import etree, html

from cleanpage.sources.lxml_tree import LxmlReading

HTML = '<div rel=a><a href="/x" rel=b>t</a><!-- c --><p class=q>u</p></div>'
SVG = (
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="#a"/><a xlink:href="#b" href="#c" rel="r"/></svg>'
)


@pytest.mark.parametrize("tree", [html.fromstring(HTML), etree.fromstring(SVG)], ids=["html", "namespaces"])
def test_values_asked_for_at_once_are_those_of_each_element(tree: etree._Element) -> None:
    names = frozenset({"href", "rel", "class"})
    page = LxmlReading(tree).page
    asked = {name: {i: page.attrs(i)[name] for i in range(len(page)) if name in page.attrs(i)} for name in names}
    assert page.columns(names) == asked
