"""The invisible text of a page: each word in its place, so that it can be found, marked and copied."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from archive.geometry import corners
from archive.types import Homography, Word
from ocr.outputs.glyphless import ADVANCE, UNITS, Codes

FONT = "ArsipText"
"""What the font is called in the resources of a page."""

_EM = ADVANCE / UNITS
_THINNEST = 0.01
"""Points that every word is wide and high, at the least: a matrix that flattens text is no matrix."""


def content(words: Sequence[Word], place: Homography, codes: Codes) -> bytes:
    """The operators that show the words, invisibly (text rendering mode 3); b"" where there are none.

    ``place`` leads from the words' boxes to the page's own space in points, y upwards. A word is stretched to
    its box by the text matrix, and leans as its line does. A space follows each word within a line. What is
    written from right to left runs that way, by a mirrored matrix, as Tesseract's own PDFs do: viewers then
    know that the characters come in their logical order.
    """
    if not words:
        return b""
    shown = [f"/{FONT} 1 Tf 3 Tr"]
    for number, word in enumerate(words):
        last = number + 1 == len(words) or words[number + 1].line != word.line
        shown.append(_shown(word, place, codes, "" if last else " "))
    return ("q BT\n" + "\n".join(shown) + "\nET Q\n").encode("ascii")


def _shown(word: Word, place: Homography, codes: Codes, after: str) -> str:
    (up_x, up_y), _, (right, end), (left, base) = corners(place, word.box)
    length = _EM * max(1, len(word.text))
    a, b, c, d = (right - left) / length, (end - base) / length, up_x - left, up_y - base
    if abs(a * d - b * c) < _THINNEST**2:
        a, b, c, d = _THINNEST, 0.0, 0.0, _THINNEST
    if from_right(word.text):
        a, b, left, base = -a, -b, right, end
    text = codes.hexadecimal(word.text + after)
    return f"{a:.3f} {b:.3f} {c:.3f} {d:.3f} {left:.2f} {base:.2f} Tm <{text}> Tj"


def from_right(text: str) -> bool:
    """Whether a word is written from right to left, by its first letter that says so."""
    if text.isascii():
        return False
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
