"""How a page is split into its visible text blocks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import Blocks, blocks, blocks_around


def split(html: str) -> Blocks:
    return blocks(HtmlReading(html).page)


CASES = {
    "block elements part": ("<p>One<p>Two", ["One", "Two"]),
    "inline elements do not": ("<p>One <b>and</b> two</p>", ["One and two"]),
    "words split by a tag stay whole": ("<p>Wo<b>rd</b></p>", ["Word"]),
    "a line break is a space": ("<p>One<br>two</p>", ["One two"]),
    "text between block children is a block": ("<div>One<p>Two</p>Three</div>", ["One", "Two", "Three"]),
    "an empty block element parts": ("<div>One<div></div>Two</div>", ["One", "Two"]),
    "scripts and styles are passed over": ("<p>One<script>x()</script> two<style>b{}</style></p>", ["One two"]),
    "a block element in hidden text does not part": ("<div>One <template><p>x</p></template>two</div>", ["One two"]),
    "noscript is passed over": ("<p>One</p><noscript><p>Two</p></noscript>", ["One"]),
    "white space makes no block": ("<ul> <li> </li> <li>One</li> </ul>", ["One"]),
    "head is passed over": ("<title>Title</title><p>One", ["One"]),
    "buttons and options part": ("<button>One</button><select><option>Two<option>Three</select>", ["One", "Two", "Three"]),
    "nothing": ("", []),
    "the edge of a link parts words": ("<p><b>Read also</b><a href=/>The gate</a></p>", ["Read also The gate"]),
    "other edges do not": ("<p><b>R</b>ead al<i>so</i> 食<a href=/>事</a>.</p>", ["Read also 食事."]),
    "comments are passed over": ("<p>One<!-- no --> two</p>", ["One two"]),
}


@pytest.mark.parametrize(("html", "texts"), CASES.values(), ids=CASES)
def test_splits(html: str, texts: list[str]) -> None:
    assert split(html).texts == texts


def test_knows_the_share_of_links() -> None:
    found = split("<p>ab<a href=/>cde</a></p><li><a>all</a></li><p>none</p>")
    assert found.links == [0.5, 1.0, 0.0]


def test_counts_words_of_scripts_without_spaces() -> None:
    assert split("<p>新しいニュースです</p><p>a few words</p>").words == [4, 3]


def test_tells_where_a_block_stands() -> None:
    found = split("<div>One<p>T<b>w</b>o</p></div>")
    page = found.page
    assert [page.tags[e] for e in found.element] == ["div", "p"]
    assert [(found.first[b], found.end[b]) for b in (0, 1)] == [(0, 1), (1, 4)]


def test_tells_the_blocks_within_a_node() -> None:
    found = split("<div><p>One</p><p>T<b>w</b>o</p></div><p>Three</p><hr>")
    page = found.page
    assert list(found.within(page.by_tag["div"][0])) == [0, 1]
    assert list(found.within(page.by_tag["b"][0])) == [1]
    assert list(found.within(~2)) == [1]
    assert list(found.within(page.by_tag["hr"][0])) == []


def test_deep_nesting_is_no_recursion() -> None:
    assert split("<div>" * 20_000 + "<p>after</p>").texts == ["after"]


_PARTS = st.sampled_from(
    "<p> </p> <div> </div> <i> </i> <a> </a> <b> <ul><li> <template> </template> <br> <noscript> </body> <svg> One two".split()
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PARTS, max_size=30).map(" ".join))
def test_around_a_node_blocks_are_those_of_the_page(html: str) -> None:
    page = HtmlReading(html).page
    every = blocks(page)
    for node in [*range(len(page)), *(~t for t in range(len(page.texts)))]:
        near = blocks_around(page, node)
        there, here = every.within(node), near.within(node)
        for column in ("first", "end", "element", "inner", "texts", "words", "links"):
            of_page, of_node = getattr(every, column), getattr(near, column)
            assert of_node[here.start : here.stop] == of_page[there.start : there.stop]


def test_counts_the_blocks_that_begin_before_a_node() -> None:
    found = split("<p>One</p><i></i><div><p>Two</p></div><hr>")
    page = found.page
    assert [found.before(page.tags.index(tag)) for tag in ("p", "i", "div", "hr")] == [0, 1, 1, 2]
    assert found.before(~found.first[1]) == 1
