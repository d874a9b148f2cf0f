"""The grey level between the ink and the paper of a part of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def halfway(pixels: NDArray[np.uint8], ink: float, paper: float) -> float:
    """Half way between two percentiles of some pixels, of which there is one at least.

    The percentiles are those of ``np.percentile``, which takes 40 us longer about them: it is asked for each
    word of a page.
    """
    last = pixels.size - 1
    places = last * ink / 100, last * paper / 100
    steps = [int(place) for place in places]
    levels = np.partition(pixels, [*steps, *(min(step + 1, last) for step in steps)], axis=None)
    between = 0.0
    for place, step in zip(places, steps, strict=True):
        lower, upper = float(levels[step]), float(levels[min(step + 1, last)])
        between += (lower + (upper - lower) * (place - step)) / 2
    return between
