#!/usr/bin/env python3
"""Learn the weights of the evidence for plain text.

usage: python benchmarks/fit_text.py [--corpus DIR] [--date YYYY-MM-DD] [--write FILE] [--folds DIR]

Renders the labelled pages to text in several layouts (html-text, trafilatura, one block a line, Markdown, with rows of
dashes), carries the labels of their blocks over to the lines, and fits two linear models, cross-validated by site in
five folds (see `cleanpage.structure.textevidence`). Needs scikit-learn, html-text and trafilatura.
"""

from __future__ import annotations

import argparse
import difflib
import json
import logging
import pickle
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from cleanpage.sources.plain import PlainReading
from cleanpage.structure.blocks import blocks as find_blocks
from cleanpage.structure.lexicon import packaged_classes
from cleanpage.structure.textevidence import kind_signs, score_signs, sign_rows
from cleanpage.structure.textfeatures import text_signs

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MORE = Path(__file__).with_name("more_blocks.jsonl")
STAY = ("content", "title", "meta", "caption")
LAYOUTS = {"html-text": 1.0, "trafilatura": 1.0, "lines": 0.4, "markdown": 0.4, "ruled": 0.4}
FOLDS = 5
LEAST_SITES = {"column": 4, "sign": 4, "word": 8}
SHIFT_AT = 0.8
REGULARISATION = 0.1
CAUTION = 1.0
"""Log-odds that a block must have more for each doubling of its words above 20: a paragraph lost costs most."""
ASKED = {"footer": 0.4, "nav": 0.7, "other": 0.6}
"""Log-odds that a block must have more to go as one of these kinds: lines of an article look like them; the
thresholds of menus and of other clutter are those of HTML, where more is seen of a block."""
FLOORS = {"byline again": 0.2, "caption again": 0.2, "without value =orphan-label": 0.45}
"""Chosen, not fitted: what the labelled pages do not show often enough."""
ORPHANS = ("Published", "Updated", "Published", "Share", "Published on", "Published:")


Blocks = list[tuple[str, str, float]]


class Text:
    """One rendering of one page, read as the library reads it."""

    def __init__(self, row: dict[str, Any], layout: str, text: str, phrases: Any) -> None:
        self.row, self.layout = row, layout
        self.blocks = find_blocks(PlainReading(text).page)
        self.signs = text_signs(self.blocks)
        self.rows = list(sign_rows(self.signs, phrases, packaged_classes()))
        self.kinds: list[str | None] = [None] * len(self.blocks)

    def features(self) -> list[list[str]]:
        columns = self.signs.columns
        keys = zip(*columns.values(), strict=True)
        named = [[f"{name}\t{key}" for name, key in zip(columns, row, strict=True)] for row in keys]
        return [a + b for a, b in zip(named, self.rows, strict=True)]


def bench() -> None:
    """Make the scoring code that lies beside the corpus importable."""
    if not (SHARED / "bench" / "score.py").exists():
        sys.exit("the corpus and its scoring code are not there: expected ../shared/bench and ../shared/corpus")
    sys.path.insert(0, str(SHARED / "bench"))


def load(corpus: Path) -> list[dict[str, Any]]:
    """The pages of the corpus with their texts, and the labelled ones with their blocks and kinds."""
    import html_text
    import trafilatura
    from baselines import decode
    from blocks import blocks
    from blockscore import labelled
    from score import rows

    logging.disable(logging.CRITICAL)
    kinds = {(r["set"], r["id"]): k for r, k in labelled(str(corpus))} | own_labels()
    pages = []
    for row in rows(str(corpus)):
        html = decode(row.pop("raw"))
        key = row["set"], row["id"]
        row["texts"] = {
            "html-text": html_text.extract_text(html, guess_layout=True),
            "trafilatura": trafilatura.extract(html, url=None, include_comments=False) or "",
        }
        if key in kinds:
            found = blocks(html)
            if len(found) != len(kinds[key]):
                sys.exit(f"{key}: {len(found)} blocks, {len(kinds[key])} labels: these labels are for another page")
            row["blocks"], row["kinds"] = found, kinds[key]
            row["texts"] |= renderings(found)
            row["ruled"] = ruled(found, kinds[key])
            row["texts"]["ruled"] = "\n\n".join(text for text, _, _ in row["ruled"][0])
        pages.append(row)
    return pages


