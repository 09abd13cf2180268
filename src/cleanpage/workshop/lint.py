"""What is wrong with a rule file, or looks wrong: errors that keep lines from being used, and warnings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from cleanpage.budget import Budget
from cleanpage.errors import RuleError
from cleanpage.kinds import KINDS
from cleanpage.match.context import MatchContext
from cleanpage.match.find import find
from cleanpage.match.text import Words
from cleanpage.match.wording import has_pattern
from cleanpage.model import Action, LoadReport, Range, Rule, RuleSet, Unusable
from cleanpage.rules import store
from cleanpage.rules.siteconfig import BUILT_IN
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.structure import Structure
from cleanpage.workshop.names import HASHED, NUMBERED, knowledge, trouble
from cleanpage.workshop.prove import read_rules

__all__ = ["Checked", "Problem", "check_files"]

_STEPS: Final = 100_000_000
_NAME = re.compile(r"[.#](-?[A-Za-z_](?:[\w-]|\\.)*)|\[(?:class|id)\s*[~^|]?=\s*[\"']?([^\"'\]\s]+)[\"']?\s*[is]?\]")
_QUOTED = re.compile(r"@(?:class|id)\b[^'\"\]]*['\"]\s*([^'\"]+?)\s*['\"]")
_PART = re.compile(r"\[(class|id|href|src)\s*\*=\s*[\"']?([^\"'\]]*)[\"']?\s*[is]?\]")
_ROOTS: Final = ("html", "head", "body", ":root")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a file: an error keeps something from being used, a warning does not."""

    level: str
    line: int
    code: str
    message: str
    text: str = ""
    """the line as it is written."""
    told: str = ""
    """the whole message, where its reader has one with the place underlined."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file."""

    report: LoadReport
    problems: tuple[Problem, ...]
    not_applicable: tuple[Unusable, ...] = field(default=())
    """lines that are written for other programs."""

    @property
    def errors(self) -> int:
        return sum(problem.level == "error" for problem in self.problems)


def check_files(paths: Iterable[Path]) -> Iterator[Checked]:
    """Check rule files of any language, one after the other; a rule that an earlier file has too is a duplicate.

    Raises:
        RuleError: a file holds no rules at all.
        OSError: it cannot be read.
    """
    seen: dict[object, Rule] = {}
    for path in paths:
        for rules in read_rules(path, on_error="skip"):
            yield from _check_set(rules, seen)


def _check_set(rules: RuleSet, seen: dict[object, Rule]) -> Iterator[Checked]:
    found: dict[str, list[Problem]] = {report.file: [] for report in rules.reports}
    for rule in rules.rules:
        if rule.origin.file in found:
            found[rule.origin.file] += _about_rule(rule, rules, seen)
    for report in rules.reports:
        is_toml = report.language == "toml"
        broken = [each for each in report.unusable if is_toml or each.code in _broken()]
        problems = [_error(each) for each in broken] + found[report.file]
        problems += [*_about_off(rules), *_about_tests(rules)] if is_toml else []
        if not (rules.off or (broken and is_toml) or any(rule.origin.file != BUILT_IN for rule in rules.rules)):
            problems.append(Problem("warning", 0, "no-rules", "nothing in the file is a rule for what is on a page"))
        other = tuple(each for each in report.unusable if each not in broken)
        yield Checked(report, tuple(sorted(problems, key=lambda p: (p.level, p.line))), other)


@cache
def _broken() -> frozenset[str]:
    return frozenset(knowledge()["broken"]["codes"])


def _error(line: Unusable) -> Problem:
    return Problem("error", line.line, line.code, line.reason, line.text, line.told)


def _about_rule(rule: Rule, rules: RuleSet, seen: dict[object, Rule]) -> Iterator[Problem]:
    for code, look in _LOOKS.items():
        for message in look(rule):
            yield _warning(rule, code, message)
    first = seen.setdefault(_identity(rule), rule)
    if first is not rule:
        yield _warning(rule, "duplicate", f"it does what {first.id} ({first.origin}) does")
    if not rule.why and not rule.written and rules.reports[0].language == "toml":
        yield _warning(rule, "no-why", "it does not say why: what is it that the rule removes?")


def _warning(rule: Rule, code: str, message: str) -> Problem:
    return Problem("warning", rule.origin.line, code, f"{rule.id}: {message}", rule.written)


def _identity(rule: Rule) -> object:
    """What two rules have in common that do the same. Evidence is evidence of a kind, else the kind is a mere name."""
    kind = rule.kind if any(condition.key.startswith("evidence") for condition in rule.conditions) else ""
    return kind, rule.action, rule.select, rule.xpath, rule.conditions, rule.reach, rule.names, rule.sites


def _never(rule: Rule) -> Iterator[str]:
    """Reasons for which a rule can find nothing on any page."""
    reasons = (_empty_selector(rule), _shut_out(rule), *_contradictions(rule))
    yield from (f"it can never match: {why}" for why in reasons if why)


