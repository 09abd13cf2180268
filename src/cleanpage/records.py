"""Files of many pages on the command line: each record cleaned as it comes, bad ones told and passed on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

import click

from cleanpage import batch
from cleanpage.cleaner import Cleaner
from cleanpage.errors import CleanpageError
from cleanpage.files import STANDARD, opened, replacing, write_pieces
from cleanpage.messages import message
from cleanpage.order import Order

__all__ = ["Records"]


class Records:
    """The records of an order's inputs: cleaned one input after the other, the bad ones counted."""

    def __init__(self, order: Order, cleaner: Cleaner) -> None:
        self._order = order
        self._cleaner = cleaner
        self.bad = 0
        """How many records were passed on as they came."""

    def clean(self, name: str, target: str) -> None:
        """Clean the records of the input `name` into `target`.

        Raises:
            InputError: it has no such field, or pyarrow is missing.
            OSError: it cannot be read or written.
        """
        if self._order.records == "parquet":
            self._clean_parquet(name, target)
            return
        with opened(name) as stream:
            write_pieces(target, self._lines(name, stream))

    def _lines(self, name: str, stream: BinaryIO) -> Iterator[bytes]:
        field, url_field = self._field(), self._order.url_field
        if self._order.records == "jsonl":
            yield from batch.jsonl(stream, self._value, self._teller(name), field=field, url_field=url_field)
            return
        text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
        for record in batch.csv(text, self._value, self._teller(name), field=field, url_field=url_field):
            yield record.encode("utf-8", "surrogateescape")
        text.detach()

    def _clean_parquet(self, name: str, target: str) -> None:
        if STANDARD in (name, target):
            raise click.UsageError("Parquet is read from a file and written to one: name a FILE, and another with -o")
        field, url_field = self._field(), self._order.url_field
        with replacing(target) as path:
            batch.parquet(name, path, self._value, self._teller(name), field=field, url_field=url_field)

    def _field(self) -> str:
        return self._order.field or ("html" if self._order.form == "html" else "text")

    def _value(self, value: str, url: str | None) -> str:
        """A value cleaned as its form asks; what begins with a tag is HTML, where no form is given."""
        form = self._order.form or ("html" if value.lstrip().startswith("<") else "text")
        run = self._cleaner.run if form == "html" else self._cleaner.run_text
        try:
            result = run(value, url or self._order.url)
        except Exception as error:
            raise CleanpageError(message(error)) from error
        if result.incomplete:
            raise CleanpageError(f"not cleaned: {result.why_incomplete}")
        output: str = result.output
        return output

    def _teller(self, name: str) -> batch.Report:
        def tell(record: batch.BadRecord) -> None:
            self.bad += 1
            click.echo(f"cleanpage: {'standard input' if name == STANDARD else name}: {record}", err=True)

        return tell
