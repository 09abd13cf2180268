"""The judge of what a selector selects is a browser: the case files, and every plain filter of real lists."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from match.selector_cases import read_cases
from support import corpus

from browser.agreement import Judge, Verdict, plain_selectors
from browser.chromium import Chromium
from cleanpage.budget import Budget
from cleanpage.errors import RuleError
from cleanpage.match.hosts import PageUrl
from cleanpage.match.selectors import MatchContext, parse_selector
from cleanpage.model import Rule
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.index import CompiledRules, compile_rules
from cleanpage.sources.html import HtmlReading

LISTS = Path(os.environ.get("CLEANPAGE_LISTS") or corpus.FOLDER.parent / "lists")
PARTS = 5
EVERY = 8
"""One page in so many is judged: 84 of the 668."""
LEAST = 60
"""Pages that must have been compared in all parts together."""
NOT_FOR_BROWSERS = ("an attribute whose values HTML folds, with s", "matches is is by an old name")
"""Cases that a browser refuses, besides those with ``:has()`` in ``:has()``, which the blockers run by themselves."""
OF_THE_FILTER_LANGUAGES = {
    "has with scope written out": "in ':has()' a browser takes ':scope' for the root, the blockers for the element itself",
}
"""Cases that a browser answers otherwise, on purpose."""
FRAME = ("html", "head", "body")


def test_the_case_files_say_what_a_browser_says(browser: Chromium, record_property: Callable[..., None]) -> None:
    cases = [case for case in read_cases("css.md") if plain_selectors([case.selector])]
    assert len(cases) > 100
    refused, wrong = [], []
    for case in cases:
        verdict = Judge(browser, plain_selectors([case.selector])).judge(case.name, case.html)
        refused += [case] if verdict.refused else []
        wrong += [case.name] if verdict.differences or verdict.parsed_otherwise else []
    assert wrong == list(OF_THE_FILTER_LANGUAGES)
    assert [case.name for case in refused if case.selector.count(":has(") < 2] == list(NOT_FOR_BROWSERS)
    record_property("counted", {"cases": len(cases), "cases the browser refuses": len(refused)})


@cache
def filters() -> str:
    """The filters of all lists, without exceptions and conditions, so that every one of them counts on every page."""
    if not LISTS.is_dir():
        pytest.skip(f"no filter lists at {LISTS}; set CLEANPAGE_LISTS to their folder")
    lines = [line for path in sorted(LISTS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return "\n".join(line for line in lines if "#@" not in line and not line.startswith(("!", "@@"))) + "\n"


@cache
def rules() -> tuple[CompiledRules, tuple[Rule, ...]]:
    read = read_filter_list(filters(), file="lists.txt", cache=False)
    return compile_rules([read]), tuple(read.rules)


@pytest.fixture(scope="module")
def judge(browser: Chromium) -> Judge:
    return Judge(browser, plain_selectors(rule.select for rule in rules()[1]))


@pytest.mark.browser
@pytest.mark.parametrize("part", range(PARTS))
def test_every_plain_filter_selects_on_real_pages_what_a_browser_selects(
    judge: Judge, part: int, record_property: Callable[..., None]
) -> None:
    verdicts = []
    for page in corpus.pages(part * EVERY, PARTS * EVERY):
        verdict = judge.judge(page.name, page.data.decode("utf-8", "replace"))
        verdicts.append(verdict)
        assert not list(_not_found_by_the_index(verdict, page.url))
    compared = [verdict for verdict in verdicts if not verdict.parsed_otherwise]
    record_property("counted", _figures(verdicts))
    print(*_told(verdicts), sep="\n")
    assert [difference for verdict in verdicts for difference in verdict.differences] == []
    assert len(compared) >= LEAST / PARTS


def _not_found_by_the_index(verdict: Verdict, url: str) -> Iterator[tuple[str, list[int], list[int]]]:
    """What the index leads to on a page, where that is not what the browser selects there."""
    compiled, every = rules()
    page, address = verdict.read, PageUrl.parse(url)
    if page is None or verdict.parsed_otherwise:
        return
    context = MatchContext(Budget(2_000_000_000), address.path if address else None)
    found = {}
    for rule, elements in compiled.candidates(page, address):
        selector = parse_selector(rule.select)
        if not selector.operators:
            found[rule.select] = selector.select(page, context, elements)
    here = {rule.select for rule in every if rule.sites.generic} | {rule.select for rule in compiled.of_site(address)}
    for text in sorted(here & verdict.found.keys()):
        there = [i for i in verdict.found[text] if page.tags[i] not in FRAME]
        if there != found.get(text, []):
            yield text, found.get(text, []), there


def _figures(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {
        "pages": len(verdicts),
        "pages parsed otherwise": sum(bool(v.parsed_otherwise) for v in verdicts),
        "pairs": sum(v.pairs for v in verdicts),
        "pairs that select something": sum(v.selecting for v in verdicts),
        "pairs that differ": sum(len(v.differences) for v in verdicts),
        "pages in quirks mode": sum(v.quirks for v in verdicts),
        "pairs that differ by quirks mode alone": sum(len(v.by_quirks) for v in verdicts),
        "pairs the browser refuses": sum(v.refused for v in verdicts),
    }


def _told(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        if verdict.parsed_otherwise:
            yield f"{verdict.page}: parsed otherwise: {verdict.parsed_otherwise}"
        for difference in verdict.differences:
            yield f"{verdict.page}: {difference.selector}: only here {difference.only_here}, there {difference.only_there}"
        for selector in verdict.by_quirks:
            yield f"{verdict.page}: {selector}: selects more in the browser, by quirks mode"


def test_the_harness_sees_a_difference(browser: Chromium) -> None:
    class Wrong:
        text = "p"
        start = object()

        def select(self, *_: object) -> list[int]:
            return [3]

    verdict = Judge(browser, [Wrong()]).judge("own", "<p>a<p>b")  # type: ignore[list-item]
    (difference,) = verdict.differences
    assert (difference.only_here, difference.only_there) == ((), (4,))
    assert HtmlReading("<p>a<p>b").page.tags[4] == "p"


def test_names_are_compared_without_case_in_quirks_mode_by_the_browser_alone(browser: Chromium) -> None:
    judge = Judge(browser, plain_selectors([".Promo", "#Top"]))
    in_quirks = judge.judge("own", "<p class=promo>a<p id=top>b")
    assert in_quirks.quirks and in_quirks.by_quirks == [".Promo", "#Top"] and not in_quirks.differences
    in_standard = judge.judge("own", "<!doctype html><p class=promo>a<p id=top>b")
    assert not in_standard.quirks and not in_standard.by_quirks and not in_standard.differences


def test_the_browser_reads_noscript_as_elements_and_runs_no_script(browser: Chromium) -> None:
    html = (
        "<!doctype html><body><noscript><p class=promo>a</p></noscript><script>document.body.className = 'ran'</script>"
    )
    verdict = Judge(browser, plain_selectors(["noscript .promo", ".ran"])).judge("own", html)
    assert not verdict.parsed_otherwise and not verdict.differences and list(verdict.found) == ["noscript .promo"]


def test_selectors_with_a_meaning_in_time_only_are_no_plain_selectors() -> None:
    with pytest.raises(RuleError):
        parse_selector("a:hover")
    assert [selector.text for selector in plain_selectors([".x", ".x", "a:hover", "p:has-text(x)", ".y:remove()"])] == [
        ".x"
    ]
