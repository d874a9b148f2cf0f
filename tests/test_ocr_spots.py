"""The spot check: which lines are compared, what is cut out, and what counts as the same."""

from __future__ import annotations

import numpy as np
import pytest

from archive.types import Box, PageImage, Word
from ocr import spots
from ocr.spots import Spot

PAGE = PageImage(np.full((1000, 800), 255, np.uint8), 100.0)


def spot(text: str, row: int = 0, font: str = "F") -> Spot:
    return Spot(text, Box(0.1, 0.05 + row * 0.05, 0.6, 0.02), [(font, c) for c in text if c != " "])


def reader(*said: str) -> spots.Recognise:
    """Reads these texts, one in each strip from the top."""

    def recognise(part: PageImage) -> tuple[Word, ...]:
        assert part.pixels.shape[0] < PAGE.pixels.shape[0] / 2
        step = 1 / len(said)
        return tuple(
            Word(text, Box(0, (n + 0.4) * step, 1, 0.2 * step), 1.0, n) for n, text in enumerate(said)
        )

    return recognise


TEXT = "surat keputusan bupati tentang anggaran"


def test_the_same_text_agrees_whatever_signs_stand_between() -> None:
    assert spots.agreement([spot(TEXT)], PAGE, reader(TEXT.upper() + " .,|")) == (True, 1.0)


def test_another_text_does_not_agree() -> None:
    agrees, share = spots.agreement([spot(TEXT)], PAGE, reader("xqvwz kpqrtzxw bvpxtz"))
    assert not agrees
    assert share < spots.AGREES


def test_one_false_line_among_true_ones_is_enough() -> None:
    lines = [TEXT + " yang panjang sekali", "0123456789 jumlah", "qwertz"]
    found = [spot(text, row) for row, text in enumerate(lines)]
    chosen = [one.text for one in spots._chosen(found)]
    said = ["5940713826 jumlah" if text == lines[1] else text for text in chosen]
    assert spots.agreement(found, PAGE, reader(*chosen))[0]
    assert not spots.agreement(found, PAGE, reader(*said))[0]


def test_lines_are_chosen_for_what_only_they_show() -> None:
    same = [spot(TEXT, row) for row in range(6)]
    odd = spot("qxz", 7, font="bold")
    assert odd in spots._chosen([*same, odd])
    assert len(spots._chosen([*same, odd])) <= spots.LINES


def test_a_page_without_lines_has_nothing_against_it() -> None:
    assert spots.agreement([], PAGE, reader("x")) == (True, 1.0)


@pytest.mark.parametrize("box", [Box(-0.1, -0.01, 0.3, 0.02), Box(0.9, 0.99, 0.3, 0.02)])
def test_a_line_at_the_edge_is_cut_out_as_far_as_it_is_there(box: Box) -> None:
    montage, ends = spots._montage([box, Box(0.1, 0.1, 0.5, 0.02)], PAGE)
    assert ends[-1] == montage.pixels.shape[0]
    assert ends[0] > 0
