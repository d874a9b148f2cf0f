"""The one strip of a TIFF image, where a PDF has a filter for its compression."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, BinaryIO, Literal

from PIL import Image

from archive.types import StoredImage

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
FILL_ORDER, OFFSETS, SAMPLES, COUNTS, PLANAR, T6_OPTIONS, PREDICTOR = 266, 273, 277, 279, 284, 293, 317
TABLES = 347
"""Tags (TIFF 6.0, and its Technical Note 2 for JPEG)."""

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _YCBCR = 0, 1, 2, 6

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""FillOrder 2 has the first pixel in the lowest bit of a byte, which no PDF has."""


def load(file: BinaryIO, image: Image.Image) -> StoredImage | None:
    """The strip of the frame that ``image`` stands at, or None where there are more, or no filter fits."""
    tags: Any = getattr(image, "tag_v2")  # noqa: B009 - Pillow's types do not promise it
    offsets, counts = tags.get(OFFSETS, ()), tags.get(COUNTS, ())
    if len(offsets) != 1 or len(counts) != 1:
        return None
    file.seek(offsets[0])
    data = file.read(counts[0])
    if len(data) < counts[0]:
        return None
    bits, samples = tags.get(BITS, (1,)), tags.get(SAMPLES, 1)
    if tags.get(FILL_ORDER, 1) == 2:
        data = data.translate(_REVERSED)
    width, height = tags[WIDTH], tags[HEIGHT]
    match tags.get(COMPRESSION, 1), tags.get(PHOTOMETRIC), tuple(bits):
        case 4, (0 | 1) as photometric, (1,) if not tags.get(T6_OPTIONS, 0):  # CCITT Group 4
            return _fax(width, height, data, bool(photometric))
        case ((8 | 32946), photometric, (8,) | (8, 8, 8)):  # Deflate, by both of its numbers
            return _deflated(width, height, data, photometric, samples, tags)
        case 7, photometric, (8,) | (8, 8, 8):  # JPEG
            return _jpeg(data, photometric, tags)
    return None


def _fax(width: int, height: int, data: bytes, black_is_zero: bool) -> StoredImage:
    """ITU-T T.6. A PDF takes its black for 0, as BlackIsZero does not (ISO 32000-1, 7.4.6)."""
    parms: dict[str, int | bool] = {"K": -1, "Columns": width, "Rows": height}
    if black_is_zero:
        parms["BlackIs1"] = True
    return StoredImage(width, height, (0, 0), data, "CCITTFaxDecode", "DeviceGray", 1, parms)


def _deflated(
    width: int, height: int, data: bytes, photometric: int, samples: int, tags: Any
) -> StoredImage | None:
    known: dict[tuple[int, int], Literal["DeviceGray", "DeviceRGB"]] = {
        (_WHITE_IS_ZERO, 1): "DeviceGray",
        (_BLACK_IS_ZERO, 1): "DeviceGray",
        (_RGB, 3): "DeviceRGB",
    }
    colours, predictor = known.get((photometric, samples)), tags.get(PREDICTOR, 1)
    if colours is None or predictor not in (1, 2) or (samples > 1 and tags.get(PLANAR, 1) != 1):
        return None
    parms: dict[str, int | bool] = {}
    if predictor == 2:
        parms = {"Predictor": 2, "Colors": samples, "BitsPerComponent": 8, "Columns": width}
    inverted = photometric == _WHITE_IS_ZERO
    return StoredImage(
        width, height, (0, 0), data, "FlateDecode", colours, 8, parms, inverted=inverted
    )  # fmt: skip


def _jpeg(data: bytes, photometric: int, tags: Any) -> StoredImage | None:
    """A JPEG whose tables stand elsewhere gets them back; one of RGB is not to be taken for YCbCr."""
    tables = tags.get(TABLES, b"")
    if tables:
        data = tables[:-2] + data[2:]
    colours: dict[int, Literal["DeviceGray", "DeviceRGB"]] = {
        _BLACK_IS_ZERO: "DeviceGray",
        _RGB: "DeviceRGB",
        _YCBCR: "DeviceRGB",
    }
    if photometric not in colours:
        return None
    size = Image.open(io.BytesIO(data), formats=["JPEG"]).size
    found = StoredImage(*size, (0, 0), data, "DCTDecode", colours[photometric], 8, {})
    return replace(found, parms={"ColorTransform": 0}) if photometric == _RGB else found
