"""The word classes of ``rules/data/words.toml``: what the first words of a short text say it is about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cleanpage.packaged import read_table

__all__ = ["WordClasses", "packaged_classes", "word_classes"]

WordClasses = Mapping[str, tuple[str, ...]]
"""A word to the classes that it belongs to."""


def word_classes(stored: Mapping[str, Mapping[str, str]]) -> WordClasses:
    """Turn classes of words per language round.

    >>> word_classes({"ad": {"en": "ad sponsored", "de": "anzeige"}, "share": {"en": "ad"}})["ad"]
    ('ad', 'share')
    """
    found: dict[str, dict[str, None]] = {}
    for name, languages in stored.items():
        for words in languages.values():
            for word in words.lower().split():
                found.setdefault(word, {})[name] = None
    return {word: tuple(names) for word, names in found.items()}


@cache
def packaged_classes() -> WordClasses:
    """The word classes that come with the package."""
    return word_classes(read_table("words.toml"))
