"""From a clean page image to its words: the PDF's own text where it can be trusted, else OCR."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from archive.errors import ENGINE_MISSING, ArsipError
from archive.geometry import on_sheet
from archive.types import PageImage, PageText, Prepared, ReadOptions, Source, Word
from ocr import tessdata
from ocr.contract import confidence_of
from ocr.repair import repaired

if TYPE_CHECKING:
    from ocr.contract import Engine
    from ocr.textlayer import Layer

VERSION = "7"
"""Goes up whenever the same page would be read otherwise than before."""

LIGHT_FROM = 2
"""From so many readers that a page has cost on it is read lightly: one may have died of something else."""
SURE = 0.6
"""Confidence from which on a word is believed that OCR finds beside a PDF's own text."""

EngineName = Literal["tesserocr", "pytesseract", "onnx"]

FASTEST: tuple[EngineName, ...] = ("onnx", "tesserocr")
"""Engines that may not be installed, the fastest first."""


def read(source: Source, prepared: Prepared, image: PageImage, options: ReadOptions) -> PageText:
    """The words of a page: none where it is blank, the PDF's own where they can be trusted, else by OCR.

    ``image`` is the clean page that ``prepared`` describes; boxes are fractions of it, after the clockwise
    ``PageText.turn``. Raises TESSERACT_MISSING, LANGUAGE_MISSING, ENGINE_MISSING, PAGE_TIMEOUT, READER_DIED.
    """
    if prepared.quality.blank:
        return PageText(words=(), source="blank", engine="", model="", version="")
    steps: tuple[str, ...] = ()
    used = engine(options.engine, options.careful)
    has_layer = prepared.origin == "rendered" and source.media_type == "application/pdf"
    if options.text_layer and has_layer and options.killed < LIGHT_FROM:
        from ocr import textlayer  # pdfplumber is slow to load and scans never need it

        layer = text_layer(source, prepared, image, options)
        steps = layer.steps
        if layer.in_part:
            return _completed(layer.words, used, image, options, steps)
        if layer.used:
            return PageText(
                words=layer.words,
                source="text-layer",
                engine="pdfplumber",
                model="",
                version=textlayer.VERSION,
                confidence=confidence_of(layer.words),
                steps=steps,
            )
    return _recognised(used, prepared, image, options, steps)


def text_layer(source: Source, prepared: Prepared, image: PageImage, options: ReadOptions) -> Layer:
    """A PDF page's own text as ``read`` judges it."""
    from ocr import textlayer

    def recognise(part: PageImage) -> tuple[Word, ...]:
        return engine(options.engine).recognise(part, options.languages).words

    return textlayer.read(source, prepared, image, recognise)


def _completed(
    words: tuple[Word, ...], engine: Engine, image: PageImage, options: ReadOptions, steps: tuple[str, ...]
) -> PageText:
    """The PDF's own words, and behind them what OCR finds beside them: they are painted over first.

    Words of which the engine is not sure go aside: what is left is often a coat of arms or a signature.
    """
    from ocr.merge import behind, beside
    from ocr.upright import without  # NumPy, as below

    found, more, aside = engine.recognise(without(image, words), options.languages)
    found, mended = repaired(found)
    rest = behind(words, [word for word in found if word.confidence >= SURE])
    unsure = [word for word in found if word.confidence < SURE]
    aside = beside(words + rest, (*unsure, *behind(found, aside)))
    return PageText(
        words=words + rest,
        source="text-layer",
        engine=f"pdfplumber+{engine.name}",
        model=_models(options),
        version=engine.version,
        confidence=confidence_of(words + rest + aside),
        steps=(*steps, *more, *mended, f"pictures:{len(rest)}"),
        aside=aside,
    )


def _recognised(
    engine: Engine, prepared: Prepared, image: PageImage, options: ReadOptions, steps: tuple[str, ...]
) -> PageText:
    from ocr.fit import fitted  # NumPy, which whoever only asks for the fingerprint does not need
    from ocr.ladder import climbed, lightly
    from ocr.merge import beside
    from ocr.order import in_rows
    from ocr.upright import read_upright, turned

    languages = options.languages
    if options.killed >= LIGHT_FROM:
        reading = lightly(engine, image, languages)
    else:
        begun = time.monotonic()
        reading = read_upright(engine, image, languages)
        reading = climbed(engine, image, languages, reading, time.monotonic() - begun)
    upright = turned(image, reading.turn)
    words, mended = repaired(in_rows(fitted(reading.words, upright)))
    aside = beside(words, fitted(reading.aside, upright))
    if bend := prepared.bend:
        words, aside = (
            tuple(replace(word, box=on_sheet(bend, reading.turn, word.box)) for word in each)
            for each in (words, aside)
        )
    return PageText(
        words=words,
        source="ocr",
        engine=engine.name,
        model=_models(options),
        version=engine.version,
        turn=reading.turn,
        confidence=confidence_of(words + aside),
        steps=steps + reading.steps + mended,
        aside=aside,
    )


def fingerprint(options: ReadOptions) -> str:
    """What decides, beside the page itself, how it is read: part of the key of the result.

    Stage version, engine, Tesseract's version, languages, the hash of their models (and of the larger ones
    where it is read with care), whether text layers are trusted, and whether it is read lightly: the same
    scan elsewhere may not cost readers, and is to be read in full. Loads no model. Raises as ``check`` does.
    """
    used = engine(options.engine)
    layer = "text-layer" if options.text_layer else "ocr-only"
    light = ":light" if options.killed >= LIGHT_FROM else ""
    return f"ocr-{VERSION}:{used.name}-{used.version}:{_models(options)}:{layer}{light}"


def _models(options: ReadOptions) -> str:
    """Which models read a page, with their hashes."""
    languages, careful = options.languages, options.careful
    models = f"{languages}@{tessdata.fingerprint(languages)}"
    return f"{models}+larger@{tessdata.larger_fingerprint(languages, careful)}" if careful else models


def check(options: ReadOptions) -> None:
    """Finds out before the first page whether pages can be read at all.

    Raises ENGINE_MISSING, TESSERACT_MISSING, or LANGUAGE_MISSING for the first language without a model,
    LARGER_MISSING for the first without a larger one where that is asked for.
    """
    _ = engine(options.engine).version
    tessdata.demand(options.languages)
    if options.careful:
        tessdata.larger(options.languages, options.careful)


def default_engine() -> EngineName:
    """The first of ``onnx`` and ``tesserocr`` that can be imported, else ``pytesseract``: the fastest first.

    Whether it knows the models of some languages need not be asked: what ``onnx`` does not know it has
    ``tesserocr`` read.
    """
    for name in FASTEST:
        try:
            engine(name)
        except ArsipError:
            continue
        return name
    return "pytesseract"


@cache
def engine(name: EngineName, careful: str = "") -> Engine:
    """The one engine of this name in this process; ``careful`` as in ReadOptions, for ``onnx`` only.

    Raises ENGINE_MISSING where it cannot be imported.
    """
    try:
        if name == "tesserocr":
            from ocr.tesserocr_engine import TesserocrEngine

            return TesserocrEngine()
        if name == "onnx":
            from ocr.lstm.engine import OnnxEngine

            return OnnxEngine(careful)
        from ocr.pytesseract_engine import PytesseractEngine

        return PytesseractEngine()
    except ImportError:
        raise ArsipError(ENGINE_MISSING, engine=name) from None
