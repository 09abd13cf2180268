"""What a line introduces."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.runs import introduced

PROSE = "<p>The wardens have counted a thousand eels at the old weir this year.</p>"
LINKS = "<p><a href=/a>What eels eat in winter</a></p><p>5 May</p><p><a href=/b>A night out on the old river</a></p>"


@pytest.mark.parametrize(
    ("below", "doubted", "expected"),
    [
        (LINKS, 0.0, 3),
        (LINKS + PROSE, 0.0, 3),
        (LINKS + PROSE, 0.5, 4),
        (PROSE + LINKS, 0.0, 0),
        (LINKS + "<h2>Notes</h2><p>One</p>", 0.0, 3),
        ("<h3><a href=/a>What eels eat</a></h3>" + PROSE, 0.0, 1),
        ("", 0.0, 0),
        ("<p><a href=/a>What eels eat</a></p>" * 100, 0.0, 24),
    ],
)
def test_a_line_introduces_the_links_below_it(below: str, doubted: float, expected: int) -> None:
    found = blocks(HtmlReading(f"<body><p>Read also</p>{below}</body>").page)
    assert introduced(found, [doubted] * len(found), 0) == range(1, 1 + expected)


def test_a_rule_can_ask_for_the_line_above() -> None:
    rules = '[[rule]]\nid = "r"\nkind = "related"\nselect = "a"\nunder = ["Read *"]\n'
    page = f"<body>{LINKS}<p>Read also:</p>{LINKS}{PROSE}<p><a href=/c>Last</a></p></body>"
    cleaned = Cleaner(rules=[read_toml(f"schema = 1\n{rules}", file="r.toml")], builtin=False).clean(page)
    assert cleaned.count("What eels eat") == 1
    assert "Last" in cleaned
