"""Pages typed for the tests of classify: text on a grid becomes words with boxes, as OCR would give them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.types import Box, PageText, Word

COLUMNS = 90
LEFT, TOP, LETTER, PITCH, HEIGHT = 0.08, 0.05, 0.0094, 0.018, 0.011


def page(text: str, *, columns_first: bool = False, confidence: float = 0.94) -> PageText:
    """A page of typed lines; ``^`` centres a line, several spaces make a gap.

    With ``columns_first`` the engine read everything left of a gap before what stands right of it.
    """
    lines: list[tuple[int, int, str]] = []
    for row, line in enumerate(text.strip("\n").splitlines()):
        typed = line[1:].strip().center(COLUMNS) if line.startswith("^") else line
        lines.extend((row, match.start(), match[0]) for match in re.finditer(r"\S+(?: \S+)*", typed))
    if columns_first:
        lines.sort(key=lambda line: (line[1] > 0 and lines_left_of(lines, line), line[0]))
    words = [word for number, line in enumerate(lines) for word in _words(*line, number, confidence)]
    return PageText(tuple(words), "ocr", "typed", "none", "1", confidence=confidence)


def lines_left_of(lines: Sequence[tuple[int, int, str]], line: tuple[int, int, str]) -> bool:
    """Whether something stands to the left of this piece on its row."""
    return any(row == line[0] and column < line[1] for row, column, _ in lines)


def _words(row: int, column: int, text: str, number: int, confidence: float) -> list[Word]:
    return [
        Word(
            match[0],
            Box(LEFT + (column + match.start()) * LETTER, TOP + row * PITCH, len(match[0]) * LETTER, HEIGHT),
            confidence,
            number,
        )
        for match in re.finditer(r"\S+", text)
    ]


KOP = """
^PEMERINTAH KABUPATEN CONTOH
^DINAS PEKERJAAN UMUM DAN PENATAAN RUANG
^Jalan Contoh Raya No. 12 Telp. (0000) 123456 Kode Pos 00000
"""

SURAT_DINAS = (
    KOP
    + """
                                                     Contoh, 12 Mei 2021

Nomor     : 600/0123/PU/2021                         Kepada
Sifat     : Biasa                                    Yth. Kepala Dinas Perhubungan
Lampiran  : 1 (satu) berkas                          di -
Hal       : Penyampaian Laporan Kemajuan                 Contoh
            Pekerjaan Jalan Tahun 2021

      Menindaklanjuti surat Saudara Nomor 551/77/Hub/2021 tanggal 3 Mei 2021 tentang
laporan kemajuan pekerjaan, dan Surat Keputusan Bupati Contoh Nomor 15 Tahun 2020,
bersama ini kami sampaikan laporan dimaksud.
      Demikian disampaikan, atas perhatian Saudara diucapkan terima kasih.

                                                     Kepala Dinas,


                                                     FULAN BIN FULAN
Tembusan:
1. Bupati Contoh (sebagai laporan)
"""
)

UNDANGAN = (
    KOP
    + """
                                                     Contoh, 15 Maret 2021
Nomor     : 005/045/PU/2021
Sifat     : Penting                                  Kepada
Lampiran  : -                                        Yth. (daftar terlampir)
Perihal   : Undangan Rapat Koordinasi                di -
                                                         Tempat

      Sehubungan dengan persiapan musyawarah, kami mengharap kehadiran Saudara pada:

      Hari/tanggal  : Senin, 22 Maret 2021
      Waktu         : 09.00 WIB
      Tempat        : Ruang Rapat Dinas
      Acara         : Rapat Koordinasi

      Demikian undangan ini disampaikan, atas kehadirannya diucapkan terima kasih.
                                                     Kepala Dinas,
"""
)

NOTA_DINAS = (
    KOP
    + """
^NOTA DINAS

Kepada    : Yth. Kepala Dinas
Dari      : Sekretaris
Tanggal   : 5 Pebruari 2018
Nomor     : 05/SEK/OT.01/02/2018
Sifat     : Segera
Lampiran  : -
Hal       : Permohonan Pengadaan Lemari Arsip

      Bersama ini diajukan permohonan pengadaan lemari arsip sesuai Surat Edaran Bupati
Nomor 3 Tahun 2017 tanggal 2 Januari 2017.
                                                     Sekretaris,
"""
)

SPT = (
    KOP
    + """
^SURAT PERINTAH TUGAS
^NOMOR : 090/017/PU/2019

Dasar      : 1. Surat Undangan Gubernur Nomor 005/999/Um tanggal 1 April 2019
             2. DPA Dinas Tahun Anggaran 2019

