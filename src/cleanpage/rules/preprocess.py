"""``!#if``, ``!#else``, ``!#endif`` and ``!#include`` in filter lists: which lines count in which environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["DEFAULT_ENVIRONMENT", "Conditions", "evaluate_condition", "is_safe_include"]

DEFAULT_ENVIRONMENT: Final[Mapping[str, bool]] = {
    "cap_html_filtering": True,
    "ext_ublock": True,
    "ext_ubol": False,
    "env_mobile": False,
    "env_safari": False,
    "env_mv3": False,
    "cap_ipaddress": False,
}
"""What a list may ask about, and our answers; ``env_*`` of browsers are left open, so both branches count."""

_OPERATORS: Final = re.compile(r"(&&|\|\|)")


def evaluate_condition(expression: str, environment: Mapping[str, bool]) -> bool | None:
    """Whether `expression` holds: tokens joined by ``&&`` and ``||`` from left to right, ``!`` before a token.

    None where it hangs on a token that is not known; unknown ``cap_*`` tokens are false.

    >>> evaluate_condition("(cap_html_filtering && !env_mobile)", DEFAULT_ENVIRONMENT)
    True
    >>> evaluate_condition("env_firefox", DEFAULT_ENVIRONMENT) is None
    True
    """
    text = expression.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    first, *rest = _OPERATORS.split(text)
    result = _token(first, environment)
    for operator, token in zip(rest[::2], rest[1::2], strict=True):
        result = _joined(result, operator, _token(token, environment))
    return result


def _token(text: str, environment: Mapping[str, bool]) -> bool | None:
    name = text.strip()
    negative = name.startswith("!")
    name = name.removeprefix("!").strip()
    value = environment.get(name, False if name.startswith("cap_") else None)
    return value if value is None else value != negative


def _joined(left: bool | None, operator: str, right: bool | None) -> bool | None:
    decisive = operator == "||"
    if decisive in (left, right):
        return decisive
    return None if None in (left, right) else not decisive


@dataclass(slots=True)
class Conditions:
    """The conditions that are open at a line of a list. Lines count while `active`."""

    environment: Mapping[str, bool]
    branches: list[bool | None] = field(default_factory=list)
    closed: int = 0
    """how many open branches are not taken."""

    @property
    def active(self) -> bool:
        return not self.closed

    def read(self, directive: str) -> str:
        """Follow an ``!#if``, ``!#else`` or ``!#endif`` line; returns an error in words, or nothing."""
        name, _, expression = directive[2:].strip().partition(" ")
        if name == "if":
            self._open(evaluate_condition(expression, self.environment))
            return ""
        if name not in ("else", "endif"):
            return f"unknown directive '!#{name}'"
        if not self.branches:
            return f"'!#{name}' without '!#if'"
        value = self.branches.pop()
        self.closed -= value is False
        if name == "else":
            self._open(None if value is None else not value)
        return ""

    def _open(self, value: bool | None) -> None:
        self.branches.append(value)
        self.closed += value is False


def is_safe_include(path: str) -> bool:
    """Whether a list may include `path`: relative, below its own folder, no address.

    >>> is_safe_include("filters-2024.txt"), is_safe_include("../x.txt"), is_safe_include("https://a/x.txt")
    (True, False, False)
    """
    parts = path.replace("\\", "/").split("/")
    return bool(path) and not path.startswith(("/", "\\", "~")) and ":" not in path and ".." not in parts
