"""The names users import, and what they may rely on."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml import html as lxml_html

import cleanpage
from cleanpage.rules.toml import read_toml

PAGE = "<main><p>Kept text.</p><div class=zz>Gone text.</div>After.</main>"
CLEAN = "<main><p>Kept text.</p>After.</main>"
RULES = 'schema = 1\n[[rule]]\nid = "zz"\nkind = "promo"\nselect = ".zz"\nwhy = "Just so."\n'


@pytest.fixture(scope="module")
def cleaner() -> cleanpage.Cleaner:
    return cleanpage.Cleaner([read_toml(RULES, file="mine.toml")], builtin=False)


def test_every_public_name_can_be_had() -> None:
    assert {name: hasattr(cleanpage, name) for name in cleanpage.__all__} == dict.fromkeys(cleanpage.__all__, True)
    assert set(cleanpage.__all__) <= set(dir(cleanpage))
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        cleanpage.nope  # noqa: B018


def test_each_kind_of_page_gives_its_own_kind(cleaner: cleanpage.Cleaner) -> None:
    assert cleaner.clean(PAGE) == CLEAN
    assert cleaner.clean(PAGE.encode()) == CLEAN.encode()
    assert cleaner.clean(bytearray(PAGE.encode())) == CLEAN.encode()


def test_trees_and_soups_are_cleaned_in_place(cleaner: cleanpage.Cleaner) -> None:
    tree = lxml_html.document_fromstring(PAGE)
    assert cleaner.clean(tree) is tree
    assert CLEAN.encode() in lxml_html.tostring(tree)
    whole = lxml_html.document_fromstring(PAGE).getroottree()
    assert cleaner.clean(whole) is whole
    assert CLEAN.encode() in lxml_html.tostring(whole)
    soup = BeautifulSoup(PAGE, "html.parser")
    assert cleaner.clean(soup) is soup
    assert str(soup) == CLEAN
    tag = BeautifulSoup(PAGE, "html.parser").main
    assert cleaner.clean(tag) is tag
    assert str(tag) == CLEAN


@pytest.mark.parametrize("page", ["", " \n", b"", b"\xef\xbb\xbf"])
def test_nothing_gives_nothing(page: Any, cleaner: cleanpage.Cleaner) -> None:
    assert cleaner.clean(page) == page
    assert cleanpage.clean(page) == page


@pytest.mark.parametrize("page", [None, 1, 1.5, ["<p>"], Path("page.html"), object()])
def test_what_is_no_page_is_refused_with_advice(page: Any) -> None:
    with pytest.raises(cleanpage.InputError, match="a page is a str, bytes, an lxml tree or a BeautifulSoup object"):
        cleanpage.clean(page)


def test_without_a_match_the_very_object_comes_back(cleaner: cleanpage.Cleaner) -> None:
    page = "<p>Nothing here.</p>"
    assert cleaner.clean(page) is page
    data = page.encode()
    assert cleaner.clean(data) is data


def test_a_removal_says_which_rule_took_what_from_where(cleaner: cleanpage.Cleaner) -> None:
    result = cleaner.run(PAGE)
    (removal,) = result.removals
    assert (removal.rule, removal.kind, removal.layer, removal.origin) == ("mine/zz", "promo", "call", "mine.toml:2")
    assert removal.text == "Gone text."
    assert removal.span
    assert PAGE[slice(*removal.span)] == "<div class=zz>Gone text.</div>"
    assert removal.path.endswith("div")
    assert result.why("gone  TEXT") == (removal,)
    assert result.why("Kept") == ()
    assert not result.incomplete


def test_over_the_budget_the_input_comes_back() -> None:
    cleaner = cleanpage.Cleaner([read_toml(RULES, file="mine.toml")], builtin=False, steps=3)
    result = cleaner.run(PAGE)
    assert result.output is PAGE
    assert result.incomplete
    assert result.why_incomplete
    tree = lxml_html.fromstring(PAGE)
    assert cleaner.run(tree).output is tree
    assert lxml_html.tostring(tree).decode() == PAGE.replace("=zz", '="zz"')


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"preset": "all"}, "unknown preset 'all'"),
        ({"only": ["donatoin"]}, "unknown kind 'donatoin'"),
        ({"skip": ["x"]}, "unknown kind 'x'"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cleanpage.Cleaner(**options)


def test_kinds_choose_among_rules() -> None:
    rules = [read_toml(RULES, file="mine.toml")]
    assert cleanpage.Cleaner(rules, builtin=False, skip={"promo"}).clean(PAGE) == PAGE
    assert cleanpage.Cleaner(rules, builtin=False, only={"ad"}).clean(PAGE) == PAGE
    assert cleanpage.Cleaner(rules, builtin=False, only={"promo", "ad"}).clean(PAGE) == CLEAN
    assert cleanpage.Cleaner(rules, builtin=False, preset="banners").clean(PAGE) == CLEAN


def test_rules_may_be_a_path_a_folder_or_a_set(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(RULES)
    for rules in (file, str(file), [file], [tmp_path], [read_toml(file)]):
        assert cleanpage.Cleaner(rules, builtin=False).clean(PAGE) == CLEAN


def test_a_cleaner_can_be_pickled_and_copied(cleaner: cleanpage.Cleaner) -> None:
    for again in (pickle.loads(pickle.dumps(cleaner)), copy.copy(cleaner), copy.deepcopy(cleaner)):
        assert again.clean(PAGE) == CLEAN
    packaged = pickle.loads(pickle.dumps(cleanpage.Cleaner()))
    assert packaged.clean(PAGE) == cleanpage.clean(PAGE)


def test_a_result_can_be_pickled(cleaner: cleanpage.Cleaner) -> None:
    result = pickle.loads(pickle.dumps(cleaner.run(PAGE)))
    assert result.output == CLEAN
    assert [removal.rule for removal in result.removals] == ["mine/zz"]


def test_threads_share_a_cleaner() -> None:
    cleaner = cleanpage.Cleaner([read_toml(RULES, file="mine.toml")])
    pages = [PAGE.replace("Kept", f"Kept {n}") for n in range(64)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(cleaner.clean, pages)) == [cleaner.clean(page) for page in pages]


@pytest.mark.parametrize("url", [None, "", "not an address", "https://", "https://[::1", "http://\ud800/", "x" * 10_000])
def test_any_address_will_do(url: str | None, cleaner: cleanpage.Cleaner) -> None:
    assert cleaner.clean(PAGE, url) == CLEAN


def test_errors_are_one_tree() -> None:
    for name in ("InputError", "LimitExceeded", "RuleError", "RuleSyntaxError", "UnsupportedRule"):
        assert issubclass(getattr(cleanpage, name), cleanpage.CleanpageError)


def test_rules_that_are_read_by_host_are_switched_off_and_replaced_as_others_are(tmp_path: Path) -> None:
    page = "<p>Kept text.</p><div class=zz>Gone text.</div>"
    (tmp_path / "example.com.txt").write_text("strip: //div[@class='zz']\n")
    off = read_toml('off = ["example.com/*"]\n', file="off.toml")
    alone = cleanpage.Cleaner([tmp_path], builtin=False)
    assert "Gone" not in alone.clean(page, "https://example.com/")
    assert cleanpage.Cleaner([tmp_path, off], builtin=False).clean(page, "https://example.com/") == page
    assert [report.loaded for report in alone.reports] == [{"strip": 1}]


def test_a_packaged_rule_of_a_site_is_replaced_by_one_of_its_id() -> None:
    page = '<article><p>Text.</p><form id="newsletter-form"><p>Write to us.</p></form></article>'
    url = "https://www.salon.com/2025/01/01/story/"
    mine = read_toml('sites = ["salon.com"]\n[[rule]]\nid = "newsletter"\nselect = ".never"\n', file="salon.com.toml")
    generic = read_toml('off = ["newsletter/*"]\n', file="off.toml")
    cleaners = [cleanpage.Cleaner([generic]), cleanpage.Cleaner([generic, mine])]
    rules = [[removal.rule for removal in each.run(page, url).removals] for each in cleaners]
    assert "salon.com/newsletter" in rules[0]
    assert "salon.com/newsletter" not in rules[1]


@pytest.mark.parametrize(
    ("action", "names", "left"),
    [
        ("remove-attr", ["onclick"], "<p class='ad-1 a' data-x=1 id=p>"),
        ("remove-attr", ["/^data-/"], "<p class='ad-1 a' onclick=f id=p>"),
        ("remove-attr", ["/^data-/", "onclick"], "<p class='ad-1 a' id=p>"),
        ("remove-attr", ["/^aria-/"], "<p class='ad-1 a' data-x=1 onclick=f id=p>"),
        ("remove-class", ["a"], "<p class='ad-1' data-x=1 onclick=f id=p>"),
        ("remove-class", ["/^ad-/"], "<p class='a' data-x=1 onclick=f id=p>"),
        ("remove-class", ["/^b/"], "<p class='ad-1 a' data-x=1 onclick=f id=p>"),
    ],
)
def test_only_the_names_that_a_rule_names_are_taken(action: str, names: list[str], left: str) -> None:
    text = f'[[rule]]\nid = "x"\naction = "{action}"\nselect = "p"\nnames = {names}\n'
    cleaner = cleanpage.Cleaner([read_toml(text, file="x.toml")], builtin=False)
    assert cleaner.clean("<p class='ad-1 a' data-x=1 onclick=f id=p>Text.</p>") == f"{left}Text.</p>"


BESIDE_A_BOX = """
[[rule]]
id = "box"
select = ".ad"
[[rule]]
id = "before"
select = "section > .before:first-child"
[[rule]]
id = "behind"
select = "section > .ad:first-child + .behind"
"""


def test_what_stands_beside_a_box_that_cannot_be_cut_is_seen_beside_it() -> None:
    cleaner = cleanpage.Cleaner([read_toml(BESIDE_A_BOX, file="x.toml")], builtin=False)
    page = "<section><p class=before>1</p><div class=ad>2<b>3</div><p class=behind>4</p>5</section>"
    result = cleaner.run(page)
    assert result.output == "<section><div class=ad><b></div>5</section>"
    assert cleaner.clean(result.output) == result.output
    assert [removal.rule for removal in result.removals] == ["x/before", "x/box", "x/box", "x/behind"]


def test_white_space_that_stays_is_not_told() -> None:
    rule = '[[rule]]\nid = "x"\nselect = "h3"\ntext = "Read on"\nreach = "rest"\n'
    cleaner = cleanpage.Cleaner([read_toml(rule, file="x.toml")], builtin=False)
    result = cleaner.run("<p>a</p><h3>Read on</h3><p>z</p>\n")
    assert (result.output, result.refused) == ("<p>a</p>\n", ())


@pytest.mark.parametrize("name", ["output", "incomplete", "why_incomplete", "steps", "removals", "report"])
def test_a_result_cannot_be_changed(name: str, cleaner: cleanpage.Cleaner) -> None:
    with pytest.raises(AttributeError):
        setattr(cleaner.run(PAGE), name, None)


def test_threads_may_ask_one_result_at_the_same_time(cleaner: cleanpage.Cleaner) -> None:
    with ThreadPoolExecutor(8) as pool:
        for result in [cleaner.run(PAGE) for _ in range(50)]:
            told = list(pool.map(lambda _, asked=result: asked.removals, range(8)))  # type: ignore[misc]
            assert told == [result.removals] * 8
