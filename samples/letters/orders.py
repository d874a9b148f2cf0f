"""Papers that order something: assignments, decrees, work orders."""

from __future__ import annotations

import random
from datetime import date, timedelta

from samples.layout import Cell, Letter, Row
from samples.letters.office import (
    OFFICES,
    Office,
    day_between,
    long_date,
    number,
    person,
    rupiah,
    some_date,
    terbilang,
)
from samples.letters.parts import (
    Rows,
    attachment,
    authority,
    considered,
    copies,
    heading,
    kop,
    labelled,
    paragraph,
    settled,
    signature,
    staff_table,
    table,
    two_signatures,
)
from samples.letters.topics import LAWS, occasion

_ORDINALS = (
    ("KESATU", "KEDUA", "KETIGA", "KEEMPAT", "KELIMA"),
    ("PERTAMA", "KEDUA", "KETIGA", "KEEMPAT", "KELIMA"),
)


def spt(rng: random.Random) -> Letter:
    """An assignment: what it rests on, who is sent, what for; it has no subject line."""
    office, topic, day = occasion(rng)
    nomor = number(rng.choice(("090", "094", "800")), "000.1.2.3", office, day, rng)
    before, start = day - timedelta(days=3 + rng.randrange(40)), day + timedelta(days=1 + rng.randrange(5))
    title = rng.choice(("SURAT PERINTAH TUGAS", "SURAT TUGAS", "SURAT PERINTAH TUGAS"))
    rows = [*kop(office, rng), heading(title, 1.0, rng.choice(("bu", "bt", "b")), 1.1)]
    rows.append(heading(f"{rng.choice(('NOMOR', 'Nomor', 'NOMOR'))} : {nomor}", style=""))
    cited = number(topic.old, topic.new, office, before, rng)
    bases = [
        f"Surat {rng.choice(OFFICES).head} Nomor {cited} tanggal {long_date(before, old=True)} "
        f"perihal {topic.hal};",
        f"Dokumen Pelaksanaan Anggaran {office.name.title()} Tahun Anggaran {day.year}.",
    ]
    rows += considered("Dasar", [rng.choice(LAWS), *bases] if rng.random() < 0.4 else bases)
    rows.append(heading(rng.choice(("MEMERINTAHKAN :", "M E M E R I N T A H K A N :", "MENUGASKAN :")), 0.9))
    for n in range(1 + rng.randrange(3)):
        rows += _assigned(rng, n)
    purpose = [
        f"Melaksanakan kegiatan {topic.hal.lower()} di {rng.choice(('Pinang Contoh', 'Kota Umpama'))};",
        f"Tugas dilaksanakan selama {1 + rng.randrange(4)} hari terhitung mulai tanggal {long_date(start)};",
        "Melaporkan hasil pelaksanaan tugas kepada pejabat pemberi tugas.",
    ]
    rows += considered("Untuk", purpose)
    rows.append(
        paragraph("Demikian surat tugas ini dibuat untuk dilaksanakan dengan penuh tanggung jawab.", 0.6)
    )
    rows += settled(office, day, rng) + signature(authority(office, rng), person(rng), rng)
    return Letter("spt", title.lower().replace(" ", "_"), nomor, day.isoformat(), None, (tuple(rows),))


def _assigned(rng: random.Random, n: int) -> Rows:
    """One of the people sent: name, rank, NIP, post."""
    who = person(rng)
    fields = (("Nama", who.name), ("Pangkat/Gol.", who.rank), ("NIP", who.nip), ("Jabatan", who.job))
    rows = []
    for step, (label, value) in enumerate(fields):
        head = (Cell("Kepada", 0.0, 0.17), Cell(":", 0.17, 0.02)) if n == step == 0 else ()
        mark = (Cell(f"{n + 1}.", 0.2, 0.04),) if step == 0 else ()
        cells = (Cell(label, 0.245, 0.18), Cell(":", 0.425, 0.02), Cell(value, 0.45, 0.55))
        rows.append(Row((*head, *mark, *cells), 0.5 if step == 0 else 0.0))
    return rows


