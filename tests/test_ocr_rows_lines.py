"""The lines of plain pages: each is one row with all its words, its baseline and its x-height."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import groupby

import cv2
import numpy as np
import pytest

from archive.types import PageImage
from samples.draw import Drawn, Look, draw
from samples.layout import Letter
from samples.letters import letter
from samples.letters.forms import formulir
from tests.rows_pages import PROSE, Set, Sheet, laid_out, outside, piece_of


def checked(sheet: Sheet, page: PageImage | None = None) -> None:
    """Every line is in one piece whose measures are those of its typeface, in order."""
    pieces = laid_out(page or sheet.page).pieces
    found = [piece_of(line, pieces) for line in sheet.lines]
    for line, piece in zip(sheet.lines, found, strict=True):
        assert piece, line.text
        assert abs(piece.baseline - line.base) < 0.15 * line.x_height + 0.5, line.text
        assert piece.x_height == pytest.approx(line.x_height, abs=0.15 * line.x_height + 0.5), line.text
    numbers = [piece.line for piece in found if piece]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
@pytest.mark.parametrize("points", [9, 12])
def test_lines_have_the_measures_of_their_typeface(dpi: int, points: float) -> None:
    sheet = Sheet(dpi)
    sheet.prose(2 * dpi, points)
    checked(sheet)


@pytest.mark.parametrize("points", [7, 8, 10, 14, 18, 24])
def test_print_from_7_to_24_points(points: float) -> None:
    sheet = Sheet(200, "LiberationSans-Regular")
    sheet.prose(400, points, texts=[text[: round(560 / points)].strip() for text in PROSE])
    checked(sheet)


@pytest.mark.parametrize("points", [24, 30, 36])
def test_a_heading_up_to_three_times_as_large_and_small_print(points: float) -> None:
    sheet = Sheet(200)
    sheet.write("Laporan Akhir Tahun", 180, 300, points)
    sheet.prose(sheet.prose(sheet.prose(460), 7) + 60, 12)
    checked(sheet)


@pytest.mark.parametrize("pitch", [1.0, 2.6], ids=["tight", "double-spaced"])
def test_lines_close_together_and_far_apart(pitch: float) -> None:
    sheet = Sheet(200, "LiberationSans-Regular")
    sheet.prose(sheet.prose(400, pitch=pitch), pitch=pitch)
    checked(sheet)


@pytest.mark.parametrize("degrees", [-0.3, 0.3])
def test_lines_that_lean(degrees: float) -> None:
    sheet = Sheet(200)
    sheet.prose(sheet.prose(400))
    page = sheet.page
    height, width = page.pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    leaning = np.asarray(cv2.warpAffine(page.pixels, matrix, (width, height), borderValue=(255,)), np.uint8)
    pieces = laid_out(PageImage(leaning, page.dpi)).pieces
    assert len(pieces) == len(sheet.lines)
    for line, piece in zip(sheet.lines, pieces, strict=True):
        for x in (line.left, line.right):
            base = float(matrix[1] @ (x, line.base, 1))
            assert piece.top < base - line.x_height
            assert base < piece.bottom
        assert piece.left <= line.left + 8
        assert piece.right >= line.right - 8


@pytest.mark.parametrize("small", ["1.", "- 3 -", "1", "i."])
def test_a_small_number_alone_on_its_line(small: str) -> None:
    sheet = Sheet(200)
    sheet.write(small, 800, 300)
    sheet.prose(420)
    pieces = laid_out(sheet.page).pieces
    assert piece_of(sheet.lines[0], pieces) == pieces[0]


def test_a_colon_between_label_and_value() -> None:
    sheet = Sheet(200)
    for place, (label, value) in enumerate((("Nomor", "005/017"), ("Sifat", "Biasa"), ("Hal", "Undangan"))):
        for text, x in ((label, 180), (":", 400), (value, 430)):
            sheet.write(text, x, 400 + 43 * place)
    sheet.prose(700)
    pieces = laid_out(sheet.page).pieces
    assert [line.text for line in sheet.lines if not piece_of(line, pieces)] == []


def test_numbers_of_items_stay_before_them() -> None:
    sheet = Sheet(200)
    base = sheet.prose(400)
    for number in range(1, 5):
        sheet.write(f"{number}.", 180, base)
        base = 43 + sheet.write(PROSE[number], 240, base).base
    pieces = laid_out(sheet.page).pieces
    assert len(pieces) == len(PROSE) + 4
    assert all(piece_of(line, pieces) for line in sheet.lines)


def without_marks(record: Letter) -> Letter:
    """A record without signatures and stamps, which leave a page to Tesseract."""
    sheets = tuple(tuple(replace(row, marks=()) for row in sheet) for sheet in record.sheets)
    return replace(record, sheets=sheets)


def grey(drawn: Drawn, dpi: int) -> PageImage:
    return PageImage(np.asarray(drawn.image), float(dpi))


@pytest.mark.parametrize("kind", ["surat_dinas", "keputusan", "berita_acara"])
def test_every_word_of_a_letter_is_in_a_piece_of_its_row(kind: str) -> None:
    rng = random.Random(7)
    drawn = draw(without_marks(letter(kind, rng)), Look("serif", 12, 200), rng)[0]
    page = grey(drawn, 200)
    pieces = laid_out(page).pieces
    assert len(outside(drawn.words, pieces, page)) <= 0.02 * len(drawn.words)
    height = page.pixels.shape[0]
    for _, words in groupby(drawn.words, key=lambda word: word.line):
        middles = [(word.box.y + word.box.h / 2) * height for word in words if word.text.isalnum()]
        rows = {
            piece.line
            for piece in pieces
            for y in middles
            if abs(piece.baseline - piece.x_height / 2 - y) < 5
        }
        assert len(rows) <= 1


@pytest.mark.parametrize("seed", range(2))
def test_every_word_of_a_form_is_in_a_piece(seed: int) -> None:
    rng = random.Random(seed)
    drawn = draw(formulir(rng), Look("sans", 11, 200), rng)[0]
    page = grey(drawn, 200)
    assert len(outside(drawn.words, laid_out(page).pieces, page)) <= 0.02 * len(drawn.words)


def river(seed: int) -> tuple[Sheet, list[list[Set]]]:
    """Typescript set to the full width of 60 letters, with one or two spaces between words."""
    rng = random.Random(seed)
    sheet = Sheet(200, "LiberationMono-Regular")
    wide = sheet.font(12).getlength("x")
    rows = []
    words = " ".join(PROSE).split() * 4
    for number in range(20):
        row: list[str] = []
        while len(" ".join([*row, words[0]])) <= 60:
            row.append(words.pop(0))
        if (room := 60 - len(" ".join(row))) >= len(row):  # too much for two spaces each: a hyphen
            word = words.pop(0)
            row.append(word[: room - 2] + "-")
            words.insert(0, word[room - 2 :])
        gaps = [1] * (len(row) - 1)
        for _ in range(60 - len(" ".join(row))):
            gaps[rng.choice([k for k, gap in enumerate(gaps) if gap == min(gaps)])] += 1
        x, row_set = 180.0, []
        for word, gap in zip(row, [*gaps, 0], strict=True):
            row_set.append(sheet.write(word, x, 400 + 66 * number))
            x += (len(word) + gap) * wide
        rows.append(row_set)
    return sheet, rows


@pytest.mark.parametrize("seed", range(3))
def test_typescript_with_rivers_is_not_cut_into_words(seed: int) -> None:
    sheet, rows = river(seed)
    pieces = laid_out(sheet.page).pieces
    assert len(pieces) == len(rows)
    assert all(piece_of(word, [piece]) for piece, row in zip(pieces, rows, strict=True) for word in row)


def test_columns_of_figures_stay_in_their_row_and_order() -> None:
    sheet = Sheet(200, "LiberationSans-Regular")
    base = sheet.prose(300)
    apart = 3 * sheet.x_height(12)
    rows = []
    for number in range(8):
        x, row = 180.0, []
        for column in range(9):
            row.append(sheet.write(f"{(number * 7919 + column * 104729) % 900000 + 100000}", x, base))
            x = row[-1].right + apart
        rows.append(row)
        base += 45
    pieces = laid_out(sheet.page).pieces
    for row in rows:
        found = [piece_of(line, pieces) for line in row]
        assert all(found)
        assert len({piece.line for piece in found if piece}) == 1
        places = [pieces.index(piece) for piece in found if piece]
        assert places == sorted(places)


@pytest.mark.parametrize("lower", [12, 15, 21, 27])
def test_a_line_beside_a_block_that_stands_a_little_higher_has_its_own_piece(lower: int) -> None:
    sheet = Sheet(200, "LiberationSerif-Regular")
    for row in range(36):
        sheet.write(PROSE[row % 6], 600, 300 + 33 * row)
    sheet.write("YAYASAN CONTOH WARTA", 150, 597 + lower)
    sheet.write("Halaman dua", 150, 630 + lower)
    pieces = laid_out(sheet.page).pieces
    assert [line.text for line in sheet.lines if not piece_of(line, pieces)] == []
