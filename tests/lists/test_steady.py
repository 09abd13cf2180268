"""What a steady selector finds on what is left of a page, it has found on the whole page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage.budget import Budget
from cleanpage.match.selectors import MatchContext, parse_selector
from cleanpage.match.steady import is_steady, only_finds_less
from cleanpage.model import Action, Condition, Range, Reach, Rule
from cleanpage.remainder import remainder
from cleanpage.sources.html import HtmlReading

STEADY = [
    ".a", "#b", "p", "*", "[class]", "[class^=a]", "p.a#b", "div > .a", "div .a", ".a ~ p", ":is(.a, p) i",
    ".a:not(.c)", "p:not(.a.c, #b)", "div:has(.a)", "div:has(> p > i)", "p:has(~ .a)", ":is(div, p):has(i):not(.c) > i", "a:link",
]  # fmt: skip
UNSTEADY = [
    ".a + p", "p:has(+ p)", ":empty", "p:first-child", "p:last-child", "p:only-child", "p:nth-child(2)", "p:nth-of-type(2)",
    "div:not(:has(p))", "p:not(div > p)", "p:not(:empty)", "div:has(p:empty)", "p:has-text(x)", ".a:upward(1)", "div:has(> p + p)",
]  # fmt: skip


@pytest.mark.parametrize("text", STEADY)
def test_own_names_ancestors_and_what_an_element_has_are_steady(text: str) -> None:
    assert only_finds_less(parse_selector(text))


@pytest.mark.parametrize("text", UNSTEADY)
def test_places_neighbours_texts_and_what_an_element_lacks_are_not(text: str) -> None:
    assert not only_finds_less(parse_selector(text))


def test_a_rule_is_steady_if_it_goes_by_a_steady_selector_alone() -> None:
    assert is_steady(Rule(id="x", select=".a", action=Action.KEEP))
    assert not is_steady(Rule(id="x", select=".a", conditions=(Condition("words", Range(0, 40)),)))
    assert not is_steady(Rule(id="x", select=".a", reach=Reach.BOX))
    assert not is_steady(Rule(id="x", select="p:empty"))
    assert not is_steady(Rule(id="x", xpath="//p"))
    assert not is_steady(Rule(id="x"))


_TAGS = st.sampled_from(
    [
        "<div>",
        "<div class=a>",
        "<p>",
        "<p class=a>",
        "<p class='a c'>",
        "<i>",
        "<i id=b>",
        "</div>",
        "</p>",
        "</i>",
        "x",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_TAGS, min_size=2, max_size=30).map("".join),
    st.sets(st.integers(3, 30), max_size=4),
    st.sampled_from(STEADY),
)
def test_a_steady_selector_finds_nothing_new_after_cuts(html: str, gone: set[int], text: str) -> None:
    page, selector = HtmlReading(html).page, parse_selector(text)
    cuts = page.outermost(sorted(i for i in gone if i < len(page)))
    left = remainder(page, cuts)
    before = set(selector.select(page, MatchContext(Budget(100_000))))
    after = {left.elements[i] for i in selector.select(left.page, MatchContext(Budget(100_000)))}
    assert after <= before
