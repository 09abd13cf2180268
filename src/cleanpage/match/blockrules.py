"""Rules that have no selector: which blocks of a page each of them could be about.

Such rules go by evidence, place, phrases and length. Trying each rule on each block would cost more than all the rest
of the way, so it is turned round: each block is looked at once, for the phrases of all rules together and for its kind,
and says which rules could be about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cleanpage.match.context import MatchContext
from cleanpage.match.place import place_of_block
from cleanpage.match.text import Phrases, Words
from cleanpage.model import Action, Range, Rule
from cleanpage.structure.structure import Structure

__all__ = ["SETTLED", "BlockRule", "BlockRules", "blocks_by_rule"]

SETTLED: Final = frozenset({"words", "evidence", "text", "heading", "where"})
"""Conditions that are settled here; the rest is left to be tested."""
_CHARS_PER_STEP: Final = 8
_ANYTHING: Final = Range()


class BlockRule:
    """What a rule without selector asks of a block, taken apart."""

    __slots__ = ("by_kind", "high", "kinds", "least", "low", "most", "phrases", "where")

    def __init__(self, rule: Rule) -> None:
        found = {condition.key: condition.value for condition in rule.conditions}
        evidence, words = (value if isinstance(value := found.get(k), Range) else _ANYTHING for k in _RANGES)
        self.low, self.high = evidence.low, evidence.high
        self.least, self.most = words.low, words.high
        self.phrases: Final = {k: value for k in _PHRASES if isinstance(value := found.get(k), tuple)}
        most_like = found.get("most-like")
        self.kinds: Final = most_like if isinstance(most_like, tuple) else (rule.kind,)
        where = found.get("where")
        self.where: Final = _places(where) if isinstance(where, tuple) else None
        alone = "evidence" in found and not self.phrases and "repeats" not in found
        self.by_kind: Final = alone and rule.action is not Action.KEEP
        """whether it is about any block that is most likely of one of `kinds`."""


_RANGES: Final = ("evidence", "words")
_PHRASES: Final = ("text", "heading")


def _places(where: tuple[str, ...]) -> frozenset[str]:
    outside = ("before-article", "after-article") if "outside-article" in where else ()
    return frozenset((*where, *outside))


class BlockRules:
    """Rules without selector, made ready to be asked together. Immutable."""

    def __init__(self, rules: Sequence[BlockRule]) -> None:
        self.rules: Final = rules
        self.by_kind: Final[dict[str, list[int]]] = {}
        for n, rule in enumerate(rules):
            for kind in rule.kinds if rule.by_kind else ():
                self.by_kind.setdefault(kind, []).append(n)
        self.by_phrase: Final = [n for n, rule in enumerate(rules) if rule.phrases]
        self.by_else: Final = [n for n, rule in enumerate(rules) if not rule.phrases and not rule.by_kind]
        self.least_of_kind: Final = min((r.low for r in rules if r.by_kind), default=2.0)
        self._texts, self._text_owners = _merged(rules, "text")
        self._headings, self._heading_owners = _merged(rules, "heading")
        asked = [rules[n] for n in self.by_phrase]
        self._low = min((rule.low for rule in asked), default=2.0)
        self._high = max((rule.high for rule in asked), default=-1.0)
        self._most = max((rule.most for rule in asked), default=0.0)

    def may_show(self, go: float, words: int) -> bool:
        """Whether any rule's phrases are worth a search in such a block."""
        return words <= self._most and self._low <= go <= self._high

    def shown(self, words: Words) -> Iterable[int]:
        """The rules all of whose phrase conditions hold for a block of these words."""
        texts, headings = self._texts.find_all(words), self._headings.whole_all(words)
        if not texts and not headings:
            return ()
        text = {n for number in texts for n in self._text_owners[number]}
        heading = {n for number in headings for n in self._heading_owners[number]}
        return [n for n in text | heading if all(n in got for got in self._asked(n, text, heading))]

    def _asked(self, n: int, text: set[int], heading: set[int]) -> Iterable[set[int]]:
        phrases = self.rules[n].phrases
        return [got for key, got in (("text", text), ("heading", heading)) if key in phrases]


def _merged(rules: Sequence[BlockRule], key: str) -> tuple[Phrases, list[list[int]]]:
    owners: dict[str, list[int]] = {}
    for n, rule in enumerate(rules):
        for phrase in rule.phrases.get(key, ()):
            owners.setdefault(phrase, []).append(n)
    return Phrases(owners), list(owners.values())


def blocks_by_rule(asked: BlockRules, structure: Structure, context: MatchContext) -> dict[int, list[int]]:
    """For each rule, by number, the blocks in document order for which all that is settled here holds."""
    blocks, evidence = structure.blocks, structure.evidence
    rules, found = asked.rules, dict[int, list[int]]()
    # On a page of links the links are the content, and evidence learned on articles says nothing.
    least_of_kind = 2.0 if structure.kind == "index" else asked.least_of_kind
    for b, (go, words) in enumerate(zip(evidence.go, blocks.words, strict=True)):
        numbers: list[int] = [*asked.by_else]
        if go >= least_of_kind:
            numbers += asked.by_kind.get(evidence.kind_of(b), ())
        if asked.may_show(go, words):
            context.budget.spend(len(blocks.texts[b]) // _CHARS_PER_STEP + 1)
            numbers += asked.shown(Words(blocks.texts[b]))
        context.budget.spend(len(numbers) + 1)
        where = ""
        for n in numbers:
            rule = rules[n]
            if rule.low <= go <= rule.high and rule.least <= words <= rule.most:
                if rule.where is not None:
                    where = where or place_of_block(structure, b)
                    if where not in rule.where:
                        continue
                found.setdefault(n, []).append(b)
    return found
