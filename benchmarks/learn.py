#!/usr/bin/env python3
"""`cleanpage rules learn`: what the rules learned from a site's pages remove, alone, and what they lose.

usage: python benchmarks/learn.py [--corpus DIR] [--site HOST] [--folds DIR] [--show]

Every site of the corpus with three or more pages, then a site of 30 pages that is made up here. Of labelled pages the
blocks are counted; of the article's text (content blocks, or the label's body or segments to keep) what is gone. With
--folds the pages are looked at with weights that were fitted without their site (fit.py --folds-out DIR).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from corpus import corpus_folder, scorer
from unseen import weights_by_site

from cleanpage import Cleaner, CleanpageError
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.evidence import Weights
from cleanpage.structure.structure import Structure
from cleanpage.workshop.learn import learned_file

_LEAST = 3
_FRAME_TEXTS = ("More from this section", "© The Synthetic Post", "Imprint", "This newspaper belongs to its readers")
_LETTER_TEXTS = ("Our Friday post", "The week in your inbox", "Sign up")
_MARKS = re.compile(r"[\W_]+")


def _norm(text: str) -> str:
    return _MARKS.sub("", text).lower()


def _text(html: str) -> str:
    return _norm(" ".join(blocks(HtmlReading(html).page).texts))


def _lost(row: dict[str, Any], html: str, output: str, kinds: list[str] | None) -> int:
    """Letters of article text that are gone: of content blocks, or else of the page's paragraphs that the label has.

    Labels of some pages have link lists below the text; they are no paragraphs.
    """
    structure, after = Structure(HtmlReading(html).page), _text(output)
    texts = structure.blocks.texts
    if kinds and len(kinds) == len(texts):
        mine = [b for b, kind in enumerate(kinds) if kind == "content"]
    else:
        label = _norm(" ".join(row["keep"]) if "keep" in row else row["body"])
        mine = [b for b in range(len(texts)) if structure.is_prose(b) and _norm(texts[b])[:200] in label]
        if "keep" in row:
            parts = [_norm(part) for part in row["keep"]]
            mine = [b for b in range(len(texts)) if any(part in _norm(texts[b]) for part in parts)]
    return sum(len(_norm(texts[b])) for b in mine if _norm(texts[b]) not in after)


def _blocks_gone(html: str, output: str, kinds: list[str]) -> tuple[int, int, int]:
    """Clutter blocks, those of them that are gone, and blocks gone that must stay."""
    from blocks import blocks as labelled_blocks
    from blockscore import STAY, survivors

    before = labelled_blocks(html)
    live = survivors(before, labelled_blocks(output))
    clutter = [b for b, kind in enumerate(kinds) if kind not in STAY]
    lost = [b for b, kind in enumerate(kinds) if kind in STAY and b not in live]
    return len(clutter), sum(b not in live for b in clutter), len(lost)


def judge(
    name: str,
    pages: dict[str, str],
    rows: dict[str, Any],
    kinds: dict[str, list[str]],
    show: bool,
    weights: Weights | None = None,
) -> int:
    """Learn from a site's pages, and print what came of it; returns the letters of article text lost."""
    try:
        text, count = learned_file(pages, site=name, checked="2026-08-22", weights=weights)
    except CleanpageError as error:
        print(f"{name:26} {len(pages):3} pages: {error}")
        return 0
    cleaner = Cleaner([read_toml(text, file=f"{name}.toml")], builtin=False)
    total = gone = stay_lost = lost = 0
    for key, html in pages.items():
        output = cleaner.clean(html, f"https://{name}/")
        lost += _lost(rows[key], html, output, kinds.get(key))
        made = rows[key].get("clutter", ())
        total, gone = total + len(made), gone + sum(_norm(text) not in _text(output) for text in made)
        if key in kinds:
            clutter, removed, harmed = _blocks_gone(html, output, kinds[key])
            total, gone, stay_lost = total + clutter, gone + removed, stay_lost + harmed
    share = f"{gone} of {total} clutter blocks removed ({gone / total:.0%})" if total else "unlabelled"
    share += f", {stay_lost} blocks of bylines and the like"
    print(f"{name:26} {len(pages):3} pages: {count:3} rules, {share}, {lost} letters of articles lost")
    if show:
        print(text)
    return lost


