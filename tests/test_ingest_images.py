"""Image files: opened by what is in them, page counts and sizes from headers, pixels as grey or colour."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from archive.errors import DAMAGED_FILE, DAMAGED_PAGE, TOO_MANY_PIXELS, ArsipError
from ingest import images
from ingest.frame import rotated
from tests.ingest_pages import Grey, paper, written

PAGE = written(paper(400, 560), points=8)
LIMIT = 10**9


def file(image: Image.Image, form: str, **options: Any) -> io.BytesIO:
    data = io.BytesIO()
    image.save(data, form, **options)
    return data


def grey(data: io.BytesIO, media_type: str, number: int = 0) -> Grey:
    return images.load(data, media_type, number, LIMIT).pixels


def cause(data: bytes, media_type: str) -> str | None:
    """Why a file cannot be opened, or None when it can."""
    try:
        images.sizes(io.BytesIO(data), media_type)
        images.load(io.BytesIO(data), media_type, 0, 10**7)
    except ArsipError as error:
        return error.failure.cause
    return None


def close(one: Grey, other: Grey, levels: float = 3) -> bool:
    return one.shape == other.shape and float(np.abs(one.astype(int) - other).mean()) <= levels


def tone(mode: str) -> Image.Image:
    """The page in a mode of Pillow, as it should look again."""
    page = Image.fromarray(PAGE)
    if mode == "I;16":
        return Image.fromarray(PAGE.astype(np.uint16) * 257)
    if mode == "LA":
        return Image.merge("LA", (Image.new("L", page.size, 0), Image.fromarray(255 - PAGE)))
    if mode == "RGBA":
        black = Image.new("L", page.size, 0)
        return Image.merge("RGBA", (black, black, black, Image.fromarray(255 - PAGE)))
    return page.convert("RGB").convert(mode) if mode == "P" else page.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_tiff_in_every_colour(mode: str, compression: str | None) -> None:
    data = file(tone(mode), "TIFF", compression=compression)
    assert close(grey(data, "image/tiff"), PAGE, levels=12 if mode == "1" else 3)
    shown = images.load(data, "image/tiff", 0, LIMIT, shown=1000).pixels
    if shown.ndim == 3:
        shown = np.asarray(shown.mean(axis=2), dtype=np.uint8)
    assert close(shown, PAGE, levels=12 if mode == "1" else 3)


@pytest.mark.parametrize("compression", ["group3", "group4", "packbits", "jpeg"])
def test_tiff_as_scanners_press_it(compression: str) -> None:
    image = tone("L") if compression == "jpeg" else tone("1")
    assert close(grey(file(image, "TIFF", compression=compression), "image/tiff"), PAGE, levels=12)


def test_tiff_with_white_as_zero() -> None:
    data = file(tone("L"), "TIFF", tiffinfo={262: 0})  # Pillow writes the values turned round
    assert close(grey(data, "image/tiff"), PAGE)
    turned_round = Image.fromarray(65535 - PAGE.astype(np.uint16) * 257)  # these it leaves to us
    assert close(grey(file(turned_round, "TIFF", tiffinfo={262: 0}), "image/tiff"), PAGE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_png_in_every_colour(mode: str) -> None:
    assert close(grey(file(tone(mode), "PNG"), "image/png"), PAGE, levels=12 if mode == "1" else 3)


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_sixteen_bits_may_hold_fewer(bits: int) -> None:
    values = (PAGE.astype(np.float64) * (2**bits - 1) / 255).astype(np.uint16)
    for form, media_type in (("PNG", "image/png"), ("TIFF", "image/tiff")):
        assert close(grey(file(Image.fromarray(values), form), media_type), PAGE)


def test_a_tiff_in_lab_colours() -> None:
    neutral = Image.new("L", (PAGE.shape[1], PAGE.shape[0]), 128)
    lab = Image.merge("LAB", (Image.fromarray(PAGE), neutral, neutral))
    assert close(grey(file(lab, "TIFF"), "image/tiff"), PAGE)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_in_every_colour(mode: str, progressive: bool) -> None:
    data = file(tone(mode), "JPEG", quality=95, progressive=progressive)
    assert close(grey(data, "image/jpeg"), PAGE, levels=6)


def test_webp_bmp_and_jpeg_2000() -> None:
    assert close(grey(file(tone("RGB"), "WEBP", lossless=True), "image/webp"), PAGE)
    assert close(grey(file(tone("L"), "BMP"), "image/bmp"), PAGE)
    assert close(grey(file(tone("L"), "JPEG2000"), "image/jp2"), PAGE)
    assert close(grey(file(tone("RGB"), "JPEG2000", no_jp2=True), "image/jp2"), PAGE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("form", "media_type"), [("PNG", "image/png"), ("TIFF", "image/tiff")])
def test_every_orientation_comes_upright(orientation: int, form: str, media_type: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file(Image.fromarray(PAGE), form, exif=exif)
    frame = images.load(data, media_type, 0, LIMIT)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data.getvalue()))))
    assert close(rotated(frame.pixels, frame.turn), upright)


def test_pages_of_a_tiff_each_by_its_number() -> None:
    pages = [Image.new("L", (20 + n, 30), 50 * n) for n in range(4)]
    data = file(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert [size.width for size in images.sizes(data, "image/tiff")] == [20, 21, 22, 23]
    assert [grey(data, "image/tiff", n).mean() for n in range(4)] == [0, 50, 100, 150]


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "CMYK"])
def test_what_is_shown_is_shrunk_and_keeps_its_colours(mode: str) -> None:
    red = Image.new("RGB", (900, 600), (200, 0, 0)).convert(mode)
    frame = images.load(file(red, "TIFF"), "image/tiff", 0, LIMIT, shown=300)
    assert frame.pixels.shape == {"1": (600, 900), "L": (200, 300)}.get(mode, (200, 300, 3))
    if mode in ("RGB", "CMYK"):
        assert frame.pixels.mean(axis=(0, 1)) == pytest.approx((200, 0, 0), abs=2)


def test_an_animation_is_one_page() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black")]
    data = file(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert len(images.sizes(data, "image/webp")) == 1
    assert grey(data, "image/webp").mean() == 255


def test_the_resolution_is_told_as_it_stands() -> None:
    data = file(Image.fromarray(PAGE), "TIFF", dpi=(204, 98))
    assert images.load(data, "image/tiff", 0, LIMIT).dpi == pytest.approx((204, 98))
    assert images.load(file(Image.fromarray(PAGE), "PNG"), "image/png", 0, LIMIT).dpi is None


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    for form, media_type in (("PNG", "image/png"), ("TIFF", "image/tiff"), ("JPEG", "image/jpeg")):
        with pytest.raises(ArsipError) as caught:
            images.load(file(Image.fromarray(PAGE), form), media_type, 0, 1000)
        assert caught.value.failure.cause == TOO_MANY_PIXELS.code
        assert caught.value.failure.details == {"pixels": 400 * 560, "limit": 1000}


@pytest.mark.parametrize(
    ("form", "media_type", "options"),
    [
        ("JPEG", "image/jpeg", {}),
        ("JPEG", "image/jpeg", {"progressive": True}),
        ("PNG", "image/png", {}),
        ("BMP", "image/bmp", {}),
        ("WEBP", "image/webp", {}),
        ("JPEG2000", "image/jp2", {}),
        ("TIFF", "image/tiff", {"compression": "tiff_lzw"}),
    ],
)
def test_half_a_page_never_passes_for_a_whole_one(
    form: str, media_type: str, options: dict[str, Any]
) -> None:
    whole = file(Image.fromarray(PAGE), form, **options).getvalue()
    with pytest.raises(ArsipError) as caught:
        images.load(io.BytesIO(whole[: len(whole) // 2]), media_type, 0, LIMIT)
    assert caught.value.failure.cause in (DAMAGED_PAGE.code, DAMAGED_FILE.code)


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("BMP", "image/bmp")])
def test_a_page_without_its_last_rows_is_taken_and_told(form: str, media_type: str) -> None:
    page = written(paper(800, 1200))
    whole = file(Image.fromarray(page), form).getvalue()
    frame = images.load(io.BytesIO(whole[:-200]), media_type, 0, LIMIT)
    (step,) = frame.steps
    assert 0.98 <= float(step.removeprefix("truncated:")) < 1
    assert close(frame.pixels, page)


def test_libraries_write_nothing_to_the_error_output(capfd: pytest.CaptureFixture[str]) -> None:
    whole = file(tone("1"), "TIFF", compression="group4").getvalue()
    broken = bytearray(whole)
    broken[200:400] = b"\xff" * 200
    cut = whole[: len(whole) // 2] + whole[-400:]
    causes = {cause(data, "image/tiff") for data in (bytes(broken), cut)}
    assert causes <= {None, DAMAGED_FILE.code, DAMAGED_PAGE.code}
    assert capfd.readouterr().err == ""


def test_nothing_but_causes_comes_out_of_garbage() -> None:
    rng = np.random.default_rng(3)
    allowed = {None, DAMAGED_FILE.code, DAMAGED_PAGE.code, TOO_MANY_PIXELS.code}
    for form, media_type in (
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("JPEG", "image/jpeg"),
        ("BMP", "image/bmp"),
    ):
        whole = file(Image.fromarray(PAGE), form).getvalue()
        for _ in range(60):
            data = bytearray(whole)
            for at in rng.integers(0, min(len(data), 600), 5):
                data[at] = int(rng.integers(0, 256))
            assert cause(bytes(data), media_type) in allowed
