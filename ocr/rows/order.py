"""Lines put into rows, from the top of a page to its foot, and whether prose stands in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ocr.rows.line import Line

LAST = 4
"""Rows back to which a line may belong that comes by its height: rows lean."""
ALONE = 1.2
"""X-heights: what is narrower cannot be read alone."""
WITH = 2.2
"""X-heights within which its neighbour is."""
ROWS, ALIGNED_ROWS = 4, 7
"""Rows that two columns have at least; and where their rows stand side by side, as those of a form do."""
SURE_ROWS = 6
WIDE = 16.0
"""X-heights that a column of prose is wide: about as many letters."""
FEW = 0.25
"""Share of the lines beside its fullest place up to which a place is white between columns: some lines run
over it."""
FULL, MOSTLY = 0.7, 0.55
"""Share of a column's width that a full line takes, and share of full lines in prose."""
SURELY = 0.85
"""Share of full lines in prose where columns with common baselines differ in width: of drawn lists of names,
numbers and offices with three columns or more 5 of 122 have so many in each."""
ALIKE = 1.15
"""Times that the widest of columns of one width is as wide as the narrowest: their lines are ragged."""
OFF = 0.28
"""Share of lines that may stand beside one on another height: on forms and letters at most 0.25."""
BESIDE = 1.6
"""X-heights up or down within which a line stands beside another: half the pitch of most print."""
SAME = 0.3
"""X-heights by which the baselines of one row differ at most."""


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand side by side, from left to right, in rows from the top to the foot."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        for row in reversed(rows[-LAST:]):
            nearest = min(row, key=lambda other: _gap(other, line))
            is_level = abs(nearest.middle - line.middle) < max(nearest.x_height, line.x_height) / 2
            if is_level and _gap(nearest, line) > -0.3 * line.x_height:
                row.append(line)
                break
        else:
            rows.append([line])
    rows.sort(key=lambda row: sum(line.middle for line in row) / len(row))
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _gap(one: Line, other: Line) -> float:
    return max(one.left - other.right, other.left - one.right)


def readable(row: Sequence[Line]) -> list[Line]:
    """The lines of a row; what is too narrow to be read alone is one with the line that it stands beside."""
    lines = list(row)
    place = 0
    while place < len(lines):
        first = _partner(lines, place)
        if first is None:
            place += 1
            continue
        one, other = lines[first : first + 2]
        wide = one if one.width > other.width else other
        lines[first : first + 2] = [
            replace(wide, left=min(one.left, other.left), right=max(one.right, other.right))
        ]
        place = max(0, first - 1)
    return lines


def _partner(lines: Sequence[Line], place: int) -> int | None:
    """The first of two neighbours one of which is the narrow line at a place; none where none is near."""
    line = lines[place]
    if line.width >= ALONE * line.x_height or len(lines) < 2:
        return None
    near = [
        (max(0.0, lines[k + 1].left - lines[k].right) + 0.5 * line.x_height * (k < place), k)
        for k in (place - 1, place)
        if 0 <= k < len(lines) - 1
    ]
    gap, first = min(near)
    tallest = max(lines[first].x_height, lines[first + 1].x_height)
    return first if gap < WITH * tallest else None


def are_in_step(lines: Sequence[Line]) -> bool:
    """Whether lines side by side mostly stand on one baseline, as in forms and tables: columns do not."""
    middle, base, tall, left, right = (
        np.array([getattr(line, name) for line in lines])
        for name in ("middle", "base", "x_height", "left", "right")
    )
    low, high = np.minimum.outer(tall, tall), np.maximum.outer(tall, tall)
    beside = (abs(np.subtract.outer(middle, middle)) < 0.75 * low) & (high < 1.6 * low)
    beside &= np.less.outer(right, left) | np.greater.outer(left, right)
    off = beside & (abs(np.subtract.outer(base, base)) > SAME * low)
    return bool(off.any(axis=1).mean() <= OFF)


def has_columns(lines: Sequence[Line]) -> bool:
    """Whether prose stands in columns anywhere, so that lines side by side are not to be read as rows."""
    gaps = _gaps(lines)
    if len(gaps) < ROWS - 1:
        return False
    middles = {(left + right) / 2 for left, right in gaps}
    votes = sorted(middles, key=lambda x: -sum(left <= x <= right for left, right in gaps))
    tall = float(np.median([line.x_height for line in lines]))
    tried: list[float] = []
    for x in votes:
        if any(abs(x - other) < 2 * tall for other in tried):
            continue
        tried.append(x)
        if any(_are_columns(*_sides(band, x)) for band in _bands(lines, x, tall / 2)):
            return True
        if len(tried) == 6:
            break
    return False


