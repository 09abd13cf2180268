"""What filters with operators take from a page, where the blockers' own semantics are easily got wrong."""

from __future__ import annotations

import re

import pytest
from match.selector_cases import read_cases

from cleanpage import Cleaner
from cleanpage.match.grammar import OPERATORS
from cleanpage.rules.filterlist import read_filter_list

URL = "https://www.example.com/news/2025?id=1"
PAGE = (
    "<!doctype html><html id=h><head id=i><title>t</title><script id=s1>track('Ad One')</script></head><body id=j>"
    "<div id=a class=card><h2 id=a1>Sponsored</h2><p id=a2>Sign UP now</p></div>"
    "<div id=b class=card><h2 id=b1>News</h2><p id=b2>sign up now</p></div>"
    "<ul id=c><li id=c1>one</li><li id=c2 class=x>two</li></ul>"
    "<script id=s2>track('ad one')</script></body></html>"
)

CASES = [
    ("has-text compares with case", "##div:has-text(Sign UP)", "a"),
    ("a literal of a filter for the HTML is compared without case", "##^div:has-text(SIGN UP)", "a b"),
    ("a quoted one too", '##^div:has-text("SIGN UP")', "a b"),
    ("a pattern of a filter for the HTML is compared with case", "##^div:has-text(/Sign UP/)", "a"),
    ("unless it has the flag", "##^div:has-text(/sign up/i)", "a b"),
    ("scripts can be removed by their text", "##^script:has-text(/ad one/)", "s2"),
    ("scripts in the head too", "##^script:has-text(Ad One)", "s1 s2"),
    ("a literal with signs that patterns take for more", "##^script:has-text(track\\('ad)", "s1 s2"),
    ("upward ends before the body", "##h2:upward(body)", ""),
    ("upward by number too", "##h2:upward(2)", ""),
    ("and at the root", "##h2:upward(3)", ""),
    ("upward to what is no frame", "##h2:upward(1)", "a b"),
    ("upward to a list takes what is no frame", "##li.x:upward(body, ul)", "c"),
    ("the body is not removed by xpath", "##:xpath(//body)", ""),
    ("nor from an element", "##li:xpath(ancestor::html)", ""),
    ("xpath may leave the element", "##li.x:xpath(../../div)", "a b"),
    ("from an element, // is of the document", "##li.x:xpath(//h2)", "a1 b1"),
    ("everything below the body may be named", "##body > *:not(div)", "c s2"),
    ("the star takes no frame", "##*:has-text(/^Sponsored$/)", "a1"),
    ("the frame may be the start", "##body:has-text(News) > ul", "c"),
    ("the path is known", "##.card:matches-path(/news/)", "a b"),
    ("and its query", "##.card:matches-path(/\\?id=1$/)", "a b"),
    ("and not the host", "##.card:matches-path(example)", ""),
    ("the operator applies to the whole list before it", "##ul, div:has-text(News)", "b"),
    ("not, with an operator below", "##div:not(h2:has-text(News))", "a"),
    ("not, with an operator of its own", "##div:not(:has-text(News))", "a"),
    ("css after an operator", "##div:has-text(News) + ul > .x", "c2"),
    ("a class after an operator is looked for below", "##ul:has-text(two).x", "c2"),
    ("others is left alone unless asked for", "##ul:others()", ""),
    ("if", "##div:if(h2:has-text(News))", "b"),
    ("if-not", "##div:if-not(h2:has-text(News))", "a"),
    ("remove is a hide", "##ul:remove()", "c"),
    ("in braces too", "##ul {remove: true;}", "c"),
    ("a style that hides", "##ul:style(display:none!important)", "c"),
    ("a style that does not", "##ul:style(color: red)", ""),
    ("a style that hides, in AdGuard's form", "#$#ul { display: none !important; }", "c"),
    ("extended, in AdGuard's form", "#$?#div:has-text(News) { display: none !important; }", "b"),
    (
        "the exception names the same operator by another name",
        "##div:contains(News)\nexample.com#@#div:has-text(News)",
        "",
    ),
    ("an extended exception", "#?#div:-abp-contains(News)\nexample.com#@?#div:-abp-contains(News)", ""),
    ("a script's property is not known", "##ul:matches-prop(x)", ""),
    ("nor the rules of a style sheet", "#?#div:-abp-properties(width: 1px)", ""),
    ("the style of a pseudo-element is not known", "##ul:matches-css-before(content: x)", ""),
    ("in its other form", "##ul:matches-css-after(content: x)", ""),
    ("an attribute that is watched", "##ul:watch-attrs(class):has-text(one)", "c"),
    ("a literal with parentheses that match", "##^script:has-text(track('AD ONE'))", "s1 s2"),
    ("a quoted literal with a backslash", "##^div:has-text('sign\\\\up')", ""),
    ("a literal that begins like a path is no pattern", "##^script:has-text(/AD)", ""),
    ("a screen of any size will do", "##ul:matches-media((min-width: 1px))", "c"),
]