def own_labels() -> dict[tuple[str, str], list[str]]:
    """The labels beside this script, for pages of the corpus that have none."""
    rows = map(json.loads, MORE.read_text("utf-8").splitlines()) if MORE.exists() else ()
    return {(r["set"], r["id"]): [kind for a, z, kind in r["labels"] for _ in range(a, z + 1)] for r in rows}


def renderings(blocks: Blocks) -> dict[str, str]:
    """Labelled blocks as text: one a line, and as Markdown."""
    return {"lines": "\n".join(text for text, _, _ in blocks), "markdown": "\n\n".join(map(markdown, blocks))}


def ruled(blocks: Blocks, kinds: list[str]) -> tuple[Blocks, list[str]]:
    """Blocks as a converter leaves them that writes rules as rows of dashes behind labels and drops what is not text:
    rows behind some labels of clutter, and above the article a label that has lost its value."""
    found = [
        (f"{text} {'-' * 40}", path, links) if kind not in STAY and len(text.split()) < 6 and b % 5 == 0 else block
        for b, (block, kind) in enumerate(zip(blocks, kinds, strict=True))
        for text, path, links in [block]
    ]
    labels = ORPHANS[len(blocks) % len(ORPHANS) :]
    for b in range(1, len(blocks)):
        around = blocks[b - 1][0] + blocks[b][0]
        below_title = kinds[b - 1] in ("title", "meta") and kinds[b] in ("content", "caption", "meta")
        if below_title and not re.search(r"\d", around):
            return [*found[:b], (labels[0], "", 0.0), *found[b:]], [*kinds[:b], "other", *kinds[b:]]
    return found, kinds


def markdown(block: tuple[str, str, float]) -> str:
    text, path, links = block
    tag = re.split(r"[#.]", path.split(" > ")[-1])[0]
    if re.fullmatch("h[1-6]", tag):
        return "#" * int(tag[1]) + " " + text
    text = f"[{text}](http://example.com/)" if links >= 0.6 else text
    return f"- {text}" if tag == "li" else text


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def carry_over(texts: Sequence[str], blocks: Blocks, kinds: Sequence[str]) -> list[str | None]:
    """The kind of each line, from the labelled blocks that it consists of; None where they cannot be told."""
    a, b = [bare(text) for text, _, _ in blocks], [bare(text) for text in texts]
    found: list[str | None] = [None] * len(b)
    for op, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            found[j1:j2] = kinds[i1:i2]
        elif op in ("replace", "insert"):
            _within(a, b, kinds, range(i1, i2), range(j1, j2), found)
    alone: dict[str, set[str]] = defaultdict(set)
    for text, kind in zip(a, kinds, strict=True):
        alone[text].add(kind)
    for j, text in enumerate(b):
        if found[j] is None and len(alone.get(text, ())) == 1:
            found[j] = next(iter(alone[text]))
    return found


def _within(a: list[str], b: list[str], kinds: Sequence[str], old: range, new: range, found: list[str | None]) -> None:
    joined = "".join(a[i] for i in old)
    owner = [kinds[i] for i in old for _ in a[i]]
    at = 0
    for j in new:
        if not b[j]:
            continue
        place = joined.find(b[j], at)
        if place >= 0:
            found[j] = Counter(owner[place : place + len(b[j])]).most_common(1)[0][0]
            at = place + len(b[j])
        elif len(b[j]) > 20:
            votes: Counter[str] = Counter()
            for i in old:
                if len(a[i]) > 12 and a[i] in b[j]:
                    votes[kinds[i]] += len(a[i])
            found[j] = votes.most_common(1)[0][0] if votes else None


