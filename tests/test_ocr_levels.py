"""The level between ink and paper: that of numpy's percentiles, to the last digit that matters."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.levels import halfway


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (7, 3), (40, 151)])
@pytest.mark.parametrize(("ink", "paper"), [(2, 90), (1, 90), (0, 100)])
def test_it_is_half_way_between_two_percentiles(shape: tuple[int, int], ink: int, paper: int) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)
    before = pixels.copy()
    assert halfway(pixels, ink, paper) == pytest.approx(np.percentile(pixels, (ink, paper)).mean(), abs=1e-9)
    assert (pixels == before).all()
    assert halfway(pixels[::2, ::2], ink, paper) == pytest.approx(
        np.percentile(pixels[::2, ::2], (ink, paper)).mean(), abs=1e-9
    )
