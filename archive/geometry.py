"""Where a box stands: maps between the clean page, the page as the engine turned it, and as shown."""

from __future__ import annotations

from archive.types import Affine, Box, Turn

IDENTITY = Affine()


def apply(map_: Affine, x: float, y: float) -> tuple[float, float]:
    """Map one point."""
    return map_.a * x + map_.b * y + map_.c, map_.d * x + map_.e * y + map_.f


def compose(outer: Affine, inner: Affine) -> Affine:
    """The map that does ``inner`` first and ``outer`` after it."""
    return Affine(
        outer.a * inner.a + outer.b * inner.d,
        outer.a * inner.b + outer.b * inner.e,
        outer.a * inner.c + outer.b * inner.f + outer.c,
        outer.d * inner.a + outer.e * inner.d,
        outer.d * inner.b + outer.e * inner.e,
        outer.d * inner.c + outer.e * inner.f + outer.f,
    )


def invert(map_: Affine) -> Affine:
    """The map back. Raises ZeroDivisionError for a map that flattens the page."""
    det = map_.a * map_.e - map_.b * map_.d
    a, b, d, e = map_.e / det, -map_.b / det, -map_.d / det, map_.a / det
    return Affine(a, b, -(a * map_.c + b * map_.f), d, e, -(d * map_.c + e * map_.f))


def turned(turn: Turn) -> Affine:
    """Fractions of a page to fractions of the same page turned clockwise by ``turn`` degrees."""
    return {
        0: IDENTITY,
        90: Affine(0.0, -1.0, 1.0, 1.0, 0.0, 0.0),
        180: Affine(-1.0, 0.0, 1.0, 0.0, -1.0, 1.0),
        270: Affine(0.0, 1.0, 0.0, -1.0, 0.0, 1.0),
    }[turn]


def added(first: Turn, second: Turn) -> Turn:
    """Two clockwise turns, one after the other."""
    turns: dict[int, Turn] = {0: 0, 90: 90, 180: 180, 270: 270}
    return turns[(first + second) % 360]


def shown(to_shown: Affine, turn: Turn) -> Affine:
    """From boxes as read to boxes on the page as shown upright.

    ``to_shown`` is ``Prepared.to_shown`` (clean page -> original turned by ``Prepared.turn``), ``turn``
    is ``PageText.turn``. The page is shown turned by both, one after the other.
    """
    return compose(turned(turn), compose(to_shown, invert(turned(turn))))


def bounds(map_: Affine, box: Box) -> Box:
    """The upright rectangle around a mapped box, cut to the page.

    A corner's x is a sum of one term in the box's x and one in its y, so the least and the greatest of each
    term give the edges without mapping all four corners.
    """
    x0, x1, y0, y1 = box.x, box.x + box.w, box.y, box.y + box.h
    across, along = (map_.a * x0, map_.a * x1), (map_.b * y0, map_.b * y1)
    left, right = min(across) + min(along) + map_.c, max(across) + max(along) + map_.c
    across, along = (map_.d * x0, map_.d * x1), (map_.e * y0, map_.e * y1)
    top, bottom = min(across) + min(along) + map_.f, max(across) + max(along) + map_.f
    left, top = max(0.0, left), max(0.0, top)
    return Box(left, top, max(0.0, min(1.0, right) - left), max(0.0, min(1.0, bottom) - top))
