"""Rules proved offline: the ``[[test]]`` tables of rule files, and folders with an input and what is to come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cleanpage.cleaner import Cleaner
from cleanpage.errors import RuleSyntaxError, Where
from cleanpage.model import PROTECTS, RuleSet, RuleTest
from cleanpage.page import Page
from cleanpage.rules.store import load, packaged_phrases
from cleanpage.rules.tables import did_you_mean
from cleanpage.rules.toml import OnError, read_phrases, read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks

__all__ = [
    "Case",
    "Outcome",
    "Prover",
    "case_output",
    "difference",
    "read_case",
    "read_rules",
    "run_case",
    "run_tests",
]

CASE_FILES: Final = ("case.toml", "input.html", "expected.html")
CASE_KEYS: Final = ("why", "url", "gone", "kept", "untouched", "rules", "builtin", "preset", "only", "skip")
_SHOWN: Final = 60
"""Most lines of a difference that are shown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one test: `name` says where it is written, `problems` are empty where it holds."""

    name: str
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems


def read_rules(path: Path, on_error: OnError | None = None) -> tuple[RuleSet, ...]:
    """The rule sets of a file of rules of any language. Raises as `store.load`.

    A rule file may use the phrases that stand in a folder ``phrases`` beside it.
    """
    beside = path.parent / "phrases"
    if path.suffix == ".toml" and beside.is_dir():
        own = {name: texts for each in sorted(beside.glob("*.toml")) for name, texts in read_phrases(each).items()}
        return (read_toml(path, phrases={**packaged_phrases(), **own}, on_error=on_error or "raise"),)
    return tuple(rules for rules in load(path, on_error=on_error) if isinstance(rules, RuleSet))


def run_tests(rules: RuleSet) -> list[Outcome]:
    """Run all tests of a rule set; see `Prover`."""
    prover = Prover(rules)
    return [prover.run(test) for test in rules.tests]


class Prover:
    """A rule set with the cleaners that its tests need.

    A test holds if its set alone takes every text of ``gone`` and leaves every text of ``kept``. Where the set has keep
    rules or switches others off, what is kept must also be kept when the packaged rules run.
    """

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._alone = Cleaner([rules], builtin=False)
        keeps = rules.off or any(rule.action in PROTECTS for rule in rules.rules)
        against = keeps and rules.layer not in ("generic", "site")
        self._against = Cleaner([rules]) if against else None

    def run(self, test: RuleTest) -> Outcome:
        """What comes of one test."""
        where = str(test.origin) if test.origin.line else self._rules.name
        url = test.url or _url(self._rules)
        return Outcome(where, tuple(_problems(test, url, self._alone, self._against)))


def _url(rules: RuleSet) -> str | None:
    """An address on the first site that the rules name."""
    for rule in rules.rules:
        for site in rule.sites.include:
            if not site.startswith(("/", "*")):
                host, _, path = site.partition("/")
                return f"https://{host.replace('.*', '.com')}/{path.replace('*', '')}"
    return None


def _problems(test: RuleTest, url: str | None, alone: Cleaner, against: Cleaner | None) -> Iterator[str]:
    before = _texts(test.html)
    result = alone.run(test.html, url)
    after = _texts(result.output)
    for text in (*test.gone, *test.kept):
        if not _has(before, text):
            yield f"the html has no {text!r}"
    for text in test.gone:
        if _has(before, text) and _has(after, text):
            yield f"{text!r} is still there{_refusal(result.refused)}"
    for text in test.kept:
        if _has(before, text) and not _has(after, text):
            yield f"{text!r} is gone, taken by {', '.join(r.rule for r in result.why(text)) or 'a rule'}"
    if against is not None:
        yield from _lost(test, url, against)


def _lost(test: RuleTest, url: str | None, against: Cleaner) -> Iterator[str]:
    result = against.run(test.html, url)
    after = _texts(result.output)
    for text in test.kept:
        if not _has(after, text):
            takers = ", ".join(removal.rule for removal in result.why(text)) or "a rule"
            yield f"with the packaged rules, {text!r} is gone, taken by {takers}"


def _refusal(refused: Iterable[Any]) -> str:
    return "".join(f"; {each.rule} found {each.path}, but: {each.reason}" for each in refused)


def _texts(html: str) -> tuple[str, str]:
    """What a reader sees of `html`, and its source."""
    return (" ".join(blocks(HtmlReading(html).page).texts), html) if html.strip() else ("", html)


def _has(texts: tuple[str, str], wanted: str) -> bool:
    return " ".join(wanted.split()) in texts[0] or wanted in texts[1]


@dataclass(frozen=True, slots=True)
class Case:
    """A folder with an input, what is to come of it, and how it is cleaned (``case.toml``).

    What is to come of it is told by ``expected.html``, by texts that must be `gone` and `kept`, or by `untouched`.
    """

    folder: Path
    why: str
    url: str | None
    cleaner: Mapping[str, Any]
    """arguments of the Cleaner; ``rules`` are paths beside the folder's files."""
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    untouched: bool = False


