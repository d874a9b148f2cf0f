"""Pages in colour: coloured print, stamps and pens laid over it, and the colour scan of it all.

The truth of a page is what is printed on it, in whichever colour. Nothing of what was laid over it is in the
truth: not the words of a round seal, and not those of a straight stamp either (DITERIMA TGL ..., LUNAS,
RAHASIA), as it is with grey stamps; a RAHASIA that is printed is. What lies over print hides none of it from
a human eye.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from archive.types import Box, Homography, Word
from samples import inks
from samples.draw import Drawn, Look, crest, measure, printed, shield
from samples.inks import INKS, autograph, box_stamp, seal, turned_by, word_stamp, worn
from samples.layout import Cell, Letter, Paper, Placed, Row, Spot, place
from samples.letters.office import OFFICES, SHORT_MONTHS
from samples.scanner import Scan, scan

Pixels = NDArray[np.float32]
Print = Literal["head", "secret", "link", "table"]

_SEEN = 30
"""By how much ink darkens one of the three colours of paper, of 255, where a person sees it."""
_LEAST_INKED = 0.05
"""Share of a word's box that ink lies on: a stroke through it, or the half of a letter."""
_TRIES = 3
"""Places that are tried for a stamp; of more, all would lie in the middle of the longest paragraph."""


