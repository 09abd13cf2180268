"""Runs the fixture directories: pages that must come through untouched, and pages whose clutter must go.

A case is a folder with `input.html` and `case.toml` (`why`, `url`, `kept`, `gone`; `untouched` for keep cases; `cleaner`
with a `preset` other than article), and
outside `fixtures/keep` an `expected.html`. After a wanted change, ``python tests/test_fixtures.py`` writes what the rules
make of each page; read the difference before it is committed.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from cleanpage.cleaner import Cleaner
from cleanpage.sources.html import HtmlReading

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASE_KEYS = {"why", "url", "kept", "gone", "untouched", "cleaner"}


@dataclass(frozen=True)
class Case:
    folder: Path
    why: str
    url: str | None = None
    kept: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    untouched: bool = False
    preset: str = "article"

    @property
    def name(self) -> str:
        return self.folder.relative_to(FIXTURES).as_posix()

    @property
    def html(self) -> str:
        return (self.folder / "input.html").read_text("utf-8")

    @property
    def expected(self) -> Path:
        return self.folder / "expected.html"


def cases(part: str) -> list[Case]:
    return [read_case(path.parent) for path in sorted((FIXTURES / part).glob("**/case.toml"))]


def read_case(folder: Path) -> Case:
    data = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    unknown = data.keys() - CASE_KEYS
    assert not unknown, f"{folder}/case.toml: unknown keys {sorted(unknown)}"
    return Case(
        folder,
        data["why"],
        data.get("url"),
        tuple(data.get("kept", ())),
        tuple(data.get("gone", ())),
        data.get("untouched", False),
        data.get("cleaner", {}).get("preset", "article"),
    )


KEEP = cases("keep")
CLEANED = cases("sites") + cases("generic")
ALL = KEEP + CLEANED


def named(some: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", some, ids=[case.name for case in some])


@cache
def cleaner(preset: str = "article") -> Cleaner:
    return Cleaner(preset=preset)


def cleaned(case: Case, preset: str = "") -> str:
    output = cleaner(preset or case.preset).clean(case.html, case.url)
    assert isinstance(output, str)
    return output


def visible(html: str) -> str:
    """The text of a page, white space folded."""
    page = HtmlReading(html).page
    return " ".join(page.text(0).split()) if len(page) else ""


def test_there_are_cases() -> None:
    assert len(KEEP) >= 30
    assert CLEANED


@named(ALL)
def test_says_why(case: Case) -> None:
    assert case.why.strip()


@named(KEEP)
def test_keeps_what_peers_destroy(case: Case) -> None:
    text = visible(cleaned(case))
    assert case.kept
    assert [wanted for wanted in case.kept if wanted not in text] == []


@named([case for case in KEEP if case.untouched])
def test_leaves_a_page_without_clutter_as_it_was(case: Case) -> None:
    result = cleaner().run(case.html, case.url)
    assert [(removal.rule, removal.text) for removal in result.removals] == []
    assert result.output == case.html


@named(KEEP)
def test_banners_leave_articles_alone(case: Case) -> None:
    text = visible(cleaned(case, "banners"))
    assert [wanted for wanted in case.kept if wanted not in text] == []


@named(CLEANED)
def test_page_comes_out_as_expected(case: Case) -> None:
    assert case.expected.exists(), f"{case.name} has no expected.html; python tests/test_fixtures.py writes it"
    output, expected = cleaned(case), case.expected.read_text("utf-8")
    assert output == expected, "\n".join(difflib.unified_diff(expected.splitlines(), output.splitlines(), lineterm=""))


@named(CLEANED)
def test_clutter_goes_and_article_stays(case: Case) -> None:
    text = visible(cleaned(case))
    assert [there for there in case.gone if there in text] == []
    assert [lost for lost in case.kept if lost not in text] == []


@named(ALL)
def test_the_texts_of_a_case_are_on_its_page(case: Case) -> None:
    text = visible(case.html)
    assert [missing for missing in (*case.kept, *case.gone) if missing not in text] == []


@named(ALL)
def test_cleaning_twice_is_cleaning_once(case: Case) -> None:
    once = cleaned(case)
    assert cleaner(case.preset).clean(once, case.url) == once


def write_expected() -> None:
    for case in CLEANED:
        case.expected.write_text(cleaned(case), "utf-8")


if __name__ == "__main__":
    write_expected()
