"""Which blocks stand among what readers wrote: in an element whose class or id is named after comments.

A thread below an article is often longer than the article, and its prose looks the same: without its name it would be
taken for the article, and the article for what stands above it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, lru_cache

from cleanpage.packaged import read_table
from cleanpage.page import Page
from cleanpage.structure.blocks import Blocks

__all__ = ["outside_threads"]

_LEAST = 60
"""Words of prose without which a page has no article beside its threads: they are the article then, as in a forum."""
_LONGEST_NAME = 300
_WORD = re.compile("[a-z]+")


def outside_threads(blocks: Blocks, prose: Sequence[int]) -> list[int]:
    """`prose`, the words of each block where it reads like running text, without that of readers' threads; all of it
    where hardly any would be left."""
    first = next((b for b, words in enumerate(prose) if words), -1)
    if first < 0:
        return list(prose)
    page, parents, inner = blocks.page, blocks.page.parents, blocks.inner
    opening = inner[first]
    known: dict[int, bool] = {}
    outside = []
    for e, words in zip(inner, prose, strict=True):
        if words and e > opening:
            chain = []
            while e >= page.body and e not in known:
                chain.append(e)
                e = parents[e]
            threaded = known.get(e, False)
            for e in reversed(chain):
                threaded = known[e] = threaded or _is_thread(page, e, opening)
            outside.append(0 if threaded else words)
        else:
            outside.append(words)
    return outside if sum(outside) >= _LEAST else list(prose)


def _is_thread(page: Page, e: int, opening: int) -> bool:
    """Whether element `e` is named after comments, and holds neither the page's `opening` nor a headline."""
    if not any(name and _names_thread(name) for name in (page.classes[e], page.ids[e])):
        return False
    if e <= opening < page.ends[e]:
        return False
    headlines = page.by_tag.get("h1", [])
    return bisect_left(headlines, e) == bisect_left(headlines, page.ends[e])


@lru_cache(maxsize=8192)
def _names_thread(names: str) -> bool:
    """Whether one of the `names` of an element, in its class or id, is that of a thread."""
    begins, never = _words("begins"), _words("never")
    for name in names[:_LONGEST_NAME].lower().split():
        words = _WORD.findall(name)
        if any(word.startswith(begins) for word in words) and not any(word in never for word in words):
            return True
    return False


@cache
def _words(table: str) -> tuple[str, ...]:
    return tuple(" ".join(read_table("threads.toml")[table].values()).split())
