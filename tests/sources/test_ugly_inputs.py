"""Hostile and ugly pages seen in the wild: nothing is lost that no rule names, nothing hangs, nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml import etree
from lxml import html as lxml_html

import cleanpage
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading

RULES = read_toml(
    """schema = 1
[[rule]]
id = "ad"
kind = "ad"
select = ".ad"
[[rule]]
id = "inside"
kind = "promo"
select = "div div .promo"
[[rule]]
id = "odd-names"
kind = "other"
select = '#S\\:a, .\\@container\\/main, .\\[\\&_\\.x\\]\\:h-auto, .lg\\:hidden, a-opt-in'
[[rule]]
id = "modifier"
kind = "promo"
select = ".note--promo"
[[rule]]
id = "label"
kind = "ad"
select = "div.label"
text = ["advertisement"]
""",
    file="ugly.toml",
)


@pytest.fixture(scope="module")
def plain() -> cleanpage.Cleaner:
    """The rules above and no others."""
    return cleanpage.Cleaner([RULES], builtin=False)


@pytest.fixture(scope="module")
def packaged() -> cleanpage.Cleaner:
    return cleanpage.Cleaner()


NOTHING_TO_CLEAN = {
    "nothing": "",
    "white space": " \n\t",
    "a comment": "<!-- c -->",
    "a lone surrogate": "<p>\ud800</p>",
    "only a lone surrogate": "\udfff",
    "closing tags only": "</div></p></body>",
    "no tag": "<3",
    "an XML declaration and XHTML": '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><p>a</p></html>',
    "NUL in an attribute": '<a href="tel:111\x00111">call</a>',
    "NUL in a link": '<link href="a\x00b"><p>x',
    "NUL before the body": "<html>\x00<body>x",
    "a reference to a control character": "<p>&#1;</p>",
    "control characters": "<p title='\x01'>\x02\x0b\x1f</p>",
    "declarations of quotes": "<!" + '"' * 50_000 + "!",
    "an empty comment and one that ends oddly": "<!--><p>a</p><!-- b --!><p>c</p>",
    "a meta charset in a title": "<title><meta charset=utf-16></title><p>é",
    "JSON-LD in a comment": '<script type="application/ld+json"><!-- {"a": "b"} --></script><p>x',
    "JSON-LD in CDATA": '<script type="application/ld+json">//<![CDATA[\n{"a": "b"}\n//]]></script><p>x',
    "JSON-LD that ends its own script": '<script type="application/ld+json">{"articleBody": "a </script> b"}</script><p>x',
}


@pytest.mark.parametrize("source", NOTHING_TO_CLEAN.values(), ids=NOTHING_TO_CLEAN)
def test_what_has_nothing_to_clean_comes_back_as_it_came(
    source: str, plain: cleanpage.Cleaner, packaged: cleanpage.Cleaner
) -> None:
    for cleaner in (plain, packaged):
        assert cleaner.clean(source) == source
        data = source.encode("utf-8", "surrogatepass")
        assert cleaner.clean(data) == data


CUT = {
    "text after it stays": ("<div><b class=ad>x</b>tail</div>", "<div>tail</div>"),
    "first child, and the parent has text after it": (
        "<div><p><b class=ad>x</b>in</p>after</div>",
        "<div><p>in</p>after</div>",
    ),
    "omitted end tags of paragraphs": ("<p>a<p class=ad>b<p>c", "<p>a<p>c"),
    "omitted end tags of list items": (
        "<ul><li>one<li class=ad>two<li>three</ul>",
        "<ul><li>one<li>three</ul>",
    ),
    "a div left open in a list item": ("<ul><li class=ad>one <div></li><li>two</li></ul>", "<ul><li>two</li></ul>"),
    "a match in a match": ("<p>a</p><div class=ad><p class=ad>b</p>c</div>d", "<p>a</p>d"),
    "an odd comment before it": ("<!--><p>a</p><p class=ad>b</p>", "<!--><p>a</p>"),
    "an id with a colon": ("<p>a</p><p id='S:a'>b</p>", "<p>a</p>"),
    "a class with a slash": ("<p>a</p><p class='@container/main'>b</p>", "<p>a</p>"),
    "a class with brackets": ("<p>a</p><p class='[&_.x]:h-auto'>b</p>", "<p>a</p>"),
    "a class with a breakpoint": ("<p>a</p><p class='lg:hidden'>b</p>", "<p>a</p>"),
    "a custom element": ("<p>a</p><a-opt-in>b</a-opt-in>", "<p>a</p>"),
    "details may be a block": ("<p>a</p><details class=ad>b</details>", "<p>a</p>"),
    "a label split letter by letter": (
        "<p>a</p><div class=label>" + "".join(f"<span>{c}</span>" for c in "Advertisement") + "</div>",
        "<p>a</p>",
    ),
    "XHTML with a declaration": (
        '<?xml version="1.0" encoding="utf-8"?><html><body><p>a</p><p class="ad">b</p><br/></body></html>',
        '<?xml version="1.0" encoding="utf-8"?><html><body><p>a</p><br/></body></html>',
    ),
    "only a modifier differs": (
        '<p>a</p><p class="note note--promo">b</p><p class="note note--editor">c</p><p class="note note--promo-2">d</p>',
        '<p>a</p><p class="note note--editor">c</p><p class="note note--promo-2">d</p>',
    ),
    "JSON-LD that ends its own script": (
        '<script type="application/ld+json">{"articleBody": "a </script> b"}</script><p class=ad>c</p>',
        '<script type="application/ld+json">{"articleBody": "a </script> b"}</script>',
    ),
}


@pytest.mark.parametrize(("source", "left"), CUT.values(), ids=CUT)
def test_what_is_left(source: str, left: str, plain: cleanpage.Cleaner) -> None:
    assert plain.clean(source) == left
    assert plain.clean(source.encode()) == left.encode()


MISNESTED = ["<b>1<i class=ad>2</b>3</i>4", "<p>1<font class=ad>2</p>3</font>4", "<a class=ad>1<a>2</a></a>4"]


@pytest.mark.parametrize("source", MISNESTED)
def test_misnested_tags_cost_no_text_after_them(source: str, plain: cleanpage.Cleaner) -> None:
    once = plain.clean(source)
    assert once.endswith("4")
    assert plain.clean(once) == once


def test_a_box_left_open_to_the_end_of_the_page_is_not_cut_by_a_generic_rule(plain: cleanpage.Cleaner) -> None:
    page = f"<h1>Title</h1><div class=ad>{_prose(8)}"
    result = plain.run(page)
    assert result.output == page
    assert result.refused


def test_the_root_of_a_tree_stays(plain: cleanpage.Cleaner) -> None:
    tree = lxml_html.fromstring("<div class=ad>a</div>")
    assert lxml_html.tostring(plain.clean(tree)) == b'<div class="ad">a</div>'
    soup = BeautifulSoup("<div class=ad>a</div>", "html.parser")
    assert str(plain.clean(soup.div)) == '<div class="ad">a</div>'
    assert str(plain.clean(soup)) == ""


def test_an_element_taken_out_of_its_tree_is_a_page_of_its_own(plain: cleanpage.Cleaner) -> None:
    tree = lxml_html.fromstring("<div><section><p class=ad>a</p>b</section>c</div>")
    section = tree[0]
    tree.remove(section)
    section.tail = None
    assert lxml_html.tostring(plain.clean(section)) == b"<section>b</section>"


def test_a_tree_with_control_characters_keeps_them(plain: cleanpage.Cleaner) -> None:
    tree = lxml_html.fromstring("<div>a\x01<b class=ad>x</b>tail\x0b</div>")
    text = "".join(tree.itertext()).replace("x", "")
    assert "".join(plain.clean(tree).itertext()) == text


def test_trees_with_comments_instructions_and_svg_are_cleaned(plain: cleanpage.Cleaner) -> None:
    tree = etree.fromstring("<a><?pi x?><!-- c --><s:svg xmlns:s='urn:s' class='ad'>x</s:svg>tail<b/></a>")
    assert etree.tostring(plain.clean(tree)) == b"<a><?pi x?><!-- c -->tail<b/></a>"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<meta charset=utf-8><p>naïve</p><p class=ad>b</p>".encode("latin-1"), None),
        ("<meta charset=gb2312><p>中文".encode("gb2312") + b"\xff\x80</p><p class=ad>b</p><p>\xfe", None),
        ("<meta charset=koi8-r><p>привет</p><p class=ad>b</p>".encode("windows-1251"), "windows-1251"),
        ("\ufeff<p>é</p><p class=ad>b</p>".encode("utf-16-le"), None),
        ("<title><meta charset=utf-16></title><p>é</p><p class=ad>b</p>".encode(), None),
        ("<!-- <meta charset=utf-16> --><p>é</p><p class=ad>b</p>".encode(), None),
        (b"<p>\x81\x8d \xe2\x82</p><p class=ad>b</p>\xff", None),
    ],
)
def test_bytes_outside_the_cuts_stay_whatever_the_encoding(
    data: bytes, encoding: str | None, plain: cleanpage.Cleaner
) -> None:
    wide = data.startswith(b"\xff\xfe")
    advert = "<p class=ad>b</p>".encode("utf-16-le" if wide else "ascii")
    assert plain.clean(data, encoding=encoding) == data.replace(advert, b"")


def _prose(paragraphs: int) -> str:
    sentence = "The wardens of the river stood in the water from four in the morning, with lamps and a net, and wrote {} fish into a book. "
    return "".join(f"<p>{sentence.format(n) * 3}</p>" for n in range(paragraphs))


AROUND = {
    "a body with a word of clutter in its class": '<body class="qode_popup_menu_push_text_right">{}</body>',
    "a form around the page": '<body><form id="aspnetForm" action="/"><input type=hidden name=__VIEWSTATE>{}</form></body>',
    "an aside that holds the text": "<body><aside>{}</aside></body>",
    "a class of teasers": '<body><div class="teaser-content">{}</div></body>',
    "an id of menus": '<body><div id="menu-wrap">{}</div></body>',
    "a scrolling wrapper": '<body><div class="scrolling-wrapper">{}</div></body>',
    "a header container": '<body><div class="bellowheadercontainer">{}</div></body>',
    "widgets of a page builder": '<body><div class="elementor-widget-wrap"><div class="elementor-widget elementor-widget-theme-post-content">{}</div></div></body>',
    "an editor widget": '<body><div class="so-widget-sow-editor so-widget-sow-editor-base widget_sow-editor">{}</div></body>',
    "a hero that is all": '<body><main><div class="hero">{}</div></main></body>',
    "test ids on everything": '<body data-testid="ad-promo"><main data-testid="related">{}</main></body>',
    "text that scripts make visible": '<body><div style="visibility: hidden">{}</div></body>',
    "paragraphs said twice on purpose": "<body><article>{0}{0}</article></body>",
    "a test id that says advertisement": '<body><main data-testid="advertisement">{}</main></body>',
    "an open details": "<body><details open>{}</details></body>",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_the_article_stays_whatever_stands_around_it(around: str, packaged: cleanpage.Cleaner) -> None:
    page = f"<!doctype html><html><head><title>Eels</title></head>{around.format('<h1>Wardens count eels</h1>' + _prose(6))}</html>"
    result = packaged.run(page)
    assert _words(result.output) == _words(page), [(r.rule, r.path) for r in result.removals]


def test_a_copy_for_phones_beside_the_one_for_desks_stays(packaged: cleanpage.Cleaner) -> None:
    copies = "".join(f'<div class="{name}-only"><article>{_prose(6)}</article></div>' for name in ("desktop", "mobile"))
    page = f"<title>Eels</title><h1>Wardens count eels</h1>{copies}"
    assert packaged.clean(page) == page


def test_hidden_words_of_a_link_in_the_text_stay(packaged: cleanpage.Cleaner) -> None:
    link = '<a href="/r">a report<span class="visually-hidden">, opens new tab</span></a>'
    page = f"<article><h1>Wardens count eels</h1>{_prose(3)}<p>They have written {link} on the river.</p>{_prose(2)}</article>"
    assert packaged.clean(page) == page


LARGE = {
    "a hundred thousand nested boxes": "<div>" * 100_000 + "<p>after</p>",
    "two hundred and sixty nested tables": "<table><tr><td>" * 260 + "deep" + "</td></tr></table>" * 260 + "<p>after</p>",
    "nested lists": "<ul><li>" * 30_000 + "<p>after</p>",
    "nested formatting": "<b>" * 20_000 + "<p>after</p>",
    "formatting left open in every paragraph": "<p><b><i><font>x" * 3_000 + "<p>after</p>",
    "a hundred thousand attributes": "<p " + " ".join(f"a{n}" for n in range(100_000)) + ">x</p><p>after</p>",
    "an attribute of a million characters": f'<img alt="{"x" * 1_000_000}"><p>after</p>',
    "a script of twenty-two megabytes": f"<script>{'x' * 22_000_000}</script><h1>after</h1>",
    "a text of twenty megabytes": f"<p>{'word ' * 4_000_000}</p><h1>after</h1>",
    "a table of a hundred thousand rows": "<table>" + "<tr><td>1" * 100_000 + "</table><p>after</p>",
    "line breaks and a NUL": "<br/>" * 24_496 + "\x00<p>after</p>",
    "fifty thousand spaces": f"<p>a{' ' * 50_000}b</p><p>after</p>",
    "fifty thousand small elements": "<i>x</i>" * 50_000 + "<p>after</p>",
}


@pytest.mark.parametrize("source", LARGE.values(), ids=LARGE)
def test_large_and_deep_pages_keep_every_word(source: str, plain: cleanpage.Cleaner) -> None:
    result = plain.run(source + "<p class=ad>advert</p>")
    words = _words(source)
    assert _words(result.output) in (words, [*words, "advert"])
    assert result.removals or result.refused or result.incomplete


def test_a_deep_page_is_cleaned_as_a_tree_too(plain: cleanpage.Cleaner) -> None:
    root = element = etree.Element("div")
    for _ in range(20_000):
        element = etree.SubElement(element, "div")
    etree.SubElement(element, "p", {"class": "ad"}).text = "advert"
    element[0].tail = "after"
    assert list(plain.clean(root).itertext()) == ["after"]


def test_nested_copies_in_noscript_stay_as_they_are(plain: cleanpage.Cleaner) -> None:
    page = "<p>a</p><noscript><img src=a><noscript><img src=a></noscript></noscript><p class=ad>b</p>"
    assert plain.clean(page) == page.removesuffix("<p class=ad>b</p>")


def test_text_without_line_breaks_is_left_alone() -> None:
    text = "Sign up for our newsletter. " * 40 + "The wardens counted eels."
    assert cleanpage.clean_text(text) == text


def test_a_pattern_that_backtracks_is_refused_or_bounded() -> None:
    rule = '[[rule]]\nid = "x"\nkind = "ad"\nselect = "p"\ntext = ["/(a+)+$/"]\n'
    page = f"<p>{'a' * 50_000}!</p>"
    try:
        cleaner = cleanpage.Cleaner([read_toml("schema = 1\n" + rule, file="x.toml")], builtin=False)
    except cleanpage.RuleError:
        return
    assert cleaner.clean(page) == page


@pytest.mark.parametrize("url", ["https://example.com./a", "https://EXAMPLE.com:8080/a", "http://www.example.com", "//example.com/x", "example.com"])
def test_hosts_are_found_however_they_are_written(url: str) -> None:
    rules = 'schema = 1\nsites = ["example.com"]\n[[rule]]\nid = "x"\nkind = "ad"\nselect = ".x"\n'
    cleaner = cleanpage.Cleaner([read_toml(rules, file="example.com.toml")], builtin=False)
    assert cleaner.clean("<p>a</p><p class=x>b</p>", url=url) == "<p>a</p>"
    assert cleaner.clean("<p>a</p><p class=x>b</p>", url="https://example.org/") == "<p>a</p><p class=x>b</p>"


def _words(source: Any) -> list[str]:
    page = HtmlReading(source).page
    return " ".join(text for text, shown in zip(page.texts, page.shown, strict=True) if shown).split()
