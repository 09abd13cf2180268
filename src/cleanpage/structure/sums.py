"""Sums of evidence: how much something speaks for going, for each kind and for staying, side by side in one number.

All weights are whole thousandths. Each takes a lane of 32 bits, going first, then the kinds in the order of `KINDS`,
then `STAYS`, so that one addition adds all of them, exactly and in any order. A whole sum holds `START` once, which
lifts each lane above zero; its lanes can then be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Final

from cleanpage.kinds import KINDS

__all__ = ["START", "STAYS", "UNIT", "going", "pack", "parts_of"]

UNIT: Final = 1000
"""What a weight of 1 is written as."""

STAYS: Final = ("content", "paratext")
"""What a block may be that is no clutter: the article's text, or what else belongs to it, its title, byline, date and
captions (Genette, "Seuils", 1987)."""

_LANE: Final = 32
_FIRST: Final = (1 << _LANE) - 1
_ZERO: Final = 1 << _LANE - 1
_SHIFTS: Final = {name: _LANE * k for k, name in enumerate((*KINDS, *STAYS), 1)}
_LANES: Final = Struct(f"<{len(_SHIFTS) + 1}I")
_FIRST_STAY: Final = len(KINDS) + 1

START: Final = sum(_ZERO << _LANE * k for k in range(len(_SHIFTS) + 1))
"""What a whole sum holds besides its weights."""


def pack(going: float = 0.0, kinds: Mapping[str, float] | None = None) -> int:
    """The weight `going`, and those of `kinds`, which may be among `STAYS` too, as a number to add up."""
    found = round(going * UNIT)
    for kind, weight in (kinds or {}).items():
        found += round(weight * UNIT) << _SHIFTS[kind]
    return found


def going(whole: int) -> float:
    """What a whole sum says for going."""
    return ((whole & _FIRST) - _ZERO) / UNIT


def parts_of(whole: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What a whole sum says for each kind, and for each of `STAYS`, in thousandths above a common ground."""
    lanes = _LANES.unpack(whole.to_bytes(_LANES.size, "little"))
    return lanes[1:_FIRST_STAY], lanes[_FIRST_STAY:]
