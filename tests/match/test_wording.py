"""``text`` asks for phrases and for regular expressions, in rules with a selector and without."""

from __future__ import annotations

import pytest

from cleanpage import Cleaner
from cleanpage.errors import RuleError
from cleanpage.rules.toml import read_toml

PAGE = "<p>The council met on Monday.</p><p>Read  more\nin issue 47</p><p>Subscribe today</p>"


def gone(conditions: str) -> list[str]:
    """The paragraphs that a rule takes, by their first words."""
    rules = read_toml(f'[[rule]]\nid = "r"\n{conditions}', file="r.toml")
    result = Cleaner([rules], builtin=False).run(PAGE)
    return [removal.text.split()[0] for removal in result.removals]


@pytest.mark.parametrize("select", ['select = "p"\n', ""])
@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (r"'/issue \d+$/'", ["Read"]),
        (r"'/^read more/'", []),
        (r"'/^read more/i'", ["Read"]),
        (r"['/issue \d/', 'subscribe *']", ["Read", "Subscribe"]),
        (r"'/nothing/'", []),
    ],
)
def test_a_regular_expression_is_searched_in_the_text(select: str, text: str, taken: list[str]) -> None:
    assert gone(f"{select}text = {text}") == taken


def test_other_evidence_counts_beside_it() -> None:
    assert gone("text = '/e/'\nwords = '..2'") == ["Subscribe"]


@pytest.mark.parametrize(
    ("line", "code"),
    [("text = '/(a+/'", "regex"), ("text = '/a/g'", "regex"), ("heading = '/a/'", "no-pattern"), ("under = '/a/'", "no-pattern")],
)
def test_one_that_cannot_be_used_is_shown(line: str, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_toml(f"[[rule]]\nid = 'r'\nselect = 'p'\n{line}\n", file="r.toml")
    assert caught.value.code == code
    place = caught.value.where
    assert (place.line, place.source[place.column - 1 : place.column - 1 + place.width]) == (4, line.split("'")[1])


def test_a_phrase_may_have_slashes() -> None:
    assert gone("select = 'p'\ntext = ['/subscribe/today', 'issue/47']") == ["Read", "Subscribe"]
