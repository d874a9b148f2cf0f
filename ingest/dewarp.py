"""A sheet or card that was photographed on a table: its four edges, and the page as it would lie flat.

Nothing is done unless four long edges are seen, straight or evenly bent, each with the sheet on one side of
it and something lighter or darker on the other: a line printed on a page has paper on both of its sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from archive import geometry
from archive.types import Bend, Homography
from ingest.edges import Edge, Points, edges, fitted, meet
from ingest.frame import Pixels, as_pixels, resized

LOOK_SIDE = 640
"""Pixels of the long side of the picture in which edges are looked for."""

SMOOTH = 1.0
"""Pixels: as much is blurred, that the weave of a cloth is no edge."""
COLOUR_SCALE = 3.0

RING, LIKE_PAPER, LIGHT = 0.012, 14, 140
"""What runs round a picture at its edge (as a share of its long side) is paper where it is within so many
grey levels of the rest, and as light as that: then no background is seen, and nothing is looked for."""

STEP, NEAR, FAR = 10, 3.0, 6.0
"""Grey levels by which the two sides of an edge differ, between NEAR and FAR pixels from it."""
SAMPLES = 48
PLACES = np.linspace(0.06, 0.94, SAMPLES)
"""Where along an edge it is looked at: not at the corners, as those of cards are round."""
SEEN = 0.8
"""Share of an edge along which it must be seen."""
LEAST_AREA, MOST_AREA = 0.15, 0.97
"""Shares of the picture: what is smaller may be a photograph on the page, what is larger is all of it."""
ALIKE = 0.95
"""Of quadrilaterals that are nearly as large as the largest, the one whose edges are seen best is taken."""
MOST_SLANT = 35.0
"""Degrees by which a corner may differ from a right angle: seen more slanted, nothing can be read."""
RIGHT, MARGIN, PRINT, PRINTED = 1.0, 6, 25, 0.003
"""What makes a box on a page: its corners are right angles within so many degrees, and so many pixels from it
there are strokes, darker or lighter than their surroundings by so many grey levels, on such a share of it."""

INSET = 0.004
"""Share of each side that is cut away, so that no dark rim of the table is left to be read as letters."""

BAND = 256
"""Rows of a bent sheet that are laid flat at a time: the places of all pixels of a large photograph would be
more than a reader may hold.
"""

STRAIGHT, EVEN = 0.7, 1.1
"""Pixels: an edge that bulges by less is taken for straight; one of whose points a tenth lie further off its
curve is not bent but ragged, as the rim of a scanner's lid is."""
FLAT, AGREE = 0.004, 0.5
"""Bent paper bulges at two opposite edges: each by more than this share of the sheet, which is the error of
measuring, and the one by no less than this share of the other."""


class Sheet(NamedTuple):
    """Where a sheet lies: its corners from the upper left clockwise, its width and height in pixels, and how
    it is bent, if it is."""

    corners: NDArray[np.float64]
    width: int
    height: int
    bend: Bend | None


_Bulge = tuple[float, float]


class _Outline(NamedTuple):
    """The corners of a sheet from the upper left, and its edges from the top, both clockwise."""

    corners: Points
    sides: NDArray[np.float64]


def sheet(pixels: Pixels, colours: Callable[[int], Pixels]) -> Sheet | None:
    """The sheet or card that lies on a background in this grey picture, if there clearly is one.

    ``colours`` gives the same picture in RGB (grey, where it has no colours), its long side at least as many
    pixels as asked for: it is called where a background is seen and no edges, as of a blue card on grey.
    """
    small = _small(pixels)
    if not _shows_background(small):
        return None
    found = _outline(small)
    if found is None and (rgb := _small(colours(LOOK_SIDE))).ndim == 3:
        _light, *both = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB))
        outlines = (_outline(_stretched(channel)) for channel in both)
        found = next((each for each in outlines if each is not None), None)
    if found is None:
        return None
    height, width = pixels.shape
    corners = found.corners * (width / small.shape[1], height / small.shape[0])
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return Sheet(corners, round(float(sides[0::2].mean())), round(float(sides[1::2].mean())), _bend(found))


