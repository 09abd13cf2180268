"""Captions in plain text: nothing marks them but that scraped texts show them twice, with and without their credit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from cleanpage.sources.markdown import Block

__all__ = ["with_captions"]

_LEAST: Final = 32
"""Letters and digits below which two equal lines may be chance, or a refrain."""
_HEAD: Final = 96
"""Characters in which a caption has that many letters and digits."""
_REST: Final = re.compile(r"[\W_]+")


def with_captions(text: str, made: list[Block]) -> list[Block]:
    """The blocks, with those as ``figcaption`` that stand twice and end in a credit.

    A credit stands in brackets at the end, or has a copyright sign; one of the two is enough to have it. Songs and
    speeches that repeat a line on purpose have none. How near to each other the two must stand is not asked here: that
    changes with every cut.
    """
    lines = [b for b, block in enumerate(made) if block.tag == "p"]
    credited = {b for b in lines if _is_credited(text, made[b])}
    if not credited:
        return made
    heads = {_head(text, made[b]) for b in credited} - {""}
    alike = [(_bare(text[made[b].start : made[b].stop]), b) for b in lines if _head(text, made[b]) in heads]
    captions = set(_repeated(sorted(alike), credited))
    return [replace(block, tag="figcaption") if b in captions else block for b, block in enumerate(made)]


def _is_credited(text: str, block: Block) -> bool:
    return text[block.start : block.stop].rstrip().endswith((")", "]")) or text.find("©", block.start, block.stop) >= 0


def _head(text: str, block: Block) -> str:
    """The first letters and digits of a block; empty where it has too few."""
    letters = _bare(text[block.start : min(block.stop, block.start + _HEAD)])[:_LEAST]
    return letters if len(letters) == _LEAST else ""


def _bare(text: str) -> str:
    return _REST.sub("", text).casefold()


def _repeated(alike: Iterable[tuple[str, int]], credited: set[int]) -> Iterator[int]:
    """The blocks of sorted texts of which one is another, or its beginning, and one of the two has a credit."""
    chain: list[tuple[str, int, bool]] = []
    found: set[int] = set()
    for letters, b in alike:
        while chain and not letters.startswith(chain[-1][0]):
            chain.pop()
        if chain and (b in credited or chain[-1][2]):
            yield b
        if b in credited:
            for _, shorter, _ in reversed(chain):
                if shorter in found:
                    break
                found.add(shorter)
                yield shorter
        chain.append((letters, b, b in credited or (bool(chain) and chain[-1][2])))