^MEMERINTAHKAN :

Kepada     : 1. Nama        : Fulan
                NIP         : -
                Pangkat/Gol : Penata / III c
                Jabatan     : Kepala Seksi
Untuk      : Menghadiri rapat koordinasi pada tanggal 10 April 2019 di Ibukota.

                                             Ditetapkan di Contoh
                                             pada tanggal 4 April 2019
                                             KEPALA DINAS,
"""
)

KEPUTUSAN = """
^BUPATI CONTOH
^PROVINSI CONTOH

^KEPUTUSAN BUPATI CONTOH
^NOMOR 188.45/23/KEP/2020

^TENTANG

^PEMBENTUKAN TIM PENGELOLA ARSIP
^DI LINGKUNGAN PEMERINTAH KABUPATEN CONTOH

^BUPATI CONTOH,

Menimbang  : a. bahwa dalam rangka tertib arsip perlu dibentuk tim;
             b. bahwa berdasarkan pertimbangan huruf a perlu menetapkan Keputusan Bupati;
Mengingat  : 1. Undang-Undang Nomor 43 Tahun 2009 tentang Kearsipan;
             2. Peraturan Pemerintah Nomor 28 Tahun 2012;

^MEMUTUSKAN :

Menetapkan : KEPUTUSAN BUPATI TENTANG PEMBENTUKAN TIM.
KESATU     : Membentuk Tim Pengelola Arsip.
KEDUA      : Keputusan ini mulai berlaku pada tanggal ditetapkan.

                                             Ditetapkan di Contoh
                                             pada tanggal 17 Nopember 2020
                                             BUPATI CONTOH,
"""

EDARAN = """
^PEMERINTAH KABUPATEN CONTOH
^SEKRETARIAT DAERAH

Yth. Para Kepala Perangkat Daerah
di Contoh

^SURAT EDARAN
^NOMOR SE-7/SETDA/2022
^TENTANG
^PENYELAMATAN ARSIP PENANGANAN BENCANA

A. Umum
   Dalam rangka penyelamatan arsip, bersama ini disampaikan hal-hal berikut.
B. Maksud dan Tujuan
   Surat Edaran ini dimaksudkan sebagai pedoman.
C. Ruang Lingkup
   Seluruh perangkat daerah.

                                             Ditetapkan di Contoh
                                             pada tanggal 8 Agt 2022
                                             SEKRETARIS DAERAH,
"""

BERITA_ACARA = (
    KOP
    + """
^BERITA ACARA SERAH TERIMA BARANG
^Nomor : 030/12/BAST/III/2023

      Pada hari ini Senin tanggal dua puluh bulan Maret tahun dua ribu dua puluh tiga
bertempat di Contoh, kami yang bertanda tangan di bawah ini:
1. Nama    : Fulan
   Jabatan : Kepala Dinas, selanjutnya disebut PIHAK PERTAMA
2. Nama    : Fulanah
   Jabatan : Direktur CV Contoh, selanjutnya disebut PIHAK KEDUA
berdasarkan Surat Perintah Kerja Nomor 10/SPK/2023 tanggal 1 Maret 2023 telah
melakukan serah terima barang.
      Demikian Berita Acara ini dibuat untuk dipergunakan sebagaimana mestinya.
"""
)

KETERANGAN = """
^PEMERINTAH KABUPATEN CONTOH
^KECAMATAN CONTOH
^DESA CONTOH

^SURAT KETERANGAN DOMISILI
^Nomor : 471/055/DS/2020

      Yang bertanda tangan di bawah ini Kepala Desa Contoh menerangkan dengan
sesungguhnya bahwa:
      Nama              : Fulan
      Tempat/Tgl Lahir  : Contoh, 1 Januari 1980
      Pekerjaan         : Petani
      Alamat            : RT 01 Desa Contoh
adalah benar penduduk desa kami.
      Demikian surat keterangan ini dibuat untuk dipergunakan seperlunya.

                                             Contoh, 9 Juli 2020
                                             Kepala Desa Contoh
"""

SPK = """
SURAT PERINTAH KERJA (SPK)          SATUAN KERJA : DINAS CONTOH
                                    NOMOR SPK    : 10/SPK/PPK.05/11/2021
                                    TANGGAL SPK  : 12 November 2021
                                    NOMOR SURAT UNDANGAN : Und.26/PPBJ/XI/2021
                                    NOMOR BAHP   : 25/PPBJ/BAHP/XI/2021
PAKET PEKERJAAN : Pengadaan Lemari Arsip

