"""Papers that bear witness: minutes of an act, certificates, receipts."""

from __future__ import annotations

import random
from datetime import date, timedelta

from samples.layout import Cell, Letter, Mark, Row
from samples.letters.office import (
    DAYS,
    MONTHS,
    OFFICES,
    ROMAN,
    VILLAGES,
    Person,
    day_between,
    in_words,
    long_date,
    name,
    nik,
    number,
    person,
    rupiah,
    some_date,
    terbilang,
)
from samples.letters.parts import (
    Rows,
    heading,
    kop,
    labelled,
    paragraph,
    signature,
    table,
    two_signatures,
)
from samples.letters.topics import TOPICS

_ACTS = (
    ("SERAH TERIMA BARANG", "barang inventaris kantor dalam keadaan baik dan cukup"),
    ("SERAH TERIMA ARSIP INAKTIF", "arsip inaktif beserta daftar arsipnya"),
    ("PEMINDAHAN ARSIP", "arsip inaktif yang telah melewati jangka simpan aktif"),
    ("PEMUSNAHAN ARSIP", "arsip yang tidak memiliki nilai guna dan telah habis retensinya"),
    ("ALIH MEDIA ARSIP", "arsip kertas yang dialihmediakan menjadi arsip elektronik"),
    ("HASIL PEMERIKSAAN PEKERJAAN", "hasil pekerjaan sesuai dengan surat perintah kerja"),
)


def berita_acara(rng: random.Random) -> Letter:
    """Minutes of an act: the date in words, two parties, and a table of what changed hands."""
    office, day = rng.choice(OFFICES), day_between(rng, 2009, 2025)
    act, thing = rng.choice(_ACTS)
    serial = 1 + rng.randrange(200)
    nomor = rng.choice(
        (
            f"{serial:02}/BAST/{office.code}/{ROMAN[day.month - 1]}/{day.year}",
            number("045.3", "000.5.4", office, day, rng),
            f"BA-{serial}/{office.code}/{day.month:02}/{day.year}",
        )
    )
    digits = f" ({day:%d-%m-%Y})" if rng.random() < 0.4 else ""
    rows = [*kop(office, rng), heading("BERITA ACARA", 0.9, rng.choice(("b", "bt"))), heading(act, 0.0, "b")]
    rows.append(heading(f"{rng.choice(('NOMOR', 'Nomor'))} : {nomor}", style=""))
    where = rng.choice(
        (
            f"bertempat di {office.place}",
            f"bertempat di Kantor {office.name.title()}",
            "yang bertanda tangan di bawah ini",
        )
    )
    weekday = DAYS[day.weekday()]
    opening = (
        f"Pada hari ini {weekday} tanggal {_shape(in_words(day), rng)}{digits}, {where}, kami masing-masing:"
    )
    rows.append(paragraph(opening, 0.8))
    a, b = person(rng), person(rng)
    for n, (who, role) in enumerate(((a, "PIHAK PERTAMA"), (b, "PIHAK KEDUA"))):
        rows += _party(n, who, role)
    before = day - timedelta(days=10 + rng.randrange(300))
    cited = f"188.4/{serial + 7}/KEP/{before.year} tanggal {long_date(before, old=True)}"
    rows.append(
        paragraph(
            f"Berdasarkan Surat Keputusan Bupati Contoh Nomor {cited}, PIHAK PERTAMA menyerahkan "
            f"kepada PIHAK KEDUA {thing} dengan rincian sebagai berikut:"
        )
    )
    rows += _objects(rng, day)
    rows.append(
        paragraph(
            "Demikian Berita Acara ini dibuat dengan sebenarnya dalam rangkap 2 (dua) "
            "untuk dipergunakan sebagaimana mestinya."
        )
    )
    rows += two_signatures(("PIHAK KEDUA,",), ("PIHAK PERTAMA,",), b, a)
    return Letter("berita_acara", act.lower().replace(" ", "_"), nomor, day.isoformat(), None, (tuple(rows),))


