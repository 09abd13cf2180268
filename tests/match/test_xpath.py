"""XPath on a mirror of a Page: checked expressions, results as lxml's own, bounded work, names and texts of any kind."""

from __future__ import annotations

import gzip
import json
import os
import random
from pathlib import Path

import pytest
from lxml import etree

from cleanpage.budget import Budget, BudgetSpent
from cleanpage.errors import LimitExceeded, RuleError, RuleSyntaxError, UnsupportedRule
from cleanpage.match.xpath import DEEPEST, Hit, Mirror, check, evaluate, nodes, select
from cleanpage.page import Page, PageBuilder
from cleanpage.sources.html import HtmlReading

HTML = """<!doctype html><html><head><title>T</title></head><body class="home page">
<article id="main"><h1>Title</h1><p>One <b>two</b> three<!-- c -->four</p><p class="ad note" data-x="1">Buy <i>now</i></p>
<ul><li>1<li>2<li class="last">3</ul><img src="a.png" srcset="b.png 2x" alt=""></article>
<aside><p>Aside</p></aside></body></html>"""

EXPRESSIONS = [
    "//p",
    "//p[2]",
    "(//p)[last()]",
    "//p/text()",
    "//p/text()[2]",
    "//li[position() > 1]",
    "//li[last()]/preceding-sibling::li[1]",
    "//*[@class='last']/ancestor::*",
    "//img/@*",
    "//@class",
    "//img/@srcset | //p/b | //p/text()",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' ad ')]",
    "//p[contains(., 'two')]",
    "//p[normalize-space(.)='Buy now']",
    "/html/body/article/*[self::p or self::ul]",
    "id('main')/h1",
    "//article[.//li]/descendant::text()[string-length(.) > 4]",
    "//p[not(@class)][1]/following::p",
    "//p[count(preceding-sibling::*) = 1]",
    "//*[starts-with(@src, 'a')]/..",
    "//p[@data-x > 0]",
    "//*[name() = 'p' and position() mod 2 = 1]",
    "//comment()",
]


def page_of(root: etree._Element) -> tuple[Page, list[etree._Element], dict[tuple[etree._Element, bool], int]]:
    """A Page read from an lxml tree, its elements, and where its text runs stand."""
    build = PageBuilder()
    elements: list[etree._Element] = []
    runs: dict[tuple[etree._Element, bool], int] = {}
    stack: list[tuple[etree._Element, int, bool]] = [(root, -1, False)]
    while stack:
        node, parent, tail = stack.pop()
        if tail:
            runs[node, True] = build.run(node.tail or "", parent)
            continue
        if not isinstance(node.tag, str):
            continue
        number = build.element(node.tag, parent, node.get("id"), node.get("class"))
        elements.append(node)
        if node.text:
            runs[node, False] = build.run(node.text, number)
        for child in reversed(node):
            if child.tail:
                stack.append((child, number, True))
            stack.append((child, number, False))
    return build.build([dict(element.attrib) for element in elements]), elements, runs


def expected(root: etree._Element, expression: str) -> set[Hit]:
    """What lxml itself finds."""
    _, elements, runs = page_of(root)
    numbers = {element: i for i, element in enumerate(elements)}
    hits = set()
    for found in root.xpath(expression):
        if not isinstance(found, str):
            hits |= {Hit(numbers[found])} if found in numbers else set()
        elif found.is_attribute:
            hits.add(Hit(numbers[found.getparent()], found.attrname))
        else:
            hits.add(Hit(~runs[found.getparent(), found.is_tail]))
    return hits


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_finds_what_lxml_finds(expression: str) -> None:
    root = etree.fromstring(HTML, etree.HTMLParser())
    page, _, _ = page_of(root)
    found = evaluate(page, expression)
    assert set(found) == expected(root, expression)
    assert len(found) == len(set(found))


def test_nodes_come_in_document_order() -> None:
    page = HtmlReading("<p id=a title=t>one<b>two</b></p>").page
    p, b = page.by_tag["p"][0], page.by_tag["b"][0]
    assert evaluate(page, "//b | //p/text() | //p | //@title") == [Hit(p), Hit(p, "title"), Hit(~0), Hit(b)]


