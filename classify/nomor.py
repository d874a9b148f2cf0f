"""The record's own number: which of the numbers on its first page it is, and how it is meant to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.types import Field
from classify.dates import month_of
from classify.fields import (
    NOT_FILLED,
    NOT_FOUND,
    SEVERAL,
    capitals,
    found,
    has_colon,
    head_end,
    is_received,
    labels,
    missing,
    value_after,
    value_below,
)
from classify.layout import Sheet, Span
from classify.taxonomy import Landmarks

UNDER_TITLE = 5
"""A record's number stands at most so many rows below its title."""
NEAR_LABELS = 4
"""In a letter's head the number stands at most so many rows from Sifat, Lampiran or Hal."""
UNMARKED = 0.7
"""What a number is worth that has neither a slash nor a year: OCR may have lost most of it."""

_ROMAN = re.compile(r"(?=.*[IVX])[IVXl1|]+")
_FIGURES = str.maketrans("lIi|!OoQSB", "1111100058")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number beside its label: its words, the rule that speaks for it, and how surely."""

    span: Span
    rule: str
    sureness: float


def read_nomor(sheet: Sheet, landmarks: Landmarks, title: Span | None) -> Field:
    """The number of the record that begins on this page.

    Numbers in its body (a law cited, a letter answered) are left aside. Of what is left, the one under the
    title or among a letter's labels is its own; where two stand alike, none is chosen.
    """
    candidates = sorted(_candidates(sheet, landmarks, title), key=lambda each: -each.sureness)
    if not candidates:
        return missing(NOT_FOUND)
    best = candidates[0]
    equals = [each for each in candidates if each.sureness == best.sureness]
    values = {readable(sheet.text(each.span)) for each in equals}
    evidence = sheet.evidence(best.span, best.rule)
    if len(values) > 1:
        return missing(SEVERAL, evidence)
    value = values.pop()
    if not is_complete(value):
        return missing(NOT_FILLED, evidence)
    marked = "/" in value or "TAHUN" in value
    return found(sheet, [best.span], best.rule, value, best.sureness * (1.0 if marked else UNMARKED))


def readable(raw: str) -> str:
    """A number as it was meant: no spaces around its marks, figures and Roman months mended.

    ``005 / l23 /UM/ Vlll/2O21`` becomes ``005/123/UM/VIII/2021``. Without any slash, the marks that OCR makes
    of one are taken for it (``PER-89jPBj2011``).
    """
    text = re.sub(r"\s*([/\-.|\\])\s*", r"\1", " ".join(raw.split())).strip(" .,:;-_")
    text = re.sub(r"(?<=\d),(?=\d)", ".", text.replace("\\", "/"))
    text = re.sub(r"(?<=[A-Z0-9])\|(?=[A-Z0-9])", "/", text)
    if "/" not in text:
        text = re.sub(r"(?<=[A-Z0-9])[jl](?=[A-Z0-9]*[A-Z])|(?<=[A-Z])[jl](?=[A-Z0-9])", "/", text)
    parts = re.split(r"([/\-. ])", text)
    text = "".join(_mended(part, first=index == 0) for index, part in enumerate(parts))
    return re.sub(r"/111(?=/(?:19|20)\d\d$)", "/III", text)


def is_complete(value: str) -> bool:
    """Whether no part of a number was left open for a pen: ``005/ /UM/2021``, ``.../UM/2021``."""
    return bool(re.search(r"\d", value)) and not re.search(r"//|^/|/$|\.{3}|…|__", value)


def _mended(part: str, *, first: bool) -> str:
    if part.upper() == "TAHUN":
        return "TAHUN"
    if not first and _ROMAN.fullmatch(part):
        return re.sub(r"[l1|]", "I", part)
    figures = part.translate(_FIGURES)
    count = sum(letter.isdigit() for letter in part)
    mostly = 2 * count >= len(part) or (count and not set(part) - set("0123456789Ol"))
    return figures if mostly and figures.isdigit() else part


def _candidates(sheet: Sheet, landmarks: Landmarks, title: Span | None) -> Iterator[Candidate]:
    end = head_end(sheet, landmarks)
    neighbours = [
        sheet.row_of[span.first] for span in labels(sheet, (*landmarks.hal, *landmarks.other_labels[:3]))
    ]
    below = sheet.row_of[title.first] if title else None
    under_title: int | None = None
    for label in labels(sheet, landmarks.nomor):
        row = sheet.row_of[label.first]
        value = _value(sheet, label, landmarks)
        if row >= end or value is None or is_received(sheet, sheet.segment_of(label.first), landmarks):
            continue
        specific = label.last - label.first > 1
        if below is not None and 0 <= row - below <= UNDER_TITLE and under_title in (None, row - 1):
            under_title = row if under_title is None else under_title
            yield Candidate(value, "nomor/under-title", 0.97 if specific else 0.96)
        elif any(abs(row - other) <= NEAR_LABELS for other in neighbours):
            yield Candidate(value, "nomor/letterhead", 0.95)
        elif has_colon(sheet, label) or capitals(sheet.text(label)) == 1:
            yield Candidate(value, "nomor/label", 0.75 if has_colon(sheet, label) else 0.6)


def _value(sheet: Sheet, label: Span, landmarks: Landmarks) -> Span | None:
    """The words beside a label that make a number; below it, if a form has it there."""
    beside = value_after(sheet, label)
    if beside:
        return _number(sheet, beside)
    below = value_below(sheet, label)
    number = _number(sheet, below) if below else None
    return number if number and "/" in sheet.text(number) else None


def _number(sheet: Sheet, span: Span) -> Span | None:
    """The first words of a span, as far as they make a number; None if it does not begin with one."""
    texts = [word.text for word in sheet.words[span.first : span.last]]
    count = _length(texts)
    return Span(span.first, span.first + count) if count else None


def _length(texts: Sequence[str]) -> int:
    count = 0
    while count < len(texts) and _continues(texts, count):
        count += 1
    text = " ".join(texts[:count])
    open_serial = "/" in text or "…" in text or "..." in text
    return count if any(letter.isdigit() for letter in text) or (count and open_serial) else 0


def _continues(texts: Sequence[str], at: int) -> bool:
    """Whether the word at this place belongs to the number that the words before it began."""
    text, before = texts[at], texts[at - 1] if at else ""
    after = texts[at + 1] if at + 1 < len(texts) else ""
    if after and text.strip(".,").isdigit() and month_of(after.strip(".,")) and "/" not in after:
        return False
    if before.endswith(("/", "-", ".")) and len(before) < 30 and not text.endswith(","):
        return bool(re.fullmatch(r"[\w./\-()|&]+", text))
    if text.startswith(("/", "-", "|", "\\")):
        return True
    if before.upper() == "TAHUN":
        return bool(re.fullmatch(r"[12lI][\dlIOoSB]{3}[.,]?", text))
    if at == 1 and before.isalpha() and text[:1].isdigit():
        return True
    if text.upper() == "TAHUN":
        return at > 0
    if at == 0:
        return _begins(text, after)
    return text.isdigit() and "/" in "".join(texts[at + 1 : at + 2])[:1]


def _begins(text: str, after: str) -> bool:
    if re.search(r"\d|^[\w.\-]*/|^\.{3}|^…|^_", text):
        return not re.fullmatch(r"\(.*|.*%|Rp.*", text)
    return text.isupper() and len(text) <= 6 and bool(re.match(r"[\d/.\-]", after))
