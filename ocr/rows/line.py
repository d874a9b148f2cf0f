"""One line of text on the ink of a page: how high its letters are, and where its ink begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.rows.ink import Grey, Ink

THETA = 0.42
"""Share of the ink of a line's fullest rows that its rows between baseline and x-height have: above and below
it are only the strokes of some letters."""
FULLEST = 0.35
"""Heights of a line for which its rows are about as full as its fullest."""
INKED = 90
"""Of 255, the ink in a pixel of a column from which on a letter stands there."""
APART = 0.8
"""X-heights of white between two words; within them there is less."""
REACH = 4.0
"""X-heights beyond the ends of a ridge, which blurs them, in which its line is looked for."""
ASCENDERS, DESCENDERS = 0.55, 0.48
"""X-heights that letters stand out above and below; Tesseract measures 0.38 to 0.67 and 0.25 to 0.57."""
GOES_ON = 0.35
"""Share of the strokes at the foot or head of a line that go on for nearly its height where it is but a part
of larger letters, as the serifs of a heading are: of real lines hardly any do."""
AROUND = 1.9
"""Sizes above and below a ridge in which its line is looked at."""
WHITE = 0.02
"""Share of the ink of a line's fullest rows below which a row is white."""
LEAST_REACH = 0.75
"""Of what is usual, what every line reaches."""
TALLEST, LOWEST = 1.1, 0.8
"""X-heights that the tallest letters stand out above small ones, and the lowest below the baseline."""
HOLLOW = 0.12
"""A row inside a line with less of the ink of its fullest row parts two lines."""
LOST = 0.6
"""Share of the strokes just above and below such a row that meet where it was lost, as faxes lose some: those
of two lines do so by chance."""


@dataclass(slots=True)
class Line:
    """A line in pixels of the ink: its ends, the x-height line and the baseline.

    ``above`` is the ink over the x-height against that below it: capitals and figures have none there.
    ``up`` and ``down`` is how far its letters reach above the x-height line and below the baseline;
    ``seen`` is how wide the ridge is that tells all this.
    """

    left: float
    top: float
    right: float
    base: float
    above: float
    up: float
    down: float
    seen: float

    @property
    def x_height(self) -> float:
        """The height of small letters."""
        return self.base - self.top

    @property
    def middle(self) -> float:
        """The row half way between baseline and x-height."""
        return (self.top + self.base) / 2

    @property
    def width(self) -> float:
        """From end to end."""
        return self.right - self.left

    def rows(self, above: float, below: float) -> slice:
        """The rows from so many x-heights above the x-height line to so many below the baseline."""
        tall = self.x_height
        return slice(max(0, int(self.top - above * tall)), int(self.base + below * tall) + 1)


Spans = tuple["NDArray[np.intp]", "NDArray[np.intp]"]
"""Where words begin, and where they end."""


def measured(text: Grey, left: int, right: int, row: float, size: float) -> Line | None:
    """The line on a ridge at this row whose letters are about so high; none where there are no such.

    It is the run of rows with the greatest sum of ink over THETA (Bentley, "Programming pearls: algorithm
    design techniques", 1984), its edges between pixels where the ink passes THETA.
    """
    first, last = max(0, int(row - AROUND * size)), min(len(text), int(row + AROUND * size) + 1)
    around = cv2.reduce(text[first:last, left:right], 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0]
    skipped = max(0, int(row - size) - first)
    rows = around[skipped : int(row + size) + 1 - first]
    full = float(np.sort(rows)[-max(1, int(FULLEST * size))])
    least = THETA * full
    sums = np.concatenate(([0.0], np.cumsum(rows - least)))
    foot = int(np.argmax(sums - np.minimum.accumulate(sums)))
    head = int(np.argmin(sums[:foot])) if foot else 0
    if not head or foot == len(rows):
        return None  # nothing, or what goes on: larger letters
    top = head + 0.5 - _share(rows[head], rows[head - 1], least)
    base = foot - 0.5 + _share(rows[foot - 1], rows[foot], least)
    height = max(1.0, base - top)
    above = rows[max(0, int(top - 0.55 * height)) : max(1, int(top - 0.2 * height) + 1)]
    share = float(above.mean()) / max(full, 1e-3) if top >= 0.2 * height else 0.0
    # From whole rows, while its edges lie between rows.
    up = _reach(around[: skipped + head][::-1], full, TALLEST * height, ASCENDERS * height) + top - head
    down = _reach(around[skipped + foot :], full, LOWEST * height, DESCENDERS * height) + foot - base
    first += skipped
    return Line(left, first + top, right, first + base, share, up, down, right - left)


