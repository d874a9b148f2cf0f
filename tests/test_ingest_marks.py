"""The marks on a page: soft edges, letters cut through, and the fingerprint of a sheet scanned again."""

import tracemalloc

import cv2
import numpy as np
import pytest

from archive.types import Quality
from ingest import marks, quality
from tests.ingest_pages import Grey, grained, leaning, paper, shaded, written

DPI = 150


def measured(page: Grey) -> Quality:
    return quality.survey(page, DPI, quality.is_bilevel(page)).quality


def page_of_text() -> Grey:
    return grained(written(paper(level=245)), 3)


def letter() -> Grey:
    """Paragraphs of several lengths, as no two letters have them."""
    page = written(written(paper(level=245), lines=3, points=14), lines=9, top=0.3)
    page = written(page, lines=4, points=10, top=0.68)
    page[500:900, 800:] = 245
    return grained(page, 3)


@pytest.mark.parametrize("sigma", [2.0, 2.6, 3.2])
def test_edges_are_as_wide_as_the_focus_is_bad(sigma: float) -> None:
    out_of_focus = np.asarray(cv2.GaussianBlur(page_of_text(), (0, 0), sigma), np.uint8)
    wide = sigma * np.sqrt(2 * np.pi) / DPI * 25.4
    assert measured(out_of_focus).blur_mm == pytest.approx(wide, rel=0.35)
    assert measured(page_of_text()).blur_mm < 0.35 < measured(out_of_focus).blur_mm


def test_faint_print_is_not_soft() -> None:
    assert measured(written(paper(level=250), level=150)).blur_mm < 0.35


def test_black_and_white_has_no_focus_to_measure() -> None:
    blurred = cv2.GaussianBlur(page_of_text(), (0, 0), 3)
    assert measured(np.where(blurred > 128, 255, 0).astype(np.uint8)).blur_mm == 0


@pytest.mark.parametrize(("turns", "edge"), [(0, 2), (1, 1), (2, 0), (3, 3)])
def test_the_edge_that_cuts_is_told(turns: int, edge: int) -> None:
    """Lines run over the right edge; the page is turned counter-clockwise, and the edge with it."""
    cut = np.ascontiguousarray(np.rot90(page_of_text()[:, :610], turns))
    counts = measured(cut).cut
    assert counts[edge] >= 5
    assert sum(counts) == counts[edge]


def test_a_line_cut_along_its_length() -> None:
    page = written(paper(), lines=12, top=0.05)
    rows = np.flatnonzero((page < 128).any(1))
    assert measured(page[int(rows[0]) + 6 :]).cut[1] > 20


def test_a_signature_cut_through_and_one_that_is_not() -> None:
    page = page_of_text()
    at = np.arange(200)
    strokes = np.stack((300 + at, 1500 + 30 * np.sin(at / 6)), 1).astype(np.int32)
    cv2.polylines(page, [strokes], False, 30, 3)
    assert measured(np.ascontiguousarray(page[:1500])).cut[3] >= 6
    assert measured(np.ascontiguousarray(page[:1540])).cut == (0, 0, 0, 0)


def test_an_edge_through_the_colons_of_a_letter() -> None:
    page = grained(paper(level=245), 3)
    for line in range(5):
        top = 300 + 60 * line
        cv2.putText(page, "Contoh", (30, top), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 2)
        page[top - 4 : top, :4] = page[top - 16 : top - 12, :4] = 30
    assert measured(page).cut[0] >= 5
    page[:, :8] = 245
    assert measured(page).cut == (0, 0, 0, 0)


def test_a_rim_and_close_margins_cut_nothing() -> None:
    page = page_of_text()
    rim = page.copy()
    rim[:15] = rim[-15:] = 10
    rim[:, :15] = rim[:, -15:] = 10
    rows, columns = (np.flatnonzero((page < 128).any(axis)) for axis in (1, 0))
    close = page[rows[0] - 6 : rows[-1] + 6, columns[0] - 6 : columns[-1] + 6]
    for each in (page, rim, close):
        assert measured(np.ascontiguousarray(each)).cut == (0, 0, 0, 0)


def far(one: Grey, other: Grey) -> int:
    """Bits between the fingerprints of two pages."""
    prints = [int(measured(each).fingerprint, 16) for each in (one, other)]
    return (prints[0] ^ prints[1]).bit_count()


def test_a_page_full_of_strokes_is_measured_in_little_memory() -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    for top in range(2, 1740, 9):
        page[top : top + 7, 0::4] = page[top : top + 7, 1::4] = 0
    page[862:875] = 255
    page[865:872] = 0  # from edge to edge: every stroke may stand beside it
    tracemalloc.start()
    try:
        assert measured(page).cut[0] > 100
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 50 * page.size


def test_the_fingerprint_outlasts_another_scan() -> None:
    page = letter()
    again = [leaning(page, 1.2), shaded(page, 0.6), np.roll(page, (20, -15), (0, 1)), grained(page, 12)]
    assert max(far(page, each) for each in again) <= 8


def test_other_pages_have_other_fingerprints() -> None:
    page = letter()
    other = written(written(paper(), lines=4, top=0.1), lines=8, points=16, top=0.5)
    assert far(page, other) > 12


def test_what_has_no_letters_has_no_fingerprint() -> None:
    black = paper(level=255)
    black[300:900, 200:900] = 0
    assert measured(black).fingerprint == ""
    assert measured(black).cut == (0, 0, 0, 0)


@pytest.mark.parametrize("deviation", [0.0, 90.0])
def test_labels_of_16_bits_are_used_only_where_they_hold_all(deviation: float) -> None:
    """Noise that is nothing but specks has more marks than 16 bits can count."""
    rng = np.random.default_rng(3)
    dark = rng.random((1754, 1240)) < (0.2 if deviation else 0.0)
    found = marks.marks(dark, 5.9)
    count, *_ = cv2.connectedComponentsWithStats(dark.view(np.uint8))
    assert found.left.size == count - 1
