"""What goes with the texts that go: pictures, players and controls, and what is left empty."""

from __future__ import annotations

import pytest

from cleanpage.cleaner import Cleaner
from cleanpage.rules.toml import read_toml

RULES = """
schema = 1
[[rule]]
id = "menu"
kind = "nav"
select = ".menu"
[[rule]]
id = "keep"
action = "keep"
select = ".keep"
"""


def cleaned(html: str) -> str:
    output: str = Cleaner([read_toml(RULES, file="mine.toml")], builtin=False).clean(html)
    return output


def test_a_picture_between_texts_that_go_goes_too() -> None:
    html = "<p>One</p><p class=menu>Home</p><div><img src=a></div><p class=menu>News</p><p>Two</p>"
    assert cleaned(html) == "<p>One</p><p>Two</p>"


@pytest.mark.parametrize("kept", ["<img class=keep src=a>", "<div class=keep><img src=a></div>"])
def test_a_picture_that_a_rule_keeps_stays_between_texts_that_go(kept: str) -> None:
    html = f"<p>One</p><p class=menu>Home</p>{kept}<p class=menu>News</p><p>Two</p>"
    assert cleaned(html) == f"<p>One</p>{kept}<p>Two</p>"
