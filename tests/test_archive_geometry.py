"""Maps between page frames: turns and deskew, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.geometry import added, apply, bounds, compose, invert, shown, turned
from archive.types import Affine, Box, Turn

TURNS: tuple[Turn, ...] = (0, 90, 180, 270)
numbers = st.floats(-2, 2)
maps = st.builds(Affine, numbers, numbers, numbers, numbers, numbers, numbers)


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
def test_a_map_and_back_is_where_it_was(map_: Affine, x: float, y: float) -> None:
    if abs(map_.a * map_.e - map_.b * map_.d) < 1e-3:
        return
    assert apply(invert(map_), *apply(map_, x, y)) == pytest.approx((x, y), abs=1e-6)


def test_a_box_read_on_a_turned_page_stands_where_it_is_shown() -> None:
    # The engine turned the page by 180°: what it saw at the bottom right is shown there, as the page is
    # shown turned too; a shift of the clean page by a tenth goes the other way once it is turned.
    shifted = Affine(1.0, 0.0, 0.1, 0.0, 1.0, 0.0)
    box = bounds(shown(shifted, 180), Box(0.5, 0.5, 0.2, 0.1))
    assert (box.x, box.y, box.w, box.h) == pytest.approx((0.4, 0.5, 0.2, 0.1))


def test_bounds_stay_on_the_page() -> None:
    box = bounds(Affine(), Box(-0.1, 0.9, 0.3, 0.3))
    assert (box.x, box.y, box.w, box.h) == pytest.approx((0.0, 0.9, 0.2, 0.1))
