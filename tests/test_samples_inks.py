"""Ink over print: it can be seen through, is worn where it was pressed weakly, and may run off the page."""

from __future__ import annotations

import random

import numpy as np
import pytest

from samples.inks import INKS, Mask, autograph, box_stamp, lay, seal, turned_by, word_stamp, worn

SIZE = 240
MASKS = {
    "seal": seal(SIZE, "PEMERINTAH KABUPATEN CONTOH", "DINAS KESEHATAN"),
    "arrival": box_stamp(SIZE, ("DITERIMA", "TGL. : 12 MEI 2019", "NO. AGENDA : 0012")),
    "word": word_stamp(SIZE, "LUNAS"),
    "signature": autograph(SIZE, SIZE // 2, 5.0, random.Random(1)),
}


def sheet() -> np.ndarray:
    """White paper with a black bar across its middle."""
    page = np.full((300, 300, 3), 250, np.float32)
    page[140:160] = 20
    return page


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_a_mask_is_mostly_free_and_partly_full(mask: Mask) -> None:
    assert mask.dtype == np.float32
    assert mask.min() == 0
    assert mask.max() == pytest.approx(1)
    assert 0.02 < mask.mean() < 0.45


def test_print_below_ink_stays_darker_than_ink_beside_it() -> None:
    page = sheet()
    lay(page, np.ones((100, 100), np.float32), (150, 150), INKS["violet"])
    over_paper, over_print, bare_print = page[110, 150], page[150, 150], page[150, 20]
    assert np.allclose(over_paper, np.array(INKS["violet"]) * 250 / 255, atol=1)
    assert (over_print < over_paper - 40).all()
    assert (over_print <= bare_print).all()


def test_ink_adds_to_ink() -> None:
    page, ones = sheet(), np.ones((40, 40), np.float32)
    lay(page, ones, (60, 60), INKS["red"])
    once = page[60, 60].copy()
    lay(page, ones, (60, 60), INKS["blue"])
    assert (page[60, 60] < once).all()


def test_what_lies_beyond_the_edge_is_left_away() -> None:
    for centre in ((0, 0), (300, 300), (-500, 20), (150, 900)):
        page = sheet()
        lay(page, np.ones((80, 120), np.float32), centre, INKS["red"])
        assert page.shape == (300, 300, 3)
        assert (page < sheet()).any() == (abs(centre[0] - 150) < 210 and abs(centre[1] - 150) < 190)


def test_a_worn_stamp_has_less_ink_and_unevenly() -> None:
    whole = MASKS["seal"]
    ink = [float(worn(whole, wear, np.random.default_rng(2)).sum()) for wear in (0.0, 0.4, 0.8)]
    assert whole.sum() > ink[0] > ink[1] > ink[2] > 0.1 * whole.sum()
    pressed = worn(whole, 0.6, np.random.default_rng(2))
    sides = [pressed[:, :120].sum(), pressed[:, 120:].sum(), pressed[:120].sum(), pressed[120:].sum()]
    assert max(sides) > 1.3 * min(sides)
    assert ((pressed < 0.1) & (whole > 0.9)).any()


def test_a_turned_mask_keeps_its_ink() -> None:
    mask = MASKS["word"]
    out = turned_by(mask, 8)
    assert out.shape > mask.shape
    assert out.sum() == pytest.approx(mask.sum(), rel=0.02)


def test_nobody_signs_twice_the_same() -> None:
    one, two = (autograph(SIZE, 120, 5.0, random.Random(seed)) for seed in (1, 2))
    assert not np.array_equal(one, two)
    assert np.array_equal(one, MASKS["signature"])
