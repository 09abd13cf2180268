"""What a command line asks for, and whether it makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from cleanpage.cleaner import Cleaner
from cleanpage.files import STANDARD
from cleanpage.match.hosts import PageUrl
from cleanpage.rules import store

__all__ = ["Order", "cleaner_for", "targets"]

_TEXT_SUFFIXES: Final = frozenset({".txt", ".text", ".md", ".markdown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line asked for; the names are those of its options."""

    files: tuple[str, ...] = ()
    url: str | None = None
    rules: tuple[str, ...] = ()
    preset: str = "article"
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    output: str | None = None
    in_place: bool = False
    encoding: str | None = None
    explain: bool = False
    report: str | None = None
    why: str | None = None
    preview: str | None = None
    form: str | None = None
    """"html" or "text"; None for what a file's name, or a record's first character, says."""
    records: str | None = None
    """"jsonl", "csv" or "parquet", where each input holds many pages."""
    field: str | None = None
    url_field: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs; "-" is standard input."""
        return self.files or (STANDARD,)

    def form_of(self, name: str) -> str:
        """Whether an input is "html" or "text"."""
        return self.form or ("text" if Path(name).suffix.lower() in _TEXT_SUFFIXES else "html")


def cleaner_for(order: Order) -> Cleaner:
    """The cleaner for an order: the user's folder of rules, where there is one, stands below the rules of the call."""
    folder = store.user_folder()
    users = [folder] if any(folder.glob("*.toml")) or any(folder.glob("*.txt")) else []
    loaded = [each for path in users for each in store.load(path, layer="user")]
    cleaner = Cleaner((*loaded, *order.rules), preset=order.preset, only=order.only or None, skip=order.skip)
    for told in _of_no_use(cleaner):
        click.echo(f"cleanpage: {told}", err=True)
    return cleaner


def _of_no_use(cleaner: Cleaner) -> Iterator[str]:
    """Files without any rule, and the lines of rule files that do nothing. Lists have thousands of such lines, which
    ``rules check`` tells of."""
    for rules in cleaner.rule_sets:
        for report in rules.reports:
            if not (rules.off or any(True for _ in rules.rules)):
                yield f"{report.file}: nothing in it is a rule for what is on a page"
            if report.language == "toml":
                yield from (f"{report.file}: {line.reason}" for line in report.unusable)


def targets(order: Order) -> dict[str, str | None]:
    """For each input the place of its output: a file, "-" for standard output, None for none.

    Raises:
        click.UsageError: options that do not go together.
    """
    _check(order)
    names = order.names
    if order.in_place:
        return {name: name for name in names}
    if order.output is None:
        return dict.fromkeys(names, None if order.why else STANDARD)
    if len(names) == 1 and not _is_folder(order.output):
        return {names[0]: order.output}
    return _in_folder(names, Path(order.output))


def _check(order: Order) -> None:
    several = len(order.names) > 1
    if order.in_place and (order.output or STANDARD in order.names):
        raise click.UsageError("--in-place writes over the files it reads: name files, and leave -o out")
    if order.url and PageUrl.parse(order.url) is None:
        raise click.UsageError(f"--url: {order.url!r} names no site; write https://example.com/page")
    if several and not (order.output or order.in_place or order.why):
        raise click.UsageError("several files need a folder for their outputs (-o FOLDER), or --in-place")
    if order.preview and (several or any(order.form_of(name) != "html" for name in order.names)):
        raise click.UsageError("--preview is for one HTML page at a time")
    if order.records and (order.why or order.explain or order.report or order.preview or order.encoding):
        raise click.UsageError("--explain, --report, --why, --preview and --encoding are for single pages")
    if not order.records and (order.field or order.url_field):
        raise click.UsageError("--field and --url-field are for --jsonl, --csv and --parquet")


def _is_folder(output: str) -> bool:
    return output.endswith("/") or Path(output).is_dir()


def _in_folder(names: tuple[str, ...], folder: Path) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in names:
        target = str(folder / ("page.html" if name == STANDARD else Path(name).name))
        if target in found.values():
            raise click.UsageError(f"two inputs would be written to {target}; clean them into folders of their own")
        found[name] = target
    folder.mkdir(parents=True, exist_ok=True)
    return found
