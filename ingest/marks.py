"""The marks on a page that may be letters: how soft their edges are, where the page's edge cuts through them,
and a fingerprint by which the same sheet is known again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.frame import Pixels, as_pixels, resized

LETTER_MM = (0.9, 8.0)
"""Heights of printed letters, from 6 pt to a title."""

WORD_MM = 30.0
"""What is wider is no word whose letters run together."""

SOLID, SOLID_MM = 0.7, 3.5
"""A mark that fills this share of its box, and is as large as this each way, is a punch hole or a blot."""

FEWEST = 40
"""Marks below which nothing is said of the focus: a stamp or a signature is soft by itself."""

GAP_MM = 2.5
"""Letters of a line that stand farther apart are no neighbours; a space at 12 pt is 1.1 mm wide."""

SLIVER_MM = 0.5
"""The least that must be left of a letter which an edge cuts through."""

PRINT_SCALE, PRINT_SIDE, PRINT_BITS = 4, 32, 8
"""The fingerprint sees ink on a quarter of the survey, then as 32 x 32 cells, and keeps 8 x 8 waves of
them."""

DOT_MM, DOT_REACH_MM = 0.25, 6.0
"""A colon or a full stop at the edge is of a line where a letter stands as near as this: it parts columns."""

RULE_MM = (1.5, 40.0)
"""A ruled line is no thicker than the first and no shorter than the second."""

PEN_MM, STROKE_MM, PEN_APART_MM, STROKES = (2.5, 25.0, 90.0), 1.2, 8.0, 3
"""From and to which height, and to which width, what an edge meets may be of a signature; how thick its
strokes are at most, how near each other, and how many there must be."""

MOST_16_BITS = 60_000
MOST_PAIRS = 1_000_000
"""Pairs of marks that are compared at a time: a large page full of strokes has more than fit into memory."""

Flags = NDArray[np.bool_]
Sides = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The dark connected marks of a page surveyed at ``per_mm`` pixels: a map of labels, a box for each.

    ``left``, ``top``, ``right`` and ``bottom`` are pixels, the last two just outside; ``letters`` says which
    could be letters or words. Label 0, the paper, is left out of all but ``labels``.
    """

    labels: NDArray[np.generic]
    left: NDArray[np.int32]
    top: NDArray[np.int32]
    right: NDArray[np.int32]
    bottom: NDArray[np.int32]
    letters: Flags
    per_mm: float

    @property
    def mask(self) -> Pixels:
        """255 where a letter is, else 0."""
        shade = np.append(False, self.letters).view(np.uint8) * np.uint8(255)
        return as_pixels(shade[self.labels])


def marks(dark: Flags, per_mm: float) -> Marks:
    """The marks of a page from the mask of its ink."""
    labels, stats = labelled(dark.view(np.uint8))
    left, top, width, height, area = stats[1:].T
    low, high = (side * per_mm for side in LETTER_MM)
    solid = (area > SOLID * width * height) & (np.minimum(width, height) > SOLID_MM * per_mm)
    letters = (height >= low) & (height <= high) & (width <= WORD_MM * per_mm) & (width > 1) & ~solid
    return Marks(labels, left, top, left + width, top + height, letters, per_mm)


def labelled(ink: Pixels) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
    """Which mark each pixel of a mask is of, 0 for none, and of each mark left, top, width, height and area.

    Each mark begins somewhere on the left: where that is in few places, 16 bits hold all labels, and it takes
    a third of the time.
    """
    begins = int(np.count_nonzero(ink[:, 1:] > ink[:, :-1])) + ink.shape[0]
    depth = cv2.CV_16U if begins < MOST_16_BITS else cv2.CV_32S
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink, ltype=depth)
    return np.asarray(labels, np.uint16 if depth == cv2.CV_16U else np.int32), np.asarray(stats, np.int32)


def softness(level: Pixels, found: Marks, mask: Pixels) -> float:
    """The width in mm over which the print passes from paper to ink, 0.0 where there is too little print.

    At the edge of a letter the steepest step between two pixels is a share of all the darkness around it: the
    inverse of that share is the width of the edge in pixels. A letter out of focus by a Gaussian of sigma has
    edges sigma times the square root of 2 pi wide.
    """
    if found.letters.sum() < FEWEST:
        return 0.0
    step = max(3, round(1.2 * found.per_mm) | 1)
    kernel = np.ones((step, step), np.uint8)
    darkness = cv2.subtract(cv2.dilate(level, kernel), cv2.erode(level, kernel))
    across = cv2.absdiff(level[:, 1:], level[:, :-1])[1:]
    along = cv2.absdiff(level[1:], level[:-1])[:, 1:]
    steepest = cv2.max(across, along)
    steepest = cv2.dilate(steepest, np.ones((3, 3), np.uint8))
    darkness = cv2.bitwise_and(darkness, mask)[1:, 1:]
    there = np.flatnonzero(darkness > 50)
    amount = darkness.ravel()[there].astype(np.float32)
    share: NDArray[np.float32] = steepest.ravel()[there] / amount
    return round(1 / max(0.02, float(np.median(share))) / found.per_mm, 3) if share.size else 0.0


