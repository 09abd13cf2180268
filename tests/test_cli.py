"""The command line: what it writes where, what it says, and how it ends when things go wrong."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import cleanpage
from cleanpage import cli, files, order

PAGE = (
    "<!doctype html><title>T</title><article><h1>Wardens count eels</h1>"
    "<p>They stood in the water from four in the morning, with lamps and a net.</p>"
    "<div class=zz-support>Give us money for eels</div><p>The wardens will count again in autumn.</p></article>"
)
CLEAN = PAGE.replace("<div class=zz-support>Give us money for eels</div>", "")
RULES = """schema = 1
[[rule]]
id = "support"
kind = "donation"
select = ".zz-support"
why = "Asks for money."
"""
KEEP = 'schema = 1\n[[rule]]\nid = "all"\naction = "keep"\nselect = "body, p, article"\n'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, so that no rules of whoever runs the tests are read."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(RULES)
    (tmp_path / "keep.toml").write_text(KEEP)
    (tmp_path / "page.html").write_text(PAGE)
    return tmp_path


def call(*arguments: str) -> int:
    """Run with the rules of this test; what the packaged rules find in so short a page is kept by a rule."""
    return cli.main([*arguments, "--only", "donation", "-r", "mine.toml"])


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def shell(command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """A command line as a user types it, with `cleanpage` for the command."""
    command = command.replace("cleanpage ", f"{sys.executable} -m cleanpage --only donation -r mine.toml ")
    return subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, **options)


def test_a_page_piped_in_comes_out_clean(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    feed(monkeypatch, PAGE.encode())
    assert call() == 0
    assert capfdbinary.readouterr() == (CLEAN.encode(), b"")


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_bytes_pass_as_they_are(newline: bytes, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    page = b"\xef\xbb\xbf<p>caf\xe9 \xff\x00" + newline + b"<p class='x'  >b" + newline
    feed(monkeypatch, page)
    assert call() == 0
    assert capfdbinary.readouterr().out == page


def test_a_file_is_written_to_standard_output_and_stays(home: Path, capfdbinary: Any) -> None:
    assert call("page.html") == 0
    assert capfdbinary.readouterr().out == CLEAN.encode()
    assert (home / "page.html").read_text() == PAGE


def test_an_output_file_is_written_with_the_usual_permissions(home: Path) -> None:
    (home / "usual").touch()
    assert call("page.html", "-o", "clean.html") == 0
    assert (home / "clean.html").read_text() == CLEAN
    assert (home / "clean.html").stat().st_mode == (home / "usual").stat().st_mode


def test_an_output_may_be_the_input(home: Path) -> None:
    assert call("page.html", "-o", "page.html") == 0
    assert (home / "page.html").read_text() == CLEAN


def test_several_files_go_to_a_folder(home: Path) -> None:
    (home / "two.html").write_text(CLEAN)
    assert call("page.html", "two.html", "-o", "out/deep") == 0
    assert {path.name: path.read_text() for path in (home / "out/deep").iterdir()} == {
        "page.html": CLEAN,
        "two.html": CLEAN,
    }


def test_in_place_keeps_permissions_and_links_and_leaves_clean_files_alone(home: Path) -> None:
    page, link, clean = home / "page.html", home / "link.html", home / "clean.html"
    page.chmod(0o640)
    link.symlink_to("page.html")
    clean.write_text(CLEAN)
    os.utime(clean, (1, 1))
    assert call("-i", "link.html", "clean.html") == 0
    assert (page.read_text(), page.stat().st_mode & 0o777, link.is_symlink()) == (CLEAN, 0o640, True)
    assert clean.stat().st_mtime == 1


def test_explain_lists_what_went_on_standard_error(capfdbinary: Any) -> None:
    assert call("page.html", "--explain") == 0
    out, err = capfdbinary.readouterr()
    assert out == CLEAN.encode()
    row = next(line for line in err.decode().splitlines() if line.startswith("donation"))
    assert row.split() == ["donation", "mine/support", "mine.toml:2", *"Give us money for eels".split()]


def test_explain_says_what_was_held_back_and_why(home: Path, capfdbinary: Any) -> None:
    (home / "hold.toml").write_text('schema = 1\n[[rule]]\nid = "hold"\naction = "keep"\nselect = ".zz-support"\n')
    assert call("page.html", "--explain", "-r", "hold.toml") == 0
    out, err = capfdbinary.readouterr()
    assert out == PAGE.encode()
    assert "Found, but not cut:" in err.decode()
    assert "kept by hold/hold" in err.decode()


def test_explain_shows_no_control_characters_of_the_page(home: Path, capfdbinary: Any) -> None:
    (home / "page.html").write_text(PAGE.replace("Give us", "Give \x1b[31m us"))
    assert call("page.html", "--explain") == 0
    assert b"\x1b" not in capfdbinary.readouterr().err


def test_report_is_the_result_as_json(home: Path) -> None:
    assert call("page.html", "-o", "clean.html", "--report", "report.json") == 0
    told = json.loads((home / "report.json").read_text())
    assert (told["input"], told["output"], told["incomplete"]) == ("page.html", "clean.html", False)
    removal = told["removals"][0]
    assert (removal["rule"], removal["kind"], removal["origin"]) == ("mine/support", "donation", "mine.toml:2")
    start, end = removal["span"]
    assert PAGE[start:end] == "<div class=zz-support>Give us money for eels</div>"


def test_report_lists_several_inputs_and_the_errors_among_them(home: Path) -> None:
    assert call("page.html", "missing.html", "-o", "out", "--report", "report.json") == 1
    good, bad = json.loads((home / "report.json").read_text())
    assert good["removals"]
    assert bad == {"input": "missing.html", "output": "out/missing.html", "error": "missing.html: No such file or directory"}


def test_why_names_the_rule_that_took_a_sentence(capfdbinary: Any) -> None:
    assert call("page.html", "--why", "give us  MONEY") == 0
    assert capfdbinary.readouterr().out.startswith(b"mine/support (donation, mine.toml:2) took ")


def test_why_says_when_no_rule_took_a_sentence(capfdbinary: Any) -> None:
    assert call("page.html", "--why", "count again") == 0
    assert capfdbinary.readouterr().out == b"No rule took 'count again'.\n"


def test_preview_is_the_page_with_what_goes_marked(home: Path) -> None:
    assert call("page.html", "-o", "clean.html", "--preview", "preview.html") == 0
    shown = (home / "preview.html").read_text()
    assert '<div data-cleanpage="donation: mine/support" class=zz-support>Give us money' in shown
    assert shown.startswith("<!doctype html>")
    assert (home / "clean.html").read_text() == CLEAN


def test_plain_text_is_cleaned_as_text(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    text = "Wardens count eels\n\nThey stood in the water from four in the morning, caf\udce9.\r\n".encode("utf-8", "surrogateescape")
    feed(monkeypatch, text)
    assert call("--text") == 0
    assert capfdbinary.readouterr().out == text


@pytest.mark.parametrize("name", ["page.txt", "page.md"])
def test_plain_text_is_known_by_its_name(name: str, home: Path, capfdbinary: Any) -> None:
    (home / name).write_text("# Wardens <count> eels\n\nThey stood in the water.\n")
    assert call(name) == 0
    assert capfdbinary.readouterr().out == (home / name).read_bytes()


def test_records_are_cleaned_one_by_one_and_bad_ones_passed_on(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    lines = [json.dumps({"id": 1, "html": PAGE}), '{"id": 2,  "html": "<p>caf\\u00e9"}', "oops", '{"id": 4}']
    feed(monkeypatch, "\n".join(lines).encode())
    assert call("--jsonl", "--field", "html") == 1
    out, err = capfdbinary.readouterr()
    assert json.loads(out.splitlines()[0])["html"] == CLEAN
    assert out.decode().splitlines()[1:] == lines[1:]
    assert [line.split(": ")[1:3] for line in err.decode().splitlines()] == [
        ["standard input", "record 3"],
        ["standard input", "record 4"],
    ]


def test_csv_records_keep_their_quotes(home: Path) -> None:
    (home / "pages.csv").write_text(f'id,html\r\n"1","{PAGE}"\r\n2,<p>a\r\n', newline="")
    assert call("--csv", "--field", "html", "pages.csv", "-o", "out.csv") == 0
    assert (home / "out.csv").read_bytes() == (home / "pages.csv").read_bytes().replace(PAGE.encode(), CLEAN.encode())


def test_the_users_folder_of_rules_is_read(home: Path, capfdbinary: Any) -> None:
    folder = home / "config/cleanpage/rules"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(RULES)
    assert cli.main(["page.html", "--only", "donation", "--why", "give us money"]) == 0
    assert b"own/support" in capfdbinary.readouterr().out


def test_the_users_folder_may_hold_site_configs_and_lists(home: Path, capfdbinary: Any) -> None:
    folder = home / "config/cleanpage/rules"
    folder.mkdir(parents=True)
    (folder / "example.com.txt").write_text("strip: //div[@class='zz-support']\n")
    (folder / "list.txt").write_text("example.com##article > h1\n")
    assert cli.main(["page.html", "--url", "https://example.com/a", "--only", "other,ad", "--explain"]) == 0
    told = capfdbinary.readouterr().err
    assert b"list.txt:1" in told
    assert b"example.com.txt:1" in told


def test_what_switches_nothing_off_is_told(home: Path, capfdbinary: Any) -> None:
    (home / "off.toml").write_text('schema = 1\noff = ["shar/*", "newsletter/*"]\n')
    assert cli.main(["page.html", "-r", "off.toml"]) == 0
    told = capfdbinary.readouterr().err.decode()
    assert "off.toml: no rule is called 'shar/*'" in told
    assert "newsletter/*" not in told


@pytest.mark.parametrize("text", ["", "<p>no rule\n", "||ads.example^\n"])
def test_a_file_without_rules_is_told(text: str, home: Path, capfdbinary: Any) -> None:
    (home / "wrong.html").write_text(text)
    assert cli.main(["page.html", "-r", "wrong.html"]) == 0
    assert b"wrong.html: nothing in it is a rule" in capfdbinary.readouterr().err


def test_kinds_are_chosen_one_by_one_or_in_a_list(capfdbinary: Any) -> None:
    assert cli.main(["page.html", "--only", "related,donation", "--skip", "donation", "-r", "mine.toml"]) == 0
    assert capfdbinary.readouterr().out == PAGE.encode()


WRONG = {
    "an unknown kind": (["page.html", "--only", "donatoin"], "'donatoin' is no kind"),
    "an unknown preset": (["page.html", "--preset", "all"], "'all' is not one of"),
    "an unknown option": (["page.html", "--nope"], "No such option"),
    "an unknown encoding": (["page.html", "--encoding", "klingon"], "no encoding is called 'klingon'"),
    "several files and no folder": (["page.html", "page.html"], "a folder for their outputs"),
    "two outputs of one name": (["page.html", "./page.html", "-o", "out"], "two inputs would be written"),
    "in place and an output": (["page.html", "-i", "-o", "x"], "leave -o out"),
    "in place from a pipe": (["-", "-i"], "name files"),
    "a field without JSON Lines": (["page.html", "--field", "html"], "are for --jsonl"),
    "a table of a file of records": (["pages.jsonl", "--jsonl", "--explain"], "are for single pages"),
    "Parquet through a pipe": (["-", "--parquet"], "read from a file"),
    "a missing rule file": (["page.html", "-r", "missing.toml"], "missing.toml: does not exist"),
    "a broken rule file": (["page.html", "-r", "broken.toml"], "broken.toml:4:1"),
    "a folder called like a rule file": (["page.html", "-r", "rules"], "rules/folder.toml: cannot be read"),
    "a dead link among lists": (["page.html", "-r", "lists"], "lists/dead.txt: cannot be read"),
    "an address that names no site": (["page.html", "--url", "::::"], "'::::' names no site"),
    "a device for a rule file": (["page.html", "-r", "/dev/null"], "/dev/null: is neither file nor folder"),
    "an unknown command for rules": (["rules", "frobnicate"], "No such command 'frobnicate'"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_command_or_rule_ends_with_2(
    arguments: list[str], told: str, home: Path, capfdbinary: Any
) -> None:
    (home / "broken.toml").write_text('schema = 1\n[[rule]]\nid = "x"\nselct = "p"\n')
    (home / "rules/folder.toml").mkdir(parents=True)
    (home / "lists").mkdir()
    (home / "lists/dead.txt").symlink_to("nowhere")
    assert cli.main(arguments) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert told in err.decode()
    assert "Traceback" not in err.decode()


def test_a_missing_file_ends_with_1_and_its_neighbours_are_cleaned(home: Path, capfdbinary: Any) -> None:
    assert call("missing.html", "page.html", "-o", "out") == 1
    assert capfdbinary.readouterr().err == b"cleanpage: missing.html: No such file or directory\n"
    assert (home / "out/page.html").read_text() == CLEAN


def test_a_folder_is_no_page(home: Path, capfdbinary: Any) -> None:
    (home / "pages").mkdir()
    assert call("pages") == 1
    assert b"pages is a folder" in capfdbinary.readouterr().err


def test_a_file_of_two_gigabytes_is_refused_and_nothing_written(home: Path, capfdbinary: Any) -> None:
    with open("large.html", "wb") as stream:
        stream.truncate(2 << 30)
    assert call("large.html", "-o", "clean.html") == 1
    assert b"large.html is larger than" in capfdbinary.readouterr().err
    assert not (home / "clean.html").exists()


def test_a_pipe_without_end_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"x" * 3_000_000)
    with pytest.raises(cleanpage.InputError, match="larger than 2,000,000 bytes"):
        files.read_bytes("-", 2_000_000)


def test_a_page_over_the_budget_is_passed_on_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    monkeypatch.setattr(order, "Cleaner", lambda *a, **k: cleanpage.Cleaner(*a, **k, steps=1))
    assert call("page.html") == 1
    out, err = capfdbinary.readouterr()
    assert out == PAGE.encode()
    assert err.startswith(b"cleanpage: page.html: not cleaned: ")


@pytest.mark.parametrize(("error", "code"), [(OSError(28, "No space left on device"), 1), (KeyboardInterrupt(), 130)])
@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_an_output_that_cannot_be_finished_leaves_the_original_and_nothing_else(
    error: BaseException, code: int, step: str, home: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    def fail(*_: object) -> None:
        raise error

    before = sorted(path.name for path in home.iterdir())
    monkeypatch.setattr(files.os, step, fail)
    assert call("page.html", "-i") == code
    assert (home / "page.html").read_text() == PAGE
    assert sorted(path.name for path in home.iterdir()) == before
    assert b"Traceback" not in capfdbinary.readouterr().err


def test_an_error_of_our_own_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(cleanpage.Cleaner, "run", fail)
    assert call("page.html") == 1
    assert capfdbinary.readouterr().err.decode().startswith("cleanpage: page.html: internal error (ZeroDivisionError: oh)")


def test_a_page_in_a_file_called_rules_is_named_with_its_folder(home: Path, capfdbinary: Any) -> None:
    (home / "rules").write_text(PAGE)
    assert call("./rules") == 0
    assert capfdbinary.readouterr().out == CLEAN.encode()
    assert cli.main(["rules", "--help"]) == 0
    assert b"./rules" in capfdbinary.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
class TestAsAProcess:
    def test_a_pipe_in_and_a_pipe_out(self) -> None:
        done = shell("cat page.html | cleanpage | cat")
        assert (done.stdout, done.stderr, done.returncode) == (CLEAN.encode(), b"", 0)

    def test_a_reader_that_goes_early_is_no_news(self, home: Path) -> None:
        (home / "page.html").write_text(PAGE + "<p>x</p>" * 100_000)
        done = shell("cleanpage page.html | true; exit ${PIPESTATUS[0]}")
        assert (done.stderr, done.returncode) == (b"", 1)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk_behind_standard_output_is_told(self) -> None:
        done = shell("cleanpage page.html > /dev/full")
        assert done.returncode == 1
        assert done.stderr == b"cleanpage: page.html: standard output: No space left on device\n"

    def test_a_full_disk_behind_a_file_leaves_no_half_of_it(self, home: Path) -> None:
        (home / "page.html").write_text(PAGE + "<p>x</p>" * 100_000)
        (home / "clean.html").write_text("before")
        done = shell("ulimit -f 100; cleanpage page.html -o clean.html")
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert (home / "clean.html").read_text() == "before"
        assert not list(home.glob(".*"))

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
    def test_closed_streams_are_no_crash(self, closed: str) -> None:
        done = shell(f"cleanpage - {closed} < page.html" if closed != "<&-" else f"cleanpage - {closed}")
        assert done.returncode == (0 if closed == "2>&-" else 1)
        assert b"Traceback" not in done.stderr + done.stdout
        assert done.stdout == (CLEAN.encode() if closed == "2>&-" else b"")

    def test_an_interrupt_while_reading_writes_nothing(self, home: Path) -> None:
        (home / "clean.html").write_text("before")
        # A test run in the background ignores the signal, and so would all that it starts.
        heeding = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.executable, sys.argv[1:])"
        command = [sys.executable, "-c", heeding, sys.executable, "-m", "cleanpage", "-o", "clean.html", "-"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdin
            assert process.stderr
            process.stdin.write(b"<p>half")
            process.stdin.flush()
            time.sleep(1.5)
            process.send_signal(signal.SIGINT)
            told = process.stderr.read()
        assert process.returncode == 130
        assert b"Traceback" not in told
        assert (home / "clean.html").read_text() == "before"

    @pytest.mark.parametrize("module", ["cleanpage", "cleanpage.cli"])
    def test_importing_loads_no_parser(self, module: str) -> None:
        code = f"import sys, {module}; print(*[m for m in ('turbohtml', 'lxml', 'bs4', 're2') if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
        assert done.stdout.split() == []
        assert done.returncode == 0
