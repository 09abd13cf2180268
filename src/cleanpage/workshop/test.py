"""``cleanpage rules test``: the proofs that rule files and fixture folders bring with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cleanpage.errors import RuleError, Where
from cleanpage.files import write_bytes
from cleanpage.workshop.places import is_case, is_rule_file
from cleanpage.workshop.prove import (
    Outcome,
    case_output,
    difference,
    read_case,
    read_rules,
    run_case,
    run_tests,
)

__all__ = ["command", "outcomes"]


@click.command("test")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--update", is_flag=True, help="Write each expected.html anew, and show what changes.")
def command(paths: tuple[str, ...], update: bool) -> int:
    """Run the [[test]] tables of rule files, and fixture folders.

    PATH is a rule file, a fixture folder (input.html, expected.html, case.toml), or a folder that holds some at any
    depth. Nothing is fetched. Exit code 1 if a test fails, 2 if a rule file cannot be used.
    """
    found = list(outcomes(paths, update=update))
    for outcome in found:
        if not outcome.passed:
            click.echo(f"FAILED {outcome.name}")
            click.echo("\n".join(f"    {line}" for problem in outcome.problems for line in problem.splitlines()))
    failed = sum(not outcome.passed for outcome in found)
    click.echo(f"{len(found)} tests, {failed} failed" if failed else f"{len(found)} tests passed")
    return int(failed > 0)


def outcomes(paths: tuple[str, ...], *, update: bool = False) -> Iterator[Outcome]:
    """What comes of every test at some paths.

    Raises:
        RuleError: a rule file cannot be used, or a path holds no test at all.
    """
    for name in paths:
        path = Path(name)
        found = list(_outcomes(path, update))
        if not found:
            hint = "give a rule file with [[test]] tables, a folder with input.html and case.toml, or a folder of them"
            raise RuleError("holds no tests", code="no-tests", where=Where(name), hint=hint)
        yield from found


def _outcomes(path: Path, update: bool) -> Iterator[Outcome]:
    for place in _places(path):
        yield from _of_case(place, update) if place.is_dir() else _of_file(place)


def _places(path: Path) -> Iterator[Path]:
    """The rule files and fixture folders at a path, by name."""
    if is_case(path) or path.is_file():
        yield path
        return
    for each in sorted(path.rglob("*")):
        if is_case(each) or is_rule_file(each):
            yield each


def _of_file(path: Path) -> Iterator[Outcome]:
    for rules in read_rules(path):
        yield from run_tests(rules)


def _of_case(folder: Path, update: bool) -> Iterator[Outcome]:
    case = read_case(folder)
    if update:
        _rewrite(folder, case_output(case))
    yield run_case(case)


def _rewrite(folder: Path, output: str) -> None:
    expected = folder / "expected.html"
    told = difference(expected.read_text("utf-8"), output) if expected.is_file() else "written for the first time"
    if told:
        click.echo(f"{expected}: {told}")
        write_bytes(str(expected), output.encode("utf-8", "surrogateescape"))
