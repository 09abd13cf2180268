"""Which files and folders are for the workshop. Asked of every file that pytest sees, so it imports nothing large."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_case", "is_rule_file"]


def is_rule_file(path: Path) -> bool:
    """Whether a path is a rule file in TOML: by its ``[[rule]]`` or ``[[test]]`` tables and its schema."""
    if path.suffix != ".toml" or path.name in ("pyproject.toml", "case.toml") or not path.is_file():
        return False
    lines = {line.strip() for line in path.read_text("utf-8", "replace").splitlines()}
    return "[[rule]]" in lines and any(line.replace(" ", "").startswith("schema=") for line in lines)


def is_case(folder: Path) -> bool:
    """Whether a folder is a fixture: it has a ``case.toml`` and an ``input.html``."""
    return (folder / "case.toml").is_file() and (folder / "input.html").is_file()
