"""Our own engine: the lines of plain pages found by us, of all others by Tesseract's layout analysis; and
Tesseract's line recognisers run in batches on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from archive.types import PageImage
from ocr import tessdata
from ocr.contract import Layout, Recognised, Seen, confidence_of, recognised, turn_of
from ocr.lstm import layout as layouts
from ocr.lstm.boxes import boxes
from ocr.lstm.languages import height_of, is_doubtful, read_lines
from ocr.lstm.layout import analyser, turned
from ocr.lstm.line import Read
from ocr.lstm.lineimage import cut, normalised, scaled
from ocr.lstm.model import Model, model_of
from ocr.lstm.piece import Piece
from ocr.lstm.traineddata import Unknown
from ocr.rows.plain import plain
from ocr.tesserocr_engine import TesserocrEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = "7"
"""Goes up whenever this engine would read a line otherwise than before."""

NARROWEST = 1 / 3
"""How wide a line has to be for its height to hold a character."""


class OnnxEngine:
    """Keeps its models until the process ends. What it cannot read it leaves to Tesseract, and says so."""

    name = "onnx"

    def __init__(self, careful: str = "") -> None:
        """``careful`` is a folder of larger models for lines that come out doubtful; "" for none."""
        self._tesseract = TesserocrEngine()
        self._careful = careful

    @property
    def version(self) -> str:
        """The version of the Tesseract beside us, and behind a plus ours of finding and reading lines."""
        return f"{self._tesseract.version}+{VERSION}"

    def languages(self) -> frozenset[str]:
        """The languages in the folder of models."""
        return self._tesseract.languages()

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        """All words of a page in reading order; by Tesseract where a step ``tesseract:…`` says why."""
        tessdata.demand(languages)
        if layout == "block":
            return self._tesseract.recognise(image, languages, layout)
        try:
            models = [_model(tessdata.path(language)) for language in languages.split("+")]
            larger, steps = self._larger(languages)
            pieces, pixels, how = _laid_out(image)
            seen, again = _read(pieces, pixels, models, larger)
        except Unknown as reason:
            read = self._tesseract.recognise(image, languages)
            return read._replace(steps=(*read.steps, _step("tesseract", reason)))
        height, width = image.pixels.shape
        how = (*steps, *how, *([f"careful:{again}"] if again else []))
        return recognised(seen, width, height, how)

    def _larger(self, languages: str) -> tuple[list[Model], tuple[str, ...]]:
        """The larger models, or none, and a step that says why not."""
        if not self._careful:
            return [], ()
        try:
            return [_model(path) for path in tessdata.larger(languages, self._careful).values()], ()
        except Unknown as reason:
            return [], (_step("not-careful", reason),)


def _step(what: str, reason: Unknown) -> str:
    """Something that was not done as it was asked for, with the reason, as a step of the page."""
    return f"{what}:{str(reason).replace(' ', '-')}"


@lru_cache(maxsize=1)
def _analyser() -> Any:
    return analyser()


def _laid_out(image: PageImage) -> tuple[list[Piece], NDArray[np.uint8], tuple[str, ...]]:
    """The pieces of a page, its pixels as they are read, and a step where the layout is Tesseract's."""
    found = plain(image)
    if found is None:
        return layouts.layout(_analyser(), image), image.pixels, ("layout:tesseract",)
    return found.pieces, found.pixels, ()


def _model(path: Path) -> Model:
    state = path.stat()
    found = _loaded(path, state.st_size, state.st_mtime_ns)
    if isinstance(found, Unknown):
        raise found
    return found


@lru_cache(maxsize=8)
def _loaded(path: Path, _size: int, _mtime_ns: int) -> Model | Unknown:
    """A model, or why it is none for us: asked once for each file, not for each page."""
    try:
        return model_of(path.read_bytes())
    except Unknown as reason:
        return reason


def _read(
    pieces: Sequence[Piece],
    page: NDArray[np.uint8],
    models: Sequence[Model],
    larger: Sequence[Model],
) -> tuple[list[list[Seen]], int]:
    """The words of each of the pieces of a page, and how many of these were read again with larger models."""
    height = height_of(models)
    lines = [line for line in (_Line(piece, page) for piece in pieces) if line.wide_enough]
    readings = read_lines(models, [line.image(height) for line in lines])
    seen = [line.seen(words, height) for line, words in zip(lines, readings, strict=True)]
    doubtful = [k for k, words in enumerate(readings) if is_doubtful(words)] if larger else []
    for k, words in zip(doubtful, _surest(larger, [lines[k] for k in doubtful]), strict=True):
        seen[k] = words or seen[k]
    return seen, len(doubtful)


def _surest(models: Sequence[Model], lines: Sequence[_Line]) -> list[list[Seen]]:
    """Each line as the surest of some models reads it; their lines may differ in height."""
    readings = [
        [
            (confidence_of(words), line.seen(words, model.height))
            for line, words in zip(
                lines, model.read([line.image(model.height) for line in lines]), strict=True
            )
        ]
        for model in models
    ]
    return [max(each, key=itemgetter(0))[1] for each in zip(*readings, strict=True)]


class _Line:
    """A piece of a line and where it lies on the page."""

    def __init__(self, piece: Piece, page: NDArray[np.uint8]) -> None:
        self._piece = piece
        self._level = np.rot90(page, -(piece.turn // 90))
        height, width = self._level.shape
        self._cut = cut(piece, width, height)

    @property
    def wide_enough(self) -> bool:
        """Whether a character could stand in it."""
        left, top, right, bottom = self._cut
        return right > left and bottom > top and right - left >= NARROWEST * (bottom - top)

    def image(self, height: int) -> NDArray[np.float32]:
        """As a network wants it."""
        left, top, right, bottom = self._cut
        return normalised(scaled(self._level[top:bottom, left:right], height))

    def seen(self, words: Sequence[Read], height: int) -> list[Seen]:
        """The words of a reading at this height, with their places on the page."""
        places = boxes([word.glyphs for word in words], self._level, self._piece, self._cut, height)
        tall, wide = self._level.shape
        back = turn_of(-self._piece.turn)
        return [
            Seen(word.text, *turned(place, back, wide, tall), word.confidence, self._piece.line)
            for word, place in zip(words, places, strict=True)
        ]
