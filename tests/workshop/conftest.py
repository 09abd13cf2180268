"""What the workshop's tests share: commands run in a folder of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workshop.running import Ran, Run

from cleanpage.cli import main

SITE = Path(__file__).parents[2] / "fixtures" / "workshop" / "site"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no rules of the user's own."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return work


@pytest.fixture
def pages(folder: Path) -> Path:
    """The three pages of a made-up site, in the folder ``pages``."""
    shutil.copytree(SITE, folder / "pages")
    return folder / "pages"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``cleanpage rules`` with some arguments."""

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(["rules", *arguments])
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return call
