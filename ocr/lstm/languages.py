"""A page in several languages: a few lines tell which leads; the others read the words it is not sure of.

Tesseract reads every line in every language and keeps the surer words (``linerec.cpp``). The surer words are
kept here too, but of the lines only those parts are read again in which the leading language is unsure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ocr.contract import confidence_of
from ocr.lstm.decode import Glyph
from ocr.lstm.network import POOL
from ocr.lstm.traineddata import Unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocr.lstm.line import Read
    from ocr.lstm.model import Model

    Reading = list[Read]

TRIED = 2
"""How many lines, the longest, are read in all languages to find the one that leads."""

SURE = 91
"""A word of the leading language that is less sure than this is read in the others too.

A word that no dictionary has comes to 93 at most, one that a dictionary has to 97. Reading lines took 0.29 s
of CPU a page on 16 scans and 0.17 on 18 drawn pages, where it took 0.32 and 0.18 while whole lines below a
mean of 95 were read again; on 205 pages 0.07 % more words were found, the mean CER was 0.02 points lower.
"""

WHOLE = 0.7
"""The share of a line from which on it is read again as a whole rather than in parts."""

LONE = 50
"""How sure a word must be that one language sees where another sees nothing: dust is a word to one."""

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
        for k in tried:
            readings[k] = merged(readings[k], trials[other][k])
        parts = [part for k in rest for part in _weak_parts(k, readings[k], images[k].shape[1] // POOL)]
        again = model.read([images[part.line][:, POOL * part.start : POOL * part.stop] for part in parts])
        for part, words in zip(reversed(parts), reversed(again), strict=True):
            line = readings[part.line]
            line[part.first : part.end] = _chosen(line, part, words)
    return [readings[k] for k in range(len(images))]


class Part(NamedTuple):
    """Words of a line, from the ``first`` to before the ``end``, which stand from the step ``left`` to before
    ``right``, and the steps from ``start`` to before ``stop`` that are read for them."""

    line: int
    first: int
    end: int
    left: int
    right: int
    start: int
    stop: int


def _weak_parts(line: int, words: Reading, steps: int) -> list[Part]:
    """What to read again of a line of so many steps: its unsure words, each run of them with its neighbours.

    Without neighbours a network, which looks along a line from both ends, reads what is left worse.
    """
    weak = [word.confidence < SURE for word in words]
    edges = [k for k, (one, next_) in enumerate(pairwise([False, *weak, False])) if one != next_]
    middles = [(one.glyphs[-1].last + next_.glyphs[0].first + 1) // 2 for one, next_ in pairwise(words)]
    borders = [0, 0, *middles, steps, steps]  # one more at either end for the neighbours that are not there
    parts = [
        Part(line, first, end, borders[first + 1], borders[end + 1], borders[first], borders[end + 2])
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    if not words or sum(part.stop - part.start for part in parts) > WHOLE * steps:
        return [Part(line, 0, len(words), 0, steps, 0, steps)]
    return parts


def _chosen(line: Reading, part: Part, words: Reading) -> Reading:
    """What a part of a line holds when another language has read it with its neighbours as these words."""
    first = line[part.first - 1].glyphs[-1].last + 1 if part.first else part.start
    stop = line[part.end].glyphs[0].first if part.end < len(line) else part.stop

    def is_inside(word: Read) -> bool:
        begin, end = word.glyphs[0].first, word.glyphs[-1].last
        return first <= begin and end < stop and part.left <= (begin + end) / 2 < part.right

    return merged(line[part.first : part.end], _of_part(words, part), is_inside)


def _of_part(words: Reading, part: Part) -> Reading:
    """What was read of a part, without what lies beside it, its steps those of the line."""
    found: Reading = []
    for word in words:
        moved = tuple(Glyph(code, part.start + first, part.start + last) for code, first, last in word.glyphs)
        if moved[0].first < part.right and moved[-1].last >= part.left:
            found.append(word._replace(glyphs=moved))
    return found


def merged(ours: Reading, theirs: Reading, is_inside: Callable[[Read], bool] = lambda _: True) -> Reading:
    """The surer of two readings of a line, chosen anew wherever both have an end of a word.

    What the first, that of the language that leads, is sure of stays. So does what it has where a word of the
    other is not inside of what is chosen: the words that stand there stay, and would come out twice.
    """
    found: Reading = []
    left, right = list(ours), list(theirs)
    while left or right:
        one, other = _together(left, right)
        stays = _sure(one) >= min(SURE, _sure(other)) or not all(map(is_inside, other))
        found += one if stays else other
    return found


def _sure(words: Reading) -> float:
    return confidence_of(words) if words else LONE


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
