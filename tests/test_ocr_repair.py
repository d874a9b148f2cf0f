"""Dates, letter numbers and amounts: what can be proved is put right, and nothing else."""

from __future__ import annotations

import pytest

from archive.types import Box, Word
from ocr.repair import repaired


def words(text: str, *, by_person: bool = False) -> list[Word]:
    return [Word(part, Box(0.1, 0.1, 0.1, 0.02), 0.9, 0, by_person) for part in text.split()]


def text_of(text: str) -> str:
    return " ".join(word.text for word in repaired(words(text))[0])


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("l7 Agustus 2O26", "17 Agustus 2026"),
        ("Contoh, 3O Nopember l98l.", "Contoh, 30 Nopember 1981."),
        ("(I2 Mei 2O2I)", "(12 Mei 2021)"),
        ("005/12/V1/2026 tanggal 3 Juni 2026", "005/12/VI/2026 tanggal 3 Juni 2026"),
        ("005/12/I1l/2026, 03/03/2026", "005/12/III/2026, 03/03/2026"),
        ("005/12/1x/2O26 tanggal l2 September 2O26", "005/12/IX/2026 tanggal 12 September 2026"),
        ("005/12/v/2O26; 9-5-2026", "005/12/v/2026; 9-5-2026"),  # nothing proves its case
        ("sebesar Rp1.25O.OOO,-", "sebesar Rp1.250.000,-"),
        ("Rp. 2.263.750.0@0,00", "Rp. 2.263.750.000,00"),
        ("sebesar Rp1.250.00O.", "sebesar Rp1.250.000."),
    ],
)
def test_what_has_one_reading_is_put_right(read: str, meant: str) -> None:
    assert text_of(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "17 Agustus 2026",
        "lO Agustus lgSO",  # letters only, or no year
        "3l Juni 2O26",  # no such day
        "l7 Agvstus 2O26",  # no month
        "ayat 5 Mei l8I9",  # no year of an office's paper
        "005/12/x/2026 tanggal 3 Oktober 2026",  # some write it so
        "005/12/V1/2026",  # no date
        "005/12/V1/2026 tanggal 3 Mei 2026",  # another month
        "005/12/V1/2026 tanggal 3 Juni 2025",  # another year
        "005/12/11/2026 tanggal 3 Februari 2026",  # or November
        "005/12/111/2026 tanggal 3 Maret 2026",  # or a school's number
        "005/12/XVI/2026 tanggal 3 Juni 2026",
        "005/O12/UM/2026 tanggal 3 Juni 2026",  # a code may have letters
        "Kelas X1/2026 tanggal 3 November 2026",
        "2.263,750 kg",
        "Rp2.263,75",
        "Rp93.452,000,00",  # the paper may have this comma
        "Rp1,250,000",  # English points, or a misread mark
        "17 Agustus 198S",  # 1985 or 1988
        "Il Mare SOS B1 O5",
    ],
)
def test_what_proves_nothing_stays(text: str) -> None:
    assert text_of(text) == text


def test_what_was_read_is_kept_and_told() -> None:
    found, steps = repaired(words("pada 17 Agustus 2O26 dan Rp1.25O.000,-"))
    assert [(word.raw, word.text) for word in found if word.raw] == [
        ("2O26", "2026"),
        ("Rp1.25O.000,-", "Rp1.250.000,-"),
    ]
    assert steps == ("repaired:2",)
    assert [word.box for word in found] == [word.box for word in words("a b c d e f")]


def test_a_page_without_repairs_says_nothing() -> None:
    said = words("Nomor : 005/12/VI/2026 tanggal 3 Juni 2026")
    assert repaired(said) == (tuple(said), ())


def test_what_a_person_has_put_right_is_not_touched() -> None:
    said = words("l7 Agustus 2O26", by_person=True)
    assert repaired(said) == (tuple(said), ())
