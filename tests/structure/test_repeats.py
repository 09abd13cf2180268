"""Captions and titles that occur again."""

from __future__ import annotations

import pytest

from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.repeats import Repeats

CAPTION = "A ferry leaves the harbour at dawn on Monday"


def repeated(html: str, headline: int = -1) -> list[str]:
    page = HtmlReading(html).page
    found = blocks(page)
    repeats = Repeats(page, found, headline)
    return [found.texts[b] for b in sorted(repeats.captions | repeats.titles)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<figure><img><figcaption>{CAPTION}</figcaption></figure><p>{CAPTION}</p>", [CAPTION]),
        (
            f"<figure><figcaption>{CAPTION}</figcaption></figure><p>{CAPTION} (Ann Example/Agency)</p>",
            [CAPTION + " (Ann Example/Agency)"],
        ),
        (f"<figure><figcaption>{CAPTION}</figcaption></figure>", []),
        (f"<p>{CAPTION}</p><p>{CAPTION}</p>", []),
        ("<figure><figcaption>Photo</figcaption></figure><p>Photo</p>", []),
        (f"<div class=image-caption>{CAPTION}</div><p>{CAPTION}</p>", [CAPTION]),
        (
            "<figure><img><figcaption>Ann Example Agency</figcaption></figure>"
            "<figure><img><figcaption>Ann Example Agency</figcaption></figure>",
            [],
        ),
        (
            "<figure><amp-img></amp-img><figcaption>Ann Example Agency</figcaption></figure>"
            "<figure><amp-img><img></amp-img><figcaption>Ann Example Agency</figcaption></figure>",
            [],
        ),
        (
            "<figure><img><figcaption><h3>The harbour in pictures</h3><p>One</p></figcaption></figure>"
            "<figure><img><figcaption><h3>The harbour in pictures</h3><p>Two</p></figcaption></figure>",
            ["The harbour in pictures"],
        ),
    ],
)
def test_a_caption_that_stands_twice_is_found_once(html: str, expected: list[str]) -> None:
    assert repeated(html) == expected


def test_the_headline_in_a_sticky_bar_is_a_repeat_and_the_headline_is_not() -> None:
    title = "Harbour reopens after the storm"
    html = f"<h1>{title}</h1><p>Text.</p><div class=bar>{title}</div>"
    assert repeated(html, headline=0) == [title]


def test_a_far_away_copy_is_left_alone() -> None:
    between = "".join(f"<p>Paragraph number {n}.</p>" for n in range(12))
    assert repeated(f"<figure><figcaption>{CAPTION}</figcaption></figure>{between}<p>{CAPTION}</p>") == []


def test_a_long_caption_may_stand_again_in_the_text_some_blocks_away() -> None:
    between = "".join(f"<p>Paragraph number {n}.</p>" for n in range(12))
    caption = CAPTION + " in the first week of spring"
    figure = f"<figure><img><figcaption>{caption}</figcaption></figure>"
    assert repeated(f"{figure}{between}<div>{caption}</div>") == [caption]
    assert repeated(f"{figure}{between}{between}{between}<div>{caption}</div>") == []


def test_a_caption_that_says_what_the_headline_says_is_no_repeat() -> None:
    html = f"<h1>{CAPTION}</h1><figure><img><figcaption>{CAPTION}</figcaption></figure><p>Text.</p>"
    page = HtmlReading(html).page
    assert Repeats(page, blocks(page), headline=0).captions == frozenset()


def test_a_long_caption_is_a_repeat_however_far_away() -> None:
    between = "".join(f"<p>Paragraph number {n}.</p>" for n in range(12))
    caption = CAPTION + " in the first week of spring"
    figure = f"<figure><img><figcaption>{caption}</figcaption></figure>"
    assert repeated(f"{figure}{between}{figure}") == [caption]


def test_of_two_copies_the_one_in_a_larger_view_is_the_repeat_though_it_stands_first() -> None:
    html = f"<div class=lightbox><p>{CAPTION}</p></div><figure><figcaption>{CAPTION}</figcaption></figure>"
    page = HtmlReading(html).page
    assert Repeats(page, blocks(page), -1).captions == {0}
