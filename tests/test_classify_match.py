"""Phrases in damaged text."""

from __future__ import annotations

import pytest

from classify.match import find, fold, near


def found(phrase: str, text: str) -> list[tuple[int, int, int]]:
    letters = fold(text)
    return [(hit.start, hit.end, hit.errors) for hit in find(fold(phrase), letters, range(len(letters)))]


@pytest.mark.parametrize(
    ("damaged", "clean"),
    [
        ("TENT ANG", "tentang"),
        ("B E R I T A   A C A R A", "Berita Acara"),
        ("BUPATlCONTOH", "Bupati Contoh"),
        ("PROVINS( CONTOH", "Provinsi Contoh"),
        ("PR0VlNS1", "provinsi"),
        ("perrnohonan", "permohonan"),
        ("KEPUTU5AN", "keputusan"),
        ("(SPK)", "spk"),
        ("Jum'at", "jumat"),
        ("résumé", "resume"),
    ],
)
def test_look_alikes_fold_together(damaged: str, clean: str) -> None:
    assert fold(damaged) == fold(clean)


def test_what_is_alike_in_nothing_stays_apart() -> None:
    assert fold("keputusan") != fold("keterangan")


def test_a_phrase_is_found_where_it_stands() -> None:
    assert found("nota dinas", "Demikian Nota Dinas ini") == [(8, 17, 0)]


@pytest.mark.parametrize(
    "text", ["SURAT KEPUTUSN", "SURAT KEPUTUSSAN", "SUHAT KEPUTUSAN", "SURAT KEP'UTUEAN"]
)
def test_a_long_phrase_may_be_one_letter_off(text: str) -> None:
    assert [errors for _, _, errors in found("surat keputusan", text)] == [1]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("hal", "hai ini hak"),
        ("surat tugas", "surat tunai"),
        ("surat perintah tugas", "surat perintah kerja"),
        ("surat perintah kerja", "surat perjanjian kerja"),
        ("surat keputusan", "surat keterangan"),
        ("nota dinas", "kota dinar"),
    ],
)
def test_other_words_are_not_the_phrase(phrase: str, text: str) -> None:
    assert [hit for hit in found(phrase, text) if hit[2]] == []


def test_a_phrase_begins_only_where_it_may() -> None:
    letters = fold("kami undangan saudara")
    assert [hit.start for hit in find("undangan", letters, {0, 4})] == [4]
    assert find("undangan", letters, {0, 12}) == []


def test_the_nearest_name_wins_only_if_it_is_one() -> None:
    assert near("agustos", ("agustus", "oktober")) == "agustus"
    assert near("juri", ("juni", "juli")) is None
    assert near("marel", ("maret", "marem")) is None
