"""``cleanpage rules check``: what is wrong with rule files of any of the three languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from cleanpage.errors import RuleError, Where
from cleanpage.model import LoadReport, Unusable
from cleanpage.workshop.lint import Checked, Problem, check_files
from cleanpage.workshop.places import is_rule_file

__all__ = ["command"]

_SHOWN: Final = 10
"""How many problems of one sort are shown of a file, unless all lines are asked for."""


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--lines", is_flag=True, help="Show every line that is not used, and every problem.")
def command(paths: tuple[str, ...], lines: bool) -> int:
    """Look for errors and doubtful rules in rule files, filter lists and site configs.

    PATH is a file or a folder of them. Exit code 2 if something in a file cannot be used, 1 if there are warnings only,
    0 if there is nothing to say.
    """
    errors = warnings = 0
    for checked in check_files(_files(paths)):
        click.echo("\n".join(_told(checked, lines)))
        errors += checked.errors
        warnings += len(checked.problems) - checked.errors
    click.echo(f"{errors} errors, {warnings} warnings")
    return 2 if errors else int(warnings > 0)


def _files(paths: tuple[str, ...]) -> Iterator[Path]:
    for name in paths:
        path = Path(name)
        found = sorted(p for p in path.rglob("*") if p.suffix == ".txt" or is_rule_file(p)) if path.is_dir() else [path]
        if not found:
            hint = "give a rule file, a filter list, a site config, or a folder of them"
            raise RuleError("holds no rules", code="no-rules", where=Where(name), hint=hint)
        yield from found


def _told(checked: Checked, lines: bool) -> Iterator[str]:
    yield _heading(checked.report)
    yield from _not_applicable(checked, lines)
    shown: Counter[str] = Counter()
    for problem in checked.problems:
        shown[problem.code] += 1
        if lines or shown[problem.code] <= _SHOWN:
            yield from _problem(problem, checked.report)
    for code, count in shown.items():
        if count > _SHOWN and not lines:
            yield f"  … and {count - _SHOWN} more of {code} (--lines shows all)"


def _heading(report: LoadReport) -> str:
    title = f' "{report.title}"' if report.title and report.title != report.file else ""
    version = f", version {report.version}" if report.version else ""
    counts = ", ".join(f"{count:,} {form}" for form, count in report.loaded.items() if count)
    return f"{report.file}: {report.language}{title}{version}: {counts or 'nothing loaded'}"


def _not_applicable(checked: Checked, lines: bool) -> Iterator[str]:
    reasons = {line.code: line.reason for line in reversed(checked.not_applicable)}
    counts = Counter(line.code for line in checked.not_applicable)
    for code, count in counts.most_common():
        yield f"  {count:,} not applicable ({code}): {reasons[code]}"
    if lines:
        yield from (f"    {checked.report.file}:{line.line}: {line.text} [{line.code}]" for line in _unused(checked))


def _unused(checked: Checked) -> list[Unusable]:
    return sorted(checked.not_applicable, key=lambda line: line.line)


def _problem(problem: Problem, report: LoadReport) -> Iterator[str]:
    place = f"{report.file}:{problem.line}" if problem.line else report.file
    if problem.told:
        yield from f"  {problem.level}: {problem.told}".replace("\n", "\n  ").splitlines()
        return
    yield f"  {problem.level}: {place}: {problem.message} [{problem.code}]"
    if problem.text:
        yield f"      {problem.text}"
