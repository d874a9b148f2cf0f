"""Letter numbers and dates in running text, each brought to one normal form however it was written or read.

A letter number becomes ``n:`` and its segments joined by ``/``; a date becomes ``d:`` and its ISO form.
The shapes are those of ``nomor surat`` and of dates as Indonesian offices write them: segments between
slashes, Roman or Arabic months, day before month, old month names. OCR reads a slash as ``l j I |`` and
digits as letters; a number so damaged is given in both readings, as read and as repaired.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate, chain

from archive.months import MONTHS, ROMAN
from archive.types import Value

_DAY = r"[0-3OoIl]?[0-9OoIl]"
_YEAR = r"[12][0-9OoIl]{3}"
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMERIC = re.compile(
    rf"(?<![\w/.-])(?P<d>{_DAY}) ?(?P<sep>[-/.]) ?(?P<m>[01OoIl]?[0-9OoIl]) ?(?P=sep) ?(?P<y>{_YEAR})"
    r"(?![\w/-])"
)
_ISO = re.compile(r"(?<![\w/.-])(?P<y>[12][0-9]{3})-(?P<m>[01][0-9])-(?P<d>[0-3][0-9])(?![\w/-])")
_NAMED = re.compile(
    rf"(?<![\w/])(?P<d>{_DAY})[ .-]{{0,2}}(?:bulan )?(?P<m>{_NAME})"
    rf"[ .,-]{{0,2}}(?:tahun )?(?P<y>{_YEAR})(?!\w)",
    re.IGNORECASE,
)

_SEGMENT = r"[A-Za-z0-9]{1,24}+(?:(?:\.|-[ ]?)[A-Za-z0-9]{1,24}+){0,10}"
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9])(?P<prefix>[A-Z]{{1,4}} (?=[0-9]))?"
    rf"(?P<number>{_SEGMENT}(?: ?[/\\|] ?{_SEGMENT}){{1,12}})(?![A-Za-z0-9])"
)
_OF_YEAR = re.compile(
    r"(?<!\w)no(?:mor|\.)? ?[:.]? ?(?P<number>[0-9]{1,6}[A-Za-z]?) "
    rf"(?:tahun|th\.?|thn\.?) (?P<y>{_YEAR})(?!\w)",
    re.IGNORECASE,
)
_MAYBE_DAMAGED = re.compile(r"(?<!\S)(?=\S*[0-9])(?=\S*[jlI|!])[A-Z0-9][A-Za-z0-9./|!-]{5,79}(?!\S)")
_LOST_SLASH = re.compile(
    r"(?<=[0-9])[jlI|!](?=[A-Z0-9])|(?<=[A-Z])[jl|!](?=[A-Z0-9])|(?<=[A-Z])I(?=(?:19|20)[0-9]{2}$)"
)
_LABEL = re.compile(r"^(?:nomor|no)[.:-]?(?=[0-9])")
_DIGITS = str.maketrans("oOlI|", "00111")
_DIGIT_RUN = re.compile(r"[0-9]+")
_REACH = 5
_JOINS = tuple("/\\|-")


class Code(Value, frozen=True):
    """A letter number or date in its normal form, and the first and last word (from 0) it stands in."""

    form: str
    first_word: int
    last_word: int


def codes(texts: Sequence[str]) -> Iterator[Code]:
    """The dates and then the numbers in these words; line ends count as spaces."""
    text = " ".join(texts)
    starts = [0, *accumulate(len(word) + 1 for word in texts)]

    def code(form: str, span: tuple[int, int]) -> Code:
        return Code(form, bisect_right(starts, span[0]) - 1, bisect_right(starts, span[1] - 1) - 1)

    stretches = list(_stretches(text, texts, starts))
    dates = sorted((span, form) for form, span in _dates(text, stretches))
    for span, form in dates:
        yield code(form, span)
    for form, span in _numbers(text, stretches):
        at = bisect_right(dates, span[0], key=lambda each: each[0][0]) - 1
        if at < 0 or span[1] > dates[at][0][1]:  # a date with slashes is no number
            yield code(form, span)


def _stretches(text: str, texts: Sequence[str], starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The parts of a text in which a code may stand, as (start, end): the words around its digits.

    Every code has a digit, and no part of it is further away than ``_REACH`` words, but for a number that
    goes on behind a slash or hyphen. Most of a page is far from any digit and need not be looked at.
    """
    first = last = -1
    for match in _DIGIT_RUN.finditer(text):
        at = bisect_right(starts, match.start()) - 1
        if last >= 0 and at - _REACH > last:
            yield starts[first], starts[last + 1] - 1
            first = -1
        if first < 0:
            first = max(0, last + 1, at - _REACH)
            while first > last + 1 and _joined(texts[first - 1], texts[first]):
                first -= 1
        last = max(last, min(len(texts) - 1, at + _REACH))
        while last + 1 < len(texts) and _joined(texts[last], texts[last + 1]):
            last += 1
    if last >= 0:
        yield starts[first], starts[last + 1] - 1


