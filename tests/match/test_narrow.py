"""Numbers that are asked of many nodes at once."""

from __future__ import annotations

from cleanpage import Cleaner
from cleanpage.rules.toml import read_toml

PROSE = "<p>The council met on Tuesday to decide how the old harbour should be used, and most were for it.</p>"
LINKS = '<li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li><li><a href="/culture">Culture</a></li>'
MENU = f'<nav class="menu"><ul>{LINKS}</ul><button class="x"></button><ul>{LINKS}</ul></nav>'
RULE = '[[rule]]\nid = "r"\nkind = "other"\nselect = "button"\nwords = "..0"\nevidence = "0.5.."\n'


def test_what_has_no_text_is_as_likely_clutter_as_what_stands_around_it() -> None:
    article = f"<article>{PROSE * 3}<button class=y></button>{PROSE * 3}</article>"
    cleaner = Cleaner(rules=[read_toml(f"schema = 1\n{RULE}", file="r.toml")], builtin=False)
    cleaned = cleaner.clean(f"<body>{MENU}<h1>Harbour</h1>{article}</body>")
    assert "class=y" in cleaned
    assert 'class="x"' not in cleaned
