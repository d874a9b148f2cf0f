"""Records that are easily taken for something else, and dates and numbers that are not theirs."""

from __future__ import annotations

import pytest

from archive.types import PageText
from classify.describe import describe
from classify.nomor import is_complete, readable
from tests.classify_pages import (
    BERITA_ACARA,
    DISPOSISI,
    EDARAN,
    KEPUTUSAN,
    KETERANGAN,
    KOP,
    NOTA_DINAS,
    SPT,
    SURAT_DINAS,
    UNDANGAN,
    page,
)

Row = tuple[str, str | None, str | None, str | None]

KNOWN: dict[str, tuple[Row, str]] = {
    "a-decision-cited-in-a-letter": (
        ("surat_dinas", "045/77/PU/2020", "2020-01-06", "Penyampaian Salinan Keputusan"),
        KOP
        + """
Nomor    : 045/77/PU/2020                            Contoh, 6 Januari 2020
Lamp.    : 1 berkas
Hal      : Penyampaian Salinan Keputusan             Kepada Yth.
                                                     Camat Contoh
                                                     di Tempat

     Bersama ini kami sampaikan
Surat Keputusan Bupati Contoh Nomor 15 Tahun 2019 tanggal 5 Desember 2019
SURAT KEPUTUSAN BUPATI CONTOH NOMOR 16 TAHUN 2019 TENTANG PEMBERIAN HIBAH
KEPUTUSAN BUPATI CONTOH
Nomor 17 Tahun 2019
untuk dipergunakan sebagaimana mestinya.
""",
    ),
    "an-answer-to-an-invitation": (
        ("surat_dinas", "005/77/PU/2020", "2020-01-06", "Balasan Undangan Rapat"),
        KOP
        + """
Nomor    : 005/77/PU/2020                            Contoh, 6 Januari 2020
Lamp.    : -
Hal      : Balasan Undangan Rapat                    Kepada Yth.
                                                     Camat Contoh

     Memenuhi undangan Saudara Nomor 005/9/Kec tanggal 2 Januari 2020 pada hari Senin, 13 Januari
2020 bertempat di Kantor Camat, bersama ini kami tugaskan pejabat untuk hadir.
     Demikian disampaikan, atas perhatiannya diucapkan terima kasih.
""",
    ),
    "a-request-with-an-event": (
        ("surat_dinas", "005/78/PU/2020", "2020-01-07", "Permohonan Narasumber"),
        KOP
        + """
                                                     Contoh, 7 Januari 2020
Nomor    : 005/78/PU/2020
Lamp.    : -
Perihal  : Permohonan Narasumber                     Kepada Yth.
                                                     Kepala Dinas
                                                     di
                                                       Tempat

     Sehubungan dengan pelatihan arsip yang dilaksanakan pada :
     Hari/Tanggal : Senin, 13 Januari 2020
     Waktu        : 09.00 WIB
     Tempat       : Aula
     mohon kesediaan Saudara sebagai narasumber.
     Atas perhatian dan kerja sama Saudara diucapkan terima kasih.
""",
    ),
    "a-village-invitation": (
        ("undangan", "005/10/DS/2019", "2019-08-01", None),
        """
^PEMERINTAH DESA CONTOH

^U N D A N G A N
^Nomor : 005/10/DS/2019

Kepada Yth. Bapak/Ibu/Saudara
di Tempat

Dengan hormat,
     Mengharap kehadiran Bapak/Ibu pada musyawarah desa yang dilaksanakan pada :
     Hari, tanggal : Rabu, 7 Agustus 2019
     Pukul         : 19.30 WIB
     Tempat        : Balai Desa
     Demikian undangan ini kami sampaikan.
                                           Contoh, 1 Agustus 2019
                                           Kepala Desa
""",
    ),
    "office-of-two-lines": (
        ("keputusan", "23 TAHUN 2020", "2020-02-03", "PENUNJUKAN PENGELOLA ARSIP TAHUN ANGGARAN 2020"),
        """
^PEMERINTAH KABUPATEN CONTOH
^DINAS PEKERJAAN UMUM

^KEPUTUSAN KEPALA DINAS PEKERJAAN UMUM
^KABUPATEN CONTOH
^NOMOR 23 TAHUN 2020
^TENTANG
^PENUNJUKAN PENGELOLA ARSIP
^TAHUN ANGGARAN 2020
^KEPALA DINAS PEKERJAAN UMUM
^KABUPATEN CONTOH,

Menimbang : bahwa dipandang perlu menunjuk pengelola arsip;
Mengingat : 1. Undang-Undang Nomor 43 Tahun 2009 tentang Kearsipan;
^MEMUTUSKAN
Menetapkan :
PERTAMA   : Menunjuk nama terlampir.
KEDUA     : Surat Keputusan ini berlaku sejak tanggal 2 Januari 2020.
                                         DITETAPKAN DI : CONTOH
                                         PADA TANGGAL  : 3 FEBRUARI 2020
""",
    ),
    "school-decision": (
        ("keputusan", "800/45/KEP/2015", "2015-06-01", "Pembagian Tugas Guru"),
        """
^SEKOLAH DASAR NEGERI 1 CONTOH
^SURAT KEPUTUSAN KEPALA SEKOLAH
^Nomor : 800 / 45 / KEP / 2015
^TENTANG
^Pembagian Tugas Guru

Menimbang : bahwa untuk kelancaran;
Mengingat : SK Bupati Nomor 1 Tahun 2015
^M E M U T U S K A N
Menetapkan
Pertama   : Pembagian tugas.
                                         Ditetapkan di : Contoh
                                         Pada tanggal  : 1 Juni 2015
""",
    ),
    "extract-of-a-decision": (
        ("keputusan", "821.12/34/BKD/2014", "2014-03-28", "PENGANGKATAN CALON PEGAWAI"),
        """
^P E T I K A N
^KEPUTUSAN BUPATI CONTOH
^NOMOR : 821.12/34/BKD/2014
^TENTANG
^PENGANGKATAN CALON PEGAWAI
^BUPATI CONTOH
Menimbang  : dst.
Mengingat  : dst.
^MEMUTUSKAN
Menetapkan :
PERTAMA    : Mengangkat
                                         Ditetapkan di Contoh
                                         pada tanggal 28 Maret 2014
Petikan sesuai dengan aslinya
""",
    ),
    "circular-as-letter": (
        ("edaran", "800/123/BKD/2020", "2020-03-16", "PENYESUAIAN SISTEM KERJA PEGAWAI"),
        KOP
        + """
                                                     Contoh, 16 Maret 2020
                                                     Kepada
                                                     Yth. Kepala Perangkat Daerah
                                                     di
                                                         Tempat

^SURAT EDARAN
^Nomor : 800/123/BKD/2020
^TENTANG
^PENYESUAIAN SISTEM KERJA PEGAWAI

     Menindaklanjuti Surat Edaran Menteri Nomor 19 Tahun 2020 tanggal 15 Maret 2020 tentang
penyesuaian sistem kerja, bersama ini disampaikan bahwa:
     Demikian edaran ini untuk menjadi perhatian.
Tembusan :
""",
    ),
    "minutes-with-figures": (
        ("berita_acara", "12/BA/2020", "2020-03-12", None),
        KOP
        + """
^B E R I T A   A C A R A
^PEMUSNAHAN ARSIP
^NOMOR: 12/BA/2020

Pada hari ini, Kamis tanggal 12 Maret 2020 telah dilakukan pemusnahan arsip oleh Panitia
berdasarkan Keputusan Bupati Nomor 5 Tahun 2020 tanggal 2 Januari 2020.
Demikian Berita Acara ini dibuat.
                                         Contoh, 13 Maret 2020
""",
    ),
    "minister": (
        ("keputusan", "12 TAHUN 2009", "2009-05-11", "PEDOMAN ARSIP"),
        """
^KEPUTUSAN MENTERI CONTOH
^REPUBLIK INDONESIA
^NOMOR 12 TAHUN 2009
^TENTANG
^PEDOMAN ARSIP
^MENTERI CONTOH REPUBLIK INDONESIA,
Menimbang : a. bahwa;
                                         Ditetapkan di Ibukota
                                         pada tanggal 11 Mei 2009
""",
    ),
    "date-without-place": (
        ("surat_dinas", "S-5114/PB/2009", "2009-08-24", "Penegasan Pembayaran"),
        """
^KEMENTERIAN CONTOH REPUBLIK INDONESIA
^DIREKTORAT JENDERAL CONTOH
Nomor    : S-5114/PB/2009                                  24 Agustus 2009
Sifat    : Segera
Lampiran : -
Hal      : Penegasan Pembayaran

Yth. Kepala Kantor
di Tempat

     Sehubungan dengan banyaknya pertanyaan tanggal 3 Agustus 2009 dengan ini ditegaskan.
     Demikian untuk menjadi maklum.
""",
    ),
    "order-with-considerations": (
        ("spt", "800/12/ST/2022", "2022-09-05", None),
        """
^BUPATI CONTOH
^SURAT PERINTAH TUGAS
^NOMOR 800/12/ST/2022
Menimbang : a. bahwa dalam rangka pelaksanaan tugas;
Dasar     : 1. Undang-Undang Nomor 23 Tahun 2014;
            2. Surat Gubernur Nomor 005/1/2022 tanggal 1 September 2022;
^MEMERINTAHKAN
Kepada    : Fulan
Untuk     : Menghadiri rapat tanggal 9 September 2022
                                         Ditetapkan di Contoh
                                         pada tanggal 5 September 2022
""",
    ),
    "school-order": (
        ("spt", "094/55/SMP/2018", "2018-02-19", None),
        KOP
        + """
^SURAT TUGAS
^Nomor: 094/55/SMP/2018

Yang bertanda tangan di bawah ini Kepala SMP Negeri Contoh menugaskan kepada :
Nama      : Fulan
NIP       : -
Jabatan   : Guru
untuk mengikuti pelatihan pada hari Rabu, 21 Februari 2018.
Demikian surat tugas ini dibuat untuk dilaksanakan.
                                         Contoh, 19 Februari 2018
                                         Kepala Sekolah
""",
    ),
    "left-open-for-a-pen": (
        ("surat_dinas", None, None, "Permohonan Data"),
        KOP
        + """
                                                     Contoh,      Mei 2021
Nomor    : 045/     /PU/2021
Sifat    : Biasa
Hal      : Permohonan Data                           Kepada Yth.
                                                     Camat Contoh

     Sehubungan dengan pendataan, kami mohon data sesuai surat tanggal 3 Mei 2021.
     Atas perhatian dan kerja samanya diucapkan terima kasih.
""",
    ),
    "received-stamp": (
        ("surat_dinas", "045/9/PU/2021", "2021-05-12", "Permohonan Data"),
        KOP
        + """
  DITERIMA
  TGL : 15 Mei 2021                                  Contoh, 12 Mei 2021
  NO. AGENDA : 331/2021
Nomor    : 045/9/PU/2021
Sifat    : Biasa
Hal      : Permohonan Data                           Kepada Yth.
                                                     Camat Contoh

     Sehubungan dengan pendataan, kami mohon data sesuai surat tanggal 3 Mei 2021.
     Atas perhatian dan kerja samanya diucapkan terima kasih.
""",
    ),
    "old-spelling": (
        ("surat_dinas", "12/Um/1965", "1965-06-05", "Pengiriman daftar arsip"),
        """
^DJAWATAN ARSIP
No.     : 12/Um/1965                                 Djakarta, 5 Djuni 1965
Lamp.   : 1
Hal     : Pengiriman daftar arsip                    Kepada Jth.
                                                     Kepala Djawatan

      Dengan hormat, bersama ini kami kirimkan daftar arsip.
""",
    ),
    "receipt-with-budget-lines": (
        ("kwitansi", None, "2016-12-05", None),
        """
Tahun Anggaran : 2016
Nomor Bukti    :
Mata Anggaran  : 5.2.2.01.01

^K U I T A N S I / BUKTI PEMBAYARAN

Sudah terima dari  : Kuasa Pengguna Anggaran Dinas Contoh
Jumlah uang        : Rp. 24.130.000,00
Terbilang          : Dua puluh empat juta seratus tiga puluh ribu rupiah
Untuk pembayaran   : Pengadaan sesuai SPK Nomor 10/SPK/2016 tanggal 1 November 2016

                                             Contoh, 5 Desember 2016
                                             Penerima
Setuju dibayar
""",
    ),
    "subject-of-two-lines": (
        (
            "nota_dinas",
            "045.2/17/Sekr",
            "2019-10-01",
            "Laporan kegiatan pengelolaan arsip pada Dinas Pekerjaan Umum tahun 2019",
        ),
        KOP
        + """
^N O T A   D I N A S

Kepada     : Yth. Bapak Bupati Contoh
Dari       : Kepala Dinas
Tanggal    : 1 Oktober 2019
Nomor      : 045.2/17/Sekr
Perihal    : Laporan kegiatan pengelolaan arsip pada Dinas
             Pekerjaan Umum tahun 2019
Dengan hormat disampaikan laporan berikut
""",
    ),
    "work-order-as-letter": (
        ("spk", "027/11/SPK/2012", "2012-07-02", None),
        KOP
        + """
^SURAT PERINTAH KERJA (SPK)
^Nomor : 027/11/SPK/2012
^Tanggal : 2 Juli 2012

Yang bertanda tangan di bawah ini Pejabat Pembuat Komitmen memerintahkan kepada :
Nama perusahaan : CV Contoh
untuk melaksanakan pekerjaan Pengadaan Meja berdasarkan surat penawaran tanggal 20 Juni 2012.
""",
    ),
    "keterangan-in-a-table": (
        ("surat_dinas", "050/1/PU/2020", "2020-02-06", "Laporan Realisasi"),
        KOP
        + """
                                                     Contoh, 6 Februari 2020
Nomor    : 050/1/PU/2020                             Kepada Yth.
Lampiran : 1 lembar                                  Sekretaris Daerah
Hal      : Laporan Realisasi                         di Contoh

     Dengan hormat disampaikan realisasi sebagai berikut:
NO   URAIAN          JUMLAH     KETERANGAN
1    Belanja         10         SURAT KETERANGAN
     Demikian kami sampaikan, atas perhatiannya diucapkan terima kasih.
""",
    ),
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


def described(*pages: str) -> Row:
    result = describe([page(text) for text in pages], "scan0001.pdf")
    return result.label.code, result.nomor.value, result.tanggal.value, result.hal.value


@pytest.mark.parametrize("columns_first", [False, True])
@pytest.mark.parametrize("name", KNOWN)
def test_what_looks_like_something_else(name: str, columns_first: bool) -> None:
    expected, text = KNOWN[name]
    result = describe([page(text, columns_first=columns_first)], "scan0001.pdf")
    assert (result.label.code, result.nomor.value, result.tanggal.value, result.hal.value) == expected


@pytest.mark.parametrize("name", NONE_OF_THE_TEN)
def test_other_papers_are_none_of_the_ten(name: str) -> None:
    assert described(NONE_OF_THE_TEN[name])[0] == "lainnya"


def test_what_was_left_open_is_not_filled_in() -> None:
    result = describe([page(KNOWN["left-open-for-a-pen"][1])], "scan0001.pdf")
    assert (result.nomor.reason, result.tanggal.reason) == ("not-filled-in", "not-filled-in")
    assert result.nomor.evidence is not None


SIGNATURE = "                                             Ditetapkan di Contoh"
DECISION = KEPUTUSAN[: KEPUTUSAN.index(SIGNATURE)]
SIGNED = f"KETIGA : Biaya dibebankan pada APBD.\n{SIGNATURE}\n{'':45}pada tanggal 17 Nopember 2020\n"
ATTACHED = f"""
                                   LAMPIRAN KEPUTUSAN BUPATI CONTOH
                                   NOMOR   : 188.45/99/KEP/2020
                                   TANGGAL : 18 Nopember 2020
^SUSUNAN TIM
1. Fulan
{SIGNATURE}
                                             pada tanggal 19 Nopember 2020
"""


def test_the_signature_may_stand_on_a_later_page_but_not_on_an_attachment() -> None:
    whole = described(KEPUTUSAN)
    assert described(DECISION, SIGNED) == described(DECISION, SIGNED, ATTACHED) == whole
    assert described(DECISION, ATTACHED)[2] is None


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ((SPT, NONE_OF_THE_TEN["travel-order"]), "spt"),
        ((SURAT_DINAS, DECISION, SIGNED), "surat_dinas"),
        ((UNDANGAN, "^DAFTAR HADIR\nNo   Nama   Tanda tangan"), "undangan"),
        ((DISPOSISI, SPT), "spt"),
    ],
)
def test_the_first_page_of_a_bundle_says_what_it_is(pages: tuple[str, ...], code: str) -> None:
    assert described(*pages)[0] == code


