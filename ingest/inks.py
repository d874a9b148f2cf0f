"""Takes the coloured ink of stamps and pens away from the dark print below it, and leaves coloured print.

Ink lets light through and takes its share of what comes back. So print below it stays dark in each of the
three colours, where ink alone is light in one of them at least. Ink is told from coloured print by its marks:
they are strokes, higher than lines of text, and lie over dark letters that go on beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.frame import Frame, Pixels, as_pixels, believable, estimated

Seen = Callable[[int], Pixels]
"""The picture in RGB, its long side no shorter than so many pixels if it has as many."""
Part = Callable[[int, int, int, int], Pixels]
"""The same in its own size, from left and top to before right and foot."""
Plane = NDArray[np.float32]
Planes = tuple[Plane, Plane, Plane]
"""Light of red, green and blue as shares of the paper's, each of shape (height, width)."""
Fringe = tuple[tuple[float, float], tuple[float, float]]
"""How far red and how far blue lie off green, right and down in pixels."""

LOOK_SIDE = 400
"""Pixels of the long side in which a mark is looked for first: JPEG's decoder gives an eighth of the size for
a third of the time, and a seal still is strokes there."""
PAPER_SIDE = 150
"""Pixels of the long side of which the paper is asked."""
DIMMEST = 80
"""Grey levels of paper in each colour: shares of less would be noise."""
MOST_PIXELS = 40_000_000
"""A1 at 200 dpi; in three colours what is larger would take too much of a reader's memory."""
BAND_PIXELS = 1_000_000
"""Pixels of a page that ink is taken from at once, in about ten planes of floats."""
MARK_DPI = 100.0
"""Where marks are told from print: colours of a JPEG have half its resolution, and its noise is averaged."""

TINTED, INKED = 0.04, 0.06
"""Chroma (lightest less darkest colour) that may be ink, and that is: paler seals have gone through a copier,
black letters keep up to 0.05 where colours are put in register."""
SMOOTH_MM = 0.75
"""Over which colours are averaged: the edges of letters, red above and blue below, cancel out."""
LEAST_MM2 = 1.5
"""Ink that must be sure, and half a square millimetre of it each over print and beside it."""
TALL_MM, LONGEST_MM = 7.0, 130.0
"""Marks are higher than a line of coloured print, and no larger than seal, stamp and signature in one."""
SOLID_MM = 5.0
"""What is so wide each way is no stroke of ink, but the head of a table, a coat of arms, a photograph."""
LETTER_MM, LONG = (1.0, 12.0), 40
"""Heights of dark print, and how many times as long as high it is at most: what is longer is a rule."""
MOST_TINTED = 0.35
"""A picture of which more is coloured is a photograph (0.6 and 0.7 of two) and no scan (0.22 and less)."""
MOST_DARK = 0.28
"""A mark of which more is dark is print in a brownish black: 0.31 and more of the letters on a receipt. Of
drawn seals and signatures 0.2 and less is, but for some that were copied twice."""
DARK = 0.6
"""Light, of paper's 1, below which there is print when the ink is taken away."""

SPREAD = 0.9
"""Ink of any thickness has lightest + SPREAD * chroma = 1: (1 - lightest) / chroma is 0.9 of violet pads and
ballpoints, 0.6 of blue and 0.3 of red ones, which come out lighter than paper."""
REST = 0.75
"""What is left of ink, whose edges are sharper than their colour, is lighter than this: it becomes paper."""
FULLY = 0.06, 0.18
"""Chroma around a pixel from which on, and up to which more and more, that is done."""
AROUND_MM = 0.5
"""How far from a pixel ink is near it: the colours of a JPEG at 200 dpi are as coarse as half of this."""

_LUMA = (0.299, 0.587, 0.114)


def cleared(frame: Frame, seen: Seen, parts: Callable[[], Part] | None = None) -> Frame:
    """The frame without the ink that lies over dark print; the same one where there is none.

    ``seen`` shows it in colour, in its own size if it is asked for so many pixels. ``parts``, where there are
    such, show it in that size without holding all of it.
    """
    height, width = frame.pixels.shape
    per_mm = max(believable(frame.dpi, width, height) or (estimated(width, height),)) / 25.4
    if height * width > MOST_PIXELS:
        return frame
    look = seen(LOOK_SIDE)
    if not _may_have_marks(look, per_mm * look.shape[0] / height):
        return frame
    shrink = max(1.0, per_mm * 25.4 / MARK_DPI)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    coarse = as_pixels(cv2.resize(seen(max(size)), size, interpolation=cv2.INTER_AREA))
    paper = _paper(coarse)
    small = _light(coarse, paper)
    fringe = _fringe(small)
    marks = _marks(_registered(small, fringe), per_mm / shrink)
    if not marks.any():
        return frame
    if parts:
        part = parts()
    else:
        colours = seen(max(height, width))
        if colours.shape[:2] != (height, width):
            return frame
        part = _part_of(colours)
    (red_x, red_y), (blue_x, blue_y) = fringe
    fringe = (red_x * shrink, red_y * shrink), (blue_x * shrink, blue_y * shrink)
    bare = _without(frame.pixels, part, paper, marks, fringe, per_mm)
    return replace(frame, pixels=bare, steps=(*frame.steps, "inks"))


