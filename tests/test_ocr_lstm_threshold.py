"""Black and white as Tesseract itself makes it, handed over as a bitmap, and nothing left behind by it."""

from __future__ import annotations

import io

import numpy as np
import pytest
import tesserocr
from numpy.typing import NDArray
from PIL import Image

from archive.types import PageImage
from ocr.lstm.layout import NO_PITCH, analyser, layout
from ocr.lstm.threshold import bitmap, white
from tests.ocr_pages import page


def thresholded(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where Tesseract sees paper."""
    api = tesserocr.PyTessBaseAPI(init=False)
    api.InitForAnalysePage()
    height, width = pixels.shape
    api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
    api.SetSourceResolution(300)
    return np.asarray(api.GetThresholdedImage()) > 0


def levels(low: int, high: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(low, high, (60, 83), dtype=np.uint8)


@pytest.mark.parametrize("levels_", [(0, 256), (100, 101), (0, 1), (255, 256), (254, 256), (3, 200)])
def test_the_threshold_is_that_of_tesseract(levels_: tuple[int, int]) -> None:
    pixels = levels(*levels_)
    assert (white(pixels) == thresholded(pixels)).all()


@pytest.mark.parametrize("inverted", [False, True])
def test_a_page_is_parted_as_by_tesseract_the_dark_one_too(inverted: bool) -> None:
    pixels = page()[0].pixels
    pixels = np.ascontiguousarray(255 - pixels if inverted else pixels)
    assert (white(pixels) == thresholded(pixels)).all()


@pytest.mark.parametrize("width", [1, 7, 8, 31, 32, 33, 83])
def test_a_bitmap_holds_every_pixel(width: int) -> None:
    paper = levels(0, 2)[:, :width] > 0
    with Image.open(io.BytesIO(bitmap(paper))) as image:
        assert (np.asarray(image.convert("L")) > 0).tolist() == paper.tolist()


def test_tesseract_itself_keeps_its_own_ways() -> None:
    api = analyser()
    assert layout(api, page()[0])
    assert layout(api, PageImage(np.full((50, 60), 255, np.uint8), 300.0)) == []
    assert not api.GetBoolVariable(NO_PITCH)
