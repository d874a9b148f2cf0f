"""Words that a person has put right stay where they stand when the page is read again."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from archive.geometry import added
from archive.types import Box, Homography, PageImage, PageText, Prepared, Reading, Turn, Word
from ocr.carried import carried
from ocr.read import EngineName, engine
from tests.ledgers import PREPARED
from tests.program import sheet


def reading(*words: Word, made: Prepared = PREPARED, turn: Turn = 0) -> Reading:
    return Reading(PageText(words, "ocr", "tesserocr", "", "5.3.0", turn=turn), made)


def word(text: str, x: float, y: float, line: int, by_person: bool = False, w: float = 0.1) -> Word:
    return Word(text, Box(x, y, w, 0.02), 1.0 if by_person else 0.8, line, by_person)


def told(text: PageText) -> list[tuple[str, int]]:
    return [(each.text, each.line) for each in text.words]


ROWS = (word("surat", 0.1, 0.1, 0), word("undanqan", 0.25, 0.1, 0), word("rapat", 0.1, 0.2, 1))
RIGHT = word("undangan", 0.251, 0.101, 0, by_person=True)


def test_it_stands_in_place_of_what_was_read_there() -> None:
    text = carried(reading(RIGHT), reading(*ROWS))
    assert told(text) == [("surat", 0), ("undangan", 0), ("rapat", 1)]
    assert [each.by_person for each in text.words] == [False, True, False]


def test_a_reading_without_a_persons_words_stays_as_it_is() -> None:
    onto = reading(*ROWS)
    assert carried(reading(*ROWS), onto) is onto.text


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((word("undan", 0.25, 0.1, 0, w=0.05), word("gan", 0.3, 0.1, 0, w=0.05)), ["undangan"]),
        ((word("suratundanganrapat", 0.1, 0.1, 0, w=0.5),), ["undangan"]),
        ((word("surat", 0.1, 0.1, 0), word("rapat", 0.5, 0.1, 0)), ["surat", "undangan", "rapat"]),
        ((word("surat", 0.1, 0.05, 0), word("rapat", 0.1, 0.2, 1)), ["surat", "undangan", "rapat"]),
        ((), ["undangan"]),
    ],
)
def test_it_is_there_whatever_was_read(rows: tuple[Word, ...], expected: list[str]) -> None:
    text = carried(reading(RIGHT), reading(*rows))
    assert [each.text for each in text.words] == expected
    lines = [each.line for each in text.words]
    assert lines == sorted(lines)
    assert set(lines) == set(range(len(set(lines))))


def test_two_words_that_the_new_reading_joins_are_both_there() -> None:
    both = (word("Bupati", 0.1, 0.1, 0, by_person=True), word("Contoh", 0.21, 0.1, 0, by_person=True))
    text = carried(reading(*both), reading(word("BupatiContoh", 0.1, 0.1, 0, w=0.21), ROWS[2]))
    assert told(text) == [("Bupati", 0), ("Contoh", 0), ("rapat", 1)]


def test_carrying_twice_is_carrying_once() -> None:
    once = carried(reading(RIGHT), reading(*ROWS))
    assert carried(reading(RIGHT), Reading(once, PREPARED)) == once


def test_its_place_is_that_on_the_original_however_the_page_was_prepared() -> None:
    moved = replace(PREPARED, to_shown=Homography(1.0, 0.0, 0.1, 0.0, 1.0, 0.05))
    there = reading(word("undangan", 0.15, 0.05, 0, by_person=True), made=moved)
    assert told(carried(there, reading(*ROWS)))[1] == ("undangan", 0)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_its_place_is_the_same_on_a_page_that_was_turned(turn: Turn) -> None:
    """The same page, once turned when it was prepared and once when it was read."""
    assert added(turn, 0) == turn
    prepared_turned = replace(PREPARED, turn=turn)
    text = carried(reading(RIGHT, made=prepared_turned), reading(*ROWS, turn=turn))
    assert told(text)[1] == ("undangan", 0)
    (box,) = (each.box for each in text.words if each.by_person)
    assert (box.x, box.y) == pytest.approx((0.251, 0.101))


def test_words_that_nobody_else_saw_stand_on_lines_of_their_own() -> None:
    mine = [word("satu", 0.1, 0.5, 0, by_person=True), word("undangan", 0.1, 0.1, 1, by_person=True, w=0.2)]
    mine.append(word("dua", 0.1, 0.6, 2, by_person=True))
    parted = (word("undan", 0.1, 0.1, 0), word("gan", 0.2, 0.1, 0))
    assert told(carried(reading(*mine), reading(*parted))) == [("undangan", 0), ("satu", 1), ("dua", 2)]


def test_what_was_set_aside_stays_behind_the_words_and_where_a_person_wrote_nothing() -> None:
    logo, misread = word("RUMPUT", 0.1, 0.05, 2), word("Ratap", 0.7, 0.9, 3)
    onto = reading(word("surat", 0.1, 0.2, 0), word("masuk", 0.1, 0.4, 1))
    onto = replace(onto, text=replace(onto.text, aside=(logo, misread)))
    text = carried(reading(word("Rapat", 0.7, 0.9, 0, by_person=True)), onto)
    assert told(text) == [("surat", 0), ("masuk", 1), ("Rapat", 2)]
    assert [(each.text, each.line) for each in text.aside] == [("RUMPUT", 3)]


@pytest.mark.parametrize("by", ["tesserocr", "pytesseract", "onnx"])
def test_it_survives_another_engine(by: EngineName) -> None:
    image = PageImage(np.asarray(sheet("surat undangan rapat", "perihal biasa")), 200.0)
    first = engine("tesserocr").recognise(image, "ind").words
    at = [each.text for each in first].index("undangan")
    corrected = (
        *first[:at],
        replace(first[at], text="udangan", by_person=True, confidence=1.0),
        *first[at + 1 :],
    )
    again = engine(by).recognise(image, "ind").words
    text = carried(reading(*corrected), reading(*again))
    assert [each.text for each in text.words] == ["surat", "udangan", "rapat", "perihal", "biasa"]
    assert [each.line for each in text.words] == [0, 0, 0, 1, 1]
