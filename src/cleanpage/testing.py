"""Tests for rule packages: a pytest plugin, and the runner behind it.

Where cleanpage is installed, pytest collects by itself every rule file (``*.toml`` with ``[[rule]]`` tables and a
``schema``) and every fixture folder (``input.html``, ``expected.html``, ``case.toml``) among the paths it is given. A
rule file's ``[[test]]`` tables are one test each, and one more says whether the file can be used at all.
``pytest -p no:cleanpage`` leaves all that out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from cleanpage.workshop.prove import Outcome

__all__ = ["prove"]


def prove(path: str | PathLike[str]) -> list[Outcome]:
    """Run every test at `path`: a rule file, a fixture folder, or a folder that holds some.

    Returns:
        What came of each, in order; `Outcome.problems` is empty where a test holds.

    Raises:
        RuleError: a rule file cannot be used, or there is no test.
    """
    from cleanpage.workshop.test import outcomes

    return list(outcomes((str(path),)))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect rule files, and the folders of fixtures by their ``case.toml``."""
    if file_path.suffix != ".toml":
        return None
    from cleanpage.workshop.places import is_case, is_rule_file

    if file_path.name == "case.toml":
        return _collector(_case_items, file_path, parent) if is_case(file_path.parent) else None
    return _collector(_rule_items, file_path, parent) if is_rule_file(file_path) else None


def _collector(items: Any, file_path: Path, parent: pytest.Collector) -> pytest.Collector:
    import pytest

    class Proofs(pytest.File):
        """The tests in one file."""

        def collect(self) -> Iterable[pytest.Item]:
            return [_item(self, name, run) for name, run in items(file_path)]

    collector: pytest.Collector = Proofs.from_parent(parent, path=file_path)
    return collector


def _item(parent: pytest.Collector, name: str, run: Any) -> pytest.Item:
    import pytest

    class Proof(pytest.Item):
        """One test."""

        def runtest(self) -> None:
            outcome = run()
            if not outcome.passed:
                raise AssertionError("\n".join(outcome.problems))

        def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
            return str(excinfo.value) if isinstance(excinfo.value, AssertionError | OSError) else _told(excinfo)

        def reportinfo(self) -> tuple[Path, int | None, str]:
            return self.path, None, self.name

    item: pytest.Item = Proof.from_parent(parent, name=name)
    return item


def _told(error: pytest.ExceptionInfo[BaseException]) -> str:
    from cleanpage.errors import CleanpageError

    return str(error.value) if isinstance(error.value, CleanpageError) else str(error.getrepr(style="short"))


def _rule_items(path: Path) -> list[tuple[str, Any]]:
    """One test that the file can be used, and its own tests."""
    from cleanpage.errors import RuleError
    from cleanpage.workshop.prove import Outcome, Prover, read_rules

    try:
        sets = read_rules(path)
    except RuleError as error:
        told = str(error)
        return [("usable", lambda: Outcome(str(path), (told,)))]
    tests = [(Prover(rules), test) for rules in sets for test in rules.tests]
    named = [(f"line-{test.origin.line}", partial(prover.run, test)) for prover, test in tests]
    return [("usable", lambda: Outcome(str(path))), *named]


def _case_items(path: Path) -> list[tuple[str, Any]]:
    from cleanpage.workshop.prove import read_case, run_case

    return [(path.parent.name, lambda: run_case(read_case(path.parent)))]
