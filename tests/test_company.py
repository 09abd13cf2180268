"""What goes with what stands around it: the signs, and which rule lends its name."""

from __future__ import annotations

from cleanpage import Cleaner
from cleanpage.company import SIGNS, Company, CompanyWeights, left_among_what_goes
from cleanpage.kinds import KINDS
from cleanpage.match.find import Finding
from cleanpage.model import Rule
from cleanpage.rules.toml import read_toml
from cleanpage.sources.html import HtmlReading
from cleanpage.structure.structure import Structure

ALL = frozenset(KINDS)
ALWAYS = CompanyWeights(bias=1.0, weights=dict.fromkeys(SIGNS, 0.0), least=0.0, above=0.0)
PAGE = """<main><h1>Eel wardens count the eels of the river</h1><p>The wardens of the river counted forty eels on Monday, \
ten more than in the spring, and said that the water was clear again after the long flood of the winter.</p></main>
<div class=list><h3>One</h3><div class=card><p>Two</p></div><div class=card><p>Three</p></div>\
<div class=card><p>Four</p></div></div>"""


def structure_of(html: str) -> Structure:
    return Structure(HtmlReading(html).page)


def taking(structure: Structure, *texts: str, layer: str = "generic") -> dict[int, Finding]:
    """What a rule takes: the blocks of these texts, each with the rule ``x/<its text>``."""
    blocks, found = structure.blocks, dict[int, Finding]()
    for text in texts:
        b = blocks.texts.index(text)
        rule = Rule(id=f"x/{text}", kind="related", layer=layer)
        found[blocks.element[b]] = Finding(rule, (blocks.element[b],), range(b, b + 1))
    return found


def signs_of(structure: Structure, text: str, *gone: str) -> dict[str, float]:
    return Company(taking(structure, *gone), structure, ALL).signs(structure.blocks.texts.index(text))


def test_signs_say_how_much_of_what_is_around_goes() -> None:
    structure = structure_of(PAGE)
    none, some, all_ = (signs_of(structure, "Three", *gone) for gone in ((), ("Two",), ("One", "Two", "Four")))
    assert tuple(none) == SIGNS
    assert none["box"] == -0.5
    assert none["alike"] < some["alike"] == 0 < all_["alike"]
    assert (some["box"], all_["box"]) == (1 / 3 - 0.5, 0.5)
    assert none["outer_box_whole"] == some["outer_box_whole"] == all_["outer_box_whole"] == 0


def test_a_box_goes_as_a_whole_where_all_but_the_block_does() -> None:
    structure = structure_of(PAGE.replace("<p>Three</p>", "<p>Three</p><p>Five</p>"))
    assert signs_of(structure, "Three", "One", "Two", "Four", "Five")["outer_box_whole"] == 1


def test_of_a_heading_it_counts_how_much_below_it_goes() -> None:
    structure = structure_of(PAGE.replace("<p>Four</p>", "<h2>Four</h2>"))
    shares = [signs_of(structure, "One", *gone)["section"] for gone in ((), ("Two",), ("Two", "Three"))]
    assert shares == [-0.5, 0, 0.5]
    assert signs_of(structure, "Three", "One", "Two")["section"] == 0


def test_what_lends_its_name_is_what_goes_behind_the_block_or_else_before_it() -> None:
    structure = structure_of(PAGE)
    removed = taking(structure, "Two", "Four")
    found = left_among_what_goes(removed, structure, ALL, ALWAYS, lambda _: "")
    names = {structure.blocks.texts[finding.blocks.start]: finding.rule.id for finding in found if finding.blocks}
    assert names["One"] == "x/Two"
    assert names["Three"] == "x/Four"
    assert "Eel wardens count the eels of the river" not in names


def test_rules_of_users_and_lists_lend_no_name() -> None:
    structure = structure_of(PAGE)
    removed = taking(structure, "Two", "Four", layer="user")
    assert left_among_what_goes(removed, structure, ALL, ALWAYS, lambda _: "") == []


def test_what_is_protected_stays() -> None:
    structure = structure_of(PAGE)
    removed = taking(structure, "Two", "Four")
    assert left_among_what_goes(removed, structure, ALL, ALWAYS, lambda _: "kept") == []


def test_the_only_headline_stays_whatever_goes_around_it() -> None:
    structure = structure_of("<title>Site</title><main><h1>A</h1><p>One</p><p>Two</p><p>Three</p></main>")
    assert left_among_what_goes(taking(structure, "One", "Two", "Three"), structure, ALL, ALWAYS, lambda _: "") == []


def test_clutter_of_kinds_that_are_not_asked_for_is_no_evidence() -> None:
    structure = structure_of(PAGE)
    removed = taking(structure, "Two", "Four")
    b = structure.blocks.texts.index("Three")
    whole = Company(removed, structure, ALL).signs(b)
    some = Company(removed, structure, frozenset({"donation"})).signs(b)
    assert some["evidence"] < whole["evidence"]


def test_user_rules_alone_spread_to_nothing() -> None:
    own = 'schema = 1\n[[rule]]\nid = "card"\nkind = "promo"\nselect = ".card"\n'
    cleaner = Cleaner([read_toml(own, layer="user")], builtin=False)
    assert "<h3>One</h3>" in cleaner.clean(PAGE)
