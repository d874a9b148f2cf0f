"""The image of a page as its file holds it, for a PDF: the file's own bytes wherever a PDF takes them.

JPEG and JPEG 2000 go in whole, PNG and TIFF without their wrapping. What a PDF has no filter for is packed
again without loss: black and white by CCITT Group 4, all else by Deflate.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from typing import BinaryIO, Literal

from PIL import Image, ImageFile

from archive.errors import DAMAGED_PAGE
from archive.types import PrepareOptions, Source, StoredImage
from ingest import extent, images, jp2, png, strip
from ingest.frame import believable, estimated
from ingest.prepare import opened

Colours = Literal["", "DeviceGray", "DeviceRGB", "DeviceCMYK"]

COLOURS: dict[str, Colours] = {"L": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK"}
"""Modes of Pillow and what a PDF calls them."""

_SPACES = {"DeviceGray": b"GRAY", "DeviceRGB": b"RGB ", "DeviceCMYK": b"CMYK"}
_DEVICES = (b"scnr", b"mntr", b"prtr", b"spac")


def load(source: Source, options: PrepareOptions) -> StoredImage:
    """One frame of an image file.

    Raises ArsipError DAMAGED_PAGE, TOO_MANY_PIXELS, ORIGINAL_MISSING, UNREADABLE.
    """
    with opened(source) as file, images.told_as(DAMAGED_PAGE):
        image = images.opened(file, source.media_type, source.frame, options.max_pixels)
        found = _as_it_lies(file, image, source.media_type) or _packed(image)
        orientation = images.orientation(image)  # only now: with its pixels, Pillow turns a TIFF upright
        dpi = believable(images.resolution(image), found.width, found.height)
        icc = image.info.get("icc_profile") or b""
    to_page, turn = extent.lies(orientation, source.media_type)
    guess = estimated(found.width, found.height)
    return replace(
        found,
        dpi=dpi or (guess, guess),
        icc=icc if _fits(icc, found) else b"",
        to_page=to_page,
        turn=turn,
    )


def _as_it_lies(file: BinaryIO, image: Image.Image, media_type: str) -> StoredImage | None:
    """The file's own bytes, or None where a PDF would not take them."""
    file.seek(0)
    if media_type == "image/jpeg":
        return jpeg(file.read(), image)
    if media_type == "image/png":
        return png.load(file)
    if media_type == "image/tiff":
        return strip.load(file, image)
    if media_type == "image/jp2" and image.mode in ("L", "RGB"):
        return _stored(image, jp2.boxed(file.read(), image.mode), "JPXDecode", colours="")
    return None


def jpeg(data: bytes, image: Image.Image) -> StoredImage:
    """A JPEG file, or such a stream from within another file; ``image`` is what Pillow read of its head.

    Adobe's programs store the negative of four inks, and mark the file as theirs (Adobe Technical Note 5116).
    """
    found = _stored(image, data, "DCTDecode", colours=COLOURS[image.mode])
    return replace(found, inverted=image.mode == "CMYK" and "adobe" in image.info)


def _packed(image: ImageFile.ImageFile) -> StoredImage:
    """The pixels of an image packed again without loss."""
    images.decode(image)
    if image.has_transparency_data:
        with_alpha = image.convert("RGBA")
        opacity = with_alpha.getchannel("A")
        found = _packed_opaque(with_alpha.convert("RGB"))
        clear = opacity.getextrema() != (255, 255)
        return replace(found, opacity=_packed_opaque(opacity)) if clear else found
    return _packed_opaque(image)


def _packed_opaque(image: Image.Image) -> StoredImage:
    if image.mode == "CMYK":
        return _stored(image, zlib.compress(image.tobytes()), "FlateDecode", colours="DeviceCMYK")
    if image.mode not in ("1", "L", "P", "RGB", "I;16"):  # nobody scans pages in these
        image = (
            image.convert("RGB")
            if image.mode == "YCbCr"
            else Image.fromarray(images.pixels_of(image, shown=0))
        )
    packed = io.BytesIO()
    if image.mode == "1":
        rows_of_strip = {278: image.height}
        image.save(packed, "TIFF", compression="group4", tiffinfo=rows_of_strip)
        found = strip.load(packed, Image.open(packed, formats=["TIFF"]))
    else:
        image.save(packed, "PNG")
        found = png.load(packed)
    if found is None:
        raise ValueError("what was packed by ourselves is not as it should be")
    return found


def _stored(
    image: Image.Image, data: bytes, how: Literal["DCTDecode", "JPXDecode", "FlateDecode"], colours: Colours
) -> StoredImage:
    return StoredImage(image.width, image.height, (0, 0), data, how, colours, 8, {})


def _fits(icc: bytes, image: StoredImage) -> bool:
    """Whether a profile speaks of the colours of the image (ICC.1:2010, 7.2); a wrong one is no help."""
    space, device, version = icc[16:20], icc[12:16], icc[8:9]
    known = (
        device in _DEVICES and b"\x02" <= version <= b"\x04" and int.from_bytes(icc[:4], "big") == len(icc)
    )
    return known and space == _SPACES.get(image.colours)
