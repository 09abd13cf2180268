"""FiveFilters site configs: one file a host, whose ``strip*`` and ``body`` lines become rules.

The tools these files are written for remove one line's nodes after the other; here every line is held against the page
as it came. That makes a difference where an expression counts nodes or looks at siblings that an earlier line removes.

A ``body`` line becomes a rule with the action *only*. Of several in one set, in their order, the first that finds
something counts, and all it finds stays; such rules carry the name of their group in `names`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from cleanpage.errors import LimitExceeded, RuleError, Where
from cleanpage.match.xpath import check
from cleanpage.model import Action, LoadReport, Origin, Rule, RuleSet, Sites, Unusable
from cleanpage.page import Page
from cleanpage.rules.fingerprints import fingerprint
from cleanpage.rules.sitelines import (
    Directive,
    guess_kind,
    known_directives,
    read_lines,
    settings,
    slug,
    targets,
    text_cuts,
)
from cleanpage.rules.tables import did_you_mean

__all__ = [
    "BODY_GROUP",
    "BUILT_IN",
    "Match",
    "SiteConfigs",
    "read_site_config",
    "read_site_config_folder",
    "site_configs",
]

Match = Literal["token", "substring"]
"""How ``strip_id_or_class`` compares: with whole class tokens and ids, or with any part of the attributes."""

BODY_GROUP: Final = "body"
BUILT_IN: Final = "built-in"
"""The origin of rules that no line of a config asks for."""
LARGEST_FILE: Final = 1_000_000
"""Bytes of a config file."""
LONGEST_HOST: Final = 200
_GLOBAL: Final = "global"
_LANGUAGE: Final = "site-config"


def read_site_config(
    path_or_text: Path | str,
    *,
    file: str,
    host: str | None = None,
    layer: str = "call",
    match: Match = "token",
) -> RuleSet:
    """The rules of one site config.

    Args:
        path_or_text: the file, or its text.
        file: what origins and messages call the file.
        host: the host it is for, ``.example.com`` for all hosts one label below; by default what a file's name says.
            Text without a host, and a file called ``global.txt``, is for all sites.
        layer: the layer of the rules.
        match: how ``strip_id_or_class`` compares.

    Returns:
        The rules in the order of the lines, the built-in ones last, with one LoadReport that counts every directive.
        Lines that cannot be used are listed there; they never raise.

    Raises:
        RuleError: the file cannot be read.
        LimitExceeded: it has more than LARGEST_FILE bytes.

    >>> rules = read_site_config("strip_id_or_class: promo\\nstrip: //p[", file="example.com.txt", host="example.com")
    >>> [(rule.id, rule.select) for rule in rules.rules][:1]
    [('example.com/promo', '[class~="promo"], [id="promo"]')]
    >>> [(line.line, line.code) for line in rules.reports[0].unusable]
    [(2, 'xpath')]
    """
    text = path_or_text
    if isinstance(path_or_text, Path):
        text = _read(path_or_text)
        host = host or _host_of(path_or_text)
    host = "" if host in (None, _GLOBAL) else host
    reading = _Reading(file, _name(file, host), _sites(host), layer, match)
    directives = list(read_lines(str(text)))
    reading.cuts = text_cuts(directives)
    for directive in directives:
        reading.add(directive)
    reading.rules += _built_in(reading.sites, layer)
    return RuleSet(name=reading.name, rules=tuple(reading.rules), layer=layer, reports=(reading.report(),))


def _read(path: Path) -> str:
    where = Where(str(path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            message = f"the file has more than {LARGEST_FILE} bytes"
            raise LimitExceeded(message, code="file-size", where=where, hint="A site config is some lines long.")
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise RuleError(message, code="unreadable", where=where, hint="Check the path and its permissions.") from None


def _host_of(path: Path) -> str:
    return path.name.removesuffix(".txt")


def _name(file: str, host: str) -> str:
    return f"*{host}" if host.startswith(".") else host or Path(file).name.removesuffix(".txt") or "site-config"


def _sites(host: str) -> Sites:
    """A config is for its very host, with or without ``www.``; a wildcard for the hosts one label below."""
    if not host:
        return Sites()
    exact = host.lstrip(".").lower().replace(".", r"\.")
    below = r"(?!www\.)[^.]+\." if host.startswith(".") else ""
    return Sites(include=(rf"/^(?:www\.)?{below}{exact}$/",))


@dataclass
class _Reading:
    """One config being read: its rules so far, and what to report."""

    file: str
    name: str
    sites: Sites
    layer: str
    match: Match
    cuts: dict[int, str] = field(default_factory=dict)
    """what `text_cuts` says of the lines."""
    rules: list[Rule] = field(default_factory=list)
    loaded: Counter[str] = field(default_factory=Counter)
    unusable: list[Unusable] = field(default_factory=list)
    _ids: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def add(self, directive: Directive) -> None:
        """Turn one line into rules, or list it."""
        known = known_directives().get(directive.name)
        make = _MAKERS.get(directive.name)
        if directive.line in self.cuts:
            self.add_cut(directive, self.cuts[directive.line])
        elif not directive.name:
            self.refuse(directive, "no-colon", "a line is a directive, a colon and a value; notes begin with #")
        elif known is not None:
            self.refuse(directive, *known)
        elif directive.name in settings()["honoured"]:
            self.loaded[directive.name] += 1
        elif make is None:
            self.refuse(directive, "unknown-directive", _no_such(directive.name))
        elif not directive.value:
            self.refuse(directive, "no-value", "the line has nothing after the colon")
        elif (directive.name, directive.value) in self._seen:
            self.refuse(directive, "duplicate", "an earlier line says the same")
        else:
            self.make(directive, make)

    def add_cut(self, directive: Directive, text: str) -> None:
        """A line that replaces `text` by nothing; without text it only completes the one before it."""
        if text:
            self.make(replace(directive, value=text), _cut_text)
        else:
            self.loaded[directive.name] += 1

    def make(self, directive: Directive, make: _Maker) -> None:
        self._seen.add((directive.name, directive.value))
        try:
            rules = list(make(directive, self.match))
        except RuleError as error:
            place = f" (column {error.where.column} of the expression)" if error.where.column else ""
            hint = f"; {error.hint}" if error.hint else ""
            self.refuse(directive, error.code, f"{error.message}{place}{hint}")
            return
        self.loaded[directive.name] += 1
        self.rules += [self.finished(rule, directive) for rule in rules]

    def finished(self, rule: Rule, directive: Directive) -> Rule:
        return replace(
            rule,
            id=self.unique(f"{self.name}/{rule.id}"),
            kind=guess_kind(directive.value) if rule.action is Action.REMOVE else rule.kind,
            sites=self.sites,
            braked=True,
            origin=Origin(self.file, directive.line),
            layer=self.layer,
            written=directive.written,
        )

    def unique(self, rule_id: str) -> str:
        self._ids[rule_id] += 1
        count = self._ids[rule_id]
        return rule_id if count == 1 else self.unique(f"{rule_id}-{count}")

    def refuse(self, directive: Directive, code: str, reason: str) -> None:
        self.unusable.append(Unusable(directive.line, directive.written, code, reason))

    def report(self) -> LoadReport:
        return LoadReport(
            file=self.file,
            language=_LANGUAGE,
            title=self.name,
            loaded=dict(sorted(self.loaded.items())),
            unusable=tuple(self.unusable),
        )


def _no_such(name: str) -> str:
    known = [*_MAKERS, *known_directives(), *settings()["honoured"]]
    return f"there is no directive {name!r}; " + did_you_mean(name, known, "see the list of directives")


_Maker = Callable[[Directive, Match], Iterable[Rule]]


def _strip(directive: Directive, _: Match) -> Iterator[Rule]:
    check(directive.value)
    for target in targets(directive.value):
        check(target.xpath)
        action = Action.REMOVE_ATTR if target.names else Action.REMOVE
        yield Rule(id=slug(directive.value), action=action, xpath=target.xpath, names=target.names)


def _strip_id_or_class(directive: Directive, match: Match) -> Iterator[Rule]:
    value = directive.value.replace('"', "").replace("'", "").strip()
    yield Rule(id=slug(value), select=_NAMED[match](value))


def _by_token(value: str) -> str:
    tokens = "".join(f'[class~="{_quoted(token)}"]' for token in value.split())
    return f'{tokens}, [id="{_quoted(value)}"]'


def _by_substring(value: str) -> str:
    return f'[class*="{_quoted(value)}"], [id*="{_quoted(value)}"]'


_NAMED: Final[dict[Match, Callable[[str], str]]] = {"token": _by_token, "substring": _by_substring}


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _strip_image_src(directive: Directive, _: Match) -> Iterator[Rule]:
    value = directive.value.replace('"', "").replace("'", "").strip()
    yield Rule(id=slug(f"image {value}"), select=f'img[src*="{_quoted(value)}"]')


def _cut_text(directive: Directive, _: Match) -> Iterator[Rule]:
    """The runs of text that say nothing else. What is a part of a longer one cannot be cut out without the rest."""
    says = f"normalize-space(translate(., '\u00a0', ' ')) = '{directive.value}'"
    yield Rule(id=slug(directive.value), xpath=f"//body//text()[{says}]")


def _body(directive: Directive, _: Match) -> Iterator[Rule]:
    check(directive.value)
    yield Rule(id=slug(f"body {directive.value}"), action=Action.ONLY, xpath=directive.value, names=(BODY_GROUP,))


_MAKERS: Final[dict[str, _Maker]] = {
    "strip": _strip,
    "strip_attr": _strip,
    "strip_id_or_class": _strip_id_or_class,
    "strip_image_src": _strip_image_src,
    "body": _body,
}


def _built_in(sites: Sites, layer: str) -> list[Rule]:
    """What readers of site configs remove beside what the config says."""
    return [
        Rule(
            id=f"built-in/{entry['id']}",
            kind=entry["kind"],
            select=entry.get("select", "").strip(),
            xpath=entry.get("xpath", ""),
            sites=sites,
            braked=True,
            origin=Origin(BUILT_IN),
            layer=layer,
        )
        for entry in settings()["built_in"]
    ]


def read_site_config_folder(folder: Path, *, layer: str = "call", match: Match = "token") -> SiteConfigs:
    """The site configs of a folder; each file is read when a page of its host asks for it.

    Raises RuleError where the folder cannot be listed or has no site config.
    """
    where = Where(str(folder))
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".txt"]
    except OSError as error:
        message = f"cannot be listed: {error.strerror}"
        raise RuleError(message, code="unreadable", where=where, hint="Check the path and its permissions.") from None
    if not paths:
        raise RuleError("holds no site config", code="no-rules", where=where, hint="Give a folder of <host>.txt files.")
    return site_configs(paths, layer=layer, match=match)


def site_configs(paths: Iterable[Path], *, layer: str = "call", match: Match = "token") -> SiteConfigs:
    """The site configs of some files, by the hosts that these are called after."""
    return SiteConfigs({_host_of(path): path for path in sorted(paths)}, layer, match)


class SiteConfigs:
    """A folder of site configs, looked up by host."""

    def __init__(self, paths: dict[str, Path], layer: str = "call", match: Match = "token") -> None:
        self.layer = layer
        self._paths = paths
        self._match: Match = match
        self._read: dict[str, RuleSet] = {}

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that have a config, ``.example.com`` for those one label below; sorted."""
        return tuple(sorted(name for name in self._paths if name != _GLOBAL))

    def config_for(self, host: str) -> str | None:
        """The name of the config for a host: its own, or else that of the domain exactly one label up.

        >>> configs = SiteConfigs({"example.com": Path("a"), ".example.org": Path("b")})
        >>> [configs.config_for(host) for host in ("WWW.example.com", "a.example.org", "example.org")]
        ['example.com', '.example.org', None]
        """
        host = host.lower().rstrip(".").removeprefix("www.")
        if len(host) > LONGEST_HOST:
            return None
        above = "." + host.partition(".")[2]
        return next((name for name in (host, above) if name in self._paths and name != _GLOBAL), None)

    def for_host(self, host: str, page: Page | None = None) -> RuleSet:
        """The rules for a page of `host`: its config, that for what `page` was made with, and the global one.

        The latter two are left out where the host's config says ``autodetect_on_failure: no``; of what they repeat, the
        earlier stays. Raises RuleError where a file cannot be read.
        """
        own = self.config_for(host)
        parts = [self.config(own)] if own else []
        if own is None or not self._stands_alone(own):
            parts += self._by_fingerprint(page, own) if page else []
            parts += [self.config(_GLOBAL)] if _GLOBAL in self._paths else []
        return _merged(own or host, parts, self.layer)

    def config(self, name: str) -> RuleSet:
        """The rules of one file by its name without ``.txt``; KeyError where there is none."""
        found = self._read.get(name)
        if found is None:
            path = self._paths[name]
            found = read_site_config(path, file=str(path), host=name, layer=self.layer, match=self._match)
            self._read[name] = found
        return found

    def reports(self) -> tuple[LoadReport, ...]:
        """Reads every file; what came of each, by name."""
        return tuple(report for name in sorted(self._paths) for report in self.config(name).reports)

    def _stands_alone(self, name: str) -> bool:
        lines = read_lines(_read(self._paths[name]))
        values = [line.value for line in lines if line.name == "autodetect_on_failure"]
        return bool(values) and values[-1] == "no"

    def _by_fingerprint(self, page: Page, own: str | None) -> list[RuleSet]:
        name = self.config_for(fingerprint(page))
        if name is None or name == own:
            return []
        rules = self.config(name)
        return [replace(rules, rules=tuple(replace(rule, sites=Sites()) for rule in rules.rules))]


def _merged(name: str, parts: list[RuleSet], layer: str) -> RuleSet:
    """The rules of several configs; body lines count only from the first that has some, built-in rules come last."""
    rules: dict[tuple[object, ...], Rule] = {}
    for rule in (rule for part in parts for rule in part.rules):
        group = rule.origin.file if rule.action is Action.ONLY else ""
        first = next((r.origin.file for r in rules.values() if r.action is Action.ONLY), group)
        if group == first or rule.action is not Action.ONLY:
            rules.setdefault((rule.action, rule.select, rule.xpath, rule.names), rule)
    ordered = sorted(rules.values(), key=lambda rule: rule.origin.file == BUILT_IN)
    reports = tuple(report for part in parts for report in part.reports)
    return RuleSet(name=_name(name, name), rules=tuple(ordered), layer=layer, reports=reports)
