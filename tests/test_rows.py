"""Rows of short boxes alike go together or not at all."""

from __future__ import annotations

import pytest

from cleanpage.match.find import Finding
from cleanpage.model import Rule
from cleanpage.rows import RowLimits, torn_rows
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.structure import Structure

LIMITS = RowLimits(least=4, words=12, mostly=0.5, likely=0.0, hardly=0.34, surely=1.0)
CERTAIN = RowLimits(least=4, words=12, mostly=0.5, likely=1.1, hardly=0.34, surely=-1.0)
RULE, NAMED = Rule(id="x/labels"), Rule(id="x/menu", select=".menu")


def torn(html: str, going: str, rule: Rule = RULE, limits: RowLimits = LIMITS) -> tuple[str, str]:
    """Of the boxes whose text is one of the letters of `going`: what else goes, and what stays after all."""
    page = HtmlReading(html).page
    structure = Structure(page)
    blocks = structure.blocks
    removed = {
        blocks.element[b]: Finding(rule, (blocks.element[b],), range(b, b + 1))
        for b, text in enumerate(blocks.texts)
        if text in going
    }
    more, less = torn_rows(removed, structure, limits)
    return "".join(page.text(f.nodes[0]) for f in more), "".join(page.text(f.nodes[0]) for f in less)


def row(letters: str, each: str = "<li>{}</li>") -> str:
    return "<p>Before</p><ul>" + "".join(map(each.format, letters)) + "</ul>"


@pytest.mark.parametrize(
    "each", ["<li>{}</li>", "<li><div><b>{}</b></div></li>", "<li class=x{0}>{0}</li>", "<a><p>{}</p></a>"]
)
def test_what_is_left_of_a_row_that_mostly_goes_goes_too(each: str) -> None:
    assert torn(row("abcd", each), "abc") == ("d", "")


@pytest.mark.parametrize("each", ["<li>{}</li>", "<li class=x><div><b>{}</b></div></li>"])
def test_what_goes_of_a_row_that_stays_stays_too(each: str) -> None:
    assert torn(row("abcd", each), "a") == ("", "a")


@pytest.mark.parametrize(
    ("html", "going", "why"),
    [
        (row("abc"), "ab", "too short a row"),
        (row("abcd"), "abcd", "all of it goes"),
        (row("abcde"), "ab", "neither most of it nor hardly any"),
        (row("abcd", "<li class={0}>{0}</li>"), "a", "boxes of different classes"),
        (row("abcd", "<li><p>{0}</p><p>" + "word " * 30 + "</p></li>"), "abc", "long texts"),
        (row("abcd", "<li><img src={0}.jpg>{0}</li>"), "abc", "boxes with pictures"),
        ("<i>a</i><p>b</p><div>c</div><h2>d</h2>", "bc", "boxes of different tags"),
    ],
)
def test_what_is_no_torn_row_is_left_alone(html: str, going: str, why: str) -> None:
    assert torn(html, going) == ("", ""), why


def test_rules_that_name_what_they_are_about_make_no_row() -> None:
    assert torn(row("abcd"), "abc", NAMED) == torn(row("abcd"), "a", NAMED) == ("", "")


def test_what_is_hardly_clutter_stays_and_what_surely_is_goes() -> None:
    assert torn(row("abcd"), "abc", limits=CERTAIN) == torn(row("abcd"), "a", limits=CERTAIN) == ("", "")


def test_where_rules_name_all_that_goes_no_evidence_is_asked_for() -> None:
    page = HtmlReading(row("abcd")).page
    structure = Structure(page)
    item = page.by_tag["li"][0]
    assert torn_rows({item: Finding(NAMED, (item,), range(1, 2))}, structure, LIMITS) == ([], [])
    assert "evidence" not in vars(structure)