@pytest.mark.parametrize(
    ("text", "damage"),
    [
        (SPT, {"SURAT PERINTAH TUGAS": "5URAT PERlNTAH TUGA5", "MEMERINTAHKAN": "MEMER1NTAHKAN"}),
        (NOTA_DINAS, {"NOTA DINAS": "N0TA DlNA5", "Nomor": "Nornor"}),
        (NOTA_DINAS, {"Nomor     :": "Nomo r    ;", "Hal       :": "H a l     1"}),
        (EDARAN, {"TENTANG": "TENT ANG", "SURAT EDARAN": "SURAT EDAHAN"}),
        (BERITA_ACARA, {"BERITA ACARA": "B E R l T A   A C A R A", "Senin": "Senln", "bulan": "bu1an"}),
        (KEPUTUSAN, {"KEPUTUSAN BUPATI CONTOH": "KEPUTUSANBUPATlCONTOH", "Nopember": "Nopernber"}),
        (KETERANGAN, {"Lahir  :": "Lahir   ", "SURAT KETERANGAN": "SURAT  KETERANGAN"}),
        (SURAT_DINAS, {"Nomor     : ": "Nomor:", "Hal       : ": "Hal:", "            Pek": "    Pek"}),
        (SURAT_DINAS, {"Kemajuan                 Contoh": "Kemajuan   Kepada"}),
        (SURAT_DINAS, {"Contoh, 12 Mei": "Contoh,      12 Mei"}),
        (SURAT_DINAS, {f"{'':53}Contoh, 12": f"{'Diterima tanggal 14 Mei 2021':53}Contoh, 12"}),
    ],
)
def test_damage_changes_nothing(text: str, damage: dict[str, str]) -> None:
    damaged = text
    for clean, broken in damage.items():
        assert clean in damaged
        damaged = damaged.replace(clean, broken)
    assert described(damaged) == described(text)


