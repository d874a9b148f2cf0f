"""Drawn pages for the tests of ingest: text of a known size and place, and blank paper with its faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from archive.types import PrepareOptions, Source
from ingest.inspect import inspect

Grey = NDArray[np.uint8]
OPTIONS = PrepareOptions()
LINE = "Dengan hormat, bersama ini kami sampaikan laporan kegiatan tahun berjalan"


def paper(width: int = 1240, height: int = 1754, level: int = 255) -> Grey:
    """An empty page, A4 at 150 dpi unless told otherwise."""
    return np.full((height, width), level, np.uint8)


def written(
    page: Grey, lines: int = 25, points: float = 11, dpi: int = 150, level: int = 20, top: float = 0.1
) -> Grey:
    """The page with lines of text from a tenth of its width on."""
    image = Image.fromarray(page)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(points * dpi / 72)
    for number in range(lines):
        pen.text(
            (page.shape[1] * 0.1, page.shape[0] * top + number * points * dpi / 72 * 1.8), LINE, level, font
        )
    return np.array(image)


def leaning(page: Grey, degrees: float) -> Grey:
    """The page turned so that its lines fall to the right by so many degrees."""
    return np.array(
        Image.fromarray(page).rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=int(page.max()))
    )


def grained(page: Grey, deviation: float) -> Grey:
    """The page with a scanner's noise."""
    noise = np.random.default_rng(7).normal(0, deviation, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def shaded(page: Grey, left: float) -> Grey:
    """The page with light that falls off to the left, down to this share."""
    return (page * np.linspace(left, 1, page.shape[1])).astype(np.uint8)


def source(path: Path, frame: int = 0) -> Source:
    """A page of a file, as the pipeline would hand it over."""
    return Source(str(path), "blob", inspect(str(path), path.name, OPTIONS).media_type, frame)


def saved(page: Grey, path: Path, dpi: int = 150) -> Source:
    """The page in a file of the kind that its name says."""
    Image.fromarray(page).save(path, dpi=(dpi, dpi))
    return source(path)
