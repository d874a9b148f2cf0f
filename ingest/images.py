"""Image files, all by Pillow: how many pages they have and how large, their pixels as grey or RGB.

Measured against OpenCV's decoders, Pillow is faster on bilevel TIFF (25 against 65 ms at 400 dpi) and the
same on JPEG and PNG; it reads more kinds, and says when a file is cut off where OpenCV is silent.
"""

from __future__ import annotations

import os
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from archive.errors import DAMAGED_FILE, DAMAGED_PAGE, TOO_MANY_PIXELS, ArsipError, Cause
from archive.types import Turn
from ingest import inks, tiff
from ingest.frame import Frame, Pixels, as_pixels

# Our own cap is read from the header before anything is decoded (``opened``); Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None

_DECODERS = {
    "image/tiff": "TIFF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/jp2": "JPEG2000",
}

_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    EOFError,
    AssertionError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow's decoders raise on files that are not what they should be, as its fuzzers and ours found."""

LOST_ROWS = 0.02
"""An image that is cut off is still taken for whole when less than this is missing: the lower margin."""

_WHITES = (255.0, 4095.0, 65535.0)
"""White in 8, 12 and 16 bits: all three are kept in 16."""

_ORIENTATION = 0x0112
MIRRORED = frozenset({2, 4, 5, 7})
TURNS: dict[int, Turn] = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
"""EXIF orientation -> the clockwise turn that brings the image upright, after its mirroring is undone."""


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of one page of a file."""

    width: int
    height: int


def sizes(file: BinaryIO, media_type: str) -> list[Size]:
    """The size of every page, from the headers alone. Raises ArsipError DAMAGED_FILE."""
    with told_as(DAMAGED_FILE):
        if media_type == "image/tiff":
            return [Size(page.width, page.height) for page in tiff.pages(file)]
        # An animation or a camera's preview stack shows one page: its first.
        return [Size(*Image.open(file, formats=[_DECODERS[media_type]]).size)]


def load(file: BinaryIO, media_type: str, number: int, max_pixels: int, shown: int = 0) -> Frame:
    """Page ``number`` (from 0) as stored: grey and whole, without ink over its print, to be read.

    With ``shown``, for the eye: in RGB if there are colours, and shrunk by a whole number as long as its long
    side stays above ``shown`` pixels. An image that is cut off is taken, and ``truncated`` told in its steps,
    when all but ``LOST_ROWS`` of it is there. Raises ArsipError DAMAGED_PAGE, TOO_MANY_PIXELS.
    """
    with told_as(DAMAGED_PAGE):
        image = opened(file, media_type, number, max_pixels)
        dpi = resolution(image)
        coloured = image.mode == "RGB"
        if media_type == "image/jpeg":
            # Grey straight from the luma: half the time, a quarter of the memory.
            image.draft("RGB", (shown, shown)) if shown else image.draft("L", image.size)
        partly = decode(image)
        # Only now: by decoding a TIFF, Pillow applies its orientation and drops it.
        mark = orientation(image)
        frame = Frame(pixels_of(image, shown), dpi, TURNS.get(mark, 0))
        if partly:
            first, last = partly
            frame.pixels[: first * len(frame.pixels) // image.height] = 255
            frame.pixels[last * len(frame.pixels) // image.height :] = 255
            frame = replace(frame, steps=(f"truncated:{(last - first) / image.height:.3f}",))
        elif coloured and not shown:
            frame = inks.cleared(frame, *_in_colour(file, media_type, image))
    return replace(frame, pixels=as_pixels(frame.pixels[:, ::-1])) if mark in MIRRORED else frame


def _in_colour(
    file: BinaryIO, media_type: str, image: Image.Image
) -> tuple[inks.Seen, Callable[[], inks.Part]]:
    """A decoded image in colour; a JPEG, of which only the luma was decoded, is read again."""

    def again(side: int) -> Image.Image:
        if media_type != "image/jpeg":
            return image
        file.seek(0)
        coloured = Image.open(file, formats=["JPEG"])
        coloured.draft("RGB", (side, side))
        return coloured

    def parts() -> inks.Part:
        whole = again(max(image.size))
        return lambda *box: pixels_of(whole.crop(box), shown=max(image.size))

    return lambda side: pixels_of(again(side), shown=side), parts


@contextmanager
def told_as(cause: Cause) -> Iterator[None]:
    """Turn what Pillow raises into a cause, and keep its warnings to ourselves: they may quote the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _BROKEN as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk, not the file
            raise ArsipError(cause) from None


