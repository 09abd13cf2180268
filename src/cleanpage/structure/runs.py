"""What a line introduces: the run of links below "Related articles", with the labels and teasers between them."""

from __future__ import annotations

from typing import Final

from cleanpage.page import HEADINGS
from cleanpage.structure.blocks import Blocks

__all__ = ["introduced"]

_MOST_BLOCKS: Final = 24
_LABEL_WORDS: Final = 4
_LINKED: Final = 0.5
_DOUBTED: Final = 0.3
"""From this probability of being clutter, a block can be a teaser in a run."""


def introduced(blocks: Blocks, go: list[float], line: int) -> range:
    """The blocks below block `line` that it introduces.

    The run ends at a heading that is no link, and at the first block that is neither a link nor a label nor somewhat
    likely to be clutter; `go` is that probability for each block.
    """
    start = end = line + 1
    for b in range(start, min(len(blocks), start + _MOST_BLOCKS)):
        linked = blocks.links[b] >= _LINKED
        if not linked and go[b] < _DOUBTED and blocks.words[b] > _LABEL_WORDS:
            break
        if not linked and blocks.page.tags[blocks.element[b]] in HEADINGS:
            break
        end = b + 1
    return range(start, end)
