"""From one frame of an original to a clean page image, ready to be read: the steps, and when each is due."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import cv2
import msgspec

from archive import geometry
from archive.errors import ORIGINAL_MISSING, UNREADABLE, ArsipError
from archive.types import Bend, Homography, PageImage, Prepared, PrepareOptions, Source, Turn
from ingest import clean, dewarp, images, pdf, quality
from ingest.frame import Frame, Pixels, as_pixels, believable, estimated, resized, rotated

CAP_TOLERANCE = 1.05
"""Resampling for less than this would only blur."""

LEAST_SIDE = 2340
"""Pixels that the cap leaves to the long side, those of A4 at 200 dpi: a page of letters that calls itself a
small card, by a wrong resolution, would be shrunk until nobody could read it; a real card costs little."""

# What asks for a step. Numbers are word recall on drawn pages with that one fault, before -> after.
# A blur against grain (12 to 40 levels) at sigma 0.7 and 1.0: 94.9 -> 94.4 and 94.6 %, so there is none.
UNEVEN = 0.10
"""Share of light lost across the page: 67 -> 95 % where half is lost, no loss yet at a quarter."""
SKEWED = 0.25
"""Degrees: 89 -> 95 % at 1.6; a real report that leans by 0.9 went from 85 to 95 %."""
SPECKLED = 0.5
"""Share of empty paper with specks: 62 -> 94 % at 0.74; real scans have up to 0.2 and would suffer."""


def prepare(source: Source, options: PrepareOptions) -> tuple[PageImage, Prepared]:
    """The clean page image, and how it came about. Pure: the same source and options give the same result.

    Raises ArsipError DAMAGED_PAGE, DAMAGED_FILE, ENCRYPTED, TOO_MANY_PIXELS, UNREADABLE, ORIGINAL_MISSING.
    """
    frame = _frame(source, options)
    steps = list(frame.steps)
    frame, seen, bend = _flat(source, frame, options, steps)
    pixels, dpi = _upright(frame, options, steps)
    if quality.is_negative(pixels):
        pixels = as_pixels(255 - pixels)
        steps.append("negative")
    survey = quality.survey(pixels, dpi, quality.is_bilevel(frame.pixels))
    to_shown, to_sheet = _placed(frame, seen), geometry.invert(geometry.turned(frame.turn))
    if not survey.quality.blank:
        if survey.unevenness > UNEVEN:
            pixels = quality.evened(pixels, survey.paper)
            steps.append(f"light:{survey.unevenness:.2f}")
        if survey.specks > SPECKLED:
            pixels = clean.despeckled(pixels)
            steps.append(f"despeckle:{survey.specks:.2f}")
        if abs(survey.quality.skew_degrees) >= SKEWED:
            pixels, back = clean.straightened(
                pixels, survey.quality.skew_degrees, quality.paper_level(pixels)
            )
            to_shown, to_sheet = geometry.compose(to_shown, back), geometry.compose(to_sheet, back)
            steps.append(f"deskew:{survey.quality.skew_degrees:.1f}")
    height, width = pixels.shape
    prepared = Prepared(
        width=width,
        height=height,
        dpi=dpi,
        turn=frame.turn,
        to_shown=to_shown,
        origin=frame.origin,
        quality=survey.quality,
        steps=tuple(steps),
        bend=bend and msgspec.structs.replace(bend, page=to_sheet),
    )
    return PageImage(pixels, dpi), prepared


def picture(source: Source, turn: Turn, max_side: int, options: PrepareOptions) -> Pixels:
    """The original page in RGB, turned clockwise by ``turn`` (of ``Prepared`` and ``PageText`` together).

    Its long side is no more than ``max_side`` pixels. Raises ArsipError as ``prepare`` does.
    """
    pixels = _seen(source, max_side, options)
    height, width = pixels.shape[:2]
    scale = min(1.0, max_side / max(height, width))
    if scale < 1:
        pixels = resized(pixels, round(width * scale), round(height * scale))
    if pixels.ndim == 2:
        pixels = as_pixels(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB))
    return rotated(pixels, turn)


def encode_png(rgb: Pixels) -> bytes:
    """A picture of shape (height, width, 3) as a PNG file."""
    done, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("no picture")
    return data.tobytes()


def encode_jpeg(rgb: Pixels, quality: int) -> bytes:
    """A picture of shape (height, width, 3) as a JPEG file of three colours."""
    settings = (cv2.IMWRITE_JPEG_QUALITY, quality)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), settings)
    if not done:
        raise ValueError("no picture")
    return data.tobytes()


def opened(source: Source) -> BinaryIO:
    """The file of an original. Raises ORIGINAL_MISSING, UNREADABLE."""
    try:
        return Path(source.path).open("rb")
    except FileNotFoundError:
        raise ArsipError(ORIGINAL_MISSING, blob=source.blob) from None
    except PermissionError:
        raise ArsipError(UNREADABLE) from None


def _seen(source: Source, side: int, options: PrepareOptions) -> Pixels:
    """The whole frame in colour if it has any, its long side ``side`` pixels or more if it has as many."""
    with opened(source) as file:
        if source.media_type == "application/pdf":
            return pdf.picture(source.path, source.frame, side)
        return images.load(file, source.media_type, source.frame, options.max_pixels, shown=side).pixels


def _frame(source: Source, options: PrepareOptions) -> Frame:
    with opened(source) as file:
        if source.media_type == "application/pdf":
            return pdf.load(source.path, source.frame, options)
        return images.load(file, source.media_type, source.frame, options.max_pixels)


def _flat(
    source: Source, frame: Frame, options: PrepareOptions, steps: list[str]
) -> tuple[Frame, Homography, Bend | None]:
    """The sheet alone where one was photographed on a table, the map from it to the picture, and its bend."""
    if frame.origin == "rendered" or quality.is_bilevel(frame.pixels):
        return frame, geometry.IDENTITY, None
    is_file = frame.origin == "frame"
    sheet = dewarp.sheet(frame.pixels, lambda side: _seen(source, side, options) if is_file else frame.pixels)
    if sheet is None:
        return frame, geometry.IDENTITY, None
    pixels, seen = dewarp.flattened(frame.pixels, sheet)
    steps += ["dewarp", "unbend"] if sheet.bend else ["dewarp"]
    return replace(frame, pixels=pixels), seen, sheet.bend


def _upright(frame: Frame, options: PrepareOptions, steps: list[str]) -> tuple[Pixels, float]:
    """Turned as the file says, with square pixels, no finer than ``max_dpi`` if that leaves ``LEAST_SIDE``;
    and the resolution to read it at."""
    height, width = frame.pixels.shape
    dpi = believable(frame.dpi, width, height)
    if dpi is None:
        guess = estimated(width, height)
        dpi = (guess, guess)
        steps.append(f"dpi-estimated:{guess:.0f}")
    finest = max(dpi)
    cap = max(float(options.max_dpi), LEAST_SIDE / max(width / dpi[0], height / dpi[1]))
    target = cap if finest > cap * CAP_TOLERANCE else finest
    new_width, new_height = round(width * target / dpi[0]), round(height * target / dpi[1])
    pixels = frame.pixels
    if abs(new_width - width) > 0.02 * width or abs(new_height - height) > 0.02 * height:
        pixels = resized(pixels, new_width, new_height)
        steps.append(f"scale:{finest:.0f}-{target:.0f}")
    else:
        target = finest
    if frame.turn:
        pixels = rotated(pixels, frame.turn)
        steps.append(f"turn:{frame.turn}")
    # Told more than that, Tesseract takes the letters of a page that is coarser in truth for dust.
    return as_pixels(pixels), min(target, options.max_dpi * CAP_TOLERANCE)


def _placed(frame: Frame, seen: Homography) -> Homography:
    """Fractions of the upright pixels to fractions of the whole frame turned upright.

    ``seen`` maps fractions of the sheet as it would lie flat to fractions of the picture of it.
    """
    place = Homography(frame.place.w, 0.0, frame.place.x, 0.0, frame.place.h, frame.place.y)
    turn = geometry.turned(frame.turn)
    there = geometry.compose(place, seen)
    return geometry.compose(turn, geometry.compose(there, geometry.invert(turn)))