def opened(file: BinaryIO, media_type: str, number: int, max_pixels: int) -> ImageFile.ImageFile:
    """Pillow's image at the right page, not yet decoded, and small enough to be."""
    file.seek(0)
    if media_type == "image/tiff":
        page = tiff.pages(file)[number]
        _allow(page.width, page.height, max_pixels)
        file.seek(0)
        image = Image.open(file, formats=["TIFF"])
        image.seek(page.index)
    else:
        image = Image.open(file, formats=[_DECODERS[media_type]])
    _allow(*image.size, max_pixels)
    return image


def _allow(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ArsipError(TOO_MANY_PIXELS, pixels=width * height, limit=max_pixels)


def decode(image: ImageFile.ImageFile) -> tuple[int, int] | None:
    """Decode an image. If its data end early: the rows that are there, first and last, or OSError."""
    try:
        with _quiet():
            image.load()
        return None
    except OSError as error:
        if error.errno is not None:
            raise
    image.tile = []  # what was decoded before the end of the data is there, the rest was left at zero
    rows = np.flatnonzero(np.asarray(image).reshape(image.height, -1).any(axis=1))
    first, last = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)
    if last - first < image.height * (1 - LOST_ROWS):
        raise OSError("half a page must not pass for a whole one")
    return first, last


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what libtiff writes to the error output, past all of Python, out of the log."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no error output
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:  # broken EXIF does not spoil the picture
        return 1
    return value if isinstance(value, int) else 1


def resolution(image: Image.Image) -> tuple[float, float] | None:
    """Horizontal and vertical dots per inch as the file has them, or None."""
    try:
        x, y = image.info["dpi"]
        return float(x), float(y)
    except _BROKEN:
        return None


def pixels_of(image: Image.Image, shown: int) -> Pixels:
    """A decoded image as bytes; what is shown is shrunk before it is copied: 120 million pixels are many."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _to_bytes(image)
    if image.mode == "1":  # half the time of Pillow's own conversion
        flat = np.frombuffer(image.tobytes("raw", "L"), np.uint8)
        return flat.reshape(image.height, image.width).copy()
    if image.mode == "LAB":  # which Pillow turns into nothing else
        image = image.getchannel("L")
    wanted = "RGB" if shown and image.mode != "L" else "L"
    if image.has_transparency_data:
        image = _on_white(image, wanted)
    image = image if image.mode == wanted else image.convert(wanted)
    shrink = max(image.size) // shown if shown else 1
    return np.array(image.reduce(shrink) if shrink > 1 else image, dtype=np.uint8)


def _to_bytes(image: Image.Image) -> Pixels:
    """Grey of more than 8 bits: up to 16 bits by how many are in use, all others from darkest to lightest."""
    values = np.asarray(image)
    low, high = float(values.min()), float(values.max())
    if image.mode.startswith("I;16") or (image.mode == "I" and low >= 0 and high <= 0xFFFF):
        low, high = 0.0, next(most for most in _WHITES if high <= most)
    scale = 255.0 / (high - low) if high > low else 0.0
    if values.dtype == np.uint16:  # by a table: as floats, a large page would need a gigabyte
        grey = np.clip(np.arange(0x10000) * scale, 0, 255).astype(np.uint8)[values]
    else:
        grey = np.clip((values.astype(np.float32) - low) * scale, 0, 255).astype(np.uint8)
    tags = getattr(image, "tag_v2", {})
    return as_pixels(255 - grey) if tags.get(262) == 0 and image.mode.startswith("I;16") else grey


def _on_white(image: Image.Image, wanted: str) -> Image.Image:
    """What is transparent shows white paper. Grey is made first: it takes a quarter of the memory."""
    with_alpha = image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
    alpha = with_alpha.getchannel("A")
    seen = with_alpha.convert(wanted)
    if alpha.getextrema() == (255, 255):
        return seen
    paper = Image.new(wanted, image.size, "white")
    paper.paste(seen, mask=alpha)
    return paper
