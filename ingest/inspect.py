"""What a file is and how many pages it has, from its headers alone, inside a child process with limits."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import BinaryIO

from archive.errors import (
    EMPTY_FILE,
    NO_PAGES,
    NOT_AS_NAMED,
    TOO_MANY_PIXELS,
    UNREADABLE,
    UNSUPPORTED,
    ArsipError,
)
from archive.types import Inspection, PrepareOptions
from ingest import images, pdf
from ingest.kinds import HEAD, SUPPORTED, sniff

__all__ = ["inspect", "sniff"]


def inspect(path: str, name: str, options: PrepareOptions) -> Inspection:
    """Look at the file at ``path``, which its owner calls ``name``. Its content decides, not its name.

    Raises ArsipError EMPTY_FILE, UNREADABLE, NOT_AS_NAMED, UNSUPPORTED, ENCRYPTED, DAMAGED_FILE, NO_PAGES,
    and TOO_MANY_PIXELS when every page is too large; where only some are, those fail when their turn comes.
    """
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD)
            media_type = sniff(head)
            if media_type is None:
                raise _unknown(head, name)
            if media_type == "application/pdf":
                return Inspection(media_type, pdf.count(path))
            return Inspection(media_type, _frames(file, media_type, options))
    except PermissionError:
        raise ArsipError(UNREADABLE) from None


def _unknown(head: bytes, name: str) -> ArsipError:
    extension = PurePosixPath(name).suffix.lower()
    if not head:
        return ArsipError(EMPTY_FILE)
    if extension in SUPPORTED:
        return ArsipError(NOT_AS_NAMED, extension=extension)
    return ArsipError(UNSUPPORTED, format=extension.lstrip(".") or "?")


def _frames(file: BinaryIO, media_type: str, options: PrepareOptions) -> int:
    areas = [size.width * size.height for size in images.sizes(file, media_type)]
    if not any(areas):
        raise ArsipError(NO_PAGES)
    if min(areas) > options.max_pixels:
        raise ArsipError(TOO_MANY_PIXELS, pixels=min(areas), limit=options.max_pixels)
    return len(areas)
