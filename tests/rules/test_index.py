"""The index finds the rules that can do something on a page, loses none, and brings up few others."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage.budget import Budget
from cleanpage.match.hosts import PageUrl
from cleanpage.match.selectors import MatchContext, parse_selector
from cleanpage.model import Action, Rule, RuleSet, Sites
from cleanpage.page import Page
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.index import CompiledRules, Found, compile_rules
from cleanpage.sources.html import HtmlReading

sys.path.insert(0, str(Path(__file__).parent))
from filter_cases import Case, read_cases

URL = "https://www.example.com/news/1?x=2"


def page_of(html: str) -> Page:
    return HtmlReading(html).page


def rules_of(*texts: str) -> CompiledRules:
    return compile_rules(read_filter_list(text + "\n", file=f"{n}.txt", cache=False) for n, text in enumerate(texts))


def matched(found: Iterable[Found], page: Page, url: str | None) -> set[int]:
    """The elements that the rules that came up select."""
    address = PageUrl.parse(url)
    context = MatchContext(Budget(1_000_000), address.path if address else None)
    return {i for rule, elements in found for i in parse_selector(rule.select).select(page, context, elements)}


def selects(found: Iterable[Found]) -> list[str]:
    return [rule.select for rule, _ in found]


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_a_list_removes_what_it_says(case: Case) -> None:
    page = page_of(case.html)
    gone = matched(rules_of(case.filters).candidates(page, case.url), page, case.url)
    roots = {i for i in gone if page.tags[i] in ("html", "head", "body")}
    assert {page.ids[i] or page.tags[i] for i in gone - roots} == set(case.gone)


def test_rules_come_up_in_their_order_whatever_brings_them_up() -> None:
    rules = rules_of("##.bb\n*##div:has-text(x)\nexample.com###a\n##[data-x]", "example.com##.bb\n##div")
    page = page_of("<div id=a class=bb data-x>x</div>")
    found = rules.candidates(page, URL)
    assert [str(rule.origin) for rule, _ in found] == ["0.txt:1", "0.txt:2", "0.txt:3", "0.txt:4", "1.txt:1", "1.txt:2"]


def test_rules_without_a_trace_on_the_page_do_not_come_up() -> None:
    rules = rules_of(
        "##.none\n###none\n##none-such\n##[data-none]\n##a[href^='https://none.example']\nexample.com##.none\n"
        "##.none > img\n##a[href*='none']\n##[rel=none]\n##div[class^=none]\nexample.org##.bb"
    )
    page = page_of("<div class=bb><a rel=x href=y><img></a></div>")
    assert rules.candidates(page, URL) == []


def test_candidates_are_the_elements_with_the_key_in_document_order() -> None:
    page = page_of("<p class=xx></p><i></i><p class='y xx'></p><p class=xx></p>")
    [(_, elements)] = rules_of("##p.xx").candidates(page)
    assert elements is not None
    assert [page.tags[i] for i in elements] == ["p"] * 3
    assert all(a < b for a, b in pairwise(elements))


def test_candidates_by_several_attributes_are_in_document_order_too() -> None:
    page = HtmlReading("<p data-b=1>a</p><p data-a=1 data-b=1>b</p><p data-a=1>c</p>").page
    rules = read_filter_list('##[data-a="1"], [data-b="1"]\n', cache=False)
    assert [elements for _, elements in compile_rules([rules]).candidates(page)] == [[3, 4, 5]]


def test_a_rule_without_keys_looks_at_the_whole_page() -> None:
    [(rule, elements)] = rules_of("*##:has(> .xx)").candidates(page_of("<p></p>"))
    assert (rule.select, elements) == (":has(> .xx)", None)


def test_root_head_and_body_are_no_candidates_of_filters_that_remove() -> None:
    page = page_of("<html class=xx><head class=xx><body class=xx><p class=xx>")
    [(_, elements)] = rules_of("##.xx").candidates(page)
    assert [page.tags[i] for i in elements or ()] == ["p"]


def test_filters_that_edit_attributes_may_concern_the_body() -> None:
    page = page_of("<body class='lock xx'><p>")
    [(rule, elements)] = rules_of("example.com##body.lock:remove-class(lock)").candidates(page, URL)
    assert (rule.action, rule.names) == (Action.REMOVE_CLASS, ("lock",))
    assert [page.tags[i] for i in elements or ()] == ["body"]


def own(**keys: object) -> RuleSet:
    return RuleSet(name="own", rules=(Rule(id="r", **keys),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "url", "elements"),
    [
        (own(select="p, .xx"), None, ["div", "p"]),
        (own(select=".xx", sites=Sites(("example.com",))), URL, ["div"]),
        (own(select=".xx", sites=Sites(("example.com/news/*",))), URL, ["div"]),
        (own(select=".xx", sites=Sites(("example.*",))), URL, ["div"]),
        (own(select="body"), None, ["body"]),
        (own(xpath="//p"), None, None),
        (own(conditions=()), None, None),
    ],
)
def test_own_rules_come_up_like_filters(rules: RuleSet, url: str | None, elements: list[str] | None) -> None:
    page = page_of("<body><div class=xx></div><p></p>")
    [(_, found)] = compile_rules([rules]).candidates(page, url)
    assert (None if found is None else [page.tags[i] for i in found]) == elements


@pytest.mark.parametrize(
    "sites",
    [Sites(("example.org",)), Sites(("example.com/shop/*",)), Sites(("example.com",), ("www.example.com",))],
)
def test_own_rules_for_other_sites_do_not(sites: Sites) -> None:
    assert compile_rules([own(select="p", sites=sites)]).candidates(page_of("<p>"), URL) == []


def test_exceptions_of_lists_do_not_touch_own_rules() -> None:
    exceptions = read_filter_list("#@#.xx\n@@||example.com^$document\n", cache=False)
    assert len(compile_rules([own(select=".xx"), exceptions]).candidates(page_of("<p class=xx>"), URL)) == 1


def test_exceptions_hold_across_lists() -> None:
    assert rules_of("##.xx", "example.com#@#.xx").candidates(page_of("<p class=xx>"), URL) == []


def test_badfilter_holds_across_lists() -> None:
    rules = rules_of("##.xx\n@@||example.com^$ghide", "@@||example.com^$ghide,badfilter")
    assert selects(rules.candidates(page_of("<p class=xx>"), URL)) == [".xx"]


def test_a_list_that_is_given_twice_counts_once() -> None:
    assert len(rules_of("##.xx", "##.xx")) == 1


def test_compiled_rules_survive_pickling() -> None:
    rules = pickle.loads(pickle.dumps(rules_of("##.xx\nexample.com##p")))
    assert selects(rules.candidates(page_of("<p class=xx>"), URL)) == [".xx", "p"]


def test_rules_of_a_site_are_listed_whether_or_not_they_find_anything() -> None:
    rules = compile_rules([own(select=".xx"), own(select=".none", sites=Sites(("example.com",)))])
    assert [rule.select for rule in rules.of_site(PageUrl.parse(URL))] == [".none"]
    assert rules.of_site(None) == []


WORDS = ["ad", "Ad", "box", "ad-x", "b1", "//ads.example/x", "//ads.", "ä", "sm\\:x"]
NAMES = [word for word in WORDS if "/" not in word]
SIMPLE = st.one_of(
    st.sampled_from(NAMES).map(".{}".format),
    st.sampled_from(NAMES).map("#{}".format),
    st.sampled_from(["p", "a", "div", "b1-x"]),
    st.builds(
        '{}[{}{}"{}"]'.format,
        st.sampled_from(["", "a", "p"]),
        st.sampled_from(["href", "id", "class", "data-x", "rel"]),
        st.sampled_from(["=", "^=", "*=", "$="]),
        st.sampled_from(WORDS[:-1]),
    ),
)
COMPOUND = st.builds("{}{}".format, SIMPLE, SIMPLE.filter(lambda text: text[0] in ".#["))
SELECTOR = st.one_of(
    SIMPLE, COMPOUND, st.builds("{}{}{}".format, COMPOUND | SIMPLE, st.sampled_from([" ", " > ", " + ", ", "]), SIMPLE)
)
TAG = st.builds(
    '<{} id="{}" class="{} {}" href="{}" data-x="{}" rel="{}">'.format,
    st.sampled_from(["p", "a", "div", "b1-x"]),
    *[st.sampled_from([word.replace("\\", "") for word in WORDS])] * 6,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(SELECTOR, min_size=1, max_size=12), st.lists(TAG | st.just("</div>"), max_size=12))
def test_the_index_loses_no_element(selectors: list[str], tags: list[str]) -> None:
    page = page_of("".join(tags))
    context = MatchContext(Budget(10_000_000))
    listed = read_filter_list("".join(f"##{selector}\n" for selector in selectors), cache=False)
    compiled = compile_rules([listed])
    with_index = {
        (rule.id, i)
        for rule, elements in compiled.candidates(page)
        for i in parse_selector(rule.select).select(page, context, elements)
    }
    one_by_one = {(rule.id, i) for rule in listed.rules for i in parse_selector(rule.select).select(page, context)}
    assert with_index == one_by_one


def test_filters_can_be_switched_off_one_by_one() -> None:
    listed = read_filter_list("##.aa\n##.bb\nexample.com##.cc\n##.dd\n#@#.dd\n", file="my.txt", cache=False)
    left = replace(listed, rules=listed.rules.without({"my:1", "my:3"}.__contains__))  # type: ignore[attr-defined]
    assert [rule.id for rule in left.rules] == list(left.rules.ids()) == ["my:2", "my:4"]  # type: ignore[attr-defined]
    compiled = compile_rules([left])
    page = page_of("<p class='aa bb cc dd'>")
    assert selects(compiled.candidates(page, URL)) == [".bb"]
    assert (len(compiled), compiled.of_site(PageUrl.parse(URL))) == (2, [])
