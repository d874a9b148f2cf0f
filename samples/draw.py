"""Draws a letter: its pages as images, and the truth about them, every word with its box in reading order."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from archive.errors import FONTS_MISSING, ArsipError
from archive.types import Box, Word
from samples.layout import MM_PER_POINT, Ink, Letter, Measure, Paper, Placed, Rule, Spot, place

Family = Literal["serif", "sans", "narrow", "mono", "dejavu-serif", "dejavu-sans"]

_LIBERATION = ("Regular", "Bold", "Italic", "BoldItalic")
_FILES: dict[Family, tuple[str, ...]] = {
    "serif": tuple(f"LiberationSerif-{cut}" for cut in _LIBERATION),
    "sans": tuple(f"LiberationSans-{cut}" for cut in _LIBERATION),
    "narrow": tuple(f"LiberationSansNarrow-{cut}" for cut in _LIBERATION),
    "mono": tuple(f"LiberationMono-{cut}" for cut in _LIBERATION),
    "dejavu-serif": ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif", "DejaVuSerif-Bold"),
    "dejavu-sans": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans", "DejaVuSans-Bold"),
}
"""Files for regular, bold, italic and bold italic; fonts-dejavu-core has no italics."""
_SET_APART = 0.35
"""Room between letters that are set apart, in shares of the type size."""
_PAPER, _INK, _BLUE, _VIOLET, _RED = (
    (252, 251, 247),
    (25, 25, 28),
    (40, 60, 150),
    (95, 60, 150),
    (170, 40, 45),
)
_PRINTS = {"R": (190, 32, 42), "G": (22, 104, 66), "B": (30, 66, 142), "W": _PAPER}
"""Print in colour, by the letters of ``layout.Cell.style``."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a letter is drawn: typeface, size in points, resolution, line height (relative), colour or grey.

    ``typed`` from 0 to 1 is how worn the typewriter is: letters that stand too high or strike too weakly.
    """

    family: Family = "serif"
    point: float = 11.5
    dpi: int = 200
    colour: bool = False
    leading: float = 1.28
    typed: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A page: its image (mode L, or RGB in colour) and its words, boxed by their ink, as fractions of it."""

    image: Image.Image
    words: tuple[Word, ...]


def draw(letter: Letter, look: Look, rng: random.Random, paper: Paper | None = None) -> list[Drawn]:
    """The pages of a letter, on A4 unless told. Signatures and stamps are scribbled with ``rng``.

    Raises ArsipError(fonts-missing) where the free fonts of Debian's fonts-liberation or
    fonts-dejavu-core are not installed.
    """
    paper = paper or Paper(point=look.point, leading=look.leading)
    return [_page(placed, look, paper, rng) for placed in place(letter, measure(look), paper)]


def printed(placed: Placed, look: Look, paper: Paper, rng: random.Random) -> Drawn:
    """Only what is printed of a page: its rules and words, without its marks. Raises as ``draw`` does."""
    scale = look.dpi / 25.4
    size = (round(paper.width * scale), round(paper.height * scale))
    image = Image.new("RGB" if look.colour else "L", size, _tone(_PAPER, look.colour))
    pen = ImageDraw.Draw(image)
    for rule in placed.rules:
        _draw_rule(pen, rule, scale, look)
    return Drawn(image, tuple(_draw_word(pen, ink, scale, look, size, rng) for ink in placed.words))


def measure(look: Look) -> Measure:
    """How wide a text is in the typeface of this look, in mm; hinted, as it is going to be drawn."""
    scale = look.dpi / 25.4

    def width(text: str, style: str, point: float) -> float:
        font = _font(look.family, _cut(style), point * MM_PER_POINT * scale)
        gaps = 0 if "t" not in style else 3 if text == " " else len(text) - 1
        return font.getlength(text) / scale + gaps * _SET_APART * point * MM_PER_POINT

    return width


def typefaces() -> list[Path]:
    """The font files that may be drawn with. Raises as ``draw`` does."""
    return [font_path(file) for file in dict.fromkeys(file for cuts in _FILES.values() for file in cuts)]


