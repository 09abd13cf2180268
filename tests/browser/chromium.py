"""A headless Chromium without network, driven over its debugging pipe: no port, no driver, no package is needed.

The pages to be judged are never opened. They are handed to a script on a blank page, which parses them with DOMParser:
that builds the tree of a page whose scripting is off, runs nothing and loads nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

__all__ = ["Chromium", "installed"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-sync"
    " --disable-background-networking --disable-component-update --disable-extensions --disable-default-apps"
    " --host-resolver-rules=MAP\u00a0*\u00a0~NOTFOUND --remote-debugging-pipe"
).split(" ")
_LAUNCHER = """
import fcntl, os, sys
commands, answers = (fcntl.fcntl(int(given), fcntl.F_DUPFD, 10) for given in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Puts two pipes where the browser reads its commands from (3) and writes its answers to (4), and becomes it."""


def installed() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class BrowserError(Exception):
    """The browser, or a script in it, failed."""


class Chromium:
    """One browser with one blank page; use it as a context manager."""

    def __init__(self, path: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cleanpage-browser-", ignore_cleanup_errors=True)
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        flags = [flag.replace("\u00a0", " ") for flag in _FLAGS]
        command = [path, *flags, f"--user-data-dir={self._folder.name}", "about:blank"]
        launcher = [sys.executable, "-c", _LAUNCHER, str(theirs_in), str(theirs_out), *command]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(
            launcher, pass_fds=(theirs_in, theirs_out), stdin=null, stdout=null, stderr=null
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._to = os.fdopen(ours_out, "wb")
        self._from = os.fdopen(ours_in, "rb")
        self._unread = b""
        self._count = 0
        self._session = ""
        try:
            self._session = self._attach()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its folder."""
        self._process.terminate()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._to.close()
        self._from.close()
        self._folder.cleanup()

    @property
    def version(self) -> str:
        """Name and version, such as ``Chrome/120.0.6099.109``."""
        return str(self._send("Browser.getVersion")["product"])

    def run(self, script: str, *arguments: Any) -> Any:
        """What the JavaScript function `script` returns for `arguments`; both ways as JSON. Raises BrowserError."""
        written = ", ".join(json.dumps(argument) for argument in arguments)
        answer = self._send("Runtime.evaluate", expression=f"({script})({written})", returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:2_000])
        return answer["result"].get("value")

    def _attach(self) -> str:
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        return str(self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session and not method.startswith("Browser."):
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = self._receive()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found

    def _receive(self) -> dict[str, Any]:
        parts = [self._unread]
        while b"\0" not in parts[-1]:
            part = os.read(self._from.fileno(), 1 << 20)
            if not part:
                raise BrowserError("the browser ended")
            parts.append(part)
        message, _, self._unread = b"".join(parts).partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found
