"""Cases for a classifier: records as an OCR engine would hand them over, with what must be found in them.

Nothing is drawn: words are placed by rough letter widths, so the cases are the same on every machine.
``python -m samples.cases`` writes them as JSON; what is frozen in ``tests/held_out`` came from there.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from archive.types import Value
from samples.garble import garble, scrap
from samples.layout import MM_PER_POINT, Ink, Letter, Paper, Placed, place
from samples.letters import KINDS, letter, others

LEVELS = {"clean": 0.0, "mild": 0.3, "medium": 0.6, "heavy": 1.0}

_APART, _GAP = 10.0, 3.0
"""Gaps in mm beyond which a layout analysis may see two columns, and beyond which a space is no space."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """Words as read that stand close together: text, box as fractions of the page, and the line they are on.

    A line with wide gaps is several rows of one number, as the gaps between the words of a real page tell.
    """

    text: str
    x: float
    y: float
    w: float
    h: float
    line: int


class Case(Value, frozen=True):
    """A record as read, and what an archivist writes down; ``unscored`` fields are open to dispute."""

    name: str
    damage: str
    type: str
    nomor: str | None
    tanggal: str | None
    hal: str | None
    unscored: tuple[str, ...]
    pages: tuple[tuple[Row, ...], ...]


def cases(each: int = 12, seed: int = 7) -> Iterator[Case]:
    """``each`` cases of every type, twice as many of lainnya, and three letters under a routing slip."""
    for kind in KINDS:
        for n in range(each * (2 if kind == "lainnya" else 1)):
            rng = _rng(seed, f"{kind} {n}")
            yield case(f"{kind}-{n + 1:02}", letter(kind, rng), rng, tuple(LEVELS)[n % len(LEVELS)])
    for n, damage in enumerate(("clean", "mild", "medium"), start=1):
        rng = _rng(seed, f"routed {n}")
        yield case(f"disposisi-surat-{n:02}", others.routed(rng), rng, damage)


def case(name: str, record: Letter, rng: random.Random, damage: str) -> Case:
    """A record as read from a scan of this quality."""
    level, columns = LEVELS[damage], rng.random() < 0.5
    spared = frozenset(word.lower() for word in f"{record.hal} {record.nomor}".split())
    pages = tuple(
        tuple(_read(sheet, Paper(), rng, level, columns, spared)) for sheet in place(record, _width, Paper())
    )
    return Case(
        name, damage, record.kind, record.nomor, record.tanggal, record.hal, record.unsure, pages
    )  # fmt: skip


def _read(
    sheet: Placed, paper: Paper, rng: random.Random, level: float, columns: bool, spared: frozenset[str]
) -> Iterator[Row]:
    number = 0
    for words in _lines(sheet, columns):
        for part in _parts(words):
            text = garble(" ".join(word.text for word in part), rng, level, spared)
            if text:
                yield _row(text, part[0].x, part[-1].x + part[-1].w, part[0], paper, number)
        number += 1
        if rng.random() < 0.06 * level:
            left = paper.left + 80 * rng.random()
            yield _row(scrap(rng), left, left + 15, words[0], paper, number)
            number += 1


def _parts(words: list[Ink]) -> Iterator[list[Ink]]:
    """The words of a line, parted where the gap is wide."""
    part = words[:1]
    for before, word in pairwise(words):
        if word.x - before.x - before.w > _GAP:
            yield part
            part = []
        part.append(word)
    yield part


def _lines(sheet: Placed, columns: bool) -> list[list[Ink]]:
    """The words of each line from left to right; with ``columns`` what stands apart on the right comes after.

    A layout analysis reads neighbouring lines with a wide gap as two blocks, the left one first.
    """
    rows: dict[int, list[Ink]] = {}
    for ink in sheet.words:
        rows.setdefault(ink.line, []).append(ink)
    lines: list[list[Ink]] = []
    waiting: list[list[Ink]] = []
    for row in rows.values():
        at = _gap(row) if columns else None
        if at is None:
            lines += [*waiting, row]
            waiting = []
        else:
            lines.append(row[:at])
            waiting.append(row[at:])
    return lines + waiting


def _gap(row: list[Ink]) -> int | None:
    """Where a second column begins in the right half of a line."""
    for at in range(1, len(row)):
        if row[at].x - row[at - 1].x - row[at - 1].w > _APART and row[at].x > 95:
            return at
    return None


def _row(text: str, left: float, right: float, ink: Ink, paper: Paper, line: int) -> Row:
    height = ink.point * MM_PER_POINT
    return Row(
        text,
        round(left / paper.width, 4),
        round((ink.baseline - 0.75 * height) / paper.height, 4),
        round(max(1.0, right - left) / paper.width, 4),
        round(height / paper.height, 4),
        line,
    )


def _width(text: str, style: str, point: float) -> float:
    """Roughly how wide a text is in a serif typeface, in mm."""
    ems = sum(0.3 if c in "ijltf.,:;'()/ -" else 0.7 if c.isupper() or c in "mw" else 0.5 for c in text)
    return ems * point * MM_PER_POINT * (1.5 if "t" in style else 1.0)


def _rng(seed: int, what: str) -> random.Random:
    return random.Random(f"{seed} {what}")  # noqa: S311 - chance that can be repeated, not a secret


def encoded(made: Iterator[Case]) -> bytes:
    """The cases as JSON, a line for each."""
    return b"[\n" + b",\n".join(msgspec.json.encode(one) for one in made) + b"\n]\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(encoded(cases()))
