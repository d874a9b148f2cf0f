"""The same sheet scanned twice: who is suspected, in less than quadratic time, and who is convicted.

Suspects look alike (the fingerprints of their ink are close) *and* share a word that hardly any other page of
the batch has. Thus pages of one form are never all compared with each other, and two empty forms, which
nothing tells apart, are no twins. They are convicted by their words: where the one has a word, the other must
not have another one that was read as surely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from archive.types import Word
from ingest.desk.facts import Facts, plainly

REACH = 16
"""Bits (of 64) by which fingerprints of one sheet may differ. Up to 8 were seen on drawn letters scanned
again; pages that are one grey block of text from edge to edge differ more. Of 10,000 pairs of other pages 2 %
are within."""

RARE = 8
"""Pages of a batch up to which a word is rare: whoever scans one sheet more often than that has other
troubles."""

FEWEST = 16
"""Words below which a page says too little to be convicted by, and as many of them must be read surely: the
closing sentence of a letter, alone on its last page, has eight, and is on many sheets."""

SURE = 0.85
"""Confidence from which on a reading may contradict another."""

AGREED = 0.93
"""Share of the sure words of each page that the other one must have in the same place. Drawn sheets scanned
twice: 0.97 and more; registers of one form with a fifth of their lines filled in otherwise: 0.8 to 0.9."""

MOST_CONTRADICTIONS = 0.01
"""Share of sure words that may be read otherwise: none of less than 100, and a sign of one figure below
``SURE_FIGURE``."""

SURE_FIGURE = 0.90
"""Confidence from which on a single sign of one figure decides: below that, nines were read for zeros."""

ALIKE = str.maketrans("oilsbzg", "0115829")
"""Letters that are taken for figures, and i and l for each other."""

HEAD = 0.25
"""Share of the page in which a letterhead stands: it is lost to a seal or a shadow as a whole."""


def suspects(pages: Sequence[Facts]) -> list[tuple[int, int]]:
    """Pairs of places in ``pages`` that may show one sheet, the first one first.

    The time grows with pages times words, not with the square of the pages: a rare word leads to at most
    ``RARE`` pages.
    """
    marks = [np.frombuffer(each.marks, "<u4") for each in pages]
    if not marks:
        return []
    places = np.repeat(np.arange(len(pages)), [each.size for each in marks])
    words = np.concatenate(marks)
    order = np.argsort(words, kind="stable")
    words, places = words[order], places[order]
    starts = np.flatnonzero(np.concatenate(([True], words[1:] != words[:-1])))
    counts = np.diff(np.append(starts, words.size))
    pairs = [
        np.stack((places[starts[counts == count] + one], places[starts[counts == count] + other]), 1)
        for count in range(2, RARE + 1)
        for one, other in combinations(range(count), 2)
    ]
    prints = np.array([int(each.quality.fingerprint or "0", 16) for each in pages], np.uint64)
    return [(i, j) for i, j in np.unique(_close(prints, np.concatenate(pairs)), axis=0).tolist()]


def _close(prints: NDArray[np.uint64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the pairs that look alike."""
    one, other = prints[pairs[:, 0]], prints[pairs[:, 1]]
    near = np.bitwise_count(one ^ other) <= REACH
    close: NDArray[np.int64] = pairs[near & (one != 0) & (other != 0)]
    return close