def _empty_selector(rule: Rule) -> str:
    parts = _parts(rule.select)
    reasons = [_selects_nothing(part, rule.action) for part in parts]
    return reasons[0] if reasons and all(reasons) else ""


@cache
def _nothing() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(entry["pattern"]), entry["why"]) for entry in knowledge()["never"])


def _selects_nothing(part: str, action: Action) -> str:
    if part in _ROOTS and action is not Action.REMOVE:
        return ""
    return next((why for pattern, why in _nothing() if pattern.search(part)), "")


def _shut_out(rule: Rule) -> str:
    include, exclude = rule.sites.include, set(rule.sites.exclude)
    return "every site it is for is excluded too" if include and exclude.issuperset(include) else ""


def _contradictions(rule: Rule) -> Iterator[str]:
    held = {condition.key: condition.value for condition in rule.conditions}
    for key, value in held.items():
        if isinstance(value, Range) and value.low > value.high:
            yield f"{key} is an empty range"
    words = held.get("words")
    for key in ("text", "heading"):
        phrases = held.get(key)
        if isinstance(words, Range) and isinstance(phrases, tuple) and not has_pattern(phrases):
            shortest = min((len(Words(phrase)) for phrase in phrases), default=0)
            if words.high < shortest and all(phrase.isascii() for phrase in phrases):
                yield f"it asks for at most {words.high:g} words, and {key} has {shortest} or more"
    links, items = held.get("links"), held.get("items")
    if isinstance(words, Range) and isinstance(links, Range) and words.high < 1 and links.low > 0:
        yield "it asks for links, and for no words"
    if isinstance(items, Range) and items.low >= 1 and rule.reach.value != "section" and _only_text(rule):
        yield "it asks a block of text for items: name the list with select"


def _only_text(rule: Rule) -> bool:
    return not rule.is_named


def _broad(rule: Rule) -> Iterator[str]:
    """Selectors that say too little of what an element is."""
    if rule.action not in (Action.REMOVE, Action.UNWRAP):
        return
    if not rule.conditions:
        tags = knowledge()["broad"]["tags"]
        yield from (
            f"{part!r} says nothing of what an element is: add a class, or evidence such as text, heading or words"
            for part in _parts(rule.select)
            if part in tags or part == "*"
        )
    for name, piece in _PART.findall(rule.select):
        if 0 < len(piece) <= knowledge()["broad"]["part"] and not rule.conditions:
            yield f"[{name}*={piece!r}] is found in words of other meaning: write the whole class, or its beginning"


def _hashed(rule: Rule) -> Iterator[str]:
    """Names that will change with the next build of the site, or stand on one page only."""
    for name in _names(rule):
        why = trouble(name)
        if why == HASHED:
            yield f"{name!r} looks made by a build tool and will change: look for a name or attribute that lasts"
        elif why == NUMBERED and any(len(digits) > 3 for digits in re.findall(r"\d+", name)):
            yield f"{name!r} looks like the number of one page or place"


def _names(rule: Rule) -> list[str]:
    found = [one or other for one, other in _NAME.findall(rule.select)]
    return list(dict.fromkeys([*found, *_QUOTED.findall(rule.xpath)]))


def _parts(selector: str) -> list[str]:
    """The parts of a selector between its commas, those within brackets and quotes aside."""
    parts, depth, quote, start = [], 0, "", 0
    for at, letter in enumerate(selector):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(selector[start:at].strip())
            start = at + 1
    last = selector[start:].strip()
    return [*parts, last] if last else parts


_LOOKS: Final[dict[str, Callable[[Rule], Iterator[str]]]] = {
    "never-matches": _never,
    "broad": _broad,
    "made-name": _hashed,
}


def _about_off(rules: RuleSet) -> Iterator[Problem]:
    """Patterns that switch nothing off, as far as the rules of the file and the packaged ones go."""
    (told, *_) = store.with_unknown_off((rules, *store.packaged_generic(), *store.installed()))
    known = len(rules.reports[0].unusable)
    yield from (Problem("warning", 0, line.code, line.reason) for line in told.reports[0].unusable[known:])


def _about_tests(rules: RuleSet) -> list[Problem]:
    """Rules that no test of the file shows at work."""
    if not rules.rules:
        return []
    if not rules.tests:
        message = "the file has no [[test]]: add html, and what must be gone and kept"
        return [Problem("warning", 0, "no-tests", message)]
    idle = _idle(rules)
    return [_warning(rule, "untested", "no test of the file has anything for it") for rule in idle]


def _idle(rules: RuleSet) -> Sequence[Rule]:
    structures = [Structure(HtmlReading(test.html).page) for test in rules.tests]
    return [rule for rule in rules.rules if not any(_finds(rule, structure) for structure in structures)]


def _finds(rule: Rule, structure: Structure) -> bool:
    context = MatchContext(Budget(_STEPS))
    try:
        return any(finding.nodes for finding in find([(rule, None)], frozenset(KINDS), structure, context))
    except RuleError:
        return False

