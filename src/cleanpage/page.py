"""What a page is: one document, flat and read-only, in document order.

Elements are numbered from 0 in document order, text runs are numbered on their own from 0. Where one number has to
stand for either (a *node*), an element is its own number and text run `t` is ``~t``, so that negative means text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Final

__all__ = [
    "DEEPEST_PATH",
    "HEADINGS",
    "HIDDEN_TEXT",
    "PLAYERS",
    "Page",
    "PageBuilder",
    "any_between",
    "class_tokens",
    "count_words",
    "first_between",
]

HIDDEN_TEXT: Final = frozenset("script style template noscript svg math head title textarea object canvas".split())
"""Elements whose text is not read as part of the page."""

HEADINGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
"""Elements that head a section."""

PLAYERS: Final = frozenset(("audio", "iframe", "video"))
"""Elements whose text is read only where they cannot show what they are for."""

_PICTURES: Final = ("img", "amp-img", "amp-anim")
_SHOWS: Final = (
    *_PICTURES,
    *"iframe video audio embed object canvas".split(),
    *"amp-audio amp-brightcove amp-dailymotion amp-iframe amp-instagram amp-jwplayer amp-video amp-youtube".split(),
)
_MEDIA: Final = (*_SHOWS, *"input select textarea svg".split())

DEEPEST_PATH: Final = 256
"""Most steps of a path to a node; the outermost ones of a longer path are left out."""

LONGEST_NAMES: Final = 300
"""Characters of a class attribute or an id that are read for the words in it."""

_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"\w+")
_NAME_WORD = re.compile("[a-z]+")
_HTML_SPACE = re.compile(r"[ \t\n\f\r]+")
_NOT_HTML_SPACE: Final = "\x0b\x1c\x1d\x1e\x1f"
"""ASCII characters that str.split() takes for white space, and HTML does not."""


def count_words(text: str) -> int:
    """Number of words in `text`; two characters of a script without spaces (CJK, Thai) count as one word.

    >>> count_words("Help keep Salon independent")
    4
    >>> count_words("新しいニュース")
    3
    """
    if text.isascii():
        return len(text.split())
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // 2 if wide else len(text.split())


def class_tokens(names: str) -> list[str]:
    """The tokens of a class attribute, each once; only HTML's white space parts them (DOM Standard, 1.3)."""
    parts = names.split() if names.isascii() and names.isprintable() else _HTML_SPACE.split(names)
    return [token for token in dict.fromkeys(parts) if token]


def name_words(names: str | None) -> list[str]:
    """The words in the first LONGEST_NAMES characters of a class attribute or an id, in lower case.

    >>> name_words("post-comments Area2")
    ['post', 'comments', 'area']
    """
    return _NAME_WORD.findall(names[:LONGEST_NAMES].lower()) if names else []


def first_between(numbers: Sequence[int], low: int, high: int) -> int | None:
    """The first of the rising `numbers` that is at least `low`, if it is below `high`.

    >>> first_between([1, 4, 9], 2, 9)
    4
    """
    at = bisect_left(numbers, low)
    return numbers[at] if at < len(numbers) and numbers[at] < high else None


def any_between(numbers: Sequence[int], low: int, high: int) -> bool:
    """Whether one of the rising `numbers` is at least `low` and below `high`."""
    return first_between(numbers, low, high) is not None


