"""A line of a page as its network wants it: cut out, scaled to the network's height, black and white set.

Sources: Tesseract 5.5, ``linerec.cpp`` (where to cut), ``networkio.cpp`` (black and white); Leptonica 1.87,
``scale1.c`` and ``enhance.c`` (scaling, sharpening), in whole numbers, so that the same pixels come out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.lstm.piece import Piece

    Pixels = NDArray[np.uint8]

PAD = 4
"""Pixels of the page that are kept around a line."""

_AREA = 0.7
"""Below this factor pixels are averaged, above it interpolated."""


class Cut(NamedTuple):
    """The rectangle of a page that is read as one line: left, top, right, bottom in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def cut(piece: Piece, width: int, height: int) -> Cut:
    """What is cut from a page of this size: the piece with all its ascenders and descenders, and a margin."""
    top = min(piece.top, math.ceil(piece.baseline - piece.x_height - piece.ascenders))
    bottom = max(piece.bottom, math.ceil(piece.baseline - piece.descenders))
    return Cut(
        max(0, piece.left - PAD), max(0, top - PAD), min(width, piece.right + PAD), min(height, bottom + PAD)
    )


def scaled(pixels: Pixels, height: int) -> Pixels:
    """The image at another height, its width in proportion (pixScale)."""
    tall, wide = pixels.shape
    factor = np.float32(height) / np.float32(tall)
    if factor == 1:
        return pixels
    width = max(1, int(float(factor) * wide + 0.5))
    if factor < _AREA:
        small = _averaged(pixels, height, width)
        return _sharpened(small, 1, 0.2) if factor > 0.2 else small
    large = _interpolated(pixels, height, width)
    return _sharpened(large, 2, 0.4) if factor < 1.4 else large


def _interpolated(pixels: Pixels, height: int, width: int) -> Pixels:
    """Bilinear, in sixteenths of a pixel (scaleGrayLILow)."""
    source = pixels.astype(np.int32)
    for axis, size in enumerate((height, width)):
        length = pixels.shape[axis]
        at = (np.arange(size) * (16.0 * length / size)).astype(np.int64)
        first = np.minimum(at >> 4, length - 1)
        second = np.minimum(first + 1, length - 1)
        share = _upright(at & 15, axis)
        source = source.take(first, axis) * (16 - share) + source.take(second, axis) * share
    return ((source + 128) >> 8).astype(np.uint8)


def _averaged(pixels: Pixels, height: int, width: int) -> Pixels:
    """The mean of the area of each new pixel, its borders in sixteenths of a pixel (scaleGrayAreaMapLow)."""
    source = pixels.astype(np.int32)
    area = np.ones((height, width), np.int32)
    for axis, size in enumerate((height, width)):
        length = pixels.shape[axis]
        border = (np.arange(size + 1) * (16.0 * length / size)).astype(np.int64)
        start, end = border[:-1], border[1:]
        total = None
        for tap in range(int((((end + 15) >> 4) - (start >> 4)).max())):
            index = (start >> 4) + tap
            share = np.minimum(end, index * 16 + 16) - np.maximum(start, index * 16)
            part = source.take(np.minimum(index, length - 1), axis)
            part *= _upright(np.maximum(share, 0).astype(np.int32), axis)
            total = part if total is None else np.add(total, part, out=total)
        assert total is not None
        source = total
        area *= _upright((end - start).astype(np.int32), axis)
    return (source // area).astype(np.uint8)


def _upright(row: NDArray[np.generic], axis: int) -> NDArray[np.int32]:
    """Numbers for each row (axis 0) or column (axis 1), to multiply an image with."""
    return row.astype(np.int32).reshape((-1, 1) if axis == 0 else (1, -1))


def _sharpened(pixels: Pixels, half: int, amount: float) -> Pixels:
    """Unsharp masking by the mean of a square; the edges stay (pixUnsharpMaskingGrayFast)."""
    side = 2 * half + 1
    height, width = pixels.shape
    if height < side or width < side:
        return pixels
    source = pixels.astype(np.float32)
    rows = np.sum([source[k : height - side + 1 + k] for k in range(side)], axis=0)
    mean = np.sum([rows[:, k : width - side + 1 + k] for k in range(side)], axis=0) / (side * side)
    middle = source[half:-half, half:-half]
    sharp = pixels.copy()
    sharp[half:-half, half:-half] = np.clip(middle + amount * (middle - mean) + 0.5, 0, 255)
    return sharp


def normalised(pixels: Pixels) -> NDArray[np.float32]:
    """Black as -1, white as 1, in steps of 1/127, as networks of eight bits take it (NetworkIO::SetPixel)."""
    black, white = _extremes(pixels[len(pixels) // 2].astype(np.int16))
    contrast = (white - black) / 2 if white > black else 1.0
    levels = (np.arange(256, dtype=np.float32) - np.float32(black)) / np.float32(contrast) - 1
    steps = np.clip(_rounded(levels * 128), -127, 127) / np.float32(127)
    return steps.astype(np.float32)[pixels]


def _rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """To whole numbers, halves away from zero."""
    return np.trunc(values + np.copysign(np.float32(0.5), values))


def _extremes(row: NDArray[np.int16]) -> tuple[float, float]:
    """Black and white of a line, from the valleys and hills along its middle (ComputeBlackWhite)."""
    if len(row) < 3:
        return 0.0, 255.0
    before, here, after = row[:-2], row[1:-1], row[2:]
    valleys = here[((here < before) & (here <= after)) | ((here <= before) & (here < after))]
    hills = here[((here > before) & (here >= after)) | ((here >= before) & (here > after))]
    return _quantile(valleys, 0.25, 0.0), _quantile(hills, 0.75, 255.0)


def _quantile(values: NDArray[np.int16], share: float, default: float) -> float:
    """A quantile between buckets of one grey level each (STATS::ile)."""
    if not len(values):
        return default
    counts = np.bincount(values, minlength=256)
    target = min(max(share * len(values), 1.0), float(len(values)))
    sums = np.cumsum(counts)
    bucket = int(np.searchsorted(sums, target))
    return float(bucket + 1 - (sums[bucket] - target) / counts[bucket])
