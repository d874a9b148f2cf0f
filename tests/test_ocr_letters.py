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


def apart(text: str, *, cells: bool) -> Line:
    """Letters far apart, M twice as broad as others: with the same room between them, or in cells."""
    line: Line = []
    x = 0.1
    for letter in text:
        breadth = SIZE * (0.9 if letter == "M" else 0.4)
        line.append(Char(letter, "F", Box(x, 0.1, breadth, SIZE), SIZE))
        x += 1.7 * SIZE if cells else breadth + 1.3 * SIZE
    return line


def test_letters_far_apart_are_a_word_where_they_leave_the_same_room() -> None:
    assert texts(apart("MEMERINTAHKAN", cells=False)) == ["MEMERINTAHKAN"]
    assert texts(apart("MEMERINTAHKAN", cells=True)) == list("MEMERINTAHKAN")


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


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("Pendahuluan........3", True),
        ("Pengantar......iv", True),
        ("1. ......", False),
        ("Nama: ........ NIP", False),
    ],
)
def test_dots_lead_to_a_number_or_leave_room_for_a_pen(text: str, leads: bool) -> None:
    found = letters.words([typed(text)])[0][0]
    assert any(letters.leads(found, at) for at in range(len(found))) is leads


def test_dots_part_cells() -> None:
    found = letters.words([typed("Pendahuluan........3")])[0][0]
    assert [letters.is_leader(word) for word in found] == [False, True, False]
    parts = [[letters.text_of(word) for word in part] for part in letters.segments(found, 40)]
    assert parts == [["Pendahuluan"], ["3"]]


def test_the_dot_of_a_number_is_not_of_the_dots_behind_it() -> None:
    assert texts(typed("1. ......")) == ["1.", "......"]


def test_long_lines_come_in_pieces() -> None:
    found = letters.words([typed("dari satu hari ke hari lain")])[0][0]
    parts = [[letters.text_of(word) for word in part] for part in letters.segments(found, 10)]
    assert parts == [["dari", "satu"], ["hari", "ke", "hari"], ["lain"]]


def test_ligatures_are_letters_and_glyph_numbers_nothing() -> None:
    box = Box(0.1, 0.1, 0.01, 0.02)
    word = [Char(text, "F", box, SIZE) for text in ("gra", "\N{LATIN SMALL LIGATURE FI}", "k", "(cid:7)")]
    assert letters.text_of(word) == "grafik"
