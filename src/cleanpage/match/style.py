"""The declarations of a style attribute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["declarations", "hides"]

_IMPORTANT = re.compile(r" ?! ?important$")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)

HIDING: Final[Mapping[str, frozenset[str]]] = {
    "display": frozenset({"none"}),
    "visibility": frozenset({"hidden", "collapse"}),
    "opacity": frozenset({"0", "0.0", "0%", ".0"}),
}


def declarations(style: str) -> dict[str, str]:
    """Property to value, both in lower case with white space folded and ``!important`` dropped; the last one wins.

    >>> declarations("DISPLAY : none !important; color:red")
    {'display': 'none', 'color': 'red'}
    """
    found = {}
    for piece in _COMMENT.sub(" ", style).split(";"):
        name, colon, value = piece.partition(":")
        if colon:
            found[name.strip().lower()] = _IMPORTANT.sub("", " ".join(value.lower().split()))
    return found


def hides(style: str) -> bool:
    """Whether these declarations keep an element from being seen."""
    return any(value in HIDING.get(name, ()) for name, value in declarations(style).items())
