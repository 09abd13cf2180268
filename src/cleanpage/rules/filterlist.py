"""Filter lists (Adblock Plus, uBlock Origin, AdGuard): their cosmetic and HTML filters as rules.

Every line is counted in the report under its form. Filters that have no meaning on a static page, and lines that are
not well written, are listed there with a reason; network filters and scripts only count, see `skipped_lines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from os import PathLike, fspath
from pathlib import Path
from typing import Final, Literal

from cleanpage.errors import LimitExceeded, RuleError, RuleSyntaxError, UnsupportedRule, Where
from cleanpage.match.hosts import parse_site
from cleanpage.match.selectors import parse_selector
from cleanpage.model import Action, LoadReport, RuleSet, Unusable
from cleanpage.packaged import read_table
from cleanpage.rules.cache import TableCache, fingerprint
from cleanpage.rules.filterline import FilterLine, Form, normal_selector, read_line, read_page_exception
from cleanpage.rules.filters import FilterFile, FilterRules, FilterTable, Rows, filter_selector, split_domains
from cleanpage.rules.preprocess import DEFAULT_ENVIRONMENT, Conditions, is_safe_include
from cleanpage.rules.rulekeys import RuleKeys, is_one_name, rule_keys

__all__ = ["MAX_FILE", "MAX_LINE", "build_table", "read_filter_list", "skipped_lines"]

MAX_FILE: Final = 64_000_000
"""Longest list, in bytes."""
MAX_LINE: Final = 20_000
"""Longest filter, in characters."""
MAX_INCLUDES: Final = 100
"""How many lists one list may bring in."""
MAX_HEADING: Final = 200
"""Longest comment that is read as the heading of a section, in characters."""
MIN_GENERIC: Final = 3
"""Shortest selector of a filter for all sites, in characters."""

_SHOWN: Final = 200
_OTHERS: Final = ":others()"
"""What the environment calls the leave to remove all but what a filter names; ``!#if`` cannot ask for it."""

_SKIPPED: Final = {
    Form.NETWORK: ("network", "it blocks requests, and a page that is cleaned requests nothing"),
    Form.SCRIPTLET: ("scriptlet", "it runs a script in the page"),
    Form.HEADER: ("header", "it edits response headers"),
    Form.SNIPPET: ("snippet", "it injects a script or a style sheet"),
}
"""Forms that mean nothing to a static page, with a code and a reason."""


def read_filter_list(
    source: str | PathLike[str],
    *,
    file: str = "",
    layer: str = "call",
    kind: str | None = None,
    env: Mapping[str, bool] = DEFAULT_ENVIRONMENT,
    others: bool = False,
    on_error: Literal["skip", "raise"] = "skip",
    cache: TableCache | bool = True,
) -> RuleSet:
    """The rules of one filter list, and of the lists that it includes from its own folder.

    Args:
        source: a path, or the text of a list (a `str` with a line break, or one that is not the path of a file).
        file: the name to show for it; else the path.
        layer: the layer of its rules.
        kind: the kind of all its rules; else what titles and headings of sections say, see ``data/filterlist.toml``.
        env: what ``!#if`` may ask about, name to answer; a name that is missing leaves both branches in.
        others: whether ``:others()`` counts, which removes all of a page but what the filter names.
        on_error: ``"raise"`` raises on the first filter that cannot be used, ``"skip"`` lists it in the report.
        cache: whether the compiled form is kept on disk, in the platform's cache folder or the given one.

    Returns:
        A RuleSet whose `rules` is a `FilterRules`, and whose `reports` has one report per file.

    Raises:
        RuleError: with ``on_error="raise"``.
        LimitExceeded: a file is larger than `MAX_FILE`.

    >>> rules = read_filter_list("example.com##.promo\\n||ads.example^\\n", cache=False)
    >>> rules.rules[0].select, rules.reports[0].loaded["network"]
    ('.promo', 1)
    """
    store = cache if isinstance(cache, TableCache) else TableCache() if cache else None
    path = _path_of(source)
    env = {**env, _OTHERS: others}
    name = file or (str(path) if path else "")
    text = _read(path) if path else str(source)
    files = {path or Path(): FilterFile(_table(text, env, store), name, layer, kind or "")}
    if path:
        _add_includes(files, path, env, store)
    reports = tuple(_report(each, where.parent if path else None) for where, each in files.items())
    if on_error == "raise":
        _raise_first(reports)
    rules = FilterRules(tuple(files.values()))
    return RuleSet(name=Path(name).stem or "list", rules=rules, layer=layer, reports=reports)


