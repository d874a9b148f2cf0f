"""What a reader does when asked: the stages' own functions, and the clean image kept between two of them."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import ingest.extent
import ingest.inspect
import ingest.prepare
import ingest.stored
import ocr.gain
import ocr.read
from archive.errors import DISK_FULL, NOT_WRITABLE, OUTPUT_TOO_LARGE, READER_DIED, ArsipError
from archive.types import (
    Extent,
    Inspection,
    PageImage,
    PageText,
    PageView,
    Prepared,
    PrepareOptions,
    Reading,
    ReadOptions,
    Source,
    Turn,
)
from worker import marks
from worker.wire import Mark, Thumbnail

if TYPE_CHECKING:
    from ocr.outputs.pdf import Assembly

_kept: dict[tuple[Source, PrepareOptions], tuple[PageImage, Prepared]] = {}
"""The clean page of the last ``prepare``, for the ``read`` that follows; never more than one."""


THUMBNAIL_QUALITY = 60
"""Of JPEG; what is wrong with a page can be seen, and a page takes some 15 kB."""

_assembly: list[Assembly] = []
"""The PDF that is being put together; never more than one."""


def inspect(path: bytes, name: str, options: PrepareOptions) -> Inspection:
    """What a file is; its path comes as bytes, as it need not be UTF-8."""
    return ingest.inspect.inspect(os.fsdecode(path), name, options)


def prepare(source: Source, options: PrepareOptions) -> Prepared:
    """Make the clean page and keep it."""
    _kept.clear()  # before, not after: two pages at once would count against the second
    _kept[source, options] = made = ingest.prepare.prepare(source, options)
    return made[1]


def read(
    source: Source,
    prepare_options: PrepareOptions,
    prepared: Prepared | None,
    options: ReadOptions,
    before: Reading | None,
) -> PageText:
    """Read the clean page that was kept, or make it again; compare it with the reading before, if any."""
    if (source, prepare_options) not in _kept:
        prepare(source, prepare_options)
    image, made = _kept.pop((source, prepare_options))
    text = ocr.read.read(source, prepared or made, image, options)
    return ocr.gain.compared(before, Reading(text, prepared or made), options.languages)


def picture(
    source: Source, turn: Turn, max_side: int, drawn: tuple[Mark, ...], options: PrepareOptions
) -> bytes:
    """The original page, upright, with boxes drawn on it, as a PNG."""
    rgb = ingest.prepare.picture(source, turn, max_side, options)
    return ingest.prepare.encode_png(marks.drawn(rgb, drawn))


def thumbnail(source: Source, turn: Turn, max_side: int, options: PrepareOptions) -> Thumbnail:
    """The original page, upright and small, as a JPEG."""
    rgb = ingest.prepare.picture(source, turn, max_side, options)
    return Thumbnail(ingest.prepare.encode_jpeg(rgb, THUMBNAIL_QUALITY), rgb.shape[1], rgb.shape[0])


def extent(source: Source, prepared: Prepared | None, options: PrepareOptions) -> Extent:
    """The pixels of an original."""
    return ingest.extent.measured(source, prepared, options)


def pdf_begin(first: Source, pages: int, title: str | None, options: PrepareOptions) -> None:
    """Begin a PDF of so many pages, the first of which shows this original; PDF/A if it has a ``title``."""
    from ocr.outputs.pdf import Assembly  # pikepdf is of no use to whoever only reads pages

    _end()
    made = Assembly(lambda source: ingest.stored.load(source, options), title)
    _assembly.append(made)
    made.begin(first, pages)


def pdf_add(views: tuple[PageView, ...]) -> None:
    """Add pages to the PDF that was begun. Raises DISK_FULL, and what is wrong with an original."""
    try:
        _under_way().add(views)
    except OSError as error:
        raise _known(error, tempfile.gettempdir()) from None


def pdf_save(target: bytes) -> None:
    """Write the PDF that was begun. Raises DISK_FULL, OUTPUT_TOO_LARGE, NOT_WRITABLE."""
    path = os.fsdecode(target)
    try:
        _under_way().save(Path(path))
    except OSError as error:
        raise _known(error, path, ArsipError(NOT_WRITABLE, path=path)) from None
    finally:
        _end()


def _known(error: OSError, path: str, otherwise: Exception | None = None) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ArsipError(DISK_FULL, path=path)
    if error.errno == errno.EFBIG:
        return ArsipError(OUTPUT_TOO_LARGE, megabytes=resource.getrlimit(resource.RLIMIT_FSIZE)[0] // 10**6)
    return otherwise or error


def _under_way() -> Assembly:
    if not _assembly:  # it was begun in a reader that is no more
        raise ArsipError(READER_DIED, how="restarted")
    return _assembly[0]


def _end() -> None:
    for each in _assembly:
        each.close()
    _assembly.clear()
