"""What is fuzzed: each target makes something of the fuzzer's bytes and checks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, Protocol

from contracts import check, check_bytes

import cleanpage
from cleanpage.errors import CleanpageError
from cleanpage.model import RuleSet
from cleanpage.rules.filterlist import read_filter_list
from cleanpage.rules.siteconfig import read_site_config
from cleanpage.rules.toml import read_toml

__all__ = ["TARGETS", "Chance"]

_URL: Final = "https://www.example.com/news/2025/harbour?id=1"
_STEPS: Final = 400_000

_SENTENCE: Final = "The council met on Tuesday to decide how the old harbour is to be used, and heard forty speakers. "
_PIECES: Final = (
    *"<p> <div> <ul> <li> <b> <i> <a> <span> <table> <tr> <td> <section> <article> <h2> <h3> <form>".split(),
    *"<select> <option>".split(),
    *"</p> </div> </ul> </li> </b> </i> </a> </span> </table> </tr> </td> </section> </article> </h2> </h3>".split(),
    *"</form> </select> <br> <hr> <br/> <img> <svg> </svg> <template> </template>".split(),
    *"<body> </body> <html> </html>".split(),
    *"<head> <title> </title> <script> </script> <style> </style> <noscript> </noscript> <iframe> </iframe>".split(),
    *"<textarea> </textarea> <pre> <dl> <dt> <dd> <ruby> <rt> <rp> <caption> <colgroup> <col> <tbody>".split(),
    "<frameset>",
    *"<math> <mi> <annotation-xml> <foreignObject> <button> </button> <nobr> <plaintext> <figure> <figcaption>".split(),
    *"<!-- --> <!--> --!> <![CDATA[ ]]> <?x <! </ <".split(),
    '<div class="ad">',
    '<div class="share-bar">',
    "<p class=ad>",
    "<li class='ad x'>",
    "<i class=ad>",
    "<td class=ad>",
    "<tr class=ad>",
    "<option class=ad>",
    "<b class=ad id=b>",
    '<a href="/s?to=x">',
    "<aside class=newsletter>",
    '<div role="heading" aria-level="2">',
    '<link rel="canonical" href="https://www.example.com/">',
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x"}</script>',
    "<h2>More from Ann</h2>",
    "<h3>Related</h3>",
    "Share",
    "Sign up for our newsletter",
    "Advertisement",
    "x",
    " ",
    "\r\n",
    "\n",
    "\0",
    "\x0c",
    "&amp;",
    "&#0;",
    "é",
    "新しい",
    "\ud800",
    _SENTENCE,
    f"<p>{_SENTENCE}</p>",
    f"<article><h1>The harbour</h1><p>{_SENTENCE * 3}</p>",
)
_SELECTORS: Final = (
    *"p .ad li tr td b i div span a #b body html * section option li:first-child".split(),
    *"div>p div~p p+p :not(p) div:has(p) p:has(+p) :nth-child(2n+1) [class] [class^=ad] [id=b] :empty".split(),
    "div div div",
    ":is(p,li):not(:has(a))",
    "div:has(> p:has(b))",
    "*:not(:has(*))",
    "p:has-text(Share)",
    "p:has-text(/S.*e/i)",
    "div:upward(1)",
    ".ad:upward(div)",
    "article:others()",
)
_XPATHS: Final = (
    *"//p //*//* //text() //b/.. //p[1] //*[count(.//*)>1] //p/following-sibling::* //@class".split(),
)
_EVIDENCE: Final = (
    'text = ["share"]',
    'heading = ["more from *"]',
    'words = "..40"',
    'links = "0.5.."',
    'items = "1.."',
    'has = "a"',
    'where = "in-article"',
    'where = "after-article"',
    'repeats = "caption"',
    'repeats = "title"',
    'lang = "en"',
    'evidence = "0.3.."',
)


class Chance(Protocol):
    """What is asked of atheris.FuzzedDataProvider."""

    def ConsumeIntInRange(self, low: int, high: int) -> int: ...
    def ConsumeBytes(self, count: int) -> bytes: ...
    def ConsumeBool(self) -> bool: ...
    def remaining_bytes(self) -> int: ...


def _one_of(chance: Chance, things: Sequence[str]) -> str:
    return things[chance.ConsumeIntInRange(0, len(things) - 1)]


def _composed(chance: Chance, pieces: Sequence[str] = _PIECES) -> str:
    """A page of pieces of markup, or what else there are pieces of."""
    parts = []
    while chance.remaining_bytes() and len(parts) < 400:
        parts.append(_one_of(chance, pieces))
    return "".join(parts)


def _text(chance: Chance) -> str:
    return chance.ConsumeBytes(chance.remaining_bytes()).decode("utf-8", "surrogateescape")


@cache
def _packaged() -> cleanpage.Cleaner:
    return cleanpage.Cleaner(steps=_STEPS)


def pages(chance: Chance) -> None:
    """Arbitrary bytes, text and markup as pages, with the packaged rules."""
    url = _URL if chance.ConsumeBool() else None
    match chance.ConsumeIntInRange(0, 3):
        case 0:
            _quietly(lambda: check_bytes(_packaged(), chance.ConsumeBytes(chance.remaining_bytes()), url))
        case 1:
            check(_packaged(), _text(chance), url)
        case _:
            check(_packaged(), _composed(chance), url)


def pairs(chance: Chance) -> None:
    """Random rules on random pages."""
    try:
        rules = read_toml(_rules(chance), file="fuzz.toml")
    except CleanpageError:
        return
    cleaner = cleanpage.Cleaner([rules], builtin=False, steps=_STEPS)
    check(cleaner, _composed(chance), _URL, settled=False)


def _rules(chance: Chance) -> str:
    lines = ["schema = 1"]
    for number in range(chance.ConsumeIntInRange(1, 4)):
        action = _one_of(chance, ("remove", "remove", "remove", "keep", "unwrap", "remove-attr", "remove-class"))
        lines += ["[[rule]]", f'id = "r{number}"', f'action = "{action}"']
        if action.startswith("remove-"):
            lines.append('names = ["class", "ad", "/^x/"]')
        if chance.ConsumeIntInRange(0, 4):
            lines.append(f"select = '{_one_of(chance, _SELECTORS)}'")
        else:
            lines.append(f'xpath = "{_one_of(chance, _XPATHS)}"')
        for evidence in {_one_of(chance, _EVIDENCE) for _ in range(chance.ConsumeIntInRange(0, 2))}:
            lines.append(evidence)
        lines.append(f'reach = "{_one_of(chance, ("element", "section", "rest", "box"))}"')
        if chance.ConsumeBool():
            lines.append('sites = ["example.com"]')
    return "\n".join(lines)


_PAGE: Final = (
    f'<html lang=en><body id=b><article class="x post"><h1>T</h1><p>{_SENTENCE * 3}'
    '<p class=ad>Share<a href="/x">y</a></p>'
    "<div class='ad banner' data-x=1><ul><li>one<li class=ad>two</ul></div></article>"
    "<h2>More from Ann</h2><p>z</body></html>"
)


def toml(chance: Chance) -> None:
    """Arbitrary text as a TOML rule file, read strictly and leniently, and run."""
    text = _text(chance)
    _quietly(lambda: read_toml(text, file="fuzz.toml"))
    _run(lambda: read_toml(text, file="fuzz.toml", on_error="skip"))


_FILTER_PIECES: Final = (
    *"\n \n example.com ~example.com www.example.com example.* * /ex.*/ /(a+)+$/ é.com , ~ /".split(" "),
    *"| || ^ $ # ! @@".split(),
    *"## ## ## #?# #@# #@?# #$# #$?# ##^ ##+js( #%# $$ ### !#if !#else !#endif !#include $generichide".split(),
    *"$ghide $shide $elemhide $document ,badfilter ,domain=example.com|~b.com env_chromium ext_ublock".split(),
    *"[Adblock] [$path=/news] .ad .x #b p * div html body :root head li [class] [id=b] [class^=a]".split(),
    *"[data-x=1] [class*=A i] > + ~ , ( ) [ ] { }".split(),
    " > ",
    " + ",
    " ~ ",
    ", ",
    " ",
    *""":not( :has( :is( :empty :hover ::before :first-child :nth-child(2n+1) :nth-child(3) :scope :lang(en)
    :has-text(Share) :has-text(/S.*e/i) :has-text(/(a+)+$/) :has-text(/(/) :contains('x') :-abp-contains(x) :-abp-has(
    :upward(1) :upward(255) :upward(div) :upward( :nth-ancestor(2) :xpath(//p) :xpath(..) :xpath(//*[ :xpath(//@class)
    :xpath(//*[contains(.,"x")]) :xpath(ancestor::*[2]/following::p[last()]) :matches-path(/news) :matches-path(/n.*s/)
    :matches-attr(class=ad) :matches-attr("/^c/"="/a/") :matches-css(display:none) :matches-css(before,content:x)
    :min-text-length(3) :if(p) :if-not(p) :if( :others() :remove() :remove-attr(class) :remove-attr(/^c/)
    :remove-class(ad) :style(display:none!important) :style(color:red) :watch-attr(class) :matches-media((x))
    :shadow(p) {display:none} {remove:true;}""".split(),
    *"\\ \\31 \" ' \0 \r\n \x0b \u2028 \ud83d é 1 -- /* */ ; : :: ..".split(" "),
)


def filters(chance: Chance) -> None:
    """Arbitrary text, and pieces of filters, as a filter list."""
    text = (_composed(chance, _FILTER_PIECES) if chance.ConsumeBool() else _text(chance)) + "\n"
    _quietly(lambda: read_filter_list(text, cache=False, on_error="raise"))
    _run(lambda: read_filter_list(text, cache=False))


def siteconfigs(chance: Chance) -> None:
    """Arbitrary text as a site config."""
    text = _text(chance)
    _run(lambda: read_site_config(text, file="example.com.txt", host="example.com"))


def _quietly(act: Callable[[], object]) -> None:
    try:
        act()
    except CleanpageError as error:
        str(error)


def _run(read: Callable[[], RuleSet]) -> None:
    """Read rules, and clean a page with what could be read."""
    try:
        rules = read()
        cleaner = cleanpage.Cleaner([rules], builtin=False, steps=_STEPS)
    except CleanpageError as error:
        str(error)
        return
    check(cleaner, _PAGE, _URL, settled=False)


TARGETS: Final = {"pages": pages, "pairs": pairs, "toml": toml, "filters": filters, "siteconfigs": siteconfigs}
"""Name of a target to the function that does one run of it."""
