"""`cleanpage rules test`: proofs that rule files and fixture folders bring with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop.running import Run

from cleanpage.rules.toml import read_toml
from cleanpage.testing import prove
from cleanpage.workshop.prove import difference, run_tests

RULE = "schema = 1\nsites = ['example.com']\n[[rule]]\nid = 'box'\nkind = 'promo'\nselect = '.promo'\n"
HTML = '<article><p>The text of an article.</p><div class="promo">Buy it now</div></article>'


def problems(text: str) -> list[tuple[str, ...]]:
    return [outcome.problems for outcome in run_tests(read_toml(text, file="example.com.toml"))]


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("gone = ['Buy it now']\nkept = ['The text of an article.']", ""),
        ("gone = ['The text']", "'The text' is still there"),
        ("kept = ['Buy it']", "'Buy it' is gone, taken by example.com/box"),
        ("gone = ['Sell it']", "the html has no 'Sell it'"),
        ("kept = ['Sell it']", "the html has no 'Sell it'"),
        ("gone = ['Buy it']\nurl = 'https://other.example/'", "'Buy it' is still there"),
    ],
)
def test_table_says_what_is_wrong(test: str, told: str) -> None:
    found = problems(f"{RULE}[[test]]\nhtml = '''{HTML}'''\n{test}\n")
    assert found == [(told,) if told else ()]


def test_other_rules_do_not_help_a_test() -> None:
    html = '<article><p>The text of an article.</p></article><footer class="site-footer">© Example</footer>'
    assert problems(f"{RULE}[[test]]\nhtml = '''{html}'''\ngone = ['© Example']\n") == [("'© Example' is still there",)]


def test_outcome_names_its_place() -> None:
    text = f"{RULE}[[test]]\nhtml = '''{HTML}'''\ngone = ['Buy']\n"
    assert [outcome.name for outcome in run_tests(read_toml(text, file="example.com.toml"))] == ["example.com.toml:7"]


def case(folder: Path, expected: str | None, settings: str = "") -> Path:
    folder.mkdir()
    (folder / "case.toml").write_text(f"why = 'It shows.'\nrules = ['../rules.toml']\nbuiltin = false\n{settings}")
    (folder / "input.html").write_text(HTML)
    (folder.parent / "rules.toml").write_text(RULE.replace("sites = ['example.com']\n", ""))
    if expected is not None:
        (folder / "expected.html").write_text(expected)
    return folder


def test_fixture_folder_is_held_against_what_is_expected(tmp_path: Path) -> None:
    good = case(tmp_path / "good", "<article>\n<p>The text of an article.</p></article>")
    bad = case(tmp_path / "bad", "<article><p>Another text.</p></article>")
    assert [outcome.problems for outcome in prove(good)] == [()]
    (told,) = prove(bad)[0].problems
    assert "first difference at html > body > article > p" in told
    assert "-          Another text." in told
    assert "+          The text of an article." in told


def test_missing_expectation_fails(tmp_path: Path) -> None:
    assert "no expected.html" in prove(case(tmp_path / "case", None))[0].problems[0]


def test_texts_can_stand_for_the_expectation(tmp_path: Path) -> None:
    folder = case(tmp_path / "case", None, "gone = ['Buy it now']\nkept = ['The text of an article.']\n")
    assert prove(folder)[0].passed
    folder = case(tmp_path / "other", None, "untouched = true\n")
    assert "to stay untouched" in prove(folder)[0].problems[0]


def test_update_writes_what_comes_out(tmp_path: Path, run: Run) -> None:
    folder = case(tmp_path / "case", None)
    assert run("test", str(folder)).code == 1
    assert run("test", "--update", str(folder)).code == 0
    assert (folder / "expected.html").read_text() == "<article><p>The text of an article.</p></article>"


def test_unknown_key_of_a_case_is_an_error(tmp_path: Path, run: Run) -> None:
    folder = case(tmp_path / "case", "", "presets = 'article'\n")
    told = run("test", str(folder))
    assert told.code == 2
    assert "did you mean 'preset'?" in told.err


def test_failures_are_shown_and_counted(folder: Path, run: Run) -> None:
    Path("a.toml").write_text(
        f"{RULE}[[test]]\nhtml = '''{HTML}'''\ngone = ['Buy']\n[[test]]\nhtml = '''{HTML}'''\ngone = ['text']\n"
    )
    told = run("test", "a.toml")
    assert told.code == 1
    assert "FAILED a.toml:10\n    'text' is still there" in told.out
    assert "2 tests, 1 failed" in told.out


def test_folder_without_tests_is_an_error(folder: Path, run: Run) -> None:
    assert run("test", ".").code == 2


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ("<p>a</p>", "<p> a </p>\n", ""),
        ("<p class=x>a", "<p class='x'>a</p>", ""),
        ("<p>a</p>", "<p>b</p>", "html > body > p"),
        ("<p>a</p>", "<p class=x>a</p>", "html > body > p"),
        ("<div><p>a</p><p>b</p></div>", "<div><p>a</p></div>", "html > body > div > p:nth-of-type(2)"),
    ],
)
def test_difference_tells_where_pages_differ(one: str, other: str, path: str) -> None:
    told = difference(one, other)
    assert told.partition("\n")[0] == (f"first difference at {path}:" if path else "")


def test_a_file_without_tests_is_an_error(folder: Path, run: Run) -> None:
    Path("a.toml").write_text('schema = 1\n[[rule]]\nid = "a"\nselect = ".a"\n')
    told = run("test", "a.toml")
    assert told.code == 2
    assert "a.toml: holds no tests" in told.err
