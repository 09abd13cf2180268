"""The lines of a FiveFilters site config, and what each can come to. Nothing here knows pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any, Final

from cleanpage.match.xpath_parse import Operation, Path, Step, parse
from cleanpage.packaged import read_table

__all__ = [
    "Directive",
    "Target",
    "guess_kind",
    "known_directives",
    "read_lines",
    "settings",
    "slug",
    "targets",
    "text_cuts",
]

_CALL = re.compile(r"(?P<name>[a-zA-Z_]+)\((?P<argument>.*?)\)?")
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])")
_SAYS_NOTHING: Final = frozenset(
    {"contains", "normalize", "space", "concat", "class", "id", "div", "text", "following", "preceding", "sibling"}
)
_SOURCE = re.compile(r"[<>=\"'/\\]")
_NOT_A_SLUG = re.compile(r"[^a-z0-9]+")
LONGEST_SLUG: Final = 48


@dataclass(frozen=True, slots=True)
class Directive:
    """One line: the name before the first colon, what stands in parentheses after the name, and the value."""

    line: int
    name: str
    argument: str
    value: str
    written: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a ``strip`` expression removes: the nodes `xpath` finds, or of these elements the attributes `names`."""

    xpath: str
    names: tuple[str, ...] = ()


def read_lines(text: str) -> Iterator[Directive]:
    """The directives of a config, blank lines and ``#`` comments left out; a line without a colon has no name.

    >>> [(d.name, d.argument, d.value) for d in read_lines("# a\\nstrip: //nav\\nreplace_string(<b>): <i>")]
    [('strip', '', '//nav'), ('replace_string', '<b>', '<i>')]
    """
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        name, colon, value = line.partition(":")
        if not line or line.startswith("#"):
            continue
        if not colon:
            yield Directive(number, "", "", "", line)
            continue
        call = _CALL.fullmatch(name.strip())
        plain, argument = (call["name"], call["argument"]) if call else (name.strip(), "")
        yield Directive(number, plain.lower(), argument, value.strip(), line)


def text_cuts(directives: Iterable[Directive]) -> dict[int, str]:
    """What is replaced by nothing and is text, no piece of the HTML source: line to text.

    Of a ``find_string`` and its ``replace_string`` the second comes without text. Where there are not as many of the
    one as of the other, none counts, as with the tools.

    >>> text_cuts(read_lines("find_string: Advert\\nreplace_string:\\nreplace_string(<i>):\\nreplace_string(▼ Ad):"))
    {4: '▼ Ad', 1: 'Advert', 2: ''}
    """
    directives = list(directives)
    put = [d for d in directives if d.name == "replace_string"]
    cuts = {d.line: _text(d.argument) for d in put if not d.value and _text(d.argument)}
    wanted = [d for d in directives if d.name == "find_string"]
    plain = [d for d in put if not d.argument]
    for find, by in zip(wanted, plain, strict=True) if len(wanted) == len(plain) else ():
        if not by.value and _text(find.value):
            cuts |= {find.line: _text(find.value), by.line: ""}
    return cuts


def _text(source: str) -> str:
    """What a reader sees of a piece of source; "" where it is more than text."""
    text = " ".join(unescape(source).split())
    return "" if _SOURCE.search(text) else text


def targets(expression: str) -> tuple[Target, ...]:
    """What the paths of an expression remove. A union falls into its paths, as some may end in an attribute.

    Raises what `cleanpage.match.xpath_parse.parse` raises.

    >>> targets("//aside | //img/@srcset")
    (Target(xpath='//aside', names=()), Target(xpath='//img[@srcset]', names=('srcset',)))
    """
    tree = parse(expression)
    paths = tree.operands if isinstance(tree, Operation) and "|" in tree.operators else (tree,)
    attributes = [_last_attribute(path) for path in paths]
    if not any(attributes):
        return (Target(expression),)
    return tuple(_target(expression, path, step) for path, step in zip(paths, attributes, strict=True))


def _last_attribute(tree: object) -> Step | None:
    last = tree.steps[-1] if isinstance(tree, Path) and tree.steps else None
    return last if last is not None and last.axis == "attribute" else None


def _target(expression: str, path: object, attribute: Step | None) -> Target:
    if not isinstance(path, Path):
        return Target(expression)
    written = expression[path.start : path.steps[-1].end if path.steps else path.opening].strip()
    if attribute is None:
        return Target(written)
    elements, _, test = written.rpartition("/@") if "/@" in written else written.rpartition("/attribute::")
    found = (elements + "/*" if elements.endswith("/") else elements) or "/*"
    name = "/.*/" if attribute.test == "*" else attribute.test
    return Target(f"{found}[@{test}]", (name,))


def slug(text: str) -> str:
    """`text` as part of a rule's id.

    >>> slug("//div[@class='related-box']")
    'div-class-related-box'
    """
    return _NOT_A_SLUG.sub("-", text.lower()).strip("-")[:LONGEST_SLUG].rstrip("-") or "rule"


@lru_cache(maxsize=1)
def settings() -> dict[str, Any]:
    """The data file on directives."""
    return _data("siteconfig.toml")


@lru_cache(maxsize=1)
def known_directives() -> dict[str, tuple[str, str]]:
    """Directives that remove nothing, to the code and the reason."""
    entries = settings()["not_applicable"]
    return {name: (entry["code"], entry["reason"]) for entry in entries for name in entry["directives"]}


def guess_kind(text: str) -> str:
    """The kind of clutter that a line is about, by its words.

    >>> guess_kind("//div[contains(@class, 'RelatedPosts')]"), guess_kind("//div[3]")
    ('related', 'other')
    """
    words = {word.lower() for word in _WORD.findall(text)} - _SAYS_NOTHING
    table = _kinds()
    for kind, whole, beginnings in table:
        if not words.isdisjoint(whole) or any(word.startswith(beginnings) for word in words):
            return kind
    return str(_data("siteconfig_kinds.toml")["default"])


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
    entries = _data("siteconfig_kinds.toml")["kind"]
    return tuple((e["kind"], frozenset(e["words"]), _beginnings(e["words"])) for e in entries)


def _beginnings(words: list[str]) -> tuple[str, ...]:
    return tuple(word[:-1] for word in words if word.endswith("*"))


@lru_cache(maxsize=2)
def _data(name: str) -> dict[str, Any]:
    return read_table(name)
