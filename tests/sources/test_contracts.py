"""The contracts every source keeps, on pages and cuts that hypothesis makes up; html5lib gives a second opinion."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from bs4 import BeautifulSoup
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from support import oracle

from cleanpage.cuts import Cut, Written
from cleanpage.model import Action
from cleanpage.page import Page
from cleanpage.sources.bytes import BytesReading
from cleanpage.sources.html import HtmlReading
from cleanpage.sources.lxml_tree import LxmlReading
from cleanpage.sources.soup import SoupReading

TEXTS = st.sampled_from(["one", " ", "\n", "\r\n", "&amp; two", "três", "四", "a < b", "&notit;", "x\x0by", " 5 &lt; 6 "])
NAMES = st.sampled_from(
    "p div span b i a em ul ol li dl dt dd table tr td th tbody section article h2 br img svg path figure button"
    " select option form font nobr template ruby rt details custom-box".split()
)
"""Without summary, which html5lib takes for an element that an li may close through, and the standard does not."""
ATTRIBUTES = st.sampled_from(
    ["", ' class="ad box"', " class=ad", " CLASS='ad'", ' id="a:b"', ' title="x > y"', " hidden", ' data-a="&quot;" class', "/"]
)
START = st.builds(lambda name, attributes: f"<{name}{attributes}>", NAMES, ATTRIBUTES)
END = st.builds(lambda name: f"</{name}>", NAMES)
OTHER = st.sampled_from(["<!-- c -->", "<!-->", "<!doctype html>", "</p>", "<script>if(a<b)'</p>'</script>", "<?pi?>", "<"])
WELL_FORMED = st.recursive(
    TEXTS,
    lambda inside: st.builds(
        lambda name, attributes, children: f"<{name}{attributes}>{''.join(children)}</{name}>",
        NAMES.filter(lambda name: name not in ("br", "img")),
        ATTRIBUTES.filter(lambda a: a != "/"),
        st.lists(inside, max_size=4),
    ),
    max_leaves=12,
)
SOURCES = st.lists(st.one_of(TEXTS, START, END, OTHER, WELL_FORMED), min_size=1, max_size=14).map("".join)
FRAMES = st.sampled_from(["{}", "<!doctype html><html><head><title>t</title></head><body>{}</body></html>", "\ufeff<main>{}"])
FOREIGN: Final = re.compile(r"<(svg|math)", re.I)
ENDING_FOREIGN: Final = re.compile(r"</(p|br)", re.I)
PAGES = st.builds(lambda frame, source: frame.format(source), FRAMES, SOURCES)
CHANGES = st.sampled_from([Action.REMOVE, Action.REMOVE, Action.REMOVE, Action.UNWRAP, Action.REMOVE_CLASS])


def draw_cuts(draw: Any, page: Page) -> tuple[Cut, ...]:
    """Some cuts, none inside another, none of the page's frame."""
    nodes = [i for i in range(len(page)) if page.tags[i] not in ("html", "head", "body")]
    nodes += [~t for t, parent in enumerate(page.text_parents) if parent >= 0]
    assume(nodes)
    chosen = draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=4, unique=True))
    outer = [n for n in chosen if not any(m >= 0 and m != n and page.contains(m, n) for m in chosen)]
    return tuple(_cut(draw, page, node) for node in sorted(outer, key=lambda node: (node < 0, node)))


def _cut(draw: Any, page: Page, node: int) -> Cut:
    action = draw(CHANGES)
    if action is Action.REMOVE or node < 0 or page.tags[node] == "template":
        return Cut(node)
    if action is Action.UNWRAP:
        return Cut(node, action)
    return Cut(node, action, ("ad",)) if "ad" in (page.classes[node] or "").split() else Cut(node)


@st.composite
def cases(draw: Any) -> tuple[str, tuple[Cut, ...]]:
    source = draw(PAGES)
    return source, draw_cuts(draw, HtmlReading(source).page)


@settings(max_examples=400, deadline=None)
@given(PAGES)
def test_without_cuts_the_output_is_the_input(source: str) -> None:
    assert HtmlReading(source).write(()).output is source
    data = source.encode()
    assert BytesReading(data).write(()).output is data


@settings(max_examples=600, deadline=None)
@given(cases())
@example(("<table><p></p></table> ", (Cut(3), Cut(4))))
def test_the_output_is_the_input_with_the_reported_spans_cut_out(case: tuple[str, tuple[Cut, ...]]) -> None:
    source, cuts = case
    written = HtmlReading(source).write(cuts)
    assert written.output == oracle.cut_out(source, oracle.spans_of(written), dict(written.inserted))
    assert set(written.spans) | set(written.refused) == set(cuts)


@settings(max_examples=600, deadline=None)
@given(cases())
def test_the_output_parses_to_the_tree_of_the_input_without_the_cut_nodes(case: tuple[str, tuple[Cut, ...]]) -> None:
    source, cuts = case
    assume("<template" not in source and "<select" not in source)
    # html5lib is older than the rule that these end tags end SVG and MathML (HTML Standard, 13.2.6.5).
    assume(not (FOREIGN.search(source) and ENDING_FOREIGN.search(source)))
    reading = HtmlReading(source)
    written = reading.write(cuts)
    try:
        expected = oracle.without_cuts(reading, written)
    except oracle.Unlike:
        assume(False)
    assert isinstance(written.output, str)
    assert oracle.difference(expected, oracle.parse(written.output)) == ""


