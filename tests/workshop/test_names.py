"""Names that last are told from those that a build tool has made."""

from __future__ import annotations

import pytest

from cleanpage.workshop.names import HASHED, LOOKS, NUMBERED, lasting_start, trouble

NAMES = {
    "": "newsletter-box related_stories article__share moreOnThis subNavLink HTMLBlock AdUnit mostRead jp-relatedposts"
    " sharedaddy ob-widget AdSense1 ad-300x250 ad728Box adspace-728x90 icon--facebook Rail__Inner c-byline",
    HASHED: "css-1x2y3z css-abc123-Button sc-aBcDeF sc-4c6a6d4-0 Foo__Bar-sc-1niifws-7 _3fkA9 _1f31be7db0b69731 jsx-1234"
    " svelte-1abc2d bXgmHT iYgAAq a13h086p ef0cef3b15357fde Newsletter_box__3fkA9 PromoBox-fGMwRh e1xnxfi20",
    NUMBERED: "post-12345 menu-item-2000024138 postid-95154 wp-image-2001195550",
    LOOKS: "mt-4 col-md-6 flex text-center md:hidden bg-[#fff] container wrapper left is-active w-1/2",
}


@pytest.mark.parametrize(("why", "name"), [(why, name) for why, names in NAMES.items() for name in names.split()])
def test_sort_of_name(why: str, name: str) -> None:
    assert trouble(name) == why


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Newsletter_box__3fkA9", "Newsletter_box__"),
        ("PromoBox-fGMwRh", "PromoBox-"),
        ("ArticleListItem-module__ETIDta__wrapper", "ArticleListItem-module__"),
        ("article__share", ""),
        ("icon--facebook", ""),
        ("css-1x2y3z", ""),
    ],
)
def test_start_that_lasts(name: str, start: str) -> None:
    assert lasting_start(name) == start
