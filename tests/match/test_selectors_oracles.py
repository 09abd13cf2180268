"""Second opinions: soupsieve and lxml/cssselect on the same trees, for selectors of real lists on real pages."""

from __future__ import annotations

import gzip
import random
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
import soupsieve
from bs4 import BeautifulSoup, NavigableString, Tag
from cssselect import HTMLTranslator
from cssselect.parser import SelectorError as CssselectError
from lxml import etree

from cleanpage.budget import Budget
from cleanpage.errors import RuleError
from cleanpage.match.complex import indexed
from cleanpage.match.selectors import MatchContext, Selector, parse_selector
from cleanpage.page import Page, PageBuilder
from cleanpage.sources.html import HtmlReading

SHARED = Path(__file__).parents[3] / "shared"
PAGES = 40
SELECTORS = 5_000
MISSES_PER_PAGE = 40

needs_lists = pytest.mark.skipif(not (SHARED / "lists").is_dir(), reason="the lists and pages are not at hand")

MISSES_SIBLINGS = int(soupsieve.__version__.split(".")[0]) < 4
"""Whether this soupsieve overlooks some following siblings in ``:has(~ …)``, as those before 4 do."""

_FILTER = re.compile(r"#@?(?:\$\??|\?)?#(?=.)")
_FOLDS_VALUE = re.compile(r"\[(?:type|rel|target|dir|align|media|lang|scope|method|color|bgcolor|face|text)\b")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


