"""One line of a filter list: what form it has, and its parts. Nothing here knows selectors, hosts or pages.

The grammar is uBlock Origin's, which takes in Adblock Plus and most of AdGuard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["FilterLine", "Form", "PageException", "normal_selector", "read_line", "read_page_exception"]


class Form(StrEnum):
    """The forms of a line, by what it can do to a page."""

    BLANK = "blank"
    COMMENT = "comment"
    DIRECTIVE = "directive"
    """``!#if`` and its kin."""
    COSMETIC = "cosmetic"
    HTML = "html"
    """``##^`` filters, which edit the HTML before it is parsed."""
    SCRIPTLET = "scriptlet"
    HEADER = "header"
    SNIPPET = "snippet"
    """scripts and style sheets that are injected: ``#%#``, ``#$#`` without a block of declarations."""
    PAGE_EXCEPTION = "page-exception"
    """an exception from cosmetic filters for whole pages: ``@@||example.com^$generichide``."""
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class FilterLine:
    """The parts of one line. `domains` and `body` are as written; `anchor` is ``##``, ``#@#``, ``#?#`` and the like."""

    form: Form
    domains: str = ""
    anchor: str = ""
    body: str = ""

    @property
    def exception(self) -> bool:
        return "@" in self.anchor


@dataclass(frozen=True, slots=True)
class PageException:
    """A network exception that switches cosmetic filters off: which pages, and `off` out of generic, specific, all."""

    pattern: str
    domains: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()
    written: str = ""
    cancels: bool = False
    """with ``$badfilter``: the exception written as `written` is void."""


_COMMENT: Final = re.compile(r"!|#\s|####|\[adblock", re.IGNORECASE)
_ANCHOR: Final = re.compile(r"#@?(?:\$\?|[$%?])?#(?=.)")
_HTML_ANCHOR: Final = re.compile(r"^((?:[\w.*~-]+,)*[\w.*~-]*)(\$@?\$)(?=[A-Za-z\[*])")
_MODIFIERS: Final = re.compile(r"^\[\$([^\]]*)\]")
_HEADER: Final = re.compile(r"\^?responseheader\(")
_OLD_SCRIPTLET: Final = re.compile(r"script:inject\(")

_SCOPES: Final = {
    "generichide": frozenset({"generic"}),
    "ghide": frozenset({"generic"}),
    "specifichide": frozenset({"specific"}),
    "shide": frozenset({"specific"}),
    "elemhide": frozenset({"generic", "specific"}),
    "ehide": frozenset({"generic", "specific"}),
    "document": frozenset({"generic", "specific", "all"}),
    "doc": frozenset({"generic", "specific", "all"}),
}
"""Options of network exceptions that switch cosmetic filters off, and which of them."""
_HARMLESS_OPTIONS: Final = frozenset("subdocument popup important 1p first-party ~3p ~third-party all".split())
_THIRD_PARTY: Final = frozenset("3p third-party ~1p ~first-party".split())


def read_line(line: str) -> FilterLine:
    """The parts of one line, which must be stripped of white space.

    >>> read_line("example.com,~blog.example.com##.promo")
    FilterLine(form=<Form.COSMETIC: 'cosmetic'>, domains='example.com,~blog.example.com', anchor='##', body='.promo')
    >>> read_line("||ads.example^$third-party").form
    <Form.NETWORK: 'network'>
    """
    if not line:
        return FilterLine(Form.BLANK)
    if line.startswith("!#"):
        return FilterLine(Form.DIRECTIVE, body=line)
    if _COMMENT.match(line):
        return FilterLine(Form.COMMENT, body=line)
    anchor = _ANCHOR.search(line) if "#" in line else None
    if anchor:
        return _read_extended(line[: anchor.start()], anchor[0], line[anchor.end() :].strip())
    if line.startswith("#"):
        return FilterLine(Form.COMMENT, body=line)
    html = _HTML_ANCHOR.match(line) if "$" in line else None
    if html:
        anchor_text = "#@#" if "@" in html[2] else "##"
        return FilterLine(Form.HTML, html[1], anchor_text, _from_adguard_html(line[html.end() :].strip()))
    return FilterLine(Form.PAGE_EXCEPTION if _is_page_exception(line) else Form.NETWORK, body=line)


