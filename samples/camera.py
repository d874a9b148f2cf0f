"""A sheet or a card as a telephone takes it: seen at an angle, bent, lit from one side, lying on a desk."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from archive.types import Box
from samples.damage import Grey, jpeg, noise

_CELLS = 24
"""Cells each way of the mesh that is warped; a cell is warped bilinearly."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How the camera was held, from 0 (a scanner could not do better) to 1.

    ``share`` is the part of the picture's width that the sheet takes, ``tilt`` how far it is seen from one
    side, ``roll`` how far it is turned (8 degrees at 1), ``bend`` how much its middle bulges, ``shade`` how
    far the light falls off, ``grain`` what the sensor and JPEG add. ``desk`` is the tone below it.
    """

    share: float = 0.85
    tilt: float = 0.4
    roll: float = 0.3
    bend: float = 0.0
    shade: float = 0.4
    grain: float = 0.3
    desk: int = 90


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The way from a point of the sheet to the picture, both as fractions: bend, then a homography."""

    plane: NDArray[np.float64]
    bend: float

    def forth(self, u: float, v: float) -> tuple[float, float]:
        """Where a point of the sheet is in the picture."""
        x, y, w = self.plane @ (u, v + self.bend * _bulge(u), 1.0)
        return float(x / w), float(y / w)

    def back(self, x: float, y: float) -> tuple[float, float]:
        """Which point of the sheet is seen there; outside 0 to 1 there is desk."""
        u, v, w = np.linalg.solve(self.plane, (x, y, 1.0))
        return u / w, v / w - self.bend * _bulge(u / w)

    def box(self, box: Box) -> Box:
        """The upright rectangle around a box of the sheet."""
        corners = [self.forth(box.x + dx, box.y + dy) for dx in (0, box.w) for dy in (0, box.h)]
        left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
        right, foot = (max(corner[axis] for corner in corners) for axis in (0, 1))
        return Box(left, top, right - left, foot - top)


def _bulge(u: float) -> float:
    """Height of the bent sheet, 1 in the middle; it goes on evenly outside."""
    return 4 * u * (1 - u)


def photograph(sheet: Grey, pose: Pose, size: tuple[int, int], rng: np.random.Generator) -> tuple[Grey, View]:
    """The picture, ``size`` is its (height, width) in pixels, and the view of the sheet in it."""
    view = _view(sheet.shape, pose, size, rng)
    desk = _desk(size, pose.desk, rng)
    paper = _warped(sheet, view, size)
    mask = _warped(np.full(sheet.shape, 255, np.uint8), view, size).astype(np.float32) / 255
    shadow = np.asarray(Image.fromarray((255 * mask).astype(np.uint8)).filter(ImageFilter.GaussianBlur(14)))
    desk *= 1 - 0.4 * np.roll(shadow, (size[1] // 120, size[1] // 120), (0, 1)).astype(np.float32) / 255
    lit = (paper * mask + desk * (1 - mask)) * _light(view, pose, size, rng)
    picture = np.clip(lit, 0, 255).astype(np.uint8)
    soft = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(0.5 + 0.5 * pose.grain))
    return jpeg(noise(np.asarray(soft), rng, 0.35 * pose.grain), rng, 0.2 + 0.3 * pose.grain), view


def _view(shape: tuple[int, ...], pose: Pose, size: tuple[int, int], rng: np.random.Generator) -> View:
    """Corners of the sheet in the picture: in the middle, turned, and the far side shorter."""
    height, width = size
    w = pose.share * width
    h = w * shape[0] / shape[1]
    angle = np.radians(8 * pose.roll * rng.choice((-1.0, 1.0)))
    far, side = 0.16 * pose.tilt, 0.10 * pose.tilt * rng.choice((-1.0, 1.0))
    corners = []
    for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
        x, y = (u - 0.5) * w * (1 - far * (1 - v)), (v - 0.5) * h * (1 + side * (u - 0.5)) * (1 - 0.5 * far)
        corners.append((x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)))
    targets = [(0.5 + x / width, 0.5 + y / height) for x, y in corners]
    return View(_homography(targets), 0.035 * pose.bend)


def _homography(targets: list[tuple[float, float]]) -> NDArray[np.float64]:
    """The plane map that takes the unit square's corners, clockwise from the top left, to these points."""
    rows, values = [], []
    for (u, v), (x, y) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), targets, strict=True):
        rows += [(u, v, 1, 0, 0, 0, -u * x, -v * x), (0, 0, 0, u, v, 1, -u * y, -v * y)]
        values += [x, y]
    return np.append(np.linalg.solve(np.array(rows, np.float64), values), 1.0).reshape(3, 3)


def _warped(pixels: Grey, view: View, size: tuple[int, int]) -> Grey:
    """The sheet as the camera sees it, on black; cells are small enough to be warped bilinearly."""
    border = 2  # what lies further out than the padding is black too
    edged = np.pad(pixels, border)
    height, width = size
    xs, ys = (np.linspace(0, side, _CELLS + 1).round().astype(int).tolist() for side in (width, height))

    def source(x: int, y: int) -> tuple[float, float]:
        u, v = view.back(x / width, y / height)
        return u * pixels.shape[1] + border, v * pixels.shape[0] + border

    mesh = []
    for left, right in pairwise(xs):
        for top, foot in pairwise(ys):
            quad = (*source(left, top), *source(left, foot), *source(right, foot), *source(right, top))
            mesh.append(((left, top, right, foot), quad))
    image = Image.fromarray(edged)
    out = image.transform((width, height), Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)
    return np.asarray(out)


def _desk(size: tuple[int, int], tone: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A table top with a grain along it."""
    height, width = size
    coarse = Image.fromarray((rng.random((height // 6, width // 160 + 2)) * 255).astype(np.uint8))
    grain = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.float32)
    return tone + (grain - 128) * np.float32(0.22)


def _light(view: View, pose: Pose, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Light from one side, darker corners, and the shade of a bent sheet's far slope."""
    height, width = size
    x, y = (
        np.linspace(0, 1, width, dtype=np.float32)[None],
        np.linspace(0, 1, height, dtype=np.float32)[:, None],
    )
    if rng.random() < 0.5:
        x = 1 - x
    slope = 0.3 + 0.4 * float(rng.random())
    fall = x * (1 - slope) + y * slope
    corner = ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    bent = pose.bend * 0.3 * (x - 0.5)
    return np.asarray(1.06 - pose.shade * (0.6 * fall + 0.25 * corner) - bent, np.float32)
