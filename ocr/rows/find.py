"""All lines of a page: those of the commonest size first, then what they leave, by its own size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from ocr.rows.gaps import Walls, joined, parted, walls_of
from ocr.rows.ink import Ink, amount
from ocr.rows.line import APART, INKED, Line, Spans, is_part, is_two, measured, spans, upright
from ocr.rows.ridge import SHORTEST, STRIP, Ridge, likely_sizes, ridges_of, strips

if TYPE_CHECKING:
    from ocr.rows.ink import Grey
    from ocr.rows.ridge import Real

TRIED = 4, 2, 2
"""How many sizes are tried in each pass."""
MIDDLE = 0.3, 0.7
"""The part of the page's width on which sizes are tried: nearly all lines run through it."""
SAMPLE = 24
"""Ridges that are measured to judge a size."""
MOST_RIDGES, MOST_LINES = 1000, 400
"""More than a plain page has in one pass (on 200 pages at most 313 and 129): a page on its side, noise, or a
table of thousands of figures, whose lines took 18 s to compare with each other."""
REST = 0.004
"""Share of the ink that is not worth another pass: ten words on a page have more."""
FITS = 0.42, 1.6
"""The heights that small letters or capitals have, of the size that was looked for."""
ROOM = 1.2
"""The size, of the x-height, at which lines are found best; and how far off it may be: sizes at which lines
come out as high as they should are believed before all others."""
NEAR = 0.8, 1.25
MANY = 0.25
"""By this power of its lines a size counts less: half a line here, the foot of it there explain much ink in
many pieces."""
NEARLY_ALL = 0.75
"""Share of the ridges of a size that are lines from which on no other is tried."""
BLOCKS, STEP = 1.5, 0.35
"""X-heights of white between two blocks of text, and between their baselines: no one line from there on."""
LEVEL = 0.15
"""Sizes by which a ridge steps up or down at most where it has no such blocks: capitals count as higher."""
SMALLEST = 0.4
"""No print is smaller, of the x-height of most lines: the specks of a picture are."""
NARROWEST = 0.15
"""X-heights that a colon is wide."""
PAINTED = 0.6, 0.45
"""X-heights above and below a line that its letters reach."""
BESIDE = 4.0
"""X-heights from the end of a line to a colon, a dash or a figure that was too slight for a ridge."""
FIGURE, FIGURE_HIGH, FIGURE_OFF = (0.25, 2.5), (1.15, 1.75), 0.25
"""X-heights that such figures are wide and high, and that they stand above or below the baseline at most."""
ASCEND = 0.08
"""The ink over a line's x-height from which on there are letters that stand out above it."""
CAPITAL = 1.42
"""The height of capitals and figures, in x-heights."""
CAPITALS = 1.18, 1.75
"""Such a height a line of capitals has against the lines around it."""
NEIGHBOURS = 6
"""Lines around one that tell it its x-height."""


class Seen(NamedTuple):
    """A line on its ridge, and its words."""

    line: Line
    words: Spans


def find(ink: Ink) -> list[Line]:
    """The lines of a page, in no order and measured for reading; none where there are too many."""
    left = ink._replace(text=ink.text.copy())
    lines: list[Line] = []
    walls: Walls | None = None
    least = 0.0
    enough = REST * amount(ink.text)
    for tried in TRIED:
        if amount(left.text) <= enough:
            break
        on_strips = strips(left.text)
        size = _best_size(left, ink, on_strips, tried)
        ridges = ridges_of(on_strips, left.text.shape[1], size) if size else []
        if len(ridges) > MOST_RIDGES:
            return []
        level = (part for ridge in ridges for part in _level(left.text, ridge, size))
        seen = _seen(left, ink, level, size, mended=True)
        if not seen:
            break
        new = walls_of(((one.line, one.words) for one in seen), ink.text.shape, size)
        if walls is None:
            walls, least = new, SMALLEST * common_height(one.line for one in seen)
        parts = [part for one in seen for part in _parts(one, new, left, size)]
        parts = [part for part in parts if part.width >= NARROWEST * part.x_height and part.x_height >= least]
        if len(parts) > MOST_LINES:
            return []
        lines = _without_doubles(joined(parts, new), lines)
        for line in parts:
            left.text[line.rows(*PAINTED), max(0, int(line.left) - 1) : int(line.right) + 1] = 0
    if walls is None:
        return []
    lines = joined(lines, walls)
    for line in lines:
        _take_in_signs(line, left)
    figures = list(islice(_figures(lines, left), len(lines) + 1))
    if len(figures) <= len(lines):  # more are noise, or the letters of a page on its side
        lines = [*lines, *figures]
    lines = joined(lines, walls)
    _set_heights(lines)
    return lines


