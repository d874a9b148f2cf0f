"""One line as a model reads it: its words, where in the line they stand, and how sure each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ocr.lstm.decode import OFFSET, RATIO, Glyph, decode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocr.lstm.alphabet import Alphabet
    from ocr.lstm.dawg import Lexicon
    from ocr.lstm.decode import Steps

SCALE = 35
"""How many points of confidence a word loses for each unit of its logarithm (``ltrresultiterator.cpp``)."""


class Read(NamedTuple):
    """A word of a line: its text, its characters with their steps, and its confidence, 0 to 100."""

    text: str
    glyphs: tuple[Glyph, ...]
    confidence: float


def read_line(steps: Steps, alphabet: Alphabet, lexicon: Lexicon) -> list[Read]:
    """The words of a line, from the probabilities of shape (steps, outputs)."""
    glyphs, scores = decode(steps, alphabet.null, alphabet.space, lexicon.knows)
    found = []
    for before, word, behind in _words(glyphs, alphabet.space):
        start = before.first if before else 0
        stop = behind.last + 1 if behind else len(steps)
        known = lexicon.knows([glyph.code for glyph in word])
        text = "".join(alphabet.texts[glyph.code] for glyph in word)
        found.append(Read(text, tuple(word), confidence(scores[start:stop], known)))
    return found


def _words(glyphs: Sequence[Glyph], space: int) -> list[tuple[Glyph | None, list[Glyph], Glyph | None]]:
    """Words with the space before and the space behind each."""
    found: list[tuple[Glyph | None, list[Glyph], Glyph | None]] = []
    before: Glyph | None = None
    word: list[Glyph] = []
    for glyph in glyphs:
        if glyph.code != space:
            word.append(glyph)
            continue
        if word:
            found.append((before, word, glyph))
        before, word = glyph, []
    if word:
        found.append((before, word, None))
    return found


def confidence(scores: NDArray[np.float64], known: bool) -> float:
    """Tesseract's confidence in a word, 0 to 100: that of its least likely step, the spaces around it too.

    A word that no dictionary knows is believed less (``recodebeam.cpp``).
    """
    worst = float(scores.min()) - OFFSET
    return min(100.0, max(0.0, 100 + SCALE * worst * (1 if known else RATIO)))