def _path_of(source: str | PathLike[str]) -> Path | None:
    if not isinstance(source, str):
        return Path(fspath(source))
    if "\n" in source or "\0" in source or len(source) > 1_000:
        return None
    path = Path(source)
    return path if source and path.is_file() else None


def _read(path: Path) -> str:
    if path.stat().st_size > MAX_FILE:
        raise LimitExceeded(f"larger than {MAX_FILE:,} bytes", code="file-size", where=Where(str(path)))
    return path.read_bytes().decode("utf-8-sig", "replace")


def _table(text: str, env: Mapping[str, bool], store: TableCache | None) -> FilterTable:
    if len(text) > MAX_FILE:
        raise LimitExceeded(f"larger than {MAX_FILE:,} characters", code="file-size")
    key = fingerprint(text, env)
    if store is None:
        return build_table(text, env, key)
    table = store.load(key)
    if table is None:
        table = build_table(text, env, key)
        store.save(table)
    return table


def _add_includes(files: dict[Path, FilterFile], path: Path, env: Mapping[str, bool], store: TableCache | None) -> None:
    """Read what the first of `files` includes, and what that includes; each file once."""
    first = files[path]
    seen = {path.resolve()}
    waiting = [(path.parent, name) for _, name in first.table.includes]
    while waiting and len(files) <= MAX_INCLUDES:
        folder, name = waiting.pop(0)
        target = folder / name
        if not target.is_file() or target.resolve() in seen:
            continue
        seen.add(target.resolve())
        shown = Path(first.file).parent / target.relative_to(path.parent)
        files[target] = FilterFile(_table(_read(target), env, store), str(shown), first.layer, first.kind)
        waiting += [(target.parent, inner) for _, inner in files[target].table.includes]


def _report(file: FilterFile, folder: Path | None) -> LoadReport:
    table = file.table
    missing = [
        Unusable(line, f"!#include {name}", "include", "there is no such file beside the list")
        for line, name in table.includes
        if folder is None or not (folder / name).is_file()
    ]
    return LoadReport(
        file=file.file,
        language="filter list",
        title=table.title,
        version=table.version,
        loaded=table.loaded,
        unusable=(*(Unusable(*each) for each in table.unusable), *missing),
    )


def _raise_first(reports: Iterable[LoadReport]) -> None:
    for report in reports:
        for bad in (bad for bad in report.unusable if bad.code != "condition"):
            where = Where(report.file, bad.line, 1, bad.text, len(bad.text))
            raise RuleSyntaxError(bad.reason, code=bad.code, where=where)


def skipped_lines(text: str) -> Iterator[Unusable]:
    """The lines of a list that only count in its report: network filters, scripts, headers."""
    for number, line in enumerate(_lines(text), 1):
        skipped = _SKIPPED.get(read_line(line.strip()).form)
        if skipped:
            yield Unusable(number, line.strip()[:_SHOWN], *skipped)


def build_table(text: str, env: Mapping[str, bool] = DEFAULT_ENVIRONMENT, key: str = "") -> FilterTable:
    """What the text of a list comes to; `key` is its fingerprint."""
    builder = _Builder(env, key)
    for number, line in enumerate(_lines(text), 1):
        builder.add(number, line.strip())
    return builder.table


