"""Several weights in one number: sums of them are the sums of each."""

from __future__ import annotations

import pytest

from cleanpage.kinds import KINDS
from cleanpage.structure.sums import START, STAYS, UNIT, going, pack, parts_of


def test_each_lane_adds_up_alone() -> None:
    parts = [pack(-1.5, {KINDS[0]: 0.34, KINDS[-1]: -3.78}), pack(0.021, {KINDS[0]: -1.0}), pack(kinds={KINDS[-1]: 0.5})]
    whole = START + sum(parts)
    assert going(whole) == -1.479
    lanes, _ = parts_of(whole)
    assert (lanes[0] - lanes[1], lanes[-1] - lanes[1]) == (-660, -3280)
    assert len(set(lanes[1:-1])) == 1


@pytest.mark.parametrize("weight", [-9.0, -0.001, 0.0, 0.001, 2000.0])
def test_what_is_packed_comes_out(weight: float) -> None:
    assert going(START + pack(weight)) == weight
    lanes, ground = parts_of(START + pack(weight, dict.fromkeys(KINDS, -weight)))
    assert {lane - ground[0] for lane in lanes} == {round(-weight * UNIT)}


def test_what_speaks_for_staying_is_apart_from_the_kinds() -> None:
    whole = START + pack(1.0, {KINDS[-1]: 0.5, STAYS[0]: -2.0, STAYS[1]: 3.0})
    (ground, *kinds), stays = parts_of(whole)
    assert [lane - ground for lane in stays] == [-2000, 3000]
    assert kinds[-1] - ground == 500


def test_any_order_gives_the_same() -> None:
    parts = [pack(n / 7, {KINDS[n]: -n / 3}) for n in range(len(KINDS))]
    assert sum(parts) == sum(reversed(parts))
