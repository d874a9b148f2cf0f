"""Pages for the tests of outputs: drawn, leaning or turned, in files of all kinds, and read for real."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from PIL import Image

from archive import geometry
from archive.types import (
    Box,
    PageText,
    PageView,
    Prepared,
    PrepareOptions,
    Quality,
    ReadOptions,
    Source,
    Word,
)
from ingest import stored
from ingest.kinds import HEAD, sniff
from ingest.prepare import prepare
from ocr.outputs.pdf import Assembly
from ocr.read import default_engine, read
from tests.ocr_pages import page

OPTIONS = PrepareOptions()
Point = tuple[float, float]


@cache
def letter() -> tuple[Image.Image, dict[str, Box]]:
    """An upright letter, and where each word stands that occurs once."""
    image, places = page()
    return Image.fromarray(image.pixels), places


def leaning(degrees: float) -> tuple[Image.Image, dict[str, Box]]:
    """The same whose lines fall to the right; each word's box is the upright rectangle around it."""
    image, places = letter()
    width, height = image.size
    turn = math.radians(degrees)

    def moved(x: float, y: float) -> Point:
        x, y = x * width - width / 2, y * height - height / 2
        return (
            (x * math.cos(turn) - y * math.sin(turn) + width / 2) / width,
            (x * math.sin(turn) + y * math.cos(turn) + height / 2) / height,
        )

    leant = image.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=255)
    return leant, {word: around(box, moved) for word, box in places.items()}


def around(box: Box, moved: Callable[[float, float], Point]) -> Box:
    """The upright rectangle around a box whose corners are moved."""
    corners = [moved(x, y) for x in (box.x, box.x + box.w) for y in (box.y, box.y + box.h)]
    (left, right), (top, foot) = ((min(each), max(each)) for each in zip(*corners, strict=True))
    return Box(left, top, right - left, foot - top)


def view(file: Path, frame: int = 0, number: int = 1, *, text: PageText | None = None) -> PageView:
    """A page as the catalog knows it, prepared, and read unless its text is given."""
    media_type = sniff(file.read_bytes()[:HEAD])
    assert media_type is not None
    source = Source(str(file), f"{file.name}-blob", media_type, frame)
    image, prepared = prepare(source, OPTIONS)
    text = text or read(source, prepared, image, ReadOptions(engine=default_engine()))
    return made(source, prepared, text, number)


def made(source: Source, prepared: Prepared | None, text: PageText | None, number: int = 1) -> PageView:
    """A page of which this is known."""
    nothing = dict.fromkeys(("unit", "box", "shelf", "type", "date", "nomor", "hal"), "")
    return PageView(
        page=f"p{number}",
        document="d",
        revision=1,
        number=number,
        pages=1,
        batch="b",
        folder="in",
        path=Path(source.path).name,
        security="B",
        withdrawn=False,
        source=source,
        prepared=prepared,
        text=text,
        **nothing,
    )


def flat(width: int, height: int) -> Prepared:
    """What is said of a page to which nothing was done."""
    return Prepared(
        width=width,
        height=height,
        dpi=200.0,
        turn=0,
        to_shown=geometry.IDENTITY,
        origin="frame",
        quality=Quality(1.0, 1.0, 0.0, 0.1, False),
        steps=(),
    )


def said(*words: Word, source: str = "ocr") -> PageText:
    """A page of these words."""
    return PageText(words, source, "tesserocr", "ind@0", "5", confidence=0.9)  # type: ignore[arg-type]


def pdf_of(views: Sequence[PageView], target: Path, title: str | None = None) -> Path:
    """The PDF of these pages."""
    assembly = Assembly(lambda source: stored.load(source, OPTIONS), title)
    try:
        assembly.begin(views[0].source, len(views))
        assembly.add(views)
        assembly.save(target)
    finally:
        assembly.close()
    return target


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    wide = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    high = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    common = max(0.0, wide) * max(0.0, high)
    return common / (one.w * one.h + other.w * other.h - common)


def share_in_place(found: dict[str, Box], places: dict[str, Box]) -> float:
    """The share of the words with a known place that are there with an overlap of a half or more."""
    return sum(word in found and overlap(found[word], box) >= 0.5 for word, box in places.items()) / len(
        places
    )
