"""Rule files from anyone: they execute nothing, read nothing but themselves, fetch nothing, and have their limits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import cleanpage
from cleanpage.errors import LimitExceeded, RuleError, RuleSyntaxError
from cleanpage.model import RuleSet
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.siteconfig import read_site_config
from cleanpage.rules.toml import read_toml

URL = "https://www.example.com/news"
PAGE = '<html><body><p class="ad">x<p>The harbour is to be used in another way.</body></html>'

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "urllib.", "ctypes.", "shutil.")
_watching: list[list[tuple[str, str]]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and (event == "open" or event.startswith(_FORBIDDEN)):
        _watching[-1].append((event, str(arguments[0]) if arguments else ""))


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[tuple[str, str]]]:
    """What the interpreter opens, connects to and starts meanwhile."""
    seen: list[tuple[str, str]] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


TOML = """
sites = ["example.com", "file:///etc/passwd"]
off = ["../../*"]
[[rule]]
id = "one"
select = "p:has-text(/__import__('os').system('id')/)"
why = "{0.__class__.__mro__} %(x)s ${jndi:ldap://example.com/a}"
[[rule]]
id = "two"
xpath = "document('/etc/passwd')//p | //p[unparsed-entity-uri('x')]"
[[rule]]
id = "three"
xpath = "//p[. = document('http://example.com/')]"
[[rule]]
id = "four"
text = ["@../../etc/passwd"]
"""
FILTERS = """
!#include ../../etc/passwd
!#include /etc/passwd
!#include file:///etc/passwd
!#include https://example.com/list.txt
!#include ..\\\\..\\\\secret.txt
!#include sub/../../secret.txt
##+js(eval, alert(1))
example.com##+js(set, x, 1)
example.com#%#window.x = 1
example.com##p:xpath(document('/etc/passwd')//p)
example.com##p:style(background: url(https://example.com/x.png))
||example.com^$script,redirect=noop.js
##^script:has-text(x)
"""
CONFIG = """
single_page_link: //a[@rel='single']
http_header(user-agent): x
login_uri: https://example.com/login
body: document('/etc/passwd')
strip: //p[document('http://example.com/')]
find_string: <p>
replace_string: <script>alert(1)</script>
if_page_contains: //p
wrap_in(b): //p
"""


@pytest.mark.parametrize(
    "read",
    [
        lambda: read_toml(TOML, file="toml", on_error="skip"),
        lambda: read_filter_list(FILTERS, cache=False),
        lambda: read_site_config(CONFIG, file="example.com.txt", host="example.com"),
    ],
    ids=["toml", "filters", "site config"],
)
def test_nothing_is_opened_fetched_or_started(read: Callable[[], RuleSet]) -> None:
    cleanpage.Cleaner([read()], builtin=False).run(PAGE, URL).to_json()  # imports modules and reads packaged data
    with watched() as seen:
        rules = read()
        result = cleanpage.Cleaner([rules], builtin=False).run(PAGE, URL)
        result.to_json()
    assert seen == []
    assert "<script>" not in result.output
    assert sum(len(report.unusable) for report in rules.reports) > 0


def test_lists_include_only_files_below_their_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("##.secret-box\n")
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "below.txt").write_text("##.below-box\n!#include main.txt\n!#include below.txt\n")
    (folder / "main.txt").write_text(FILTERS + "!#include below.txt\n!#include missing.txt\n")
    with watched() as seen:
        rules = read_filter_list(folder / "main.txt", cache=False)
    opened = {Path(name).name for event, name in seen if not name.endswith(".pyc")}
    assert opened == {"main.txt", "below.txt"}
    assert {rule.select for rule in rules.rules} >= {".below-box"}
    assert ".secret-box" not in {rule.select for rule in rules.rules}


def test_included_files_are_few(tmp_path: Path) -> None:
    for k in range(300):
        (tmp_path / f"{k}.txt").write_text(f"##.banner{k}\n!#include {k + 1}.txt\n")
    assert len(read_filter_list(tmp_path / "0.txt", cache=False).rules) <= 110


def toml_rule(line: str) -> str:
    return f'[[rule]]\nid = "r"\n{line}\n'


LIMITS: dict[str, tuple[str, str]] = {
    "size of a file": ("#" * 4_000_001, "file-size"),
    "number of rules": ("\n".join(f"[[rule]]\nid='{k}'\nselect='p'" for k in range(50_001)), "count"),
    "depth of a value": (f"x = {'[' * 100_000}{']' * 100_000}", "depth"),
    "dots in a key": ("a." * 1_000 + "b = 1", "depth"),
    "length of a selector": (toml_rule(f"select = '{'p, ' * 4_000}p'"), "selector-length"),
    "steps of a selector": (toml_rule(f"select = '{'>'.join(['p'] * 200)}'"), "selector-depth"),
    "depth of a selector": (toml_rule(f"select = '{':is(' * 100}p{')' * 100}'"), "selector-depth"),
    "depth of operators": (toml_rule(f"select = '{'p:has(:has-text(x):has(' * 40}p{'))' * 40}'"), "selector-depth"),
    "length of an XPath": (toml_rule(f"xpath = '//p{'/p' * 60_000}'"), "too-long"),
    "depth of an XPath": (toml_rule(f"xpath = '//p{'[p' * 500}{']' * 500}'"), "xpath-depth"),
    "length of a phrase": (toml_rule('text = ["' + "word " * 200 + '"]'), "phrase-length"),
    "stars in a phrase": (toml_rule('text = ["a ' + "* a " * 20 + '"]'), "phrase"),
    "length of a site": ('sites = ["' + "a" * 3_000 + '.com"]\n' + toml_rule("select = 'p'"), "site"),
    "length of a string": (toml_rule('select = "p"\nwhy = "' + "x" * 100_001 + '"'), "too-long"),
    "size of a number": (f"schema = {'9' * 5_000}", "toml"),
    "a pattern with unclosed groups": (toml_rule(f"select = 'p:has-text(/{'(' * 5_000}/)'"), "regex"),
}


@pytest.mark.parametrize(("text", "code"), LIMITS.values(), ids=LIMITS)
def test_what_is_too_much_is_an_error_with_its_place(text: str, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_toml(text, file="mine.toml")
    assert caught.value.code == code
    assert str(caught.value).startswith("mine.toml")
    assert len(str(caught.value)) < 4_000


@pytest.mark.parametrize(("text", "code"), LIMITS.values(), ids=LIMITS)
def test_what_is_too_much_is_listed_when_passed_over(text: str, code: str) -> None:
    rules = read_toml(text, file="mine.toml", on_error="skip")
    assert code in {line.code for report in rules.reports for line in report.unusable}


def test_long_filters_are_listed() -> None:
    rules = read_filter_list(f"##{'.a' * 20_000}\n##.banner\n", cache=False)
    assert [line.code for report in rules.reports for line in report.unusable] == ["too-long"]
    assert [rule.select for rule in rules.rules] == [".banner"]


def test_deep_filters_are_listed() -> None:
    rules = read_filter_list(f"##{':not(' * 100}p{')' * 100}\n##{'p:has(' * 100}p{')' * 100}\n##.banner\n", cache=False)
    assert len([line for report in rules.reports for line in report.unusable]) == 2
    assert [rule.select for rule in rules.rules] == [".banner"]


def test_files_that_are_no_text_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(RuleSyntaxError, match="UTF-8"):
        cleanpage.Cleaner([path], builtin=False)


def test_a_site_config_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "example.com.txt"
    path.write_text("# x\n" * 500_000)
    with pytest.raises(LimitExceeded):
        read_site_config(path, file="example.com.txt")
