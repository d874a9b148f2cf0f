"""Ridges: where ink, blurred along the line, is densest against what is above and below it.

The centre against its surround at the size of the letters is the detector of ridges with a choice of scale
(Lindeberg, "Edge detection and ridge detection with automatic scale selection", 1998), with box filters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.rows.ink import Grey

    Real = NDArray[np.float32]
    Steps = tuple[NDArray[np.intp], NDArray[np.intp]]  # strips, and the row in each

STRIP, COARSE = 8, 32
"""Pixels a strip is wide in which peaks are looked for, and one in which only sizes are compared."""
SIZES = (5, 7, 10, 14, 20, 28, 40, 56)
"""Sizes in pixels that are tried, half an octave apart: letters of 4 to 40 points."""
ALONG = 3.5
"""Sizes by which ink is blurred along the line: over the gaps between words, not over those of columns."""
LEAST = 3.5
"""Of 255: a single figure between wide gaps comes to 5."""
LARGER = 0.65
"""By this power of its size a ridge counts more: a large one explains more ink."""
SHIFT = 0.4
"""Sizes by which a line may step up or down from one strip to the next."""
SHORTEST = 2.2
"""Sizes: what stands alone is blurred to more than this; shorter ones are jumps within a line."""
MOST_PEAKS = 20000
"""Four times as many as a page full of small print has: a pattern."""
_FAR = 1 << 20
"""More than any page is high in pixels."""


class Ridge(NamedTuple):
    """One row of letters: its ends, its middle, highest and lowest row in pixels; and where it runs."""

    left: int
    right: int
    row: float
    highest: int
    lowest: int
    steps: Steps

    def between(self, left: int, right: int) -> Ridge:
        """The part between two columns, which may be beyond its ends by less than a strip."""
        columns, rows = self.steps
        here = (columns * STRIP > left - STRIP) & (columns * STRIP < right)
        return _ridge(left, right, columns[here], rows[here]) if here.any() else self


def strips(text: Grey) -> Real:
    """The mean ink of each row in strips: shape (rows, strips)."""
    height, width = text.shape
    small = cv2.resize(text, (max(1, width // STRIP), height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def likely_sizes(ink: Real, count: int) -> list[int]:
    """The sizes whose ridges explain most of the ink on strips, best first."""
    height, width = ink.shape
    across = max(1, width * STRIP // COARSE)
    coarse = np.asarray(cv2.resize(ink, (across, height), interpolation=cv2.INTER_AREA), np.float32)
    found = []
    for size in SIZES:
        ridges = _ridges(coarse, size, COARSE)
        peaks = _is_peak(ridges, size)
        found.append((float(ridges[peaks].sum()) * size**LARGER, size))
    return [size for sum_, size in sorted(found, reverse=True)[:count] if sum_]


def ridges_of(ink: Real, width: int, size: int) -> list[Ridge]:
    """The ridges of letters of this size, on strips of an image that is so many pixels wide."""
    ridges = _ridges(ink, size, STRIP)
    rows, columns = np.nonzero(_is_peak(ridges, size))
    if len(rows) > MOST_PEAKS:
        return []
    across = ink.shape[1]
    found = []
    for chain in _chains(rows, columns, size):
        at = columns[chain]
        left, right = int(at[0]) * width // across, (int(at[-1]) + 1) * width // across
        found.append(_ridge(left, max(left + 3, right), at, rows[chain]))
    return found


def _ridge(left: int, right: int, columns: NDArray[np.intp], rows: NDArray[np.intp]) -> Ridge:
    ordered = sorted(rows.tolist())
    # The middle of a row of pixels is half a pixel below its edge.
    return Ridge(left, right, ordered[len(ordered) // 2] + 0.5, ordered[0], ordered[-1], (columns, rows))


def _ridges(ink: Real, size: int, strip: int) -> Real:
    """Ink along the line, the mean over the size less that over two sizes more."""
    along = cv2.blur(ink, (max(1, round(ALONG * size / strip)) | 1, 1))
    tall = max(3, round(0.75 * size)) | 1
    # Twice, so that thin rows have a peak and no plateau.
    centre = cv2.blur(cv2.blur(along, (1, tall)), (1, tall))
    return np.asarray(cv2.subtract(centre, cv2.blur(centre, (1, 2 * size | 1))), np.float32)


def _is_peak(ridges: Real, size: int) -> NDArray[np.bool_]:
    return np.asarray((ridges >= cv2.dilate(ridges, np.ones((size | 1, 1), np.uint8))) & (ridges > LEAST))


def _chains(rows: NDArray[np.intp], columns: NDArray[np.intp], size: int) -> Iterator[list[int]]:
    """Peaks of one line, from strip to strip, or over one without; only chains that are long enough.

    Each peak is linked with the nearest on its right, and each of these only with the nearest on its left.
    """
    if not len(rows):
        return
    keys = columns * _FAR + rows
    order = np.argsort(keys)
    alone = np.concatenate(([True], np.diff(keys[order]) >= 0.5 * size))  # one peak of a plateau is enough
    order = order[alone]
    keys = keys[order]
    following = np.full(len(keys), -1)
    for step in (1, 2):
        free = np.flatnonzero(following < 0)
        wanted = keys[free] + step * _FAR
        place = np.searchsorted(keys, wanted)
        before, behind = np.clip(place - 1, 0, None), np.clip(place, None, len(keys) - 1)
        nearest = np.where(abs(keys[before] - wanted) <= abs(keys[behind] - wanted), before, behind)
        distance = abs(keys[nearest] - wanted)
        taken = np.zeros(len(keys), bool)
        taken[following[following >= 0]] = True
        near = (distance <= SHIFT * size) & ~taken[nearest]
        rank = np.argsort(distance[near], kind="stable")
        start, end = free[near][rank], nearest[near][rank]
        _, first = np.unique(end, return_index=True)
        following[start[first]] = end[first]
    begun = np.ones(len(keys), bool)
    begun[following[following >= 0]] = False
    for peak in np.flatnonzero(begun):
        chain = [int(peak)]
        while following[chain[-1]] >= 0:
            chain.append(int(following[chain[-1]]))
        if len(chain) * STRIP >= SHORTEST * size:
            yield [int(order[k]) for k in chain]
