"""Correspondence: ordinary letters, invitations, notes within an office, circulars."""

from __future__ import annotations

import random
from datetime import date, timedelta

from samples.layout import Cell, Letter, Row
from samples.letters.office import DAYS, OFFICES, Office, long_date, number, person, some_date
from samples.letters.parts import (
    Rows,
    attachment,
    authority,
    copies,
    heading,
    kop,
    labelled,
    numbered,
    paragraph,
    settled,
    signature,
    staff_table,
)
from samples.letters.topics import LAWS, MEETINGS, Topic, occasion

_TO = (
    "Kepala Dinas Kesehatan", "Kepala Dinas Pendidikan dan Kebudayaan", "Para Camat se-Kabupaten Contoh",
    "Kepala Bagian Hukum Sekretariat Daerah", "Sekretaris Daerah Kabupaten Contoh", "Direktur RSUD Contoh",
)  # fmt: skip


def surat_dinas(rng: random.Random) -> Letter:
    """An ordinary official letter, which cites another one before it comes to the point."""
    office, topic, day = occasion(rng)
    nomor, hal = number(topic.old, topic.new, office, day, rng), topic.hal
    if rng.random() < 0.4:
        hal = f"{hal} Tahun {day.year}"
    enclosed = rng.random() < 0.35
    rows = kop(office, rng) + _block(rng, office, day, nomor, hal, "1 (satu) berkas" if enclosed else "-")
    rows += [
        paragraph(_opening(rng, topic, day), 0.8, 0.0),
        *numbered(f"{_upper(text)};" for text in topic.body),
    ]
    if rng.random() < 0.5:
        rows.append(
            paragraph(
                f"Informasi lebih lanjut dapat menghubungi Sdr. {person(rng).name}, "
                f"telepon (0000) 000{100 + rng.randrange(800)}."
            )
        )
    rows += _close(
        rng, office, "Demikian disampaikan, atas perhatian dan kerja samanya diucapkan terima kasih."
    )
    sheets = [tuple(rows)]
    if enclosed:
        sheets.append(tuple(_enclosure(rng, office, nomor, day, hal)))
    return Letter("surat_dinas", "surat_dinas", nomor, day.isoformat(), hal, tuple(sheets))


def undangan(rng: random.Random) -> Letter:
    """An invitation, whose event has a date of its own."""
    office, topic, day = occasion(rng)
    event = day + timedelta(days=4 + rng.randrange(12))
    event -= timedelta(days=max(0, event.weekday() - 4))
    nomor = number("005", "000.1.5", office, day, rng)
    what = f"{rng.choice(MEETINGS)} {topic.hal}"
    hal = rng.choice(("Undangan", "Undangan", f"Undangan {what}", "Undangan Rapat"))
    rows = kop(office, rng) + _block(rng, office, day, nomor, hal, rng.choice(("-", "1 (satu) lembar")))
    reason = f"Dalam rangka {topic.hal.lower()}, dengan hormat mengundang Saudara untuk hadir pada:"
    rows += [paragraph(reason, 0.8), Row(before=0.3)]
    hour = 8 + rng.randrange(5)
    place = rng.choice(
        ("Aula Kantor Bupati Contoh", f"Ruang Rapat {office.name.title()}", "Pendopo Kabupaten Contoh")
    )
    for label, value in (
        (
            rng.choice(("Hari/tanggal", "Hari, tanggal", "Hari / Tanggal")),
            f"{DAYS[event.weekday()]}, {long_date(event)}",
        ),
        (rng.choice(("Waktu", "Pukul", "Jam")), f"{hour:02}.{rng.choice(('00', '30'))} WIB s.d. selesai"),
        ("Tempat", place),
        ("Acara", what),
    ):
        rows.append(labelled(label, value, 0.1, 0.18))
    end = "Demikian undangan ini disampaikan, atas kehadiran Saudara tepat waktu diucapkan terima kasih."
    rows += _close(rng, office, end)
    sheets = [tuple(rows)]
    if rng.random() < 0.3:
        guests = [person(rng) for _ in range(6 + rng.randrange(8))]
        list_ = [*attachment("Lampiran Surat Undangan", nomor, day, hal), heading("DAFTAR UNDANGAN", 1.0)]
        sheets.append(tuple(list_ + staff_table(rng, guests, ("Peserta",))))
    return Letter("undangan", "undangan", nomor, day.isoformat(), hal, tuple(sheets))


