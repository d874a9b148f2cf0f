"""The ruler of boxes: overlap, and the same words read from a PDF, from ALTO and from Tesseract's table."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.types import Box, Word
from bench import boxes
from samples.files import save_born_digital
from samples.layout import Ink, Paper, Placed

LETTER = Word("Surat", Box(0.1, 0.2, 0.2, 0.02), 1.0, 0)


def test_overlap_is_intersection_over_union() -> None:
    assert boxes.overlap(Box(0, 0, 1, 1), Box(0, 0, 1, 1)) == 1
    assert boxes.overlap(Box(0, 0, 2, 1), Box(1, 0, 2, 1)) == pytest.approx(1 / 3)
    assert boxes.overlap(Box(0, 0, 1, 1), Box(1, 0, 1, 1)) == 0


def test_a_word_is_placed_by_where_it_is_not_by_what_it_says() -> None:
    near, far = Box(0.11, 0.201, 0.2, 0.02), Box(0.2, 0.21, 0.2, 0.02)
    assert boxes.placed([LETTER], [Word("5urat", near, 1.0, 0)]) == 1
    assert boxes.placed([LETTER], [Word("Surat", far, 1.0, 0)]) == 0
    assert boxes.placed([LETTER], []) == 0


def test_only_what_somebody_looks_for_is_counted() -> None:
    words = [LETTER, Word(":", LETTER.box, 1.0, 0), Word("-", LETTER.box, 1.0, 0)]
    assert boxes.markable(words) == [LETTER]


def test_words_of_a_pdf_stand_where_they_are_shown(tmp_path: Path) -> None:
    ink = Ink("Surat", 21.0, 65.0, 42.0, "", 40.0, 0)
    save_born_digital(tmp_path / "a.pdf", [Placed((ink,), (), ())], Paper())
    [[word]] = boxes.of_pdf(tmp_path / "a.pdf")
    assert word.text == "Surat"
    assert word.box.x == pytest.approx(0.1, abs=0.01)
    assert word.box.y < 65 / 297 < word.box.y + word.box.h


def test_words_of_alto_are_fractions_of_their_page(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout>'
        '<Page WIDTH="1000" HEIGHT="2000"><PrintSpace><TextBlock><TextLine>'
        '<String CONTENT="Surat" HPOS="100" VPOS="400" WIDTH="200" HEIGHT="40"/>'
        "</TextLine></TextBlock></PrintSpace></Page><Page/></Layout></alto>"
    )
    [[word], empty] = boxes.of_alto(tmp_path / "a.xml")
    assert (word.text, empty) == ("Surat", [])
    assert boxes.overlap(word.box, LETTER.box) == pytest.approx(1)


def test_words_of_alto_are_turned_upright_with_their_page(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout>'
        '<Page WIDTH="2000" HEIGHT="1000" ROTATION="90">'
        '<String CONTENT="Surat" HPOS="400" VPOS="700" WIDTH="40" HEIGHT="200"/></Page></Layout></alto>'
    )
    [[word]] = boxes.of_alto(tmp_path / "a.xml")
    assert boxes.overlap(word.box, LETTER.box) == pytest.approx(1)


def test_words_of_tesseracts_table_keep_their_lines() -> None:
    table = "\n".join(
        (
            "4\t1\t1\t1\t1\t0\t100\t400\t200\t40\t-1\t",
            "5\t1\t1\t1\t1\t1\t100\t400\t200\t40\t100\tSurat",
            "5\t1\t1\t1\t2\t1\t100\t500\t200\t40\t90\tedaran",
            "5\t1\t1\t1\t2\t2\t300\t500\t20\t40\t10\t ",
        )
    )
    one, two = boxes.of_tsv(table, 1000, 2000)
    assert one == LETTER
    assert (two.text, two.confidence, two.line) == ("edaran", 0.9, 1)
