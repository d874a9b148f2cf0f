"""Reads a page the right way up: where words come out doubtful, part of it is read in the other ways too."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive.types import Box, PageImage, Turn, Word
from ocr.contract import confidence_of
from ocr.ink import busiest, text_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocr.contract import Engine

SURE = 0.75
"""Upright pages are read with a higher mean confidence, photographed receipts with 0.81; turned ones, where
they are not read as they lie, with 0.24 to 0.55."""
FEW_LETTERS, SURE_OF_FEW = 30, 0.9
"""Of fewer letters than that more is asked: a few figures that stand on their heads are read with 0.76."""
BETTER, FEWEST = 1.2, 6.0
"""How many times the sure letters of the first reading the second must have to be believed, and how many
of them at least: in what is no text some way of holding it always shows a letter or two."""
LONG = 4
"""From so many letters on the box of a word shows if it runs across the page or down."""
READ_AS_IT_LIES: Turn = 270
"""The turn of the only sideways pages that Tesseract reads as they lie: their lines run down the page."""
PART = 0.5
"""The share of the sides of a page that a part has which is read in all ways: a quarter of the page."""


class Reading(NamedTuple):
    """Words, the clockwise turn after which they came, what was tried, and the words that are no text."""

    words: tuple[Word, ...]
    turn: Turn = 0
    steps: tuple[str, ...] = ()
    aside: tuple[Word, ...] = ()


def read_upright(engine: Engine, image: PageImage, languages: str) -> Reading:
    """Reads a page, and once more after a turn where the first reading looks like that of a turned page.

    The second reading counts only when it is clearly better, so that a page is never turned away from a
    good reading.
    """
    words, steps, aside = engine.recognise(image, languages)
    # What is set aside as no text tells as well: of a page on its head that is most of it.
    sideways, unsure = _runs_sideways(words + aside, image), _is_unsure(words + aside)
    if not sideways and not unsure and sure_letters(words, image) >= FEWEST:
        return Reading(words, 0, steps, aside)
    if sideways and not unsure:
        turn = READ_AS_IT_LIES
    else:
        turn = _best_turn(engine, image, languages, words, (90, 270, 180) if sideways else (180, 90, 270))
    return _after(turn, engine, image, languages, Reading(words, 0, (*steps, f"orientation:{turn}"), aside))


def _after(turn: Turn, engine: Engine, image: PageImage, languages: str, first: Reading) -> Reading:
    """The better one of the first reading and of that after a turn; the first where none is asked for."""
    if turn == 0:
        return first
    upright = turned(image, turn)
    words, more, aside = engine.recognise(upright, languages)
    steps = first.steps + more
    if sure_letters(words, upright) <= max(FEWEST, BETTER * sure_letters(first.words, image)):
        return first._replace(steps=(*steps, "turn:no-better"))
    return Reading(words, turn, (*steps, f"turn:{turn}"), aside)


def _best_turn(
    engine: Engine, image: PageImage, languages: str, words: tuple[Word, ...], turns: Iterable[Turn]
) -> Turn:
    """The turn after which a part of the page reads clearly better than it did, tried in this order; or 0."""
    box = busiest(text_cells(image), PART)
    part = cut(image, box)
    best = max(FEWEST, BETTER * _sure_in(box, words, image))
    best_turn: Turn = 0
    for turn in turns:
        there = turned(part, turn)
        found = engine.recognise(there, languages)
        letters = sure_letters(found.words, there)
        if letters > best:
            best, best_turn = letters, turn
            if not _is_unsure(found.words + found.aside):
                break
    return best_turn


def _is_unsure(words: tuple[Word, ...]) -> bool:
    """Whether words come out as those of a turned page do."""
    is_few = sum(len(word.text) for word in words) < FEW_LETTERS
    return confidence_of(words) < (SURE_OF_FEW if is_few else SURE)


def _sure_in(box: Box, words: tuple[Word, ...], image: PageImage) -> float:
    """The sure letters of the words whose middle lies in a part of the page."""
    inside = (
        0 <= word.box.x + word.box.w / 2 - box.x < box.w and 0 <= word.box.y + word.box.h / 2 - box.y < box.h
        for word in words
    )
    return sure_letters(tuple(compress(words, inside)), image)


def cut(image: PageImage, part: Box) -> PageImage:
    """A part of an image."""
    height, width = image.pixels.shape
    top, bottom = round(part.y * height), round((part.y + part.h) * height)
    left, right = round(part.x * width), round((part.x + part.w) * width)
    return PageImage(np.ascontiguousarray(image.pixels[top:bottom, left:right]), image.dpi)


def turned(image: PageImage, turn: Turn) -> PageImage:
    """The image turned clockwise; the same one where there is nothing to turn."""
    if turn == 0:
        return image
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


def _runs_sideways(words: tuple[Word, ...], image: PageImage) -> bool:
    """Whether most words run up or down the page: Tesseract reads some sideways pages as they are."""
    long = [word for word in words if len(word.text) >= LONG]
    return 2 * sum(len(word.text) for word in long if _sideways(word, image)) > sum(
        len(word.text) for word in long
    )


def _sideways(word: Word, image: PageImage) -> bool:
    """Whether a word runs up or down the page."""
    height, width = image.pixels.shape
    return len(word.text) >= LONG and word.box.h * height > 1.5 * word.box.w * width


def sure_letters(words: tuple[Word, ...], image: PageImage) -> float:
    """How many letters stand in level words, each counted by the square of its confidence.

    Short words, of which nobody can say how they stand, are taken to stand as most others do.
    """
    least = LONG if _runs_sideways(words, image) else 0
    level = (word for word in words if len(word.text) >= least and not _sideways(word, image))
    return sum(len(word.text) * word.confidence**2 for word in level)


def halved(image: PageImage) -> PageImage:
    """The image in half as many dots per inch, each the mean of four pixels."""
    height, width = (side // 2 * 2 for side in image.pixels.shape)
    quads = image.pixels[:height, :width].astype(np.uint16)
    rows = quads[::2] + quads[1::2]
    return PageImage(((rows[:, ::2] + rows[:, 1::2]) // 4).astype(np.uint8), image.dpi / 2)
