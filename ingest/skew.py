"""How far the lines of a page lean: the angle at which its projection profile is sharpest.

Postl's method: project the ink at many angles and take the one whose profile changes most from row to row
(W. Postl, "Detection of linear oblique structures and skew scan in digitized documents", ICPR 1986).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LARGEST = 6.0
"""Degrees beyond which nothing is searched: a page fed through a scanner does not lean more."""

COARSE, FINE = 0.5, 0.1

CLEAR = 3.0
"""How much sharper than the middling profile the best one must be. Text has 5 to 80, random dots 1.2."""

FEWEST, MOST = 300, 60_000
"""Ink points below which there is nothing to measure, and beyond which a sample will do."""


def angle(ink: NDArray[np.bool_]) -> float:
    """Degrees by which the lines of a page fall to the right, 0.0 where there are no lines.

    ``ink`` is a small mask of the page, its long side about 800. The angle is measured across and along the
    page, and the sharper of the two is taken: a sideways page leans as its columns do.
    """
    ys, xs = np.nonzero(ink)
    if ys.size < FEWEST:
        return 0.0
    step = ys.size // MOST + 1
    across = ys[::step].astype(np.float32), xs[::step].astype(np.float32)
    best, clear = _sharpest(*across)
    other, clearer = _sharpest(across[1], -across[0])
    if max(clear, clearer) < CLEAR:
        return 0.0
    return other if clearer > clear else best


def _sharpest(ys: NDArray[np.float32], xs: NDArray[np.float32]) -> tuple[float, float]:
    """The angle of the sharpest profile, and how much sharper it is than the middling one."""
    angles = np.arange(-LARGEST, LARGEST + COARSE / 2, COARSE)
    scores = np.array([_score(ys, xs, degrees) for degrees in angles])
    coarse = float(angles[scores.argmax()])
    near = np.arange(coarse - COARSE, coarse + COARSE + FINE / 2, FINE)
    fine = np.array([_score(ys, xs, degrees) for degrees in near])
    best = float(near[fine.argmax()])
    within = abs(best) <= LARGEST - COARSE  # at the end of the range the true peak may lie beyond
    return best if within else 0.0, float(fine.max() / max(1.0, np.median(scores)))


def _score(ys: NDArray[np.float32], xs: NDArray[np.float32], degrees: float) -> float:
    """The sum of the squared steps of the profile of points (xs, ys), projected along lines so inclined."""
    rows = ys - xs * np.float32(np.tan(np.radians(degrees)))
    profile = np.bincount((rows - rows.min()).astype(np.int32)).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())
