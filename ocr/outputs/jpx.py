"""What PDF/A-2 asks of JPEG 2000 (ISO 19005-2, 6.2.8.3), read from the boxes around its codestream."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from archive.errors import INKS_UNKNOWN, JPEG2000_UNFIT, Cause

_INKS, _JAB = 12, 19
"""CMYK and CIEJab as EnumCS (ISO 15444-2, M.11.7.3.1)."""
_VARIES = 255


def unfit(data: bytes, has_colours: bool) -> Cause | None:
    """Why an image may not be in PDF/A-2 as it is; ``has_colours``: the PDF itself says which they are."""
    if not may_stand(data):
        return JPEG2000_UNFIT
    return INKS_UNKNOWN if in_inks(data) and not has_colours else None


def may_stand(data: bytes) -> bool:
    """Whether an image may be in PDF/A-2 as it is: a file of one, three or four channels of one depth."""
    head = _head(data)
    ihdr = next((body for kind, body in _boxes(head) if kind == b"ihdr"), b"")
    colours = _specifications(head)
    if len(ihdr) < 14 or not colours or any(kind == b"pclr" for kind, _body in _boxes(head)):
        return False
    channels, depth = struct.unpack_from(">HB", ihdr, 8)
    best = [each for each in colours if each[1] == 1]
    return (
        channels in (1, 3, 4)
        and depth != _VARIES
        and (depth & 0x7F) < 38
        and (len(colours) == 1 or len(best) == 1)
        and all(method in (1, 2, 3) and space != _JAB for method, _approximation, space in colours)
    )


def in_inks(data: bytes) -> bool:
    """Whether its colours are those of printing inks, of which nothing says which."""
    colours = _specifications(_head(data))
    return any(method == 1 and space == _INKS for method, _approximation, space in colours)


def _head(data: bytes) -> bytes:
    """The boxes that say what image it is (ISO 15444-1, I.5.3)."""
    return b"".join(body for kind, body in _boxes(data) if kind == b"jp2h")


def _specifications(head: bytes) -> list[tuple[int, int, int]]:
    """Of each ``colr`` box (ISO 15444-1, I.5.3.3) METH, APPROX and EnumCS (0 where a profile stands)."""
    found = [body for kind, body in _boxes(head) if kind == b"colr" and len(body) >= 3]
    return [(body[0], body[2], int.from_bytes(body[3:7], "big") if body[0] == 1 else 0) for body in found]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes one after the other (I.4); the end where they make no sense."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1 and at + 16 <= len(data):
            size, start = struct.unpack_from(">Q", data, at + 8)[0], at + 16
        end = len(data) if size == 0 else at + size
        if end < start:
            return
        yield kind, data[start:end]
        at = end
