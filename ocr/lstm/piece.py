"""A piece of a line: what is cut out of a page to be read at once, as layout analysis tells it."""

from __future__ import annotations

from typing import NamedTuple

from archive.types import Turn


class Piece(NamedTuple):
    """What stands together on a line: its box in pixels, and the measures of the line it stands on.

    Where text runs up or down the page, all this is measured on the page after the clockwise ``turn`` that
    makes the line level. ``baseline`` is the row of pixels that letters stand on, at the middle of the piece;
    ``descenders`` is negative; ``line`` numbers the lines in reading order.
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
    turn: Turn = 0
