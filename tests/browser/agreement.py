"""Holds what selectors select here against what they select in a browser, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from browser.chromium import Chromium
from cleanpage.budget import Budget
from cleanpage.errors import RuleError
from cleanpage.match.selectors import MatchContext, Selector, parse_selector
from cleanpage.page import Page
from cleanpage.sources.html import HtmlReading

__all__ = ["Difference", "Judge", "Verdict", "plain_selectors"]

_JUDGE = Path(__file__).with_name("judge.js").read_text(encoding="utf-8")
_KEEP = "(selectors) => { globalThis.selectors = selectors; }"
_STEPS = 2_000_000_000


class Difference(NamedTuple):
    """A selector and the elements, by number, that it selects on one side only."""

    page: str
    selector: str
    only_here: tuple[int, ...]
    only_there: tuple[int, ...]


@dataclass
class Verdict:
    """What the comparison of one page came to. A pair is the page with one selector."""

    page: str
    elements: int = 0
    pairs: int = 0
    selecting: int = 0
    """pairs that select something."""
    quirks: bool = False
    by_quirks: list[str] = field(default_factory=list)
    """selectors that select more in the browser only because it compares names without case in quirks mode."""
    refused: int = 0
    """selectors that the browser takes for no selectors."""
    differences: list[Difference] = field(default_factory=list)
    parsed_otherwise: str = ""
    """where the two trees part, if they do; then nothing else is compared."""
    found: dict[str, list[int]] = field(default_factory=dict)
    """selector to elements, of the pairs that select something in the browser."""
    read: Page | None = None


def plain_selectors(texts: Iterable[str]) -> list[Selector]:
    """Those of `texts`, each once, that are CSS alone: no operator of the filter lists, no action, nothing unusable."""
    found = []
    for text in dict.fromkeys(texts):
        try:
            selector = parse_selector(text)
        except RuleError:
            continue
        if selector.start is not None and not selector.operators and selector.action is None:
            found.append(selector)
    return found


class Judge:
    """A browser that has been handed some selectors, and judges pages by them."""

    def __init__(self, browser: Chromium, selectors: Sequence[Selector]) -> None:
        self._browser = browser
        self._selectors = selectors
        browser.run(_KEEP, [selector.text for selector in selectors])

    def judge(self, name: str, html: str) -> Verdict:
        """Hold all selectors against one page, here and in the browser."""
        page = HtmlReading(html).page
        theirs = self._browser.run(_JUDGE, html)
        verdict = Verdict(name, len(page), read=page, quirks=theirs["quirks"])
        verdict.parsed_otherwise = _first_difference(page.tags, theirs["tags"])
        if not verdict.parsed_otherwise:
            self._compare(page, theirs, verdict)
        return verdict

    def _compare(self, page: Page, theirs: dict[str, dict[str, list[int]]], verdict: Verdict) -> None:
        context = MatchContext(Budget(_STEPS), None)
        refused = set(theirs["refused"])
        verdict.refused = len(refused)
        for at, selector in enumerate(self._selectors):
            if at in refused:
                continue
            verdict.pairs += 1
            here, there = selector.select(page, context), theirs["found"].get(str(at), [])
            if there:
                verdict.selecting += 1
                verdict.found[selector.text] = there
            if here != there:
                ours, others = set(here), set(there)
                sides = tuple(sorted(ours - others)), tuple(sorted(others - ours))
                verdict.differences.append(Difference(verdict.page, selector.text, *sides))
            if verdict.quirks and theirs["inQuirks"].get(str(at), []) != there:
                verdict.by_quirks.append(selector.text)


def _first_difference(ours: list[str], theirs: list[str]) -> str:
    if ours == theirs:
        return ""
    pairs = zip(ours, theirs, strict=False)
    at = next((i for i, (here, there) in enumerate(pairs) if here != there), min(len(ours), len(theirs)))
    return (
        f"element {at} of {len(ours)} here, {len(theirs)} there: {ours[at : at + 4]} here, {theirs[at : at + 4]} there"
    )