class Page:
    """One document as arrays in document order. Built by a source, never changed afterwards.

    For element `i`: ``tags[i]`` (lower case for HTML elements), ``parents[i]`` (-1 for the root), ``ends[i]`` (the
    number after its last descendant), ``ids[i]`` and ``classes[i]`` (the attribute as written, None if absent),
    ``text_first[i]`` and ``text_end[i]`` (the text runs inside it). For text run `t`: ``texts[t]``,
    ``text_parents[t]`` and ``text_at[t]`` (how many elements start before it).
    """

    __slots__ = (
        "__dict__",
        "_attribute_cache",
        "_attributes",
        "_columns",
        "_values",
        "classes",
        "ends",
        "ids",
        "parents",
        "saved_from",
        "tags",
        "text_at",
        "text_end",
        "text_first",
        "text_parents",
        "texts",
    )

    def __init__(
        self,
        *,
        tags: list[str],
        parents: list[int],
        ids: list[str | None],
        classes: list[str | None],
        text_first: list[int],
        texts: list[str],
        text_parents: list[int],
        text_at: list[int],
        attributes: Callable[[int], Mapping[str, str]],
        values: Callable[[frozenset[str]], list[tuple[int, str, str]]] | None = None,
        saved_from: str = "",
    ) -> None:
        self.saved_from: Final = saved_from
        """The address that a comment above the root tells, as browsers write it into what they save; "" where none."""
        self.tags: Final = tags
        self.parents: Final = parents
        self.ids: Final = ids
        self.classes: Final = classes
        self.texts: Final = texts
        self.text_first: Final = text_first
        self.text_parents: Final = text_parents
        self.text_at: Final = text_at
        self._attributes = attributes
        self._values = values
        self._attribute_cache: dict[int, Mapping[str, str]] = {}
        self._columns: dict[str, dict[int, str]] = {}
        count = len(tags)
        ends = list(range(1, count + 1))
        text_end = text_first.copy()
        for t, p in enumerate(text_parents):
            if p >= 0:
                text_end[p] = t + 1
        for i in range(count - 1, 0, -1):
            p = parents[i]
            if p >= 0:
                if ends[p] < ends[i]:
                    ends[p] = ends[i]
                if text_end[p] < text_end[i]:
                    text_end[p] = text_end[i]
        self.ends: Final = ends
        self.text_end: Final = text_end

    def __len__(self) -> int:
        return len(self.tags)

    def attrs(self, i: int) -> Mapping[str, str]:
        """The attributes of element `i`, name to value as written; names in lower case for HTML elements."""
        found = self._attribute_cache.get(i)
        if found is None:
            found = self._attribute_cache[i] = self._attributes(i)
        return found

    def attr(self, i: int, name: str) -> str | None:
        """The value of attribute `name` of element `i`; None where it has none. Cheap after `columns` of that name."""
        column = self._columns.get(name)
        return self.attrs(i).get(name) if column is None else column.get(i)

    def columns(self, names: frozenset[str]) -> dict[str, Mapping[int, str]]:
        """For each attribute out of `names` the elements that have it, in document order, each with its value.

        Far cheaper than to ask every element for all its attributes, where the source knows how.
        """
        known = self._columns
        missing = names - known.keys()
        if missing:
            read: dict[str, dict[int, str]] = {name: {} for name in missing}
            for i, name, value in self._rows(missing):
                read[name][i] = value
            known |= read
        return {name: known[name] for name in names}

    def column(self, name: str) -> Mapping[int, str]:
        """The elements with attribute `name`, in document order, each with its value."""
        return self.columns(frozenset((name,)))[name]

    def _rows(self, names: frozenset[str]) -> list[tuple[int, str, str]]:
        if self._values is not None:
            return self._values(names)
        none_of = names.isdisjoint
        return [
            (i, name, value)
            for i, found in enumerate(map(self.attrs, range(len(self))))
            if not none_of(found)
            for name, value in found.items()
            if name in names
        ]

    def children(self, i: int) -> Iterator[int]:
        """The child elements of element `i`, in order."""
        ends = self.ends
        j, end = i + 1, ends[i]
        while j < end:
            yield j
            j = ends[j]

    def ancestors(self, i: int) -> Iterator[int]:
        """The ancestors of element `i`, nearest first."""
        parents = self.parents
        i = parents[i]
        while i >= 0:
            yield i
            i = parents[i]

    def contains(self, outer: int, inner: int) -> bool:
        """Whether node `inner` is element `outer` or stands in it."""
        if inner < 0:
            return self.text_first[outer] <= ~inner < self.text_end[outer]
        return outer <= inner < self.ends[outer]

    def is_white_space(self, node: int) -> bool:
        """Whether `node` is a text run of nothing but white space."""
        return node < 0 and not self.texts[~node].strip()

    def content(self, i: int) -> Iterator[int]:
        """The child nodes of element `i` in order: elements, and text runs as ``~t``."""
        t, last = self.text_first[i], self.text_end[i]
        for j in self.children(i):
            while t < last and self.text_at[t] <= j:
                yield ~t
                t += 1
            yield j
            t = max(t, self.text_end[j])
        while t < last:
            yield ~t
            t += 1

    def following(self, node: int) -> Iterator[int]:
        """The nodes after `node` in its parent, in order: elements, and text runs as ``~t``."""
        parent = self.parents[node] if node >= 0 else self.text_parents[~node]
        if parent < 0:
            return
        t, j = (self.text_end[node], self.ends[node]) if node >= 0 else (~node + 1, self.text_at[~node])
        last, end = self.text_end[parent], self.ends[parent]
        while t < last or j < end:
            if t < last and self.text_at[t] <= j:
                yield ~t
                t += 1
            else:
                yield j
                t, j = max(t, self.text_end[j]), self.ends[j]

    def outermost(self, elements: Iterable[int]) -> list[int]:
        """Those of `elements`, which come in document order, that stand in no other of them."""
        found: list[int] = []
        end = -1
        for i in elements:
            if i >= end:
                found.append(i)
                end = self.ends[i]
        return found

    def holder(self, outermost: Sequence[int], node: int) -> int | None:
        """The one of some elements, none of which stands in another, that is or holds `node`; None where none does."""
        place = bisect_right(outermost, node if node >= 0 else self.text_parents[~node]) - 1
        return outermost[place] if place >= 0 and self.contains(outermost[place], node) else None

    def with_ancestors(self, elements: Iterable[int]) -> set[int]:
        """`elements` and all their ancestors."""
        found: set[int] = set()
        for i in elements:
            while i >= 0 and i not in found:
                found.add(i)
                i = self.parents[i]
        return found

    def text_content(self, i: int) -> str:
        """The text of element `i` as the DOM has it: all descendants, scripts and styles included."""
        return "".join(self.texts[self.text_first[i] : self.text_end[i]])

    def text(self, node: int) -> str:
        """The text of a node that a reader may see, white space folded."""
        if node < 0:
            return " ".join(self.texts[~node].split())
        shown, texts = self.shown, self.texts
        runs = range(self.text_first[node], self.text_end[node])
        return " ".join("".join([texts[t] for t in runs if shown[t]]).split())

    def beginning(self, node: int, length: int) -> str:
        """The first `length` characters of what a reader sees in `node`, white space folded.

        It costs the same however much there is: of one text run, no more than four times `length` is looked at.
        """
        first, end = self.text_runs(node)
        visible, parts, before, got = self.visible, list[str](), first, 0
        place = bisect_left(visible, first)
        while place < len(visible) and visible[place] < end and got < length:
            t = visible[place]
            part = self.texts[t][: 4 * length]
            parts += [" ", part] if t > before + 1 else [part]
            got += len(part.strip())
            place, before = place + 1, t
        return " ".join("".join(parts).split())[:length]

    @cached_property
    def shown(self) -> bytearray:
        """For each text run, whether a reader may see it (1), or it is script, style, head and the like (0).

        What stands around the body does not hide it, as it may in trees that no HTML parser has built.
        """
        shown = bytearray(b"\x01" * len(self.texts))
        for i in self._outermost_of(HIDDEN_TEXT):
            first, end = self.text_first[i], self.text_end[i]
            shown[first:end] = bytes(end - first)
        return shown

    @cached_property
    def visible(self) -> list[int]:
        """The text runs that a reader sees: shown, and not white space alone."""
        shown = self.shown
        return [t for t, text in enumerate(self.texts) if text and not text.isspace() and shown[t]]

    @cached_property
    def in_link(self) -> bytearray:
        """For each text run, whether it stands in a link; one around the body does not count."""
        linked = bytearray(len(self.texts))
        for i in self._outermost_of(("a",)):
            first, end = self.text_first[i], self.text_end[i]
            linked[first:end] = b"\x01" * (end - first)
        return linked

    def _outermost_of(self, tags: Iterable[str]) -> list[int]:
        """The outermost elements with one of `tags` that do not stand around the body."""
        body, ends = self.body, self.ends
        return self.outermost(i for i in self.tagged(tags) if not i < body < ends[i])

    @cached_property
    def _word_sums(self) -> list[int]:
        counts, texts = [0] * len(self.texts), self.texts
        for t in self.visible:
            counts[t] = count_words(texts[t])
        return list(accumulate(counts, initial=0))

    @cached_property
    def _char_sums(self) -> list[int]:
        counts, texts = [0] * len(self.texts), self.texts
        for t in self.visible:
            counts[t] = len(texts[t].strip())
        return list(accumulate(counts, initial=0))

    @cached_property
    def _link_sums(self) -> list[int]:
        counts, texts, linked = [0] * len(self.texts), self.texts, self.in_link
        for t in self.visible:
            if linked[t]:
                counts[t] = len(texts[t].strip())
        return list(accumulate(counts, initial=0))

    def text_runs(self, node: int) -> tuple[int, int]:
        """The first text run in `node`, and the one behind its last."""
        return (self.text_first[node], self.text_end[node]) if node >= 0 else (~node, ~node + 1)

    def words(self, node: int) -> int:
        """Number of words a reader sees in `node`."""
        first, end = self.text_runs(node)
        return self._word_sums[end] - self._word_sums[first]

    def words_of(self, nodes: Iterable[int]) -> list[int]:
        """For each of `nodes` its `words`; for many nodes far cheaper than one by one."""
        sums, first, end = self._word_sums, self.text_first, self.text_end
        return [sums[end[n]] - sums[first[n]] if n >= 0 else sums[~n + 1] - sums[~n] for n in nodes]

    def chars(self, node: int) -> int:
        """Number of characters a reader sees in `node`, white space at the ends of text runs left out."""
        first, end = self.text_runs(node)
        return self._char_sums[end] - self._char_sums[first]

    def chars_before(self, node: int, inner: int) -> int:
        """As `chars`, of what stands in element `node` before element `inner`."""
        return self._char_sums[self.text_first[inner]] - self._char_sums[self.text_first[node]]

    def link_share(self, node: int) -> float:
        """Share of the characters of `node` that stand in links, from 0 to 1 (0 where it has no text)."""
        first, end = self.text_runs(node)
        chars = self._char_sums[end] - self._char_sums[first]
        return (self._link_sums[end] - self._link_sums[first]) / chars if chars else 0.0

    def link_shares_of(self, nodes: Iterable[int]) -> list[float]:
        """For each of `nodes` its `link_share`; for many nodes far cheaper than one by one."""
        firsts, ends, chars, links = self.text_first, self.text_end, self._char_sums, self._link_sums
        runs = [(firsts[n], ends[n]) if n >= 0 else (~n, ~n + 1) for n in nodes]
        return [
            (links[end] - links[first]) / all_chars if (all_chars := chars[end] - chars[first]) else 0.0
            for first, end in runs
        ]

    @cached_property
    def by_tag(self) -> dict[str, list[int]]:
        """Tag to the elements that have it, in document order."""
        found: dict[str, list[int]] = {}
        for i, tag in enumerate(self.tags):
            if tag in found:
                found[tag].append(i)
            else:
                found[tag] = [i]
        return found

    @cached_property
    def by_id(self) -> dict[str, list[int]]:
        """Id to the elements that have it."""
        found: dict[str, list[int]] = {}
        for i, name in enumerate(self.ids):
            if name:
                found.setdefault(name, []).append(i)
        return found

    @cached_property
    def by_class(self) -> dict[str, list[int]]:
        """Class token to the elements that have it, in document order."""
        found: dict[str, list[int]] = {}
        split: dict[str, list[str]] = {}
        for i, names in enumerate(self.classes):
            if names:
                tokens = split.get(names)
                if tokens is None:
                    tokens = split[names] = class_tokens(names)
                for name in tokens:
                    if name in found:
                        found[name].append(i)
                    else:
                        found[name] = [i]
        return found

    @cached_property
    def headings(self) -> list[int]:
        """The elements h1 to h6, in document order."""
        return self.tagged(HEADINGS)

    def tagged(self, tags: Iterable[str]) -> list[int]:
        """The elements that have one of `tags`, in document order."""
        return sorted(i for tag in tags for i in self.by_tag.get(tag, ()))

    @cached_property
    def class_names(self) -> set[str]:
        """The class names that occur."""
        values = {names for names in self.classes if names}
        joined = " ".join(values)
        if joined.isascii() and not any(space in joined for space in _NOT_HTML_SPACE):
            return set(joined.split())
        return {token for names in values for token in class_tokens(names)}

    @cached_property
    def id_names(self) -> set[str]:
        """The ids that occur."""
        return {name for name in set(self.ids) if name}

    @cached_property
    def pictures(self) -> list[int]:
        """The elements that show a picture, in document order, none inside another."""
        return self.outermost(self.tagged(_PICTURES))

    @cached_property
    def shows(self) -> list[int]:
        """The elements that show a picture or play something, in document order."""
        return self.tagged(_SHOWS)

    @cached_property
    def media(self) -> list[int]:
        """The elements that a reader sees though they are no text, in document order: pictures, players, controls."""
        return self.tagged(_MEDIA)

    @cached_property
    def body(self) -> int:
        """The body element, or the root where there is none; -1 for an empty page."""
        bodies = self.by_tag.get("body")
        return bodies[0] if bodies else (0 if self.tags else -1)

    def path(self, node: int) -> str:
        """A CSS path to `node`, for reports: nearest ancestor with an id, then child steps.

        Of a path of more than `DEEPEST_PATH` steps only the last ones are given.
        """
        i, steps = (node, []) if node >= 0 else (self.text_parents[~node], ["text()"])
        while i >= 0 and len(steps) < DEEPEST_PATH:
            name = self.ids[i]
            if name and len(self.by_id[name]) == 1 and re.fullmatch(r"-?[A-Za-z_][\w-]*", name):
                steps.append(f"{self.tags[i]}#{name}")
                break
            place, alone = self._places[i], self.parents[i] < 0 or (self.parents[i], self.tags[i]) in self._single
            steps.append(self.tags[i] if alone else f"{self.tags[i]}:nth-of-type({place})")
            i = self.parents[i]
        return " > ".join(reversed(steps))

    @cached_property
    def _places(self) -> list[int]:
        """For each element, its place from 1 among those of its tag in its parent."""
        counts: dict[tuple[int, str], int] = {}
        places = []
        for of_type in zip(self.parents, self.tags, strict=True):
            place = counts[of_type] = counts.get(of_type, 0) + 1
            places.append(place)
        return places

    @cached_property
    def _single(self) -> frozenset[tuple[int, str]]:
        """Parent and tag of the elements that are the only ones of their tag in their parent."""
        counts = Counter(zip(self.parents, self.tags, strict=True))
        return frozenset(of_type for of_type, count in counts.items() if count == 1)