def read_case(folder: Path) -> Case:
    """The case of a folder.

    Raises:
        RuleSyntaxError: its ``case.toml`` is not TOML, has unknown keys, or no ``why``.
    """
    path = folder / "case.toml"
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleSyntaxError(f"not TOML: {error}", code="toml", where=Where(str(path))) from None
    for key in written:
        if key not in CASE_KEYS:
            hint = did_you_mean(key, CASE_KEYS, f"known keys: {', '.join(CASE_KEYS)}")
            raise RuleSyntaxError(f"a case has no key {key!r}", code="unknown-key", where=Where(str(path)), hint=hint)
    if not written.get("why"):
        hint = 'say what it proves: why = "..."'
        raise RuleSyntaxError("a case without a why", code="no-why", where=Where(str(path)), hint=hint)
    given: dict[str, Any] = {key: written[key] for key in ("builtin", "preset", "only", "skip") if key in written}
    given["rules"] = tuple(str(folder / name) for name in written.get("rules", ()))
    gone, kept = tuple(written.get("gone", ())), tuple(written.get("kept", ()))
    return Case(folder, written["why"], written.get("url"), given, gone, kept, written.get("untouched", False))


def run_case(case: Case) -> Outcome:
    """Clean the case's input and hold the output against what is expected. Raises RuleError, OSError."""
    return Outcome(str(case.folder), tuple(_case_problems(case, case_output(case))))


def _case_problems(case: Case, got: str) -> Iterator[str]:
    source, expected = _input(case), case.folder / "expected.html"
    if expected.is_file():
        told = difference(expected.read_bytes().decode("utf-8", "surrogateescape"), got)
        yield from [told] if told else []
    elif not (case.kept or case.gone or case.untouched):
        yield "there is no expected.html; --update writes what comes out now"
    if case.untouched and got != source:
        yield f"the page is to stay untouched; {difference(source, got) or 'white space differs'}"
    before, after = _texts(source), _texts(got)
    yield from (f"the page has no {text!r}" for text in (*case.gone, *case.kept) if not _has(before, text))
    yield from (f"{text!r} is still there" for text in case.gone if _has(after, text))
    yield from (f"{text!r} is gone" for text in case.kept if _has(before, text) and not _has(after, text))


def _input(case: Case) -> str:
    return (case.folder / "input.html").read_bytes().decode("utf-8", "surrogateescape")


def case_output(case: Case) -> str:
    """What the case's input is cleaned to."""
    source = _input(case)
    cleaner = _cleaner(tuple(sorted((key, _frozen(value)) for key, value in case.cleaner.items())))
    output: str = cleaner.clean(source, case.url)
    return output


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=8)
def _cleaner(given: tuple[tuple[str, Any], ...]) -> Cleaner:
    return Cleaner(**dict(given))


def difference(expected: str, got: str) -> str:
    """How two pages differ, white space between elements aside: the place of the first difference, then its lines.
    "" where they do not.

    >>> print(difference("<p>a</p>", "<p>b</p>"))
    first difference at html > body > p:
    --- expected
    +++ got
    @@ -3,3 +3,3 @@
         <body>
           <p>
    -        a
    +        b
    """
    wanted, found = HtmlReading(expected).page, HtmlReading(got).page
    one, other = _outline(wanted), _outline(found)
    if [line for line, _ in one] == [line for line, _ in other]:
        return ""
    return "\n".join([f"first difference at {_first(wanted, one, found, other)}:", *_diff(one, other)])


_Outline = list[tuple[str, int]]


def _outline(page: Page) -> _Outline:
    """The page line by line, each with its element: tags with their attributes, and texts, indented by depth."""
    lines: _Outline = []
    depth = [0] * len(page)
    waiting = [i for i in range(len(page)) if page.parents[i] < 0][::-1]
    while waiting:
        node = waiting.pop()
        if node < 0:
            parent = page.text_parents[~node]
            text = " ".join(page.texts[~node].split())
            lines += [(f"{'  ' * (depth[parent] + 1)}{text}", parent)] if text else []
            continue
        depth[node] = depth[page.parents[node]] + 1 if page.parents[node] >= 0 else 1
        lines.append((f"{'  ' * depth[node]}{_tag(page, node)}", node))
        waiting += list(page.content(node))[::-1]
    return lines


def _tag(page: Page, i: int) -> str:
    return "<" + " ".join([page.tags[i], *(f'{name}="{value}"' for name, value in page.attrs(i).items())]) + ">"


def _first(wanted: Page, one: _Outline, found: Page, other: _Outline) -> str:
    """CSS path to the first line that is not the same."""
    for (line, i), (line_there, j) in zip(one, other, strict=False):
        if line != line_there:
            return wanted.path(i) if i < len(wanted) else found.path(j)
    longer, page = (one, wanted) if len(one) > len(other) else (other, found)
    return page.path(longer[min(len(one), len(other))][1])


def _diff(one: _Outline, other: _Outline) -> list[str]:
    rows = unified_diff([line for line, _ in one], [line for line, _ in other], "expected", "got", lineterm="", n=2)
    lines = list(rows)
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], f"… {len(lines) - _SHOWN} lines more"]
