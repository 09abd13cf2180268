"""Reads rule files: TOML, the language of the built-in rules.

A file that cannot be used, or a rule in it, is an error with its place and a suggestion. With ``on_error="skip"`` what
is wrong is listed in the set's LoadReport instead, and everything else is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path, PurePath
from typing import Final, Literal

from cleanpage import plaintoml
from cleanpage.errors import LimitExceeded, RuleError, RuleSyntaxError, UnsupportedRule, Where
from cleanpage.kinds import KINDS
from cleanpage.match.hosts import parse_site
from cleanpage.match.likeness import parse_like
from cleanpage.match.text import check_phrase, doubtful_phrases
from cleanpage.match.wording import check_wording, is_pattern
from cleanpage.model import (
    Action,
    Condition,
    LoadReport,
    Origin,
    Range,
    Reach,
    Rule,
    RuleSet,
    RuleTest,
    Sites,
    Unusable,
)
from cleanpage.rules.tables import Section, TomlTable, TomlText, did_you_mean

__all__ = ["OnError", "PhraseBook", "read_phrases", "read_toml"]

OnError = Literal["raise", "skip"]
PhraseBook = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Name of a set of phrases, to language ("" where none is given), to phrases."""

MAX_FILE: Final = 4_000_000
"""Largest rule file, in characters."""
MAX_RULES: Final = 50_000
"""Most rules in a file."""
MAX_PHRASES: Final = 100_000
"""Most phrases in the phrase sets of a file."""
MAX_DOTS: Final = 100
"""Most dots in a key."""
SCHEMA: Final = 1

FILE_KEYS: Final = ("schema", "name", "title", "sites", "checked", "off", "phrases", "rule", "test")
TEST_KEYS: Final = ("html", "gone", "kept", "url")
WHERE: Final = ("after-article", "before-article", "in-article", "outside-article")
REPEATS: Final = ("caption", "title")
STANDS_ALONE: Final = ("text", "heading", "evidence", "repeats", "cards")
"""Evidence that is enough for a rule without candidates: it then asks every block of the page."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_LONG_PATH = re.compile(rf"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{MAX_DOTS}}}""")
_NO_SCHEMA: Final = f"this version reads rule files of schema {SCHEMA}"


@dataclass
class _Problems:
    """What is wrong in a file: raised at once, or collected."""

    on_error: OnError
    found: list[RuleError] = field(default_factory=list)

    @contextmanager
    def noted(self) -> Iterator[None]:
        try:
            yield
        except RuleError as error:
            if self.on_error == "raise":
                raise
            self.found.append(error)


@dataclass(frozen=True, slots=True)
class _File:
    """What the rules of a file have in common."""

    name: str
    layer: str
    sites: Sites
    phrases: PhraseBook
    chosen: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)
    """the phrases of each set that rules have named, by languages, so that rules share them."""


def read_toml(
    path_or_text: Path | str,
    *,
    file: str = "",
    layer: str = "call",
    on_error: OnError = "raise",
    phrases: PhraseBook | None = None,
) -> RuleSet:
    """Read one rule file.

    Args:
        path_or_text: a Path to read from, or the text of the file.
        file: what to call the file in messages and origins; the set is named after it, without ``.toml``.
        layer: one of ``model.LAYERS``.
        on_error: "raise" on the first problem, or "skip" what is wrong and list it in the LoadReport.
        phrases: sets of phrases that the rules may name as ``"@name"``, besides the file's own.

    Returns:
        The rules, with their tests and the ids they switch off.

    Raises:
        RuleSyntaxError, UnsupportedRule: something in the file cannot be used.
        LimitExceeded: it is too large.
        RuleError: it cannot be read.

    >>> read_toml('''
    ... [[rule]]
    ... id = "more-from"
    ... kind = "related"
    ... heading = ["MORE FROM *"]
    ... ''', file="salon.com.toml").rules[0].id
    'salon.com/more-from'
    """
    if isinstance(path_or_text, Path):
        file = file or str(path_or_text)
    problems = _Problems(on_error)
    source, document = TomlText(file, ""), dict[str, object]()
    with problems.noted():
        source = _read_source(path_or_text, file)
        document = _parse(source, problems)
    return _read_document(TomlTable(source, document), layer, phrases or {}, problems)


