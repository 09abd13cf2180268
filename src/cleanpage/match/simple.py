"""The simple selectors: what can be asked of one element alone, and the index keys each of them offers.

Every part of a selector is a small frozen object with the same two methods, so that a compound of one part *is* that
part. Parts compare by identity: it is what a page's context remembers results under.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from cleanpage.match.context import HTML_SPACE, MatchContext
from cleanpage.page import Page

__all__ = [
    "FOLDED_VALUES",
    "NOTHING",
    "AnyElement",
    "Attribute",
    "Checked",
    "ClassName",
    "Disabled",
    "Empty",
    "Id",
    "Key",
    "Keys",
    "Language",
    "Link",
    "Nothing",
    "Nth",
    "Part",
    "Presence",
    "ReadWrite",
    "Root",
    "Tag",
    "fold",
]

Key = tuple[str, ...]
"""``("id", x)``, ``("class", x)``, ``("attr=", name, value)``, ``("attr^=", name, prefix)``, ``("attr", name)``,
``("tag", t)``."""

Keys = tuple[int, tuple[Key, ...]]
"""How rare the keys are likely to be (0 the rarest), and the keys: a match has at least one of them."""

BY_ID, BY_CLASS, BY_VALUE, BY_PREFIX, BY_RARE_TAG, BY_ATTRIBUTE, BY_TAG = range(7)

MIN_PREFIX: Final = 3
"""The shortest attribute prefix worth an index key."""

COMMON_TAGS: Final = frozenset(
    "a article aside b body br button div em footer form h1 h2 h3 h4 head header html i iframe img input li link main "
    "meta nav ol option p path picture script section source span strong style svg table tbody td time tr ul".split()
)

FOLDED_VALUES: Final = frozenset(
    "accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir "
    "direction disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref "
    "noresize noshade nowrap readonly rel rev rules scope scrolling selected shape target text type valign valuetype "
    "vlink".split()
)
"""Attributes whose values HTML compares without regard to ASCII case (HTML Standard, "Case-sensitivity")."""

_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(text: str) -> str:
    """`text` with ASCII letters in lower case, all others left.

    >>> fold("ÄB")
    'Äb'
    """
    return text.lower() if text.isascii() else text.translate(_LOWER)


class Part:
    """A selector's part: a question about one element."""

    __slots__ = ()

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        """Whether element `i` matches."""
        raise NotImplementedError

    def keys(self) -> Keys | None:
        """Index keys of which every match has at least one; None if there are none."""
        return None


@dataclass(frozen=True, slots=True, eq=False)
class AnyElement(Part):
    """``*``"""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Nothing(Part):
    """What no element of a static page matches."""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return False

    def keys(self) -> Keys:
        return BY_ID, ()


NOTHING: Final = Nothing()


@dataclass(frozen=True, slots=True, eq=False)
class Tag(Part):
    """A tag name: in lower case for HTML elements, as written for SVG's."""

    lower: str
    written: str

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        tag = page.tags[i]
        return tag == self.lower or tag == self.written

    def keys(self) -> Keys:
        rank = BY_TAG if self.lower in COMMON_TAGS else BY_RARE_TAG
        return rank, tuple(("tag", name) for name in dict.fromkeys((self.lower, self.written)))


@dataclass(frozen=True, slots=True, eq=False)
class Id(Part):
    """``#id``"""

    name: str

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return page.ids[i] == self.name

    def keys(self) -> Keys:
        return BY_ID, (("id", self.name),)


@dataclass(frozen=True, slots=True, eq=False)
class ClassName(Part):
    """``.class``"""

    name: str

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        names = page.classes[i]
        if names is None or self.name not in names:
            return False
        return names == self.name or self.name in context.tokens(names)

    def keys(self) -> Keys:
        return BY_CLASS, (("class", self.name),)


