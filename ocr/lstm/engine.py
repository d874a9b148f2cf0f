"""Our own engine: Tesseract's layout, and its line recognisers run in batches on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from archive.types import PageImage, Turn
from ocr import tessdata
from ocr.contract import Recognised, Seen, words_of
from ocr.lstm.boxes import boxes
from ocr.lstm.layout import Piece, analyser, layout
from ocr.lstm.line import Read
from ocr.lstm.lineimage import Cut, cut, normalised, scaled
from ocr.lstm.model import Model, model_of
from ocr.lstm.traineddata import Unknown
from ocr.tesserocr_engine import TesserocrEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = "1"
"""Goes up whenever this engine would read a line otherwise than before."""

NARROWEST = 12
"""Columns below which a line cannot hold a character."""


class OnnxEngine:
    """Keeps its models until the process ends. What it cannot read it leaves to Tesseract, and says so."""

    name = "onnx"

    def __init__(self) -> None:
        self._tesseract = TesserocrEngine()

    @property
    def version(self) -> str:
        """The version of Tesseract that finds the lines, and behind a plus ours of reading them."""
        return f"{self._tesseract.version}+{VERSION}"

    def languages(self) -> frozenset[str]:
        """The languages in the folder of models."""
        return self._tesseract.languages()

    def orientation(self, image: PageImage) -> tuple[Turn, float]:
        """As Tesseract tells it."""
        return self._tesseract.orientation(image)

    def recognise(self, image: PageImage, languages: str) -> Recognised:
        """All words of a page in reading order; by Tesseract where a step ``tesseract:…`` says why."""
        tessdata.demand(languages)
        try:
            models = [_model(tessdata.path(language)) for language in languages.split("+")]
            found = layout(_analyser(), image)
            if found.vertical:
                raise Unknown("vertical text")
            seen = _read(found.pieces, image.pixels, models)
        except Unknown as reason:
            words, steps = self._tesseract.recognise(image, languages)
            return Recognised(words, (*steps, "tesseract:" + str(reason).replace(" ", "-")))
        height, width = image.pixels.shape
        return Recognised(words_of(seen, width, height))


@lru_cache(maxsize=1)
def _analyser() -> Any:
    return analyser()


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


def _read(pieces: Sequence[Piece], page: NDArray[np.uint8], models: Sequence[Model]) -> list[Seen]:
    """The words of all pieces of a page."""
    height, width = page.shape
    cuts = [cut(piece, width, height) for piece in pieces]
    seen: list[Seen] = []
    model = models[0]
    lines = [_line(page, each, model.height) for each in cuts]
    wide = [k for k, line in enumerate(lines) if line.shape[1] >= NARROWEST]
    for k, words in zip(wide, model.read([lines[k] for k in wide]), strict=True):
        seen += _seen(words, page, pieces[k], cuts[k], model.height)
    return seen


def _line(page: NDArray[np.uint8], part: Cut, height: int) -> NDArray[np.float32]:
    return normalised(scaled(page[part.top : part.bottom, part.left : part.right], height))


def _seen(words: Sequence[Read], page: NDArray[np.uint8], piece: Piece, part: Cut, height: int) -> list[Seen]:
    places = boxes([word.glyphs for word in words], page, piece, part, height)
    return [
        Seen(word.text, *place, word.confidence, piece.line)
        for word, place in zip(words, places, strict=True)
    ]
