"""The brake: how much of the article a generic rule may take."""

from __future__ import annotations

import pytest

from cleanpage.cleaner import Cleaner
from cleanpage.rules.toml import read_toml
from cleanpage.structure.evidence import Evidence

SENTENCE = "The ferry left the harbour at seven, and nobody on board had any idea of the fog that lay ahead of them. "
RULES = """
schema = 1
[[rule]]
id = "boxes"
kind = "cookie"
select = ".box"
"""


def page(copies: int) -> str:
    paragraphs = "".join(f"<p>{SENTENCE * 2}</p>" for _ in range(6))
    text = f"<p>{SENTENCE * copies}</p>"
    box = f"<div class=box><div class=box>{text}</div></div>"
    return f"<body><article><h1>Ferry</h1>{paragraphs}{box}{paragraphs}</article></body>"


@pytest.mark.parametrize(("copies", "braked"), [(15, False), (30, True)])
def test_what_stands_in_two_findings_of_one_rule_counts_once(copies: int, braked: bool) -> None:
    """With 20 words a sentence, 15 copies are below the 500 words of the kind, and twice that is above."""
    rules = read_toml(RULES, file="mine.toml")
    result = Cleaner([rules], builtin=False).run(page(copies))
    assert ("brake" in "".join(r.reason for r in result.refused)) is braked
    assert bool(result.removals) is not braked


@pytest.mark.parametrize(("likely", "braked"), [(0.1, True), (0.5, False), (0.9, False)])
def test_words_count_as_much_as_they_are_likely_the_article(
    likely: float, braked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the 600 words in the box, which are more than the 500 of the kind, 540, 300 and 60 count."""

    def go(evidence: Evidence) -> list[float]:
        return [likely if len(text) > 20 * len(SENTENCE) else 0.0 for text in evidence.blocks.texts]

    monkeypatch.setattr(Evidence, "go", property(go))
    result = Cleaner([read_toml(RULES, file="mine.toml")], builtin=False).run(page(30))
    assert bool(result.refused) is braked
    assert bool(result.removals) is not braked
