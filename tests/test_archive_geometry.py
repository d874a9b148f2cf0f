"""Maps between page frames: turns and deskew, there and back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.geometry import added, apply, bent, bounds, compose, corners, invert, on_sheet, shown, turned
from archive.types import Bend, Box, Homography, Turn

TURNS: tuple[Turn, ...] = (0, 90, 180, 270)
numbers = st.floats(-2, 2)
maps = st.builds(Homography, numbers, numbers, numbers, numbers, numbers, numbers)
slight = st.floats(-0.3, 0.3)
slants = st.builds(
    Homography, st.floats(0.5, 2), slight, slight, slight, st.floats(0.5, 2), slight, slight, slight
)


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (0.0, 0.0)), (90, (1.0, 0.0)), (180, (1.0, 1.0)), (270, (0.0, 1.0))]
)
def test_the_top_left_corner_goes_round_clockwise(turn: Turn, corner: tuple[float, float]) -> None:
    assert apply(turned(turn), 0.0, 0.0) == pytest.approx(corner)


@pytest.mark.parametrize("first", TURNS)
@pytest.mark.parametrize("second", TURNS)
def test_two_turns_are_their_sum(first: Turn, second: Turn) -> None:
    both = compose(turned(second), turned(first))
    assert apply(both, 0.2, 0.3) == pytest.approx(apply(turned(added(first, second)), 0.2, 0.3))


@given(maps, st.floats(0, 1), st.floats(0, 1))
def test_a_map_and_back_is_where_it_was(map_: Homography, x: float, y: float) -> None:
    if abs(map_.a * map_.e - map_.b * map_.d) < 1e-3:
        return
    assert apply(invert(map_), *apply(map_, x, y)) == pytest.approx((x, y), abs=1e-6)


def test_a_box_read_on_a_turned_page_stands_where_it_is_shown() -> None:
    # The engine turned the page by 180°: what it saw at the bottom right is shown there, as the page is
    # shown turned too; a shift of the clean page by a tenth goes the other way once it is turned.
    shifted = Homography(1.0, 0.0, 0.1, 0.0, 1.0, 0.0)
    box = bounds(shown(shifted, 180), Box(0.5, 0.5, 0.2, 0.1))
    assert (box.x, box.y, box.w, box.h) == pytest.approx((0.4, 0.5, 0.2, 0.1))


@given(slants, slants, st.floats(0, 1), st.floats(0, 1))
def test_a_slanted_view_is_undone_and_follows_another(
    first: Homography, second: Homography, x: float, y: float
) -> None:
    assert apply(invert(first), *apply(first, x, y)) == pytest.approx((x, y), abs=1e-6)
    there = apply(first, x, y)
    if abs(second.g * there[0] + second.h * there[1] + 1) > 0.1 and abs(_corner_depth(second, first)) > 0.1:
        assert apply(compose(second, first), x, y) == pytest.approx(apply(second, *there), abs=1e-6)


def _corner_depth(outer: Homography, inner: Homography) -> float:
    return outer.g * inner.c + outer.h * inner.f + 1


def test_a_box_seen_slanted_keeps_within_the_bounds_of_its_corners() -> None:
    slanted = Homography(0.8, 0.1, 0.05, -0.05, 0.9, 0.1, 0.1, -0.2)
    box = Box(0.2, 0.3, 0.4, 0.1)
    around = bounds(slanted, box)
    points = corners(slanted, box)
    assert points[0] == apply(slanted, 0.2, 0.3)
    assert points[2] == pytest.approx(apply(slanted, 0.6, 0.4))
    xs, ys = zip(*points, strict=True)
    assert (around.x, around.y) == (min(xs), min(ys))
    assert (around.x + around.w, around.y + around.h) == pytest.approx((max(xs), max(ys)))


def test_a_map_kept_as_six_numbers_is_still_read() -> None:
    kept = msgspec.json.decode(b"[1.0,0.0,0.1,0.0,1.0,0.2]", type=Homography)
    assert kept == Homography(1.0, 0.0, 0.1, 0.0, 1.0, 0.2)


def test_bounds_stay_on_the_page() -> None:
    box = bounds(Homography(), Box(-0.1, 0.9, 0.3, 0.3))
    assert (box.x, box.y, box.w, box.h) == pytest.approx((0.0, 0.9, 0.2, 0.1))
    assert bounds(Homography(), Box(1.02, 1.1, 0.1, 0.1)) == Box(1.0, 1.0, 0.0, 0.0)


BEND = Bend(top=(0.14, 0.02), right=(0.0, 0.0), bottom=(0.1, -0.03), left=(-0.02, 0.01))


def test_a_bent_sheet_keeps_its_corners_and_bulges_along_its_edges() -> None:
    for corner in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)):
        assert bent(BEND, *corner) == corner
    assert bent(BEND, 0.5, 0.0) == pytest.approx((0.5, 0.25 * 0.15))
    assert bent(BEND, 0.5, 1.0) == pytest.approx((0.5, 1 + 0.25 * 0.085))
    assert bent(BEND, 0.0, 0.5) == pytest.approx((0.25 * -0.015, 0.5))


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("page", [Homography(), turned(90), Homography(0.99, 0.01, 0.0, -0.01, 0.98, 0.01)])
def test_a_box_on_a_bent_sheet_is_the_same_however_the_page_was_turned(turn: Turn, page: Homography) -> None:
    bend, box = msgspec.structs.replace(BEND, page=page), Box(0.2, 0.3, 0.1, 0.05)
    as_read = bounds(turned(turn), box)
    there = on_sheet(bend, 0, box)
    assert there != box
    as_turned = bounds(turned(turn), there)
    assert msgspec.structs.astuple(on_sheet(bend, turn, as_read)) == pytest.approx(
        msgspec.structs.astuple(as_turned)
    )
