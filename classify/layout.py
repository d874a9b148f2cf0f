"""A page as rows and segments: words that stand beside each other, however the engine ordered them.

OCR may read the labels of a letterhead as one column and their values as another. Here words are put
back on the row where they stand; a wide gap divides a row into segments.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby, pairwise
from statistics import median

from archive.types import Box, Evidence, PageText, Word
from classify.match import allowed, find, fold

GAP_LETTERS = 4.0
"""A gap wider than this many letters divides a row: word spaces are below 2, columns and tabs above."""
SAME_ROW = 0.55
"""Lines whose middles differ by less than this share of a word's height stand on one row."""

_BULLET = re.compile(r"(\d{1,2}|[A-Za-z]|[ivx]{2,4})[.)]|([^\w\s:]|_){1,2}")


@dataclass(frozen=True, slots=True)
class Span:
    """Words [first, last) of a sheet."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Row:
    """Words [first, last) on one height, divided into segments from left to right."""

    first: int
    last: int
    segments: tuple[Span, ...]
    middle: float


class Sheet:
    """One page in rows: ``words`` in row order, ``folded`` their letters without spaces (see ``match``)."""

    def __init__(self, page: PageText, number: int) -> None:
        self.number = number
        pieces = [piece for word in page.words for piece in _split_colon(word) if piece.text.strip()]
        self.letter = _letter_width(pieces)
        self.height = median(word.box.h for word in pieces) if pieces else 0.0
        self._found: dict[int, dict[str, list[Span]]] = {}
        self.words: list[Word] = []
        self.rows: list[Row] = []
        for lines in _rows_of(pieces, self.height):
            self._add(sorted(lines, key=lambda word: word.box.x))

    def _add(self, words: list[Word]) -> None:
        first = len(self.words)
        self.words.extend(words)
        starts = [first]
        reach = words[0].box.x + words[0].box.w
        for offset, word in enumerate(words[1:], 1):
            if word.box.x - reach > GAP_LETTERS * self.letter:
                starts.append(first + offset)
            reach = max(reach, word.box.x + word.box.w)
        ends = [*starts[1:], len(self.words)]
        segments = tuple(Span(a, b) for a, b in zip(starts, ends, strict=True))
        self.rows.append(Row(first, len(self.words), segments, _middle(words)))

    @cached_property
    def _offsets(self) -> list[int]:
        """Where the letters of every word begin in ``folded``."""
        return list(accumulate((len(fold(word.text)) for word in self.words), initial=0))[:-1]

    @cached_property
    def _begins(self) -> dict[int, int]:
        """The word that begins at an offset of ``folded``; marks without letters begin nowhere."""
        return {offset: word for word, offset in enumerate(self._offsets)}

    @cached_property
    def _segments_begin(self) -> frozenset[int]:
        return frozenset(offset for offset, word in self._begins.items() if word in self.starts)

    @cached_property
    def folded(self) -> str:
        """The letters of all rows, one after the other, without spaces."""
        return "".join(fold(word.text) for word in self.words)

    @cached_property
    def starts(self) -> frozenset[int]:
        """The words that begin a segment, or follow its number or a mark (``1.``, ``a)``, ``-``, ``|``)."""
        return frozenset(
            segment.first + skipped
            for segment in self.segments()
            for skipped in (0, 1)
            if segment.first + skipped < segment.last
            and (not skipped or _BULLET.fullmatch(self.words[segment.first].text))
        )

    def find(self, phrase: str) -> list[Span]:
        """Where a phrase begins with a word, from top to bottom: the words that hold it."""
        return self._find(phrase, self._begins)

    def find_start(self, phrase: str) -> list[Span]:
        """Where a phrase begins a segment."""
        return [span for span in self._find(phrase, self._segments_begin) if span.first in self.starts]

    def _find(self, phrase: str, begins: Collection[int]) -> list[Span]:
        known = self._found.setdefault(id(begins), {})
        if phrase not in known:
            hits = find(fold(phrase), self.folded, begins)
            known[phrase] = [Span(self.word_at(hit.start), self.word_at(hit.end - 1) + 1) for hit in hits]
        return known[phrase]

    def find_label(self, phrase: str) -> list[Span]:
        """Where a phrase is a label: it begins a segment, whole, and a colon or a gap follows."""
        return [
            span for span in self.find_start(phrase) if self.is_whole(span, phrase) and self.closes(span.last)
        ]

    def is_whole(self, span: Span, phrase: str) -> bool:
        """Whether the words of a span hold a phrase and nothing else, but for the edits it may be off."""
        words = self.words[span.first : span.last]
        letters, wanted = sum(len(fold(word.text)) for word in words), fold(phrase)
        fits = abs(letters - len(wanted)) <= allowed(wanted)
        return fits and not any(is_colon(word.text) for word in words)

    def closes(self, word: int) -> bool:
        """Whether what stands before this word ends there: with a colon, a gap, or the row."""
        return word >= len(self.words) or word in self.starts or is_colon(self.words[word].text)

    @cached_property
    def row_of(self) -> list[int]:
        """The row of every word."""
        return [index for index, row in enumerate(self.rows) for _ in range(row.first, row.last)]

    @cached_property
    def pitch(self) -> float:
        """How far apart the lines of a paragraph are: the lower quartile of the distances between rows."""
        gaps = sorted(below.middle - above.middle for above, below in pairwise(self.rows))
        return gaps[len(gaps) // 4] if len(gaps) >= 4 else 2 * self.height

    @cached_property
    def middle(self) -> float:
        """The middle between the edges of the text, in page widths; a tenth of the rows may stick out."""
        boxes = [self.box(Span(row.first, row.last)) for row in self.rows]
        left, right = sorted(box.x for box in boxes), sorted(box.x + box.w for box in boxes)
        tenth = len(boxes) // 10
        return (left[tenth] + right[-1 - tenth]) / 2

    def word_at(self, offset: int) -> int:
        """The word that holds the letter at this offset of ``folded``."""
        return bisect_right(self._offsets, offset) - 1

    def segment_of(self, word: int) -> Span:
        """The segment a word stands in."""
        segments = self.rows[self.row_of[word]].segments
        return next(segment for segment in segments if segment.first <= word < segment.last)

    def segments(self, first_row: int = 0, last_row: int | None = None) -> Iterator[Span]:
        """The segments of rows [first_row, last_row), from top to bottom and left to right."""
        for row in self.rows[first_row:last_row]:
            yield from row.segments

    def text(self, span: Span) -> str:
        """The words of a span with single spaces."""
        return " ".join(word.text for word in self.words[span.first : span.last])

    def box(self, span: Span) -> Box:
        """The rectangle around the words of a span."""
        return union(self.words[span.first : span.last])

    def confidence(self, span: Span) -> float:
        """How well the words of a span were read, 0 to 1: the mean weighted by their length."""
        words = self.words[span.first : span.last]
        letters = sum(len(word.text) for word in words)
        return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0

    def evidence(self, span: Span, rule: str) -> Evidence:
        """Where a span stands and what it says, for the rule that asked."""
        return Evidence(self.number, self.box(span), self.text(span), rule)

    def within(self, span: Span, start: int, end: int) -> Span:
        """The words of a span that hold the characters [start, end) of its ``text``."""
        first, at = span.last, 0
        last = span.first
        for index in range(span.first, span.last):
            length = len(self.words[index].text)
            if at < end and at + length > start:
                first, last = min(first, index), index + 1
            at += length + 1
        return Span(first, last)


def is_colon(text: str) -> bool:
    """Whether a word is nothing but a colon, or what OCR makes of one."""
    return bool(text) and not text.strip(":;.=_»>~‘'*")


def union(words: Sequence[Word]) -> Box:
    """The rectangle around words. Raises ValueError where there are none."""
    left = min(word.box.x for word in words)
    top = min(word.box.y for word in words)
    right = max(word.box.x + word.box.w for word in words)
    bottom = max(word.box.y + word.box.h for word in words)
    return Box(left, top, right - left, bottom - top)


def _rows_of(words: Sequence[Word], height: float) -> list[list[Word]]:
    """Lines of the engine, joined where they stand on one height and not over each other."""
    lines = [list(line) for _, line in groupby(words, key=lambda word: word.line)]
    rows: list[tuple[float, list[Word]]] = []
    for middle, line in sorted(((_middle(line), line) for line in lines), key=lambda each: each[0]):
        for above, row in reversed(rows[-3:]):
            if middle - above < SAME_ROW * height and not _overlap(line, row):
                row.extend(line)
                break
        else:
            rows.append((middle, line))
    return [row for _, row in rows]


def _middle(words: Sequence[Word]) -> float:
    """The middle of most words, from the top of the page."""
    return sorted(word.box.y + word.box.h / 2 for word in words)[len(words) // 2]


def _overlap(line: Sequence[Word], row: Sequence[Word]) -> bool:
    return any(
        min(a.box.x + a.box.w, b.box.x + b.box.w) - max(a.box.x, b.box.x) > 0.3 * min(a.box.w, b.box.w)
        for a in line
        for b in row
    )


def _letter_width(words: Sequence[Word]) -> float:
    widths = [word.box.w / len(word.text) for word in words if len(word.text) >= 4]
    return median(widths) if widths else 0.012


def _split_colon(word: Word) -> Iterator[Word]:
    """``Nomor:005/12`` as ``Nomor``, ``:`` and ``005/12`` with their shares of the box, but not ``10:30``."""
    text = word.text
    at = text.find(":")
    if (
        at < 0
        or len(text) == 1
        or (0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit())
    ):
        yield word
        return
    share = word.box.w / len(text)
    for start, end in ((0, at), (at, at + 1), (at + 1, len(text))):
        if start < end:
            box = Box(word.box.x + start * share, word.box.y, (end - start) * share, word.box.h)
            yield from _split_colon(Word(text[start:end], box, word.confidence, word.line))
