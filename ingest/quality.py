"""Measures of a page as it came: sharpness, contrast, lean, ink, its light, and whether it is blank."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from archive.types import Quality
from ingest import marks, skew
from ingest.frame import Pixels, as_pixels, estimated, resized

SURVEY_DPI = 100.0
"""Where a page is measured: 10 pt type is 5 pixels high, the scanner's noise is averaged away."""

SURVEY_SIDE = 800
"""Pixels that the long side keeps for it: by fewer, a lean of a tenth of a degree cannot be seen."""

PAPER_SCALE = 3
"""The paper is measured on a picture this many times smaller again, where letters are a pixel or two."""

DARK = 160
"""Grey levels (of 255) below which a pixel of the evened page is ink."""

SPECK = 4
"""Pixels of a mark that is no part of a letter: at 200 dpi half a millimetre square has 16."""

CELL, FEWEST_CELLS = 32, 20
"""Pixels of the side of a square in which specks are looked for, and how many squares must have no print."""

DARKEST = 48
"""Grey levels below which it is no shadow on paper but something black, which shall stay black."""

FAINTEST, PLAIN = 0.07, 0.25
"""Contrast (0 to 1) below which a mark is nothing, and from which it is something whatever its edges. Between
them it is text only where its strokes are fine: the other side of the sheet shines through softly."""

FINE_STROKE = np.ones((5, 5), np.uint8)
"""At the survey's resolution the stroke of a letter of 20 points is narrower than this."""

NOISE_SIGMAS = 6.0

LETTER_MM = (0.9, 25.0)
"""Heights of what could be a letter, from 6 pt to a headline. Smaller is dust, larger a shadow or a fold."""

GRAIN_MM, GRAIN_REACH_MM, MANY_GRAINS = 1.6, 6.0, 100
"""What is lower than this may be two grains of dust in one, and is a letter only with another so near, or
where there are more of them than dust."""

COMMON_MM = 8.0
"""The height of a letter of a title; what is higher may be anything."""

EDGE_MM = 4.0
"""What lies wholly within this of the edge is the scanner's border, and no letter."""

FULL, FULL_EDGE_MM = 0.01, 12.0
"""The share of ink from which on nobody needs to look for letters, and how far from the edges: the page is
not blank. A lid that was left open shows as a rim of up to a centimetre."""

HOLE_MM, HOLE_FILLS, HOLE_EDGE_MM = (4.0, 8.0), (0.65, 0.9), 16.0
"""A punch hole is as wide as this, as high as wide, fills its box as a disc does (0.79), and lies near an
edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What was measured: the quality a person is told, and what the cleaning goes by.

    ``paper`` is the background in a small picture; ``unevenness`` the share of light lost from its brightest
    to its darkest part; ``specks`` the share of the empty paper that has specks on it.
    """

    quality: Quality
    paper: Pixels
    unevenness: float
    specks: float


