"""What readers wrote below an article, however long it is, is no part of where the article stands."""

from __future__ import annotations

import pytest

from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.features import read_signals
from cleanpage.structure.threads import outside_threads

PROSE = "The harbour is to be rebuilt after the flood, and the town has asked everybody who lives near the quay. " * 2
REPLY = "I have lived by the quay for thirty years and have never seen such a flood, and I doubt that a wall will help."


def words_outside(html: str) -> list[int]:
    found = blocks(HtmlReading(html).page)
    return outside_threads(found, found.words)


@pytest.mark.parametrize("name", ["comments", "commentlist", "post-comments-area", "kommentare", "comentarios", "yorumlar"])
def test_replies_are_left_out(name: str) -> None:
    outside = words_outside(f'<p>{PROSE}</p><p>{PROSE}</p><div class="{name}">' + f"<p>{REPLY}</p>" * 9 + "</div>")
    assert all(outside[:2]) and not any(outside[2:])


@pytest.mark.parametrize(
    "html",
    [
        f'<div class="has-comments"><p>{PROSE}</p><p>{PROSE}</p></div>',
        f'<p>{PROSE}</p><div class="comment-page"><h1>Harbour</h1><p>{PROSE}</p></div>',
        f'<div id="comment-1"><p>{PROSE}</p></div><div id="comment-2"><p>{PROSE}</p></div>',
        f'<p>{PROSE}</p><div class="post comments-open"><p>{PROSE}</p></div>',
        f'<p>{PROSE}</p><div class="recommended"><p>{PROSE}</p></div>',
        f'<p>{PROSE}</p><div class="live-match-comments"><p>{PROSE}</p></div>',
    ],
    ids=["named on the page", "around the headline", "a forum", "can be commented on", "part of another word", "minutes of a match"],
)
def test_what_may_be_the_article_is_not(html: str) -> None:
    assert all(words_outside(html))


def test_the_article_ends_above_a_long_thread() -> None:
    thread = '<ol class="commentlist">' + f"<li><p>{REPLY}</p></li>" * 40 + "</ol>"
    seen = read_signals(blocks(HtmlReading(f"<h1>Harbour</h1><p>{PROSE}</p><p>{PROSE}</p>{thread}").page))
    assert (seen.first, seen.last) == (1, 2)
