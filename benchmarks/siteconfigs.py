#!/usr/bin/env python3
"""FiveFilters site configs alone on corpus pages of their hosts: clutter removed, and what they lose of the article.

usage: python benchmarks/siteconfigs.py [--corpus DIR] [--configs DIR] [--folds DIR] [--substring] [--all]

Blocks are counted on labelled pages; the article's loss is measured on every page that has a config, by the label's
body, its segments to keep, or its content blocks. --substring compares strip_id_or_class with any part of a name;
with --folds the brake uses weights that were fitted without the page's site (fit.py --folds-out DIR).
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus import corpus_folder, scorer
from unseen import weights_by_site

from cleanpage import Cleaner
from cleanpage.model import RuleSet
from cleanpage.rules.siteconfig import SiteConfigs, read_site_config_folder
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.evidence import Weights
from cleanpage.structure.structure import Structure

_ALLOWED = 0.005
"""Share of an article that may be lost on a page."""
_MARKS = re.compile(r"[\W_]+")


def _norm(text: str) -> str:
    return _MARKS.sub("", text).lower()


def article_parts(row: dict[str, Any], labels: dict[str, list[tuple[str, str]]]) -> list[str]:
    """The article's paragraphs as the labels have them."""
    if row["id"] in labels:
        return [text for text, kind in labels[row["id"]] if kind == "content"]
    return list(row["keep"]) if "keep" in row else str(row["body"]).split("\n")


def loss(parts: list[str], before: str, after: str, article: int) -> float:
    """Share of the article's letters that stood on the page before and do not after.

    `article` is the number of letters of prose on the page: what the share is of where the label has a few segments.
    """
    there = [part for part in map(_norm, parts) if part and part in before]
    total = max(sum(map(len, there)), article)
    return sum(len(part) for part in there if part not in after) / total if total else 0.0


def article_letters(html: str) -> int:
    """Letters of the paragraphs of the page's article."""
    structure = Structure(HtmlReading(html).page)
    article = structure.article
    prose = (b for b in range(article.first, article.last + 1) if structure.is_prose(b))
    return sum(len(_norm(structure.blocks.texts[b])) for b in prose)


def _text(html: str) -> str:
    return _norm(" ".join(blocks(HtmlReading(html).page).texts))


def _cleaner(configs: SiteConfigs, host: str, weights: Weights | None = None) -> Cleaner:
    rules: RuleSet = configs.for_host(host)
    return Cleaner([rules], builtin=False, weights=weights)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus")
    options.add_argument("--configs")
    options.add_argument("--folds", type=Path)
    options.add_argument("--substring", action="store_true")
    options.add_argument("--all", action="store_true")
    given = options.parse_args()
    folder = corpus_folder(given.corpus)
    configs_folder = Path(given.configs) if given.configs else folder.parent / "site-configs"
    if not configs_folder.is_dir():
        raise SystemExit(f"no site configs at {configs_folder}: give their folder with --configs")
    configs = read_site_config_folder(configs_folder, match="substring" if given.substring else "token")
    scorer(folder)
    return measure(folder, configs, given.all, given.folds)


def measure(folder: Path, configs: SiteConfigs, show: bool, folds: Path | None) -> int:
    from baselines import decode
    from blocks import blocks as labelled_blocks
    from blockscore import STAY, labelled, survivors
    from score import rows

    pairs = list(labelled(str(folder)))
    kinds = {row["id"]: row_kinds for row, row_kinds in pairs}
    weights = weights_by_site({row["site"] for row, _ in pairs}, folds)
    pages = removed = total = refused = changed = 0
    losses = []
    for row in rows(str(folder)):
        host = urlsplit(row["url"]).hostname or row["site"]
        if configs.config_for(host) is None:
            continue
        pages += 1
        html = decode(row["raw"])
        result = _cleaner(configs, host, weights(row["site"])).run(html, row["url"])
        labels = {}
        if row["id"] in kinds:
            before = labelled_blocks(html)
            labels[row["id"]] = [(text, kind) for (text, _, _), kind in zip(before, kinds[row["id"]], strict=True)]
            live = survivors(before, labelled_blocks(result.output))
            clutter = [b for b, kind in enumerate(kinds[row["id"]]) if kind not in STAY]
            total += len(clutter)
            removed += sum(b not in live for b in clutter)
        whole = 0 if row["id"] in labels or "body" in row else article_letters(html)
        lost = loss(article_parts(row, labels), _text(html), _text(result.output), whole)
        losses.append((lost, host))
        refused += bool(result.refused)
        changed += bool(result.removals)
        if show or lost > _ALLOWED:
            counts = f"{len(result.removals):3} removals  {len(result.refused):3} refused"
            takers = sorted({f"{r.rule} {r.path}" for r in result.removals if len(r.text) > 60}) if lost else []
            print(f"{host:32} {lost:7.2%} lost  {counts}  {takers[:3]}")
    worst = max(losses, default=(0.0, "none"))
    print(f"{pages} pages with a config, {changed} changed, {refused} with something held back")
    print(f"clutter blocks removed: {removed} of {total} ({removed / max(1, total):.1%})")
    print(f"article lost: worst page {worst[0]:.2%} ({worst[1]}), pages above {_ALLOWED:.1%}: "
          f"{sum(lost > _ALLOWED for lost, _ in losses)}")  # fmt: skip
    return int(worst[0] > _ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
