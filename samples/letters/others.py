"""Papers that are none of the ten types: travel forms, notices, reports, attendance lists, routing slips."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from samples.layout import Cell, Letter, Row
from samples.letters.mail import surat_dinas
from samples.letters.office import (
    DAYS,
    OFFICES,
    Office,
    long_date,
    number,
    person,
    some_date,
    terbilang,
)
from samples.letters.parts import (
    Rows,
    authority,
    heading,
    kop,
    labelled,
    numbered,
    paragraph,
    settled,
    signature,
    table,
)
from samples.letters.topics import MEETINGS, TOPICS, occasion


def lainnya(rng: random.Random) -> Letter:
    """One of the forms that belong to no type of their own."""
    writers = (sppd, pengumuman, laporan, daftar_hadir, disposisi)
    return rng.choice(writers)(rng)


def sppd(rng: random.Random) -> Letter:
    """A travel form with numbered rows; it looks like an assignment and is none."""
    office, topic, day = occasion(rng)
    nomor, who = number("090", "000.1.2.3", office, day, rng), person(rng)
    start, days = day + timedelta(days=2), 1 + rng.randrange(5)
    end = start + timedelta(days=days - 1)
    rows = kop(office, rng)
    for label, value in (("Lembar ke", ""), ("Kode No.", ""), ("Nomor", nomor)):
        rows.append(labelled(label, value, 0.58, 0.12))
    rows += [heading("SURAT PERINTAH PERJALANAN DINAS", 0.6, "b"), heading("(SPPD)", 0.0, "b")]
    lines = (
        ("Pejabat yang memberi perintah", office.head),
        ("Nama/NIP pegawai yang diperintahkan", f"{who.name} / {who.nip}"),
        ("a. Pangkat dan golongan b. Jabatan c. Tingkat biaya", f"a. {who.rank} b. {who.job} c. C"),
        ("Maksud perjalanan dinas", topic.hal),
        ("Alat angkut yang dipergunakan", "Kendaraan dinas"),
        ("a. Tempat berangkat b. Tempat tujuan", f"a. {office.place} b. Kota Umpama"),
        ("a. Lamanya perjalanan dinas b. Tanggal berangkat c. Tanggal harus kembali",
         f"a. {days} ({terbilang(days)}) hari b. {long_date(start)} c. {long_date(end)}"),
        ("Pengikut : Nama", "-"),
        ("Pembebanan anggaran a. Instansi b. Mata anggaran", f"a. {office.name.title()} b. 5.2.2.15.01"),
        ("Keterangan lain-lain", "-"),
    )  # fmt: skip
    body = [[f"{n + 1}.", label, value] for n, (label, value) in enumerate(lines)]
    rows += table((0.07, 0.43, 0.5), ("No.", "Uraian", "Keterangan"), body)
    rows += settled(office, day, rng) + signature(authority(office, rng), person(rng), rng)
    return Letter("lainnya", "sppd", nomor, day.isoformat(), None, (tuple(rows), tuple(_reverse())))


def _reverse() -> Rows:
    """The back of a travel form, where every place stamps arrival and departure."""
    rows: Rows = []
    for mark in ("I.", "II.", "III.", "IV."):
        left = f"{mark} Tiba di : ................ Pada tanggal : ................ Kepala : ................"
        right = "Berangkat dari : ................ Ke : ................ Pada tanggal : ................"
        rows.append(Row((Cell(left, 0.0, 0.5), Cell(right, 0.5, 0.5)), 0.0, "box"))
    note = (
        "V. Telah diperiksa dengan keterangan bahwa perjalanan tersebut atas perintahnya dan "
        "semata-mata untuk kepentingan jabatan dalam waktu yang sesingkat-singkatnya."
    )
    return [*rows, Row((Cell(note),), rule="box"), Row((Cell("VI. CATATAN LAIN-LAIN"),), rule="box")]


def pengumuman(rng: random.Random) -> Letter:
    """A public notice with a number and a subject."""
    office, topic, day = occasion(rng)
    nomor = number(topic.old, topic.new, office, day, rng)
    rows = [*kop(office, rng), heading("PENGUMUMAN", 1.0, "bt", 1.2), heading(f"NOMOR : {nomor}", style="")]
    rows += [heading("TENTANG", 0.3, "b"), heading(topic.hal.upper(), 0.2)]
    rows.append(
        paragraph("Diumumkan kepada seluruh masyarakat Kabupaten Contoh hal-hal sebagai berikut:", 0.8)
    )
    rows += numbered(f"{text[:1].upper()}{text[1:]}." for text in topic.body)
    rows.append(paragraph("Demikian pengumuman ini disampaikan untuk diketahui."))
    rows += settled(office, day, rng) + signature(authority(office, rng), person(rng), rng)
    return Letter("lainnya", "pengumuman", nomor, day.isoformat(), topic.hal, (tuple(rows),))


def laporan(rng: random.Random) -> Letter:
    """A report of two pages with chapters; it cites the assignment it reports on and has no number."""
    office, topic, day = occasion(rng)
    before = day - timedelta(days=7)
    cited = number("094", "000.1.2.3", office, before, rng)
    rows = [
        *kop(office, rng),
        heading("LAPORAN", 1.0, "b", 1.15),
        heading("TENTANG", 0.2, "b"),
        heading(topic.hal.upper(), 0.2),
    ]
    basis = f"Surat Perintah Tugas {office.head} Nomor {cited} tanggal {long_date(before)}."
    when = f"Kegiatan dilaksanakan pada hari {DAYS[before.weekday()]}, {long_date(before)}"
    chapters = (
        ("I. PENDAHULUAN", ("Umum", "Maksud dan Tujuan", "Dasar"), (topic.body[0], topic.body[1], basis)),
        ("II. KEGIATAN YANG DILAKSANAKAN", ("Waktu dan Tempat", "Pelaksanaan"), (when, topic.body[2])),
    )  # fmt: skip
    for title, names, texts in chapters:
        rows.append(Row((Cell(title, style="b"),), 0.6))
        for mark, head, text in zip("ABC", names, texts, strict=False):
            rows += [
                Row((Cell(f"{mark}.", 0.03, 0.05), Cell(head, 0.08, 0.9)), 0.3),
                paragraph(f"{text[:1].upper()}{text[1:]}.", 0.1, 0.08),
            ]
    second: Rows = [Row((Cell("III. HASIL YANG DICAPAI", style="b"),))]
    second += numbered(f"{text[:1].upper()}{text[1:]}." for text in rng.choice(TOPICS).body)
    second += [
        Row((Cell("IV. SIMPULAN DAN SARAN", style="b"),), 0.6),
        paragraph("Kegiatan telah dilaksanakan dengan baik dan lancar."),
    ]
    second += [
        Row((Cell("V. PENUTUP", style="b"),), 0.6),
        paragraph("Demikian laporan ini dibuat sebagai bahan lebih lanjut."),
    ]
    second += signature([f"{office.place}, {some_date(day, rng)}", "Pelapor,"], person(rng), rng, stamp=False)
    return Letter("lainnya", "laporan", None, day.isoformat(), topic.hal, (tuple(rows), tuple(second)))


def daftar_hadir(rng: random.Random) -> Letter:
    """An attendance list: the day of the event is its only date."""
    office, topic, day = occasion(rng)
    rows = [*kop(office, rng), heading("DAFTAR HADIR", 0.8, "b", 1.15), Row(before=0.4)]
    for label, value in (
        ("Hari/Tanggal", f"{DAYS[day.weekday()]}, {long_date(day)}"),
        ("Waktu", "09.00 WIB s.d. selesai"),
        ("Tempat", "Aula Kantor Bupati Contoh"),
        ("Acara", f"{rng.choice(MEETINGS)} {topic.hal}"),
    ):
        rows.append(labelled(label, value, width=0.17))
    body = [
        [f"{n + 1}.", person(rng).name, rng.choice(OFFICES).name.title()[:34], f"{n + 1}. ......"]
        for n in range(12)
    ]
    rows += table((0.07, 0.36, 0.37, 0.2), ("No", "Nama", "Instansi/Jabatan", "Tanda Tangan"), body)
    return Letter("lainnya", "daftar_hadir", None, day.isoformat(), None, (tuple(rows),), ("tanggal", "hal"))


def disposisi(rng: random.Random) -> Letter:
    """A routing slip alone: number, date and subject on it are those of the letter it was stapled to."""
    office, topic, day = occasion(rng)
    nomor = number(topic.old, topic.new, rng.choice(OFFICES), day, rng)
    slip = tuple(_slip(rng, office, nomor, day, topic.hal))
    return Letter("lainnya", "disposisi", None, None, None, (slip,), ("nomor", "tanggal", "hal"))


def routed(rng: random.Random) -> Letter:
    """An ordinary letter with its routing slip on top: the record is the letter, its first page is not."""
    record = surat_dinas(rng)
    day = date.fromisoformat(record.tanggal or "")
    slip = _slip(rng, rng.choice(OFFICES), record.nomor or "", day, record.hal or "")
    return replace(record, form="surat_dinas_disposisi", sheets=(tuple(slip), *record.sheets))


def _slip(rng: random.Random, office: Office, nomor: str, day: date, hal: str) -> Rows:
    """A routing slip: where the letter came from and when, to whom it goes on, and what he shall do."""
    got = day + timedelta(days=1 + rng.randrange(6))
    pairs = (
        (f"Surat dari : {rng.choice(OFFICES).head}", f"Diterima tgl. : {got:%d-%m-%Y}"),
        (f"No. Surat : {nomor}", f"No. Agenda : {1 + rng.randrange(900)}"),
        (f"Tgl. Surat : {long_date(day)}", "Sifat : [ ] Sangat Segera [ ] Segera [ ] Rahasia"),
        (f"Hal : {hal}", ""),
        ("Diteruskan kepada Sdr. :", "Dengan hormat harap :"),
        ("[ ] Sekretaris", "[ ] Tanggapan dan saran"),
        ("[ ] Kepala Bidang", "[ ] Proses lebih lanjut"),
        ("[ ] Kasubbag Umum", "[ ] Koordinasi/konfirmasikan"),
        ("Catatan : segera ditindaklanjuti dan dilaporkan", ""),
    )
    rows = [*kop(office, rng), heading("LEMBAR DISPOSISI", 0.8, "b", 1.15), Row(before=0.3)]
    rows += [Row((Cell(one, 0, 0.5), Cell(two, 0.5, 0.5)), rule="box") for one, two in pairs]
    return rows + signature([f"{office.head},"], person(rng), rng, stamp=False)
