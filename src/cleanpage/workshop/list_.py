"""``cleanpage rules list``: the rules that would apply to a page, where they come from, and what they switch off."""

from __future__ import annotations

from pathlib import Path

import click

from cleanpage.match.hosts import PageUrl
from cleanpage.model import LAYERS, Rule
from cleanpage.workshop.listing import Listed, list_rules

__all__ = ["command"]


@click.command("list")
@click.option("-u", "--url", required=True, metavar="URL", help="Address of the page.")
@click.option("-r", "--rules", multiple=True, metavar="PATH", help="Rule file, filter list, or folder; repeatable.")
@click.option("--site-only", is_flag=True, help="Only the rules that name the site.")
def command(url: str, rules: tuple[str, ...], site_only: bool) -> int:
    """List the rules that would apply to a page, by layer.

    The layers are, first to last: generic and site (packaged), installed (rule packages), user (your own folder) and
    call (--rules). A rule that a later layer switches off, or replaces by one of the same id, is listed with a minus.
    """
    address = PageUrl.of_page(url)
    if address is None:
        raise click.BadParameter(f"{url!r} names no site; write https://example.com/page", param_hint="--url")
    listed = [each for each in list_rules(address, [Path(path) for path in rules]) if not site_only or each.names_site]
    for layer in LAYERS:
        rows = [each for each in listed if each.rule.layer == layer]
        if rows:
            click.echo(f"{layer} ({sum(not row.off for row in rows)})")
            click.echo("\n".join(_line(row) for row in rows))
    applying = sum(not each.off for each in listed)
    click.echo(f"{applying} rules apply to {address.host}{address.path}, {len(listed) - applying} are switched off")
    return 0


def _line(listed: Listed) -> str:
    rule = listed.rule
    mark = "-" if listed.off else " "
    told = [f"{mark} {rule.id}", f"[{rule.kind}, {rule.action}]", str(rule.origin), _what(rule)]
    if listed.off:
        told.append(f"({listed.off})")
    if listed.overrides:
        told.append(f"(overrides {listed.overrides})")
    return "  " + "  ".join(part for part in told if part)


def _what(rule: Rule) -> str:
    """What the rule is about, in short."""
    evidence = " ".join(f"{condition.key}={_short(condition.value)}" for condition in rule.conditions)
    what = " ".join(f"{rule.select or rule.xpath} {evidence}".split())
    return what if len(what) <= 100 else what[:99] + "…"


def _short(value: object) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return repr(value[0]) if len(value) == 1 else f"{len(value)} phrases"
