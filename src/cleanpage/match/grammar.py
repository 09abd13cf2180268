"""From the text of a CSS selector to the parts that match it.

A parser of our own, where cssselect2's was at hand: that one makes nodes for its own compiler, often cannot say at
which column an error is, knows nothing of operators, and takes four times as long for the plain selectors that rule
files are made of. This one reads bounded stretches of a larger text, so that what is wrong in the argument of an
operator is reported at the column where its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NoReturn, TypeVar

from cleanpage.errors import LimitExceeded, RuleSyntaxError, UnsupportedRule, Where
from cleanpage.match.complex import Chain, Compound, Either, Has, Neither, NthOf, Steps
from cleanpage.match.simple import (
    FOLDED_VALUES,
    NOTHING,
    AnyElement,
    Attribute,
    Checked,
    ClassName,
    Disabled,
    Empty,
    Id,
    Language,
    Link,
    Nth,
    Part,
    Presence,
    ReadWrite,
    Root,
    Tag,
    fold,
)

__all__ = [
    "MAX_COMPOUNDS",
    "MAX_LENGTH",
    "MAX_NESTING",
    "OPERATORS",
    "Parser",
    "SelectorError",
    "attribute",
    "closing",
    "tag",
    "unescape",
]

_T = TypeVar("_T")

MAX_LENGTH: Final = 10_000
"""Characters in a selector."""

MAX_NESTING: Final = 30
"""Selectors within selectors."""

MAX_COMPOUNDS: Final = 100
"""Compounds one behind the other, those of nested selectors added: matching recurses that deep at most."""

OPERATORS: Final = frozenset(
    "has-text contains -abp-contains upward nth-ancestor xpath matches-path matches-attr matches-css "
    "matches-css-before matches-css-after matches-media matches-prop min-text-length if if-not -abp-has "
    "-abp-properties others watch-attr watch-attrs shadow remove remove-attr remove-class style".split()
)
"""The filter lists' operators; known here so that one in the wrong place is not taken for a misspelt pseudo-class."""

STATES: Final = frozenset(
    "active autofill blank buffering current default defined dir focus focus-visible focus-within fullscreen future "
    "hover in-range indeterminate invalid local-link modal muted open out-of-range past paused picture-in-picture "
    "placeholder-shown playing popover-open seeking stalled target target-within user-invalid user-valid valid visited "
    "volume-locked".split()
)
"""Pseudo-classes that depend on a user, a window or a running script."""

SHADOW: Final = frozenset("host host-context has-slotted".split())

LEGACY_ELEMENTS: Final = frozenset("before after first-line first-letter selection placeholder".split())
"""Pseudo-elements that are written with one colon, too."""

# Possessive throughout: a digit of an escape is never tried as a letter of the name, which would double the ways to
# read a name with each escape.
_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\n\r\f])?+|[^\n\r\f0-9a-fA-F])"
# Letters, digits and all that is not ASCII; said by what is left out, which compiles a hundred times faster.
_NAME_CHAR = rf"(?:[^\x00-,./:-@\[-^`{{-\x7f]|{_ESCAPE})"
_IDENT = rf"(?:--|-?(?:[^\x00-@\[-^`{{-\x7f]|{_ESCAPE})){_NAME_CHAR}*+"
_SPACE = r"(?:[ \t\n\r\f]|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*+"
_STRING = r"\"(?:[^\"\\\n\r\f]|\\[\s\S])*\"|'(?:[^'\\\n\r\f]|\\[\s\S])*'"

