"""What the fitted evidence makes of a page, and that the signs are read in one way."""

from __future__ import annotations

import json
import pickle
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest

from cleanpage.kinds import KINDS
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.blocks import blocks
from cleanpage.structure.evidence import Evidence, Weights, leads_of, load_weights
from cleanpage.structure.features import Boxes, Signals, read_signals
from cleanpage.structure.lexicon import packaged_classes
from cleanpage.structure.structure import Structure
from cleanpage.structure.sums import STAYS
from cleanpage.structure.trails import Trails, element_tokens

PROSE = "The council met on Tuesday to decide how the old harbour should be used, and most of those who spoke were for it."
PAGE = f"""<!doctype html><html><head><title>Harbour to be rebuilt - The Example</title></head><body>
<header class="site-header"><nav class="main-nav"><ul>
{"".join(f'<li class="menu-item"><a href="/{n}">{n}</a></li>' for n in ("News", "Sport", "Culture", "Weather", "Jobs"))}
</ul></nav></header>
<main><article class="post"><h1 class="entry-title">Harbour to be rebuilt</h1>
<div class="byline">By Ann Example, 3 May 2024</div>
<div class="entry-content">{"".join(f"<p>{PROSE} {n}.</p>" for n in "ABCDEFGH")}</div></article>
<aside class="related-posts"><h3>Related articles</h3><ul>
{"".join(f'<li class="teaser"><a href="/r{n}">Another thing happened in town {n}</a></li>' for n in range(5))}
</ul></aside>
<section class="comments" id="comments"><h3>Leave a comment</h3></section></main>
<footer class="site-footer"><ul><li><a href="/p">Privacy policy</a></li><li><a href="/t">Terms of use</a></li></ul>
<p>Copyright 2024 The Example. All rights reserved.</p></footer>
<div class="cookie-consent"><p>We use cookies on this site.</p><button>Accept</button></div></body></html>"""


def evidence(html: str) -> Evidence:
    return Evidence(HtmlReading(html).page)


@pytest.fixture(scope="module")
def page() -> Evidence:
    return evidence(PAGE)


def block(found: Evidence, start: str) -> int:
    return next(b for b, text in enumerate(found.blocks.texts) if text.startswith(start))


@pytest.mark.parametrize("start", ["Harbour to be rebuilt", "The council met"])
def test_article_is_likely_to_stay(page: Evidence, start: str) -> None:
    assert page.go[block(page, start)] < 0.2


KINDS_SEEN = [("Sport", "nav"), ("Another thing", "related"), ("Privacy policy", "footer"), ("Copyright", "footer")]


@pytest.mark.parametrize(("start", "kind"), [*KINDS_SEEN, ("We use cookies", "cookie")])
def test_clutter_is_likely_to_go_and_has_a_kind(page: Evidence, start: str, kind: str) -> None:
    b = block(page, start)
    assert page.go[b] > 0.8
    assert page.kind[b] == kind


def test_kind_scores_are_shares(page: Evidence) -> None:
    scores = page.kind_scores(0)
    assert set(scores) == set(KINDS)
    assert sum(scores.values()) == pytest.approx(1)


def test_why_adds_up_to_the_score(page: Evidence) -> None:
    for b in range(len(page.blocks)):
        told = sum(w for _, w in page.why(b))
        assert told + load_weights().bias == pytest.approx(page.scores[b], abs=1.5)


def test_why_names_the_strongest_sign_first(page: Evidence) -> None:
    weights = [abs(w) for _, w in page.why(block(page, "Sport"))]
    assert weights == sorted(weights, reverse=True)
    assert weights


@pytest.mark.parametrize("html", ["", "<p>x", "<script>x</script>", "<p>" * 3, "<table><tr><td>1</table>", "<frameset>"])
def test_small_pages_have_evidence(html: str) -> None:
    found = evidence(html)
    assert len(found.go) == len(found.blocks) == len(found.kind)
    assert all(0 <= p <= 1 for p in found.go)


def test_same_page_same_evidence() -> None:
    assert evidence(PAGE).scores == evidence(PAGE).scores


