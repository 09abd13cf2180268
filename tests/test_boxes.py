"""What goes with the texts that go: pictures, players and controls, and what is left empty."""

from __future__ import annotations

import pytest

from cleanpage.cleaner import Cleaner
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.toml import read_toml

SENTENCE = "The ferry left the harbour at seven, and nobody on board had any idea of the fog that lay ahead of them. "
RULES = """
schema = 1
[[rule]]
id = "menu"
kind = "nav"
select = ".menu"
[[rule]]
id = "player"
kind = "other"
text = ["to view this video"]
[[rule]]
id = "keep"
action = "keep"
select = ".keep"
"""


def cleaned(html: str) -> str:
    output: str = Cleaner([read_toml(RULES, file="mine.toml")], builtin=False).clean(html)
    return output


def test_a_picture_between_texts_that_go_goes_too() -> None:
    html = "<p>One</p><p class=menu>Home</p><div><img src=a></div><p class=menu>News</p><p>Two</p>"
    assert cleaned(html) == "<p>One</p><p>Two</p>"


@pytest.mark.parametrize("kept", ["<img class=keep src=a>", "<div class=keep><img src=a></div>"])
def test_a_picture_that_a_rule_keeps_stays_between_texts_that_go(kept: str) -> None:
    html = f"<p>One</p><p class=menu>Home</p>{kept}<p class=menu>News</p><p>Two</p>"
    assert cleaned(html) == f"<p>One</p>{kept}<p>Two</p>"


def test_a_player_whose_own_text_stays_stays() -> None:
    html = "<p>One</p><p class=menu>Home</p><video><p class=menu>Play</p><p>How it went</p></video><p>Two</p>"
    assert cleaned(html) == "<p>One</p><video><p>How it went</p></video><p>Two</p>"


@pytest.mark.parametrize("text", ["To view this video enable scripts", "<p>To view this video enable scripts</p>"])
def test_of_a_player_what_it_says_where_it_cannot_play_goes_and_the_player_stays(text: str) -> None:
    assert cleaned(f"<p>One</p><div><video src=a>{text}</video></div><p>Two</p>") == (
        "<p>One</p><div><video src=a></video></div><p>Two</p>"
    )


def test_a_player_between_texts_that_go_goes_with_its_own_text() -> None:
    player = "<div><video src=a><p>To view this video enable scripts</p></video></div>"
    html = f"<p>One</p><p class=menu>Home</p>{player}<p class=menu>News</p><p>Two</p>"
    assert cleaned(html) == "<p>One</p><p>Two</p>"


@pytest.mark.parametrize("picture", ["img", "amp-img"])
def test_the_pictures_of_a_gallery_named_after_the_article_stay(picture: str) -> None:
    slide = f"<div class=slide><{picture}></{picture}><div>A walk along the old canal</div></div>"
    slides = slide.replace("</img>", "") * 4
    html = f"<article><h1>A walk along the old canal</h1><p>{SENTENCE * 6}</p><p>{SENTENCE * 5}</p>{slides}</article>"
    title = 'schema = 1\n[[rule]]\nid = "title"\nkind = "caption_dup"\nrepeats = ["title"]\n'
    output = Cleaner([read_toml(title, file="mine.toml")], builtin=False).clean(html)
    assert (output.count(f"<{picture}>"), output.count("A walk")) == (4, 1)


ARTICLE = "<article><h1>The ferry</h1>" + f"<p>{SENTENCE * 3}</p>" * 4 + "</article>"
DOUBTFUL = "<div class=widget><h4>Join us</h4></div>"


@pytest.mark.parametrize(("below", "left"), [(DOUBTFUL, False), ("<p>In the evening the fog was gone.</p>", True)])
def test_below_the_article_a_picture_goes_if_the_text_behind_it_is_likely_clutter(below: str, left: bool) -> None:
    html = f"<body>{ARTICLE}<p class=menu>Home</p><div><img src=a></div>{below}"
    assert ("<img" in cleaned(html)) is left
    assert below in cleaned(html)


def test_with_what_a_filter_names_nothing_goes_on_a_guess() -> None:
    html = f"<body>{ARTICLE}<p class=menu>Home</p><div><img src=a></div>{DOUBTFUL}"
    cleaner = Cleaner([read_filter_list("##.menu\n", cache=False)], builtin=False)
    assert cleaner.clean(html) == html.replace("<p class=menu>Home</p>", "")


def test_within_the_article_a_picture_stays_beside_likely_clutter() -> None:
    html = f"<body>{ARTICLE}<p class=menu>Home</p><div><img src=a></div>{DOUBTFUL}{ARTICLE}"
    assert "<img" in cleaned(html)
