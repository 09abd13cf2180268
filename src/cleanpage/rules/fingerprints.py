"""What a page was made with, by which readers of site configs find a config for hosts that have none of their own."""

from __future__ import annotations

from typing import Any

from cleanpage.page import Page
from cleanpage.rules.sitelines import settings

__all__ = ["fingerprint"]


def fingerprint(page: Page) -> str:
    """The host whose config is for pages like this one, such as ``fingerprint.wordpress.com``; "" where none is.

    >>> from cleanpage.sources.html import HtmlReading
    >>> fingerprint(HtmlReading('<meta name="generator" content="WordPress 6.5">').page)
    'fingerprint.wordpress.com'
    """
    found = (entry["config"] for entry in settings()["fingerprint"] if _fits(entry, page))
    return str(next(found, ""))


def _fits(entry: dict[str, Any], page: Page) -> bool:
    return any(_has(entry, page, i) for i in page.by_tag.get(entry["tag"], ()))


def _has(entry: dict[str, Any], page: Page, i: int) -> bool:
    """Whether element `i` has the attributes of an entry, those under ``begins`` by their beginnings, and its text."""
    if "text" in entry:
        return entry["text"] in "".join(page.texts[page.text_first[i] : page.text_end[i]])
    held = {name: value.strip().lower() for name, value in page.attrs(i).items()}
    equal = all(held.get(name) == value for name, value in entry["has"].items())
    return equal and all(held.get(name, "").startswith(value) for name, value in entry["begins"].items())
