"""Words of a second reading put among those of the first, line by line, where a person would read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from archive.types import Box, Word
from ocr.lines import around, lines, renumbered


def merged(words: Sequence[Word], more: Iterable[Word]) -> tuple[Word, ...]:
    """All words in reading order, lines numbered from 0; of ``more`` only those beside the words there are.

    A line is put behind the last line that stands above it, or left of it in its row, and shares some of its
    width: columns stay whole.
    """
    found = list(lines(words))
    for line in lines([word for word in more if not _covered(word.box, words)]):
        found.insert(_place(around(line), [around(each) for each in found]), line)
    return renumbered(found)


FEWEST = 3
"""Letters and figures of a word in a logo that anybody would search for; shorter ones are strokes."""


def beside(words: Sequence[Word], others: Iterable[Word]) -> tuple[Word, ...]:
    """Other words that may be sought, where none of the words stands, on lines behind theirs."""
    sought = [word for word in others if sum(map(str.isalnum, word.text)) >= FEWEST]
    return behind(words, [word for word in sought if not _covered(word.box, words)])


def behind(words: Sequence[Word], more: Iterable[Word]) -> tuple[Word, ...]:
    """More words, on lines that count on from those of the words."""
    line = words[-1].line + 1 if words else 0
    return tuple(replace(word, line=line + word.line) for word in renumbered(lines(more)))


def within(words: Iterable[Word], part: Box) -> tuple[Word, ...]:
    """Words whose boxes are fractions of a part of a page, with boxes in fractions of the page."""
    return tuple(
        replace(
            word,
            box=Box(
                part.x + word.box.x * part.w,
                part.y + word.box.y * part.h,
                word.box.w * part.w,
                word.box.h * part.h,
            ),
        )
        for word in words
    )


def _covered(box: Box, words: Iterable[Word]) -> bool:
    """Whether the middle of a box lies in one of the words' boxes, or the middle of one of theirs in it."""
    return any(_holds(word.box, box) or _holds(box, word.box) for word in words)


def _holds(box: Box, other: Box) -> bool:
    x, y = other.x + other.w / 2, other.y + other.h / 2
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h


def _place(line: Box, lines: Sequence[Box]) -> int:
    """The index at which a line belongs: behind the last that comes before it, else before the first."""
    before = [index for index, other in enumerate(lines) if _comes_before(other, line)]
    return before[-1] + 1 if before else 0


def _comes_before(other: Box, line: Box) -> bool:
    common = min(other.y + other.h, line.y + line.h) - max(other.y, line.y)
    if common > 0.5 * min(other.h, line.h):  # in one row
        return other.x + other.w / 2 < line.x + line.w / 2
    shares_width = other.x < line.x + line.w and line.x < other.x + other.w
    return shares_width and other.y + other.h / 2 < line.y + line.h / 2
