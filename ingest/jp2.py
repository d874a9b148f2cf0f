"""JPEG 2000: a bare codestream gets the few boxes around it that make a file of it, as a PDF asks."""

from __future__ import annotations

import struct

_CODESTREAM = b"\xff\x4f\xff\x51"
_SIGNATURE = b"\x0d\x0a\x87\x0a"
_SRGB, _GREY = 16, 17
"""EnumCS (ISO 15444-1, I.5.3.3)."""


def boxed(data: bytes, mode: str) -> bytes:
    """The file as it is, or a codestream in boxes (ISO 15444-1, annex I). ``mode`` is L or RGB."""
    if not data.startswith(_CODESTREAM):
        return data
    width, height, left, top = struct.unpack_from(">4I", data, 8)  # SIZ (A.5.1): Xsiz Ysiz XOsiz YOsiz
    components, depth = struct.unpack_from(">HB", data, 40)
    size = struct.pack(">IIHBBBB", height - top, width - left, components, depth, 7, 0, 0)
    colour = struct.pack(">BBBI", 1, 0, 0, _GREY if mode == "L" else _SRGB)
    head = _box(b"ihdr", size) + _box(b"colr", colour)
    kind = _box(b"ftyp", b"jp2 " + struct.pack(">I", 0) + b"jp2 ")
    return _box(b"jP  ", _SIGNATURE) + kind + _box(b"jp2h", head) + _box(b"jp2c", data)


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data
