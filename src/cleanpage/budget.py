"""How much work one page may cost: counted in steps, never in seconds, so that the same input gives the same output."""

from __future__ import annotations

from cleanpage.errors import CleanpageError

__all__ = ["Budget", "BudgetSpent"]


class BudgetSpent(CleanpageError):
    """More work than allowed; caught by the cleaner, which then returns its input unchanged."""


class Budget:
    """Steps left for one page. One step is about one element looked at or one character of text searched times 1/64."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take `steps` away; raises BudgetSpent when none are left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetSpent("work budget spent")
