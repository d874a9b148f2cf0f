"""Papers that are mostly rules and boxes: filled forms, tables of figures, and a card like a KTP."""

from __future__ import annotations

import random
from datetime import date, timedelta

from samples.layout import Cell, Letter, Mark, Paper, Row
from samples.letters.office import OFFICES, VILLAGES, day_between, long_date, name, nik, person
from samples.letters.parts import Rows, heading, kop, paragraph, signature, table

CARD = Paper(85.6, 54.0, left=3.0, right=2.5, top=3.0, bottom=0.5, point=6.6, leading=1.22)
"""A card of ISO/IEC 7810 ID-1."""
_RELIGIONS = ("ISLAM", "KRISTEN", "KATOLIK", "HINDU", "BUDHA")
_WORK = ("PETANI/PEKEBUN", "WIRASWASTA", "KARYAWAN SWASTA", "MENGURUS RUMAH TANGGA", "PELAJAR/MAHASISWA")
_PLACES = ("CENDANA BARU", "PINANG CONTOH", "MELATI CONTOH", "SUKA CONTOH")


def formulir(rng: random.Random) -> Letter:
    """A filled application form: numbered entries over ruled lines, boxes to tick, a row of digits."""
    day, woman = day_between(rng, 2009, 2025), rng.random() < 0.5
    born = date(1962 + rng.randrange(40), 1 + rng.randrange(12), 1 + rng.randrange(28))
    who, sex = name(rng, woman).upper(), "PEREMPUAN" if woman else "LAKI-LAKI"
    entries = (
        ("Nama Lengkap", who),
        ("NIK", " ".join(nik(born, woman)[n : n + 4] for n in range(0, 16, 4))),
        ("Tempat/Tanggal Lahir", f"{rng.choice(_PLACES)}, {born:%d-%m-%Y}"),
        ("Jenis Kelamin", sex),
        ("Agama", rng.choice(_RELIGIONS)),
        ("Pekerjaan", rng.choice(_WORK)),
        ("Alamat", f"JALAN PERCONTOHAN NOMOR {1 + rng.randrange(90)} RT 0{1 + rng.randrange(9)} RW 001"),
        ("Desa/Kelurahan", rng.choice(_PLACES[2:])),
        ("Kecamatan", rng.choice(_PLACES[:2])),
        ("Nama Ayah", name(rng, False).upper()),
        ("Nama Ibu", name(rng, True).upper()),
        ("Keperluan", rng.choice(("PERUBAHAN DATA", "KARTU HILANG", "PINDAH ALAMAT", "PEREKAMAN BARU"))),
    )
    rows = [*kop(rng.choice(VILLAGES), rng), heading("FORMULIR PERMOHONAN", 0.8, "b", 1.15)]
    rows.append(heading("KARTU TANDA PENDUDUK ELEKTRONIK", 0.0, "b"))
    rows.append(paragraph("Perhatian: harap diisi dengan huruf cetak dan tinta hitam.", 0.6))
    for n, (label, value) in enumerate(entries, start=1):
        cells = (Cell(f"{n}.", 0, 0.05), Cell(label, 0.05, 0.3), Cell(value, 0.35, 0.65))
        rows.append(Row(cells, 0.15 if n > 1 else 0.5, "box"))
    boxes = (("Baru", "Perpanjangan", "Penggantian"), ("Fotokopi KK", "Surat Pengantar RT/RW", "Pasfoto 3x4"))
    for choices in boxes:
        chosen = rng.randrange(3)
        ticks = tuple(
            Cell(f"{'[X]' if n == chosen else '[ ]'} {text}", 0.05 + 0.31 * n, 0.3)
            for n, text in enumerate(choices)
        )
        rows.append(Row(ticks, 0.5))
    place = f"{rng.choice(VILLAGES).place}, {long_date(day)}"
    rows += signature([place, "Pemohon,"], None, rng, stamp=False)
    rows.append(Row((Cell(who, 0.55, 0.45),)))
    return Letter("lainnya", "formulir", None, day.isoformat(), None, (tuple(rows),))


