"""Ink that looks like text and that no word covers: how much there is of it, and in which parts of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from archive.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.types import PageImage, Word

CELLS_AN_INCH = 10
"""A cell is as high as a letter of 8 points."""
FEWEST_PIXELS = 4
"""The side of the smallest cell, in pixels that are looked at."""
DARK = 128
BUSY = 0.55
"""Changes between ink and paper in a cell, across as well as down, for each pixel of its side: rules and
borders change in one direction only, dark areas in none."""
PICTURE = 0.5
"""The share of busy cells from which on a part is a picture in dots: text has 0.4, for there are its gaps."""
MOSTLY = 0.55
"""The share of the text of a part that no word covers: on the axes of a chart 0.49, beside columns 0.61."""
REACH = 3, 4
"""Rows and columns by which two cells may be apart that belong together, as of lines and words in a block."""


def uncovered(text: NDArray[np.bool_], words: Iterable[Word]) -> NDArray[np.bool_]:
    """Those of an image's cells that look like text which no word covers."""
    cells = text.copy()
    rows, columns = cells.shape
    for word in words:
        box = word.box
        top, bottom = box.y * rows, (box.y + box.h) * rows
        left, right = box.x * columns, (box.x + box.w) * columns
        cells[max(0, int(top - 0.5)) : int(bottom + 1.5), max(0, int(left - 0.5)) : int(right + 1.5)] = False
    return cells


def regions(cells: NDArray[np.bool_], text: NDArray[np.bool_], fewest: int) -> list[Box]:
    """The parts of a page where uncovered cells lie close together, ``fewest`` at least; the largest first.

    Each is a box in fractions of the page with one cell of room around it. Pictures in dots are left out, and
    so are parts of whose text most is covered: what lies scattered between words belongs to a drawing.
    """
    rows, columns = cells.shape
    found = sorted(_heaps(cells), key=len, reverse=True)
    boxes = []
    for heap in found:
        if len(heap) < fewest:
            break
        ys, xs = zip(*heap, strict=True)
        if len(heap) > PICTURE * (max(ys) - min(ys) + 1) * (max(xs) - min(xs) + 1):
            continue
        top, bottom = max(0, min(ys) - 1), min(rows, max(ys) + 2)
        left, right = max(0, min(xs) - 1), min(columns, max(xs) + 2)
        if len(heap) < MOSTLY * text[top:bottom, left:right].sum():
            continue
        boxes.append(Box(left / columns, top / rows, (right - left) / columns, (bottom - top) / rows))
    return boxes


def busiest(cells: NDArray[np.bool_], share: float) -> Box:
    """The part of a page with this share of both its sides that holds most of the cells."""
    high, wide = (max(1, round(share * side)) for side in cells.shape)
    sums = np.pad(cells.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    top, left = np.unravel_index(int(inside.argmax()), inside.shape)
    rows, columns = cells.shape
    return Box(float(left) / columns, float(top) / rows, wide / columns, high / rows)


def _heaps(cells: NDArray[np.bool_]) -> Iterator[list[tuple[int, int]]]:
    """The cells that hang together, each heap as its (row, column) pairs."""
    left = {(int(y), int(x)) for y, x in np.argwhere(cells)}
    down, across = REACH
    while left:
        todo, heap = [left.pop()], []
        while todo:
            y, x = todo.pop()
            heap.append((y, x))
            near = {
                (i, j)
                for i in range(y - down, y + down + 1)
                for j in range(x - across, x + across + 1)
                if (i, j) in left
            }
            left -= near
            todo += near
        yield heap


def text_cells(image: PageImage) -> NDArray[np.bool_]:
    """Which cells look like text, shape (rows, columns).

    Of fine images every second pixel is looked at: half the time and more. A strip that is lower than a cell
    has lower ones.
    """
    step = 2 if image.dpi >= 2 * CELLS_AN_INCH * FEWEST_PIXELS * 2 else 1
    pixels = image.pixels[::step, ::step]
    side = min(max(FEWEST_PIXELS, round(image.dpi / CELLS_AN_INCH / step)), *pixels.shape)
    rows, columns = (length // side for length in pixels.shape)
    return busy(pixels[: rows * side, : columns * side] < DARK, side, BUSY)


def busy(dark: NDArray[np.bool_], side: int, share: float) -> NDArray[np.bool_]:
    """Cells of ``side`` pixels, true where ink and paper change often both across and down, as in text.

    Often is more than ``share`` of the side. Rules and borders change in one direction only, dark areas in
    none. ``dark`` is true where ink is, of as many rows and columns as whole cells have.
    """
    across = np.zeros_like(dark)
    across[:, 1:] = dark[:, 1:] != dark[:, :-1]
    down = np.zeros_like(dark)
    down[1:] = dark[1:] != dark[:-1]

    def count(changes: NDArray[np.bool_]) -> NDArray[np.uint16]:
        # Bytes are added ten times as fast as longer numbers, and no column of a cell has 256 pixels.
        columns = changes.view(np.uint8).reshape(-1, side, dark.shape[1]).sum(axis=1, dtype=np.uint8)
        return np.add.reduceat(columns, np.arange(0, dark.shape[1], side), axis=1, dtype=np.uint16)

    return np.asarray(np.minimum(count(across), count(down)) > share * side)
