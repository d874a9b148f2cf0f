"""Records that are easily taken for something else, and dates and numbers that are not theirs."""

from __future__ import annotations

import pytest

from classify.describe import describe
from tests.classify_pages import (
    BERITA_ACARA,
    DISPOSISI,
    EDARAN,
    KEPUTUSAN,
    KETERANGAN,
    KOP,
    NONE_OF_THE_TEN,
    NOTA_DINAS,
    SPT,
    SURAT_DINAS,
    UNDANGAN,
    page,
)
from tests.classify_traps import KNOWN, Row


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


@pytest.mark.parametrize("line", ["Hal. 1 dari 2", "Halaman 1 dari 8", "Hal ini perlu diperhatikan bersama"])
def test_a_page_count_or_a_sentence_is_no_subject(line: str) -> None:
    assert (
        describe(
            [page(f"{KOP}\n{line}\n\n^BERITA ACARA\n^Nomor : 1/BA/2020\nisi berita acara")], "x"
        ).hal.value
        is None
    )


def test_a_speck_before_the_place_of_issue_does_not_hide_it() -> None:
    issued = """
^SURAT PERINTAH TUGAS
^NOMOR : 090/1276/PU/2012

Dasar     : Surat Camat Contoh Nomor 421.3/0522/Kec tanggal 28 April 2012
Untuk     : Tugas dilaksanakan mulai tanggal 29 Mei 2012

                                                   _ Dikeluarkan di : Pinang Contoh
                                                     pada tanggal : 25 Mei 2012
"""
    assert described(KOP + issued) == ("spt", "090/1276/PU/2012", "2012-05-25", None)


def test_a_speck_between_number_and_place_is_no_colon() -> None:
    letter = """
Nomor     : 005/215/VIII/2013                   .      Pinang Contoh, 2 Agustus 2013
Lampiran  : -
Hal       : Laporan Kegiatan
Yth. Bupati Contoh
     Bersama ini kami sampaikan laporan kegiatan.
"""
    assert described(KOP + letter)[1:] == ("005/215/VIII/2013", "2013-08-02", "Laporan Kegiatan")
