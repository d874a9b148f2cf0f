"""The compressed pixels of a PNG file, which a PDF takes as they are: filters and Deflate are the same."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal

from archive.types import StoredImage

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_COLOURS: dict[int, tuple[Literal["DeviceGray", "DeviceRGB"], int]] = {
    0: ("DeviceGray", 1),
    2: ("DeviceRGB", 3),
    3: ("DeviceRGB", 1),
}
"""Colour types without opacity: the colour space, and the components of a pixel."""
_PNG_PREDICTOR = 15


def load(file: BinaryIO) -> StoredImage | None:
    """The image of a PNG file; None where it is interlaced, has opacity, or does not come to its end.

    (PNG specification, 2nd edition, 5 and 11; ISO 32000-1, 7.4.4.4 for what a PDF makes of it.)
    """
    file.seek(0)
    if file.read(8) != SIGNATURE:
        return None
    head, palette, pixels, ended = b"", b"", [], False
    for kind, data in _chunks(file):
        if kind == b"IHDR":
            head = data
        elif kind == b"PLTE":
            palette = data
        elif kind == b"IDAT":
            pixels.append(data)
        elif kind == b"tRNS":
            return None
        ended = kind == b"IEND"
    if not ended or len(head) != 13:
        return None
    width, height, bits, colour_type, *_methods, interlaced = struct.unpack(">IIBBBBB", head)
    if interlaced or colour_type not in _COLOURS or (colour_type == 3 and not palette):
        return None
    colours, components = _COLOURS[colour_type]
    parms: dict[str, int | bool] = {"Predictor": _PNG_PREDICTOR, "Colors": components}
    parms |= {"BitsPerComponent": bits, "Columns": width}
    palette = palette if colour_type == 3 else b""
    return StoredImage(
        width, height, (0, 0), b"".join(pixels), "FlateDecode", colours, bits, parms, palette
    )  # fmt: skip


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to IEND, or to where the file breaks off."""
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        data = file.read(length)
        if len(data) < length:
            return
        yield kind, data
        if kind == b"IEND":
            return
        file.seek(4, 1)  # the checksum
