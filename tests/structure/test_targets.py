"""Where links lead, as signs."""

from __future__ import annotations

import pytest

from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.targets import link_signs, page_site, read_targets


@pytest.mark.parametrize(
    ("href", "text", "expected"),
    [
        ("", "More", {"none"}),
        ("#", "Top", {"none"}),
        ("#comments", "Comments", {"fragment"}),
        ("mailto:ann@marshpost.example", "Write to us", {"mail"}),
        ("javascript:void(0)", "Print", {"script"}),
        ("/news/what-eels-eat-2024", "What eels eat", {"path", "depth2", "slug4", "number", "/news", "said2"}),
        ("https://www.marshpost.example/", "Home", {"own", "depth0", "slug0"}),
        ("//other.example/a?b=c", "A", {"other", "@other.example", "depth1", "slug1", "query"}),
        ("HTTPS://WWW.MARSHPOST.EXAMPLE/Author/Ann", "Ann", {"own", "depth2", "slug1", "/author", "named"}),
        ("http://", "x", {"path", "depth0", "slug0"}),
        ("tag/eels#top", "Eels", {"path", "depth2", "slug1", "/tag", "named"}),
        ("/" * 1000, "x", {"path", "depth0", "slug0"}),
    ],
)
def test_a_link_says_where_it_leads(href: str, text: str, expected: set[str]) -> None:
    assert set(link_signs(href, text, "marshpost.example")) == expected


@pytest.mark.parametrize(
    ("head", "site"),
    [
        ("<link rel=canonical href=https://www.Marshpost.example/a>", "marshpost.example"),
        ("<meta property=og:url content=https://marshpost.example:8080/a>", "marshpost.example"),
        ("<link rel=canonical href=/a>", ""),
        ("", ""),
    ],
)
def test_the_site_is_what_the_page_says(head: str, site: str) -> None:
    assert page_site(HtmlReading(f"<head>{head}</head><p>x</p>").page) == site


def test_a_block_leads_where_its_first_link_does() -> None:
    html = "<p>See <a href=/a><b>this</b></a> and <a href=/b>that</a></p><p>No link</p><p><a>nowhere</a></p>"
    assert read_targets(blocks(HtmlReading(html).page)) == ["/a", None, ""]
