"""Site configs written for another version of a page do not take the article from this one."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner, Result
from cleanpage.rules.siteconfig import Match, read_site_config

PARAGRAPHS = [
    "The bridge across the river was opened on Tuesday by the mayor, who walked over it with two hundred people.",
    "Building it took seven years and cost more than was planned, because the ground on the northern bank was soft.",
    "The old bridge will be taken down in the spring of next year, and its stones will be used for the new quay.",
    "Two engineers have written a book about it, which the town library will show from the first of the month.",
    "Buses will run across it from Monday on, every ten minutes in the day and every half hour in the night.",
    "A second bridge, for the railway, is being planned; the council will speak about its costs in the autumn.",
]
ARTICLE = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def run(config: str, body: str, match: Match = "token") -> Result:
    rules = read_site_config(config, file="example.com.txt", host="example.com", match=match)
    page = f"<html><head><title>The bridge</title></head><body><main>{body}</main></body></html>"
    return Cleaner([rules], builtin=False).run(page, "https://example.com/news/bridge")


def lost(result: Result) -> list[str]:
    return [text for text in PARAGRAPHS if text not in result.output]


POSITIONAL = "strip: //article/section[last()]/following-sibling::*\nstrip_id_or_class: share-bar\n"
"""The shape of a config for wsj.com: all behind the last section goes."""


def test_positional_strip_takes_what_it_was_written_for() -> None:
    links = '<ul class="related-links"><li><a href="/1">A ferry sinks</a></li><li><a href="/2">Bread is dearer</a></li></ul>'
    result = run(POSITIONAL, f"<article><section>{ARTICLE}</section>{links}</article>")
    assert lost(result) == []
    assert "A ferry sinks" not in result.output


def test_positional_strip_leaves_an_article_of_another_shape() -> None:
    head = '<section><h1>The bridge opens</h1></section><div class="share-bar">Share this on Example</div>'
    result = run(POSITIONAL, f"<article>{head}<div class='text'>{ARTICLE}</div></article>")
    assert lost(result) == []
    assert "Share this on Example" not in result.output
    assert [refused.reason.partition(":")[0] for refused in result.refused] == ["brake"]


SOCIAL = "strip_id_or_class: social\n"
"""The shape of a config for nj.com: a word that is a whole class, and a part of others."""
TWO_PARTS = (
    f'<article><div class="text">{"".join(f"<p>{t}</p>" for t in PARAGRAPHS[:4])}</div>'
    f'<div class="text text-with-social-card">{"".join(f"<p>{t}</p>" for t in PARAGRAPHS[4:])}</div>'
    '<div class="social">Follow us on Example</div></article>'
)


@pytest.mark.parametrize("match", ["token", "substring"])
def test_a_word_of_a_class_does_not_take_paragraphs(match: Match) -> None:
    assert lost(run(SOCIAL, TWO_PARTS, match)) == []


def test_whole_tokens_take_the_box_they_name() -> None:
    assert "Follow us on Example" not in run(SOCIAL, TWO_PARTS).output


def test_one_paragraph_is_more_than_may_go() -> None:
    """Half a per cent of the article is the most that a config may take; a paragraph of it is more."""
    body = f'<article>{ARTICLE.replace("<p>A second", "<p class=note>A second")}</article>'
    result = run("strip: //p[@class='note']\n", body)
    assert lost(result) == []
    assert result.refused


BODY = "body: //div[@id='story']\n"


def test_body_takes_what_stands_around_it() -> None:
    menu = '<ul><li><a href="/">Menu</a></li><li><a href="/sport">Sport</a></li></ul>'
    result = run(BODY, f'{menu}<div id="story">{ARTICLE}</div><div><a href="/ferry">Read this too</a></div>')
    assert lost(result) == []
    assert "Menu" not in result.output
    assert "Read this too" not in result.output


def test_body_that_is_a_part_of_the_article_leaves_the_rest() -> None:
    parts = f'<div id="story"><p>{PARAGRAPHS[0]}</p></div>' + "".join(f"<p>{text}</p>" for text in PARAGRAPHS[1:])
    assert lost(run(BODY, parts)) == []