def synthetic(count: int) -> tuple[dict[str, str], dict[str, Any]]:
    """A site made up: the same frame and prompts on each page, articles and lists that differ, classes of a build."""
    draw = random.Random(20)
    words = "harbour bridge council winter market engine river school garden letter island museum ferry bread".split()
    pages, rows = {}, {}

    def sentence(length: int) -> str:
        return " ".join(draw.choice(words) for _ in range(length)).capitalize() + "."

    for number in range(count):
        body = [" ".join(sentence(draw.randint(8, 16)) for _ in range(3)) for _ in range(draw.randint(4, 9))]
        made = f"css-{draw.randrange(36**6):x}"
        titles = [sentence(7) for _ in range(5)]
        teasers = "".join(f"<li><a href=/{draw.random()}>{title}</a></li>" for title in titles)
        prompt = (
            f'<div class="{made}"><p>This newspaper belongs to its readers: if you value what we do, please consider '
            "supporting it with a small amount every month, so that we can go on.</p></div>"
        )
        letter = "<h3>Our Friday post</h3><p>The week in your inbox.</p><button>Sign up</button>"
        box = f'<aside class="newsletter-box">{letter}</aside>'
        middle = len(body) // 2
        paragraphs = [f"<p>{text}</p>" for text in body]
        paragraphs[middle:middle] = [prompt] if number % 5 else [prompt, box]
        if number % 3:
            paragraphs.append(box)
        pages[f"page-{number}"] = (
            f'<html><head><title>{sentence(5)}</title></head><body><header class="site-head"><a href=/>Home</a> '
            f"<nav><ul><li><a href=/a>News</a></li><li><a href=/b>Sport</a></li></ul></nav></header><main><article "
            f'class="{made} story"><h1>{sentence(6)}</h1><p class="byline">By {draw.choice(words).title()} Miller</p>'
            f"{''.join(paragraphs)}</article><section><h2>More from this section</h2><ul>{teasers}</ul></section>"
            '</main><footer class="site-foot"><p>© The Synthetic Post</p><a href=/imprint>Imprint</a></footer>'
        )
        clutter = [*titles, *_FRAME_TEXTS, *(_LETTER_TEXTS if box in paragraphs else ())]
        rows[f"page-{number}"] = {"body": "\n".join(body), "clutter": clutter}
    return pages, rows


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus")
    options.add_argument("--site")
    options.add_argument("--folds", type=Path)
    options.add_argument("--show", action="store_true")
    given = options.parse_args()
    folder = corpus_folder(given.corpus)
    scorer(folder)
    from baselines import decode

    lost = 0
    sites, labels = _sites(folder), _labels(folder)
    fitted = {site for site, rows in sites.items() if any(row["id"] in labels for row in rows)}
    weights = weights_by_site(fitted, given.folds)
    for site, rows in sorted(sites.items()):
        if len(rows) >= _LEAST and given.site in (None, site):
            pages = {row["id"]: decode(row["raw"]) for row in rows}
            lost += judge(site, pages, {row["id"]: row for row in rows}, labels, given.show, weights(site))
    if given.site in (None, "synthetic.example"):
        pages, made = synthetic(30)
        lost += judge("synthetic.example", pages, made, {}, given.show)
    print(f"{lost} letters of article text lost in all")
    return int(lost > 0)


def _sites(folder: Path) -> dict[str, list[dict[str, Any]]]:
    from score import rows

    sites = defaultdict(list)
    for row in rows(str(folder)):
        sites[row["site"]].append(row)
    return sites


def _labels(folder: Path) -> dict[str, list[str]]:
    from blockscore import labelled

    return {row["id"]: kinds for row, kinds in labelled(str(folder))}


if __name__ == "__main__":
    sys.exit(main())
