"""Rules made to be slow, on pages made to be slow for them: each pays for what it does, or is not applied.

Work is counted as function calls, by a profile hook, so that nothing here depends on how fast the machine is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

import cleanpage
from cleanpage.report import Result
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.toml import read_toml

URL = "https://www.example.com/news"
STEPS = 60_000
CALLS_PER_STEP = 30
SETTING_UP = 500_000
"""Function calls to compile rules, to read a page and to see its structure, before any rule is run."""

PAGES = {
    "deep": "<div>" * 2_500 + "x" + "</div>" * 2_500 + "<p>after",
    "wide": "<p class=a>x</p>" * 4_000,
    "classes": f'<div class="{" ".join(f"c{k}" for k in range(4_000))}">x</div>',
    "attributes": "<div " + " ".join(f"data-x{k}=y" for k in range(4_000)) + ">x</div>",
    "texts": "<div>a " * 1_500 + "</div>" * 1_500,
    "words": f"<p>{'a' * 50_000}</p>" + f"<p>{'a ' * 20_000}</p>",
    "headings": "<h2>Share</h2><p>x</p>" * 2_000,
    "lines": "<p>Share</p>" * 3_000,
}

RULES = {
    "descendants": "select = 'div div div div div div'",
    "children": f"select = '{'>'.join(['div'] * 90)}'",
    "siblings": f"select = '{'~'.join(['p'] * 60)}'",
    "adjacent": f"select = '{'+'.join(['p'] * 60)}'",
    "has in has": "select = 'div:has(div:has(div:has(div:has(p))))'",
    "nothing has": "select = '*:not(:has(*:not(:has(p))))'",
    "has siblings": "select = 'p:has(~ p ~ p ~ p.b)'",
    "has of many": f"select = ':has({','.join(f'.b{k}' for k in range(500))})'",
    "is of many": f"select = ':is({','.join(f'.b{k} p' for k in range(500))})'",
    "not of many": f"select = '{''.join(f':not(.b{k})' for k in range(500))}'",
    "many attributes": f"select = '{''.join(f'[class*=a{k}]' for k in range(3))}, [data-x1*=y] *'",
    "nth of": "select = ':nth-child(2n+1 of :not(:has(b)))'",
    "text of every element": "select = '*:has-text(/a.*b/)'",
    "text by a pattern with repeats": "select = '*:has-text(/a*a*a*b/)'",
    "text by a pattern without re2": "select = '*:has-text(/(?=a)a*b/)'",
    "upward": "select = '*:upward(200)'",
    "upward and down": "select = 'div:upward(div):has(div):upward(div):has(p)'",
    "others": "select = 'div:others()'",
    "matches attributes": "select = '*:matches-attr(/data.*/=/y*z/)'",
    "xpath of everything": "xpath = '//*//*'",
    "xpath of everything in everything": "xpath = '//*//*//*//*'",
    "xpath with predicates": "xpath = '//*[count(.//*) > 3][.//*[count(.//*) > 2]]'",
    "xpath siblings": "xpath = '//*[preceding-sibling::*[following-sibling::*]]'",
    "phrases in every element": "select = '*'\ntext = ['share * now * again']",
    "headings of every element": "select = '*'\nheading = ['share']\nreach = 'section'",
    "lines with the rest": "select = 'p, h2'\ntext = ['share']\nreach = 'rest'",
    "boxes": "select = '*'\nreach = 'box'",
    "items": "select = '*'\nitems = '5..'",
    "has evidence": "select = '*'\nhas = ['b', ':not(p) i']",
    "evidence of every element": "select = '*'\nevidence = '0.1..'",
    "repeats of every element": "select = '*'\nrepeats = ['caption', 'title']",
    "kept everywhere": "action = 'keep'\nselect = '*'",
    "unwrapped everywhere": "action = 'unwrap'\nselect = 'div, p'",
    "classes by a pattern": "action = 'remove-class'\nnames = ['/^c/']\nselect = '[class]'",
    "attributes by a pattern": "action = 'remove-attr'\nnames = ['/^data/']\nselect = 'div'",
}


class Hung(BaseException):
    """Far more work than the budget allows."""


@contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Raises Hung where more function calls are made meanwhile."""
    left = calls

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        left -= event == "call"
        if left < 0:
            sys.setprofile(None)
            raise Hung(f"more than {calls:,} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def run(cleaner: cleanpage.Cleaner, page: str) -> Result:
    with at_most(SETTING_UP + CALLS_PER_STEP * STEPS):
        result = cleaner.run(page, URL)
        assert len(result.report.removals) == len(result.report.texts)
    assert result.steps <= STEPS
    if result.incomplete:
        assert result.output is page
    return result


@pytest.fixture(scope="module", params=RULES.values(), ids=RULES)
def cleaner(request: pytest.FixtureRequest) -> cleanpage.Cleaner:
    rule = f'[[rule]]\nid = "r"\nsites = ["example.com"]\n{request.param}\n'
    return cleanpage.Cleaner([read_toml(rule, file="slow.toml")], builtin=False, steps=STEPS)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_rule_stays_within_the_budget(page: str, cleaner: cleanpage.Cleaner) -> None:
    run(cleaner, page)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_many_filters_stay_within_the_budget(page: str) -> None:
    lines = [f"##.b{k}:has(.a)\n##p:has-text(/a.*{k}/)\n##div > div:not(:has(.x{k}))" for k in range(200)]
    lists = read_filter_list("\n".join(lines) + "\n", cache=False)
    run(cleanpage.Cleaner([lists], builtin=False, steps=STEPS), page)


def test_a_rule_over_the_budget_says_so() -> None:
    rule = read_toml("[[rule]]\nid = 'r'\nselect = 'p'\ntext = ['share']\nreach = 'rest'", file="slow.toml")
    result = run(cleanpage.Cleaner([rule], builtin=False, steps=STEPS), PAGES["lines"])
    assert result.incomplete
    assert "budget" in result.why_incomplete


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", "([a-z]+)*x", "(.*)(.*)(.*)(.*)(.*)x"])
def test_patterns_that_backtrack_are_refused_or_run_in_linear_time(pattern: str) -> None:
    lists = read_filter_list(f"##p:has-text(/{pattern}/)\n", cache=False)
    run(cleanpage.Cleaner([lists], builtin=False, steps=STEPS), PAGES["words"])


@pytest.mark.parametrize("name", ["\\31" * 2000, "\\a " * 2000, "-\\-" * 2000, "a\\," * 2000])
@pytest.mark.parametrize("written", [".{}", "#{}", "{}", "[{}]", "[a={}]", ".a:not(.{}", "{}|b", ":lang({})", "p:upward({})"])
def test_names_with_many_escapes_are_read_in_one_way(name: str, written: str) -> None:
    line = "*##" + written.format(name) + "!"
    assert not read_filter_list(line + "\n", cache=False).rules
