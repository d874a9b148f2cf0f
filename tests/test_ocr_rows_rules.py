"""Rules, dark bars and pictures on plain pages: what is painted over, what is text, and what is neither."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from archive.types import PageImage
from ocr.rows.ink import ink_of
from ocr.rows.line import Line, upright
from ocr.rows.plain import plain
from ocr.upright import turned
from samples.draw import Look, crest, draw
from samples.letters.forms import rekapitulasi
from samples.letters.office import person
from tests.rows_pages import PROSE, Sheet, laid_out, outside, piece_of


def table() -> Sheet:
    """Prose, and below it ruled cells with a word or a figure each."""
    sheet = Sheet(200)
    top = sheet.prose(400) + 20
    for _ in range(6):
        foot = top + 50
        for column, text in enumerate(("Berkas", "kegiatan", "12.500,00", "lengkap")):
            left = 180 + 280 * column
            sheet.pen.rectangle((left, top, left + 280, foot), outline=0, width=2)
            sheet.write(text, left + 14, top + 36)
        top = foot
    return sheet


def test_cells_of_a_table_are_read_without_their_bars() -> None:
    sheet = table()
    found = laid_out(sheet.page)
    cells = sheet.lines[6:]
    for line in cells:
        piece = piece_of(line, found.pieces)
        assert piece, line.text
        assert piece.right - piece.left < line.right - line.left + line.x_height
        beside = found.pixels[
            int(line.base - line.x_height) : int(line.base), int(line.left) - 16 : int(line.left) - 4
        ]
        assert beside.min() > 128, f"a bar before {line.text}"


def test_a_rule_above_or_below_a_line_is_painted_over_and_the_page_is_not() -> None:
    sheet = Sheet(200)
    sheet.prose(400)
    tall = round(sheet.x_height(12))
    below, above = 400 + round(0.8 * tall), 660 - round(1.9 * tall)
    last = sheet.write("Pasal pertama tentang persiapan musyawarah daerah", 180, 660)
    for y in (below, above):
        sheet.pen.line((180, y, 900, y), 0, 3)
    page = sheet.page
    before = page.pixels.copy()
    found = laid_out(page)
    assert np.array_equal(page.pixels, before)
    assert not np.shares_memory(found.pixels, page.pixels)
    for y in (below, above):
        assert found.pixels[y, 200:880].min() > 128
    assert piece_of(last, found.pieces)


def test_an_underline_stays() -> None:
    sheet = Sheet(200)
    sheet.prose(400)
    name = sheet.write("BAMBANG PERCONTOHAN", 700, 760)
    sheet.pen.line((name.left, 764, name.right, 764), 0, 3)
    found = laid_out(sheet.page)
    assert found.pixels[764, int(name.left) + 2 : int(name.right) - 2].max() < 128
    assert piece_of(name, found.pieces)


def test_without_rules_the_pixels_are_those_of_the_page() -> None:
    sheet = Sheet(200)
    sheet.prose(400)
    page = sheet.page
    assert np.array_equal(laid_out(page).pixels, page.pixels)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_columns_of_a_rule_are_told_for_each_column_however_few(width: int) -> None:
    pixels = np.zeros((200, 60), np.uint8)
    line = Line(20, 100, 40, 112, 0.2, 6, 5, 20)
    ink = ink_of(PageImage(pixels, 150.0))._replace(all=np.full((200, 60), 255, np.uint8))
    rules = upright(ink, line, 0, width)
    assert rules is not None
    assert rules.tolist() == [True] * width


def test_white_letters_on_a_dark_bar_are_a_line() -> None:
    sheet = Sheet(200, "LiberationSans-Regular")
    sheet.prose(460)
    sheet.pen.rectangle((160, 250, 1500, 330), fill=40)
    title = sheet.write("Laporan keuangan pemerintah daerah", 200, 302, 14, 255)
    pieces = laid_out(sheet.page).pieces
    assert piece_of(title, pieces) == pieces[0]


def test_a_solid_block_is_no_piece() -> None:
    sheet = Sheet(200)
    sheet.pen.rectangle((180, 150, 360, 330), fill=30)
    sheet.write("PEMERINTAH KABUPATEN CONTOH", 600, 240, 14)
    sheet.prose(460)
    pieces = laid_out(sheet.page).pieces
    assert len(pieces) == 7
    assert all(piece.left > 400 or piece.top > 400 for piece in pieces)


def picture(sheet: Sheet) -> None:
    """Three quarters of the sheet in dots, as a printed photograph."""
    width, height = sheet.picture.size
    down, across = np.mgrid[0 : height // 2, 0 : width - 300]
    tone = np.sin(down / 90) * np.cos(across / 70)
    dots = np.where(np.sin(down * 0.7) + np.sin(across * 0.7) > 1.5 * tone, 255, 0).astype(np.uint8)
    page = np.array(sheet.picture)
    page[height // 3 : height // 3 + height // 2, 150 : width - 150] = dots
    sheet.picture.paste(Image.fromarray(page))


def test_a_page_with_a_printed_photograph_is_left_to_tesseract() -> None:
    sheet = Sheet(200)
    sheet.prose(400)
    assert plain(sheet.page)
    picture(sheet)
    assert plain(sheet.page) is None


def test_columns_of_prose_are_not_plain() -> None:
    sheet = Sheet(200)
    for row in range(30):
        sheet.write("menghadiri rapat koordinasi persiapan"[: 32 + row % 5], 150, 400 + 40 * row, 11)
        sheet.write("perencanaan pembangunan di daerah itu"[: 32 + row % 4], 860, 412 + 40 * row, 11)
    assert plain(sheet.page) is None


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_columns_of_prose_with_common_baselines_are_not_plain(columns: int) -> None:
    rng, sheet = random.Random(1), Sheet(200)
    words, room = " ".join(PROSE).split(), 1400 // columns
    for row in range(24):
        for column in range(columns):
            text = ""
            while sheet.font(8).getlength(text) < room - 60:
                fits, text = text, f"{text} {rng.choice(words)}".strip()
            sheet.write(fits, 130 + room * column, 300 + 32 * row, 8)
    assert plain(sheet.page) is None


def test_a_list_of_names_numbers_and_offices_is_read_across() -> None:
    rng, sheet = random.Random(1), Sheet(200)
    for row in range(20):
        one = person(rng)
        for column, text in enumerate((one.name, one.nip, one.job)):
            sheet.write(text, (130, 620, 980)[column], 300 + 40 * row, 9)
    first = [piece.left for piece in laid_out(sheet.page).pieces[:3]]
    assert len(first) == 3
    assert first == sorted(first)


@pytest.mark.parametrize("turn", [90, 270])
def test_a_page_on_its_side_is_not_plain(turn: int) -> None:
    sheet = Sheet(200)
    base = 400.0
    for _ in range(4):
        base = sheet.prose(base)
    assert plain(turned(sheet.page, turn)) is None  # type: ignore[arg-type]


def test_a_page_upside_down_has_as_many_lines() -> None:
    sheet = Sheet(200)
    sheet.prose(sheet.prose(400))
    assert len(laid_out(turned(sheet.page, 180)).pieces) == 12


@pytest.mark.parametrize("seed", [1, 3, 4, 7])
def test_a_table_with_many_columns_has_its_words_in_pieces(seed: int) -> None:
    rng = random.Random(seed)
    drawn = draw(rekapitulasi(rng), Look("sans", 9, 200), rng)[0]
    page = PageImage(np.asarray(drawn.image), 200.0)
    assert len(outside(drawn.words, laid_out(page).pieces, page)) < 0.05 * len(drawn.words)


def test_a_coat_of_arms_beside_a_heading_is_not_joined_with_it() -> None:
    sheet = Sheet(200)
    crest(ImageDraw.Draw(sheet.picture), (180, 150, 300, 300), 0)
    heading = sheet.write("BADAN KEPEGAWAIAN DAN PENGEMBANGAN", 420, 220, 14)
    sheet.write("SUMBER DAYA MANUSIA", 600, 270, 14)
    sheet.prose(460)
    piece = piece_of(heading, laid_out(sheet.page).pieces)
    assert piece
    assert piece.bottom < heading.base + heading.x_height


def test_a_weakly_struck_letter_between_words_is_not_taken_for_a_gap() -> None:
    sheet = Sheet(200, "LiberationMono-Regular")
    sheet.prose(sheet.prose(400))
    sheet.write("bersama ini kami  emaklumkan", 180, 960)
    weak = sheet.write("m", 180 + 17 * sheet.font(12).getlength("m"), 960, fill=165)
    page = sheet.page
    found = laid_out(page)
    letter = np.s_[int(weak.base - weak.x_height) : int(weak.base), int(weak.left) : int(weak.right)]
    assert np.array_equal(found.pixels[letter], page.pixels[letter])


def test_the_grain_of_a_gap_is_made_plain_paper() -> None:
    sheet = Sheet(200)
    sheet.prose(sheet.prose(400))
    label = sheet.write("Nomor", 180, 960)
    value = sheet.write(": 005/017", label.right + 40, 960)
    grain = np.random.default_rng(0).normal(0, 8, sheet.page.pixels.shape)
    page = PageImage(np.clip(sheet.page.pixels * 0.8 + 30 + grain, 0, 255).astype(np.uint8), 200.0)
    gap = np.s_[945:960, int(label.right) + 12 : int(value.left) - 12]
    assert page.pixels[gap].std() > 5
    assert laid_out(page).pixels[gap].std() == 0


@pytest.mark.parametrize("points", [24, 36, 48, 72])
@pytest.mark.parametrize("file", ["LiberationSans-Bold", "DejaVuSans-Bold"])
def test_the_strokes_of_a_large_title_are_no_rules_and_no_bars(points: float, file: str) -> None:
    sheet = Sheet(200, file)
    title = sheet.write("LAPORAN", 180, 370, points)
    body = Sheet(200)
    for row in range(38):
        body.write(PROSE[row % 6], 180, 500 + 43 * row)
    sheet.picture.paste(body.picture.crop((0, 440, *body.picture.size)), (0, 440))
    assert piece_of(title, laid_out(sheet.page).pieces)


@pytest.mark.parametrize("high", [20, 28, 32])
def test_a_line_between_two_dark_bars_is_not_turned_over_with_them(high: int) -> None:
    sheet = Sheet(200)
    for row in range(34):
        sheet.write(PROSE[row % 6], 180, 700 + 43 * row)
    for top in (200, 250 + high):
        sheet.pen.rectangle((160, top, 1500, top + 50), fill=60)
    line = sheet.write("Anggaran belanja daerah tahun berjalan", 200, 242 + high, 8)
    assert piece_of(line, laid_out(sheet.page).pieces)
