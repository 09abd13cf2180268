"""Phrases are found however they are typeset, and only where they stand."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.errors import LimitExceeded, RuleSyntaxError
from cleanpage.match.text import MAX_PHRASE, Phrases, Words, check_phrase, fold

FOLDED = [
    ("  Sign\tUp\n NOW ", "sign up now"),
    ("Don’t miss", "don't miss"),
    ("“Read” «more» „now‟", '"read" "more" "now"'),
    ("a–b—c‑d−e", "a-b-c-d-e"),
    ("one\u00a0two\u2003three", "one two three"),
    ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
    ("More…", "more..."),
    ("STRASSE straße", "strasse strasse"),
    ("ＮＥＷＳ", "news"),
    ("cafe\u0301", "café"),
    ("İLGİLİ ılık", "ilgili ilik"),
    ("ΤΕΛΕΥΤΑΙΑ ΝΕΑ", "τελευταια νεα"),
    ("Τελευταία Νέα", "τελευταια νεα"),
    ("Ещё", "еще"),
    ("ΐ", "ι"),
    ("ＡＣＭＥ™", "acmetm"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), FOLDED)
def test_variants_of_a_text_fold_to_one(text: str, expected: str) -> None:
    assert fold(text) == expected


ANYWHERE = [
    ("newsletter", "Our Newsletter, daily"),
    ("Sign up for our newsletter", "Please sign up\nfor our NEWSLETTER!"),
    ("don't miss", "Don’t miss this"),
    ("e-mail", "Your E‑mail"),
    ("sign up for * newsletter", "Sign up for our free daily newsletter"),
    ("sign up for * newsletter", "Sign up for newsletter"),
    ("a * b * c", "a 1 2 b 3 c"),
    ("a * b * c", "a b b b c"),
    ("a * * c", "a b c"),
    ("* follow us *", "follow us"),
    ("© *", "© 2024 Example"),
    ("©", "©2024"),
    ("s'abonner à l'infolettre", "S’ABONNER À L’INFOLETTRE"),
    ("関連記事", "【関連記事】を読む"),
    ("LINEで送る", "LINE で送る"),
    ("* を購読", "毎日新聞を購読"),
    ("อ่านเพิ่มเติม", "กดอ่านเพิ่มเติมที่นี่"),
    ("관련 기사", "관련기사를 읽기"),
    ("اقرأ أيضا", "إقرأ أيضاً".replace("ً", "")),
    ("समाचार पत्र", "हमारा समाचार पत्र।"),
    ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "Διαβάστε επίσης:"),
    ("İlgili haberler", "ILGILI HABERLER"),
    ("читайте ещё", "Читайте еще:"),
]


@pytest.mark.parametrize(("phrase", "text"), ANYWHERE)
def test_a_phrase_is_found_anywhere(phrase: str, text: str) -> None:
    assert Phrases((phrase,)).find(text) == phrase


NOWHERE = [
    ("art", "article"),
    ("ad", "read advice"),
    ("newsletter", "newsletters"),
    ("sign up", "sign me up"),
    ("sign up for * newsletter", "sign up for a b c d e f g h i newsletter"),
    ("समाचार", "समाचर"),
    ("関連記事", "関連の記事"),
    ("* を購読", "購読"),
    ("a * b", "b a"),
    ("x", ""),
]


@pytest.mark.parametrize(("phrase", "text"), NOWHERE)
def test_a_phrase_is_not_found_where_it_does_not_stand(phrase: str, text: str) -> None:
    assert Phrases((phrase,)).find(text) is None


WHOLE = [
    ("Related", "» RELATED:"),
    ("Related stories", "Related stories →"),
    ("Related stories", "— Related stories —"),
    ("More from *", "MORE FROM Ann Example"),
    ("More from *", "More from"),
    ("* newsletter", "The daily newsletter"),
    ("関連記事", "■関連記事"),
    ("Read more", "Read more 👇"),
]


@pytest.mark.parametrize(("phrase", "text"), WHOLE)
def test_a_whole_phrase_may_have_marks_around_it(phrase: str, text: str) -> None:
    assert Phrases((phrase,)).whole(text) == phrase


PART = [
    ("Related", "Related stories"),
    ("More from *", "Read more from Ann"),
    ("More from *", "More from a b c d e f g h i"),
    ("* newsletter", "newsletter today"),
    ("関連記事", "関連記事を読む"),
    ("Related", ""),
]


@pytest.mark.parametrize(("phrase", "text"), PART)
def test_a_part_of_a_text_is_not_the_whole(phrase: str, text: str) -> None:
    assert Phrases((phrase,)).whole(text) is None


def test_the_phrase_that_stands_first_is_named_as_written() -> None:
    assert Phrases(("Read More", "SIGN up")).find("Sign up to read more") == "SIGN up"


def test_all_phrases_are_found_by_number() -> None:
    phrases = Phrases(("read more", "sign up", "read", "read * up"))
    assert phrases.find_all("read more and sign up") == [0, 1, 2, 3]
    assert phrases.whole_all("Read more") == [0]


def test_words_folded_once_serve_many_phrases() -> None:
    words = Words("Sign up, read more")
    assert Phrases(("read more",)).find(words) == "read more"
    assert Phrases(("sign * more",)).whole(words) == "sign * more"


@pytest.mark.parametrize("phrase", ["", " ", "*", "* *", "→", "...", "a" + " * a" * 9])
def test_a_phrase_that_cannot_be_looked_for_is_an_error(phrase: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        check_phrase(phrase)
    assert caught.value.code == "phrase"
    assert caught.value.hint


def test_a_phrase_has_a_greatest_length() -> None:
    with pytest.raises(LimitExceeded):
        Phrases(("x" * (MAX_PHRASE + 1),))


def test_phrases_can_be_pickled_and_compared() -> None:
    phrases = Phrases(("more from *", "関連記事"))
    again = pickle.loads(pickle.dumps(phrases))
    assert again == phrases
    assert hash(again) == hash(phrases)
    assert again.find("関連記事") == "関連記事"


@pytest.mark.parametrize(
    "text", ["read " * 200_000, "読" * 500_000, "é" * 1_000_000, " " * 1_000_000 + "é", "-" * 1_000_000]
)
def test_a_large_text_is_searched_to_its_end(text: str) -> None:
    phrases = Phrases(("read more", "読者", "sign up * newsletter", "the end"))
    assert phrases.find(text + " the end") == "the end"


@given(st.text())
def test_a_phrase_is_all_of_itself(text: str) -> None:
    text = text.replace("*", "")
    if list(Words(text)):
        assert Phrases((text,)).whole(text) == text
        assert Phrases((text,)).find(f"x {text} x") == text


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert list(Words(fold(text))) == list(Words(text))
