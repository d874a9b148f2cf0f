"""Titles that no line was found for: of a full page a lost title is no hundredth of the ink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ocr.rows.find import CAPITAL
from ocr.rows.gaps import WIDEST
from ocr.rows.ink import ALIKE, ROW, Box, Ink
from ocr.rows.line import ASCENDERS, DESCENDERS, Line, spans


def with_titles(lines: list[Line], ink: Ink) -> list[Line]:
    """The lines and those of lost titles; none where such a title is mixed up with other lines.

    What lies across lines that go on on both sides of it is a stamp.
    """
    lost = [box for box in ink.titles if not any(_lies_in(box, line) for line in lines)]
    found = []
    for title in _rows(lost):
        line = _line(title, ink)
        across = [other for other in lines if _meet(line, other)]
        if not across:
            found.append(line)
        elif not any(
            other.left < line.left - line.x_height or other.right > line.right + line.x_height
            for other in across
        ):
            return []
    return lines + found


def _lies_in(box: Box, line: Line) -> bool:
    """Whether a letter, in rows and columns, stands in a line from head to foot."""
    rows, columns = box
    reach = line.rows(0.7, 0.55)
    level = reach.start - 2 <= rows.start and rows.stop <= reach.stop + 2
    return bool(level and line.left - 2 <= (columns.start + columns.stop) / 2 <= line.right + 2)


def _meet(line: Line, other: Line) -> bool:
    beside = min(line.right, other.right) > max(line.left, other.left)
    return beside and min(line.base, other.base) > max(line.top - line.up, other.top)


def _rows(letters: Sequence[Box]) -> Iterator[list[Box]]:
    """Letters of about one height that share a foot, near each other, where there are enough for a title."""
    left = sorted(letters, key=lambda box: box[1].start)
    while left:
        row, high = [left[0]], left[0][0].stop - left[0][0].start
        for box in left[1:]:
            level = abs(box[0].stop - row[-1][0].stop) <= 0.1 * high
            alike = ALIKE[0] < (box[0].stop - box[0].start) / high < ALIKE[1]
            if level and alike and box[1].start - row[-1][1].stop < WIDEST * high / CAPITAL:
                row.append(box)
        left = [box for box in left if box not in row]
        if len(row) >= ROW:
            yield row


def _line(letters: Sequence[Box], ink: Ink) -> Line:
    """The line of a title, to the ends of its words."""
    base = float(np.median([rows.stop for rows, _ in letters]))
    high = max(rows.stop - rows.start for rows, _ in letters)
    tall = high / CAPITAL
    left, right = float(letters[0][1].start), float(max(columns.stop for _, columns in letters))
    line = Line(left, base - tall, right, base, 1.0, ASCENDERS * tall, DESCENDERS * tall, right - left)
    words = spans(ink, line)
    if words is not None:
        line.left, line.right = min(left, float(words[0][0])), max(right, float(words[1][-1]))
    return line