def rekapitulasi(rng: random.Random) -> Letter:
    """A page of figures in small print: account codes, budgets, what was spent and what is left."""
    office, year = rng.choice(OFFICES), 2010 + rng.randrange(15)
    works = (
        "Belanja Alat Tulis Kantor", "Belanja Cetak dan Penggandaan", "Belanja Makanan dan Minuman Rapat",
        "Belanja Perjalanan Dinas Dalam Daerah", "Belanja Pemeliharaan Kendaraan", "Belanja Jasa Kebersihan",
        "Belanja Honorarium Narasumber", "Belanja Modal Peralatan Komputer", "Belanja Sewa Gedung",
        "Belanja Langganan Listrik", "Belanja Bahan Bakar Minyak", "Belanja Kawat dan Internet",
    )  # fmt: skip
    body, sums = [], [0, 0]
    for n in range(18 + rng.randrange(6)):
        budget = 250_000 * (4 + rng.randrange(400))
        spent = budget * rng.randrange(40, 100) // 100
        sums = [sums[0] + budget, sums[1] + spent]
        code = f"5.2.{1 + n // 8}.{1 + n % 8:02}.{1 + rng.randrange(40):02}"
        share = f"{spent / budget * 100:.2f}".replace(".", ",")
        body.append([f"{n + 1}", code, rng.choice(works), _sum(budget), _sum(spent), share])
    body.append(["", "", "JUMLAH", _sum(sums[0]), _sum(sums[1]), ""])
    rows = [heading(f"REKAPITULASI REALISASI ANGGARAN TAHUN {year}", 0.0, "b", 1.1)]
    rows.append(heading(office.name, 0.0, "b"))
    head = ("No", "Kode Rekening", "Uraian", "Anggaran (Rp)", "Realisasi (Rp)", "%")
    rows += table((0.05, 0.15, 0.38, 0.16, 0.16, 0.1), head, body, 0.76)
    day = date(year, 12, 31)
    rows += signature(
        [f"{office.place}, {long_date(day)}", "Bendahara,"], person(rng), rng, stamp=False, at=0.6
    )
    return Letter("lainnya", "rekapitulasi", None, day.isoformat(), None, (tuple(rows),))


def _sum(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def kartu(rng: random.Random) -> Letter:
    """A card laid out like a KTP, with data that cannot be anybody's; to be placed on ``CARD``."""
    woman = rng.random() < 0.5
    born = date(1962 + rng.randrange(40), 1 + rng.randrange(12), 1 + rng.randrange(28))
    given = date(2012, 1, 2) + timedelta(days=rng.randrange(4000))
    entries = (
        ("Nama", name(rng, woman).upper()),
        ("Tempat/Tgl Lahir", f"{rng.choice(_PLACES)}, {born:%d-%m-%Y}"),
        ("Jenis Kelamin", f"{'PEREMPUAN' if woman else 'LAKI-LAKI'} Gol. Darah : {rng.choice('ABO')}"),
        ("Alamat", f"JL. PERCONTOHAN NO. {1 + rng.randrange(90)}"),
        ("RT/RW", f"00{1 + rng.randrange(9)}/00{1 + rng.randrange(9)}"),
        ("Kel/Desa", rng.choice(_PLACES[2:])),
        ("Kecamatan", rng.choice(_PLACES[:2])),
        ("Agama", rng.choice(_RELIGIONS)),
        ("Status Perkawinan", rng.choice(("KAWIN", "BELUM KAWIN"))),
        ("Pekerjaan", rng.choice(_WORK)),
        ("Kewarganegaraan", "WNI"),
        ("Berlaku Hingga", "SEUMUR HIDUP"),
    )
    rows: Rows = [
        heading("PROVINSI CONTOH RAYA", 0.0, "b", 1.15),
        heading("KABUPATEN CONTOH", 0.0, "b", 1.15),
    ]
    number = (Cell("NIK", 0.0, 0.2, size=1.25), Cell(f": {nik(born, woman)}", 0.2, 0.6, style="b", size=1.25))
    rows.append(Row(number, 0.25))
    for n, (label, value) in enumerate(entries):
        cells = (Cell(label, 0.0, 0.26), Cell(f": {value}", 0.26, 0.46))
        marks = (Mark("photo", 0.76, 20.0, rise=0.0),) if n == 6 else ()
        rows.append(Row(cells, marks=marks))
    rows[-2] = Row((*rows[-2].cells, Cell("CENDANA BARU", 0.74, 0.26, "center", size=0.85)))
    rows[-1] = Row((*rows[-1].cells, Cell(f"{given:%d-%m-%Y}", 0.74, 0.26, "center", size=0.85)))
    return Letter("ktp", "ktp", None, None, None, (tuple(rows),))
