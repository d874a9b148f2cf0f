"""Sheets and cards photographed on a table: their corners, the page lying flat, and what is left alone."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from archive import geometry
from archive.types import Bend, Box, Prepared, Turn
from bench.boxes import overlap
from ingest import dewarp
from ingest.prepare import prepare
from samples.camera import Pose, photograph
from samples.mishaps import mishap
from tests.ingest_pages import OPTIONS, Grey, grained, leaning, paper, saved, shaded, source, written

TABLE = (1500, 2000)
"""Width and height of the photographs."""
Corners = NDArray[np.float32]


def corners_of(*points: tuple[float, float]) -> Corners:
    """Corners from the upper left clockwise."""
    return np.array(points, np.float32)


UNIT = corners_of((0, 0), (1, 0), (1, 1), (0, 1))
SLANTED = corners_of((180, 240), (1330, 170), (1400, 1790), (90, 1730))
LEVEL = corners_of((200, 250), (1300, 250), (1300, 1806), (200, 1806))
CARD = corners_of((150, 700), (1320, 620), (1380, 1330), (130, 1400))


def table(level: int = 90) -> Grey:
    """A table with grain."""
    return grained(paper(*TABLE, level=level), 4)


def photographed(sheet: Grey, on: Grey, corners: Corners = SLANTED) -> Grey:
    """A sheet seen by a camera that is held slanted, with its corners there."""
    height, width = sheet.shape[:2]
    view = cv2.getPerspectiveTransform(UNIT * np.array([width, height], np.float32), corners)
    there = cv2.warpPerspective(np.full((height, width), 255, np.uint8), view, TABLE) > 127
    seen = on.copy()
    seen[there] = cv2.warpPerspective(sheet, view, TABLE, borderMode=cv2.BORDER_REPLICATE)[there]
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 0.8), np.uint8)


def assert_corners(prepared: Prepared, corners: Corners) -> None:
    """The corners of the clean page lie where those of the sheet lie in the picture."""
    for there, (x, y) in zip(corners / TABLE, UNIT, strict=True):
        found = geometry.apply(prepared.to_shown, float(x), float(y))
        assert found == pytest.approx((float(there[0]), float(there[1])), abs=0.008)


def grey(picture: Grey) -> dewarp.Sheet | None:
    """The sheet in a picture without colours."""
    return dewarp.sheet(picture, lambda _side: picture)


@pytest.mark.parametrize("level", [20, 90, 170])
@pytest.mark.parametrize("light", [1.0, 0.5])
def test_the_corners_of_a_sheet_are_found_on_dark_and_light_tables(level: int, light: float) -> None:
    seen = shaded(photographed(written(paper()), table(level)), light)
    found = grey(seen)
    assert found is not None
    assert np.abs(found.corners - SLANTED).max() < 3
    assert found.width == pytest.approx(1232, abs=5)
    assert found.height == pytest.approx(1557, abs=5)


def test_a_sheet_lies_flat_and_its_boxes_find_their_way_back(tmp_path: Path) -> None:
    page = written(paper())
    marks = ((320, 420), (920, 1520))
    for x, y in marks:
        page[y - 20 : y + 20, x - 20 : x + 20] = 0
    image, prepared = prepare(saved(photographed(page, table()), tmp_path / "a.png", dpi=72), OPTIONS)
    assert prepared.steps[0] == "dewarp"
    assert_corners(prepared, SLANTED)
    view = cv2.getPerspectiveTransform(UNIT * np.array(page.shape[::-1], np.float32), SLANTED)
    height, width = image.pixels.shape
    for mark in marks:
        (seen,) = cv2.perspectiveTransform(corners_of(mark)[None], view)[0] / TABLE
        right, down = geometry.apply(geometry.invert(prepared.to_shown), float(seen[0]), float(seen[1]))
        assert (right, down) == pytest.approx((mark[0] / 1240, mark[1] / 1754), abs=0.005)
        assert image.pixels[round(down * height), round(right * width)] < 60


MARKS = tuple(
    Box(x, y, 0.02, 0.014)
    for x, y in ((0.05, 0.5), (0.25, 0.1), (0.49, 0.3), (0.7, 0.9), (0.9, 0.6), (0.5, 0.975))
)


@pytest.mark.parametrize("turn", [0, 90])
@pytest.mark.parametrize("bend", [0.3, 1.0])
@pytest.mark.parametrize("roll", [0.0, 0.8])
def test_a_bent_sheet_lies_flat_and_its_boxes_find_their_way_back(
    turn: Turn, bend: float, roll: float, tmp_path: Path
) -> None:
    sheet = written(paper())
    for mark in MARKS:
        left, top = round(mark.x * 1240), round(mark.y * 1754)
        sheet[top - 40 : top + 65, left - 40 : left + 65] = 245
        sheet[top : top + 25, left : left + 25] = 0
    rng = np.random.default_rng(5)
    pose = Pose(0.86, 0.4, roll, bend, 0.4, 0.3, 70)
    seen, view = photograph(sheet, pose, (2000, 1500), rng)
    exif = Image.Exif()
    exif[0x0112] = {0: 1, 90: 6}[turn]  # 6: to be turned clockwise by 90 degrees
    Image.fromarray(np.rot90(seen, turn // 90)).save(tmp_path / "a.jpg", exif=exif, quality=95)
    image, prepared = prepare(source(tmp_path / "a.jpg"), OPTIONS)
    assert prepared.bend is not None
    assert prepared.steps[:2] == ("dewarp", "unbend")
    height, width = image.pixels.shape
    for mark in MARKS:
        where = round((mark.y + mark.h / 2) * height), round((mark.x + mark.w / 2) * width)
        around = image.pixels[where[0] - 30 : where[0] + 30, where[1] - 30 : where[1] + 30]
        rows, columns = (np.flatnonzero((around < 90).sum(axis) > 8) for axis in (1, 0))
        found = Box(
            (where[1] - 30 + int(columns[0])) / width,
            (where[0] - 30 + int(rows[0])) / height,
            np.ptp(columns) / width,
            np.ptp(rows) / height,
        )
        assert (found.x, found.y) == pytest.approx((mark.x, mark.y), abs=0.006)  # it lies flat
        box = geometry.bounds(prepared.to_shown, geometry.on_sheet(prepared.bend, 0, found))
        assert overlap(box, view.box(mark)) > 0.6


def test_a_large_photograph_of_a_bent_sheet_is_laid_flat_in_little_memory() -> None:
    height, width = 4000, 1000
    picture = np.tile(np.arange(width) % 251, (height, 1)).astype(np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    bend = Bend(top=(-0.1, 0.0), right=(0.0, 0.0), bottom=(-0.1, 0.0), left=(0.0, 0.0))
    tracemalloc.start()
    try:
        flat, _map = dewarp.flattened(picture, dewarp.Sheet(corners, width, height, bend))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert flat.shape == picture.shape
    assert most < 10 * picture.size  # the places of all pixels at once are 50 bytes each


def test_a_flat_sheet_is_not_unbent(tmp_path: Path) -> None:
    _image, prepared = prepare(saved(photographed(written(paper()), table()), tmp_path / "a.png"), OPTIONS)
    assert prepared.bend is None
    assert "unbend" not in prepared.steps


@pytest.mark.parametrize("seed", range(6))
def test_the_ragged_rim_of_a_scanners_lid_is_no_bent_sheet(seed: int) -> None:
    found = grey(mishap(written(paper()), "border", np.random.default_rng(seed), 1.0))
    assert found is None or found.bend is None


def test_a_card_is_told_from_its_table_by_colour_alone(tmp_path: Path) -> None:
    blue, brown = (70, 130, 215), (146, 120, 80)  # of one grey
    picture = photographed(
        np.full((540, 856, 3), blue, np.uint8), np.full((*TABLE[::-1], 3), brown, np.uint8), CARD
    )
    Image.fromarray(picture).save(tmp_path / "a.jpg", quality=90)
    _image, prepared = prepare(source(tmp_path / "a.jpg"), OPTIONS)
    assert prepared.steps[0] == "dewarp"
    assert_corners(prepared, CARD)
    Image.fromarray(picture).convert("L").save(tmp_path / "b.png")
    assert "dewarp" not in prepare(source(tmp_path / "b.png"), OPTIONS)[1].steps


def framed() -> Grey:
    page = written(paper())
    cv2.rectangle(page, (60, 60), (1180, 1694), 0, 5)
    return page


def boxed() -> Grey:
    """Grey paper with text all over it, and on a lighter box."""
    page = written(paper(level=150))
    page[700:1400, 150:1100] = written(paper(950, 700, 235), 8)
    return page


def curled() -> Grey:
    """A sheet on a table whose lower half is out of the picture."""
    return photographed(written(paper()), table(), SLANTED + corners_of((0, 700)))


@pytest.mark.parametrize(
    "page",
    [
        written(paper()),
        framed(),
        boxed(),
        leaning(boxed(), 1.5),
        shaded(written(paper()), 0.4),
        leaning(written(paper(level=230)), 3),
        table(),
        curled(),
        paper(40, 30),
    ],
    ids=["scan", "frame", "box", "leaning box", "shade", "leaning", "table", "cut off", "tiny"],
)
def test_what_is_no_sheet_on_a_table_is_left_alone(page: Grey) -> None:
    assert grey(page) is None


def test_a_scan_is_not_cut_to_a_box_but_a_sheet_on_a_dark_lid_is() -> None:
    assert grey(photographed(boxed(), paper(*TABLE, level=15), LEVEL)) is not None
