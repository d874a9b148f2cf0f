"""The pieces of a plain page for the line recogniser, and the page as it is to be read.

Plain is a page whose letters nearly all lie in level lines, and that has no columns of prose: letters,
reports, forms, tables. All else, also a page that lies on its side, is Tesseract's to analyse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from ocr.lstm.piece import Piece
from ocr.rows.drawing import written
from ocr.rows.find import common_height, find
from ocr.rows.ink import DARK, Ink, amount, ink_of, level_rules
from ocr.rows.line import ASCENDERS, DESCENDERS, Line, upright
from ocr.rows.order import are_in_step, has_columns, readable, rows_of
from ocr.rows.titles import with_titles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.types import PageImage
    from ocr.rows.ink import Grey

COVERED = 0.96
"""Share of the ink that lies in lines, or is none of letters: 0.39 to 0.92 on 28 pages on their side, 0.89 to
0.96 on most receipts, charts, drawings with labels, and more on most letters, reports, forms and tables."""
SPECK, LARGE, THIN, LONG_RULE = 0.35, 2.5, 0.3, 3.0
"""X-heights: a mark no longer than the first is a speck, one longer and wider than the second part of a
signature, a stamp or coat of arms, and one thinner than the third and longer than the fourth the rest of a
rule. Letters are none of these, nor are those that run together, also up the page."""
DRAWN = 0.001
"""Share of the ink beside the lines from which on drawings are looked for on them: of a signature or an arms
on a line some stands out."""
LONG = 12.0
"""X-heights a line is long, in the mean by ink: 12.6 and more on upright pages but a table (11);
4 to 12 on 26 of 28 pages on their side, the other two of which are not covered."""
NARROWEST = 1.5
"""X-heights that a piece is widened to: the recogniser reads no figure that fills its image."""
GAP = 1.0
"""X-heights of nothing, beside a margin, from which on a gap is made plain paper."""
FAINT = 0.2
"""Share of a page's contrast by which one place of a gap is darker than another, grain apart, where it holds
a letter that was struck so weakly that it is lighter than the threshold."""
RULE = 60
"""Pixels that a rule above or below a line is long at least to be painted over."""


class Plain(NamedTuple):
    """The pieces of a page in reading order, and its pixels without the rules in and between its lines."""

    pieces: list[Piece]
    pixels: NDArray[np.uint8]


def plain(image: PageImage) -> Plain | None:
    """The layout of a page, or none where it is not plain."""
    ink = ink_of(image)
    if not ink.text.any():
        return Plain([], image.pixels)
    lines = with_titles(find(ink), ink)
    if not lines:
        return None
    rest = _rest(lines, ink)
    if not _is_plain(lines, ink, rest):
        return None
    if amount(rest) > DRAWN * amount(ink.text):
        lines = written(lines, ink)
    height, width = image.pixels.shape
    pieces = [
        _piece(line, number, ink.scale, width, height)
        for number, row in enumerate(rows_of(lines))
        for line in readable(row)
    ]
    return Plain(pieces, _tidied(image.pixels, lines, ink))


def _rest(lines: Sequence[Line], ink: Ink) -> Grey:
    """The ink that lies in no line."""
    rest = ink.text.copy()
    for line in lines:
        rest[line.rows(0.65, 0.5), max(0, int(line.left) - 2) : int(line.right) + 3] = 0
    return rest


def _is_plain(lines: Sequence[Line], ink: Ink, rest: Grey) -> bool:
    weights = np.array([line.width * line.x_height for line in lines])
    lengths = np.array([line.width / line.x_height for line in lines])
    if float((weights * lengths).sum() / weights.sum()) < LONG:
        return False
    return _are_all(lines, ink, rest) and are_in_step(lines) and not has_columns(lines)


def _are_all(lines: Sequence[Line], ink: Ink, rest: Grey) -> bool:
    """Whether hardly a letter stands beside the lines: marks are measured only where much ink does."""
    if amount(rest) <= (1 - COVERED) * amount(ink.text):
        return True
    tall = common_height(lines)
    marks = cv2.connectedComponentsWithStats((rest >= DARK).view(np.uint8))[2][1:]
    sides = marks[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] / tall
    short, long = sides.min(axis=1), sides.max(axis=1)
    letters = (long > SPECK) & (short <= LARGE) & ~((short < THIN) & (long > LONG_RULE))
    unread = marks[letters, cv2.CC_STAT_AREA].sum()
    return bool(unread <= (1 - COVERED) * np.count_nonzero(ink.text >= DARK))


def _piece(line: Line, number: int, scale: float, width: int, height: int) -> Piece:
    """A line in the pixels of its page."""
    tall = line.x_height
    wider = max(0.0, NARROWEST * tall - line.width) / 2
    top, foot = line.top - line.up, line.base + line.down
    return Piece(
        max(0, int((line.left - wider) / scale)),
        max(0, int(top / scale)),
        min(width, int(np.ceil((line.right + wider) / scale))),
        min(height, int(np.ceil(foot / scale))),
        float(line.base / scale),
        float(tall / scale),
        float(ASCENDERS * tall / scale),
        float(-DESCENDERS * tall / scale),
        number,
    )


def _tidied(pixels: NDArray[np.uint8], lines: Sequence[Line], ink: Ink) -> NDArray[np.uint8]:
    """The page with paper where rules stand between the words of lines, or just above or below their letters,
    and where there is nothing between two words: the grain of the paper there would count as writing.

    Rules across the letters stay: an underline cannot be told from a worn bold line.
    """
    level = level_rules(ink.all, RULE)
    paper = np.zeros_like(level)
    dark, light = np.percentile(pixels[::16, ::16], (1, 50))
    contrast = float(light - dark)
    for line in lines:
        tall = line.x_height
        left, right = max(0, int(line.left - 1.2 * tall)), int(line.right + 1.2 * tall) + 1
        for first, last in (
            (line.top - 1.3 * tall, line.top - 0.55 * tall),
            (line.base + 0.4 * tall, line.base + 1.1 * tall),
        ):
            rows = slice(max(0, int(first)), max(0, int(last)))
            paper[rows, left:right] = level[rows, left:right]
        rows = slice(max(0, int(line.top - 1.2 * tall)), int(line.base + tall))
        paper[rows, left:right] |= upright(ink, line, left, right)
        for gap in _gaps(ink, line):
            if not _is_written(pixels[_on_page(gap, ink.scale)], tall / ink.scale, contrast):
                paper[gap] = 1
    if not paper.any():
        return pixels
    height, width = pixels.shape
    where = cv2.resize(paper, (width, height), interpolation=cv2.INTER_NEAREST)
    white = np.full_like(pixels, int(light))
    return np.asarray(cv2.copyTo(white, where, pixels.copy()), np.uint8)


def _gaps(ink: Ink, line: Line) -> Iterator[tuple[slice, slice]]:
    """Rows and columns between the words of a line with no ink at all, in gaps wider than those of prose."""
    tall = line.x_height
    rows = line.rows(1.0, 0.8)
    band = ink.all[rows, int(line.left) : int(line.right)]
    inked = np.flatnonzero(cv2.reduce(band, 0, cv2.REDUCE_MAX)[0]) + int(line.left)
    edge = int(tall / 4) + 1
    for place in np.flatnonzero(np.diff(inked) > GAP * tall + 2 * edge):
        yield rows, slice(int(inked[place]) + edge, int(inked[place + 1]) - edge)


def _on_page(where: tuple[slice, slice], scale: float) -> tuple[slice, slice]:
    """The same rows and columns in the pixels of the page."""
    rows, columns = (slice(int(each.start / scale), int(each.stop / scale)) for each in where)
    return rows, columns


def _is_written(gap: NDArray[np.uint8], tall: float, contrast: float) -> bool:
    """Whether anything stands out of the grain of a gap between letters so many pixels high."""
    soft = cv2.blur(gap, (max(3, round(tall / 3)),) * 2)
    return float(soft.max()) - float(soft.min()) > FAINT * contrast
