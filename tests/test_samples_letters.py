"""What the invented records say: fields that stand on the paper, numbers that belong to nobody."""

import random
import re
from datetime import date

import pytest

from samples.layout import Letter, Paper, place
from samples.letters import KINDS, letter
from samples.letters.office import OFFICES, in_words, nik, number, terbilang

SEEDS = range(40)


def letters(kind: str) -> list[Letter]:
    return [letter(kind, random.Random(f"{kind} {seed}")) for seed in SEEDS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_fields_stand_on_the_paper(kind: str) -> None:
    for made in letters(kind):
        assert made.kind == kind
        for value in (made.nomor, made.hal):
            assert value is None or value.lower() in made.text.lower()
        if made.tanggal:
            assert 2009 <= date.fromisoformat(made.tanggal).year <= 2025


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_writes_the_same_letter_and_another_one_another(kind: str) -> None:
    assert letters(kind) == letters(kind)
    assert len({made.text for made in letters(kind)}) == len(SEEDS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_belongs_to_a_person(kind: str) -> None:
    for made in letters(kind):
        for digits in re.findall(r"\b\d{16}\b", made.text):
            assert digits[4:6] == "00"
            assert digits[12:] == "0000"
        for nip in re.findall(r"\b\d{8} \d{6} \d (\d{3})\b", made.text):
            assert nip == "000"
        assert "elepon (0" not in made.text.replace("elepon (0000) 000", "")


def test_an_assignment_has_no_subject_and_a_decree_always() -> None:
    assert all(made.hal is None for made in letters("spt"))
    assert all(made.hal for made in letters("keputusan"))


def test_an_invitation_speaks_of_another_day_than_its_own() -> None:
    for made in letters("undangan"):
        assert re.search(r"(Senin|Selasa|Rabu|Kamis|Jum'at), \d", made.text)
        assert made.tanggal


def test_numbers_and_dates_in_words() -> None:
    assert terbilang(11) == "sebelas"
    assert terbilang(119) == "seratus sembilan belas"
    assert terbilang(1999) == "seribu sembilan ratus sembilan puluh sembilan"
    assert terbilang(2_015_010) == "dua juta lima belas ribu sepuluh"
    assert in_words(date(2019, 3, 12)) == "dua belas bulan Maret tahun dua ribu sembilan belas"


def test_klasifikasi_changes_with_permendagri_83_of_2022() -> None:
    rng = random.Random(1)
    assert number("005", "000.1.5", OFFICES[0], date(2023, 1, 2), rng).startswith("000.1.5/")
    assert "005" in number("005", "000.1.5", OFFICES[0], date(2022, 12, 30), rng)


def test_a_woman_is_born_forty_days_later() -> None:
    assert nik(date(1987, 11, 12), woman=True) == "5100005211870000"
    assert nik(date(1987, 11, 12), woman=False) == "5100001211870000"


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_placed_on_the_sheet_in_reading_order(kind: str) -> None:
    paper = Paper()
    for made in letters(kind)[:10]:
        sheets = place(made, lambda text, style, point: len(text) * point * 0.17, paper)
        assert len(sheets) >= len(made.sheets)
        placed = [word.text for sheet in sheets for word in sheet.words]
        assert sorted(placed) == sorted(made.text.split())
        for sheet in sheets:
            assert [word.line for word in sheet.words] == sorted(word.line for word in sheet.words)
            assert all(0 < word.baseline < paper.height for word in sheet.words)
            assert all(0 < word.x < paper.width for word in sheet.words)
