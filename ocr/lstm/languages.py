"""A page in several languages: a few lines tell which of them leads; what it reads badly the others read too.

Tesseract reads every line in every language and keeps the surer words (``linerec.cpp``). The surer words are
kept here too, at two fifths more work for two languages instead of twice as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocr.contract import confidence_of
from ocr.lstm.traineddata import Unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocr.lstm.line import Read
    from ocr.lstm.model import Model

    Reading = list[Read]

TRIED = 2
"""How many lines, the longest, are read in all languages to find the one that leads."""

SURE = 95
"""A line whose mean confidence is below this is read in the other languages too."""

DOUBTFUL, PICTURE = 70, 30
"""A line with a word less sure than the first is read again by larger models, where there are any, unless all
of it is less sure than the second: a logo or a signature only comes out as longer nonsense."""


def is_doubtful(words: Reading) -> bool:
    """Whether a line should be looked at again: the mean of a line seldom shows a single doubtful word."""
    return (
        bool(words) and min(word.confidence for word in words) < DOUBTFUL and confidence_of(words) >= PICTURE
    )


def height_of(models: Sequence[Model]) -> int:
    """The one height of lines. Raises Unknown where languages differ in it, for their steps do then too."""
    (height, *others) = {model.height for model in models}
    if others:
        raise Unknown("languages with lines of different heights")
    return height


def read_lines(models: Sequence[Model], images: Sequence[NDArray[np.float32]]) -> list[Reading]:
    """The words of each line. Raises Unknown as ``Model.read`` does."""
    if len(models) == 1 or not images:
        return models[0].read(images)
    tried = sorted(range(len(images)), key=lambda k: -images[k].shape[1])[:TRIED]
    trials = [dict(zip(tried, model.read([images[k] for k in tried]), strict=True)) for model in models]
    lead = max(
        range(len(models)), key=lambda m: sum(images[k].shape[1] * confidence_of(trials[m][k]) for k in tried)
    )
    readings = dict(trials[lead])
    rest = [k for k in range(len(images)) if k not in readings]
    readings |= zip(rest, models[lead].read([images[k] for k in rest]), strict=True)
    for other, model in enumerate(models):
        if other == lead:
            continue
        second = trials[other]
        weak = [k for k in rest if confidence_of(readings[k]) < SURE]
        second |= zip(weak, model.read([images[k] for k in weak]), strict=True)
        for k, words in second.items():
            readings[k] = merged(readings[k], words)
    return [readings[k] for k in range(len(images))]


def merged(one: Reading, other: Reading) -> Reading:
    """The surer of two readings of a line, chosen anew wherever both have an end of a word."""
    found: Reading = []
    left, right = list(one), list(other)
    while left or right:
        ours, theirs = _together(left, right)
        found += ours if confidence_of(ours) >= confidence_of(theirs) else theirs
    return found


def _together(left: Reading, right: Reading) -> tuple[Reading, Reading]:
    """Takes from the front of two readings the fewest words that stand at the same steps."""
    ours, theirs = left[:1], right[:1]
    del left[:1], right[:1]
    while True:
        if left and theirs and left[0].glyphs[0].first <= theirs[-1].glyphs[-1].last:
            ours.append(left.pop(0))
        elif right and ours and right[0].glyphs[0].first <= ours[-1].glyphs[-1].last:
            theirs.append(right.pop(0))
        else:
            return ours, theirs
