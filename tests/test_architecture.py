"""What ARCHITECTURE.md promises of the code's shape: which part may know which, and who may use which library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleanpage

ROOT = Path(cleanpage.__file__).parent

LEVELS = (
    {"errors", "kinds", "plaintoml"},
    {"model", "budget", "packaged"},
    {"page"},
    {"cuts", "remainder"},
    {"sources"},
    {"structure"},
    {"match"},
    {"rules"},
    {"report", "textmode"},
    {"boxes", "rows", "headings", "company"},
    {"decide"},
    {"rounds"},
    {"cleaner"},
    {"api"},
    {"explain", "files", "messages", "preview", "batch"},
    {"workshop"},
    {"learn", "testing", "integrations"},
    {"order"},
    {"records"},
    {"run"},
    {"cli"},
    {"__main__"},
)
"""From the ground to the roof: a part may use what stands on a level below its own."""

SOURCES_ARE_KNOWN_TO = {"cleaner", "run", "workshop", "batch", "integrations"}
"""Who reads pages; `run` only asks how bytes are decoded."""

PARSERS_ARE_KNOWN_TO = {
    "turbohtml": {"sources"},
    "bs4": {"sources"},
    "lxml": {"sources", "match/xpath.py", "match/xpath_cost.py", "match/xpath_types.py"},
}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full names of all that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are written in full"
            yield node.module or ""
            if node.module == "cleanpage":
                yield from (f"cleanpage.{alias.name}" for alias in node.names)


def part(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def level(name: str) -> int:
    return next(n for n, names in enumerate(LEVELS) if name in names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_from_the_roof_to_the_ground(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        return
    for name in imports(path):
        if not name.startswith("cleanpage.") or name == "cleanpage.__version__":
            continue
        used = name.split(".")[1]
        assert used == own or level(used) < level(own), f"{own} may not import {name}"
        assert used != "sources" or own in SOURCES_ARE_KNOWN_TO | {"sources"}, f"{own} may not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_parsers_are_used_by_sources_alone(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    for name in imports(path):
        allowed = PARSERS_ARE_KNOWN_TO.get(name.split(".")[0])
        assert allowed is None or where in allowed or where.split("/")[0] in allowed, f"{where} may not import {name}"


def test_every_part_has_a_level() -> None:
    known = set().union(*LEVELS) | {"__init__"}
    assert sorted({part(path) for path in modules()} - known) == []


def test_no_module_is_a_drawer_for_what_has_no_place() -> None:
    names = {path.stem for path in modules()}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


def test_every_module_says_what_it_is_for() -> None:
    assert [path.name for path in modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_the_package_is_typed() -> None:
    assert (ROOT / "py.typed").is_file()