def _shape(words: str, rng: random.Random) -> str:
    """The words of a date in one of the ways they are capitalised."""
    return rng.choice(
        (words, words.title(), words.replace("tahun", "Tahun"), words.title().replace("Bulan", "bulan"))
    )


def _party(n: int, who: Person, role: str) -> Rows:
    rows = [
        Row(
            (
                Cell(f"{n + 1}." if label == "Nama" else "", 0, 0.05),
                *labelled(label, value, 0.05, 0.15).cells,
            ),
            gap,
        )
        for label, value, gap in (("Nama", who.name, 0.3), ("NIP", who.nip, 0.0), ("Jabatan", who.job, 0.0))
    ]
    return [*rows, Row((Cell(f"selanjutnya disebut {role}.", 0.05, 0.95),))]


def _objects(rng: random.Random, day: date) -> Rows:
    body = [
        [
            f"{n + 1}",
            rng.choice(TOPICS).hal,
            f"{day.year - 9 + n}-{day.year - 6 + n}",
            f"{2 + rng.randrange(40)} boks",
            "Baik",
        ]
        for n in range(2 + rng.randrange(4))
    ]
    return table((0.07, 0.42, 0.2, 0.15, 0.16), ("No", "Uraian", "Kurun Waktu", "Jumlah", "Keterangan"), body)


_CERTIFICATES = (
    ("DOMISILI", "adalah benar penduduk yang berdomisili pada alamat tersebut di atas", "471"),
    ("USAHA", "benar memiliki usaha warung kelontong yang masih aktif sampai saat ini", "503"),
    ("TIDAK MAMPU", "benar berasal dari keluarga yang kurang mampu", "460"),
    ("BELUM MENIKAH", "sampai saat dikeluarkannya surat ini belum pernah menikah", "473"),
    ("PENGHASILAN", "mempunyai penghasilan rata-rata sebesar Rp1.500.000,00 setiap bulan", "472"),
)


def keterangan(rng: random.Random) -> Letter:
    """A certificate of a village: who signs, about whom (with a date of birth), what is true, what for."""
    office, day = rng.choice(VILLAGES), day_between(rng, 2010, 2025)
    what, truth, code = rng.choice(_CERTIFICATES)
    nomor = number(code, "400.12.2.1", office, day, rng)
    born = date(1950 + rng.randrange(50), 1 + rng.randrange(12), 1 + rng.randrange(28))
    woman, who = rng.random() < 0.5, person(rng)
    within = office.over.split("|")[1]
    rows = [
        *kop(office, rng),
        heading(f"SURAT KETERANGAN {what}", 1.0, "bu", 1.1),
        heading(f"Nomor : {nomor}", style=""),
    ]
    rows.append(paragraph(f"Yang bertanda tangan di bawah ini {office.head} {within.title()} "
                          "Kabupaten Contoh, menerangkan dengan sesungguhnya bahwa:", 0.9))  # fmt: skip
    for label, value in (
        ("Nama", name(rng, woman)),
        ("NIK", nik(born, woman)),
        (
            rng.choice(("Tempat/Tgl. Lahir", "Tempat, tanggal lahir")),
            f"Contoh, {rng.choice((long_date(born), f'{born:%d-%m-%Y}'))}",
        ),
        ("Jenis Kelamin", "Perempuan" if woman else "Laki-laki"),
        ("Agama", "Islam"),
        ("Pekerjaan", rng.choice(("Petani", "Wiraswasta", "Buruh Harian Lepas", "Mengurus Rumah Tangga"))),
        ("Alamat", f"RT 00{1 + rng.randrange(8)} RW 00{1 + rng.randrange(4)} {office.name.title()}"),
    ):
        rows.append(labelled(label, value, 0.06, 0.24))
    need = rng.choice(
        (
            "persyaratan beasiswa",
            "pengurusan administrasi bank",
            "persyaratan melamar pekerjaan",
            "keringanan biaya",
        )
    )
    rows.append(paragraph(f"Orang tersebut {truth}.", 0.6))
    rows.append(paragraph(f"Surat keterangan ini dibuat untuk keperluan {need}."))
    rows.append(
        paragraph(
            "Demikian surat keterangan ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya."
        )
    )
    rows += signature([f"{office.place}, {some_date(day, rng)}", f"{office.head},"], who, rng)
    return Letter(
        "keterangan",
        f"keterangan_{what.lower().replace(' ', '_')}",
        nomor,
        day.isoformat(),
        None,
        (tuple(rows),),
    )