def _read_extended(domains: str, anchor: str, body: str) -> FilterLine:
    domains = domains.strip()
    if domains.startswith("[$"):
        domains = _from_modifiers(domains)
    if "%" in anchor:
        form = Form.SNIPPET
    elif "$" in anchor:
        form = Form.COSMETIC if body.endswith("}") else Form.SNIPPET
    elif body.startswith("+js(") or _OLD_SCRIPTLET.match(body):
        form = Form.SCRIPTLET
    elif _HEADER.match(body):
        form = Form.HEADER
    elif body.startswith("^"):
        form, body = Form.HTML, body[1:].lstrip()
    else:
        form = Form.COSMETIC
    return FilterLine(form, domains, anchor, body)


def _from_modifiers(domains: str) -> str:
    """AdGuard's ``[$domain=a|b,path=/x]`` in front of a filter, as a list of domains; unknown modifiers stay."""
    written = _MODIFIERS.match(domains)
    if not written:
        return domains
    rest = domains[written.end() :]
    hosts, path, unknown = [rest] if rest else [], "", []
    for modifier in written[1].split(","):
        name, _, value = modifier.partition("=")
        if name == "domain":
            hosts += value.split("|")
        elif name == "path" and value.startswith("/") and not value.endswith("/"):
            path = value.removesuffix("*")
        else:
            unknown.append(modifier)
    if unknown or (path and not hosts):
        return domains
    return ",".join(host if host.startswith("~") else host + path for host in ",".join(hosts).split(","))


_TAG_CONTENT: Final = re.compile(r'\[(tag-content|wildcard|min-length|max-length)="((?:[^"]|"")*)"\]')


def _from_adguard_html(body: str) -> str:
    """AdGuard's attributes of ``$$`` rules as operators; ``max-length`` has none and stays."""
    return _TAG_CONTENT.sub(_adguard_operator, body)


def _adguard_operator(found: re.Match[str]) -> str:
    name, value = found[1], found[2].replace('""', '"')
    if name == "tag-content":
        return f":has-text(/{_escaped(value)}/)"
    if name == "wildcard":
        return f":has-text(/{'.*'.join(_escaped(part) for part in value.strip('*').split('*'))}/)"
    return f":min-text-length({value})" if name == "min-length" else found[0]


def _escaped(text: str) -> str:
    return re.escape(text).replace("/", r"\/")


def _is_page_exception(line: str) -> bool:
    if not line.startswith("@@") or "$" not in line:
        return False
    return any(option in _SCOPES for option in line[line.rindex("$") + 1 :].split(","))


def read_page_exception(line: str) -> PageException | None:
    """The exception that an ``@@`` line makes for whole pages, or None where no page's own address can meet it.

    >>> read_page_exception("@@||example.com^$generichide").pattern
    '||example.com^'
    """
    pattern, _, written = line[2:].rpartition("$")
    options = written.split(",")
    off: set[str] = set()
    domains: tuple[str, ...] = ()
    for option in options:
        if option in _SCOPES:
            off |= _SCOPES[option]
        elif option.startswith(("domain=", "from=")):
            domains = tuple(name for name in option.partition("=")[2].lower().split("|") if name)
        elif option in _THIRD_PARTY:
            return None
    void = "badfilter" in options
    plain = "@@" + pattern + "$" + ",".join(option for option in options if option != "badfilter")
    return PageException(pattern or "*", domains, frozenset(off), plain, void)


_QUOTED_VALUE: Final = re.compile(r"""([~|^$*]?=)\s*(?:'([^'"\\]*)'|([^\s\]'"\\=]+))(?=\s*(?:[iIsS]\s*)?\])""")
_ALIASES: Final = re.compile(r":(?:-abp-contains|contains)\(|:-abp-has\(")
_SPACE: Final = re.compile(r"\s+")


def normal_selector(body: str) -> str:
    """`body` in the one spelling that exceptions are compared in: quotes, operators' other names, white space.

    >>> normal_selector("a[href^='http://x']  .y:-abp-contains(z)")
    'a[href^="http://x"] .y:has-text(z)'
    """
    if "=" in body:
        body = _QUOTED_VALUE.sub(lambda found: f'{found[1]}"{found[2] if found[2] is not None else found[3]}"', body)
    if ":" in body:
        body = _ALIASES.sub(lambda found: ":has(" if found[0] == ":-abp-has(" else ":has-text(", body)
    return _SPACE.sub(" ", body)
