"""Rows of cards."""

from __future__ import annotations

import pytest

from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.cards import Cards

TITLES = ("The lighthouse gets a new lamp", "Two ferries for the summer months", "A bell goes missing for good")
HEAD = "<link rel=canonical href=https://www.harbour.example/news/boat>"


def row(cards: str, head: str = HEAD) -> list[str]:
    """The texts in the row of the first block that stands in one."""
    page = HtmlReading(f"<head>{head}</head><body><p>Before the cards.</p>{cards}<p>Behind them.</p>").page
    found = blocks(page)
    rows = Cards(page, found)
    first = next(filter(None, map(rows.row, range(len(found)))), None)
    return [found.texts[b] for card in first.cards for b in card] if first else []


def cards(each: str, titles: tuple[str, ...] = TITLES) -> str:
    return "<div>" + "".join(each.replace("TITLE", title) for title in titles) + "</div>"


@pytest.mark.parametrize(
    "each",
    [
        "<div class=card><img src=a.jpg><h3><a href=/1>TITLE</a></h3></div>",
        "<a href=/1><img src=a.jpg><p>TITLE</p></a>",
        "<li><a href=https://harbour.example/1><picture><img src=a.jpg></picture></a><p>TITLE</p></li>",
        "<section><article class='card post-1'><img src=a.jpg><a href=//sport.harbour.example/1>TITLE</a></article></section>",
    ],
)
def test_boxes_alike_with_a_picture_and_a_link_are_a_row(each: str) -> None:
    assert row(cards(each)) == list(TITLES)


@pytest.mark.parametrize(
    ("each", "why"),
    [
        ("<div class=card><img src=a.jpg><h3>TITLE</h3></div>", "no link"),
        ("<div class=card><h3><a href=/1>TITLE</a></h3></div>", "no picture"),
        (
            "<figure><a href=/large/a.jpg><img src=a.jpg></a><figcaption>TITLE</figcaption></figure>",
            "links to pictures",
        ),
        ("<div class=card><img src=a.jpg><a href=#top>TITLE</a></div>", "links to the page itself"),
        ("<div class=card><img src=a.jpg><a href=https://shop.example/1>TITLE</a></div>", "links to another site"),
    ],
)
def test_what_leads_to_no_other_page_of_the_site_is_no_card(each: str, why: str) -> None:
    assert row(cards(each)) == [], why


def test_a_box_that_looks_like_the_cards_and_leads_nowhere_is_in_no_row() -> None:
    each = "<div class=card><img src=a.jpg><h3><a href=/1>TITLE</a></h3></div>"
    other = "<div class=card><img src=a.jpg><h3>A picture of the quay in winter</h3></div>"
    page = HtmlReading(f"<head>{HEAD}</head><body>{other}{cards(each)}").page
    found = blocks(page)
    rows = Cards(page, found)
    assert [rows.row(b) is None for b in range(len(found))] == [True, False, False, False]


def test_two_cards_are_no_row() -> None:
    assert row(cards("<div class=card><img src=a.jpg><a href=/1>TITLE</a></div>", TITLES[:2])) == []


def test_names_without_a_headline_are_no_row() -> None:
    names = ("Cherry yoghurt", "Plum yoghurt", "Plain yoghurt")
    assert row(cards("<div class=card><img src=a.jpg><a href=/1>TITLE</a></div>", names)) == []


def test_cards_in_several_rows_of_the_same_name_are_one_row() -> None:
    each = "<div class=grid><div class=card><img src=a.jpg><a href=/1>TITLE</a></div></div>"
    assert row(cards(each)) == list(TITLES)


def test_on_a_page_that_does_not_say_its_address_any_link_counts() -> None:
    each = "<div class=card><img src=a.jpg><a href=https://shop.example/1>TITLE</a></div>"
    assert row(cards(each), head="") == list(TITLES)
