"""A short piece of page that shows a rule at work: the test that is written with it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final

from cleanpage.model import Rule, RuleSet, RuleTest
from cleanpage.page import HIDDEN_TEXT, Page
from cleanpage.workshop.propose import Proposal, Surroundings
from cleanpage.workshop.prove import Prover

__all__ = ["proof"]

_WORDS: Final = 14
"""Words that are left of each piece of text."""
_KEPT_WORDS: Final = 12
_ELEMENTS: Final = 16
"""Most elements of a piece of page."""
_SIBLINGS: Final = 4
_VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())
_PLAIN_TEXT: Final = "The text of the article stays on the page as it is."


def proof(proposal: Proposal, around: Surroundings) -> RuleTest | None:
    """A test that shows the rule of `proposal` at work, with the names of the page and few of its words.

    The first text of what is removed must be gone, and a line of the article kept. None where no short piece of page
    shows it: the rule hangs on more of the page than can be told.
    """
    rule, page = proposal.rule, around.page
    nodes = _together(proposal.nodes, page)
    gone = _first_text(around, nodes[0])
    kept = _kept(around)
    if not gone:
        return None
    for steps in (0, 2, 8):
        test = RuleTest(html=_page_piece(page, nodes, steps, rule, kept), gone=(gone,), kept=(kept,))
        if Prover(RuleSet(name="proof", rules=(rule,))).run(test).passed:
            return test
    return None


def _together(nodes: Sequence[int], page: Page) -> list[int]:
    """The first of some nodes, with its siblings among them."""
    parent = _parent(page, nodes[0])
    return [node for node in nodes if _parent(page, node) == parent][:_SIBLINGS]


def _parent(page: Page, node: int) -> int:
    return page.parents[node] if node >= 0 else page.text_parents[~node]


def _first_text(around: Surroundings, node: int) -> str:
    blocks = around.structure.blocks
    return next((_short(blocks.texts[b], 6) for b in blocks.within(node) if blocks.words[b]), "")


def _kept(around: Surroundings) -> str:
    """The beginning of the article's first paragraph."""
    structure = around.structure
    article = structure.article
    if article.last < article.first:
        return _PLAIN_TEXT
    return _short(structure.blocks.texts[article.first], _KEPT_WORDS)


def _short(text: str, most: int) -> str:
    return " ".join(text.split()[:most])


def _page_piece(page: Page, nodes: Sequence[int], steps: int, rule: Rule, kept: str) -> str:
    """The article's line, then the nodes with up to `steps` of their ancestors around them."""
    parent = _parent(page, nodes[0])
    around = [i for i in (parent, *page.ancestors(parent)) if i > page.body]
    path = around[: max(steps, int(nodes[0] < 0))]
    lines = [f"<article><p>{html.escape(kept, quote=False)}</p></article>"]
    lines += ["  " * depth + _open(page, i, rule) for depth, i in enumerate(reversed(path))]
    lines += ["  " * len(path) + line for node in nodes for line in _piece(page, node, rule)]
    lines += ["  " * depth + f"</{page.tags[i]}>" for depth, i in reversed(list(enumerate(reversed(path))))]
    return "\n".join(lines)


def _piece(page: Page, node: int, rule: Rule) -> Iterator[str]:
    """The lines of a node: its first elements, its texts cut short."""
    left = _ELEMENTS
    waiting: list[tuple[int, int] | str] = [(node, 0)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
            continue
        at, depth = item
        if at < 0:
            text = _short(page.texts[~at], _WORDS)
            if text:
                yield "  " * depth + html.escape(text, quote=False)
            continue
        if left <= 0 or page.tags[at] in HIDDEN_TEXT:
            continue
        left -= 1
        yield "  " * depth + _open(page, at, rule)
        if page.tags[at] not in _VOID:
            waiting.append("  " * depth + f"</{page.tags[at]}>")
            waiting += [(inner, depth + 1) for inner in page.content(at)][::-1]


def _open(page: Page, i: int, rule: Rule) -> str:
    """The start tag with what a rule may go by."""
    wanted = {"id", "class", *re.findall(r"\[([\w-]+)", rule.select)}
    held = [(name, value) for name, value in page.attrs(i).items() if name in wanted and value]
    attributes = [f' {name}="{html.escape(value)}"' for name, value in held]
    return f"<{page.tags[i]}{''.join(attributes)}>"
