"""The date of a record: which of the dates on its pages is the day it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.types import Field
from classify.dates import WEEKDAYS, Dated, dates_in, month_of, weekday_of
from classify.fields import (
    NOT_FILLED,
    NOT_FOUND,
    SEVERAL,
    VALUE_WITHIN,
    found,
    head_end,
    is_flush,
    is_received,
    labels,
    missing,
    value_after,
    value_below,
)
from classify.layout import Row, Sheet, Span
from classify.match import fold, one_off
from classify.taxonomy import DateRule, Landmarks

ISSUED = ("ditetapkan di", "dikeluarkan di", "dibuat di", "ditetapkan", "dikeluarkan")
ISSUED_ROWS = 3
"""``pada tanggal`` stands at most so many rows below ``Ditetapkan di``."""
NUMBER_ROWS = 7
"""A ``Tanggal`` label belongs to the record's number if it is at most so many rows away from it."""
TODAY_WORDS = 45
"""``Pada hari ini`` and the day it names stand within so many words."""
LETTERHEAD_ABOVE = 0.5
"""Place and date of a letter stand in this upper share of its page."""
RIGHT_OF, COLUMN = 0.4, 0.12
"""Where the right side of a page begins, and how far things of one column are apart, in page widths."""
MENDED, WEEKDAY_RIGHT, WEEKDAY_WRONG = 0.85, 1.03, 0.5
"""What a date is worth whose figures were mended, whose weekday is right, or is wrong."""
SURENESS = {"ditetapkan": 0.96, "letterhead": 0.96, "signature": 0.9, "label": 0.93, "hari-ini": 0.95}
ALL_DATES: tuple[DateRule, ...] = ("letterhead", "ditetapkan", "signature")

