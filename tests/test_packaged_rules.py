"""What holds for every packaged rule, phrase and site set."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleanpage.rules
from cleanpage.cleaner import Cleaner
from cleanpage.kinds import KINDS
from cleanpage.match.selectors import parse_selector
from cleanpage.match.text import Phrases
from cleanpage.model import Action, Rule, RuleSet, RuleTest
from cleanpage.rules import store
from cleanpage.sources.html import HtmlReading

DATA = Path(cleanpage.rules.__file__).parent / "data"
GENERIC = store.packaged_generic()
SITES = {host: store.packaged_sites(host)[-1] for host in sorted(store.packaged_hosts())}
PHRASES = store.packaged_phrases()
LANGUAGES = set("en de fr es it pt nl pl sv da no fi cs ru uk tr el ar he fa hi zh ja ko id vi".split())
MOST_NEEDED = (
    "newsletter-heading newsletter-text donation-heading donation-text paywall-heading paywall-text related-heading"
    " related-lead share-heading cookie-heading cookie-text comments-heading ad-label footer-text legal-heading nav-label"
).split()
SUBSTRING = re.compile(r"\[\s*(?:class|id)\s*[*$]=")

RULES = [(rules, rule) for rules in (*GENERIC, *SITES.values()) for rule in rules.rules]
by_rule = pytest.mark.parametrize(("rules", "rule"), RULES, ids=[rule.id for _, rule in RULES])
by_site = pytest.mark.parametrize(("host", "rules"), SITES.items(), ids=list(SITES))


def test_every_kind_has_a_file_of_its_own() -> None:
    assert {path.stem for path in (DATA / "generic").glob("*.toml")} == {*KINDS, "keep"}
    for rules in GENERIC:
        if rules.name == "keep":
            assert {rule.action for rule in rules.rules} == {Action.KEEP, Action.SPARE}
        else:
            assert {rule.kind for rule in rules.rules} == {rules.name}


def test_ids_are_unique() -> None:
    counts = Counter(rule.id for _, rule in RULES)
    assert [rule_id for rule_id, count in counts.items() if count > 1] == []


@by_rule
def test_rule_says_why(rules: RuleSet, rule: Rule) -> None:
    assert rule.why.endswith("."), f"{rule.origin}: a sentence that says what the rule is for"


@by_rule
def test_selectors_compile(rules: RuleSet, rule: Rule) -> None:
    if rule.select:
        parse_selector(rule.select)


@by_rule
def test_class_and_id_words_are_whole_or_anchored(rules: RuleSet, rule: Rule) -> None:
    assert not SUBSTRING.search(rule.select), f"{rule.origin}: a word within a class can stand in any article's class"


@by_rule
def test_generic_rules_are_bounded(rules: RuleSet, rule: Rule) -> None:
    """A text or a name alone must never take an article: a rule has a limit in words or asks for evidence."""
    bounds = {condition.key for condition in rule.conditions} & {"words", "evidence"}
    exact_ids_only = rule.select and all(part.strip().startswith("#") for part in rule.select.split(","))
    assert bounds or exact_ids_only or not rule.sites.generic or rule.action is not Action.REMOVE


def texts_of(rule: Rule) -> Iterator[str]:
    for condition in rule.conditions:
        if condition.key in ("text", "heading") and isinstance(condition.value, tuple):
            yield from condition.value


@by_rule
def test_text_rules_have_a_limit_in_words(rules: RuleSet, rule: Rule) -> None:
    if any(condition.key == "text" for condition in rule.conditions):
        assert any(condition.key == "words" for condition in rule.conditions)


@pytest.mark.parametrize("name", MOST_NEEDED)
def test_phrases_are_there_in_every_language(name: str) -> None:
    assert LANGUAGES - PHRASES[name].keys() == set()


@pytest.mark.parametrize("name", PHRASES)
def test_phrases_are_well_formed(name: str) -> None:
    for language, phrases in PHRASES[name].items():
        assert phrases, f"{name}.{language} is empty"
        assert list(phrases) == [phrase.strip() for phrase in phrases]
        compiled = Phrases(phrases)
        for phrase in phrases:
            filled = phrase.replace("*", "")
            assert compiled.whole(filled) is not None or "*" in phrase, f"{name}.{language}: {phrase!r} finds nothing"


@pytest.mark.parametrize("name", PHRASES)
def test_phrases_are_used(name: str) -> None:
    used = {text for _, rule in RULES for text in texts_of(rule)}
    assert any(phrase in used for phrases in PHRASES[name].values() for phrase in phrases)


@by_site
def test_site_set_is_dated_and_tested(host: str, rules: RuleSet) -> None:
    assert rules.reports[0].version, f"{host}: no date on which the rules were checked"
    assert rules.tests, f"{host}: no [[test]]"
    assert all(host in rule.sites.include for rule in rules.rules)


def site_tests() -> list[tuple[str, RuleTest]]:
    return [(host, test) for host, rules in SITES.items() for test in rules.tests]


@pytest.mark.parametrize(("host", "test"), site_tests(), ids=[f"{h}:{t.origin.line}" for h, t in site_tests()])
def test_site_rules_do_what_their_tests_say(host: str, test: RuleTest) -> None:
    output = Cleaner().clean(test.html, test.url or f"https://{host}/")
    page = HtmlReading(output).page
    text = " ".join(page.text(0).split()) if len(page) else ""
    assert [there for there in test.gone if there in text] == []
    assert [lost for lost in test.kept if lost not in text] == []


def test_packaged_rules_need_no_optional_package() -> None:
    """What comes with the package must load where nothing but what it needs is installed."""
    code = (
        "import sys\n"
        "for name in ('re2', 'idna', 'publicsuffixlist', 'pyarrow'): sys.modules[name] = None\n"
        "import cleanpage\n"
        "from cleanpage.rules import store\n"
        "cleaner = cleanpage.Cleaner()\n"
        "for host in sorted(store.packaged_hosts()) + ['example.org']:\n"
        "    for path in ('privacy', 'forum', 'prices', 'contact', 'help', '2024'):\n"
        "        cleaner.clean('<h1>One</h1><p>Two</p>', f'https://{host}/{path}/')\n"
        "cleaner.run_text('One\\n\\nTwo')\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