def same(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether two readings are of one sheet.

    Word for word in its place: most must agree, and hardly one may be contradicted by another word that was
    read as surely, such as another name or number. What was misread by a letter agrees.
    """
    a, b = _readable(one), _readable(other)
    if min(len(a), len(b)) < FEWEST:
        return False
    move = _moved(a, b)
    if min(move[0], move[2]) <= 0:  # the words that both have do not stand in one order
        return False
    back = (1 / move[0], -move[1] / move[0], 1 / move[2], -move[3] / move[2])
    return _upholds(a, b, move) and _upholds(b, a, back)


Read = tuple[str, Word]
Move = tuple[float, float, float, float]
"""Scale and offset across, scale and offset down."""


def _readable(words: Sequence[Word]) -> list[Read]:
    """The words of two letters and more, and all figures, with their plain text."""
    texts = ((plainly(word.text), word) for word in words)
    return [(text, word) for text, word in texts if len(text) > 1 or text.isdigit()]


def _upholds(a: Sequence[Read], b: Sequence[Read], move: Move) -> bool:
    """Whether ``b`` has the sure words of ``a`` in their places, and nothing that contradicts them."""
    sure = agreed = contradicted = figures = 0
    places = _places(a, b, move)
    begins = min((word.box.y for (_text, word), met in zip(a, places, strict=True) if met), default=0.0)
    for (text, word), met_at in zip(a, places, strict=True):
        lost = not met_at and word.box.y + word.box.h <= min(begins, HEAD)
        if word.confidence < SURE or lost:
            continue
        sure += 1
        there = [b[place] for place in met_at]
        if any(_misread(text, found) for found, _word in there):
            agreed += 1
            continue
        against = [(found, met) for found, met in there if met.confidence >= SURE]
        contradicted += bool(against)
        others = [(found, met) for found, met in against if _figure(text) and _figure(found)]
        figures += bool(others)
        if figures > 1 or any(_decides(text, word, found, met) for found, met in others):
            return False
    contradicted -= figures  # the one that was not read surely enough
    return sure >= FEWEST and agreed >= AGREED * sure and contradicted <= MOST_CONTRADICTIONS * sure


def _places(a: Sequence[Read], b: Sequence[Read], move: Move) -> list[list[int]]:
    """For each word of ``a`` the words of ``b`` that stand in its place: in its line, and partly below it."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = (
        np.array([(word.box.x, word.box.y, word.box.w, word.box.h) for _text, word in words]).T
        for words in (a, b)
    )
    left, right = (move[0] * x + move[1] for x in (ax, ax + aw))
    middle = move[2] * (ay + ah / 2) + move[3]
    shared = np.minimum(right[:, None], bx + bw) - np.maximum(left[:, None], bx)
    beside = np.abs(middle[:, None] - (by + bh / 2)) <= np.maximum(ah[:, None], bh) * 0.6
    met = beside & (shared > 0.3 * np.minimum((right - left)[:, None], bw))
    return [np.flatnonzero(row).tolist() for row in met]


def _moved(a: Sequence[Read], b: Sequence[Read]) -> Move:
    """What brings a word of ``a`` to its place on ``b``.

    From the words that each page has once, by a straight line through them that outliers do not bend.
    """
    once_a, once_b = dict(a), dict(b)
    counts_a, counts_b = Counter(text for text, _ in a), Counter(text for text, _ in b)
    alone = [text for text in once_a if counts_a[text] == 1 and counts_b[text] == 1]
    if len(alone) < 4:
        return 1.0, 0.0, 1.0, 0.0
    from_, to = (np.array([_centre(of[text]) for text in alone]) for of in (once_a, once_b))
    return (*_line(from_[:, 0], to[:, 0]), *_line(from_[:, 1], to[:, 1]))


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset of a line through most points: the median of slopes (Theil and Sen)."""
    order = np.argsort(x)
    half = len(order) // 2
    apart = x[order[half:]] - x[order[: len(order) - half]]
    wide = apart > 0.1
    rise = y[order[half:]] - y[order[: len(order) - half]]
    slope = float(np.median(rise[wide] / apart[wide])) if wide.any() else 1.0
    return slope, float(np.median(y - slope * x))


def _centre(word: Word) -> tuple[float, float]:
    return word.box.x + word.box.w / 2, word.box.y + word.box.h / 2


def _misread(one: str, other: str) -> bool:
    """Whether one may be a misreading of the other: a part of it, or of letters one in four another."""
    figures = _figure(one) and _figure(other)
    one, other = one.translate(ALIKE), other.translate(ALIKE)
    if figures:
        longer = abs(len(one) - len(other)) > 2  # words run together, or one that was split
        return one == other or (longer and (one in other or other in one))
    return one in other or other in one or _distance(one, other) <= max(len(one), len(other)) // 4


def _decides(one: str, word: Word, other: str, met: Word) -> bool:
    """Whether two figures in one place are of two sheets: one sign that differs may have been misread."""
    return _distance(one, other) > 1 or min(word.confidence, met.confidence) >= SURE_FIGURE


def _figure(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _distance(one: str, other: str) -> int:
    """The edit distance of Levenshtein."""
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
