"""Measures of a page as it came: sharpness, contrast, ink, noise, its light, and whether it is blank."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.types import Quality
from ingest import skew
from ingest.frame import Pixels, as_pixels, resized

SURVEY_DPI = 100.0
"""Where a page is measured: 10 pt type is 5 pixels high, the scanner's noise is averaged away."""

PAPER_SCALE = 3
"""The paper is measured on a picture this many times smaller again, where letters are a pixel or two."""

DARK = 160
"""Grey levels (of 255) below which a pixel of the evened page is ink."""

FAINTEST = 0.07
"""Contrast (of paper and mark, 0 to 1) below which a mark is the other side shining through."""

NOISE_SIGMAS = 6.0

LETTER_MM = (0.9, 25.0)
"""Heights of what could be a letter, from 6 pt to a headline. Smaller is dust, larger a shadow or a fold."""

EDGE_MM = 4.0
"""What lies wholly within this of the edge is the scanner's border, and no letter."""

FULL = 0.01
"""The share of ink within the edges from which on nobody needs to look for letters: the page is not blank."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What was measured: the quality a person is told, and what the cleaning goes by.

    ``paper`` is the background in a small picture; ``unevenness`` the share of light lost from its brightest
    to its darkest part; ``noise`` the standard deviation of the paper's grain in grey levels.
    """

    quality: Quality
    paper: Pixels
    unevenness: float
    noise: float


def survey(pixels: Pixels, dpi: float, bilevel: bool) -> Survey:
    """Measure a grey page. ``bilevel``: it came in black and white, and so has no light and no noise."""
    factor = max(1, round(dpi / SURVEY_DPI))  # a whole number: OpenCV averages those four times as fast
    height, width = pixels.shape
    small = resized(pixels, width // factor, height // factor) if factor > 1 else pixels
    paper = background(small)
    level = evened(small, paper)
    dark = level < DARK
    quality = Quality(
        sharpness=_sharpness(small, dark),
        contrast=_contrast(level),
        skew_degrees=round(skew.angle(dark), 2),
        ink=round(float(dark.mean()), 5),
        blank=_blank(level, dark, dpi / factor / 25.4),
    )
    return Survey(quality, paper, 0.0 if bilevel else _unevenness(paper), 0.0 if bilevel else _noise(pixels))


def is_bilevel(pixels: Pixels) -> bool:
    """Whether a page as stored is black and white only, going by every eighth pixel."""
    sample = pixels[::8, ::8]
    return bool(((sample == 0) | (sample == 255)).mean() > 0.995)


def background(small: Pixels) -> Pixels:
    """The paper without what stands on it, from a picture at about ``SURVEY_DPI`` and smaller than that.

    A maximum takes out the letters, a median what it left of bold type and lines.
    """
    height, width = small.shape
    tiny = resized(small, width // PAPER_SCALE, height // PAPER_SCALE)
    return as_pixels(cv2.medianBlur(cv2.dilate(tiny, np.ones((7, 7), np.uint8)), 15))


def evened(pixels: Pixels, paper: Pixels) -> Pixels:
    """A page divided by its paper, which becomes white everywhere; ``paper`` may be of any size."""
    light = cv2.resize(paper, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return as_pixels(cv2.divide(pixels, light, scale=255))


def _unevenness(paper: Pixels) -> float:
    dim, bright = np.percentile(paper, (5, 95))
    return float((bright - dim) / max(1.0, bright))


def _noise(pixels: Pixels) -> float:
    """The standard deviation of the noise by Immerkaer's mask (CVIU 64, 1996), in the quietest patches.

    The mask takes out whatever is smooth; patches of 16 x 16 pixels of which the quieter fifth is paper, on
    any page that is not all picture, take out the letters.
    """
    height, width = pixels.shape
    sample = np.ascontiguousarray(pixels[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4])
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    residue = cv2.convertScaleAbs(cv2.filter2D(sample, cv2.CV_16S, mask))
    patches = resized(as_pixels(residue), sample.shape[1] // 16, sample.shape[0] // 16)
    # The mean of |N(0, 6 sigma)| is 6 sigma sqrt(2 / pi).
    return float(np.percentile(patches, 20)) / 6 * float(np.sqrt(np.pi / 2))


def _sharpness(small: Pixels, dark: NDArray[np.bool_]) -> float:
    around = as_pixels(cv2.dilate(dark.view(np.uint8), np.ones((3, 3), np.uint8)))
    if not around.any():
        return 0.0
    _mean, deviation = cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S), mask=around)
    return round(float(deviation[0, 0]) ** 2, 1)


def _contrast(level: Pixels) -> float:
    """The distance of the medians of paper and ink, which Otsu's threshold tells apart."""
    threshold, _mask = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    share = np.cumsum(np.bincount(level.ravel(), minlength=256)) / level.size
    ink = float(share[int(threshold)])
    if not 0.0 < ink < 1.0:
        return 0.0
    paper = np.searchsorted(share, ink + (1 - ink) / 2)
    return round(float(paper - np.searchsorted(share, ink / 2)) / 255, 3)


def _blank(level: Pixels, dark: NDArray[np.bool_], per_mm: float) -> bool:
    """Whether nothing could be text: no mark as high as a letter and darker than what shines through."""
    edge = max(1, round(EDGE_MM * per_mm))
    if dark[edge:-edge, edge:-edge].mean() > FULL:
        return False
    spread = float(np.median(cv2.absdiff(level, np.full_like(level, int(np.median(level)))))) * 1.4826
    step = max(FAINTEST * 255, NOISE_SIGMAS * spread)
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats((level < 255 - step).view(np.uint8))
    left, top, width, height = stats[1:, :4].T
    rows, columns = level.shape
    clear = (left > 0) & (top > 0) & (left + width < columns) & (top + height < rows)
    inside = (left + width > edge) & (top + height > edge) & (left < columns - edge) & (top < rows - edge)
    low, high = (side * per_mm for side in LETTER_MM)
    return not bool((clear & inside & (height >= low) & (height <= high) & (width >= low / 3)).any())
