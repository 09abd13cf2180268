"""Filter lists are read whole: every line is counted under a form, and what cannot be used is listed with a reason."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.errors import CleanpageError, LimitExceeded, RuleError
from cleanpage.kinds import KINDS
from cleanpage.model import LoadReport, RuleSet
from cleanpage.rules import filterlist
from cleanpage.rules.filterline import Form, normal_selector, read_line
from cleanpage.rules.filterlist import read_filter_list, skipped_lines
from cleanpage.rules.index import compile_rules
from cleanpage.rules.preprocess import DEFAULT_ENVIRONMENT, evaluate_condition


def read(*lines: str, **options: object) -> RuleSet:
    return read_filter_list("\n".join(lines) + "\n", cache=False, **options)  # type: ignore[arg-type]


def selects(rules: RuleSet) -> list[str]:
    return [rule.select for rule in rules.rules]


def report(*lines: str) -> LoadReport:
    return read(*lines).reports[0]


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("", Form.BLANK),
        ("! comment ##.x", Form.COMMENT),
        ("# comment", Form.COMMENT),
        ("#comment", Form.COMMENT),
        ("####", Form.COMMENT),
        ("[Adblock Plus 2.0]", Form.COMMENT),
        ("!#if env_mobile", Form.DIRECTIVE),
        ("##.x", Form.COSMETIC),
        ("a.example,b.example#@#.x", Form.COSMETIC),
        ("a.example#?#p:has-text(x)", Form.COSMETIC),
        ("a.example#@?#p:has-text(x)", Form.COSMETIC),
        ("a.example#$#p { display: none }", Form.COSMETIC),
        ("a.example#$?#p:has-text(x) { display: none }", Form.COSMETIC),
        ("a.example#$#log hello", Form.SNIPPET),
        ("a.example#%#window.x = 1", Form.SNIPPET),
        ("a.example##+js(set, x, 1)", Form.SCRIPTLET),
        ("a.example#@#+js()", Form.SCRIPTLET),
        ("a.example##script:inject(x.js)", Form.SCRIPTLET),
        ("a.example##^script:has-text(x)", Form.HTML),
        ("a.example$$script[tag-content=\"x\"]", Form.HTML),
        ("a.example##^responseheader(location)", Form.HEADER),
        ("@@||a.example^$generichide", Form.PAGE_EXCEPTION),
        ("@@||a.example^$script", Form.NETWORK),
        ("||a.example^$document", Form.NETWORK),
        ("/banner/*$image", Form.NETWORK),
    ],
)
def test_a_line_has_one_form(line: str, form: Form) -> None:
    assert read_line(line).form is form


def test_every_line_is_counted_once() -> None:
    loaded = report("! a", "", "##.xx", "||x.example^", "a.example##+js(x)", "!#if env_x", "!#endif", "##:bad(").loaded
    assert sum(loaded.get(form.value, 0) for form in Form) == 8


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("##.xx", "cosmetic generic executable"),
        ("a.example##.xx", "cosmetic specific executable"),
        ("a.*,b.example##.xx", "cosmetic specific entity executable"),
        ("a.example,~b.a.example##.xx", "cosmetic specific negated-domain executable"),
        ("~b.example##.xx", "cosmetic specific negated-domain executable"),
        ("#@#.xx", "cosmetic generic #@# executable"),
        ("a.example#?#p:has-text(x)", "cosmetic specific #?# procedural executable"),
        ("a.example##p:has(.x)", "cosmetic specific :has executable"),
        ("a.example##p:style(color: red)", "cosmetic specific style"),
        ("a.example##p:style(display: none)", "cosmetic specific style executable"),
        ("a.example##p {height: 0}", "cosmetic specific style"),
        ("a.example##p {remove: true}", "cosmetic specific remove executable"),
        ("a.example##p:remove()", "cosmetic specific remove executable"),
        ("a.example##p:remove-attr(x)", "cosmetic specific remove-attr executable"),
        ("a.example##p:remove-class(x)", "cosmetic specific remove-class executable"),
        ("@@||a.example^$ghide", "page-exception generichide"),
        ("@@||a.example^$elemhide", "page-exception"),
    ],
)
def test_forms_are_counted(line: str, counts: str) -> None:
    assert Counter(report(line).loaded) == Counter(counts.split())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("##.x", "too-short"),
        ("##div:has-text(x)", "generic-procedural"),
        ("##div:remove()", "generic-procedural"),
        ("##body", "page-root"),
        ("a.example##html.x", "page-root"),
        ("a.example##body:has(.x .y)", "page-root"),
        ("a.example##body { display: none }", "page-root"),
        ("a.example##body[data-x='y z']", "page-root"),
        ("a.example##.x, body:not(.y)", "page-root"),
        ("a.example##p::before", "pseudo-element"),
        ("a.example##p:style(color: red)", "style"),
        ("~a.example#@#.x", "double-negation"),
        ("https://a.example/##.x", "site"),
        ("[$app=x]a.example##.x", "site"),
        ('a.example$$p[max-length="10"]', "max-length"),
        ("!#include ../x.txt", "include"),
        ("!#include https://a.example/x.txt", "include"),
        ("!#else", "directive"),
        ("!#safari_cb_affinity(all)", "directive"),
        ("##" + "x" * 30_000, "too-long"),
    ],
)
def test_what_cannot_be_used_is_listed_with_a_reason(line: str, code: str) -> None:
    [unusable] = report("##.before", line, "##.after").unusable
    assert (unusable.line, unusable.code) == (2, code)
    assert line.startswith(unusable.text)
    assert unusable.reason


@pytest.mark.parametrize("line", ["##p:not(", "a.example##[", "##p >", "a.example##p:unknown(x)", "##.123"])
def test_a_bad_selector_does_not_stop_the_rest(line: str) -> None:
    rules = read("##.before", line, "##.after")
    assert selects(rules) == [".before", ".after"]
    assert [unusable.line for unusable in rules.reports[0].unusable] == [2]


@pytest.mark.parametrize(
    "selector", ["body > p", "body#x [data-y]", "body p:has(.z)", "body-box", "p.body", "#head", "body.x:remove-class(x)", "html :not(body)"]
)
def test_selectors_may_name_the_root_of_the_page(selector: str) -> None:
    assert selects(read(f"a.example##{selector}")) == [selector]


def test_on_request_the_first_bad_line_raises_with_its_place() -> None:
    with pytest.raises(RuleError) as caught:
        read("##.good", "##.x", file="mine.txt", on_error="raise")
    assert (caught.value.code, str(caught.value.where)) == ("too-short", "mine.txt:2:1")


def test_skipped_lines_are_told_on_request() -> None:
    lines = [(line.line, line.code) for line in skipped_lines("||x.example^\n##.xx\nx.example##+js(a)\n##^responseheader(x)")]
    assert lines == [(1, "network"), (3, "scriptlet"), (4, "header")]


def test_a_rule_knows_where_it_is_from() -> None:
    rule = read("! x", "a.example,~b.a.example##.xx", file="lists/easy.txt", layer="user").rules[0]
    assert (rule.id, str(rule.origin), rule.layer) == ("easy:2", "lists/easy.txt:2", "user")
    assert rule.written == "a.example,~b.a.example##.xx"
    assert (rule.sites.include, rule.sites.exclude) == (("a.example",), ("b.a.example",))


def test_rules_are_a_sequence() -> None:
    rules = read("##.aa", "##.bb", "##.cc").rules
    assert [rules[0].select, rules[-1].select, [rule.select for rule in rules[1:]]] == [".aa", ".cc", [".bb", ".cc"]]
    assert len(rules) == 3
    with pytest.raises(IndexError):
        rules[3]


def test_title_and_version_are_told() -> None:
    found = report("[Adblock Plus 2.0]", "! Version: 202408", "! Title: My list", "! Last modified: x", "! Title: other")
    assert (found.title, found.version) == ("My list", "202408")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(ends: str) -> None:
    rules = read_filter_list(ends.join(["! x", "##.aa", "##.bb", ""]), cache=False)
    assert [(rule.select, rule.origin.line) for rule in rules.rules] == [(".aa", 2), (".bb", 3)]


def test_other_separators_do_not_end_a_line() -> None:
    assert selects(read("a.example##p:has-text(a\u2028b\x0cc)")) == ["p:has-text(a\u2028b\x0cc)"]


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (["##.aa"], ["ad"]),
        (["! Title: EasyList – Newsletter Notices", "##.aa"], ["newsletter"]),
        (["! Title: Fanboy's Social Blocking List", "##.aa"], ["share"]),
        (["! Title: EasyList Cookie List", "##.aa"], ["cookie"]),
        (["! Title: uBlock filters – Annoyances", "##.aa"], ["promo"]),
        (["##.aa", "! ---------- Social ----------", "##.bb", "! *** x:general_hide.txt ***", "##.cc"], ["ad", "share", "ad"]),
        (["! Title: Cookies", "! *** a:b_newsletter_hide.txt ***", "##.aa", "! START: other", "##.bb"], ["newsletter", "cookie"]),
        (["##.aa", "! this is no heading about cookies", "##.bb"], ["ad", "ad"]),
    ],
)
def test_title_and_headings_tell_the_kind(lines: list[str], kinds: list[str]) -> None:
    assert [rule.kind for rule in read(*lines).rules] == kinds
    assert set(kinds) <= set(KINDS)


def test_the_caller_can_tell_the_kind() -> None:
    assert read("! Title: Newsletters", "##.aa", kind="promo").rules[0].kind == "promo"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("ext_ublock", True),
        ("!ext_ublock", False),
        ("env_mobile", False),
        ("cap_unknown", False),
        ("!cap_unknown", True),
        ("env_firefox", None),
        ("!env_firefox", None),
        ("(ext_ublock && !env_mobile)", True),
        ("env_mobile || ext_ublock", True),
        ("ext_ublock || env_mobile && env_mobile", False),
        ("env_mobile && ext_ublock || ext_ublock", True),
        ("env_firefox && env_mobile", False),
        ("env_firefox || ext_ublock", True),
        ("env_firefox || env_mobile", None),
        ("", None),
    ],
)
def test_conditions_are_joined_from_left_to_right(expression: str, expected: bool | None) -> None:
    assert evaluate_condition(expression, DEFAULT_ENVIRONMENT) is expected


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ("!#if env_mobile|##.aa|!#endif|##.bb", ".bb"),
        ("!#if ext_ublock|##.aa|!#else|##.bb|!#endif", ".aa"),
        ("!#if env_mobile|##.aa|!#else|##.bb|!#endif", ".bb"),
        ("!#if env_firefox|##.aa|!#else|##.bb|!#endif", ".aa .bb"),
        ("!#if env_mobile|!#if ext_ublock|##.aa|!#else|##.bb|!#endif|##.cc|!#endif|##.dd", ".dd"),
        ("!#if ext_ublock|!#if env_mobile|##.aa|!#else|##.bb|!#endif|##.cc|!#endif", ".bb .cc"),
        ("!#if env_mobile|##.aa", ""),
        ("!#endif|##.aa", ".aa"),
    ],
)
def test_only_branches_that_are_taken_count(lines: str, left: str) -> None:
    assert selects(read(*lines.split("|"))) == left.split()


def test_the_caller_can_tell_the_environment() -> None:
    lines = ("!#if env_mobile", "##.aa", "!#endif")
    assert selects(read(*lines, env={**DEFAULT_ENVIRONMENT, "env_mobile": True})) == [".aa"]


def test_exceptions_in_a_branch_that_is_not_taken_do_not_count() -> None:
    rules = read("a.example##.aa", "!#if env_mobile", "a.example#@#.aa", "@@||a.example^$document", "!#endif")
    assert not rules.rules.files[0].table.exceptions  # type: ignore[attr-defined]
    assert [unusable.code for unusable in rules.reports[0].unusable] == ["condition"] * 2


def test_lists_bring_in_others_from_below_their_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.txt").write_text("##.aa\n!#include sub/one.txt\n!#include missing.txt\n")
    (tmp_path / "sub" / "one.txt").write_text("##.bb\n!#include two.txt\n!#include one.txt\n")
    (tmp_path / "sub" / "two.txt").write_text("##.cc\n!#include ../main.txt\n")
    rules = read_filter_list(tmp_path / "main.txt", file="main.txt", cache=False)
    assert selects(rules) == [".aa", ".bb", ".cc"]
    assert [each.file for each in rules.reports] == ["main.txt", str(Path("sub/one.txt")), str(Path("sub/two.txt"))]


def test_an_include_that_is_not_there_is_reported(tmp_path: Path) -> None:
    (tmp_path / "main.txt").write_text("##.aa\n!#include missing.txt\n")
    [unusable] = read_filter_list(tmp_path / "main.txt", cache=False).reports[0].unusable
    assert (unusable.line, unusable.code) == (2, "include")


def test_text_includes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.txt").write_text("##.aa\n")
    monkeypatch.chdir(tmp_path)
    assert selects(read("!#include one.txt")) == []


def test_a_byte_order_mark_and_bad_bytes_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf##.aa\na.example##p:has-text(\xff)\n##.bb")
    assert len(read_filter_list(tmp_path / "a.txt", cache=False).rules) == 3


def test_a_list_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filterlist, "MAX_FILE", 10)
    with pytest.raises(LimitExceeded):
        read("##.aa", "##.bb")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[a='x']", '[a="x"]'),
        ("[a=x]", '[a="x"]'),
        ("[a^='x y' i]", '[a^="x y" i]'),
        ("p:-abp-has(i)", "p:has(i)"),
        ("p:contains(x)", "p:has-text(x)"),
        ("p  >  i", "p > i"),
    ],
)
def test_selectors_that_say_the_same_have_one_spelling(one: str, other: str) -> None:
    assert normal_selector(one) == normal_selector(other) == other


WRITTEN = r"""## #@# #?# #$# $$ ^ a.example ~ , * .* / \ .x #y [a= " ' ] :has( :not( :has-text( :upward( :xpath( ) { } < 1
:style( display:none @@|| $ghide domain= | !#if !#else !#endif !#include ( && + > html -- $badfilter [$path= +js( é"""
PIECES = st.sampled_from([*WRITTEN.split(), " ", "\n", "\0", "\ud800"])


@given(st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join))
def test_no_text_raises_anything_but_our_errors(text: str) -> None:
    try:
        rules = read(text)
        assert len(list(rules.rules)) == len(rules.rules)
        compile_rules([rules])
    except CleanpageError:
        pass


