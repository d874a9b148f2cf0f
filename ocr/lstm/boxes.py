"""Where the words of a line stand on the page: cut in the gaps between them, then drawn in to their ink."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocr.levels import halfway
from ocr.lstm.network import POOL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.lstm.decode import Glyph
    from ocr.lstm.lineimage import Cut
    from ocr.lstm.piece import Piece


class Edges(NamedTuple):
    """A word's box in pixels of the page."""

    left: int
    top: int
    right: int
    bottom: int


def boxes(
    words: Sequence[Sequence[Glyph]], page: NDArray[np.uint8], piece: Piece, cut: Cut, height: int
) -> list[Edges]:
    """The box of each word. ``cut`` is what of the page was read, scaled to ``height``."""
    if not words:
        return []
    ink = _ink(page[piece.top : piece.bottom, piece.left : piece.right])
    columns = np.asarray(ink.any(0))
    scale = POOL * (cut.bottom - cut.top) / height

    def column(step: float) -> int:
        """The column of the piece at which a step begins."""
        return min(max(round(cut.left + step * scale) - piece.left, 0), len(columns))

    borders = [0]
    for before, behind in pairwise(words):
        start, stop = column(before[-1].last + 0.5), column(behind[0].first + 0.5)
        borders.append(max(borders[-1], _gap(columns, start, stop)))
    borders.append(len(columns))
    return [_drawn_in(ink, piece, *pair) for pair in pairwise(borders)]


def _ink(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What is darker than halfway between the darkest and the lightest parts; lighter in white on black."""
    level = halfway(pixels[::2, ::2], 1, 90) if pixels.size > 3 else 127.5
    ink = pixels < level
    return ink if ink.mean() <= 0.5 else ~ink


def _gap(columns: NDArray[np.bool_], start: int, stop: int) -> int:
    """The middle of the widest empty run of columns between two, or of all where there is ink in each."""
    empty = np.concatenate([[False], ~columns[start:stop], [False]])
    edges = np.flatnonzero(np.diff(empty))
    if not len(edges):
        return (start + stop) // 2
    firsts, ends = edges[::2], edges[1::2]
    widest = int((ends - firsts).argmax())
    return start + int(firsts[widest] + ends[widest]) // 2


def _drawn_in(ink: NDArray[np.bool_], piece: Piece, left: int, right: int) -> Edges:
    """The box of the ink between two columns of a piece; all of it where there is none."""
    part = ink[:, left:right]
    across, down = np.flatnonzero(part.any(0)), np.flatnonzero(part.any(1))
    if not len(across):
        return Edges(piece.left + left, piece.top, piece.left + max(right, left + 1), piece.bottom)
    return Edges(
        piece.left + left + int(across[0]),
        piece.top + int(down[0]),
        piece.left + left + int(across[-1]) + 1,
        piece.top + int(down[-1]) + 1,
    )
