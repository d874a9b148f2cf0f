"""How what an engine saw becomes words."""

from __future__ import annotations

import pytest

from archive.types import Box, Word
from ocr.contract import Seen, confidence_of, is_text, recognised, turn_of, visible, words_of
from ocr.lines import lines


def seen(text: str, line: object = 1, left: float = 10, confidence: float = 90) -> Seen:
    return Seen(text, left, 20, left + 30, 40, confidence, line)


def test_boxes_are_fractions_and_confidence_goes_from_0_to_1() -> None:
    (word,) = words_of([seen("rapat")], 100, 200)
    assert word == Word("rapat", Box(0.1, 0.1, 0.4 - 0.1, 0.1), 0.9, 0)


def test_boxes_are_cut_to_the_page() -> None:
    (word,) = words_of([Seen("tepi", -5, -5, 120, 210, 101, 1)], 100, 200)
    assert word.box == Box(0, 0, 1, 1)
    assert word.confidence == 1


def test_noise_is_dropped_and_leaves_no_gap_in_the_lines() -> None:
    rows = [seen("satu", 1), seen(" ", 2), seen("\x0c\u200b", 3), seen("dua", 4), seen("tiga", 4)]
    assert [(word.text, word.line) for word in words_of(rows, 100, 100)] == [
        ("satu", 0),
        ("dua", 1),
        ("tiga", 1),
    ]


def test_a_first_line_may_have_any_key() -> None:
    assert words_of([seen("satu", None)], 100, 100)[0].line == 0


def test_text_is_composed_and_free_of_what_nobody_sees() -> None:
    assert visible("e\u0301ta\u0002 t") == "état"


def test_private_use_characters_stay_for_the_judge() -> None:
    assert visible("\ue001") == "\ue001"


def test_confidence_is_weighted_by_length() -> None:
    words = words_of([seen("abcdef", confidence=100), seen("ab", confidence=20)], 100, 100)
    assert confidence_of(words) == pytest.approx(0.8)
    assert confidence_of(()) == 0


def test_what_is_read_in_a_logo_is_set_aside_and_what_is_no_word_at_all_is_dropped() -> None:
    rows = [
        *(seen(text, 1) for text in ("surat", "masuk")),
        *(seen(text, 2, confidence=30) for text in ("NUSANTARA", "~")),
        seen("***", 3, confidence=95),  # a rule of stars
        *(
            seen("jelas", 4),
            seen("|", 4, confidence=-400),
        ),  # the end of a rule: the line is as sure as its word
        seen("_", 5, confidence=-50),
    ]
    read = recognised(lines(rows), 100, 100, ("layout:tesseract",))
    assert [(word.text, word.line) for word in read.words] == [("surat", 0), ("masuk", 0), ("jelas", 1)]
    assert [(word.text, word.line) for word in read.aside] == [("NUSANTARA", 0), ("~", 0)]
    assert read.steps == ("layout:tesseract",)


def test_a_figure_in_a_cell_is_as_good_as_its_row_and_a_stroke_beside_it_is_not() -> None:
    row = [[seen("Belanja", 1)], [seen("5.2.1.02", 1, confidence=30)], [seen("Wey", 1, confidence=10)]]
    read = recognised([*row, [seen("NUSANTARA", 2, confidence=40)]], 100, 100)
    assert [word.text for word in read.words] == ["Belanja", "5.2.1.02"]
    assert [word.text for word in read.aside] == ["Wey", "NUSANTARA"]


def test_one_sure_word_makes_a_line_text_and_one_impossible_word_does_not_unmake_it() -> None:
    contents = [seen("Bab", confidence=90), seen("ee", confidence=0), seen("..", confidence=10)]
    assert is_text(contents)
    assert not is_text(contents[1:])
    assert is_text(
        [seen("reasonable", confidence=60), seen("of", confidence=-226), seen("opinion", confidence=95)]
    )
    assert is_text([seen("ragu", confidence=50)])
    assert not is_text([seen("....", confidence=90), seen("Ee", confidence=10), seen("~y", confidence=5)])
    assert not is_text([seen("ragu", confidence=49)])


@pytest.mark.parametrize(("degrees", "turn"), [(0, 0), (90, 90), (-90, 270), (360, 0), (-180, 180)])
def test_any_multiple_of_90_is_a_turn(degrees: int, turn: int) -> None:
    assert turn_of(degrees) == turn