SHARED = Path(os.environ.get("CLEANPAGE_SHARED", Path(__file__).parents[3] / "shared"))
COLUMNS = "cosmetic generic specific entity negated-domain #@# #?# procedural :has style rm html scriptlet generichide !#if"


def documented_counts() -> dict[str, list[str]]:
    """Table A1 of RULE_LANGUAGES.md: the counts by form of each list."""
    text = (SHARED / "RULE_LANGUAGES.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip(" |").split("|")] for line in text.splitlines() if line.startswith("| ")]
    return {row[0].removeprefix("uBO "): row[1:16] for row in rows if len(row) == 17 and row[1].isdigit()}


def counts_of(found: LoadReport) -> list[str]:
    removals = [found.loaded.get(name, 0) for name in ("remove", "remove-attr", "remove-class")]
    counts = {**found.loaded, "rm": "/".join(map(str, removals)) if any(removals) else 0}
    return [str(counts.get(column, 0)) for column in COLUMNS.split()]


needs_lists = pytest.mark.skipif(not (SHARED / "lists").is_dir(), reason="the filter lists are not beside the project")


@needs_lists
def test_real_lists_are_counted_as_documented() -> None:
    documented = documented_counts()
    lists = {path.stem: path for path in (SHARED / "lists").glob("*.txt") if path.stem in documented}
    assert len(lists) >= 9
    for name, path in lists.items():
        text = path.read_text(encoding="utf-8")
        found = counts_of(read_filter_list(text, cache=False).reports[0])
        assert dict(zip(COLUMNS.split(), found, strict=True)) == dict(zip(COLUMNS.split(), documented[name], strict=True)), name


@needs_lists
def test_nearly_all_cosmetic_filters_of_real_lists_execute() -> None:
    total: Counter[str] = Counter()
    for path in sorted((SHARED / "lists").glob("*.txt")):
        total.update(read_filter_list(path.read_text(encoding="utf-8"), cache=False).reports[0].loaded)
    assert total["executable"] >= 0.975 * total["cosmetic"]


@needs_lists
def test_every_line_of_real_lists_is_classified() -> None:
    for path in sorted((SHARED / "lists").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        loaded = read_filter_list(text, cache=False).reports[0].loaded
        assert sum(loaded.get(form.value, 0) for form in Form) == len(re.findall(r"\n|[^\n]\Z", text))


@pytest.mark.parametrize(
    "piece", ["=", "a=", "='", " ", ",", "(", "[", "{", ":style(", ":has-text(", "/", "~", "a,", "html ", "*", "$", "#", "@@", "^", "-"]
)
@pytest.mark.parametrize("head", ["", "##", "a.example##", "a.example##^", "!", "!***", "! --", "$$", "@@||a.example/", "[$"])
@pytest.mark.parametrize("tail", ["", "x", "$ghide"])
def test_long_runs_of_one_thing_are_read(head: str, piece: str, tail: str) -> None:
    line = head + piece * (9_000 // len(piece)) + tail
    rules = read(line)
    compile_rules([rules]).of_site(None)
    assert sum(rules.reports[0].loaded.get(form.value, 0) for form in Form) == 1