SUMBER DANA : APBD Tahun Anggaran 2021
WAKTU PELAKSANAAN PEKERJAAN : 2 (dua) hari kalender

INSTRUKSI KEPADA PENYEDIA : Penagihan hanya dapat dilakukan setelah penyelesaian.

Untuk dan atas nama Dinas                    Untuk dan atas nama Penyedia
Pejabat Pembuat Komitmen
"""

KWITANSI = """
No. Bukti : 021/KW/2017

^K W I T A N S I

Sudah terima dari   : Bendahara Pengeluaran Dinas Contoh
Uang sejumlah       : Satu juta rupiah
Untuk pembayaran    : Belanja alat tulis kantor sesuai SPK tanggal 1 Februari 2017

Terbilang : Rp 1.000.000,00

Lunas dibayar                                Contoh, 14 Maret 2017
Bendahara                                    Yang menerima
"""

DISPOSISI = """
^LEMBAR DISPOSISI

Surat dari   : Dinas Pekerjaan Umum        Diterima Tgl : 14 Mei 2021
No. Surat    : 600/0123/PU/2021            No. Agenda   : 77
Tgl. Surat   : 12 Mei 2021                 Sifat        : Segera
Hal          : Penyampaian Laporan

Diteruskan kepada Sdr. :                   Dengan hormat harap :
1. Sekretaris                              Tanggapan dan Saran
"""

ALL = {
    "surat_dinas": SURAT_DINAS,
    "undangan": UNDANGAN,
    "nota_dinas": NOTA_DINAS,
    "spt": SPT,
    "keputusan": KEPUTUSAN,
    "edaran": EDARAN,
    "berita_acara": BERITA_ACARA,
    "keterangan": KETERANGAN,
    "spk": SPK,
    "kwitansi": KWITANSI,
}

NONE_OF_THE_TEN = {
    "travel-order": KOP
    + """
                                                 Lembar ke  : I
                                                 Kode No.   :
                                                 Nomor      : 094/12/SPPD/2019

^SURAT PERINTAH PERJALANAN DINAS
^( S P P D )

1. Pejabat yang memberi perintah      Kepala Dinas
2. Nama/NIP pegawai yang diperintah   Fulan
3. Maksud perjalanan dinas            Rapat
4. Alat angkut yang dipergunakan      Mobil
5. Tempat berangkat                   Contoh
                                                 Dikeluarkan di : Contoh
                                                 Pada tanggal   : 4 April 2019
""",
    "payment-order": """
^PEMERINTAH KABUPATEN CONTOH
^SURAT PERINTAH MEMBAYAR (SPM)
^Nomor : 00012/SPM/LS/2019
Tahun Anggaran 2019
Supaya menerbitkan SP2D kepada CV Contoh untuk pembayaran pekerjaan jalan lingkungan desa
""",
    "start-of-work": KOP
    + """
^SURAT PERINTAH MULAI KERJA (SPMK)
^Nomor : 10/SPMK/2021
^Paket Pekerjaan : Pengadaan Lemari

Yang bertanda tangan di bawah ini Pejabat Pembuat Komitmen berdasarkan Surat Perintah Kerja
(SPK) Nomor 10/SPK/2021 tanggal 12 November 2021 memerintahkan :
""",
    "regulation": """
^BUPATI CONTOH
^PERATURAN BUPATI CONTOH
^NOMOR 12 TAHUN 2018
^TENTANG
^TATA CARA PENGELOLAAN ARSIP
^DENGAN RAHMAT TUHAN YANG MAHA ESA
^BUPATI CONTOH,
Menimbang : a. bahwa untuk melaksanakan ketentuan;
Mengingat : 1. Undang-Undang Nomor 43 Tahun 2009 tentang Kearsipan;
^MEMUTUSKAN :
Menetapkan : PERATURAN BUPATI TENTANG TATA CARA PENGELOLAAN ARSIP.
^BAB I
^KETENTUAN UMUM
""",
    "covering-letter": KOP
    + """
                                                     Contoh, 6 Mei 2020
                                                     Kepada Yth. Sekretaris Daerah
^SURAT PENGANTAR
^Nomor : 045/5/PU/2020
No   Jenis yang dikirim      Banyaknya   Keterangan
1    Laporan tahunan         1 berkas    Dikirim dengan hormat untuk diketahui
""",
    "notes-of-a-meeting": """
^NOTULEN RAPAT
Hari/tanggal : Senin, 3 Mei 2021
Waktu        : 09.00
Tempat       : Aula
Acara        : Rapat koordinasi
Pimpinan     : Kepala Dinas
""",
}
