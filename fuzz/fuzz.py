#!/usr/bin/env python3
"""Fuzz the library with atheris: nothing raises but the library's own errors, and the contracts hold.

usage: python fuzz/fuzz.py [--seconds SECONDS] [--only TARGET] [--corpus FOLDER]

Each target has its share of the seconds and starts from fuzz/seeds/TARGET and FOLDER/TARGET, into which new finds go
(cleanpage-fuzz/TARGET in the folder for temporary files, if none is given). An input that breaks something is kept as
crash-… in cleanpage-fuzz in the same folder; run it again with `python fuzz/fuzz.py --only TARGET FILE`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_NAMES = ("pages", "pairs", "toml", "filters", "siteconfigs")


def _fuzz(target: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["cleanpage"]):
        from targets import TARGETS

    run = TARGETS[target]
    atheris.Setup([sys.argv[0], *arguments], lambda data: run(atheris.FuzzedDataProvider(data)))
    atheris.Fuzz()


def _share(target: str, seconds: float, corpus: str) -> int:
    """Fuzz one target in a process of its own, as libFuzzer ends the process it runs in."""
    # The fuzzer writes what it finds into the first folder that it is given, which is not to be the seeds.
    finds = Path(corpus) / target if corpus else _finds() / target
    finds.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={seconds:.0f}", "-timeout=20", "-rss_limit_mb=4096", "-max_len=4000", "-verbosity=0"]
    limits.append(f"-artifact_prefix={_finds()}/")
    command = [sys.executable, str(_HERE / "fuzz.py"), "--in-process", target, *limits, "-print_final_stats=1"]
    return subprocess.run([*command, str(finds), str(_HERE / "seeds" / target)], check=False).returncode


def _finds() -> Path:
    """Where inputs that break something are kept."""
    folder = Path(tempfile.gettempdir()) / "cleanpage-fuzz"
    folder.mkdir(exist_ok=True)
    return folder


def main() -> int:
    if sys.argv[1:2] == ["--in-process"]:
        _fuzz(sys.argv[2], sys.argv[3:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", choices=_NAMES)
    parser.add_argument("--corpus", default="")
    parser.add_argument("inputs", nargs="*")
    options = parser.parse_args()
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("passed over: atheris is not installed (pip install atheris; it has wheels for Linux and macOS)")
        return 0
    if options.inputs:
        command = [sys.executable, str(_HERE / "fuzz.py"), "--in-process", options.only or "pages", *options.inputs]
        return subprocess.run(command, check=False).returncode
    names = [options.only] if options.only else _NAMES
    codes = {name: _share(name, options.seconds / len(names), options.corpus) for name in names}
    print(", ".join(f"{name}: {'held' if code == 0 else 'BROKEN'}" for name, code in codes.items()))
    return int(any(codes.values()))


if __name__ == "__main__":
    raise SystemExit(main())
