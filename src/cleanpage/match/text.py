"""Phrases: is one of these thousands of wordings in this text?

A text is folded once into words (`Words`): case, white space, punctuation and typographic variants are gone. Phrases
are kept in a tree of words, so a search costs about one dictionary look-up a word however many phrases there are. In
scripts without spaces between words, and in Korean, each letter counts as a word: a phrase may stand anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, Final

from cleanpage.errors import LimitExceeded, RuleSyntaxError, Where

__all__ = ["MAX_PHRASE", "Phrases", "Words", "check_phrase", "compiled_phrases", "doubtful_phrases", "fold"]

MAX_PHRASE: Final = 500
"""Longest phrase, in characters."""
MAX_GAP: Final = 8
"""How many words a ``*`` may stand for at most."""
MAX_WIDE_GAP: Final = 24
"""The same in letters, for phrases in scripts without spaces."""
MAX_STARS: Final = 8
"""Most ``*`` in one phrase."""

# What is written in several ways and means the same, after case folding.
_SAME: Final = {
    variant: plain
    for plain, variants in {
        "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u0060\u2039\u203a\uff07",
        '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02",
        "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d",
        "...": "\u2026",
        " © ": "©",
        "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u0640\u0307",
        "i": "ı",
        "е": "ё",
        "α": "ά",
        "ε": "έ",
        "η": "ή",
        "ι": "ίϊΐ",
        "ο": "ό",
        "υ": "ύϋΰ",
        "ω": "ώ",
        "ی": "يى",
        "ک": "ك",
        "ا": "أإآ",
    }.items()
    for variant in variants
}
_COMBINING: Final = frozenset(map(chr, range(0x0300, 0x0370)))
_WIDTH_FORMS: Final = frozenset(map(chr, range(0xFF01, 0xFFF0)))

_WIDE_RANGES: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WIDE_EDGES: Final = [
    edge for first, last in re.findall("(.)-(.)", _WIDE_RANGES) for edge in (first, chr(ord(last) + 1))
]
"""Where these ranges begin and end; a pattern of them takes two thousandths of a second to compile."""
# Vowel signs and other marks belong to their word, though \w leaves them out.
_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed" + (
    "\u0900-\u0963\u0966-\u0dff"
)
_WORD = re.compile(rf"[{_WIDE_RANGES}]|(?:[^\W{_WIDE_RANGES}]+|[©{_MARKS}]+)+")
# What is surely left of a phrase when it is folded into words.
_LETTER = re.compile(r"[^\W_\u0640]")
_ASCII_WORDS: Final = "".join(chr(c).lower() if chr(c).isalnum() or chr(c) == "_" else " " for c in range(128))

_ASCII_LINES: Final = f"{_ASCII_WORDS[:10]}\n{_ASCII_WORDS[11:]}"


def fold(text: str) -> str:
    """`text` with case, white space and typographic variants folded; punctuation stays.

    >>> fold("  Don’t\\u00a0miss –  OUR NEWSLETTER ")
    "don't miss - our newsletter"
    """
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(_fold_letters(text).split())


def _fold_letters(text: str) -> str:
    text = text.casefold()
    seen = set(text)
    if not _WIDTH_FORMS.isdisjoint(seen):
        text = unicodedata.normalize("NFKC", text).casefold()
        seen = set(text)
    if not _COMBINING.isdisjoint(seen):
        text = unicodedata.normalize("NFC", text)
        seen = set(text)
    # The replacements are independent of each other, so their order does not matter.
    for variant in _SAME.keys() & seen:
        text = text.replace(variant, _SAME[variant])
    return text


_MARK: Final = " ©© "
"""What no folded text holds, and is a word for `_WORD`."""


def _split(folded: str) -> list[str]:
    return folded.translate(_ASCII_WORDS).split() if folded.isascii() else _WORD.findall(folded)


def _split_all(folded: Sequence[str]) -> list[str]:
    """The words of each of some folded texts, a space between them; in one go, which takes a third of the time."""
    wide = [text for text in folded if not text.isascii()]
    lines = "\n".join([text if text.isascii() else "" for text in folded]).translate(_ASCII_LINES).split("\n")
    wide_lines = " ".join(_WORD.findall(_MARK.join(wide))).split(_MARK) if wide else []
    if len(lines) != len(folded) or len(wide_lines) != len(wide):
        return [" ".join(_split(text)) for text in folded]
    words_of_wide = iter(wide_lines)
    return [
        " ".join(line.split()) if text.isascii() else next(words_of_wide)
        for text, line in zip(folded, lines, strict=True)
    ]


class Words:
    """A text folded into its words, once for all the phrases that are looked for in it.

    >>> list(Words("Don’t miss: our Newsletter!"))
    ['don', 't', 'miss', 'our', 'newsletter']
    """

    __slots__ = ("words",)

    def __init__(self, text: str) -> None:
        self.words: Final = _split(text if text.isascii() else _fold_letters(text))
        """the words, in order."""

    @classmethod
    def of(cls, texts: Iterable[Words]) -> Words:
        """The words of texts that follow one another."""
        joined = cls("")
        joined.words.extend(chain.from_iterable(texts))
        return joined

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)


@dataclass(slots=True)
class _Phrase:
    """A phrase with ``*``, as the runs of words between them. Never changed; not frozen, which takes longer to make."""

    number: int
    runs: tuple[list[str], ...]
    open_start: bool
    open_end: bool
    gap: int

    @property
    def longest(self) -> int:
        stars = len(self.runs) - 1 + self.open_start + self.open_end
        return sum(map(len, self.runs)) + stars * self.gap

    def ends(self, words: list[str], start: int) -> Iterable[int]:
        """Where in `words` the phrase may end, its first run standing at `start`."""
        ends: Iterable[int] = (start + len(self.runs[0]),)
        for run in self.runs[1:]:
            starts = {at + skipped for at in ends for skipped in range(self.gap + 1)}
            ends = [at + len(run) for at in starts if words[at : at + len(run)] == run]
        return ends

    def stands(self, words: list[str], start: int) -> bool:
        """Whether the phrase stands in `words`, its first run at `start`."""
        return len(self.runs) == 1 or bool(self.ends(words, start))

    def fills(self, words: list[str], start: int) -> bool:
        """Whether the phrase, its first run standing at `start`, takes up all of `words`."""
        if start > (self.gap if self.open_start else 0):
            return False
        first = len(words) - (self.gap if self.open_end else 0)
        return any(first <= end <= len(words) for end in self.ends(words, start))


def _fold_all(patterns: Sequence[str]) -> list[str]:
    """Each pattern folded as a text is; all in one go, which is faster, where they cannot influence each other."""
    alone = {pattern for pattern in patterns if "\n" in pattern or not _WIDTH_FORMS.isdisjoint(pattern)}
    together = _fold_letters("\n".join([pattern for pattern in patterns if pattern not in alone])).split("\n")
    folded = iter(together)
    return [_fold_letters(pattern) if pattern in alone else next(folded) for pattern in patterns]


_words_of: Final[dict[str, str]] = {}
"""The words of patterns without ``*``, a space between them: rules share their phrases."""
_MOST_KNOWN: Final = 50_000


def _parsed(patterns: Sequence[str]) -> list[str | _Phrase]:
    """For each pattern its words, a space between them, or with ``*`` a phrase. Raises as `check_phrase`."""
    if len(_words_of) > _MOST_KNOWN:
        _words_of.clear()
    words_of = {pattern: words for pattern in patterns if (words := _words_of.get(pattern))}
    new = [pattern for pattern in patterns if pattern not in words_of]
    if max(map(len, new), default=0) > MAX_PHRASE:
        raise _too_long(next(pattern for pattern in new if len(pattern) > MAX_PHRASE))
    folded = dict(zip(new, _fold_all(new), strict=True))
    plain = [pattern for pattern, text in folded.items() if "*" not in text]
    for pattern, words in zip(plain, _split_all([folded[pattern] for pattern in plain]), strict=True):
        if not words:
            raise _wordless(pattern)
        words_of[pattern] = _words_of[pattern] = words
    return [
        words_of.get(pattern) or _parse_starred(number, pattern, folded[pattern])
        for number, pattern in enumerate(patterns)
    ]


def _parse_starred(number: int, pattern: str, folded: str) -> _Phrase:
    runs = [_split(part) for part in folded.split("*")]
    filled = tuple([run for run in runs if run])
    if not filled:
        raise _wordless(pattern)
    if len(runs) > MAX_STARS + 1:
        raise _bad_phrase(pattern, f"has more than {MAX_STARS} '*'", "write the words between them")
    gap = MAX_GAP if folded.isascii() or not _has_wide(folded) else MAX_WIDE_GAP
    return _Phrase(number, filled, not runs[0], not runs[-1], gap)


def _has_wide(text: str) -> bool:
    """Whether a letter of `text` counts as a word of its own."""
    return max(text) >= _WIDE_EDGES[0] and any(bisect_right(_WIDE_EDGES, letter) % 2 for letter in text)


def _too_long(pattern: str) -> LimitExceeded:
    where = Where(column=1, source=pattern[:80] + "…")
    return LimitExceeded(f"phrase longer than {MAX_PHRASE} characters", code="phrase-length", where=where)


def _wordless(pattern: str) -> RuleSyntaxError:
    return _bad_phrase(pattern, "has no word", 'write words, such as "Sign up for * newsletter"')


def _bad_phrase(pattern: str, problem: str, hint: str) -> RuleSyntaxError:
    where = Where(column=1, source=pattern, width=max(1, len(pattern)))
    return RuleSyntaxError(f"phrase {pattern!r} {problem}", code="phrase", where=where, hint=hint)


def check_phrase(pattern: str) -> None:
    """Nothing, where `pattern` is a phrase that can be looked for.

    Raises:
        RuleSyntaxError: (``phrase``) it has no word or too many ``*``.
        LimitExceeded: (``phrase-length``) it is longer than `MAX_PHRASE` characters.
    """
    if doubtful_phrases((pattern,)):
        _parsed((pattern,))


def doubtful_phrases(patterns: Iterable[str]) -> list[str]:
    """Those of `patterns` that `check_phrase` has to look at closely: none of the others is wrong."""
    letter = _LETTER.search
    return [p for p in patterns if len(p) > MAX_PHRASE or p.count("*") > MAX_STARS or not letter(p)]


# A tree of words: each word leads to the next level, and _HERE to what ends on this level: the numbers of phrases
# without ``*``, and others with their first run. It is grown only as far as texts have led: until then a word leads to
# a list of what is to be grown there, which takes a fifth of the time and memory.
_Tree = dict[str, Any]
_HERE: Final = ""


class Phrases:
    """Phrases, compiled when first searched for. Immutable; `patterns` are kept as written. Raises as `check_phrase`.

    Case, white space and punctuation do not count, and ``*`` stands for none to eight words. What is searched is a
    text, or its `Words` where several things are looked for in the same text.

    >>> phrases = Phrases(("sign up for our * newsletter", "MORE FROM *"))
    >>> phrases.find("Sign up for our free daily newsletter today")
    'sign up for our * newsletter'
    >>> phrases.whole("More from: Ann Example →"), phrases.whole("Read more from Ann")
    ('MORE FROM *', None)
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns: Final = tuple(patterns)
        for pattern in doubtful_phrases(self.patterns):
            check_phrase(pattern)

    @cached_property
    def _tree(self) -> _Tree:
        """All phrases."""
        tree: _Tree = {}
        for number, phrase in enumerate(_parsed(self.patterns)):
            if isinstance(phrase, str):
                _plant(tree, phrase, number)
            else:
                _plant(tree, " ".join(phrase.runs[0]), phrase)
        return tree

    @cached_property
    def _wholes(self) -> _Wholes:
        return _Wholes(self.patterns)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.patterns,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrases) and self.patterns == other.patterns

    def __hash__(self) -> int:
        return hash(self.patterns)

    def __len__(self) -> int:
        return len(self.patterns)

    def find(self, text: str | Words) -> str | None:
        """The first phrase that stands anywhere in `text`, as it was written, or None."""
        number = next(self._anywhere(_words(text)), None)
        return None if number is None else self.patterns[number]

    def whole(self, text: str | Words) -> str | None:
        """The first phrase that is all of `text`, as it was written, or None.

        Marks and arrows around it do not count.
        """
        number = next(self._wholes.find(_words(text)), None)
        return None if number is None else self.patterns[number]

    def find_all(self, text: str | Words) -> list[int]:
        """The numbers of all phrases that stand anywhere in `text`, lowest first."""
        return sorted(set(self._anywhere(_words(text))))

    def whole_all(self, text: str | Words) -> list[int]:
        """The numbers of all phrases that are all of `text`, lowest first."""
        return sorted(set(self._wholes.find(_words(text))))

    def _anywhere(self, words: list[str]) -> Iterator[int]:
        tree = self._tree
        if tree.keys().isdisjoint(words):
            return
        for start, word in enumerate(words):
            if word not in tree:
                continue
            level = _below(tree, word)
            after = start
            while level is not None:
                after += 1
                for found in level.get(_HERE, ()):
                    if isinstance(found, int):
                        yield found
                    elif found.stands(words, start):
                        yield found.number
                level = _below(level, words[after]) if after < len(words) else None


