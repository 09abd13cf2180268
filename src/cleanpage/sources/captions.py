"""Captions in plain text: nothing marks them but that scraped texts show them twice, with and without their credit."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from cleanpage.sources.markdown import Block

__all__ = ["with_captions"]

_NEAR: Final = 8
"""How many blocks may stand between a caption and its copy."""
_LEAST: Final = 32
"""Letters and digits below which two equal lines may be chance, or a refrain."""
_REST: Final = re.compile(r"[\W_]+")


def with_captions(text: str, made: list[Block]) -> list[Block]:
    """The blocks, with those as ``figcaption`` that stand twice within a few lines and end in a credit.

    A credit stands in brackets at the end, or has a copyright sign; one of the two is enough to have it. Songs and
    speeches that repeat a line on purpose have none.
    """
    captions: set[int] = set()
    bare: dict[int, str] = {}

    def letters(b: int) -> str:
        if b not in bare:
            bare[b] = _REST.sub("", text[made[b].start : made[b].stop]).casefold()
        return bare[b]

    for b in [b for b, block in enumerate(made) if block.tag == "p" and _is_credited(text, block)]:
        near = range(max(0, b - _NEAR), min(len(made), b + _NEAR + 1))
        captions.update(c for c in near if c != b and made[c].tag == "p" and _same(letters(b), letters(c)))
        captions.update({b} if any(c in captions and _same(letters(b), letters(c)) for c in near if c != b) else ())
    return [replace(block, tag="figcaption") if b in captions else block for b, block in enumerate(made)]


def _is_credited(text: str, block: Block) -> bool:
    return text[block.start : block.stop].rstrip().endswith((")", "]")) or text.find("©", block.start, block.stop) >= 0


def _same(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LEAST and (one.startswith(other) or other.startswith(one))
