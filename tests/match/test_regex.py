"""Patterns in JavaScript's dialect, with google-re2 and without it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from cleanpage.errors import UnsupportedRule
from cleanpage.match import regex
from cleanpage.match.regex import compile_regex


@pytest.fixture(params=["re2", "re"], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "re2":
        pytest.importorskip("re2")
    else:
        monkeypatch.setattr(regex, "_re2", lambda: None)
    yield request.param


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "occurs"),
    [
        ("a+b", "", "xaab", True),
        ("^a$", "", "a\n", False),
        ("^a$", "m", "b\na\n", True),
        ("a.b", "", "a\nb", False),
        ("a.b", "s", "a\nb", True),
        ("ÄB", "i", "äb", True),
        (r"\d", "", "٣", False),
        (r"[\d]", "", "٣", False),
        (r"\w", "", "é", False),
        (r"\bad\b", "", "an ad.", True),
        (r"a\sb", "", "a\u00a0b", True),
        (r"a[\s]b", "", "a\u00a0b", True),
        (r"\S", "", "\u00a0", False),
        (r"\u00e9", "", "é", True),
        (r"\u{1F600}", "u", "😀", True),
        (r"[\u0430-\u044f]", "", "ж", True),
        (r"a\/b\-c", "", "a/b-c", True),
        ("[[]", "", "[", True),
        ("[^]", "", "\n", True),
        ("[]", "", "x", False),
        (r"(?<name>a)b", "", "ab", True),
        (r"(?:a|b){2,3}c", "", "abc", True),
        ("x", "u", "\ud800x", True),
        (r"[\b]", "", "\x08", True),
        ("[+--&&]", "", ",", True),
    ],
)
def test_searches_as_javascript_does(pattern: str, flags: str, text: str, occurs: bool) -> None:
    assert compile_regex(pattern, flags).search(text) is occurs


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*b",
        "(?:a*)*",
        "(a{1,99})+",
        "((a)|b+)*c",
        r"(?=(a+)+$)b",
        "a?" * 30 + "a" * 30,
        "(a|a)" * 40 + "b",
        "(a?){16}b",
    ],
)
def test_a_pattern_that_could_run_for_ever_is_linear_or_refused(pattern: str, engine: str) -> None:
    try:
        compiled = compile_regex(pattern)
    except UnsupportedRule as error:
        assert error.code == "regex"
    else:
        assert engine == "re2"
        compiled.search("a" * 29 + "!")
        compiled.search("a" * 50_000 + "!")


@pytest.mark.parametrize(
    "pattern",
    ["(?:sponsored|promoted|ads?) by", "a?b?c?", "x{3}", "(?:[a-z]{2,5}-){3}", "(a|b){2,3}", "|".join(["ads?"] * 200)],
)
def test_ordinary_choices_are_accepted(pattern: str) -> None:
    assert not compile_regex(pattern + "#").search("sponsored")


@pytest.mark.parametrize("pattern", ["(", "+a", "[z-a]", "a{2,1}"])
def test_a_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(UnsupportedRule) as caught:
        compile_regex(pattern)
    assert caught.value.code == "regex"


def test_an_unknown_flag_is_refused() -> None:
    with pytest.raises(UnsupportedRule, match="unknown flag 'g'"):
        compile_regex("a", "g")


def test_look_around_is_searched_in_the_first_characters_only() -> None:
    pattern = compile_regex("(?<!no )ad")
    assert pattern.search("an ad")
    assert not pattern.search("no ad")
    assert not pattern.search("x" * 10_000 + " ad")


def test_patterns_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(compile_regex("A", "i"))).search("a")