def _values(page: Page, i: int, names: tuple[str, ...]) -> str | None:
    name = names[0]
    if name == "class":
        return page.classes[i]
    if name == "id":
        return page.ids[i]
    value = page.attr(i, name)
    return page.attr(i, names[1]) if value is None and len(names) > 1 else value


@dataclass(frozen=True, slots=True, eq=False)
class Presence(Part):
    """``[name]``; `names` holds the name in lower case (for HTML), and as written where that differs (for SVG)."""

    names: tuple[str, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return _values(page, i, self.names) is not None

    def keys(self) -> Keys:
        return BY_ATTRIBUTE, tuple(("attr", name) for name in self.names)


def _equals_token(value: str, wanted: str) -> bool:
    return wanted in value and wanted in HTML_SPACE.split(value)


def _equals_language(value: str, wanted: str) -> bool:
    return value == wanted or value.startswith(wanted + "-")


COMPARISONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": str.__eq__,
    "^=": str.startswith,
    "$=": str.endswith,
    "*=": str.__contains__,
    "~=": _equals_token,
    "|=": _equals_language,
}

_CHEAP_LENGTH = 256


@dataclass(frozen=True, slots=True, eq=False)
class Attribute(Part):
    """``[name operator "value"]``; with `folded`, `wanted` is in lower case and values are compared so."""

    names: tuple[str, ...]
    operator: str
    wanted: str
    folded: bool

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        value = _values(page, i, self.names)
        if value is None:
            return False
        if len(value) > _CHEAP_LENGTH:
            context.budget.spend(len(value) >> 6)
        return COMPARISONS[self.operator](fold(value) if self.folded else value, self.wanted)

    def keys(self) -> Keys:
        if self.folded:
            return BY_ATTRIBUTE, tuple(("attr", name) for name in self.names)
        return self._exact_keys()

    def _exact_keys(self) -> Keys:
        name, operator, wanted = self.names[0], self.operator, self.wanted
        if name == "id" and operator == "=" and wanted:
            return BY_ID, (("id", wanted),)
        if name == "class" and (token := _whole_token(operator, wanted)):
            return BY_CLASS, (("class", token),)
        if operator == "=":
            return BY_VALUE, tuple(("attr=", n, wanted) for n in self.names)
        if operator == "^=" and len(wanted) >= MIN_PREFIX:
            return BY_PREFIX, tuple(("attr^=", n, wanted) for n in self.names)
        return BY_ATTRIBUTE, tuple(("attr", n) for n in self.names)


def _whole_token(operator: str, wanted: str) -> str:
    """A class that every class attribute that compares so must have; empty if there is none."""
    tokens = HTML_SPACE.split(wanted)
    if operator == "^=":
        tokens.pop()
    elif operator not in ("=", "~="):
        return ""
    return next(filter(None, tokens), "")


@dataclass(frozen=True, slots=True, eq=False)
class Root(Part):
    """``:root`` and, as rules are asked of whole pages, ``:scope``."""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return page.parents[i] < 0


@dataclass(frozen=True, slots=True, eq=False)
class Empty(Part):
    """``:empty``: no child elements and no text, not even white space; comments do not count."""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        if page.ends[i] != i + 1:
            return False
        return not any(page.texts[page.text_first[i] : page.text_end[i]])


@dataclass(frozen=True, slots=True, eq=False)
class Nth(Part):
    """``:nth-child(an+b)`` and its kin; `counting` as in `MatchContext.places`."""

    step: int
    offset: int
    counting: str

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return in_series(context.places(page, self.counting)[i], self.step, self.offset)


def in_series(place: int, step: int, offset: int) -> bool:
    """Whether `place` is step*n + offset for a whole n >= 0.

    >>> [place for place in range(1, 8) if in_series(place, 3, 2)]
    [2, 5]
    """
    distance = place - offset
    return distance == 0 if step == 0 else distance % step == 0 and distance // step >= 0