def cut(found: Marks) -> tuple[int, int, int, int]:
    """How many letters the left, top, right and bottom edge of the image cut through.

    What touches an edge is a letter only where its line goes on beside it: the rim of a lid, a shadow and a
    ruled line do not. A ruled line counts where letters are cut at the same edge.
    """
    height, width = found.labels.shape
    left, top, right, bottom, per_mm = found.left, found.top, found.right, found.bottom, found.per_mm
    heads, feet = (top, bottom, left, right, per_mm), (height - bottom, height - top, left, right, per_mm)
    return (
        _cut_ends(left, right, top, bottom, per_mm),
        # Lines run into the head or foot where the page lies on its side.
        max(_cut_along(*heads) + _cut_strokes(found, 0), _cut_ends(*heads)),
        _cut_ends(width - right, width - left, top, bottom, per_mm),
        max(_cut_along(*feet) + _cut_strokes(found, -1), _cut_ends(*feet)),
    )


def _cut_ends(near: Sides, far: Sides, low: Sides, high: Sides, per_mm: float) -> int:
    """Letters at an edge that lines run into, each with another letter of its height farther in.

    ``near`` and ``far`` are distances from the edge, ``low`` and ``high`` places along it.
    """
    size = high - low
    tall = (size >= LETTER_MM[0] * per_mm) & (size <= LETTER_MM[1] * per_mm)
    dot = (size >= DOT_MM * per_mm) & (size < LETTER_MM[0] * per_mm) & (far - near < LETTER_MM[0] * per_mm)
    letters = _beside(tall, tall, near, far, low, high, GAP_MM * per_mm)
    dots = _beside(dot, tall, near, far, low, high, DOT_REACH_MM * per_mm)
    rules = (near <= 1) & (size <= RULE_MM[0] * per_mm) & (far >= RULE_MM[1] * per_mm)
    cut = letters + dots
    return cut + int(rules.sum()) if cut else 0


def _beside(of: Flags, others: Flags, near: Sides, far: Sides, low: Sides, high: Sides, reach: float) -> int:
    """How many marks ``of`` some kind touch the edge and have one of ``others`` in their line, in reach."""
    ends = np.flatnonzero(of & (near <= 1))
    behind = np.flatnonzero(others & (near > 1))
    behind = behind[near[behind] <= far[ends].max(initial=0) + reach]
    count = 0
    for some in np.array_split(ends, 1 + ends.size * behind.size // MOST_PAIRS):
        gap = near[behind] - far[some][:, None]
        shared = np.minimum(high[behind], high[some][:, None]) - np.maximum(low[behind], low[some][:, None])
        least = np.minimum((high - low)[behind], (high - low)[some][:, None])
        count += int(((gap > 0) & (gap <= reach) & (shared >= 0.5 * least)).any(1).sum())
    return count


def _cut_strokes(found: Marks, row: int) -> int:
    """Strokes of signatures that run over the head (row 0) or the foot (row -1), each for two letters."""
    high, wide = found.bottom - found.top, found.right - found.left
    low, tall, widest = (side * found.per_mm for side in PEN_MM)
    drawn = np.append(False, (high >= low) & (high <= tall) & (wide <= widest))[found.labels[row]]
    steps = np.flatnonzero(np.diff(drawn, prepend=False, append=False))
    begins = steps[::2][steps[1::2] - steps[::2] <= STROKE_MM * found.per_mm]
    bunches = np.split(begins, np.flatnonzero(np.diff(begins) > PEN_APART_MM * found.per_mm) + 1)
    return 2 * sum(bunch.size for bunch in bunches if bunch.size >= STROKES)


def _cut_along(near: Sides, far: Sides, low: Sides, high: Sides, per_mm: float) -> int:
    """Letters at an edge that a line runs along, each with another one beside it that is cut as well."""
    size = LETTER_MM[1] * per_mm
    touching = (near <= 1) & (far - near >= SLIVER_MM * per_mm) & (far <= size) & (high - low <= size)
    starts = np.sort(low[touching])
    ends = high[touching][np.argsort(low[touching])]
    close = starts[1:] - ends[:-1] <= GAP_MM * per_mm
    return int((np.append(close, False) | np.insert(close, 0, False)).sum()) if starts.size else 0


def fingerprint(mask: Pixels, degrees: float) -> str:
    """64 bits in hex that two scans of one sheet share but for a few; "" where there is no letter.

    The ink is put straight, cut to where it is and shrunk, and each low wave of it (discrete cosine
    transform) gives a bit, whether it is above their median: the perceptual hash of C. Zauner,
    "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, taken of the ink rather than
    of the picture.
    """
    height, width = mask.shape
    small = resized(mask, max(8, width // PRINT_SCALE), max(8, height // PRINT_SCALE))
    middle = (small.shape[1] / 2, small.shape[0] / 2)
    straight = cv2.warpAffine(small, cv2.getRotationMatrix2D(middle, degrees, 1.0), small.shape[::-1])
    ink = straight.astype(np.float32)
    if not ink.any():
        return ""
    (y0, y1), (x0, x1) = _inked(ink.sum(1)), _inked(ink.sum(0))
    cells = cv2.resize(ink[y0:y1, x0:x1], (PRINT_SIDE, PRINT_SIDE), interpolation=cv2.INTER_AREA)
    waves = np.asarray(cv2.dct(cells))[:PRINT_BITS, :PRINT_BITS].ravel()
    bits = waves > np.median(waves)
    return np.packbits(bits).tobytes().hex()


def _inked(profile: NDArray[np.float32]) -> tuple[int, int]:
    """From where to where a profile has all but a hundredth of its ink at either end."""
    share = np.cumsum(profile) / profile.sum()
    first, last = np.searchsorted(share, (0.01, 0.99))
    return int(first), int(max(last, first + 1)) + 1
