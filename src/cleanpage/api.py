"""The two functions for those who need no Cleaner of their own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cleanpage.cleaner import Cleaner

__all__ = ["clean", "clean_text"]


@lru_cache(maxsize=1)
def _packaged() -> Cleaner:
    return Cleaner()


def clean(page: Any, url: str | None = None, *, encoding: str | None = None) -> Any:
    """`page` without its clutter, by the packaged rules.

    str gives str and bytes give bytes, cut but otherwise as they came; an lxml tree or a BeautifulSoup object is
    cleaned in place and returned. `url` picks the rules of its site. Raises InputError for anything that is no page.

    >>> clean("<p>Hello</p>")
    '<p>Hello</p>'
    """
    return _packaged().clean(page, url, encoding=encoding)


def clean_text(text: str, url: str | None = None) -> str:
    """Plain text or Markdown that was scraped before, without its clutter, by the same rules.

    >>> clean_text("Hello")
    'Hello'
    """
    output: str = _packaged().run_text(text, url).output
    return output