@pytest.mark.parametrize("most", [1, 60, 4096])
def test_what_is_kept_from_other_pages_changes_nothing(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    for name in ("_MOST_STEPS", "_MOST_KNOWN"):
        monkeypatch.setattr(f"cleanpage.structure.weights.{name}", most)
    stored = json.loads(files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8"))
    weights, other = Weights(stored, packaged_classes()), PAGE.replace("menu-item", "share item").replace("<aside", "<div")
    page = HtmlReading(PAGE).page
    alone = Evidence(page, weights=Weights(stored, packaged_classes()))
    assert Evidence(HtmlReading(other).page, weights=weights).kind
    after = Evidence(page, weights=weights)
    assert after.scores == alone.scores
    assert after.kind == alone.kind


def test_of_vast_pages_no_trails_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleanpage.structure.weights._MOST_STEPS", 9)
    stored = json.loads(files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8"))
    weights = Weights(stored, packaged_classes())
    assert Evidence(HtmlReading(PAGE).page, weights=weights).scores
    assert not weights.trails(1).steps


def test_deep_nesting_is_no_recursion() -> None:
    assert len(evidence('<div class="nav menu">' * 5_000 + "<p>after</p>").go) == 1


def test_weights_load_from_a_path(tmp_path: Path) -> None:
    text = files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8")
    (tmp_path / "w.json").write_text(text, "utf-8")
    found = load_weights(tmp_path / "w.json")
    assert found is load_weights(tmp_path / "w.json")
    tokens = json.loads(text)["first"]["tokens"]
    assert tokens
    assert [found.tokens[token] for token in tokens] == [load_weights().tokens[token] for token in tokens]


def test_packaged_weights_say_where_they_come_from() -> None:
    assert "fit.py" in load_weights().provenance
    stored = json.loads(files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8"))
    assert set(stored["kinds"]["bias"]) <= {*KINDS, *STAYS}


def read(html: str) -> Signals:
    return read_signals(blocks(HtmlReading(html).page))


def test_elements_with_the_same_blocks_are_one_box() -> None:
    boxes = Boxes(blocks(HtmlReading("<div><div><p>One</p><p>Two</p></div></div><p>Three</p>").page))
    assert list(zip(boxes.low, boxes.high, boxes.parent, strict=True)) == [(0, 3, -1), (0, 2, 0), (0, 1, 1), (1, 2, 1), (2, 3, 0)]


def unweighed(tokens_of: Callable[[str, str | None, str | None], tuple[str, ...]]) -> Trails:
    return Trails(tokens_of, defaultdict(lambda: (0,) * 16))


def test_a_token_counts_once_per_scope_whatever_holds_it() -> None:
    seen = read('<div class="nav"><ul class="nav"><li class="nav">x</ul></div>' + f"<p>{PROSE}</p>" * 3)
    trails = unweighed(element_tokens)
    state, scopes = trails.of(seen)[0], []
    while state:
        scopes += [mask for token, mask in trails.added[state] if token == "nav"]
        state = trails.parent[state]
    assert scopes == [15]


def test_known_tokens_only_give_the_same_sums_as_all() -> None:
    weights = load_weights()
    stored = json.loads(files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8"))["first"]["tokens"]
    seen = read(PAGE)
    known, every = unweighed(weights.tokens_of), unweighed(element_tokens)

    def sums(trails: Trails) -> list[int]:
        of, found = trails.of(seen), [0]
        for parent, added in zip(trails.parent[1:], trails.added[1:], strict=True):
            found.append(found[parent] + sum(weights.tokens[t][m] for t, m in added if t in stored))
        return [found[s] for s in of]

    assert sums(known) == sums(every)
    assert any(sums(known))


def test_places_count_from_headline_and_prose() -> None:
    seen = read("<p>Menu</p><h1>Harbour to be rebuilt</h1><p>By Ann</p>" + f"<p>{PROSE}</p>" * 6 + "<p>More</p><p>Terms</p>")
    assert (seen.title, seen.first, seen.last) == (1, 3, 8)
    assert seen.columns["from_title"] == [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert [k // 2 for k in seen.columns["after_last"]] == [-1] * 8 + [0, 1, 2]
    assert [k // 20 for k in seen.columns["place"]] == [5, 6, 7, *[11] * 6, 15, 17]


@pytest.mark.parametrize(
    ("names", "tokens"),
    [("post-footer", ["post", "footer", "post-footer"]), ("postFooter x1", ["post", "footer", "post-footer"]), ("a b 12", [])],
)
def test_names_are_read_as_words(names: str, tokens: list[str]) -> None:
    assert element_tokens("p", None, names) == ("<p>", *tokens)


def test_name_of_a_custom_element_is_read_as_words() -> None:
    assert element_tokens("site-menu", None, None) == ("<site-menu>", "site", "menu", "site-menu")


def test_finds_what_json_ld_gives_as_the_article() -> None:
    script = json.dumps({"@type": "NewsArticle", "articleBody": f"{PROSE} \"Quoted\" end."})
    seen = read(f'<script type="application/ld+json">{script}</script><p>{PROSE}</p><p>Something else is said here.</p>')
    told, other = seen.columns["article_body"]
    assert told % 2 == 0 and other % 2 == 1


def test_weights_can_be_pickled_with_what_they_keep() -> None:
    page = HtmlReading(PAGE).page
    before = Evidence(page).scores
    weights = pickle.loads(pickle.dumps(load_weights()))
    assert Evidence(page, weights=weights).scores == before


def test_threads_share_what_is_kept() -> None:
    stored = json.loads(files("cleanpage.rules").joinpath("data/evidence.json").read_text("utf-8"))
    pages = [HtmlReading(PAGE.replace("menu-item", f"{name} item")).page for name in ("share", "nav", "promo", "related")]
    alone = [Evidence(page, weights=Weights(stored, packaged_classes())).scores for page in pages]
    weights = Weights(stored, packaged_classes())
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: Evidence(pages[n % 4], weights=weights).scores, range(40))) == alone * 10


def test_what_is_plainly_of_one_kind_is_ahead_by_more() -> None:
    plain, unclear = [0] * len(KINDS), [0] * len(KINDS)
    plain[0], unclear[:2] = 9_000, [9_000, 8_000]
    assert leads_of(tuple(unclear), (0, 0))[0] == pytest.approx(1.0)
    assert leads_of(tuple(plain), (0, 0))[0] == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("kinds", "stays", "ahead"), [((0, 3000), (1000, 500), 2.0), ((0, 0), (9000, 0), -8.0), ((20_000, 0), (0, 0), 8.0)]
)
def test_what_could_be_article_is_less_ahead(kinds: tuple[int, ...], stays: tuple[int, ...], ahead: float) -> None:
    assert leads_of(kinds, stays)[1] == pytest.approx(ahead)


@pytest.mark.parametrize(("box", "clutter"), [("<div id=x></div>", 0.5), ("<div id=x><img src=a></div>", 0.0)])
def test_what_has_no_text_is_as_likely_clutter_as_what_stands_around_it(box: str, clutter: float) -> None:
    html = PAGE.replace("</article>", f"</article>{box}")
    structure = Structure(HtmlReading(html).page)
    assert structure.clutter_around(structure.page.by_id["x"][0]) == pytest.approx(clutter, abs=0.1)