def test_select_gives_elements_and_nodes_gives_text_runs_too() -> None:
    page = HtmlReading("<p id=a>one<b>two</b></p>").page
    b = page.by_tag["b"][0]
    assert select(page, "//b | //p/text() | //@id") == [b]
    assert nodes(page, "//b | //p/text() | //@id") == [~0, b]


def test_relative_paths_start_from_the_context_and_absolute_ones_from_the_document() -> None:
    page = HtmlReading("<div id=a><p>1</p></div><div id=b><p>2</p></div>").page
    second = page.by_id["b"][0]
    assert select(page, ".//p", second) == page.by_tag["p"][1:]
    assert select(page, "..", second) == page.by_tag["body"]
    assert select(page, "//p", second) == page.by_tag["p"]


@pytest.mark.parametrize(
    ("html", "expression", "tag"),
    [
        ("<fb:like>x</fb:like>", "//*[name()='fb:like']", "fb:like"),
        ("<a-collapse>x</a-collapse>", "//a-collapse", "a-collapse"),
        ("<svg><path xlink:href='#a'/></svg>", "//path[@*[name()='xlink:href']]", "path"),
        ("<p @click='x' :foo='y' {z}='1'>x</p>", "//p[@*='1']", "p"),
        ("<p title='a&#1;b'>x</p>", "//p[@title='a b']", "p"),
        ("<p>a&#1;b</p>", "//p[.='a b']", "p"),
        ("<data:x>y</data:x>", "//*[.='y'][last()]", "data:x"),
    ],
)
def test_takes_names_and_texts_that_xml_refuses(html: str, expression: str, tag: str) -> None:
    page = HtmlReading(html).page
    assert page.tags[select(page, expression)[-1]] == tag


def test_an_attribute_keeps_the_name_it_has_on_the_page() -> None:
    page = HtmlReading("<p {z}='1'>x</p>").page
    assert [hit.attribute for hit in evaluate(page, "//p/@*")] == ["{z}"]


def test_takes_lone_surrogates_and_noncharacters() -> None:
    build = PageBuilder()
    build.element("p", -1)
    build.run("a\ud800b\uffff", 0)
    assert select(build.build([{"title": "\udfff"}]), "//p[contains(., 'b')][@title=' ']") == [0]


def test_text_runs_parted_by_a_comment_stay_apart() -> None:
    page = HtmlReading("<p>one<!-- c -->two<b></b>three").page
    assert [page.texts[~hit.node] for hit in evaluate(page, "//p/text()[2]")] == ["two"]


def test_several_roots_are_all_found() -> None:
    build = PageBuilder()
    build.run("loose", -1)
    for tag in ("p", "html", "div"):
        build.element(tag, -1)
    page = build.build([{}, {"lang": "en"}, {}])
    assert select(page, "//*") == [0, 1, 2]
    assert select(page, "/html[@lang]") == [1]
    assert nodes(page, "//text()") == [~0]


def test_an_empty_page_has_nothing() -> None:
    assert evaluate(PageBuilder().build([]), "//p") == []


@pytest.mark.parametrize(
    ("expression", "code", "column"),
    [
        ("", "xpath", 1),
        ("//div[", "xpath", 7),
        ("//a[@b='x]", "xpath", 8),
        ("//p]", "xpath", 4),
        ("//div[@class=='x']", "xpath", 14),
        ("//a[contain(@class, 'b')]", "xpath", 5),
        ("//a[contains(@class='b')]", "xpath", 5),
        ("//p[count('x') > 1]", "xpath", 5),
        ("//fb:like", "xpath", 3),
        ("//p/@xlink:href", "xpath", 6),
        ("//p[re:test(., 'x')]", "xpath", 5),
        ("//p | 'x'", "xpath", 5),
        ("up::p", "xpath", 1),
        ("//p[$x]", "xpath-variable", 5),
        ("count(//p)", "xpath-not-nodes", 0),
        ("'text'", "xpath-not-nodes", 0),
        ("//p = 1", "xpath-not-nodes", 0),
        ("document('x')", "xpath", 1),
    ],
)
def test_broken_expressions_are_refused_with_their_place(expression: str, code: str, column: int) -> None:
    with pytest.raises((RuleSyntaxError, UnsupportedRule)) as caught:
        check(expression)
    assert (caught.value.code, caught.value.where.column) == (code, column)


