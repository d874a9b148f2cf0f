"""A sheet or card that was photographed on a table: its four corners, and the page as it would lie flat.

Nothing is done unless four long straight edges are seen, each with the sheet on one side of it and something
lighter or darker on the other: a line printed on a page has paper on both of its sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from archive.types import Homography
from ingest.frame import Pixels, as_pixels, resized

Points = NDArray[np.float64]
"""Right and down in pixels, continuous: the middle of the first pixel is (0.5, 0.5). Shape (..., 2)."""

LOOK_SIDE = 640
"""Pixels of the long side of the picture in which edges are looked for."""

SMOOTH = 1.0
"""Pixels: as much is blurred, that the weave of a cloth is no edge."""
COLOUR_SCALE = 3.0

RING, LIKE_PAPER, LIGHT = 0.012, 14, 140
"""What runs round a picture at its edge (as a share of its long side) is paper where it is within so many
grey levels of the rest, and as light as that: then no background is seen, and nothing is looked for."""

SEGMENT = 0.06
"""The shortest piece of a line that is worth looking at, as a share of the short side."""
SAME_LINE = 1.5, 6.0
"""Degrees and pixels by which two pieces of one line may differ."""
MOST_LINES = 10
"""How many lines in each of the two directions are tried, the longest of them."""

STEP, NEAR, FAR = 10, 3.0, 6.0
"""Grey levels by which the two sides of an edge differ, between NEAR and FAR pixels from it."""
SAMPLES = 48
SEEN = 0.8
"""Share of an edge along which it must be seen."""
LEAST_AREA, MOST_AREA = 0.15, 0.97
"""Shares of the picture: what is smaller may be a photograph on the page, what is larger is all of it."""
MOST_SLANT = 35.0
"""Degrees by which a corner may differ from a right angle: seen more slanted, nothing can be read."""
RIGHT, MARGIN, PRINT, PRINTED = 1.0, 6, 25, 0.003
"""What makes a box on a page: its corners are right angles within so many degrees, and so many pixels from it
there are strokes, darker or lighter than their surroundings by so many grey levels, on such a share of it."""

INSET = 0.004
"""Share of each side that is cut away, so that no dark rim of the table is left to be read as letters."""


class Sheet(NamedTuple):
    """Where a sheet lies: its corners from the upper left clockwise, and its width and height in pixels."""

    corners: NDArray[np.float64]
    width: int
    height: int


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
    corners = found * (width / small.shape[1], height / small.shape[0])
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return Sheet(corners, round(float(sides[0::2].mean())), round(float(sides[1::2].mean())))


def flattened(pixels: Pixels, of: Sheet) -> tuple[Pixels, Homography]:
    """The sheet alone as it would lie flat, and the map from fractions of it to fractions of the picture."""
    width, height = of.width, of.height
    inset = np.array([[INSET, INSET], [1 - INSET, INSET], [1 - INSET, 1 - INSET], [INSET, 1 - INSET]])
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    whole = cv2.getPerspectiveTransform(unit, of.corners.astype(np.float32))
    within = cv2.perspectiveTransform(inset[None], whole)[0]
    back = cv2.getPerspectiveTransform(unit, within.astype(np.float32))  # fractions of the sheet -> pixels
    # warpPerspective counts from the middles of pixels, half a pixel further in.
    to_unit = np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])
    to_middles = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
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


def _outline(small: Pixels) -> Points | None:
    """The corners of the largest quadrilateral all of whose edges are seen."""
    height, width = small.shape
    level, steep = _lines(small)
    quads = [
        quad
        for top, bottom in combinations(level, 2)
        for left, right in combinations(steep, 2)
        if (quad := _quad(top, bottom, left, right, width, height)) is not None
    ]
    if not quads:
        return None
    corners = np.array(quads)
    seen = _seen(small, corners)
    areas = np.array([cv2.contourArea(quad.astype(np.float32)) for quad in quads])
    areas[seen.min(axis=1) < SEEN] = 0
    best = int(areas.argmax())
    if not areas[best]:
        return None
    outline = _refined(small, corners[best])
    return None if _is_part_of_page(small, outline) else outline


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


def _angles(quad: Points) -> NDArray[np.float64]:
    """Degrees of the four corners."""
    after = np.roll(quad, -1, axis=0) - quad
    before = np.roll(quad, 1, axis=0) - quad
    turns = np.arctan2(before[:, 1], before[:, 0]) - np.arctan2(after[:, 1], after[:, 0])
    return np.asarray(np.degrees(turns) % 360.0)


class _Line(NamedTuple):
    """x cos + y sin = distance, with the angle of the normal in degrees; and how much of it is drawn."""

    angle: float
    distance: float
    length: float


def _lines(small: Pixels) -> tuple[list[_Line], list[_Line]]:
    """The longest level and the longest steep lines in a picture, pieces of one line put together."""
    found: MatLike | None = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(small)[0]
    if found is None:
        return [], []
    ends = found.reshape(-1, 4).astype(np.float64) + 0.5
    dx, dy = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    length = np.hypot(dx, dy)
    angle = np.degrees(np.arctan2(dx, -dy)) % 180.0  # of the normal: 90 for a level line, 0 for a steep one
    angle[angle >= 135] -= 180
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    normal = np.radians(angle)
    distance = middle[:, 0] * np.cos(normal) + middle[:, 1] * np.sin(normal)
    long = length >= SEGMENT * min(small.shape)
    kinds: list[list[_Line]] = []
    for of in (long & (angle >= 45), long & (angle < 45)):
        rows = np.stack([angle[of], distance[of], length[of], middle[of, 0], middle[of, 1]], axis=1)
        kinds.append(_merged(rows))
    return kinds[0], kinds[1]


def _merged(rows: NDArray[np.float64]) -> list[_Line]:
    """Lines from their pieces (angle, distance, length, middle x, y), those with the most drawn first."""
    lines: list[_Line] = []
    rows = rows[np.argsort(-rows[:, 2])]
    while len(rows):
        angle, distance = rows[0, :2]
        off = rows[:, 3] * math.cos(math.radians(angle)) + rows[:, 4] * math.sin(math.radians(angle))
        same = (np.abs(rows[:, 0] - angle) < SAME_LINE[0]) & (np.abs(off - distance) < SAME_LINE[1] / 2)
        lines.append(_Line(float(angle), float(distance), float(rows[same, 2].sum())))
        rows = rows[~same]
    return sorted(lines, key=lambda line: -line.length)[:MOST_LINES]


def _quad(one: _Line, two: _Line, three: _Line, four: _Line, width: int, height: int) -> Points | None:
    """The corners where two level and two steep lines meet, upper left first and clockwise, if they are those
    of a sheet that lies wholly in the picture."""
    middle_x, middle_y = width / 2, height / 2
    top, bottom = sorted((one, two), key=lambda line: _across(line, middle_x))
    left, right = sorted((three, four), key=lambda line: _along(line, middle_y))
    quad = np.array([_meet(top, left), _meet(top, right), _meet(bottom, right), _meet(bottom, left)])
    if not np.isfinite(quad).all() or quad.min() < -1 or (quad > (width + 1, height + 1)).any():
        return None
    if np.abs(_angles(quad) - 90).max() > MOST_SLANT:
        return None
    share = cv2.contourArea(quad.astype(np.float32)) / (width * height)
    return quad if LEAST_AREA <= share <= MOST_AREA else None


def _across(line: _Line, x: float) -> float:
    """How far down a level line stands at ``x``."""
    normal = math.radians(line.angle)
    return (line.distance - x * math.cos(normal)) / math.sin(normal)


def _along(line: _Line, y: float) -> float:
    """How far to the right a steep line stands at ``y``."""
    normal = math.radians(line.angle)
    return (line.distance - y * math.sin(normal)) / math.cos(normal)


def _meet(one: _Line, other: _Line) -> tuple[float, float]:
    a, b = math.radians(one.angle), math.radians(other.angle)
    det = math.sin(b - a)
    if abs(det) < 1e-6:
        return math.nan, math.nan
    x = (one.distance * math.sin(b) - other.distance * math.sin(a)) / det
    y = (other.distance * math.cos(a) - one.distance * math.cos(b)) / det
    return x, y


def _seen(small: Pixels, quads: Points) -> NDArray[np.float64]:
    """For each side of each quadrilateral, the share of it along which a step goes one way, up or down.

    Shape (quads, 4). The corners are left out: those of cards are round.
    """
    starts, ends = quads[:, :, None], np.roll(quads, -1, axis=1)[:, :, None]
    places = np.linspace(0.06, 0.94, SAMPLES)[:, None]
    points = starts + (ends - starts) * places
    along = (ends - starts) / np.linalg.norm(ends - starts, axis=-1, keepdims=True)
    inwards = np.stack([-along[..., 1], along[..., 0]], axis=-1)
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


def _refined(small: Pixels, quad: Points) -> Points:
    """The corners once more, from lines laid through where each side is steepest."""
    lines = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        inwards = np.array([-along[1], along[0]])
        points = start + (end - start) * np.linspace(0.06, 0.94, SAMPLES)[:, None]
        offs = np.arange(-5.0, 5.5)
        levels = np.stack([_at(small, points + off * inwards) for off in offs], axis=1)
        steepness = np.abs(levels[:, 2:] - levels[:, :-2])
        best = steepness.argmax(axis=1)
        edge = points + (offs[1:-1][best])[:, None] * inwards
        strong = steepness.max(axis=1) > STEP / 2
        if strong.sum() < SAMPLES // 3:
            return quad
        vx, vy, x, y = cv2.fitLine(edge[strong].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        angle = math.degrees(math.atan2(vx, -vy))
        normal = math.radians(angle)
        lines.append(_Line(angle, x * math.cos(normal) + y * math.sin(normal), 0.0))
    return np.array([_meet(lines[side], lines[side - 1]) for side in range(4)])
