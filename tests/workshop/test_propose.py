"""`cleanpage rules new`: the rule for what somebody points at."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from workshop.running import Run

from cleanpage.errors import InputError
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.structure import Structure
from cleanpage.workshop.propose import Surroundings, propose

ARTICLE = """<article class="css-9z8y7x story"><h1>The bridge opens after seven years of work</h1>
<p>The bridge across the river was opened on Tuesday by the mayor, who walked over it with two hundred people.</p>
{box}
<p>Building it took seven years and cost more than was planned, because the ground on the northern bank was soft.</p>
<p>The old bridge will be taken down in the spring of next year, and its stones will be used for the new quay.</p>
</article>"""
LETTER = "<p>Sign up for our newsletter and never miss a bridge</p><button>Sign up</button>"

BOXES = {
    # the box that is pointed at: the selector that is proposed
    f'<div id="newsletter-signup" class="x">{LETTER}</div>': "#newsletter-signup",
    f'<div class="css-1x2y3z newsletter-box mt-4">{LETTER}</div>': ".newsletter-box",
    f'<div class="Newsletter_box__3fkA9">{LETTER}</div>': '[class^="Newsletter_box__"]',
    f'<div class="sc-aBcDeF" data-testid="newsletter">{LETTER}</div>': 'div[data-testid="newsletter"]',
    f'<div id="post-123456" class="newsletter-box">{LETTER}</div>': ".newsletter-box",
}


def around(html: str) -> Surroundings:
    frame = f"<html><head><title>The bridge</title></head><body><main>{html}</main></body></html>"
    return Surroundings(Structure(HtmlReading(frame).page))


@pytest.mark.parametrize(("box", "selector"), BOXES.items())
def test_names_that_last_come_before_made_ones(box: str, selector: str) -> None:
    page = around(ARTICLE.format(box=box))
    best = propose("never miss a bridge", page)[0]
    assert best.rule.select == selector
    assert best.rule.kind == "newsletter"
    assert best.others == ()


def test_a_box_without_a_name_is_found_by_its_words() -> None:
    page = around(ARTICLE.format(box=f'<div class="css-1x2y3z">{LETTER}</div>'))
    best = propose("never miss a bridge", page)[0]
    assert best.rule.select == ""
    assert {condition.key for condition in best.rule.conditions} == {"words", "text"}


def test_a_list_below_a_heading_is_found_by_the_heading() -> None:
    items = "".join(f"<li><a href=/{n}>Another story number {n} of the week</a></li>" for n in range(4))
    page = around(ARTICLE.format(box="") + f'<div class="css-1x2y3z"><h2>Most read</h2><ul>{items}</ul></div>')
    best = propose("Most read", page)[0]
    assert [condition.key for condition in best.rule.conditions] == ["heading"]
    assert "number 3" in page.text(best.nodes)


def test_nothing_of_the_article_is_proposed() -> None:
    """The class stands on the article's paragraphs too: it cannot be used."""
    html = ARTICLE.replace("<p>", '<p class="promo">').format(box=f'<p class="promo">{LETTER}</p>')
    page = around(html)
    for proposal in propose("never miss a bridge", page):
        assert "Building it took" not in page.text((*proposal.nodes, *proposal.others))


def test_a_selector_can_point() -> None:
    page = around(ARTICLE.format(box=f'<div class="newsletter-box">{LETTER}</div>'))
    assert propose(".newsletter-box", page)[0].rule.select == ".newsletter-box"


def test_a_made_name_that_points_is_replaced() -> None:
    page = around(ARTICLE.format(box=f'<div class="css-1x2y3z newsletter-box">{LETTER}</div>'))
    assert propose(".css-1x2y3z", page)[0].rule.select == ".newsletter-box"


def test_an_element_without_text_can_be_pointed_at() -> None:
    page = around(ARTICLE.format(box='<div id="promo-frame"><img src="a.png"></div>'))
    assert propose("#promo-frame", page)[0].rule.select == "#promo-frame"


def test_text_over_several_blocks_is_found() -> None:
    page = around(ARTICLE.format(box=f'<div class="newsletter-box">{LETTER}</div>'))
    assert propose("never miss a bridge Sign up", page)[0].rule.select == ".newsletter-box"


@pytest.mark.parametrize("pointed", ["no such text", ".no-such-class", "#"])
def test_pointing_at_nothing_is_an_error(pointed: str) -> None:
    with pytest.raises(InputError):
        propose(pointed, around(ARTICLE.format(box="")))


def test_command_writes_a_rule_with_its_test(pages: Path, run: Run) -> None:
    told = run("new", "--from", "pages/bridge.html", "--remove", "Sign up for our weekly", "-o", "example.com.toml")
    assert told.code == 0
    written = tomllib.loads(Path("example.com.toml").read_text())
    assert written["sites"] == ["example.com"]
    assert [rule["select"] for rule in written["rule"]] == [".newsletter-box"]
    assert len(written["test"]) == 1
    assert run("check", "example.com.toml").code == 0
    assert run("test", "example.com.toml").code == 0


def test_command_adds_to_a_file(pages: Path, run: Run) -> None:
    for pointed in ("Sign up for our weekly", "Most read"):
        assert run("new", "--from", "pages/bridge.html", "--remove", pointed, "-o", "example.com.toml").code == 0
    written = tomllib.loads(Path("example.com.toml").read_text())
    assert len(written["rule"]) == len(written["test"]) == 2
    assert run("test", "example.com.toml").code == 0


def test_command_says_what_else_the_rule_takes(folder: Path, run: Run) -> None:
    box = f'<div class="newsletter-box">{LETTER}</div>'
    Path("page.html").write_text(f"<main>{ARTICLE.format(box=box)}</main>{box}")
    told = run("new", "--from", "page.html", "--url", "https://example.com/1", "--remove", "never miss a bridge")
    assert "it also takes 1 other: " in told.err
    assert "or: select = div.newsletter-box" in told.err


def test_the_same_rule_is_not_written_twice(pages: Path, run: Run) -> None:
    order = ("new", "--from", "pages/bridge.html", "--remove", "Sign up for our weekly", "-o", "example.com.toml")
    assert run(*order).code == 0
    told = run(*order)
    assert told.code == 1
    assert "already" in told.err


def test_a_page_without_an_address_needs_one(folder: Path, run: Run) -> None:
    Path("page.html").write_text(ARTICLE.format(box=f'<div class="newsletter-box">{LETTER}</div>'))
    told = run("new", "--from", "page.html", "--remove", "never miss a bridge")
    assert told.code == 2
    assert "--url" in told.err


def test_command_warns_of_the_articles_own_text(pages: Path, run: Run) -> None:
    told = run("new", "--from", "pages/bridge.html", "--remove", "The bridge across the river")
    assert "it looks like the article's own text" in told.err


def test_command_tells_forms_as_they_are_written_in_a_file(folder: Path, run: Run) -> None:
    box = "<div><p>Sign up for our letter of the week</p></div>"
    Path("page.html").write_text(f'<link rel=canonical href="https://example.com/a"><article>{box}</article>')
    told = run("new", "--from", "page.html", "--remove", "Sign up for our letter")
    assert 'words = "..10", text = ["Sign up for our letter of the week"]' in told.err
