"""Where a box stands: maps between the clean page, the page as the engine turned it, and as shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from archive.types import Bend, Box, Homography, Prepared, Turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Measure = TypeVar("Measure", float, "NDArray[np.float64]")

IDENTITY = Homography()

Point = tuple[float, float]
"""Right and down, in fractions of a page."""


def apply(map_: Homography, x: float, y: float) -> Point:
    """Map one point."""
    depth = map_.g * x + map_.h * y + 1.0
    return (map_.a * x + map_.b * y + map_.c) / depth, (map_.d * x + map_.e * y + map_.f) / depth


def compose(outer: Homography, inner: Homography) -> Homography:
    """The map that does ``inner`` first and ``outer`` after it.

    Raises ZeroDivisionError where the two together send the upper left corner to infinity.
    """
    rows = ((outer.a, outer.b, outer.c), (outer.d, outer.e, outer.f), (outer.g, outer.h, 1.0))
    columns = ((inner.a, inner.d, inner.g), (inner.b, inner.e, inner.h), (inner.c, inner.f, 1.0))
    return _scaled(
        [sum(x * y for x, y in zip(row, column, strict=True)) for row in rows for column in columns]
    )


def invert(map_: Homography) -> Homography:
    """The map back. Raises ZeroDivisionError for a map that flattens the page."""
    a, b, c, d, e, f, g, h = (getattr(map_, name) for name in map_.__struct_fields__)
    # The transposed matrix of cofactors: scaled, it is the inverse.
    cofactors = (
        e - f * h, c * h - b, b * f - c * e,
        f * g - d, a - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip
    return _scaled(cofactors)


def turned(turn: Turn) -> Homography:
    """Fractions of a page to fractions of the same page turned clockwise by ``turn`` degrees."""
    return {
        0: IDENTITY,
        90: Homography(0.0, -1.0, 1.0, 1.0, 0.0, 0.0),
        180: Homography(-1.0, 0.0, 1.0, 0.0, -1.0, 1.0),
        270: Homography(0.0, 1.0, 0.0, -1.0, 0.0, 1.0),
    }[turn]


def added(first: Turn, second: Turn) -> Turn:
    """Two clockwise turns, one after the other."""
    turns: dict[int, Turn] = {0: 0, 90: 90, 180: 180, 270: 270}
    return turns[(first + second) % 360]


def shown(to_shown: Homography, turn: Turn) -> Homography:
    """From boxes as read to boxes on the page as shown upright.

    ``to_shown`` is ``Prepared.to_shown`` (clean page -> original turned by ``Prepared.turn``), ``turn``
    is ``PageText.turn``. The page is shown turned by both, one after the other.
    """
    return compose(turned(turn), compose(to_shown, invert(turned(turn))))


def to_original(prepared: Prepared, turn: Turn) -> Homography:
    """From boxes as read (``turn`` is ``PageText.turn``) to fractions of the original as it lies."""
    upright = turned(added(prepared.turn, turn))
    return compose(invert(upright), shown(prepared.to_shown, turn))


def on_shown(prepared: Prepared, turn: Turn, boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Boxes as read, each as the upright rectangle around it on the page as shown upright.

    ``turn`` is ``PageText.turn``; the page is shown turned by ``added(prepared.turn, turn)``.
    """
    map_ = shown(prepared.to_shown, turn)
    return tuple(bounds(map_, box) for box in boxes)


def corners(map_: Homography, box: Box) -> tuple[Point, Point, Point, Point]:
    """The corners of a box, mapped: upper left, upper right, lower right, lower left as they were read."""
    x, y = box.x + box.w, box.y + box.h
    return apply(map_, box.x, box.y), apply(map_, x, box.y), apply(map_, x, y), apply(map_, box.x, y)


def bent(bend: Bend, u: Measure, v: Measure) -> tuple[Measure, Measure]:
    """Where a point of a sheet that lies flat is when it is bent (a Coons patch), both in fractions of it."""
    left, right = (v * (1 - v) * (a + b * v) for a, b in (bend.left, bend.right))
    top, bottom = (u * (1 - u) * (a + b * u) for a, b in (bend.top, bend.bottom))
    return u + (1 - u) * left + u * right, v + (1 - v) * top + v * bottom


def on_sheet(bend: Bend, turn: Turn, box: Box) -> Box:
    """The upright rectangle around a box as read from the page laid flat, where it is on the bent sheet.

    Both in fractions of the clean page turned by ``turn``, which is ``PageText.turn``. It is not cut to
    them: what bulges beyond the straight line between two corners lies beyond 0 or 1, and still on the
    picture.
    """
    there = compose(bend.page, invert(turned(turn)))
    back = invert(there)
    xs, ys = zip(*(apply(back, *bent(bend, u, v)) for u, v in corners(there, box)), strict=True)
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def bounds(map_: Homography, box: Box) -> Box:
    """The upright rectangle around a mapped box, cut to the page.

    Where the map is affine, a corner's x is a sum of one term in the box's x and one in its y, so the least
    and the greatest of each term give the edges without mapping all four corners.
    """
    if map_.g or map_.h:
        xs, ys = zip(*corners(map_, box), strict=True)
        return _cut(min(xs), min(ys), max(xs), max(ys))
    x0, y0, x1, y1 = box.x, box.y, box.x + box.w, box.y + box.h
    across, along = (map_.a * x0, map_.a * x1), (map_.b * y0, map_.b * y1)
    left, right = min(across) + min(along) + map_.c, max(across) + max(along) + map_.c
    across, along = (map_.d * x0, map_.d * x1), (map_.e * y0, map_.e * y1)
    top, bottom = min(across) + min(along) + map_.f, max(across) + max(along) + map_.f
    return _cut(left, top, right, bottom)


def _cut(left: float, top: float, right: float, bottom: float) -> Box:
    left, top = min(1.0, max(0.0, left)), min(1.0, max(0.0, top))
    return Box(left, top, max(0.0, min(1.0, right) - left), max(0.0, min(1.0, bottom) - top))


def _scaled(matrix: Iterable[float]) -> Homography:
    """Nine numbers, row by row, with the last brought to 1."""
    *numbers, last = matrix
    return Homography(*(number / last for number in numbers))
