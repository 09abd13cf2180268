"""One order of the command line carried out: each input read, cleaned, written and told about."""

from __future__ import annotations

import codecs
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from cleanpage.cleaner import Cleaner
from cleanpage.errors import InputError, RuleError
from cleanpage.explain import explain, why
from cleanpage.files import STANDARD, read_bytes, write_bytes
from cleanpage.messages import message
from cleanpage.preview import preview
from cleanpage.report import Result
from cleanpage.rules import store
from cleanpage.sources.encoding import decode

__all__ = ["Order", "run"]

_UNWATCHED_WIDTH: Final = 160
"""Length of a line of the table where standard error is no terminal."""


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
    form: str = "html"
    field: str | None = None
    url_field: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: a result, or the error that kept it from having one."""

    name: str
    target: str | None
    result: Result | None = None
    error: str = ""

    @property
    def failed(self) -> bool:
        return self.result is None or self.result.incomplete

    def told(self) -> dict[str, Any]:
        """The outcome as plain data, for the report."""
        known: dict[str, Any] = {"input": self.name, "output": self.target}
        return {**known, **self.result.to_dict()} if self.result else {**known, "error": self.error}


def run(order: Order) -> int:
    """Carry out `order`; returns the exit code, 0 if every input was cleaned and 1 if not.

    Raises:
        click.UsageError: options that do not go together.
        RuleError: a rule file that cannot be used.
        OSError: the report or the preview cannot be written.
    """
    targets = _targets(order)
    cleaning = _Cleaning(order, _cleaner(order))
    outcomes = [_outcome(name, target, cleaning) for name, target in targets.items()]
    if order.report:
        write_bytes(order.report, _report(outcomes))
    return int(any(outcome.failed for outcome in outcomes))


def _targets(order: Order) -> dict[str, str | None]:
    """For each input the place of its output: a file, "-" for standard output, None for none."""
    names = order.files or (STANDARD,)
    _check(order, names)
    if order.in_place:
        return {name: name for name in names}
    if order.output is None:
        return dict.fromkeys(names, None if order.why else STANDARD)
    if len(names) == 1 and not _is_folder(order.output):
        return {names[0]: order.output}
    return _in_folder(names, Path(order.output))


def _check(order: Order, names: Sequence[str]) -> None:
    """Refuse options that do not go together."""
    several = len(names) > 1
    if order.in_place and (order.output or STANDARD in names):
        raise click.UsageError("--in-place writes over the files it reads: name files, and leave -o out")
    if several and not (order.output or order.in_place or order.why):
        raise click.UsageError("several files need a folder for their outputs (-o FOLDER), or --in-place")
    if order.preview and (several or order.form != "html"):
        raise click.UsageError("--preview is for one HTML page at a time")
    if order.form != "jsonl" and (order.field or order.url_field):
        raise click.UsageError("--field and --url-field are for --jsonl")
    if order.encoding and not _known_encoding(order):
        raise click.UsageError(f"no encoding is called {order.encoding!r}; there are utf-8, windows-1251 and the like")


def _known_encoding(order: Order) -> bool:
    try:
        if order.form == "html":
            decode(b"", order.encoding)
        else:
            codecs.lookup(order.encoding or "")
    except (InputError, LookupError):
        return False
    return True


def _is_folder(output: str) -> bool:
    return output.endswith("/") or Path(output).is_dir()


def _in_folder(names: Sequence[str], folder: Path) -> dict[str, str | None]:
    targets: dict[str, str | None] = {}
    for name in names:
        target = str(folder / ("page.html" if name == STANDARD else Path(name).name))
        if target in targets.values():
            raise click.UsageError(f"two inputs would be written to {target}; clean them into folders of their own")
        targets[name] = target
    folder.mkdir(parents=True, exist_ok=True)
    return targets


def _cleaner(order: Order) -> Cleaner:
    """The cleaner for an order: the user's folder of rules, where there is one, stands below the rules of the call."""
    folder = store.user_folder()
    users: Any = store.load(folder, layer="user") if any(folder.glob("*.toml")) or any(folder.glob("*.txt")) else ()
    return Cleaner((*users, *order.rules), preset=order.preset, only=order.only or None, skip=order.skip)


class _Cleaning:
    """A cleaner with what the order says of every page, and what is to be told of each."""

    def __init__(self, order: Order, cleaner: Cleaner) -> None:
        self.order = order
        self._cleaner = cleaner
        self.run: Callable[[bytes], tuple[Result, bytes]] = {"html": self._run_html, "text": self._run_text}[order.form]

    def _run_html(self, data: bytes) -> tuple[Result, bytes]:
        result = self._cleaner.run(data, self.order.url, encoding=self.order.encoding)
        return result, result.output

    def _run_text(self, data: bytes) -> tuple[Result, bytes]:
        codec = self.order.encoding or "utf-8"
        try:
            text = data.decode(codec, "surrogateescape")
            exact = text.encode(codec, "surrogateescape") == data
        except (LookupError, UnicodeError):
            exact = False
        if not exact:
            raise InputError(f"it is no text in {codec}; say its encoding with --encoding")
        result = self._cleaner.run_text(text, self.order.url)
        return result, result.output.encode(codec, "surrogateescape")

    def preview(self, data: bytes) -> bytes:
        """The page with its removals marked, as UTF-8."""
        text = decode(data, self.order.encoding).text
        return preview(text, self._cleaner.run(text, self.order.url)).encode("utf-8", "replace")


def _outcome(name: str, target: str | None, cleaning: _Cleaning) -> Outcome:
    """Clean one input. Its errors are told and kept, so that the next input has its turn."""
    try:
        data = read_bytes(name)
        result, output = cleaning.run(data)
        if target is not None and (target != name or name == STANDARD or output != data):
            write_bytes(target, output)
        if cleaning.order.preview:
            write_bytes(cleaning.order.preview, cleaning.preview(data))
    except RuleError:
        raise
    except Exception as error:
        told = message(error)
        _say(told if not told or _shown(name) in told else f"{_shown(name)}: {told}")
        return Outcome(name, target, error=told or "the output was closed")
    _tell(result, name, cleaning.order)
    return Outcome(name, target, result)


def _shown(name: str) -> str:
    return "standard input" if name == STANDARD else name


def _tell(result: Result, name: str, order: Order) -> None:
    heading = f"{name}:\n" if len(order.files) > 1 else ""
    if order.why:
        write_bytes(STANDARD, f"{heading}{why(result, order.why)}\n".encode())
    if order.explain:
        click.echo(heading + explain(result, _width()), err=True)
    elif result.incomplete:
        _say(f"{_shown(name)}: not cleaned: {result.why_incomplete}; it is passed on as it came")


def _width() -> int:
    watched = sys.stderr is not None and sys.stderr.isatty()
    return shutil.get_terminal_size().columns if watched else _UNWATCHED_WIDTH


def _say(line: str) -> None:
    if line:
        click.echo(f"cleanpage: {line}", err=True)


def _report(outcomes: Sequence[Outcome]) -> bytes:
    """One object for one input, a list for several."""
    told: list[Mapping[str, Any]] = [outcome.told() for outcome in outcomes]
    data = json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2)
    return data.encode("utf-8", "backslashreplace") + b"\n"
