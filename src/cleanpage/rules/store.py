"""Where rules come from, and which of them count.

Layers, first to last: packaged generic rules, packaged site rules, installed rule packages, the user's folder, and the
call. A later layer can switch rules of an earlier one off by id, and replaces those whose id it repeats. Packaged site
rules are read when a page of their host comes, not before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cleanpage.errors import RuleError, Where
from cleanpage.match.hosts import PageUrl, host_keys, normal_host
from cleanpage.model import LAYERS, Rule, RuleSet, Unusable
from cleanpage.packaged import DATA
from cleanpage.rules.filters import FilterRules
from cleanpage.rules.packages import rule_packages
from cleanpage.rules.tables import did_you_mean
from cleanpage.rules.toml import OnError, PhraseBook, read_phrases, read_toml

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from cleanpage.rules.siteconfig import SiteConfigs

__all__ = [
    "ENTRY_POINTS",
    "in_force",
    "in_layers",
    "installed",
    "load",
    "merge",
    "packaged_generic",
    "packaged_hosts",
    "packaged_phrases",
    "packaged_sites",
    "switch_off",
    "switches",
    "user_folder",
    "with_unknown_off",
]

ENTRY_POINTS: Final = "cleanpage.rules"
"""The entry point group of installed rule packages: each gives a RuleSet, several of them, a path, or a package."""

_SNIFFED: Final = 65_536
"""How much of a text file is looked at to tell its language, in bytes."""
_TOML_RULES = re.compile(r"(?m)^[ \t]*(?:\[\[rule\]\]|schema[ \t]*=)")
_SITE_CONFIG = re.compile(
    r"(?m)^[ \t]*(?:title|body|author|date|strip|strip_id_or_class|strip_attr|strip_image_src|prune|tidy|parser"
    r"|autodetect_on_failure|test_url|test_contains|find_string|replace_string(?:\([^\n]*\))?|wrap_in(?:\(\w+\))?"
    r"|single_page_link|next_page_link|http_header(?:\([^\n]*\))?|native_ad_clue)[ \t]*:"
)
_FILTER_LIST = re.compile(r"(?m)^(?:\[Adblock|!|\|\||@@|[\w.,~*-]*#[@?$%]{0,3}#[^\s#])")


def packaged_phrases() -> PhraseBook:
    """The packaged sets of phrases, by name: those that rules may use as ``"@name"``."""
    return _phrases_in(DATA / "phrases")


@lru_cache(maxsize=16)
def _phrases_in(folder: Path) -> PhraseBook:
    book: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for path in sorted(folder.glob("*.toml")):
        book.update(read_phrases(path, file=path.name))
    return book


@cache
def packaged_generic() -> tuple[RuleSet, ...]:
    """The packaged rules for every site, one set a kind."""
    return _read_folder(DATA / "generic", "generic", "raise")


@cache
def packaged_hosts() -> frozenset[str]:
    """The hosts that packaged rules are kept for."""
    return frozenset(path.stem for path in (DATA / "sites").glob("*.toml"))


def packaged_sites(host: str) -> tuple[RuleSet, ...]:
    """The packaged rules for one host and the domains above it; those of the domain first, of the host last."""
    name = normal_host(host)
    keys = host_keys(PageUrl(name)) if name else []
    return tuple(_packaged_site(key) for key in reversed(keys) if key in packaged_hosts())


@lru_cache(maxsize=1024)
def _packaged_site(host: str) -> RuleSet:
    return _read_toml_file(DATA / "sites" / f"{host}.toml", "site", None, "raise")


@cache
def installed() -> tuple[RuleSet, ...]:
    """The rules of installed rule packages, by the name of their entry point.

    Raises:
        RuleError: a package cannot be loaded; the message names it.
    """
    found = sorted(rule_packages(ENTRY_POINTS), key=lambda point: (point.name, point.value))
    return tuple(rules for point in found for rules in _load_entry_point(point))


def _load_entry_point(point: EntryPoint) -> tuple[RuleSet, ...]:
    try:
        return tuple(replace(rules, layer="installed") for rules in _sets_of(point.load()))
    except RuleError:
        raise
    except Exception as error:
        message = f"the rule package {point.name!r} ({point.value}) cannot be loaded: {error}"
        hint = "update or uninstall it, or report this to its authors"
        raise RuleError(message, code="rule-package", where=Where(point.value), hint=hint) from error


def _sets_of(given: object) -> Iterator[RuleSet]:
    """The rule sets that an entry point stands for."""
    if isinstance(given, RuleSet):
        yield given
    elif isinstance(given, str | Path):
        yield from _only_sets(Path(given), load(given, layer="installed"))
    elif hasattr(given, "__path__"):
        for folder in given.__path__:
            yield from _read_folder(Path(folder), "installed", "raise")
    elif callable(given):
        yield from _sets_of(given())
    elif isinstance(given, Iterable):
        for each in given:
            yield from _sets_of(each)
    else:
        raise TypeError(f"a {type(given).__name__} is no rules; give a RuleSet, a path or a package with *.toml files")


def _only_sets(path: Path, loaded: Iterable[RuleSet | SiteConfigs]) -> Iterator[RuleSet]:
    for each in loaded:
        if not isinstance(each, RuleSet):
            raise TypeError(f"{path} is a folder of site configs; a rule package holds rule files")
        yield each


def user_folder() -> Path:
    """The folder of the user's own rules, which only the command line loads. It need not exist."""
    try:
        from platformdirs import user_config_path
    except ImportError:
        return Path.home() / ".config" / "cleanpage" / "rules"
    return user_config_path("cleanpage", appauthor=False) / "rules"


