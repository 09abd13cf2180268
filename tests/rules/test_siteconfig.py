"""FiveFilters site configs: lines to rules, every line counted, hosts to files."""

from __future__ import annotations

import os
import pickle
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Cleaner
from cleanpage.budget import Budget
from cleanpage.errors import LimitExceeded, RuleError
from cleanpage.kinds import KINDS
from cleanpage.match.context import MatchContext
from cleanpage.match.hosts import PageUrl, sites_match
from cleanpage.match.selectors import parse_selector
from cleanpage.match.xpath import evaluate, nodes
from cleanpage.model import Action, LoadReport, Rule, RuleSet
from cleanpage.page import Page
from cleanpage.rules.fingerprints import fingerprint
from cleanpage.rules.siteconfig import BODY_GROUP, LARGEST_FILE, SiteConfigs, read_site_config, read_site_config_folder
from cleanpage.rules.sitelines import guess_kind, read_lines, settings, targets
from cleanpage.sources.html import HtmlReading

CASES = sorted((Path(__file__).parent / "siteconfig_cases").glob("*.toml"))


def load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def found_by(rule: Rule, page: Page) -> list[int]:
    if rule.xpath:
        return nodes(page, rule.xpath)
    return list(parse_selector(rule.select).select(page, MatchContext(Budget(1_000_000))))


def shown(page: Page, node: int) -> str:
    text = page.text(node)
    return f"<{page.tags[node]}>" if node >= 0 and not 0 < len(text) <= 9 else text.strip()


def codes(report: LoadReport) -> dict[str, int]:
    return dict(Counter(line.code for line in report.unusable))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
class TestCases:
    def test_every_line_is_counted(self, path: Path) -> None:
        case = load(path)
        rules = read_site_config(case["config"], file=path.name, host=case["host"])
        (report,) = rules.reports
        assert dict(report.loaded) == case["loaded"]
        assert codes(report) == case["unusable"]
        assert sum(report.loaded.values()) + len(report.unusable) == len(list(read_lines(case["config"])))

    def test_lines_become_rules_in_their_order(self, path: Path) -> None:
        case = load(path)
        rules = read_site_config(case["config"], file=path.name, host=case["host"]).rules
        assert [rule.id for rule in rules] == [rule["id"] for rule in case["rule"]]
        for rule, wanted in zip(rules, case["rule"], strict=True):
            assert rule.action == wanted.get("action", "remove")
            assert rule.kind == wanted.get("kind", rule.kind)
            if "names" in wanted:
                assert rule.names == tuple(wanted["names"])

    def test_rules_find_what_the_lines_name(self, path: Path) -> None:
        case = load(path)
        page = HtmlReading(case["page"]).page
        rules = read_site_config(case["config"], file=path.name, host=case["host"]).rules
        found = {rule.id: [shown(page, node) for node in found_by(rule, page)] for rule in rules}
        assert found == {rule["id"]: rule["finds"] for rule in case["rule"]}


def test_a_rule_knows_its_line() -> None:
    (rule, *_) = read_site_config("# note\nstrip: //nav", file="a/example.com.txt", host="example.com").rules
    assert (str(rule.origin), rule.written) == ("a/example.com.txt:2", "strip: //nav")


def test_a_broken_line_is_listed_with_its_place_and_a_hint() -> None:
    report = read_site_config("strip: //p[contain(., 'x')]\nstripp: //p", file="x").reports[0]
    assert [(line.line, line.code) for line in report.unusable] == [(1, "xpath"), (2, "unknown-directive")]
    assert "unknown function contain() (column 5 of the expression)" in report.unusable[0].reason
    assert "'strip'" in report.unusable[1].reason


@pytest.mark.parametrize("wanted", ["&#39;] | //p[&#39;", "<p>", "https://example.com/a.png", 'class="a"', "&nbsp;", ""])
def test_what_is_more_than_text_is_not_cut(wanted: str) -> None:
    rules = read_site_config(f"replace_string({wanted}):\nfind_string: {wanted}\nreplace_string:", file="x")
    assert not any(rule.written for rule in rules.rules)
    assert sum(rules.reports[0].loaded.values()) == 0


def test_a_run_of_text_is_cut_only_as_a_whole() -> None:
    rules = read_site_config("replace_string( Advert&shy;isement ): ", file="x").rules
    page = HtmlReading("<p>Advert\u00adisement</p><p>\u00a0Advert\u00adisement <b>x</b></p><p>An Advert\u00adisement</p>").page
    assert [page.text(i) for i in found_by(rules[0], page)] == ["Advert\u00adisement"] * 2


