"""Writes the demo's folder: boxes of scanned office records, clean to bad, and the truth about every page."""

from __future__ import annotations

import itertools
import random
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from PIL import Image

from archive.geometry import bounds
from archive.types import Turn, Word
from samples import files
from samples.damage import RECIPES, blank, damaged, photograph, scribbled, turned
from samples.draw import Drawn, Family, Look, draw, measure
from samples.layout import Letter, Paper, place
from samples.letters import letter, others, planted
from samples.truth import FileTruth, PageTruth, Query, Truth

DPI = 200
Sheet = Literal["blank", "scribble", "photo"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be written: where, what it says, and how it looks; ``then`` are wordless sheets behind it.

    A path that ends in / is a folder with an image for each page.
    """

    path: str
    says: str | Callable[[random.Random], Letter]
    condition: str = "good"
    family: Family = "serif"
    turn: Turn = 0
    then: tuple[Sheet, ...] = ()
    colour: bool = False
    form: Literal["", "bilevel", "digital"] = ""


_MAIL, _DECREES, _TASKS = (
    "Boks 01 - Surat Masuk",
    "Boks 02 - Keputusan",
    "Boks 03 - Surat Tugas dan Nota Dinas",
)
_MINUTES, _MONEY = "Boks 04 - Berita Acara dan Kontrak", "Boks 05 - Keuangan"
_VILLAGE, _REST = "Boks 06 - Surat Keterangan", "Boks 07 - Edaran dan Lain-lain"
_BOXES = {
    "surat_dinas": _MAIL, "undangan": _MAIL, "nota_dinas": _TASKS, "spt": _TASKS, "keputusan": _DECREES,
    "berita_acara": _MINUTES, "spk": _MINUTES, "kwitansi": _MONEY, "keterangan": _VILLAGE, "edaran": _REST,
    "lainnya": _REST,
}  # fmt: skip

IRRIGATION, BOUNDARY = f"{_MAIL}/0001 surat masuk.jpg", f"{_MAIL}/0002 surat masuk.pdf"
DECREE = f"{_DECREES}/SK Tim Alih Media Arsip 2018.tif"
KNOWN = (
    Query("mikrofilm", DECREE, 3),
    Query('"saluran irigasi tersumbat"', IRRIGATION, 1),
    Query("18 November 2019", BOUNDARY, 1),
)
"""A word on the last page of a decree, a phrase, and a date that the paper spells 18 Nopember 2019."""
QUERIES = tuple(query.text for query in KNOWN)

SPECIALS = (
    Entry(IRRIGATION, planted.irrigation, "crooked"),
    Entry(BOUNDARY, planted.boundary, "office", "sans"),
    Entry(DECREE, planted.decree, "photocopy"),
    Entry(f"{_TASKS}/SPT 0117.jpg", "spt", "good", turn=90),
    Entry(f"{_MINUTES}/Kontrak Pengadaan 2020/", "spk", "office", "sans", then=("photo", "blank")),
    Entry(f"{_MONEY}/Kwitansi 012.jpg", "kwitansi", "clean", "sans", colour=True),
    Entry(f"{_TASKS}/ND pengantar.pdf", "nota_dinas", "clean", form="digital"),
    Entry(f"{_MINUTES}/BAST arsip inaktif.pdf", "berita_acara", "shadow"),
    Entry(f"{_VILLAGE}/Suket domisili.jpg", "keterangan", "faded", "dejavu-serif"),
    Entry(f"{_MAIL}/0003 undangan.png", "undangan", "stamped"),
    Entry(f"{_REST}/Edaran.pdf", "edaran", "fax", "sans", form="bilevel"),
    Entry(f"{_DECREES}/SK 0245.pdf", "keputusan", "bad"),
    Entry(f"{_TASKS}/SPT 0118.png", "spt", "photocopy", "mono", turn=180),
    Entry(f"{_MONEY}/Kwitansi 013.bmp", "kwitansi", "good", "narrow"),
    Entry(f"{_MINUTES}/BA pemusnahan.jp2", "berita_acara", "good", "sans", turn=270),
    Entry(f"{_TASKS}/ND 0044.webp", "nota_dinas", "thin paper", "sans"),
    Entry(f"{_REST}/Lembar disposisi dan surat.tif", others.routed, "photocopy", then=("scribble", "blank")),
    Entry(f"{_REST}/SPPD.tif", others.sppd, "photocopy", "sans"),
)
"""Written first and in this order: every format, every condition, every turn."""


def write(target: Path, pages: int = 60, seed: int = 1) -> Truth:
    """Write about ``pages`` readable pages below ``target``, and the truth beside it (``beside``).

    The same seed writes the same files, but for the encrypted one. Files of the same names are overwritten.
    Raises ArsipError(fonts-missing).
    """
    target.mkdir(parents=True, exist_ok=True)
    found: list[FileTruth] = []
    count = 0
    for entry in itertools.chain(SPECIALS, _more(seed)):
        if count >= pages:
            break
        written = _write(target, entry, seed)
        found += written
        count += sum(len(file.pages) for file in written)
    found += _repeat(target, found) + _hostile(target, seed)
    truth = Truth(seed, tuple(found), tuple(query for query in KNOWN if (target / query.path).exists()))
    beside(target).write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1))
    return truth


def beside(target: Path) -> Path:
    """Where the truth about a folder lies."""
    return target.with_name(target.name + ".truth.json")


def _more(seed: int) -> Iterator[Entry]:
    """Records of all types without end, in all conditions, mostly good."""
    rng = _rng(seed, "more")
    conditions = ["clean", "good", "good", "office", "office", *RECIPES]
    families: tuple[Family, ...] = ("serif", "sans", "serif", "narrow", "dejavu-sans", "mono")
    for number, kind in enumerate(itertools.cycle(_BOXES), start=101):
        suffix = rng.choice((".jpg", ".pdf", ".pdf", ".tif", ".png"))
        path = f"{_BOXES[kind]}/{number:04} {kind.replace('_', ' ')}{suffix}"
        yield Entry(path, kind, rng.choice(conditions), rng.choice(families))


def _write(target: Path, entry: Entry, seed: int) -> list[FileTruth]:
    """Write one record and tell the truth about it."""
    rng = _rng(seed, entry.path)
    record = letter(entry.says, rng) if isinstance(entry.says, str) else entry.says(rng)
    look = Look(
        entry.family, rng.choice((10.5, 11.0, 11.5, 12.0)), DPI, entry.colour, rng.choice((1.25, 1.35, 1.5))
    )
    path = target / entry.path
    (path if entry.path.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
    drawn = draw(record, look, rng)
    if entry.form == "digital":
        paper = Paper(point=look.point, leading=look.leading)
        files.save_born_digital(path, place(record, measure(look), paper), paper)
        sheets = [(page.image, _truth(n, page.words, entry)) for n, page in enumerate(drawn, start=1)]
    else:
        sheets = _scanned(entry, drawn, seed)
        if path.suffix in (".jpg", ".png", ".webp", ".bmp", ".jp2"):
            sheets = sheets[:1]
        _save(path, entry, [image for image, _ in sheets])
    truths = [truth for _, truth in sheets]
    if not entry.path.endswith("/"):
        return [_document(entry.path, "", record, tuple(truths))]
    names = [f"{entry.path}{truth.number:02}.jpg" for truth in truths]
    alone = [msgspec.structs.replace(truth, number=1) for truth in truths]
    group = entry.path.rstrip("/")
    return [_document(name, group, record, (truth,)) for name, truth in zip(names, alone, strict=True)]


def _scanned(entry: Entry, drawn: list[Drawn], seed: int) -> list[tuple[Image.Image, PageTruth]]:
    """The pages as they come from the scanner, and the wordless sheets behind them."""
    rng = np.random.default_rng([seed, zlib.crc32(entry.path.encode())])
    sheets = []
    for n, page in enumerate(drawn, start=1):
        if entry.colour:
            sheets.append((page.image, _truth(n, page.words, entry)))
            continue
        out = damaged(np.asarray(page.image), RECIPES[entry.condition], rng)
        words = tuple(msgspec.structs.replace(word, box=bounds(out.moved, word.box)) for word in page.words)
        image = Image.fromarray(turned(out.pixels, entry.turn))
        sheets.append((image, _truth(n, words, entry)))
    shape = (drawn[0].image.height, drawn[0].image.width)
    makers = {"blank": blank, "scribble": scribbled, "photo": photograph}
    for n, kind in enumerate(entry.then, start=len(sheets) + 1):
        condition = "blank" if kind == "blank" else "wordless"
        sheets.append((Image.fromarray(makers[kind](shape, rng)), PageTruth(n, 0, condition, ())))
    return sheets


def _truth(number: int, words: tuple[Word, ...], entry: Entry) -> PageTruth:
    upright: dict[Turn, Turn] = {0: 0, 90: 270, 180: 180, 270: 90}
    return PageTruth(number, upright[entry.turn], entry.condition, words)


def _save(path: Path, entry: Entry, images: list[Image.Image]) -> None:
    """Write the pages in the format that the path asks for."""
    if entry.path.endswith("/"):
        for n, image in enumerate(images, start=1):
            files.save_image(path / f"{n:02}.jpg", [image], DPI)
    elif path.suffix == ".tif":
        files.save_tiff(path, images, DPI)
    elif path.suffix == ".pdf":
        (files.save_bilevel_pdf if entry.form == "bilevel" else files.save_scanned_pdf)(path, images, DPI)
    else:
        files.save_image(path, images, DPI)


def _document(path: str, group: str, record: Letter, pages: tuple[PageTruth, ...]) -> FileTruth:
    return FileTruth(
        path, "document", "", group, record.kind, record.nomor, record.tanggal, record.hal, pages
    )


def _repeat(target: Path, found: list[FileTruth]) -> list[FileTruth]:
    """Two exact copies of files in other places, as happens when a box is scanned twice.

    They lie in the last box: of two that are the same, the one that is met first is the document.
    """
    alone = [file for file in found if not file.group]
    copies = []
    for file in (alone[0], alone[-1]):
        path = f"{_REST}/salinan {Path(file.path).name}"
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(target / file.path, target / path)
        copies.append(FileTruth(path, "duplicate", file.path))
    return copies


def _hostile(target: Path, seed: int) -> list[FileTruth]:
    """What cannot be read and must be told, and what is no record and must be left out."""
    rng = _rng(seed, "hostile")
    look = Look(dpi=100)
    pages = [page.image for page in draw(letter("surat_dinas", rng), look, rng)][:1]
    for folder in (_MAIL, _DECREES, _MONEY, _REST):
        (target / folder).mkdir(parents=True, exist_ok=True)
    files.save_encrypted_pdf(target / f"{_MONEY}/Gaji rahasia.pdf", pages, look.dpi)
    files.save_truncated(files.save_scanned_pdf)(target / f"{_MAIL}/0008 terpotong.pdf", pages, look.dpi)
    files.save_truncated(files.save_tiff)(target / f"{_DECREES}/SK rusak.tif", pages, look.dpi)
    (target / f"{_MAIL}/0009 kosong.pdf").write_bytes(b"")
    files.save_docx(target / f"{_REST}/konsep surat.docx")
    files.save_thumbs(target / f"{_MAIL}/Thumbs.db")
    return [
        FileTruth(f"{_MONEY}/Gaji rahasia.pdf", "refused", "encrypted-pdf"),
        FileTruth(f"{_MAIL}/0008 terpotong.pdf", "refused", "damaged-file"),
        FileTruth(f"{_DECREES}/SK rusak.tif", "refused", "damaged-file"),
        FileTruth(f"{_MAIL}/0009 kosong.pdf", "refused", "empty-file"),
        FileTruth(f"{_REST}/konsep surat.docx", "ignored"),
        FileTruth(f"{_MAIL}/Thumbs.db", "ignored"),
    ]


def _rng(seed: int, what: str) -> random.Random:
    return random.Random(f"{seed} {what}")  # noqa: S311 - chance that can be repeated, not a secret
