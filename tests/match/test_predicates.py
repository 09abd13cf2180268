"""Evidence keys, each as a rule that asks for nothing else."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner
from cleanpage.rules.toml import read_toml

PAGE = "<div id=a><b>Ann</b></div><div id=b><i>Bea</i></div><div id=c>Cay</div>"


@pytest.mark.parametrize(
    ("evidence", "left"),
    [
        ('has = "b"', "BeaCay"),
        ('has = ["b", "i"]', "Cay"),
        ('without = "b"', "Ann"),
        ('without = ["b", "i"]', "AnnBea"),
        ('has = "i"\nwithout = "b"', "AnnCay"),
    ],
)
def test_what_stands_in_an_element(evidence: str, left: str) -> None:
    rules = read_toml(f'schema = 1\n[[rule]]\nid = "x"\nselect = "div"\n{evidence}\n')
    cleaned = Cleaner([rules], builtin=False).clean(PAGE)
    assert "".join(name for name in ("Ann", "Bea", "Cay") if name in cleaned) == left
