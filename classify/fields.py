"""What the fields have in common: the head of a record, values beside their labels, and how sure they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.types import Box, Evidence, Field
from classify.layout import Sheet, Span, is_colon, union
from classify.match import fold
from classify.taxonomy import Landmarks

VALUE_WITHIN = 18
"""How many letters a value may stand away from its label; farther off stands another column."""
FLUSH = 3
"""How many letters the left edges of one column may be out of line."""
SHORT = 6
"""A shorter landmark counts only as a label: ``Dasar :`` and not ``Dasar Negeri 1 Contoh``."""

_THIN = frozenset("1lI|!i")

NOT_FOUND = "not-found"
NO_WORDS = "no-words"
SEVERAL = "several-candidates"
NOT_FILLED = "not-filled-in"
"""The place is there, but somebody left it open, or filled it in by a pen that OCR does not read."""


def missing(reason: str, evidence: Evidence | None = None) -> Field:
    """A field without a value, and why."""
    return Field(None, 0.0, evidence, reason)


def found(sheet: Sheet, spans: Sequence[Span], rule: str, value: str, sureness: float) -> Field:
    """A field with its value. ``sureness`` of the rule is lowered by what OCR thinks of the words."""
    words = [word for span in spans for word in sheet.words[span.first : span.last]]
    read = sum(sheet.confidence(span) * (span.last - span.first) for span in spans) / len(words)
    raw = " ".join(sheet.text(span) for span in spans)
    evidence = Evidence(sheet.number, union(words), raw, rule)
    return Field(value, round(min(0.99, sureness) * (0.6 + 0.4 * read), 3), evidence)


def head_end(sheet: Sheet, landmarks: Landmarks) -> int:
    """The row where the body of a record begins; the number of rows if nothing says so."""
    finds = (
        sheet.find_label(phrase) if len(phrase) < SHORT else sheet.find_start(phrase)
        for phrase in landmarks.body
    )
    return min((sheet.row_of[spans[0].first] for spans in finds if spans), default=len(sheet.rows))


def labels(sheet: Sheet, phrases: Sequence[str]) -> list[Span]:
    """Where one of these labels stands, from top to bottom; the longest where several begin together."""
    longest: dict[int, Span] = {}
    for phrase in phrases:
        for span in sheet.find_start(phrase):
            known = longest.get(span.first)
            if sheet.is_whole(span, phrase) and (known is None or span.last > known.last):
                longest[span.first] = span
    return [longest[first] for first in sorted(longest)]


def has_colon(sheet: Sheet, label: Span) -> bool:
    """Whether a colon follows a label."""
    return label.last < len(sheet.words) and is_colon(sheet.words[label.last].text)


def value_after(sheet: Sheet, label: Span) -> Span | None:
    """What stands to the right of a label on its row, after its colon, up to the next gap."""
    row = sheet.rows[sheet.row_of[label.first]]
    first = label.last
    while first < row.last and is_colon(sheet.words[first].text):
        first += 1
    if first == label.last and _is_damaged_colon(sheet, first, row.last):
        first += 1
    if first >= row.last:
        return None
    before = sheet.words[first - 1].box
    if sheet.words[first].box.x - (before.x + before.w) > VALUE_WITHIN * sheet.letter:
        return None
    return Span(first, sheet.segment_of(first).last)


def value_below(sheet: Sheet, label: Span) -> Span | None:
    """What stands on the row below a label that ends with a colon, flush with its left edge, as in forms."""
    row = sheet.row_of[label.first] + 1
    if not has_colon(sheet, label) or row >= len(sheet.rows):
        return None
    left = sheet.words[label.first].box.x
    below = (each for each in sheet.rows[row].segments if is_flush(sheet, each, left))
    return next(below, None)


def is_flush(sheet: Sheet, segment: Span, left: float) -> bool:
    """Whether a segment begins at this left edge, give or take three letters."""
    return abs(sheet.words[segment.first].box.x - left) < FLUSH * sheet.letter


def is_received(sheet: Sheet, segment: Span, landmarks: Landmarks) -> bool:
    """Whether a segment, or a line without figures right above it, is a stamp of incoming letters."""
    row = sheet.row_of[segment.first]
    box = sheet.box(segment)
    above = [
        each
        for each in sheet.segments(max(0, row - 1), row)
        if _over(sheet.box(each), box) and not re.search(r"\d", sheet.text(each))
    ]
    return any(
        each.first <= span.first < each.last
        for phrase in landmarks.received
        for span in sheet.find_start(phrase)
        for each in (segment, *above)
    )


def _over(upper: Box, lower: Box) -> bool:
    return upper.x < lower.x + lower.w and lower.x < upper.x + upper.w


def _is_damaged_colon(sheet: Sheet, word: int, end: int) -> bool:
    """Whether OCR made a thin letter of a colon: ``Nomor 1 005/12`` but not ``Nomor 1 Tahun 2020``."""
    follows = sheet.words[word + 1].text if word + 1 < end else ""
    return sheet.words[word].text.removesuffix(".") in _THIN and bool(follows) and fold(follows) != "tahun"


def capitals(text: str) -> float:
    """The share of capitals among the letters of a text, 0 where there are none."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) / len(letters) if letters else 0.0
