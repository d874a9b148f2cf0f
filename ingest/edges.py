"""The long edges in a picture: straight lines and flat parabolas, put together from their pieces."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from ingest.frame import Pixels

Points = NDArray[np.float64]
"""Right and down in pixels, continuous: the middle of the first pixel is (0.5, 0.5). Shape (..., 2)."""

SEGMENT = 0.06
"""The shortest piece of a line that is worth looking at, as a share of the short side."""
MOST_PIECES = 80
"""How many pieces in each of the two directions are looked at, the longest of them."""
SAME_LINE = 1.5, 3.0
"""Degrees and pixels by which a piece may lie off the line that it is taken for a part of."""
BENT = 1.0
"""Degrees from which on two pieces of one edge say that it is bent, rather than badly measured."""
MOST_BENT = 0.05
"""How far an edge may bulge, as a share of what two of its pieces span: a sheet that stands up further cannot
be read."""
MOST_EDGES = 10
"""How many straight and how many bent edges in each of the two directions are tried, the longest of them."""

BEYOND = 1e5
"""Pixels: two parabolas that have not met there do not meet in any picture."""


class Edge(NamedTuple):
    """across = a + b along + c along²; along is right for a level edge and down for a steep one."""

    a: float
    b: float
    c: float

    def at(self, along: float) -> float:
        """How far across it is there."""
        return self.a + along * (self.b + along * self.c)


def edges(picture: Pixels) -> tuple[list[Edge], list[Edge]]:
    """The longest level and the longest steep edges in a picture, the straight ones of each first."""
    found: MatLike | None = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(picture)[0]
    if found is None:
        return [], []
    ends = found.reshape(-1, 2, 2).astype(np.float64) + 0.5
    sides = np.abs(ends[:, 1] - ends[:, 0])
    long = np.hypot(sides[:, 0], sides[:, 1]) >= SEGMENT * min(picture.shape)
    level = sides[:, 0] >= sides[:, 1]
    return _whole(ends[long & level]), _whole(ends[long & ~level][:, :, ::-1])


def meet(level: Edge, steep: Edge) -> tuple[float, float]:
    """Where a level and a steep edge cross: each step comes nearer by the product of their slopes."""
    x, y = steep.a, level.a
    for _step in range(24):
        x = min(max(steep.at(y), -BEYOND), BEYOND)
        y = min(max(level.at(x), -BEYOND), BEYOND)
    return x, y


def fitted(along: NDArray[np.float64], across: NDArray[np.float64], degree: int) -> Edge:
    """The edge through points, of which those that lie off are left out; a line for degree 1."""
    kept = np.ones(len(along), bool)
    for _pass in range(4):
        coefficients = np.polyfit(along[kept], across[kept], degree)
        off = np.abs(np.polyval(coefficients, along) - across)
        kept = off <= max(0.5, 2.5 * float(np.median(off)))
        if kept.sum() <= degree + 1:
            break
    a, b, *more = coefficients[::-1].tolist()
    return Edge(a, b, *(more or [0.0]))


def _whole(ends: Points) -> list[Edge]:
    """Edges from their pieces, given by their ends as (along, across): the longest straight and bent ones."""
    size = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    longest = np.argsort(-size)[:MOST_PIECES]
    ends, size = ends[longest], size[longest]
    middle = ends.mean(axis=1)
    slope = (ends[:, 1, 1] - ends[:, 0, 1]) / (ends[:, 1, 0] - ends[:, 0, 0])
    found = []
    for guesses, degree in ((_lines(middle, slope), 1), (_parabolas(middle, slope), 2)):
        a, b, c = guesses.T[:, :, None]
        along, across = middle.T
        turned = np.degrees(np.abs(np.arctan(b + 2 * c * along) - np.arctan(slope)))
        off = np.abs(a + along * (b + along * c) - across)
        on = (turned < SAME_LINE[0]) & (off < SAME_LINE[1])
        for its in _longest(on, size, fewest=degree):
            points = ends[its].reshape(-1, 2)
            found.append(fitted(points[:, 0], points[:, 1], degree))
    return found


def _longest(on: NDArray[np.bool_], size: NDArray[np.float64], fewest: int) -> Iterator[NDArray[np.bool_]]:
    """Which pieces make up an edge, so many at least, the longest edge first.

    ``on`` says which pieces lie on each guess. A piece is a part of one edge only.
    """
    left = np.ones(len(size), bool)
    for _edge in range(MOST_EDGES):
        if not (on & left).any():
            return
        its = on[int((on @ (size * left)).argmax())] & left
        left &= ~its
        if its.sum() >= fewest:
            yield its


def _lines(middle: Points, slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """The straight line of each piece, as a, b, c."""
    return np.stack([middle[:, 1] - slope * middle[:, 0], slope, np.zeros(len(slope))], axis=1)


def _parabolas(middle: Points, slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """The parabola of each two pieces that are on one, as a, b, c: its chord has their mean slope."""
    one, other = np.triu_indices(len(slope), 1)
    span, rise = (middle[other] - middle[one]).T
    span[span == 0] = 1e-9
    bent = (slope[other] - slope[one]) / 2
    off = np.abs(rise - span * (slope[one] + slope[other]) / 2)
    fits = (
        (off < SAME_LINE[1])
        & (np.abs(bent) > math.radians(BENT) / 2)
        & (np.abs(bent) < 4 * MOST_BENT)
        & (np.abs(span) > 1)
    )
    one, span, bent = one[fits], span[fits], bent[fits]
    c = bent / span
    b = slope[one] - 2 * c * middle[one, 0]
    a = middle[one, 1] - middle[one, 0] * (b + c * middle[one, 0])
    return np.stack([a, b, c], axis=1)
