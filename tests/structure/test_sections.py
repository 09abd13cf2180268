"""How far a cut reaches from the element a rule applies to."""

from __future__ import annotations

import pytest

from cleanpage.budget import Budget
from cleanpage.page import Page
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.sections import box, rank, rest, section


def page_of(html: str) -> Page:
    return HtmlReading(html).page


def texts(page: Page, nodes: tuple[int, ...]) -> list[str]:
    return [text for node in nodes if (text := page.text(node))]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2 id=x>A</h2><p>b</p><h2>C</h2><p>d</p>", ["A", "b"]),
        ("<h2 id=x>A</h2><h3>b</h3><p>c</p><h1>D</h1>", ["A", "b", "c"]),
        ("<h2 id=x>A</h2>loose<p>b</p>", ["A", "loose", "b"]),
        ("<section><header><h2 id=x>A</h2></header><ul><li>b</ul></section><h2>C</h2>", ["A", "b"]),
        ("<p id=x>More from Ann</p><p>b</p><h3>C</h3>", ["More from Ann", "b"]),
        ("<h2 id=x>A</h2><div><h2>B</h2></div><p>c</p>", ["A"]),
    ],
)
def test_a_section_runs_to_the_next_heading_of_its_rank(html: str, expected: list[str]) -> None:
    page = page_of(html)
    assert texts(page, section(page, page.by_id["x"][0], Budget(1000))) == expected


def test_rest_is_all_that_follows_in_the_container() -> None:
    page = page_of("<div><p>a</p><p id=x>b</p>c<p>d</p></div><p>e</p>")
    assert texts(page, rest(page, page.by_id["x"][0], Budget(1000))) == ["b", "c", "d"]


def test_a_box_holds_nothing_else() -> None:
    page = page_of("<main><p>a</p><div class=outer><div><b id=x>Ad</b></div></div></main>")
    assert page.classes[box(page, page.by_id["x"][0], Budget(1000))] == "outer"


def test_a_box_never_is_the_body() -> None:
    page = page_of("<div><b id=x>Ad</b></div>")
    assert page.tags[box(page, page.by_id["x"][0], Budget(1000))] == "div"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h3 id=x>a</h3>", 3),
        ("<div id=x role=heading aria-level=4>a</div>", 4),
        ("<div id=x><h2>a</h2>b</div>", 2),
        ("<div id=x>b<h2>a</h2></div>", None),
        ("<p id=x>a</p>", None),
    ],
)
def test_the_rank_of_a_heading(html: str, expected: int | None) -> None:
    page = page_of(html)
    assert rank(page, page.by_id["x"][0]) == expected
