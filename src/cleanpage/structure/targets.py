"""Where the first link of a text block leads, as signs: to the same site or to another, how deep, and by which words.

A headline that links to what its words say is a teaser; a link to ``/tag/…`` or ``/author/…`` belongs to an article,
one to ``facebook.com/sharer`` to a share bar, one to the page itself to a menu.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cleanpage.page import Page
from cleanpage.structure.address import own_address
from cleanpage.structure.blocks import Blocks

__all__ = ["block_link_signs", "link_signs", "mark", "page_site", "read_targets", "stays_on_site"]

_MOSTLY: Final = 0.8
"""The share of a block that is links from which the block is one."""

_MOST_CHARS: Final = 400
_MOST_STEPS: Final = 6
"""How far around a text its link is looked for."""
_WORD = re.compile("[a-z]{2,}")
_PARTS = re.compile("[-_.+]|%20")
_NUMBER = re.compile("[0-9]{4}")
_QUARTERS: Final = 4


def _site(host: str) -> str:
    """The last two labels of a host: a rough name for the site."""
    return ".".join(host.partition(":")[0].split(".")[-2:])


def page_site(page: Page) -> str:
    """The site that the page says it is of; empty where it does not say."""
    address = own_address(page) or ""
    return _site(address.lower().partition("//")[2].partition("/")[0])


def stays_on_site(href: str, site: str) -> bool:
    """Whether a link to `href` leads to a page of `site`; where that is not known (empty), to any page.

    >>> [stays_on_site(to, "example.com") for to in ("/a", "//www.example.com/a", "https://example.org/", "#top")]
    [True, True, False, False]
    """
    low = href[:_MOST_CHARS].strip().lower()
    host, _, scheme = _split(low)
    if not low or low[0] == "#" or scheme not in ("http", "https", ""):
        return False
    return not host or not site or _site(host) == site


def read_targets(blocks: Blocks) -> list[str | None]:
    """For each block the address that its first link leads to; None where it has no link."""
    links = blocks.page.column("href")
    return [_first_link(blocks, b, links) if share else None for b, share in enumerate(blocks.links)]


def mark(share: float) -> str:
    """What the signs of a link begin with, by the share of its block that is links."""
    return ">" if share > _MOSTLY else "~"


def block_link_signs(blocks: Blocks, b: int, href: str, site: str) -> list[str]:
    """The signs of block `b`, whose first link leads to `href`."""
    begin = mark(blocks.links[b])
    return [begin + sign for sign in link_signs(href, blocks.texts[b], site)]


def _first_link(blocks: Blocks, b: int, links: Mapping[int, str]) -> str:
    page = blocks.page
    tags, parents, runs = page.tags, page.parents, page.text_parents
    for t in range(blocks.first[b], blocks.end[b]):
        e = runs[t]
        for _ in range(_MOST_STEPS):
            if e < 0 or tags[e] == "a":
                break
            e = parents[e]
        if e >= 0 and tags[e] == "a":
            return links.get(e, "")
    return ""


def link_signs(href: str, text: str, site: str) -> tuple[str, ...]:
    """The signs of a link to `href` that reads `text`, on a page of `site` (empty: not known).

    >>> link_signs("/tag/eels", "Eels", "marshpost.example")
    ('path', 'depth2', 'slug1', '/tag', 'named')
    >>> link_signs("https://twitter.com/share?u=x", "Tweet", "marshpost.example")
    ('other', '@twitter.com', 'depth1', 'slug1', 'query', '/share')
    """
    low = href[:_MOST_CHARS].strip().lower()
    if not low or low == "#":
        return ("none",)
    if low[0] == "#":
        return ("fragment",)
    host, path, scheme = _split(low)
    if scheme not in ("http", "https", ""):
        return ("mail",) if scheme in ("mailto", "tel") else ("script",)
    path, _, query = path.partition("#")[0].partition("?")
    steps = [step for step in path.split("/") if step]
    slug = [part for part in _PARTS.split(steps[-1]) if part] if steps else []
    found = _whose(host, site)
    found += (f"depth{min(5, len(steps))}", f"slug{min(9, len(slug))}")
    if query:
        found.append("query")
    if _NUMBER.search(path):
        found.append("number")
    for step in steps[:-1][:3] or steps[:1]:
        found += [f"/{word}" for word in _WORD.findall(step)[:3]]
    if slug:
        found += _said(slug, text)
    return tuple(dict.fromkeys(found))


def _split(low: str) -> tuple[str, str, str]:
    """Host, path and scheme of an address in lower case; each may be empty."""
    head, colon, rest = low.partition(":")
    scheme = head if colon and head.isalpha() else ""
    rest = rest if scheme else low
    if not rest.startswith("//"):
        return "", rest, scheme
    host, _, path = rest[2:].partition("/")
    return host, path, scheme


def _whose(host: str, site: str) -> list[str]:
    if not host:
        return ["path"]
    other = _site(host)
    return ["own"] if other == site else ["other", f"@{other}"]


def _said(slug: list[str], text: str) -> list[str]:
    """Whether the last step of the path says what the text says, as the addresses of articles do."""
    words = set(_WORD.findall(text.lower()))
    same = sum([part in words for part in slug])
    if len(slug) > 2:
        return [f"said{same * _QUARTERS // (len(slug) + 1)}"]
    return ["named"] if same == len(slug) else []
