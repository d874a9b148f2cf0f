"""Letter numbers and dates: one normal form for all spellings, and for what OCR makes of them."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import numbers
from index.numbers import codes, day_of

PARTS = [
    "surat",
    "dan",
    "Nomor",
    ":",
    "No.",
    "7",
    "12",
    "O1",
    "2021",
    "1999",
    "tahun",
    "bulan",
    "Maret",
    "mei,",
    "/",
    "|",
    "-",
    "005/",
    "/UM",
    "UM",
    "A-",
    "B.",
    "SE",
    "V/2020",
    "l4.2/KjO/2O21",
    "3-4-2010",
    ".",
    "I",
]


def found(text: str) -> list[str]:
    return [code.form for code in codes(text.split())]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("005/123/UM/2021", "n:005/123/um/2021"),
        ("Nomor : 005/123/UM/2021", "n:005/123/um/2021"),
        ("No.005/123/UM/2021", "n:005/123/um/2021"),
        ("005 / 123 / UM / 2021", "n:005/123/um/2021"),
        ("005|123\\UM/2O2l", "n:005/123/um/2021"),
        ("R-99/IJ/KP.07.6/04/2020", "n:r99/ij/kp07.6/04/2020"),
        ("B-235/PANRB/D-IV/KKA/06/2012", "n:b235/panrb/div/kka/06/2012"),
        ("05/IJ/OT.01/04/2016", "n:05/ij/ot01/04/2016"),
        ("05/IJ/OT.01/IV/2016", "n:05/ij/ot01/04/2016"),
        ("05/IJ/OT.01/4/2016", "n:05/ij/ot01/04/2016"),
        ("000.8.3.3/15/OR", "n:000.8.3.3/15/or"),
        ("065.1/0001626", "n:065.1/0001626"),
        ("SE-7/PB/2012", "n:se7/pb/2012"),
        ("SE- 7 /PB/2012", "n:se7/pb/2012"),
        ("SE-7jPBj2012", "n:se7/pb/2012"),
        ("SE-7lPBl2012", "n:se7/pb/2012"),
        ("PER-89jPBj2011", "n:per89/pb/2011"),
        ("18NDSj2016", "n:18nds/2016"),
        ("112/PMK.03/2022", "n:112/pmk03/2022"),
        ("S.16/SETJEN/ROUM/Set.1/1/2023", "n:s16/setjen/roum/set1/01/2023"),
        ("B/Speng-3/II/KKA/2023/Setum", "n:b/speng3/02/kka/2023/setum"),
        ("Und.26/BPIP/PPBJ.D5/XI/2021", "n:und26/bpip/ppbjd5/11/2021"),
        ("NOMOR 23 TAHUN 2020", "n:23/2020"),
        ("No. 23 Th. 2020", "n:23/2020"),
    ],
)
def test_a_letter_number_has_one_form(text: str, form: str) -> None:
    assert found(text)[-1] == form


def test_a_damaged_number_is_kept_as_read_and_as_repaired() -> None:
    assert found("005/123jUM/2021") == ["n:005/123jum/2021", "n:005/123/um/2021"]


def test_a_prefix_set_apart_is_tried_with_and_without() -> None:
    assert found("SE 7/PB/2012") == ["n:7/pb/2012", "n:se7/pb/2012"]
    assert found("UM 02.01-Mn/201")[-1] == "n:um02.01mn/201"


@pytest.mark.parametrize("text", ["dan/atau", "Tempat/Tgl Lahir", "12345", "kata", "a / b", "jl Jalan 5", ""])
def test_what_is_no_number(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "12 Mei 2021",
        "12 MEI 2021",
        "12 May 2021",
        "12-05-2021",
        "12/5/2021",
        "12.05.2021",
        "12 - 05 - 2021",
        "2021-05-12",
        "12-Mei-2021",
        "12Mei2021",
        "12 Mei, 2021",
        "tanggal 12 bulan Mei tahun 2021",
        "Jakarta, 12 Mei 2021.",
        "Rabu, 12 Mei 2021",
        "I2 Mei 2O21",
        "l2-O5-202l",
    ],
)
def test_a_date_has_one_form(text: str) -> None:
    assert found(text) == ["d:2021-05-12"]


@pytest.mark.parametrize(
    ("month", "number"),
    [("Pebruari", 2), ("Nopember", 11), ("Agt", 8), ("Ags", 8), ("Djuni", 6), ("Des.", 12), ("Okt", 10)],
)
def test_months_of_every_age(month: str, number: int) -> None:
    assert found(f"3 {month} 1987") == [f"d:1987-{number:02d}-03"]


@pytest.mark.parametrize(
    "text", ["31 Februari 2021", "32/01/2021", "12-13-2021", "00-01-2021", "5 Meikarta 2021"]
)
def test_no_such_day_is_no_date(text: str) -> None:
    assert not [form for form in found(text) if form.startswith("d:")]


def test_a_date_within_a_number_is_part_of_the_number() -> None:
    assert found("005/12/05/2021/UM") == ["n:005/12/05/2021/um"]


def test_codes_know_their_words() -> None:
    text = "Contoh, Rabu 12 Mei 2021 Nomor 005 / 12 / UM"
    assert [(c.form, c.first_word, c.last_word) for c in codes(text.split())] == [
        ("d:2021-05-12", 2, 4),
        ("n:005/12/um", 6, 10),
    ]


@given(st.lists(st.sampled_from(PARTS), max_size=60))
def test_looking_only_near_digits_misses_nothing(texts: list[str]) -> None:
    text = " ".join(texts)
    everywhere = [(0, len(text))]
    near = list(numbers._stretches(text, texts, [0, *accumulate(len(word) + 1 for word in texts)]))
    assert sorted(numbers._dates(text, near)) == sorted(numbers._dates(text, everywhere))
    assert sorted(numbers._numbers(text, near)) == sorted(numbers._numbers(text, everywhere))


def test_day_of_takes_a_whole_text() -> None:
    assert day_of(" 12 Mei 2021 ") == day_of("2021-05-12") == date(2021, 5, 12)
    assert day_of("tanggal 12 Mei 2021") is None
    assert day_of("") is None


@pytest.mark.parametrize("part", ["a-", "1.", "a/", "1 / ", "A1j", "12 ", "no 1 ", "- ", "1/1/2021 1/2 "])
def test_hostile_pages_take_no_longer_than_long_ones(part: str) -> None:
    """A pattern that backtracks would not come to an end here."""
    assert isinstance(found(part * 40_000), list)
