"""Page numbers as they are printed, and gaps in them: the only trace that a sheet leaves which was not
scanned.

A figure says rarely of itself that it is a page number. What tells is its place: the numbers of a document
stand where they count on from page to page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from archive.types import Value, Word

BAND, LINES = 0.13, 2
"""Share of the page at its head and its foot where page numbers stand, and how many of its first and last
lines may hold one wherever they are: a page that is not full ends early."""

MOST_MISSING, MOST_AFTER_FIRST, MOST_ALONE = 20, 3, 3
"""Pages that are missing at once where the numbers do not say themselves what they are; where the first page
has none: what is in front of a part of something else is no gap; and where the number on one side has no
neighbour that counts on: ``- 5 -`` was read as 25."""

_NAMED = re.compile(
    r"\b(?:halaman|hal|lembar|page|pg)[\s.:-]*(\d{1,4})\b(?:\s*(?:dari|of|/)\s*(\d{1,4})\b)?",
    re.IGNORECASE,
)
_OF = re.compile(r"^(\d{1,4})\s*(?:/|dari|of)\s*(\d{1,4})$", re.IGNORECASE)
_DASHED = re.compile(r"^[^\w]*[-–—~\[(|]\s*(\d{1,4})\s*[-–—~\])|][^\w]*$")
_START = re.compile(r"^[^\w]*(\d{1,4})(?:/(\d{1,3}))?(?![\w/]|[.,:]\d)(?![.)]\s*\w)", re.IGNORECASE)
_END = re.compile(r"(?:^|[\s|–—-])(\d{1,4})(?:/(\d{1,3}))?[^\w]*$", re.IGNORECASE)
_ROMAN = re.compile(r"^[^\w]*(?=[ivx])(x{0,3})(ix|iv|v?i{0,3})[^\w]*$", re.IGNORECASE)
_ROMAN_ONES = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}


class Printed(Value, frozen=True):
    """What may be a printed page number, of how many (0: that is not said), and where it stands.

    ``plain`` says that it tells itself what it is: a figure that stands alone may be a page number;
    ``Halaman 3``, ``- 3 -`` and ``3/5`` are nothing else. ``place`` is ``head`` or ``foot``; for a figure
    that is not plain also which end of its line.
    """

    number: int
    total: int = 0
    plain: bool = True
    place: str = ""


class Gap(Value, frozen=True):
    """Pages that are missing: how many, the place in the document (from 0) of the page that comes after them
    or, where it is the end that is missing, of the last page there is; and the numbers before and after."""

    at: int
    missing: int
    before: int
    after: int


Numbers = Sequence[Printed | None]
Known = tuple[int, Printed]
"""The place of a page in its document (from 0), and its number."""

BEGINNING: Known = (-1, Printed(0))


def printed(words: Sequence[Word]) -> tuple[Printed, ...]:
    """All that may be the page number, in the lines at the head and foot of a page."""
    begins = [at for at, word in enumerate(words) if not at or word.line != words[at - 1].line]
    spans = pairwise([*begins, len(words)])
    lines = sorted((words[at].box.y + words[at].box.h / 2, at, end) for at, end in spans)
    heads = [line for place, line in enumerate(lines) if line[0] <= BAND or place < LINES]
    feet = [line for place, line in enumerate(lines, LINES) if line[0] >= 1 - BAND or place >= len(lines)]
    found: dict[Printed, None] = {}
    for where, some in (("head", heads), ("foot", feet)):
        for _middle, at, end in some:
            text = " ".join(word.text for word in words[at:end])
            found.update(dict.fromkeys(_numbers(text, where)))
    return tuple(found)


def _numbers(line: str, where: str) -> Iterator[Printed]:
    """What may be a page number in a line: the whole of it, or a figure at its beginning or its end."""
    if match := _NAMED.search(line) or _OF.match(line):
        number = Printed(int(match[1]), int(match[2] or 0), place=where)
        if not 0 < number.total < number.number:
            yield number
    elif match := _DASHED.match(line):
        yield Printed(int(match[1]), place=where)
    elif match := _ROMAN.match(line):
        roman = 10 * len(match[1]) + _ROMAN_ONES[match[2].lower()]
        yield Printed(roman, plain=False, place=f"{where} roman")
    else:
        for place, pattern in (("start", _START), ("end", _END)):
            if (match := pattern.search(line)) and int(match[1]) <= int(match[2] or match[1]):
                yield Printed(int(match[1]), plain=False, place=f"{where} {place}")


def gaps(pages: Sequence[Sequence[Printed]]) -> list[Gap]:
    """The gaps in the page numbers of one document, its blank pages left out.

    A gap is believed where both numbers say themselves what they are, or where one of them is confirmed by a
    neighbour that counts on from it: a single figure may have been misread. What begins anew is no gap.
    """
    if len(pages) < 2 or not any(pages):
        return []  # one page says nothing: its other pages may be files of their own
    numbers = _numbered(pages)
    known = _known(numbers)
    found = []
    for place in range(1, len(known)):
        (i, before), (j, after) = known[place - 1], known[place]
        missing = (after.number - before.number) - (j - i)
        if missing > 0 and (_told(before, after) or missing <= _believed(known, place)):
            found.append(Gap(j, missing, before.number, after.number))
    return found + _ends(numbers, known)


def _numbered(pages: Sequence[Sequence[Printed]]) -> Numbers:
    """The number of each page, from the place where most count on or say themselves what they are."""
    there = {each.place for page in pages for each in page}
    choices = [[_only([each for each in page if each.plain]) for page in pages]]
    for where in ("head", "foot"):
        for ends in (("start",), ("end",), ("start", "end"), ("roman",)):  # outer corners change sides
            places = {where, *(f"{where} {end}" for end in ends)}
            if places & there:
                choices.append([_only([each for each in page if each.place in places]) for page in pages])
    return max(choices, key=_trust)


def _only(found: Sequence[Printed]) -> Printed | None:
    """The number of a page: one that is plain before all others, and none where there are several."""
    told = {each.number: each for each in found if each.plain} or {each.number: each for each in found}
    return next(iter(told.values())) if len(told) == 1 else None


def _trust(numbers: Numbers) -> tuple[int, int]:
    """How many numbers follow from the one before or are plain; and, of as many, how few are neither."""
    known = [BEGINNING, *_known(numbers)]
    follow = sum(_counts_on(*pair) for pair in pairwise(known))
    return follow + sum(number.plain for _at, number in known[1:]), -len(known)


def _known(numbers: Numbers) -> list[Known]:
    return [(at, number) for at, number in enumerate(numbers) if number is not None]


def _counts_on(one: Known, next_: Known) -> bool:
    return next_[1].number - one[1].number == next_[0] - one[0]


def _told(before: Printed, after: Printed) -> bool:
    return before.plain and after.plain and before.total == after.total


def _believed(known: Sequence[Known], place: int) -> int:
    """How many missing pages are believed, as the numbers on both sides of a gap count on: one of them may
    have no neighbour to do so, the first one may count on from the beginning of the document."""
    begins = _counts_on(BEGINNING, known[0])
    earlier = known[place - 2 : place] if place > 1 else [BEGINNING, known[0]] if begins else []
    sides = [pair for pair in (earlier, known[place : place + 2]) if len(pair) == 2]
    if not sides or not all(_counts_on(*pair) for pair in sides):
        return 0
    return MOST_MISSING if len(sides) == 2 else MOST_ALONE


def _ends(numbers: Numbers, known: Sequence[Known]) -> list[Gap]:
    """What is missing at the end, where the pages say how many they are, and at the beginning, where they do
    or where the first page has no number and what follows counts on."""
    if not known:
        return []
    found = []
    (first, begins), (last, ends) = known[0], known[-1]
    missing = begins.number - first - 1
    follows = len(known) > 1 and _counts_on(known[0], known[1])
    if missing > 0 and (begins.total or (first and follows and missing <= MOST_AFTER_FIRST)):
        found.append(Gap(first, missing, 0, begins.number))
    missing = ends.total - ends.number - (len(numbers) - 1 - last)
    if ends.total and missing > 0:
        found.append(Gap(last, missing, ends.number, 0))
    return found