def read_phrases(path_or_text: Path | str, *, file: str = "") -> PhraseBook:
    """Read a file of phrase sets: the ``[phrases]`` tables of a rule file. Raises as `read_toml`.

    >>> read_phrases('[phrases.more]\\nen = ["Read more"]\\nde = ["Mehr lesen"]')
    {'more': {'en': ('Read more',), 'de': ('Mehr lesen',)}}
    """
    if isinstance(path_or_text, Path):
        file = file or str(path_or_text)
    source = _read_source(path_or_text, file)
    top = TomlTable(source, _parse(source, _Problems("raise")))
    top.check_keys(("schema", "title", "phrases"), "a file of phrases")
    return _read_phrase_sets(top)


def _read_source(path_or_text: Path | str, file: str) -> TomlText:
    text = _read_file(path_or_text, file) if isinstance(path_or_text, Path) else path_or_text
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_FILE:
        hint = "split it into several files"
        raise LimitExceeded(f"more than {MAX_FILE:,} characters", code="file-size", where=Where(file), hint=hint)
    return TomlText(file, text.replace("\r\n", "\n"))


def _read_file(path: Path, file: str) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * MAX_FILE + 1)
    except OSError as error:
        hint = "check the path and its permissions"
        raise RuleError(f"cannot be read: {error.strerror}", code="unreadable", where=Where(file), hint=hint) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        hint = "save the file as UTF-8"
        raise RuleSyntaxError(message, code="encoding", where=Where(file, line), hint=hint) from None


def _parse(source: TomlText, problems: _Problems) -> dict[str, object]:
    _check_dots(source)
    with problems.noted():
        return _parse_whole(source)
    return _parse_pieces(source)


def _check_dots(source: TomlText) -> None:
    """Nothing, unless a key is so long a path that Python's TOML reader would need memory without end for it."""
    for number, line in enumerate(source.lines, 1):
        if line.count(".") > MAX_DOTS and _LONG_PATH.search(line):
            message = f"a key with more than {MAX_DOTS} dots"
            raise LimitExceeded(message, code="depth", where=Where(source.file, number))


def _parse_whole(source: TomlText) -> dict[str, object]:
    try:
        return plaintoml.loads(source.text)
    except ValueError as error:  # TOMLDecodeError, and what int() says of very long numbers
        raise _toml_error(source, str(error)) from None
    except RecursionError:
        raise LimitExceeded("nested too deep", code="depth", where=Where(source.file)) from None


def _toml_error(source: TomlText, message: str) -> RuleSyntaxError:
    found = _TOML_PLACE.search(message)
    place = Where(source.file)
    if found and found["line"]:
        place = source.at(int(found["line"]), int(found["column"]))
    elif found:
        place = source.at(len(source.text.rstrip().split("\n")), 1)
    problem = _TOML_PLACE.sub("", message)
    hint = 'every value needs quotes or brackets: key = "text", key = ["text", "text"]'
    return RuleSyntaxError(f"not TOML: {problem[:1].lower()}{problem[1:]}", code="toml", where=place, hint=hint)


def _parse_pieces(source: TomlText) -> dict[str, object]:
    """What can be read of a file that is not TOML as a whole: each table on its own, broken ones left out.

    Tables are kept in their place as None, so that those after them are still found by their number.
    """
    document: dict[str, object] = {}
    for section in source.sections:
        _add_piece(document, _parse_piece(source, section))
    return document


def _parse_piece(source: TomlText, section: Section) -> dict[str, object]:
    try:
        piece = plaintoml.loads("\n".join(source.lines[section.first : section.end]))
    except (ValueError, RecursionError):
        piece = {}
    if section.name in ("rule", "test") and not isinstance(piece.get(section.name), list):
        return {section.name: [None]}
    return piece


def _add_piece(document: dict[str, object], piece: dict[str, object]) -> None:
    for key, value in piece.items():
        there = document.setdefault(key, value)
        if there is value:
            continue
        if isinstance(there, list) and isinstance(value, list):
            there.extend(value)
        elif isinstance(there, dict) and isinstance(value, dict):
            there.update(value)


def _read_document(top: TomlTable, layer: str, phrases: PhraseBook, problems: _Problems) -> RuleSet:
    name, title, checked, off = _default_name(top.source.file), "", "", tuple[str, ...]()
    with problems.noted():
        top.check_keys(FILE_KEYS, "a rule file")
    with problems.noted():
        name = _read_name(top, name)
    with problems.noted():
        title, checked = top.string("title"), _read_checked(top)
    with problems.noted():
        off = top.strings("off")
    rules = _read_rules(top, name, layer, phrases, problems)
    tests = _read_tests(top, problems)
    report = LoadReport(
        file=top.source.file,
        language="toml",
        title=title,
        version=checked,
        loaded={"rule": len(rules), "test": len(tests), **({"off": len(off)} if off else {})},
        unusable=tuple(map(_unusable, problems.found)),
    )
    return RuleSet(name=name, rules=rules, off=off, tests=tests, layer=layer, reports=(report,))


