"""A colour scan: what paper, optics, sensor and JPEG do to a page in colour, and copiers before them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from archive.types import Homography
from samples.damage import clouds, tilt

Pixels = NDArray[np.float32]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scan:
    """How a page is scanned.

    ``paper`` is the tone of white paper, ``copies`` how many times it went through a colour copier before,
    ``degrees`` how far it lies turned clockwise, ``blur`` the radius of the optics and ``fringe`` how far red
    and blue lie off green, both in pixels at 200 dpi, ``grain`` the deviation of the sensor's noise in values
    of 255, ``quality`` that of the JPEG, whose colours have half the resolution (4:2:0).
    """

    paper: Colour = (250, 249, 246)
    copies: int = 0
    degrees: float = 0.0
    blur: float = 0.5
    fringe: float = 0.5
    grain: float = 3.0
    quality: int = 75


def scan(image: Image.Image, how: Scan, dpi: int, rng: np.random.Generator) -> tuple[Image.Image, Homography]:
    """The page as it comes from the scanner, and the map from fractions of the page to fractions of it."""
    for _ in range(how.copies):
        image = _copied(image, dpi, rng)
    tint = np.asarray(how.paper, np.float32) / 255
    mottle = 1 - np.float32(0.02) * clouds((image.height, image.width), rng, 24)
    page = _image(np.asarray(image, np.float32) * tint * mottle[..., None])
    page = page.rotate(-how.degrees, Image.Resampling.BICUBIC, fillcolor=how.paper)
    page = _fringed(page, how.fringe * dpi / 200, rng).filter(ImageFilter.GaussianBlur(how.blur * dpi / 200))
    grainy = _grainy(np.asarray(page, np.float32), how.grain, rng)
    return _jpeg(_image(grainy), how.quality), tilt(how.degrees, (image.height, image.width))


def _copied(image: Image.Image, dpi: int, rng: np.random.Generator) -> Image.Image:
    """Once through a colour copier: strokes spread, colours paler and blurred, light tones lost, dust."""
    scale = dpi / 200
    luma, *chroma = image.convert("YCbCr").split()
    soft = ImageFilter.GaussianBlur(2.2 * scale)
    pale = [plane.filter(soft).point(lambda value: round(128 + 0.75 * (value - 128))) for plane in chroma]
    luma = luma.filter(ImageFilter.GaussianBlur(0.7 * scale))
    luma = luma.point(lambda value: min(255, max(0, round(128 + 1.3 * (value - 118)))))
    copy = np.asarray(Image.merge("YCbCr", (luma, *pale)).convert("RGB"), np.float32)
    copy = _grainy(copy, 5.0, rng)
    dust = rng.random((image.height // 2 + 1, image.width // 2 + 1), np.float32)
    dust = dust.repeat(2, 0).repeat(2, 1)[: image.height, : image.width]
    copy[dust < 0.0002] *= 0.4
    return _jpeg(_image(copy), 70)


def _fringed(page: Image.Image, pixels: float, rng: np.random.Generator) -> Image.Image:
    """Red and blue beside green, as the lines of a sensor see the page a moment apart."""
    red, green, blue = page.split()
    across = pixels * float(rng.uniform(-0.4, 0.4))

    def moved(plane: Image.Image, sign: int) -> Image.Image:
        shift = (1, 0, sign * across, 0, 1, sign * pixels)
        return plane.transform(
            page.size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR, fillcolor=250
        )

    return Image.merge("RGB", (moved(red, 1), green, moved(blue, -1)))


def _grainy(page: Pixels, grain: float, rng: np.random.Generator) -> Pixels:
    """Noise of the sensor: a fine one of lightness, and a coarser one of colour, half as strong."""
    height, width = page.shape[:2]
    light = rng.standard_normal((height, width), np.float32) * np.float32(grain)
    colour = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), np.float32) * np.float32(grain / 2)
    colour = colour.repeat(2, 0).repeat(2, 1)[:height, :width]
    return np.asarray(page + light[..., None] + colour, np.float32)


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    data = BytesIO()
    image.save(data, "JPEG", quality=quality, subsampling="4:2:0")
    with Image.open(data) as back:
        return back.convert("RGB")


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
