"""Every command in docs/writing-rules.md is run, in order, and says what the page shows.

``...`` in the shown output stands for anything. The commands in ``sh`` blocks install a package; they are run by
test_rule_package.py.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from workshop.running import PLUGIN

from cleanpage.cli import main

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "writing-rules.md").read_text("utf-8")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    """Each command with the output that is shown for it."""
    found = []
    for block in CONSOLE.findall(DOCUMENT):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def pattern(shown: str) -> re.Pattern[str]:
    """The shown output as a pattern: a line of dots stands for any lines, dots in a line for anything in it."""
    lines = [r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n" for line in shown.splitlines()]
    return re.compile("".join(lines))


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command as a shell would; returns all it says."""
    words = shlex.split(command)
    if words[0] == "cat":
        return Path(words[1]).read_text("utf-8")
    if words[0] == "python":
        done = subprocess.run([sys.executable, *words[1:], *PLUGIN, "-p", "no:cacheprovider"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return done.stdout
    assert words[0] == "cleanpage", f"the test does not know how to run {words[0]!r}"
    capsys.readouterr()
    assert main(words[1:]) == 0, capsys.readouterr().err
    told = capsys.readouterr()
    return told.err + told.out


def test_the_page_is_true(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "fixtures" / "workshop" / "site", folder / "pages")
    shutil.copytree(ROOT / "examples" / "rule-package", folder / "rule-package")
    assert len(commands()) >= 10
    for command, shown in commands():
        told = run(command, capsys)
        assert pattern(shown).fullmatch(told if not told or told.endswith("\n") else f"{told}\n"), f"$ {command}\n{told}"


def test_every_command_of_the_workshop_is_on_the_page() -> None:
    from cleanpage.cli import _WORKSHOP  # the table of commands

    shown = {words[2] for command, _ in commands() if (words := command.split())[:2] == ["cleanpage", "rules"]}
    assert shown == set(_WORKSHOP)