class PageBuilder:
    """Collects elements and text runs in document order, for a source that reads one node after the other."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.ids: list[str | None] = []
        self.classes: list[str | None] = []
        self.text_first: list[int] = []
        self.texts: list[str] = []
        self.text_parents: list[int] = []
        self.text_at: list[int] = []
        self.saved_from = ""

    def element(self, tag: str, parent: int, id: str | None = None, classes: str | None = None) -> int:
        """Add an element that starts here; returns its number."""
        number = len(self.tags)
        self.tags.append(tag)
        self.parents.append(parent)
        self.ids.append(id)
        self.classes.append(classes)
        self.text_first.append(len(self.texts))
        return number

    def run(self, text: str, parent: int) -> int:
        """Add a text run that stands here; returns its number."""
        number = len(self.texts)
        self.texts.append(text)
        self.text_parents.append(parent)
        self.text_at.append(len(self.tags))
        return number

    def build(
        self,
        attributes: Callable[[int], Mapping[str, str]] | Sequence[Mapping[str, str]],
        values: Callable[[frozenset[str]], list[tuple[int, str, str]]] | None = None,
    ) -> Page:
        """The page; `attributes` gives an element's attributes, by a call or as a sequence; for `values` see Page."""
        return Page(
            tags=self.tags,
            parents=self.parents,
            ids=self.ids,
            classes=self.classes,
            text_first=self.text_first,
            texts=self.texts,
            text_parents=self.text_parents,
            text_at=self.text_at,
            attributes=attributes if callable(attributes) else attributes.__getitem__,
            values=values,
            saved_from=self.saved_from,
        )
