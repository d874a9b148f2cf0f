"""PDF pages whose own text is true, lies, hides or falls apart, each with the words to be seen on it."""

from __future__ import annotations

import dataclasses
import random
import string
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from pikepdf import Array, Dictionary, Name

from samples.draw import Look, draw, measure
from samples.garble import garble
from samples.layout import MM_PER_POINT, Cell, Ink, Letter, Row
from samples.letters import KINDS, letter
from samples.pdfpages import (
    CUTS,
    GLYPH,
    HEIGHT,
    WIDTH,
    Meaning,
    Sheet,
    Show,
    at,
    flow,
    plainly,
    quoted,
    seen,
    shown,
)

Want = Literal["own", "part", "not", "either"]
"""``own``: the text is what is seen, as it stands or after a repair that can be proved · ``part``: it is, but
more is to be seen · ``not``: it must not be believed · ``either``: a fair guess of somebody else's OCR."""

_APART = 0.35
"""Room between letters that are set apart, in type sizes, as ``samples.draw`` has it."""


class Layer(NamedTuple):
    """A page: its trouble, what should become of its own text, the words to be seen, how to write it."""

    trouble: str
    want: Want
    words: tuple[str, ...]
    sheet: Sheet


Maker = Callable[[Letter, random.Random], tuple[Sheet, Sequence[str]]]


def layers(each: int, seed: int) -> Iterator[Layer]:
    """``each`` pages of every trouble; the same seed gives the same pages."""
    for trouble, (want, maker) in _TROUBLES.items():
        for n in range(each):
            rng = random.Random(f"{seed} {trouble} {n}")  # noqa: S311 - chance that can be repeated
            sheet, words = maker(letter(KINDS[rng.randrange(len(KINDS))], rng), rng)
            yield Layer(trouble, want, tuple(words), sheet)


def _typed(
    show: Show = plainly, *, meaning: Meaning | None = None, cuts: Sequence[str] = tuple(CUTS)
) -> Maker:
    """A typed letter, in which some cuts of the typeface may mean something else."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        words = flow(record).words
        meanings = dict.fromkeys(cuts, meaning) if meaning else {}
        return Sheet(shown(words, show), meanings, embedded=bool(meaning)), seen(words)

    return make


def _mixed(alphabet: str, *, cuts: Sequence[str] = tuple(CUTS), least: int = 0) -> Maker:
    """A font whose codes stand for one another; ``least`` characters of the text must be of these."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        words = flow(record).words
        while sum(c in alphabet for i in words if _cut(i) in cuts for c in i.text) < least:
            record = letter(KINDS[rng.randrange(len(KINDS))], rng)
            words = flow(record).words
        other = list(alphabet)
        while any(a == b for a, b in zip(alphabet, other, strict=True)):
            rng.shuffle(other)
        table = str.maketrans(alphabet, "".join(other))
        meanings: dict[str, Meaning] = dict.fromkeys(cuts, lambda c: c.translate(table))
        return Sheet(shown(words), meanings, embedded=True), seen(words)

    return make


def _cut(ink: Ink) -> str:
    return "".join(c for c in "bi" if c in ink.style)


def _set_apart(gap: float, between: str) -> Maker:
    """Every word with its letters apart, by room alone or by spaces that are written."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        def wider(cell: Cell) -> Cell:
            return dataclasses.replace(cell, style=cell.style + "t")

        sheets = tuple(
            tuple(dataclasses.replace(row, cells=tuple(map(wider, row.cells))) for row in rows)
            for rows in record.sheets
        )
        words = flow(dataclasses.replace(record, sheets=sheets)).words

        def show(ink: Ink) -> str:
            return at(ink, f"{gap * ink.point:.2f} Tc {quoted(between.join(ink.text) + between)} Tj")

        return Sheet(shown(words, show)), seen(words)

    return make


def _glued(room: float | None) -> Maker:
    """Lines without any space: only the room between words parts them (``room`` in type sizes)."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        usual = measure(Look())

        def gauge(text: str, style: str, point: float) -> float:
            return room * point * MM_PER_POINT if text == " " and room else usual(text, style, point)

        words = flow(record, gauge).words
        return Sheet(shown(words, lambda ink: at(ink, f"{quoted(ink.text)} Tj"))), seen(words)

    return make


