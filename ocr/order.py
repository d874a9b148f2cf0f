"""Rows put together of which layout analysis makes columns: labels and values of forms, sums of lists.

Tesseract reads *Nomor, Lampiran, Hal* and only then *: 005/…, : 1 berkas, : Undangan*. Columns of prose stay
whole: two columns are parts of the same rows only where something says so. Lines that were read out of their
column come back to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from archive.types import Box, Word
from ocr.lines import around, lines

SIGNS = (":", "=")
"""What a value begins with that stands apart from its label."""
VALUES = 1 / 3
"""Share of the right parts of rows that must begin so."""
SAME_ROW = 0.5
"""Heights of the lower of two lines by which their middles differ at most where they stand in one row."""
CUT, CUTS = 1.0, 0.2
"""Widths of a letter: with less between them two lines are one that was cut in two, since columns are never
so close; and the share of rows in which it must be so."""
ROWS = 0.5
"""Share of the rows of the shorter column, where both are, that must have something beside them."""
LABEL, WORDS, APART = 0.2, 4, 0.15
"""Widths of the page and number of words that labels have at most, and what lies between them and values."""
LABELLED = 0.75
"""Share of a column's rows that must be such labels, or figures in a column of sums."""
SAME_COLUMN = 0.5
"""Share of the narrower of two rows that lies above or below the other where they stand in one column."""
NEXT = 2.0
"""Heights of a row within which the middle of the row above it is, in one paragraph."""
NUMBER = 3
"""Letters that the number of an item in a list has at most: 12. or b)"""
BESIDE = 2
"""Lines of a short note beside the rows of a form, as place and date are on a card."""
MOST_LINES = 1000
"""No page of print has more. A pattern or a hostile file may, and there each would be compared with each."""


class Row(NamedTuple):
    """Lines that are read as one, from left to right, and the box around them."""

    lines: tuple[list[Word], ...]
    box: Box


class Column(NamedTuple):
    """Rows one below the other; those of a form where they were put together here."""

    rows: tuple[Row, ...]
    is_form: bool = False


def in_rows(words: Iterable[Word]) -> tuple[Word, ...]:
    """The same words, row by row where columns are those of a form or a list; lines numbered from 0."""
    words = tuple(words)
    if len({word.line for word in words}) > MOST_LINES:
        return words
    columns: list[Column] = []
    for column in _columns(lines(words)):
        if columns and _is_form(columns[-1], column):
            columns[-1] = _joined(columns[-1], column, is_form=True)
        elif columns and (_is_among(column, columns[-1]) or _is_among(columns[-1], column)):
            columns[-1] = _joined(columns[-1], column, is_form=columns[-1].is_form)
        else:
            columns.append(column)
    rows = (row for column in columns for row in column.rows)
    return tuple(
        replace(word, line=number) for number, row in enumerate(rows) for line in row.lines for word in line
    )


def _columns(found: Iterable[list[Word]]) -> Iterator[Column]:
    """Lines parted where the next stands above the one before it."""
    rows: list[Row] = []
    for line in found:
        row = Row((line,), around(line))
        if rows and _middle(row) < _middle(rows[-1]) - SAME_ROW * rows[-1].box.h:
            yield Column(tuple(rows))
            rows = []
        rows.append(row)
    if rows:
        yield Column(tuple(rows))


def _middle(row: Row) -> float:
    return row.box.y + row.box.h / 2


def _is_form(one: Column, other: Column) -> bool:
    """Whether two columns are parts of the same rows."""
    pairs = _pairs(one, other)
    if not pairs or len(pairs) < ROWS * min(_beside(one, other), _beside(other, one)):
        return False
    gaps = [right.box.x - left.box.x - left.box.w for left, right in pairs]
    if sum(_tells_values(left, right) for left, right in pairs) >= VALUES * len(pairs):
        return True
    cut = sum(gap < CUT * _letter(left) for gap, (left, _right) in zip(gaps, pairs, strict=True))
    if cut >= max(2, CUTS * len(pairs)):
        return True
    if max(gaps) < APART and (_are_labels(one, other, pairs) or _are_labels(other, one, pairs)):
        return True
    if _are_sums(one, pairs) or _are_sums(other, pairs):
        return True
    return one.is_form and len(other.rows) == len(pairs) <= BESIDE


