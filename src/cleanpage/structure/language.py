"""The language a page says it is in."""

from __future__ import annotations

from cleanpage.page import Page

__all__ = ["language"]


def language(page: Page) -> str | None:
    """The page's primary language as a two- or three-letter tag, from ``<html lang>`` or its metadata; else None."""
    for i in page.by_tag.get("html", ())[:1]:
        attrs = page.attrs(i)
        tag = attrs.get("lang") or attrs.get("xml:lang") or attrs.get("lang".upper())
        if tag:
            return _primary(tag)
    for i in page.by_tag.get("meta", ()):
        attrs = page.attrs(i)
        name = (attrs.get("http-equiv") or attrs.get("property") or attrs.get("name") or "").lower()
        if name in ("content-language", "og:locale", "language") and attrs.get("content"):
            return _primary(attrs["content"])
    return None


def _primary(tag: str) -> str | None:
    primary = tag.replace("_", "-").split("-")[0].strip().lower()
    return primary if primary.isalpha() and 2 <= len(primary) <= 3 else None
