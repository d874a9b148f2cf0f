"""What an OCR engine promises, and how what it saw becomes words."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from archive.types import Box, PageImage, Turn, Word
from ocr.lines import lines

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence


Layout = Literal["page", "block"]
"""What an image is taken for: a page whose layout is to be found, or one block of lines."""


class Recognised(NamedTuple):
    """Words of a page in reading order, what was tried to get them, as ``PageText.steps`` tells it, and the
    words of lines that are no text (``recognised``)."""

    words: tuple[Word, ...]
    steps: tuple[str, ...] = ()
    aside: tuple[Word, ...] = ()


class Engine(Protocol):
    """An OCR engine. Pure: what it says of a page does not depend on the pages before it."""

    @property
    def name(self) -> str:
        """The name by which ``ReadOptions.engine`` picks it."""
        ...

    @property
    def version(self) -> str:
        """The version of Tesseract behind it, such as ``5.3.0``."""
        ...

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        """All words of a page in reading order, from one recognition.

        ``languages`` as Tesseract has them, such as ``ind+eng``. Boxes are fractions of ``image``.
        Raises TESSERACT_MISSING, LANGUAGE_MISSING, PAGE_TIMEOUT, READER_DIED.
        """
        ...

    def languages(self) -> frozenset[str]:
        """The languages it has models for."""
        ...


class Seen(NamedTuple):
    """One word as Tesseract reports it: edges in pixels, confidence 0 to 100, and a key of its line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    line: Hashable


def words_of(seen: Iterable[Seen], width: float, height: float) -> tuple[Word, ...]:
    """Words with boxes as fractions of a page of ``width`` by ``height``, lines numbered from 0 as they come.

    Texts are NFC. What holds no visible character is dropped, and leaves no gap in the line numbers.
    """
    words: list[Word] = []
    line, key = -1, None
    for one in seen:
        text = visible(one.text)
        if not text:
            continue
        if line < 0 or one.line != key:
            line, key = line + 1, one.line
        confidence = min(1.0, max(0.0, one.confidence / 100))
        words.append(Word(text, _box(one, width, height), confidence, line))
    return tuple(words)


IMPOSSIBLE = -30.0
"""What has less confidence than this, before it is raised to 0, is no word: rules and rows of stars end so.

Tesseract has nothing below 0, as it finds the likeliest line over all its words at once, which is seldom
rubbish. Of 16,701 words of our engine on 61 scans 39 were below, and of 3,545 on 22 drawn pages 7: none of
them stands there.
"""
LEAST, LEAST_PIECE = 50.0, 20.0
"""Mean confidence of the words of a line, and of a piece of it that was read by itself, below which it is a
logo, a signature or a border: figures in the cells of a table are less sure than their row."""
SURE, SURE_LETTERS = 85.0, 3
"""A word as sure and with so many letters or figures makes its line text whatever else is read on it, such as
the dots of a table of contents, which come out as junk between a name and a number."""


def recognised(
    read: Iterable[Iterable[Seen]], width: float, height: float, steps: tuple[str, ...] = ()
) -> Recognised:
    """What an engine saw on a page of ``width`` by ``height``, in lines or pieces of lines as they were read.

    Lines without a letter or a figure are no text and nothing to search for: lone stars and dashes are parts
    of rules and arms.
    """
    text: list[Seen] = []
    aside: list[Seen] = []
    pieces: list[Seen] = []
    for words in read:
        possible = [word for word in words if word.confidence >= IMPOSSIBLE]
        (pieces if is_text(possible, LEAST_PIECE) else aside).extend(possible)
    for line in lines(pieces):
        if not is_text(line):
            aside += line
        elif any(any(map(str.isalnum, word.text)) for word in line):
            text += line
    return Recognised(words_of(text, width, height), steps, words_of(aside, width, height))


def is_text(words: Sequence[Sure], least: float = LEAST) -> bool:
    """Whether words that were read together, with confidences of 0 to 100, are text and no drawing."""
    if sum(max(0.0, word.confidence) for word in words) >= least * len(words):
        return True
    return any(word.confidence >= SURE and sum(map(str.isalnum, word.text)) >= SURE_LETTERS for word in words)


def visible(text: str) -> str:
    """The text in NFC without white space, control and format characters (categories Z and C).

    Private use and unassigned characters stay: whoever judges the text has to see them.
    """
    kept = (c for c in text if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", "".join(kept))


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


def _box(one: Seen, width: float, height: float) -> Box:
    left, right = (min(1.0, max(0.0, float(x / width))) for x in (one.left, one.right))
    top, bottom = (min(1.0, max(0.0, float(y / height))) for y in (one.top, one.bottom))
    return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))


def turn_of(degrees: int) -> Turn:
    """A clockwise turn as a ``Turn``: any multiple of 90, negative ones too."""
    return _TURNS[degrees % 360]


_TURNS: dict[int, Turn] = {0: 0, 90: 90, 180: 180, 270: 270}


class Sure(Protocol):
    """Something read, and how sure its reader is of it."""

    @property
    def text(self) -> str:
        """What was read."""
        ...

    @property
    def confidence(self) -> float:
        """How sure, on a scale of its own."""
        ...


def confidence_of(words: Iterable[Sure]) -> float:
    """Mean confidence of words, weighted by their length; 0 where there are none."""
    letters = weighted = 0.0
    for word in words:
        letters += len(word.text)
        weighted += len(word.text) * word.confidence
    return weighted / letters if letters else 0.0