def _unusable(error: RuleError) -> Unusable:
    reason = f"{error.message}; {error.hint}" if error.hint else error.message
    return Unusable(error.where.line, error.where.source.strip(), error.code, reason, str(error))


def _default_name(file: str) -> str:
    stem = PurePath(file).name.removesuffix(".toml")
    return stem if _ID.fullmatch(stem) else "rules"


def _read_name(top: TomlTable, default: str) -> str:
    schema = top.values.get("schema", SCHEMA)
    if schema != SCHEMA or isinstance(schema, bool):
        raise top.error("schema", f"schema {schema!r} is not known", key="schema", hint=_NO_SCHEMA)
    name = top.string("name", default)
    if not _ID.fullmatch(name):
        hint = "letters, digits, '.', '_' and '-' only"
        raise top.error("name", f"{name!r} cannot be the name of a rule set", key="name", hint=hint)
    return name


def _read_checked(top: TomlTable) -> str:
    checked = top.values.get("checked")
    if checked is not None and not isinstance(checked, date):
        raise top.error("type", "'checked' must be a date", key="checked", hint="write it without quotes: 2026-08-22")
    return str(checked or "")


def _read_rules(top: TomlTable, name: str, layer: str, phrases: PhraseBook, problems: _Problems) -> tuple[Rule, ...]:
    tables: tuple[TomlTable, ...] = ()
    file = _File(name, layer, Sites(), phrases)
    with problems.noted():
        tables = _tables(top, "rule", MAX_RULES)
    with problems.noted():
        file = replace(file, sites=_read_sites(top))
    with problems.noted():
        file = replace(file, phrases={**phrases, **_read_phrase_sets(top)})
    rules: list[Rule] = []
    seen: dict[str, int] = {}
    for table in tables:
        with problems.noted():
            _check_new(table, seen)
            rules.append(_read_rule(table, file))
    return tuple(rules)


def _tables(top: TomlTable, name: str, most: int) -> tuple[TomlTable, ...]:
    """The tables ``[[name]]`` of a file; those that could not be parsed are left out."""
    values = top.values.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, dict | None) for value in values):
        raise top.error(
            "type", f"{name!r} must be written as [[{name}]]", key=name, hint=f"write [[{name}]] above each"
        )
    if len(values) > most:
        where = Where(top.source.file)
        raise LimitExceeded(f"more than {most:,} of [[{name}]]", code="count", where=where, hint="split the file")
    return tuple(TomlTable(top.source, value, name, number) for number, value in enumerate(values) if value is not None)


def _check_new(table: TomlTable, seen: dict[str, int]) -> None:
    rule_id = table.values.get("id")
    if not isinstance(rule_id, str):
        return
    if rule_id in seen:
        message = f"a second rule {rule_id!r}; the first is in line {seen[rule_id]}"
        raise table.error("duplicate-id", message, key="id", item=rule_id, hint="give each rule an id of its own")
    seen[rule_id] = table.line


def _read_rule(table: TomlTable, file: _File) -> Rule:
    rule_id = _read_id(table)
    table.check_keys(RULE_KEYS, f"rule {rule_id!r}")
    action = Action(table.choice("action", tuple(Action), Action.REMOVE))
    select, xpath = _read_candidates(table, rule_id)
    return Rule(
        id=f"{file.name}/{rule_id}",
        kind=table.choice("kind", KINDS, "other"),
        action=action,
        select=select,
        xpath=xpath,
        conditions=tuple(_read_conditions(table, file)),
        reach=Reach(table.choice("reach", tuple(Reach), Reach.ELEMENT)),
        names=_read_names(table, action),
        sites=_read_sites(table) if "sites" in table else file.sites,
        origin=Origin(table.source.file, table.line),
        layer=file.layer,
        why=table.string("why"),
    )


def _read_id(table: TomlTable) -> str:
    if "id" not in table:
        raise table.error(
            "no-id", "a rule without an id", hint='give it one that is unique in the file: id = "more-from"'
        )
    rule_id = table.string("id")
    if not _ID.fullmatch(rule_id):
        hint = "letters, digits, '.', '_' and '-' only; the name of the file is put before it"
        raise table.error("id", f"{rule_id!r} cannot be an id", key="id", item=rule_id, hint=hint)
    return rule_id


