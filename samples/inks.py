"""Ink on paper: seals, office stamps and pens as masks of how much ink lies where, worn and laid over print.

A mask is 0 where no ink lies and 1 where it lies thick, of shape (height, width) in pixels. Ink lets light
through and takes away what it takes of the light that comes back, so print below it stays the darker one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from samples.damage import clouds
from samples.draw import font_path, star

Mask = NDArray[np.float32]
Colour = tuple[int, int, int]

INKS: dict[str, Colour] = {
    "violet": (92, 66, 168),
    "blue": (48, 84, 178),
    "red": (206, 46, 58),
    "ballpoint": (36, 52, 150),
    "black": (38, 38, 44),
}
"""What full cover lets through of white light: stamp pads, and pens."""
_FINE = 3
"""Masks are drawn so many times as large, and made small again, which softens their edges."""


def seal(size: int, over: str, name: str) -> Mask:
    """An office's round seal: the body above it around the rim, its own name across the middle, two stars."""
    side = size * _FINE
    image = Image.new("L", (side, side), 0)
    pen, middle = ImageDraw.Draw(image), side / 2
    for radius, width in ((0.495, 0.014), (0.468, 0.006), (0.33, 0.008)):
        reach = radius * side
        pen.ellipse(
            (middle - reach, middle - reach, middle + reach, middle + reach),
            outline=255,
            width=round(width * side),
        )
    _around(image, over, 0.4 * side)
    for angle in (math.radians(128), math.radians(232)):
        centre = middle + 0.4 * side * math.sin(angle), middle - 0.4 * side * math.cos(angle)
        pen.polygon(star(centre, (side / 26, side / 26)), fill=255)
    for y in (0.36, 0.64):
        half = math.sqrt(0.33**2 - (0.5 - y) ** 2) * side
        pen.line((middle - half, y * side, middle + half, y * side), 255, round(0.007 * side))
    lines = _broken(name, 3)
    longest = max(lines, key=len)
    point = min(0.26 * side / len(lines) / 1.15, 0.6 * side / face(100).getlength(longest) * 100)
    pen.multiline_text((middle, middle), "\n".join(lines), 255, face(point), "mm", point * 0.1, "center")
    return _small(image)


