"""Pages that have brought other programs to a halt, each of any size; after reports from other projects.

`PAGES` gives for each case how to make a page of about `n` characters. In each stand an article and, where the case
allows it, a share bar, so that something is found and cut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

__all__ = ["PAGES"]

_SENTENCE: Final = "The council met on Tuesday to decide how the old harbour is to be used, and heard forty speakers. "
_ARTICLE: Final = f"<article><h1>The harbour</h1><p>{_SENTENCE * 3}</p><p>{_SENTENCE * 4}</p></article>"
_SHARE: Final = '<div class="share-bar"><a href="/s?to=x">Share</a> <a href="/s?to=y">Tweet</a></div>'


def _document(middle: str) -> str:
    return f"<!doctype html><html><head><title>The harbour</title></head><body>{_ARTICLE}{_SHARE}{middle}</body></html>"


def _repeated(piece: str, n: int) -> str:
    return piece * (n // len(piece))


def _nested(start: str, end: str, n: int, inside: str = "x") -> str:
    depth = n // (len(start) + len(end))
    return start * depth + inside + end * depth


def _around(piece: str) -> Callable[[int], str]:
    return lambda n: _document(_repeated(piece, n))


def _open(*tags: str) -> Callable[[int], str]:
    return lambda n: _document(_repeated("".join(tags), n))


def _table_in_table(n: int) -> str:
    return _document(_nested("<table><tr><td>", "</td></tr></table>", n, "<p>inside</p>") + "<p>after</p>")


def _formatting(n: int) -> str:
    """Formatting elements with attributes of their own, opened before each paragraph and closed in the wrong order."""
    depth = 40
    piece = "".join(f"<b id=b{k}><i class=c{k}>" for k in range(depth)) + "<p>x" + "</b></i>" * depth
    return _document(_repeated(piece, n))


def _attributes(n: int) -> str:
    return _document("<div " + " ".join(f"data-a{k}=v" for k in range(n // 12)) + f">{_SENTENCE}</div>")


def _class_tokens(n: int) -> str:
    return _document(f'<div class="{" ".join(f"c{k}" for k in range(n // 7))}">{_SENTENCE}</div>')


def _distinct_classes(n: int) -> str:
    return _document("".join(f'<p class="w{k}">a{k}</p>' for k in range(n // 24)))


def _one_text(n: int) -> str:
    return _document(f"<script>{'x=1;' * (n // 4)}</script><h2>After the script</h2><p>{'word ' * (n // 5)}</p>")


def _one_word(n: int) -> str:
    return _document(f"<p>{'x' * n}</p>")


def _long_alternative(n: int) -> str:
    return _document(f'<figure><a href="/x"><img src="x.jpg" alt="{_repeated(_SENTENCE, n)}"></a></figure>')


def _headings(n: int) -> str:
    return _document("<section>" + _repeated("<h3>Related</h3><p>One more</p>", n) + "</section>")


def _more_from(n: int) -> str:
    return _document("<section>" + _repeated("<p>More from Ann</p>", n) + "</section>")


def _captions(n: int) -> str:
    piece = "<figure><figcaption>The harbour at night, seen from the tower</figcaption></figure>"
    return _document(_repeated(piece + "<p>The harbour at night, seen from the tower</p>", n))


def _pictures_in_depth(n: int) -> str:
    return _document(_nested('<div><img src="x.jpg">', "</div>", n, _SHARE))


def _share_bars(n: int) -> str:
    return _document(_repeated(_SHARE, n))


def _share_bars_in_depth(n: int) -> str:
    return _document(_repeated(f"<div>{_SHARE}", n))


def _open_paragraphs(n: int) -> str:
    return _document(_repeated('<div><p>a<p class="share-bar"><a href="/s">Share</a><p>b', n))


def _json_ld(n: int) -> str:
    inner = _nested('{"@type":"NewsArticle","hasPart":', "}", n, "1")
    return _document(f'<script type="application/ld+json">{inner}</script>')


def _comments_between(n: int) -> str:
    return _document("<p>" + _repeated("Share<!-- -->", n) + "</p>")


def _cuts_in_a_line(n: int) -> str:
    """Many small things that go from one paragraph, whose texts are one when it is looked at again."""
    return _document("<p>" + _repeated('some words here <i class="share-bar">Share</i>', n) + "</p>")


def _everything_open(n: int) -> str:
    return _document(_repeated("<div class=share-bar><ul><li><b><a href=/s>Share", n))


PAGES: Final[dict[str, Callable[[int], str]]] = {
    "table of many rows": _around("<tr><td>1<td>2"),
    "table of many rows, written out": lambda n: _document(f"<table>{_repeated('<tr><td>1</td><td>2</td></tr>', n)}</table>"),
    "lists in lists": _open("<ul><li>"),
    "div in div": lambda n: _document(_nested("<div>", "</div>", n) + "<p>after</p>"),
    "div in div, none closed": _open("<div>"),
    "bold in bold": _open("<b>"),
    "bold in bold, with attributes": lambda n: _document("".join(f"<b id={k}>" for k in range(n // 10)) + "x"),
    "spans with text at every depth": _open("<span>a"),
    "links with text at every depth": lambda n: _document(_nested("<div><a href=/x>a</a>", "</div>", n)),
    "tables in tables": _table_in_table,
    "formatting closed in the wrong order": _formatting,
    "misnested links": _around("<a href=/x><div>one</a>two</div>"),
    "one long text and one long script": _one_text,
    "one long word": _one_word,
    "many line breaks, then NUL": lambda n: _document(_repeated("<br/>", n) + "\0"),
    "declaration of quotes": lambda n: "<!" + '"' * n + "!" + _document(""),
    "unclosed comment": lambda n: _document("<!--" + "-" * n),
    "many comment starts": _around("<!--"),
    "white space": lambda n: _document(f"<p>{' ' * n}x</p>"),
    "white space in many runs": _around("<i> </i>"),
    "long alternative text": _long_alternative,
    "many attributes": _attributes,
    "many classes on one element": _class_tokens,
    "many classes on many elements": _distinct_classes,
    "many headings": _headings,
    "many lines like headings": _more_from,
    "many captions": _captions,
    "pictures at every depth": _pictures_in_depth,
    "many share bars": _share_bars,
    "share bars at every depth": _share_bars_in_depth,
    "end tags left out": _open_paragraphs,
    "nested JSON-LD": _json_ld,
    "texts parted by comments": _comments_between,
    "cuts in a line": _cuts_in_a_line,
    "unclosed share bars": _everything_open,
    "unclosed box to the end": lambda n: _document('<div class="share-bar">' + _repeated(f"<p>{_SENTENCE}", n)),
    "control characters": _around("<p>&#1;\x01\x0b tel:111\0111</p>"),
    "options": lambda n: _document(f"<select>{_repeated('<option>x', n)}</select>"),
    "many iframes": _around('<iframe src="/x"></iframe>'),
    "templates in templates": lambda n: _document(_nested("<template>", "</template>", n)),
    "svg in svg": lambda n: _document(_nested("<svg><g>", "</g></svg>", n)),
    "declarations in a script": lambda n: _document(f"<script>{_repeated('<!--<script>', n)}</script>"),
    "entities": _around("&amp;&notit;&#x41;"),
    "forms in forms": _around("<form><div></form>x"),
    "frames of aria headings": _around('<div role="heading" aria-level="²">x</div>'),
}
"""What a case is called, to a function that makes a page of about so many characters."""
