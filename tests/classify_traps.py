"""Typed pages that are easily taken for something else, with what they are."""

from __future__ import annotations

from tests.classify_pages import KOP

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
    "work-order-with-a-date-over-two-lines": (
        ("spk", "602.1/115/SPK-PL/PU/2018", "2018-01-26", None),
        """
SURAT PERINTAH KERJA (SPK)              SATUAN KERJA : DINAS PEKERJAAN UMUM
                                        NOMOR DAN TANGGAL SPK :
                                        602.1/115/SPK-PL/PU/2018 tanggal 26 Januari
                                        2018
PAKET PEKERJAAN :                       NOMOR DAN TANGGAL SURAT UNDANGAN :
                                        Und.115/PPBJ/2018 tanggal 14 Januari 2018
Pengadaan Lemari Arsip
SUMBER DANA : Dibebankan atas DPA Tahun Anggaran 2018
WAKTU PELAKSANAAN PEKERJAAN : 45 (empat puluh lima) hari kalender
INSTRUKSI KEPADA PENYEDIA : Penagihan hanya dapat dilakukan setelah penyelesaian.
""",
    ),
    "presence-asked-for-in-a-letter": (
        ("surat_dinas", "136/0127/PU/2019", "2019-11-18", "Penegasan Batas Desa"),
        KOP
        + """
                                                     Contoh, 18 Nopember 2019
Nomor    : 136/0127/PU/2019
Sifat    : Penting
Hal      : Penegasan Batas Desa

Yth. Camat Contoh
di Tempat

     Sehubungan dengan penegasan batas desa, bersama ini disampaikan hal-hal berikut:
1. Tim akan melakukan pelacakan pilar batas di wilayah Saudara.
2. Kepala desa yang berbatasan agar hadir dan membawa peta desa serta dokumen pendukung.
     Demikian untuk menjadi perhatian dan dilaksanakan.
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
