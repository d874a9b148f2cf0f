"""One frame of an original as its file holds it, and the resolution that may be believed of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.types import Box, Turn

# There is a reader for every core: threads of OpenCV's own would only wait for each other.
cv2.setNumThreads(1)

Pixels = NDArray[np.uint8]
"""Grey of shape (height, width), or RGB of shape (height, width, 3)."""

WHOLE = Box(0.0, 0.0, 1.0, 1.0)

SANE_DPI = (70.0, 1300.0)
LONG_SIDE_INCHES = 11.7
"""The long side of A4. Folio (F4) has 13: taken for A4 it is held for 11 % finer, which harms nothing."""

SCREEN_DPI = 100.0
SCREEN_SIDE_INCHES = 15.0
SMALLEST_SIDE_INCHES = 1.5

MOST_UNEVEN = 2.5
"""Fax pixels are up to 2.1 times as high as wide (204 x 98); more than this is a slip of whoever wrote it."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Pixels as stored, before any turn.

    ``dpi`` is (horizontal, vertical) as the file has it, or None. ``turn`` is what the file's own metadata
    ask for (EXIF orientation, /Rotate). ``place`` is the part of the whole frame that the pixels show.
    """

    pixels: Pixels
    dpi: tuple[float, float] | None
    turn: Turn = 0
    origin: Literal["frame", "embedded", "rendered"] = "frame"
    place: Box = WHOLE
    steps: tuple[str, ...] = ()


def believable(dpi: tuple[float, float] | None, width: int, height: int) -> tuple[float, float] | None:
    """The resolution of a file if it can be true, else None.

    Cameras and drawing programs write 72 or 96 whatever the picture; a page of 15 inches and more at such
    a value was not scanned at it. Nor is a page as small as a stamp, or a pixel three times as high as wide.
    """
    if dpi is None or not all(SANE_DPI[0] <= value <= SANE_DPI[1] for value in dpi):
        return None
    if max(dpi) > MOST_UNEVEN * min(dpi):
        return None
    side = max(width / dpi[0], height / dpi[1])
    if side < SMALLEST_SIDE_INCHES or (max(dpi) <= SCREEN_DPI and side > SCREEN_SIDE_INCHES):
        return None
    return dpi


def estimated(width: int, height: int) -> float:
    """Dots per inch of a page of ``width`` x ``height`` pixels if it is as long as A4."""
    return float(np.clip(max(width, height) / LONG_SIDE_INCHES, *SANE_DPI))


def rotated(pixels: Pixels, turn: int) -> Pixels:
    """The same pixels turned clockwise by 0, 90, 180 or 270 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return pixels if turn % 360 == 0 else as_pixels(cv2.rotate(pixels, codes[turn % 360]))


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """The same picture in ``width`` x ``height`` pixels, by the method that keeps letters best.

    Bilevel letters at 400 dpi brought to 300 are read as well interpolated as averaged (word recall 96.3 and
    96.2 %), in a third of the time; from half the size on, interpolation would skip pixels.
    """
    ratio = width / pixels.shape[1]
    method = cv2.INTER_AREA if ratio < 0.6 else cv2.INTER_LINEAR if ratio < 1 else cv2.INTER_CUBIC
    return as_pixels(cv2.resize(pixels, (max(1, width), max(1, height)), interpolation=method))


def as_pixels(array: object) -> Pixels:
    """An array of OpenCV, whose stubs promise too little, as bytes in rows."""
    return np.ascontiguousarray(array, dtype=np.uint8)
