"""Rules are found in their layers, told by their language, and switched off by id."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cleanpage.errors import RuleError, RuleSyntaxError
from cleanpage.model import LoadReport, Rule, RuleSet
from cleanpage.rules import store

RULE = '[[rule]]\nid = "a"\nkind = "share"\nselect = ".share"\n'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Packaged rules of our own."""
    files = {
        "generic/share.toml": RULE,
        "generic/related.toml": '[[rule]]\nid = "more"\nkind = "related"\nheading = "@more"\n',
        "phrases/more.toml": '[phrases.more]\nen = ["Read more"]\nde = ["Mehr lesen"]\n',
        "sites/example.com.toml": 'sites = ["example.com"]\n' + RULE,
        "sites/blog.example.com.toml": 'sites = ["blog.example.com"]\n' + RULE,
        "sites/broken.example.toml": "not = rules\n",
    }
    for name, text in files.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(store, "DATA", tmp_path / "data")
    forget()
    yield tmp_path / "data"
    forget()


def forget() -> None:
    for known in (
        store.packaged_generic,
        store.packaged_hosts,
        store.installed,
        store._phrases_in,
        store._packaged_site,
    ):
        known.cache_clear()


def ids(rulesets: tuple[object, ...]) -> list[str]:
    return [rule.id for rules in rulesets if isinstance(rules, RuleSet) for rule in rules.rules]


def test_the_packaged_rules_load() -> None:
    for rules in store.packaged_generic():
        assert rules.layer == "generic"
        assert all(rule.sites.generic for rule in rules.rules), rules.name
    for host in store.packaged_hosts():
        for rules in store.packaged_sites(host):
            assert rules.layer == "site"
            assert all(not rule.sites.generic for rule in rules.rules), rules.name


@pytest.mark.usefixtures("data")
def test_generic_rules_are_named_after_their_kind() -> None:
    assert ids(store.packaged_generic()) == ["related/more", "share/a"]
    related = store.packaged_generic()[0].rules[0]
    assert related.conditions[0].value == ("Read more", "Mehr lesen")
    assert str(related.origin) == "generic/related.toml:1"


HOSTS = [
    ("example.com", ["example.com/a"]),
    ("www.Example.com.", ["example.com/a"]),
    ("blog.example.com", ["example.com/a", "blog.example.com/a"]),
    ("a.blog.example.com", ["example.com/a", "blog.example.com/a"]),
    ("myexample.com", []),
    ("com", []),
    ("", []),
    ("../../etc/passwd", []),
]


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(("host", "expected"), HOSTS)
def test_site_rules_come_with_their_host(host: str, expected: list[str]) -> None:
    assert ids(store.packaged_sites(host)) == expected


@pytest.mark.usefixtures("data")
def test_site_rules_of_other_hosts_are_not_read() -> None:
    assert store.packaged_sites("example.com")
    with pytest.raises(RuleSyntaxError):
        store.packaged_sites("broken.example")


@pytest.mark.usefixtures("data")
def test_site_rules_are_read_once() -> None:
    assert store.packaged_sites("example.com")[0] is store.packaged_sites("www.example.com")[0]


FILES = [
    ("mine.toml", RULE, "mine/a"),
    ("mine.rules", "schema = 1\n" + RULE, "mine.rules/a"),
    ("list.txt", "! Title: Mine\n##.promo\n", "list:2"),
    ("list.txt", "[Adblock Plus 2.0]\nexample.com##.promo\n", "list:2"),
    ("example.com.txt", "# strip: no\ntitle: //h1\nstrip: //aside\ntest_url: https://example.com/a\n", "example.com"),
]


@pytest.mark.parametrize(("name", "text", "first"), FILES)
def test_a_file_is_read_in_its_language(name: str, text: str, first: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    (rules,) = store.load(tmp_path / name, layer="user")
    assert isinstance(rules, RuleSet)
    assert rules.layer == "user"
    assert rules.rules[0].id.startswith(first)


def test_a_folder_of_rule_files_is_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "phrases").mkdir()
    (tmp_path / "phrases" / "own.toml").write_text('phrases.own = ["Read on"]\n')
    (tmp_path / "b.toml").write_text(RULE)
    (tmp_path / "a.toml").write_text('[[rule]]\nid = "a"\ntext = "@own"\n')
    (tmp_path / "list.txt").write_text("##.promo\n")
    (tmp_path / "notes.md").write_text("# Notes\n")
    assert ids(store.load(str(tmp_path))) == ["a/a", "b/a", "list:1"]


def test_a_folder_of_site_configs_is_read_when_asked(tmp_path: Path) -> None:
    (tmp_path / "example.com.txt").write_text("body: //article\nstrip: //aside\n")
    (tmp_path / ".example.org.txt").write_text("strip: //aside\n")
    (configs,) = store.load(tmp_path)
    assert not isinstance(configs, RuleSet)


def test_site_configs_and_lists_may_stand_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "example.com.txt").write_text("strip: //aside\n")
    (tmp_path / "list.txt").write_text("##.promo\n")
    lists, configs = store.load(tmp_path)
    assert isinstance(lists, RuleSet)
    assert not isinstance(configs, RuleSet)
    assert ids((lists,)) == ["list:1"]
    assert configs.hosts == ("example.com",)


