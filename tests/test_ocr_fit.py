"""Boxes of words brought down to their ink: loose ones only, and never to nothing."""

from __future__ import annotations

import numpy as np
import pytest

from archive.types import Box, PageImage, Word
from ocr.fit import fitted

HIGH, WIDE = 400, 300


def at(top: int, foot: int, text: str = "43.000.000") -> Word:
    return Word(text, Box(0.1, top / HIGH, 0.4, (foot - top) / HIGH), 0.9, 3)


def box_of(word: Word, ink: tuple[int, int]) -> Box:
    """The box of a word once it is fitted, where ink stands between these rows and nowhere else."""
    pixels = np.full((HIGH, WIDE), 250, np.uint8)
    pixels[ink[0] : ink[1], 40:140] = 20
    (made,) = fitted([word], PageImage(pixels, 200.0))
    assert (made.text, made.confidence, made.line) == (word.text, word.confidence, word.line)
    return made.box


@pytest.mark.parametrize(
    ("top", "foot", "ink", "fits"),
    [
        (100, 140, (110, 128), (110, 128)),
        (100, 140, (90, 120), (100, 120)),
        (100, 140, (102, 138), (100, 140)),  # a little room is no fault
        (100, 140, (200, 220), (100, 140)),  # there is nothing: it may be too pale to be seen
        (395, 400, (398, 399), (398, 399)),
        (50, 50, (50, 60), (50, 50)),
    ],
)
def test_a_loose_box_is_as_high_as_its_ink(
    top: int, foot: int, ink: tuple[int, int], fits: tuple[int, int]
) -> None:
    box = box_of(at(top, foot), ink)
    assert (round(box.y * HIGH), round((box.y + box.h) * HIGH)) == fits
    assert (box.x, box.w) == (0.1, 0.4)


def test_a_pale_word_keeps_the_box_that_a_few_dark_specks_would_not_fill() -> None:
    pixels = np.full((HIGH, WIDE), 220, np.uint8)
    pixels[102:138, 40:140:4] = 150  # strokes of a carbon copy
    pixels[118:122, 60] = 100
    (made,) = fitted([at(100, 140)], PageImage(pixels, 200.0))
    assert made.box == at(100, 140).box


def test_signs_alone_keep_the_height_they_were_given() -> None:
    assert box_of(at(100, 140, "—"), (118, 122)) == at(100, 140).box
