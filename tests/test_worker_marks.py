"""Boxes drawn on a picture: seen where they belong, and the letters under them still legible."""

from __future__ import annotations

import numpy as np
import pytest

from archive.types import Box
from worker.marks import FRAMES, INKS, Pixels, drawn
from worker.wire import Mark

MIDDLE = Box(0.25, 0.5, 0.5, 0.25)


def page() -> Pixels:
    """White, 40 wide and 80 high, with a black stroke through the middle."""
    rgb = np.full((80, 40, 3), 255, np.uint8)
    rgb[:, 20] = 0
    return rgb


def test_a_hit_is_marked_like_with_a_pen_and_its_ink_stays() -> None:
    shown = drawn(page(), [Mark("hit", (MIDDLE,))])
    assert tuple(shown[50, 15]) == INKS["hit"]
    assert tuple(shown[50, 20]) == (0, 0, 0)
    assert tuple(shown[30, 15]) == (255, 255, 255)


def test_a_line_is_drawn_outside_of_the_box() -> None:
    shown = drawn(page(), [Mark("word", (MIDDLE,))])
    assert tuple(shown[50, 9]) == tuple(shown[39, 15]) == tuple(shown[50, 30]) == FRAMES["word"]
    assert tuple(shown[60, 15]) == FRAMES["word"]
    assert (shown[40:60, 10:30] == page()[40:60, 10:30]).all()


def test_the_picture_itself_is_left_alone() -> None:
    rgb = page()
    drawn(rgb, [Mark("hit", (MIDDLE,))])
    assert (rgb == page()).all()


@pytest.mark.parametrize(
    "box", [Box(0, 0, 1, 1), Box(-1, -1, 3, 3), Box(1, 1, 0, 0), Box(2, 2, 1, 1), Box(0.5, 0.5, 0, 0)]
)
def test_boxes_at_and_over_the_edge_do_no_harm(box: Box) -> None:
    for style in ("word", "near", "hit"):
        assert drawn(page(), [Mark(style, (box,))]).shape == (80, 40, 3)
