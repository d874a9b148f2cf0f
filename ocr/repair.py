"""Words of dates, letter numbers and amounts that OCR misread, put right where only one reading is possible.

A letter is taken for a digit only where the grammar around it leaves no other reading and something beside
the shape of the word bears it out: a month's name between day and year, the date on the page for the month
of a letter number, groups of three behind ``Rp``. A digit is never taken for another one: the paper itself
may be wrong, and nothing on it proves which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from archive.months import MONTHS, ROMAN
from archive.types import Word

YEARS = range(1900, 2100)

_DIGITS = str.maketrans("Oo@lI|!", "0001111")
"""What Tesseract and typewriters put for one digit only: S stands for 5 and 8, Z for 2 and 7."""
_F = r"[0-9Oo@lI|!]"
_DAY, _YEAR = re.compile(rf"\(?({_F}{{1,2}})$"), re.compile(rf"({_F}{{4}})[.,;:)]*$")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})([-/])(\d{1,2})\2(\d{4})(?!\d)")
_NUMBER = re.compile(rf"\S{{0,40}}\d\S{{0,40}}/([IVXivxl1|!]{{1,5}})/({_F}{{4}})[.,;:)]*$")
_NUMERAL = str.maketrans("l1|!", "iiii")
_AMOUNT = re.compile(rf"((?:Rp\.?)?)({_F}{{1,3}}(?:\.{_F}{{3}})+(?:,(?:{_F}{{2}}|-+))?[.,;:)]*)$")

Read = tuple[int, str]
"""The place of a word and what it says in truth."""


def repaired(words: Sequence[Word]) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """The words with what can be proved put right (``raw`` is what was read), and their number as a step."""
    texts = [word.text for word in words]
    for rule in (_of_dates, _of_amounts, _of_numbers):  # the dates prove the numbers, hence before them
        for at, text in rule(texts):
            if not words[at].by_person:
                texts[at] = text
    done = tuple(
        word if word.text == text else replace(word, text=text, raw=word.text)
        for word, text in zip(words, texts, strict=True)
    )
    count = sum(word.text != text for word, text in zip(words, texts, strict=True))
    return done, (f"repaired:{count}",) if count else ()


def _of_dates(texts: Sequence[str]) -> Iterator[Read]:
    """``l7 Agustus 2O26``: the month's name and the calendar prove that both others are figures."""
    for at in range(1, len(texts) - 1):
        month, day, year = _month(texts[at]), _DAY.match(texts[at - 1]), _YEAR.match(texts[at + 1])
        if not (month and day and year and _partly(year[1])):
            continue
        if _dated(_mended(year[1]), month, _mended(day[1])):
            yield at - 1, _within(texts[at - 1], day)
            yield at + 1, _within(texts[at + 1], year)


def _of_amounts(texts: Sequence[str]) -> Iterator[Read]:
    """``Rp1.25O.OOO,-``: what stands in groups of three behind ``Rp`` are figures."""
    for at, text in enumerate(texts):
        found = _AMOUNT.match(text)
        if found and _partly(found[2]) and (found[1] or (at and texts[at - 1] in ("Rp", "Rp."))):
            yield at, found[1] + _mended(found[2])


def _of_numbers(texts: Sequence[str]) -> Iterator[Read]:
    """``005/12/V1/2026``: its month is a Roman number, and a date on the page has this month and year."""
    dates = set(_dates(texts))
    for at, text in enumerate(texts):
        found = _NUMBER.match(text)
        if found is None or found[1].isdigit():  # 11 may be November, and 111 the number of a school
            continue
        letters, year = found[1].translate(_NUMERAL), _mended(found[2])
        numeral = letters.lower()
        if numeral in ROMAN and _partly(found[2]) and (int(year), ROMAN.index(numeral) + 1) in dates:
            month = letters if letters == found[1] else numeral.upper()  # those look like I, which has no dot
            yield at, f"{text[: found.start(1)]}{month}/{year}{text[found.end(2) :]}"


def _dates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Year and month of each date that these words tell without doubt."""
    for at, text in enumerate(texts):
        if (month := _month(text)) and 0 < at < len(texts) - 1:
            day, year = texts[at - 1].lstrip("("), texts[at + 1].rstrip(".,;:)")
            if _dated(year, month, day):
                yield int(year), month
        for day, _mark, number, year in _FIGURES.findall(text):
            if _dated(year, int(number), day):
                yield int(year), int(number)


def _month(text: str) -> int:
    """The month of this name; 0 where it is none."""
    return MONTHS.get(text.lower().rstrip("."), 0)


def _dated(year: str, month: int, day: str) -> bool:
    """Whether the calendar has this day."""
    if not (year.isdecimal() and day.isdecimal() and len(year) == 4 and int(year) in YEARS):
        return False
    try:
        date(int(year), month, int(day))
    except ValueError:
        return False
    return True


def _mended(figures: str) -> str:
    """The figures with digits for the letters that are taken for them."""
    return figures.translate(_DIGITS)


def _partly(figures: str) -> bool:
    """Whether there is a digit among them: a word of nothing but letters is a word."""
    return any(char.isdigit() for char in figures)


def _within(text: str, found: re.Match[str]) -> str:
    """A word with its figures mended, where there is a digit among them."""
    start, end = found.span(1)
    return text[:start] + _mended(found[1]) + text[end:] if _partly(found[1]) else text
