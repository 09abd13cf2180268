"""What a rule is, and what a file of rules comes to. Plain frozen data: rule readers make it, matching uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

__all__ = [
    "LAYERS",
    "PROTECTS",
    "Action",
    "Condition",
    "LoadReport",
    "Origin",
    "Range",
    "Reach",
    "Rule",
    "RuleSet",
    "RuleTest",
    "Sites",
    "Unusable",
]

LAYERS: Final = ("generic", "site", "installed", "user", "call")
"""Where rules come from, first to last; a later layer can switch rules of an earlier one off."""


class Action(StrEnum):
    """What a rule does with the elements it applies to."""

    REMOVE = "remove"
    KEEP = "keep"
    SPARE = "spare"
    """what is in these elements stays, unless it goes with a box around them, or by a later layer's rule, one
    for certain sites, or one without signs and wordings."""
    UNWRAP = "unwrap"
    REMOVE_ATTR = "remove-attr"
    REMOVE_CLASS = "remove-class"
    ONLY = "only"
    """what stands outside these elements goes (a site config's ``body``)."""


PROTECTS: Final = (Action.KEEP, Action.SPARE)
"""The actions of rules that take nothing: they hold whatever kinds of clutter are asked for."""


class Reach(StrEnum):
    """How far a cut goes from the element a rule applies to."""

    ELEMENT = "element"
    SECTION = "section"
    """a heading up to the next of its rank."""
    BOX = "box"
    """the smallest container that holds nothing else."""
    REST = "rest"
    """all that follows in its container."""


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, both included; written ``"..40"``, ``"0.6.."`` or ``"3..8"``."""

    low: float = float("-inf")
    high: float = float("inf")

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def __str__(self) -> str:
        return "..".join("" if abs(x) == float("inf") else f"{x:g}" for x in (self.low, self.high))


@dataclass(frozen=True, slots=True)
class Condition:
    """One piece of evidence a rule asks for: a key of the rule format and its value (a Range, or phrases)."""

    key: str
    value: Range | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file and line that a rule was read from."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites a rule is for: host patterns such as ``example.com``, ``example.com/news/*``, ``example.*``, ``/re/``.

    Without `include` a rule is generic. `exclude` wins over `include`.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def generic(self) -> bool:
        return not self.include


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: which elements (`select` or `xpath`), on which evidence, and what happens to them."""

    id: str
    kind: str = "other"
    action: Action = Action.REMOVE
    select: str = ""
    xpath: str = ""
    conditions: tuple[Condition, ...] = ()
    reach: Reach = Reach.ELEMENT
    names: tuple[str, ...] = ()
    """for ``remove-attr`` and ``remove-class``: the names, each exact or ``/pattern/``."""
    sites: Sites = Sites()
    origin: Origin = Origin()
    layer: str = "call"
    why: str = ""
    braked: bool = False
    """whether the brake holds for it though it names its site: its page may have changed since it was written."""
    written: str = ""
    """the rule as its author wrote it, where that is one line (filter lists, site configs)."""

    @property
    def is_named(self) -> bool:
        """Whether it names the elements that it is about, and does not try every block."""
        return bool(self.select or self.xpath)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """Offline proof of a rule set: a piece of HTML, texts that must go from it and texts that must stay."""

    html: str
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    url: str | None = None
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Unusable:
    """A line of a rule file that does nothing, and why: `code` is a stable name, `reason` a sentence."""

    line: int
    text: str
    code: str
    reason: str
    told: str = ""
    """of rule files: the whole message, with the place underlined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What came of a rule file: how many lines of each form were loaded, and every line that was not, by reason."""

    file: str
    language: str
    title: str = ""
    version: str = ""
    loaded: Mapping[str, int] = field(default_factory=dict)
    unusable: tuple[Unusable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of one file or folder, in order, with the ids they switch off and their tests."""

    name: str
    rules: Sequence[Rule] = ()
    off: tuple[str, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    layer: str = "call"
    reports: tuple[LoadReport, ...] = ()
