"""Names of classes and ids: which last, which a build tool has made, and which say nothing of what an element is."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final

from cleanpage.packaged import read_table

__all__ = ["HASHED", "LOOKS", "NUMBERED", "knowledge", "lasting_start", "trouble"]

HASHED: Final = "hashed"
NUMBERED: Final = "numbered"
LOOKS: Final = "looks"


@cache
def knowledge() -> dict[str, Any]:
    """What the workshop knows of names, tags and attributes, as its data file says it."""
    return read_table("workshop.toml")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    names = knowledge()["names"]
    order = (("", "lasting"), (HASHED, HASHED), (LOOKS, LOOKS), (NUMBERED, NUMBERED))
    return tuple((why, _any_of(names[key])) for why, key in order)


@cache
def _ends() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in knowledge()["names"]["hashed_end"]))


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@lru_cache(maxsize=16384)
def trouble(name: str) -> str:
    """Why a class or id is no good name for a rule: HASHED, NUMBERED or LOOKS; "" where nothing speaks against it.

    >>> [trouble(name) for name in ("newsletter-box", "css-1x2y3z", "sc-aBcDeF", "_3fkA9", "post-12345", "mt-4")]
    ['', 'hashed', 'hashed', 'hashed', 'numbered', 'looks']
    """
    found = next((why for why, pattern in _patterns() if pattern.fullmatch(name)), None)
    return found if found is not None else HASHED if lasting_start(name) else ""


@lru_cache(maxsize=16384)
def lasting_start(name: str) -> str:
    """What lasts of a name whose end a build tool has made; "" where it has no such end.

    >>> lasting_start("Newsletter_box__3fkA9"), lasting_start("newsletter-box")
    ('Newsletter_box__', '')
    """
    found = _ends().fullmatch(name)
    return next((group for group in found.groups() if group), "") if found else ""
