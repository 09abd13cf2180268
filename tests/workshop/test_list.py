"""`cleanpage rules list`: every rule that would apply to an address, and what switches rules off."""

from __future__ import annotations

from pathlib import Path

from workshop.running import Run

RULE = "[[rule]]\nid = '{id}'\nkind = 'promo'\nselect = '{select}'\n"


def write(path: str, *rules: tuple[str, str], head: str = "") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(f"schema = 1\n{head}\n" + "".join(RULE.format(id=i, select=s) for i, s in rules))


def lines(out: str) -> list[str]:
    return [line.strip() for line in out.splitlines()]


def test_lists_the_rules_of_a_site_with_layer_and_origin(folder: Path, run: Run) -> None:
    write("example.com.toml", ("box", ".promo"), head="sites = ['example.com']")
    write("other.example.toml", ("box", ".promo"), head="sites = ['other.example']")
    told = run("list", "--url", "https://www.example.com/a", "-r", "example.com.toml", "-r", "other.example.toml")
    assert told.code == 0
    assert "call (1)" in lines(told.out)
    assert "example.com/box  [promo, remove]  example.com.toml:3  .promo" in lines(told.out)
    assert "other.example" not in told.out
    assert "generic (" in told.out


def test_site_only_leaves_rules_for_all_sites_out(folder: Path, run: Run) -> None:
    write("example.com.toml", ("box", ".promo"), head="sites = ['example.com']")
    told = run("list", "--url", "example.com", "--site-only", "-r", "example.com.toml")
    assert lines(told.out)[0] == "call (1)"
    assert lines(told.out)[-1] == "1 rules apply to example.com/, 0 are switched off"


def test_shows_what_is_switched_off_and_by_what(folder: Path, run: Run) -> None:
    write("mine.toml", ("box", ".promo"), head="off = ['share/*']")
    told = run("list", "--url", "https://example.com/", "-r", "mine.toml")
    off = [line for line in lines(told.out) if line.startswith("- share/")]
    assert off
    assert all("(off by 'share/*' in mine.toml)" in line for line in off)


def test_user_folder_is_a_layer_below_the_call(folder: Path, run: Run) -> None:
    user = folder.parent / "config" / "cleanpage" / "rules"
    write(str(user / "mine.toml"), ("box", ".promo"), ("bar", ".bar"))
    write("mine.toml", ("box", ".promo-new"))
    told = run("list", "--url", "https://example.com/", "-r", "mine.toml")
    assert "user (1)" in lines(told.out)
    assert any(line.startswith("- mine/box") and "(replaced by mine.toml:3)" in line for line in lines(told.out))
    assert any(line.startswith("mine/box") and "(overrides " in line for line in lines(told.out))


def test_site_configs_of_the_host_are_listed(folder: Path, run: Run) -> None:
    Path("configs").mkdir()
    Path("configs/example.com.txt").write_text("strip_id_or_class: promo\ntitle: //h1\n")
    Path("configs/other.example.txt").write_text("strip_id_or_class: box\ntitle: //h1\n")
    told = run("list", "--url", "https://example.com/", "--site-only", "-r", "configs")
    assert any(line.startswith("example.com/promo") for line in lines(told.out))
    assert "other.example" not in told.out


def test_an_address_without_a_host_is_refused(folder: Path, run: Run) -> None:
    assert run("list", "--url", "/news/1").code == 2
