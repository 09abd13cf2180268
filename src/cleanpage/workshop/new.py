"""``cleanpage rules new``: a rule and its test, for what somebody points at on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from cleanpage.errors import InputError
from cleanpage.files import STANDARD, write_bytes
from cleanpage.kinds import KINDS
from cleanpage.match.hosts import PageUrl
from cleanpage.model import Rule, RuleSet, RuleTest
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.address import own_address
from cleanpage.structure.structure import Structure
from cleanpage.workshop.fresh import read_page
from cleanpage.workshop.propose import Proposal, Surroundings, propose
from cleanpage.workshop.snippet import proof
from cleanpage.workshop.writing import evidence_text, file_head, proof_text, rule_id, rule_text

__all__ = ["command", "written_for"]

_SHOWN: Final = 5


@click.command("new")
@click.option("-u", "--url", metavar="URL", help="Address of the page; the rule is for its site.")
@click.option("--from", "page", required=True, metavar="PAGE", help="The page, as it was fetched (.html, .html.gz).")
@click.option("--remove", multiple=True, required=True, metavar="TEXT", help="Text to be removed, or a selector.")
@click.option("--kind", type=click.Choice(KINDS), help="Kind of the rules; else what names and words suggest.")
@click.option("--why", default="", metavar="TEXT", help="What it is that the rules remove.")
@click.option("-o", "--output", default=STANDARD, metavar="FILE", help="Rule file to write, or to add to.")
def command(url: str | None, page: str, remove: Sequence[str], kind: str | None, why: str, output: str) -> int:
    """Write a rule, and its test, for a piece of text on a page.

    The block that holds the text is looked up, and the name by which it is likely to be found again next month: an id
    or class that says what it is, an attribute, a heading, its words. What else the rule takes on this page is told.
    """
    around = Surroundings(Structure(HtmlReading(read_page(Path(page))).page))
    address = PageUrl.of_page(url or own_address(around.page))
    if address is None:
        raise click.UsageError("the page does not say its address; give it with --url")
    proposals = [propose(pointed, around, kind=kind or "") for pointed in remove]
    for pointed, found in zip(remove, proposals, strict=True):
        click.echo("\n".join(_told(pointed, found, around)), err=True)
        if proof(found[0], around) is None:
            click.echo("  no short piece of page shows it at work: write its [[test]] by hand", err=True)
    before = Path(output).read_text("utf-8") if output != STANDARD and Path(output).exists() else ""
    best = [_with_why(found[0], why, around) for found in proposals]
    text = written_for(best, around, address.host.removeprefix("www."), before, output)
    write_bytes(output, (text if output == STANDARD else before + text).encode())
    return 0


def _told(pointed: str, found: Sequence[Proposal], around: Surroundings) -> list[str]:
    """What a rule takes here, and what else could be written."""
    best = found[0]
    lines = [f"{pointed!r}: {_form(best.rule)} takes {_places(best.nodes, around)}"]
    if best.others:
        lines.append(f"  it also takes {len(best.others)} other: {_places(best.others, around)}")
    if around.blocks_in(best.nodes) & around.stays:
        lines.append("  it looks like the article's own text: write the rule only if you are sure")
    if not best.lasting:
        lines.append("  its names look made by a tool: check soon whether it still matches (cleanpage rules fresh)")
    forms = list(dict.fromkeys(_form(each.rule) for each in found))
    lines += [f"  or: {form}" for form in forms[1:_SHOWN]]
    return lines


def _form(rule: Rule) -> str:
    return ", ".join([*([f"select = {rule.select}"] if rule.select else []), *evidence_text(rule)])


def _places(nodes: Sequence[int], around: Surroundings) -> str:
    told = []
    for node in nodes[:_SHOWN]:
        text = around.text([node])
        told.append(f"{around.page.path(node)} ({text[:60]!r}{'…' if len(text) > 60 else ''})")
    return "; ".join(told) + (f" and {len(nodes) - _SHOWN} more" if len(nodes) > _SHOWN else "")


def _with_why(proposal: Proposal, why: str, around: Surroundings) -> Proposal:
    text = " ".join(around.text(proposal.nodes).split()[:8])
    told = why or (f"The box that begins “{text}”." if text else "An element without text.")
    return replace(proposal, rule=replace(proposal.rule, why=re.sub(r"\s+", " ", told)))


def written_for(proposals: Sequence[Proposal], around: Surroundings, site: str, before: str, file: str) -> str:
    """The text of the rules and their tests, to be put behind `before`, what the file holds already.

    Raises:
        RuleError: `before` is no rule file.
        InputError: the rules are already in it.
    """
    known = read_toml(before, file=file) if before else RuleSet(name="new")
    taken = [rule.id.rpartition("/")[2] for rule in known.rules]
    there = {(rule.select, rule.conditions) for rule in known.rules}
    parts = [] if before else [file_head([site])]
    named = [] if not before or _is_for(known, site) else [site]
    for proposal in proposals:
        if (proposal.rule.select, proposal.rule.conditions) in there:
            raise InputError(f"{file} has this rule already: {_form(proposal.rule)}")
        rule = replace(proposal.rule, id=rule_id(_naming(proposal.rule), taken))
        taken.append(rule.id)
        parts.append(rule_text(rule, sites=named))
        parts += _proofs(replace(proposal, rule=rule), around, f"https://{site}/" if named else None)
    return ("\n" if before else "") + "\n".join(parts)


def _is_for(rules: RuleSet, site: str) -> bool:
    return any(site in rule.sites.include for rule in rules.rules)


def _naming(rule: Rule) -> str:
    return rule.select or " ".join(phrase for c in rule.conditions if isinstance(c.value, tuple) for phrase in c.value)


def _proofs(proposal: Proposal, around: Surroundings, url: str | None) -> list[str]:
    test: RuleTest | None = proof(proposal, around)
    return [proof_text(replace(test, url=url))] if test else []
