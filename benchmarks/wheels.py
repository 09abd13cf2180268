#!/usr/bin/env python3
"""Install the built wheel in bare environments, and clean a page there by import and by command.

usage: python benchmarks/wheels.py [PYTHON...]

For each Python (by default all of 3.11 and newer that are found): the newest dependencies, the lowest that
pyproject.toml allows, and the newest with all optional ones. Exits 1 where one of them fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).resolve().parents[1]
_CHECK: Final = """
import bs4, cleanpage, lxml.html
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.siteconfig import read_site_config
from cleanpage.rules.toml import read_toml

rules = [
    read_toml("[[rule]]\\nid = 'b'\\nsites = ['example.com']\\nselect = 'p.b'", file="mine.toml"),
    read_filter_list("*##p.ad:has-text(/x.*y/)\\nexample.com##.promo\\n", cache=False),
    read_site_config("strip: //p[@class='c']\\n", file="example.com.txt", host="example.com"),
]
cleaner = cleanpage.Cleaner(rules)
url = "https://www.example.com/a"
clutter = "<p class=ad>x1y</p><p class=promo>gone</p><p class=b>gone</p><p class=c>gone</p>"
page = "<title>T</title><body><article><h1>T</h1><p>" + "So it was told, and so it went on. " * 40 + "</p></article>"
result = cleaner.run(page + clutter, url)
assert "told" in result.output and "gone" not in result.output and "x1y" not in result.output, result.output
assert cleaner.clean((page + clutter).encode(), url) == result.output.encode()
assert "gone" not in cleaner.clean(lxml.html.document_fromstring(page + clutter), url).text_content()
assert "gone" not in cleaner.clean(bs4.BeautifulSoup(page + clutter, "html.parser"), url).text
result.to_json()
"""


def _pythons(given: list[str]) -> Iterator[str]:
    versions = [f"python3.{minor}" for minor in range(11, 20)]
    for name in given or versions:
        path = shutil.which(name)
        code = "import sys; print(sys.executable)"
        done = subprocess.run([path, "-c", code], capture_output=True, text=True) if path else None
        if done is not None and done.returncode == 0:
            yield done.stdout.strip()
        elif given:
            raise SystemExit(f"no such Python: {name}")


def _lowest() -> list[str]:
    """The lowest versions of the dependencies that the project allows."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return [re.sub(r"\s*>=\s*([\w.]+).*", r"==\1", needed) for needed in project["dependencies"]]


def _run(*command: str | Path) -> str:
    """The last line that a command printed; raises CalledProcessError with what it said."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError("\n".join((done.stdout + done.stderr).strip().splitlines()[-6:]))
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _try(python: str, needed: list[str], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _run(python, "-m", "venv", folder)
    inside = folder / "bin" / "python"
    _run(inside, "-m", "pip", "install", "-q", "--no-cache-dir", *needed)
    _run(inside, "-m", "pip", "check")
    _run(inside, "-W", "error::DeprecationWarning:cleanpage", "-c", _CHECK)
    page = folder / "page.html"
    page.write_text("<p>Hello</p>")
    _run(folder / "bin" / "cleanpage", page)


def main() -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, _PROJECT)
        wheel = str(next(folder.glob("*.whl")))
        print(f"{Path(wheel).name}: {Path(wheel).stat().st_size / 1e6:.2f} MB")
        ways = {"newest": [wheel], "lowest": [wheel, *_lowest()], "newest, with lists": [f"{wheel}[lists]"]}
        for python in _pythons(sys.argv[1:]):
            version = _run(python, "-c", "import platform; print(platform.python_version())")
            for way, needed in ways.items():
                try:
                    _try(python, needed, folder / "venv")
                    print(f"Python {version:8s} {way:20s} works", flush=True)
                except RuntimeError as error:
                    failed += 1
                    print(f"Python {version:8s} {way:20s} FAILS\n{error}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
