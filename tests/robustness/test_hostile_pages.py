"""Pages made to be slow: the work grows with their size and no faster, nothing is lost, and nothing recurses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from robustness.hostile_pages import PAGES
from support.oracle import cut_out

import cleanpage
from cleanpage import rounds
from cleanpage.sources.html import HtmlReading

URL = "https://news.example.com/2025/harbour"
SIZE = 12_000
GROWTH = 2.5
"""How much more work a page of twice the size may be."""


@pytest.fixture(scope="module")
def cleaner() -> cleanpage.Cleaner:
    return cleanpage.Cleaner()


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_work_grows_no_faster_than_the_page(
    make: Callable[[int], str], cleaner: cleanpage.Cleaner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How often a page is looked at again is bounded on its own, and is left out here.

    A page of twice the size may look different as a whole and be decided on in another way; not so at every doubling.
    """
    monkeypatch.setattr(rounds, "_MOST", 2)
    once, twice = cleaner.run(make(SIZE), URL), cleaner.run(make(2 * SIZE), URL)
    assert not once.incomplete and not twice.incomplete
    if twice.steps > GROWTH * once.steps:
        assert cleaner.run(make(4 * SIZE), URL).steps <= GROWTH * twice.steps


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_only_the_reported_spans_go(make: Callable[[int], str], cleaner: cleanpage.Cleaner) -> None:
    page = make(SIZE)
    result = cleaner.run(page, URL)
    spans = [span for removal in result.removals for span in removal.spans]
    assert result.output == cut_out(page, spans, dict(result.report.inserted))
    assert "heard forty speakers" in result.output


@pytest.mark.parametrize("depth", [1_000, 20_000, 100_000])
@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "svg", "template"])
def test_text_after_deep_nesting_stays(depth: int, tag: str, cleaner: cleanpage.Cleaner) -> None:
    page = f"<body><p>before</p>{f'<{tag}>' * depth}<p>after</p>"
    result = cleaner.run(page, URL)
    assert "after" in result.output
    assert not result.incomplete
    assert all(len(removal.path) < 100_000 for removal in result.removals)


def test_a_heading_behind_a_huge_script_is_seen(cleaner: cleanpage.Cleaner) -> None:
    page = f"<script>{'x=1;' * 3_000_000}</script><h1>After the script</h1>"
    assert HtmlReading(page).page.by_tag["h1"]
    assert cleaner.clean(page, URL).endswith("<h1>After the script</h1>")


@pytest.mark.parametrize("source", ["lxml", "bs4"])
def test_deep_trees_are_cleaned_without_recursion(source: str, cleaner: cleanpage.Cleaner) -> None:
    depth = 5 * sys.getrecursionlimit()
    tree = _deep_lxml(depth) if source == "lxml" else _deep_soup(depth)
    assert cleaner.run(tree, URL).output is tree


def _deep_lxml(depth: int) -> object:
    from lxml import etree

    root = at = etree.Element("html")
    for _ in range(depth):
        at = etree.SubElement(at, "div")
    at.text = "after"
    return root


def _deep_soup(depth: int) -> object:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup("<p>before</p>", "html.parser")
    at = soup.p
    assert at is not None
    for _ in range(depth):
        inner = soup.new_tag("div")
        at.append(inner)
        at = inner
    at.append("after")
    return soup


def test_over_the_budget_the_page_comes_back_as_it_is() -> None:
    page = PAGES["many share bars"](SIZE)
    result = cleanpage.Cleaner(steps=1_000).run(page, URL)
    assert result.output is page
    assert result.incomplete
    assert result.why_incomplete
    assert result.removals == ()
    assert result.to_dict()["incomplete"] is True


def test_a_page_costs_the_same_each_time(cleaner: cleanpage.Cleaner) -> None:
    page = PAGES["many captions"](SIZE)
    steps = cleaner.run(page, URL).steps
    assert cleaner.run(page, URL).steps == steps
    assert not cleanpage.Cleaner(steps=steps).run(page, URL).incomplete
    assert cleanpage.Cleaner(steps=steps - 1).run(page, URL).incomplete


TEXTS = {
    "short lines": "\n".join("ab" for _ in range(4_000)),
    "one paragraph": "\n".join(f"Nightjar over the dry hill at dusk and once more {n}" for n in range(4_000)),
    "code": "```\n" + "a = 1\n" * 4_000 + "```\n",
    "blank lines": " \n" * 4_000 + "end",
    "table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 4_000,
}


@pytest.mark.parametrize("options", [{}, {"builtin": False}, {"only": ["ad"]}], ids=["packaged", "none", "few"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_costs_the_same_each_time(text: str, options: dict[str, Any]) -> None:
    free = cleanpage.Cleaner(**options).run_text(text)
    assert not free.incomplete
    assert not cleanpage.Cleaner(steps=free.steps, **options).run_text(text).incomplete
    assert cleanpage.Cleaner(steps=free.steps - 1, **options).run_text(text).incomplete