IDENT = re.compile(_IDENT)
SPACE = re.compile(_SPACE)
ESCAPE = re.compile(rf"{_ESCAPE}|\\(?:\r\n|[\n\r\f])")
COMBINATOR = re.compile(rf"{_SPACE}([>+~]){_SPACE}")
ATTRIBUTE = re.compile(
    rf"\[{_SPACE}(?:\*?\|)?(?P<name>{_IDENT}){_SPACE}"
    rf"(?:(?P<operator>[~|^$*]?=){_SPACE}(?:(?P<word>{_IDENT})|(?P<string>{_STRING})){_SPACE}(?P<flag>[iIsS])?{_SPACE})?\]"
)
NTH = re.compile(
    rf"{_SPACE}(?:(?P<word>even|odd)|(?P<step>[+-]?\d{{0,9}})n(?:{_SPACE}(?P<sign>[+-]){_SPACE}(?P<offset>\d{{1,9}}))?"
    rf"|(?P<place>[+-]?\d{{1,9}})){_SPACE}(?P<of>of(?![A-Za-z0-9_-]))?",
    re.IGNORECASE | re.ASCII,
)
NAMESPACE = re.compile(rf"(?:\*|{_IDENT})?\|(?![|=])")
LEADING_SCOPE = re.compile(rf"{_SPACE}:scope(?={_SPACE}[>+~]|[ \t\n\r\f])", re.IGNORECASE)
NESTED = re.compile(rf"[()]|\\[\s\S]|{_STRING}")
LANGUAGE = re.compile(rf"{_SPACE}(?:(?P<word>\*|(?:\\?\*-)?{_IDENT})|(?P<string>{_STRING})){_SPACE}")


class SelectorError(RuleSyntaxError):
    """A selector that is not written as CSS, or its operators, ask."""


def unescape(text: str) -> str:
    """`text` with its CSS escapes resolved.

    >>> unescape("sm\\\\:p-0")
    'sm:p-0'
    """
    return ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(escape: re.Match[str]) -> str:
    body = escape[0][1:]
    digits = body.strip(" \t\n\r\f")
    if not digits:
        return body if body == " " or body == "\t" else ""
    if not re.fullmatch(r"[0-9a-fA-F]{1,6}", digits):
        return body
    number = int(digits, 16)
    return chr(number) if 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\ufffd"


def tag(name: str) -> Part:
    """The part for a tag name."""
    return Tag(fold(name), name)


def attribute(name: str, operator: str = "", value: str = "", flag: str = "") -> Part:
    """The part for an attribute selector; without `operator` it asks for presence."""
    lower = fold(name)
    names = (lower,) if lower == name else (lower, name)
    if not operator:
        return Presence(names)
    if _can_not_match(operator, value):
        return NOTHING
    folded = flag == "i" or (flag != "s" and lower in FOLDED_VALUES)
    return Attribute(names, operator, fold(value) if folded else value, folded)


def _can_not_match(operator: str, value: str) -> bool:
    if operator == "~=":
        return not value or re.search(r"[ \t\n\f\r]", value) is not None
    return not value and operator in ("^=", "$=", "*=")


def _nth(step: int, offset: int, counting: str) -> Callable[[], Part]:
    return lambda: Nth(step, offset, counting)


PLAIN: Final[dict[str, Callable[[], Part]]] = {
    "root": Root,
    "scope": Root,
    "empty": Empty,
    "link": Link,
    "any-link": Link,
    "checked": Checked,
    "disabled": lambda: Disabled(wanted=True),
    "enabled": lambda: Disabled(wanted=False),
    "read-write": ReadWrite,
    "read-only": lambda: Neither((ReadWrite(),)),
    "required": lambda: Compound((_field(), attribute("required"))),
    "optional": lambda: Compound((_field(), Neither((attribute("required"),)))),
    "first-child": _nth(0, 1, "child"),
    "last-child": _nth(0, 1, "last-child"),
    "only-child": lambda: Compound((Nth(0, 1, "child"), Nth(0, 1, "last-child"))),
    "first-of-type": _nth(0, 1, "of-type"),
    "last-of-type": _nth(0, 1, "last-of-type"),
    "only-of-type": lambda: Compound((Nth(0, 1, "of-type"), Nth(0, 1, "last-of-type"))),
}
"""Pseudo-classes without an argument."""

NTH_COUNTINGS: Final = {
    "nth-child": "child",
    "nth-last-child": "last-child",
    "nth-of-type": "of-type",
    "nth-last-of-type": "last-of-type",
}

FUNCTIONS: Final = ("is", "not", "has", "lang", *NTH_COUNTINGS)

ALIASES: Final = dict.fromkeys(("where", "matches", "any", "-webkit-any", "-moz-any"), "is")