def box_stamp(width: int, lines: Sequence[str]) -> Mask:
    """A rectangular stamp, such as of a letter's arrival: a heading, and lines below it, in a frame."""
    side = width * _FINE
    step = 0.115 * side
    height = round(step * (len(lines) + 0.9))
    image = Image.new("L", (side, height), 0)
    pen = ImageDraw.Draw(image)
    edge = round(0.012 * side)
    pen.rectangle((edge, edge, side - edge, height - edge), outline=255, width=edge)
    pen.line((edge, 1.35 * step, side - edge, 1.35 * step), 255, edge // 2)
    pen.text((side / 2, 0.8 * step), lines[0], 255, _fitted(lines[0], 0.86 * side, 0.75 * step), "mm")
    for n, line in enumerate(lines[1:], start=1):
        pen.text((0.06 * side, (n + 1.05) * step), line, 255, _fitted(line, 0.88 * side, 0.6 * step), "lm")
    return _small(image)


def word_stamp(width: int, word: str) -> Mask:
    """One word in a double frame, such as LUNAS or RAHASIA."""
    side = width * _FINE
    letters = _fitted(word, 0.84 * side, 0.4 * side)
    height = round(letters.size * 1.5)
    image = Image.new("L", (side, height), 0)
    pen, edge = ImageDraw.Draw(image), round(0.014 * side)
    pen.rectangle((edge, edge, side - edge, height - edge), outline=255, width=edge)
    pen.rectangle((3 * edge, 3 * edge, side - 3 * edge, height - 3 * edge), outline=255, width=edge // 3)
    pen.text((side / 2, height / 2), word, 255, letters, "mm")
    return _small(image)


def autograph(width: int, height: int, stroke: float, rng: random.Random, loops: int = 8) -> Mask:
    """A signature or, of few loops, a paraf: one line of a pen that is thinner where it is faster."""
    room = height * _FINE // 4
    image = Image.new("L", (width * _FINE + 2 * room, height * _FINE + 2 * room), 0)
    pen, knots = ImageDraw.Draw(image), _knots(loops, rng)
    for n in range(len(knots) - 3):
        part = knots[n : n + 4]
        reach = math.dist(
            (part[1][0] * width, part[1][1] * height), (part[2][0] * width, part[2][1] * height)
        )
        steps = max(8, round(3 * _FINE * reach / stroke))
        radius = stroke * _FINE / 2 * max(0.6, min(1.2, 1.3 - 0.7 * reach / height))
        for step in range(steps):
            x, y = _spline(part, step / steps)
            cx, cy = room + x * width * _FINE, room + y * height * _FINE
            pen.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=255)
    return _small(image)


def worn(mask: Mask, wear: float, rng: np.random.Generator) -> Mask:
    """A stamp as it is pressed: unevenly, ink thicker at the edges of strokes, dry and speckled elsewhere.

    ``wear`` goes from 0, a fresh pad, to 1, where half of the ink is missing.
    """
    height, width = mask.shape
    image = Image.fromarray((255 * mask).astype(np.uint8))
    inner = np.asarray(image.filter(ImageFilter.GaussianBlur(max(1.0, width / 160))), np.float32) / 255
    rim = np.clip(mask - inner, 0, 1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    lean = (x / width - 0.5) * math.cos(angle) + (y / height - 0.5) * math.sin(angle)
    pressed = 0.7 + 0.5 * clouds(mask.shape, rng, 5) - wear * (0.4 + 0.8 * np.abs(lean) + 0.6 * lean)
    grain = 0.6 * clouds(mask.shape, rng, max(8, width // 3)) + 0.5 * clouds(mask.shape, rng, width // 9 + 2)
    inked = np.clip((pressed + 0.3 - grain) * 3, 0, 1)
    return np.asarray(mask * inked * np.clip(0.4 + 0.4 * pressed + 0.6 * rim, 0.25, 1.0), np.float32)


def turned_by(mask: Mask, degrees: float) -> Mask:
    """The mask turned counterclockwise, as large as it has to be for it."""
    image = Image.fromarray((255 * mask).astype(np.uint8))
    return _mask(image.rotate(degrees, Image.Resampling.BICUBIC, expand=True))


def lay(page: NDArray[np.float32], mask: Mask, centre: tuple[float, float], ink: Colour) -> None:
    """Lay ink on RGB pixels (from 0 to 255, changed in place); what lies beyond their edge is left away."""
    height, width = mask.shape
    left, top = round(centre[0] - width / 2), round(centre[1] - height / 2)
    rows = slice(max(0, top), max(0, min(page.shape[0], top + height)))
    columns = slice(max(0, left), max(0, min(page.shape[1], left + width)))
    part = mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    kept = np.float32(1) - np.asarray(ink, np.float32) / 255
    page[rows, columns] *= 1 - part[..., None] * kept


def _around(image: Image.Image, text: str, radius: float) -> None:
    """Set letters along the upper part of a circle, from left to right; 230 degrees are the most."""
    side = image.width
    letters = face(0.085 * side)
    gap = 0.012 * side
    length = sum(letters.getlength(char) + gap for char in text)
    shrink = min(1.0, math.radians(230) * radius / length)
    letters, at = face(0.085 * side * shrink), -length * shrink / 2
    for char in text:
        advance = letters.getlength(char) + gap * shrink
        angle = (at + advance / 2) / radius
        at += advance
        size = round(0.16 * side)
        letter = Image.new("L", (size, size), 0)
        ImageDraw.Draw(letter).text((size / 2, size / 2 + 0.35 * letters.size), char, 255, letters, "ms")
        letter = letter.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        x, y = side / 2 + radius * math.sin(angle), side / 2 - radius * math.cos(angle)
        image.paste(255, (round(x - size / 2), round(y - size / 2)), letter)


def _broken(name: str, most: int) -> list[str]:
    """A name in up to so many lines of about the same length."""
    words = name.split()
    room = max(*(len(word) for word in words), math.ceil(len(name) / most) + 2)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _knots(loops: int, rng: random.Random) -> list[tuple[float, float]]:
    """Points that a pen passes: a large first letter, loops or waves that grow smaller, a stroke below."""
    tall, wide = 0.15 * rng.random(), rng.uniform(0.12, 0.3)
    knots = [
        (rng.uniform(0.0, 0.12), rng.uniform(0.45, 0.8)),
        (0.5 * wide, tall),
        (wide, rng.uniform(0.75, 1.0)),
        (rng.uniform(0.0, 0.5 * wide), rng.uniform(0.4, 0.7)),
    ]
    back, top = rng.uniform(0.0, 0.09), rng.uniform(0.3, 0.6)
    for n in range(loops):
        share = n / max(1, loops - 1)
        swing = (0.4 - 0.25 * share) * rng.uniform(0.4, 1.1) * (-1 if n % 2 else 1)
        drift = back if n % 2 else -back
        knots.append((wide + (0.9 - wide) * share + drift + rng.uniform(-0.03, 0.03), top + swing))
    if loops > 4 and rng.random() < 0.75:
        foot = rng.uniform(0.7, 0.95)
        knots += [
            (1.0, 0.3 + 0.2 * rng.random()),
            (rng.uniform(0.4, 0.7), foot),
            (0.1, foot),
            (0.95, foot - 0.15),
        ]
    return [knots[0], *knots, knots[-1]]


def _spline(knots: Sequence[tuple[float, float]], t: float) -> tuple[float, float]:
    """A point between the second and the third of four knots (Catmull and Rom, 1974)."""
    a, b, c, d = knots

    def along(axis: int) -> float:
        p, q, r, s = a[axis], b[axis], c[axis], d[axis]
        return 0.5 * (
            2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3
        )

    return along(0), along(1)


def _fitted(text: str, room: float, height: float) -> ImageFont.FreeTypeFont:
    """The face in the largest size, up to a height, in which a text fits."""
    return face(min(height, room / face(100).getlength(text) * 100))


@lru_cache(maxsize=64)
def face(pixels: float) -> ImageFont.FreeTypeFont:
    """The bold sans of rubber stamps."""
    file = str(font_path("LiberationSans-Bold"))
    return ImageFont.truetype(file, pixels, layout_engine=ImageFont.Layout.BASIC)


def _small(image: Image.Image) -> Mask:
    return _mask(image.reduce(_FINE))


def _mask(image: Image.Image) -> Mask:
    return np.asarray(np.asarray(image, np.float32) / np.float32(255), np.float32)
