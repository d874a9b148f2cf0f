"""Letters of old files in the spelling of their time: Van Ophuijsen's to 1947, Soewandi's to 1972."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

from samples.layout import Cell, Letter, Mark, Row
from samples.letters.office import MONTHS, OLD_MONTHS, name
from samples.letters.parts import Rows, heading, labelled, numbered, paragraph

_SOEWANDI = {"ny": "nj", "sy": "sj", "kh": "ch", "j": "dj", "c": "tj", "y": "j"}
_OPHUIJSEN = {**_SOEWANDI, "u": "oe"}
"""Today's letters and those of their time (facts of the domain, 4.2, read backwards)."""

_MATTERS = (
    (
        "Pembetulan jalan dan jembatan desa",
        "bahwa jalan desa dari pasar sampai ke jembatan kayu sudah rusak karena hujan yang terus-menerus, "
        "sehingga gerobak-gerobak yang mengangkut hasil bumi tidak dapat jalan lagi",
        "bahwa jembatan itu perlu ditutup sementara sampai ada kayu yang baru",
        "bahwa rakyat desa sudah bersedia untuk bekerja bersama-sama dengan bergotong-royong",
    ),
    (
        "Permintaan buku dan alat sekolah",
        "bahwa sekolah rakyat di desa kami sampai sekarang masih kekurangan buku, kapur dan papan tulis",
        "bahwa murid yang masuk pada tahun ini banyaknya seratus dua puluh orang",
        "bahwa guru-guru sudah mencoba mencari jalan lain, akan tetapi tidak cukup uangnya",
    ),
    (
        "Pembagian benih padi dan cangkul",
        "bahwa musim hujan sudah dekat, sedang benih padi yang dijanjikan belum juga sampai di kantor kami",
        "bahwa yang diperlukan ialah benih padi seberat dua ribu kilogram dan cangkul lima puluh buah",
        "bahwa pembagian akan dijalankan oleh sebuah panitia kecil yang diketuai oleh kepala desa",
    ),
    (
        "Keterangan tentang pajak pasar",
        "bahwa penerimaan pajak pasar dalam triwulan yang lalu berjumlah seribu dua ratus rupiah",
        "bahwa sejumlah pedagang minta supaya pajak itu dikurangi, karena dagangannya kurang laku",
        "bahwa menurut pendapat kami permintaan itu patut mendapat perhatian yang secukupnya",
    ),
)  # fmt: skip


def spelt(text: str, year: int) -> str:
    """A text of today as it was spelt in a year; 'terus-menerus' stays, 'anak-anak' becomes 'anak2'."""
    table = _OPHUIJSEN if year < 1947 else _SOEWANDI if year < 1972 else {}
    text = re.sub(r"\b(\w+)-\1\b", r"\g<1>2", text) if table else text
    return re.sub(r"ny|sy|kh|[jcyu]", lambda found: _as(found[0], table), text, flags=re.IGNORECASE)


def _as(letters: str, table: dict[str, str]) -> str:
    old = table.get(letters.lower(), letters.lower())
    if letters.isupper() and len(letters) > 1:
        return old.upper()
    return old.capitalize() if letters[0].isupper() else old


def lama(rng: random.Random) -> Letter:
    """A letter from a village or a district of the years 1932 to 1968."""
    year = rng.choice((1932, 1936, 1940, 1951, 1957, 1963, 1968))
    day = date(year, 1, 3) + timedelta(days=rng.randrange(350))
    matter, *points = rng.choice(_MATTERS)
    nomor = f"{1 + rng.randrange(900)}/{rng.choice('ABCD')}/{year % 100}"
    month = OLD_MONTHS.get(day.month, MONTHS[day.month - 1])
    rows: Rows = [
        heading(spelt("KANTOR KEPALA DISTRIK CONTOH", year), 0.5, "b", 1.15),
        heading(spelt("di CENDANA BARU", year), 0.0, ""),
        Row((Cell(spelt(f"Cendana Baru, {day.day} {month} {year}", year), 0.52, 0.48),), 1.0),
    ]
    for label, value in (("No.", nomor), ("Lampiran", "1 (satu)"), ("Perihal", matter)):
        rows.append(labelled(spelt(label, year), spelt(value, year)))
    to = "Kepada Yang Terhormat Tuan Kepala Kantor Karesidenan Umpama di Kota Percontohan"
    rows += [Row((Cell(spelt(to, year), 0.52, 0.45),), 0.8)]
    rows.append(paragraph(spelt(f"Dengan segala hormat, berhubung dengan surat Tuan tanggal {day.day} "
                                f"bulan yang lalu, bersama ini kami memaklumkan:", year), 1.0))  # fmt: skip
    rows += numbered([spelt(f"{point};", year) for point in points], before=0.4)
    closing = (
        "Maka dari itu kami mengharap supaya Tuan sudi menimbang permintaan tersebut dan memberi keputusan "
        "selekas mungkin, sebelum akhir bulan ini, agar pekerjaan jangan sampai tertunda-tunda.",
        "Kemudian atas perhatian dan bantuan Tuan kami ucapkan banyak terima kasih.",
    )
    rows += [paragraph(spelt(text, year), 0.6) for text in closing]
    rows += [
        Row((Cell(spelt("Kepala Distrik Contoh,", year), 0.55, 0.45),), 1.2),
        Row((), 3.2, marks=(Mark("signature", 0.58, 16.0, rise=-2.0),)),
        Row((Cell(spelt(name(rng, False), year), 0.55, 0.45, style="u"),)),
    ]
    return Letter("lainnya", "surat_lama", nomor, day.isoformat(), spelt(matter, year), (tuple(rows),))
