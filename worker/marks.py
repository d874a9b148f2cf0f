"""Boxes of words and hits drawn on the picture of a page."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from archive.types import Box
from worker.wire import Mark

Pixels = NDArray[np.uint8]

FRAMES = {"word": (70, 130, 180), "near": (230, 140, 0), "hit": (200, 30, 30)}
"""The colour of the line around a box, in RGB."""

INKS = {"near": (255, 235, 190), "hit": (255, 240, 80)}
"""The colour of a marker pen over the box: paper takes it on, ink stays ink."""


def drawn(rgb: Pixels, marks: Iterable[Mark]) -> Pixels:
    """A copy of a picture, shape (height, width, 3), with boxes in fractions of it drawn in their styles.

    Lines are a pixel thick for each 1,000 of the long side, and lie outside the box, not over its letters.
    """
    page = rgb.copy()
    thick = max(1, round(max(page.shape[:2]) / 1000))
    for mark in marks:
        for box in mark.boxes:
            _draw(page, box, mark.style, thick)
    return page


def _draw(page: Pixels, box: Box, style: str, thick: int) -> None:
    height, width = page.shape[:2]
    left, right = _clipped(box.x, width), _clipped(box.x + box.w, width)
    top, bottom = _clipped(box.y, height), _clipped(box.y + box.h, height)
    if style in INKS:
        inside = page[top:bottom, left:right]
        inside[...] = np.minimum(inside, np.array(INKS[style], np.uint8))
    outer_top, outer_left = max(0, top - thick), max(0, left - thick)
    across, down = slice(outer_left, right + thick), slice(outer_top, bottom + thick)
    for lines in (
        page[outer_top:top, across],
        page[bottom : bottom + thick, across],
        page[down, outer_left:left],
        page[down, right : right + thick],
    ):
        lines[...] = FRAMES[style]


def _clipped(fraction: float, size: int) -> int:
    return min(size, max(0, round(fraction * size)))
