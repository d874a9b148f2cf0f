"""Stems: inflection goes, and no two different words become one."""

from __future__ import annotations

import pytest

from index.stem import stem


@pytest.mark.parametrize(
    ("form", "root"),
    [
        ("suratnya", "surat"),
        ("suratku", "surat"),
        ("suratmu", "surat"),
        ("suratlah", "surat"),
        ("apakah", "apakah"),
        ("siapakah", "siapa"),
        ("siapapun", "siapa"),
        ("suratnyalah", "surat"),
        ("surat-surat", "surat"),
        ("surat-suratnya", "surat"),
        ("keputusannyapun", "keputusan"),
        ("sayur-mayur", "sayur-mayur"),
        ("2021", "2021"),
    ],
)
def test_inflection_is_taken_off(form: str, root: str) -> None:
    assert stem(form) == root


@pytest.mark.parametrize(
    "pair",
    [
        ("data", "perdata"),
        ("kepada", "pada"),
        ("tetap", "tetapi"),
        ("masa", "masalah"),
        ("ketua", "tua"),
        ("keluar", "luar"),
        ("ada", "adalah"),
        ("adalah", "pengadaan"),
        ("maka", "makalah"),
        ("malu", "maluku"),
        ("atau", "ataupun"),
        ("berita", "ita"),
        ("kepala", "pala"),
    ],
)
def test_different_words_stay_different(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


@pytest.mark.parametrize(
    "word", ["sekolah", "jumlah", "naskah", "ilmu", "buku", "tanya", "hanya", "berlaku", "bertanya"]
)
def test_words_that_only_end_like_a_suffix_are_whole(word: str) -> None:
    assert stem(word) == word
