"""Exceptions for whole pages: ``@@||example.com^$generichide`` and its kin, looked up by a page's own address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cleanpage.errors import RuleError
from cleanpage.match.hosts import PageUrl, parse_site
from cleanpage.rules.filterline import PageException, read_page_exception

__all__ = ["PageExceptions", "address_matches", "collect_page_exceptions"]

MAX_ADDRESS: Final = 8_000
"""How many characters of an address a pattern is compared with."""

_HOST_PATTERN: Final = re.compile(r"\|\|([a-z0-9_.-]*[a-z0-9_-](?:\.\*)?)\^?")
_ANY_PAGE: Final = frozenset(["", "*", "|http", "||", "^"])
_SEPARATOR: Final = r"(?:[^\w.%-]|$)"


@dataclass(slots=True)
class PageExceptions:
    """Exceptions by the host key they are for, and the rest, which are compared with the whole address."""

    by_host: dict[str, list[PageException]] = field(default_factory=dict)
    others: list[PageException] = field(default_factory=list)

    def off(self, address: PageUrl | None) -> frozenset[str]:
        """What is switched off on the page at `address`: any of generic, specific, all."""
        found: set[str] = set()
        if address is None or not (self.by_host or self.others):
            return frozenset()
        for key in address.keys:
            for exception in self.by_host.get(key, ()):
                if _domains_allow(exception.domains, address):
                    found |= exception.off
        for exception in self.others:
            if address_matches(exception.pattern, address) and _domains_allow(exception.domains, address):
                found |= exception.off
        return frozenset(found)


def collect_page_exceptions(lines: Iterable[str]) -> PageExceptions:
    """The exceptions in `lines`, without those that a ``$badfilter`` line takes back."""
    read = [exception for exception in map(read_page_exception, lines) if exception]
    void = {exception.written for exception in read if exception.cancels}
    found = PageExceptions()
    for exception in read:
        if exception.cancels or exception.written in void:
            continue
        keys = _keys(exception)
        for key in keys:
            found.by_host.setdefault(key, []).append(exception)
        if not keys:
            found.others.append(exception)
    return found


def _keys(exception: PageException) -> list[str]:
    host = _HOST_PATTERN.fullmatch(exception.pattern)
    if host and (exception.pattern.endswith(("^", "*"))):
        return [host[1]]
    if exception.pattern not in _ANY_PAGE:
        return []
    included = [name for name in exception.domains if not name.startswith("~")]
    return [name for name in included if not name.startswith("/")] if included else []


def _domains_allow(domains: Sequence[str], address: PageUrl) -> bool:
    included = [name for name in domains if not name.startswith("~")]
    if any(_names(name[1:], address) for name in domains if name.startswith("~")):
        return False
    return not included or any(_names(name, address) for name in included)


def _names(domain: str, address: PageUrl) -> bool:
    try:
        return parse_site(domain).matches(address)
    except RuleError:
        return False


def address_matches(pattern: str, address: PageUrl) -> bool:
    """Whether the pattern of a network filter names the page at `address`.

    ``||`` stands before a label of the host, ``|`` at the start or end, ``^`` for a separator, ``*`` for anything.

    >>> address_matches("||example.*/search?", PageUrl("www.example.co.uk", "/search?q=1"))
    True
    """
    steps = _steps(pattern)
    whole = f"https://{address.host}{address.path}"[:MAX_ADDRESS]
    starts = _label_starts(address.host) if pattern.startswith("||") else [0]
    return any(_follows(steps, whole, start) for start in starts)


def _label_starts(host: str) -> list[int]:
    first = len("https://")
    return [first] + [first + i + 1 for i, letter in enumerate(host) if letter == "."]


def _follows(steps: Sequence[tuple[re.Pattern[str], bool]], whole: str, at: int) -> bool:
    """Whether the pieces between the ``*`` of a pattern come one after the other; the leftmost place is always best."""
    for piece, fixed in steps:
        found = piece.match(whole, at) if fixed else piece.search(whole, at)
        if not found:
            return False
        at = found.end()
    return True


@lru_cache(maxsize=1024)
def _steps(pattern: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """The pieces of a pattern between its ``*``; the flag says that a piece stands where the search is, not after."""
    anchored = pattern.startswith("|")
    body = pattern.lstrip("|")
    end = "$" if body.endswith("|") else ""
    pieces = body.removesuffix("|").split("*")
    last = len(pieces) - 1
    return tuple(
        (re.compile(_piece(piece) + (end if i == last else ""), re.IGNORECASE), anchored and i == 0)
        for i, piece in enumerate(pieces)
    )


def _piece(text: str) -> str:
    return "".join(_SEPARATOR if letter == "^" else re.escape(letter) for letter in text)