def load(
    path: str | PathLike[str], *, layer: str = "call", kind: str | None = None, on_error: OnError | None = None
) -> tuple[RuleSet | SiteConfigs, ...]:
    """Load the rules that a path stands for, whatever their language.

    Args:
        path: a rule file, a filter list, a site config, or a folder of them.
        layer: the layer of its rules.
        kind: the kind of the rules of a filter list; else what its sections say.
        on_error: "raise" on what cannot be used, or "skip" and list it in the LoadReport. Where not given, rule files
            raise, and filter lists and site configs, which are rarely the user's own, skip.

    Returns:
        One rule set for each file; for a folder of site configs one `SiteConfigs`, which reads a host's when asked.

    Raises:
        RuleError: there is no such path or no rule in it, or as the readers say.
    """
    path = Path(path)
    if path.is_dir():
        return _load_folder(path, layer, kind, on_error)
    if not path.is_file():
        raise _no_rules(path, "is neither file nor folder" if path.exists() else "does not exist", "not-found")
    return (_READERS[_language(path)](path, layer, kind, on_error),)


def _no_rules(path: Path, problem: str, code: str) -> RuleError:
    hint = "give a rule file (.toml), a filter list or a site config (.txt), or a folder of them"
    return RuleError(problem, code=code, where=Where(str(path)), hint=hint)


def _load_folder(
    folder: Path, layer: str, kind: str | None, on_error: OnError | None
) -> tuple[RuleSet | SiteConfigs, ...]:
    texts = sorted(folder.glob("*.txt"))
    found: list[RuleSet | SiteConfigs] = [*_read_folder(folder, layer, on_error or "raise")]
    configs = _site_configs(texts)
    found += [_read_filters(path, layer, kind, on_error) for path in texts if path not in configs]
    if configs:
        from cleanpage.rules.siteconfig import site_configs

        found.append(site_configs(configs, layer=layer))
    if not found:
        raise _no_rules(folder, "holds no rules", "no-rules")
    return tuple(found)


def _site_configs(paths: Sequence[Path]) -> frozenset[Path]:
    """Which of the text files in a folder are site configs.

    A collection has thousands, which are not to be opened before a page of their host comes: where the first of a
    folder's files that are called as hosts are has one, all that are called so are.
    """
    named = [path for path in paths if "." in path.stem or path.stem == "global"]
    collection = any(_language(path) == "site-config" for path in named[:20])
    others = [path for path in paths if path not in named and _language(path) == "site-config"]
    return frozenset([*(named if collection else ()), *others])


def _read_folder(folder: Path, layer: str, on_error: OnError) -> tuple[RuleSet, ...]:
    """The rule files of a folder by name; they may use the phrases of its own ``phrases`` folder."""
    phrases = {**packaged_phrases(), **_phrases_in(folder / "phrases")}
    return tuple(
        read_toml(path, file=_shown(path), layer=layer, on_error=on_error, phrases=phrases)
        for path in sorted(folder.glob("*.toml"))
    )


def _shown(path: Path) -> str:
    """What to call a file in messages: packaged ones without the folder of the installation."""
    return path.relative_to(DATA).as_posix() if path.is_relative_to(DATA) else str(path)


def _language(path: Path) -> str:
    """The rule language of a file, by its name or by what it says."""
    if path.suffix == ".toml":
        return "toml"
    try:
        with path.open("rb") as stream:
            head = stream.read(_SNIFFED).decode("utf-8", "replace")
    except OSError as error:
        raise _no_rules(path, f"cannot be read: {error.strerror}", "unreadable") from None
    directives, filters = len(_SITE_CONFIG.findall(head)), len(_FILTER_LIST.findall(head))
    if directives > filters:
        return "site-config"
    return "toml" if _TOML_RULES.search(head) and not filters else "filter-list"


def _read_toml_file(path: Path, layer: str, _: str | None, on_error: OnError | None) -> RuleSet:
    return read_toml(path, file=_shown(path), layer=layer, on_error=on_error or "raise", phrases=packaged_phrases())


def _read_filters(path: Path, layer: str, kind: str | None, on_error: OnError | None) -> RuleSet:
    from cleanpage.rules.filterlist import read_filter_list

    return read_filter_list(path, layer=layer, kind=kind, on_error=on_error or "skip")


def _read_config(path: Path, layer: str, _: str | None, __: OnError | None) -> RuleSet:
    from cleanpage.rules.siteconfig import read_site_config

    return read_site_config(path, file=str(path), layer=layer)


