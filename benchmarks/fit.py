"""Fit the weights of `cleanpage.structure.evidence` on a folder of labelled pages.

usage: python benchmarks/fit.py --date 2026-01-31 [--corpus DIR] [--more FILE] [--out FILE] [--folds-out DIR]
       [--before DIR]

Needs scikit-learn. The labels in --more (written like blocks.jsonl) are learned from, but not measured on. Prints
figures cross-validated by site, then writes the weights fitted on all pages. With --folds-out it also writes
weights0.json to weights4.json, the k-th fitted without the k-th fold of sites, so that whatever uses the weights can be
measured on pages that they have not seen.

A page is looked at again once its clutter is gone, so weights have to know such pages too. With --before DIR, where DIR
is what --folds-out wrote, each page is also learned from as it looks without what those weights are sure of; a fit from
nothing is therefore two runs, the first without --before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from corpus import corpus_folder, corpus_hash, kinds_of
from sklearn.linear_model import LogisticRegression

from cleanpage.page import Page
from cleanpage.remainder import remainder
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import Blocks, blocks
from cleanpage.structure.evidence import (
    CLIP,
    DOUBTED,
    LEVELS,
    REACH,
    Evidence,
    Weights,
    kind_signs,
    load_weights,
    page_summary,
)
from cleanpage.structure.features import GROUPS, Signals, read_signals, word_group
from cleanpage.structure.lexicon import packaged_classes
from cleanpage.structure.sums import STAYS
from cleanpage.structure.targets import block_link_signs, page_site, read_targets
from cleanpage.structure.trails import SCOPES, Trails, element_tokens

STAY = ("content", "title", "meta", "caption")
FOLDS = 5
TOKEN_SITES, SIGN_SITES = 8, 4
"""A token, or any other sign, must occur on that many sites to get a weight."""
FIRST_C, SECOND_C, KIND_C = 0.03, 0.1, 0.1
COST = {"content": 6.0, "title": 3.0, "caption": 3.0, "meta": 1.3}
"""What a wrong answer costs, by the block's kind; all others 1."""
SURE = 0.85
"""From this probability on, blocks are gone from pages that are learned from as they look once cleaned."""
THIRD = ("score", "lead", "over")
NO_THIRD = dict.fromkeys(("bias", *THIRD), 0.0) | {"score": 1.0}
LEAST, KIND_LEAST = 0.02, 0.12
"""Weights smaller than this are left out."""
_WEIGHTLESS = (0,) * (1 << SCOPES)
LOSSES = (0.02, 0.01, 0.005, 0.003)


@dataclass
class Sample:
    """One labelled page: its signals, its tokens, and the kind of each block."""

    site: str
    page: Page
    blocks: Blocks
    signals: Signals
    signs: list[list[str]]
    kind_signs: list[list[str]]
    kinds: list[str]


