"""A page of a PDF that shows one stored image, upright and in its natural size."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from archive import geometry
from archive.types import Homography, StoredImage, Turn

POINTS = 72.0
"""Units of PDF user space to the inch."""
SIDES = (3.0, 14400.0)
"""Points that a side of a page may have (ISO 32000-1, annex C)."""

_IMAGE = "Image"


def append(pdf: Pdf, image: StoredImage, turn: Turn) -> Page:
    """Add a page that shows the image, turned clockwise by ``turn``."""
    to_shown = geometry.compose(geometry.turned(turn), image.to_page)
    width, height = _size(image, to_shown)
    page = pdf.add_blank_page(page_size=(width, height))
    page.Resources = Dictionary(XObject=Dictionary({f"/{_IMAGE}": _image(pdf, image)}))
    x0, y0, x1, y1, x2, y2 = (
        value
        for u, v in ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0))  # an image's own corners count from its foot
        for value in geometry.apply(geometry.compose(to_page(width, height), to_shown), u, v)
    )
    numbers = (x1 - x0, y1 - y0, x2 - x0, y2 - y0, x0, y0)
    matrix = " ".join(f"{number:.4f}" for number in numbers)
    page.Contents = Stream(pdf, f"q {matrix} cm /{_IMAGE} Do Q\n".encode())
    return page


def to_page(width: float, height: float, left: float = 0.0, bottom: float = 0.0) -> Homography:
    """From fractions of a page, from its upper left corner, to its own space in points."""
    return Homography(width, 0.0, left, 0.0, -height, bottom + height)


def _size(image: StoredImage, to_shown: Homography) -> tuple[float, float]:
    sides = (image.width / image.dpi[0] * POINTS, image.height / image.dpi[1] * POINTS)
    width, height = (min(max(side, SIDES[0]), SIDES[1]) for side in sides)
    return (height, width) if abs(to_shown.b) > abs(to_shown.a) else (width, height)


def _image(pdf: Pdf, image: StoredImage) -> Object:
    """The image as an object of the file (ISO 32000-1, 8.9.5)."""
    stream = Stream(pdf, image.data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = image.width, image.height
    stream.Filter = Name("/" + image.filter)
    if image.parms:
        stream.DecodeParms = Dictionary({f"/{name}": value for name, value in image.parms.items()})
    if image.colours:
        stream.ColorSpace, stream.BitsPerComponent = _colours(pdf, image), image.bits
    if image.inverted:
        components = {"DeviceGray": 1, "DeviceRGB": 3}.get(image.colours, 4)
        stream.Decode = Array([1, 0] * components)
    if image.opacity is not None:
        stream.SMask = _image(pdf, image.opacity)
    return pdf.make_indirect(stream)


def _colours(pdf: Pdf, image: StoredImage) -> Object:
    base: Object = Name("/" + image.colours)
    if image.icc:
        profile = Stream(pdf, image.icc)
        profile.N = {"DeviceGray": 1, "DeviceRGB": 3, "DeviceCMYK": 4}[image.colours]
        base = Array([Name.ICCBased, pdf.make_indirect(profile)])
    if not image.palette:
        return base
    return Array([Name.Indexed, base, len(image.palette) // 3 - 1, pikepdf.String(image.palette)])
