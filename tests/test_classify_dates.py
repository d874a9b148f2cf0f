"""Dates as Indonesian records write them."""

from __future__ import annotations

import pytest

from classify.dates import dates_in, number_in_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Contoh, 12 Mei 2026", "2026-05-12"),
        ("Contoh, 1 Januari 2001", "2001-01-01"),
        ("3 Nopember 1998", "1998-11-03"),
        ("5 Pebruari 1987", "1987-02-05"),
        ("17 Djuni 1960", "1960-06-17"),
        ("2 Agt 2019", "2019-08-02"),
        ("2 Ags. 2019", "2019-08-02"),
        ("9 Sept 2014", "2014-09-09"),
        ("30-11-2020", "2020-11-30"),
        ("12/05/2026", "2026-05-12"),
        ("12.05.2026", "2026-05-12"),
        ("tanggal 20 bulan Maret tahun 2020", "2020-03-20"),
        ("12Mei2020", "2020-05-12"),
        ("l2 Mel 2O20", "2020-05-12"),
        ("I7 Agustus 1945", "1945-08-17"),
        ("1 2 Mei 20 20", "2020-05-12"),
        ("8 Nopernber 2020", "2020-11-08"),
        ("tanggal dua puluh bulan Maret tahun dua ribu dua puluh tiga bertempat", "2023-03-20"),
        ("tanggal Tiga Puluh Satu bulan Desember tahun Dua Ribu Sebelas, kami", "2011-12-31"),
        (
            "tanggal duapuluh lirna bulan Agustus tahun seribu sembilan ratus sembilan puluh delapan",
            "1998-08-25",
        ),
        ("tanggal 5 bulan Juli tahun dua ribu dua belas", "2012-07-05"),
    ],
)
def test_a_date_is_read(text: str, expected: str) -> None:
    assert [dated.day.isoformat() for dated in dates_in(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "31 Februari 2020",
        "005/12/05/2020",
        "Mei 2020",
        "15 lembar 2020",
        "12 Mei 1776",
        "13/13/2020",
        "tahun 2020",
    ],
)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert dates_in(text) == []


def test_a_date_knows_where_it_stands() -> None:
    text = "Contoh, 12 Mei 2026 dan 13 Mei 2026"
    assert [text[dated.start : dated.end] for dated in dates_in(text)] == ["12 Mei 2026", "13 Mei 2026"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Senin, 18 Mei 2020", True),
        ("Jum'at, 15 Mei 2020", True),
        ("Djumat 15 Mei 2020", True),
        ("Selasa, 18 Mei 2020", False),
        ("Contoh, 18 Mei 2020", None),
        ("hari Senin tanggal 18 Mei 2020", True),
        ("hari ini Senin tanggal dua puluh bulan Maret tahun dua ribu dua puluh tiga", True),
    ],
)
def test_the_weekday_is_checked(text: str, right: bool | None) -> None:
    assert [dated.weekday for dated in dates_in(text)] == [right]


def test_mended_figures_are_marked() -> None:
    assert [dated.mended for dated in dates_in("12 Mei 2020, l2 Mei 2020")] == [False, True]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dua ribu dua puluh satu", 2021),
        ("seribu sembilan ratus tujuh puluh", 1970),
        ("tiga belas", 13),
        ("duapuluhtiga", 23),
        ("sebelas", 11),
        ("dua ratus", 200),
        ("dua meja", None),
        ("", None),
    ],
)
def test_numbers_in_words(text: str, number: int | None) -> None:
    assert number_in_words(text) == number
