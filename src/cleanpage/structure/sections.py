"""How far a cut goes from the element that a rule applies to."""

from __future__ import annotations

from cleanpage.page import Page

__all__ = ["box", "rank", "rest", "section"]

_RANKS = {f"h{n}": n for n in range(1, 7)}
_LINE = 7
"""The rank of a line that is a heading without being marked as one: below all others."""


def rank(page: Page, node: int) -> int | None:
    """The rank of the heading that `node` is or begins with, 1 to 6; None where it is no heading."""
    if node < 0:
        return None
    if page.tags[node] in _RANKS:
        return _RANKS[page.tags[node]]
    role = page.attrs(node).get("role") == "heading"
    if role:
        level = page.attrs(node).get("aria-level", "")
        return int(level) if level.isdigit() else 2
    for j in range(node + 1, page.ends[node]):
        if page.tags[j] in _RANKS:
            before = range(page.text_first[node], page.text_first[j])
            return None if any(page.shown[t] and page.texts[t].strip() for t in before) else _RANKS[page.tags[j]]
    return None


def section(page: Page, heading: int) -> tuple[int, ...]:
    """The heading and what follows it in its container, up to the next heading of its rank or above.

    A heading that is alone in a wrapper (``<header><h2>…</h2></header>``) counts as the wrapper.
    """
    if heading < 0:
        return (heading,)
    own = rank(page, heading)
    if own is None:
        own = _LINE
    while (p := page.parents[heading]) >= 0 and p != page.body and page.chars(p) == page.chars(heading):
        heading = p
    nodes = [heading]
    for node in _following(page, heading):
        other = rank(page, node)
        if other is not None and other <= own:
            break
        nodes.append(node)
    return tuple(nodes)


def rest(page: Page, node: int) -> tuple[int, ...]:
    """The node and all that follows it in its container."""
    return (node, *_following(page, node))


def box(page: Page, node: int) -> int:
    """The largest element around `node` that has no text but that of `node`, below the body."""
    if node < 0:
        p = page.text_parents[~node]
        if p < 0 or p == page.body or page.chars(p) != page.chars(node):
            return node
        node = p
    while (p := page.parents[node]) >= 0 and p > page.body and page.chars(p) == page.chars(node):
        node = p
    return node


def _following(page: Page, node: int) -> list[int]:
    parent = page.parents[node] if node >= 0 else page.text_parents[~node]
    if parent < 0:
        return []
    content = list(page.content(parent))
    return content[content.index(node) + 1 :]
