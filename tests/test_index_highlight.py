"""Marks on words, and snippets around them."""

from __future__ import annotations

from index.highlight import Snippet, marks, snippet
from index.query import parse
from tests.index_pages import words_of


def marked(query: str, text: str) -> list[str]:
    words = words_of(text)
    return [words[at].text for at in marks(parse(query), words)]


def test_words_are_marked_by_their_stem_wherever_they_stand() -> None:
    assert marked("surat", "Surat, dan surat-suratnya") == ["Surat,", "surat-suratnya"]
    assert marked("surat OR nota", "nota dan surat") == ["nota", "surat"]


def test_a_phrase_is_marked_only_where_it_stands_together() -> None:
    assert marked('"surat masuk"', "surat surat masuk masuk") == ["surat", "masuk"]
    assert marked('"suratnya"', "surat suratnya") == ["suratnya"]


def test_a_part_marks_its_whole_word_and_a_divided_word_both_its_halves() -> None:
    assert marked("el", "KTP-el itu") == ["KTP-el"]
    assert marked("pemerintah", "oleh pemerin-\ntah daerah") == ["pemerin-", "tah"]


def test_numbers_and_dates_are_marked_in_the_spelling_of_the_page() -> None:
    assert marked("12-05-2021", "pada 12 Mei 2021 itu") == ["12", "Mei", "2021"]
    assert marked("SE-7/PB/2012", "No. SE- 7 /PB/2012 a") == ["SE-", "7", "/PB/2012"]


def test_what_is_excluded_and_what_is_a_field_is_not_marked() -> None:
    assert marked("surat -nota type:undangan hal:rapat", "surat nota undangan rapat") == ["surat"]


def test_marks_are_ascending_and_single() -> None:
    words = words_of("surat masuk surat")
    assert marks(parse('surat "surat masuk" masuk'), words) == (0, 1, 2)


def test_what_was_set_aside_is_marked_by_itself_behind_the_words() -> None:
    words, aside = words_of("rapat kete-"), words_of("\nnusantara rapat")
    assert marks(parse("nusantara"), words, aside) == (2,)
    assert marks(parse("rapat"), words, aside) == (0, 3)
    assert marks(parse('"kete nusantara"'), words, aside) == ()


def test_a_snippet_shows_the_place_with_the_most_marks() -> None:
    words = words_of("surat " + "lain " * 40 + "surat undangan " + "lagi " * 40)
    piece = snippet(words, marks(parse("surat OR undangan"), words), 60)
    assert piece.plain().startswith("… ")
    assert piece.plain().endswith(" …")
    assert "«surat undangan»" in piece.plain()
    assert len("".join(text for text, _marked in piece.parts)) <= 60 + len("… ") + len(" …")


def test_a_snippet_without_marks_is_the_beginning() -> None:
    words = words_of("satu dua tiga empat")
    assert snippet(words, (), 9) == Snippet((("satu dua …", False),))
    assert snippet(words, (), 100).plain() == "satu dua tiga empat"
    assert snippet((), (), 100) == Snippet(())


def test_a_snippet_is_made_of_parts_that_need_nothing_between_them() -> None:
    words = words_of("satu dua tiga empat lima")
    assert snippet(words, (1, 2, 4), 100).parts == (
        *(("satu ", False), ("dua tiga", True)),
        *((" empat ", False), ("lima", True)),
    )


def test_a_word_longer_than_the_snippet_is_shown_all_the_same() -> None:
    words = words_of("a " + "x" * 50 + " b")
    assert snippet(words, (1,), 10).parts == (("… ", False), ("x" * 50, True), (" …", False))
