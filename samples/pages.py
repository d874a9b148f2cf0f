"""The drawn pages of the ruler of recognition: which there are, and each with every word where it stands.

A page of a folder named *bad* (and a photographed card) is there because the bare engine fails on it; that it
does is checked by ``bench.recognition``. What is drawn is frozen by hash in ``tests/held_out/PAGES``.
"""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import msgspec
import numpy as np
from PIL import Image, ImageChops, ImageDraw

from archive.geometry import bounds
from archive.types import Box, Turn, Word
from samples.camera import Pose, photograph
from samples.coloured import Desk, Over, scanned
from samples.damage import RECIPES, Grey, Recipe, damaged, turned
from samples.draw import Family, Look, draw
from samples.layout import Letter, Paper
from samples.letters import KINDS, letter
from samples.letters.forms import CARD, formulir, kartu, rekapitulasi
from samples.letters.older import lama
from samples.letters.others import disposisi, sppd
from samples.scanner import Scan
from samples.truth import PageTruth

_T = TypeVar("_T")
Says = str | Callable[[random.Random], Letter]


@dataclass(frozen=True, slots=True)
class Folder:
    """Pages of one kind: what they say, how they are drawn, what was done to them; taken in turn.

    ``stamps`` false leaves office stamps away, whose letters are not in the truth. With ``desks`` the pages
    are in colour; ``recipes``, ``turns`` and ``poses`` are for grey ones. ``least_error`` is the character
    error rate of the bare engine from which on a page belongs here.
    """

    name: str
    count: int
    says: tuple[Says, ...]
    recipes: tuple[Recipe, ...] = ((),)
    families: tuple[Family, ...] = ("serif", "sans", "narrow", "dejavu-serif")
    dpis: tuple[int, ...] = (300, 200)
    typed: tuple[float, ...] = (0.0,)
    turns: tuple[Turn, ...] = (0,)
    poses: tuple[Pose, ...] = ()
    stamps: bool = False
    desks: tuple[Desk, ...] = ()
    least_error: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page as it lies on the disk, its resolution (0: a photograph, which has none), and the truth."""

    folder: str
    name: str
    image: Image.Image
    dpi: int
    truth: PageTruth


GOOD = tuple(RECIPES[name] for name in ("clean", "good", "office", "good"))
_TYPED = (("blur", 0.14), ("noise", 0.1)), (("skew", 0.2), ("blur", 0.12), ("noise", 0.12))
_PHOTOCOPY = RECIPES["photocopy"]
_FLATBED = Scan((251, 250, 247), blur=0.45, fringe=0.3, grain=2.5, quality=90)
_FEEDER = Scan((246, 246, 242), degrees=0.5, blur=0.6, fringe=1.0, grain=4.0, quality=75)
_OLD_PAPER = Scan((243, 230, 200), degrees=-0.4, blur=0.6, fringe=0.6, grain=4.0, quality=80)
_SMALL_FILE = Scan((244, 243, 240), degrees=0.8, blur=0.7, fringe=0.6, grain=5.0, quality=60)
_COPIED = Scan((248, 247, 243), 1, -0.7, blur=0.5, fringe=0.6, grain=3.0, quality=75)
_COPIED_TWICE = Scan((249, 247, 240), 2, 0.6, blur=0.5, fringe=0.6, grain=3.5, quality=70)
FOLDERS = (
    Folder("drawn-letters", 12, KINDS, GOOD, stamps=True),
    Folder("drawn-forms", 6, (formulir, disposisi, sppd), (*GOOD, _PHOTOCOPY)),
    Folder("drawn-tables", 6, (rekapitulasi,), (*GOOD[1:], _PHOTOCOPY), ("sans", "narrow", "serif")),
    Folder(
        "drawn-stamps",
        6,
        KINDS,
        ((("stamp_over", 0.5), ("blur", 0.12), ("noise", 0.1)), RECIPES["stamped"]),
        stamps=True,
    ),
    Folder("drawn-typed", 6, KINDS[:6], _TYPED, ("mono",), typed=(0.4, 0.7, 1.0)),
    Folder(
        "drawn-carbon",
        6,
        (lama, "nota_dinas", "keterangan"),
        tuple((("carbon", level), ("skew", 0.1), ("noise", 0.1)) for level in (0.3, 0.5, 0.7)),
        ("mono",),
        typed=(0.5, 0.9),
    ),
    Folder(
        "drawn-old-spelling", 6, (lama,), (*_TYPED, RECIPES["faded"]), ("serif", "mono"), typed=(0.0, 0.6)
    ),
    Folder("drawn-turned", 6, KINDS, GOOD[1:], turns=(90, 180, 270)),
    Folder(
        "drawn-bad",
        10,
        (*KINDS[:4], lama, *KINDS[6:9], formulir, "surat_dinas"),
        (
            (("skew", 0.5), ("blur", 0.15), ("uneven_light", 1.0), ("noise", 0.25), ("jpeg", 0.4)),
            (("bleed_through", 0.5), ("skew", 0.8), ("blur", 0.2), ("uneven_light", 0.9), ("noise", 0.3)),
            (("low_contrast", 0.6), ("blur", 0.2), ("uneven_light", 1.0), ("noise", 0.3), ("skew", 0.4)),
            (("creases", 0.8), ("skew", 0.6), ("uneven_light", 0.95), ("blur", 0.15), ("noise", 0.4)),
            (("carbon", 0.5), ("skew", 0.7), ("uneven_light", 1.0), ("noise", 0.3), ("jpeg", 0.5)),
        ),
        ("serif", "mono", "sans"),
        least_error=0.20,
    ),
    Folder(
        "drawn-photos",
        6,
        KINDS,
        ((),),
        dpis=(250,),
        poses=(
            Pose(0.92, 0.3, 0.2, 0.3, 0.6, 0.3, 70),
            Pose(0.84, 0.7, 0.5, 0.0, 0.8, 0.4, 50),
            Pose(0.86, 0.4, 0.3, 1.0, 0.7, 0.3, 90),
        ),
    ),
    Folder(
        "drawn-cards",
        8,
        (kartu,),
        ((),),
        ("sans",),
        (500,),
        poses=(
            Pose(0.72, 0.5, 0.9, 0.0, 0.8, 0.4, 60),
            Pose(0.62, 0.8, 0.9, 0.0, 0.9, 0.5, 40),
            Pose(0.58, 0.7, 1.1, 0.3, 0.8, 0.6, 150),
            Pose(0.66, 0.9, 1.0, 0.2, 1.0, 0.4, 25),
        ),
        least_error=0.40,
    ),
    Folder(
        "drawn-inks",
        6,
        ("surat_dinas", "undangan", "nota_dinas", "keterangan", "kwitansi", "spt"),
        stamps=True,
        desks=(
            Desk((Over("seal", "violet"), Over("arrival", "blue")), _FLATBED),
            Desk((Over("seal", "violet", 0.6), Over("arrival", "red"), Over("paraf", "ballpoint")), _FEEDER),
            Desk((Over("SEGERA", "red"), Over("paraf", "ballpoint")), _OLD_PAPER),
            Desk((Over("seal", "blue", 0.1), Over("ASLI", "violet", 0.7)), _SMALL_FILE),
            Desk((Over("seal", "violet"), Over("LUNAS", "red", 0.4)), _FLATBED),
            Desk(
                (Over("seal", "red", 0.5), Over("COPY", "blue", 0.5), Over("arrival", "violet")),
                _COPIED_TWICE,
            ),
        ),
    ),
    Folder(
        "drawn-colours",
        6,
        ("surat_dinas", rekapitulasi, "undangan", "berita_acara", "edaran", "keterangan"),
        stamps=True,
        desks=(
            Desk((Over("seal", "violet"), Over("arrival", "red")), _FLATBED, ("head", "secret")),
            Desk((Over("seal", "blue", 0.4), Over("RAHASIA", "red")), _FEEDER, ("table",)),
            Desk((Over("seal", "violet", 0.2),), _OLD_PAPER, ("head", "link"), "R"),
            Desk(
                (Over("seal", "violet", 0.7), Over("paraf", "ballpoint")), _SMALL_FILE, ("head", "table"), "G"
            ),
            Desk((Over("seal", "violet"), Over("SEGERA", "red", 0.5)), _COPIED, ("head", "link")),
            Desk((Over("seal", "blue"),), _FEEDER, ("head", "secret"), "G", "black"),
        ),
    ),
)


def sheets(sample: int = 0, only: Collection[str] = (), start: int = 0) -> Iterator[Sheet]:
    """The pages of all folders or only of some; with a sample, the first so many of each.

    From a ``start`` behind the frozen ones on, they are others of the same kinds, as many as there are asked
    for. Raises ArsipError(fonts-missing).
    """
    for folder in FOLDERS:
        if only and folder.name not in only:
            continue
        others = range(start, start + (sample or folder.count))
        for number in others if start else range(folder.count)[: sample or None]:
            yield sheet(folder, number)


def sheet(folder: Folder, number: int) -> Sheet:
    """One page of a folder, by its number from 0; ``Folder.count`` is no limit."""
    seed = zlib.crc32(f"{folder.name} {number}".encode())
    rng, chance = random.Random(seed), np.random.default_rng(seed)  # noqa: S311 - no secret
    record = _record(_nth(folder.says, number), rng, folder.stamps)
    card = record.kind == "ktp"
    point, leading = rng.choice((10.5, 11.0, 11.5, 12.0)), rng.choice((1.25, 1.35, 1.5))
    paper = CARD if card else Paper(point=point, leading=leading)
    look = Look(
        rng.choice(folder.families),
        paper.point,
        rng.choice(folder.dpis),
        leading=paper.leading,
        typed=rng.choice(folder.typed),
    )
    turn = _nth(folder.turns, number)
    inked: tuple[int, ...] = ()
    if folder.desks:
        page = scanned(record, look, paper, _nth(folder.desks, number), rng, chance)
        image, inked = page.image, page.inked
        words = _moved(page.words, partial(bounds, page.moved))
    else:
        drawn = draw(record, look, rng, paper)[0]
        pixels, place = _grey(np.asarray(drawn.image), folder, number, card, chance)
        image, words = Image.fromarray(turned(pixels, turn)), _moved(drawn.words, place)
    return Sheet(
        folder.name,
        f"{record.form.replace('_', '-')}-{number + 1:02}",
        image,
        0 if folder.poses else look.dpi,
        PageTruth(1, _UPRIGHT[turn], folder.name, words, inked),
    )


def _grey(
    pixels: Grey, folder: Folder, number: int, card: bool, chance: np.random.Generator
) -> tuple[Grey, Callable[[Box], Box]]:
    """A drawn page photographed or damaged, and where its boxes are then."""
    if card:
        pixels = _printed(pixels)
    if folder.poses:
        size = (1500, 2000) if card else (3000, 2250)
        pixels, view = photograph(pixels, _nth(folder.poses, number), size, chance)
        return pixels, view.box
    out = damaged(pixels, _nth(folder.recipes, number), chance)
    return out.pixels, partial(bounds, out.moved)


def _moved(words: Iterable[Word], place: Callable[[Box], Box]) -> tuple[Word, ...]:
    return tuple(msgspec.structs.replace(word, box=place(word.box)) for word in words)


_UPRIGHT: dict[Turn, Turn] = {0: 0, 90: 270, 180: 180, 270: 90}


def _nth(choices: Sequence[_T], number: int) -> _T:
    return choices[number % len(choices)]


def _record(says: Says, rng: random.Random, stamps: bool) -> Letter:
    """The record, with or without office stamps."""
    record = letter(says, rng) if isinstance(says, str) else says(rng)
    if stamps:
        return record
    bare = tuple(
        tuple(replace(row, marks=tuple(mark for mark in row.marks if mark.kind != "stamp")) for row in sheet)
        for sheet in record.sheets
    )
    return replace(record, sheets=bare)


def _printed(card: Grey) -> Grey:
    """The fine waves that are printed below the text of a card."""
    height, width = card.shape
    waves = Image.new("L", (width, height), 214)
    pen = ImageDraw.Draw(waves)
    for start in range(-height // 4, height + height // 4, max(8, height // 45)):
        points = [(x, start + height / 14 * math.sin(x / width * 12 + start)) for x in range(0, width + 9, 8)]
        pen.line(points, 182, max(1, height // 400))
    return np.asarray(ImageChops.darker(Image.fromarray(card), waves))