@dataclass(frozen=True, slots=True)
class Over:
    """What is laid over a page: ``what`` it is, its ``ink``, and how ``worn`` it is pressed, from 0 to 1.

    ``seal`` lies over the signature, the name and the left end of the post; ``arrival`` (DITERIMA ...) at the
    top; ``paraf`` before the names; any other word, such as LUNAS, is stamped across the text as it stands.
    """

    what: str
    ink: str
    wear: float = 0.3


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page in colour goes through: what is printed in colour, what is laid over it, how it is scanned.

    ``print`` names what is in colour, each in ``tone`` but a printed RAHASIA, which is red: the letterhead,
    RAHASIA, an address on the web, the heads of tables.
    """

    over: tuple[Over, ...]
    scan: Scan
    print: tuple[Print, ...] = ()
    tone: Literal["R", "G", "B"] = "B"
    pen: str = "ballpoint"


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """A page as scanned in colour, its words as they stand in print, and the map that takes them along.

    ``inked`` are the numbers of the words that a stamp or a pen lies on.
    """

    image: Image.Image
    words: tuple[Word, ...]
    inked: tuple[int, ...]
    moved: Homography


def scanned(
    letter: Letter, look: Look, paper: Paper, desk: Desk, rng: random.Random, chance: np.random.Generator
) -> Scanned:
    """The first page of a letter, printed, stamped and scanned. Raises ArsipError(fonts-missing)."""
    look = replace(look, colour=True)
    sheet = place(_coloured(letter, desk, rng), measure(look), paper)[0]
    drawn = printed(sheet, look, paper, rng)
    _marks(drawn.image, sheet, look)
    table = _Table(np.array(drawn.image, np.float32), sheet, paper, look.dpi / 25.4, rng)
    for spot in table.signed:
        table.sign(spot, desk.pen)
    for over in desk.over:
        match over.what:
            case "seal":
                table.seal(_office(letter, rng), over, chance)
            case "arrival":
                table.arrival(over, chance)
            case "paraf":
                table.paraf(over.ink)
            case _:
                table.word(over, chance)
    image, moved = scan(Image.fromarray(table.pixels.astype(np.uint8)), desk.scan, look.dpi, chance)
    return Scanned(image, drawn.words, _inked(drawn, table.pixels), moved)


def _inked(drawn: Drawn, pixels: Pixels) -> tuple[int, ...]:
    """The words of a page in whose boxes ink was laid on what was printed, before it is scanned."""
    laid = (np.asarray(drawn.image, np.float32) - pixels).max(2) > _SEEN
    height, width = laid.shape

    def share(box: Box) -> float:
        rows = slice(int(box.y * height), int((box.y + box.h) * height) + 1)
        return float(laid[rows, int(box.x * width) : int((box.x + box.w) * width) + 1].mean())

    return tuple(n for n, word in enumerate(drawn.words) if share(word.box) >= _LEAST_INKED)


def _coloured(letter: Letter, desk: Desk, rng: random.Random) -> Letter:
    """The letter with what is printed in colour."""
    rows = list(letter.sheets[0])
    if "head" in desk.print and (end := _end_of_head(rows)):
        rows[:end] = [_styled(row, desk.tone) for row in rows[:end]]
    if "table" in desk.print:
        for n, row in enumerate(rows):
            if row.rule == "box" and row.cells and all(cell.style == "b" for cell in row.cells):
                rows[n] = replace(_styled(row, "W"), rule="B" if desk.tone == "R" else desk.tone)
    if "link" in desk.print:
        link = f"https://arsip.contoh.invalid/{rng.choice(('unduh', 'daftar'))}/{rng.randrange(9000)}"
        after = max(
            (n for n, row in enumerate(rows) if any(c.align == "justify" for c in row.cells)), default=0
        )
        cells = (Cell("Tautan", 0.0, 0.1), Cell(":", 0.1, 0.02), Cell(link, 0.125, 0.875, style="uB"))
        rows.insert(after + 1, Row(cells, 0.3))
    if "secret" in desk.print:
        rows.insert(0, Row((Cell("RAHASIA", align="center", style="bR", size=1.2),)))
        crested = next((n for n, row in enumerate(rows) if row.marks), 0)
        rows[crested] = replace(rows[crested], before=0.6)
    return replace(letter, sheets=(tuple(rows), *letter.sheets[1:]))


def _end_of_head(rows: list[Row]) -> int:
    """How many rows the letterhead has: up to the double rule near the top, or none."""
    return next((n + 1 for n, row in enumerate(rows[:7]) if row.rule == "double"), 0)


def _styled(row: Row, letter: str) -> Row:
    return replace(row, cells=tuple(replace(cell, style=cell.style + letter) for cell in row.cells))


def _marks(image: Image.Image, sheet: Placed, look: Look) -> None:
    """Print what is no text: the coat of arms in its colours, and the duty stamp."""
    pen, scale = ImageDraw.Draw(image), look.dpi / 25.4
    for spot in sheet.spots:
        box = (spot.x * scale, spot.y * scale, (spot.x + spot.size) * scale, (spot.y + spot.size) * scale)
        if spot.kind == "logo":
            pen.polygon(shield(box), fill=(46, 120, 84))
            crest(pen, box, (206, 164, 40))
        elif spot.kind == "duty-stamp":
            _duty_stamp(pen, box)


def _duty_stamp(pen: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    """A duty stamp as it is glued on: fine lines in red and violet, and its value."""
    left, top, right, foot = box
    pen.rectangle(box, fill=(238, 205, 214), outline=(176, 60, 104))
    for n in range(1, 24):
        y = top + n * (foot - top) / 24
        pen.line((left, y, right, y), (214, 140, 170) if n % 2 else (190, 150, 200))
    middle = (left + right) / 2
    for share, text in ((0.22, "METERAI"), (0.42, "TEMPEL"), (0.72, "10000")):
        pen.text((middle, top + share * (foot - top)), text, (150, 40, 90), inks.face((foot - top) / 6), "mm")


class _Table:
    """A printed page on which things are laid; places are in mm, of ``scale`` pixels each."""

    def __init__(self, pixels: Pixels, sheet: Placed, paper: Paper, scale: float, rng: random.Random) -> None:
        self.pixels, self.paper, self.scale, self.rng = pixels, paper, scale, rng
        self.signed = [spot for spot in sheet.spots if spot.kind == "signature"]
        self.words = [(ink.x + ink.w / 2, ink.baseline - 1) for ink in sheet.words]

    def sign(self, spot: Spot, ink: str) -> None:
        """A signature, whose last strokes cross the printed name below."""
        width, height = self.rng.uniform(30, 42), self.rng.uniform(17, 23)
        mask = autograph(self.px(width), self.px(height), 0.5 * self.scale, self.rng)
        x = spot.x + 0.42 * width + self.rng.uniform(-3, 3)
        self.lay(mask, x, spot.y + spot.size - 0.28 * height + self.rng.uniform(0, 4), ink)

    def paraf(self, ink: str) -> None:
        """Those below the one who signs put a small sign before his name."""
        for spot in self.signed:
            mask = autograph(self.px(11), self.px(8), 0.45 * self.scale, self.rng, loops=3)
            self.lay(mask, spot.x - 4 + self.rng.uniform(-2, 2), spot.y + spot.size + 5, ink)

    def seal(self, office: tuple[str, str], over: Over, chance: np.random.Generator) -> None:
        """The office's seal, 4 cm wide: over the first signature, or the right edge of a page without one."""
        mask = worn(seal(self.px(self.rng.uniform(36, 41)), *office), over.wear, chance)
        x, y = self.paper.width - self.paper.right - 8, 0.6 * self.paper.height
        if self.signed:
            spot = self.signed[0]
            x, y = spot.x + self.rng.uniform(-2, 8), spot.y + spot.size * self.rng.uniform(0.55, 0.95)
        self.lay(turned_by(mask, self.rng.gauss(0, 9)), x, y, over.ink)

    def arrival(self, over: Over, chance: np.random.Generator) -> None:
        """The stamp of a letter's arrival, over addressee and date or where the text begins."""
        width = self.rng.uniform(60, 76)
        month, year = self.rng.choice(SHORT_MONTHS).upper(), self.rng.randrange(2009, 2026)
        lines = [
            self.rng.choice(("DITERIMA", "SURAT MASUK", "SUB BAGIAN UMUM")),
            f"TGL. : {self.rng.randrange(1, 29):02} {month} {year}",
            f"NO. AGENDA : {self.rng.randrange(1, 999):04}",
        ]
        if self.rng.random() < 0.5:
            lines.append("PARAF :")
        mask = worn(box_stamp(self.px(width), lines), over.wear, chance)
        right = self.paper.width - 10 - width / 2
        places = [(right - self.rng.uniform(0, 45), self.rng.uniform(58, 95)) for _ in range(_TRIES)]
        self.lay(turned_by(mask, self.rng.gauss(0, 3)), *self.fullest(places), over.ink)

    def word(self, over: Over, chance: np.random.Generator) -> None:
        """One word across the text."""
        mask = worn(word_stamp(self.px(self.rng.uniform(44, 58)), over.what), over.wear, chance)
        places = [(self.rng.uniform(55, 150), self.rng.uniform(70, 150)) for _ in range(_TRIES)]
        self.lay(turned_by(mask, self.rng.gauss(0, 8)), *self.fullest(places), over.ink)

    def fullest(self, places: list[tuple[float, float]]) -> tuple[float, float]:
        """The place with most words around it: those who stamp in a hurry are who this is about."""
        return max(
            places, key=lambda at: sum(abs(x - at[0]) < 25 and abs(y - at[1]) < 10 for x, y in self.words)
        )

    def lay(self, mask: inks.Mask, x: float, y: float, ink: str) -> None:
        inks.lay(self.pixels, mask, (x * self.scale, y * self.scale), INKS[ink])

    def px(self, length: float) -> int:
        return round(length * self.scale)


def _office(letter: Letter, rng: random.Random) -> tuple[str, str]:
    """Which bodies the seal names: those of the letterhead, or any where there is none."""
    rows = letter.sheets[0]
    cells = [cell for row in rows[: _end_of_head(list(rows))] for cell in row.cells]
    office = rng.choice(OFFICES)
    over = next((cell.text for cell in cells if cell.text.startswith("PEMERINTAH")), office.over)
    return over, next((cell.text for cell in cells if "b" in cell.style), office.name)
