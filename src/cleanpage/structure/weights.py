"""The fitted weights of the evidence, made ready for adding up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from cleanpage.packaged import read_text
from cleanpage.structure.blocks import SHORT
from cleanpage.structure.features import word_group
from cleanpage.structure.lexicon import WordClasses, packaged_classes
from cleanpage.structure.sums import START, pack
from cleanpage.structure.targets import link_signs
from cleanpage.structure.trails import Trails, element_tokens, name_tokens

__all__ = ["Weights", "load_weights"]

_NUMBERS: Final = 1024
_MOST_STEPS: Final = 4096
_MOST_KNOWN: Final = 20_000
_ONE_SCOPE: Final = 1
"""The scope by which a token weighs differently for the kinds."""

_Signs = Mapping[str, Mapping[str, float]]
"""What signs weigh for each kind."""


class Weights:
    """Fitted weights, as numbers of `sums`; see `load_weights`.

    What pages have in common is kept: what short texts weigh, the tokens of class names, the trails.
    """

    def __init__(self, stored: Mapping[str, Any], classes: WordClasses) -> None:
        first, kinds = stored["first"], stored["kinds"]
        signs: _Signs = kinds["signs"]
        self.provenance: str = stored.get("provenance", "")
        self.bias: float = first["bias"]
        self.second: Mapping[str, Any] = stored["second"]
        self.third: Mapping[str, float] = stored["third"]
        self.tokens: Final[dict[str, tuple[int, ...]]] = _TokenSums(first["tokens"], signs)
        """for each token its weight by set of scopes, written as bits."""
        self.columns: Final[dict[str, list[int]]] = _columns(first["columns"], signs)
        self.words: Final[dict[str, dict[str, int]]] = {
            group: _WordSums(group, table, signs, classes) for group, table in first["words"].items()
        }
        """for each group of blocks, what one of its first words weighs, which has to be one of `known_words`."""
        self.heading_words: Final[dict[str, int]] = _WordSums("h", first["heading"], signs, classes)
        """the same of the heading above."""
        told = [sign for table in first["words"].values() for sign in table]
        self.known_words: Final = {sign[1:] for sign in [*signs, *told] if sign[0] == "="}.union(classes)
        self.links: Final[dict[str, int]] = _LinkSums(first["links"], signs)
        """what one sign of a link weighs."""
        self.text_sums: Final[dict[str, int]] = {}
        """what the first words of some short texts weigh; see `text_sum`."""
        self._link_sums: dict[tuple[str, str, str, str], int] = {}
        self._bias = pack(self.bias, kinds["bias"])
        self._name_tokens = _NameTokens(first["tokens"])
        self._element_tokens: dict[tuple[str, str | None, str | None], tuple[str, ...]] = {}
        self._trails = self._new_trails()

    def tokens_of(self, tag: str, name: str | None, classes: str | None) -> tuple[str, ...]:
        """The tokens of an element that weigh anything, for going or for a kind."""
        key = (tag, name, classes)
        found = self._element_tokens.get(key)
        if found is None:
            if len(self._element_tokens) > _MOST_KNOWN:
                self._element_tokens.clear()
            found = element_tokens(tag, name, classes, self._name_tokens.__getitem__)
            found = self._element_tokens[key] = found if found[0] in self._name_tokens.weights else found[1:]
        return found

    def text_sum(self, text: str, count: int, words: Iterable[str]) -> int:
        """What the first `words` of `text`, which has `count` words, weigh; short texts are kept in `text_sums`."""
        weights, known = self.words[word_group(count)], self.known_words
        found = sum([weights[word] for word in words if word in known])
        if len(text) <= SHORT:
            if len(self.text_sums) > _MOST_KNOWN:
                self.text_sums.clear()
            self.text_sums[text] = found
        return found

    def link_sum(self, mark: str, href: str, text: str, site: str) -> int:
        """What a link to `href` weighs in a block that reads `text`, on a page of `site`; see `targets`."""
        key = (mark, href, text, site)
        found = self._link_sums.get(key)
        if found is None:
            weights = self.links
            found = sum([weights[mark + sign] for sign in link_signs(href, text, site)])
            if len(text) <= SHORT:
                if len(self._link_sums) > _MOST_KNOWN:
                    self._link_sums.clear()
                self._link_sums[key] = found
        return found

    def heading_sum(self, words: Iterable[str]) -> int:
        """What the first `words` of a heading weigh for the blocks below it."""
        weights, known = self.heading_words, self.known_words
        return sum([weights[word] for word in words if word in known])

    def trails(self, elements: int) -> Trails:
        """The trails known from the last pages, for a page of so many elements; a vast page has its own.

        The empty trail weighs what every block weighs.
        """
        if elements > _MOST_STEPS:
            return self._new_trails()
        if len(self._trails.steps) > _MOST_STEPS:
            self._trails = self._new_trails()
        return self._trails

    def _new_trails(self) -> Trails:
        return Trails(self.tokens_of, self.tokens, START + self._bias)


def _columns(stored: Mapping[str, Mapping[str, float]], signs: _Signs) -> dict[str, list[int]]:
    """For each column its weights by number, which can be slightly negative: those are read from the end.

    Columns that weigh for going alone come first: their sums are small, which is quicker.
    """
    found = {name: [0] * _NUMBERS for name in stored}
    for name, row in stored.items():
        for number, weight in row.items():
            found[name][int(number)] = pack(weight)
    for sign, kinds in signs.items():
        name, _, number = sign.partition("=")
        if name and number:
            found.setdefault(name, [0] * _NUMBERS)[int(number)] += pack(kinds=kinds)
    return dict(sorted(found.items(), key=lambda column: max(map(abs, column[1]))))


class _NameTokens(dict[str, tuple[str, ...]]):
    """For each class name or id met so far, those of its tokens that weigh anything."""

    def __init__(self, weights: Mapping[str, Sequence[float]]) -> None:
        super().__init__()
        self.weights: Final = weights

    def __missing__(self, name: str) -> tuple[str, ...]:
        if len(self) > _MOST_KNOWN:
            self.clear()
        weights = self.weights
        found = self[name] = tuple([token for token in name_tokens(name) if token in weights])
        return found


class _TokenSums(dict[str, tuple[int, ...]]):
    """For each token, what it weighs by set of scopes; worked out when a page has the token."""

    def __init__(self, weights: Mapping[str, Sequence[float]], signs: _Signs) -> None:
        super().__init__()
        self._weights = weights
        self._signs = signs

    def __missing__(self, token: str) -> tuple[int, ...]:
        going = [0]
        for weight in self._weights[token]:
            going += [pack(weight) + before for before in going]
        kinds = [pack(kinds=self._signs.get(f"{token}|{bit}")) for bit in range(2)]
        found = self[token] = tuple([sum_ + kinds[scopes & _ONE_SCOPE] for scopes, sum_ in enumerate(going)])
        return found


class _WordSums(dict[str, int]):
    """For each word, what it weighs in one group of blocks; worked out when first met."""

    def __init__(self, group: str, weights: Mapping[str, float], signs: _Signs, classes: WordClasses) -> None:
        super().__init__()
        self._group = group
        self._weights = weights
        self._signs = signs
        self._classes = classes

    def __missing__(self, word: str) -> int:
        group, signs = self._group, self._signs
        found = 0 if group == "h" else pack(self._weights.get(f"={word}", 0.0), signs.get(f"={word}"))
        for name in self._classes.get(word, ()):
            found += pack(self._weights.get(name, 0.0), signs.get(f"{group}:{name}"))
        self[word] = found
        return found


class _LinkSums(dict[str, int]):
    """For each sign of a link, what it weighs; worked out when first met."""

    def __init__(self, weights: Mapping[str, float], signs: _Signs) -> None:
        super().__init__()
        self._weights = weights
        self._signs = signs

    def __missing__(self, sign: str) -> int:
        if len(self) > _MOST_KNOWN:
            self.clear()
        found = self[sign] = pack(self._weights.get(sign, 0.0), self._signs.get(sign))
        return found


@lru_cache(maxsize=16)
def _load(path: str) -> Weights:
    text = Path(path).read_text("utf-8") if path else read_text("evidence.json")
    return Weights(json.loads(text), packaged_classes())


def load_weights(path: str | PathLike[str] | None = None) -> Weights:
    """The weights in the file at `path`, or the packaged ones; read once."""
    return _load(fspath(path) if path is not None else "")
