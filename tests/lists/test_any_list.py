"""Whatever stands in a list, reading it and running it on a page raises nothing, and the page keeps its frame.

CLEANPAGE_EXAMPLES sets how many lists are tried (200); a long run is ``CLEANPAGE_EXAMPLES=100000 pytest tests/lists``.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner
from cleanpage.errors import CleanpageError
from cleanpage.rules.filterlist import read_filter_list, skipped_lines
from cleanpage.sources.html import HtmlReading

EXAMPLES = int(os.environ.get("CLEANPAGE_EXAMPLES", "200"))
URL = "https://www.example.com/news/2025/harbour?id=1"
often = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

_DOMAINS = st.lists(
    st.sampled_from(
        [
            "example.com",
            "~example.com",
            "www.example.com",
            "example.*",
            "*",
            "~*",
            "/exam.*/",
            "/(a+)+$/",
            "example.com/news",
            "~",
            "",
            "é.com",
            "xn--",
            "[::1]",
            "1.2.3.4",
            "com",
            ".",
            "-",
            "a,b",
            "[$path=/news]",
            "[$domain=example.com|b.com]",
        ]
    ),
    max_size=3,
).map(",".join)
_ANCHORS = st.sampled_from(
    ["##", "##", "##", "#?#", "#@#", "#@?#", "#$#", "#$?#", "##^", "#%#", "$$", "$@$", "##+js(", "###", "#"]
)
_PARTS = st.sampled_from(
    [".ad", "#b", "p", "*", "div", "html", "body", ":root", "head", "i", "[class]", "[id=b]", '[class^="a"]', "[style*=none i]", " ", " > ", " + ", " ~ ", ", ", ":not(", ":has(", ":is(", ")", "(", "[", "]", "\"", "'", "\\", "/", "{", "}", "{display:none}", "{ remove: true; }",
     ":first-child", ":nth-child(2n+1)", ":empty", ":hover", "::before", ":only-child", ":lang(en)", ":scope", ":host",
     ":has-text(Share)", ":has-text(/S.*e/i)", ":has-text(/(a+)+$/)", ":has-text(/(/)", ":has-text()", ":contains('x')", ":-abp-contains(x)", ":-abp-has(> p)", ":upward(1)", ":upward(999)", ":upward(div)", ":upward(body)", ":upward(", ":nth-ancestor(2)",
     ":xpath(//p)", ":xpath(..)", ":xpath(//*[)", ":xpath(//@class)", ":matches-path(/news)", ":matches-path(/n.*s/)", ":matches-attr(class=ad)", ':matches-attr("/^c/"="/a/")', ":matches-css(display: none)", ":matches-css(before, content: x)", ":matches-media((min-width: 1px))", ":min-text-length(3)", ":min-text-length(x)",
     ":if(p)", ":if-not(p)", ":others()", ":remove()", ":remove-attr(class)", ":remove-attr(/^c/)", ":remove-class(ad)", ":style(display: none !important)", ":style(color: red)", ":watch-attr(class)", ":matches-prop(a=b)", ":shadow(p)", ":-abp-properties(x: y)", "é", "\0", "\ud83d\ude00", "\x0b", "\u2028", "🙂", "1", "-", "--", "\\31 ", "/*", "*/", "!important", ";", ":", "::", "..", "##", "$", "|", "||"]
)  # fmt: skip
_BODIES = st.lists(_PARTS, min_size=1, max_size=6).map("".join)
_FILTERS = st.tuples(_DOMAINS, _ANCHORS, _BODIES).map("".join)
_OTHERS = st.sampled_from(
    ["!#if cap_html_filtering", "!#if !ext_ublock && (", "!#else", "!#endif", "!#include x.txt", "!#include ../x", "!#if", "! Title: Newsletters", "! *** social ***", "[Adblock Plus 2.0]", "@@||example.com^$generichide", "@@*$ghide,domain=example.com|~b.com", "@@||example.com^$elemhide,badfilter", "@@$document", "@@/x/$shide", "||ads.example^$third-party", "/banner/*/x", "# comment", "####", "", " ", "example.com##.ad:not(", "#@#.ad", "a" * 30_000]
)  # fmt: skip
_LISTS = st.lists(st.one_of(_FILTERS, _FILTERS, _FILTERS, _OTHERS, st.text(max_size=30)), min_size=1, max_size=8).map(
    "\n".join
)
_TAGS = "<p> <p class=ad> <div> <div class='ad x'> <i> <i id=b> <section> </div> </p> </i> </section> Share aaaaaaaaaaaaaaaaaaaaaaaa".split(
    " "
)
_PAGES = st.lists(st.sampled_from(_TAGS), max_size=20).map("".join)


@often
@given(_LISTS, _PAGES)
def test_any_list_can_be_read_and_run(filters: str, html: str) -> None:
    rules = read_filter_list(filters + "\n", cache=False)
    list(skipped_lines(filters))
    page = f"<!doctype html><title>t</title><body>{html}"
    result = Cleaner([rules], builtin=False, steps=3_000_000).run(page, URL)
    assert not result.incomplete
    assert {"html", "head", "body"} <= set(HtmlReading(str(result.output)).page.tags)
    assert all(
        removal.path.split(" > ")[-1] not in ("html", "head", "body")
        for removal in result.removals
        if removal.action == "remove"
    )


@often
@given(_LISTS)
def test_a_list_that_is_read_strictly_raises_only_what_it_says(filters: str) -> None:
    lenient = read_filter_list(filters + "\n", cache=False)
    try:
        strict = read_filter_list(filters + "\n", cache=False, on_error="raise")
    except CleanpageError as error:
        assert str(error)
        assert lenient.reports[0].unusable
    else:
        assert [rule.written for rule in strict.rules] == [rule.written for rule in lenient.rules]


@often
@given(_LISTS)
def test_every_line_of_a_list_is_counted_once(filters: str) -> None:
    text = filters + "\n"
    loaded = read_filter_list(text, cache=False).reports[0].loaded
    forms = (
        "blank",
        "comment",
        "directive",
        "cosmetic",
        "html",
        "scriptlet",
        "header",
        "snippet",
        "page-exception",
        "network",
    )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    assert sum(loaded.get(form, 0) for form in forms) == len(lines)