def _lines(text: str) -> list[str]:
    """The lines of a list; only these two characters end one, str.splitlines() would split filters at others."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


_HEADER: Final = re.compile(r"! ?(title|version|last modified):\s*(.+)", re.IGNORECASE)
_SECTION: Final = re.compile(
    r"!\s*(?:\*{3}\s*(.+?)\s*\*{3}|[-=#*]{2,}\s*([^-=#*].*?)\s*[-=#*]*!?$|(?:start|section):\s*(.+))", re.IGNORECASE
)
_PLAIN_DOMAIN: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]|\.(?=[a-z0-9_]))*(?:\.\*)?")
_OPERATOR: Final = re.compile(
    r":(?:has-text|contains|-abp-contains|-abp-has|-abp-properties|if|if-not|matches-(?:attr|css|css-before|css-after"
    r"|media|path|prop)|min-text-length|nth-ancestor|others|shadow|upward|watch-attr|xpath)\("
)
_ACTION: Final = re.compile(r":(?:style|remove|remove-attr|remove-class)\(|\{")
_STYLE: Final = re.compile(r":style\(|\{(?!\s*remove)[^{}]*\}$")
_ROOT: Final = re.compile(r"(?:.*[\s>+~,])?(?:html|body|head|:root)(?:[.#:\[][^\s>+~]*)?", re.IGNORECASE | re.DOTALL)
_NAMES_ROOT: Final = re.compile(r"html|body|head|:root", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MAX_NESTING: Final = 30


class _Builder:
    """Adds one line after the other to a table."""

    def __init__(self, env: Mapping[str, bool], key: str) -> None:
        self.table = FilterTable(key=key, kinds=[(0, _kind_of(""))])
        self.conditions = Conditions(env)
        self.others = env.get(_OTHERS, False)
        self.title_kind = _kind_of("")
        self.line = 0
        self.text = ""

    def add(self, number: int, line: str) -> None:
        self.line, self.text = number, line
        parts = read_line(line) if len(line) <= MAX_LINE else FilterLine(Form.NETWORK)
        form = parts.form
        self._count(form.value)
        if form is Form.COSMETIC or form is Form.HTML:
            self._filter(parts)
        elif form is Form.COMMENT:
            self._comment(line)
        elif form is Form.DIRECTIVE:
            self._directive(line)
        elif form is Form.PAGE_EXCEPTION:
            self._page_exception(line)
        if len(line) > MAX_LINE:
            self._refuse("too-long", f"longer than {MAX_LINE:,} characters")

    def _count(self, form: str) -> None:
        loaded = self.table.loaded
        loaded[form] = loaded.get(form, 0) + 1

    def _refuse(self, code: str, reason: str) -> None:
        self.table.unusable.append((self.line, self.text[:_SHOWN], code, reason))

    def _active(self) -> bool:
        if not self.conditions.active:
            self._refuse("condition", "it stands in a branch of '!#if' that is not taken here")
        return self.conditions.active

    def _comment(self, line: str) -> None:
        header = _HEADER.match(line)
        if header:
            self._header(header[1].lower(), header[2].strip())
            return
        section = _SECTION.match(line) if len(line) <= MAX_HEADING else None
        if section:
            self._set_kind(_kind_of(section[1] or section[2] or section[3], self.title_kind))

    def _header(self, name: str, value: str) -> None:
        table = self.table
        if name == "title" and not table.title:
            table.title = value
            self.title_kind = _kind_of(value)
            self._set_kind(self.title_kind)
        elif name == "version" or not table.version:
            table.version = value

    def _set_kind(self, kind: str) -> None:
        kinds, row = self.table.kinds, len(self.table.lines)
        if kinds[-1][0] == row:
            kinds.pop()
        if not kinds or kinds[-1][1] != kind:
            kinds.append((row, kind))

    def _directive(self, line: str) -> None:
        name, _, argument = line[2:].strip().partition(" ")
        self._count(f"!#{name}" if name in ("if", "else", "endif", "include") else "!#other")
        if name == "include":
            self._include(argument.strip())
            return
        error = self.conditions.read(line)
        if error:
            self._refuse("directive", error)

    def _include(self, path: str) -> None:
        if not is_safe_include(path):
            self._refuse("include", "only files below the list's own folder can be included")
        elif self._active():
            self.table.includes.append((self.line, path))

    def _page_exception(self, line: str) -> None:
        exception = read_page_exception(line)
        if exception and exception.off == {"generic"}:
            self._count("generichide")
        if self._active():
            self.table.page_exceptions.append(line)

    def _filter(self, parts: FilterLine) -> None:
        include, exclude = split_domains(parts.domains)
        self._count_forms(parts, include, exclude)
        if not self._active():
            return
        try:
            keys, restricted = _host_keys(include, exclude)
            if parts.exception:
                self._exception(keys, exclude)
            else:
                self._row(parts, keys, restricted)
        except RuleError as error:
            self._refuse(error.code, error.message)

    def _count_forms(self, parts: FilterLine, include: list[str], exclude: list[str]) -> None:
        if parts.form is Form.HTML:
            return
        count, body = self._count, parts.body
        count("specific" if include or exclude else "generic")
        if any(name.endswith(".*") for name in include):
            count("entity")
        if exclude:
            count("negated-domain")
        if parts.anchor != "##":
            count(parts.anchor)
        if ":" in body or "{" in body:
            self._count_operators(body)

    def _count_operators(self, body: str) -> None:
        count = self._count
        if _OPERATOR.search(body):
            count("procedural")
        if ":has(" in body:
            count(":has")
        if _STYLE.search(body):
            count("style")
        for name in ("remove", "remove-attr", "remove-class"):
            if f":{name}(" in body or (name == "remove" and body.endswith("}") and "{remove" in body.replace(" ", "")):
                count(name)

    def _exception(self, keys: list[str], exclude: list[str]) -> None:
        if exclude:
            raise _unsupported("double-negation", "an exception from an exception has no agreed meaning")
        self.table.exceptions.append(self.text)
        self._count("executable")

    def _row(self, parts: FilterLine, keys: list[str], restricted: bool) -> None:
        body = filter_selector(parts.form, parts.body)
        if "[max-length=" in body:
            raise _unsupported("max-length", "no operator asks for a text that is shorter than a number of characters")
        if not self.others and ":others(" in body and parse_selector(body).inverts:
            raise _unsupported("others", "':others()' removes all of a page but what it names; it must be asked for")
        generic = not keys or "*" in keys
        if not keys:
            _check_generic(body)
        found = _checked_keys(body, generic)
        row = len(self.table.lines)
        if generic:
            self._add_keys(found, row)
        for key in keys:
            if key == "*":
                self.table.everywhere.append(row)
            else:
                _put(self.table.hosts, key, row)
        if restricted:
            self.table.restricted.append(row)
        self.table.written.append(self.text)
        self.table.lines.append(self.line)
        if parts.form is Form.COSMETIC:
            self._count("executable")

    def _add_keys(self, keys: RuleKeys, row: int) -> None:
        table = self.table
        buckets = {"class": table.classes, "id": table.ids, "tag": table.tags}
        for key in keys.elements:
            if key[0] in buckets:
                _put(buckets[key[0]], key[1], row)
            else:
                operator, name, value, tag = (*key, "", "")[:4]
                table.attributes.append((operator.removeprefix("attr"), name, value, tag, row))
        for name, text in keys.pieces:
            table.pieces.append((name, text, row))
        if keys.gate:
            table.gated.append(row)
        if not keys.elements and not keys.pieces:
            table.keyless.append(row)


def _put(bucket: dict[str, Rows], key: str, row: int) -> None:
    rows = bucket.get(key)
    if rows is None:
        bucket[key] = row
    elif isinstance(rows, int):
        if rows != row:
            bucket[key] = [rows, row]
    elif rows[-1] != row:
        rows.append(row)


def _host_keys(include: list[str], exclude: list[str]) -> tuple[list[str], bool]:
    """The keys to look a filter up by, and whether more than the host's key decides."""
    restricted = bool(exclude)
    keys = []
    for name in include:
        if _PLAIN_DOMAIN.fullmatch(name):
            keys.append(name)
            continue
        pattern = parse_site(name)
        keys.append(pattern.key)
        restricted |= not pattern.key or bool(pattern.path)
    for name in exclude:
        if not _PLAIN_DOMAIN.fullmatch(name):
            parse_site(name)
    return keys, restricted


