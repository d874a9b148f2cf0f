"""Pages for the tests of outputs: drawn, leaning or turned, in files of all kinds, and read for real."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pdfplumber
from PIL import Image

from archive import geometry
from archive.types import (
    Box,
    Homography,
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
from tests.ocr_pages import overlap, page

OPTIONS = PrepareOptions()


@cache
def letter() -> tuple[Image.Image, dict[str, Box]]:
    """An upright letter, and where each word stands that occurs once."""
    image, places = page()
    return Image.fromarray(image.pixels), places


def leaning(degrees: float) -> tuple[Image.Image, dict[str, Box]]:
    """The same whose lines fall to the right; each word's box is the upright rectangle around it."""
    image, places = letter()
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ratio = image.height / image.width
    a, b, d, e = cos, -sin * ratio, sin / ratio, cos
    moved = Homography(a, b, 0.5 - 0.5 * (a + b), d, e, 0.5 - 0.5 * (d + e))
    leant = image.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=255)
    return leant, {word: geometry.bounds(moved, box) for word, box in places.items()}


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


def share_in_place(found: dict[str, Box], places: dict[str, Box]) -> float:
    """The share of the words with a known place that are there with an overlap of a half or more."""
    return sum(word in found and overlap(found[word], box) >= 0.5 for word, box in places.items()) / len(
        places
    )


def saved(image: Image.Image, file: Path, **more: object) -> Path:
    """The file that an image was written to."""
    image.save(file, dpi=(200, 200), **more)  # type: ignore[arg-type]
    return file


def words_of(file: Path, page: int = 0) -> dict[str, Box]:
    """The words of a page as pdfplumber finds them, with their boxes."""
    with pdfplumber.open(file) as pdf:
        found = pdf.pages[page]
        width, height = float(found.width), float(found.height)
        return {
            word["text"]: Box(
                word["x0"] / width,
                word["top"] / height,
                (word["x1"] - word["x0"]) / width,
                (word["bottom"] - word["top"]) / height,
            )
            for word in found.extract_words()
        }
