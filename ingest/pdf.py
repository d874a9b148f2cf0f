"""Open PDF pages by PDFium: the one full-page image of a scan as it lies in the file, or the page rendered.

A scanned page is one upright image on a sheet. Taking that image costs a quarter of rendering (11 to 19 ms
against 41 to 91), and gives the scanner's own pixels. But a page is what a viewer shows: an image that
something covers, inverts, masks or cuts is not taken, and a thumbnail of the page has the last word.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
import pypdfium2
from pypdfium2 import raw as pdfium

from archive.errors import (
    DAMAGED_FILE,
    DAMAGED_PAGE,
    ENCRYPTED,
    NO_PAGES,
    TOO_MANY_PIXELS,
    UNREADABLE,
    ArsipError,
)
from archive.types import Box, PrepareOptions, Turn
from ingest import inks
from ingest.frame import LONG_SIDE_INCHES, SMALLEST_SIDE_INCHES, Frame, Pixels, as_pixels, resized, rotated

# Its warnings name objects of the file at hand, which have no place in a log.
logging.getLogger("pypdfium2").setLevel(logging.CRITICAL)

POINTS = 72.0
"""Units of PDF user space to the inch."""

RENDERED_PIXELS = 40_000_000
"""A rendered page is kept below this (A2 at 300 dpi); a larger poster would take a minute to read."""

MOST_OBJECTS = 20_000
"""A page of more objects is not looked through: no scan has them, a hidden text layer some thousand."""

COVERAGE = 0.9
"""The share of the page that its image must fill; what remains is margin."""

OVERHANG = 0.01
"""How far the image may reach beyond the page, in shares of its sides: more would be read but never seen."""

THUMBNAIL = 160
"""Long side, in pixels, of the two thumbnails that are compared."""

FARTHEST = 16
"""Grey levels (of 255) by which they may differ anywhere, by other ways of averaging: 1 to 3 is usual."""

_CAUSES = {
    pdfium.FPDF_ERR_FILE: UNREADABLE,
    pdfium.FPDF_ERR_PASSWORD: ENCRYPTED,
    pdfium.FPDF_ERR_SECURITY: ENCRYPTED,
}


def count(path: str) -> int:
    """How many pages there are. Raises ArsipError ENCRYPTED, DAMAGED_FILE, NO_PAGES."""
    with _document(path) as document:
        return len(document)


def load(path: str, number: int, options: PrepareOptions) -> Frame:
    """Page ``number`` (from 0) in grey: its embedded image where that is the page, else rendered.

    Ink over the print of what was scanned is taken away.

    Raises ArsipError ENCRYPTED, DAMAGED_FILE, DAMAGED_PAGE, TOO_MANY_PIXELS.
    """
    with _page(path, number) as page:
        return _embedded(page, options) or _rendered(page, options)


def picture(path: str, number: int, max_side: int) -> Pixels:
    """The page in RGB without its /Rotate, its long side no more than ``max_side`` pixels."""
    with _page(path, number) as page:
        return _render(page, max_side / max(page.get_size()), colour=True)


def size(
    path: str, number: int, dpi: float, embedded: bool, options: PrepareOptions
) -> tuple[int, int, float]:
    """Width and height of the page without its /Rotate in pixels, and the dots to the inch.

    The pixels are those of its image where the page is ``embedded`` as one, else those it has at ``dpi``.
    """
    with _page(path, number) as page:
        width, height = page.get_size()
        if page.get_rotation() % 180:
            width, height = height, width
        image = _only_image(page, options) if embedded else None
        turn, place = (_upright(image.get_matrix()), _place(page, image)) if image else (None, None)
        if image is None or turn is None or place is None:
            return round(width / POINTS * dpi), round(height / POINTS * dpi), dpi
        across, down = image.get_px_size() if turn % 180 == 0 else reversed(image.get_px_size())
        wide, high = across / place.w, down / place.h
        return round(wide), round(high), wide / width * POINTS


@contextmanager
def _document(path: str) -> Iterator[Any]:
    raw = pdfium.FPDF_LoadDocument(os.fsencode(path), None)
    if not raw:  # only now is PDFium's last error that of this file
        raise ArsipError(_CAUSES.get(pdfium.FPDF_GetLastError(), DAMAGED_FILE))
    document = pypdfium2.PdfDocument(raw)
    try:
        if len(document) == 0:
            raise ArsipError(NO_PAGES)
        yield document
    finally:
        document.close()


@contextmanager
def _page(path: str, number: int) -> Iterator[Any]:
    with _document(path) as document:
        try:
            document.init_forms()  # what was filled into a form is drawn with it
            page = document[number]
            if min(page.get_size()) <= 0:
                raise ArsipError(DAMAGED_PAGE)
            yield page
        except pypdfium2.PdfiumError:
            raise ArsipError(DAMAGED_PAGE) from None


def _rendered(page: Any, options: PrepareOptions) -> Frame:
    """The page drawn at ``render_dpi``, or coarser where that would be too many pixels."""
    width, height = (side / POINTS for side in page.get_size())
    dpi = float(options.render_dpi)
    stamp = max(width, height) < SMALLEST_SIDE_INCHES
    if stamp:  # a page so small was laid out in other units: draw it as if it were A4
        dpi *= LONG_SIDE_INCHES / max(width, height)
    dpi = min(dpi, math.sqrt(min(RENDERED_PIXELS, options.max_pixels) / (width * height)))
    pixels = _render(page, dpi / POINTS, colour=False)
    frame = Frame(pixels, None if stamp else (dpi, dpi), _turn(page.get_rotation()), "rendered")
    if not _has_images(page):
        return frame
    longest = max(page.get_size())

    def seen(side: int) -> Pixels:
        return _render(page, min(dpi / POINTS, side / longest), colour=True)

    return inks.cleared(frame, seen)


def _render(page: Any, scale: float, colour: bool) -> Pixels:
    bitmap = page.render(
        scale=scale,
        rotation=(360 - page.get_rotation()) % 360,
        grayscale=not colour,
        rev_byteorder=colour,
    )
    pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
    bitmap.close()
    return pixels


def _embedded(page: Any, options: PrepareOptions) -> Frame | None:
    """The image that fills the page, in the page's own directions, or None where there is no such image."""
    image = _only_image(page, options)
    if image is None:
        return None
    turn = _upright(image.get_matrix())
    place = _place(page, image)
    if turn is None or place is None:
        return None
    try:
        bitmap = image.get_bitmap()
        pixels = rotated(_grey(bitmap), turn)
    except pypdfium2.PdfiumError:
        return None
    if not _same(pixels, page, place):
        return None
    left, bottom, right, top = image.get_bounds()
    dpi = (pixels.shape[1] / (right - left) * POINTS, pixels.shape[0] / (top - bottom) * POINTS)
    frame = Frame(pixels, dpi, _turn(page.get_rotation()), "embedded", place)
    stored = bitmap.to_numpy()
    if stored.ndim == 2:
        return frame

    def seen(side: int) -> Pixels:
        shrink = max(1, max(stored.shape) // side)
        coarse = stored[:: max(1, shrink // 4), :: max(1, shrink // 4)]  # a poster has many pixels
        height, width = stored.shape[0] // shrink, stored.shape[1] // shrink
        return rotated(_rgb(resized(coarse, width, height) if shrink > 1 else stored), turn)

    return inks.cleared(frame, seen)


def _only_image(page: Any, options: PrepareOptions) -> Any | None:
    """The page's image when it is the only thing to be seen: with it there may only be invisible text."""
    total = pdfium.FPDFPage_CountObjects(page)
    if total > MOST_OBJECTS or pdfium.FPDFPage_GetAnnotCount(page) > 0:
        return None
    images = []
    others = 0
    for index in range(total):
        thing = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            images.append(pypdfium2.PdfObject(thing, page=page))
        elif kind != pdfium.FPDF_PAGEOBJ_TEXT or not _invisible(thing):
            others += 1
    for image in images:
        width, height = image.get_px_size()
        if width * height > options.max_pixels:
            raise ArsipError(TOO_MANY_PIXELS, pixels=width * height, limit=options.max_pixels)
    return images[0] if len(images) == 1 and not others else None


def _has_images(page: Any) -> bool:
    """Whether anything on the page may have been scanned."""
    total = pdfium.FPDFPage_CountObjects(page)
    kinds = (
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, index))
        for index in range(min(total, MOST_OBJECTS))
    )
    return any(kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM) for kind in kinds)


