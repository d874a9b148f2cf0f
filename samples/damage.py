"""From clean to bad: what paper, light, scanners and fax machines do to a page, each with a level.

Every damage takes 8-bit grey pixels of shape (height, width), a random generator and a level from 0 (as
little as it can do) to 1 (hardly readable), and returns new pixels of the same shape, whatever the level.
Only ``skew`` moves the words; ``damaged`` returns the map that moves their boxes along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from archive.geometry import IDENTITY, compose
from archive.types import Homography, Turn

Grey = NDArray[np.uint8]
Damage = Callable[[Grey, np.random.Generator, float], Grey]


@dataclass(frozen=True, slots=True, eq=False)
class Damaged:
    """Pixels after damage, and the map from fractions of the clean page to fractions of this one."""

    pixels: Grey
    moved: Homography


def damaged(pixels: Grey, recipe: Sequence[tuple[str, float]], rng: np.random.Generator) -> Damaged:
    """Do what the recipe says, in its order: pairs of a name in ``DAMAGES`` (or ``skew``) and a level."""
    moved = IDENTITY
    for name, level in recipe:
        if name == "skew":
            pixels, step = skew(pixels, rng, level)
            moved = compose(step, moved)
        else:
            pixels = DAMAGES[name](pixels, rng, level)
    return Damaged(pixels, moved)


def turned(pixels: Grey, turn: Turn) -> Grey:
    """The page as it lies after a clockwise turn; its height and width change places at 90 and 270."""
    return np.ascontiguousarray(np.rot90(pixels, -turn // 90))


def skew(pixels: Grey, rng: np.random.Generator, level: float) -> tuple[Grey, Homography]:
    """Turn the page about its middle by up to 4 degrees either way, onto paper of the same size."""
    degrees = level * 4 * float(rng.choice((-1.0, 1.0)))
    image = _image(pixels).rotate(-degrees, Image.Resampling.BILINEAR, fillcolor=_paper(pixels))
    return np.asarray(image), tilt(degrees, pixels.shape)


def tilt(degrees: float, shape: tuple[int, ...]) -> Homography:
    """Where a clockwise turn about its middle takes the points of a page of this height and width."""
    height, width = shape
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ratio = height / width
    a, b, d, e = cos, -sin * ratio, sin / ratio, cos
    return Homography(a, b, 0.5 - 0.5 * (a + b), d, e, 0.5 - 0.5 * (d + e))


def noise(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Grain of the sensor, up to a deviation of 40 grey values."""
    grain = rng.standard_normal(pixels.shape, np.float32) * np.float32(40 * level)
    return _cut(pixels + grain)


