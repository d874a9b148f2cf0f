"""The numbers of records, as offices write them and as OCR reads them."""

from __future__ import annotations

import pytest

from archive.types import PageText
from classify.describe import describe
from classify.nomor import is_complete, readable
from tests.classify_pages import KOP, page


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
        ("Nomor 1. 005/12/UM/2021", "005/12/UM/2021"),
        ("Nomor > 005/12/UM/2021", "005/12/UM/2021"),
        ("Nomor : 421,3/0148/UM", "421.3/0148/UM"),
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
