"""The kinds of clutter, and the presets that choose among them."""

from __future__ import annotations

from typing import Final

KINDS: Final = (
    "caption_dup",
    "donation",
    "paywall",
    "newsletter",
    "related",
    "share",
    "comments",
    "ad",
    "cookie",
    "author_bio",
    "nav",
    "footer",
    "promo",
    "other",
)
"""What a rule can be about. A rule has exactly one of them."""

PRESETS: Final = {
    "article": frozenset(KINDS),
    "banners": frozenset({"donation", "paywall", "newsletter", "cookie", "promo", "ad"}),
}
"""``article`` leaves title, byline, date, body, first captions and tags; ``banners`` keeps the page's layout."""
