"""Scraped HTML in, the same HTML out, without its banners, boxes and menus.

>>> import cleanpage
>>> cleanpage.clean("<p>Hello</p>")
'<p>Hello</p>'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleanpage.api import clean, clean_text
    from cleanpage.cleaner import Cleaner
    from cleanpage.errors import (
        CleanpageError,
        InputError,
        LimitExceeded,
        RuleError,
        RuleSyntaxError,
        UnsupportedRule,
    )
    from cleanpage.kinds import KINDS, PRESETS
    from cleanpage.model import LoadReport, Rule, RuleSet
    from cleanpage.report import Refused, Removal, Result

_HOMES = {
    "clean": "api",
    "clean_text": "api",
    "Cleaner": "cleaner",
    "CleanpageError": "errors",
    "InputError": "errors",
    "LimitExceeded": "errors",
    "RuleError": "errors",
    "RuleSyntaxError": "errors",
    "UnsupportedRule": "errors",
    "KINDS": "kinds",
    "PRESETS": "kinds",
    "LoadReport": "model",
    "Rule": "model",
    "RuleSet": "model",
    "Refused": "report",
    "Removal": "report",
    "Result": "report",
}

__all__ = [
    "KINDS",
    "PRESETS",
    "Cleaner",
    "CleanpageError",
    "InputError",
    "LimitExceeded",
    "LoadReport",
    "Refused",
    "Removal",
    "Result",
    "Rule",
    "RuleError",
    "RuleSet",
    "RuleSyntaxError",
    "UnsupportedRule",
    "clean",
    "clean_text",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cleanpage' has no attribute {name!r}")
    value = getattr(import_module(f"cleanpage.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