_READERS: Final[Mapping[str, Callable[[Path, str, str | None, OnError | None], RuleSet]]] = {
    "toml": _read_toml_file,
    "filter-list": _read_filters,
    "site-config": _read_config,
}


def in_layers(rulesets: Iterable[RuleSet]) -> tuple[RuleSet, ...]:
    """The sets by layer, first to last, else in the order given."""
    return tuple(sorted(rulesets, key=_rank))


def _rank(rules: RuleSet) -> int:
    return LAYERS.index(rules.layer)


def switch_off(rulesets: Iterable[RuleSet]) -> tuple[RuleSet, ...]:
    """The sets in layers, without the rules that a set of the same or a later layer switches off, and without those
    whose id a later layer gives to a rule of its own."""
    ordered = in_layers(rulesets)
    return in_force(ordered, ordered)


def in_force(rulesets: Iterable[RuleSet], others: Iterable[RuleSet]) -> tuple[RuleSet, ...]:
    """The sets without the rules that `others` switch off or replace, by the layers of all."""
    others = tuple(others)
    return tuple(_without(rules, _patterns_for(rules, others), _replaced(rules, others)) for rules in rulesets)


def switches(rulesets: Iterable[RuleSet]) -> tuple[RuleSet, ...]:
    """What of some sets can switch off or replace rules that are read later, when a page of their site comes."""
    return tuple(
        replace(rules, rules=tuple(rules.rules) if names_site else (), tests=(), reports=())
        for rules in rulesets
        if (names_site := _names_site(rules)) or rules.off
    )


def _names_site(rules: RuleSet) -> bool:
    """Whether a set has the name of a site, as packaged rules and configs for the site have."""
    return "." in rules.name and not isinstance(rules.rules, FilterRules)


def _patterns_for(rules: RuleSet, ordered: Iterable[RuleSet]) -> tuple[str, ...]:
    """The ``off`` patterns that can name a rule of this set."""
    return tuple(
        pattern
        for other in ordered
        if _rank(other) >= _rank(rules)
        for pattern in other.off
        if fnmatchcase(rules.name, _set_name(pattern))
    )


def _set_name(rule_id: str) -> str:
    """The name of the set that a rule belongs to: ``<set>/<id>``, or ``<list>:<line>`` for filters."""
    return rule_id.replace(":", "/").split("/")[0]


def _replaced(rules: RuleSet, ordered: Iterable[RuleSet]) -> frozenset[str]:
    """The ids of this set's rules that a later layer has too: only sets of the same name can."""
    later = [other for other in ordered if other.name == rules.name and _rank(other) > _rank(rules)]
    return frozenset(rule.id for other in later for rule in other.rules)


def _without(rules: RuleSet, patterns: tuple[str, ...], replaced: frozenset[str]) -> RuleSet:
    if not patterns and not replaced:
        return rules

    def is_off(rule_id: str) -> bool:
        return rule_id in replaced or any(fnmatchcase(rule_id, pattern) for pattern in patterns)

    if isinstance(rules.rules, FilterRules):
        return replace(rules, rules=rules.rules.without(is_off))
    return replace(rules, rules=tuple(rule for rule in rules.rules if not is_off(rule.id)))


def merge(rulesets: Iterable[RuleSet]) -> tuple[Rule, ...]:
    """All rules of the sets that count, in the order of their layers; see `switch_off`."""
    return tuple(rule for rules in switch_off(rulesets) for rule in rules.rules)


def with_unknown_off(rulesets: Iterable[RuleSet], hosts: Collection[str] = ()) -> tuple[RuleSet, ...]:
    """The sets, with the ``off`` patterns that name no rule of theirs, no packaged one and no config of the `hosts`
    listed in their reports."""
    rulesets = tuple(rulesets)
    if not any(rules.off for rules in rulesets):
        return rulesets
    ids = [rule_id for rules in rulesets for rule_id in _ids(rules)]
    return tuple(_with_unknown(rules, ids, hosts) if rules.off else rules for rules in rulesets)


def _with_unknown(rules: RuleSet, ids: Collection[str], hosts: Collection[str]) -> RuleSet:
    unknown = [_unknown(pattern, ids) for pattern in rules.off if not _names_something(pattern, ids, hosts)]
    if not unknown or not rules.reports:
        return rules
    first = rules.reports[0]
    return replace(rules, reports=(replace(first, unusable=(*first.unusable, *unknown)), *rules.reports[1:]))


def _ids(rules: RuleSet) -> Iterable[str]:
    return rules.rules.ids() if isinstance(rules.rules, FilterRules) else (rule.id for rule in rules.rules)


def _names_something(pattern: str, ids: Iterable[str], hosts: Collection[str]) -> bool:
    name = _set_name(pattern)
    if name.removeprefix("*") in hosts:
        return True
    if name in packaged_hosts():
        ids = _ids(_packaged_site(name))
    return any(fnmatchcase(rule_id, pattern) for rule_id in ids)


def _unknown(pattern: str, ids: Iterable[str]) -> Unusable:
    hint = did_you_mean(pattern, ids, "ids are written <set>/<id>, and * stands for anything")
    return Unusable(0, pattern, "unknown-off", f"no rule is called {pattern!r}; {hint}")
