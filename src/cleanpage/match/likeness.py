"""How far a candidate is like some kinds of clutter: what the key ``like`` of the rule format asks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cleanpage.errors import RuleSyntaxError, Where
from cleanpage.kinds import KINDS
from cleanpage.model import Range
from cleanpage.structure.structure import Structure

__all__ = ["likeness", "parse_like"]

_LIKE = re.compile(r"(?P<kinds>[a-z_]+(?:\+[a-z_]+)*) +(?P<low>[01](?:\.\d+)?)?\.\.(?P<high>[01](?:\.\d+)?)?")
_HINT: Final = 'write kinds and a share from 0 to 1: "nav+footer ..0.7"'


@lru_cache(maxsize=512)
def parse_like(written: str) -> tuple[frozenset[str], Range]:
    """The kinds that ``"nav+footer ..0.7"`` is about, and the range for their shares together.

    Raises RuleSyntaxError.

    >>> parse_like("nav ..0.7")
    (frozenset({'nav'}), Range(low=0.0, high=0.7))
    """
    found = _LIKE.fullmatch(written.strip())
    if not found:
        raise RuleSyntaxError(f"no kinds with their share: {written!r}", code="like", where=Where(), hint=_HINT)
    kinds = frozenset(found["kinds"].split("+"))
    if unknown := sorted(kinds.difference(KINDS)):
        hint = f"one of: {', '.join(KINDS)}"
        raise RuleSyntaxError(f"no kind is called {unknown[0]!r}", code="like", where=Where(), hint=hint)
    return kinds, Range(float(found["low"] or 0), float(found["high"] or 1))


def likeness(structure: Structure, blocks: range, kinds: frozenset[str]) -> float:
    """How likely it is that some blocks are one of `kinds` if they are clutter, from 0 to 1: their mean, weighed by
    their words."""
    total = weight = 0.0
    for b in blocks:
        shares = structure.evidence.kind_scores(b)
        words = structure.blocks.words[b] + 1
        total += words * sum(shares[kind] for kind in kinds)
        weight += words
    return total / weight if weight else 0.0