def _pairs(one: Column, other: Column) -> list[tuple[Row, Row]]:
    """What stands side by side in two columns, left and right."""
    pairs = []
    for a in one.rows:
        for b in other.rows:
            left, right = (a, b) if a.box.x < b.box.x else (b, a)
            if _in_one_row(a, b) and left.box.x + left.box.w < right.box.x + _letter(left):
                pairs.append((left, right))
    return pairs


def _beside(one: Column, other: Column) -> int:
    """How many rows of a column stand at the height of another."""
    top, foot = _middle(other.rows[0]), _middle(other.rows[-1])
    return sum(top <= row.box.y + row.box.h and row.box.y <= foot for row in one.rows)


def _letter(row: Row) -> float:
    """The mean width of a letter."""
    return row.box.w / sum(len(word.text) + 1 for line in row.lines for word in line)


def _tells_values(left: Row, right: Row) -> bool:
    """Whether the right part of a row is a value, or both are a label with its value."""
    return right.lines[0][0].text.startswith(SIGNS) or (_has_sign(left) and _has_sign(right))


def _has_sign(row: Row) -> bool:
    return any(word.text in SIGNS for line in row.lines for word in line)


def _are_labels(column: Column, other: Column, pairs: Sequence[tuple[Row, Row]]) -> bool:
    """Whether the rows of a column are short and nearly all have something right of them in the other one."""
    labels = [row for row in column.rows if any(row is left for left, _right in pairs)]
    if len(labels) < max(2, LABELLED * _beside(column, other)):
        return False
    return all(row.box.w < LABEL and sum(map(len, row.lines)) <= WORDS for row in labels)


def _are_sums(column: Column, pairs: Sequence[tuple[Row, Row]]) -> bool:
    """Whether a column's rows are figures and nearly all have something left of them in the other one."""
    sums = [row for row in column.rows if any(row is right for _left, right in pairs)]
    texts = ["".join(word.text for line in row.lines for word in line) for row in sums]
    figures = sum(2 * sum(map(str.isdigit, text)) >= len(text) for text in texts)
    return len(sums) >= max(3, LABELLED * len(column.rows)) and figures >= LABELLED * len(sums)


def _in_one_row(one: Row, other: Row) -> bool:
    return abs(_middle(one) - _middle(other)) < SAME_ROW * min(one.box.h, other.box.h)


def _is_among(one: Column, other: Column) -> bool:
    """Whether a column's rows at the height of the other one are some of it, beside which there are none but
    the numbers of a list."""
    top, foot = _middle(other.rows[0]), _middle(other.rows[-1])
    there = [row for row in one.rows if top < _middle(row) < foot]
    return bool(there) and all(
        _is_between(row, other.rows)
        and not any(
            _in_one_row(row, each) and not (_is_number(row) or _is_number(each)) for each in other.rows
        )
        for row in there
    )


def _is_between(row: Row, rows: Sequence[Row]) -> bool:
    """Whether others of its column are above and below a row, or one right above it."""
    column = [_middle(row) - _middle(each) for each in rows if _share_width(row, each)]
    above = [height for height in column if height > 0]
    return bool(above) and (len(above) < len(column) or min(above) < NEXT * row.box.h)


def _is_number(row: Row) -> bool:
    text = "".join(word.text for line in row.lines for word in line)
    return len(text) <= NUMBER and text[:1].isalnum()


def _share_width(one: Row, other: Row) -> bool:
    common = min(one.box.x + one.box.w, other.box.x + other.box.w) - max(one.box.x, other.box.x)
    return common > SAME_COLUMN * min(one.box.w, other.box.w)


def _joined(one: Column, other: Column, is_form: bool) -> Column:
    """Both columns by height, what stands in one row as one row."""
    rows: list[Row] = []
    for row in sorted(one.rows + other.rows, key=_middle):
        if rows and _in_one_row(rows[-1], row):
            parts = sorted((*rows[-1].lines, *row.lines), key=lambda line: line[0].box.x)
            rows[-1] = Row(tuple(parts), around([word for line in parts for word in line]))
        else:
            rows.append(row)
    return Column(tuple(rows), is_form)