def flattened(pixels: Pixels, of: Sheet) -> tuple[Pixels, Homography]:
    """The sheet alone as it would lie flat, and the map from fractions of it to fractions of the picture.

    The map is that of a flat sheet: of a bent one ``geometry.bent`` comes before it.
    """
    width, height = of.width, of.height
    inset = np.array([[INSET, INSET], [1 - INSET, INSET], [1 - INSET, 1 - INSET], [INSET, 1 - INSET]])
    within = cv2.perspectiveTransform(inset[None], _plane(of.corners))[0]
    back = _plane(within)  # fractions of the sheet -> pixels
    # What warps counts from the middles of pixels, half a pixel further in.
    to_middles = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    if of.bend:
        flat = _unbent(pixels, to_middles @ back, of.bend, width, height)
    else:
        to_unit = np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])
        flat = cv2.warpPerspective(
            pixels,
            to_middles @ back @ to_unit,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    rows, columns = pixels.shape
    there = np.diag([1 / columns, 1 / rows, 1.0]) @ back
    (a, b, c), (d, e, f), (g, h, _one) = (there / there[2, 2]).tolist()
    return as_pixels(flat), Homography(a, b, c, d, e, f, g, h)


def _plane(corners: Points) -> MatLike:
    """The homography from fractions of a sheet to its picture."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    return cv2.getPerspectiveTransform(unit, corners.astype(np.float32))


def _unbent(pixels: Pixels, plane: MatLike, bend: Bend, width: int, height: int) -> MatLike:
    """A bent sheet as it would lie flat; ``plane`` takes fractions of it to the middles of pixels."""
    u = (np.arange(width) + 0.5)[None] / width
    flat = np.empty((height, width), np.uint8)
    for top in range(0, height, BAND):
        v = (np.arange(top, min(top + BAND, height)) + 0.5)[:, None] / height
        x, y = geometry.bent(bend, u, v)
        depth = plane[2, 0] * x + plane[2, 1] * y + plane[2, 2]
        right, down = ((row[0] * x + row[1] * y + row[2]) / depth for row in plane[:2])
        flat[top : top + BAND] = cv2.remap(
            pixels,
            right.astype(np.float32),
            down.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return flat


def _bend(outline: _Outline) -> Bend | None:
    """How the edges bulge, as fractions of the sheet; None where it is flat."""
    places = np.linspace(0.0, 1.0, SAMPLES)
    points = _along(outline.corners[None], outline.sides[None], places)[0]
    seen = cv2.perspectiveTransform(points, np.linalg.inv(_plane(outline.corners)))
    top, right, bottom, left = (
        _bulge(side[:, number % 2], side[:, 1 - number % 2] - (number in (1, 2)))
        for number, side in enumerate(seen)
    )
    top, bottom = _agreed(top, bottom)
    left, right = _agreed(left, right)
    return Bend(top, right, bottom, left) if any((*top, *left)) else None


def _bulge(along: NDArray[np.float64], off: NDArray[np.float64]) -> _Bulge:
    """(a, b) of an edge that is ``off`` its chord there, as ``Bend`` has it."""
    basis = np.stack([along * (1 - along), along**2 * (1 - along)], axis=1)
    a, b = np.linalg.lstsq(basis, off, rcond=None)[0].tolist()
    return a, b


def _agreed(one: _Bulge, other: _Bulge) -> tuple[_Bulge, _Bulge]:
    """The bulges of two opposite edges where they are those of one bent sheet, else none."""
    lesser, greater = sorted(((a + b / 2) / 4 for a, b in (one, other)), key=abs)  # in the middle
    is_bent = abs(lesser) > FLAT and lesser / greater > AGREE
    return (one, other) if is_bent else ((0.0, 0.0), (0.0, 0.0))


def _small(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = LOOK_SIDE / max(width, height)
    small = resized(pixels, round(width * scale), round(height * scale)) if scale < 1 else pixels
    return as_pixels(cv2.GaussianBlur(small, (0, 0), SMOOTH))


def _stretched(channel: MatLike) -> Pixels:
    """A channel of colours with its differences enlarged to what they look like in grey."""
    return as_pixels(cv2.convertScaleAbs(channel, alpha=COLOUR_SCALE, beta=128 * (1 - COLOUR_SCALE)))


def _shows_background(small: Pixels) -> bool:
    """Whether what runs round the picture is anything but the paper of a scan."""
    rim = max(2, round(RING * max(small.shape)))
    ring = np.concatenate(
        [small[:rim].ravel(), small[-rim:].ravel(), small[:, :rim].ravel(), small[:, -rim:].ravel()]
    )
    paper = float(np.percentile(small, 75))
    return paper < LIGHT or bool((np.abs(ring - paper) > LIKE_PAPER).mean() > 0.5)


def _outline(small: Pixels) -> _Outline | None:
    """The largest quadrilateral all of whose edges are seen."""
    level, steep = edges(small)
    if min(len(level), len(steep)) < 2:
        return None
    found = _quads(level, steep, small.shape)
    seen = _seen(small, found).min(axis=1)
    areas = np.where(seen < SEEN, 0.0, _areas(found.corners))
    if not areas.any():
        return None
    seen[areas < ALIKE * areas.max()] = 0
    best = int(seen.argmax())
    outline = _refined(small, _Outline(found.corners[best], found.sides[best]))
    return None if _is_part_of_page(small, outline.corners) else outline


def _quads(level: Sequence[Edge], steep: Sequence[Edge], shape: tuple[int, ...]) -> _Outline:
    """All quadrilaterals of two level and two steep edges that may be a sheet which is wholly in the picture.

    An outline of many: ``corners`` of shape (quads, 4, 2), ``sides`` of shape (quads, 4, 3).
    """
    height, width = shape
    level = sorted(level, key=lambda edge: edge.at(width / 2))
    steep = sorted(steep, key=lambda edge: edge.at(height / 2))
    across, along = (np.stack(np.triu_indices(len(some), 1), axis=1) for some in (level, steep))
    top, bottom = np.repeat(across, len(along), axis=0).T
    left, right = np.tile(along, (len(across), 1)).T
    cross = np.array([[meet(one, other) for other in steep] for one in level])
    corners = np.stack(
        [cross[top, left], cross[top, right], cross[bottom, right], cross[bottom, left]], axis=1
    )
    a, b = np.array(level), np.array(steep)
    sides = np.stack([a[top], b[right], a[bottom], b[left]], axis=1)
    inside = ((corners > -1) & (corners < (width + 1, height + 1))).all(axis=(1, 2))
    share = _areas(corners) / (width * height)
    may_be = inside & (share >= LEAST_AREA) & (share <= MOST_AREA)
    may_be &= np.abs(_angles(corners) - 90).max(axis=1) <= MOST_SLANT
    return _Outline(corners[may_be], sides[may_be])


def _areas(quads: Points) -> NDArray[np.float64]:
    """Areas of quadrilaterals, half of what their diagonals span."""
    (x, y), (u, v) = (quads[:, 2] - quads[:, 0]).T, (quads[:, 3] - quads[:, 1]).T
    return np.asarray(np.abs(x * v - y * u) / 2)


def _is_part_of_page(small: Pixels, outline: Points) -> bool:
    """Whether this is a box on a scanned page: a dark one with right angles, or one with print around it too.

    A camera is hardly ever held so level that a sheet has four right angles, and few tables are lighter than
    what lies on them. Only where there is such a sign, the texture of a cloth or of wood is taken for print.
    """
    inside = cv2.fillConvexPoly(np.zeros_like(small), np.round(outline).astype(np.int32), 1)
    around = cv2.dilate(inside, np.ones((2 * MARGIN + 1, 2 * MARGIN + 1), np.uint8)) == 0
    if not around.any():
        return False
    is_lighter = np.median(small[around]) > np.median(small[inside > 0])
    is_upright = np.abs(_angles(outline) - 90).max() < RIGHT
    if is_upright == is_lighter:
        return bool(is_upright)
    detail = cv2.absdiff(small, cv2.medianBlur(small, 9)) > PRINT
    return bool(detail[around].mean() > PRINTED)


def _angles(quads: Points) -> NDArray[np.float64]:
    """Degrees of the four corners."""
    after = np.roll(quads, -1, axis=-2) - quads
    before = np.roll(quads, 1, axis=-2) - quads
    turns = np.arctan2(before[..., 1], before[..., 0]) - np.arctan2(after[..., 1], after[..., 0])
    return np.asarray(np.degrees(turns) % 360.0)


def _along(corners: Points, sides: NDArray[np.float64], places: NDArray[np.float64]) -> Points:
    """Points at these places (0 to 1) of each side of quadrilaterals. Shape (quads, 4, places, 2).

    ``corners`` are of shape (quads, 4, 2), ``sides`` of shape (quads, 4, 3), each an ``Edge``.
    """
    level = np.array([True, False, True, False])
    own = np.where(level, corners[..., 0], corners[..., 1])
    after = np.roll(corners, -1, axis=1)
    then = np.where(level, after[..., 0], after[..., 1])
    along = own[..., None] + (then - own)[..., None] * places
    a, b, c = np.moveaxis(sides, -1, 0)[..., None]
    across = a + along * (b + along * c)
    turned = level[:, None, None]
    return np.where(turned, np.stack([along, across], axis=-1), np.stack([across, along], axis=-1))


def _inwards(corners: Points) -> Points:
    """The directions that lead from each side into a quadrilateral. Shape (..., 4, 2)."""
    along = np.roll(corners, -1, axis=-2) - corners
    along = along / np.linalg.norm(along, axis=-1, keepdims=True)
    return np.stack([-along[..., 1], along[..., 0]], axis=-1)


def _seen(small: Pixels, quads: _Outline) -> NDArray[np.float64]:
    """For each side of each quadrilateral, the share of it along which a step goes one way, up or down.

    Shape (quads, 4).
    """
    points = _along(quads.corners, quads.sides, PLACES)
    inwards = _inwards(quads.corners)[:, :, None]
    step = np.zeros(points.shape[:3])
    for off in np.arange(NEAR, FAR + 1):
        step += _at(small, points + off * inwards) - _at(small, points - off * inwards)
    step /= FAR - NEAR + 1
    return np.asarray(np.maximum((step > STEP).mean(axis=2), (step < -STEP).mean(axis=2)))


def _at(small: Pixels, points: Points) -> NDArray[np.float64]:
    """Grey levels of the pixels that points lie in, of the nearest where they lie beside the picture."""
    height, width = small.shape
    columns = np.clip(points[..., 0].astype(np.intp), 0, width - 1)
    rows = np.clip(points[..., 1].astype(np.intp), 0, height - 1)
    return small[rows, columns].astype(np.float64)


def _refined(small: Pixels, outline: _Outline) -> _Outline:
    """The outline once more, its edges laid through where each is steepest."""
    sides: list[Edge] = []
    points = _along(outline.corners[None], outline.sides[None], PLACES)[0]
    offs = np.arange(-5.0, 5.5)
    for side, inwards in enumerate(_inwards(outline.corners)):
        levels = np.stack([_at(small, points[side] + off * inwards) for off in offs], axis=1)
        steepness = np.abs(levels[:, 2:] - levels[:, :-2])
        edge = points[side] + offs[1:-1][steepness.argmax(axis=1)][:, None] * inwards
        strong = steepness.max(axis=1) > STEP / 2
        if strong.sum() < SAMPLES // 3:
            return outline
        along, across = edge[strong].T if side % 2 == 0 else edge[strong].T[::-1]
        bent = fitted(along, across, 2)
        off = np.abs(bent.a + along * (bent.b + along * bent.c) - across)
        is_bent = (
            abs(bent.c) * float(np.ptp(along)) ** 2 / 4 > STRAIGHT and float(np.percentile(off, 90)) < EVEN
        )
        sides.append(bent if is_bent else fitted(along, across, 1))
    top, right, bottom, left = sides
    corners = [meet(top, left), meet(top, right), meet(bottom, right), meet(bottom, left)]
    return _Outline(np.array(corners), np.array(sides))