def _read_candidates(table: TomlTable, rule_id: str) -> tuple[str, str]:
    select, xpath = table.string("select"), table.string("xpath")
    if select and xpath:
        hint = "keep one of them, or make two rules"
        raise table.error("two-selectors", f"rule {rule_id!r} has both select and xpath", key="xpath", hint=hint)
    if not select and not xpath and not any(key in table for key in STANDS_ALONE):
        hint = f'add select = "...", or one of: {", ".join(STANDS_ALONE)}'
        raise table.error("no-candidates", f"rule {rule_id!r} says nothing about which elements it is for", hint=hint)
    _check_within(table, "select", select, _check_selector)
    _check_within(table, "xpath", xpath, _check_xpath)
    return select, xpath


def _check_within(table: TomlTable, key: str, written: str, check: Callable[[str], object]) -> None:
    """Run `check` on a string of `key`, and put what it finds wrong into its place in the file."""
    if not written:
        return
    try:
        check(written)
    except RuleError as error:
        raise table.inside(error, key, written) from error


def _check_selector(selector: str) -> None:
    from cleanpage.match.selectors import parse_selector

    parse_selector(selector)


def _check_xpath(expression: str) -> None:
    from cleanpage.match.xpath import check

    check(expression)


def _check_pattern(name: str) -> None:
    from cleanpage.match.regex import compile_regex

    if len(name) > 2 and name.startswith("/") and name.endswith("/"):
        compile_regex(name[1:-1])


def _read_names(table: TomlTable, action: Action) -> tuple[str, ...]:
    names = table.strings("names")
    wanted = action in (Action.REMOVE_ATTR, Action.REMOVE_CLASS)
    if wanted and not names:
        hint = 'add names = ["style"]; /patterns/ are allowed'
        raise table.error("no-names", f"action {action.value!r} needs names", key="action", hint=hint)
    if names and not wanted:
        hint = 'names belong to the actions "remove-attr" and "remove-class"'
        raise table.error("names", f"action {action.value!r} has no names", key="names", hint=hint)
    for name in names:
        _check_within(table, "names", name, _check_pattern)
    return names


def _read_sites(table: TomlTable) -> Sites:
    written = table.strings("sites")
    for pattern in written:
        _check_within(table, "sites", pattern, _check_site)
    include = tuple(pattern for pattern in written if not pattern.startswith("~"))
    return Sites(include, tuple(pattern[1:] for pattern in written if pattern.startswith("~")))


def _check_site(pattern: str) -> None:
    parse_site(pattern.removeprefix("~"))


def _read_conditions(table: TomlTable, file: _File) -> Iterator[Condition]:
    for key, read in _CONDITIONS.items():
        if key in table:
            yield Condition(key, read(table, key, file))


def _phrases(table: TomlTable, key: str, file: _File) -> tuple[str, ...]:
    languages = table.strings("lang")
    groups = [_phrase_group(table, key, written, languages, file) for written in table.strings(key)]
    return groups[0] if len(groups) == 1 else tuple(dict.fromkeys(chain.from_iterable(groups)))


def _phrase_group(table: TomlTable, key: str, written: str, languages: tuple[str, ...], file: _File) -> tuple[str, ...]:
    if not written.startswith("@"):
        _check_within(table, key, written, check_wording if key == "text" else _check_no_pattern)
        return (written,)
    known = file.chosen.get((written, languages))
    if known is None:
        known = _named_phrases(table, key, written, languages, file.phrases)
        file.chosen[written, languages] = known
    return known


def _check_no_pattern(written: str) -> None:
    if is_pattern(written):
        hint = "write it as a phrase, with * for any words, or ask for it with text"
        raise UnsupportedRule("only text can be asked for by a regular expression", code="no-pattern", hint=hint)
    check_phrase(written)


def _named_phrases(
    table: TomlTable, key: str, written: str, languages: tuple[str, ...], book: PhraseBook
) -> tuple[str, ...]:
    """The phrases of a set that is named as ``@name``, of the rule's languages if it has any."""
    name = written[1:]
    if name not in book:
        hint = did_you_mean(name, book, "define it under [phrases]")
        raise table.error("unknown-phrases", f"no phrases are called {name!r}", key=key, item=written, hint=hint)
    chosen = [
        phrase
        for language, phrases in book[name].items()
        if not languages or not language or any(_same_language(language, wanted) for wanted in languages)
        for phrase in phrases
    ]
    if not chosen:
        message = f"{written!r} has no phrases in {', '.join(languages)}"
        raise table.error("unknown-phrases", message, key=key, item=written, hint="add them, or widen lang")
    return tuple(dict.fromkeys(chosen))