def kwitansi(rng: random.Random) -> Letter:
    """A receipt: from whom, how much in digits and in words, what for; some carry no number."""
    office, day = rng.choice(OFFICES), day_between(rng, 2009, 2025)
    amount, roman = 25_000 * (3 + rng.randrange(900)), ROMAN[day.month - 1]
    numbers = (
        f"{1 + rng.randrange(300):03}/KW/{office.code}/{day.year}",
        f"{1 + rng.randrange(90):02}/GU/{roman}",
    )
    nomor = rng.choice((None, *numbers))
    corner = [("Tahun Anggaran", str(day.year)), ("Kode Rekening", "5.2.2.03.12")]
    if nomor:
        corner.append((rng.choice(("Nomor Bukti", "No.", "Nomor")), nomor))
    rows = [Row(tuple(Cell(t, x, w, size=0.9) for t, x, w in _corner(*pair))) for pair in corner]
    title = rng.choice(("KWITANSI", "KUITANSI", "K W I T A N S I", "KWITANSI / BUKTI PEMBAYARAN"))
    rows += [heading(title, 0.9, "bu", 1.3), Row(before=0.6)]
    payer = f"Bendahara Pengeluaran {office.name.title()}"
    for label, value in (
        (rng.choice(("Sudah terima dari", "Telah terima dari")), payer),
        (rng.choice(("Uang sejumlah", "Banyaknya uang")), f"== {terbilang(amount).title()} Rupiah =="),
        (rng.choice(("Untuk pembayaran", "Yaitu untuk")), _paid_for(rng, day)),
    ):
        rows.append(Row(labelled(label, value, width=0.24).cells, 0.5))
    sum_ = Cell(f"Terbilang : {rupiah(amount, rng)}", 0.0, 0.45, style="b", size=1.1)
    rows.append(Row((sum_,), 1.0, marks=(Mark("duty-stamp", 0.42, 20.0, rise=-34.0),)))
    dated = f"{office.place}, {some_date(day, rng)}"
    rows += [*signature([dated, "Yang menerima,"], person(rng), rng, stamp=False), Row(before=1.0)]
    left, right = ("Setuju dibayar,", "Pengguna Anggaran"), ("Lunas dibayar,", "Bendahara Pengeluaran")
    rows += two_signatures(left, right, person(rng), person(rng))
    return Letter("kwitansi", "kwitansi", nomor, day.isoformat(), None, (tuple(rows),))


def _corner(label: str, value: str) -> tuple[tuple[str, float, float], ...]:
    return (label, 0.52, 0.21), (f": {value}", 0.73, 0.27)


def _paid_for(rng: random.Random, day: date) -> str:
    """What was paid for; it may name another day than that of the receipt."""
    subject, month = rng.choice(TOPICS).hal.lower(), MONTHS[day.month - 1]
    before = long_date(day - timedelta(days=6))
    return rng.choice(
        (
            f"Biaya konsumsi rapat {subject} bulan {month} {day.year}",
            f"Belanja alat tulis kantor untuk kegiatan {subject}",
            f"Uang harian perjalanan dinas dalam rangka {subject} tanggal {before}",
            "Honorarium petugas pengelola arsip",
        )
    )
