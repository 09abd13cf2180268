"""Which rules apply to an address, out of all layers, and which of them others switch off or replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from cleanpage.match.hosts import PageUrl, sites_match
from cleanpage.model import LAYERS, Rule, RuleSet
from cleanpage.rules import store

if TYPE_CHECKING:
    from cleanpage.rules.siteconfig import SiteConfigs

__all__ = ["Listed", "list_rules", "user_rules"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule for an address. `off` says what switches it off ("" where it applies), `overrides` what it replaces."""

    rule: Rule
    off: str = ""
    overrides: str = ""

    @property
    def names_site(self) -> bool:
        return not self.rule.sites.generic


def list_rules(address: PageUrl, paths: Iterable[Path] = ()) -> list[Listed]:
    """The rules of all layers for an address, in their order: packaged, installed, the user's, and those at `paths`.

    Raises as `store.load`.
    """
    sets = store.in_layers(_all_sets(address, paths))
    rows = ((rules, rule) for rules in sets for rule in rules.rules if sites_match(rule.sites, address))
    return [Listed(rule, _off(rule, rules, sets), _overridden(rule, rules, sets)) for rules, rule in rows]


def user_rules() -> tuple[RuleSet | SiteConfigs, ...]:
    """What the user's own folder of rules holds; nothing where there is none."""
    folder = store.user_folder()
    if not (any(folder.glob("*.toml")) or any(folder.glob("*.txt"))):
        return ()
    return store.load(folder, layer="user")


def _all_sets(address: PageUrl, paths: Iterable[Path]) -> Iterator[RuleSet]:
    yield from store.packaged_generic()
    yield from store.packaged_sites(address.host)
    yield from store.installed()
    given = [loaded for path in paths for loaded in store.load(path)]
    for loaded in (*user_rules(), *given):
        yield loaded if isinstance(loaded, RuleSet) else loaded.for_host(address.host)


def _off(rule: Rule, rules: RuleSet, sets: tuple[RuleSet, ...]) -> str:
    """What switches a rule off: a pattern of its own or a later layer, or a rule of the same id in a later one."""
    for other in sets:
        if LAYERS.index(other.layer) < LAYERS.index(rules.layer):
            continue
        for pattern in other.off:
            if fnmatchcase(rule.id, pattern):
                return f"off by {pattern!r} in {_file(other)}"
        later = LAYERS.index(other.layer) > LAYERS.index(rules.layer) and other.name == rules.name
        replacing = [each for each in other.rules if each.id == rule.id] if later else []
        if replacing:
            return f"replaced by {replacing[0].origin}"
    return ""


def _overridden(rule: Rule, rules: RuleSet, sets: tuple[RuleSet, ...]) -> str:
    """The rules of earlier layers whose id this one has."""
    rank = LAYERS.index(rules.layer)
    earlier = [each for each in sets if LAYERS.index(each.layer) < rank and each.name == rules.name]
    return ", ".join(str(each.origin) for other in earlier for each in other.rules if each.id == rule.id)


def _file(rules: RuleSet) -> str:
    return rules.reports[0].file if rules.reports else rules.name
