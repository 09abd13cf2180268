"""Rule packages are found among what is installed, however it is."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from cleanpage.rules.packages import rule_packages

GROUP = "cleanpage.test_rules"
NAMED = f"[{GROUP}]\nours = our_rules:rules\n"


def install(folder: Path, info: str, entry_points: str) -> None:
    (folder / info).mkdir(parents=True)
    (folder / info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-rules\nVersion: 1.0\n", "utf-8")
    (folder / info / "entry_points.txt").write_text(entry_points, "utf-8")


@pytest.mark.parametrize("info", ["our_rules-1.0.dist-info", "our_rules.egg-info"])
def test_a_package_that_names_the_group_is_found(
    info: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, info, NAMED)
    monkeypatch.syspath_prepend(tmp_path)
    assert [(point.name, point.value) for point in rule_packages(GROUP)] == [("ours", "our_rules:rules")]


def test_a_package_in_an_archive_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "our_rules-1.0.dist-info", NAMED)
    with ZipFile(tmp_path / "ours.zip", "w") as archive:
        for path in (tmp_path / "our_rules-1.0.dist-info").iterdir():
            archive.write(path, f"our_rules-1.0.dist-info/{path.name}")
    monkeypatch.syspath_prepend(tmp_path / "ours.zip")
    assert [point.name for point in rule_packages(GROUP)] == ["ours"]


def test_packages_with_other_entry_points_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "theirs-1.0.dist-info", "[console_scripts]\ntheirs = theirs:main\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert rule_packages(GROUP) == []
