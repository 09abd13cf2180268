"""What plain text needs besides its source: the fitted weights for text, and the packaged phrases that they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

from cleanpage.match.text import Phrases, Words
from cleanpage.packaged import read_table
from cleanpage.rules import store
from cleanpage.structure.textevidence import TextWeights, load_text_weights

__all__ = ["PhraseSets", "phrase_signs", "text_weights"]

_WHOLE = 120
"""Longest text, in characters, that may be a phrase as a whole."""
_HEADINGS = ("-heading", "-label")
"""How the sets are named whose phrases are headings and labels: within a long text they are words like others."""
_READ = 400
"""How much of a text is searched for phrases, in characters."""


class PhraseSets:
    """Named sets of phrases, searched all at once.

    >>> sets = PhraseSets({"share": ("share this",), "related": ("related articles", "more from *")})
    >>> sets("More from Ann"), sets("Share this story"), sets("Hello")
    (['=related'], ['share'], [])
    """

    def __init__(self, sets: Mapping[str, Sequence[str]]) -> None:
        pairs = [(phrase, name) for name in sorted(sets) for phrase in dict.fromkeys(sets[name])]
        self._phrases = Phrases(tuple(phrase for phrase, _ in pairs))
        self._names = [name for _, name in pairs]

    def __call__(self, text: str) -> list[str]:
        """The names of the sets that `text` shows: ``=name`` where a phrase is all of it, ``name`` where a part is."""
        words = Words(text[:_READ])
        found = dict.fromkeys(self._names[n] for n in self._phrases.find_all(words))
        if len(text) > _WHOLE:
            return [name for name in found if not name.endswith(_HEADINGS)]
        whole = {self._names[n] for n in self._phrases.whole_all(words)} if found else set()
        return [f"={name}" if name in whole else name for name in found]


@lru_cache(maxsize=1)
def phrase_signs() -> PhraseSets:
    """The packaged phrases, by the sets that the weights know."""
    same = read_table("textsets.toml")["same"]
    sets: dict[str, list[str]] = {}
    for name, by_language in store.packaged_phrases().items():
        sets.setdefault(same.get(name, name), []).extend(chain.from_iterable(by_language.values()))
    return PhraseSets(sets)


@lru_cache(maxsize=1)
def text_weights() -> TextWeights:
    """The packaged weights for plain text, ready for use; read once."""
    return load_text_weights(phrase_signs())
