"""`cleanpage rules fresh`: rules that find nothing any more."""

from __future__ import annotations

import gzip
from pathlib import Path

from workshop.running import Run

RULES = """schema = 1
sites = ["example.com"]
[[rule]]
id = "letter"
select = ".newsletter-box"
[[rule]]
id = "old-letter"
select = ".letter-box"
"""


def test_a_rule_that_matches_nothing_fails(pages: Path, run: Run) -> None:
    Path("example.com.toml").write_text(RULES)
    told = run("fresh", "example.com.toml", "--pages", "pages")
    assert told.code == 1
    assert "example.com/old-letter (example.com.toml:6): matched nothing on 3 pages" in told.out
    assert "2 rules on 3 pages: 1 matched, 1 matched nothing" in told.out


def test_all_rules_fresh_is_success(pages: Path, run: Run) -> None:
    Path("example.com.toml").write_text(RULES.rpartition("[[rule]]")[0])
    assert run("fresh", "example.com.toml", "--pages", "pages").code == 0


def test_packed_pages_count(folder: Path, run: Run) -> None:
    Path("now").mkdir()
    html = '<link rel=canonical href="https://example.com/1"><div class="newsletter-box">Sign up</div><p>Text'
    Path("now/1.html.gz").write_bytes(gzip.compress(html.encode()))
    Path("example.com.toml").write_text(RULES.rpartition("[[rule]]")[0])
    assert run("fresh", "example.com.toml", "--pages", "now").code == 0


def test_rules_of_other_sites_are_not_stale(pages: Path, run: Run) -> None:
    Path("other.toml").write_text(RULES.replace("example.com", "other.example"))
    told = run("fresh", "other.toml", "--pages", "pages")
    assert told.code == 0
    assert "2 have no page of their site here" in told.out


def test_site_configs_are_asked_by_host(pages: Path, run: Run) -> None:
    Path("configs").mkdir()
    Path("configs/example.com.txt").write_text("strip_id_or_class: newsletter-box\nstrip_id_or_class: nothing-here\n")
    told = run("fresh", "configs", "--pages", "pages")
    assert told.code == 1
    assert "example.com/nothing-here" in told.out
    assert "example.com/newsletter-box" not in told.out


def test_a_folder_without_pages_is_refused(folder: Path, run: Run) -> None:
    Path("a.toml").write_text(RULES)
    assert run("fresh", "a.toml", "--pages", ".").code == 2


def test_what_no_line_of_a_config_asks_for_is_not_stale(pages: Path, run: Run) -> None:
    Path("configs").mkdir()
    Path("configs/example.com.txt").write_text("strip_id_or_class: newsletter-box\n")
    told = run("fresh", "configs", "--pages", "pages")
    assert told.code == 0
    assert "1 rules on 3 pages: 1 matched" in told.out
