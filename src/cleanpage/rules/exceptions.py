"""Exceptions by selector text (``example.com#@#.promo``): which filters do not count on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cleanpage.match.hosts import PageUrl, parse_site
from cleanpage.rules.filterline import read_line
from cleanpage.rules.filters import exception_text, split_domains

__all__ = ["SelectorExceptions", "collect_exceptions"]


@dataclass(slots=True)
class SelectorExceptions:
    """Selector texts, in their normal spelling, that exceptions name: everywhere, or by host key and site pattern."""

    everywhere: set[str] = field(default_factory=set)
    by_host: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def on(self, address: PageUrl | None) -> set[str]:
        """The texts that are excepted on the page at `address` but not everywhere."""
        found: set[str] = set()
        if address is not None and self.by_host:
            for key in ("", *address.keys):
                for text, site in self.by_host.get(key, ()):
                    if text not in found and parse_site(site).matches(address):
                        found.add(text)
        return found


def collect_exceptions(lines: Iterable[str]) -> SelectorExceptions:
    """The exceptions in `lines`, which a list's reader has found to be usable."""
    found = SelectorExceptions()
    for line in lines:
        parts = read_line(line)
        text = exception_text(parts)
        include, _ = split_domains(parts.domains)
        if not include:
            found.everywhere.add(text)
        for site in include:
            found.by_host.setdefault(parse_site(site).key, []).append((text, site))
    return found