def test_substring_mode_compares_parts_of_id_and_class() -> None:
    rules = read_site_config("strip_id_or_class: social", file="x", match="substring").rules
    page = HtmlReading("<p class='a-social-b'>1</p><p id=antisocial>2</p><p class=soc>3</p>").page
    assert [page.text(i) for i in found_by(rules[0], page)] == ["1", "2"]


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a]b", "S:0", "@container/main", "[&_.x]:h-auto", "lg:w-1/2", "über"])
def test_any_class_token_can_be_named(value: str) -> None:
    token = value.replace('"', "")
    rules = read_site_config(f"strip_id_or_class: {value}", file="x").rules
    page = HtmlReading(f'<p class="z {token}">1</p><p id="{token}">2</p><p class="{token}z">3</p>').page
    assert [page.text(i) for i in found_by(rules[0], page)] == ["1", "2"]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("//img/@srcset", [("//img[@srcset]", ("srcset",))]),
        ("//@style", [("//*[@style]", ("style",))]),
        ("//img/@*", [("//img[@*]", ("/.*/",))]),
        ("//p[a/@href]", [("//p[a/@href]", ())]),
        ("//p | //img/@alt | //b/text()", [("//p", ()), ("//img[@alt]", ("alt",)), ("//b/text()", ())]),
        ("(//img)[1]/@src", [("(//img)[1][@src]", ("src",))]),
        ("//img/attribute::src", [("//img[@src]", ("src",))]),
    ],
)
def test_attributes_are_told_from_nodes(expression: str, wanted: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(target.xpath, target.names) for target in targets(expression)] == wanted


def test_an_attribute_rule_finds_the_elements_that_have_it() -> None:
    page = HtmlReading("<img src=a srcset=b><img src=c>").page
    for expression in ("//img/@srcset", "//@srcset", "//@srcset | //nav"):
        found = {hit.node for hit in evaluate(page, expression)}
        assert found == {hit.node for hit in evaluate(page, targets(expression)[0].xpath)}


def test_body_lines_are_one_group_in_order() -> None:
    rules = read_site_config("body: //main\nstrip: //nav\nbody: //article", file="x").rules
    assert [(r.xpath, r.names) for r in rules if r.action is Action.ONLY] == [
        ("//main", (BODY_GROUP,)),
        ("//article", (BODY_GROUP,)),
    ]


def test_built_in_rules_say_so_and_have_known_kinds() -> None:
    rules = [rule for rule in read_site_config("", file="x").rules if rule.origin.file == "built-in"]
    assert len(rules) == len(settings()["built_in"])
    assert {rule.kind for rule in rules} <= set(KINDS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("newsletter-signup", "newsletter"),
        ("//div[contains(@class, 'RelatedPosts')]", "related"),
        ("//div[@id='shareBar']", "share"),
        ("ad", "ad"),
        ("header", "nav"),
        ("shadow", "other"),
        ("//section[3]", "other"),
    ],
)
def test_the_kind_is_guessed_from_whole_words(text: str, kind: str) -> None:
    assert guess_kind(text) == kind


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "example.com.txt": "strip: //nav\nbody: //main\nstrip_id_or_class: shared",
        ".example.com.txt": "strip: //footer",
        "alone.org.txt": "strip: //nav\nautodetect_on_failure: no",
        "a.b.net.txt": "strip: //b",
        ".b.net.txt": "strip: //i",
        ".wordpress.com.txt": "strip: //wp\nbody: //blog",
        "global.txt": "strip_id_or_class: shared\nstrip: //global",
        "README.md": "no config",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("host", "config"),
    [
        ("example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("WWW.EXAMPLE.COM.", "example.com"),
        ("a.example.com", ".example.com"),
        ("www.a.example.com", ".example.com"),
        ("a.b.example.com", None),
        ("a.b.net", "a.b.net"),
        ("c.b.net", ".b.net"),
        ("b.net", None),
        ("com", None),
        ("global", None),
        ("", None),
        ("a" * 201 + ".example.com", None),
    ],
)
def test_a_host_has_its_own_config_or_that_of_the_domain_above(folder: Path, host: str, config: str | None) -> None:
    assert read_site_config_folder(folder).config_for(host) == config


def written(rules: RuleSet) -> list[str]:
    return [rule.written for rule in rules.rules if rule.written]


def test_the_global_config_is_added_without_repeats(folder: Path) -> None:
    rules = read_site_config_folder(folder).for_host("example.com")
    assert written(rules) == ["strip: //nav", "body: //main", "strip_id_or_class: shared", "strip: //global"]
    assert [rule.origin.file == "built-in" for rule in rules.rules] == [False] * 4 + [True] * 4
    assert [Path(report.file).name for report in rules.reports] == ["example.com.txt", "global.txt"]


def test_a_config_can_refuse_the_global_one(folder: Path) -> None:
    assert written(read_site_config_folder(folder).for_host("alone.org")) == ["strip: //nav"]


def test_a_host_without_config_gets_the_global_one(folder: Path) -> None:
    assert written(read_site_config_folder(folder).for_host("elsewhere.net"))[-1] == "strip: //global"


WORDPRESS = '<meta name="generator" content="WordPress 6.5">'


