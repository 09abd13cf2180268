"""From removed nodes to whole boxes: what is cut goes with its pictures and with the wrappers it leaves empty."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cleanpage.match.find import Finding
from cleanpage.model import Condition
from cleanpage.page import PLAYERS, Page, any_between

__all__ = ["Boxes"]

_TITLE: Final = Condition("repeats", ("title",))


class Boxes:
    """The nodes that go from a page, as the outermost boxes that hold nothing else.

    Pictures in what is `kept` or `spared` stay. Of a text run that stays `is_likely_clutter` says whether a picture
    between it and a text that goes goes too.
    """

    def __init__(
        self,
        page: Page,
        owner: Mapping[int, Finding],
        kept: Iterable[int],
        spared: Iterable[int],
        pictured: frozenset[str],
        is_likely_clutter: Callable[[int], bool],
    ) -> None:
        self._page = page
        self._kept = sorted(node if node >= 0 else page.text_parents[~node] for node in kept)
        self._kept_boxes = page.outermost(sorted({*(node for node in kept if node >= 0), *spared}))
        self._pictured = pictured
        self._is_likely_clutter = is_likely_clutter
        self._gone = bytearray(len(page))
        self._gone_text = bytearray(len(page.texts))
        self._top: dict[int, Finding] = {}
        self._boxes_with_text: dict[int, int] = {}
        self._finding_of_text: dict[int, Finding] = {}
        self._around: dict[int, int] = {}
        if owner:
            self._take_outermost(owner)
            self._take_media()
            self._take_wrappers()

    def gone(self, node: int) -> bool:
        """Whether `node` goes."""
        return bool(self._gone[node] if node >= 0 else self._gone_text[~node])

    def cuts(self) -> list[tuple[int, tuple[Finding, ...]]]:
        """The nodes to cut, in document order, each with the findings in it, the weightiest rule's first."""
        groups: dict[int, list[int]] = {}
        for node, around in self._around.items():
            groups.setdefault(around, []).append(node)
        found = [(around, self._weightiest_first(nodes)) for around, nodes in groups.items()]
        return sorted(found, key=lambda cut: self._order(cut[0]))

    def _order(self, node: int) -> tuple[int, int]:
        page = self._page
        return (page.text_first[node], node) if node >= 0 else (~node, page.text_at[~node])

    def _take_outermost(self, owner: Mapping[int, Finding]) -> None:
        for node in sorted(n for n in owner if n >= 0):
            if not self._gone[node]:
                self._take(node, owner[node])
        for node in sorted((n for n in owner if n < 0), reverse=True):
            if not self._gone_text[~node]:
                self._gone_text[~node] = 1
                self._top[node] = owner[node]

    def _take(self, i: int, finding: Finding) -> None:
        self._mark(i)
        self._top[i] = finding

    def _take_wrappers(self) -> None:
        self._around = self._emptied()
        for i in set(self._around.values()):
            if i >= 0 and not self._gone[i]:
                self._mark(i)

    def _mark(self, i: int) -> None:
        page = self._page
        first, end = page.text_first[i], page.text_end[i]
        self._gone[i : page.ends[i]] = b"\x01" * (page.ends[i] - i)
        self._gone_text[first:end] = b"\x01" * (end - first)

    def _take_media(self) -> None:
        """Pictures, players and controls go that stand between texts that go, or share a box with nothing else."""
        page = self._page
        visible = page.visible
        left = self._text_left()
        for i in self._media():
            first, end = self._own_text(i)
            around = [*visible[max(0, first - 1) : first], *visible[end : end + 1]]
            going = [t for t in around if self._gone_text[t]]
            # Without a text beside it that goes, no box around it goes altogether either.
            if not going or self._gone[i] or self._is_kept(i) or self._are_titles(going):
                continue
            if any_between(left, page.text_first[i], page.text_end[i]):
                continue
            if all(self._gone_text[t] or self._is_clutter_beside(t, going[0]) for t in around):
                self._take(i, self._finding_at(going[0]))
            elif first == end:
                self._take_boxed(i, left)

    def _are_titles(self, going: list[int]) -> bool:
        """Whether each of these runs goes since it is the title once more: a gallery's pictures may all be named after
        the article, and are no repeats of one another."""
        return all(_TITLE in self._finding_at(t).rule.conditions for t in going)

    def _is_clutter_beside(self, t: int, going: int) -> bool:
        """Whether run `t`, which stays, is likely clutter. Filters and site configs say exactly what goes: nothing
        goes on a guess with what one of them names."""
        return not self._finding_at(going).rule.written and self._is_likely_clutter(t)

    def _own_text(self, i: int) -> tuple[int, int]:
        """The first and the end of the visible runs that `i`, a player, shows where it cannot play; none for others."""
        page = self._page
        first = bisect_left(page.visible, page.text_first[i])
        return (first, bisect_left(page.visible, page.text_end[i])) if page.tags[i] in PLAYERS else (first, first)

    def _is_kept(self, i: int) -> bool:
        return self._page.holder(self._kept_boxes, i) is not None

    def _media(self) -> list[int]:
        body, gone = self._page.body, self._gone
        return [i for i in self._page.media if not gone[i] and i > body]

    def _take_boxed(self, i: int, left: list[int]) -> None:
        """Take a picture whose nearest box with text is of a kind that has pictures, and goes altogether."""
        page = self._page
        box = self._box_with_text(page.parents[i])
        if box > page.body and not any_between(left, page.text_first[box], page.text_end[box]):
            first = page.visible[bisect_left(page.visible, page.text_first[box])]
            finding = self._finding_at(first)
            if finding.rule.kind in self._pictured:
                self._take(i, finding)

    def _box_with_text(self, i: int) -> int:
        """The nearest element around, or equal to, element `i` that has text; the body or above it where none has."""
        page, known = self._page, self._boxes_with_text
        passed = []
        while i > page.body and i not in known:
            if any_between(page.visible, page.text_first[i], page.text_end[i]):
                known[i] = i
                break
            passed.append(i)
            i = page.parents[i]
        box = known.get(i, i)
        known.update(dict.fromkeys(passed, box))
        return box

    def _finding_at(self, t: int) -> Finding:
        """The finding with which text run `t` goes."""
        found = self._top.get(~t) or self._finding_of_text.get(t)
        if found is None:
            i = self._page.text_parents[t]
            while i not in self._top:
                i = self._page.parents[i]
            found = self._finding_of_text[t] = self._top[i]
        return found

    def _emptied(self) -> dict[int, int]:
        """For each node that goes, the outermost element around it in which nothing is left (or the node itself)."""
        page = self._page
        text, media = self._text_left(), self._media()
        known: dict[int, int] = {}

        def empty(i: int) -> bool:
            return (
                i > page.body
                and not any_between(text, page.text_first[i], page.text_end[i])
                and not any_between(media, i, page.ends[i])
                and not any_between(self._kept, i, page.ends[i])
            )

        found = {}
        for node in self._top:
            path, i, outermost = [], page.parents[node] if node >= 0 else page.text_parents[~node], node
            while i not in known and empty(i):
                path.append(i)
                outermost = i
                i = page.parents[i]
            outermost = known.get(i, outermost)
            known.update(dict.fromkeys(path, outermost))
            found[node] = outermost
        return found

    def _text_left(self) -> list[int]:
        gone = self._gone_text
        return [t for t in self._page.visible if not gone[t]]

    def _weightiest_first(self, nodes: list[int]) -> tuple[Finding, ...]:
        if len(nodes) == 1:
            return (self._top[nodes[0]],)
        words: dict[str, int] = {}
        for node in nodes:
            rule = self._top[node].rule.id
            words[rule] = words.get(rule, 0) + self._page.words(node) + 1
        order = sorted(nodes, key=lambda node: (-words[self._top[node].rule.id], self._order(node)))
        return tuple(self._top[node] for node in order)
