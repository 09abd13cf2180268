"""The papers tell the truth: their examples run, the files they name are there, CI does what the README says."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import cleanpage
from cleanpage.rules.toml import read_toml

ROOT = Path(__file__).parents[1]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def blocks(language: str) -> list[Any]:
    return [
        pytest.param(match[2], id=f"{paper.name}:{paper.read_text('utf-8')[: match.start()].count(chr(10)) + 1}")
        for paper in PAPERS
        for match in BLOCK.finditer(paper.read_text("utf-8"))
        if match[1] == language
    ]


@pytest.mark.parametrize("example", blocks("python"))
def test_python_examples_run(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(example, {}, "example", None, 0)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if test.examples:
        told: list[str] = []
        doctest.DocTestRunner(optionflags=options).run(test, out=told.append)
        assert not told, "".join(told)
    else:
        exec(compile(example, "example", "exec"), {})


@pytest.mark.parametrize("example", [block for block in blocks("toml") if "[[rule]]" in block.values[0]])
def test_rule_files_in_examples_load_and_pass_their_own_tests(example: str) -> None:
    rules = read_toml(example, file="example.toml")
    assert rules.rules
    cleaner = cleanpage.Cleaner([rules], builtin=False)
    for test in rules.tests:
        left = cleaner.clean(test.html, test.url or f"https://{(tomllib.loads(example).get('sites') or ['x.example'])[0]}/")
        assert not [text for text in test.gone if text in left]
        assert not [text for text in test.kept if text not in left]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_links_lead_somewhere(paper: Path) -> None:
    assert [link for link in LINK.findall(paper.read_text("utf-8")) if not (paper.parent / link).exists()] == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    (command,) = re.findall(r"^(.*pytest.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_changelog_tells_of_this_version() -> None:
    assert f"[{cleanpage.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_dependency_is_explained() -> None:
    told = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["lists"], *extras["parquet"]]
    names = [re.split(r"[<>=!~ \[]", line)[0] for line in wanted]
    assert [name for name in names if f"`{name}`" not in told] == []
