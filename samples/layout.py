"""How a letter is laid out: rows of cells flow down a sheet, measured in millimetres, drawn by others.

One primitive carries every Indonesian office layout: a row of cells. A paragraph is a row with one cell, a
``Nomor : ...`` line a row with three, a table a run of ruled rows. Whoever places the rows says how wide a
text is, so the same letter can be placed with real fonts (to draw it) or by counting letters (to test on).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right", "justify"]
MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in its column: ``x`` and ``w`` are shares of the text's width, ``size`` is relative.

    ``style`` is any of the letters b (bold), i (italic), u (underlined) and t (letters set apart), and one of
    R (red), G (green), B (blue) and W (white).
    """

    text: str
    x: float = 0.0
    w: float = 1.0
    align: Align = "left"
    style: str = ""
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn that is not text: ``kind`` at ``x`` (share of the text's width), ``size`` in mm.

    ``rise`` lifts it above the foot of its row, in mm.
    """

    kind: Literal["logo", "signature", "stamp", "photo", "duty-stamp"]
    x: float
    size: float
    rise: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side. ``before`` is the room above it in lines; ``rule`` what is ruled around it.

    ``B`` and ``G`` are boxes filled with blue and green.
    """

    cells: tuple[Cell, ...] = ()
    before: float = 0.0
    rule: Literal["", "box", "double", "B", "G"] = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A record: what it says, how it is laid out, and what a careful archivist would write down about it.

    ``kind`` is a type code of the domain, ``form`` the form within it. ``nomor``, ``tanggal`` (ISO) and
    ``hal`` (what a Hal line or a TENTANG heading says) are None where the paper has none. ``unsure`` names
    the fields two archivists could disagree on. ``sheets`` are the rows of each page; a full one flows over.
    """

    kind: str
    form: str
    nomor: str | None
    tanggal: str | None
    hal: str | None
    sheets: tuple[tuple[Row, ...], ...]
    unsure: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that stands on the record: a line for each row, an empty line between sheets."""
        return "\n\n".join(
            "\n".join(" ".join(cell.text for cell in row.cells) for row in sheet if row.cells)
            for sheet in self.sheets
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet and its margins in mm, the size of its text in points and the height of a line."""

    width: float = 210.0
    height: float = 297.0
    left: float = 25.0
    right: float = 20.0
    top: float = 15.0
    bottom: float = 18.0
    point: float = 11.5
    leading: float = 1.28


@dataclass(frozen=True, slots=True)
class Ink:
    """One word where it stands: left edge, baseline and width in mm, its style and size in points."""

    text: str
    x: float
    baseline: float
    w: float
    style: str
    point: float
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line in mm; ``tone`` is a letter of colour as in ``Cell.style``, or black."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.25
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mark stands: its left and top edge and its size, in mm."""

    kind: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet with everything in its place."""

    words: tuple[Ink, ...]
    rules: tuple[Rule, ...]
    spots: tuple[Spot, ...]


Measure = Callable[[str, str, float], float]
"""Text, style and size in points to its width in mm."""


def place(letter: Letter, measure: Measure, paper: Paper) -> list[Placed]:
    """Every sheet of a letter with its words in reading order; a sheet that is full goes on to the next."""
    return [placed for rows in letter.sheets for placed in _flow(rows, measure, paper)]


def _flow(rows: tuple[Row, ...], measure: Measure, paper: Paper) -> Iterator[Placed]:
    sheet = _Sheet(measure, paper)
    for row in rows:
        if not sheet.take(row):
            yield sheet.placed()
            sheet = _Sheet(measure, paper)
            sheet.take(row, force=True)
    yield sheet.placed()


class _Sheet:
    """A sheet being filled from top to bottom."""

    def __init__(self, measure: Measure, paper: Paper) -> None:
        self.measure, self.paper = measure, paper
        self.y, self.line = paper.top, 0
        self.words: list[Ink] = []
        self.rules: list[Rule] = []
        self.spots: list[Spot] = []

    def placed(self) -> Placed:
        return Placed(tuple(self.words), tuple(self.rules), tuple(self.spots))

    def take(self, row: Row, force: bool = False) -> bool:
        """Set a row below the last one; False, and nothing done, where it does not fit."""
        paper = self.paper
        pad = 0.8 if row.rule in ("box", "B", "G") else 0.0
        texts = [self._wrap(cell, pad) for cell in row.cells]
        depth = max((len(lines) for lines in texts), default=0)
        pitch = paper.point * paper.leading * MM_PER_POINT
        largest = max((cell.size for cell in row.cells), default=1.0)
        top = self.y + row.before * pitch
        foot = top + depth * pitch * largest + 2 * pad
        if foot > paper.height - paper.bottom and not force and self.words:
            return False
        for step in range(depth):
            for cell, lines in zip(row.cells, texts, strict=True):
                if step < len(lines):
                    baseline = top + pad + (step + 0.78) * pitch * largest
                    self._set(cell, lines[step], baseline, pad, last=step == len(lines) - 1)
            self.line += 1
        self._rule(row, top, foot)
        for mark in row.marks:
            self.spots.append(
                Spot(mark.kind, self._x(mark.x), foot - mark.rise - mark.size, mark.size),
            )
        self.y = foot + (1.2 if row.rule == "double" else 0.0)
        return True

    def _x(self, share: float) -> float:
        return self.paper.left + share * (self.paper.width - self.paper.left - self.paper.right)

    def _wrap(self, cell: Cell, pad: float) -> list[list[tuple[str, float]]]:
        """The words of a cell with their widths, broken into lines that fit its column."""
        point = self.paper.point * cell.size
        room = self._x(cell.w) - self._x(0) - 2 * pad - (0.0 if cell.w == 1 else 0.5)
        space = self.measure(" ", cell.style, point)
        lines: list[list[tuple[str, float]]] = [[]]
        used = 0.0
        for word in cell.text.split():
            width = self.measure(word, cell.style, point)
            if lines[-1] and used + space + width > room:
                lines.append([])
                used = 0.0
            used += width + (space if lines[-1] else 0.0)
            lines[-1].append((word, width))
        return lines if cell.text.split() else []

    def _set(
        self, cell: Cell, words: list[tuple[str, float]], baseline: float, pad: float, last: bool
    ) -> None:
        point = self.paper.point * cell.size
        space = self.measure(" ", cell.style, point)
        room = self._x(cell.w) - self._x(0) - 2 * pad
        length = sum(width for _, width in words) + space * (len(words) - 1)
        if cell.align == "justify" and not last and len(words) > 1:
            space += min((room - length) / (len(words) - 1), 2.5 * space)
        shift = {"center": (room - length) / 2, "right": room - length}.get(cell.align, 0.0)
        x = self._x(cell.x) + pad + shift
        for word, width in words:
            self.words.append(Ink(word, x, baseline, width, cell.style, point, self.line))
            x += width + space

    def _rule(self, row: Row, top: float, foot: float) -> None:
        left, right = self._x(0), self._x(1)
        if row.rule == "double":
            self.rules += [
                Rule(left, foot + 0.4, right, foot + 0.4, 0.8),
                Rule(left, foot + 1.2, right, foot + 1.2, 0.25),
            ]
        elif row.rule:
            edges = {self._x(cell.x) for cell in row.cells}
            edges |= {self._x(cell.x + cell.w) for cell in row.cells}
            if row.rule != "box":
                middle = (top + foot) / 2
                self.rules.append(Rule(min(edges), middle, max(edges), middle, foot - top, row.rule))
            self.rules += [Rule(x, top, x, foot) for x in sorted(edges)]
            self.rules += [Rule(min(edges), y, max(edges), y) for y in (top, foot)]
