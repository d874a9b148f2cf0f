"""What a reader does when asked: the stages' own functions, and the clean image kept between two of them."""

from __future__ import annotations

import os

import ingest.inspect
import ingest.prepare
import ocr.gain
import ocr.read
from archive.types import (
    Inspection,
    PageImage,
    PageText,
    Prepared,
    PrepareOptions,
    Reading,
    ReadOptions,
    Source,
    Turn,
)
from worker import marks
from worker.wire import Mark

_kept: dict[tuple[Source, PrepareOptions], tuple[PageImage, Prepared]] = {}
"""The clean page of the last ``prepare``, for the ``read`` that follows; never more than one."""


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