_PLACE = r"(?P<place>[A-Z][\w.'’\-]*(?:\s[A-Z][\w.'’\-]*){0,3}?)"
_TGL = r"(?:[Tt]anggal|TANGGAL|[Tt]gl\.?|TGL\.?)?\s*"
_PLACE_AND_COMMA = re.compile(rf"(?:^|\s){_PLACE}\s?[,.;:]\s*{_TGL}$")
_PLACE_ALONE = re.compile(rf"^{_PLACE}\s+{_TGL}$")
_OPEN = re.compile(
    rf"(?:^|\s){_PLACE}\s?,[\s._…\-]*(?P<month>[A-Z][A-Za-z]{{2,9}})?[\s._…]*(?:19|20)[\d._…]{{2}}$"
)
_NO_PLACE = frozenset(
    map(fold, ("tanggal", "tgl", "pukul", "tahun", "sampai", "mulai", "sejak", "nomor", "pada", "hari"))
) | frozenset(map(fold, ("terhitung", "tmt", "per", "lahir")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date where a rule looks for it, and what it is worth there; ``dated`` is None if left open."""

    sheet: Sheet
    span: Span
    dated: Dated | None
    worth: float = 1.0


def read_tanggal(
    sheets: Sequence[Sheet], rules: Sequence[DateRule], landmarks: Landmarks, title: Span | None, nomor: Field
) -> Field:
    """The day a record was made, as an ISO date.

    ``sheets`` are its pages without attachments, the first one first; ``rules`` the places where its kind has
    the date, best first. The first place that holds a date decides; where it holds two, neither is taken.
    Days of events, of cited laws and of received stamps stand at none of these places.
    """
    head = sheets[0]
    for rule in rules:
        if rule == "letterhead":
            candidates = list(_letterhead(head, landmarks))
        elif rule == "label":
            candidates = list(_labelled(head, landmarks, title, nomor))
        elif rule == "hari-ini":
            candidates = list(_today(head))
        else:
            finder = _issued if rule == "ditetapkan" else _signature
            candidates = [each for sheet in sheets for each in finder(sheet, landmarks, sheet is head)]
        if candidates:
            return _chosen(candidates, rule)
    return missing(NOT_FOUND)


def _chosen(candidates: Sequence[Candidate], rule: DateRule) -> Field:
    name = f"tanggal/{rule}"
    dated = [each for each in candidates if each.dated] or candidates
    best = max(each.worth for each in dated)
    equals = [each for each in dated if each.worth == best]
    first, when = equals[0], equals[0].dated
    evidence = first.sheet.evidence(first.span, name)
    if when is None:
        return missing(NOT_FILLED, evidence)
    if len({each.dated.day for each in equals if each.dated}) > 1:
        return missing(SEVERAL, evidence)
    sureness = SURENESS[rule] * first.worth * (MENDED if when.mended else 1.0)
    sureness *= {True: WEEKDAY_RIGHT, False: WEEKDAY_WRONG, None: 1.0}[when.weekday]
    return found(first.sheet, [first.span], name, when.day.isoformat(), sureness)


def _letterhead(sheet: Sheet, landmarks: Landmarks) -> Iterator[Candidate]:
    """Place and date above the body of a letter; or a date alone, to the right of the number."""
    numbers = {sheet.row_of[span.first] for span in labels(sheet, landmarks.nomor)}
    for index, row in enumerate(sheet.rows[: head_end(sheet, landmarks)]):
        if row.middle > LETTERHEAD_ABOVE:
            break
        for segment in _pieces(sheet, row):
            if is_received(sheet, segment, landmarks):
                continue
            yield from _placed(sheet, segment)
            if index in numbers and segment.first > row.first:
                yield from _bare(sheet, segment)


def _signature(sheet: Sheet, landmarks: Landmarks, is_head: bool) -> Iterator[Candidate]:
    """Place and date above the signature; on the first page, below where the body begins."""
    start = min(head_end(sheet, landmarks), len(sheet.rows) // 2) if is_head else 0
    for segment in (piece for row in sheet.rows[start:] for piece in _pieces(sheet, row)):
        if not is_received(sheet, segment, landmarks):
            yield from (each for each in _placed(sheet, segment) if each.span.first == segment.first)


def _placed(sheet: Sheet, segment: Span) -> Iterator[Candidate]:
    """``Contoh, 12 Mei 2020`` at the end of a segment that is not the value of a label."""
    text = sheet.text(segment)
    left = sheet.words[segment.first].box.x
    if _is_value(sheet, segment.first):
        return
    for dated in dates_in(text)[-1:]:
        if text[dated.end :].strip(" .,;:_|"):
            continue
        before = text[: dated.start]
        comma, alone = _PLACE_AND_COMMA.search(before), _PLACE_ALONE.match(before)
        match = comma or alone
        if match and _is_place(match["place"]) and not _is_value_text(before[: match.start("place")]):
            span = sheet.within(segment, match.start("place"), dated.end)
            right = sheet.words[span.first].box.x > RIGHT_OF or left > RIGHT_OF
            yield Candidate(sheet, span, dated, (1.0 if comma else 0.85) * (1.0 if right else 0.85))
        return
    opened = _OPEN.search(text.rstrip(" ."))
    if opened and _is_place(opened["place"]) and (opened["month"] is None or month_of(opened["month"])):
        yield Candidate(sheet, sheet.within(segment, opened.start("place"), opened.end()), None)


def _pieces(sheet: Sheet, row: Row) -> list[Span]:
    """The segments of a row, a place joined with its date: the day was left open, or filled in later."""
    pieces = [row.segments[0]]
    for segment in row.segments[1:]:
        before, after = sheet.words[segment.first - 1], sheet.words[segment.first]
        near = after.box.x - before.box.x - before.box.w < VALUE_WITHIN * sheet.letter
        if before.text.endswith(",") and near:
            pieces[-1] = Span(pieces[-1].first, segment.last)
        else:
            pieces.append(segment)
    return pieces


def _bare(sheet: Sheet, segment: Span) -> Iterator[Candidate]:
    text = sheet.text(segment)
    for dated in dates_in(text)[:1]:
        if not (text[: dated.start] + text[dated.end :]).strip(" .,|"):
            yield Candidate(sheet, segment, dated, 0.85)


def _is_value(sheet: Sheet, first: int) -> bool:
    """Whether what begins here is the value of a label: of a birth, or after a colon on its row."""
    row = sheet.rows[sheet.row_of[first]]
    before = sheet.words[row.first : first]
    return bool(before) and (
        set(before[-1].text) <= set(":;") or any("lahir" in word.text.lower() for word in before)
    )


def _is_value_text(before: str) -> bool:
    return "lahir" in before.lower() or before.rstrip().endswith(":")


def _is_place(place: str) -> bool:
    words = [fold(word) for word in place.split()]
    return not any(word in _NO_PLACE or one_off(word, WEEKDAYS) or month_of(word) for word in words)


def _issued(sheet: Sheet, _landmarks: Landmarks, _is_head: bool) -> Iterator[Candidate]:
    """``Ditetapkan di Contoh / pada tanggal 12 Mei 2020``."""
    for label in labels(sheet, ISSUED):
        row = sheet.row_of[label.first]
        segments = [
            segment
            for segment in sheet.segments(row, row + ISSUED_ROWS + 1)
            if segment.last > label.first and sheet.words[segment.first].box.x > _left(sheet, label) - COLUMN
        ]
        opened = None
        for segment in segments:
            text = sheet.text(segment)
            for dated in dates_in(text)[:1]:
                yield Candidate(sheet, sheet.within(segment, dated.start, dated.end), dated)
                break
            else:
                opened = segment if "tanggal" in text.lower() else opened
                continue
            break
        else:
            if opened:
                yield Candidate(sheet, opened, None)


def _left(sheet: Sheet, span: Span) -> float:
    return sheet.words[span.first].box.x


def _labelled(sheet: Sheet, landmarks: Landmarks, title: Span | None, nomor: Field) -> Iterator[Candidate]:
    """``Tanggal : 12 Mei 2020`` among the labels of the head, near the record's own number."""
    number = _row_at(sheet, nomor) if nomor.evidence else sheet.row_of[title.first] if title else 0
    numbers = {sheet.row_of[span.first] for span in sheet.find_start("nomor")}
    for label in labels(sheet, landmarks.tanggal):
        row, value = sheet.row_of[label.first], _value(sheet, label)
        between = numbers & set(range(min(row, number) + 1, max(row, number)))
        own = label.last - label.first > 1
        if (
            value is None
            or is_received(sheet, sheet.segment_of(label.first), landmarks)
            or (between and not own)
        ):
            continue
        if abs(row - number) <= NUMBER_ROWS and row < head_end(sheet, landmarks):
            for dated in dates_in(sheet.text(value))[:1]:
                span = sheet.within(value, dated.start, dated.end)
                yield Candidate(sheet, span, dated, 1.0 if own else 0.98)


def _value(sheet: Sheet, label: Span) -> Span | None:
    """What stands beside a label, or else below it; with a line more where the first holds no whole date."""
    value = value_after(sheet, label) or value_below(sheet, label)
    if value is None or value.last >= len(sheet.words) or dates_in(sheet.text(value)):
        return value
    following = sheet.segment_of(value.last)
    next_row = sheet.row_of[following.first] == sheet.row_of[value.first] + 1
    if next_row and is_flush(sheet, following, _left(sheet, value)):
        return Span(value.first, following.last)
    return value


def _row_at(sheet: Sheet, field: Field) -> int:
    box = field.evidence.box if field.evidence else None
    middle = box.y + box.h / 2 if box else 0.0
    return min(range(len(sheet.rows)), key=lambda index: abs(sheet.rows[index].middle - middle))


def _today(sheet: Sheet) -> Iterator[Candidate]:
    """``Pada hari ini Senin tanggal dua puluh bulan Maret ...``; figures that follow must agree."""
    for start in sheet.find("pada hari ini")[:1]:
        span = Span(start.first, min(len(sheet.words), start.first + TODAY_WORDS))
        text = sheet.text(span)
        dates = dates_in(text)
        if not dates:
            return
        first = dates[0]
        again = [other for other in dates[1:] if other.start - first.end < 5 and other.day != first.day]
        worth = [first, *again]
        if again and first.weekday is not None:
            name = weekday_of(re.split(r"\W+", text)[3])
            worth = [each for each in worth if each.day.weekday() == name] or worth
        for dated in worth:
            yield Candidate(sheet, sheet.within(span, dated.start, dated.end), dated)
