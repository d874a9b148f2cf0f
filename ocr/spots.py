"""A spot check of a page's own text: some of its lines are read from the image, and the two compared."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive.types import Box, PageImage, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINES, LENGTH = 5, 40
"""How many pieces of lines are read, and of how many characters each."""
AGREES, LINE_AGREES, DIGITS_AGREE = 0.9, 0.6, 0.7
"""What share of characters must be the same, in all lines, in each line, and of their digits: a font whose
letters or digits stand for others has hardly any; what OCR misreads on typed pages is 1 or 2 in 100."""
FEW_LETTERS, FEW_DIGITS = 8, 6
"""A line is judged alone from so many characters on, and its digits from so many of them."""

Recognise = Callable[[PageImage], tuple[Word, ...]]
Signs = Sequence[tuple[str, str]]
"""The font and character of each sign of a line."""


class Spot(NamedTuple):
    """A line of the page's own text: what it says, where, and with which signs of which fonts."""

    text: str
    box: Box
    signs: Signs


def agreement(spots: Sequence[Spot], image: PageImage, recognise: Recognise) -> tuple[bool, float]:
    """Whether the lines that tell most are read from the image as the file has them, and what share is."""
    chosen = _chosen(spots)
    if not chosen:
        return True, 1.0
    montage, ends = _montage([spot.box for spot in chosen], image)
    read = _by_line(recognise(montage), ends, montage.pixels.shape[0])
    pairs = [(_folded(spot.text), _folded(said)) for spot, said in zip(chosen, read, strict=True)]
    shares = [_same(own, seen) for own, seen in pairs]
    letters = sum(len(own) for own, _ in pairs)
    whole = sum(share * len(own) for share, (own, _) in zip(shares, pairs, strict=True)) / max(1, letters)
    lines = all(
        share >= LINE_AGREES for share, (own, _) in zip(shares, pairs, strict=True) if len(own) >= FEW_LETTERS
    )
    return whole >= AGREES and lines and all(_digits_agree(own, seen) for own, seen in pairs), whole


def _chosen(spots: Sequence[Spot]) -> list[Spot]:
    """The lines that show most of the page's signs, each counted once.

    Signs are weighed within their font, digits apart: often they alone stand for one another.
    """
    counts = Counter(sign for spot in spots for sign in spot.signs)
    kinds = Counter((font, char.isdigit()) for spot in spots for font, char in spot.signs)
    left = {(font, char): count / kinds[font, char.isdigit()] for (font, char), count in counts.items()}
    chosen: list[Spot] = []
    remaining = list(spots)
    while remaining and len(chosen) < LINES:
        best = max(remaining, key=lambda spot: sum(left.get(sign, 0.0) for sign in set(spot.signs)))
        if not any(sign in left for sign in best.signs):
            break
        remaining.remove(best)
        chosen.append(best)
        for sign in best.signs:
            left.pop(sign, None)
    return chosen


def _montage(boxes: Sequence[Box], image: PageImage) -> tuple[PageImage, list[int]]:
    """The strips of the page below these boxes, one below the other, and the row at which each one ends."""
    paper = int(np.median(image.pixels[::8, ::8]))
    strips = [_strip(box, image.pixels) for box in boxes]
    width = max(strip.shape[1] for strip in strips)
    rows: list[NDArray[np.uint8]] = []
    ends: list[int] = []
    for strip in strips:
        pad = strip.shape[0] // 2
        field = np.full((strip.shape[0] + 2 * pad, width + 2 * pad), paper, np.uint8)
        field[pad : pad + strip.shape[0], pad : pad + strip.shape[1]] = strip
        rows.append(field)
        ends.append((ends[-1] if ends else 0) + field.shape[0])
    wide = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 0), (0, wide - row.shape[1])), constant_values=paper) for row in rows]
    return PageImage(np.ascontiguousarray(np.vstack(padded)), image.dpi), ends


def _strip(box: Box, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape
    pad = round(0.1 * box.h * height)
    top, bottom = int(box.y * height) - pad, int((box.y + box.h) * height) + 1 + pad
    left, right = int(box.x * width) - pad, int((box.x + box.w) * width) + 1 + pad
    return pixels[max(0, top) : bottom, max(0, left) : right]


def _by_line(words: Sequence[Word], ends: Sequence[int], height: int) -> list[str]:
    """What was read in each strip."""
    found: list[list[str]] = [[] for _ in ends]
    for word in words:
        middle = (word.box.y + word.box.h / 2) * height
        at = next((number for number, end in enumerate(ends) if middle < end), len(ends) - 1)
        found[at].append(word.text)
    return [" ".join(said) for said in found]


def _folded(text: str) -> str:
    """Letters and digits in lower case with single spaces: dots and rules are read in many ways."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))


_WORD = re.compile(r"[^\W_]+")


def _same(own: str, seen: str) -> float:
    return SequenceMatcher(None, own, seen, autojunk=False).ratio()


def _digits_agree(own: str, seen: str) -> bool:
    digits, read = ("".join(c for c in text if c.isdigit()) for text in (own, seen))
    return len(digits) < FEW_DIGITS or _same(digits, read) >= DIGITS_AGREE