COSTS: Final[dict[type[Part], int]] = {Id: 0, ClassName: 0, Tag: 0, Attribute: 2, Nth: 3, Either: 4, Neither: 4, Has: 6}
"""The order in which the tests of a compound are made; 1 for what is not named."""

OPERATOR_HINT: Final = "operators stand outside :is(); actions such as :remove() at the very end"


def _field() -> Part:
    return Either(tuple(tag(name) for name in ("input", "select", "textarea")))


class Parser:
    """Reads selectors from a stretch of `text`, from `start` to `end`; `nesting` is how many it stands in already.

    `beyond` is what a combinator at the end of the stretch leads to; without it, one is an error there.

    All methods raise SelectorError for what is not CSS, UnsupportedRule for CSS that means nothing on a static page,
    and LimitExceeded for what is too deep.
    """

    def __init__(
        self, text: str, start: int = 0, end: int | None = None, nesting: int = 0, beyond: Part | None = None
    ) -> None:
        self.text = text
        self.at = start
        self.end = len(text) if end is None else end
        self._nesting = nesting
        self._beyond = beyond
        self._depth = 0
        """compounds one behind the other in what was read last."""
        self._forgiving = 0

    def whole_list(self) -> tuple[Part, ...]:
        """All of the stretch as a selector list."""
        parts = self._alternatives(self._complex)
        if self.at < self.end:
            self._fail_here()
        return parts

    def whole_steps(self, assumed: str = " ") -> Steps:
        """All of the stretch as one relative selector; `assumed` is the combinator where none is written."""
        self._match(LEADING_SCOPE)
        steps = self._relative(assumed)
        self._stop_before_comma()
        return steps

    def whole_complex(self) -> Part:
        """All of the stretch as one selector without a comma."""
        if self._peek() != ",":
            part = self._complex()
        self._stop_before_comma()
        return part

    def _stop_before_comma(self) -> None:
        self._skip_space()
        if self._peek() == ",":
            self.fail("a comma after an operator", code="comma-after-operator", hint="write two rules")
        if self.at < self.end:
            self._fail_here()

    @property
    def is_nested(self) -> bool:
        """Whether the stretch is the argument of an operator."""
        return self._nesting > 0

    def whole_relatives(self) -> tuple[Steps, ...]:
        """All of the stretch as the argument of ``:has()``."""
        found = self._alternatives(self._relative_to_scope)
        if self.at < self.end:
            self._fail_here()
        return found

    def fail(self, message: str, at: int | None = None, code: str = "selector-syntax", hint: str = "") -> NoReturn:
        """Raise a SelectorError for the place `at` (by default, where the parser stands)."""
        raise SelectorError(f"selector: {message}", code=code, where=self.where(at), hint=hint)

    def refuse(self, message: str, code: str, at: int, hint: str = "") -> NoReturn:
        """Raise an UnsupportedRule for the place `at`."""
        raise UnsupportedRule(f"selector: {message}", code=code, where=self.where(at), hint=hint)

    def where(self, at: int | None = None) -> Where:
        """The place `at`, for an error."""
        return Where(column=(self.at if at is None else at) + 1, source=self.text)

    def _fail_here(self) -> NoReturn:
        seen = self._peek()
        self.fail(f"unexpected {seen!r}" if seen else "it ends too early")

    def _peek(self) -> str:
        return self.text[self.at] if self.at < self.end else ""

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at, self.end)
        if found is not None:
            self.at = found.end()
        return found

    def _skip_space(self) -> None:
        self._match(SPACE)

    def _alternatives(self, read: Callable[[], _T]) -> tuple[_T, ...]:
        """What `read` reads, separated by commas."""
        found, deepest = [], 0
        while True:
            found.append(read())
            deepest = max(deepest, self._depth)
            self._skip_space()
            if self._peek() != ",":
                self._depth = deepest
                return tuple(found)
            self.at += 1

    def _complex(self) -> Part:
        self._skip_space()
        compounds, combinators, deepest = [self._compound()], [], self._depth
        while (combinator := self._combinator()) is not None:
            combinators.append(combinator)
            compounds.append(self._compound())
            deepest = max(deepest, self._depth)
        self._go_deeper(len(compounds), deepest)
        return Chain(tuple(compounds), tuple(combinators)) if combinators else compounds[0]

    def _go_deeper(self, steps: int, inside: int) -> None:
        self._depth = steps + inside
        if self._depth > MAX_COMPOUNDS:
            self._too_deep(f"more than {MAX_COMPOUNDS} steps")

    def _too_deep(self, message: str) -> NoReturn:
        raise LimitExceeded(
            f"selector: {message}", code="selector-depth", where=self.where(), hint="write a shorter one"
        )

    def _combinator(self) -> str | None:
        found = self._match(COMBINATOR)
        if found is not None:
            return found[1]
        start = self.at
        self._skip_space()
        if self.at == start or self._peek() in (",", ")") or (self.at == self.end and self._beyond is None):
            return None
        return " "

    def _relative(self, assumed: str = " ") -> Steps:
        found = self._match(COMBINATOR)
        self._skip_space()
        combinator: str | None = found[1] if found else assumed
        steps: list[tuple[str, Part]] = []
        deepest = 0
        while combinator is not None:
            steps.append((combinator, self._compound()))
            deepest = max(deepest, self._depth)
            combinator = self._combinator()
        self._go_deeper(len(steps), deepest)
        return tuple(steps)

    def _relative_to_scope(self) -> Steps:
        """The argument of ``:has()``, in which a leading ``:scope`` is the element itself."""
        self._match(LEADING_SCOPE)
        return self._relative()

    def _compound(self) -> Part:
        parts, deepest = [], 0
        named = self._type()
        if named is not None:
            parts.append(named)
        while (read := SIMPLE.get(self._peek())) is not None:
            self._depth = 0
            parts.append(read(self))
            deepest = max(deepest, self._depth)
        if not parts:
            if self.at < self.end or self._beyond is None:
                self._fail_here()
            parts.append(self._beyond)
        self._depth = deepest
        return parts[0] if len(parts) == 1 else Compound(tuple(sorted(parts, key=_cost)))

    def _type(self) -> Part | None:
        start = self.at
        if (prefix := self._match(NAMESPACE)) is not None and prefix[0] != "*|":
            self.fail("namespaces are not known here", start, code="namespace", hint="leave the prefix out")
        if self._peek() == "*":
            self.at += 1
            return AnyElement()
        name = self._match(IDENT)
        return tag(unescape(name[0])) if name else None

    def _name(self) -> str:
        """The name that stands one character from here."""
        self.at += 1
        name = self._match(IDENT)
        if name is None:
            seen = self._peek()
            self.fail(f"a name cannot start with {seen!r}" if seen else "a name is missing", hint=_name_hint(seen))
        return unescape(name[0])

    def _class(self) -> Part:
        return ClassName(self._name())

    def _id(self) -> Part:
        return Id(self._name())

    def _attribute(self) -> Part:
        start = self.at
        found = self._match(ATTRIBUTE)
        if found is None:
            self.fail("not an attribute selector", hint='write [name], or [name="value"] with one of = ~= |= ^= $= *=')
        name = unescape(found["name"])
        if name.startswith(("-ext-", "-abp-")):
            self.refuse(f"[{name}=] is an old form", code="old-syntax", at=start, hint="write it as :operator(...)")
        value = found["string"][1:-1] if found["string"] else found["word"] or ""
        return attribute(name, found["operator"] or "", unescape(value), fold(found["flag"] or ""))

    def _pseudo(self) -> Part:
        start = self.at
        if self.text.startswith("::", self.at):
            self.at += 1
            return self._no_match(f"::{self._pseudo_name()} is no element of the page", "pseudo-element", start)
        name = fold(self._name())
        if self._peek() == "(":
            return self._function(ALIASES.get(name, name), start)
        if name in PLAIN:
            return PLAIN[name]()
        return self._without_meaning(name, start)

    def _pseudo_name(self) -> str:
        name = self._name()
        if self._peek() == "(":
            self.at = closing(self.text, self.at, self.end) + 1
        return name

    def _without_meaning(self, name: str, start: int) -> Part:
        if name in STATES or name.startswith(("-webkit-", "-moz-", "-ms-")):
            return self._no_match(f":{name} depends on what a browser does", "state-pseudo", start)
        if name in LEGACY_ELEMENTS:
            return self._no_match(f":{name} is no element of the page", "pseudo-element", start)
        if name in SHADOW:
            return self._no_match(f":{name} needs a shadow tree", "shadow", start)
        if name in OPERATORS:
            self.fail(f":{name} cannot stand here", start, code="misplaced-operator", hint=OPERATOR_HINT)
        self._unknown(name, start)

    def _unknown(self, name: str, start: int) -> NoReturn:
        from difflib import get_close_matches

        near = get_close_matches(name, sorted({*PLAIN, *FUNCTIONS, *STATES, *OPERATORS}), 1)
        hint = f"did you mean :{near[0]}?" if near else ""
        self.fail(f"unknown pseudo-class :{name}", start, code="unknown-pseudo", hint=hint)

    def _no_match(self, message: str, code: str, start: int) -> Part:
        """What cannot match on a static page: refused, but not in a forgiving list, where it just does not match."""
        if not self._forgiving:
            self.refuse(message, code, start)
        if self._peek() == "(":
            self.at = closing(self.text, self.at, self.end) + 1
        return NOTHING

    def _function(self, name: str, start: int) -> Part:
        if name not in FUNCTIONS:
            return self._without_meaning(name, start)
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            self._too_deep(f"more than {MAX_NESTING} selectors within each other")
        self.at += 1
        part = self._argument(name)
        self._skip_space()
        if self._peek() != ")":
            self._fail_here()
        self.at += 1
        self._nesting -= 1
        return part

    def _argument(self, name: str) -> Part:
        if name == "is":
            return self._forgiving_list()
        if name == "not":
            return Neither(self._alternatives(self._complex))
        if name == "has":
            return Has(self._alternatives(self._relative_to_scope))
        return self._languages() if name == "lang" else self._nth(name)

    def _forgiving_list(self) -> Part:
        self._skip_space()
        if self._peek() == ")":
            return NOTHING
        self._forgiving += 1
        parts = self._alternatives(self._complex)
        self._forgiving -= 1
        return Either(parts)

    def _languages(self) -> Part:
        return Language(self._alternatives(self._language))

    def _language(self) -> str:
        found = self._match(LANGUAGE)
        if found is None:
            self._fail_here()
        return fold(unescape(found["word"] or found["string"][1:-1]))

    def _nth(self, name: str) -> Part:
        found = self._match(NTH)
        if found is None:
            self.fail("not a position", hint="write a number, even, odd, or 2n+1")
        step, offset = _series(found)
        counting = NTH_COUNTINGS[name]
        if not found["of"]:
            return Nth(step, offset, counting)
        if counting.endswith("of-type"):
            self.fail(f":{name} takes no selector", found.start("of"))
        return NthOf(step, offset, counting.startswith("last"), Either(self._alternatives(self._complex)))