def test_a_misspelt_function_gets_a_suggestion() -> None:
    with pytest.raises(RuleSyntaxError, match=r"Did you mean contains\(\)\?"):
        check("//a[contain(@class, 'b')]")


@pytest.mark.parametrize("expression", ["//p" + "[1]" * 2000, "//p" + "[b" * 50 + "]" * 50, "(" * 100_000, "[" * 3000])
def test_long_and_deep_expressions_are_refused(expression: str) -> None:
    with pytest.raises(LimitExceeded):
        check(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "//div/following-sibling::div",
        "//*/following::*",
        "//div[. = //div]",
        "//*[//*[//*]]",
        "//*[contains(//body, 'x')]",
        "//div[count(preceding-sibling::*) > 3]/following-sibling::*",
    ],
)
def test_expressions_that_could_take_too_long_are_not_run(expression: str) -> None:
    page = HtmlReading("<div>x</div>" * 4000).page
    with pytest.raises(UnsupportedRule) as caught:
        evaluate(page, expression)
    assert caught.value.code == "xpath-cost"


def test_a_costly_axis_from_few_nodes_is_run() -> None:
    page = HtmlReading("<div>x</div>" * 4000 + "<div class='last note'>y</div><p>z").page
    assert len(select(page, "//div[contains(@class, 'last')]/following::*")) == 1
    assert len(select(page, "(//div)[1]/following-sibling::*")) == 4001


def test_work_is_taken_from_the_budget() -> None:
    page = HtmlReading("<p>x</p>" * 1000).page
    budget = Budget(100_000)
    select(page, "//p", None, budget)
    first = 100_000 - budget.left
    select(page, "//p", None, budget)
    assert 0 < 100_000 - first - budget.left < first
    with pytest.raises(BudgetSpent):
        select(page, "//p[contains(., 'x')]", None, Budget(10))


def test_a_context_costs_what_stands_in_it() -> None:
    page = HtmlReading("<div><p>x</p></div>" * 1000).page
    mirror = Mirror.of(page)
    assert mirror.cost(".//p", page.by_tag["div"][0]) < 10 < mirror.cost(".//p", None)


def test_the_mirror_is_built_once() -> None:
    page = HtmlReading(HTML).page
    assert Mirror.of(page) is Mirror.of(page)


def test_a_page_deeper_than_libxml2_bears_is_refused() -> None:
    build = PageBuilder()
    for i in range(DEEPEST + 2):
        build.element("div", i - 1)
    page = build.build([{}] * (DEEPEST + 2))
    for _ in range(2):
        with pytest.raises(UnsupportedRule) as caught:
            select(page, "//div")
        assert caught.value.code == "xpath-page"


SHARED = Path(os.environ.get("CLEANPAGE_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="no corpus of real pages beside the checkout")
def test_finds_what_lxml_finds_on_real_pages() -> None:
    written = _corpus_expressions()
    chosen = random.Random(5)
    rows = [json.loads(line) for line in (SHARED / "corpus/labels.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in chosen.sample(rows, 8):
        source = gzip.decompress((SHARED / f"corpus/{row['set']}/{row['id']}.html.gz").read_bytes())
        root = etree.fromstring(source, etree.HTMLParser(huge_tree=True, encoding="utf-8"))
        page, elements, runs = page_of(root)
        numbers = {element: i for i, element in enumerate(elements)}
        for expression in chosen.sample(written, 60):
            found = {hit.node for hit in evaluate(page, expression) if hit.node >= 0 and hit.attribute is None}
            lxml_found = {numbers[e] for e in root.xpath(expression) if isinstance(e, etree._Element) and e in numbers}
            assert found == lxml_found, (row["id"], expression)
        assert len(runs) == len(page.texts)


def _corpus_expressions() -> list[str]:
    found = {}
    for path in sorted((SHARED / "site-configs").iterdir()):
        for line in path.read_text(encoding="utf-8").splitlines() if path.suffix == ".txt" else ():
            name, _, value = line.partition(":")
            if name in ("strip", "body") and _usable(value.strip()):
                found[value.strip()] = None
    return list(found)


def _usable(expression: str) -> bool:
    try:
        check(expression)
    except RuleError:
        return False
    return True
