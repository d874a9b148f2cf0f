"""Clean a page image: straighten it, take away its specks."""

from __future__ import annotations

import math

import cv2
import numpy as np

from archive.types import Homography
from ingest.frame import Pixels, as_pixels


def despeckled(pixels: Pixels) -> Pixels:
    """A median of 3 x 3: it takes specks of up to 2 x 2 pixels, and leaves strokes of 2 pixels alone."""
    return as_pixels(cv2.medianBlur(pixels, 3))


def straightened(pixels: Pixels, degrees: float, paper: int) -> tuple[Pixels, Homography]:
    """Turn the page back by the ``degrees`` its lines fall to the right; nothing is cut off.

    Returns the page, grown so that its corners stay on it and filled with ``paper``, and the map from
    fractions of it to fractions of the page as it was.
    """
    height, width = pixels.shape
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    new_width = math.ceil(width * cos + height * abs(sin))
    new_height = math.ceil(height * cos + width * abs(sin))
    # From new to old, in continuous pixel coordinates: turn by +degrees about the two centres.
    back = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    back[:, 2] = (width / 2, height / 2) - back[:, :2] @ (new_width / 2, new_height / 2)
    # warpAffine counts from the centres of pixels, half a pixel further in.
    centred = back.copy()
    centred[:, 2] += back[:, :2] @ (0.5, 0.5) - 0.5
    straight = cv2.warpAffine(
        pixels,
        centred,
        (new_width, new_height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    (a, b, c), (d, e, f) = back.tolist()  # plain numbers: NumPy's own cannot leave the reader
    there = Homography(
        a * new_width / width, b * new_height / width, c / width,
        d * new_width / height, e * new_height / height, f / height,
    )  # fmt: skip
    return as_pixels(straight), there