def read(pages: Iterable[dict[str, Any]], phrases: Any) -> list[Text]:
    texts = []
    for row in pages:
        for layout, text in row["texts"].items():
            found = Text(row, layout, text, phrases)
            if len(found.blocks) > 1:
                if "kinds" in row:
                    known = row["ruled"] if layout == "ruled" else (row["blocks"], row["kinds"])
                    found.kinds = carry_over(found.blocks.texts, *known)
                texts.append(found)
    return texts


class Data:
    """All blocks of all texts as one matrix."""

    def __init__(self, texts: list[Text]) -> None:
        self.texts = texts
        features = [text.features() for text in texts]
        self.vocabulary = _vocabulary(texts, features)
        get = self.vocabulary.get
        indices: list[int] = []
        starts = [0]
        for rows in features:
            for row in rows:
                indices += [n for n in map(get, row) if n is not None]
                starts.append(len(indices))
        shape = (len(starts) - 1, len(self.vocabulary))
        self.x = sp.csr_matrix((np.ones(len(indices), np.float32), indices, starts), shape=shape)
        self.x.sum_duplicates()
        self.spans = []
        at = 0
        for text in texts:
            self.spans.append((at, at + len(text.blocks)))
            at += len(text.blocks)
        self.kinds = np.array([kind or "" for text in texts for kind in text.kinds])
        self.y = np.where(self.kinds == "", -1, np.where(np.isin(self.kinds, STAY), 0, 1))
        self.words = np.array([w for text in texts for w in text.blocks.words], float)
        self.layout = np.array([text.layout for text in texts for _ in text.kinds])
        sites = sorted({text.row["site"] for text in texts})
        folds = {site: i % FOLDS for i, site in enumerate(sites)}
        self.fold = np.array([folds[text.row["site"]] for text in texts for _ in text.kinds])
        count = np.array([len(text.blocks) for text in texts for _ in text.kinds], float)
        layout = np.array([LAYOUTS[name] for name in self.layout])
        content = 2 + np.log2(1 + self.words)
        cost = np.where(self.kinds == "content", content, np.where(self.y == 0, 2.0, 1.0))
        self.weight = layout * cost * (100 / count) ** 0.5


def _vocabulary(texts: list[Text], features: list[list[list[str]]]) -> dict[str, int]:
    seen: dict[str, set[str]] = defaultdict(set)
    for text, rows in zip(texts, features, strict=True):
        if "kinds" in text.row:
            for row in rows:
                for sign in row:
                    seen[sign].add(text.row["site"])
    kept = sorted(sign for sign, sites in seen.items() if len(sites) >= _least(sign))
    return {sign: n for n, sign in enumerate(kept)}


def _least(sign: str) -> int:
    return LEAST_SITES["column" if "\t" in sign else "word" if sign.startswith(("word", "pair")) else "sign"]


def fit(x: Any, y: Any, weight: Any, regularisation: float) -> LogisticRegression:
    return LogisticRegression(C=regularisation, max_iter=300, tol=1e-4).fit(x, y, sample_weight=weight)


def out_of_fold(x: Any, data: Data, regularisation: float) -> tuple[Any, list[LogisticRegression]]:
    """The scores of all blocks by models that have not seen their sites, and those models."""
    scores, models = np.zeros(len(data.y)), []
    for fold in range(FOLDS):
        train, test = (data.y >= 0) & (data.fold != fold), data.fold == fold
        models.append(fit(x[train], data.y[train], data.weight[train], regularisation))
        scores[test] = models[-1].decision_function(x[test])
    return scores, models


