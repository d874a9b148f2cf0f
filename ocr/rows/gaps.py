"""Where a row of words is one line and where two: white that goes on from row to row parts columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.rows.line import Line, Spans

WIDEST = 3.2
"""X-heights between two words of one line: in justified typescript there are three."""
TALL, WIDE = 11.0, 0.8
"""Sizes that white must go on down and across to part columns: five lines, and a word gap."""
REACHES = 1.3
"""Sizes that the white of a row counts above and below its middle, so that it meets that of the next."""
SMALL = 2.2
"""X-heights: what is no wider than this, the number of an item or a colon, stays with what is as near."""
CELL = 4
"""Pixels a side: walls need not be seen more finely."""


class Walls(NamedTuple):
    """White between columns, 1 in cells of CELL pixels, shape (rows, columns)."""

    cells: NDArray[np.uint8]

    def part(self, left: float, right: float, row: float) -> bool:
        """Whether one stands between two pixels of a row."""
        first, last = -(-int(left) // CELL), int(right) // CELL
        row = min(len(self.cells) - 1, max(0, int(row / CELL)))
        return last > first and bool(self.cells[row, first:last].any())


def walls_of(lines: Iterable[tuple[Line, Spans]], shape: Sequence[int], size: float) -> Walls:
    """The walls between the words of lines of this size, on an image of this shape."""
    gaps = np.zeros([side // CELL + 1 for side in shape], np.uint8)
    for line, (starts, ends) in lines:
        top = max(0, int((line.middle - REACHES * size) / CELL))
        foot = int((line.middle + REACHES * size) / CELL) + 1
        for end, start in zip(ends[:-1], starts[1:], strict=True):
            gaps[top:foot, -(-int(end) // CELL) : int(start) // CELL] = 1
    run = np.ones((max(3, int(TALL * size / CELL)), max(2, int(WIDE * size / CELL))), np.uint8)
    return Walls(np.asarray(cv2.morphologyEx(gaps, cv2.MORPH_OPEN, run), np.uint8))


def parted(line: Line, words: Spans, walls: Walls) -> Iterator[Line]:
    """A line cut where its words are far apart or a wall stands between them."""
    starts, ends = words
    first = starts[0]
    for end, start in zip(ends[:-1], starts[1:], strict=True):
        if _are_apart(line, end - first, end, start, walls):
            yield replace(line, left=float(first), right=float(end), seen=min(line.seen, float(end - first)))
            first = start
    last = ends[-1]
    yield replace(line, left=float(first), right=float(last), seen=min(line.seen, float(last - first)))


def _are_apart(line: Line, width: float, end: float, start: float, walls: Walls) -> bool:
    gap = start - end
    if gap > WIDEST * line.x_height:
        return True
    is_small = width < SMALL * line.x_height and gap < SMALL * line.x_height
    return not is_small and walls.part(end, start, line.middle)


def joined(lines: Iterable[Line], walls: Walls) -> list[Line]:
    """Parts of one line as one, measured as the one that was seen widest."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda line: line.left):
        others = [other for other in found if _are_one(other, line, walls)]
        if not others:
            found.append(line)
            continue
        other = min(others, key=lambda other: abs(other.base - line.base))
        other.right = max(other.right, line.right)
        if line.seen > other.seen:
            other.top, other.base, other.above = line.top, line.base, line.above
            other.up, other.down, other.seen = line.up, line.down, line.seen
    return found


def _are_one(one: Line, other: Line, walls: Walls) -> bool:
    """Whether the other line, which begins farther right, goes on with one."""
    low, high = sorted((one.x_height, other.x_height))
    if other.left - one.right >= WIDEST * high or abs(one.base - other.base) >= high / 2 or high >= 1.9 * low:
        return False
    if min(one.base, other.base) - max(one.top, other.top) <= 0.6 * low:
        return False
    return other.left <= one.right or not _are_apart(other, one.width, one.right, other.left, walls)
