"""How what an engine saw becomes words."""

from __future__ import annotations

import pytest

from archive.types import Box, Word
from ocr.contract import Seen, confidence_of, turn_of, visible, words_of


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


@pytest.mark.parametrize(("degrees", "turn"), [(0, 0), (90, 90), (-90, 270), (360, 0), (-180, 180)])
def test_any_multiple_of_90_is_a_turn(degrees: int, turn: int) -> None:
    assert turn_of(degrees) == turn
