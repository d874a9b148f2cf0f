"""Indonesian dates read from text: in figures, with the month's name, or all in words; old spellings too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from classify.match import fold, near

YEARS = range(1900, 2100)

_MONTHS = (
    "januari djanuari jan january",
    "februari pebruari feb peb february",
    "maret mar march mrt",
    "april apr",
    "mei mai may",
    "juni djuni jun june",
    "juli djuli jul july",
    "agustus agt ags agust agus aug august",
    "september sept sep",
    "oktober okt october oct",
    "november nopember nov nop",
    "desember des december dec",
)
_WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat djumat jum", "sabtu saptu", "minggu ahad")
_NUMBERS = {
    "nol": 0, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000,
}  # fmt: skip
_TEEN, _TIMES, _THOUSAND = fold("belas"), {fold("puluh"): 10, fold("ratus"): 100}, fold("ribu")

MONTHS = {fold(name): month for month, names in enumerate(_MONTHS, 1) for name in names.split()}
WEEKDAYS = {fold(name): day for day, names in enumerate(_WEEKDAYS) for name in names.split()}
NUMBERS = {fold(name): value for name, value in _NUMBERS.items()}

_FIGURE = str.maketrans("lIi|!OoQSsBZz", "1111100055822")
_F = r"[0-9lIi|!OoQSBZ]"
_NAMED = re.compile(
    rf"(?<![\w/.\-])(?P<day>{_F}{{1,2}}|\d \d)(?:\s*[-./,]?\s*|\s+bulan\s+)"
    rf"(?P<month>[A-Za-z][A-Za-z1|!0]{{2,10}}?)\.?(?:\s*[-./,]?\s*|\s+tahun\s+)"
    rf"(?P<year>[12lI]{_F}{{3}}|[12]\s?\d\s?\d\s?\d)(?![\w/])"
)
_FIGURES = re.compile(
    r"(?<![\w/.\-])(?P<day>\d{1,2})\s?(?P<mark>[/.\-])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<year>\d{4})(?![\w/]|[.\-]\d)"
)
_WORDS = re.compile(
    r"tangga[l1I|]\s*:?\s*(?P<day>[a-z0-9 ]{3,40}?),?\s*bu[l1I|]an\s*:?\s*(?P<month>\S+?),?\s*"
    r"tahun\s*:?\s*(?P<year>[a-z0-9 ,\-]{4,90})",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"([A-Za-z'’`]{4,10})\W{0,3}(?:\s*tanggal\W{0,3})?$", re.I)
_NUMBER_WORDS = tuple(sorted((*NUMBERS, _TEEN, *_TIMES, _THOUSAND), key=len, reverse=True))
_NUMBER_WORD = re.compile("|".join(_NUMBER_WORDS))


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text at [start, end): the day, whether figures had to be mended, and the weekday's word.

    ``weekday`` is True if a weekday stands before it and is right, False if wrong, None if there is none.
    """

    day: date
    start: int
    end: int
    mended: bool
    weekday: bool | None


def dates_in(text: str) -> list[Dated]:
    """All dates of a text that exist in the calendar, from left to right."""
    found = sorted([*_named(text), *_figures(text), *_in_words(text)], key=lambda dated: dated.start)
    return [
        dated
        for index, dated in enumerate(found)
        if not any(other.start <= dated.start and dated.end <= other.end for other in found[:index])
    ]


def number_in_words(text: str) -> int | None:
    """``dua ribu dua puluh satu`` as 2021, with or without spaces; None if a word is no number."""
    letters = fold(text)
    words = _NUMBER_WORD.findall(letters)
    if not words or "".join(words) != letters:
        words = [near(fold(word), _NUMBER_WORDS) or "" for word in text.split()]
    return _sum_of(words) if words and all(words) else None


def weekday_of(word: str) -> int | None:
    """Monday is 0; None if the word is no weekday."""
    name = near(fold(word), WEEKDAYS)
    return None if name is None else WEEKDAYS[name]


def month_of(word: str) -> int | None:
    """January is 1; None if the word is no month, or could be two."""
    name = near(fold(word), MONTHS)
    return None if name is None else MONTHS[name]


def _sum_of(words: list[str]) -> int:
    """Read number words left to right: a unit waits for its ``belas``, ``puluh``, ``ratus`` or ``ribu``."""
    total = hundreds = unit = 0
    for word in words:
        if word == _THOUSAND:
            total, hundreds, unit = total + (hundreds + unit) * 1000, 0, 0
        elif word in _TIMES:
            hundreds, unit = hundreds + unit * _TIMES[word], 0
        elif word == _TEEN:
            unit += 10
        else:
            hundreds, unit = hundreds + unit, NUMBERS[word]
    return total + hundreds + unit


def _named(text: str) -> Iterator[Dated]:
    for match in _NAMED.finditer(text):
        month = month_of(match["month"])
        figures = [match["day"].replace(" ", ""), re.sub(r"\s", "", match["year"])]
        if month is None:
            continue
        mended = any(not figure.isdigit() for figure in figures) or fold(match["month"]) not in MONTHS
        day, year = (figure.translate(_FIGURE) for figure in figures)
        yield from _dated(text, match, (year, month, day), mended)


def _figures(text: str) -> Iterator[Dated]:
    for match in _FIGURES.finditer(text):
        yield from _dated(text, match, (match["year"], match["month"], match["day"]), False)


def _in_words(text: str) -> Iterator[Dated]:
    for match in _WORDS.finditer(text):
        month = month_of(match["month"])
        day = _number(match["day"])
        words = re.split(r"[\s,\-]+", match["year"].strip())
        for count in range(len(words), 0, -1):
            year = _number(" ".join(words[:count]))
            if year is not None and year in YEARS and month and day:
                tail = re.match(r"\s*".join(map(re.escape, words[:count])), match["year"])
                end = match.start("year") + (tail.end() if tail else len(match["year"]))
                yield from _dated(text, match, (year, month, day), False, end)
                break


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdigit() else number_in_words(text)


def _dated(
    text: str,
    match: re.Match[str],
    parts: tuple[int | str, int | str, int | str],
    mended: bool,
    end: int | None = None,
) -> Iterator[Dated]:
    year, month, day = map(int, parts)
    if year not in YEARS:
        return
    try:
        when = date(year, month, day)
    except ValueError:
        return
    before = _BEFORE.search(text[max(0, match.start() - 30) : match.start()])
    weekday = weekday_of(before[1]) if before else None
    right = None if weekday is None else weekday == when.weekday()
    yield Dated(when, match.start(), end or match.end(), mended, right)