def _check_generic(body: str) -> None:
    if len(body) < MIN_GENERIC:
        reason = f"a filter for all sites needs a selector of {MIN_GENERIC} or more characters"
        raise RuleSyntaxError(reason, code="too-short")
    if (":" in body or "{" in body) and (_OPERATOR.search(body) or _ACTION.search(body)):
        reason = "a filter for all sites may not use operators or actions; write '*##' before it if you mean it"
        raise _unsupported("generic-procedural", reason)


def _unsupported(code: str, reason: str) -> UnsupportedRule:
    return UnsupportedRule(reason, code=code)


def _checked_keys(body: str, generic: bool) -> RuleKeys:
    """The keys of a selector. Raises a RuleError where it cannot be used."""
    if not is_one_name(body):
        selector = parse_selector(body)
        if selector.action is None or selector.action is Action.REMOVE:
            _refuse_root(body)
        return rule_keys(normal_selector(body), selector) if generic else RuleKeys()
    if body[0] not in ".#":
        _refuse_root(body)
    return rule_keys(body, None)


def _refuse_root(body: str) -> None:
    if _NAMES_ROOT.search(body) and _ROOT.fullmatch(_without_arguments(body)):
        raise _unsupported("page-root", "the root, head and body of a page are never removed")


def _without_arguments(selector: str) -> str:
    """The selector without the block behind it, and with a colon for all that is in brackets."""
    selector = selector.partition("{")[0].rstrip()
    for _ in range(_MAX_NESTING):
        shorter = _IN_BRACKETS.sub(":", selector)
        if shorter == selector:
            break
        selector = shorter
    return selector


def _kind_of(heading: str, default: str = "") -> str:
    words, fallback = _kind_words()
    folded = heading.lower().replace("_", " ")
    for kind, parts in words:
        if any(part in folded for part in parts):
            return kind
    return default or fallback


@lru_cache(maxsize=1)
def _kind_words() -> tuple[tuple[tuple[str, tuple[str, ...]], ...], str]:
    data = read_table("filterlist.toml")
    return tuple((entry["kind"], tuple(entry["words"])) for entry in data["kind"]), data["default"]