def labelled_pages(folder: Path, labels: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    """The site, the URL, the HTML and the kind of each block of every page of `folder` that `labels` is about."""
    rows = map(json.loads, (folder / "labels.jsonl").read_text("utf-8").splitlines())
    found = {(row["set"], row["id"]): (row["site"], row["url"]) for row in rows}
    for line in labels.read_text("utf-8").splitlines():
        row = json.loads(line)
        raw = gzip.decompress((folder / row["set"] / f"{row['id']}.html.gz").read_bytes())
        yield *found[row["set"], row["id"]], decode(raw), kinds_of(row)


def decode(raw: bytes) -> str:
    """UTF-8, or what the page says it is, or Windows-1252."""
    said = re.search(rb"charset=[\"']?([\w-]+)", raw[:4096])
    for encoding in ("utf8", said.group(1).decode() if said else "utf8", "cp1252", "latin1"):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise AssertionError("latin1 decodes anything")


def read_sample(site: str, html: str, kinds: list[str]) -> Sample:
    """Read the signs of a page whose blocks are labelled with `kinds`."""
    page = HtmlReading(html).page
    found = blocks(page)
    if len(found) != len(kinds):
        raise SystemExit(f"{site}: {len(found)} blocks, {len(kinds)} labels: these labels are for another page")
    return _sample(site, page, found, kinds)


def read_samples(folder: Path, labels: Path) -> list[Sample]:
    """The signs of all pages of `folder` that `labels` is about."""
    return [read_sample(site, html, kinds) for site, _, html, kinds in labelled_pages(folder, labels)]


def _sample(site: str, page: Page, found: Blocks, kinds: list[str]) -> Sample:
    signals = read_signals(found)
    return Sample(site, page, found, signals, *block_signs(signals), kinds)


def block_signs(signals: Signals) -> tuple[list[list[str]], list[list[str]]]:
    """For each block the names of its signs, for going and for the kind."""
    trails, classes = Trails(element_tokens, defaultdict(lambda: _WEIGHTLESS)), packaged_classes()
    of = trails.of(signals)
    gathered: list[tuple[list[str], list[str]]] = [([], [])]
    for parent, added in zip(trails.parent[1:], trails.added[1:], strict=True):
        scoped = [f"t{s}:{t}" for t, mask in added for s in range(SCOPES) if mask >> s & 1]
        plain = [f"{t}|{mask & 1}" for t, mask in added]
        gathered.append((gathered[parent][0] + scoped, gathered[parent][1] + plain))
    first, kind = [], []
    site, targets = page_site(signals.blocks.page), read_targets(signals.blocks)
    for b, state in enumerate(of):
        columns = [f"{name}={column[b]}" for name, column in signals.columns.items()]
        link = [] if targets[b] is None else block_link_signs(signals.blocks, b, targets[b], site)
        first.append(columns + gathered[state][0] + [f"w{s}" for s in word_signs(signals, b, classes)] + link)
        kind.append(gathered[state][1] + kind_signs(signals, b, classes) + link)
    return first, kind


def word_signs(signals: Signals, b: int, classes) -> list[str]:
    """The words of a block, and the classes of its words and of those of the heading above it."""
    group, head = word_group(signals.blocks.words[b]), signals.headed[b]
    found = [f"{group}:={word}" for word in signals.words[b]]
    found += [f"{group}:{c}" for word in signals.words[b] for c in classes.get(word, ())]
    if head >= 0:
        found += [f"h:{c}" for word in signals.words[head] for c in classes.get(word, ())]
    return found


def left_of(sample: Sample, weights: Weights) -> Sample | None:
    """The page of `sample` without the blocks that `weights` are sure of; None where none or all are left."""
    go = Evidence(sample.page, sample.blocks, weights).go
    gone = [b for b, p in enumerate(go) if p >= SURE]
    if not gone or len(gone) == len(go):
        return None
    left = remainder(sample.page, [~t for b in gone for t in range(sample.blocks.first[b], sample.blocks.end[b])])
    found = blocks(left.page)
    of = [sample.blocks.within(left.former(~t)[0]).start for t in found.first]
    return _sample(sample.site, left.page, found, [sample.kinds[b] for b in of])


def number_of_sites(measured: Iterable[str], others: Iterable[str]) -> dict[str, int]:
    """A number for each site, those of pages that are measured first; its remainder by FOLDS is its fold."""
    names = sorted(set(measured))
    names += sorted(set(others) - set(names))
    return {site: i for i, site in enumerate(names)}


def calibration(scores: np.ndarray, go: np.ndarray) -> tuple[float, float]:
    """Scale and shift that turn scores into log-odds (Platt, "Probabilities for Support Vector Machines", 1999)."""
    platt = LogisticRegression(C=1e6).fit(scores[:, None], go)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


class Table:
    """Signs of all blocks as one sparse matrix."""

    def __init__(self, rows: list[list[list[str]]]) -> None:
        number: dict[str, int] = {}
        indices, data, starts = [], [], [0]
        for page in rows:
            for signs in page:
                for sign, count in Counter(signs).items():
                    indices.append(number.setdefault(sign, len(number)))
                    data.append(float(count))
                starts.append(len(indices))
        self.names = np.array(list(number))
        self.matrix = sparse.csr_matrix((data, indices, starts), shape=(len(starts) - 1, len(number)))
        many = re.compile(r"t\d:|w.:=|[=>~]|.*\|[01]$").match
        self.least = np.array([TOKEN_SITES if many(n) else SIGN_SITES for n in number])

    def common(self, sites: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The columns that occur on enough sites among `rows`."""
        chosen = sites[rows]
        group = sparse.csr_matrix((np.ones(len(rows)), (chosen, np.arange(len(rows)))))
        return np.where(self.least <= ((group @ self.matrix[rows]) > 0).sum(0).A1)[0]


def second_signs(signals: Signals, scores: np.ndarray) -> np.ndarray:
    """The signs of the second look, one row per block; `pack_second` says which is which."""
    s, count = np.clip(scores, -CLIP, CLIP), len(scores)
    group, boxes = np.array(signals.group), signals.boxes
    summary = page_summary(signals, s.tolist())
    columns = []
    for g in range(GROUPS):
        on = group == g
        columns += [on * 1.0, *[on * v / CLIP for v in summary], on * s / CLIP, on * np.maximum(s, 0) / CLIP]
    step = ((s + CLIP) / 2).astype(int)
    columns += [step == k for k in range(int(CLIP) + 1)]
    padded = np.r_[np.full(REACH, CLIP), s, np.full(REACH, CLIP)] / CLIP
    for d in range(1, REACH + 1):
        columns += [padded[REACH - d : REACH - d + count], padded[REACH + d : REACH + d + count]]
    sums = np.r_[0, np.cumsum(s)] / CLIP
    low, high = np.array(boxes.low), np.array(boxes.high)
    mean = (sums[high] - sums[low]) / (high - low)
    columns += [mean[level] for level in signals.levels]
    headed = np.array(signals.headed)
    columns.append(np.where(headed >= 0, s[headed], 0) / CLIP)
    return np.array(columns, float).T


def pack_second(w: np.ndarray, bias: float, scale: float, shift: float) -> dict:
    """The second look's weights by name, calibrated by `scale` and `shift`."""
    w = w * scale
    rows, rest = w[: GROUPS * 8].reshape(GROUPS, 8), w[GROUPS * 8 :]
    steps, rest = rest[: int(CLIP) + 1], rest[int(CLIP) + 1 :] / CLIP
    near, rest = rest[: 2 * REACH].reshape(REACH, 2), rest[2 * REACH :]
    return {
        "group": _round(rows[:, 0] + bias * scale + shift),
        "summary": [_round(row) for row in rows[:, 1:6] / CLIP],
        "slope": _round(rows[:, 6] / CLIP),
        "bend": _round(rows[:, 7] / CLIP),
        "steps": _round(steps),
        "near": [_round(row, 4) for row in near],
        "boxes": _round(rest[:LEVELS], 4),
        "heading": round(float(rest[LEVELS]), 4),
    }


def _round(values: np.ndarray, digits: int = 3) -> list[float]:
    return [round(float(v), digits) for v in values]


class Fit:
    """All samples as matrices, and the models fitted on parts of them."""

    def __init__(self, samples: list[Sample], measured: int) -> None:
        self.samples = samples
        number = number_of_sites([s.site for s in samples[:measured]], [s.site for s in samples[measured:]])
        fold = {site: i % FOLDS for site, i in number.items()}
        self.first = Table([s.signs for s in samples])
        self.kind = Table([s.kind_signs for s in samples])
        self.kinds = np.array([k for s in samples for k in s.kinds])
        self.go = ~np.isin(self.kinds, STAY)
        self.parts = np.where(self.go, self.kinds, np.where(self.kinds == "content", *STAYS))
        """what each block is to the model of kinds, which need not know a title from a caption."""
        self.cost = np.array([COST.get(k, 1.0) for k in self.kinds])
        self.sites = np.array([number[s.site] for s in samples for _ in s.kinds])
        self.fold = np.array([fold[s.site] for s in samples for _ in s.kinds])
        texts = [t for s in samples for t in s.blocks.texts]
        self.counts = np.array([bool(re.sub(r"[\W_]+", "", t)) for t in texts])
        self.chars = np.array([len(t) for t in texts])
        self.page = np.array([i for i, s in enumerate(samples) for _ in s.kinds])
        self.measured = self.counts & (self.page < measured)

    def fit_first(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Columns, weights and bias of the first look."""
        rows = rows[self.counts[rows]]
        chosen = self.first.common(self.sites, rows)
        model = LogisticRegression(C=FIRST_C, max_iter=1000, tol=1e-6)
        model.fit(self.first.matrix[rows][:, chosen], self.go[rows], sample_weight=self.cost[rows])
        return chosen, model.coef_[0], model.intercept_[0]

    def first_scores(self, rows: np.ndarray, model: tuple[np.ndarray, np.ndarray, float]) -> np.ndarray:
        chosen, w, bias = model
        return self.first.matrix[rows][:, chosen] @ w + bias

    def out_of_fold(self, rows: np.ndarray) -> np.ndarray:
        """First-look scores of `rows`, each by a model that has not seen its site."""
        scores = np.zeros(len(self.go))
        for k in np.unique(self.fold[rows]):
            held = rows[self.fold[rows] == k]
            scores[held] = self.first_scores(held, self.fit_first(rows[self.fold[rows] != k]))
        return scores

    def second_matrix(self, rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """The second look's signs of the pages in `rows` (whole pages)."""
        wanted, parts, start = set(self.page[rows].tolist()), [], 0
        for i, sample in enumerate(self.samples):
            end = start + len(sample.kinds)
            if i in wanted:
                parts.append(second_signs(sample.signals, scores[start:end]))
            start = end
        return np.concatenate(parts)

    def fit_second(self, rows: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, float]:
        matrix, on = self.second_matrix(rows, scores), self.counts[rows]
        model = LogisticRegression(C=SECOND_C, max_iter=3000, tol=1e-6)
        model.fit(matrix[on], self.go[rows][on], sample_weight=self.cost[rows][on])
        return model.coef_[0], model.intercept_[0]

    def fit_kinds(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        rows = rows[self.counts[rows]]
        chosen = self.kind.common(self.sites, rows)
        model = LogisticRegression(C=KIND_C, max_iter=80, tol=1e-4)
        count = Counter(self.parts[rows].tolist())
        rare = np.array([1 / np.sqrt(count[k]) for k in self.parts[rows]])
        model.fit(self.kind.matrix[rows][:, chosen], self.parts[rows], sample_weight=rare / rare.mean())
        return chosen, model.coef_, model.intercept_, model.classes_

    def fit_all(self, rows: np.ndarray) -> dict:
        """Everything that is fitted on `rows`."""
        scores = self.out_of_fold(rows)
        second = self.fit_second(rows, scores)
        final = self.second_matrix(rows, scores) @ second[0] + second[1]
        on = self.counts[rows]
        scale, shift = calibration(final[on], self.go[rows][on])
        return {
            "first": self.fit_first(rows),
            "second": second,
            "scale": scale,
            "shift": shift,
            "kinds": self.fit_kinds(rows),
        }

    def scores(self, rows: np.ndarray, models: dict) -> np.ndarray:
        """Calibrated log-odds of going."""
        scores = np.zeros(len(self.go))
        scores[rows] = self.first_scores(rows, models["first"])
        w, bias = models["second"]
        return (self.second_matrix(rows, scores) @ w + bias) * models["scale"] + models["shift"]

    def stored(self, models: dict, provenance: str) -> dict:
        """The models as the library reads them."""
        chosen, w, bias = models["first"]
        columns: dict[str, dict[str, float]] = defaultdict(dict)
        tokens: dict[str, list[float]] = {}
        words: dict[str, dict[str, float]] = {"s": {}, "m": {}, "l": {}, "h": {}}
        links: dict[str, float] = {}
        for name, v in zip(self.first.names[chosen], w, strict=True):
            if abs(v) < LEAST:
                continue
            v = round(float(v), 3)
            if re.match(r"t\d:", name):
                tokens.setdefault(name[3:], [0.0] * SCOPES)[int(name[1])] = v
            elif re.match(r"w[smlh]:", name):
                words[name[1]][name[3:]] = v
            elif name[0] in ">~":
                links[name] = v
            else:
                column, key = name.split("=")
                columns[column][key] = v
        signs = self._stored_kinds(models["kinds"])
        for sign in signs["signs"]:
            if sign.endswith(("|0", "|1")):
                tokens.setdefault(sign[:-2], [0.0] * SCOPES)
        heading = words.pop("h")
        second = pack_second(*models["second"], models["scale"], models["shift"])
        first = {
            "bias": round(float(bias), 3),
            "columns": _sorted(columns),
            "tokens": _sorted(tokens),
            "words": words,
            "heading": heading,
            "links": links,
        }
        return {"provenance": provenance, "first": first, "second": second, "kinds": signs}

    def _stored_kinds(self, models: tuple) -> dict:
        chosen, w, bias, classes = models
        signs = {}
        for j, name in enumerate(self.kind.names[chosen]):
            row = {str(k): round(float(v), 2) for k, v in zip(classes, w[:, j], strict=True) if abs(v) >= KIND_LEAST}
            if row:
                signs[str(name)] = row
        return {
            "bias": {str(k): round(float(b), 2) for k, b in zip(classes, bias, strict=True)},
            "signs": _sorted(signs),
        }


def _sorted(table: dict) -> dict:
    return {key: table[key] for key in sorted(table)}


def report(fit: Fit, scores: np.ndarray) -> None:
    """Print what is lost and removed at the thresholds that lose given shares of the content blocks."""
    on = fit.measured
    stay, go = on & ~fit.go, on & fit.go
    content = np.sort(scores[on & (fit.kinds == "content")])[::-1]
    for share in LOSSES:
        limit = content[int(share * len(content))]
        gone = scores > limit
        whole = on & (fit.kinds == "content")
        chars = np.bincount(fit.page, fit.chars * whole)
        lost = np.bincount(fit.page, fit.chars * (whole & gone))
        harmed = int((lost > 0.02 * np.maximum(1, chars)).sum())
        print(
            f"content_lost {share:.3f}: stay_lost {gone[stay].mean():.4f} junk_removed {gone[go].mean():.4f}"
            f" pages_harmed {harmed} of {len(set(fit.page[on].tolist()))}, at {1 / (1 + np.exp(-limit)):.4f}"
        )
        rates = {str(k): round(float(gone[on & (fit.kinds == k)].mean()), 3) for k in sorted(set(fit.kinds))}
        print("   ", ", ".join(f"{k} {v}" for k, v in rates.items()))


def report_kinds(fit: Fit, told: np.ndarray) -> None:
    """Print how often the kind of a clutter block is right."""
    on = fit.measured & fit.go
    print(f"kind right: {(told[on] == fit.kinds[on]).mean():.3f}")
    rates = {str(k): round(float((told[on & (fit.kinds == k)] == k).mean()), 2) for k in sorted(set(fit.kinds[on]))}
    print("   ", ", ".join(f"{k} {v}" for k, v in rates.items()))


def write(path: Path, stored: dict) -> None:
    """Write weights, one sign a line."""
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    text = re.sub(r"([\]}]),", r"\1,\n", text)
    path.write_text(text + "\n", "utf-8")


def check(fit: Fit, scores: np.ndarray, weights: Weights, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Make sure that the library, reading the stored weights, sees what was fitted; gives its kinds and their leads."""
    told, leads, at = [], [], 0
    off = 0
    for i in sorted(set(fit.page[rows].tolist())):
        sample = fit.samples[i]
        evidence = Evidence(sample.page, sample.blocks, weights)
        theirs = scores[at : at + len(sample.kinds)]
        off += int((np.abs(np.clip(np.array(evidence.second), -9, 9) - np.clip(theirs, -9, 9)) > 0.5).sum())
        told += evidence.kind
        leads += evidence.leads
        at += len(sample.kinds)
    if off > 0.005 * len(told):
        print(f"warning: the library sees {off} of {len(told)} blocks otherwise than fitted")
    return np.array(told), np.array(leads)


def fit_third(fit: Fit, scores: np.ndarray, leads: np.ndarray, rows: np.ndarray) -> dict[str, float]:
    """The third look's weights: of the second look's score, and of the leads of the most likely kind."""
    on = rows[fit.measured[rows] & (scores[rows] > DOUBTED)]
    signs, go = np.c_[scores[on], leads[on]], fit.go[on]
    model = LogisticRegression(C=1e6, max_iter=1000).fit(signs, go, sample_weight=fit.cost[on])
    final = model.decision_function(signs)
    scale, shift = calibration(final, go)
    weights = {name: round(float(w) * scale, 3) for name, w in zip(THIRD, model.coef_[0], strict=True)}
    return {"bias": round(float(model.intercept_[0]) * scale + shift, 3)} | weights


def third_scores(scores: np.ndarray, leads: np.ndarray, third: dict[str, float]) -> np.ndarray:
    """Log-odds of going after the third look."""
    looked = third["bias"] + np.c_[scores, leads] @ [third[name] for name in THIRD]
    return np.where(scores > DOUBTED, looked, scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", help="folder of labelled pages")
    parser.add_argument("--more", type=Path, default=Path(__file__).parent / "more_blocks.jsonl", help="more labels")
    parser.add_argument("--date", required=True, help="date of the fit, for the line of provenance")
    parser.add_argument("--out", default=str(Path(__file__).parent.parent / "src/cleanpage/rules/data/evidence.json"))
    parser.add_argument("--folds-out", help="folder for the weights of each fold")
    parser.add_argument("--before", type=Path, help="folder of folds of an earlier fit: learn from cleaned pages too")
    options = parser.parse_args()
    folder = corpus_folder(options.corpus)
    samples = read_samples(folder, folder / "blocks.jsonl")
    measured = len(samples)
    if options.more.is_file():
        samples += read_samples(folder, options.more)
    labelled = len(samples)
    if options.before:
        number = number_of_sites([s.site for s in samples[:measured]], [s.site for s in samples[measured:]])
        before = [load_weights(options.before / f"weights{k}.json") for k in range(FOLDS)]
        samples += [left for s in samples if (left := left_of(s, before[number[s.site] % FOLDS]))]
    fit = Fit(samples, measured)
    pages = f"{labelled} pages of {fit.sites.max() + 1} sites"
    provenance = f"benchmarks/fit.py, {options.date}, {pages}, corpus {corpus_hash(folder)[:16]}"
    print(provenance)
    everything = np.arange(len(fit.go))
    scores, told, leads = np.zeros(len(fit.go)), np.zeros(len(fit.go), "<U12"), np.zeros((len(fit.go), len(THIRD) - 1))
    target = Path(options.folds_out) if options.folds_out else None
    if target:
        target.mkdir(parents=True, exist_ok=True)
    folds = []
    for k in range(FOLDS):
        held = everything[fit.fold == k]
        models = fit.fit_all(everything[fit.fold != k])
        scores[held] = fit.scores(held, models)
        folds.append(fit.stored(models, f"{provenance}, without fold {k}"))
        weights = Weights(folds[k] | {"third": NO_THIRD}, packaged_classes())
        told[held], leads[held] = check(fit, scores[held], weights, held)
    final = np.zeros(len(fit.go))
    for k, stored in enumerate(folds):
        held = everything[fit.fold == k]
        third = fit_third(fit, scores, leads, everything[fit.fold != k])
        final[held] = third_scores(scores[held], leads[held], third)
        if target:
            write(target / f"weights{k}.json", stored | {"third": third})
    report(fit, final)
    report_kinds(fit, told)
    third = fit_third(fit, scores, leads, everything)
    write(Path(options.out), fit.stored(fit.fit_all(everything), provenance) | {"third": third})
    print(f"{options.out}: {Path(options.out).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
