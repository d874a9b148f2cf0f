"""What is done for a page that comes out weak: it is read again in other ways, and the best reading is kept.

A page is weak when its words are doubtful or when there is much ink on it that no word covers. Each way is a
rung; what is tried stands in ``PageText.steps`` with its gain, as ``ladder:softer:+8%``. A page that was read
well costs one look at its ink, 14 ms at 300 dpi.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive.types import PageImage, Word
from ocr.contract import confidence_of
from ocr.ink import DARK, regions, text_cells, uncovered
from ocr.merge import behind, merged, within
from ocr.upright import Reading, cut, halved, sure_letters, turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.contract import Engine

DOUBTFUL = 0.88
"""Mean confidence below which a page is read again: clean pages have 0.92 and more."""
FEWEST_LETTERS = 30
"""A page with fewer letters than this is no text that could come out better."""
BETTER = 1.03
"""How many times the sure letters of the best reading another must have to take its place."""
SECONDS = 15.0
"""No rung is begun that would end later if it took as long as the first reading: a reader has 60 in all."""

FEWEST_CELLS = 80
"""Tenths of an inch squared, looking like text and uncovered, from which on a part of a page is read again:
most signatures have fewer, an address under a stamp has more."""
MOST_REGIONS = 3
PICTURE = 0.3, 0.75
"""A part of which a share between these is dark is a photograph: of text 0.03 to 0.13 is, and nearly all
of it where letters are white."""
SURE, TEXT = 0.7, 0.5
"""Confidence from which on a word is believed that stands in such a part, and the share of the letters there
that such words must have: the rest is pictures."""


class Rung(NamedTuple):
    """A way to read a doubtful page again: its name in the steps, what the image is made into, and from how
    many dots per inch on that may help."""

    name: str
    change: Callable[[PageImage], PageImage]
    least_dpi: float


def climbed(engine: Engine, image: PageImage, languages: str, first: Reading, seconds: float) -> Reading:
    """The best reading of a page, beginning with its ``first``, which took so many seconds.

    ``image`` is the clean page before ``first.turn``. Raises as ``Engine.recognise`` does.
    """
    ends = time.monotonic() + SECONDS - seconds
    upright = turned(image, first.turn)
    best = first
    if _is_doubtful(first):
        for rung in RUNGS:
            if upright.dpi >= rung.least_dpi and time.monotonic() + seconds < ends:
                best = _tried(rung, engine, upright, languages, best)
    if time.monotonic() + seconds < ends:
        best = _with_uncovered(engine, upright, languages, best)
    return best


def lightly(engine: Engine, image: PageImage, languages: str) -> Reading:
    """A page that has cost several readers, once and with as little to do as can be: half the resolution, and
    no search for its layout, in which Tesseract gets lost on pages full of dots."""
    words, steps, aside = engine.recognise(halved(image), languages, "block")
    return Reading(words, 0, (*steps, "ladder:half-block"), aside)


def _is_doubtful(reading: Reading) -> bool:
    read = reading.words + reading.aside
    return _letters(read) >= FEWEST_LETTERS and confidence_of(read) < DOUBTFUL


def _letters(words: Iterable[Word]) -> int:
    return sum(len(word.text) for word in words)


def _tried(rung: Rung, engine: Engine, image: PageImage, languages: str, best: Reading) -> Reading:
    words, more, aside = engine.recognise(rung.change(image), languages)
    gain = sure_letters(words, image) / max(1.0, sure_letters(best.words, image))
    steps = (*best.steps, *more, f"ladder:{rung.name}:{gain - 1:+.0%}")
    return Reading(words, best.turn, steps, aside) if gain > BETTER else best._replace(steps=steps)


def _with_uncovered(engine: Engine, image: PageImage, languages: str, best: Reading) -> Reading:
    """The reading with the words of those parts of the page that it left out although they look like text.

    Those of pictures go aside, as do words of which the engine is not sure.
    """
    text = text_cells(image)
    left_out = regions(uncovered(text, best.words), text, FEWEST_CELLS)
    parts = [part for part in left_out[:MOST_REGIONS] if not _is_picture(cut(image, part))]
    if not parts:
        return best
    words, steps, aside = best.words, best.steps, best.aside
    for part in parts:
        read, more, others = engine.recognise(cut(image, part), languages, "block")
        steps += more
        found = (*read, *behind(read, others))
        sure = [word for word in found if word.confidence >= SURE]
        if not sure or _letters(sure) < TEXT * _letters(found):
            aside = merged(aside, within(found, part))
            break  # a picture: so will be the smaller ones beside it
        words = merged(words, within(sure, part))
        aside = merged(aside, within([word for word in found if word.confidence < SURE], part))
    gain = sure_letters(words, image) / max(1.0, sure_letters(best.words, image))
    return Reading(words, best.turn, (*steps, f"ladder:uncovered:{gain - 1:+.0%}"), aside)


def _is_picture(part: PageImage) -> bool:
    least, most = PICTURE
    return bool(least < (part.pixels < DARK).mean() < most)


def _softer(image: PageImage) -> PageImage:
    """Blurred by about a pixel and two thirds as fine: the jags of a fax and grain become strokes."""
    pixels = _blurred(_blurred(image.pixels))
    rows, columns = (np.arange(side // 3 * 2) * 3 // 2 for side in pixels.shape)
    return PageImage(np.ascontiguousarray(pixels[np.ix_(rows, columns)]), image.dpi * 2 / 3)


def _blurred(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A binomial filter of 3 x 3 pixels; the rim stays as it is."""
    wide = pixels.astype(np.uint16)
    down = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    out = pixels.copy()
    out[1:-1, 1:-1] = (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) // 16
    return out


RUNGS = (Rung("softer", _softer, 180.0),)
