"""A page as its lines are looked for: its ink at 150 dots per inch, without long rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from ocr.lstm.threshold import white

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.types import PageImage

    Grey = NDArray[np.uint8]

Box = tuple[slice, slice]
"""Rows and columns."""
cv2.setNumThreads(1)  # the work is parallel by processes

DPI = 150
"""At this resolution the small letters of 6 points are still 6 pixels high, and a page has two million."""
DARK = 96
"""Of 255, the ink in a pixel from which on it belongs to a rule."""
LONG = 30
"""Pixels: a fifth of an inch. No stroke of a letter is as long, but for those of large headings."""


SOLID, LETTERS = 13, 25
"""Pixels a side of what is dark all over, as no letter below 40 points is, and of the white letters in it."""
STAYS_DARK = 0.5
"""Share of ink in white letters and what is between them from which on they lie in a dark area: of a line of
print between two dark bars less is ink."""
STROKE = 24
"""Pixels that a stroke is high at least that was taken for a rule, where the letter leans."""
TITLE = 250
"""Pixels that the letters of a title are high at most: 1.7 inches."""
SLIM, BROAD = 0.15, 3.0
"""Width to height of a letter, or of two that touch."""
LIGHT, HEAVY = 0.12, 0.95
"""Share of its box that a letter is dark: the frame of a table has less, a bar more."""
ROW, ALIKE = 3, (0.7, 1.4)
"""So many letters of about one height, which share a foot, are a title."""


class Ink(NamedTuple):
    """How much ink each pixel has, 0 to 255: all of it, and without long rules. Both have one shape.

    Dark areas count as paper, and what is white in them as ink.

    ``scale`` is how many of these pixels make one of the page, at most 1; ``titles`` are rows and columns of
    the letters of titles whose strokes look like rules.
    """

    all: Grey
    text: Grey
    scale: float
    titles: Sequence[Box] = ()


def ink_of(image: PageImage) -> Ink:
    """The ink of a page, where it is dark against Tesseract's own threshold."""
    grey = (~white(image.pixels)).view(np.uint8) * np.uint8(255)
    scale = min(1.0, DPI / image.dpi)
    if scale < 1:
        height, width = (max(1, round(side * scale)) for side in grey.shape)
        grey = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    whole = grey
    grey = _turned_over(whole)
    text = grey.copy()
    text[(level_rules(grey, LONG) | _opened(grey, (LONG, 1), (1, 3))) > 0] = 0
    titles = _titles(whole, text)
    for box in titles:
        grey[box] = text[box] = whole[box]
    return Ink(grey, text, scale, titles)


def _titles(whole: Grey, text: Grey) -> list[Box]:
    """Where letters of titles stand that are so large that their strokes were taken for rules or areas."""
    gone = ((whole >= DARK) & (text < DARK)).view(np.uint8)
    strokes = np.zeros(len(whole) + 1, np.int16)
    for down, across in _boxes(gone):
        high = down.stop - down.start
        if STROKE <= high <= TITLE and across.stop - across.start <= TITLE:
            strokes[max(0, down.start - high // 2) : down.stop + high // 2] += 1
    rows = (strokes >= 2).view(np.int8)  # hardly a word has but one
    starts = np.flatnonzero(np.diff(rows, prepend=0) > 0).tolist()
    ends = np.flatnonzero(np.diff(rows, append=0) < 0).tolist()
    return [
        box for first, last in zip(starts, ends, strict=True) for box in _letters(whole, gone, first, last)
    ]


def _letters(whole: Grey, gone: Grey, first: int, last: int) -> Iterator[Box]:
    """The letters of titles in a band of rows, of which something is gone."""
    boxes = []
    for down, across in _boxes((whole[first:last] >= DARK).view(np.uint8)):
        high, wide = down.stop - down.start, across.stop - across.start
        if down.start == 0 or down.stop == last - first:
            continue  # it goes on beyond the band
        if not (STROKE <= high <= TITLE and SLIM * high <= wide <= BROAD * high):
            continue
        box = slice(first + down.start, first + down.stop), across
        if LIGHT < (whole[box] >= DARK).mean() < HEAVY and not _is_frame(whole[box]):
            boxes.append(box)
    feet = np.array([box[0].stop for box in boxes])
    tall = feet - np.array([box[0].start for box in boxes])
    for box, foot, high in zip(boxes, feet, tall, strict=True):
        alike = (tall > ALIKE[0] * high) & (tall < ALIKE[1] * high)
        if np.count_nonzero(alike & (abs(feet - foot) <= 0.1 * high)) >= ROW and gone[box].any():
            yield box


def _boxes(marks: Grey) -> Iterator[Box]:
    """The rows and columns of connected marks."""
    outlines, nested = cv2.findContours(marks, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for number, outline in enumerate(outlines):
        if nested[0, number, 3] < 0:  # no hole
            left, top, width, height = cv2.boundingRect(outline)
            yield slice(top, top + height), slice(left, left + width)


def _is_frame(box: Grey) -> bool:
    """Whether ink runs along all four sides of a box, as no letter's does."""
    dark = box >= DARK
    return all(
        side[0].mean() > 0.9 or side[1].mean() > 0.9 for side in (dark, dark[::-1], dark.T, dark.T[::-1])
    )


def amount(grey: Grey) -> float:
    """The sum of all ink, in a tenth of the time that NumPy takes."""
    return float(cv2.sumElems(grey)[0])


def _turned_over(grey: Grey) -> Grey:
    """The same ink, but in dark areas that of the letters that are white in them."""
    dark = (grey >= 128).view(np.uint8)
    solid = cv2.erode(dark, np.ones((SOLID, SOLID), np.uint8))
    left, top, width, height = cv2.boundingRect(solid)
    if not width:
        return grey
    edge = SOLID + LETTERS
    here = np.s_[max(0, top - edge) : top + height + edge, max(0, left - edge) : left + width + edge]
    area = np.asarray(cv2.dilate(solid[here], np.ones((SOLID, SOLID), np.uint8)), np.uint8)
    area, part = _closed(area, dark[here]), grey[here]
    # The rim of an area is no letter.
    inside, outside = cv2.erode(area, np.ones((3, 3), np.uint8)), cv2.dilate(area, np.ones((3, 3), np.uint8))
    turned = grey.copy()
    turned[here] = np.where(inside > 0, 255 - part, np.where(outside > 0, 0, part))
    return turned


def _closed(area: Grey, dark: Grey) -> Grey:
    """Dark areas with the white letters in them, but not with the line of print between two of them."""
    closed = np.asarray(
        cv2.morphologyEx(area, cv2.MORPH_CLOSE, np.ones((LETTERS, LETTERS), np.uint8)), np.uint8
    )
    between = closed & ~area
    for outline in cv2.findContours(between, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        left, top, width, height = cv2.boundingRect(outline)
        if width <= 2 * LETTERS:
            continue
        around = np.s_[top : top + height, max(0, left - SOLID) : left + width + SOLID]
        if dark[around].mean() < STAYS_DARK:
            closed[around] = area[around]
    return closed


def level_rules(grey: Grey, length: int) -> Grey:
    """Where rules of at least this length in pixels run across the page, and their soft edges."""
    return _opened(grey, (1, length), (3, 1))


def _opened(grey: Grey, run: tuple[int, int], edge: tuple[int, int]) -> Grey:
    """1 where ink runs on for a rectangle of (rows, columns), widened by half of another."""
    dark = (grey >= DARK).view(np.uint8)
    runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(run, np.uint8))
    return np.asarray(cv2.dilate(runs, np.ones(edge, np.uint8)), np.uint8)