NO_RULES = [("missing.toml", "not-found"), ("empty", "no-rules")]


@pytest.mark.parametrize(("name", "code"), NO_RULES)
def test_a_path_without_rules_is_an_error(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RuleError) as caught:
        store.load(tmp_path / name)
    assert caught.value.code == code
    assert caught.value.hint


def test_rule_files_raise_and_can_skip(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RULE + '[[rule]]\nid = "b"\nselekt = "p"\n')
    with pytest.raises(RuleSyntaxError):
        store.load(path)
    (rules,) = store.load(path, on_error="skip")
    assert isinstance(rules, RuleSet)
    assert ids((rules,)) == ["mine/a"]
    assert [line.line for line in rules.reports[0].unusable] == [7]


def test_installed_packages_give_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "our_rules"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from cleanpage.model import Rule, RuleSet\n"
        "one = RuleSet(name='one', rules=(Rule(id='one/a', select='p'),))\n"
        "def several(): return [one, Path(__file__).parent / 'mine.toml']\n"
        "number = 3\n"
    )
    (folder / "mine.toml").write_text(RULE)
    monkeypatch.syspath_prepend(tmp_path)
    given = {"b": "our_rules", "a": "our_rules:one", "c": "our_rules:several"}
    offer(monkeypatch, given)
    sets = store.installed()
    assert ids(sets) == ["one/a", "mine/a", "one/a", "mine/a"]
    assert {rules.layer for rules in sets} == {"installed"}


@pytest.mark.parametrize("value", ["our_missing_rules", "cleanpage.errors:__doc__", "cleanpage.rules.store:_SNIFFED"])
def test_a_package_that_cannot_be_loaded_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, {"theirs": value})
    with pytest.raises(RuleError):
        store.installed()


def offer(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    """Have these entry points, name to value, be installed."""
    points = [EntryPoint(name, value, store.ENTRY_POINTS) for name, value in given.items()]
    monkeypatch.setattr(store, "rule_packages", lambda group: points)
    forget()


def rule_set(name: str, layer: str, *rule_ids: str, off: tuple[str, ...] = ()) -> RuleSet:
    rules = tuple(Rule(id=f"{name}/{rule_id}", select="p", layer=layer) for rule_id in rule_ids)
    return RuleSet(name=name, rules=rules, off=off, layer=layer)


MERGED = [
    ("layers give the order", [("c", "call", ()), ("s", "site", ()), ("g", "generic", ())], "g/a g/b s/a s/b c/a c/b"),
    ("one by id", [("g", "generic", ()), ("c", "call", ("g/a",))], "g/b c/a c/b"),
    ("by pattern", [("g", "generic", ()), ("c", "call", ("g/*",))], "c/a c/b"),
    ("by pattern over sets", [("g", "generic", ()), ("h", "generic", ()), ("c", "call", ("*/a",))], "g/b h/b c/b"),
    ("by an earlier layer", [("g", "generic", ("c/a",)), ("c", "call", ())], "g/a g/b c/a c/b"),
    ("within a layer", [("c", "call", ("d/a",)), ("d", "call", ())], "c/a c/b d/b"),
    ("another set", [("news", "generic", ()), ("c", "call", ("newsletter/*",))], "news/a news/b c/a c/b"),
    ("replaced by id", [("g", "generic", ()), ("g", "user", ())], "g/a g/b"),
]


@pytest.mark.parametrize(("sets", "expected"), [case[1:] for case in MERGED], ids=[case[0] for case in MERGED])
def test_later_layers_switch_rules_off(sets: list[tuple[str, str, tuple[str, ...]]], expected: str) -> None:
    rules = store.merge(rule_set(name, layer, "a", "b", off=off) for name, layer, off in sets)
    assert " ".join(rule.id for rule in rules) == expected


def test_a_later_layer_replaces_a_rule_of_the_same_id() -> None:
    (rule,) = store.merge([rule_set("g", "user", "a"), rule_set("g", "generic", "a")])
    assert rule.layer == "user"


@pytest.mark.usefixtures("data")
def test_what_switches_nothing_off_is_told() -> None:
    off = ("share/a", "share/b", "example.com/*", "sahre/*", "*.example.org/x", "example.net/x")
    switching = replace(rule_set("c", "call", off=off), reports=(LoadReport(file="c.toml", language="toml"),))
    sets = store.with_unknown_off([rule_set("share", "generic", "a"), switching], {".example.org", "example.net"})
    told = sets[1].reports[0].unusable
    assert [line.text for line in told] == ["share/b", "sahre/*"]
    assert "share/a" in told[0].reason


def test_the_users_folder_is_named_and_need_not_exist() -> None:
    assert store.user_folder().name == "rules"


@pytest.mark.usefixtures("data")
def test_everything_can_be_pickled() -> None:
    sets = (*store.packaged_generic(), *store.packaged_sites("example.com"))
    assert pickle.loads(pickle.dumps(sets)) == sets
