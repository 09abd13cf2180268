"""Site patterns name the sites they say, and no others."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.errors import RuleError, RuleSyntaxError
from cleanpage.match import hosts
from cleanpage.match.hosts import PageUrl, entity_keys, host_keys, parse_site, site_matches, sites_match
from cleanpage.model import Sites

PARSED = [
    ("https://www.Example.com/a", "www.example.com", "/a"),
    ("https://user:pw@example.com:8443/a?b=c&d#e", "example.com", "/a?b=c&d"),
    ("http://example.com.", "example.com", "/"),
    ("http://EXAMPLE.com./x", "example.com", "/x"),
    ("example.com/news", "example.com", "/news"),
    ("example.com:80", "example.com", "/"),
    ("//example.com/x", "example.com", "/x"),
    ("https://bücher.example/", "xn--bcher-kva.example", "/"),
    ("https://BÜCHER.example/", "xn--bcher-kva.example", "/"),
    ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", "/"),
    ("https://例え。テスト/", "xn--r8jz45g.xn--zckzah", "/"),
    ("http://localhost:8000/a", "localhost", "/a"),
    ("http://192.168.0.1/a", "192.168.0.1", "/a"),
    ("http://[2001:DB8::1]:80/a", "[2001:db8::1]", "/a"),
    ("https://my_site.example.com", "my_site.example.com", "/"),
    ("https://example.com/straße", "example.com", "/stra%C3%9Fe"),
    ("  https://example.com/a  ", "example.com", "/a"),
]


@pytest.mark.parametrize(("url", "host", "path"), PARSED)
def test_a_url_is_read_into_host_and_path(url: str, host: str, path: str) -> None:
    assert PageUrl.parse(url) == PageUrl(host, path)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://web.archive.org/web/20190812093015/http://salon.example/a", "salon.example", "/a"),
        ("https://web.archive.org/web/2019id_/https://salon.example/a?b=c", "salon.example", "/a?b=c"),
        ("https://wayback.archive-it.org/12/20140101000000/http:/salon.example/", "salon.example", "/"),
        ("https://example.com/2014/09/http-is-old", "example.com", "/2014/09/http-is-old"),
        ("https://example.com/2014/http://", "example.com", "/2014/http://"),
        ("https://example.com/2014//my-post.html", "example.com", "/2014//my-post.html"),
        ("https://example.com/a?u=/2014/https://b.com/", "example.com", "/a?u=/2014/https://b.com/"),
        ("https://web.archive.org/web/2014/https://[bad/", "web.archive.org", "/web/2014/https://[bad/"),
    ],
)
def test_an_archived_page_is_of_the_site_it_was_archived_from(url: str, host: str, path: str) -> None:
    assert PageUrl.of_page(url) == PageUrl(host, path)


GARBAGE = [
    None,
    "",
    "  ",
    "/news/a.html",
    "#top",
    "mailto:ann@example.com",
    "data:text/html,<p>",
    "javascript:void(0)",
    "about:blank",
    "file:///home/ann/page.html",
    "http://",
    "http:///x",
    "http://[::1",
    "http://exa mple.com/",
    "http://-.com",
    "http://a..b/",
    "http://" + "a" * 300 + ".com",
    "just words",
    "http://\ud800.com/",
]


@pytest.mark.parametrize("url", GARBAGE)
def test_what_names_no_host_is_no_page_url(url: str | None) -> None:
    assert PageUrl.parse(url) is None


@given(st.one_of(st.text(), st.text(alphabet="htp:/@[].a0é%?#\\ ").map("http://".__add__)))
def test_any_text_is_a_page_url_or_none(text: str) -> None:
    page = PageUrl.parse(text)
    assert page is None or page.host in page.keys
    if page is not None:
        assert PageUrl.parse(f"https://{page.host}{page.path}".split("#")[0]) is not None


@given(st.text(max_size=50))
def test_any_text_is_a_pattern_or_our_error(text: str) -> None:
    try:
        site_matches(text, PageUrl("example.com"))
    except RuleError as error:
        assert str(error)


MATCHES = [
    ("example.com", "https://example.com/"),
    ("example.com", "https://www.example.com/"),
    ("example.com", "https://a.b.example.com/x"),
    ("example.com", "https://example.com./x"),
    ("Example.COM.", "https://example.com/x"),
    ("*.example.com", "https://example.com/"),
    ("*.example.com", "https://www.example.com/"),
    ("www.example.com", "https://www.example.com/"),
    ("blogspot.com", "https://ann.blogspot.com/"),
    ("blog.example.com/news/*", "https://blog.example.com/news/1"),
    ("blog.example.com/news/", "https://blog.example.com/news/1"),
    ("example.com/*/live", "https://www.example.com/uk/live?x=1"),
    ("example.com/?page=", "https://example.com/?page=2"),
    ("example.com/straße", "https://example.com/straße/1"),
    ("example.com/", "https://example.com/any"),
    ("example.*", "https://example.com/"),
    ("example.*", "https://www.example.co.uk/"),
    ("example.*", "https://example.de/"),
    ("www.example.*", "https://www.example.de/"),
    ("example.*/news/*", "https://example.de/news/1"),
    ("/^news\\d+\\.example\\.com$/", "https://news12.example.com/"),
    ("/example/", "https://my-example.net/"),
    ("/example\\.(com|org)\\/news/", "https://www.example.org/news/1"),
    ("bücher.example", "https://xn--bcher-kva.example/"),
    ("xn--bcher-kva.example", "https://www.bücher.example/"),
    ("192.168.0.1", "http://192.168.0.1:80/"),
    ("localhost", "http://localhost:8000/"),
    ("[::1]", "http://[::1]/"),
    ("co.uk", "https://example.co.uk/"),
    ("*.com", "https://example.com/"),
    ("*", "https://example.com/"),
    ("*/amp/*", "https://example.com/amp/1"),
]


@pytest.mark.parametrize(("pattern", "url"), MATCHES)
def test_a_pattern_names_its_pages(pattern: str, url: str) -> None:
    page = PageUrl.parse(url)
    assert page is not None
    assert site_matches(pattern, page)


OTHERS = [
    ("t.co", "https://reddit.com/"),
    ("ample.com", "https://example.com/"),
    ("example.com", "https://example.com.evil.net/"),
    ("example.com", "https://example.org/"),
    ("www.example.com", "https://example.com/"),
    ("www.example.com", "https://m.example.com/"),
    ("com", "https://example.com/"),
    ("uk", "https://example.co.uk/"),
    ("*.com", "https://example.org/"),
    ("example.*", "https://example.evil.com/"),
    ("example.*", "https://other.com/"),
    ("example.*", "https://com.example.evil.co.uk/"),
    ("co.*", "https://example.co.uk/"),
    ("blog.example.com/news/*", "https://blog.example.com/sport/1"),
    ("blog.example.com/news/*", "https://example.com/news/1"),
    ("example.com/news", "https://example.com/old/news"),
    ("/^news\\d+\\./", "https://news.example.com/"),
    ("/example\\.com\\/news/", "https://example.com/sport/"),
    ("/example\\.com\\/news/", "https://example.com.evil.net/news"),
    ("0.1", "http://192.168.0.1/"),
    ("168.0.1", "http://192.168.0.1/"),
    ("192.168.*", "http://192.168.0.1/"),
]


@pytest.mark.parametrize(("pattern", "url"), OTHERS)
def test_a_pattern_names_no_other_page(pattern: str, url: str) -> None:
    page = PageUrl.parse(url)
    assert page is not None
    assert not site_matches(pattern, page)


@pytest.mark.parametrize(
    "pattern", ["", "https://example.com/", "exa mple.com", "a..b", "~example.com", "/", "x" * 3000]
)
def test_a_pattern_that_names_nothing_is_an_error(pattern: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_site(pattern)
    assert caught.value.code == "site"
    assert caught.value.hint


@pytest.mark.parametrize("pattern", ["/(/", "/a\\/(/", "/[/"])
def test_a_regular_expression_that_is_none_is_an_error(pattern: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_site(pattern)
    assert caught.value.where.source == pattern


SITES = [
    (Sites(), "https://example.com/", True),
    (Sites(), None, True),
    (Sites(include=("example.com",)), None, False),
    (Sites(exclude=("example.com",)), None, True),
    (Sites(exclude=("example.com",)), "https://www.example.com/", False),
    (Sites(exclude=("example.com",)), "https://other.com/", True),
    (Sites(include=("example.com",), exclude=("shop.example.com",)), "https://www.example.com/", True),
    (Sites(include=("example.com",), exclude=("shop.example.com",)), "https://a.shop.example.com/", False),
    (Sites(include=("a.shop.example.com",), exclude=("shop.example.com",)), "https://a.shop.example.com/", False),
    (Sites(include=("a.com", "b.com")), "https://b.com/", True),
]


@pytest.mark.parametrize(("sites", "url", "expected"), SITES)
def test_what_is_excluded_wins_over_what_is_included(sites: Sites, url: str | None, expected: bool) -> None:
    assert sites_match(sites, PageUrl.parse(url)) is expected


@pytest.mark.parametrize(
    ("pattern", "url"), [case for case in MATCHES if not case[0].endswith("/") or case[0][0] != "/"]
)
def test_an_index_finds_a_pattern_by_its_key(pattern: str, url: str) -> None:
    page = PageUrl.parse(url)
    assert page is not None
    assert parse_site(pattern).key in {*host_keys(page), *entity_keys(page)}


@pytest.mark.parametrize("url", ["https://example.co.uk/", "https://example.com.au/", "https://www.example.de/"])
def test_entities_work_without_the_public_suffix_list(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "_public_suffixes", lambda: None)
    page = PageUrl.parse(url)
    assert page is not None
    assert "example.*" in entity_keys(page)


def test_patterns_and_urls_can_be_pickled() -> None:
    for value in (parse_site("/^news\\d+\\./"), parse_site("example.com/a/*"), PageUrl("example.com", "/a")):
        assert pickle.loads(pickle.dumps(value)) == value
