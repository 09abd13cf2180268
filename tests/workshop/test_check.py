"""`cleanpage rules check`: errors with their place, and rules that look wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop.running import Run

from cleanpage.workshop.lint import check_files

TEST = """
[[test]]
html = '<p class="promo">Buy one two three</p><p>Text.</p>'
gone = ["Buy"]
kept = ["Text."]
"""

WARNINGS = {
    # what a rule says: the codes of the warnings about it
    "select = '.promo'\nwhy = 'A box.'": [],
    "select = '.promo'": ["no-why"],
    "select = 'div'\nwhy = 'x'": ["broad", "untested"],
    "select = '.promo, p'\nwhy = 'x'": ["broad"],
    "select = '*'\nwhy = 'x'": ["broad"],
    "select = 'p'\nwords = '..10'\nwhy = 'x'": [],
    "select = '[class*=mo]'\nwhy = 'x'": ["broad"],
    "select = '[class*=promo]'\nwhy = 'x'": [],
    "select = '.css-1x2y3z, .promo'\nwhy = 'x'": ["made-name"],
    "select = '.sc-aBcDeF, .promo'\nwhy = 'x'": ["made-name"],
    "select = '._3fkA9, .promo'\nwhy = 'x'": ["made-name"],
    "select = '#post-12345, .promo'\nwhy = 'x'": ["made-name"],
    "xpath = '//p[@class=\"css-1x2y3z\"] | //p'\nwhy = 'x'": ["made-name"],
    "select = '.promo:not(*)'\nwhy = 'x'": ["never-matches", "untested"],
    "select = '#a#b'\nwhy = 'x'": ["never-matches", "untested"],
    "select = '[class*=\"\"]'\nwhy = 'x'": ["never-matches", "untested"],
    "select = '[class~=\"a b\"]'\nwhy = 'x'": ["never-matches", "untested"],
    "select = 'body'\nwhy = 'x'": ["broad", "never-matches"],
    "select = '.promo'\nwords = '..2'\ntext = ['buy one two three']\nwhy = 'x'": ["never-matches", "untested"],
    "select = '.promo'\nwords = '..4'\ntext = ['buy one two three']\nwhy = 'x'": [],
    "select = '.promo'\nsites = ['a.example', '~a.example']\nwhy = 'x'": ["never-matches"],
    "select = '.other'\nwhy = 'x'": ["untested"],
    "select = 'p.promo'\naction = 'keep'\nwhy = 'x'": [],
}


def codes(path: Path) -> list[str]:
    return sorted({problem.code for checked in check_files([path]) for problem in checked.problems})


@pytest.mark.parametrize(("rule", "wanted"), WARNINGS.items())
def test_warns_of_what_looks_wrong(tmp_path: Path, rule: str, wanted: list[str]) -> None:
    path = tmp_path / "a.example.toml"
    path.write_text(f"schema = 1\n[[rule]]\nid = 'one'\n{rule}\n{TEST}")
    assert codes(path) == wanted


def test_warns_of_a_file_without_tests(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("schema = 1\n[[rule]]\nid = 'one'\nselect = '.promo'\nwhy = 'x'\n")
    assert codes(path) == ["no-tests"]


def test_warns_of_a_rule_that_another_file_has_too(tmp_path: Path) -> None:
    paths = [tmp_path / "a.toml", tmp_path / "b.toml"]
    for path in paths:
        path.write_text(f"schema = 1\n[[rule]]\nid = 'one'\nselect = '.promo'\nwhy = 'x'\n{TEST}")
    first, second = check_files(paths)
    assert not first.problems
    assert [(p.code, p.line) for p in second.problems] == [("duplicate", 2)]
    assert "a/one" in second.problems[0].message


def test_error_has_its_place_and_a_suggestion(folder: Path, run: Run) -> None:
    Path("a.toml").write_text('schema = 1\n[[rule]]\nid = "one"\nselct = ".promo"\n')
    told = run("check", "a.toml")
    assert told.code == 2
    assert "a.toml:4:1" in told.out
    assert "did you mean 'select'?" in told.out
    assert "^^^^^" in told.out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"schema = 1\n[[rule]]\nid = 'one'\nselect = '.promo'\nwhy = 'x'\n{TEST}", 0),
        (f"schema = 1\n[[rule]]\nid = 'one'\nselect = '.promo'\n{TEST}", 1),
        ("schema = 1\n[[rule]]\nid = 'one'\nselect = 'div[['\n", 2),
    ],
)
def test_exit_code_tells_errors_from_warnings(folder: Path, run: Run, text: str, code: int) -> None:
    Path("a.toml").write_text(text)
    assert run("check", "a.toml").code == code


def test_filter_list_is_told_by_forms(folder: Path, run: Run) -> None:
    Path("list.txt").write_text(
        "[Adblock Plus 2.0]\n! Title: A list\n! Version: 7\n##.promo\n##.promo\nexample.com##.box:style(color: red)\n"
        "||ads.example^\nexample.com##div:has(\n"
    )
    told = run("check", "list.txt")
    assert '"A list", version 7' in told.out
    assert "1 network" in told.out
    assert "not applicable (style)" in told.out
    assert "duplicate" in told.out
    assert "list.txt:8" in told.out
    assert told.code == 2


def test_lines_shows_each_line_that_is_not_used(folder: Path, run: Run) -> None:
    Path("list.txt").write_text("! Title: A list\nexample.com##.box:style(color: red)\n##.promo\n")
    assert "list.txt:2: example.com##.box:style(color: red)" not in run("check", "list.txt").out
    assert "list.txt:2: example.com##.box:style(color: red)" in run("check", "list.txt", "--lines").out


def test_site_config_is_checked_line_by_line(folder: Path, run: Run) -> None:
    Path("example.com.txt").write_text("title: //h1\nstrip: //div[@class='ad'\nstrp: //p\nstrip_id_or_class: promo\n")
    told = run("check", "example.com.txt")
    assert told.code == 2
    assert "example.com.txt:2" in told.out
    assert "did you mean 'strip'?" in told.out
    assert "1 not applicable (metadata)" in told.out


def test_a_path_without_rules_is_an_error(folder: Path, run: Run) -> None:
    told = run("check", ".")
    assert told.code == 2
    assert "holds no rules" in told.err


def test_every_error_of_a_rule_file_has_its_place_underlined(folder: Path, run: Run) -> None:
    text = '[[rule]]\nid = "a"\nselct = ".x"\n\n[[rule]]\nid = "b"\nkind = "newslettr"\nselect = ".y"\n'
    Path("two.toml").write_text(f"schema = 1\n{text}")
    told = run("check", "two.toml")
    assert "two.toml:4:1: rule 'a' has no key 'selct'" in told.out
    assert "two.toml:8:9: 'kind' cannot be 'newslettr'" in told.out
    assert told.out.count("^^^^^") == 2


def test_what_switches_nothing_off_is_a_warning(folder: Path, run: Run) -> None:
    Path("off.toml").write_text('schema = 1\noff = ["share/*", "shar/*"]\n')
    told = run("check", "off.toml")
    assert told.code == 1
    assert "no rule is called 'shar/*'" in told.out
    assert "'share/*'" not in told.out
    assert "toml: 2 off" in told.out


@pytest.mark.parametrize(("name", "text"), [("a.toml", ""), ("a.txt", ""), ("example.com.txt", "title: //h1\n")])
def test_a_file_without_rules_is_a_warning(name: str, text: str, folder: Path, run: Run) -> None:
    Path(name).write_text(text)
    told = run("check", name)
    assert told.code == 1
    assert "[no-rules]" in told.out