def _part_of(colours: Pixels) -> Part:
    return lambda left, top, right, foot: colours[top:foot, left:right]


def _paper(colours: Pixels) -> tuple[float, ...]:
    """The colour of the paper: most of a page is paper, and a little darker where it is marked."""
    step = max(1, max(colours.shape) // PAPER_SIDE)
    return tuple(max(1.0, float(np.percentile(plane, 70))) for plane in cv2.split(colours[::step, ::step]))


def _light(colours: Pixels, paper: tuple[float, ...]) -> Planes:
    red, green, blue = (
        np.minimum(plane * np.float32(1 / level), np.float32(1.05))
        for plane, level in zip(cv2.split(colours), paper, strict=True)
    )
    return red, green, blue


def _lightest(light: Planes) -> Plane:
    return np.maximum(np.maximum(light[0], light[1]), light[2])


def _chroma(light: Planes) -> Plane:
    return _lightest(light) - np.minimum(np.minimum(light[0], light[1]), light[2])


def _fringe(light: Planes) -> Fringe:
    """The lines of a sensor see a page a moment apart, so black letters have red and blue edges.

    By least squares on the slopes of green, twice, since the first step falls short (Lucas and Kanade, 1981).
    """
    green = light[1]
    slopes = [cv2.Sobel(green, cv2.CV_32F, *axis, ksize=3, scale=1 / 8) for axis in ((1, 0), (0, 1))]
    across = np.stack([slope.ravel() for slope in slopes])
    square = np.asarray(across @ across.T, np.float64) + 1e-6 * np.eye(2)

    def off(plane: Plane) -> tuple[float, float]:
        shift = np.zeros(2)
        for _step in range(2):
            there = _moved(plane, (float(shift[0]), float(shift[1])))
            shift += np.linalg.solve(square, np.asarray(across @ (there - green).ravel(), np.float64))
        return float(shift[0]), float(shift[1])

    return off(light[0]), off(light[2])


def _registered(light: Planes, fringe: Fringe) -> Planes:
    """The same light with red and blue where green is."""
    return _moved(light[0], fringe[0]), light[1], _moved(light[2], fringe[1])


def _moved(plane: Plane, shift: tuple[float, float]) -> Plane:
    back = np.array([[1.0, 0.0, -shift[0]], [0.0, 1.0, -shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(plane, back, plane.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


class _Strokes:
    """Strokes of colour in a picture in register: their numbers by pixel, and which are as tall as marks."""

    def __init__(self, light: Planes, per_mm: float) -> None:
        around = (round(SMOOTH_MM * per_mm) | 1,) * 2
        red, green, blue = (np.asarray(cv2.blur(plane, around), np.float32) for plane in light)
        chroma = _chroma((red, green, blue))
        self.tinted: Pixels = (chroma > TINTED).view(np.uint8)
        core = np.ones((max(2, round(SOLID_MM * per_mm)),) * 2, np.uint8)
        solid = cv2.morphologyEx(self.tinted, cv2.MORPH_OPEN, core)
        solid = as_pixels(cv2.dilate(solid, np.ones((3, 3), np.uint8)))  # with its rounded rim
        count, self.numbers, boxes, _centres = cv2.connectedComponentsWithStats(self.tinted & ~solid)
        self.boxes, self.areas = boxes[:, :4], boxes[:, 4]
        sure = np.bincount(self.numbers[chroma > INKED], minlength=count)
        wide, high = self.boxes[:, 2] / per_mm, self.boxes[:, 3] / per_mm
        tall = (high >= TALL_MM) & (np.maximum(wide, high) <= LONGEST_MM)
        self.tall = tall & (sure >= LEAST_MM2 * per_mm**2)
        self.tall[0] = False  # what is no stroke


def _may_have_marks(look: Pixels, per_mm: float) -> bool:
    """Whether a small picture has tall strokes of colour; nearly all pages end here."""
    paper = _paper(look)
    light = _light(look, paper)
    if min(paper) < DIMMEST or (_chroma(light) > INKED).sum() < LEAST_MM2 * per_mm**2:
        return False
    strokes = _Strokes(_registered(light, _fringe(light)), per_mm)
    return bool(strokes.tall.any()) and float(strokes.tinted.mean()) <= MOST_TINTED


def _marks(light: Planes, per_mm: float) -> Pixels:
    """255 where there is ink of marks that lie over dark print, 0 elsewhere."""
    strokes = _Strokes(light, per_mm)
    count, numbers = len(strokes.tall), strokes.numbers
    dark = (_lightest(light) + SPREAD * _chroma(light) < DARK).view(np.uint8)
    dark_count, dark_numbers, stats, _centres = cv2.connectedComponentsWithStats(dark)
    wide, high = stats[:, 2], stats[:, 3]
    letters = (high > LETTER_MM[0] * per_mm) & (high < LETTER_MM[1] * per_mm) & (wide < LONG * high)
    letters[0] = False
    there = letters[dark_numbers] & (numbers > 0)
    under = np.bincount(numbers[there], minlength=count)
    beside = np.bincount(dark_numbers[strokes.tinted == 0], minlength=dark_count)
    stroke, letter = np.divmod(np.unique(numbers[there] * dark_count + dark_numbers[there]), dark_count)
    going_on = np.bincount(stroke, weights=beside[letter], minlength=count)
    darkness = np.bincount(numbers[dark > 0], minlength=count) / np.maximum(1, strokes.areas)
    least = LEAST_MM2 / 3 * per_mm**2
    over_print = strokes.tall & (under >= least) & (darkness <= MOST_DARK) & (going_on >= least)
    marks = np.zeros_like(dark)
    for number in np.flatnonzero(over_print):
        # Letters of a stamp that touch nothing are a part of it, as is what lies within the rim of a seal.
        left, top, across, down = strokes.boxes[number].tolist()
        mine = (numbers[top : top + down, left : left + across] == number).view(np.uint8)
        hull = cv2.convexHull(cv2.findNonZero(mine)) + np.array([left, top], np.int32)
        cv2.fillConvexPoly(marks, hull, 255)
    return as_pixels(cv2.dilate(marks * strokes.tinted, np.ones((3, 3), np.uint8)))


def _without(
    grey: Pixels, part: Part, paper: tuple[float, ...], marks: Pixels, fringe: Fringe, per_mm: float
) -> Pixels:
    """The grey page as it was before ink came over it where ``marks``, which may be smaller, say so."""
    out = grey.copy()
    down, across = grey.shape[0] / marks.shape[0], grey.shape[1] / marks.shape[1]
    _count, _numbers, stats, _centres = cv2.connectedComponentsWithStats(
        cv2.dilate(marks, np.ones((9, 9), np.uint8))
    )
    for left, top, wide, high in stats[1:, :4].tolist():
        x, y = int(left * across), int(top * down)
        within = out[y : int((top + high) * down) + 1, x : int((left + wide) * across) + 1]
        inked = _enlarged(marks[top : top + high, left : left + wide], within.shape)
        for rows, first, stop in _bands(within.shape, fringe, per_mm):
            colours = as_pixels(part(x, y + first, x + within.shape[1], y + stop))
            bare = _bare(colours, paper, fringe, per_mm)[rows.start - first : rows.stop - first]
            band = within[rows]
            np.copyto(band, np.maximum(band, bare).astype(np.uint8), where=inked(rows) > 0)
    return out


def _around(per_mm: float) -> Pixels:
    return np.ones((round(AROUND_MM * per_mm) | 1,) * 2, np.uint8)


def _bands(shape: tuple[int, ...], fringe: Fringe, per_mm: float) -> Iterator[tuple[slice, int, int]]:
    """Rows of a part of the page, each with the first row and the one after the last that they need.

    Floats of a whole page are large, and marks that touch may go over all of it.
    """
    high, wide = shape
    # Of other rows take dilation and blur half of what lies around each, the shift its own and the next one.
    margin = len(_around(per_mm)) - 1 + int(max(abs(fringe[0][1]), abs(fringe[1][1]))) + 2
    step = max(4 * margin, BAND_PIXELS // wide)
    for top in range(0, high, step):
        foot = min(high, top + step)
        yield slice(top, foot), max(0, top - margin), min(high, foot + margin)


def _bare(colours: Pixels, paper: tuple[float, ...], fringe: Fringe, per_mm: float) -> Plane:
    """The grey levels of a part of the page without ink."""
    white = sum(share * level for share, level in zip(_LUMA, paper, strict=True))
    around = _around(per_mm)
    light = _registered(_light(colours, paper), fringe)
    chroma = _chroma(light)
    near = cv2.blur(cv2.dilate(chroma, around), around.shape)
    level = 1 - (1 - REST) * np.clip((near - FULLY[0]) / (FULLY[1] - FULLY[0]), 0, 1)
    return np.asarray(np.minimum((_lightest(light) + SPREAD * chroma) / level, 1) * white, np.float32)


def _enlarged(marks: Pixels, shape: tuple[int, ...]) -> Callable[[slice], Pixels]:
    """Rows of marks that are enlarged to a shape."""
    high, wide = shape
    whole = as_pixels(cv2.resize(marks, (wide, len(marks)), interpolation=cv2.INTER_NEAREST))
    numbers = np.arange(len(marks), dtype=np.float32)[:, None]
    taken = cv2.resize(numbers, (1, high), interpolation=cv2.INTER_NEAREST)[:, 0].astype(np.intp)
    return lambda rows: whole[taken[rows]]
