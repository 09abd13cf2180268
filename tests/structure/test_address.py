"""A page says its own address, by its links or by the comment that a browser has put above it, for every source."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from lxml import html as lxml_html

import cleanpage
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.address import own_address

SAVED = "<!-- saved from url=(0021)https://example.com/a -->"


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<link rel='alternate canonical' href=https://example.com/a>", "https://example.com/a"),
        ("<meta property=og:url content=https://example.com/a>", "https://example.com/a"),
        (f"<!DOCTYPE html>\n{SAVED}\n<html><p>x", "https://example.com/a"),
        (f"{SAVED}<p>x", "https://example.com/a"),
        (f"{SAVED}<link rel=canonical href=https://example.org/b>", "https://example.org/b"),
        (f"<p>{SAVED}", None),
        ("<!-- saved from url --><p>x", None),
        ("", None),
    ],
)
def test_a_page_says_its_address(html: str, address: str | None) -> None:
    assert own_address(HtmlReading(html).page) == address


def test_the_comment_picks_the_rules_of_the_site_for_every_source() -> None:
    rules = read_toml('sites = ["example.com"]\n[[rule]]\nid = "x"\nselect = ".x"\n', file="example.com.toml")
    cleaner = cleanpage.Cleaner([rules], builtin=False)
    page = f"<!DOCTYPE html>\n{SAVED}\n<html><body><p>a</p><p class='x'>b</p></body></html>"
    assert "b</p>" not in cleaner.clean(page)
    assert b"b</p>" not in cleaner.clean(page.encode())
    assert "b</p>" not in str(cleaner.clean(BeautifulSoup(page, "html.parser")))
    tree = lxml_html.document_fromstring(page)
    assert b"b</p>" not in lxml_html.tostring(cleaner.clean(tree))
