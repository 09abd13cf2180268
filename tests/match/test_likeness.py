"""The keys `line`, `like` and `most-like`: what a candidate says in a line of its own, and which kinds it may be."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner
from cleanpage.errors import RuleSyntaxError
from cleanpage.match.likeness import likeness, parse_like
from cleanpage.model import Range
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.structure import Structure

PROSE = "".join(
    f"<p>The {what} of the island was counted again this spring, and there was more of it than in any year before.</p>"
    for what in ("grass", "cattle", "timber", "wool")
)
PAGE = f"""<!DOCTYPE html><html lang="en"><body>
<nav class="main-menu"><ul class="menu"><li class="menu-item"><a href="/a">Sport</a></li>
<li class="menu-item"><a href="/b">Subscribe</a></li></ul></nav>
<main><article><h1>What the island owns</h1>{PROSE}
<div class="note"><p>All of it, with a year of maps.</p><button>Subscribe</button></div></article></main></body></html>"""


def cleaned(rule: str) -> str:
    rules = read_toml(f'[[rule]]\nid = "a"\nkind = "paywall"\n{rule}\n', file="x.toml")
    output = Cleaner([rules], builtin=False).clean(PAGE)
    assert isinstance(output, str)
    return output


def test_a_line_is_the_whole_text_of_a_block() -> None:
    assert "a year of maps" not in cleaned('select = "div"\nline = "Subscribe"')
    assert "a year of maps" in cleaned('select = "div"\nline = "a year of maps"')


def test_a_menu_is_told_from_a_prompt() -> None:
    output = cleaned('heading = "Subscribe"\nlike = "nav+footer ..0.5"')
    assert 'href="/b"' in output
    assert "<button>" not in output


def test_all_that_is_asked_must_hold() -> None:
    assert cleaned('heading = "Subscribe"\nlike = ["nav ..1", "nav 1.."]') == PAGE


def test_most_like_names_the_kinds_that_evidence_alone_asks_for() -> None:
    output = cleaned('evidence = "0.5.."\nmost-like = "nav"')
    assert 'href="/a"' not in output
    assert 'href="/a"' in cleaned('evidence = "0.5.."')


def test_shares_of_all_kinds_sum_to_one() -> None:
    structure = Structure(HtmlReading(PAGE).page)
    every = range(len(structure.blocks))
    kinds = structure.evidence.kind_scores(0)
    assert likeness(structure, every, frozenset(kinds)) == pytest.approx(1)
    assert likeness(structure, range(0), frozenset(kinds)) == 0


LIKES = [
    ("nav ..0.7", ({"nav"}, Range(0, 0.7))),
    ("nav+footer 0.2..0.7", ({"nav", "footer"}, Range(0.2, 0.7))),
    ("promo 0.5..", ({"promo"}, Range(0.5, 1))),
]


@pytest.mark.parametrize(("written", "expected"), LIKES)
def test_like_is_kinds_and_their_share(written: str, expected: tuple[set[str], Range]) -> None:
    assert parse_like(written) == expected


@pytest.mark.parametrize("written", ["nav", "..0.7", "nav 2..", "nav+ ..1", "nav 0.7", "menu ..0.7", ""])
def test_what_is_no_like_is_refused(written: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_like(written)
    assert caught.value.hint
