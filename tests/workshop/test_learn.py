"""`cleanpage rules learn`: rules from what repeats on the pages of one site."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop.running import Run

from cleanpage import Cleaner
from cleanpage.errors import InputError
from cleanpage.rules.toml import read_toml
from cleanpage.workshop.learn import learned_file

SITE = Path(__file__).parents[2] / "fixtures" / "workshop" / "site"
SOURCES = {path.stem: path.read_text("utf-8") for path in sorted(SITE.glob("*.html"))}
ARTICLES = {
    "bridge": ["walked over it with two hundred people", "turned out to be soft", "agreed on in March"],
    "ferry": ["Nobody was hurt", "to find out where the water came in", "than the crossing did"],
    "bread": ["bakers say that it will not be the last rise", "one at the station", "every one of them fresh"],
}
CLUTTER = ["Sign up for our weekly letter", "belongs to its readers", "Most read", "© Example News", "Sport"]


@pytest.fixture(scope="module")
def cleaned() -> dict[str, str]:
    """The pages, cleaned by the rules learned from them and by no others."""
    text, _ = learned_file(SOURCES, checked="2026-08-22")
    cleaner = Cleaner([read_toml(text, file="example.com.toml")], builtin=False)
    return {name: cleaner.clean(html, f"https://www.example.com/news/{name}") for name, html in SOURCES.items()}


@pytest.mark.parametrize("name", SOURCES)
def test_what_repeats_goes(cleaned: dict[str, str], name: str) -> None:
    assert [text for text in CLUTTER if text in cleaned[name]] == []


@pytest.mark.parametrize("name", SOURCES)
def test_what_differs_stays(cleaned: dict[str, str], name: str) -> None:
    assert [text for text in ARTICLES[name] if text not in cleaned[name]] == []
    assert "<h1>" in cleaned[name]


def test_the_file_is_an_ordinary_one(pages: Path, run: Run) -> None:
    told = run("learn", "pages", "--checked", "2026-08-22", "-o", "example.com.toml")
    assert told.code == 0
    assert run("check", "example.com.toml").code == 0
    assert run("test", "example.com.toml").code == 0
    assert run("fresh", "example.com.toml", "--pages", "pages").code == 0


def test_each_rule_says_what_it_rests_on() -> None:
    text, count = learned_file(SOURCES)
    rules = read_toml(text, file="example.com.toml").rules
    assert len(rules) == count
    assert all(rule.why.startswith("Found on 3 of 3 pages; begins “") for rule in rules)
    assert all(rule.sites.include == ("example.com",) for rule in rules)


def test_made_names_are_not_learned() -> None:
    assert "css-" not in "".join(line for line in learned_file(SOURCES)[0].splitlines() if line.startswith("select"))


def test_learning_is_repeatable() -> None:
    assert learned_file(SOURCES) == learned_file(SOURCES)


def test_one_page_is_refused(pages: Path, run: Run) -> None:
    told = run("learn", "pages/bridge.html")
    assert told.code == 1
    assert "two or more pages" in told.err


def test_the_same_article_twice_is_one_page() -> None:
    html = SOURCES["bridge"]
    with pytest.raises(InputError, match="two or more pages"):
        learned_file({"page": html, "print": html.replace("Most read", "Read this too")})


def test_pages_of_different_sites_are_refused() -> None:
    other = SOURCES["ferry"].replace("www.example.com", "news.example")
    with pytest.raises(InputError, match="different sites"):
        learned_file({"bridge": SOURCES["bridge"], "ferry": other})


def test_a_day_that_is_none_is_refused(pages: Path, run: Run) -> None:
    told = run("learn", "pages", "--checked", "yesterday")
    assert told.code == 2
    assert "'yesterday'" in told.err


def test_a_folder_without_pages_is_told(folder: Path, run: Run) -> None:
    Path("empty").mkdir()
    told = run("learn", "empty")
    assert told.code == 1
    assert "empty: no page in it" in told.err


def test_a_list_of_titles_below_a_repeated_heading_is_learned_as_a_whole() -> None:
    """Some titles alone look like anything; the topics of an article are no titles."""
    pages = {}
    for number, (topic, day) in enumerate([("bridge", "Monday"), ("ferry", "Tuesday"), ("market", "Friday")]):
        text = f"The {topic} was opened on {day} by the mayor, who came with two hundred people and spoke of the {topic}. "
        titles = "".join(f"<li><a href='/{topic}-{n}'>{topic} {day} number {n} of ten</a></li>" for n in range(4))
        topics = f"<li><a href='/{topic}'>{topic}</a></li><li><a href='/{day}'>{day}</a></li>"
        pages[topic] = (
            f"<html><body><main><article><h1>The {topic} and the town</h1><p>{text * 3}</p><p>{text * 2}{number}</p></article>"
            f"<section><h2>Topics of this story</h2><ul>{topics}</ul></section>"
            f"<section><h2>More from the town</h2><ul>{titles}</ul></section></main></body></html>"
        )
    text, _ = learned_file(pages, site="example.com")
    cleaner = Cleaner([read_toml(text, file="example.com.toml")], builtin=False)
    output = cleaner.clean(pages["ferry"], "https://example.com/")
    assert "number 3 of ten" not in output
    assert "/Tuesday" in output
