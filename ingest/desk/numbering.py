"""Page numbers as they are printed, and gaps in them: the only trace that a sheet leaves which was not
scanned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from archive.types import Value, Word

BAND = 0.13
"""Share of the page at its head and its foot where page numbers stand."""

_NAMED = re.compile(
    r"\b(?:halaman|hal|page|pg)\b[\s.:-]*(\d{1,4})\b(?:\s*(?:dari|of|/)\s*(\d{1,4})\b)?", re.IGNORECASE
)
_OF = re.compile(r"^(\d{1,4})\s*(?:/|dari|of)\s*(\d{1,4})$", re.IGNORECASE)
_DASHED = re.compile(r"^[-–—~]+\s*(\d{1,4})\s*[-–—~]+$")
_LONE = re.compile(r"^(\d{1,4})$")


class Printed(Value, frozen=True):
    """A printed page number, of how many (0: that is not said), and whether it says itself what it is.

    A figure that stands alone may be a page number; ``Halaman 3``, ``- 3 -`` and ``3/5`` are nothing else.
    """

    number: int
    total: int = 0
    plain: bool = True


class Gap(Value, frozen=True):
    """Pages that are missing: how many, the place in the document (from 0) of the page that comes after them
    or, where it is the end that is missing, of the last page there is; and the numbers before and after."""

    at: int
    missing: int
    before: int
    after: int


def printed(words: Sequence[Word]) -> Printed | None:
    """The page number at the head or foot of a page, or None where there is none or more than one."""
    found = set()
    for _line, of_line in groupby(words, key=lambda word: word.line):
        line = list(of_line)
        middle = line[0].box.y + line[0].box.h / 2
        if BAND < middle < 1 - BAND:
            continue
        number = _number(" ".join(word.text for word in line))
        if number is not None and not 0 < number.total < number.number:
            found.add(number)
    told = {each for each in found if each.plain} or found
    return told.pop() if len(told) == 1 else None


def _number(line: str) -> Printed | None:
    if match := _NAMED.search(line) or _OF.match(line):
        return Printed(int(match[1]), int(match[2] or 0))
    if match := _DASHED.match(line):
        return Printed(int(match[1]))
    if match := _LONE.match(line):
        return Printed(int(match[1]), plain=False)
    return None


def gaps(numbers: Sequence[Printed | None]) -> list[Gap]:
    """The gaps in the page numbers of one document, its blank pages left out.

    A gap is believed where both numbers say themselves what they are, or where one of them is confirmed by a
    neighbour that counts on from it: a single figure may have been misread. What begins anew is no gap.
    """
    known = [(at, number) for at, number in enumerate(numbers) if number is not None]
    found = []
    for place in range(1, len(known)):
        (i, before), (j, after) = known[place - 1], known[place]
        missing = (after.number - before.number) - (j - i)
        if missing > 0 and (_told(before, after) or _confirmed(known, place)):
            found.append(Gap(j, missing, before.number, after.number))
    return found + _ends(numbers, known)


def _told(before: Printed, after: Printed) -> bool:
    return before.plain and after.plain and before.total == after.total


def _confirmed(known: Sequence[tuple[int, Printed]], place: int) -> bool:
    """Whether the numbers on both sides of a gap count on: one of them may have no neighbour to do so."""
    earlier = known[place - 2 : place] if place > 1 else ()
    later = known[place : place + 2]
    sides = [pair for pair in (earlier, later) if len(pair) == 2]
    return bool(sides) and all(b.number - a.number == j - i for (i, a), (j, b) in sides)


def _ends(numbers: Sequence[Printed | None], known: Sequence[tuple[int, Printed]]) -> list[Gap]:
    """What is missing at the beginning and at the end, where the pages say how many they are.

    A document of one page says nothing: its other pages may be files of their own.
    """
    if len(numbers) < 2 or not known:
        return []
    found = []
    (first, begins), (last, ends) = known[0], known[-1]
    if begins.total and begins.number > first + 1:
        found.append(Gap(first, begins.number - first - 1, 0, begins.number))
    missing = ends.total - ends.number - (len(numbers) - 1 - last)
    if ends.total and missing > 0:
        found.append(Gap(last, missing, ends.number, 0))
    return found
