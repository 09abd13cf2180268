"""What a page says of its own address."""

from __future__ import annotations

from cleanpage.page import Page

__all__ = ["own_address"]


def own_address(page: Page) -> str | None:
    """What the page says its address is: canonical link, og:url or where it was saved from; None where it does not."""
    for i in page.by_tag.get("link", ()):
        attrs = page.attrs(i)
        if "canonical" in attrs.get("rel", "").lower().split() and "//" in attrs.get("href", ""):
            return attrs["href"]
    for i in page.by_tag.get("meta", ()):
        attrs = page.attrs(i)
        if attrs.get("property") == "og:url" and "//" in attrs.get("content", ""):
            return attrs["content"]
    return page.saved_from or None