@cache
def chosen_selectors() -> tuple[Selector, ...]:
    """Plain selectors of the lists: all that are more than one class or id first, then a sample of those."""
    texts: dict[str, None] = {}
    for path in sorted((SHARED / "lists").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = _FILTER.search(line)
            if found and not line.startswith("!") and not line[found.end() :].startswith(("+js(", "^")):
                texts[line[found.end() :].strip()] = None
    parsed = list(_plain(texts))
    single = re.compile(r"[.#][\w-]+")
    rich = [selector for selector in parsed if not single.fullmatch(selector.text)]
    return tuple(rich[:SELECTORS] + random.Random(4).sample(parsed, max(0, SELECTORS - len(rich))))


def _plain(texts: Iterable[str]) -> Iterator[Selector]:
    for text in texts:
        try:
            selector = parse_selector(text)
        except RuleError:
            continue
        if not selector.operators and selector.action is None:
            yield selector


def page_files() -> list[Path]:
    files = sorted((SHARED / "corpus").glob("*/*.html.gz"))
    return random.Random(7).sample(files, min(PAGES, len(files)))


def read_page(path: Path) -> Page:
    return HtmlReading(gzip.decompress(path.read_bytes()).decode("utf-8", "replace")).page


def worth_running(page: Page, context: MatchContext) -> Iterator[tuple[Selector, list[int]]]:
    """The chosen selectors that select something, and some that do not though they have a key on the page."""
    misses = []
    for selector in chosen_selectors():
        keys = selector.keys()
        if keys is None or any(True for _ in indexed(keys, page)):
            found = selector.select(page, context)
            if found:
                yield selector, found
            else:
                misses.append(selector)
    for selector in random.Random(len(page)).sample(misses, min(MISSES_PER_PAGE, len(misses))):
        yield selector, []


def without_value_folding(selector: Selector) -> bool:
    """Whether it leaves alone the attributes whose values HTML folds, and the oracles do not."""
    return not _FOLDS_VALUE.search(selector.text)


def soup_of(page: Page) -> tuple[BeautifulSoup, dict[int, int]]:
    """The page as a soup, and element numbers by the identity of its tags."""
    soup = BeautifulSoup("", "html.parser", multi_valued_attributes=None)
    tags: list[Tag] = []
    for i, name in enumerate(page.tags):
        parent = tags[page.parents[i]] if page.parents[i] >= 0 else soup
        tag = soup.new_tag(name, attrs=dict(page.attrs(i)))
        parent.append(tag)
        tags.append(tag)
    for t, i in enumerate(page.text_parents):
        if i >= 0 and page.texts[t]:
            tags[i].append(NavigableString("x"))
    return soup, {id(tag): i for i, tag in enumerate(tags)}


def tree_of(page: Page) -> tuple[etree._Element, list[etree._Element]]:
    """The page as an lxml tree; names that XML does not allow are left out or replaced."""
    elements: list[etree._Element] = []
    for i, name in enumerate(page.tags):
        name = name if _NAME.fullmatch(name) else "not-xml"
        element = etree.SubElement(elements[page.parents[i]], name) if elements else etree.Element(name)
        for key, value in page.attrs(i).items():
            if _NAME.fullmatch(key):
                element.set(key, re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", value))
        elements.append(element)
    for t, i in enumerate(page.text_parents):
        if i >= 0 and page.texts[t]:
            elements[i].text = "x"
    return elements[0], elements


Selecting = Callable[[str], list[int]]


def by_soupsieve(page: Page) -> Selecting:
    soup, numbers = soup_of(page)
    # Before its version 4, soupsieve takes the document for an element around the root.
    root = soup.find(True).extract()

    def select(text: str) -> list[int]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = soupsieve.compile(text)
            found = [root] if compiled.match(root) else []
            return [numbers[id(tag)] for tag in (*found, *compiled.select(root))]

    return select


def by_lxml(page: Page) -> Selecting:
    root, elements = tree_of(page)
    numbers = {element: i for i, element in enumerate(elements)}
    translate = HTMLTranslator().css_to_xpath
    return lambda text: sorted(numbers[element] for element in root.xpath(translate(text)))


REFUSALS = (soupsieve.SelectorSyntaxError, CssselectError, etree.XPathError, ValueError)


@needs_lists
@pytest.mark.parametrize("oracle", [by_soupsieve, by_lxml])
def test_selects_what_others_select(oracle: Callable[[Page], Selecting]) -> None:
    compared = 0
    differences = []
    for path in page_files():
        page = read_page(path)
        select = oracle(page)
        for selector, ours in filter(
            lambda pair: without_value_folding(pair[0]), worth_running(page, MatchContext(Budget(10**9)))
        ):
            try:
                theirs = select(selector.text)
            except REFUSALS:
                continue
            compared += 1
            if ours != theirs:
                differences.append((path.name, selector.text, ours[:5], theirs[:5]))
    assert compared > PAGES * MISSES_PER_PAGE
    assert differences == []


def random_page(chance: random.Random) -> Page:
    build = PageBuilder()
    attributes = []
    build.element("html", -1)
    attributes.append({})
    for i in range(1, chance.randrange(4, 30)):
        near = chance.choice([i - 1, *ancestors_of(build.parents, i - 1)])
        names = " ".join(chance.choices("xyz", k=chance.randrange(3))) or None
        attributes.append({"class": names} if names else {})
        build.element(chance.choice(["p", "i", "b"]), near, None, names)
        if chance.random() < 0.3:
            build.run("text", i)
    return build.build(attributes)


def ancestors_of(parents: list[int], i: int) -> list[int]:
    found = []
    while parents[i] >= 0:
        i = parents[i]
        found.append(i)
    return found


def random_selector(chance: random.Random, depth: int = 0) -> str:
    compounds = [random_compound(chance, depth) for _ in range(chance.choice([1, 1, 2, 3]))]
    out = compounds[0]
    for compound in compounds[1:]:
        out += chance.choice([" ", " > ", " + ", " ~ "]) + compound
    return out


def random_compound(chance: random.Random, depth: int) -> str:
    out = chance.choice(["", "p", "i", "b", "*"])
    for _ in range(chance.randrange(3)):
        out += random_simple(chance, depth)
    return out or ".x"


def random_simple(chance: random.Random, depth: int) -> str:
    kinds = ["class", "class", "position", "attribute"] + (["is", "not", "has", "of"] if depth < 2 else [])
    kind = chance.choice(kinds)
    if kind == "class":
        return chance.choice([".x", ".y", ".z"])
    if kind == "attribute":
        return chance.choice(["[class]", "[class^=x]", "[class$=y]", "[class~=z]", "[class='x y']", "[class*=' ']"])
    series = chance.choice(["odd", "2n", "3", "-n+2", "n+2", "-2n+5"])
    if kind == "position":
        name = chance.choice(["child", "last-child", "of-type", "last-of-type"])
        return chance.choice([f":nth-{name}({series})", ":empty", ":root", ":only-child", ":first-of-type"])
    inner = random_selector(chance, depth + 1)
    if kind == "of":
        return f":nth-child({series} of {inner})"
    lead = chance.choice(["", "> ", "+ ", "~ "]) if kind == "has" else ""
    return f":{kind}({lead}{inner})"


def test_selects_what_soupsieve_selects_with_random_selectors() -> None:
    chance = random.Random(11)
    compared = 0
    for _ in range(150):
        page = random_page(chance)
        select = by_soupsieve(page)
        context = MatchContext(Budget(10**9))
        for _ in range(20):
            text = random_selector(chance)
            if MISSES_SIBLINGS and ":has(~" in text:
                continue
            try:
                theirs = select(text)
            except REFUSALS:
                continue
            compared += 1
            assert parse_selector(text).select(page, context) == theirs, text
    assert compared > 1_000
