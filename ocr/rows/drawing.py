"""What stands on a line and is no writing: arms, seals, signatures, whose strokes go on above and below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from ocr.rows.line import Line, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.rows.ink import Ink

COARSE = 2
"""Pixels a side of those on which strokes are followed: letters of one word still stand apart."""
INKED = 64
"""Of 255, the ink in such a pixel from which on strokes meet there."""
TALL, SURELY_TALL = 3.0, 5.0
"""X-heights that a drawing is high; letters of two lines that touch are 3.1 to 4.7."""
WIDE = 1.8
"""X-heights that a drawing and the part of it on a line are wide, where they are not surely too tall."""
ALL = 0.9
"""Share of the ink of a word that belongs to drawings where it is none: a name under a signature or a seal
stands out of it with some of its letters."""
BEYOND = 1.2
"""X-heights above and below the line in which it is seen whether strokes go on there."""
GOES_ON, SURELY_GOES_ON = 0.3, 0.15
"""Share of the ink of the line's rows that each row beyond it has where strokes go on, and where they are
surely too tall: between two lines of letters that touch there is less."""

MOSTLY = 0.5
"""Share of a line's words that is left where it is cut: if less is, they are the letters of a seal, and the
whole line is read with so little confidence that it is set aside. Where nothing is left, there is no line."""


class Drawings(NamedTuple):
    """Marks on coarse pixels: the number of each at its pixels, and its left, top, width, height and area."""

    numbers: NDArray[np.integer[Any]]
    marks: NDArray[np.int32]

    @classmethod
    def of(cls, ink: Ink) -> Drawings:
        """All marks of a page."""
        height, width = (side // COARSE for side in ink.text.shape)
        even = ink.text[: COARSE * height, : COARSE * width]  # a whole factor is averaged 20 times as fast
        coarse = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
        inked = (coarse >= INKED).view(np.uint8)
        # Numbers of 16 bits take a third of the time; for the dots of screened paper they are too few.
        try:
            _, numbers, marks, _ = cv2.connectedComponentsWithStats(inked, ltype=cv2.CV_16U)
        except cv2.error:
            _, numbers, marks, _ = cv2.connectedComponentsWithStats(inked, ltype=cv2.CV_32S)
        return cls(np.asarray(numbers), np.asarray(marks, np.int32))

    def tall(self, large: NDArray[np.intp], least: float) -> NDArray[np.intp]:
        """Those of some marks that are so many pixels of the ink high."""
        heights = self.marks[large, cv2.CC_STAT_HEIGHT] * COARSE
        return np.asarray(large[heights >= least], np.intp)


def written(lines: Sequence[Line], ink: Ink) -> list[Line]:
    """The lines of a page, cut where drawings stand on them."""
    if min(ink.text.shape) < COARSE:
        return list(lines)
    found = Drawings.of(ink)
    least = min(line.x_height for line in lines)
    sides = found.marks[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] * COARSE
    large = np.flatnonzero((sides >= np.array([WIDE, TALL]) * least).all(axis=1))
    large = large[large > 0]  # the first is the paper
    return [part for line in lines for part in _parts(line, found, large, ink)]


def _parts(line: Line, found: Drawings, large: NDArray[np.intp], ink: Ink) -> Iterator[Line]:
    """A line without the words that are drawings."""
    left, top, wide, high = (COARSE * found.marks[large, k] for k in range(4))
    here = (left < line.right) & (left + wide > line.left) & (top < line.base) & (top + high > line.top)
    large = large[here & (high >= TALL * line.x_height) & (wide >= WIDE * line.x_height)]
    words = spans(ink, line) if len(large) else None
    if words is None:
        yield line
        return
    ends = [(int(start), int(end)) for start, end in zip(*words, strict=True)]
    runs: list[list[tuple[int, int]]] = [[]]
    for all_drawn, group in groupby(ends, lambda word: _are_all_of(line, word, found, large)):
        run = list(group)
        if all_drawn and _are_drawings(line, (run[0][0], run[-1][1]), found, large):
            runs.append([])
        else:
            runs[-1] += run
    left_over = sum(end - start for run in runs for start, end in run)
    if len(runs) == 1 or 0 < left_over < MOSTLY * sum(end - start for start, end in ends):
        yield line
        return
    for run in filter(None, runs):
        first, last = float(run[0][0]), float(run[-1][1])
        yield replace(line, left=first, right=last, seen=min(line.seen, last - first))


def _rows(line: Line, ends: tuple[int, int], found: Drawings) -> tuple[NDArray[np.integer[Any]], slice]:
    """The marks between two columns, some rows above and below a line too, and which rows are the line."""
    first, last = (end // COARSE for end in ends)
    columns = slice(first, max(first + 1, last))
    top, foot = int(line.top / COARSE), max(int(line.top / COARSE) + 1, int(line.base / COARSE))
    reach = int(BEYOND * line.x_height / COARSE) + 1
    head = max(0, top - reach)
    return found.numbers[head : foot + reach, columns], slice(top - head, foot - head)


def _are_all_of(line: Line, ends: tuple[int, int], found: Drawings, large: NDArray[np.intp]) -> bool:
    """Whether nearly all ink of a word belongs to these marks."""
    numbers, rows = _rows(line, ends, found)
    inked, drawn = np.count_nonzero(numbers[rows]), int(np.isin(numbers[rows], large).sum())
    return drawn > 0 and bool(drawn >= ALL * inked)


def _are_drawings(line: Line, ends: tuple[int, int], found: Drawings, large: NDArray[np.intp]) -> bool:
    """Whether words that belong to marks are wide or tall, and go on above or below the line."""
    numbers, rows = _rows(line, ends, found)
    surely = found.tall(large, SURELY_TALL * line.x_height)
    is_wide = ends[1] - ends[0] >= WIDE * line.x_height
    return (is_wide and _go_on(numbers, rows, large, GOES_ON)) or _go_on(
        numbers, rows, surely, SURELY_GOES_ON
    )


def _go_on(numbers: NDArray[np.integer[Any]], rows: slice, large: NDArray[np.intp], share: float) -> bool:
    """Whether each row above the line or each below it has so much of the ink of these marks on the line."""
    inked = np.isin(numbers, large).mean(axis=1)
    least = share * float(inked[rows].mean())
    beyond = inked[: rows.start], inked[rows.stop :]
    return least > 0 and any(len(side) > 0 and float(side.min()) >= least for side in beyond)