SIMPLE: Final[dict[str, Callable[[Parser], Part]]] = {
    ".": Parser._class,
    "#": Parser._id,
    "[": Parser._attribute,
    ":": Parser._pseudo,
}


def _cost(part: Part) -> int:
    """The place of `part` among the tests of a compound."""
    return COSTS.get(type(part), 1)


def _name_hint(seen: str) -> str:
    return f"write \\{ord(seen):x} and a space for it" if seen.isdigit() else ""


def _series(found: re.Match[str]) -> tuple[int, int]:
    """Step and offset of an ``an+b``."""
    if found["word"]:
        return 2, int(fold(found["word"]) == "odd")
    if found["place"]:
        return 0, int(found["place"])
    step = found["step"]
    offset = int(found["sign"] + found["offset"]) if found["sign"] else 0
    return int(step + "1" if step in ("", "+", "-") else step), offset


def closing(text: str, at: int, end: int) -> int:
    """Where the parenthesis that opens at `at` is closed, strings and escapes skipped; raises SelectorError."""
    depth = 0
    for token in NESTED.finditer(text, at, end):
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
            if depth == 0:
                return token.start()
    where = Where(column=at + 1, source=text)
    raise SelectorError("selector: this parenthesis is never closed", code="selector-syntax", where=where)