def _gaps(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The ends of the white between each line and the next one on its right at about its height."""
    left, middle = (np.array([getattr(line, name) for line in lines]) for name in ("left", "middle"))
    gaps = []
    for line in lines:
        beside = (left > line.right + 0.8 * line.x_height) & (
            abs(middle - line.middle) < BESIDE * line.x_height
        )
        if beside.any():
            gaps.append((line.right, float(left[beside].min())))
    return gaps


def _bands(lines: Sequence[Line], x: float, reach: float) -> list[list[Line]]:
    """The lines between those that run across a place."""
    across: list[float] = []
    rest: list[Line] = []
    for line in lines:
        if line.left < x - reach and line.right > x + reach:
            across.append(line.middle)
        else:
            rest.append(line)
    edges = [float("-inf"), *sorted(across), float("inf")]
    return [[line for line in rest if top <= line.middle < foot] for top, foot in pairwise(edges)]


def _sides(lines: Sequence[Line], x: float) -> tuple[list[Line], list[Line]]:
    left = [line for line in lines if (line.left + line.right) / 2 < x]
    return left, [line for line in lines if (line.left + line.right) / 2 >= x]


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether the two columns that meet between two sides of a page hold prose."""
    sides = [_parted(side) for side in _beside(left, right)]
    if not all(sides):
        return False
    one, other = _beside(sides[0][-1], sides[1][0])
    if min(len(one), len(other)) < ROWS:
        return False
    same = _aligned(one, other)
    if all(_is_prose(side, ROWS) for side in (one, other)):
        return same < 0.8 or (
            min(len(one), len(other)) >= ALIGNED_ROWS and _are_of_prose([*sides[0], *sides[1]])
        )
    return any(_is_prose(side, SURE_ROWS) for side in (one, other)) and same < 0.6


def _beside(left: Sequence[Line], right: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of two sides from where both have begun to where one ends."""
    if not left or not right:
        return [], []
    top = max(min(line.top for line in side) for side in (left, right))
    foot = min(max(line.base for line in side) for side in (left, right))
    one, other = ([line for line in side if top <= line.middle <= foot] for side in (left, right))
    return one, other


def _parted(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in columns from left to right, without the few that run over two."""
    if not lines:
        return []
    deep = np.zeros(int(max(line.right for line in lines)) + 2, np.int32)
    for line in lines:
        deep[max(0, int(line.left)) : int(line.right) + 1] += 1
    edges = np.flatnonzero(np.diff(deep > FEW * deep.max(), prepend=False, append=False))
    columns: list[list[Line]] = [[] for _ in edges[::2]]
    for line in lines:
        first, last = np.searchsorted(edges[1::2], line.left), np.searchsorted(edges[::2], line.right)
        if last - first == 1:
            columns[first].append(line)
    return [column for column in columns if column]


def _are_of_prose(columns: Sequence[Sequence[Line]]) -> bool:
    """Whether columns with common baselines are all of prose, and not those of a table.

    A column of names is as full as one of ragged prose, but columns of a table are seldom of one width.
    """
    if any(_is_narrow(column) for column in columns):
        return False
    widths = [_width(column) for column in columns]
    if max(widths) <= ALIKE * min(widths):
        return all(_full(column) >= MOSTLY for column in columns)
    least = MOSTLY if len(columns) == 2 else SURELY
    return all(_full(column) >= least and _single(column) >= FULL for column in columns)


def _is_prose(lines: Sequence[Line], least: int) -> bool:
    """Whether most lines of a column fill it."""
    return len(rows_of(lines)) >= least and not _is_narrow(lines) and _full(lines) >= MOSTLY


def _full(lines: Sequence[Line]) -> float:
    """Share of the rows of a column that fill it; justified ones have wide gaps."""
    least = FULL * _width(lines)
    return float(np.mean([_width(row) > least for row in rows_of(lines)]))


def _single(lines: Sequence[Line]) -> float:
    """Share of the rows of a column that are one line, without a gap."""
    return float(np.mean([len(row) == 1 for row in rows_of(lines)]))


def _is_narrow(lines: Sequence[Line]) -> bool:
    return _width(lines) < WIDE * float(np.median([line.x_height for line in lines]))


def _width(lines: Sequence[Line]) -> float:
    return max(line.right for line in lines) - min(line.left for line in lines)


def _aligned(left: Sequence[Line], right: Sequence[Line]) -> float:
    """Share of the rows of the shorter column that have one at their height in the other."""
    few, many = sorted(
        ([float(np.median([line.base for line in row])) for row in rows_of(side)] for side in (left, right)),
        key=len,
    )
    tall = float(np.median([line.x_height for line in (*left, *right)]))
    return float(np.mean([min(abs(base - other) for other in many) < SAME * tall for base in few]))
