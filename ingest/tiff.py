"""The chain of a TIFF's image file directories: which frames are pages, and how many pixels each has."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

MOST_DIRECTORIES = 65_536
MOST_ENTRIES = 4_096

NEW_SUBFILE_TYPE, IMAGE_WIDTH, IMAGE_LENGTH = 254, 256, 257
REDUCED, MASK = 1, 4
"""Bits of NewSubfileType (TIFF 6.0, section 8): a smaller version of another image; a transparency mask."""

_FORMATS = {1: "B", 3: "H", 4: "L", 16: "Q"}
"""Field types whose single value stands in the entry itself: BYTE, SHORT, LONG, and LONG8 of BigTIFF."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of a TIFF: its place in the chain (from 0), its size in pixels, whether it is a page."""

    index: int
    width: int
    height: int
    page: bool


def pages(file: BinaryIO) -> list[Directory]:
    """The images that are pages: all of the chain but thumbnails and masks; if there are only those, they.

    The chain ends at a null, at the end of the file, or where it would begin to repeat itself. Raises
    ValueError when not even the first directory can be read.
    """
    found = _chain(file)
    if not found:
        raise ValueError("no directory")
    return [directory for directory in found if directory.page] or found


def _chain(file: BinaryIO) -> list[Directory]:
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    offset = _unpack(order + "Q", head[8:16]) if big else _unpack(order + "L", head[4:8])
    seen: set[int] = set()
    found: list[Directory] = []
    while offset and offset not in seen and len(found) < MOST_DIRECTORIES:
        seen.add(offset)
        read = _directory(file, offset, order, big, len(found))
        if read is None:
            break
        directory, offset = read
        found.append(directory)
    return found


def _directory(
    file: BinaryIO, offset: int, order: str, big: bool, index: int
) -> tuple[Directory, int] | None:
    """One directory and the offset of the next, or None where the file ends or the count cannot be true."""
    file.seek(offset)
    count_bytes, entry_bytes = (8, 20) if big else (2, 12)
    count = _unpack(order + ("Q" if big else "H"), file.read(count_bytes))
    if not 0 < count <= MOST_ENTRIES:
        return None
    entries = file.read(count * entry_bytes)
    if len(entries) < count * entry_bytes:
        return None
    values = {NEW_SUBFILE_TYPE: 0, IMAGE_WIDTH: 0, IMAGE_LENGTH: 0}
    for at in range(0, len(entries), entry_bytes):
        tag, kind = struct.unpack_from(order + "HH", entries, at)
        if tag in values and kind in _FORMATS:
            values[tag] = struct.unpack_from(order + _FORMATS[kind], entries, at + (12 if big else 8))[0]
    link = file.read(8 if big else 4)
    following = _unpack(order + ("Q" if big else "L"), link)
    page = not values[NEW_SUBFILE_TYPE] & (REDUCED | MASK)
    return Directory(index, values[IMAGE_WIDTH], values[IMAGE_LENGTH], page), following


def _unpack(form: str, data: bytes) -> int:
    """One number, or 0 where the file ends before it."""
    return int(struct.unpack(form, data)[0]) if len(data) == struct.calcsize(form) else 0
