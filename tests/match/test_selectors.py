"""CSS on a Page: the cases in cases/css.md, index keys, errors, limits, and hostile pages."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from match.selector_cases import Case, read_cases, selected

from cleanpage.budget import Budget, BudgetSpent
from cleanpage.errors import LimitExceeded, RuleError
from cleanpage.match.selectors import MatchContext, SelectorError, parse_selector
from cleanpage.page import Page, PageBuilder
from cleanpage.sources.html import HtmlReading


@pytest.mark.parametrize("case", read_cases("css.md"), ids=lambda case: case.name)
def test_css_selects(case: Case) -> None:
    assert selected(case) == case.expected


@pytest.mark.parametrize("case", read_cases("css.md"), ids=lambda case: case.name)
def test_every_selected_element_has_one_of_the_keys(case: Case) -> None:
    if case.expected.startswith("error"):
        return
    page = HtmlReading(case.html).page
    keys = parse_selector(case.selector).keys()
    context = MatchContext(Budget(10**6))
    for i in parse_selector(case.selector).select(page, context):
        assert keys is None or any(has_key(page, i, key) for key in keys)


def has_key(page, i, key):
    index, name = key[0], key[1]
    value = page.attrs(i).get(name)
    return {
        "tag": page.tags[i] == name,
        "id": page.ids[i] == name,
        "class": name in MatchContext(Budget(1)).tokens(page.classes[i] or ""),
        "attr": value is not None,
        "attr=": value == key[-1],
        "attr^=": (value or "").startswith(key[-1]),
    }[index]


@pytest.mark.parametrize(
    ("selector", "keys"),
    [
        (".a", [("class", "a")]),
        ("#a", [("id", "a")]),
        ("div.a#b[c]", [("id", "b")]),
        ("div.a > p", [("tag", "p")]),
        ("a-gift[id]", [("tag", "a-gift")]),
        ("a[href^='https://x']", [("attr^=", "href", "https://x")]),
        ("a[href^='ht']", [("attr", "href")]),
        ("[data-a='b']", [("attr=", "data-a", "b")]),
        ("[data-a='b' i]", [("attr", "data-a")]),
        ("[rel='b']", [("attr", "rel")]),
        ("[class='a b']", [("class", "a")]),
        ("[class^='a b']", [("class", "a")]),
        ("[class^='abc']", [("attr^=", "class", "abc")]),
        ("[class~='a']", [("class", "a")]),
        ("[id='a']", [("id", "a")]),
        ("[id='']", [("attr=", "id", "")]),
        (".a, p > #b", [("class", "a"), ("id", "b")]),
        ("p:is(.a, #b)", [("class", "a"), ("id", "b")]),
        (":is(.a, :not(.b))", None),
        (":not(.a)", None),
        ("*", None),
        (".a, *", None),
        ("linearGradient", [("tag", "lineargradient"), ("tag", "linearGradient")]),
        (".a:has-text(x):upward(2)", [("class", "a")]),
        (":xpath(//p)", None),
    ],
)
def test_keys(selector: str, keys: list[tuple[str, ...]] | None) -> None:
    found = parse_selector(selector).keys()
    assert (found if found is None else list(found)) == keys


def test_errors_point_at_the_place() -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector("div > p:nth-chlid(2)")
    assert caught.value.where.column == 8
    assert caught.value.hint == "did you mean :nth-child?"


def test_errors_inside_an_operator_point_at_the_place() -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector("div:has(p:has-text(x) > .1)")
    assert caught.value.where.column == 26


@pytest.mark.parametrize(
    ("selector", "code"),
    [
        ("a" * 10_001, "selector-length"),
        (":is(" * 31 + "a" + ")" * 31, "selector-depth"),
        (":has(" * 31 + ":has-text(a)" + ")" * 31, "selector-depth"),
        ("a " * 101 + "a", "selector-depth"),
        ("a " * 60 + ":is(" + "a " * 60 + ")", "selector-depth"),
    ],
)
def test_limits(selector: str, code: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        parse_selector(selector)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text", ["li:nth-child(" + "9" * 5_000 + ")", "p:upward(" + "9" * 5_000 + ")", ":has-text(" + "[" * 9_000]
)
def test_oversized_arguments_are_refused(text: str) -> None:
    with pytest.raises(SelectorError):
        parse_selector(text)


def test_no_break_space_is_part_of_a_class() -> None:
    page = HtmlReading("<p class='x\u00a0y'>").page
    context = MatchContext(Budget(100))
    assert [i for i in range(len(page)) if parse_selector(".x\u00a0y").matches(page, i, context)] == [3]
    assert [i for i in range(len(page)) if parse_selector(".x").matches(page, i, context)] == []


def test_the_deepest_selectors_run() -> None:
    page = deep(300)
    for selector in (
        "div " * 99 + "p",
        "div > " * 99 + "div",
        ":is(" * 29 + "div p" + ")" * 29,
        ":not(" * 30 + "a" + ")" * 30,
    ):
        parse_selector(selector).select(page, MatchContext(Budget(10**6)))


def test_selectors_are_equal_by_text_and_survive_pickling() -> None:
    for text in (".a", "p:has(> a)", "p:has-text(/a+/i):upward(2)"):
        selector = parse_selector(text)
        again = pickle.loads(pickle.dumps(selector))
        assert again == selector
        assert {selector: 1}[again] == 1


def test_selectors_do_not_change() -> None:
    with pytest.raises(AttributeError):
        parse_selector(".a").text = ".b"  # type: ignore[misc]


def test_candidates_limit_where_it_looks() -> None:
    page = HtmlReading("<p class=a><p class=a><p class=a>").page
    selector = parse_selector("p.a")
    assert selector.select(page, MatchContext(Budget(100)), candidates=[3, 5]) == [3, 5]


def deep(count: int) -> Page:
    """A chain of `count` div elements with a p in the last; deeper than HTML parsers let an element stand."""
    build = PageBuilder()
    for i in range(count):
        build.element("div", i - 1)
    build.run("x", build.element("p", count - 1))
    return build.build(lambda _: {})


HOSTILE = {
    "deep": deep(20_000),
    "wide": HtmlReading("<ul>" + "<li>x" * 20_000).page,
    "many siblings": HtmlReading("<p><b></b>" + "<i></i>" * 20_000).page,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize(
    "selector",
    [
        "div div div div div div",
        "div > div > div > div",
        "div:has(div div div p)",
        ":has(:has(:has(p)))",
        "div:not(div div) div div q",
        "b ~ i ~ i ~ i ~ q",
        "i ~ i ~ i ~ i",
        "i + i ~ i + i ~ i",
        "li:nth-child(2n+1):nth-last-child(3n)",
        "li:nth-child(2n+1 of :not(.x))",
        "i:has(~ i ~ i ~ i)",
        ":is(div div, :is(div div) div) :is(div div) p",
        "div:not(:has(div:not(:has(div))))",
        "div:has(p:has-text(x))",
        "div:has-text(x):upward(div)",
        "p:upward(q)",
    ],
)
def test_work_stays_linear(page: Page, selector: str) -> None:
    context = MatchContext(Budget(40 * len(page) + 1_000))
    found = parse_selector(selector).select(page, context)
    assert found == sorted(set(found))


def test_budget_ends_what_takes_too_long() -> None:
    page = HtmlReading("<p>" * 5_000).page
    with pytest.raises(BudgetSpent):
        parse_selector("p:has-text(/x{3}y+$/)").select(page, MatchContext(Budget(1_000)))


PIECES = [
    *"ab.#[]=\"'():>+~ ,*\\/1n-|\x00é\n{}",
    ":not(",
    ":has(",
    ":is(",
    ":has-text(",
    ":upward(",
    ":nth-child(",
    ":xpath(",
]
TEXT = st.lists(st.sampled_from(PIECES)).map("".join)


@given(TEXT | st.text())
def test_any_text_is_a_selector_or_an_error_of_ours(text: str) -> None:
    try:
        selector = parse_selector(text)
    except RuleError as error:
        assert str(error)
        return
    assert parse_selector(text) == selector
    page = HtmlReading("<div class=a id=b><a href=c>ab</a><p>n</div>").page
    context = MatchContext(Budget(100_000))
    found = selector.select(page, context)
    assert found == [i for i in range(len(page)) if selector.matches(page, i, context)]
