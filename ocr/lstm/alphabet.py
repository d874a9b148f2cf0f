"""What the outputs of a network stand for: the characters, and which of them are digits, marks or spaces.

Sources: Tesseract 5.5, ``unicharset.cpp`` (a text file) and ``unicharcompress.cpp`` (characters as codes).
"""

from __future__ import annotations

from dataclasses import dataclass

from ocr.lstm.traineddata import RECODER, UNICHARSET, USES_RECODER, Bytes, Trained, Unknown

SPACE = 0
"""The number of the space in every alphabet; in dictionaries it stands for any digit, or for the word."""

_SPECIAL = 3
_DIGIT, _MARK = 8, 16
_LONGEST = 9


@dataclass(frozen=True, slots=True)
class Alphabet:
    """For each output of a network (by its place) the text, and the character's number in dictionaries.

    ``space`` and ``null`` are outputs, ``digits`` and ``marks`` sets of them; marks are punctuation.
    """

    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    space: int
    null: int
    digits: frozenset[int]
    marks: frozenset[int]
    size: int


def alphabet_of(parts: dict[int, bytes], trained: Trained, outputs: int) -> Alphabet:
    """The alphabet of a model. Raises Unknown where a character takes several codes, or sizes do not fit."""
    characters = _characters(parts[UNICHARSET])
    codes = _codes(parts[RECODER]) if trained.flags & USES_RECODER else list(range(len(characters)))
    if len(codes) != len(characters):
        raise Unknown("an alphabet of another size")
    numbers = [-1] * outputs
    for number, code in reversed(list(enumerate(codes))):
        if not 0 <= code < outputs:
            raise Unknown("an alphabet of another size")
        numbers[code] = number
    numbers[trained.null] = -1
    return Alphabet(
        texts=tuple(characters[number][0] if number >= 0 else "" for number in numbers),
        numbers=tuple(numbers),
        space=codes[SPACE],
        null=trained.null,
        digits=_with(characters, numbers, _DIGIT),
        marks=_with(characters, numbers, _MARK),
        size=len(characters),
    )


def _with(characters: list[tuple[str, int]], numbers: list[int], wanted: int) -> frozenset[int]:
    """The outputs whose character has a property."""
    return frozenset(
        code for code, number in enumerate(numbers) if number >= 0 and characters[number][1] & wanted
    )


def _characters(part: bytes) -> list[tuple[str, int]]:
    """Every character with its properties; the special ones, which are never read, without a text."""
    try:
        first, *rows = part.decode("utf-8").splitlines()
        found = [(row.split(" ")[0], int(row.split(" ")[1], 16)) for row in rows if row]
        if len(found) != int(first) or found[SPACE][0] != "NULL":
            raise Unknown("a strange alphabet")
    except (ValueError, IndexError) as error:
        raise Unknown("a strange alphabet") from error
    return [(" ", 0), *(("", 0) for _ in found[1:_SPECIAL]), *found[_SPECIAL:]]


def _codes(part: bytes) -> list[int]:
    """The one code of every character."""
    data = Bytes(part)
    codes = []
    for _ in range(data.number("I")):
        data.number("b")  # whether the code is the character's own
        length = data.number("i")
        if not 1 <= length <= _LONGEST:
            raise Unknown("a strange alphabet")
        several = data.numbers("i", length)
        if length > 1:
            raise Unknown("characters of several codes")
        codes.append(several[0])
    if data.left:
        raise Unknown("a strange alphabet")
    return codes