def nota_dinas(rng: random.Random) -> Letter:
    """A note within an office: no stamp, its fields in a block under the heading."""
    office, topic, day = occasion(rng)
    nomor = (
        f"{rng.choice(('ND-', '', 'ND/'))}{number(topic.old, topic.new, office, day, rng).removeprefix('B-')}"
    )
    who, hal = person(rng), topic.hal
    spread = "bt" if rng.random() < 0.5 else "b"
    fields = [
        (rng.choice(("Kepada", "Yth.")), office.head),
        ("Dari", who.job),
        (rng.choice(("Tanggal", "Tgl.")), some_date(day, rng)),
        ("Nomor", nomor),
        ("Sifat", rng.choice(("Biasa", "Segera", "Penting"))),
        ("Lampiran", rng.choice(("-", "1 (satu) berkas"))),
        (rng.choice(("Hal", "Perihal")), hal),
    ]
    if rng.random() < 0.5:
        fields.insert(2, fields.pop(3))
    rows = [*kop(office, rng), heading("NOTA DINAS", 1.0, spread, 1.15), Row(before=0.4)]
    rows += [labelled(label, value) for label, value in fields]
    rows += [Row(rule="double"), paragraph(_opening(rng, topic, day), 0.8)]
    rows += numbered(f"{_upper(text)}." for text in topic.body)
    rows.append(paragraph("Demikian disampaikan, mohon arahan dan petunjuk lebih lanjut."))
    rows += signature([f"{who.job},"], who, rng, stamp=False)
    return Letter("nota_dinas", "nota_dinas", nomor, day.isoformat(), hal, (tuple(rows),))


def edaran(rng: random.Random) -> Letter:
    """A circular: addressees first, then its heading, number and subject, then lettered sections."""
    office, topic, day = occasion(rng)
    nomor = rng.choice(
        (f"SE-{1 + rng.randrange(60)}/{office.code}/{day.year}", number("065", "000.8.3", office, day, rng))
    )
    hal = rng.choice(("{}", "Pelaksanaan {}", "Tertib {}")).format(topic.hal)
    if hal.startswith("Pelaksanaan Pelaksanaan"):
        hal = topic.hal
    to = ["Para Kepala Perangkat Daerah;", "Para Camat;", "Para Kepala Desa/Lurah"]
    rows = [*kop(office, rng), Row((Cell("Yth."),), 0.6), *numbered(to, 0.04, before=0.0)]
    rows += [
        Row((Cell("di lingkungan Pemerintah Kabupaten Contoh"),)),
        heading("SURAT EDARAN", 0.8, rng.choice(("b", "bt"))),
    ]
    rows += [
        heading(f"NOMOR {rng.choice(('', ': '))}{nomor}", style=""),
        heading("TENTANG", 0.3, rng.choice(("b", "bt"))),
    ]
    rows += [heading(hal.upper(), 0.2)]
    sections = (
        ("Umum", f"Bahwa {topic.body[0]}."),
        ("Maksud dan Tujuan", f"Surat Edaran ini dimaksudkan sebagai pedoman agar {topic.body[1]}."),
        ("Ruang Lingkup", f"Ruang lingkup Surat Edaran ini mengatur bahwa {topic.body[2]}."),
        ("Dasar", rng.choice(LAWS)),
    )
    for mark, (title, text) in zip("ABCD", sections, strict=True):
        rows += [
            Row((Cell(f"{mark}.", 0.0, 0.05), Cell(title, 0.05, 0.9, style="b")), 0.35),
            paragraph(text, 0.0, 0.05),
        ]
    rows.append(paragraph("Demikian Surat Edaran ini untuk dilaksanakan dengan penuh tanggung jawab."))
    rows += settled(office, day, rng) + signature(authority(office, rng), person(rng), rng) + copies(rng)
    return Letter("edaran", "edaran", nomor, day.isoformat(), hal, (tuple(rows),))