def survey(pixels: Pixels, dpi: float, bilevel: bool) -> Survey:
    """Measure a grey page. ``bilevel``: it came in black and white, and so has no light on it."""
    height, width = pixels.shape
    factor = _factor(pixels, dpi)
    small = resized(pixels, width // factor, height // factor) if factor > 1 else pixels
    # A resolution that is told too high makes dust of letters: the page may be as large as A4 all the same.
    per_mm = min(dpi, estimated(width, height)) / factor / 25.4
    paper = background(small)
    level = evened(small, paper)
    dark = level < DARK
    degrees = skew.angle(dark)
    quality = Quality(
        sharpness=_sharpness(small, dark),
        contrast=_contrast(level),
        skew_degrees=round(degrees, 2),
        ink=round(float(dark.mean()), 5),
        blank=_blank(level, dark, per_mm),
        light=round(float(np.percentile(paper, 90)) / 255, 3),
    )
    if not quality.blank:
        quality = _with_marks(quality, level, marks.marks(dark, per_mm), degrees, bilevel)
    return Survey(
        quality=quality,
        paper=paper,
        unevenness=0.0 if bilevel else _unevenness(paper),
        specks=_specks(pixels),
    )


def _with_marks(
    quality: Quality, level: Pixels, found: marks.Marks, degrees: float, bilevel: bool
) -> Quality:
    """The same with what the marks on the page tell; black and white has lost how soft its edges were."""
    letters = found.mask
    return structs.replace(
        quality,
        letters=int(found.letters.sum()),
        blur_mm=0.0 if bilevel else marks.softness(level, found, letters),
        cut=marks.cut(found),
        fingerprint=marks.fingerprint(letters, degrees),
    )


def _factor(pixels: Pixels, dpi: float) -> int:
    """How many times smaller the survey is: a whole number, which OpenCV averages four times as fast, and not
    so large that lean cannot be measured."""
    height, width = pixels.shape
    return max(1, min(int(dpi / SURVEY_DPI + 0.25), int(max(height, width)) // SURVEY_SIDE))


def is_negative(pixels: Pixels) -> bool:
    """Whether light letters stand on dark ground, as on negative film or in a TIFF with its tones reversed.

    More than half of it is dark, and of what is as large as a letter, there is far more in light on dark: the
    holes in such letters are dark themselves. A white slip on a black lid has its letters in the dark.
    """
    if paper_level(pixels) >= 128:
        return False
    height, width = pixels.shape
    dpi = estimated(width, height)
    factor = _factor(pixels, dpi)
    small = resized(pixels, width // factor, height // factor)
    _threshold, otsu = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light = as_pixels(otsu)
    per_mm = dpi / factor / 25.4
    return _letters(light, per_mm) > 3 * _letters(255 - light, per_mm)


def _letters(mask: Pixels, per_mm: float) -> int:
    """How many marks have the height of common letters."""
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(mask)
    heights = stats[1:, 3] / per_mm
    return int(np.count_nonzero((heights >= LETTER_MM[0]) & (heights <= COMMON_MM)))


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
    light = cv2.resize(
        np.maximum(paper, DARKEST), (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    return as_pixels(cv2.divide(pixels, light, scale=255))


def paper_level(pixels: Pixels) -> int:
    """The grey level of the paper, going by every eighth pixel: most of a page is paper."""
    return int(np.median(pixels[::8, ::8]))


def _unevenness(paper: Pixels) -> float:
    dim, bright = np.percentile(paper[paper > DARKEST] if (paper > DARKEST).any() else paper, (5, 95))
    return float((bright - dim) / max(1.0, bright))


def _specks(pixels: Pixels) -> float:
    """The share of the empty paper, in cells across the middle of the page, that has specks on it.

    Specks lie everywhere; the dots of a printer or of a halftone picture lie only where there is print.
    """
    height = pixels.shape[0]
    sample = np.ascontiguousarray(pixels[height * 7 // 16 : height * 9 // 16])
    if min(sample.shape) < CELL:
        return 0.0  # and OpenCV would crash on what is empty
    _threshold, ink = cv2.threshold(sample, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    labels, stats = marks.labelled(as_pixels(ink))
    speck = (stats[:, 4] <= SPECK).take(labels)
    empty = ~_cells(ink.view(np.bool_) & ~speck)
    return float(_cells(speck)[empty].mean()) if empty.sum() >= FEWEST_CELLS else 0.0


def _cells(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which squares of ``CELL`` pixels have anything of the mask in them."""
    rows, columns = mask.shape[0] // CELL, mask.shape[1] // CELL
    cells = mask[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns * CELL)
    bands = cells.any(axis=1)  # whole rows first: a ninth of the time of both at once
    return np.asarray(bands.reshape(rows, columns, CELL).any(axis=2), dtype=np.bool_)


def _sharpness(small: Pixels, dark: NDArray[np.bool_]) -> float:
    around = as_pixels(cv2.dilate(dark.view(np.uint8), np.ones((3, 3), np.uint8)))
    if not around.any():
        return 0.0
    _mean, deviation = cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S), mask=around)
    return round(float(deviation[0, 0]) ** 2, 1)


def _contrast(level: Pixels) -> float:
    """The distance of the paper's median from the darkest tenth of the ink, parted by Otsu's threshold."""
    threshold, _mask = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    counts = cv2.calcHist([level], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    share = np.cumsum(counts) / counts.sum()  # not of all pixels: from 2 ** 24 on OpenCV counts in steps
    ink = float(share[int(threshold)])
    if not 0.0 < ink < 1.0:
        return 0.0
    paper = np.searchsorted(share, ink + (1 - ink) / 2)
    return round(float(paper - np.searchsorted(share, ink / 10)) / 255, 3)


def _blank(level: Pixels, dark: NDArray[np.bool_], per_mm: float) -> bool:
    """Whether nothing could be text: no mark as high as a letter and darker than what shines through."""
    edge, far = (min(max(1, round(mm * per_mm)), min(level.shape) // 4) for mm in (EDGE_MM, FULL_EDGE_MM))
    if dark[far : level.shape[0] - far, far : level.shape[1] - far].mean() > FULL:
        return False
    spread = float(np.median(cv2.absdiff(level, np.full_like(level, int(np.median(level)))))) * 1.4826
    noise = NOISE_SIGMAS * spread
    fine = cv2.morphologyEx(level, cv2.MORPH_BLACKHAT, FINE_STROKE) > max(FAINTEST * 255, noise)
    marks = fine | (level < 255 - max(PLAIN * 255, noise))
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(marks.view(np.uint8))
    left, top, width, height, area = stats[1:].T
    rows, columns = level.shape
    clear = (left > 0) & (top > 0) & (left + width < columns) & (top + height < rows)
    inside = (left + width > edge) & (top + height > edge) & (left < columns - edge) & (top < rows - edge)
    low, high = (side * per_mm for side in LETTER_MM)
    letters = (height >= low) & (height <= high) & (width >= low / 3)
    near = np.minimum.reduce((left, top, columns - left - width, rows - top - height)) < HOLE_EDGE_MM * per_mm
    round_ = (np.abs(width - height) <= 0.15 * height + 1) & (width >= HOLE_MM[0] * per_mm)
    fills = area / np.maximum(1, width * height)
    disc = round_ & (width <= HOLE_MM[1] * per_mm) & (fills > HOLE_FILLS[0]) & (fills < HOLE_FILLS[1])
    found = clear & inside & letters & ~(disc & near)
    if (height[found] >= GRAIN_MM * per_mm).any():
        return False
    x, y = left[found], top[found]
    reach = GRAIN_REACH_MM * per_mm
    if x.size > MANY_GRAINS:
        return False
    beside = (np.abs(x - x[:, None]) < reach) & (np.abs(y - y[:, None]) < reach)
    return bool(np.count_nonzero(beside) == x.size)
