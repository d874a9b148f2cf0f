"""Which pages are plain: specks, borders, signatures and short cells are no reason to give a page up."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from archive.types import PageImage
from ocr.rows.drawing import Drawings, written
from ocr.rows.ink import ink_of
from ocr.rows.line import Line
from ocr.rows.plain import plain
from ocr.upright import turned
from samples.damage import border, speckle
from samples.draw import Look, draw, scribble
from samples.letters.forms import rekapitulasi
from tests.rows_pages import PROSE, Set, Sheet, laid_out, outside, piece_of


def signed(sheet: Sheet, left: float, top: float, seed: int = 0) -> None:
    """A signature, 3 cm long and 1 cm high."""
    scribble(sheet.pen, (left, top, left + 120, top + 80), 0, random.Random(seed))


def few_lines() -> Sheet:
    """A page that is nearly empty: little on it that is no writing is much of its ink."""
    sheet = Sheet(200)
    sheet.write("LAMPIRAN KEPUTUSAN BUPATI TENTANG TIM ALIH MEDIA", 300, 400)
    sheet.write(PROSE[0], 300, 460)
    for row, text in enumerate(("Pendataan arsip vital", "Pemindaian arsip", "Berita acara"), 1):
        sheet.write(f"{row}.", 300, 500 + 60 * row)
        sheet.write(text, 420, 500 + 60 * row)
    return sheet


def test_the_dots_of_screened_paper_may_be_more_than_numbers_of_16_bits() -> None:
    pixels = np.full((2400, 1700), 255, np.uint8)
    for y, x in ((0, 0), (0, 1), (1, 0), (1, 1)):
        pixels[y::6, x::6] = 0
    found = Drawings.of(ink_of(PageImage(pixels, 150.0)))
    assert len(found.marks) > 65_536
    assert found.numbers.max() + 1 == len(found.marks)


def test_specks_and_a_black_border_are_no_letters() -> None:
    sheet = few_lines()
    chance = np.random.default_rng(4)
    pixels = speckle(border(np.asarray(sheet.picture), chance, 0.7), chance, 0.06)
    pieces = laid_out(PageImage(pixels, 200.0)).pieces
    assert all(piece_of(line, pieces) for line in sheet.lines)


def test_a_signature_is_none_either() -> None:
    sheet = few_lines()
    for left in (300, 700, 1100):
        signed(sheet, left, 900)
    pieces = laid_out(sheet.page).pieces
    assert all(piece_of(line, pieces) for line in sheet.lines[:2])


@pytest.mark.parametrize("seed", range(4))
def test_a_table_of_short_cells_is_plain_and_on_its_side_it_is_not(seed: int) -> None:
    rng = random.Random(seed)
    drawn = draw(rekapitulasi(rng), Look("sans", 11, 200), rng)[0]
    page = PageImage(np.asarray(drawn.image), 200.0)
    assert len(outside(drawn.words, laid_out(page).pieces, page)) < 0.05 * len(drawn.words)
    assert plain(turned(page, 90)) is None
    assert plain(turned(page, 270)) is None


def test_a_line_of_which_a_fax_lost_a_row_of_pixels_is_one() -> None:
    sheet = Sheet(200)
    sheet.prose(400)
    lost = sheet.write("Pejabat Pembuat Komitmen", 300, 800)
    below = round(lost.base - 8)
    sheet.picture.paste(255, (0, below, sheet.picture.width, below + 2))
    assert piece_of(lost, laid_out(sheet.page).pieces)


def line_of(*parts: Set) -> Line:
    """One line with all of this on it, in pixels of the ink of a page at 200 dots per inch."""
    left, right = 150 / 200 * min(part.left for part in parts), 150 / 200 * max(part.right for part in parts)
    base, tall = 150 / 200 * parts[0].base, 150 / 200 * parts[0].x_height
    return Line(left, base - tall, right, base, 0.2, tall / 2, tall / 2, right - left)


@pytest.mark.parametrize("seed", range(4))
def test_a_signature_is_cut_from_a_line(seed: int) -> None:
    sheet = Sheet(200)
    name = sheet.write("Drs. Contoh Teladan, M.M.", 300, 800)
    signed(sheet, name.right + 40, 750, seed)
    line = line_of(name, replace(name, right=name.right + 290))
    part = written([line], ink_of(sheet.page))[0]
    assert part.left == pytest.approx(line.left, abs=2)
    assert part.right < 0.75 * (name.right + 40)


def test_what_is_left_of_a_line_of_strokes_stays_with_them() -> None:
    sheet = Sheet(200)
    seal = sheet.write("KAB", 300, 800)
    signed(sheet, seal.right + 40, 750)
    line = line_of(seal, replace(seal, right=seal.right + 290))
    assert written([line], ink_of(sheet.page)) == [line]


def test_a_name_through_which_a_signature_goes_stays() -> None:
    sheet = Sheet(200)
    name = sheet.write("Drs. Contoh Teladan, M.M.", 300, 800)
    signed(sheet, 330, 750)
    assert written([line_of(name)], ink_of(sheet.page)) == [line_of(name)]


def test_words_of_two_lines_that_touch_stay() -> None:
    sheet = Sheet(200)
    both = sheet.write("perencanaan", 300, 800), sheet.write("menghadiri", 300, 840)
    for line in both:  # all letters of a word touch
        ends = [(x, line.base - 4 - x % 2 * 6) for x in range(round(line.left), round(line.right), 13)]
        sheet.pen.line(ends, fill=0, width=2)
    sheet.pen.line((330, 792, 330, 832), fill=0, width=3)
    lines = [line_of(line) for line in both]
    assert written(lines, ink_of(sheet.page)) == lines


def test_figures_far_before_a_line_are_read() -> None:
    sheet = few_lines()
    pieces = laid_out(sheet.page).pieces
    assert all(piece_of(line, pieces) for line in sheet.lines)
