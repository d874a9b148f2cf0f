"""Pages that are none: whatever the pixels are, lines are found on the page, few of them, or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from archive.types import PageImage
from ocr.rows import gaps
from ocr.rows.find import find
from ocr.rows.ink import ink_of
from ocr.rows.line import Line
from ocr.rows.plain import Plain, plain
from tests.rows_pages import PROSE, Sheet

Grey = NDArray[np.uint8]


def looked_at(pixels: Grey, dpi: float = 150) -> Plain | None:
    """What is found on a page, which is not changed; and what is found lies on it."""
    before = pixels.copy()
    found = plain(PageImage(pixels, dpi))
    assert np.array_equal(pixels, before)
    height, width = pixels.shape
    if found:
        assert found.pixels.shape == pixels.shape
        assert all(0 <= p.left < p.right <= width and 0 <= p.top < p.bottom <= height for p in found.pieces)
        numbers = [piece.line for piece in found.pieces]
        assert numbers == sorted(numbers)
    return found


def are_few(pixels: Grey) -> bool:
    """Whether no thousands of lines are compared with each other, which took 18 s."""
    compared = 0

    def are_one(one: Line, other: Line, walls: gaps.Walls) -> bool:
        nonlocal compared
        compared += 1
        return really(one, other, walls)

    really = gaps._are_one
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps, "_are_one", are_one)
        find(ink_of(PageImage(pixels, 150)))
    return compared <= 400 * 400


def noise(height: int, width: int, share: float, seed: int = 0) -> Grey:
    """Black pixels by chance."""
    chance = np.random.default_rng(seed).random((height, width))
    return np.where(chance < share, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_one_grey_all_over_has_no_lines(level: int) -> None:
    found = looked_at(np.full((2339, 1654), level, np.uint8), 200)
    assert found is not None
    assert found.pieces == []


def test_one_black_pixel_is_no_line() -> None:
    pixels = np.full((2339, 1654), 255, np.uint8)
    pixels[1000, 800] = 0
    found = looked_at(pixels, 200)
    assert not found or not found.pieces


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 3000), (3000, 5), (1, 3000), (12, 400), (40, 3000)])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("dpi", [70, 150, 600])
def test_strips_and_crumbs(shape: tuple[int, int], share: float, dpi: float) -> None:
    looked_at(noise(*shape, share), dpi)


@pytest.mark.parametrize("share", [0.003, 0.01, 0.03, 0.1, 0.5])
def test_noise_has_no_thousands_of_lines(share: float) -> None:
    pixels = noise(2000, 2000, share)
    assert not looked_at(pixels)
    assert are_few(pixels)


@pytest.mark.parametrize("pitch", [6, 12, 24, 40])
def test_a_page_full_of_dots_has_no_thousands_of_lines(pitch: int) -> None:
    pixels = np.full((2339, 1654), 255, np.uint8)
    for step in range(2):
        pixels[step::pitch, step::pitch] = pixels[step::pitch, 1 - step :: pitch] = 0
    assert not looked_at(pixels)
    assert are_few(pixels)


@pytest.mark.parametrize(("columns", "rows", "points"), [(40, 100, 6), (30, 80, 9)])
def test_a_table_of_thousands_of_figures_is_left_to_tesseract(columns: int, rows: int, points: float) -> None:
    sheet = Sheet(150, "LiberationSans-Regular")
    width, height = sheet.picture.size
    for row in range(rows):
        for column in range(columns):
            x, y = 40 + column * (width - 60) / columns, 40 + row * (height - 60) / rows
            sheet.write(str((row * 7 + column * 13) % 90 + 10), x, y, points)
    assert not looked_at(sheet.page.pixels)
    assert are_few(sheet.page.pixels)


def test_a3_at_600_dpi() -> None:
    sheet = Sheet(150)
    for row in range(45):
        sheet.write(PROSE[row % 6], 150, 150 + 34 * row, 12)
    found = looked_at(np.kron(np.asarray(sheet.picture), np.ones((5, 5), np.uint8)), 600)
    assert found
    assert len(found.pieces) == 45


def test_a_page_at_70_dpi() -> None:
    sheet = Sheet(70)
    sheet.prose(sheet.prose(100))
    found = looked_at(sheet.page.pixels, 70)
    assert not found or len(found.pieces) == 12


@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 300),
    width=st.integers(1, 400),
    dpi=st.sampled_from([70, 100, 150, 300]),
    strokes=st.integers(0, 60),
)
@settings(max_examples=150, deadline=None)
def test_any_strokes_give_pieces_on_the_page(
    seed: int, height: int, width: int, dpi: int, strokes: int
) -> None:
    rng = np.random.default_rng(seed)
    pixels = np.full((height, width), 255, np.uint8)
    for _ in range(strokes):
        top, left = rng.integers(height), rng.integers(width)
        tall, wide = rng.integers(1, 14), rng.choice((2, 5, 9, 80, 400))
        pixels[top : top + tall, left : left + wide] = rng.integers(0, 256)
    looked_at(pixels, dpi)