@settings(max_examples=400, deadline=None)
@given(cases())
def test_no_text_outside_the_cuts_is_lost_and_none_is_added(case: tuple[str, tuple[Cut, ...]]) -> None:
    source, cuts = case
    reading = HtmlReading(source)
    written = reading.write(cuts)
    gone = {t for cut in oracle.made(written) for t in _texts_of(reading.page, cut)}
    left = "".join("".join(text.split()) for t, text in enumerate(reading.page.texts) if t not in gone)
    assert isinstance(written.output, str)
    assert "".join("".join(text.split()) for text in HtmlReading(written.output).page.texts) == left


def _texts_of(page: Page, cut: Cut) -> range:
    if cut.action is not Action.REMOVE:
        return range(0)
    if cut.node < 0:
        return range(~cut.node, ~cut.node + 1)
    return range(page.text_first[cut.node], page.text_end[cut.node])


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from(["utf-8", "utf-16", "windows-1252", "gb18030"]))
def test_bytes_are_cut_where_the_text_is(case: tuple[str, tuple[Cut, ...]], encoding: str) -> None:
    source, cuts = case
    assume(not source.startswith("\ufeff"))
    try:
        data = source.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    reading = BytesReading(data, None if encoding == "utf-16" else encoding)
    text = data.decode("utf-16-le" if encoding == "utf-16" else encoding)
    if reading.page.tags != HtmlReading(text).page.tags:
        pytest.fail(f"{encoding} was not recognised")
    written, expected = reading.write(cuts), HtmlReading(text).write(cuts)
    assert isinstance(written.output, bytes)
    assert isinstance(expected.output, str)
    assert written.output == expected.output.encode("utf-16-le" if encoding == "utf-16" else encoding)
    assert written.output == _bytes_cut_out(data, written, reading)


def _bytes_cut_out(data: bytes, written: Written, reading: BytesReading) -> bytes:
    text = data.decode("latin-1")
    codec = reading._decoded.codec
    inserted = {at: tag.encode(codec).decode("latin-1") for at, tag in written.inserted}
    return oracle.cut_out(text, oracle.spans_of(written), inserted).encode("latin-1")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "shift_jis", "gbk", "euc-kr", "big5", "utf-16le"]))
def test_any_bytes_come_back_without_cuts_and_outside_of_them(noise: bytes, encoding: str | None) -> None:
    data = b"<p>a</p>" + noise
    reading = BytesReading(data, encoding)
    assert reading.write(()).output == data
    paragraph = next((i for i, tag in enumerate(reading.page.tags) if tag == "p"), None)
    assume(paragraph is not None)
    assert paragraph is not None
    written = reading.write((Cut(paragraph),))
    assert isinstance(written.output, bytes)
    assert data.endswith(noise)
    if written.spans and not written.inserted:
        assert written.output.endswith(noise[-1:])
        assert len(written.output) == len(data) - sum(b - a for a, b in oracle.spans_of(written))


@settings(max_examples=400, deadline=None)
@given(st.data(), WELL_FORMED)
def test_trees_lose_what_is_cut_and_nothing_after_it(data: st.DataObject, inside: str) -> None:
    source = f"<div>before {inside} after</div>"
    for reading in (LxmlReading(lxml_html.fromstring(source)), SoupReading(BeautifulSoup(source, "html.parser"))):
        page = reading.page
        cuts = draw_cuts(data.draw, page)
        written = reading.write(cuts)
        assert all(cut.node == 0 for cut in written.refused)
        gone = {t for cut in written.spans for t in _texts_of(page, cut)}
        left = "".join(text for t, text in enumerate(page.texts) if t not in gone)
        again = type(reading)(written.output)  # type: ignore[arg-type]
        assert "".join(again.page.texts) == left


@pytest.mark.parametrize("second", [Action.UNWRAP, Action.REMOVE_CLASS])
def test_a_node_that_is_cut_twice_is_gone_or_whole(second: Action) -> None:
    source = "<div>a<b class='x y'>c</b>tail</div>"
    for reading in (HtmlReading(source), LxmlReading(lxml_html.fromstring(source)), SoupReading(BeautifulSoup(source, "html.parser"))):
        element = reading.page.tags.index("b")
        written = reading.write((Cut(element), Cut(element, second, ("x",))))
        again: Any = type(reading)(written.output)  # type: ignore[arg-type]
        assert "".join(again.page.texts) in ("atail", "actail")


TAILS = {
    "after it": "<div>a<b>x</b>tail</div>",
    "first child, parent has a tail of its own": "<section><div><b>x</b>tail</div>more</section>",
    "before a comment": "<div>a<b>x</b><!-- c -->tail</div>",
    "two in a row": "<div>a<b>x</b>tail<b>x</b>tail</div>",
    "between siblings": "<div><i>a</i>one<b>x</b>two<i>c</i>three</div>",
}


@pytest.mark.parametrize("source", TAILS.values(), ids=TAILS)
def test_the_text_after_a_removed_element_stays(source: str) -> None:
    expected = source.replace("<b>x</b>", "")

    def cut(reading: Any) -> Any:
        return reading.write(tuple(Cut(i) for i, tag in enumerate(reading.page.tags) if tag == "b")).output

    assert cut(HtmlReading(source)) == expected
    assert cut(BytesReading(source.encode())) == expected.encode()
    assert lxml_html.tostring(cut(LxmlReading(lxml_html.fromstring(source)))) == expected.encode()
    assert str(cut(SoupReading(BeautifulSoup(source, "html.parser")))) == expected