def keputusan(rng: random.Random) -> Letter:
    """A decree: considering, remembering, deciding; often with an enclosed list that repeats its number."""
    office, topic, day = occasion(rng)
    regent = rng.random() < 0.45
    head = "BUPATI CONTOH" if regent else office.head.upper()
    serial = 1 + rng.randrange(400)
    nomor = rng.choice(
        (
            f"{serial} TAHUN {day.year}",
            f"188.4/{serial}/KEP/{day.year}",
            f"188.45/{serial}-{office.code}/{day.year}",
            f"{'100.3.3.2' if day.year >= 2023 else '188'}/{serial}/{office.code}/{day.year}",
        )
    )
    team = rng.choice(
        ("PEMBENTUKAN TIM PELAKSANA", "PENETAPAN PETUGAS", "PENUNJUKAN PENGELOLA", "PEMBENTUKAN PANITIA")
    )
    hal = f"{team} {topic.hal.upper()}" + (f" TAHUN ANGGARAN {day.year}" if rng.random() < 0.5 else "")
    spread = rng.choice(("b", "bt", "b"))
    rows = (
        [heading("BUPATI CONTOH", 0.0, "bt", 1.25), heading("PROVINSI CONTOH RAYA", 0.1, "bt")]
        if regent
        else kop(office, rng)
    )
    rows += [
        heading(f"KEPUTUSAN {head}", 0.9, "b"),
        heading(f"NOMOR {rng.choice(('', ': '))}{nomor}", 0.1, ""),
    ]
    rows += [heading("TENTANG", 0.5, spread), heading(hal, 0.3, "b")]
    if regent and rng.random() < 0.7:
        rows.append(heading("DENGAN RAHMAT TUHAN YANG MAHA ESA", 0.5, ""))
    rows.append(heading(f"{head},", 0.4, ""))
    reasons = [f"bahwa {topic.body[0]};", f"bahwa {topic.body[1]};"]
    reasons.append(
        "bahwa berdasarkan pertimbangan sebagaimana dimaksud dalam huruf a dan huruf b, "
        f"perlu menetapkan Keputusan {head.title()};"
    )
    rows += considered("Menimbang", reasons, letters=True)
    rows += considered("Mengingat", rng.sample(LAWS, 2 + rng.randrange(3)))
    rows.append(heading(rng.choice(("MEMUTUSKAN :", "M E M U T U S K A N :", "MEMUTUSKAN:")), 0.8, "b"))
    rows += _articles(rng, head, hal, day)
    who = person(rng)
    rows += settled(office, day, rng) + signature([f"{head},"], who, rng) + copies(rng)
    sheets = [tuple(rows)]
    if rng.random() < 0.6:
        people = [person(rng) for _ in range(5 + rng.randrange(10))]
        list_ = [
            *attachment(f"LAMPIRAN KEPUTUSAN {head}", nomor, day, hal),
            heading("SUSUNAN KEANGGOTAAN", 1.0),
        ]
        list_ += staff_table(rng, people, ("Ketua", "Sekretaris", "Anggota"))
        sheets.append(tuple(list_ + signature([f"{head},"], who, rng)))
    return Letter("keputusan", "keputusan", nomor, day.isoformat(), hal, tuple(sheets))


def _articles(rng: random.Random, head: str, hal: str, day: date) -> Rows:
    """``Menetapkan`` and the numbered parts of a decree."""
    texts = [
        f"{hal.capitalize()} dengan susunan sebagaimana tercantum dalam Lampiran Keputusan ini.",
        "Segala biaya yang timbul dibebankan pada Anggaran Pendapatan dan Belanja Daerah "
        f"Tahun Anggaran {day.year}.",
        "Keputusan ini mulai berlaku pada tanggal ditetapkan.",
    ]
    lines = [
        ("Menetapkan", f"KEPUTUSAN {head} TENTANG {hal}."),
        *zip(rng.choice(_ORDINALS), texts, strict=False),
    ]
    return [
        Row((Cell(label, 0.0, 0.17), Cell(":", 0.17, 0.02), Cell(text, 0.2, 0.8, "justify")), 0.35)
        for label, text in lines
    ]


_WORK = (
    "Pengadaan Lemari Arsip dan Boks Arsip",
    "Pemeliharaan Gedung Kantor",
    "Pengadaan Alat Tulis Kantor",
    "Rehabilitasi Ruang Kelas",
    "Jasa Alih Media Arsip Kepegawaian",
    "Pengadaan Komputer dan Pemindai Dokumen",
)
_ITEMS = ("Lemari arsip besi", "Boks arsip", "Rak besi", "Jasa pemindaian", "Map gantung")
_INSTRUCTION = (
    "Penagihan hanya dapat dilakukan setelah penyelesaian pekerjaan yang diperintahkan dalam SPK ini dan "
    "dibuktikan dengan Berita Acara Serah Terima. Jika pekerjaan tidak dapat diselesaikan dalam jangka waktu "
    "pelaksanaan, maka Penyedia wajib membayar denda sebesar 1/1000 (satu per seribu) dari nilai SPK untuk "
    "setiap hari keterlambatan."
)
_TERMS = {
    "LINGKUP PEKERJAAN": "Penyedia yang ditunjuk berkewajiban menyelesaikan pekerjaan sesuai dengan volume, "
    "spesifikasi teknis dan harga yang tercantum dalam SPK.",
    "HUKUM YANG BERLAKU": "Keabsahan, interpretasi dan pelaksanaan SPK ini didasarkan kepada hukum "
    "Republik Indonesia.",
    "HARGA SPK": "Harga SPK telah memperhitungkan keuntungan, pajak, biaya overhead serta biaya asuransi "
    "apabila dipersyaratkan.",
    "JADWAL": "SPK ini berlaku efektif pada tanggal penandatanganan oleh para pihak atau pada tanggal yang "
    "ditetapkan dalam Surat Perintah Mulai Kerja.",
    "PENYELESAIAN PERSELISIHAN": "Para pihak berkewajiban berupaya sungguh-sungguh menyelesaikan secara "
    "damai semua perselisihan yang timbul.",
}


