"""One order of the command line carried out: each input read, cleaned, written and told about."""

from __future__ import annotations

import codecs
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from cleanpage.cleaner import Cleaner
from cleanpage.errors import InputError, RuleError
from cleanpage.explain import explain, why
from cleanpage.files import STANDARD, read_bytes, write_bytes
from cleanpage.messages import message
from cleanpage.order import Order, cleaner_for, targets
from cleanpage.preview import preview
from cleanpage.report import Result
from cleanpage.sources.encoding import decode

__all__ = ["run"]

_UNWATCHED_WIDTH: Final = 160
"""Length of a line of the table where standard error is no terminal."""


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
        OSError: the report cannot be written.
    """
    places = targets(order)
    if order.records:
        return _run_records(order, places)
    _check_encoding(order)
    cleaner = cleaner_for(order)
    outcomes = [_outcome(name, target, order, cleaner) for name, target in places.items()]
    if order.report:
        write_bytes(order.report, _report(outcomes))
    return int(any(outcome.failed for outcome in outcomes))


def _run_records(order: Order, places: dict[str, str | None]) -> int:
    from cleanpage.records import Records

    records = Records(order, cleaner_for(order))
    failed = False
    for name, target in places.items():
        try:
            records.clean(name, target or STANDARD)
        except (RuleError, click.ClickException):
            raise
        except Exception as error:
            failed = True
            _say(_complaint(name, message(error)))
    return int(failed or bool(records.bad))


def _check_encoding(order: Order) -> None:
    if not order.encoding:
        return
    try:
        decode(b"", order.encoding)
        codecs.lookup(order.encoding)
    except (InputError, LookupError):
        told = f"no encoding is called {order.encoding!r}; there are utf-8, windows-1251 and the like"
        raise click.UsageError(told) from None


def _outcome(name: str, target: str | None, order: Order, cleaner: Cleaner) -> Outcome:
    """Clean one input. Its errors are told and kept, so that the next input has its turn."""
    clean = _clean_text if order.form_of(name) == "text" else _clean_html
    try:
        data = read_bytes(name)
        result, output = clean(data, order, cleaner)
        if target is not None and (target != name or name == STANDARD or output != data):
            write_bytes(target, output)
        if order.preview:
            write_bytes(order.preview, _preview(data, order, cleaner))
        _tell(result, name, order)
    except RuleError:
        raise
    except Exception as error:
        told = message(error)
        _say(_complaint(name, told))
        return Outcome(name, target, error=told or "the output was closed")
    return Outcome(name, target, result)


def _clean_html(data: bytes, order: Order, cleaner: Cleaner) -> tuple[Result, bytes]:
    result = cleaner.run(data, order.url, encoding=order.encoding)
    return result, result.output


def _clean_text(data: bytes, order: Order, cleaner: Cleaner) -> tuple[Result, bytes]:
    codec = order.encoding or "utf-8"
    try:
        text = data.decode(codec, "surrogateescape")
        exact = text.encode(codec, "surrogateescape") == data
    except UnicodeError:
        exact = False
    if not exact:
        raise InputError(f"it is no text in {codec}; say its encoding with --encoding")
    result = cleaner.run_text(text, order.url)
    return result, result.output.encode(codec, "surrogateescape")


def _preview(data: bytes, order: Order, cleaner: Cleaner) -> bytes:
    text = decode(data, order.encoding).text
    return preview(text, cleaner.run(text, order.url)).encode("utf-8", "replace")


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


def _shown(name: str) -> str:
    return "standard input" if name == STANDARD else name


def _complaint(name: str, told: str) -> str:
    """What went wrong, with the name of the input where it does not say it; nothing for nothing."""
    return told if not told or _shown(name) in told else f"{_shown(name)}: {told}"


def _say(line: str) -> None:
    if line:
        click.echo(f"cleanpage: {line}", err=True)


def _report(outcomes: Sequence[Outcome]) -> bytes:
    """One object for one input, a list for several."""
    told = [outcome.told() for outcome in outcomes]
    data = json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2)
    return data.encode("utf-8", "backslashreplace") + b"\n"
