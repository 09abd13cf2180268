"""What is known of short texts, kept from page to page: the pages of a site have their menus in common."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

__all__ = ["SHORT", "TextMemo"]

SHORT: Final = 80
"""Characters up to which a text is kept from page to page."""
_MOST_KNOWN: Final = 20_000

_T = TypeVar("_T")


class TextMemo(Generic[_T]):
    """What is known of short texts; never more than of 20,000."""

    def __init__(self) -> None:
        self._known: dict[str, _T] = {}

    def known(self, texts: int) -> dict[str, _T]:
        """What is known, to be added to for a page of so many texts; of a page with too many nothing is kept."""
        if texts > _MOST_KNOWN:
            return {}
        if len(self._known) + texts > _MOST_KNOWN:
            self._known = {}
        return self._known
