"""Boxes of words brought down to the height of their ink, where they reach far above and below it.

In the cells of tables Tesseract gives words, and figures most of all, the height of the whole row: on drawn
tables every tenth box was twice as high as its word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from archive.types import Box, PageImage, Word
from ocr.levels import halfway

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOSE = 0.8
"""Share of a box's height that the ink in it has at most where the box is brought down to it."""
INK, PAPER = 2, 90
"""The percentiles of a box's pixels that are taken for its ink and its paper: what is darker than half way
between them is ink. Carbon copies are so pale that below one level for all only specks of a word are left."""


def fitted(words: Iterable[Word], image: PageImage) -> tuple[Word, ...]:
    """The same words; their boxes are fractions of ``image``. Signs alone keep theirs: a dash is low."""
    return tuple(
        replace(word, box=_fitted(word.box, image.pixels)) if any(map(str.isalnum, word.text)) else word
        for word in words
    )


def _fitted(box: Box, pixels: NDArray[np.uint8]) -> Box:
    height, width = pixels.shape
    top, foot = round(box.y * height), round((box.y + box.h) * height)
    left, right = round(box.x * width), round((box.x + box.w) * width)
    part = pixels[top:foot, left:right]
    if not part.size:
        return box
    rows = np.flatnonzero(part.min(axis=1) < halfway(part, INK, PAPER))
    if not rows.size or rows[-1] + 1 - rows[0] > LOOSE * (foot - top):
        return box
    return Box(box.x, (top + int(rows[0])) / height, box.w, (int(rows[-1]) + 1 - int(rows[0])) / height)