def _same_language(one: str, other: str) -> bool:
    """Whether two language codes are equal, or one is a variety of the other: "de" and "de-AT"."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _count(table: TomlTable, key: str, _: _File) -> Range:
    return table.range(key)


def _share(table: TomlTable, key: str, _: _File) -> Range:
    return table.range(key, 1)


def _selectors(table: TomlTable, key: str, _: _File) -> tuple[str, ...]:
    written = table.strings(key)
    for selector in written:
        _check_within(table, key, selector, _check_selector)
    return written


def _where(table: TomlTable, key: str, _: _File) -> tuple[str, ...]:
    return table.choices(key, WHERE)


def _repeats(table: TomlTable, key: str, _: _File) -> tuple[str, ...]:
    return table.choices(key, REPEATS)


def _kinds(table: TomlTable, key: str, _: _File) -> tuple[str, ...]:
    return table.choices(key, KINDS)


def _likes(table: TomlTable, key: str, _: _File) -> tuple[str, ...]:
    written = table.strings(key)
    for like in written:
        _check_within(table, key, like, parse_like)
    return written


def _languages(table: TomlTable, key: str, _: _File) -> tuple[str, ...]:
    written = table.strings(key)
    for language in written:
        _check_language(table, key, language)
    return written


def _check_language(table: TomlTable, key: str, language: str) -> None:
    if not _LANGUAGE.fullmatch(language):
        hint = "write its code: en, pt, zh"
        raise table.error("language", f"{language!r} is no language code", key=key, item=language, hint=hint)


_CONDITIONS: Final[Mapping[str, Callable[[TomlTable, str, _File], Range | tuple[str, ...]]]] = {
    "lang": _languages,
    "words": _count,
    "links": _share,
    "items": _count,
    "where": _where,
    "has": _selectors,
    "without": _selectors,
    "text": _phrases,
    "heading": _phrases,
    "line": _phrases,
    "under": _phrases,
    "repeats": _repeats,
    "evidence": _share,
    "cards": _share,
    "most-like": _kinds,
    "like": _likes,
}
"""The evidence a rule can ask for, cheap to look at first."""

RULE_KEYS: Final = ("id", "kind", "action", "select", "xpath", *_CONDITIONS, "reach", "names", "sites", "why")


def _read_phrase_sets(top: TomlTable) -> PhraseBook:
    sets = top.values.get("phrases", {})
    if not isinstance(sets, dict):
        raise top.wrong_type("phrases", "a table", sets)
    book = {name: _read_phrase_set(top.source, name, value) for name, value in sets.items()}
    if sum(len(phrases) for languages in book.values() for phrases in languages.values()) > MAX_PHRASES:
        where = Where(top.source.file)
        raise LimitExceeded(f"more than {MAX_PHRASES:,} phrases", code="count", where=where, hint="split the file")
    return book


def _read_phrase_set(source: TomlText, name: str, value: object) -> Mapping[str, tuple[str, ...]]:
    if isinstance(value, dict):
        table = TomlTable(source, value, f"phrases.{name}")
        return {language: _read_marked(table, language) for language in value}
    return {"": _read_plain(TomlTable(source, {name: value}, "phrases"), name)}


def _read_marked(table: TomlTable, language: str) -> tuple[str, ...]:
    _check_language(table, language, language)
    return _read_plain(table, language)


def _read_plain(table: TomlTable, key: str) -> tuple[str, ...]:
    """A list of phrases, or a string with one on each line: that is easier to read, and read four times as fast."""
    written = table.values[key]
    phrases = _lines(table.string(key)) if isinstance(written, str) else table.strings(key)
    for phrase in doubtful_phrases(phrases):
        _check_within(table, key, phrase, check_phrase)
    return phrases


def _lines(text: str) -> tuple[str, ...]:
    return tuple([line.strip() for line in text.split("\n") if line and not line.isspace()])


def _read_tests(top: TomlTable, problems: _Problems) -> tuple[RuleTest, ...]:
    tables: tuple[TomlTable, ...] = ()
    with problems.noted():
        tables = _tables(top, "test", MAX_RULES)
    tests: list[RuleTest] = []
    for table in tables:
        with problems.noted():
            tests.append(_read_test(table))
    return tuple(tests)


def _read_test(table: TomlTable) -> RuleTest:
    table.check_keys(TEST_KEYS, "a test")
    html, gone, kept = table.string("html"), table.strings("gone"), table.strings("kept")
    if not html:
        raise table.error("no-html", "a test without html", hint="give it a piece of page: html = '''...'''")
    if not gone and not kept:
        raise table.error("no-proof", "a test that proves nothing", hint="say what must be gone, and what must be kept")
    return RuleTest(
        html=html,
        gone=gone,
        kept=kept,
        url=table.string("url") or None,
        origin=Origin(table.source.file, table.line),
    )