def removed(filters: str, page: str = PAGE, url: str | None = URL) -> set[str]:
    own = "".join(f"example.com{line}\n" if line.startswith("#") else f"{line}\n" for line in filters.split("\n"))
    cleaner = Cleaner([read_filter_list(own, cache=False)], builtin=False)
    ids = re.findall(r"id=(\w+)", page)
    left = set(re.findall(r"id=(\w+)", cleaner.clean(page, url=url)))
    return set(ids) - left


@pytest.mark.parametrize(("filters", "gone"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_filters_take_what_the_blockers_take(filters: str, gone: str) -> None:
    inside = {"a": "a1 a2", "b": "b1 b2", "c": "c1 c2"}
    expected = {name for outer in gone.split() for name in (outer, *inside.get(outer, "").split())}
    assert removed(filters) == expected


@pytest.mark.parametrize(
    ("filters", "page", "left"),
    [
        ("##.ad", "<p>a<b class=ad>b</b>c</p>d", "<p>ac</p>d"),
        ("###abc", "<i id=abc>1</i><p id=abc>2</p><p>3</p>", "<p>3</p>"),
        ("##.ad", "<template><p class=ad>1</p></template><p>2</p>", None),
        ("##p:empty", "<p><!-- x --></p><div>a</div><p> </p>", "<div>a</div><p> </p>"),
        ('##[style="width:1px"]', "<p style='width: 1px'>a</p>", None),
        ('##[style*="display:none"]', "<p style='--display:none'>a</p><p>b</p>", "<p>b</p>"),
        ('##[data-a^=""], [data-a*=""]', "<p data-a=x>a</p>", None),
        ("##svg > linearGradient", "<svg><linearGradient/></svg>", "<svg></svg>"),
        ("##.a\\:b", "<p class='a:b'>a</p><p class=a>b</p>", "<p class=a>b</p>"),
        ("##.ad", "<p class='ad&#32;x'>a</p><p class=ad&#160;x>b</p>", "<p class=ad&#160;x>b</p>"),
        ("##noscript > .ad", "<noscript><p class=ad>a</p></noscript>b", "b"),
    ],
    ids=[
        "text behind an element stays",
        "an id that is given twice",
        "what a template holds is not in the page",
        "a comment leaves an element empty, white space does not",
        "style is compared as it is written",
        "also where it means something else",
        "nothing begins with or holds an empty text",
        "names of SVG have capitals",
        "an escaped colon",
        "only white space of HTML parts classes",
        "where scripts are off, noscript holds elements",
    ],
)
def test_plain_selectors_select_what_browsers_select(filters: str, page: str, left: str | None) -> None:
    cleaner = Cleaner([read_filter_list(f"{filters}\n", cache=False)], builtin=False)
    assert cleaner.clean(f"<body>{page}") == f"<body>{page if left is None else left}"


def test_others_counts_if_asked_for() -> None:
    filters = "example.com##ul:others()\n"
    assert [bad.code for bad in read_filter_list(filters, cache=False).reports[0].unusable] == ["others"]
    rules = read_filter_list(filters, cache=False, others=True)
    cleaned = Cleaner([rules], builtin=False).clean(PAGE, url=URL)
    assert "<ul id=c>" in cleaned and "class=card" not in cleaned


def test_without_an_address_no_path_matches() -> None:
    rules = read_filter_list("*##.card:matches-path(/news/)\n*##ul:has-text(one)\n", cache=False)
    cleaned = Cleaner([rules], builtin=False).clean(PAGE)
    assert "class=card" in cleaned and "<ul" not in cleaned


def test_every_operator_has_a_case() -> None:
    texts = [case.selector for case in read_cases("procedural.md")] + [filters for _, filters, _ in CASES]
    missing = [name for name in OPERATORS if not any(f":{name}(" in text for text in texts)]
    assert missing == []