@lru_cache(maxsize=512)
def compiled_phrases(patterns: tuple[str, ...]) -> Phrases:
    """Phrases made ready for search, shared by all who look for them."""
    return Phrases(patterns)


class _Wholes:
    """Phrases, compiled for finding the one that is all of a text."""

    __slots__ = ("_exact", "_longest", "_loose", "_open_start")

    def __init__(self, patterns: Sequence[str]) -> None:
        exact: dict[str, list[int]] = {}
        loose = []
        for number, phrase in enumerate(_parsed(patterns)):
            if isinstance(phrase, str):
                exact.setdefault(phrase, []).append(number)
            else:
                loose.append(phrase)
        self._exact: Final = exact
        self._loose: Final[_Tree] = {}
        for phrase in loose:
            _plant(self._loose, " ".join(phrase.runs[0]), phrase)
        self._longest: Final = max((phrase.longest for phrase in loose), default=0)
        self._open_start: Final = max((phrase.gap for phrase in loose if phrase.open_start), default=0)

    def find(self, words: list[str]) -> Iterator[int]:
        """The numbers of the phrases that are all of `words`."""
        yield from self._exact.get(" ".join(words), ())
        loose = self._loose
        if len(words) > self._longest or loose.keys().isdisjoint(words):
            return
        for start in range(min(self._open_start + 1, len(words))):
            for phrase in _starting_at(loose, words, start):
                if phrase.fills(words, start):
                    yield phrase.number


def _words(text: str | Words) -> list[str]:
    return Words(text).words if isinstance(text, str) else text.words


def _plant(tree: _Tree, words: str, end: int | _Phrase) -> None:
    """Let `words`, a space between them, lead from the root of `tree` to `end`."""
    word, _, others = words.partition(" ")
    tree.setdefault(word, []).append((others, end) if word else end)


def _below(level: _Tree, word: str) -> _Tree | None:
    """The level that `word` leads to."""
    below = level.get(word)
    if isinstance(below, list):
        grown: _Tree = {}
        for words, end in below:
            _plant(grown, words, end)
        level[word] = below = grown
    return below


def _starting_at(tree: _Tree, words: list[str], start: int) -> Iterator[_Phrase]:
    """The phrases whose first run stands in `words` at `start`."""
    level = tree
    for word in words[start:]:
        below = _below(level, word)
        if below is None:
            return
        yield from below.get(_HERE, ())
        level = below
