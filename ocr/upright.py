"""Reads a page the right way up: where words come out doubtful, asks how it is turned and reads it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive.types import PageImage, Turn, Word
from ocr.contract import confidence_of

if TYPE_CHECKING:
    from ocr.contract import Engine

SURE = 0.85
"""Upright pages are read with a higher mean confidence than this, turned ones hardly ever."""
BETTER = 1.2
"""How many times the sure letters of the first reading the second must have to be believed."""
MUCH_INK, FEW_LETTERS = 0.01, 30
"""A page with this share of ink should show more letters than that."""
LARGE, SMALL = 3000, 1000
"""Orientation is asked of the half image above this many pixels (long side), of the double one below that
(short side): as sure as at full scale for a quarter of the time, and surer where letters are tiny."""


class Reading(NamedTuple):
    """Words, the clockwise turn after which they came, and what was tried."""

    words: tuple[Word, ...]
    turn: Turn = 0
    steps: tuple[str, ...] = ()


def read_upright(engine: Engine, image: PageImage, languages: str, ink: float) -> Reading:
    """Reads a page, and once more after a turn where the first reading looks like that of a turned page.

    ``ink`` is the share of dark pixels. The second reading counts only when it is clearly better, so
    that a page is never turned away from a good reading.
    """
    words, steps = engine.recognise(image, languages)
    why = _doubt(words, image, ink)
    if not why:
        return Reading(words, 0, steps)
    turn = _asked_turn(engine, image, why)
    steps += (f"orientation:{why}:{turn}",)
    if turn == 0:
        return Reading(words, 0, steps)
    upright = turned(image, turn)
    again, more = engine.recognise(upright, languages)
    steps += more
    if sure_letters(again, upright) <= BETTER * sure_letters(words, image):
        return Reading(words, 0, (*steps, "turn:no-better"))
    return Reading(again, turn, (*steps, f"turn:{turn}"))


def _asked_turn(engine: Engine, image: PageImage, why: str) -> Turn:
    """The turn worth a second reading.

    How sure the engine is of it does not matter: the better reading is kept. Lines that run down the page
    are the only sideways ones that Tesseract reads as they stand, so those need no question.
    """
    if why == "sideways":
        return 270
    turn, sure = engine.orientation(_scaled(image))
    return turn if sure > 0 else 0


def turned(image: PageImage, turn: Turn) -> PageImage:
    """The image turned clockwise."""
    return PageImage(np.ascontiguousarray(np.rot90(image.pixels, -(turn // 90))), image.dpi)


def without(image: PageImage, words: tuple[Word, ...]) -> PageImage:
    """The image with the boxes of these words, and two pixels around them, painted over with paper."""
    pixels = image.pixels.copy()
    height, width = pixels.shape
    paper = int(np.median(pixels[::8, ::8]))
    for word in words:
        left, right = int(word.box.x * width) - 2, int((word.box.x + word.box.w) * width) + 3
        top, bottom = int(word.box.y * height) - 2, int((word.box.y + word.box.h) * height) + 3
        pixels[max(0, top) : bottom, max(0, left) : right] = paper
    return PageImage(pixels, image.dpi)


def _doubt(words: tuple[Word, ...], image: PageImage, ink: float) -> str:
    """Why the page may be turned, or ""."""
    letters = sum(len(word.text) for word in words)
    if letters < FEW_LETTERS:
        return "few-words" if ink > MUCH_INK else ""
    if confidence_of(words) < SURE:
        return "unsure"
    sideways = sum(len(word.text) for word in words if _sideways(word, image))
    return "sideways" if 2 * sideways > letters else ""


def _sideways(word: Word, image: PageImage) -> bool:
    """Whether a word runs up or down the page: Tesseract reads some sideways pages as they are."""
    height, width = image.pixels.shape
    return len(word.text) > 3 and word.box.h * height > 1.5 * word.box.w * width


def sure_letters(words: tuple[Word, ...], image: PageImage) -> float:
    """How many letters stand in level words, each counted by the square of its confidence."""
    return sum(len(word.text) * word.confidence**2 for word in words if not _sideways(word, image))


def halved(image: PageImage) -> PageImage:
    """The image in half as many dots per inch, each the mean of four pixels."""
    height, width = (side // 2 * 2 for side in image.pixels.shape)
    quads = image.pixels[:height, :width].astype(np.uint16)
    rows = quads[::2] + quads[1::2]
    return PageImage(((rows[:, ::2] + rows[:, 1::2]) // 4).astype(np.uint8), image.dpi / 2)


def _scaled(image: PageImage) -> PageImage:
    """The image at the scale that orientation is best asked at."""
    height, width = (side // 2 * 2 for side in image.pixels.shape)
    if max(height, width) > LARGE:
        return halved(image)
    if min(height, width) < SMALL:
        return PageImage(image.pixels.repeat(2, axis=0).repeat(2, axis=1), image.dpi * 2)
    return image
