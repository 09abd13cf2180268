"""Which site a page is on, and which site patterns name it.

A pattern is a host with its sub-domains (``example.com``), a host under any public suffix (``example.*``), a whole
top-level domain (``*.com``), any host (``*``), one of these with a path (``blog.example.com/news/*``), or a regular
expression on the host (``/^news\\d+\\./``). Hosts are compared label by label, so ``t.co`` never names reddit.com.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote, urlsplit

from cleanpage.errors import RuleError, RuleSyntaxError, Where
from cleanpage.model import Sites

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

__all__ = [
    "PageUrl",
    "SitePattern",
    "entity_keys",
    "host_keys",
    "normal_host",
    "parse_site",
    "site_matches",
    "sites_match",
]

MAX_HOST: Final = 253
MAX_PATTERN: Final = 2_000

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*)(?:\.[a-z0-9_][a-z0-9_-]*)*")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://|//")
_BARE_HOST = re.compile(r"[^/?#:@\s]+\.[^/?#:@\s]+(?::\d+)?(?:[/?#]|$)")
# <date><flags>/<address>, as the Wayback Machine has it, and archives that run its software.
_ARCHIVED = re.compile(r"/(?:[^?]*/)?\d{4,14}(?:[a-z]{2}_)?/https?:/{1,2}([^/].+)")
_URL_SAFE: Final = "".join(map(chr, range(0x21, 0x7F)))


class _Searcher(Protocol):
    def search(self, text: str, /) -> object: ...


def normal_host(host: str) -> str | None:
    """`host` in lower case and punycode, without a trailing dot; None if it cannot be a host.

    >>> normal_host("Bücher.Example.")
    'xn--bcher-kva.example'
    """
    host = host.strip().lower().rstrip(".")
    if not host.isascii():
        host = _punycode(host)
    if len(host) > MAX_HOST or not (_HOST.fullmatch(host) or _IPV6.fullmatch(host)):
        return None
    return host


def _punycode(host: str) -> str:
    try:
        import idna

        return idna.encode(host, uts46=True).decode("ascii")
    except (ImportError, UnicodeError):
        pass
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _is_address(host: str) -> bool:
    return host.startswith("[") or _IPV4.fullmatch(host) is not None


@dataclass(frozen=True)
class PageUrl:
    """The parts of a page's URL that rules ask for: its host, and its path with the query.

    >>> PageUrl.parse("https://user@WWW.Example.com.:8080/news/a?b=1#c")
    PageUrl(host='www.example.com', path='/news/a?b=1')
    """

    host: str
    path: str = "/"

    @classmethod
    def parse(cls, url: str | None) -> PageUrl | None:
        """The page's URL, or None where there is none or it names no host. The scheme may be missing."""
        url = (url or "").strip()
        if not _HAS_SCHEME.match(url):
            if not _BARE_HOST.match(url):
                return None
            url = "//" + url
        try:
            parts = urlsplit(url)
            host = _bracketed(parts.hostname or "")
        except ValueError:
            return None
        known = normal_host(host)
        if known is None:
            return None
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(known, _ascii_path(path))

    @classmethod
    def of_page(cls, url: str | None) -> PageUrl | None:
        """As `parse`; of a page that a web archive keeps, the address that it was archived from.

        >>> PageUrl.of_page("https://web.archive.org/web/20190812093015id_/https://news.example.com/a?b=1")
        PageUrl(host='news.example.com', path='/a?b=1')
        """
        kept = cls.parse(url)
        archived = _ARCHIVED.fullmatch(kept.path) if kept else None
        return (cls.parse(f"//{archived[1]}") if archived else None) or kept

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """All keys under which an index may hold rules for this page: `host_keys`, then `entity_keys`."""
        return (*host_keys(self), *entity_keys(self))

    @cached_property
    def domain_keys(self) -> frozenset[str]:
        """As `host_keys`, for membership."""
        return frozenset(host_keys(self))

    @cached_property
    def entity_keys(self) -> frozenset[str]:
        """As the function `entity_keys`, for membership."""
        return frozenset(entity_keys(self))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _ascii_path(path: str) -> str:
    return path if path.isascii() else quote(path, safe=_URL_SAFE, errors="replace")


def host_keys(url: PageUrl) -> list[str]:
    """The keys under which an index may hold rules for this page, but for ``example.*``: its host, the domains above
    it, its top-level domain and ``*``. A bare top-level domain (``com``) is not among them, only ``*.com`` is.

    >>> host_keys(PageUrl("www.example.co.uk"))
    ['www.example.co.uk', 'example.co.uk', 'co.uk', '*.uk', '*']
    """
    if _is_address(url.host):
        return [url.host, "*"]
    labels = url.host.split(".")
    domains = [".".join(labels[i:]) for i in range(max(1, len(labels) - 1))]
    return [*domains, f"*.{labels[-1]}", "*"]


def entity_keys(url: PageUrl) -> list[str]:
    """The keys of patterns under any public suffix that name this page. Asked apart, as the list of suffixes is large.

    >>> entity_keys(PageUrl("www.example.co.uk"))
    ['www.example.*', 'example.*']
    """
    if _is_address(url.host):
        return []
    labels = url.host.split(".")
    entities = [f"{'.'.join(labels[i:end])}.*" for end in _suffix_starts(labels) for i in range(end)]
    return list(dict.fromkeys(entities))


