"""Where the words of a page stand on its original, and which of them an output has to add."""

from __future__ import annotations

import re

from archive import geometry
from archive.types import Box, Extent, Homography, PageView, Turn, Word


def turn_of(view: PageView, asked: Turn = 0) -> Turn:
    """The clockwise turn that brings the original upright; ``asked`` is what its file says, for a page that
    was never prepared."""
    turn = asked if view.prepared is None else view.prepared.turn
    return geometry.added(turn, 0 if view.text is None else view.text.turn)


def to_upright(view: PageView) -> Homography:
    """From boxes as read to fractions of the original turned upright (by ``turn_of``)."""
    if view.prepared is None or view.text is None:
        return geometry.IDENTITY
    return geometry.shown(view.prepared.to_shown, view.text.turn)


def to_original(view: PageView) -> Homography:
    """From boxes as read to fractions of the original as it lies, before any turn."""
    if view.prepared is None or view.text is None:
        return geometry.invert(geometry.turned(turn_of(view)))
    return geometry.to_original(view.prepared, view.text.turn)


def added_words(view: PageView) -> tuple[Word, ...]:
    """The words that its PDF page does not show itself: those of OCR.

    A text layer that was trusted is there already. Its own words have confidence 1 (``ocr.textlayer``), what
    OCR found beside them, in pictures, has less.
    """
    if view.text is None or view.prepared is None:
        return ()
    if view.text.source != "text-layer":
        return view.text.words
    return tuple(word for word in view.text.words if word.confidence < 1)


def on_image(view: PageView, extent: Extent) -> Homography:
    """From boxes as read to fractions of the image as it lies in its file, which may show it mirrored."""
    if view.prepared is None or view.text is None:
        return geometry.IDENTITY
    return geometry.compose(geometry.invert(extent.to_page), to_original(view))


def in_pixels(box: Box, place: Homography, extent: Extent) -> tuple[int, int, int, int]:
    """Left, top, right and foot of a box as read in pixels of the image; ``place`` is ``on_image``."""
    at = geometry.bounds(place, box)
    left, top = round(at.x * extent.width), round(at.y * extent.height)
    return left, top, round((at.x + at.w) * extent.width), round((at.y + at.h) * extent.height)


def xml_text(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write (2.2)."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


_NO_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
