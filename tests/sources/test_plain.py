"""Plain text and Markdown: how they are read into a page, and what a cut takes with it."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage import clean_text
from cleanpage.cleaner import Cleaner
from cleanpage.company import CompanyWeights
from cleanpage.cuts import Cut
from cleanpage.decide import Brake, decide
from cleanpage.explain import explain
from cleanpage.kinds import KINDS
from cleanpage.match.find import Finding
from cleanpage.model import Action, Rule
from cleanpage.rows import RowLimits
from cleanpage.sources.plain import PlainReading
from cleanpage.structure.structure import Structure
from cleanpage.structure.textevidence import TextEvidence
from cleanpage.textmode import text_weights


def blocks_of(text: str) -> list[tuple[str, str]]:
    """Tag and text of each block of a text, in order."""
    page = PlainReading(text).page
    wrappers = {"text", "body", "div", "ul", "table", "a", "img"}
    return [(tag, page.text(i)) for i, tag in enumerate(page.tags) if tag not in wrappers]


def cut(text: str, *wanted: str) -> str:
    """The text without the blocks whose text is one of `wanted`."""
    reading = PlainReading(text)
    page = reading.page
    nodes = [i for i, tag in enumerate(page.tags) if tag not in ("a", "text", "body") and page.text(i) in wanted]
    outermost = [i for i in nodes if page.parents[i] not in nodes]
    written = reading.write(tuple(Cut(i) for i in outermost))
    assert not written.refused
    assert isinstance(written.output, str)
    return written.output


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("One\nTwo\n\nThree\n", [("p", "One"), ("p", "Two"), ("p", "Three")]),
        ("One\r\nTwo\rThree", [("p", "One"), ("p", "Two"), ("p", "Three")]),
        ("One\u2028still one\n\x0bTwo", [("p", "One still one"), ("p", "Two")]),
        ("# Title\n\nText [a link](http://example.com/)\n", [("h1", "Title"), ("p", "Text a link")]),
        ("Title\n=====\n\nPart\n---\nText", [("h1", "Title"), ("h2", "Part"), ("p", "Text")]),
        ("**Bold line**\n\n*A line in italics.*\n", [("h6", "Bold line"), ("p", "A line in italics.")]),
        ("- one\n* two\n3. three\n\n> said\n", [("li", "one"), ("li", "two"), ("li", "three"), ("blockquote", "said")]),
        ("#hashtag\n-- \n2024\n", [("p", "#hashtag"), ("p", "--"), ("p", "2024")]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nText", [("tr", "| a | b | |---|---| | 1 | 2 |"), ("p", "Text")]),
        ("---\ntitle: x\n---\nText\n", [("template", ""), ("p", "Text")]),
        ("a\n```\ncode\n\n# no heading\n```\nb", [("p", "a"), ("template", ""), ("p", "b")]),
        ("- one\n\n      ```js\n      Share\n      ```\n\nb", [("li", "one"), ("template", ""), ("p", "b")]),
        ("- ```\n  Share\n  ```\nb", [("template", ""), ("p", "b")]),
        ("> ```\n> Share\n> ```\n> said", [("template", ""), ("blockquote", "said")]),
        ("> ```\n> Share\n\nb", [("template", ""), ("p", "b")]),
        ("````\n```\nShare\n```\n\n````\nb", [("template", ""), ("p", "b")]),
        ("Use ```code``` here\nb", [("p", "Use ```code``` here"), ("p", "b")]),
        ("<!-- Share\n\nShare -->\nb", [("template", ""), ("p", "b")]),
        ("<SCRIPT>\nShare\n\n</script>\nb", [("template", ""), ("p", "b")]),
        ("<div class=x>\nShare\n\nb\n\n</div>", [("template", ""), ("p", "b"), ("template", "")]),
        ("a < b\n<b>bold</b> text", [("p", "a < b"), ("p", "<b>bold</b> text")]),
        ("Text\nPart\n----\nText", [("p", "Text"), ("h2", "Part"), ("p", "Text")]),
        ("[a [b] c](<http://example.com/x y> 'title')\n\n[id]: http://x\n[^1]: b",
         [("p", "a [b] c"), ("template", ""), ("template", "")]),
    ],
)
def test_reads_lines_and_markdown_as_blocks(text: str, blocks: list[tuple[str, str]]) -> None:
    assert blocks_of(text) == blocks


WRAPPED = """\
The harbour was quiet that morning, and the boats that had come in at
night lay side by side along the mole, with their nets still wet and
their lamps burning.

