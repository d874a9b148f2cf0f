"""The scanner's desk: gaps in page numbers, sheets scanned twice, limits, and what is never said."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from archive.geometry import IDENTITY
from archive.types import Box, PageText, Prepared, Quality, Word
from ingest.desk.facts import Facts, facts
from ingest.desk.findings import findings
from ingest.desk.kinds import Finding, Kind
from ingest.desk.numbering import Gap, Printed, gaps, printed
from ingest.desk.twins import same, suspects

FINE = Quality(900.0, 0.8, 0.1, 0.05, False, letters=900, blur_mm=0.3, fingerprint="d0cc1796e6969e1c")
FORM = "kantor camat contoh menerangkan bahwa pegawai tersebut masih bertugas"


def prepared(quality: Quality = FINE, **changes: Any) -> Prepared:
    clean = Prepared(1654, 2339, 200.0, 0, IDENTITY, "frame", quality, ())
    return structs.replace(clean, **changes)


def text(*lines: str, confidence: float = 0.95, moved: float = 0.0, first: float = 0.2) -> PageText:
    """A page of lines below each other."""
    words = tuple(
        Word(
            word, Box(0.1 + 0.1 * at + moved, first + 0.03 * number + moved, 0.08, 0.015), confidence, number
        )
        for number, line in enumerate(lines)
        for at, word in enumerate(line.split())
    )
    return PageText(words, "ocr", "engine", "model", "1", confidence=confidence)


def page(
    name: str, number: int = 1, read: PageText | None = None, document: str = "", **quality: object
) -> Facts:
    return facts(name, document or name, number, prepared(structs.replace(FINE, **quality)), read)


def told(*pages: Facts, texts: dict[str, PageText] | None = None) -> list[tuple[str, str]]:
    found = findings(pages, lambda asked: {each: (texts or {})[each] for each in asked})
    return [(each.page, each.kind.value) for each in found]


def test_a_good_page_is_not_told_of() -> None:
    assert told(page("a"), page("b", 2, text("satu dua"))) == []


@pytest.mark.parametrize(
    ("measure", "kind"),
    [
        ({"blank": True}, "blank"),
        ({"blur_mm": 0.6}, "blurred"),
        ({"light": 0.3}, "dark"),
        ({"cut": (0, 0, 2, 0)}, "cut"),
        ({"cut": (0, 6, 0, 0)}, "cut"),
        ({"skew_degrees": -3.4}, "skewed"),
    ],
)
def test_each_measure_tells_its_kind(measure: dict[str, Any], kind: str) -> None:
    assert told(page("a", **measure)) == [("a", kind)]


@pytest.mark.parametrize(
    "measure",
    [
        {"blur_mm": 0.0},
        {"light": 0.6},
        {"cut": (1, 5, 1, 5)},
        {"skew_degrees": 2.9},
        {"skew_degrees": 4.0, "letters": 20},
    ],
)
def test_what_is_doubtful_is_not_said(measure: dict[str, Any]) -> None:
    assert told(page("a", **measure)) == []


def test_a_blank_page_has_no_other_fault() -> None:
    assert told(page("a", blank=True, light=0.1, blur_mm=2.0)) == [("a", "blank")]


def test_the_worst_comes_first_and_a_blank_back_last() -> None:
    pages = (page("back", 2, blank=True), page("soft", 1, blur_mm=0.56), page("black", 1, light=0.1))
    assert [name for name, _kind in told(*pages)] == ["black", "soft", "back"]


def test_a_sheet_longer_than_any_is_a_double_feed() -> None:
    long = facts("a", "a", 1, prepared(height=3200), None)
    assert told(long) == [("a", "double-feed")]
    others: list[dict[str, Any]] = [
        {"height": 2803},
        {"width": 2339, "height": 3307},
        {"width": 600, "height": 4000},
    ]
    for fine in others:
        assert told(facts("a", "a", 1, prepared(**fine), None)) == []
    guessed = prepared(height=3200, steps=("dpi-estimated:200",))
    assert told(facts("a", "a", 1, guessed, None)) == []


def test_the_cut_edge_is_told_as_the_page_is_shown() -> None:
    read = structs.replace(text("satu dua"), turn=90)
    found = findings([page("a", 1, read, cut=(9, 0, 0, 0))], lambda _pages: {})
    assert [each.detail for each in found] == [{"edge": "top", "letters": 9}, {"degrees": 90}]


def test_weak_readings_are_told_and_text_layers_never() -> None:
    weak = text("satu dua tiga", confidence=0.3)
    assert told(page("a", 1, weak)) == [("a", "hard-to-read")]
    assert told(page("a", 1, structs.replace(weak, source="text-layer"))) == []


def at_foot(*lines: str) -> PageText:
    return text(*lines, first=0.92)


@pytest.mark.parametrize(
    ("line", "number", "total"),
    [
        ("Halaman 3 dari 5", 3, 5),
        ("Hal. 3", 3, 0),
        ("Hal3/5", 3, 5),
        ("Page 3 of 12", 3, 12),
        ("Lembar 3 dari 4", 3, 4),
        ("- 3 -", 3, 0),
        ("-3- .", 3, 0),
        ("[ 3 ]", 3, 0),
        ("3/5", 3, 5),
        ("3 dari 5", 3, 5),
    ],
)
def test_numbers_that_say_what_they_are(line: str, number: int, total: int) -> None:
    assert Printed(number, total, True, "foot") in printed(at_foot(line).words)


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("3", {("foot start", 3), ("foot end", 3)}),
        ("| 3", {("foot start", 3), ("foot end", 3)}),
        ("xiv", {("foot roman", 14)}),
        ("IX", {("foot roman", 9)}),
        ("3 Dokumen Pengadaan Nomor 027/12/2020", {("foot start", 3)}),
        ("Rencana Kerja Tahun 2022 | 3", {("foot end", 3)}),
        ("3/5 Pemerintah Kabupaten Contoh", {("foot start", 3)}),
        ("Laporan Kinerja 3/5", {("foot end", 3)}),
        ("Laporan Kinerja 5/3", set()),
        ("12/2020 Laporan", set()),
        ("2021", {("foot start", 2021), ("foot end", 2021)}),
        ("Kode Pos 00000", set()),
        ("Hal : Undangan", set()),
        ("Halaman 7 dari 5", set()),
        ("1. satu", set()),
        ("027/12/2020", set()),
    ],
)
def test_figures_that_may_be_numbers(line: str, places: set[tuple[str, int]]) -> None:
    found = [each for each in printed(at_foot(line).words) if each.place.startswith("foot")]
    assert {(each.place, each.number) for each in found} == places
    assert not any(each.plain for each in found)


def test_a_number_amid_the_page_is_none_but_a_page_that_ends_early_has_one() -> None:
    lines = ["satu", "dua", "Halaman 3 dari 5", "tiga", "empat"]
    assert printed(text(*lines).words) == printed(()) == ()
    assert Printed(3, 5, True, "foot") in printed(text(*lines[:2], *lines[3:], "Halaman 3 dari 5").words)


def test_numbers_stand_where_they_count_on() -> None:
    """A running title with a year, and the last line of a table, stand on the same pages."""

    def sheet(number: int, last: str) -> tuple[Printed, ...]:
        return printed(at_foot(f"Jumlah {last}", f"{number} Rencana Kerja Tahun 2022").words)

    assert gaps([sheet(1, "74"), sheet(2, "12"), sheet(4, "5"), sheet(5, "31")]) == [Gap(2, 1, 2, 4)]
    assert gaps([sheet(1, "74"), sheet(2, "12"), sheet(3, "15"), sheet(4, "31")]) == []


def test_numbers_in_the_outer_corners_change_sides() -> None:
    def sheet(number: int) -> tuple[Printed, ...]:
        title = "Laporan Kinerja"
        return printed(at_foot(f"{title} {number}" if number % 2 else f"{number} {title}").words)

    assert gaps([sheet(each) for each in (1, 2, 3, 4)]) == []
    assert gaps([sheet(each) for each in (1, 2, 3, 5, 6)]) == [Gap(3, 1, 3, 5)]


def test_a_first_page_without_a_number_is_page_one() -> None:
    assert gaps(numbers(None, 3, 4)) == [Gap(1, 1, 0, 3)]
    assert gaps(numbers(None, 2, 4, plain=False)) == [Gap(2, 1, 2, 4)]
    assert gaps(numbers(None, 12, 13)) == [], "a part of something else, and a letter before it"


def numbers(*of: int | None, total: int = 0, plain: bool = True) -> list[tuple[Printed, ...]]:
    place = "foot" if plain else "foot end"
    return [() if each is None else (Printed(each, total, plain, place),) for each in of]


def test_gaps_are_found_and_counted() -> None:
    assert gaps(numbers(1, 2, 4)) == [Gap(2, 1, 2, 4)]
    assert gaps(numbers(None, 2, None, 7)) == [Gap(3, 3, 2, 7)]
    assert gaps(numbers(1, 2, total=4)) == [Gap(1, 2, 2, 0)]
    assert gaps(numbers(3, 4, total=4)) == [Gap(0, 2, 0, 3)]


def test_what_is_no_gap() -> None:
    for fine in (numbers(1, 2, 3), numbers(None, 2, 3), numbers(11, 12, 13), numbers(1, 2, 1, 2), numbers(4)):
        assert gaps(fine) == []
    assert gaps(numbers(3, total=5)) == [], "its other pages may be files of their own"


def test_a_figure_that_stands_alone_needs_a_neighbour_that_counts_on() -> None:
    assert gaps(numbers(1, 2, 4, 5, plain=False)) == [Gap(2, 1, 2, 4)]
    assert gaps(numbers(2, 8, plain=False)) == []
    assert gaps(numbers(1, 2, 8, 4, 5, plain=False)) == [], "one was misread"
    assert gaps(numbers(1, 2, 3, 15, plain=False)) == [], "a 5 with a dash before it"
    assert gaps(numbers(1, 2, 9, 10, plain=False)) == [Gap(2, 6, 2, 9)]


def test_blank_backs_do_not_hide_or_make_gaps() -> None:
    def sheets(*of: int | None) -> list[Facts]:
        return [
            page(f"p{at}", at, None if each is None else at_foot(f"- {each} -"), "d", blank=each is None)
            for at, each in enumerate(of, 1)
        ]

    assert ("p5", "gap") not in told(*sheets(1, None, 2, None, 3, None))
    assert ("p5", "gap") in told(*sheets(1, None, 2, None, 4, None))


def certificate(name: str, number: str, noise: float = 0.0, moved: float = 0.0) -> PageText:
    """A filled-in form; ``noise`` is the share of words misread by a letter."""
    rng = random.Random(name)
    lines = ["SURAT KETERANGAN", f"Nomor 470/{number}/2021", f"Nama {name} Contoh", *(FORM,) * 4]
    read = text(*lines, moved=moved)
    words = tuple(
        structs.replace(word, text=word.text[:-1] + "x") if rng.random() < noise else word
        for word in read.words
    )
    return structs.replace(read, words=words)


def test_the_same_sheet_is_known_again_and_a_form_filled_in_otherwise_is_not() -> None:
    one = certificate("Budi", "0112").words
    assert same(one, certificate("Budi", "0112", noise=0.15, moved=0.01).words)
    assert not same(one, certificate("Siti", "0112").words)
    assert not same(one, certificate("Budi", "0113").words)


def test_what_was_read_unsurely_does_not_contradict() -> None:
    one = certificate("Budi", "0112").words
    other = certificate("Budi", "0l13").words
    assert same(
        one, [structs.replace(each, confidence=0.4) if "0l13" in each.text else each for each in other]
    )


def test_pages_that_nobody_could_read_are_never_twins() -> None:
    one = [structs.replace(each, confidence=0.4) for each in certificate("Budi", "0112").words]
    assert not same(one, one)


def test_one_sign_of_one_figure_may_be_misread_and_no_more() -> None:
    one = certificate("Budi", "0112").words

    def read(number: str, confidence: float) -> list[Word]:
        words = certificate("Budi", number).words
        return [
            structs.replace(each, confidence=confidence) if number in each.text else each for each in words
        ]

    assert same(one, read("0113", 0.87))
    assert not same(one, read("0113", 0.92))
    assert not same(one, read("0145", 0.87))


def test_a_letterhead_that_one_reading_has_lost_acquits_nobody() -> None:
    read = certificate("Budi", "0112").words
    lowest = max(each.box.y + each.box.h for each in read)
    letterhead = [
        structs.replace(each, box=structs.replace(each.box, y=each.box.y * 0.1)) for each in read[-12:]
    ]
    below = [structs.replace(each, box=structs.replace(each.box, y=each.box.y + 0.7)) for each in read[-12:]]
    assert lowest < 0.9
    assert same((*letterhead, *read), read)
    assert not same((*read, *below), read)


def test_pages_with_hardly_a_word_are_never_twins() -> None:
    closing = text("demikian untuk menjadi perhatian dan dilaksanakan", "terima kasih").words
    assert not same(closing, closing)


def test_a_page_that_has_the_words_of_another_one_in_a_column_is_not_its_twin() -> None:
    one = [each for each in certificate("Budi", "0112").words for _ in range(2)]
    one = [structs.replace(each, text=f"kata{at}") for at, each in enumerate(one)]
    column = [structs.replace(each, box=structs.replace(each.box, x=0.4)) for each in one]
    assert not same(one, column)


def test_the_later_of_two_scans_is_told() -> None:
    texts = {name: certificate("Budi", "0112") for name in ("a", "b")} | {"c": certificate("Siti", "0145")}
    pages = [page(name, 1, read) for name, read in texts.items()]
    found = findings(pages, lambda asked: {each: texts[each] for each in asked})
    assert found == [Finding("b", Kind.TWICE, 0.5, {"other": "a"})]


def test_pages_that_look_otherwise_are_no_suspects() -> None:
    read = certificate("Budi", "0112")
    pages = [page("a", 1, read), page("b", 1, read, fingerprint="2f33e869196961e3")]
    assert suspects(pages) == []


def test_suspects_among_a_hundred_thousand_pages_of_one_form() -> None:
    """Two pages in a crowd that looks the same to the eye, found by the words that only they have."""
    rng = np.random.default_rng(1)
    common = np.broadcast_to(rng.integers(0, 2**32, 60, dtype=np.uint32), (100_000, 60))
    own = rng.integers(0, 2**32, (100_000, 4), dtype=np.uint32)
    own[-1] = own[0]
    marks = np.sort(np.concatenate((common, own), 1), 1).astype("<u4")
    crowd = [
        Facts(f"p{at}", f"d{at}", 1, FINE, read=True, marks=each.tobytes()) for at, each in enumerate(marks)
    ]
    found = suspects(crowd)
    assert (0, 99_999) in found
    assert len(found) < 100, "of five thousand million pairs; some hashes meet by chance"