def _twice(whole: bool) -> Maker:
    """Bold by printing twice: each heading at once, or the whole page again after its end."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        words = flow(record).words

        def moved(ink: Ink) -> Ink:
            return dataclasses.replace(ink, x=ink.x + 0.12)

        def show(ink: Ink) -> str:
            return plainly(ink) + ("\n" + plainly(moved(ink)) if "b" in ink.style else "")

        if whole:
            return Sheet(shown(words) + "\n" + shown([moved(ink) for ink in words])), seen(words)
        return Sheet(shown(words, show)), seen(words)

    return make


_LIGATURES = {"fi": "\x01", "fl": "\x02"}


def _signs(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
    """Ligatures as one sign, accents as a sign of their own, soft hyphens inside a word."""
    said = Row((Cell("Sertifikat Édisi kafé flora: défini\xadtif, réferensi café, identifikasi, grafik"),))
    words = flow(dataclasses.replace(record, sheets=((*record.sheets[0][:5], said),))).words

    def show(ink: Ink) -> str:
        text = ink.text
        for letters, sign in _LIGATURES.items():
            text = text.replace(letters, sign)
        return at(ink, f"{quoted(text + ' ')} Tj")

    accents = {"é": "e\u0301", "É": "E\u0301", "\x01": "\ufb01", "\x02": "\ufb02"}
    meanings: dict[str, Meaning] = dict.fromkeys(CUTS, lambda c: accents.get(c, c))
    return Sheet(shown(words, show), meanings), [text.replace("\xad", "") for text in seen(words)]


# What hides, and what lies beside the page.


def _junk(rng: random.Random, count: int = 60) -> list[str]:
    letters = string.ascii_lowercase
    return ["".join(rng.choice(letters) for _ in range(rng.randrange(2, 10))) for _ in range(count)]


def _numbered(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
    """Text that is written as numbers of glyphs, without a word of what they mean."""
    words = [ink for ink in flow(record).words if ink.text.isascii()]

    def show(ink: Ink) -> str:
        return at(ink, f"<{''.join(f'{ord(c) - GLYPH:04x}' for c in ink.text + ' ')}> Tj")

    return Sheet(shown(words, show), glyphs=True), seen(words)


def _also(hidden: str, share: float) -> Maker:
    """A typed letter, and words of another one that nobody sees: white, cut away, outside, or covered."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        words = flow(record).words
        words = tuple(ink for ink in words if ink.baseline < 200)
        other = flow(letter("surat_dinas", rng)).words[: max(3, int(share * len(words)))]
        first, last = other[0].baseline, other[-1].baseline
        scale = 70 / max(70.0, last - first)
        beside = [
            dataclasses.replace(ink, baseline=215 + (ink.baseline - first) * scale) for ink in other
        ]  # fmt: skip
        text = shown(beside)
        drawn = {
            "white": f"q 1 g {text} Q",
            "clipped": f"q 0 0 1 1 re W n {text} Q",
            "mode 3": f"q 3 Tr {text} Q",
            "covered": f"{text}\nq 1 g 0 0 {WIDTH:.0f} {HEIGHT - 205 / MM_PER_POINT:.0f} re f Q",
            "outside": f"q 1 0 0 1 0 -{HEIGHT:.0f} cm {text} Q",
        }[hidden]
        return Sheet(f"{shown(words)}\n{drawn}"), seen(words)

    return make


