"""What cleaning a page came to: the output, each removal with its rule, and what was found but not cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from cleanpage.structure.access import Access

__all__ = ["Refused", "Removal", "Report", "Result"]


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that was cut, and the rule that did it."""

    rule: str
    kind: str
    layer: str
    origin: str
    """file and line of the rule, such as ``salon.com.toml:12``."""
    path: str
    """CSS path to the place."""
    span: tuple[int, int] | None
    """start and end in the source (characters of a str, bytes of bytes); None for trees."""
    text: str
    """the first 200 characters that a reader saw there."""
    reason: str
    action: str = "remove"
    spans: tuple[tuple[int, int], ...] = ()
    """all spans, where the cut has more than one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something a rule found that was not cut, and why not."""

    rule: str
    kind: str
    origin: str
    path: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that can be told of one page's cleaning besides its output."""

    removals: tuple[Removal, ...] = ()
    refused: tuple[Refused, ...] = ()
    unmatched: tuple[str, ...] = ()
    by_markup: tuple[str, ...] = ()
    """of a plain text: ids of rules, the user's and those for this site, that found nothing because they go by
    selectors, which text has hardly anything for."""
    access: Access = field(default_factory=Access)
    page_kind: str = "unknown"
    inserted: tuple[tuple[int, str], ...] = ()
    """implied tags that had to be written out: place in the source, and the tag."""
    texts: tuple[str, ...] = ()
    """the whole text of each removal."""


class Result:
    """The outcome for one page, never changed. What is told besides the output is worked out when first asked for.

    >>> import cleanpage
    >>> cleanpage.Cleaner().run("<p>Hello</p>").output
    '<p>Hello</p>'
    """

    __slots__ = ("_incomplete", "_output", "_report", "_steps", "_tell", "_why_incomplete")

    def __init__(
        self,
        output: Any,
        tell: Callable[[], Report] | None = None,
        *,
        incomplete: bool = False,
        why_incomplete: str = "",
        steps: int = 0,
    ) -> None:
        self._output = output
        self._incomplete = incomplete
        self._why_incomplete = why_incomplete
        self._steps = steps
        self._tell = tell
        self._report = Report()

    @property
    def output(self) -> Any:
        """The page without what was cut, of the kind that it came as."""
        return self._output

    @property
    def incomplete(self) -> bool:
        """Whether the work budget was spent; the output is then the input."""
        return self._incomplete

    @property
    def why_incomplete(self) -> str:
        """What the budget was spent on; "" where it was not."""
        return self._why_incomplete

    @property
    def steps(self) -> int:
        """How much of the work budget the page has cost."""
        return self._steps

    @property
    def report(self) -> Report:
        """Everything besides the output, as one object."""
        # Threads that ask at the same time may each work it out, and come to the same.
        tell = self._tell
        if tell is not None:
            self._report = tell()
            self._tell = None
        return self._report

    @property
    def removals(self) -> tuple[Removal, ...]:
        """What was cut, in document order."""
        return self.report.removals

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What was found but not cut: kept by a rule, held by the brake, or not possible."""
        return self.report.refused

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Ids of rules for this very site that found nothing: the site may have changed."""
        return self.report.unmatched

    @property
    def by_markup(self) -> tuple[str, ...]:
        """Of a plain text: ids of the user's and the site's rules that cannot apply, as they go by markup."""
        return self.report.by_markup

    @property
    def access(self) -> Access:
        """What the page says about who may read it."""
        return self.report.access

    @property
    def page_kind(self) -> str:
        """ "article", "index", "wall" (nothing but a prompt to consent or log in) or "unknown"."""
        return self.report.page_kind

    def why(self, text: str) -> tuple[Removal, ...]:
        """The removals whose text holds `text`, white space folded and case ignored."""
        wanted = " ".join(text.split()).casefold()
        rows = zip(self.removals, self.report.texts, strict=True)
        return tuple(removal for removal, whole in rows if wanted in whole.casefold())

    def to_dict(self) -> dict[str, Any]:
        """The result without its output, as plain data."""
        told = asdict(self.report)
        del told["texts"]
        return {"incomplete": self.incomplete, "why_incomplete": self.why_incomplete, **told}

    def to_json(self, *, indent: int | None = None) -> str:
        """The result without its output, as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def __getstate__(self) -> tuple[Any, Report, bool, str, int]:
        return self.output, self.report, self.incomplete, self.why_incomplete, self.steps

    def __setstate__(self, state: tuple[Any, Report, bool, str, int]) -> None:
        self._output, self._report, self._incomplete, self._why_incomplete, self._steps = state
        self._tell = None

    def __repr__(self) -> str:
        return f"<Result: {len(self.removals)} removals{', incomplete' if self.incomplete else ''}>"
