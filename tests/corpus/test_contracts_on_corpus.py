"""The contracts on real pages, with the packaged rules and with cuts taken at random; html5lib as second opinion."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from support import oracle, trees
from support.corpus import CorpusPage, pages

import cleanpage
from cleanpage.cuts import Cut, Written
from cleanpage.report import Result
from cleanpage.sources.bytes import BytesReading
from cleanpage.sources.encoding import decode
from cleanpage.sources.html import HtmlReading

PARTS = 8
SHARED = 200
"""How many pages are read as str, bytes, lxml tree and soup."""
UNCUTTABLE = ("a cut here would change how the rest is parsed", "its place in the source is not known")

Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def cleaner() -> cleanpage.Cleaner:
    return cleanpage.Cleaner()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[HtmlReading, Written]]:
    """What HtmlReading is asked to write while the test runs."""
    seen: list[tuple[HtmlReading, Written]] = []
    write = HtmlReading.write

    def watched(self: HtmlReading, cuts: tuple[Cut, ...]) -> Written:
        done = write(self, cuts)
        seen.append((self, done))
        return done

    monkeypatch.setattr(HtmlReading, "write", watched)
    return seen


@pytest.mark.parametrize("part", range(PARTS))
def test_only_the_reported_spans_go_from_text_and_bytes_and_the_rest_parses_as_before(
    part: int, cleaner: cleanpage.Cleaner, written: list[tuple[HtmlReading, Written]], record_property: Record
) -> None:
    counted: Counter[str] = Counter()
    for page in pages(part, PARTS):
        decoded = decode(page.data)
        text = decoded.text
        result = cleaner.run(text, page.url)
        assert result.output == _spans_out(text, result), page.name
        assert result.removals or result.output is text
        counted.update(pages=1, removals=len(result.removals), refused=len(result.refused))
        counted[_same_tree(*written.pop(), page)] += 1
        as_bytes = cleaner.run(page.data, page.url)
        assert as_bytes.output == _spans_out(page.data.decode("latin-1"), as_bytes).encode("latin-1"), page.name
        assert as_bytes.removals or as_bytes.output is page.data
        assert decode(as_bytes.output, decoded.codec).text == result.output, page.name
    record_property("counted", dict(counted))


@pytest.mark.parametrize("part", range(PARTS))
def test_cuts_taken_at_random_leave_the_tree_of_the_rest(part: int, record_property: Record) -> None:
    counted: Counter[str] = Counter()
    for number, page in enumerate(pages(part, PARTS)):
        reading = BytesReading(page.data)._html
        cuts = _random_cuts(reading, random.Random(number))
        done = reading.write(cuts)
        assert done.output == oracle.cut_out(reading.source, oracle.spans_of(done), dict(done.inserted)), page.name
        counted.update(pages=1, cuts=len(done.spans), refused=len(done.refused))
        counted[_same_tree(reading, done, page)] += 1
    record_property("counted", dict(counted))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_clean_page_is_left_as_it_is(part: int, cleaner: cleanpage.Cleaner, record_property: Record) -> None:
    changed = {}
    read = list(pages(part, PARTS))
    for page in read:
        once = cleaner.run(decode(page.data).text, page.url).output
        again = cleaner.run(once, page.url)
        if again.output != once:
            changed[page.name] = [(removal.rule, removal.text[:60]) for removal in again.removals]
    record_property("counted", {"pages": len(read), "changed": len(changed)})
    assert changed == {}


@pytest.mark.parametrize("part", range(PARTS))
def test_all_sources_are_left_with_the_same_text(
    part: int, cleaner: cleanpage.Cleaner, record_property: Record
) -> None:
    counted: Counter[str] = Counter()
    for page in list(pages(part, PARTS))[: SHARED // PARTS + 2]:
        text = decode(page.data).text
        try:
            tree = trees.lxml_tree(text)
        except trees.NoTree:
            counted["that lxml cannot hold"] += 1
            continue
        result = cleaner.run(text, page.url)
        as_bytes = decode(cleaner.clean(page.data, page.url), decode(page.data).codec).text
        in_text = [_words(result.output), _words(as_bytes)]
        in_trees = [_words(cleaner.clean(held, page.url)) for held in (tree, trees.soup(text))]
        assert (in_text, in_trees) == ([in_text[0]] * 2, [in_trees[0]] * 2), page.name
        if any(refused.reason in UNCUTTABLE for refused in result.refused):
            counted["with a cut that no edit of the text can make"] += 1
            continue
        assert in_text == in_trees, page.name
        counted.update(pages=1, words=len(in_text[0]))
    record_property("counted", dict(counted))


def _spans_out(source: str, result: Result) -> str:
    spans = [span for removal in result.removals for span in removal.spans]
    return oracle.cut_out(source, spans, dict(result.report.inserted))


def _same_tree(reading: HtmlReading, done: Written, page: CorpusPage) -> str:
    """Hold the output against the input's tree; says what was compared."""
    if not done.spans:
        return "identical"
    try:
        expected = oracle.without_cuts(reading, done)
    except oracle.Unlike:
        expected = oracle.without_marked_cuts(reading, done)
    assert isinstance(done.output, str)
    assert oracle.difference(expected, oracle.parse(done.output)) == "", page.name
    return "same tree"


def _random_cuts(reading: HtmlReading, source_of_chance: random.Random) -> tuple[Cut, ...]:
    page = reading.page
    nodes = [i for i in range(len(page)) if page.tags[i] not in ("html", "head", "body") and page.chars(i) < 2000]
    nodes += [~t for t, shown in enumerate(page.shown) if shown and page.texts[t].strip()]
    chosen = source_of_chance.sample(nodes, min(12, len(nodes)))
    outer = [n for n in chosen if not any(m >= 0 and m != n and page.contains(m, n) for m in chosen)]
    return tuple(Cut(node) for node in outer)


def _words(held: Any) -> list[str]:
    """The words of a page of any kind."""
    if isinstance(held, str):
        reading: Any = HtmlReading(held)
    elif isinstance(held, etree._Element):
        from cleanpage.sources.lxml_tree import LxmlReading as Reading

        reading = Reading(held)
    else:
        from cleanpage.sources.soup import SoupReading

        reading = SoupReading(held)
    return " ".join(text for text, shown in zip(reading.page.texts, reading.page.shown, strict=True) if shown).split()