def _beneath(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
    """Somebody's OCR, invisible, over typed text, so that each place has two texts."""
    words = flow(record).words
    junk = [dataclasses.replace(ink, text=garble(ink.text, rng, 1.0)) for ink in words]
    return Sheet(f"{shown(words)}\nq 3 Tr {shown(junk)} Q"), seen(words)


def _white(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
    words = flow(record).words
    return Sheet(f"0 0 0 rg 100 100 300 2 re f 1 g\n{shown(words)}"), []


def _outlined(header: bool) -> Maker:
    """Letters drawn as shapes: every run of dark pixels a rectangle; above them perhaps one line of text."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        page = draw(record, Look(dpi=100), rng)[0]
        width, height = page.image.size
        data = page.image.convert("L").tobytes()
        shapes = []
        for y in range(height):
            row, x = data[y * width : (y + 1) * width], 0
            while x < width:
                end = x
                while end < width and row[end] < 150:
                    end += 1
                if end > x:
                    left, foot = x * 0.72, HEIGHT - (y + 1) * 0.72
                    shapes.append(f"{left:.2f} {foot:.2f} {(end - x) * 0.72:.2f} 0.75 re")
                x = end + 1
        head = "BT /F 9 Tf 1 0 0 1 60 820 Tm (Halaman 1 dari 2) Tj ET\n" if header else ""
        return Sheet(head + "\n".join(shapes) + "\nf"), seen(flow(record).words)

    return make


def _turned(degrees: int, crop: bool) -> Maker:
    """A page that /Rotate brings upright, perhaps cut to a part of a sheet whose corner is not the origin."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        words = flow(record).words
        w, h = WIDTH, HEIGHT
        matrix, size = {
            0: ("1 0 0 1 0 0", (w, h)),
            90: (f"0 1 -1 0 {h:.2f} 0", (h, w)),
            180: (f"-1 0 0 -1 {w:.2f} {h:.2f}", (w, h)),
            270: (f"0 -1 1 0 0 {w:.2f}", (h, w)),
        }[degrees]
        x, y = (100.0, 50.0) if crop else (0.0, 0.0)
        content = f"q 1 0 0 1 {x} {y} cm {matrix} cm\n{shown(words)}\nQ"
        window = (x, y, x + size[0], y + size[1])
        media = (30.0, 20.0, size[0] + 260, size[1] + 190) if crop else window
        return Sheet(content, media=media, crop=window if crop else None, rotate=degrees), seen(words)

    return make


def _watermarked(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
    words = flow(record).words
    mark = "q 0.85 g BT /Fb 90 Tf 0.7 0.7 -0.7 0.7 150 200 Tm (SALINAN) Tj ET Q"
    return Sheet(f"{mark}\n{shown(words)}"), ["SALINAN", *seen(words)]


def _filled(kind: Literal["field", "note"]) -> Maker:
    """A typed letter with a form field that somebody filled in, or a note put upon it."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        words = [ink for ink in flow(record).words if ink.baseline < 230]
        says = "Disetujui oleh Kepala Bagian Umum"
        place_ = Array([80, 120, 380, 150])
        annotation = Dictionary(Type=Name.Annot, Rect=place_, DA="/Fb 14 Tf 0 g", F=4)
        if kind == "field":
            annotation.Subtype, annotation.FT, annotation.T = Name.Widget, Name.Tx, "catatan"
            annotation.V = says
        else:
            annotation.Subtype, annotation.Contents = Name.FreeText, says
        return Sheet(shown(words), annotations=(annotation,)), [*seen(words), *says.split()]

    return make


# Somebody's OCR over a scan.

Reading = Callable[[list[Ink], random.Random], list[Ink]]


def _scanned(reading: Reading) -> Maker:
    """A picture of the letter, and over it an invisible text."""

    def make(record: Letter, rng: random.Random) -> tuple[Sheet, Sequence[str]]:
        look = Look()
        page = draw(record, look, rng)[0]
        words = list(flow(record).words)
        hidden = reading(words, rng)
        return Sheet(
            f"q {WIDTH:.2f} 0 0 {HEIGHT:.2f} 0 0 cm /Im Do Q\nq 3 Tr {shown(hidden)} Q", image=page.image
        ), seen(words)  # fmt: skip

    return make


def _reads(level: float) -> Reading:
    return lambda words, rng: [
        dataclasses.replace(ink, text=garble(ink.text, rng, level) or ink.text) for ink in words
    ]


def _reads_junk(words: list[Ink], rng: random.Random) -> list[Ink]:
    return [
        dataclasses.replace(ink, text=text) for ink, text in zip(words, _junk(rng, len(words)), strict=True)
    ]


def _reads_another(words: list[Ink], rng: random.Random) -> list[Ink]:
    return list(flow(letter(KINDS[rng.randrange(len(KINDS))], rng)).words)


def _reads_half(words: list[Ink], rng: random.Random) -> list[Ink]:
    return words[: len(words) // 2]


def _reads_lower(words: list[Ink], rng: random.Random) -> list[Ink]:
    return [dataclasses.replace(ink, baseline=ink.baseline + 25) for ink in words]


def _reads_glued(words: list[Ink], rng: random.Random) -> list[Ink]:
    lines: dict[int, list[Ink]] = {}
    for ink in words:
        lines.setdefault(ink.line, []).append(ink)
    return [dataclasses.replace(line[0], text="".join(i.text for i in line)) for line in lines.values()]


def _moved(by: int) -> Meaning:
    return lambda char: chr(ord(char) + by) if ord(char) + by > 0 else char


_LETTERS = string.ascii_letters
_CONSONANTS = "bcdfghjklmnpqrstvwxz"

_TROUBLES: dict[str, tuple[Want, Maker]] = {
    "plain": ("own", _typed()),
    "cropped": ("own", _turned(0, crop=True)),
    "turned 90": ("own", _turned(90, crop=False)),
    "turned 90, cropped": ("own", _turned(90, crop=True)),
    "turned 270, cropped": ("own", _turned(270, crop=True)),
    "watermark": ("own", _watermarked),
    "ligatures, accents, soft hyphens": ("own", _signs),
    "headings printed twice": ("own", _twice(whole=False)),
    "all printed twice": ("own", _twice(whole=True)),
    "letters apart by spaces": ("own", _set_apart(0.05, " ")),
    "letters apart by room": ("own", _set_apart(_APART, "")),
    "words apart by room": ("own", _glued(None)),
    "words apart by little room": ("own", _glued(0.13)),
    "codes moved by 1": ("own", _typed(meaning=_moved(1))),
    "codes moved by -29": ("own", _typed(meaning=_moved(-29))),
    "codes moved to private use": ("own", _typed(meaning=_moved(0xF000))),
    "numbers of glyphs": ("either", _numbered),
    "some white words": ("own", _also("white", 0.05)),
    "many white words": ("own", _also("white", 0.6)),
    "words cut away": ("own", _also("clipped", 0.4)),
    "words covered": ("own", _also("covered", 0.4)),
    "words of mode 3": ("own", _also("mode 3", 0.4)),
    "words outside": ("own", _also("outside", 0.6)),
    "filled field": ("part", _filled("field")),
    "note": ("part", _filled("note")),
    "letters mixed": ("not", _mixed(_LETTERS, least=100)),
    "small letters mixed": ("not", _mixed(string.ascii_lowercase, least=100)),
    "consonants mixed": ("not", _mixed(_CONSONANTS, least=100)),
    "vowels mixed": ("not", _mixed("aiueo", least=100)),
    "digits mixed": ("not", _mixed(string.digits, least=12)),
    "bold letters mixed": ("not", _mixed(_LETTERS, cuts=("b",), least=25)),
    "private use": ("not", _typed(meaning=lambda c: chr(0xE000 + ord(c) * 37 % 997))),
    "unknown": ("not", _typed(meaning=lambda c: "\ufffd")),
    "hidden below": ("not", _beneath),
    "all white": ("not", _white),
    "shapes": ("not", _outlined(header=False)),
    "shapes below a typed line": ("not", _outlined(header=True)),
    "scan, true text": ("either", _scanned(_reads(0.0))),
    "scan, read with few errors": ("either", _scanned(_reads(0.05))),
    "scan, read badly": ("not", _scanned(_reads(1.0))),
    "scan, junk": ("not", _scanned(_reads_junk)),
    "scan, text of another page": ("not", _scanned(_reads_another)),
    "scan, half of the text": ("not", _scanned(_reads_half)),
    "scan, text too low": ("not", _scanned(_reads_lower)),
    "scan, lines glued": ("not", _scanned(_reads_glued)),
}
