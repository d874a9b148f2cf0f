"""Labels and values come together in the rows of forms, and columns of prose stay whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.types import Box, PrepareOptions, ReadOptions, Word
from bench.recall import source_of
from ingest.prepare import prepare
from ocr import read
from ocr.order import in_rows
from samples.files import save_image
from samples.pages import FOLDERS, sheet
from tests.ocr_pages import lines

LETTER = 0.01
"""Width of a letter on these pages; lines are as high."""


def words(*rows: tuple[float, float, str]) -> tuple[Word, ...]:
    """Lines as an engine gives them, each by the place where it begins, right and down."""
    found = []
    for number, (x, y, text) in enumerate(rows):
        for word in text.split():
            found.append(Word(word, Box(x, y, len(word) * LETTER, LETTER), 0.9, number))
            x += (len(word) + 1) * LETTER
    return tuple(found)


def ordered(*rows: tuple[float, float, str]) -> list[str]:
    return lines(in_rows(words(*rows)))


def test_values_follow_the_labels_of_their_rows() -> None:
    assert ordered(
        (0.4, 0.05, "SURAT TUGAS"),
        (0.1, 0.10, "Nomor"),
        (0.1, 0.12, "Lampiran"),
        (0.1, 0.14, "Hal"),
        (0.3, 0.10, ": 005/17/Setda"),
        (0.3, 0.121, ": 1 berkas"),
        (0.3, 0.14, ": Undangan rapat"),
        (0.32, 0.16, "koordinasi"),
        (0.1, 0.20, "Dengan hormat"),
    ) == [
        "SURAT TUGAS",
        "Nomor : 005/17/Setda",
        "Lampiran : 1 berkas",
        "Hal : Undangan rapat",
        "koordinasi",
        "Dengan hormat",
    ]


def test_labels_are_known_without_their_colons_and_values_of_many_lines_stay_with_them() -> None:
    assert ordered(
        (0.1, 0.12, "Menimbang"),
        (0.1, 0.18, "Mengingat"),
        (0.3, 0.10, "BUPATI CONTOH,"),
        (0.22, 0.12, "a. bahwa arsip dinamis dikelola oleh setiap"),
        (0.24, 0.14, "perangkat daerah;"),
        (0.22, 0.18, "1. Undang-Undang Nomor 43 Tahun 2009"),
        (0.24, 0.20, "tentang Kearsipan;"),
    ) == [
        "BUPATI CONTOH,",
        "Menimbang a. bahwa arsip dinamis dikelola oleh setiap",
        "perangkat daerah;",
        "Mengingat 1. Undang-Undang Nomor 43 Tahun 2009",
        "tentang Kearsipan;",
    ]


def test_lines_cut_in_two_are_made_whole() -> None:
    assert ordered(
        (0.1, 0.10, "Yang bertanda tangan di bawah"),
        (0.1, 0.12, "Contoh, menerangkan dengan"),
        (0.398, 0.10, "ini Kepala Desa Suka Contoh"),
        (0.368, 0.12, "sesungguhnya bahwa:"),
    ) == [
        "Yang bertanda tangan di bawah ini Kepala Desa Suka Contoh",
        "Contoh, menerangkan dengan sesungguhnya bahwa:",
    ]


def test_two_labels_with_their_values_in_one_row_are_one_line() -> None:
    assert ordered(
        (0.1, 0.10, "No. Surat : 028/0079"),
        (0.1, 0.12, "Hal : Permohonan data peserta didik"),
        (0.6, 0.10, "No. Agenda : 809"),
        (0.6, 0.12, "Sifat : Segera"),
    ) == ["No. Surat : 028/0079 No. Agenda : 809", "Hal : Permohonan data peserta didik Sifat : Segera"]


def test_a_line_that_was_read_out_of_its_column_comes_back_to_its_place() -> None:
    head = ("PEMERINTAH KABUPATEN CONTOH", "Jalan Balai Desa Nomor 1", "FORMULIR PERMOHONAN")
    first, second, third = ((0.3, 0.05 + 0.02 * row, text) for row, text in enumerate(head))
    assert ordered(second, first, third) == list(head)
    noise = (0.05, 0.063, "ww")
    assert ordered(second, first, noise, third) == [head[0], "ww", *head[1:]]


def test_numbers_and_last_lines_of_a_list_that_were_read_after_it_come_back() -> None:
    assert ordered(
        (0.1, 0.10, "disampaikan hal-hal sebagai berikut:"),
        (0.14, 0.12, "Barang dicocokkan dengan buku"),
        (0.14, 0.16, "Barang yang rusak diusulkan"),
        (0.5, 0.30, "Budi Teladan"),
        (0.1, 0.12, "1."),
        (0.14, 0.14, "inventaris;"),
        (0.1, 0.16, "2."),
        (0.14, 0.18, "untuk dihapus."),
    ) == [
        "disampaikan hal-hal sebagai berikut:",
        "1. Barang dicocokkan dengan buku",
        "inventaris;",
        "2. Barang yang rusak diusulkan",
        "untuk dihapus.",
        "Budi Teladan",
    ]


def test_sums_stand_behind_what_they_are_for() -> None:
    assert ordered(
        (0.1, 0.10, "Belanja alat tulis kantor"),
        (0.1, 0.12, "Belanja perjalanan dinas dalam daerah"),
        (0.1, 0.14, "Belanja sewa gedung"),
        (0.7, 0.10, "16.500.000"),
        (0.67, 0.12, "Rp. 71.750.000"),
        (0.72, 0.14, "100,50"),
    ) == [
        "Belanja alat tulis kantor 16.500.000",
        "Belanja perjalanan dinas dalam daerah Rp. 71.750.000",
        "Belanja sewa gedung 100,50",
    ]


def test_a_word_that_runs_up_the_page_beside_lines_is_no_label() -> None:
    beside = *words((0.2, 0.10, ": 1"), (0.2, 0.12, ": 2")), Word("tepi", Box(0.1, 0.09, 0.01, 0.06), 0.9, 2)
    assert in_rows(beside) == beside


PROSE = tuple(
    (x, 0.1 + 0.02 * row, f"{side} column with a line of prose {row}")
    for x, side in ((0.05, "left"), (0.55, "right"))
    for row in range(9)
)
SIGNED = (
    (0.15, 0.80, "Pihak Kedua,"),
    (0.15, 0.88, "Sri Contoh"),
    (0.65, 0.80, "Pihak Pertama,"),
    (0.65, 0.88, "Budi Teladan"),
)
SIDE_BY_SIDE = (  # one value by chance on the right, at a height where a line of prose ends on the left
    *(row for row in PROSE if row[0] < 0.5),
    *((0.55, 0.107 + 0.02 * row, "right column, its lines between") for row in range(8)),
    (0.55, 0.262, ": a colon"),
)


@pytest.mark.parametrize("page", [PROSE, SIGNED, SIDE_BY_SIDE], ids=["prose", "signatures", "colon"])
def test_columns_stay_whole(page: tuple[tuple[float, float, str], ...]) -> None:
    assert in_rows(words(*page)) == words(*page)


def test_a_page_without_words_stays_without() -> None:
    assert in_rows(()) == ()


@pytest.mark.parametrize("engine", ["tesserocr", "pytesseract", "onnx"])
def test_the_rows_of_a_card_are_read_as_rows_by_every_engine(engine: read.EngineName, tmp_path: Path) -> None:
    cards = next(folder for folder in FOLDERS if folder.name == "drawn-cards")
    card = sheet(replace(cards, name="a card of its own"), 0)
    save_image(tmp_path / "card.jpg", [card.image], card.dpi)
    source = source_of(tmp_path / "card.jpg")
    image, prepared = prepare(source, PrepareOptions())
    found = lines(read.read(source, prepared, image, ReadOptions(engine=engine)).words)
    labels = [line.partition(" : ")[0] for line in found if " : " in line]
    assert [label for label in ("Nama", "Alamat", "Agama", "Pekerjaan") if label not in labels] == []


@pytest.mark.parametrize(("rows", "stays"), [(60, False), (600, True)])
def test_more_lines_than_print_has_stay_as_they_are(rows: int, stays: bool) -> None:
    places = [0.1 + 0.8 * n / rows for n in range(rows)]
    form = words(*((0.1, y, "Nomor") for y in places), *((0.3, y, ": 5") for y in places))
    assert (in_rows(form) == form) == stays
