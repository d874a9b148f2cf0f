"""The ten kinds as they should look, described whole; what a description promises."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from archive.types import Box, Description, PageText
from classify.describe import describe
from tests.classify_pages import ALL, DISPOSISI, KEPUTUSAN, SURAT_DINAS, page

EXPECTED = {
    "surat_dinas": (
        "600/0123/PU/2021",
        "2021-05-12",
        "Penyampaian Laporan Kemajuan Pekerjaan Jalan Tahun 2021",
    ),
    "undangan": ("005/045/PU/2021", "2021-03-15", "Undangan Rapat Koordinasi"),
    "nota_dinas": ("05/SEK/OT.01/02/2018", "2018-02-05", "Permohonan Pengadaan Lemari Arsip"),
    "spt": ("090/017/PU/2019", "2019-04-04", None),
    "keputusan": (
        "188.45/23/KEP/2020",
        "2020-11-17",
        "PEMBENTUKAN TIM PENGELOLA ARSIP DI LINGKUNGAN PEMERINTAH KABUPATEN CONTOH",
    ),
    "edaran": ("SE-7/SETDA/2022", "2022-08-08", "PENYELAMATAN ARSIP PENANGANAN BENCANA"),
    "berita_acara": ("030/12/BAST/III/2023", "2023-03-20", None),
    "keterangan": ("471/055/DS/2020", "2020-07-09", None),
    "spk": ("10/SPK/PPK.05/11/2021", "2021-11-12", None),
    "kwitansi": ("021/KW/2017", "2017-03-14", None),
}


def values(described: Description) -> tuple[str | None, str | None, str | None]:
    return described.nomor.value, described.tanggal.value, described.hal.value


@pytest.mark.parametrize("columns_first", [False, True])
@pytest.mark.parametrize("code", ALL)
def test_the_ten_kinds(code: str, columns_first: bool) -> None:
    described = describe([page(ALL[code], columns_first=columns_first)], "scan0001.pdf")
    assert described.label.code == code
    assert described.label.confidence > 0.9
    assert values(described) == EXPECTED[code]


@pytest.mark.parametrize("code", ALL)
def test_everything_said_carries_its_evidence(code: str) -> None:
    text = page(ALL[code])
    described = describe([None, text], "scan0001.pdf")
    fields = (described.nomor, described.tanggal, described.hal)
    evidence = [*described.label.reasons, *(field.evidence for field in fields if field.value)]
    assert described.label.reasons
    for each in evidence:
        assert each is not None
        assert each.page == 2
        assert each.rule
        inside = [word.text for word in text.words if holds(each.box, word.box)]
        assert inside
        assert set(each.raw.replace(":", " ").split()) <= set(" ".join(inside).replace(":", " ").split())
    assert all(field.reason for field in fields if field.value is None)
    assert all(0 < field.confidence < 1 for field in fields if field.value)


def holds(outer: Box, inner: Box) -> bool:
    x, y = inner.x + inner.w / 2, inner.y + inner.h / 2
    return outer.x <= x <= outer.x + outer.w and outer.y <= y <= outer.y + outer.h


def test_a_disposisi_in_front_is_not_the_letter() -> None:
    described = describe([page(DISPOSISI), page(SURAT_DINAS)], "scan0001.pdf")
    assert described.label.code == "surat_dinas"
    assert values(described) == EXPECTED["surat_dinas"]
    assert described.nomor.evidence is not None
    assert described.nomor.evidence.page == 2


def test_a_disposisi_alone_is_none_of_the_ten() -> None:
    described = describe([page(DISPOSISI)], "scan0001.pdf")
    assert described.label.code == "lainnya"
    assert described.label.reasons[0].rule == "disposisi/judul-disposisi"
    assert values(described) == (None, None, None)


@pytest.mark.parametrize("first", [None, page(""), page("^BOKS 12"), page("7")])
def test_a_page_with_nothing_on_it_may_come_first(first: PageText | None) -> None:
    assert values(describe([first, page(KEPUTUSAN)], "scan0001.pdf")) == EXPECTED["keputusan"]


@pytest.mark.parametrize("pages", [[], [None], [page("")], [None, page("")]])
def test_without_words_nothing_is_claimed(pages: list[PageText | None]) -> None:
    described = describe(pages, "undangan.pdf")
    assert (described.label.code, described.label.confidence) == ("lainnya", 0.0)
    assert {described.nomor.reason, described.tanggal.reason, described.hal.reason} == {"no-words"}


def test_damage_lowers_the_confidence_of_a_field() -> None:
    clear, faint = (
        describe([page(SURAT_DINAS, confidence=level)], "x").nomor.confidence for level in (0.95, 0.3)
    )
    assert faint < 0.8 * clear


def test_the_name_of_the_file_tips_the_scales() -> None:
    doubtful = page(
        "Yang bertanda tangan di bawah ini Kepala Desa Contoh\nmenerangkan bahwa Fulan penduduk kami"
    )
    assert describe([doubtful], "scan.pdf").label.code == "lainnya"
    assert describe([doubtful], "Surat Keterangan 3.pdf").label.code == "keterangan"


def test_the_name_of_the_file_says_nothing_alone() -> None:
    text = page("Selamat pagi dunia, apa kabar semua orang\nyang ada di sini pada hari yang cerah ini")
    assert describe([text], "SPT.pdf") == describe([text], "scan.pdf")


def test_a_description_is_a_plain_value() -> None:
    described = describe([page(KEPUTUSAN)], "x")
    assert msgspec.json.decode(msgspec.json.encode(described), type=Description) == described


def test_english_letters_and_reports_are_none_of_the_ten(corpus: Path) -> None:
    truths = sorted((corpus / "scans").glob("*/*.gt.txt"))
    assert truths
    wrong = []
    for truth in truths:
        text = truth.read_text(encoding="utf-8", errors="replace")
        label = describe([page(text)], truth.name).label
        if label.code != "lainnya":
            wrong.append((truth.name, label.code))
    assert wrong == []
