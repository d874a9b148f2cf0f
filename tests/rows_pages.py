"""Pages set line by line for the tests of rows, with the measures of each line known from its typeface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from archive.types import PageImage, Word
from ocr.lstm.piece import Piece
from ocr.rows.plain import Plain, plain
from samples.draw import font_path

PROSE = (
    "Dengan hormat, bersama ini kami mengundang saudara untuk",
    "menghadiri rapat koordinasi persiapan musyawarah daerah",
    "perencanaan pembangunan yang akan dilaksanakan pada hari",
    "Senin tanggal delapan Februari bertempat di ruang rapat",
    "sekretariat daerah. Demikian undangan ini kami sampaikan,",
    "atas perhatian saudara kami mengucapkan terima kasih.",
)


@dataclass(frozen=True, slots=True)
class Set:
    """A text as it was set: its ends, its baseline and its x-height in pixels."""

    text: str
    left: float
    right: float
    base: float
    x_height: float

    @property
    def middle(self) -> float:
        """Half way between baseline and x-height."""
        return self.base - self.x_height / 2


class Sheet:
    """An empty sheet of A4 and what is set on it."""

    def __init__(self, dpi: float = 200, file: str = "LiberationSerif-Regular") -> None:
        self.dpi = dpi
        self.picture = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 255)
        self.pen = ImageDraw.Draw(self.picture)
        self.lines: list[Set] = []
        self._file = file

    def font(self, points: float) -> ImageFont.FreeTypeFont:
        """The typeface at a size."""
        return ImageFont.truetype(str(font_path(self._file)), points * self.dpi / 72)

    def x_height(self, points: float) -> float:
        """The height of an x in pixels."""
        return float(-self.font(points).getbbox("x", anchor="ls")[1])

    def write(self, text: str, x: float, base: float, points: float = 12, fill: int = 0) -> Set:
        """Sets a text that begins here, in pixels."""
        font = self.font(points)
        self.pen.text((x, base), text, fill, font, anchor="ls")
        offset = font.getbbox(text, anchor="ls")[0]
        left, _, right, _ = font.getmask(
            text
        ).getbbox()  # of the ink: the other one ends behind a typed letter
        line = Set(text, x + offset + left, x + offset + right, base, self.x_height(points))
        self.lines.append(line)
        return line

    def prose(
        self, base: float, points: float = 12, pitch: float = 1.3, texts: Sequence[str] = PROSE
    ) -> float:
        """Sets lines a pitch of so many type sizes apart, and says where the next one would stand."""
        for text in texts:
            self.write(text, 0.9 * self.dpi, round(base), points)
            base += pitch * points * self.dpi / 72
        return base

    @property
    def page(self) -> PageImage:
        """As it is read."""
        return PageImage(np.array(self.picture), float(self.dpi))


def laid_out(image: PageImage) -> Plain:
    """The layout of a page that is plain."""
    found = plain(image)
    assert found is not None
    return found


def piece_of(line: Set, pieces: Iterable[Piece]) -> Piece | None:
    """The piece in which all of a line stands, or none."""
    room = 0.3 * line.x_height
    return next(
        (
            piece
            for piece in pieces
            if piece.top < line.middle < piece.bottom
            and abs(piece.baseline - line.base) < line.x_height / 2
            and piece.left <= line.left + room
            and piece.right >= line.right - room
        ),
        None,
    )


def outside(words: Iterable[Word], pieces: Sequence[Piece], image: PageImage) -> list[str]:
    """The words that are in no piece as wide and about as high as they are."""
    height, width = image.pixels.shape
    found = []
    for word in words:
        box = word.box
        left, top = box.x * width, box.y * height
        right, foot = left + box.w * width, top + box.h * height
        room = 0.2 * (foot - top) + 2
        if not any(
            piece.left - room <= left
            and right <= piece.right + room
            and piece.top - room <= top
            and foot <= piece.bottom + room
            for piece in pieces
        ):
            found.append(word.text)
    return found
