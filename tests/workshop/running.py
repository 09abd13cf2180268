"""What a command of ``cleanpage rules`` said, as the fixture `run` gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

__all__ = ["PLUGIN", "Ran", "Run"]

PLUGIN: Final = [] if "cleanpage" in entry_points(group="pytest11").names else ["-p", "cleanpage.testing"]
"""What pytest must be told where cleanpage was installed before it had a plugin."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]