@pytest.mark.parametrize(
    ("replaced", "by", "day"),
    [
        ("tiga\n", "tiga (20-03-2023)\n", "2023-03-20"),
        ("tiga\n", "tiga (27-04-2023)\n", "2023-03-20"),
        (
            "Senin tanggal dua puluh bulan Maret tahun dua ribu dua puluh tiga\n",
            "20 Maret 2023 (21-03-2023)\n",
            None,
        ),
    ],
)
def test_figures_after_the_words_must_agree_or_the_weekday_decides(
    replaced: str, by: str, day: str | None
) -> None:
    assert described(BERITA_ACARA.replace(replaced, by))[2] == day


def test_a_wrong_weekday_halves_the_trust_in_a_date() -> None:
    right, wrong = (
        describe([page(BERITA_ACARA.replace("Senin", name))], "x").tanggal for name in ("Senin", "Selasa")
    )
    assert right.value == wrong.value
    assert wrong.confidence < 0.6 * right.confidence


def test_of_two_numbers_that_stand_alike_none_is_chosen() -> None:
    text = "^PERJANJIAN KERJA SAMA\n^Nomor : 1/PKS/2020\n^Nomor : 2/PKS/2020\n^TENTANG\n^PENYIMPANAN ARSIP"
    result = describe([page(text)], "x")
    assert (result.nomor.value, result.nomor.reason) == (None, "several-candidates")


