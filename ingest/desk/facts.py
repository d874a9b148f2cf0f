"""What the desk keeps of a page: some hundred bytes, so that a batch of 100,000 pages fits into memory."""

from __future__ import annotations

import re
import zlib

import msgspec
import numpy as np
from msgspec.structs import replace

from archive.types import PageText, Prepared, Quality, Value, Word
from ingest.desk.numbering import Printed, printed

VERSION = "2"
"""Part of the key under which facts are kept: raise it whenever the same page gives others."""

MM_PER_INCH = 25.4
_SIGNS = re.compile(r"[\W_]+")
LONG_WORD = 4
"""Characters from which on a word may be one that only few pages have."""


class Facts(Value, frozen=True):
    """One page as the desk sees it.

    ``size_mm`` is its short and its long side, zero where the file does not tell a resolution to be believed.
    ``turn`` is how the reading had to turn it, ``printed`` what may be its page number, ``marks`` the 32-bit
    hashes of its longer words, sorted, as little-endian bytes. ``read`` says whether there was a reading at
    all: a dry run has none; ``confidence`` is None where nothing was recognised.
    """

    page: str
    document: str
    number: int
    quality: Quality
    size_mm: tuple[float, float] = (0.0, 0.0)
    read: bool = False
    turn: int = 0
    words: int = 0
    confidence: float | None = None
    printed: tuple[Printed, ...] = ()
    marks: bytes = b""


def facts(page: str, document: str, number: int, prepared: Prepared, text: PageText | None) -> Facts:
    """What the desk keeps of a page, from what its stages made of it; ``text`` is None where it is not
    read."""
    seen = Facts(page, document, number, prepared.quality, _size(prepared))
    if text is None:
        return seen
    recognised = text.source == "ocr" and bool(text.words)
    return replace(
        seen,
        read=True,
        turn=text.turn,
        words=len(text.words),
        confidence=text.confidence if recognised else None,
        printed=printed(text.words),
        marks=hashes(text.words),
    )


def packed(of: Facts) -> bytes:
    """Facts as bytes to keep: what is told by the clean page and its text alone, wherever they belong."""
    return msgspec.msgpack.encode(replace(of, page="", document="", number=0))


def unpacked(payload: bytes, page: str, document: str, number: int) -> Facts:
    """The facts of a page from what was kept."""
    return replace(msgspec.msgpack.decode(payload, type=Facts), page=page, document=document, number=number)


def hashes(words: tuple[Word, ...]) -> bytes:
    """The hashes of the longer words of a page, each once."""
    found = {zlib.crc32(plain.encode()) for word in words if len(plain := plainly(word.text)) >= LONG_WORD}
    return np.sort(np.fromiter(found, "<u4", len(found))).tobytes()


def plainly(text: str) -> str:
    """A word by its letters and figures alone."""
    return _SIGNS.sub("", text.casefold())


def _size(prepared: Prepared) -> tuple[float, float]:
    if any(step.startswith("dpi-estimated") for step in prepared.steps):
        return 0.0, 0.0
    sides = sorted((prepared.width, prepared.height))
    short, long = (round(side / prepared.dpi * MM_PER_INCH, 1) for side in sides)
    return short, long