Nobody had thought of putting them out, for the news from the other
side of the bay had reached the town before the boats did.

The end
"""


def test_reads_a_wrapped_text_as_paragraphs() -> None:
    found = blocks_of(WRAPPED)
    assert [text.split()[0] for _, text in found] == ["The", "Nobody", "The"]
    assert found[0][1].endswith("their lamps burning.")


def test_reads_lines_of_a_poem_one_by_one() -> None:
    text = "The sea is grey\nand so is the sky above it, grey\nAnd I\nhave seen them both\n"
    assert len(blocks_of(text)) == 4


def test_counts_links_and_images_of_markdown() -> None:
    page = PlainReading("[Read more](http://example.com/a) ![boat](boat.png)\n\nSee https://example.com/ too\n").page
    first, second = page.by_tag["p"]
    assert page.link_share(first) == 1
    assert 0 < page.link_share(second) < 1
    assert [page.tags[i] for i in page.by_tag["img"]] == ["img"]


def test_marks_a_line_that_stands_twice_with_its_credit_as_a_caption() -> None:
    line = "Fishing boats lie in the harbour of the little town at dawn"
    assert [tag for tag, _ in blocks_of(f"{line} (Ann Example/Agency)\n{line}\n\nText")] == ["figcaption"] * 2 + ["p"]
    assert [tag for tag, _ in blocks_of(f"{line}\n{line}\n\nText")] == ["p"] * 3
    far = f"{line}\n" + "Text\n" * 20 + f"{line} (Ann)\n{line} and more\n"
    assert [tag for tag, _ in blocks_of(far)] == ["figcaption"] + ["p"] * 20 + ["figcaption", "p"]


def test_reads_short_lines_between_paragraphs_as_a_box() -> None:
    prose = "word " * 20
    page = PlainReading(f"{prose}\n\nRelated\nOne thing\nAnother thing\n\n{prose}\n").page
    (box,) = page.by_tag["div"]
    assert page.text(box) == "Related One thing Another thing"


@pytest.mark.parametrize(
    ("text", "wanted", "left"),
    [
        ("A\n\nX\n\nB\n", ["X"], "A\n\nB\n"),
        ("A\nX\n\nB\n", ["X"], "A\n\nB\n"),
        ("A\n\nX\nB\n", ["X"], "A\n\nB\n"),
        ("A\nX\nB\n", ["X"], "A\nB\n"),
        ("X\n\n\nB\n", ["X"], "B\n"),
        ("A\n\n\nX\n", ["X"], "A\n"),
        ("A\n\nX", ["X"], "A"),
        ("A\r\n\r\nX\r\n\r\nB\r\n", ["X"], "A\r\n\r\nB\r\n"),
        ("A\n\nX\n\nY\n\nB", ["X", "Y"], "A\n\nB"),
        ("A\n\nX\n\nY\n", ["X", "Y"], "A\n"),
        ("A\nX\n\nY\nB\n", ["X", "Y"], "A\n\nB\n"),
        ("A\nX\n\nY", ["X", "Y"], "A"),
        ("A\n  \nX  \n\t\nB", ["X"], "A\n  \nB"),
        ("- a\n- b\n- c\n\nEnd", ["b"], "- a\n- c\n\nEnd"),
        ("See [this](http://example.com/) now\n\nB", ["see"], "See [this](http://example.com/) now\n\nB"),
    ],
)
def test_a_cut_takes_whole_lines_and_their_blank_lines(text: str, wanted: list[str], left: str) -> None:
    assert cut(text, *wanted) == left


def test_a_cut_of_a_link_takes_its_markup() -> None:
    reading = PlainReading("See [this](http://example.com/) now\n\nB")
    (link,) = reading.page.by_tag["a"]
    assert reading.write((Cut(link),)).output == "See  now\n\nB"


def test_a_text_without_line_breaks_is_never_cut() -> None:
    text = "Subscribe to our newsletter! [Click](http://example.com/)"
    reading = PlainReading(text)
    for node in (0, 1, -1):
        written = reading.write((Cut(node),))
        assert written.output is text
        assert written.refused


def test_code_and_tables_are_cut_around() -> None:
    text = "Intro\n\nRelated\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n\nMore\n\nText"
    reading = PlainReading(text)
    page = reading.page
    written = reading.write(tuple(Cut(i) for i in page.children(page.body)))
    assert written.output == "```\ncode\n```\n\n| a | b |\n|---|---|"


@pytest.mark.parametrize("action", [Action.UNWRAP, Action.REMOVE_ATTR, Action.REMOVE_CLASS])
def test_changes_to_markup_are_refused(action: Action) -> None:
    reading = PlainReading("A\n\nB\n")
    written = reading.write((Cut(reading.page.by_tag["p"][0], action, ("x",)),))
    assert written.output == "A\n\nB\n"
    assert written.refused


LINES = st.sampled_from(
    ["", " ", "A line", "# Title", "---", "===", "- item", "```", "| a | b |", "|---|---|", "[x](y)", "> q", "**b**",
     "A long line of running text that goes on for a while, as prose does, and then it ends. " * 2]
)
TEXTS = st.builds(
    lambda parts: "".join(line + end for line, end in parts),
    st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r", "\n\n", ""])), max_size=25),
)


@given(text=TEXTS | st.text(max_size=200), chosen=st.data())
@settings(max_examples=300, deadline=None)
def test_what_is_left_is_the_text_without_the_reported_spans(text: str, chosen: st.DataObject) -> None:
    reading = PlainReading(text)
    page = reading.page
    outermost = list(page.children(page.body))
    nodes = chosen.draw(st.lists(st.sampled_from(outermost), unique=True)) if outermost else []
    written = reading.write(tuple(Cut(i) for i in nodes))
    spans = sorted(span for found in written.spans.values() for span in found or ())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    assert written.output == "".join([*kept, text[at:]])
    stays = [i for i in outermost if i not in nodes]
    runs = [page.texts[t] for i in stays for t in range(page.text_first[i], page.text_end[i])]
    assert all(run.isspace() or run in str(written.output) for run in runs)


@given(text=TEXTS | st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_nothing_cut_gives_the_same_string(text: str) -> None:
    assert PlainReading(text).write(()).output is text


FIXTURES = Path(__file__).parents[2] / "fixtures" / "text"
CASES = sorted(path.parent for path in FIXTURES.glob("*/case.toml"))


def read(path: Path) -> str:
    return path.read_bytes().decode()


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_cleans_a_text_to_the_character(folder: Path) -> None:
    case = tomllib.loads(read(folder / "case.toml"))
    assert case["why"]
    cleaned = Cleaner().run_text(read(folder / "input.txt"), case.get("url"))
    assert cleaned.output == read(folder / "expected.txt")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_cleaning_twice_changes_nothing(folder: Path) -> None:
    once = clean_text(read(folder / "input.txt"))
    assert clean_text(once) == once


@given(text=TEXTS)
@settings(max_examples=60, deadline=None)
def test_cleaning_takes_spans_and_adds_nothing(text: str) -> None:
    result = Cleaner().run_text(text)
    left, at = [], 0
    for start, end in sorted(span for removal in result.removals for span in removal.spans):
        left.append(text[at:start])
        at = end
    assert result.output == "".join([*left, text[at:]])


CLUTTER = st.sampled_from(
    ["Share", "Published", "Advertisement", "Related Articles", "Related\n-------", "MORE FROM Ann Example", "-----",
     "Sign up for our newsletter", "Subscribe to read more", "3 Comments", "Follow us on Twitter", "By Ann Example",
     "We use cookies to improve your experience. Accept all", "© 2020 Example. All rights reserved.",
     "[Home](http://example.com/) [News](http://example.com/n)", "Tags: harbour, boats", "- [Read](http://example.com/)",
     "Fishing boats lie in the harbour of the little town at dawn (Ann Example/Agency)",
     "Fishing boats lie in the harbour of the little town at dawn", "Read more: Another story about the harbour"]
)  # fmt: skip
DIRTY = st.builds(
    lambda parts: "".join(line + end for line, end in parts),
    st.lists(st.tuples(LINES | CLUTTER, st.sampled_from(["\n", "\r\n", "\n\n", "\n\n\n"])), max_size=40),
)


@given(text=DIRTY)
@settings(max_examples=60, deadline=None)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


def test_the_work_grows_as_the_text_does() -> None:
    page = read(FIXTURES / "donation-line-and-labels" / "input.txt") + "\n\n"
    once, twice = (Cleaner().run_text(page * count) for count in (20, 40))
    assert once.steps > 0
    assert twice.steps < 2.5 * once.steps


RULES = """schema = 1
sites = ["example.com"]
[[rule]]
id = "box"
kind = "other"
select = ".box"
[[rule]]
id = "words"
kind = "other"
text = ["nowhere to be found"]
[[rule]]
id = "heading"
kind = "other"
select = "h2"
"""


def test_rules_that_go_by_markup_say_so(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULES, "utf-8")
    (tmp_path / "all.toml").write_text(RULES.replace('sites = ["example.com"]\n', ""), "utf-8")
    cleaner = Cleaner([tmp_path / "own.toml", tmp_path / "all.toml"], builtin=False)
    result = cleaner.run_text("Text\n\n## Part\n\nMore text\n", "https://example.com/")
    assert result.by_markup == ("own/box", "all/box")
    assert result.unmatched == ("own/words",)
    assert "own/box" in explain(result)
    assert cleaner.run("<h2>Part</h2>", "https://example.com/").by_markup == ()


def test_a_text_with_too_many_lines_comes_back_unread() -> None:
    text = "Share\n" * 2_000
    result = Cleaner(steps=10_000).run_text(text)
    assert result.incomplete
    assert result.output is text
    assert not Cleaner(steps=10_000).run_text("Text\n" + "\n" * 20_000).incomplete


def evidence(text: str) -> tuple[Structure, TextEvidence]:
    structure = Structure(PlainReading(text).page, text_weights())
    assert isinstance(structure.evidence, TextEvidence)
    return structure, structure.evidence


def test_evidence_knows_a_clean_text() -> None:
    _, found = evidence(read(FIXTURES / "clean-article" / "input.txt"))
    assert max(found.go) < 0.5


def test_evidence_names_kinds_and_says_why() -> None:
    structure, found = evidence(read(FIXTURES / "markdown-with-code" / "input.txt"))
    kinds = dict(zip(structure.blocks.texts, found.kind, strict=True))
    assert kinds["Sign up for our newsletter"] == "newsletter"
    assert kinds["Related articles"] == "related"
    b = structure.blocks.texts.index("Related articles")
    assert "has =related-heading" in dict(found.why(b)[:3])
    assert found.kind_of(b) == found.kind[b]


def test_evidence_of_one_block_is_none() -> None:
    assert evidence("Subscribe to our newsletter")[1].go == [0.0]


def test_evidence_has_its_provenance() -> None:
    assert "fit_text.py" in text_weights().provenance


def test_lines_of_a_paragraph_are_no_row_of_boxes() -> None:
    page = PlainReading("Wardens count eels\n\nBack\nOne\nTwo\nThree\nFour\n").page
    structure = Structure(page, text_weights())
    line = structure.blocks.element[1]
    found = [Finding(Rule(id="x/label", kind="nav"), (line,), range(1, 2))]
    limits = RowLimits(least=4, words=12, mostly=0.5, likely=0.0, hardly=0.34, surely=1.0)
    company = CompanyWeights(bias=9.0, weights={}, least=0.0, above=0.0)
    brake = Brake(
        words={"nav": 100}, share=1.0, pictured=frozenset(), beside=1.0, rows=limits, heads=1.0, company=company
    )
    assert [made.cut.node for made in decide(found, structure, frozenset(KINDS), brake, {}).decisions] == [line]