def _page(placed: Placed, look: Look, paper: Paper, rng: random.Random) -> Drawn:
    page = printed(placed, look, paper, rng)
    pen = ImageDraw.Draw(page.image)
    for spot in placed.spots:
        _draw_spot(pen, spot, look.dpi / 25.4, look, rng)
    return page


def _draw_word(
    pen: ImageDraw.ImageDraw, ink: Ink, scale: float, look: Look, size: tuple[int, int], rng: random.Random
) -> Word:
    """Set one word and say where its ink is."""
    font = _font(look.family, _cut(ink.style), ink.point * MM_PER_POINT * scale)
    x, y, fill = ink.x * scale, ink.baseline * scale, _tone(_print(ink.style), look.colour)
    edges = []
    for text, start in _pieces(ink, font, scale, look):
        drop, tone = y, fill
        if look.typed:
            drop += rng.gauss(0, 0.035) * look.typed * font.size
            tone = round(25 + 150 * look.typed * rng.random() ** 3)
        pen.text((x + start, drop), text, tone, font, anchor="ls")
        left, top, right, foot = font.getbbox(text, anchor="ls")
        edges.append((x + start + left, drop + top, x + start + right, drop + foot))
    if "u" in ink.style:
        drop = y + 0.12 * ink.point * MM_PER_POINT * scale
        pen.line((x, drop, x + ink.w * scale, drop), fill, max(1, round(0.25 * scale)))
    left, top = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    w, h = max(edge[2] for edge in edges) - left, max(edge[3] for edge in edges) - top
    box = Box(left / size[0], top / size[1], max(1.0, w) / size[0], max(1.0, h) / size[1])
    return Word(ink.text, box, 1.0, ink.line)


def _pieces(ink: Ink, font: ImageFont.FreeTypeFont, scale: float, look: Look) -> Iterator[tuple[str, float]]:
    """What is set at one go, and how far from the word's start: all of it, or letter by letter."""
    apart = "t" in ink.style
    if not apart and not look.typed:
        yield ink.text, 0.0
        return
    at = 0.0
    for char in ink.text:
        yield char, at
        at += font.getlength(char) + apart * _SET_APART * ink.point * MM_PER_POINT * scale


def _draw_rule(pen: ImageDraw.ImageDraw, rule: Rule, scale: float, look: Look) -> None:
    ends = tuple(value * scale for value in (rule.x0, rule.y0, rule.x1, rule.y1))
    pen.line(ends, _tone(_print(rule.tone), look.colour), max(1, round(rule.width * scale)))


def _draw_spot(pen: ImageDraw.ImageDraw, spot: Spot, scale: float, look: Look, rng: random.Random) -> None:
    box = (spot.x * scale, spot.y * scale, (spot.x + spot.size) * scale, (spot.y + spot.size) * scale)
    match spot.kind:
        case "logo":
            crest(pen, box, _tone(_INK, look.colour))
        case "signature":
            scribble(pen, box, _tone(_BLUE if look.colour else (45, 45, 50), look.colour), rng)
        case "stamp":
            seal(pen, box, _tone(_VIOLET if look.colour else (110, 110, 110), look.colour), look.family)
        case "duty-stamp":
            pen.rectangle(box, outline=_tone(_RED, look.colour), width=2)
            font = _font(look.family, "b", (box[3] - box[1]) / 8)
            pen.text((box[0] + 4, box[1] + 4), "METERAI\nCONTOH", _tone(_RED, look.colour), font)
        case _:
            pen.rectangle(box, outline=_tone(_INK, look.colour), fill=_tone((150, 140, 130), look.colour))


def crest(pen: ImageDraw.ImageDraw, box: tuple[float, ...], fill: int | tuple[int, int, int]) -> None:
    """An invented coat of arms: a shield with a star and waves."""
    left, top, right, foot = box
    w, h = right - left, foot - top
    points = shield(box)
    pen.polygon(points, outline=fill, width=max(2, round(w * 0.03)))
    pen.polygon(star((left + 0.5 * w, top + 0.33 * h), (0.2 * w, 0.2 * h)), fill=fill)
    for step in (0.62, 0.7, 0.78):
        wave = [
            (left + (0.28 + 0.044 * n) * w, top + (step + 0.02 * math.sin(n * 1.6)) * h) for n in range(11)
        ]
        pen.line(wave, fill, max(1, round(w * 0.02)))