def speckle(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Black and white specks of two by two pixels, on up to 2 % of the page."""
    specks = rng.random((pixels.shape[0] // 2 + 1, pixels.shape[1] // 2 + 1), np.float32)
    specks = specks.repeat(2, 0).repeat(2, 1)[: pixels.shape[0], : pixels.shape[1]]
    out = pixels.copy()
    out[specks < 0.01 * level] = 20
    out[specks > 1 - 0.01 * level] = 250
    return out


def uneven_light(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Light that falls off to one side, and the dark gutter of a bound volume; down to 30 %."""
    height, width = pixels.shape
    x, y = np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
    if rng.random() < 0.5:
        x = 1 - x
    slope = float(rng.random()) * 0.6
    gutter = np.exp(-((x / 0.06) ** 2))
    fall = (x * (1 - slope))[None, :] + (y * slope)[:, None] + gutter[None, :] * 0.4
    return _cut(pixels * (1 - 0.7 * level * np.minimum(fall, 1.0)))


def blur(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Out of focus, up to a radius of 2 % of an inch at 200 dpi (4 pixels)."""
    return np.asarray(_image(pixels).filter(ImageFilter.GaussianBlur(4 * level)))


def low_contrast(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Faded ink on yellowed paper: down to a fifth of the contrast."""
    keep = 1 - 0.8 * level
    return _cut(pixels.astype(np.float32) * keep + 200 * (1 - keep))


def jpeg(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Saved too small: blocks and ringing of JPEG quality 95 down to 5."""
    data = BytesIO()
    _image(pixels).save(data, "JPEG", quality=round(95 - 90 * level))
    return np.asarray(Image.open(data))


def bilevel(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Black or white by one threshold: in the middle at 0, at 1 so dark that thin strokes run together."""
    return np.where(pixels > 128 + 80 * level, 255, 0).astype(np.uint8)


def fax(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Half the lines, bilevel, with a few lines lost or black."""
    out = bilevel(pixels[::2].repeat(2, 0)[: pixels.shape[0]], rng, 0.2)
    for row in rng.integers(0, pixels.shape[0] - 3, round(24 * level)):
        out[row : row + 2] = 255 if rng.random() < 0.7 else 0
    return out


def border(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """The black rim of a scanner lid left open, uneven, up to 4 % of the page wide."""
    out = pixels.copy()
    height, width = out.shape
    for edge in range(4):
        depth = round((0.3 + 0.7 * float(rng.random())) * 0.04 * level * width)
        view = (out, out[::-1], out.T, out.T[::-1])[edge]
        ragged = np.clip(np.cumsum(rng.integers(-1, 2, view.shape[1])) // 4 + depth, 0, height // 12)
        rows = np.arange(height // 12)[:, None]
        band = view[: height // 12]
        band[rows < ragged[None, :]] = 12
    return out


def punch_holes(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Two holes at the left edge, dark as the lid behind them; nothing at level 0."""
    if level == 0:
        return pixels.copy()
    image = _image(pixels)
    pen, (height, width) = ImageDraw.Draw(image), pixels.shape
    radius = 0.014 * width
    for y in (0.36, 0.64):
        x = 0.05 * width
        pen.ellipse((x - radius, y * height - radius, x + radius, y * height + radius), fill=30)
    return np.asarray(image)


def stamp_over(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """A received stamp across the text: a frame, two rules, ink that multiplies with what is below."""
    height, width = pixels.shape
    ink = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(ink)
    left, top = (0.3 + 0.3 * float(rng.random())) * width, (0.15 + 0.4 * float(rng.random())) * height
    w, h = 0.3 * width, 0.09 * height
    tone = round(255 - 200 * level)
    pen.rectangle((left, top, left + w, top + h), outline=tone, width=max(2, width // 300))
    for step in (0.33, 0.66):
        pen.line((left, top + step * h, left + w, top + step * h), tone, max(1, width // 500))
    centre, radius = (left + 0.8 * w, top + 0.5 * h), 0.8 * h
    pen.ellipse(
        (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius),
        outline=tone,
        width=max(2, width // 250),
    )
    tilted = ink.rotate(float(rng.normal(0, 6)), Image.Resampling.BILINEAR, fillcolor=255)
    return _cut(pixels.astype(np.float32) * np.asarray(tilted) / 255)


def bleed_through(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """The other side of thin paper shines through, mirrored and soft, at up to 45 % of its ink."""
    other = np.asarray(_image(pixels[:, ::-1]).filter(ImageFilter.GaussianBlur(1.5)))
    other = np.roll(other, round(0.03 * pixels.shape[0]), 0)
    return _cut(pixels - 0.45 * level * (255 - other.astype(np.float32)))


def carbon(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """The carbon copy of a typed page: strokes soft and wide, ink in patches, smudges in the paper.

    The further down in the pile of sheets, the weaker and softer.
    """
    ink = _image(pixels).filter(ImageFilter.MinFilter(3))
    soft = 255 - np.asarray(ink.filter(ImageFilter.GaussianBlur(0.8 + 1.2 * level)), np.float32)
    patches = clouds(pixels.shape, rng, 40)
    smudges = clouds(pixels.shape, rng, 8) * 45 * level
    return _cut(240 - smudges - soft * (0.95 - 0.45 * level) * (1 - 0.5 * level * patches))


def creases(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Folded twice and kept in a pocket: bright worn lines with a shadow beside them, across the page."""
    height, width = pixels.shape
    out = pixels.astype(np.float32)
    for place, axis in ((height // 3, 0), (2 * height // 3, 0), (width // 2, 1)):
        view = out if axis == 0 else out.T
        at = place + int(rng.integers(-height // 50, height // 50))
        depth = max(2, view.shape[0] // 400)
        view[at : at + depth] = view[at : at + depth] * (1 - 0.6 * level) + 235 * 0.6 * level
        view[at + depth : at + 6 * depth] *= 1 - 0.25 * level
    return _cut(out)


def clouds(shape: tuple[int, ...], rng: np.random.Generator, cells: int) -> NDArray[np.float32]:
    """Soft random patches from 0 to 1, about so many across."""
    height, width = shape[:2]
    coarse = Image.fromarray((rng.random((cells * height // width + 1, cells)) * 255).astype(np.uint8))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.float32) / np.float32(255)


DAMAGES: dict[str, Damage] = {
    "noise": noise,
    "speckle": speckle,
    "uneven_light": uneven_light,
    "blur": blur,
    "low_contrast": low_contrast,
    "jpeg": jpeg,
    "bilevel": bilevel,
    "fax": fax,
    "border": border,
    "punch_holes": punch_holes,
    "stamp_over": stamp_over,
    "bleed_through": bleed_through,
    "carbon": carbon,
    "creases": creases,
}

Recipe = tuple[tuple[str, float], ...]
RECIPES: dict[str, Recipe] = {
    "clean": (),
    "good": (("blur", 0.12), ("noise", 0.08)),
    "office": (("skew", 0.12), ("punch_holes", 1.0), ("blur", 0.15), ("noise", 0.12)),
    "crooked": (("skew", 0.5), ("blur", 0.12), ("noise", 0.1)),
    "shadow": (("blur", 0.12), ("uneven_light", 0.6), ("noise", 0.1), ("jpeg", 0.4)),
    "thin paper": (("bleed_through", 0.6), ("blur", 0.15), ("noise", 0.12)),
    "faded": (("low_contrast", 0.65), ("blur", 0.15), ("noise", 0.12)),
    "stamped": (("stamp_over", 0.7), ("skew", 0.2), ("noise", 0.1)),
    "photocopy": (("border", 0.7), ("skew", 0.3), ("blur", 0.15), ("bilevel", 0.5), ("speckle", 0.04)),
    "fax": (("blur", 0.1), ("fax", 0.4), ("speckle", 0.06)),
    "bad": (
        ("bleed_through", 0.3), ("skew", 0.6), ("uneven_light", 0.5), ("blur", 0.3),
        ("noise", 0.4), ("jpeg", 0.6),
    ),
}  # fmt: skip
"""Kinds of bad pages as they are met, from clean to bad."""


def blank(shape: tuple[int, int], rng: np.random.Generator, level: float = 0.3) -> Grey:
    """An empty sheet: paper, a little shade and grain, nothing to read."""
    paper = np.full(shape, 246, np.uint8)
    return noise(uneven_light(paper, rng, 0.25 * level), rng, 0.2 * level)


def scribbled(shape: tuple[int, int], rng: np.random.Generator) -> Grey:
    """A sheet with ink and no words: strokes of a pen."""
    image = _image(blank(shape, rng))
    pen, (height, width) = ImageDraw.Draw(image), shape
    for _ in range(4):
        steps = np.cumsum(rng.normal(0, width / 60, (60, 2)), axis=0)
        start = np.array([width * (0.3 + 0.4 * rng.random()), height * (0.3 + 0.4 * rng.random())])
        pen.line([(float(x), float(y)) for x, y in steps + start], 50, max(2, width // 300), joint="curve")
    return np.asarray(image)


def photograph(shape: tuple[int, int], rng: np.random.Generator) -> Grey:
    """A sheet with a photograph glued on: soft shapes in grey, no words."""
    height, width = shape
    coarse = (rng.random((12, 9)) * 200 + 20).astype(np.uint8)
    picture = Image.fromarray(coarse).resize((width // 2, height // 3), Image.Resampling.BICUBIC)
    sheet = _image(blank(shape, rng))
    sheet.paste(picture, (width // 4, height // 4))
    return np.asarray(sheet)


def _image(pixels: Grey) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels))


def _paper(pixels: Grey) -> int:
    """The tone of the paper: the most frequent light one."""
    return 128 + int(np.bincount(pixels[::8, ::8].ravel(), minlength=256)[128:].argmax())


def _cut(values: NDArray[np.float32]) -> Grey:
    return cast("Grey", np.clip(values, 0, 255).astype(np.uint8))
