"""``cleanpage rules learn``: a rule file for a site, from what repeats on some of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from cleanpage.cleaner import Cleaner
from cleanpage.errors import InputError
from cleanpage.files import STANDARD, write_bytes
from cleanpage.match.hosts import PageUrl
from cleanpage.model import RuleSet
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.address import own_address
from cleanpage.structure.blocks import blocks
from cleanpage.structure.evidence import Weights
from cleanpage.structure.structure import Structure
from cleanpage.workshop.fresh import page_files, read_page
from cleanpage.workshop.snippet import proof
from cleanpage.workshop.templates import SHARE, Learned, SitePage, described, distinct_pages, learn
from cleanpage.workshop.writing import file_head, proof_text, rule_text

__all__ = ["command", "learned_file"]


@click.command("learn")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
@click.option("--site", metavar="HOST", help="The site of the pages, where they do not say it themselves.")
@click.option("--share", type=click.FloatRange(0, 1), default=SHARE, show_default=True, metavar="SHARE",
              help="Of how many of the pages a rule must find something.")  # fmt: skip
@click.option("--checked", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="The day to write into the file, as 2026-08-22.  [default: today]")  # fmt: skip
@click.option("-o", "--output", default=STANDARD, metavar="FILE", help="Rule file to write.")
def command(pages: Sequence[str], site: str | None, share: float, checked: datetime | None, output: str) -> int:
    """Write rules for what repeats on the pages of one site: boxes, prompts, headings with lists.

    PAGE is a page as it was fetched (.html, .html.gz), or a folder of them. Each rule says on how many of the pages it
    was found; nothing that looks like an article on one of them is taken. Read the file before you use it. One page
    alone is refused.
    """
    sources = {str(path): read_page(path) for path in page_files(map(Path, pages))}
    if not sources:
        raise InputError(f"{', '.join(pages)}: no page in it (.html, .html.gz)")
    day = checked.date() if checked else date.today()
    text, count = learned_file(sources, site=site, share=share, checked=day.isoformat())
    click.echo(f"{count} rules from {len(sources)} pages", err=True)
    write_bytes(output, text.encode())
    return 0


def learned_file(
    sources: dict[str, str],
    *,
    site: str | None = None,
    share: float = SHARE,
    checked: str = "",
    weights: Weights | None = None,
) -> tuple[str, int]:
    """A rule file for what repeats on some pages.

    Args:
        sources: the pages' HTML by their names.
        site: their host; else what the pages say.
        share: of how many of the pages a rule must find something.
        checked: the day to write into the file, as YYYY-MM-DD.
        weights: the weights of the evidence, by default the packaged ones.

    Returns:
        The text of the file, and how many rules it has.

    Raises:
        InputError: there are less than two different pages, they are of different sites, or do not say their site.
    """
    pages = [SitePage(Structure(HtmlReading(html).page, weights), name) for name, html in sources.items()]
    host = _host(site, pages)
    distinct = distinct_pages(pages)
    found = [described(each, distinct) for each in learn(distinct, share)]
    kept = _harmless(found, distinct, sources, host)
    parts = [file_head([host], f"Learned from {len(distinct)} pages of {host}", checked)]
    for each in kept:
        parts.append(rule_text(each.rule))
        test = proof(each.example, distinct[each.page].around)
        parts += [proof_text(test)] if test else []
    return "\n".join(parts), len(kept)


def _host(site: str | None, pages: Sequence[SitePage]) -> str:
    """The host that the pages have in common."""
    if site:
        return site.removeprefix("www.")
    told = [PageUrl.of_page(own_address(page.around.page)) for page in pages]
    hosts = sorted({address.host.removeprefix("www.") for address in told if address})
    if not hosts:
        raise InputError("the pages do not say what site they are of; give it with --site")
    common = _common_domain(hosts)
    if common.count(".") < 1:
        raise InputError(f"the pages are of different sites ({', '.join(hosts[:3])}); give pages of one, or --site")
    return common


def _common_domain(hosts: Sequence[str]) -> str:
    """The labels that all hosts end with.

    >>> _common_domain(["news.example.com", "example.com"])
    'example.com'
    """
    common: list[str] = []
    for labels in zip(*(host.split(".")[::-1] for host in hosts), strict=False):
        if len(set(labels)) > 1:
            break
        common.append(labels[0])
    return ".".join(common[::-1])


def _harmless(
    found: Sequence[Learned], pages: Sequence[SitePage], sources: dict[str, str], host: str
) -> list[Learned]:
    """The rules without those that, run together, take something of an article from one of the pages."""
    kept = list(found)
    while kept and (guilty := _guilty(_rules(kept, host), pages, sources, host)):
        kept = [each for each in kept if each.rule.id not in guilty]
    return kept


def _rules(found: Sequence[Learned], host: str) -> RuleSet:
    text = "\n".join([file_head([host]), *(rule_text(each.rule) for each in found)])
    return read_toml(text, file="learned.toml")


def _guilty(rules: RuleSet, pages: Sequence[SitePage], sources: dict[str, str], host: str) -> set[str]:
    """The ids of rules that take a paragraph of an article."""
    cleaner = Cleaner([rules], builtin=False)
    repeated = frozenset(text for page in pages for text in page.prose if sum(text in p.prose for p in pages) > 1)
    found = set()
    for page in pages:
        result = cleaner.run(sources[page.name], f"https://{host}/")
        left = set(blocks(HtmlReading(result.output).page).texts)
        for text in sorted(page.prose - left - repeated):
            found |= {removal.rule.rpartition("/")[2] for removal in result.why(text[:150])}
    return found