def second_matrix(data: Data, first: Any) -> tuple[list[str], Any, Any]:
    """The names and columns of the first look's scores, and their scale; hung before the signs."""
    names: list[str] = []
    parts = []
    for text, (a, z) in zip(data.texts, data.spans, strict=True):
        signs = list(score_signs(first[a:z].tolist(), text.blocks.words))
        names = [name for name, _ in signs]
        parts.append(np.array([column for _, column in signs], np.float32).T)
    dense = np.concatenate(parts)
    scale = 0.5 / np.maximum(dense.std(axis=0), 1e-3)
    return names, scale, sp.hstack([sp.csr_matrix(dense * scale), data.x]).tocsr()


def table(data: Data, scores: Any, layout: str, quantiles: Sequence[float]) -> None:
    """Print, for shares of content blocks lost, what else is lost and what share of the clutter goes."""
    rows = (data.layout == layout) & (data.y >= 0)
    content = rows & (data.kinds == "content")
    stay, go = rows & (data.y == 0), rows & (data.y == 1)
    for q in quantiles:
        at = np.quantile(scores[content], 1 - q)
        words = data.words[content & (scores > at)].sum() / data.words[content].sum()
        print(f"  {layout} content_lost {q:.3f} (words {words:.4f}) stay_lost {(scores[stay] > at).mean():.4f} "
              f"junk_removed {(scores[go] > at).mean():.4f} at {at:.2f}", flush=True)


def bars(data: Data, scores: Any, layout: str, thresholds: Sequence[float]) -> None:
    """Print what cutting all blocks above each threshold does to precision and recall, keep and drop."""
    from score import body_counts, fold, page_pr

    for at in (None, *thresholds):
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
        for text, (a, z) in zip(data.texts, data.spans, strict=True):
            if text.layout != layout:
                continue
            row, got = text.row, sums[text.row["set"]]
            left = "\n".join(t for t, s in zip(text.blocks.texts, scores[a:z], strict=True) if at is None or s <= at)
            if "body" in row:
                p, r = page_pr(*body_counts(row["body"], left))
                got[0] += p
                got[1] += 1
                got[2] += r
                got[3] += 1
            else:
                folded = fold(left)
                got[0] += sum(fold(s) not in folded for s in row["drop"])
                got[1] += len(row["drop"])
                got[2] += sum(fold(s) in folded for s in row["keep"])
                got[3] += len(row["keep"])
        shares = {k: (round(v[0] / v[1], 4), round(v[2] / v[3], 4)) for k, v in sorted(sums.items())}
        print(f"  {layout} cut above {at}", shares, flush=True)


def stored_look(names: Sequence[str], weights: Any, bias: float, least: float = 0.04) -> dict[str, Any]:
    columns: dict[str, dict[str, float]] = defaultdict(dict)
    signs: dict[str, float] = {}
    for name, weight in zip(names, weights.tolist(), strict=True):
        if abs(weight) >= least:
            if "\t" in name:
                column, key = name.split("\t")
                columns[column][key] = round(weight, 2)
            else:
                signs[name] = round(weight, 2)
    return {"bias": round(bias, 4), "columns": dict(columns), "signs": signs}


