"""Three records that are always in the sample folder, so that a search for them has a known answer."""

from __future__ import annotations

import random
from datetime import date

from samples.layout import Letter
from samples.letters.office import OFFICES, person
from samples.letters.parts import (
    attachment,
    considered,
    copies,
    heading,
    kop,
    labelled,
    numbered,
    paragraph,
    settled,
    signature,
    staff_table,
    table,
)
from samples.letters.topics import LAWS


def irrigation(rng: random.Random) -> Letter:
    """A letter with a phrase that no other record holds: saluran irigasi tersumbat."""
    office, day, nomor = OFFICES[7], date(2019, 2, 14), "611.1/043/Kec-PC/II/2019"
    hal = "Laporan Kerusakan Saluran Irigasi"
    rows = [
        *kop(office, rng),
        labelled("Nomor", nomor),
        labelled("Sifat", "Segera"),
        labelled("Lampiran", "-"),
    ]
    rows += [labelled("Hal", hal), paragraph("Pinang Contoh, 14 Pebruari 2019", 0.6)]
    rows += [
        paragraph("Yth. Kepala Dinas Pekerjaan Umum dan Penataan Ruang", 0.6),
        paragraph("di Cendana Baru", 0),
    ]
    rows.append(
        paragraph(
            "Berdasarkan laporan Kepala Desa Suka Contoh, bersama ini disampaikan bahwa sejak hujan lebat "
            "pekan lalu saluran irigasi tersumbat oleh lumpur dan batang pohon sepanjang kurang lebih 300 "
            "meter, sehingga sawah petani seluas 42 hektare tidak memperoleh air. Kami mohon bantuan alat "
            "berat untuk pengerukan.",
            0.8,
        )
    )
    rows.append(paragraph("Demikian disampaikan, atas perhatian Saudara diucapkan terima kasih."))
    rows += signature([f"{office.head},"], person(rng), rng) + copies(rng)
    return Letter("surat_dinas", "surat_dinas", nomor, day.isoformat(), hal, (tuple(rows),))


def boundary(rng: random.Random) -> Letter:
    """A letter dated 18 Nopember 2019, as the old spelling has it."""
    office, day, nomor = OFFICES[0], date(2019, 11, 18), "136/0127/Setda/2019"
    hal = "Penegasan Batas Desa"
    rows = [*kop(office, rng), paragraph("Cendana Baru, 18 Nopember 2019", 0.8)]
    rows += [labelled("Nomor", nomor), labelled("Sifat", "Penting"), labelled("Lampiran", "1 (satu) lembar")]
    rows += [labelled("Perihal", hal), paragraph("Yth. Camat Pinang Contoh", 0.8), paragraph("di Tempat", 0)]
    rows.append(
        paragraph("Sehubungan dengan penegasan batas desa, bersama ini disampaikan hal-hal berikut:", 0.8)
    )
    rows += numbered(
        (
            "Tim penegasan batas desa akan melakukan pelacakan pilar batas di wilayah Saudara;",
            "Kepala desa yang berbatasan agar hadir dan membawa peta desa serta dokumen pendukung;",
            "Hasil pelacakan dituangkan dalam berita acara yang ditandatangani para pihak.",
        )
    )
    rows.append(paragraph("Demikian untuk menjadi perhatian dan dilaksanakan."))
    rows += signature([f"{office.head},"], person(rng), rng) + copies(rng)
    return Letter("surat_dinas", "surat_dinas", nomor, day.isoformat(), hal, (tuple(rows),))


def decree(rng: random.Random) -> Letter:
    """A decree of three pages; the word mikrofilm stands on the last one only."""
    office, day, nomor = OFFICES[3], date(2018, 7, 9), "188.4/215/KEP/2018"
    hal, head = "PEMBENTUKAN TIM ALIH MEDIA ARSIP VITAL TAHUN ANGGARAN 2018", "BUPATI CONTOH"
    rows = [heading(head, 0.0, "b", 1.25), heading("PROVINSI CONTOH RAYA", 0.1, "b")]
    rows += [
        heading(f"KEPUTUSAN {head}", 0.9),
        heading(f"NOMOR : {nomor}", style=""),
        heading("TENTANG", 0.4),
    ]
    rows += [heading(hal, 0.2), heading(f"{head},", 0.4, "")]
    reasons = (
        "bahwa arsip vital perlu dilindungi dari kerusakan dan kehilangan;",
        "bahwa untuk itu perlu dibentuk tim;",
    )
    rows += considered("Menimbang", reasons, letters=True) + considered("Mengingat", LAWS[:3])
    rows += [
        heading("MEMUTUSKAN :", 0.8),
        labelled("Menetapkan", f"KEPUTUSAN {head} TENTANG {hal}.", width=0.17),
    ]
    rows.append(labelled("KESATU", "Susunan tim tercantum dalam Lampiran I Keputusan ini.", width=0.17))
    rows.append(labelled("KEDUA", "Rincian pekerjaan tercantum dalam Lampiran II Keputusan ini.", width=0.17))
    rows.append(labelled("KETIGA", "Keputusan ini mulai berlaku pada tanggal ditetapkan.", width=0.17))
    rows += settled(office, day, rng) + signature([f"{head},"], person(rng), rng)
    people = [person(rng) for _ in range(9)]
    team = [*attachment(f"LAMPIRAN I KEPUTUSAN {head}", nomor, day, hal), heading("SUSUNAN TIM", 1.0)]
    team += staff_table(rng, people, ("Ketua", "Sekretaris", "Anggota"))
    work = [*attachment(f"LAMPIRAN II KEPUTUSAN {head}", nomor, day, hal), heading("RINCIAN PEKERJAAN", 1.0)]
    work += table(
        (0.07, 0.6, 0.33),
        ("No.", "Uraian", "Hasil"),
        (
            ("1.", "Pendataan dan pemilahan arsip vital", "Daftar arsip vital"),
            ("2.", "Pemindaian arsip kertas", "Citra digital"),
            ("3.", "Pembuatan mikrofilm arsip statis terpilih", "Rol film 35 mm"),
            ("4.", "Penyusunan berita acara dan daftar arsip", "Berita acara"),
        ),
    )
    return Letter(
        "keputusan", "keputusan", nomor, day.isoformat(), hal, (tuple(rows), tuple(team), tuple(work))
    )
