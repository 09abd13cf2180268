"""The filter lists' operators: the cases in cases/procedural.md, and what is said of a selector as a whole."""

from __future__ import annotations

import pytest
from match.selector_cases import Case, read_cases, selected

from cleanpage.budget import Budget
from cleanpage.match.selectors import MatchContext, parse_selector
from cleanpage.sources.html import HtmlReading


@pytest.mark.parametrize("case", read_cases("procedural.md"), ids=lambda case: case.name)
def test_operators_select(case: Case) -> None:
    assert selected(case, path="/news/caf%C3%A9?id=7") == case.expected


@pytest.mark.parametrize("case", read_cases("procedural.md"), ids=lambda case: case.name)
def test_elements_match_one_by_one_as_they_are_selected(case: Case) -> None:
    if case.expected.startswith("error"):
        return
    page = HtmlReading(case.html).page
    selector = parse_selector(case.selector)
    context = MatchContext(Budget(10**6), "/news/caf%C3%A9?id=7")
    one_by_one = [i for i in range(len(page)) if selector.matches(page, i, context)]
    assert one_by_one == selector.select(page, MatchContext(Budget(10**6), "/news/caf%C3%A9?id=7"))


def test_without_an_address_matches_path_selects_nothing() -> None:
    page = HtmlReading("<p>x").page
    assert parse_selector("p:matches-path(/)").select(page, MatchContext(Budget(100))) == []
    assert parse_selector("p:matches-path(/)").needs_path


def test_others_is_marked_as_inverting() -> None:
    assert parse_selector("#a:others()").inverts
    assert not parse_selector("#a:has-text(x)").inverts


def test_another_xpath_evaluator_can_be_given() -> None:
    page = HtmlReading("<p>x").page
    context = MatchContext(Budget(100), xpath=lambda page, expression, start, budget: [2])
    assert parse_selector(":xpath(//p)").select(page, context) == [2]