def _invisible(text: Any) -> bool:
    return bool(pdfium.FPDFTextObj_GetTextRenderMode(text) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _upright(matrix: Any) -> Turn | None:
    """By how much the image is turned clockwise on the page; None when mirrored, or turned by less than 90.

    A lean of a thousandth is 0.06 degrees, less than can be measured on a page.
    """
    a, b, c, d, *_rest = matrix.get()
    most = max(abs(a), abs(b), abs(c), abs(d)) / 1000
    if abs(b) <= most and abs(c) <= most:
        return 0 if a > 0 and d > 0 else 180 if a < 0 and d < 0 else None
    if abs(a) <= most and abs(d) <= most:
        return 270 if b > 0 > c else 90 if b < 0 < c else None
    return None


def _place(page: Any, image: Any) -> Box | None:
    """Where on the page the image lies (fractions, from the top left); None unless it fills the page."""
    left, bottom, right, top = page.get_bbox()
    x0, y0, x1, y1 = image.get_bounds()
    width, height = right - left, top - bottom
    box = Box((x0 - left) / width, (top - y1) / height, (x1 - x0) / width, (y1 - y0) / height)
    inside = min(box.x, box.y) >= -OVERHANG and max(box.x + box.w, box.y + box.h) <= 1 + OVERHANG
    return box if inside and box.w * box.h >= COVERAGE else None


def _grey(bitmap: Any) -> Pixels:
    """PDFium's bitmap as grey; it has 1, 3 or 4 bytes to a pixel, blue first."""
    pixels = bitmap.to_numpy()
    if pixels.ndim == 2:
        return np.array(pixels, dtype=np.uint8)
    code = cv2.COLOR_BGR2GRAY if pixels.shape[2] == 3 else cv2.COLOR_BGRA2GRAY
    return as_pixels(cv2.cvtColor(np.ascontiguousarray(pixels), code))


def _rgb(pixels: Pixels) -> Pixels:
    """PDFium's colours, of 3 or 4 bytes to a pixel with blue first, as RGB."""
    code = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGB
    return as_pixels(cv2.cvtColor(np.ascontiguousarray(pixels), code))


def _same(pixels: Pixels, page: Any, place: Box) -> bool:
    """Whether the page, as a viewer would show it, is what the image alone would make of it."""
    shown = _render(page, THUMBNAIL / max(page.get_size()), colour=False)
    # PDFium draws an image into the whole pixels that it touches; where it ends on the edge of a pixel, the
    # rounding of its numbers decides whether it touches one more.
    return any(_distance(shown, _alone(pixels, place, shown, slack)) <= FARTHEST for slack in (0.01, 0.0))


def _alone(pixels: Pixels, place: Box, like: Pixels, slack: float) -> Pixels:
    """A thumbnail of a page, as large as another one, on which there is nothing but the image."""
    height, width = like.shape
    x0, y0 = math.floor(place.x * width + slack), math.floor(place.y * height + slack)
    x1 = math.ceil((place.x + place.w) * width - slack)
    y1 = math.ceil((place.y + place.h) * height - slack)
    thumbnail = np.full_like(like, 255)
    image = resized(pixels, x1 - x0, y1 - y0)
    thumbnail[max(0, y0) : y1, max(0, x0) : x1] = image[max(0, -y0) : height - y0, max(0, -x0) : width - x0]
    return thumbnail


def _distance(one: Pixels, other: Pixels) -> int:
    """Grey levels by which two pictures differ where they differ most, after a blur of 3 x 3."""
    return int(cv2.absdiff(cv2.blur(one, (3, 3)), cv2.blur(other, (3, 3))).max())


def _turn(degrees: int) -> Turn:
    turns: dict[int, Turn] = {0: 0, 90: 90, 180: 180, 270: 270}
    return turns[degrees % 360]
