"""The subject of a record: what follows ``Hal :``, or stands under ``TENTANG``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.types import Field
from classify.fields import (
    NOT_FILLED,
    NOT_FOUND,
    capitals,
    found,
    has_colon,
    head_end,
    labels,
    missing,
    value_after,
)
from classify.layout import Row, Sheet, Span
from classify.match import fold
from classify.taxonomy import Landmarks, SubjectRule

ALL_SUBJECTS: tuple[SubjectRule, ...] = ("label", "tentang")
_PAGE_NUMBER = re.compile(r"\w+\W*\S{1,3} (?:dari|of) \S{1,3}\b", re.IGNORECASE)
"""``Hal. 1 dari 2`` counts pages and is no subject."""
LINES = 8
"""A subject of more lines is not one."""
LINE_PITCH, TITLE_PITCH = 1.7, 3.2
"""How far apart the lines of a subject may stand, in line pitches; below a title, farther."""
ALIGNED = 3
"""By how many letters the lines of a subject may be out of line."""


def read_hal(sheet: Sheet, places: Sequence[SubjectRule], landmarks: Landmarks, title: Span | None) -> Field:
    """The subject, read where its kind has it: the first of these places, best first, that holds one."""
    for place in places:
        if place == "tentang":
            spans = under_tentang(sheet, landmarks, title)
            sureness = 0.93
        else:
            spans = beside_label(sheet, landmarks)
            sureness = 0.95
        if spans:
            return found(sheet, spans, f"hal/{place}", _readable(sheet, spans), sureness)
    empty = _label(sheet, landmarks)
    return missing(NOT_FILLED, sheet.evidence(empty, "hal/label")) if empty else missing(NOT_FOUND)


def beside_label(sheet: Sheet, landmarks: Landmarks) -> list[Span]:
    """The lines of the subject beside its label in the head of a letter; none if there is no such label."""
    label = _label(sheet, landmarks)
    value = value_after(sheet, label) if label else None
    if not label or not value:
        return []
    row = sheet.row_of[label.first]
    column = _right_column(sheet, row, landmarks)
    lines = [_cut(sheet, value, column)]
    left, at = sheet.words[value.first].box.x, sheet.rows[row].middle
    stops = _stops(sheet, landmarks)
    for index in range(row + 1, min(len(sheet.rows), row + LINES)):
        line = sheet.rows[index]
        if index in stops or line.middle - at > LINE_PITCH * sheet.pitch:
            break
        if sheet.words[line.first].box.x < left - ALIGNED * sheet.letter:
            break
        if abs(sheet.words[line.first].box.x - left) <= ALIGNED * sheet.letter:
            lines.append(_cut(sheet, line.segments[0], column))
            at = line.middle
    return [line for line in lines if line.first < line.last]


def under_tentang(sheet: Sheet, landmarks: Landmarks, title: Span | None) -> list[Span]:
    """The lines under ``TENTANG``, up to the office that speaks, the body or a wide gap."""
    start = _tentang(sheet, landmarks, title)
    if start is None:
        return []
    row = sheet.row_of[start.first]
    lines = [Span(start.last, sheet.rows[row].last)] if start.last < sheet.rows[row].last else []
    office = _office(sheet, title)
    at, end = sheet.rows[row].middle, head_end(sheet, landmarks)
    stops = _stops(sheet, landmarks)
    for index in range(row + 1, min(end, row + LINES)):
        line = sheet.rows[index]
        pitch = LINE_PITCH if lines else TITLE_PITCH
        if index in stops or line.middle - at > pitch * sheet.pitch or _speaks(sheet, index, office, end):
            break
        if lines and capitals(sheet.text(lines[0])) > 0.7 > capitals(sheet.text(_whole(line))) + 0.2:
            break
        lines.append(_whole(line))
        at = line.middle
    return lines


def _label(sheet: Sheet, landmarks: Landmarks) -> Span | None:
    """The subject's label: in the head, with a colon, or else in line with the number's label."""
    end = head_end(sheet, landmarks)
    numbers = [sheet.words[span.first].box.x for span in labels(sheet, landmarks.nomor)]
    for label in labels(sheet, landmarks.hal):
        if sheet.row_of[label.first] >= end:
            continue
        if _PAGE_NUMBER.match(sheet.text(Span(label.first, sheet.rows[sheet.row_of[label.first]].last))):
            continue
        left = sheet.words[label.first].box.x
        in_line = any(abs(left - x) < ALIGNED * sheet.letter for x in numbers)
        if has_colon(sheet, label) or (in_line and value_after(sheet, label)):
            return label
    return None


def _right_column(sheet: Sheet, row: int, landmarks: Landmarks) -> float:
    """Where the addressee's column begins beside a letter's head, in page widths; 1 if nowhere."""
    addressed = [sheet.words[span.first] for phrase in ("kepada", "yth") for span in sheet.find(phrase)]
    near = {
        id(word)
        for line in sheet.rows[max(0, row - 5) : row + 6]
        for word in sheet.words[line.first : line.last]
    }
    return min((word.box.x for word in addressed if id(word) in near and word.box.x > 0.45), default=1.0)


def _cut(sheet: Sheet, span: Span, column: float) -> Span:
    last = span.first
    while last < span.last and sheet.words[last].box.x < column - sheet.letter:
        last += 1
    return Span(span.first, last)


def _stops(sheet: Sheet, landmarks: Landmarks) -> set[int]:
    """The rows that begin with another label, or with the body."""
    others = labels(sheet, (*landmarks.other_labels, *landmarks.nomor, *landmarks.tanggal, *landmarks.body))
    begins = {row.first for row in sheet.rows}
    return {
        sheet.row_of[span.first]
        for span in others
        if span.first in begins and (sheet.closes(span.last) or span.last - span.first > 1)
    }


def _tentang(sheet: Sheet, landmarks: Landmarks, title: Span | None) -> Span | None:
    end, above = head_end(sheet, landmarks), sheet.row_of[title.first] if title else -1
    for span in sheet.find_start("tentang"):
        row = sheet.row_of[span.first]
        if above < row < end and span.first == sheet.rows[row].first and capitals(sheet.text(span)) > 0.5:
            return span
    return None


def _office(sheet: Sheet, title: Span | None) -> str:
    """Who decides, as the title names him, folded: what follows the kind on its row, or the next row."""
    if not title:
        return ""
    row = sheet.row_of[title.last - 1]
    rest = Span(title.last, sheet.rows[row].last)
    if rest.first == rest.last and row + 1 < len(sheet.rows):
        rest = _whole(sheet.rows[row + 1])
    return fold(sheet.text(rest))


def _speaks(sheet: Sheet, index: int, office: str, end: int) -> bool:
    """Whether a row is the office that speaks: ``BUPATI CONTOH,`` just before the body."""
    text = sheet.text(_whole(sheet.rows[index]))
    folded = fold(text)
    named = len(office) >= 6 and (
        folded.startswith(office) or (len(folded) >= 6 and office.startswith(folded))
    )
    return named or (text.rstrip().endswith(",") and index + 1 >= end)


def _whole(row: Row) -> Span:
    return Span(row.first, row.last)


def _readable(sheet: Sheet, spans: Sequence[Span]) -> str:
    """The lines as one, words divided by a hyphen at a line's end joined again."""
    text = ""
    for span in spans:
        line = sheet.text(span)
        joined = text.endswith("-") and text[-2:-1].islower() and line[:1].islower()
        text = text[:-1] + line if joined else f"{text} {line}"
    return text.strip(" .:;,-_")