def _block(rng: random.Random, office: Office, day: date, nomor: str, hal: str, enclosed: str) -> Rows:
    """Number, urgency, enclosures and subject, with date and addressee in one of two places."""
    dated = f"{office.place}, {some_date(day, rng)}"
    nature = rng.choice(("Biasa", "Segera", "Penting", "Sangat Segera"))
    fields = [
        (rng.choice(("Nomor", "Nomor", "No.")), nomor),
        ("Sifat", nature),
        (rng.choice(("Lampiran", "Lampiran", "Lamp.")), enclosed),
        (rng.choice(("Hal", "Perihal", "Hal")), hal),
    ]
    if rng.random() < 0.2:
        del fields[1]
    to = rng.choice(_TO)
    if rng.random() < 0.5:
        return _new_block(fields, dated, to)
    return _old_block(fields, dated, to)


def _new_block(fields: list[tuple[str, str]], dated: str, to: str) -> Rows:
    """The date beside the number, the addressee below the subject on the left."""
    first, *rest = (labelled(label, value, room=0.42) for label, value in fields)
    top = Row((*first.cells, Cell(dated, 0.6, 0.4, "right")), 0.8)
    return [
        top,
        *rest,
        *(Row((Cell(text),), gap) for text, gap in ((f"Yth. {to}", 0.9), ("di", 0), ("Tempat", 0))),
    ]


def _old_block(fields: list[tuple[str, str]], dated: str, to: str) -> Rows:
    """The date above, the addressee on the right beside the subject, as before 2023."""
    right = ["Kepada", f"Yth. {to}", "di -", "     Cendana Baru"]
    rows: Rows = [Row((Cell(dated, 0.58, 0.42),), 0.8)]
    for n in range(max(len(fields), len(right))):
        cells = labelled(*fields[n], room=0.38).cells if n < len(fields) else ()
        beside = (Cell(right[n], 0.58, 0.42),) if n < len(right) else ()
        rows.append(Row((*cells, *beside)))
    return rows


def _opening(rng: random.Random, topic: Topic, day: date) -> str:
    """Why the letter is written; it cites an older paper by number and date."""
    before = day - timedelta(days=5 + rng.randrange(60))
    other = number(topic.old, topic.new, rng.choice(OFFICES), before, rng)
    who = rng.choice(("Bupati Contoh", "Gubernur Contoh Raya", "Sekretaris Daerah Kabupaten Contoh"))
    kind = rng.choice(("surat", "Surat Edaran", "Instruksi"))
    link = rng.choice(("Menindaklanjuti", "Menunjuk", "Memperhatikan", "Berdasarkan"))
    about = topic.hal.lower()
    return (
        f"{link} {kind} {who} Nomor {other} tanggal {long_date(before, old=True)} perihal {about}, "
        "bersama ini disampaikan hal-hal sebagai berikut:"
    )


def _close(rng: random.Random, office: Office, words: str) -> Rows:
    return [paragraph(words), *signature(authority(office, rng), person(rng), rng), *copies(rng)]


def _enclosure(rng: random.Random, office: Office, nomor: str, day: date, hal: str) -> Rows:
    """An enclosed list of staff, headed by the number, date and subject of its letter."""
    people = [person(rng) for _ in range(5 + rng.randrange(9))]
    head = attachment(f"Lampiran Surat {office.head}", nomor, day, hal)
    return [*head, heading("DAFTAR NAMA PETUGAS", 1.0), *staff_table(rng, people, ("Koordinator", "Petugas"))]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