def spk(rng: random.Random) -> Letter:
    """A work order in a ruled form; the numbers of the invitation and the minutes stand beside its own."""
    office, day, serial = rng.choice(OFFICES), day_between(rng, 2012, 2025), 1 + rng.randrange(120)
    nomor = rng.choice(
        (
            f"{serial:02}/SPK/PPK.0{1 + rng.randrange(6)}/{day.month:02}/{day.year}",
            f"027/{serial:03}/SPK/{office.code}/{day.year}",
            f"602.1/{serial}/SPK-PL/{office.code}/{day.year}",
        )
    )
    rows = kop(office, rng) if rng.random() < 0.5 else []
    rows += _order_head(rng, office, day, nomor, serial) + _order_items(rng)
    rows += [heading("INSTRUKSI KEPADA PENYEDIA", 0.4, "b", 0.9), paragraph(_INSTRUCTION, 0.1)]
    rows += two_signatures(
        ("Untuk dan atas nama Penyedia", "CV Umpama Jaya Contoh"),
        ("Untuk dan atas nama", "Pejabat Pembuat Komitmen"),
        person(rng),
        person(rng),
    )
    rows.append(heading("Halaman 1 dari 2", 0.6, "i", 0.8))
    return Letter("spk", "spk", nomor, day.isoformat(), None, (tuple(rows), tuple(_terms())))


def _order_head(rng: random.Random, office: Office, day: date, nomor: str, serial: int) -> Rows:
    """The ruled head of a work order: what it is on the left, numbers with their dates on the right."""
    offered, agreed = day - timedelta(days=12), day - timedelta(days=4)
    left = ["SURAT PERINTAH KERJA (SPK)", "", "PAKET PEKERJAAN :", rng.choice(_WORK)]
    right = [
        f"SATUAN KERJA : {office.name}",
        f"NOMOR DAN TANGGAL SPK : {nomor} tanggal {some_date(day, rng)}",
        f"NOMOR DAN TANGGAL SURAT UNDANGAN : Und.{serial}/PPBJ/{day.year} tanggal {long_date(offered)}",
        "NOMOR DAN TANGGAL BERITA ACARA HASIL PENGADAAN LANGSUNG : "
        f"{serial + 3}/BAHPL/{day.year} tanggal {long_date(agreed)}",
    ]
    rows = [
        Row((Cell(one, 0.0, 0.4, "center", "b"), Cell(two, 0.4, 0.6)), 0.6 if n == 0 else 0.0, "box")
        for n, (one, two) in enumerate(zip(left, right, strict=True))
    ]
    days = rng.choice((14, 30, 45, 60))
    below = (
        f"SUMBER DANA : Dibebankan atas DPA {office.name.title()} Tahun Anggaran {day.year} "
        "untuk mata anggaran kegiatan 5.2.2.01.01.",
        f"WAKTU PELAKSANAAN PEKERJAAN : {days} ({terbilang(days)}) hari kalender",
    )
    return rows + [Row((Cell(text),), rule="box") for text in below]


def _order_items(rng: random.Random) -> Rows:
    """What is ordered, at what price, and the sum in digits and words."""
    items = [(rng.choice(_ITEMS), amount, 50_000 * (1 + rng.randrange(60))) for amount in (4, 25, 3)]
    total = sum(amount * price for _, amount, price in items)
    body = [
        [str(n + 1), what, str(amount), rupiah(price, rng), rupiah(price * amount, rng)]
        for n, (what, amount, price) in enumerate(items)
    ]
    head = ("No.", "Uraian Pekerjaan", "Kuantitas", "Harga Satuan", "Jumlah")
    sum_ = (Cell("JUMLAH", 0.0, 0.77, "right", "b", 0.9), Cell(rupiah(total, rng), 0.77, 0.23, size=0.9))
    words = Cell(f"Terbilang : {terbilang(total).capitalize()} rupiah", style="i")
    return [
        *table((0.06, 0.36, 0.14, 0.21, 0.23), head, body),
        Row(sum_, rule="box"),
        Row((words,), rule="box"),
    ]


def _terms() -> Rows:
    """The second page of a work order: its general terms."""
    rows = [heading("SYARAT UMUM", 0.0, "b"), heading("SURAT PERINTAH KERJA (SPK)", 0.0, "b")]
    for n, (title, text) in enumerate(_TERMS.items()):
        rows.append(Row((Cell(f"{n + 1}.", 0, 0.05), Cell(title, 0.05, 0.9, style="b")), 0.6))
        rows.append(paragraph(text, 0.1, 0.05))
    rows.append(labelled("Penyedia", "telah membaca dan menyetujui", width=0.2))
    return [*rows, heading("Halaman 2 dari 2", 2.0, "i", 0.8)]
