"""Rule files are read as written, and what is wrong in them is shown where it stands."""

import datetime
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.errors import LimitExceeded, RuleError, RuleSyntaxError
from cleanpage.model import Action, Condition, Origin, Range, Reach, Rule, RuleSet, RuleTest, Sites
from cleanpage.rules import toml
from cleanpage.rules.toml import read_phrases, read_toml

CASES = Path(__file__).parent / "cases"
BAD = sorted((CASES / "bad").glob("*.toml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_is_wrong_is_shown_where_it_stands(path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        read_toml(path, file=path.name)
    # "…" stands for the words of the selector, XPath and pattern readers, which have tests of their own.
    expected = re.escape(path.with_suffix(".txt").read_text(encoding="utf-8")).replace("…", ".*")
    assert re.fullmatch(expected, f"{caught.value}\n"), str(caught.value)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_is_wrong_is_listed_when_it_is_skipped(path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        read_toml(path, file=path.name)
    (report,) = read_toml(path, file=path.name, on_error="skip").reports
    assert caught.value.code in [line.code for line in report.unusable]
    assert all(line.reason for line in report.unusable)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_rule_disables_no_neighbour(path: Path) -> None:
    before = '[[rule]]\nid = "before"\nselect = "b"\n'
    after = '\n[[rule]]\nid = "after"\nselect = "i"\n'
    text = path.read_bytes().decode()
    head, header, rest = text.partition("[[rule]]")
    if not header or "'''" in text:
        head, header, rest = text, "", ""
    rules = read_toml(f"{head}\n{before}\n{header}{rest}{after}", file="x.toml", on_error="skip").rules
    assert [rule.id for rule in rules if rule.id in ("x/before", "x/after")] == ["x/before", "x/after"]


def test_every_key_of_a_rule_is_read() -> None:
    rules = read_toml(CASES / "every-key.toml", file="salon.com.toml", layer="user")
    file = "salon.com.toml"
    assert rules.rules == (
        Rule(
            id="salon.com/more-from",
            kind="related",
            select="section, h2, h3, p",
            conditions=(
                Condition("lang", ("en", "de-AT")),
                Condition("words", Range(high=40)),
                Condition("links", Range(low=0.6)),
                Condition("items", Range(3, 8)),
                Condition("where", ("after-article", "outside-article")),
                Condition("has", ("input[type=email]",)),
                Condition("without", ("h1", "time")),
                Condition("text", ("a story", "another *")),
                Condition("heading", ("MORE FROM *", "Read more")),
                Condition("line", ("See all",)),
                Condition("under", ("Read more",)),
                Condition("repeats", ("caption",)),
                Condition("evidence", Range(low=0.9)),
                Condition("cards", Range(low=0.5)),
                Condition("most-like", ("related", "promo")),
                Condition("like", ("nav+footer ..0.7", "related 0.2..")),
            ),
            reach=Reach.SECTION,
            sites=Sites(("salon.com", "blog.example.com/news/*"), ("shop.salon.com",)),
            origin=Origin(file, 11),
            layer="user",
            why="Links to other articles by the author.",
        ),
        Rule(
            id="salon.com/keep-corrections",
            action=Action.KEEP,
            xpath="//p[@class='correction']",
            sites=Sites(("salon.com",)),
            origin=Origin(file, 38),
            layer="user",
        ),
        Rule(
            id="salon.com/styles",
            action=Action.REMOVE_ATTR,
            select="p",
            names=("style", "/^on/"),
            sites=Sites(("salon.com", "blog.example.com/news/*"), ("shop.salon.com",)),
            origin=Origin(file, 44),
            layer="user",
        ),
    )
    assert rules.name == "salon.com"
    assert rules.layer == "user"
    assert rules.off == ("newsletter/*", "share/bar")
    html = "<h3>MORE FROM Ann</h3>\n<p>kept</p>\n"
    assert rules.tests == (
        RuleTest(html=html, gone=("MORE FROM",), kept=("kept",), url="https://salon.com/a", origin=Origin(file, 50)),
    )
    (report,) = rules.reports
    assert (report.file, report.language, report.title) == (file, "toml", "Salon")
    assert report.version == datetime.date(2026, 8, 22).isoformat()
    assert report.loaded == {"rule": 3, "test": 1, "off": 2}
    assert report.unusable == ()


RANGES = [
    ('"..40"', Range(high=40)),
    ('"0.6.."', Range(low=0.6)),
    ('"3..8"', Range(3, 8)),
    ('"3 .. 8"', Range(3, 8)),
    ('"5"', Range(5, 5)),
    ("5", Range(5, 5)),
    ('"0.."', Range(low=0)),
]


@pytest.mark.parametrize(("written", "expected"), RANGES)
def test_ranges_have_two_ends(written: str, expected: Range) -> None:
    rules = one_rule(f'select = "p"\nwords = {written}')
    assert rules.rules[0].conditions == (Condition("words", expected),)


def one_rule(lines: str, head: str = "", **options: object) -> RuleSet:
    return read_toml(f'{head}\n[[rule]]\nid = "a"\n{lines}\n', file="x.toml", **options)  # type: ignore[arg-type]


PHRASES = '[phrases]\nplain = ["Share *"]\n[phrases.more]\nen = ["Read more", "More *"]\nde = ["Mehr lesen"]\n'
NAMED = [
    ('text = "@more"', ("Read more", "More *", "Mehr lesen")),
    ('text = ["Next", "@more", "Read more"]', ("Next", "Read more", "More *", "Mehr lesen")),
    ('lang = "de"\ntext = ["@more", "@plain"]', ("Mehr lesen", "Share *")),
    ('lang = "de-AT"\ntext = "@more"', ("Mehr lesen",)),
    ('text = "@packaged"', ("Lire",)),
]


@pytest.mark.parametrize(("lines", "expected"), NAMED)
def test_phrases_are_named_by_their_set(lines: str, expected: tuple[str, ...]) -> None:
    rules = one_rule(lines, PHRASES, phrases={"packaged": {"fr": ("Lire",)}})
    assert Condition("text", expected) in rules.rules[0].conditions


def test_a_file_of_phrases_is_read_by_language() -> None:
    expected = {"plain": {"": ("Share *",)}, "more": {"en": ("Read more", "More *"), "de": ("Mehr lesen",)}}
    assert read_phrases(PHRASES) == expected


def test_phrases_may_be_written_one_a_line() -> None:
    written = "[phrases.more]\nen = '''\nRead more\n\n  Don\"t miss \n'''\nde = 'Mehr lesen'\n"
    assert read_phrases(written) == {"more": {"en": ("Read more", 'Don"t miss'), "de": ("Mehr lesen",)}}


NAMES = [("salon.com.toml", "salon.com"), ("rules/newsletter.toml", "newsletter"), ("", "rules"), ("a b.toml", "rules")]


@pytest.mark.parametrize(("file", "name"), NAMES)
def test_a_set_is_named_after_its_file(file: str, name: str) -> None:
    assert read_toml('[[rule]]\nid = "a"\nselect = "p"', file=file).rules[0].id == f"{name}/a"


def test_a_set_can_be_named() -> None:
    assert read_toml('name = "mine"\n[[rule]]\nid = "a"\nselect = "p"', file="x.toml").rules[0].id == "mine/a"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes('\ufeff[[rule]]\r\nid = "a"\r\nheading = ["MÄHR"]\r\n'.encode())
    (rule,) = read_toml(path).rules
    assert rule.conditions == (Condition("heading", ("MÄHR",)),)
    assert rule.origin == Origin(str(path), 1)


def test_what_is_not_utf_8_is_shown_by_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b'[[rule]]\nid = "a"\nheading = ["M\xe4hr"]\n')
    with pytest.raises(RuleSyntaxError) as caught:
        read_toml(path)
    assert (caught.value.code, caught.value.where.line) == ("encoding", 3)


LIMITS = [
    ("MAX_FILE", "# a comment longer than allowed\n"),
    ("MAX_RULES", '[[rule]]\nid = "a"\nselect = "p"\n' * 11),
    ("MAX_PHRASES", "[phrases]\na = [" + '"x",' * 11 + "]\n"),
]


@pytest.mark.parametrize(("limit", "text"), LIMITS)
def test_a_file_has_limits(limit: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml, limit, 10)
    with pytest.raises(LimitExceeded):
        read_toml(text)


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    with pytest.raises(RuleError):
        read_toml("sites = " + "[" * 100_000)
    with pytest.raises(RuleError):
        read_toml(".".join("a" * 100_000) + " = 1")


def test_rule_sets_can_be_pickled() -> None:
    rules = read_toml(CASES / "every-key.toml")
    assert pickle.loads(pickle.dumps(rules)) == rules


@given(st.text(alphabet=st.sampled_from("[]'\"=\n\\{}.#,a1 \u00e9rule")))
def test_no_text_raises_anything_but_our_errors(text: str) -> None:
    try:
        read_toml(text)
    except RuleError as error:
        assert str(error)
    read_toml(text, on_error="skip")
