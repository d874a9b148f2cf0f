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

WORST = -25 / 7
"""A step less likely than this logarithm is no step of a dictionary's word (``linerec.cpp``)."""

Spaced = tuple["Glyph | None", "list[Glyph]", "Glyph | None"]
"""A word with the space before and the space behind it."""


class Read(NamedTuple):
    """A word of a line: its text, its characters with their steps, and its confidence.

    That is up to 100, and not yet raised to 0: how far it is below tells a bad word from what is none.
    """

    text: str
    glyphs: tuple[Glyph, ...]
    confidence: float


def read_line(steps: Steps, alphabet: Alphabet, lexicon: Lexicon) -> list[Read]:
    """The words of a line, from the probabilities of shape (steps, outputs)."""
    glyphs, scores = decode(steps, alphabet.null, alphabet.space, lexicon.knows)
    words = _words(glyphs, alphabet.space)
    scores = scores - OFFSET
    known = [
        lexicon.knows([glyph.code for glyph in word])
        and float(scores[word[0].first : word[-1].last + 1].min()) > WORST
        for _, word, _ in words
    ]
    return [
        Read("".join(alphabet.texts[glyph.code] for glyph in word), tuple(word), sure)
        for (_, word, _), sure in zip(words, confidences(scores, words, known), strict=True)
    ]


def _words(glyphs: Sequence[Glyph], space: int) -> list[Spaced]:
    """Words with the space before and the space behind each."""
    found: list[Spaced] = []
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


def confidences(scores: NDArray[np.float64], words: Sequence[Spaced], known: Sequence[bool]) -> list[float]:
    """Tesseract's confidence in each word, before it raises it to 0: that of its least likely step.

    ``scores`` are logarithms. A word that no dictionary knows is believed less; blanks belong to the word
    that they stand beside, and a space to both its words (``recodebeam.cpp``, ExtractBestPathAsWords).
    """
    found = []
    for place, (before, word, behind) in enumerate(words):
        here = known[place]
        left = known[place - 1] if place else here
        right = known[place + 1] if place + 1 < len(words) else here
        start = before.last + 1 if before else 0
        stop = behind.first if behind else len(scores)
        if right and not here:  # a dictionary's word begins anew, with the space
            stop = word[-1].last + 1
        worst = float(scores[start:stop].min()) * (1 if here else RATIO)
        if before:
            worst = min(worst, _space(scores[before.first : before.last + 1], left, here))
        if behind:
            worst = min(worst, _space(scores[behind.first : behind.last + 1], here, right))
        found.append(100 + SCALE * worst)
    return found


def _space(scores: NDArray[np.float64], left: bool, right: bool) -> float:
    """What a space costs between a word on its left and one on its right that are known or not.

    Before a dictionary's word only its last step counts, behind one its first costs no more than there
    (ContinueUnichar, ContinueDawg, ExtractPathAsUnicharIds).
    """
    if right:
        return float(scores.min() if left else scores[-1])
    first = float(scores[0]) * (1 if left else RATIO)
    return min(first, RATIO * float(scores[1:].min(initial=0.0)))
