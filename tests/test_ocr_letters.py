"""From characters to words: double printing, gaps, and codes that were moved."""

from __future__ import annotations

import pytest

from archive.types import Box
from ocr import letters
from ocr.letters import Char, Line

SIZE = 0.02


def typed(
    text: str, *, font: str = "F", x: float = 0.1, y: float = 0.1, gap: float = 0.0, by: int = 0
) -> Line:
    """Characters half as wide as their size; a space is room only; codes may be moved."""
    line: Line = []
    for letter in text:
        if letter != " ":
            box = Box(x, y, SIZE / 2, SIZE)
            line.append(Char(chr(ord(letter) + by), font, box, SIZE))
        x += SIZE / 2 + gap * SIZE
    return line


def texts(line: Line) -> list[str]:
    return [letters.text_of(word) for word in letters.words([line])[0][0]]


def decoded(*lines: Line) -> tuple[list[str], int]:
    found, fonts = letters.decoded(lines, letters.words(lines)[0])
    return [" ".join(texts(line)) for line in found], fonts


def test_a_letter_printed_twice_is_one() -> None:
    twice = [*typed("tahun"), *typed("tahun", x=0.1 + 0.05 * SIZE)]
    assert letters.text_of(letters.once(twice)) == "tahun"


def test_letters_that_only_look_alike_stay() -> None:
    assert letters.text_of(letters.once(typed("annaa"))) == "annaa"


def test_lines_end_where_letters_go_down_or_back() -> None:
    chars = [*typed("satu"), *typed("dua", y=0.2), *typed("tiga", x=0.05, y=0.2)]
    assert [letters.text_of(line) for line in letters.lines(chars)] == ["satu", "dua", "tiga"]


def test_room_parts_words() -> None:
    assert texts(typed("surat keputusan")) == ["surat", "keputusan"]


def test_letters_set_apart_are_joined() -> None:
    found, joined = letters.words([typed("MENIMBANG DAN", gap=0.3)])
    assert [letters.text_of(word) for word in found[0]] == ["MENIMBANG", "DAN"]
    assert joined


def test_cells_of_single_letters_stay_apart() -> None:
    found, joined = letters.words([typed("ABCDE", gap=1.5)])
    assert [letters.text_of(word) for word in found[0]] == list("ABCDE")
    assert not joined


BODY = "kepada yang dari dan untuk pada dengan nomor tanggal tahun berdasarkan hasil"


@pytest.mark.parametrize("by", [-29, -1, 1, 31])
@pytest.mark.parametrize("text", [BODY + ". 12 di", BODY.upper() + " I. 2024"])
def test_moved_codes_are_put_back_in_the_right_case(text: str, by: int) -> None:
    assert decoded(typed(text, by=by)) == ([text], 1)


def test_a_roman_number_does_not_make_a_heading_lower_case() -> None:
    """``I.`` moved by 32 too much is ``iN``, in which nobody sees the word "in"."""
    heading = "I. DINAS DAN DESA TENTANG JALAN YANG PEMERINTAH II. KEGIATAN"
    assert decoded(typed(heading, by=-29)) == ([heading], 1)


def test_where_the_case_is_open_a_font_is_moved_as_the_others_are() -> None:
    said, remark = BODY.capitalize() + ". 12", "yang dan untuk dari pada dengan"
    lines = [typed(said, by=-29), typed(remark, font="I", y=0.2, by=-29)]
    assert decoded(*lines) == ([said, remark], 2)


@pytest.mark.parametrize("text", [BODY, "qwx zvb kkl mpq rst vwx zzy qqq"])
def test_codes_that_nothing_proves_moved_stay(text: str) -> None:
    assert decoded(typed(text)) == ([text], 0)


def test_dots_to_a_page_number_are_no_word() -> None:
    found = letters.words([typed("Pendahuluan........3")])[0][0]
    assert [letters.is_leader(word) for word in found] == [False, True, False]
    parts = [[letters.text_of(word) for word in part] for part in letters.segments(found)]
    assert parts == [["Pendahuluan"], ["3"]]


def test_the_dot_of_a_number_is_not_of_the_dots_behind_it() -> None:
    assert texts(typed("1. ......")) == ["1.", "......"]


def test_ligatures_are_letters_and_glyph_numbers_nothing() -> None:
    box = Box(0.1, 0.1, 0.01, 0.02)
    word = [Char(text, "F", box, SIZE) for text in ("gra", "\N{LATIN SMALL LIGATURE FI}", "k", "(cid:7)")]
    assert letters.text_of(word) == "grafik"