def letter(line: str) -> PageText:
    return page(f"{KOP}\n{line}\nSifat : Biasa\nHal : Ujian\n\nDengan hormat, bersama ini disampaikan\n")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Nomor : R-99/IJ/KP.07.6/04/2020", "R-99/IJ/KP.07.6/04/2020"),
        ("Nomor : B/Speng-3/II/KKA/2023/Setum", "B/Speng-3/II/KKA/2023/Setum"),
        ("Nomor : UM 02.01-Mn/201", "UM 02.01-Mn/201"),
        ("Nomor : 000.8.3.3/15/OR", "000.8.3.3/15/OR"),
        ("No. 065.1/0001626", "065.1/0001626"),
        ("NOMOR : SE- 7 /PB/2012", "SE-7/PB/2012"),
        ("Nomor ; 005 / 12 / Um.Setda / 2021", "005/12/Um.Setda/2021"),
        ("Nomor 1 005/12/UM/2021", "005/12/UM/2021"),
        ("Nomor : 005/12/UM/2021 tanggal 12 Mei 2021", "005/12/UM/2021"),
        ("Nomor : 005/12/UM/2021 Contoh, 12 Mei 2021", "005/12/UM/2021"),
        ("Nomor : 45 Tahun 2020", "45 TAHUN 2020"),
        ("Nomor : ......./UM/2021", None),
        ("Nomor :     /UM/2021", None),
        ("Nomor : -", None),
        ("Nomor induk pegawai", None),
    ],
)
def test_numbers_of_letters(line: str, number: str | None) -> None:
    assert describe([letter(line)], "x").nomor.value == number