def _joined(word: str, follower: str) -> bool:
    """Whether a number may go on from one word to the next."""
    return word[-1:] in _JOINS or follower[:1] in _JOINS


def day_of(text: str) -> date | None:
    """The date that this text is, in any spelling; ``None`` where it is none."""
    text = text.strip()
    for form, (start, end) in _dates(text, [(0, len(text))]):
        if start == 0 and end == len(text):
            return date.fromisoformat(form[2:])
    return None


def number_key(raw: str) -> str:
    """The normal form of one letter number, without its mark; "" where it cannot be one.

    Lower case; only letters and digits, with a dot between two digits; a Roman month as two digits, and
    an Arabic one too where a year follows; letters that OCR puts for digits made digits again.
    """
    segments = [_segment(part) for part in re.split(r"[/\\|]", _LABEL.sub("", raw.lower().replace(" ", "")))]
    segments = [segment for segment in segments if segment]
    if len(segments) > 1 and re.fullmatch(r"[12][0-9]{3}", segments[-1]):
        segments[-2] = segments[-2].zfill(2) if segments[-2].isdigit() else segments[-2]
    key = "/".join(segments)
    return key if len(segments) > 1 and any(map(str.isdigit, key)) else ""


def _segment(raw: str) -> str:
    roman = re.sub(r"[l1]", "i", raw)
    if roman in ROMAN and not raw.isdigit():
        return f"{ROMAN.index(roman) + 1:02d}"
    if re.fullmatch(r"[0-9ol]*[0-9][0-9ol]*", raw):
        return raw.translate(_DIGITS)
    return re.sub(r"(?<![0-9])\.|\.(?![0-9])|[^a-z0-9.]", "", re.sub(r"(?<=[0-9])-(?=[0-9])", ".", raw))


def _dates(text: str, stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    for pattern in (_NAMED, _NUMERIC, _ISO):
        for match in _found(pattern, text, stretches):
            month = match["m"].lower()
            try:
                number = MONTHS.get(month) or int(match["m"].translate(_DIGITS))
                day = date(int(match["y"].translate(_DIGITS)), number, int(match["d"].translate(_DIGITS)))
            except ValueError:
                continue
            yield f"d:{day.isoformat()}", match.span()


def _numbers(text: str, stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _found(_NUMBER, text, stretches):
        if key := number_key(match["number"]):
            yield f"n:{key}", match.span("number")
        if key and match["prefix"] and (longer := number_key(match[0])) != key:
            yield f"n:{longer}", match.span()  # "SE 7/PB/2012": whether SE belongs to it cannot be told
    for match in _found(_OF_YEAR, text, stretches):
        yield f"n:{match['number'].lower()}/{match['y'].translate(_DIGITS)}", match.span()
    for match in _found(_MAYBE_DAMAGED, text, stretches):
        repaired = _LOST_SLASH.sub("/", match[0])
        if repaired != match[0] and (key := number_key(repaired.rstrip(".-"))):
            yield f"n:{key}", match.span()


def _found(
    pattern: re.Pattern[str], text: str, stretches: Sequence[tuple[int, int]]
) -> Iterator[re.Match[str]]:
    return chain.from_iterable(pattern.finditer(text, start, end) for start, end in stretches)
