"""Which selectors can only ever find less of a page the more has been cut out of it.

A page on which only such selectors are asked need not be looked at again after cuts: nothing new can come up.
"""

from __future__ import annotations

from cleanpage.match.complex import Chain, Compound, Either, Has, Neither
from cleanpage.match.selectors import Selector
from cleanpage.match.simple import AnyElement, Attribute, ClassName, Id, Link, Nothing, Part, Presence, Tag

__all__ = ["is_steady"]

_OWN = (AnyElement, Attribute, ClassName, Id, Link, Nothing, Presence, Tag)
"""What asks an element for nothing but its own name and attributes, which no cut changes."""
_LASTING = " >~"
"""Combinators that lead from an element to the same ones however much else goes; ``+`` leads to others."""


def is_steady(selector: Selector) -> bool:
    """Whether no element that `selector` passes over can meet it once others are gone.

    >>> from cleanpage.match.selectors import parse_selector
    >>> [is_steady(parse_selector(text)) for text in ("aside > .promo", "p:not(.big)", "div:not(:has(p))", "p + p")]
    [True, True, False, False]
    """
    return selector.start is not None and not selector.operators and _is_steady(selector.start)


def _is_steady(part: Part) -> bool:
    match part:
        case Compound(parts) | Either(parts):
            return all(map(_is_steady, parts))
        case Chain(compounds, combinators):
            return all(map(_is_steady, compounds)) and all(combinator in _LASTING for combinator in combinators)
        case Neither(parts):
            return all(map(_asks_only_itself, parts))
        case Has(alternatives):
            steps = [step for steps in alternatives for step in steps]
            return all(combinator in _LASTING and _is_steady(inner) for combinator, inner in steps)
        case _:
            return isinstance(part, _OWN)


def _asks_only_itself(part: Part) -> bool:
    if isinstance(part, Compound | Either):
        return all(map(_asks_only_itself, part.parts))
    return isinstance(part, _OWN)
