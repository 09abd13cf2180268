"""What ``text`` asks for: phrases, and regular expressions written ``/…/`` or ``/…/i``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from cleanpage.errors import UnsupportedRule
from cleanpage.match.text import check_phrase

if TYPE_CHECKING:
    from cleanpage.match.regex import Regex

__all__ = ["check_wording", "has_pattern", "is_pattern", "pattern"]

_PATTERN = re.compile(r"/(.+)/([imsu]*|[a-z]{1,2})", re.DOTALL)


def is_pattern(written: str) -> bool:
    """Whether a wording is a regular expression.

    >>> [is_pattern(written) for written in ("/sign ?up/i", "Sign up", "and/or", "/r/news")]
    [True, False, False, False]
    """
    return written.startswith("/") and _PATTERN.fullmatch(written) is not None


def has_pattern(wordings: Iterable[str]) -> bool:
    """Whether one of some wordings is a regular expression."""
    return any(is_pattern(written) for written in wordings if written.startswith("/"))


@lru_cache(maxsize=512)
def pattern(written: str) -> Regex:
    """The regular expression that a wording is. Raises UnsupportedRule for one that cannot be used."""
    from cleanpage.match.regex import compile_regex

    found = _PATTERN.fullmatch(written)
    assert found is not None, "asked of what is_pattern says no to"
    return compile_regex(found[1], found[2])


def check_wording(written: str) -> None:
    """Nothing, where `written` is a phrase or a regular expression that can be looked for.

    Raises:
        RuleSyntaxError, LimitExceeded: as `check_phrase`.
        UnsupportedRule: (``regex``) the regular expression cannot be used.
    """
    if not is_pattern(written):
        check_phrase(written)
        return
    try:
        pattern(written)
    except UnsupportedRule as error:
        # Without a column all of it is underlined.
        raise UnsupportedRule(error.message, code=error.code, hint=error.hint) from error
