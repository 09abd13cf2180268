"""The pytest plugin that comes with cleanpage: rule files and fixture folders are collected by themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workshop.running import PLUGIN

RULES = """schema = 1
[[rule]]
id = "box"
kind = "promo"
select = ".promo"
[[test]]
html = '<p>The text.</p><div class="promo">Buy it</div>'
gone = ["Buy it"]
kept = ["The text."]
[[test]]
html = '<p>The text.</p><div class="promo">Buy it</div>'
gone = ["The text."]
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder as its user would."""
    command = [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider", "-v", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_rule_files_and_fixtures_are_collected(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES)
    case = tmp_path / "tests" / "box"
    case.mkdir(parents=True)
    (case / "case.toml").write_text("why = 'It shows.'\nrules = ['../../rules.toml']\nbuiltin = false\n")
    (case / "input.html").write_text("<p>The text.</p><div class=promo>Buy it</div>")
    (case / "expected.html").write_text("<p>The text.</p>")
    told = pytest_in(tmp_path)
    assert "rules.toml::line-6 PASSED" in told.stdout
    assert "rules.toml::line-10 FAILED" in told.stdout
    assert "'The text.' is still there" in told.stdout
    assert "case.toml::box PASSED" in told.stdout
    assert told.returncode == 1


def test_a_broken_rule_file_fails_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES.replace("select", "selct"))
    told = pytest_in(tmp_path)
    assert "rules.toml:5:1" in told.stdout
    assert "did you mean 'select'?" in told.stdout


def test_other_toml_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "settings.toml").write_text("[[rule]]\nid = 'x'\n")
    assert pytest_in(tmp_path).returncode == 5
