"""The comment that browsers put above a page that they save: where it was saved from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["saved_from", "saved_from_in"]

_SAVED = re.compile(r"\s*saved from url=\(\d+\)(\S+)\s*")
_FIRST = re.compile(r"\s*(?:<!doctype[^>]*>)?\s*<!--(.*?)-->", re.IGNORECASE | re.DOTALL)
_HEAD: Final = 4_096
"""Characters of a page in which the comment is looked for."""


def saved_from(comments: Iterable[str]) -> str:
    """The address that one of the comments above a page's root tells; "" where none does.

    >>> saved_from(["saved from url=(0022)https://example.com/a "])
    'https://example.com/a'
    """
    return next((found[1] for comment in comments if (found := _SAVED.fullmatch(comment))), "")


def saved_from_in(source: str) -> str:
    """The address that the comment below the doctype of a page's source tells; "" where it tells none."""
    first = _FIRST.match(source[:_HEAD])
    return saved_from([first[1]]) if first else ""
