"""Sheets for the scanner's desk: what each shows, what was done to it, and which faults must be told.

``plan`` gives values only, which are frozen by hash; ``drawn`` makes their pixels. What looks alike and is
good counts as much as what is bad: forms filled in differently, one circular to many, faint print,
photographs, last pages of two lines.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from archive.types import Value
from samples.damage import RECIPES, Grey, Recipe, blank, photograph, scribbled
from samples.draw import Family, Look, draw
from samples.layout import MM_PER_POINT, Align, Cell, Letter, Mark, Paper, Row
from samples.letters import KINDS, letter
from samples.letters.office import OFFICES, VILLAGES, Office, day_between, long_date, person, rupiah
from samples.letters.parts import heading, kop, labelled, paragraph, signature
from samples.mishaps import mishap

FAMILIES: tuple[Family, ...] = ("serif", "sans", "narrow", "mono", "dejavu-sans")
POINTS = (10.5, 11.0, 12.0)
GOOD: tuple[str, ...] = ("clean", "good", "office", "shadow", "faded", "photocopy", "thin paper", "stamped")
"""Conditions that a scan of old paper may be in without being scanned again."""


WORDS = tuple("kegiatan laporan tahun anggaran dinas arsip daerah pelaksanaan program berkas".split())  # noqa: SIM905


class Sheet(Value, frozen=True):
    """One sheet as it came from the scanner.

    ``says`` and ``seed`` decide what it shows, ``filled`` what was written into it; sheets with the same
    three and ``page`` are one sheet scanned twice. ``numbered`` is the page number printed on it. ``faults``
    must be told of it, and nothing else.
    """

    name: str
    says: str
    seed: str
    filled: str = ""
    page: int = 1
    numbered: str = ""
    dpi: int = 200
    recipe: Recipe = ()
    faults: tuple[str, ...] = ()
    document: str = ""

    @property
    def same(self) -> tuple[str, str, str, int]:
        """What two scans of one sheet have in common."""
        return self.says, self.seed, self.filled, self.page


def plan(of: str, each: int = 30) -> Iterator[Sheet]:
    """The sheets of a set by its name: ``each`` of a kind, always the same ones."""
    for n in range(each):
        rng = random.Random(f"{of} {n}")  # noqa: S311 - chance that can be repeated, not a secret
        yield from _blanks(of, n, rng)
        yield from _bad(of, n, rng)
        yield from _lookalikes(of, n, rng)
        yield from _twice(of, n, rng)


def documents(of: str, each: int = 12) -> Iterator[Sheet]:
    """Documents of some pages with printed numbers; of every second one a page is missing."""
    for n in range(each):
        rng = random.Random(f"{of} pages {n}")  # noqa: S311 - chance that can be repeated, not a secret
        total, first = 3 + rng.randrange(4), rng.randrange(2)
        form = ("Halaman {0} dari {1}", "- {0} -", "{0}", "Hal. {0}", "{0}/{1}")[n % 5]
        lost = 2 + rng.randrange(total - 2) if n % 2 else 0
        for page in range(1, total + 1):
            if page == lost:
                continue
            number = "" if page == 1 and first else form.format(page, total)
            faults = ("gap",) if lost and page == lost + 1 else ()
            of_page = f"{of} pages {n}/{page}"
            yield Sheet(
                of_page, "pages", f"{of} {n}", "", page, number, 200, RECIPES["good"], faults, f"{of} {n}"
            )


NUMBERED = (
    "Halaman {0} dari {1}", "- {0} -", "{0}", "Hal. {0}", "{0}/{1}", "Halaman {0}", "Page {0} of {1}", "{2}",
    "{0} dari {1}", "| {0}", "Halaman : {0}", "[ {0} ]", "Hal {0} / {1}", "Lembar {0} dari {1}", "– {0} –",
)  # fmt: skip
"""How offices number their pages: the number, how many pages there are, and the number in Roman figures."""
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def numbered(of: str, each: int = 60) -> Iterator[Sheet]:
    """Documents numbered in many ways and places, some beside a running title; of every second one a page is
    missing."""
    for n in range(each):
        rng = random.Random(f"{of} numbered {n}")  # noqa: S311 - chance that can be repeated, not a secret
        total, unsaid = 4 + rng.randrange(4), rng.randrange(2)
        lost = 2 + rng.randrange(total - 2) if n % 2 else 0
        condition = ("good", "clean", "office", "photocopy")[rng.randrange(4)]
        for page in (page for page in range(1, total + 1) if page != lost):
            form = NUMBERED[n // 2 % len(NUMBERED)]
            number = "" if page == 1 and unsaid else form.format(page, total, ROMAN[page - 1])
            faults = ("gap",) if lost and page == lost + 1 else ()
            name, document = f"{of} numbered {n}/{page}", f"{of} numbered {n}"
            yield Sheet(
                name, "numbered", document, "", page, number, 200, RECIPES[condition], faults, document
            )


def drawn(sheet: Sheet) -> Grey:
    """The pixels of a sheet."""
    rng = random.Random(f"{sheet.says} {sheet.seed}")  # noqa: S311
    look = Look(rng.choice(FAMILIES), rng.choice(POINTS), sheet.dpi)
    chance = np.random.default_rng(zlib.crc32(sheet.name.encode()))
    pixels = _shown(sheet, look, rng)
    for name, level in sheet.recipe:
        pixels = mishap(pixels, name, chance, level)
    return pixels


def _blanks(of: str, n: int, rng: random.Random) -> Iterator[Sheet]:
    """Empty sheets with all that a scanner adds, and sheets that are nearly empty, and not blank."""
    level = rng.random()
    ways: tuple[Recipe, ...] = (
        (("noise", 0.3 * level),),
        (("dust", 0.4 + 0.6 * level),),
        (("shine", level), ("noise", 0.1)),
        (("fold", level), ("uneven_light", 0.5 * level), ("noise", 0.1)),
        (("border", 0.5 + 0.5 * level), ("punch_holes", 1.0), ("noise", 0.1)),
        (("dust", level), ("bilevel", 0.3)),
    )
    dpi = rng.choice((150, 200, 200, 300))
    yield Sheet(
        f"{of} blank {n}", "blank", f"{of} {n}", dpi=dpi, recipe=ways[n % len(ways)], faults=("blank",)
    )
    says = ("two lines", "number", "photo", "scribble", "signature")[n % 5]
    yield Sheet(f"{of} nearly blank {n}", says, f"{of} {n}", dpi=dpi, recipe=ways[(n + 1) % len(ways)])


def _bad(of: str, n: int, rng: random.Random) -> Iterator[Sheet]:
    """One sheet with each fault."""
    kinds = [rng.choice(KINDS) for _ in range(6)]
    level, edge = rng.random(), ("top", "right", "bottom", "left")[n % 4]
    grain = ("noise", 0.25 * rng.random())
    before: Recipe = ((), (("skew", 0.3 * rng.random()),), (("border", 0.0), ("noise", 0.1)))[n % 3]
    spoilt: dict[str, Recipe] = {
        "blurred": (("blur", 0.65 + 0.35 * level), grain),
        "cut": (*before, (f"cut {edge}", level), grain),
        "dark": ((("blur", 0.15), ("dark", level), ("noise", 0.1))),
        "skewed": (("blur", 0.12), ("skew", 0.85 + 0.15 * level), grain),
    }
    for (fault, recipe), kind in zip(spoilt.items(), kinds, strict=False):
        dpi = rng.choice((200, 200, 300))
        yield Sheet(f"{of} {fault} {n}", kind, f"{of} {fault} {n}", dpi=dpi, recipe=recipe, faults=(fault,))
    if n % 3 == 0:
        turn = (90, 180, 270)[n // 3 % 3]
        yield Sheet(
            f"{of} turned {n}",
            kinds[4],
            f"{of} turned {n}",
            recipe=((f"turn {turn}", 1.0),),
            faults=("turned",),
        )
        yield Sheet(
            f"{of} double {n}", kinds[5], f"{of} double {n}", recipe=(("double", level),), faults=("double",)
        )


def _lookalikes(of: str, n: int, rng: random.Random) -> Iterator[Sheet]:
    """Good sheets, in all conditions and with what might be taken for a fault."""
    kind, other = rng.choice(KINDS), rng.choice(KINDS)
    condition = GOOD[n % len(GOOD)]
    dpi = rng.choice((150, 200, 300))
    yield Sheet(f"{of} good {n}", kind, f"{of} good {n}", dpi=dpi, recipe=RECIPES[condition])
    ways: tuple[Recipe, ...] = (
        (("close", 1.0), ("noise", 0.1)),
        (("border", 1.0), ("noise", 0.15)),
        (("skew", 0.5), ("border", 0.6), ("bilevel", 0.4), ("dust", 0.5)),
        (("low_contrast", 0.75), ("noise", 0.1)),
        (("punch_holes", 1.0), ("shift", 1.0), ("jpeg", 0.7)),
    )
    yield Sheet(f"{of} odd {n}", other, f"{of} odd {n}", dpi=dpi, recipe=ways[n % len(ways)])
    says = ("ruled", "photo", "illustrated")[n % 3]
    yield Sheet(f"{of} drawn {n}", says, f"{of} {n}", dpi=dpi, recipe=RECIPES["good"])


def _twice(of: str, n: int, rng: random.Random) -> Iterator[Sheet]:
    """A sheet scanned twice, at another time of day; and two sheets that differ in what is filled in."""
    kind, level = rng.choice((*KINDS, "form", "circular", "receipt")), rng.random()
    again: tuple[Recipe, ...] = (
        (("skew", 0.4 * level), ("shift", 1.0), ("blur", 0.2), ("noise", 0.2)),
        (("shift", 0.5), ("uneven_light", 0.4), ("noise", 0.15), ("jpeg", 0.5)),
        (("skew", 0.25), ("low_contrast", 0.4), ("noise", 0.1)),
        (("shift", 1.0), ("blur", 0.15), ("bilevel", 0.3)),
        (("border", 0.5), ("skew", 0.2), ("noise", 0.2)),
    )
    once = Sheet(
        f"{of} once {n}", kind, f"{of} same {n}", "a", recipe=RECIPES[("good", "clean", "office")[n % 3]]
    )
    yield once
    yield Sheet(f"{of} again {n}", kind, once.seed, "a", recipe=again[n % len(again)], faults=("twice",))
    alike = ("form", "circular", "receipt")[n % 3]
    for filled in "ab":
        name = f"{of} alike {n}{filled}"
        yield Sheet(name, alike, f"{of} alike {n}", filled, recipe=RECIPES["good"])


def _shown(sheet: Sheet, look: Look, rng: random.Random) -> Grey:
    """What stands on the sheet before anything happens to it."""
    chance = np.random.default_rng(zlib.crc32(sheet.seed.encode()))
    shape = (round(297 * sheet.dpi / 25.4), round(210 * sheet.dpi / 25.4))
    if sheet.says == "blank":
        return blank(shape, chance, 0.0)
    if sheet.says == "photo":
        return photograph(shape, chance)
    if sheet.says == "scribble":
        return scribbled(shape, chance)
    filled = random.Random(f"{sheet.seed} {sheet.filled}")  # noqa: S311
    record = _page_with_title(sheet, look.point) if sheet.says == "numbered" else _record(sheet, rng, filled)
    pages = draw(record, look, rng)
    return np.asarray(pages[min(sheet.page, len(pages)) - 1].image)


def _record(sheet: Sheet, rng: random.Random, filled: random.Random) -> Letter:
    rows: tuple[Row, ...]
    match sheet.says:
        case "two lines":
            rows = (
                paragraph("demikian untuk menjadi perhatian dan dilaksanakan", 2.0),
                paragraph("Terima kasih."),
            )
        case "number":
            rows = (heading(f"- {2 + rng.randrange(8)} -", 1.0, ""),)
        case "signature":
            rows = tuple(signature([f"{OFFICES[0].head},"], None, rng))
        case "form":
            rows = tuple(_form(rng.choice(VILLAGES), rng, filled))
        case "circular":
            rows = tuple(_circular(rng.choice(OFFICES), rng, filled))
        case "receipt":
            rows = tuple(_receipt(rng.choice(OFFICES), rng, filled))
        case "ruled":
            rows = tuple(_ruled(rng))
        case "illustrated":
            rows = tuple(_illustrated(rng))
        case "pages":
            return _numbered_page(sheet)
        case kind:
            return letter(kind, rng)
    return Letter("lainnya", sheet.says, None, None, None, (rows,))


def _form(office: Office, rng: random.Random, filled: random.Random) -> Iterator[Row]:
    """One certificate for many people: a name, a number and a date or two differ."""
    head, who, day = person(rng), person(filled), day_between(filled, 2015, 2021)
    yield from kop(office, rng)
    yield heading("SURAT KETERANGAN", 1.0, "bu")
    yield heading(f"Nomor: 470/{filled.randrange(10, 999)}/{office.code}/{day.year}", 0.0, "")
    yield paragraph("Yang bertanda tangan di bawah ini menerangkan dengan sesungguhnya bahwa:", 1.0)
    yield labelled("Nama", who.name, 0.06, 0.25)
    yield labelled("NIP", who.nip, 0.06, 0.25)
    yield labelled("Jabatan", who.job, 0.06, 0.25)
    yield paragraph(
        "adalah benar pegawai pada kantor kami dan sampai dengan surat ini dibuat masih melaksanakan tugas "
        "sebagaimana mestinya serta tidak sedang menjalani hukuman disiplin.", 0.6,
    )  # fmt: skip
    yield paragraph("Demikian surat keterangan ini dibuat untuk dapat dipergunakan sebagaimana mestinya.")
    yield from signature([f"{office.place}, {long_date(day)}", f"{office.head},"], head, rng)


def _circular(office: Office, rng: random.Random, filled: random.Random) -> Iterator[Row]:
    """One letter to many: only the number and whom it goes to differ."""
    day, head = day_between(rng, 2015, 2021), person(rng)
    to = filled.choice([each.head for each in OFFICES if each != office])
    yield from kop(office, rng)
    yield labelled("Nomor", f"005/{filled.randrange(100, 999)}/{office.code}/{day.year}")
    yield labelled("Hal", "Penyampaian jadwal pemeliharaan sarana kearsipan")
    yield Row((Cell(f"Yth. {to}", 0.0, 0.7),), 1.0)
    yield Row((Cell("di tempat", 0.05, 0.5),))
    for _ in range(3):
        where = f"pada tanggal {long_date(day)} bertempat di {office.place}"
        guests = f"dengan jumlah peserta {rng.randrange(10, 90)} orang dari unit kerja terkait."
        yield paragraph(f"Bersama ini disampaikan bahwa pemeliharaan dilaksanakan {where} {guests}", 0.6)
    yield paragraph("Atas perhatian dan kerja sama Saudara kami ucapkan terima kasih.")
    yield from signature([f"{office.head},"], head, rng)


def _receipt(office: Office, rng: random.Random, filled: random.Random) -> Iterator[Row]:
    """Receipts of one book: number, sum and payee differ."""
    head, who = person(rng), person(filled)
    yield heading("KUITANSI", 1.0, "b", 1.3)
    yield labelled("Nomor", f"{filled.randrange(1, 400):03}/BK/2019", 0.6, 0.12)
    yield labelled("Sudah terima dari", f"Bendahara {office.name.title()}", 0.0, 0.25)
    yield labelled("Uang sejumlah", rupiah(1000 * filled.randrange(50, 4000), random.Random(1)), 0.0, 0.25)  # noqa: S311
    yield labelled("Untuk pembayaran", "Belanja alat tulis kantor dan bahan cetak", 0.0, 0.25)
    yield labelled("Yang menerima", who.name, 0.0, 0.25)
    yield from signature([office.place, "Bendahara pengeluaran,"], head, rng, stamp=False)


def _ruled(rng: random.Random) -> Iterator[Row]:
    """A register, mostly rules with little in them."""
    yield heading("DAFTAR ARSIP INAKTIF", 0.5)
    for n in range(34):
        texts = (str(n + 1), "Berkas kepegawaian" if rng.random() < 0.5 else "", "1 berkas", "")
        cells = (
            Cell(text, at, 0.25, "center") for text, at in zip(texts, (0.0, 0.25, 0.5, 0.75), strict=True)
        )
        yield Row(tuple(cells), rule="box")


def _illustrated(rng: random.Random) -> Iterator[Row]:
    """A report with a picture among its lines."""
    yield heading("LAPORAN KEGIATAN", 0.5)
    yield paragraph("Kegiatan telah dilaksanakan sesuai dengan jadwal yang ditetapkan sebelumnya.")
    yield Row((), 14.0, marks=(Mark("photo", 0.2, 60.0),))
    yield paragraph(f"Gambar {1 + rng.randrange(9)}. Dokumentasi kegiatan di lapangan.")


def _numbered_page(sheet: Sheet) -> Letter:
    """A page of a longer document, with its number at the head or the foot."""
    rng = random.Random(f"{sheet.seed} {sheet.page}")  # noqa: S311
    text = [" ".join(rng.choice(WORDS) for _ in range(40)) + "." for _ in range(9)]
    number = [heading(sheet.numbered, 0.4, "")] if sheet.numbered else []
    at_foot = random.Random(sheet.seed).random() < 0.5  # noqa: S311
    body = [paragraph(each, 0.7) for each in text]
    if at_foot and number:
        number = [replace(number[0], before=9.0)]
    rows = (*body, *number) if at_foot else (*number, *body)
    return Letter("lainnya", "pages", None, None, None, (rows,))


TITLES = (
    "Laporan Kinerja Instansi Pemerintah Tahun 2021", "Dokumen Pengadaan Nomor 027/12/2020",
    "Rencana Kerja Tahun 2022 - 2023", "Pemerintah Kabupaten Contoh, Kode Pos 00000",
)  # fmt: skip


def _page_with_title(sheet: Sheet, points: float) -> Letter:
    """A page of a longer document: its number at the left, right or in the middle, at the head or the foot,
    maybe in smaller type, maybe with the title of the document in its line or in the line above."""
    chance = random.Random(f"{sheet.seed} {sheet.page}")  # noqa: S311
    rng = random.Random(sheet.seed)  # noqa: S311
    at_foot, size, beside = rng.random() < 0.7, rng.choice((0.8, 0.9, 1.0)), rng.randrange(3)
    where: Align = rng.choice(("left", "center", "right"))
    title = rng.choice(TITLES)
    body = [paragraph(" ".join(chance.choice(WORDS) for _ in range(40)) + ".", 0.7) for _ in range(4)]
    if chance.random() < 0.5:
        body.append(labelled("Jumlah", str(chance.randrange(2, 90)), 0.5, 0.2))
    cells = [Cell(sheet.numbered, align=where, size=size)] if sheet.numbered else []
    above: list[Row] = []
    if beside == 1 and where != "center":
        cells.append(Cell(title, align="right" if where == "left" else "left", size=size))
    elif beside == 2:
        above = [Row((Cell(title, align=where, size=size),))]
    line = [*above, Row(tuple(cells))] if cells else above
    if at_foot and line:  # set first, as far down as the sheet goes, and the rest above it
        down = int(Paper().height - Paper().top - Paper().bottom) / (points * Paper().leading * MM_PER_POINT)
        line[0] = replace(line[0], before=down - len(line) - 0.1)
        body[0] = replace(body[0], before=-down)
    return Letter("lainnya", "numbered", None, None, None, ((*line, *body),))