def fit_kinds(data: Data, regularisation: float = 0.1, least: float = 0.25) -> dict[str, Any]:
    """Weights that tell the kinds of clutter apart."""
    rows, kinds, weight, seen = [], [], [], Counter()
    for text in data.texts:
        for b, kind in enumerate(text.kinds):
            if kind and kind not in STAY:
                rows.append(kind_signs(text.signs, text.rows[b], b))
                kinds.append(kind)
                weight.append(LAYOUTS[text.layout])
                seen.update(rows[-1])
    names = sorted(name for name, count in seen.items() if count >= 25)
    place = {name: n for n, name in enumerate(names)}
    coordinates = [(r, place[s]) for r, row in enumerate(rows) for s in dict.fromkeys(row) if s in place]
    r, c = np.array(coordinates).T
    x = sp.csr_matrix((np.ones(len(r), np.float32), (r, c)), shape=(len(rows), len(names)))
    model = LogisticRegression(C=regularisation, max_iter=60, tol=1e-3).fit(x, kinds, sample_weight=np.array(weight))
    print("kinds right (in sample)", round(model.score(x, kinds), 3), flush=True)
    found: dict[str, dict[str, float]] = {}
    for n, name in enumerate(names):
        weights = zip(model.classes_, model.coef_[:, n].tolist(), strict=True)
        if strong := {kind: round(w, 1) for kind, w in weights if abs(w) >= least}:
            found[name] = strong
    bias = zip(model.classes_, model.intercept_.tolist(), strict=True)
    return {"bias": {kind: round(b, 3) for kind, b in bias}, "signs": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus")
    parser.add_argument("--cache", type=Path, help="keep the rendered pages in this file, or take them from it")
    parser.add_argument("--date", default="undated", help="for the provenance line")
    parser.add_argument("--write", type=Path, help="file for the weights")
    parser.add_argument("--folds", type=Path, help="keep the fold models' weights here, for text_quality.py --folds")
    parser.add_argument("--cut", type=float, default=2.7, help="second-look log-odds that becomes an evidence of 0.8")
    arguments = parser.parse_args()
    bench()
    from cleanpage.textmode import phrase_signs

    start = time.time()
    if arguments.cache and arguments.cache.exists():
        pages = pickle.loads(arguments.cache.read_bytes())
    else:
        pages = load(arguments.corpus)
        if arguments.cache:
            arguments.cache.write_bytes(pickle.dumps(pages))
    data = Data(read(pages, phrase_signs()))
    print(len(data.texts), "texts,", data.x.shape, "blocks and signs,", round(time.time() - start), "s", flush=True)
    first, first_models = out_of_fold(data.x, data, REGULARISATION)
    table(data, first, "html-text", (0.01, 0.003))
    names, scale, x = second_matrix(data, first)
    second, second_models = out_of_fold(x, data, REGULARISATION)
    for layout in ("html-text", "trafilatura"):
        table(data, second, layout, (0.02, 0.01, 0.005, 0.003))
        bars(data, second, layout, (arguments.cut, arguments.cut + 0.6))
    kinds = fit_kinds(data)
    made = f"benchmarks/fit_text.py, {sum('kinds' in row for row in pages)} labelled pages, {arguments.date}"
    provenance = f"{made}; log-odds of {arguments.cut} count as {SHIFT_AT}"
    shift = round(float(np.log(SHIFT_AT / (1 - SHIFT_AT))) - arguments.cut, 3)

    def weights(one: LogisticRegression, two: LogisticRegression) -> dict[str, Any]:
        signs = list(data.vocabulary)
        look = stored_look(signs, two.coef_[0][len(names) :], float(two.intercept_[0]))
        look["scores"] = {n: round(float(w), 4) for n, w in zip(names, two.coef_[0][: len(names)] * scale, strict=True)}
        first_look = stored_look(signs, one.coef_[0], float(one.intercept_[0]))
        return {"provenance": provenance, "shift": shift, "caution": CAUTION, "asked": ASKED, "floors": FLOORS} | {
            "first": first_look,
            "second": look,
            "kinds": kinds,
        }

    if arguments.folds:
        arguments.folds.mkdir(parents=True, exist_ok=True)
        for fold in range(FOLDS):
            save(arguments.folds / f"fold{fold}.json", weights(first_models[fold], second_models[fold]))
    if arguments.write:
        known = data.y >= 0
        models = [fit(m[known], data.y[known], data.weight[known], REGULARISATION) for m in (data.x, x)]
        save(arguments.write, weights(*models))
    print(round(time.time() - start), "s")


def save(path: Path, weights: dict[str, Any]) -> None:
    text = json.dumps(weights, ensure_ascii=False, indent=0, separators=(",", ":"), sort_keys=True)
    path.write_text(text + "\n", "utf-8")
    print(path, len(text), "characters")


if __name__ == "__main__":
    main()
