"""Where the article is on a page, and how sure that is.

Prose is what an article is made of: blocks of some length with few links. The article's element is the deepest one
that holds most of the page's prose (the observation behind Readability and behind Kohlschütter et al., "Boilerplate
Detection using Shallow Text Features", WSDM 2010: text density and link density alone tell most blocks apart).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanpage.page import Page
from cleanpage.structure.blocks import Blocks
from cleanpage.structure.threads import outside_threads

__all__ = ["PROSE_LINKS", "PROSE_WORDS", "Article", "find_article", "is_prose", "only_headline", "prose_in"]

PROSE_WORDS = 15
PROSE_LINKS = 0.35
CERTAIN = 0.98
"""How likely a block must be clutter for its prose to count for nothing."""
_MOST = 0.6
"""Share of the page's prose that the article's element holds."""


@dataclass(frozen=True, slots=True)
class Article:
    """Where the article stands: its element, and block numbers of its headline and its first and last prose.

    `sure` runs from 0 (no article found) to 1.
    """

    element: int = -1
    headline: int = -1
    first: int = 0
    last: int = -1
    words: int = 0
    sure: float = 0.0


def only_headline(page: Page) -> int:
    """The page's only h1; -1 where there are none or several."""
    headlines = page.by_tag.get("h1", ())
    return headlines[0] if len(headlines) == 1 else -1


def is_prose(blocks: Blocks, b: int) -> bool:
    """Whether block `b` reads like running text."""
    return blocks.words[b] >= PROSE_WORDS and blocks.links[b] < PROSE_LINKS


def prose_in(blocks: Blocks) -> list[bool]:
    """For each block, whether it reads like running text."""
    return [w >= PROSE_WORDS and share < PROSE_LINKS for w, share in zip(blocks.words, blocks.links, strict=True)]


def find_article(page: Page, blocks: Blocks, clutter: Sequence[float]) -> Article:
    """The article of `page`, from the shape of its blocks and the marks of its author.

    `clutter` is the evidence on each block: prose that is most certainly something else (comments, a consent dialog)
    is no part of the article, unless there is no other.
    """
    words_of_prose = [words if told else 0 for words, told in zip(blocks.words, prose_in(blocks), strict=True)]
    prose = [b for b, words in enumerate(outside_threads(blocks, words_of_prose)) if words]
    prose = [b for b in prose if clutter[b] < CERTAIN] or prose
    if not prose:
        return Article()
    element = _element(page, blocks, prose)
    inside = [b for b in prose if page.contains(element, blocks.element[b])]
    words = sum(blocks.words[b] for b in inside)
    headline = _headline(page, blocks, inside[0])
    return Article(element, headline, inside[0], inside[-1], words, _sureness(page, element, headline, words))


def _element(page: Page, blocks: Blocks, prose: list[int]) -> int:
    weight: dict[int, int] = {}
    for b in prose:
        i = blocks.element[b]
        weight[i] = weight.get(i, 0) + blocks.words[b]
    total = sum(weight.values())
    sums = dict(weight)
    order = sorted(page.with_ancestors(weight), reverse=True)
    for i in order:
        p = page.parents[i]
        if p >= 0:
            sums[p] = sums.get(p, 0) + sums.get(i, 0)
        if sums.get(i, 0) >= _MOST * total:
            return i
    return page.body


def _headline(page: Page, blocks: Blocks, first: int) -> int:
    """The last block in an h1 that stands before the prose or just behind its start; else the page's first h1."""
    found = -1
    for i in page.by_tag.get("h1", ()):
        for b in blocks.within(i):
            if b <= first + 2:
                found = b
            elif found < 0:
                return b
    return found


def _sureness(page: Page, element: int, headline: int, words: int) -> float:
    marks = [
        words >= 150,
        headline >= 0,
        any(page.tags[a] in ("article", "main") for a in (element, *page.ancestors(element))),
        any("articlebody" in page.attrs(a).get("itemprop", "").lower() for a in (element, *page.ancestors(element))),
        words >= 400,
    ]
    return min(1.0, 0.2 + 0.25 * sum(marks))


def page_kind(page: Page, blocks: Blocks, article: Article, clutter: float) -> str:
    """What sort of page this is: "article", "index" (its links are its content), "wall" or "unknown".

    `clutter` is the share of the page's words that look like clutter; a short page that is nothing but a prompt to
    consent, to log in or to wait is a wall. A page that says it is an article, or that has a headline of its own above
    some prose, is no index, however many links it has.
    """
    words = sum(blocks.words)
    if not words:
        return "unknown"
    if article.words >= _ARTICLE_WORDS:
        return "article"
    if words < _WALL_WORDS and clutter > 0.5 and article.sure < 0.5:
        return "wall"
    if _linked_lines(blocks) >= _INDEX_LINES and article.words < 0.15 * words and not _says_article(page):
        return "index"
    return "article" if article.words else "unknown"


def _linked_lines(blocks: Blocks) -> int:
    """How many blocks are links of the length of headlines."""
    return sum(1 for w, share in zip(blocks.words, blocks.links, strict=True) if w >= _LINE and share > _LINK)


def _says_article(page: Page) -> bool:
    for i in page.by_tag.get("meta", ()):
        attrs = page.attrs(i)
        name = (attrs.get("property") or attrs.get("name") or "").lower()
        if name.startswith("article:") or (name == "og:type" and "article" in attrs.get("content", "").lower()):
            return True
    kinds = (thing.get("@type") for thing in json_ld(page))
    return any(str(kind).rstrip("']").endswith(_WORKS) for kind in kinds)


_ARTICLE_WORDS = 120
_WALL_WORDS = 250
_INDEX_LINES = 20
_LINE = 5
_LINK = 0.8
_WORKS = ("Article", "Posting", "Recipe", "Product", "Review", "QAPage", "VideoObject")
"""Types of schema.org that a page has for the one work it shows."""

_LD_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)"
    r"|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*$"
)


def json_ld(page: Page) -> Iterator[dict[str, object]]:
    """The objects of the page's JSON-LD scripts, nested ones too; what is not JSON is passed over."""
    for i in page.by_tag.get("script", ()):
        if "ld+json" not in page.attrs(i).get("type", ""):
            continue
        try:
            open_ = [json.loads(_LD_COMMENT.sub("", page.text_content(i)), strict=False)]
        except (ValueError, RecursionError):
            continue
        while open_:
            thing = open_.pop()
            if isinstance(thing, dict):
                yield thing
                open_ += list(thing.values())
            elif isinstance(thing, list):
                open_ += thing