def test_a_bare_number_is_less_sure_than_one_with_its_marks() -> None:
    bare, whole = (describe([letter(f"Nomor : {number}")], "x").nomor for number in ("12", "12/UM/2021"))
    assert bare.value == "12"
    assert bare.confidence < 0.8 * whole.confidence


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("005 / l23 /UM/ Vlll/2O21", "005/123/UM/VIII/2021"),
        ("PER-89jPBj2011", "PER-89/PB/2011"),
        ("005|123|UM|2021", "005/123/UM/2021"),
        ("030/12/BAST/111/2023", "030/12/BAST/III/2023"),
        ("421.2/OO7/SDN/2019", "421.2/007/SDN/2019"),
        ("23 Tahun 202O", "23 TAHUN 2020"),
        ("B-235/PANRB/D-IV/KKA/06/2012", "B-235/PANRB/D-IV/KKA/06/2012"),
        ("112/PMK.03/2022", "112/PMK.03/2022"),
    ],
)
def test_a_number_is_mended(raw: str, number: str) -> None:
    assert readable(raw) == number
    assert readable(number) == number


@pytest.mark.parametrize(("number", "whole"), [("1/UM/2021", True), ("005//UM", False), ("/UM/2021", False)])
def test_a_number_with_an_open_place_is_not_complete(number: str, whole: bool) -> None:
    assert is_complete(number) is whole


@pytest.mark.parametrize("line", ["Hal. 1 dari 2", "Halaman 1 dari 8", "Hal ini perlu diperhatikan bersama"])
def test_a_page_count_or_a_sentence_is_no_subject(line: str) -> None:
    assert (
        describe(
            [page(f"{KOP}\n{line}\n\n^BERITA ACARA\n^Nomor : 1/BA/2020\nisi berita acara")], "x"
        ).hal.value
        is None
    )
