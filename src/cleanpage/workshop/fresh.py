"""``cleanpage rules fresh``: which rules of a set find nothing any more on current pages."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cleanpage.budget import Budget, BudgetSpent
from cleanpage.errors import InputError
from cleanpage.kinds import KINDS
from cleanpage.match.context import MatchContext
from cleanpage.match.find import find, promising
from cleanpage.match.hosts import PageUrl, sites_match
from cleanpage.model import RuleSet
from cleanpage.rules.index import compile_rules
from cleanpage.rules.siteconfig import BUILT_IN
from cleanpage.rules.store import load
from cleanpage.sources.encoding import decode
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.address import own_address
from cleanpage.structure.structure import Structure

if TYPE_CHECKING:
    from cleanpage.rules.siteconfig import SiteConfigs

__all__ = ["Freshness", "command", "freshness", "page_files", "read_page"]

_STEPS: Final = 100_000_000
_PAGES: Final = (".html", ".htm", ".html.gz", ".htm.gz")
_LARGEST: Final = 64 * 1024 * 1024
"""The largest page in bytes, unpacked."""


@click.command("fresh")
@click.argument("path", metavar="PATH")
@click.option("--pages", required=True, metavar="DIR", help="Folder of current pages: .html, .html.gz.")
@click.option("-u", "--url", metavar="URL", help="Address of the pages, where they do not say it themselves.")
def command(path: str, pages: str, url: str | None) -> int:
    """Tell which rules of a set match nothing on a folder of current pages.

    A rule that names sites is only held against the pages of those sites. Exit code 1 if some rule that could have
    matched did not.
    """
    files = page_files([Path(pages)])
    if not files:
        raise click.BadParameter(f"{pages} holds no page (.html, .html.gz)", param_hint="--pages")
    found = freshness(load(path), files, url)
    stale = [each for each in found if each.stale]
    for each in found:
        if each.stale or each.pages == 0:
            click.echo(f"{each.rule} ({each.origin}): {each.told}")
    unknown = sum(each.pages == 0 for each in found)
    click.echo(
        f"{len(found)} rules on {len(files)} pages: {len(found) - len(stale) - unknown} matched,"
        f" {len(stale)} matched nothing, {unknown} have no page of their site here"
    )
    return int(bool(stale))


@dataclass(slots=True)
class Freshness:
    """How a rule did on the pages of its sites: how many there were, and on how many it found something."""

    rule: str
    origin: str
    pages: int = 0
    matched: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def stale(self) -> bool:
        return self.pages > 0 and self.matched == 0

    @property
    def told(self) -> str:
        if not self.pages:
            return "no page of its site here"
        return f"matched nothing on {self.pages} pages" + (f"; {self.problems[0]}" if self.problems else "")


def freshness(
    loaded: Iterable[RuleSet | SiteConfigs], files: Iterable[Path], url: str | None = None
) -> list[Freshness]:
    """How each rule does on some pages; a folder by host is asked for the hosts of the pages.

    Raises OSError or InputError for a page that cannot be read.
    """
    known: dict[str, Freshness] = {}
    fixed = [each for each in loaded if isinstance(each, RuleSet)]
    by_host = [each for each in loaded if not isinstance(each, RuleSet)]
    for file in files:
        structure = Structure(HtmlReading(read_page(file)).page)
        address = PageUrl.of_page(url or own_address(structure.page))
        sets = fixed + [each.for_host(address.host, structure.page) for each in by_host if address]
        _count(sets, structure, address, known)
    for rules in fixed:
        _add(rules, known)
    return [each for each in known.values() if each.origin != BUILT_IN]


def _add(rules: RuleSet, known: dict[str, Freshness]) -> None:
    for rule in rules.rules:
        known.setdefault(rule.id, Freshness(rule.id, str(rule.origin)))


def _count(
    sets: list[RuleSet], structure: Structure, address: PageUrl | None, known: dict[str, Freshness]
) -> None:
    for rules in sets:
        _add(rules, known)
        for rule in rules.rules:
            known[rule.id].pages += sites_match(rule.sites, address)
    for rule_id in set(_matched(sets, structure, address, known)):
        known[rule_id].matched += 1


def _matched(
    sets: list[RuleSet], structure: Structure, address: PageUrl | None, known: dict[str, Freshness]
) -> Iterator[str]:
    path = address.path if address else None
    context = MatchContext(Budget(_STEPS), path)
    kinds, candidates = frozenset(KINDS), compile_rules(sets).candidates(structure.page, address)
    try:
        asked = promising(candidates, kinds, structure.page, context)
        for finding in find(asked, kinds, structure, context):
            if finding.nodes:
                yield finding.rule.id
            elif finding.problem:
                known[finding.rule.id].problems.append(finding.problem)
    except BudgetSpent as spent:
        raise InputError(f"a page is too much work for these rules: {spent}") from None


def page_files(paths: Iterable[Path]) -> list[Path]:
    """The pages at some paths: files as they are, of folders all at any depth, by name."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.name.lower().endswith(_PAGES)) if path.is_dir() else [path]
        found += inside
    return found


def read_page(path: Path) -> str:
    """The text of a page, which may be packed with gzip. Raises InputError for one that is too large, OSError."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{path} is larger than {_LARGEST:,} bytes")
    return decode(data, None).text
