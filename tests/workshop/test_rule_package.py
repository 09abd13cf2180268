"""A rule package of somebody else, installed with pip into a fresh environment, is in force there."""

from __future__ import annotations

import json
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "examples" / "rule-package"


def say(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command; returns what it says, fails where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with cleanpage and the example package; what they depend on comes from this environment."""
    if not any(Path(folder, "hatchling").is_dir() for folder in site.getsitepackages()):
        pytest.skip("hatchling is not installed: packages cannot be built here without the network")
    folder = tmp_path_factory.mktemp("fresh") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    inside = next((folder / "lib").glob("python*/site-packages"))
    (inside / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    copies = [ROOT, PACKAGE]
    for number, source in enumerate(copies):
        copy = folder.parent / f"source-{number}"
        ignored = shutil.ignore_patterns(".git", ".venv", "*.pyc", "__pycache__", ".mypy_cache", ".ruff_cache")
        shutil.copytree(source, copy, ignore=ignored)
        install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
        say(sys.executable, *install, "--ignore-installed", "--target", inside, copy)
    return folder


def python(environment: Path) -> Path:
    return environment / "bin" / "python"


@pytest.mark.slow
def test_its_rules_are_listed_with_their_layer(environment: Path) -> None:
    told = say(python(environment), "-m", "cleanpage", "rules", "list", "--url", "https://example.com/", "--site-only")
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert "installed (3)" in lines
    assert any(line.startswith("example.com/newsletter-box [newsletter, remove]") for line in lines)


@pytest.mark.slow
def test_its_rules_are_applied(environment: Path, tmp_path: Path) -> None:
    """A generic rule may take the box as well: what tells is that the package's rule is not among those without a find."""
    page, report = tmp_path / "page.html", tmp_path / "report.json"
    text = "The council met on Monday and spoke for two hours about the new road to the harbour and what it costs."
    page.write_text(f'<article><p>{text}</p><div class="newsletter-box"><p>A {text}</p></div></article>')
    url = "https://example.com/news/bridge"
    told = say(python(environment), "-m", "cleanpage", page, "--url", url, "--report", report)
    assert f"A {text}" not in told
    assert text in told
    unmatched = json.loads(report.read_text("utf-8"))["unmatched"]
    assert "example.com/newsletter-box" not in unmatched
    assert "example.com/most-read" in unmatched


@pytest.mark.slow
def test_its_tests_are_run_by_the_plugin(environment: Path, tmp_path: Path) -> None:
    copy = tmp_path / "rule-package"
    shutil.copytree(PACKAGE, copy)
    told = say(python(environment), "-m", "pytest", "-v", "-p", "no:cacheprovider", cwd=copy)
    assert "example.com.toml::line-25 PASSED" in told
    assert "case.toml::newsletter-box PASSED" in told
