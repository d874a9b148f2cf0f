"""From a source to a clean page: what is done to it, why, and where each point of it came from."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from archive import geometry
from archive.errors import DAMAGED_PAGE, ORIGINAL_MISSING, ArsipError
from archive.types import Prepared, PrepareOptions, Source, Turn
from ingest.prepare import encode_png, picture, prepare
from tests.ingest_pages import OPTIONS, Grey, grained, leaning, paper, saved, shaded, source, written

MARKS = ((0.2, 0.15), (0.8, 0.2), (0.5, 0.5), (0.25, 0.85), (0.7, 0.75))
SIDE = 40


def marked(page: Grey) -> Grey:
    """The page with dark squares whose middles lie at ``MARKS``, on cleared ground."""
    out = page.copy()
    height, width = page.shape
    for x, y in MARKS:
        row, column, half = round(y * height), round(x * width), SIDE // 2
        out[row - 2 * half : row + 2 * half, column - 2 * half : column + 2 * half] = 255
        out[row - half : row + half, column - half : column + half] = 0
    return out


def found(page: Grey) -> list[tuple[float, float]]:
    """The middles of all squares on a page, as fractions of it."""
    height, width = page.shape
    _count, _labels, stats, centres = cv2.connectedComponentsWithStats((page < 128).astype(np.uint8))
    squares = [
        ((x + 0.5) / width, (y + 0.5) / height)
        for (_left, _top, w, h, area), (x, y) in zip(stats[1:], centres[1:], strict=True)
        if area > 0.7 * w * h and 0.8 < w / h < 1.25 and min(w, h) > SIDE / 2
    ]
    assert len(squares) == len(MARKS)
    return squares


def assert_boxes_find_their_way_back(asked: Source) -> Prepared:
    """Every mark on the clean page lies, mapped, within a thousandth of where a person is shown it."""
    image, prepared = prepare(asked, OPTIONS)
    shown = found(picture(asked, prepared.turn, 1754, OPTIONS).mean(axis=2).astype(np.uint8))
    for mark in found(image.pixels):
        x, y = geometry.apply(prepared.to_shown, *mark)
        assert min(math.hypot(x - left, y - top) for left, top in shown) < 0.001
    return prepared


def steps(prepared: Prepared) -> dict[str, str]:
    return {name: value for name, _colon, value in (step.partition(":") for step in prepared.steps)}


def test_a_clean_page_is_left_as_it_is(tmp_path: Path) -> None:
    page = written(paper())
    image, prepared = prepare(saved(page, tmp_path / "a.png"), OPTIONS)
    assert np.array_equal(image.pixels, page)
    assert image.dpi == prepared.dpi == pytest.approx(150, abs=0.1)
    assert prepared.steps == ()
    assert prepared.to_shown == geometry.IDENTITY
    assert (prepared.width, prepared.height, prepared.turn, prepared.origin) == (1240, 1754, 0, "frame")


def test_a_bad_page_is_healed_by_steps_that_are_told(tmp_path: Path) -> None:
    page = grained(shaded(leaning(written(paper(level=240)), 2.0), 0.5), 6)
    image, prepared = prepare(saved(page, tmp_path / "a.png"), OPTIONS)
    told = steps(prepared)
    assert list(told) == ["light", "deskew"]
    assert float(told["deskew"]) == pytest.approx(2.0, abs=0.2)
    again = prepare(saved(image.pixels, tmp_path / "b.png"), OPTIONS)[1]
    assert again.steps == ()


def test_specks_are_taken_away(tmp_path: Path) -> None:
    page = written(paper())
    rng = np.random.default_rng(5)
    rows, columns = rng.integers(0, 1752, 20_000), rng.integers(0, 1238, 20_000)
    spoilt = page.copy()
    for row in (0, 1):
        for column in (0, 1):
            spoilt[rows + row, columns + column] = 0
    image, prepared = prepare(saved(spoilt, tmp_path / "a.png"), OPTIONS)
    assert "despeckle" in steps(prepared)
    assert np.abs(image.pixels.astype(int) - page).mean() < np.abs(spoilt.astype(int) - page).mean() / 2


def test_fine_scans_are_brought_to_the_resolution_that_is_read(tmp_path: Path) -> None:
    image, prepared = prepare(saved(paper(4960, 7016), tmp_path / "a.png", dpi=600), OPTIONS)
    assert (image.dpi, image.pixels.shape) == (300, (3508, 2480))
    assert steps(prepared)["scale"] == "600-300"
    assert prepare(saved(written(paper()), tmp_path / "b.png", dpi=310), OPTIONS)[0].pixels.shape == (
        1754,
        1240,
    )


@pytest.mark.parametrize("told", [400, 600, 1200])
def test_a_page_that_calls_itself_too_fine_is_neither_shrunk_away_nor_blank(
    tmp_path: Path, told: int
) -> None:
    page = written(paper(1654, 2338), lines=1, points=9, dpi=200)
    image, prepared = prepare(saved(page, tmp_path / "a.png", told), OPTIONS)
    assert np.array_equal(image.pixels, page)
    assert image.dpi < 320  # told more, Tesseract takes letters for dust
    assert not prepared.quality.blank


@pytest.mark.parametrize("bilevel", [True, False])
def test_a_negative_is_read_as_a_positive(tmp_path: Path, bilevel: bool) -> None:
    page = written(paper())
    page = np.where(page > 128, 255, 0).astype(np.uint8) if bilevel else page
    framed = np.pad(255 - page, 40, constant_values=255)
    for name, negative in (("a.png", 255 - page), ("framed.png", framed)):
        image, prepared = prepare(saved(negative, tmp_path / name), OPTIONS)
        assert prepared.steps == ("negative",)
        assert np.array_equal(image.pixels, 255 - negative)


def test_a_slip_on_a_black_lid_and_a_black_page_are_no_negatives(tmp_path: Path) -> None:
    lid = paper(level=10)
    lid[200:700, 100:700] = written(paper())[150:650, 100:700]
    for name, page in (("slip.png", lid), ("black.png", paper(level=10))):
        assert "negative" not in prepare(saved(page, tmp_path / name), OPTIONS)[1].steps


def test_a_slip_of_the_pen_in_one_resolution_does_not_stretch_the_page(tmp_path: Path) -> None:
    page = written(paper())
    Image.fromarray(page).save(tmp_path / "a.tif", dpi=(300, 72))
    image, prepared = prepare(source(tmp_path / "a.tif"), OPTIONS)
    assert np.array_equal(image.pixels, page)
    assert "dpi-estimated" in steps(prepared)


def test_fax_pixels_become_square(tmp_path: Path) -> None:
    page = written(paper(1728, 2200))
    Image.fromarray(page[::2]).save(tmp_path / "a.tif", dpi=(204, 98))
    image, prepared = prepare(source(tmp_path / "a.tif"), OPTIONS)
    assert image.pixels.shape == (2290, 1728)
    assert image.dpi == prepared.dpi == 204


@pytest.mark.parametrize(
    ("dpi", "believed"), [(1, False), (72, False), (96, False), (200, True), (5000, False)]
)
def test_a_resolution_that_cannot_be_is_estimated(tmp_path: Path, dpi: int, believed: bool) -> None:
    page = written(paper(2480, 3508))
    image, prepared = prepare(saved(page, tmp_path / "a.png", dpi), OPTIONS)
    assert ("dpi-estimated" not in steps(prepared)) == believed
    assert image.dpi == pytest.approx(dpi if believed else 300, abs=1)


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 1.5])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 5])
def test_boxes_find_their_way_back_to_an_image(tmp_path: Path, degrees: float, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = leaning(marked(written(paper())), degrees)
    Image.fromarray(page).save(tmp_path / "a.jpg", exif=exif, quality=95, dpi=(150, 150))
    prepared = assert_boxes_find_their_way_back(source(tmp_path / "a.jpg"))
    assert ("deskew" in steps(prepared)) == (degrees != 0)


@pytest.mark.parametrize("rotate", [0, 90, 270])
@pytest.mark.parametrize("content", ["575 0 0 822 5 15", "0 -595 842 0 0 595"], ids=["margin", "turned"])
def test_boxes_find_their_way_back_to_a_pdf_page(tmp_path: Path, rotate: int, content: str) -> None:
    page = marked(written(paper()))
    document = pikepdf.new()
    document.add_blank_page(page_size=(842, 595) if content.startswith("0 ") else (595, 842))
    image = pikepdf.Stream(document, page.tobytes())
    entries: dict[str, Any] = {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image}
    entries |= {
        "/ColorSpace": pikepdf.Name.DeviceGray,
        "/BitsPerComponent": 8,
        "/Width": 1240,
        "/Height": 1754,
    }
    for name, value in entries.items():
        image[name] = value
    document.pages[0].Resources = pikepdf.Dictionary(XObject={"/Im": document.make_indirect(image)})
    document.pages[0].Contents = document.make_stream(f"q {content} cm /Im Do Q".encode())
    document.pages[0].Rotate = rotate
    document.save(tmp_path / "a.pdf")
    prepared = assert_boxes_find_their_way_back(source(tmp_path / "a.pdf"))
    assert (prepared.origin, prepared.turn) == ("embedded", rotate)


def test_a_blank_page_is_only_measured(tmp_path: Path) -> None:
    page = grained(shaded(paper(level=240), 0.5), 4)
    image, prepared = prepare(saved(page, tmp_path / "a.png"), OPTIONS)
    assert prepared.quality.blank
    assert prepared.steps == ()
    assert np.array_equal(image.pixels, page)


def test_the_same_page_comes_out_the_same(tmp_path: Path) -> None:
    asked = saved(grained(leaning(written(paper(level=230)), 1), 5), tmp_path / "a.png")
    (first, one), (second, two) = prepare(asked, OPTIONS), prepare(asked, OPTIONS)
    assert one == two
    assert np.array_equal(first.pixels, second.pixels)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_picture_is_turned_and_no_larger_than_asked(tmp_path: Path, turn: Turn) -> None:
    colours = np.zeros((200, 100, 3), np.uint8)
    colours[:100] = (200, 30, 40)
    Image.fromarray(colours).save(tmp_path / "a.png")
    shown = picture(source(tmp_path / "a.png"), turn, 100, OPTIONS)
    assert shown.shape == ((100, 50, 3) if turn in (0, 180) else (50, 100, 3))
    corner = {0: (5, 5), 90: (5, -5), 180: (-5, -5), 270: (5, 5)}[turn]
    assert tuple(shown[corner]) == (200, 30, 40)
    assert picture(source(tmp_path / "a.png"), 0, 4000, OPTIONS).shape == (200, 100, 3)


def test_a_picture_survives_as_png(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    shown = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    (tmp_path / "a.png").write_bytes(encode_png(shown))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), shown)


def test_a_missing_original_is_the_worlds_fault(tmp_path: Path) -> None:
    asked = Source(str(tmp_path / "gone"), "blob7", "image/png", 0)
    calls: list[Callable[[], object]] = [
        lambda: prepare(asked, OPTIONS),
        lambda: picture(asked, 0, 100, OPTIONS),
    ]
    for call in calls:
        with pytest.raises(ArsipError) as caught:
            call()
        assert caught.value.failure.cause == ORIGINAL_MISSING.code
        assert caught.value.failure.details == {"blob": "blob7"}


def test_a_page_that_is_not_there_is_damaged(tmp_path: Path) -> None:
    asked = saved(written(paper()), tmp_path / "a.tif")
    with pytest.raises(ArsipError) as caught:
        prepare(Source(asked.path, "blob", "image/tiff", 5), OPTIONS)
    assert caught.value.failure.cause == DAMAGED_PAGE.code


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 2), (7, 7)])
def test_the_smallest_pages_come_through(tmp_path: Path, size: tuple[int, int]) -> None:
    image, prepared = prepare(saved(paper(*size, level=30), tmp_path / "a.png"), PrepareOptions(max_dpi=100))
    assert image.pixels.shape == (prepared.height, prepared.width)
