"""Tesseract inside this process, through tesserocr: one recogniser kept for each set of languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import tesserocr

from archive.errors import READER_DIED, ArsipError
from archive.types import PageImage
from ocr import tessdata
from ocr.contract import Layout, Recognised, Seen, recognised
from ocr.lines import lines

# Leptonica and Tesseract write to stderr what they stumble over; nobody can do anything about it.
tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
_SILENT = {"debug_file": os.devnull}
_MODES: dict[Layout, int] = {"page": tesserocr.PSM.AUTO, "block": tesserocr.PSM.SINGLE_BLOCK}


class TesserocrEngine:
    """Keeps its recognisers until the process ends. Not for two threads at once."""

    name = "tesserocr"

    @property
    def version(self) -> str:
        """The version of Tesseract that tesserocr was built with."""
        return str(tesserocr.tesseract_version()).split()[1]

    def languages(self) -> frozenset[str]:
        """The languages in the folder of models."""
        return tessdata.languages(tessdata.folder())

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        """All words of a page in reading order, from one recognition."""
        tessdata.demand(languages)
        api = _api(str(tessdata.folder()), languages, _MODES[layout])
        # Words of earlier pages would otherwise weigh on this one: a page is read as if it were the first.
        api.ClearAdaptiveClassifier()
        _show(api, image)
        if not api.Recognize():
            raise ArsipError(READER_DIED)
        height, width = image.pixels.shape
        found = recognised(lines(_walk(api.GetIterator())), width, height)
        api.Clear()
        return found


@lru_cache(maxsize=4)
def _api(folder: str, languages: str, psm: int) -> Any:
    return tesserocr.PyTessBaseAPI(path=folder + "/", lang=languages, psm=psm, variables=_SILENT)


def _show(api: Any, image: PageImage) -> None:
    height, width = image.pixels.shape
    api.SetImageBytes(np.ascontiguousarray(image.pixels).tobytes(), width, height, 1, width)
    api.SetSourceResolution(round(image.dpi))


def _walk(iterator: Any) -> Iterator[Seen]:
    """The words as the iterator of results yields them, which is Tesseract's reading order."""
    word, line_level = tesserocr.RIL.WORD, tesserocr.RIL.TEXTLINE
    line = 0
    while iterator is not None:
        line += iterator.IsAtBeginningOf(line_level)
        box = iterator.BoundingBox(word)
        if box and not iterator.Empty(word):
            left, top, right, bottom = box
            confidence = iterator.Confidence(word)
            yield Seen(iterator.GetUTF8Text(word), left, top, right, bottom, confidence, line)
        if not iterator.Next(word):
            return
