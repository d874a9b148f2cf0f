"""Tesseract as a program of its own, through pytesseract: one run a page, words and boxes from its table."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import numpy as np
import pytesseract
from PIL import Image

from archive.errors import PAGE_TIMEOUT, READER_DIED, TESSERACT_MISSING, ArsipError
from archive.types import PageImage
from ocr import tessdata
from ocr.contract import Layout, Recognised, Seen, recognised
from ocr.lines import lines

SECONDS = 60
"""What a page may take; the reader around this has the same limit (promise 8)."""

_MODES: dict[Layout, int] = {"page": 3, "block": 6}


class PytesseractEngine:
    """Starts Tesseract anew for each page: slower than tesserocr, and a crash of it spares this process."""

    name = "pytesseract"

    @property
    def version(self) -> str:
        """The version of the installed program. Raises TESSERACT_MISSING."""
        try:
            return str(pytesseract.get_tesseract_version(cached=True))
        except (pytesseract.TesseractNotFoundError, SystemExit):
            raise ArsipError(TESSERACT_MISSING) from None

    def languages(self) -> frozenset[str]:
        """The languages in the folder of models."""
        return tessdata.languages(tessdata.folder())

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        """All words of a page in reading order, from one recognition."""
        tessdata.demand(languages)
        table = _table(image, languages, _MODES[layout])
        height, width = image.pixels.shape
        return recognised(lines(_rows(table)), width, height)


def _table(image: PageImage, languages: str, psm: int) -> str:
    """Tesseract's TSV of an image.

    pytesseract's exceptions quote what Tesseract printed, so none of them goes further up (promise 9).
    """
    config = f"--psm {psm} --dpi {round(image.dpi)} --tessdata-dir {shlex.quote(str(tessdata.folder()))}"
    picture = Image.fromarray(np.ascontiguousarray(image.pixels))
    picture.format = "PPM"  # how pytesseract hands the picture over: nothing to compress
    try:
        return str(pytesseract.image_to_data(picture, lang=languages, config=config, timeout=SECONDS))
    except pytesseract.TesseractNotFoundError:
        raise ArsipError(TESSERACT_MISSING) from None
    except pytesseract.TesseractError:
        raise ArsipError(READER_DIED) from None
    except RuntimeError:
        raise ArsipError(PAGE_TIMEOUT, seconds=SECONDS) from None


def _rows(table: str) -> Iterator[Seen]:
    """The words of Tesseract's TSV: level, page, block, paragraph, line, word, box, confidence, text."""
    for row in table.split("\n")[1:]:
        cells = row.rstrip("\r").split("\t")
        if len(cells) < 12 or cells[0] != "5":
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        line = tuple(cells[2:5])
        yield Seen(cells[11], left, top, left + width, top + height, float(cells[10]), line)
