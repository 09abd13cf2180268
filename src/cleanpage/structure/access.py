"""What a page says of itself about who may read it: evidence, never a guess from phrases alone."""

from __future__ import annotations

from dataclasses import dataclass

from cleanpage.page import Page
from cleanpage.structure.article import json_ld

__all__ = ["Access", "access"]


@dataclass(frozen=True, slots=True)
class Access:
    """`value` is "free", "gated" or "unknown"; `evidence` is what the publisher's own markup says."""

    value: str = "unknown"
    evidence: tuple[str, ...] = ()


def access(page: Page) -> Access:
    """Read ``isAccessibleForFree`` (schema.org) and ``article:content_tier`` of `page`."""
    evidence = []
    values = set()
    for thing in json_ld(page):
        free = thing.get("isAccessibleForFree")
        if free is not None:
            said = str(free).strip().lower() not in ("false", "no", "0")
            values.add(said)
            part = thing.get("cssSelector")
            evidence.append(f"JSON-LD isAccessibleForFree={free}" + (f" at {part}" if part else ""))
    for i in page.by_tag.get("meta", ()):
        attrs = page.attrs(i)
        if attrs.get("property") == "article:content_tier":
            values.add(attrs.get("content", "").lower() == "free")
            evidence.append(f"article:content_tier={attrs.get('content', '')}")
    if not values:
        return Access()
    return Access("gated" if False in values else "free", tuple(evidence))
