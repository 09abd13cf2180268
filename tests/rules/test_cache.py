"""Compiled lists on disk: read back whole, never trusted when damaged, never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleanpage.rules import cache, filterlist
from cleanpage.rules.cache import TableCache, fingerprint
from cleanpage.rules.filterlist import build_table, read_filter_list

LIST = """! Title: Newsletters
! ------- Specific -------
##.promo
example.com,~a.example.com##a[href^="//x"] > img
##a[href*="x=1"], .y:has(p)
*##p:has-text(é\u2028x)
example.com#@#.promo
@@||example.com^$ghide
##.bad:hover
!#include more.txt
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def only_file(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_a_table_comes_back_as_it_was(folder: Path) -> None:
    table = build_table(LIST, key=fingerprint(LIST, {}))
    assert TableCache(folder).save(table)
    assert TableCache(folder).load(table.key) == table


def test_a_list_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_filter_list(LIST, cache=TableCache(folder))
    monkeypatch.setattr(filterlist, "build_table", lambda *_: pytest.fail("read again"))
    second = read_filter_list(LIST, cache=TableCache(folder))
    assert list(second.rules) == list(first.rules)
    assert second.reports == first.reports


def test_what_the_caller_says_is_not_stored(folder: Path) -> None:
    store = TableCache(folder)
    read_filter_list(LIST, file="a.txt", kind="ad", layer="user", cache=store)
    rule = read_filter_list(LIST, file="b.txt", cache=store).rules[0]
    assert (rule.kind, rule.layer, str(rule.origin)) == ("newsletter", "call", "b.txt:3")


def test_content_environment_and_format_each_have_their_own_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TableCache(folder)
    read_filter_list(LIST, cache=store)
    read_filter_list(LIST + "##.x\n", cache=store)
    read_filter_list(LIST, env={"env_mobile": True}, cache=store)
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    read_filter_list(LIST, cache=store)
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"promo", b"other"),
        lambda content: content.partition(b"\n")[0] + b"\n{}",
        lambda content: b"\xff" * len(content),
    ],
    ids=["empty", "cut by one", "cut in half", "changed", "other content", "noise"],
)
def test_a_damaged_file_is_ignored_and_written_anew(folder: Path, damage: object) -> None:
    store = TableCache(folder)
    rules = list(read_filter_list(LIST, cache=store).rules)
    path = only_file(folder)
    good = path.read_bytes()
    path.write_bytes(damage(good))  # type: ignore[operator]
    assert list(read_filter_list(LIST, cache=store).rules) == rules
    assert path.read_bytes() == good


def test_a_file_under_another_lists_name_is_ignored(folder: Path) -> None:
    store = TableCache(folder)
    read_filter_list(LIST, cache=store)
    other = fingerprint("##.other\n", {})
    only_file(folder).rename(folder / f"{other}.json")
    assert store.load(other) is None


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = TableCache(tmp_path / "file" / "cache")
    assert read_filter_list(LIST, cache=store).rules[0].select == ".promo"
    assert not store.save(build_table(LIST, key="0"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_no_error(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o500)
    assert read_filter_list(LIST, cache=TableCache(folder)).rules[0].select == ".promo"


def test_a_write_that_fails_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "replace", no_room)
    assert not TableCache(folder).save(build_table(LIST, key="0"))
    assert list(folder.iterdir()) == []


def test_without_a_cache_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_default_folder", lambda: tmp_path / "default")
    read_filter_list(LIST, cache=False)
    assert not (tmp_path / "default").exists()


def test_the_platforms_cache_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_default_folder", lambda: tmp_path / "default")
    read_filter_list(LIST)
    assert only_file(tmp_path / "default").suffix == ".json"
