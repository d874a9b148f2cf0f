"""Lines cut from drawn letters, for the tests of networks: each with what Tesseract itself reads there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tesserocr
from numpy.typing import NDArray

from archive.types import Box, PageImage
from ocr import tessdata
from ocr.lstm.layout import analyser, layout
from ocr.lstm.lineimage import cut
from ocr.lstm.piece import Piece
from ocr.lstm.traineddata import NUMBERS, PUNCTUATION, WORDS, parts
from samples.draw import Look, draw
from samples.letters import KINDS, letter
from tests.lstm_emulation import file_of


class DrawnLine(NamedTuple):
    """A line as it is cut out, and the text that Tesseract reads in it without dictionaries."""

    pixels: NDArray[np.uint8]
    text: str


def without_dictionaries(language: str) -> bytes:
    """A language's file with nothing but the network and its alphabet."""
    found = parts(tessdata.path(language).read_bytes())
    return file_of({k: part for k, part in found.items() if k not in (PUNCTUATION, WORDS, NUMBERS)})


def drawn_lines(language: str, folder: Path, pages: int) -> list[DrawnLine]:
    """The lines of text of some drawn letters; logos, stamps and signatures are not among them."""
    (folder / f"{language}.traineddata").write_bytes(without_dictionaries(language))
    api = tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=language, psm=tesserocr.PSM.RAW_LINE)
    found = []
    for number in range(pages):
        for pixels, dpi in _cut(number):
            height, width = pixels.shape
            api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            api.SetSourceResolution(dpi)
            found.append(DrawnLine(pixels, " ".join(api.GetUTF8Text().split())))
    api.End()
    return found


def _cut(number: int) -> Iterator[tuple[NDArray[np.uint8], int]]:
    """The lines of one letter, at 200 or 300 dpi."""
    rng, dpi = random.Random(number), (200, 300)[number % 2]
    families = ("serif", "sans", "narrow", "dejavu-serif", "mono")
    look = Look(families[number % len(families)], rng.choice((10.5, 11.5, 12.0)), dpi)  # type: ignore[arg-type]
    page = draw(letter(list(KINDS)[number % len(KINDS)], rng), look, rng)[0]
    pixels = np.asarray(page.image.convert("L"))
    height, width = pixels.shape
    for piece in layout(analyser(), PageImage(pixels, float(dpi))):
        if any(_inside(word.box, piece, width, height) for word in page.words):
            left, top, right, bottom = cut(piece, width, height)
            yield np.ascontiguousarray(pixels[top:bottom, left:right]), dpi


def _inside(box: Box, piece: Piece, width: int, height: int) -> bool:
    """Whether the middle of a drawn word lies in a piece."""
    x, y = (box.x + box.w / 2) * width, (box.y + box.h / 2) * height
    return piece.left <= x < piece.right and piece.top <= y < piece.bottom
