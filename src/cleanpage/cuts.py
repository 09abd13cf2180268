"""What is to be done to a page, and what came of it: the words in which a decision reaches a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cleanpage.model import Action
from cleanpage.page import Page

__all__ = ["Cut", "Parts", "Reading", "Span", "Written"]

Parts = Mapping[int, tuple[int, ...]]
"""Nodes that a source cannot remove in one, and for each the nodes removed in its place."""
Span = tuple[int, int]
"""Start and end in the source, in its own units: characters of a str, bytes of a bytes object."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One change to a page: `node` (element, or ``~t`` for a text run) and what happens to it.

    `names` are the attributes or classes to take away, for those two actions. No cut lies inside another.
    """

    node: int
    action: Action = Action.REMOVE
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a source made of its cuts: the output, the span of each cut made, a reason for each not made."""

    output: object
    spans: Mapping[Cut, tuple[Span, ...] | None] = field(default_factory=dict)
    refused: Mapping[Cut, str] = field(default_factory=dict)
    parts: Mapping[Cut, Mapping[Cut, tuple[Span, ...]]] = field(default_factory=dict)
    """for each cut that could not be made in one, the cuts of what stands in it that were made instead."""
    inserted: tuple[tuple[int, str], ...] = ()
    """implied tags written out: position in the source, and the tag."""
    stuck: Parts = field(default_factory=dict)
    """what could not be removed in one, where the source can be asked to write again."""


class Reading(Protocol):
    """One document that a source has read: its page, and the way to write cuts back."""

    @property
    def page(self) -> Page: ...

    def write(self, cuts: tuple[Cut, ...]) -> Written:
        """Make the cuts; what is not cut stays as it is."""
        ...
