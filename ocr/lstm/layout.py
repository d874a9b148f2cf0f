"""The lines of a page, as Tesseract's layout analysis finds them, without a language model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tesserocr

from archive.types import PageImage, Turn
from ocr.lstm.piece import Piece
from ocr.lstm.threshold import bitmap, white

TEXT = frozenset(range(1, 9))
"""Types of blocks with text: flowing, headings, pull-outs, equations, tables, vertical, captions (PT)."""

NO_PITCH = "textord_disable_pitch_test"
"""Whether Tesseract leaves out to ask of each line if it is typewritten: an eighth of its time for no piece.

It is a variable of the whole process, and so is set while a page is looked at and no longer.
"""


def analyser() -> Any:
    """Tesseract without any model."""
    api = tesserocr.PyTessBaseAPI(init=False)
    api.InitForAnalysePage()
    api.SetPageSegMode(tesserocr.PSM.AUTO)
    return api


def layout(api: Any, image: PageImage) -> list[Piece]:
    """The pieces of a page in reading order."""
    height, width = image.pixels.shape
    api.SetImageBytesBmp(bitmap(white(image.pixels)))
    api.SetSourceResolution(round(image.dpi))
    api.SetVariable(NO_PITCH, "1")
    found = api.AnalyseLayout(True)
    api.SetVariable(NO_PITCH, "0")
    if found is None:
        api.Clear()
        return []
    # Only the iterator of results knows the measures of a line; there are no results to ask it for.
    pieces = list(_walk(api.GetIterator(), width, height))
    api.Clear()
    return pieces


def _walk(iterator: Any, width: int, height: int) -> Iterator[Piece]:
    word, level = tesserocr.RIL.WORD, tesserocr.RIL.TEXTLINE
    line = -1
    iterator.SetBoundingBoxComponents(True, True)
    while iterator is not None:
        line += iterator.IsAtBeginningOf(level)
        box, baseline = iterator.BoundingBox(word), iterator.Baseline(word)
        if box and baseline and iterator.BlockType() in TEXT:
            yield _piece(box, baseline, iterator.RowAttributes(), line, width, height)
        if not iterator.Next(word):
            return


def _piece(
    box: tuple[int, int, int, int],
    baseline: tuple[tuple[int, int], tuple[int, int]],
    row: dict[str, float],
    line: int,
    width: int,
    height: int,
) -> Piece:
    """A piece from what Tesseract says of it on the page as it lies."""
    (x, y), (to_x, to_y) = baseline
    turn = _level(to_x - x, to_y - y)
    middle = {
        0: (y + to_y) / 2,
        90: (x + to_x) / 2,
        180: height - (y + to_y) / 2,
        270: width - (x + to_x) / 2,
    }[turn]
    ascenders, descenders = row["ascenders"], row["descenders"]
    x_height = row["row_height"] - ascenders + descenders
    return Piece(*turned(box, turn, width, height), middle, x_height, ascenders, descenders, line, turn)


def _level(right: int, down: int) -> Turn:
    """The clockwise turn after which a line with this direction runs from left to right."""
    if abs(right) >= abs(down):
        return 0 if right >= 0 else 180
    return 270 if down > 0 else 90


def turned(box: tuple[int, int, int, int], turn: Turn, width: int, height: int) -> tuple[int, int, int, int]:
    """A box (left, top, right, bottom) after the clockwise turn of its page of this size."""
    left, top, right, bottom = box
    match turn:
        case 90:
            return height - bottom, left, height - top, right
        case 180:
            return width - right, height - bottom, width - left, height - top
        case 270:
            return top, width - right, bottom, width - left
    return box