@dataclass(frozen=True, slots=True, eq=False)
class Link(Part):
    """``:link``, ``:any-link``"""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return page.tags[i] in ("a", "area") and "href" in page.attrs(i)

    def keys(self) -> Keys:
        return BY_TAG, (("tag", "a"), ("tag", "area"))


@dataclass(frozen=True, slots=True, eq=False)
class Checked(Part):
    """``:checked``, as the page is served."""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        if page.tags[i] == "option":
            return "selected" in page.attrs(i)
        return page.tags[i] == "input" and "checked" in page.attrs(i) and _input_type(page, i) in ("checkbox", "radio")

    def keys(self) -> Keys:
        return BY_ATTRIBUTE, (("attr", "checked"), ("attr", "selected"))


def _input_type(page: Page, i: int) -> str:
    return fold(page.attrs(i).get("type", "text"))


_DISABLEABLE = frozenset("button input select textarea optgroup option fieldset".split())
_IN_FIELDSET = frozenset("button input select textarea fieldset".split())


@dataclass(frozen=True, slots=True, eq=False)
class Disabled(Part):
    """``:disabled``; with `wanted` False, ``:enabled``."""

    wanted: bool

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        return page.tags[i] in _DISABLEABLE and _is_disabled(page, i, context) == self.wanted

    def keys(self) -> Keys:
        return BY_TAG, tuple(("tag", tag) for tag in sorted(_DISABLEABLE))


def _is_disabled(page: Page, i: int, context: MatchContext) -> bool:
    tag = page.tags[i]
    if "disabled" in page.attrs(i):
        return True
    if tag == "option":
        parent = page.parents[i]
        return parent >= 0 and page.tags[parent] == "optgroup" and "disabled" in page.attrs(parent)
    return tag in _IN_FIELDSET and any(_disables(page, i, outer) for outer in _paid_ancestors(page, i, context))


def _paid_ancestors(page: Page, i: int, context: MatchContext) -> Iterator[int]:
    for outer in page.ancestors(i):
        context.budget.spend()
        yield outer


def _disables(page: Page, i: int, fieldset: int) -> bool:
    if page.tags[fieldset] != "fieldset" or "disabled" not in page.attrs(fieldset):
        return False
    legend = next((j for j in page.children(fieldset) if page.tags[j] == "legend"), -1)
    return legend < 0 or not page.contains(legend, i)


_NOT_TYPED_IN = frozenset("hidden range color checkbox radio file submit image reset button".split())


@dataclass(frozen=True, slots=True, eq=False)
class ReadWrite(Part):
    """``:read-write``: a field to type in, or something with contenteditable."""

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        tag, attributes = page.tags[i], page.attrs(i)
        if tag == "textarea" or (tag == "input" and _input_type(page, i) not in _NOT_TYPED_IN):
            return "readonly" not in attributes and not _is_disabled(page, i, context)
        return any(_editable(page, j) for j in (i, *_paid_ancestors(page, i, context)))


def _editable(page: Page, i: int) -> bool:
    return fold(page.attrs(i).get("contenteditable", "false")) in ("", "true", "plaintext-only")


@dataclass(frozen=True, slots=True, eq=False)
class Language(Part):
    """``:lang(en, "de-CH")``: by the nearest lang attribute."""

    ranges: tuple[str, ...]

    def test(self, page: Page, i: int, context: MatchContext) -> bool:
        language = fold(_language(page, i, context))
        return any(_equals_language(language, wanted) if wanted != "*" else language != "" for wanted in self.ranges)


def _language(page: Page, i: int, context: MatchContext) -> str:
    known: dict[int, str] = context.remember("languages", dict)
    passed = []
    language = ""
    for j in (i, *_paid_ancestors(page, i, context)):
        if j in known:
            language = known[j]
            break
        passed.append(j)
        attributes = page.attrs(j)
        if "lang" in attributes or "xml:lang" in attributes:
            language = attributes.get("lang", attributes.get("xml:lang", ""))
            break
    known.update(dict.fromkeys(passed, language))
    return language