def star(centre: tuple[float, float], reach: tuple[float, float]) -> list[tuple[float, float]]:
    """The corners of a star of five points, one of them up, that reaches so far across and down."""
    corners = []
    for n in range(10):
        share, angle = 1.0 if n % 2 == 0 else 0.4, math.pi * (n / 5 - 0.5)
        corners.append(
            (centre[0] + share * reach[0] * math.cos(angle), centre[1] + share * reach[1] * math.sin(angle))
        )
    return corners


def shield(box: tuple[float, ...]) -> list[tuple[float, float]]:
    """The corners of the crest's shield."""
    left, top, right, foot = box
    corners = [(0.1, 0.05), (0.9, 0.05), (0.9, 0.6), (0.5, 0.98), (0.1, 0.6)]
    return [(left + x * (right - left), top + y * (foot - top)) for x, y in corners]


def scribble(
    pen: ImageDraw.ImageDraw, box: tuple[float, ...], fill: int | tuple[int, int, int], rng: random.Random
) -> None:
    """A signature: a few loops that nobody can read."""
    left, top, right, foot = box
    w, h = (right - left) * 1.9, foot - top
    swing, phase, lean = 3.5 + 3 * rng.random(), 6 * rng.random(), 0.35 * rng.random()
    points = []
    for n in range(160):
        t = n / 159
        y = 0.5 + 0.42 * math.sin(swing * 2 * math.pi * t + phase) * (1 - 0.6 * t) - lean * (t - 0.5)
        x = t + 0.07 * math.cos(swing * 4 * math.pi * t + phase)
        points.append((left + x * w, top + y * h))
    width = max(2, round(h * 0.03))
    pen.line(points, fill, width, joint="curve")
    pen.line([(left - 0.05 * w, foot - 0.2 * h), (left + 1.05 * w, foot - 0.35 * h)], fill, width)


def seal(
    pen: ImageDraw.ImageDraw, box: tuple[float, ...], fill: int | tuple[int, int, int], family: Family
) -> None:
    """A round office stamp: two rings, a star, two short lines."""
    left, top, right, foot = box
    size = right - left
    middle = ((left + right) / 2, (top + foot) / 2)
    thick = max(2, round(size * 0.018))
    pen.ellipse(box, outline=fill, width=thick)
    inner = size * 0.14
    pen.ellipse(
        (left + inner, top + inner, right - inner, foot - inner), outline=fill, width=max(1, thick // 2)
    )
    font = _font(family, "b", size * 0.11)
    pen.text(middle, "KABUPATEN\nCONTOH", fill, font, anchor="mm", align="center")


def _print(style: str) -> tuple[int, int, int]:
    """The colour that a style asks for, or black."""
    return next((_PRINTS[letter] for letter in style if letter in _PRINTS), _INK)


def _tone(colour: tuple[int, int, int], wanted: bool) -> int | tuple[int, int, int]:
    """A colour, or its grey (ITU-R BT.601 luma)."""
    r, g, b = colour
    return colour if wanted else round(0.299 * r + 0.587 * g + 0.114 * b)


def _cut(style: str) -> str:
    return ("b" if "b" in style else "") + ("i" if "i" in style else "")


@lru_cache(maxsize=256)
def _font(family: Family, cut: str, pixels: float) -> ImageFont.FreeTypeFont:
    """A typeface at a size in pixels; plain left-to-right setting, which is what Latin needs."""
    file = _FILES[family][{"": 0, "b": 1, "i": 2, "bi": 3}[cut]]
    return ImageFont.truetype(str(font_path(file)), pixels, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=64)
def font_path(file: str) -> Path:
    """Where a typeface lies. Raises ArsipError(fonts-missing)."""
    for folder in _folders():
        found = next(folder.rglob(f"{file}.ttf"), None) if folder.is_dir() else None
        if found:
            return found
    raise ArsipError(FONTS_MISSING, font=file)


def _folders() -> list[Path]:
    """Where fonts lie: the user's folder first, then the system's."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) / "fonts" for folder in (data, *shared.split(":"))]
