"""Which blocks stand among what readers wrote: in an element whose class or id is named after comments.

A thread below an article is often longer than the article, and its prose looks the same: without its name it would be
taken for the article, and the article for what stands above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from cleanpage.packaged import read_words
from cleanpage.page import LONGEST_NAMES, Page, any_between, name_words
from cleanpage.structure.blocks import Blocks

__all__ = ["outside_threads"]

_LEAST = 60
"""Words of prose without which a page has no article beside its threads: they are the article then, as in a forum."""


def outside_threads(blocks: Blocks, prose: Sequence[int]) -> Sequence[int]:
    """`prose`, the words of each block where it reads like running text, without that of readers' threads; all of it
    where hardly any would be left."""
    page, inner = blocks.page, blocks.inner
    told = [e for e, words in zip(inner, prose, strict=True) if words]
    threads = page.outermost(sorted(e for e in page.with_ancestors(told) if _is_thread(page, e, told[0])))
    if not threads:
        return prose
    outside = [0 if page.holder(threads, e) is not None else words for e, words in zip(inner, prose, strict=True)]
    return outside if sum(outside) >= _LEAST else prose


def _is_thread(page: Page, e: int, opening: int) -> bool:
    """Whether element `e` is named after comments, and holds neither the page's `opening` nor a headline."""
    if not any(names and _names_thread(names) for names in (page.classes[e], page.ids[e])):
        return False
    return not page.contains(e, opening) and not any_between(page.by_tag.get("h1", ()), e, page.ends[e])


@lru_cache(maxsize=8192)
def _names_thread(names: str) -> bool:
    """Whether one of the `names` of an element, in its class or id, is that of a thread."""
    begins, never = _words()
    for words in map(name_words, names[:LONGEST_NAMES].split()):
        if any(word.startswith(begins) for word in words) and never.isdisjoint(words):
            return True
    return False


@cache
def _words() -> tuple[tuple[str, ...], frozenset[str]]:
    """How the words begin that name a thread, and the words that no such name has."""
    data = read_words("threads.toml")
    return data["begins"], frozenset(data["never"])