def _reach(rows: NDArray[Any], full: float, most: float, usual: float) -> float:
    """Rows outwards from a line to the first white one; what is usual where there is none so near."""
    white = np.flatnonzero(rows[: int(most) + 1] <= WHITE * full)
    return max(LEAST_REACH * usual, float(white[0])) if len(white) else usual


def _share(inside: float, outside: float, least: float) -> float:
    """How far from the middle of the row inside to that outside the ink passes a level."""
    return min(1.0, max(0.0, float((inside - least) / (inside - outside)))) if inside > outside else 0.0


def upright(ink: Ink, line: Line, left: int, right: int) -> NDArray[np.bool_]:
    """Which columns are rules that go on above and below all letters of a line, or beside such."""
    strip = cv2.dilate(ink.all[line.rows(0.7, 0.45), left:right], np.ones((1, 3), np.uint8))
    columns = cv2.reduce(strip, 0, cv2.REDUCE_MIN)[0] > 70
    beside = np.pad(columns, 1)
    return np.asarray(beside[:-2] | columns | beside[2:])


def spans(ink: Ink, line: Line) -> Spans | None:
    """The words of a line, from the first to the last that its ridge touches."""
    tall = line.x_height
    left = max(0, int(line.left - REACH * tall))
    right = min(ink.text.shape[1], int(line.right + REACH * tall) + 1)
    band = ink.text[line.rows(0.35, 0.2), left:right]
    if not band.size:
        return None
    columns = cv2.reduce(band, 0, cv2.REDUCE_MAX)[0] > INKED
    found = np.flatnonzero(columns & ~upright(ink, line, left, right)) + left
    if not len(found):
        return None
    cuts = np.flatnonzero(np.diff(found) > APART * tall + 1)
    starts = np.concatenate((found[:1], found[cuts + 1]))
    ends = np.concatenate((found[cuts], found[-1:])) + 1
    here = np.flatnonzero((ends > line.left) & (starts < line.right))
    return (starts[here[0] : here[-1] + 1], ends[here[0] : here[-1] + 1]) if len(here) else None


def is_part(text: Grey, line: Line) -> bool:
    """Whether a line is but the serifs or the bars of larger letters."""
    tall = line.x_height
    for top, foot in (
        (line.base - 0.25 * tall, line.base + 0.9 * tall),
        (line.top - 0.9 * tall, line.top + 0.25 * tall),
    ):
        strokes = text[max(0, int(top)) : int(foot), int(line.left) : int(line.right)] > INKED
        if len(strokes) < 0.9 * tall or not strokes.size:
            continue
        begun = int(strokes[0 if top >= line.top else -1].sum())
        if begun and strokes.all(axis=0).sum() > GOES_ON * begun:
            return True
    return False


def is_two(text: Grey, line: Line, mended: bool = False) -> bool:
    """Whether white runs through a line; a colon, which has some, is as narrow as it is high.

    ``mended`` is whether a row of pixels that a fax has lost counts as there.
    """
    if line.width <= line.x_height:
        return False
    top, foot = int(line.top + 0.15 * line.x_height), int(line.base - 0.15 * line.x_height) + 1
    if foot - top < 3:
        return False
    strokes = text[:, int(line.left) : int(line.right)]
    rows = cv2.reduce(strokes[top:foot], 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    row = int(rows.argmin())
    return bool(rows[row] < HOLLOW * rows.max()) and not (mended and _is_lost(strokes, top + row))


def _is_lost(strokes: Grey, row: int) -> bool:
    """Whether the strokes above a white row of pixels go on below it."""
    if not 0 < row < len(strokes) - 1:
        return False
    above, below = strokes[row - 1] > INKED, strokes[row + 1] > INKED
    most = max(np.count_nonzero(above), np.count_nonzero(below))
    return bool(np.count_nonzero(above & below) >= LOST * most)