def test_what_a_page_was_made_with_adds_its_config(folder: Path) -> None:
    configs, page = read_site_config_folder(folder), HtmlReading(WORDPRESS).page
    rules = configs.for_host("elsewhere.net", page)
    assert "strip: //wp" in written(rules)
    assert all(sites_match(rule.sites, PageUrl("elsewhere.net")) for rule in rules.rules)
    assert "body: //blog" not in written(configs.for_host("example.com", page))
    assert "strip: //wp" not in written(configs.for_host("alone.org", page))


def test_a_page_is_cleaned_by_the_config_for_what_it_was_made_with(folder: Path) -> None:
    cleaner = Cleaner([folder], builtin=False)
    assert cleaner.clean(f"{WORDPRESS}<p>a</p><wp>b</wp>", "https://elsewhere.net/") == f"{WORDPRESS}<p>a</p>"
    assert cleaner.clean("<p>a</p><wp>b</wp>", "https://elsewhere.net/") == "<p>a</p><wp>b</wp>"


@pytest.mark.parametrize(
    ("html", "host"),
    [
        ("<meta content='blogger' name='generator'/>", "blogspot.com"),
        ('<meta data-rh="true" property="al:ios:app_name" content="Medium">', "medium.com"),
        ('<link rel="stylesheet" href="https://substackcdn.com/bundle/main.css">', "substack.com"),
        ('<script>push({"de.ippen-digital.story.onlineId":1})</script>', "ippen.media"),
        ('<meta name="description" content="WordPress themes">', ""),
    ],
)
def test_pages_are_known_by_what_they_were_made_with(html: str, host: str) -> None:
    assert fingerprint(HtmlReading(html).page) == (host and f"fingerprint.{host}")


@pytest.mark.parametrize(
    ("config", "host", "applies"),
    [
        ("example.com", "example.com", True),
        ("example.com", "www.example.com", True),
        ("example.com", "a.example.com", False),
        ("example.com", "notexample.com", False),
        (".example.com", "a.example.com", True),
        (".example.com", "www.a.example.com", True),
        (".example.com", "example.com", False),
        (".example.com", "www.example.com", False),
        (".example.com", "a.b.example.com", False),
        ("", "any.org", True),
    ],
)
def test_rules_are_for_the_hosts_of_their_file(config: str, host: str, applies: bool) -> None:
    rule = read_site_config("strip: //nav", file="x", host=config).rules[0]
    assert sites_match(rule.sites, PageUrl(host)) is applies


def test_only_the_files_of_a_host_are_read(folder: Path) -> None:
    configs = read_site_config_folder(folder)
    (folder / "a.b.net.txt").unlink()
    assert configs.for_host("example.com").rules
    with pytest.raises(RuleError, match="cannot be read"):
        configs.for_host("a.b.net")


def test_a_folder_lists_its_hosts_reports_and_can_be_pickled(folder: Path) -> None:
    configs = read_site_config_folder(folder)
    assert configs.hosts[:2] == (".b.net", ".example.com")
    assert len(configs) == len(configs.reports()) == 7
    again = pickle.loads(pickle.dumps(configs))
    assert again.for_host("example.com") == configs.for_host("example.com")


def test_folders_without_configs_and_huge_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no site config"):
        read_site_config_folder(tmp_path)
    with pytest.raises(RuleError, match="cannot be listed"):
        read_site_config_folder(tmp_path / "missing")
    (tmp_path / "x.com.txt").write_text("#" * (LARGEST_FILE + 1))
    with pytest.raises(LimitExceeded):
        read_site_config(tmp_path / "x.com.txt", file="x.com.txt")


SHARED = Path(os.environ.get("CLEANPAGE_SHARED", Path(__file__).parents[3] / "shared"))
SUBTRACTIVE = {"strip", "strip_attr", "strip_id_or_class", "strip_image_src", "body"}


@pytest.fixture(scope="module")
def collection() -> SiteConfigs:
    if not (SHARED / "site-configs").is_dir():
        pytest.skip("no collection of site configs beside the checkout")
    return read_site_config_folder(SHARED / "site-configs")


def _fails(line_name: str, code: str) -> bool:
    return line_name in SUBTRACTIVE and code not in ("duplicate", "no-value")


def test_nearly_all_lines_of_the_real_collection_load_and_run(collection: SiteConfigs) -> None:
    reports = collection.reports()
    assert len(reports) == len(collection) > 1000
    loaded = sum(count for r in reports for name, count in r.loaded.items() if name in SUBTRACTIVE)
    lines = [(line.text.partition(":")[0].strip(), line.code) for r in reports for line in r.unusable]
    failed = [line for line in lines if _fails(*line)]
    page = HtmlReading("<article class=a><h1>T</h1><p id=b>x <a href=c>y</a></p><ul><li>z</ul></article>").page
    for name in collection.hosts:
        for rule in collection.config(name).rules:
            found_by(rule, page)
    assert loaded > 5000
    assert len(failed) <= 0.005 * (loaded + len(failed))
