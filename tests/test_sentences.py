"""Sentences and headings of articles that use the words of prompts stay, wherever in the article they stand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import cleanpage

FOLDER = Path(__file__).parent.parent / "fixtures" / "sentences"
CLEANER = cleanpage.Cleaner()
URL = "https://www.example.org/2024/05/the-gate"
TEXT = (
    "The gate was painted green again in April, and nobody could say who had ordered it.",
    "For an hour they steered by the bell on the mole, which the keeper's daughter rang by hand.",
    "When the fog lifted they were a mile south of where they thought, and the mate wrote that down.",
) * 2


def sentences(key: str) -> list[str]:
    return [text for path in sorted(FOLDER.glob("*.toml")) for text in tomllib.loads(path.read_text("utf-8"))[key]]


def article(inner: str, place: int) -> str:
    paragraphs = [f"<p>{text}</p>" for text in TEXT]
    paragraphs.insert(place, inner)
    body = "\n".join(["<h1>The gate</h1>", *paragraphs])
    return f"<!DOCTYPE html><title>The gate</title><main><article>{body}</article></main>"


def taken(inner: str) -> list[tuple[str, str]]:
    """What goes from an article with `inner` in its middle, and at its end."""
    pages = (article(inner, place) for place in (len(TEXT) // 2, len(TEXT)))
    return [(removal.rule, removal.text) for page in pages for removal in CLEANER.run(page, URL).removals]


@pytest.mark.parametrize("sentence", sentences("paragraphs"))
def test_a_sentence_with_the_words_of_a_prompt_stays(sentence: str) -> None:
    assert taken(f"<p>{sentence}</p>") == []


@pytest.mark.parametrize("heading", sentences("headings"))
def test_a_heading_with_the_words_of_a_label_stays(heading: str) -> None:
    assert taken(f"<h2>{heading}</h2><p>{TEXT[0]}</p>") == []
