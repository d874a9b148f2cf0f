"""The lines of a page, as Tesseract's layout analysis finds them, without a language model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tesserocr

from archive.types import PageImage

TEXT = frozenset(range(1, 9))
"""Types of blocks with text: flowing, headings, pull-outs, equations, tables, vertical, captions (PT)."""


class Piece(NamedTuple):
    """What stands together on a line: its box in pixels, and the measures of the line it stands on.

    ``baseline`` is the row of pixels that letters stand on, at the middle of the piece; ``descenders`` is
    negative; ``line`` numbers the lines in reading order.
    """

    left: int
    top: int
    right: int
    bottom: int
    baseline: float
    x_height: float
    ascenders: float
    descenders: float
    line: int


class Layout(NamedTuple):
    """Pieces in reading order; ``vertical`` where some of the page's text does not run from left to right."""

    pieces: tuple[Piece, ...]
    vertical: bool


def analyser() -> Any:
    """Tesseract without any model."""
    api = tesserocr.PyTessBaseAPI(init=False)
    api.InitForAnalysePage()
    api.SetPageSegMode(tesserocr.PSM.AUTO)
    return api


def layout(api: Any, image: PageImage) -> Layout:
    """The pieces of a page."""
    height, width = image.pixels.shape
    api.SetImageBytes(np.ascontiguousarray(image.pixels).tobytes(), width, height, 1, width)
    api.SetSourceResolution(round(image.dpi))
    if api.AnalyseLayout(True) is None:
        api.Clear()
        return Layout((), False)
    # Only the iterator of results knows the measures of a line; there are no results to ask it for.
    found = _walk(api.GetIterator())
    api.Clear()
    return found


def _walk(iterator: Any) -> Layout:
    word, level = tesserocr.RIL.WORD, tesserocr.RIL.TEXTLINE
    pieces: list[Piece] = []
    line, vertical = -1, False
    iterator.SetBoundingBoxComponents(True, True)
    while iterator is not None:
        line += iterator.IsAtBeginningOf(level)
        box = iterator.BoundingBox(word)
        if box and iterator.BlockType() in TEXT:
            turned, direction, *_rest = iterator.Orientation()
            if turned != tesserocr.Orientation.PAGE_UP or direction != 0:
                vertical = True
            pieces.append(_piece(iterator, word, box, line))
        if not iterator.Next(word):
            break
    return Layout(tuple(pieces), vertical)


def _piece(iterator: Any, word: int, box: tuple[int, int, int, int], line: int) -> Piece:
    row = iterator.RowAttributes()
    ascenders, descenders = row["ascenders"], row["descenders"]
    baseline = iterator.Baseline(word)
    middle = (baseline[0][1] + baseline[1][1]) / 2 if baseline else float(box[3])
    return Piece(*box, middle, row["row_height"] - ascenders + descenders, ascenders, descenders, line)
