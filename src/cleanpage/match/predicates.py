"""A rule's evidence: one small function for each key of the rule format.

Each takes the structure of the page, a candidate and the rule's value, and says whether the evidence holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from cleanpage.match.candidates import Candidate
from cleanpage.match.context import MatchContext
from cleanpage.match.likeness import likeness, parse_like
from cleanpage.match.lines import LinePhrases, find_lines, has_line, line_phrases
from cleanpage.match.place import place
from cleanpage.match.selectors import Selector, parse_selector
from cleanpage.match.text import Words, compiled_phrases
from cleanpage.match.wording import is_pattern, pattern
from cleanpage.model import Condition, Range
from cleanpage.page import Page, any_between
from cleanpage.structure.runs import introduced
from cleanpage.structure.structure import Structure

if TYPE_CHECKING:
    from cleanpage.match.regex import Regex

__all__ = ["Test", "tests_of"]

Test = Callable[[Structure, Candidate, MatchContext], bool]


_CHARS_PER_STEP: Final = 8
_STEPS_PER_KIND_ROW: Final = 4
_LINE_WORDS: Final = 10
"""What has more words is no line that introduces others."""


def _of_block(structure: Structure, b: int, context: MatchContext) -> Words:
    text = structure.blocks.texts[b]
    context.budget.spend(len(text) // _CHARS_PER_STEP)
    return context.words(text)


def _words_of(structure: Structure, found: Candidate, context: MatchContext) -> Words:
    """The words of all blocks that a candidate holds; of one that holds part of a block, its own."""
    if len(found.nodes) == 1 and _holds_whole_blocks(structure, found):
        context.budget.spend(len(found.blocks))
        return Words.of(_of_block(structure, b, context) for b in found.blocks)
    text = _joined(structure, found)
    context.budget.spend(len(text) // _CHARS_PER_STEP)
    return context.words(text)


def _holds_whole_blocks(structure: Structure, found: Candidate) -> bool:
    blocks = structure.blocks
    first, end = structure.page.text_runs(found.node)
    return bool(found.blocks) and first <= blocks.first[found.blocks.start] and blocks.end[found.blocks.stop - 1] <= end


def _joined(structure: Structure, found: Candidate) -> str:
    return " ".join(structure.page.text(node) for node in found.nodes)


def _text(value: tuple[str, ...]) -> Test:
    phrases = cache(partial(compiled_phrases, tuple(written for written in value if not is_pattern(written))))
    patterns = [pattern(written) for written in value if is_pattern(written)]

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        if any(_occurs(each, structure, found, context) for each in patterns):
            return True
        return phrases().find(_words_of(structure, found, context)) is not None

    return test


def _occurs(wanted: Regex, structure: Structure, found: Candidate, context: MatchContext) -> bool:
    """Whether a pattern occurs in the text as it is written, each run of white space being one space."""
    text = " ".join(_joined(structure, found).split())
    context.budget.spend(1 + len(text) // _CHARS_PER_STEP + wanted.steps(len(text)))
    return wanted.search(text)


def _heading(value: tuple[str, ...]) -> Test:
    phrases = cache(partial(compiled_phrases, value))

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        if not found.blocks:
            return False
        b = found.blocks.start
        return phrases().whole(_of_block(structure, b, context)) is not None

    return test


def _line(value: tuple[str, ...]) -> Test:
    phrases = cache(partial(line_phrases, value))
    return lambda structure, found, context: has_line(structure, found.blocks, phrases(), context)


def _under(value: tuple[str, ...]) -> Test:
    """Whether the first block stands in the run that a line of one of the phrases introduces."""
    phrases = cache(partial(line_phrases, value))

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        led = context.remember(test, lambda: _led(phrases(), structure, context))
        return bool(found.blocks) and found.blocks.start in led

    return test


def _led(phrases: LinePhrases, structure: Structure, context: MatchContext) -> frozenset[int]:
    """All blocks that stand in a run that a line of one of `phrases` introduces."""
    blocks, go = structure.blocks, structure.evidence.go
    lines = [b for b in find_lines(structure, phrases, context) if blocks.words[b] <= _LINE_WORDS]
    return frozenset(b for line in lines for b in introduced(blocks, go, line))


def _links(value: Range) -> Test:
    def test(structure: Structure, found: Candidate, _: MatchContext) -> bool:
        page = structure.page
        chars = sum(page.chars(n) for n in found.nodes)
        linked = sum(page.link_share(n) * page.chars(n) for n in found.nodes)
        return (linked / chars if chars else 0.0) in value

    return test


def _items(value: Range) -> Test:
    """How many children of the same tag, the most frequent one, the candidate (or what it wraps) has."""

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        page, node = structure.page, found.node
        if node < 0:
            return 0 in value
        while len(only := list(page.children(node))) == 1:
            context.budget.spend()
            node = only[0]
        context.budget.spend(len(only))
        counts: dict[str, int] = {}
        for child in only:
            counts[page.tags[child]] = counts.get(page.tags[child], 0) + 1
        return max(counts.values(), default=0) in value

    return test


def _has(value: tuple[str, ...]) -> Test:
    selectors = [parse_selector(selector) for selector in value]

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        inside = [node for node in found.nodes if node >= 0]
        return any(_holds(selector, structure.page, node, context) for selector in selectors for node in inside)

    return test


def _without(value: tuple[str, ...]) -> Test:
    held = _has(value)
    return lambda structure, found, context: not held(structure, found, context)


def _holds(selector: Selector, page: Page, node: int, context: MatchContext) -> bool:
    """Whether something in element `node` is selected; what is selected on the page is found once."""
    selected = context.remember(("has", selector), lambda: selector.select(page, context))
    return any_between(selected, node + 1, page.ends[node])


def _where(value: tuple[str, ...]) -> Test:
    def test(structure: Structure, found: Candidate, _: MatchContext) -> bool:
        return place(structure, found) in value or (
            "outside-article" in value and place(structure, found) != "in-article"
        )

    return test


def _repeats(value: tuple[str, ...]) -> Test:
    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        context.budget.spend(len(found.blocks))
        repeats = structure.repeats
        known = {"caption": repeats.captions, "title": repeats.titles} if found.blocks else {}
        return any(all(b in known[what] for b in found.blocks) for what in value if what in known)

    return test


def _cards(value: Range) -> Test:
    """How likely it is that the row of cards in which the candidate begins is clutter."""

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        context.budget.spend()
        row = structure.clutter_of_cards(found.blocks.start) if found.blocks else None
        return row is not None and row in value

    return test


def _lang(value: tuple[str, ...]) -> Test:
    primary = {tag.split("-")[0].lower() for tag in value}
    return lambda structure, _, __: structure.language in primary


def _most_like(value: tuple[str, ...]) -> Test:
    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        context.budget.spend(len(found.blocks))
        return bool(found.blocks) and all(structure.evidence.kind_of(b) in value for b in found.blocks)

    return test


def _like(value: tuple[str, ...]) -> Test:
    asked = [parse_like(written) for written in value]

    def test(structure: Structure, found: Candidate, context: MatchContext) -> bool:
        context.budget.spend(len(asked) * len(found.blocks) * _STEPS_PER_KIND_ROW)
        return all(likeness(structure, found.blocks, kinds) in share for kinds, share in asked)

    return test


_RANGES: Final[dict[str, Callable[[Range], Test]]] = {
    "links": _links,
    "items": _items,
    "cards": _cards,
}
_LISTS: Final[dict[str, Callable[[tuple[str, ...]], Test]]] = {
    "lang": _lang,
    "repeats": _repeats,
    "where": _where,
    "heading": _heading,
    "line": _line,
    "under": _under,
    "text": _text,
    "has": _has,
    "without": _without,
    "most-like": _most_like,
    "like": _like,
}
_CHEAP_FIRST: Final = (
    *("lang", "repeats", "cards", "links"),
    *("where", "heading", "text", "under", "line", "items", "has", "without", "most-like", "like"),
)


def tests_of(conditions: Iterable[Condition]) -> tuple[Test, ...]:
    """Those of a rule's conditions that are left to be tested, cheap ones first; all must hold.

    Words and evidence are settled before, for blocks by `blockrules` and for elements by `narrow`.
    """
    ordered = sorted(conditions, key=lambda condition: _CHEAP_FIRST.index(condition.key))
    return tuple(_test(condition) for condition in ordered)


def _test(condition: Condition) -> Test:
    if isinstance(condition.value, Range):
        return _RANGES[condition.key](condition.value)
    return _LISTS[condition.key](condition.value)
