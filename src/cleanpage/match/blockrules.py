"""Rules that have no selector: which blocks of a page each of them could be about.

Such rules go by evidence, place, phrases and length. Trying each rule on each block would cost more than all the rest
of the way, so it is turned round: each block is looked at once, for the phrases of all rules together and for its kind,
and so each rule comes to the few blocks that it could be about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.match.memo import SHORT, TextMemo
from cleanpage.match.place import place_of_block
from cleanpage.match.text import Phrases, Words
from cleanpage.match.wording import has_pattern
from cleanpage.model import PROTECTS, Condition, Range, Rule
from cleanpage.structure.structure import Structure

__all__ = ["BlockRule", "BlockRules", "blocks_by_rule", "is_settled"]

_SETTLED: Final = frozenset({"words", "evidence", "text", "heading", "where", "repeats"})
_CHARS_PER_STEP: Final = 8
_ANYTHING: Final = Range()
_RANGES: Final = ("evidence", "words")
_PHRASES: Final = ("text", "heading")
_NARROWER: Final = (*_PHRASES, "repeats", "cards")
"""A rule that asks one of these is about fewer blocks than all those of its kind."""


def is_settled(condition: Condition) -> bool:
    """Whether a condition is settled here; the rest is left to be tested. The search is for phrases alone."""
    patterns = condition.key == "text" and isinstance(condition.value, tuple) and has_pattern(condition.value)
    return condition.key in _SETTLED and not patterns


class BlockRule:
    """What a rule without selector asks of a block, taken apart."""

    __slots__ = ("by_kind", "high", "kinds", "least", "low", "most", "phrases", "repeats", "where")

    def __init__(self, rule: Rule) -> None:
        found = {condition.key: condition.value for condition in rule.conditions if is_settled(condition)}
        evidence, words = (value if isinstance(value := found.get(k), Range) else _ANYTHING for k in _RANGES)
        self.low, self.high = evidence.low, evidence.high
        self.least, self.most = words.low, words.high
        self.phrases: Final = {k: value for k in _PHRASES if isinstance(value := found.get(k), tuple)}
        most_like = next((c.value for c in rule.conditions if c.key == "most-like"), None)
        self.kinds: Final = most_like if isinstance(most_like, tuple) else (rule.kind,)
        where, repeats = found.get("where"), found.get("repeats")
        self.where: Final = _places(where) if isinstance(where, tuple) else None
        self.repeats: Final = repeats if isinstance(repeats, tuple) else None
        alone = "evidence" in found and all(c.key not in _NARROWER for c in rule.conditions)
        self.by_kind: Final = alone and rule.action not in PROTECTS
        """whether it is about any block that is most likely of one of `kinds`."""


def _places(where: tuple[str, ...]) -> frozenset[str]:
    outside = ("before-article", "after-article") if "outside-article" in where else ()
    return frozenset((*where, *outside))


class _Search:
    """The phrases of one condition, of all rules together; `low` to `high` evidence and `most` words are the range of
    blocks in which they are worth a search."""

    def __init__(self, rules: Sequence[BlockRule], key: str) -> None:
        asked = [(n, rule) for n, rule in enumerate(rules) if key in rule.phrases]
        owners: dict[str, list[int]] = {}
        for n, rule in asked:
            for phrase in rule.phrases[key]:
                owners.setdefault(phrase, []).append(n)
        self._phrases: Final = Phrases(owners)
        self._whole: Final = key == "heading"
        self._owners: Final = list(owners.values())
        self.low: Final = min((rule.low for _, rule in asked), default=2.0)
        self.high: Final = max((rule.high for _, rule in asked), default=-1.0)
        self.most: Final = max((rule.most for _, rule in asked), default=0.0)
        self.memo: Final = TextMemo[tuple[int, ...]]()

    def find(self, words: Words) -> tuple[int, ...]:
        """The rules that one of the phrases in a block is of, lowest first."""
        numbers = self._phrases.whole_all(words) if self._whole else self._phrases.find_all(words)
        return tuple(sorted({n for number in numbers for n in self._owners[number]})) if numbers else ()


class BlockRules:
    """Rules without selector, made ready to be asked together. Never changed."""

    def __init__(self, rules: Sequence[BlockRule]) -> None:
        self.rules: Final = rules
        self.by_kind: Final[dict[str, list[int]]] = {}
        for n, rule in enumerate(rules):
            for kind in rule.kinds if rule.by_kind else ():
                self.by_kind.setdefault(kind, []).append(n)
        self.by_phrase: Final = [n for n, rule in enumerate(rules) if rule.phrases]
        self.by_else: Final = [n for n, rule in enumerate(rules) if not rule.phrases and not rule.by_kind]
        self.least_of_kind: Final = min((r.low for r in rules if r.by_kind), default=2.0)
        self.searches: Final = {key: _Search(rules, key) for key in _PHRASES}


def blocks_by_rule(asked: BlockRules, structure: Structure, context: MatchContext) -> dict[int, list[int]]:
    """For each rule, by number, the blocks in document order for which all that is settled here holds."""
    every = range(len(structure.blocks))
    context.budget.spend(len(every))
    by_else = ((n, every) for n in asked.by_else)
    found: dict[int, list[int]] = {}
    places: dict[int, str] = {}
    for n, blocks in chain(by_else, _by_kind(asked, structure), _by_phrase(asked, structure, context)):
        context.budget.spend(len(blocks))
        held = _in_range(asked.rules[n], blocks, structure)
        if held and (held := _in_place(asked.rules[n], held, structure, places)):
            found[n] = _repeated(asked.rules[n], held, structure)
    return found


def _by_kind(asked: BlockRules, structure: Structure) -> Iterator[tuple[int, Sequence[int]]]:
    """The rules about a kind, each with the blocks that are most likely of it."""
    # On a page of links the links are the content, and evidence learned on articles says nothing.
    if structure.kind == "index" or not asked.by_kind:
        return
    evidence, least = structure.evidence, asked.least_of_kind
    blocks_of: dict[str, list[int]] = {}
    for b, go in enumerate(evidence.go):
        if go >= least:
            blocks_of.setdefault(evidence.kind_of(b), []).append(b)
    for kind, blocks in blocks_of.items():
        for n in asked.by_kind.get(kind, ()):
            yield n, blocks


def _by_phrase(
    asked: BlockRules, structure: Structure, context: MatchContext
) -> Iterator[tuple[int, Sequence[int]]]:
    """The rules about phrases, each with the blocks in which all its phrase conditions hold."""
    if not asked.by_phrase:
        return
    found = _search(asked.searches, structure, context)
    for n in asked.by_phrase:
        first, *others = (found[key].get(n, []) for key in asked.rules[n].phrases)
        if first:
            yield n, sorted(set(first).intersection(*others)) if others else first


def _search(
    searches: Mapping[str, _Search], structure: Structure, context: MatchContext
) -> dict[str, dict[int, list[int]]]:
    """For each condition, for each rule the blocks in which one of its phrases stands."""
    found: dict[str, dict[int, list[int]]] = {key: {} for key in searches}
    blocks = structure.blocks
    tried = [
        (search, search.memo.known(len(blocks)), context.keep(search, dict[str, tuple[int, ...]]), found[key])
        for key, search in searches.items()
    ]
    context.budget.spend(sum(map(len, blocks.texts)) // _CHARS_PER_STEP)
    for b, (go, count, text) in enumerate(zip(structure.evidence.go, blocks.words, blocks.texts, strict=True)):
        for search, known_short, known_long, blocks_of in tried:
            if count > search.most or not search.low <= go <= search.high:
                continue
            known = known_short if len(text) <= SHORT else known_long
            numbers = known.get(text)
            if numbers is None:
                numbers = known[text] = search.find(context.words(text))
            for n in numbers:
                blocks_of.setdefault(n, []).append(b)
    return found


def _in_range(rule: BlockRule, blocks: Iterable[int], structure: Structure) -> list[int]:
    go, words = structure.evidence.go, structure.blocks.words
    low, high, least, most = rule.low, rule.high, rule.least, rule.most
    return [b for b in blocks if low <= go[b] <= high and least <= words[b] <= most]


def _in_place(rule: BlockRule, blocks: list[int], structure: Structure, places: dict[int, str]) -> list[int]:
    """Those of some blocks that stand where the rule asks; `places` is what is known of where blocks stand."""
    if rule.where is None:
        return blocks
    for b in blocks:
        if b not in places:
            places[b] = place_of_block(structure, b)
    return [b for b in blocks if places[b] in rule.where]


def _repeated(rule: BlockRule, blocks: list[int], structure: Structure) -> list[int]:
    """Those of some blocks that repeat what the rule asks for, if it asks for that."""
    if rule.repeats is None:
        return blocks
    repeats = structure.repeats
    known = {"caption": lambda: repeats.captions, "title": lambda: repeats.titles}
    copies = frozenset[int]().union(*(known[what]() for what in rule.repeats if what in known))
    return [b for b in blocks if b in copies]
