"""How many pixels an original has, and how they lie on its page: nothing is decoded for that."""

from __future__ import annotations

from archive import geometry
from archive.errors import DAMAGED_PAGE
from archive.types import Extent, Homography, Prepared, PrepareOptions, Source, Turn
from ingest import images, pdf
from ingest.frame import believable, estimated
from ingest.prepare import opened

_MIRROR = Homography(-1.0, 0.0, 1.0, 0.0, 1.0, 0.0)


def measured(source: Source, prepared: Prepared | None, options: PrepareOptions) -> Extent:
    """The pixels of an original. Those of a PDF page are those of the image that fills it, or the ones it was
    read with.

    Raises ArsipError as ``prepare`` does.
    """
    if source.media_type == "application/pdf":
        with opened(source):  # says what is missing
            dpi = prepared.dpi if prepared else options.render_dpi
            embedded = prepared is not None and prepared.origin == "embedded"
            return Extent(*pdf.size(source.path, source.frame, dpi, embedded, options))
    with opened(source) as file, images.told_as(DAMAGED_PAGE):
        image = images.opened(file, source.media_type, source.frame, options.max_pixels)
        dpi = (believable(images.resolution(image), *image.size) or (estimated(*image.size),))[0]
        return Extent(*image.size, dpi, *lies(images.orientation(image), source.media_type))


def lies(orientation: int, media_type: str) -> tuple[Homography, Turn]:
    """How an image lies on its page by its EXIF orientation: from image to page, and the page's turn.

    The turn of a TIFF is done with its pixels when it is read, so that ``Prepared`` knows of none.
    """
    to_page = _MIRROR if orientation in images.MIRRORED else geometry.IDENTITY
    turn = images.TURNS.get(orientation, 0)
    if media_type == "image/tiff":
        return geometry.compose(geometry.turned(turn), to_page), 0
    return to_page, turn