def _suffix_starts(labels: list[str]) -> list[int]:
    """Where the public suffix of a host may start, counted in labels."""
    known = _public_suffixes()
    if known is not None:
        suffix = known.publicsuffix(".".join(labels))
        return [len(labels) - suffix.count(".") - 1] if suffix else []
    starts = [len(labels) - 1]
    # Without the list: "co.uk" and "com.au" are told from "guardian.uk" by their short second label.
    if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3:
        starts.append(len(labels) - 2)
    return starts


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList | None:
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        return None
    return PublicSuffixList()


@dataclass(frozen=True, slots=True)
class SitePattern:
    """One site pattern, compiled. `key` is what an index holds it under; "" for a regular expression."""

    written: str
    key: str
    path: tuple[str, ...] = ()
    """the pieces of the path between its ``*``: the first at its start, the others after it in this order."""
    host_regex: _Searcher | None = None
    path_regex: _Searcher | None = None

    def matches(self, url: PageUrl) -> bool:
        """Whether the pattern names the page at `url`."""
        return self.matches_host(url) and self.matches_path(url)

    def matches_host(self, url: PageUrl) -> bool:
        """Whether the host of `url` is one that the pattern asks for, whatever the path."""
        if self.host_regex is not None:
            return bool(self.host_regex.search(url.host))
        return self.key in (url.entity_keys if self.key.endswith(".*") else url.domain_keys)

    def matches_path(self, url: PageUrl) -> bool:
        """Whether the path of `url` is one that the pattern asks for, whatever the host."""
        if self.path_regex is not None:
            return bool(self.path_regex.search(url.path))
        return not self.path or _pieces_in_order(self.path, url.path)

    def __reduce__(self) -> tuple[object, ...]:
        return parse_site, (self.written,)


def _pieces_in_order(pieces: tuple[str, ...], path: str) -> bool:
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=4096)
def parse_site(pattern: str) -> SitePattern:
    """Compile one site pattern.

    Raises:
        RuleSyntaxError: (``site``) it names no host, or (``regex``) its regular expression is not one.
        UnsupportedRule: (``regex``) its regular expression could take too long.

    >>> parse_site("blog.example.com/news/*").key
    'blog.example.com'
    """
    written, pattern = pattern, pattern.strip()
    if len(pattern) > MAX_PATTERN:
        raise _bad_site(written[:80], f"longer than {MAX_PATTERN:,} characters", "write several shorter patterns")
    if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/"):
        return _parse_regex(written, pattern[1:-1])
    if "://" in pattern:
        raise _bad_site(written, "a whole URL", "write the host, and the path if it matters: example.com/news/*")
    host, slash, path = pattern.partition("/")
    pieces = tuple(_ascii_path(slash + path).split("*")) if path else ()
    return SitePattern(written, _host_key(written, host), pieces)


def _host_key(written: str, host: str) -> str:
    if host == "*":
        return host
    rest = host.removeprefix("*.")
    name = normal_host(rest.removesuffix(".*"))
    if name is None:
        raise _bad_site(written, "no host name", "write example.com, example.com/path/*, example.* or /regex/")
    if rest.endswith(".*"):
        return f"{name}.*"
    return f"*.{name}" if rest != host and "." not in name else name


def _parse_regex(written: str, body: str) -> SitePattern:
    host, slash, path = body.partition("\\/")
    if not slash:
        return SitePattern(written, "", host_regex=_compile(written, body))
    return SitePattern(
        written, "", host_regex=_compile(written, f"(?:{host})$"), path_regex=_compile(written, f"^/(?:{path})")
    )


def _compile(written: str, regex: str) -> _Searcher:
    from cleanpage.match.regex import compile_regex

    try:
        searcher: _Searcher = compile_regex(regex)
    except RuleError as error:
        where = Where(column=1, source=written, width=len(written))
        raise type(error)(error.message, code=error.code, where=where, hint=error.hint) from error
    return searcher


def _bad_site(written: str, seen: str, hint: str) -> RuleSyntaxError:
    where = Where(column=1, source=written, width=max(1, len(written)))
    return RuleSyntaxError(f"site pattern {written!r} is {seen}", code="site", where=where, hint=hint)


def site_matches(pattern: str, url: PageUrl) -> bool:
    """Whether one site pattern names the page at `url`.

    >>> page = PageUrl("old.reddit.com", "/r/news")
    >>> site_matches("reddit.com", page), site_matches("t.com", page), site_matches("reddit.*/r/*", page)
    (True, False, True)
    """
    return parse_site(pattern).matches(url)


def sites_match(sites: Sites, url: PageUrl | None) -> bool:
    """Whether a rule for `sites` is for the page at `url`: what is excluded never, generic rules else everywhere.

    Without a URL only generic rules are.
    """
    if url is None:
        return sites.generic
    if any(site_matches(pattern, url) for pattern in sites.exclude):
        return False
    return sites.generic or any(site_matches(pattern, url) for pattern in sites.include)
