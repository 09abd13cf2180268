"""Cuts by source span: where elements end whose tags do not say so, and what is written in the place of a cut."""

from __future__ import annotations

import pytest

from cleanpage.cuts import Cut
from cleanpage.sources.html import HtmlReading

CASES = {
    "an element whose end tag is left out ends where the next begins": ("<p>a<p id=x>b<p>c", "<p>a<p>c"),
    "a list item ends where the list does": ("<ul><li>one<li id=x>two</ul>tail", "<ul><li>one</ul>tail"),
    "a void element is its tag": ("<p>a<img id=x>b</p>", "<p>ab</p>"),
    "an empty element of SVG is its tag": ("<svg><path id=x />\n<path /></svg>", "<svg>\n<path /></svg>"),
    "an element goes on after its end tag with what it holds": (
        "<div><form id=x><div>a</form> b</div> c</div>",
        "<div> c</div>",
    ),
    "the end tag that a cut had implied is written": (
        "<div><p>a<div id=x>b</div>c</div>",
        "<div><p>a</p>c</div>",
    ),
    "the body that a cut had opened is written": ("<title>t</title><i id=x>a</i> b", "<title>t</title><body> b"),
    "the body is written before what would stay in the head": (
        "<title>t</title><i id=x>a</i><link href=y>b",
        "<title>t</title><body><link href=y>b",
    ),
    "the body is not written where a tag opens it": ("<title>t</title><i id=x>a</i><p>b", "<title>t</title><p>b"),
    "the body is not written where text opens it": ("<title>t</title><i id=x>a</i>b", "<title>t</title>b"),
    "the body is not written at the end": ("<title>t</title><i id=x>a</i>", "<title>t</title>"),
    "line ends of two characters count as they are": ("<p>\r\na</p>\r\n<b id=x>b\r\n</b>\r\n", "<p>\r\na</p>\r\n\r\n"),
    "misnested formatting that no cut can undo stays, without its text": ("<b>1<i id=x>2</b>3</i>4", "<b>1<i id=x></b>3</i>4"),
}


@pytest.mark.parametrize(("source", "left"), CASES.values(), ids=CASES)
def test_what_is_left(source: str, left: str) -> None:
    reading = HtmlReading(source)
    assert reading.write((Cut(reading.page.by_id["x"][0]),)).output == left
