"""The invented world of the samples: offices, people, numbers, dates and sums as offices write them.

Nothing here belongs to anybody: places are called Contoh, every NIK has kecamatan code 00 and sequence 0000,
every NIP ends in 000, telephone numbers begin with (0000).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
OLD_MONTHS = {2: "Pebruari", 11: "Nopember"}
SHORT_MONTHS = ("Jan", "Peb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sept", "Okt", "Nop", "Des")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jum'at", "Sabtu", "Minggu")


@dataclass(frozen=True, slots=True)
class Office:
    """An invented office: the lines of its letterhead, its code in letter numbers, and who heads it."""

    over: str
    name: str
    code: str
    head: str
    place: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """An invented official."""

    name: str
    nip: str
    rank: str
    job: str


_PEMKAB, _SEAT = "PEMERINTAH KABUPATEN CONTOH", "Cendana Baru"
_JALAN = "Jalan Percontohan Nomor {} Cendana Baru, Telepon (0000) 000{}, Kode Pos 00000"
OFFICES = (
    Office(_PEMKAB, "SEKRETARIAT DAERAH", "Setda", "Sekretaris Daerah", _SEAT, _JALAN.format(1, 101)),
    Office(
        _PEMKAB, "DINAS PENDIDIKAN DAN KEBUDAYAAN", "Disdikbud",
        "Kepala Dinas Pendidikan dan Kebudayaan", _SEAT, _JALAN.format(12, 112),
    ),
    Office(_PEMKAB, "DINAS KESEHATAN", "Dinkes", "Kepala Dinas Kesehatan", _SEAT, _JALAN.format(7, 107)),
    Office(
        _PEMKAB, "DINAS KEARSIPAN DAN PERPUSTAKAAN", "Arpus",
        "Kepala Dinas Kearsipan dan Perpustakaan", _SEAT, _JALAN.format(3, 103),
    ),
    Office(
        _PEMKAB, "BADAN KEPEGAWAIAN DAN PENGEMBANGAN SUMBER DAYA MANUSIA", "BKPSDM",
        "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", _SEAT, _JALAN.format(21, 121),
    ),
    Office(
        _PEMKAB, "DINAS PEKERJAAN UMUM DAN PENATAAN RUANG", "PUPR",
        "Kepala Dinas Pekerjaan Umum dan Penataan Ruang", _SEAT, _JALAN.format(45, 145),
    ),
    Office(_PEMKAB, "KECAMATAN CENDANA BARU", "Kec.CB", "Camat Cendana Baru", _SEAT, _JALAN.format(2, 102)),
    Office(
        _PEMKAB, "KECAMATAN PINANG CONTOH", "Kec-PC", "Camat Pinang Contoh", "Pinang Contoh",
        "Jalan Raya Umpama Km. 4 Pinang Contoh, Telepon (0000) 000204, Kode Pos 00000",
    ),
)  # fmt: skip
VILLAGES = (
    Office(
        _PEMKAB + "|KECAMATAN CENDANA BARU", "KELURAHAN MELATI CONTOH", "Kel-MC", "Lurah Melati Contoh",
        "Melati Contoh", "Jalan Melati Percontohan Nomor 9, Kode Pos 00000",
    ),
    Office(
        _PEMKAB + "|KECAMATAN PINANG CONTOH", "DESA SUKA CONTOH", "DS-SC", "Kepala Desa Suka Contoh",
        "Suka Contoh", "Jalan Balai Desa Nomor 1 Suka Contoh, Kode Pos 00000",
    ),
)  # fmt: skip

_MEN = ("Budi", "Agus", "Joko", "Rahmat", "Hendra", "Bambang", "Yusuf", "Dedi")
_WOMEN = ("Siti", "Dewi", "Sri", "Nur", "Wati", "Ratna", "Lestari", "Ayu")
_LAST = ("Contoh", "Percontohan", "Umpama", "Misalnya", "Teladan Contoh", "Purwa Contoh")
_TITLES = ("{}, S.Sos., M.Si.", "{}, S.H.", "{}, S.Pd.", "Ir. {}, M.T.", "{}")
_MENS_TITLES = (*_TITLES, "Drs. {}", "H. {}, S.E.")
_WOMENS_TITLES = (*_TITLES, "Dra. {}, M.M.", "Hj. {}, S.E.")
RANKS = (
    "Pembina Utama Muda (IV/c)",
    "Pembina Tk. I (IV/b)",
    "Pembina (IV/a)",
    "Penata Tk. I (III/d)",
    "Penata (III/c)",
)
JOBS = (
    "Kepala Bidang Kearsipan", "Kepala Subbagian Umum dan Kepegawaian", "Analis Kebijakan Ahli Muda",
    "Arsiparis Ahli Pertama", "Pengelola Keuangan", "Kepala Seksi Pemerintahan", "Pengadministrasi Umum",
)  # fmt: skip


def name(rng: random.Random, woman: bool) -> str:
    """A name that says it is an example."""
    return f"{rng.choice(_WOMEN if woman else _MEN)} {rng.choice(_LAST)}"


def person(rng: random.Random) -> Person:
    """An official with rank, job and a NIP that belongs to nobody."""
    born = date(1958 + rng.randrange(22), 1 + rng.randrange(12), 1 + rng.randrange(28))
    began, woman = f"{born.year + 23 + rng.randrange(6)}{1 + rng.randrange(12):02}", rng.random() < 0.5
    titled = rng.choice(_WOMENS_TITLES if woman else _MENS_TITLES).format(name(rng, woman))
    nip = f"{born:%Y%m%d} {began} {1 + woman} 000"
    return Person(titled, nip, rng.choice(RANKS), rng.choice(JOBS))


def nik(born: date, woman: bool) -> str:
    """A NIK that can belong to nobody: kecamatan 00 and sequence 0000."""
    return f"510000{born.day + 40 * woman:02}{born:%m%y}0000"


def day_between(rng: random.Random, first: int, last: int) -> date:
    """A working day of the years first to last."""
    day = date(first, 1, 2) + timedelta(days=rng.randrange(365 * (last - first + 1) - 5))
    return day - timedelta(days=max(0, day.weekday() - 4))


def long_date(day: date, old: bool = False) -> str:
    """``12 November 2019``, or as old paper spells it ``12 Nopember 2019``."""
    month = OLD_MONTHS.get(day.month, MONTHS[day.month - 1]) if old else MONTHS[day.month - 1]
    return f"{day.day} {month} {day.year}"


def some_date(day: date, rng: random.Random) -> str:
    """The date in one of the spellings that offices use."""
    match rng.randrange(10):
        case 0:
            return f"{day:%d-%m-%Y}"
        case 1:
            return f"{day.day:02} {SHORT_MONTHS[day.month - 1]} {day.year}"
        case 2:
            return f"{day:%d/%m/%Y}"
        case 3:
            return f"{day.day:02} {OLD_MONTHS.get(day.month, MONTHS[day.month - 1])} {day.year}"
        case 4 | 5 | 6:
            return long_date(day, old=True)
    return long_date(day)


_ONES = (
    "",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)


def terbilang(n: int) -> str:
    """A number from 1 to below a trillion in Indonesian words."""
    if n < 12:
        return _ONES[n]
    if n < 20:
        return f"{_ONES[n - 10]} belas"
    if n < 100:
        return f"{_ONES[n // 10]} puluh {_ONES[n % 10]}".strip()
    if n < 200:
        return f"seratus {terbilang(n - 100)}".strip()
    if 1000 <= n < 2000:
        return f"seribu {terbilang(n - 1000)}".strip()
    for size, word in ((10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus")):
        if n >= size:
            return f"{terbilang(n // size)} {word} {terbilang(n % size)}".strip()
    raise AssertionError(n)


def in_words(day: date) -> str:
    """``dua belas bulan Maret tahun dua ribu sembilan belas``, as berita acara write it."""
    return f"{terbilang(day.day)} bulan {MONTHS[day.month - 1]} tahun {terbilang(day.year)}"


def rupiah(amount: int, rng: random.Random) -> str:
    """``Rp1.250.000,00`` in one of its spellings."""
    digits = f"{amount:,}".replace(",", ".")
    return rng.choice(("Rp{},00", "Rp {},-", "Rp. {},00", "Rp. {},-")).format(digits)


def number(old: str, new: str, office: Office, day: date, rng: random.Random) -> str:
    """A letter number: old three-digit klasifikasi before 2023, dotted ones after Permendagri 83/2022."""
    serial, code = 1 + rng.randrange(1800), office.code
    if day.year >= 2023:
        return rng.choice((f"{new}/{serial}/{code}", f"{new}/{serial}/{code}/{day.year}", f"{new}/{serial}"))
    forms = (
        f"{old}/{serial}/{code}/{day.year}",
        f"{old}/{serial}/{ROMAN[day.month - 1]}/{day.year}",
        f"{old}/{serial:04}/{code}",
        f"{old}/{serial}-{code}/{ROMAN[day.month - 1]}/{day.year}",
        f"{old}/{serial:03}",
        f"B-{serial}/{code}/{old}/{day.month:02}/{day.year}",
    )
    return rng.choice(forms)