def _parts(one: Seen, walls: Walls, left: Ink, size: int) -> Iterator[Line]:
    """The parts of a line, each measured alone where it has several: one may be the arms beside a heading."""
    parts = list(parted(one.line, one.words, walls))
    if len(parts) == 1:
        yield from parts
        return
    for part in parts:
        anew = measured(left.text, int(part.left), int(part.right), part.middle, size)
        fits = anew is not None and abs(anew.x_height - part.x_height) < part.x_height / 2
        yield anew if anew is not None and fits else part


def _best_size(left: Ink, ink: Ink, on_strips: Real, tried: int) -> int:
    """The size that explains the most ink in few lines, by a sample of them; 0 for none."""
    found: dict[int, tuple[bool, float]] = {}
    first, last = (round(share * on_strips.shape[1]) for share in MIDDLE)
    part = slice(first * STRIP, last * STRIP)
    if left.text[:, part].any():
        left, ink = (Ink(each.all[:, part], each.text[:, part], each.scale) for each in (left, ink))
        on_strips = np.ascontiguousarray(on_strips[:, first:last])
    for size in likely_sizes(on_strips, tried):
        for _ in range(3):  # the lines tell their height, and that a better size
            if size in found:
                break
            ridges = ridges_of(on_strips, left.text.shape[1], size)
            sample = ridges[:: max(1, len(ridges) // SAMPLE)]
            seen = _seen(left, ink, sample, size)
            if not seen:
                break
            times = len(ridges) / len(sample)
            explained = times * sum(one.line.seen * one.line.x_height for one in seen)
            better = max(4, round(ROOM * common_height(one.line for one in seen)))
            fits = NEAR[0] * size <= better <= NEAR[1] * size
            found[size] = fits, explained / (times * len(seen)) ** MANY
            if fits and len(seen) >= NEARLY_ALL * len(sample):
                return size
            if fits:
                break
            size = better
    return max(found, key=lambda size: found[size], default=0)


def _seen(left: Ink, ink: Ink, ridges: Iterable[Ridge], size: int, mended: bool = False) -> list[Seen]:
    """The lines on ridges whose letters have the size that was looked for; ``mended`` as in ``is_two``."""
    seen = []
    for ridge in ridges:
        line = _sized(left.text, ridge, size)
        if line is None:
            continue
        words = spans(left, line)
        if words is None:
            continue
        line.left, line.right = float(words[0][0]), float(words[1][-1])
        if not is_part(ink.text, line) and not is_two(left.text, line, mended):
            seen.append(Seen(line, words))
    return seen


def _sized(text: Grey, ridge: Ridge, size: int) -> Line | None:
    """The line on a ridge if its letters are about as high as they should be."""
    line = measured(text, ridge.left, ridge.right, ridge.row, size)
    return line if line is not None and FITS[0] * size < line.x_height < FITS[1] * size else None


def _level(text: Grey, ridge: Ridge, size: int) -> Iterator[Ridge]:
    """A ridge; or its parts, where it runs from one block of text into another that stands higher or lower.

    Measured as one, both are a line that is too high, and a true one beside it is taken for its double.
    """
    if ridge.lowest - ridge.highest > LEVEL * size:
        before: Line | None = None
        for block in _blocks(text, ridge, size):
            line = _sized(text, block, size)
            if line is None or line.width < SHORTEST * size:
                continue  # a dash or a stop tells no baseline
            if before and abs(line.base - before.base) > STEP * min(line.x_height, before.x_height):
                yield ridge.between(ridge.left, int(before.right))
                ridge = ridge.between(block.left, ridge.right)
            before = line
    yield ridge


def _blocks(text: Grey, ridge: Ridge, size: int) -> Iterator[Ridge]:
    """The parts of a ridge where it steps up or down over a wide gap."""
    rows = slice(max(0, ridge.highest - size // 2), ridge.lowest + size // 2 + 1)
    band = cv2.reduce(text[rows, ridge.left : ridge.right], 0, cv2.REDUCE_MAX)[0]
    inked = np.flatnonzero(band > INKED) + ridge.left
    cuts = np.flatnonzero(np.diff(inked) > BLOCKS * size / ROOM)
    before: Ridge | None = None
    for first, last in zip([ridge.left, *inked[cuts + 1]], [*inked[cuts] + 1, ridge.right], strict=True):
        block = ridge.between(int(first), int(last))
        if before and abs(block.row - before.row) > LEVEL * size:
            yield before
        elif before:
            block = ridge.between(before.left, block.right)
        before = block
    if before:
        yield before


def common_height(lines: Iterable[Line]) -> float:
    """The x-height in the middle of all lines in pixels, each counted by its width."""
    found = list(lines)
    heights = np.array([line.x_height for line in found])
    order = np.argsort(heights)
    widths = np.cumsum(np.array([line.seen for line in found])[order])
    return float(heights[order][np.searchsorted(widths, widths[-1] / 2)])


def _without_doubles(new: Iterable[Line], lines: Sequence[Line]) -> list[Line]:
    """The lines, and of new ones those that are no part of another, the largest first."""
    kept = list(lines)
    for line in sorted(new, key=lambda line: -line.width * line.x_height):
        if not any(_lies_in(line, other) or _lies_in(other, line) for other in kept):
            kept.append(line)
    return kept


def _lies_in(line: Line, other: Line) -> bool:
    """Whether more than half of a line lies where the letters of another are."""
    if min(other.right, line.right) - max(other.left, line.left) <= line.width / 2:
        return False
    top, foot = other.top - 0.5 * other.x_height, other.base + 0.35 * other.x_height
    return min(foot, line.base) - max(top, line.top) > line.x_height / 2


def _take_in_signs(line: Line, left: Ink) -> None:
    """Lengthens a line by the signs beside it that belong to none."""
    reach = BESIDE * line.x_height
    for first, last in (line.left - reach, line.left), (line.right, line.right + reach):
        first, last = max(0, int(first)), min(left.text.shape[1], int(last))
        if last - first < 2:
            continue
        band, around = (
            left.text[line.rows(0.45, 0.25), first:last],
            left.text[line.rows(1.2, 0.9), first:last],
        )
        if np.count_nonzero(around) > 1.2 * np.count_nonzero(band):
            continue  # more than a sign: it stands out above or below
        columns = cv2.reduce(band, 0, cv2.REDUCE_AVG)[0] > 8
        at = np.flatnonzero(columns & ~upright(left, line, first, last))
        if len(at) >= 2:
            line.left = min(line.left, first + float(at[0]))
            line.right = max(line.right, first + float(at[-1]) + 1)


def _figures(lines: Sequence[Line], left: Ink) -> Iterator[Line]:
    """Figures on the rows of lines but far from them, as the number of an item is: too slight for a ridge."""
    for line in sorted(lines, key=lambda line: -line.width):
        tall = line.x_height
        band, rows = left.text[line.rows(0.45, 0.25)], line.rows(1.2, 0.9)
        found = np.flatnonzero(cv2.reduce(band, 0, cv2.REDUCE_MAX)[0] > INKED)
        if not len(found):
            continue
        cuts = np.flatnonzero(np.diff(found) > APART * tall + 1)
        for first, last in zip([*found[:1], *found[cuts + 1]], [*found[cuts], *found[-1:]], strict=True):
            wide = slice(int(first), int(last) + 1)
            if not FIGURE[0] * tall <= wide.stop - wide.start <= FIGURE[1] * tall:
                continue
            inked = np.flatnonzero(cv2.reduce(left.text[rows, wide], 1, cv2.REDUCE_MAX)[:, 0] > INKED)
            high, foot = inked[-1] + 1 - inked[0], rows.start + inked[-1] + 1
            is_level = abs(foot - line.base) <= FIGURE_OFF * tall
            if is_level and FIGURE_HIGH[0] * tall <= high <= FIGURE_HIGH[1] * tall:
                left.text[rows, wide] = 0
                yield replace(line, left=float(wide.start), right=float(wide.stop), seen=0.0)


def _set_heights(lines: Sequence[Line]) -> None:
    """Gives lines of nothing but capitals or figures the x-height of the lines around them that show theirs.

    What looks like the x-height of such a line is the height of its capitals, and it would be read too small.
    """
    shown = [replace(line) for line in lines if line.above >= ASCEND] or [replace(line) for line in lines]
    for line in lines:
        if line.above >= ASCEND:
            continue
        near = sorted(shown, key=lambda other: abs(other.middle - line.middle))[:NEIGHBOURS]
        common = sum(other.width * other.x_height for other in near) / sum(other.width for other in near)
        if CAPITALS[0] < line.x_height / common < CAPITALS[1]:
            # Its letters reach as far as before.
            lower = line.x_height * (1 - 1 / CAPITAL)
            line.top, line.up = line.top + lower, max(line.up - lower, line.x_height / 2)
