"""Scores of the kinds as shares."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from cleanpage.kinds import KINDS

__all__ = ["shares_of_kinds"]


def shares_of_kinds(scores: Sequence[float]) -> dict[str, float]:
    """The log-scores of all kinds, in the order of KINDS, as shares that sum to 1.

    >>> round(shares_of_kinds([3.0] + [0.0] * (len(KINDS) - 1))[KINDS[0]], 2)
    0.61
    """
    top = max(scores)
    shares = [exp(s - top) for s in scores]
    total = sum(shares)
    return {kind: share / total for kind, share in zip(KINDS, shares, strict=True)}
