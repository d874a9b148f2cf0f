"""PDF pages: the embedded image where it is the page, else the page drawn."""

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest

from archive.errors import DAMAGED_FILE, ENCRYPTED, NO_PAGES, TOO_MANY_PIXELS, ArsipError
from archive.types import PrepareOptions
from ingest import pdf
from ingest.frame import Frame, rotated
from tests.ingest_pages import OPTIONS, Grey, paper, written

A4 = (595.0, 842.0)
SCAN = written(paper())
FILLED = "q 595 0 0 842 0 0 cm /Im Do Q"


def made(
    path: Path,
    content: str = FILLED,
    pixels: Grey = SCAN,
    page: dict[str, Any] | None = None,
    image: dict[str, Any] | None = None,
) -> Path:
    """A PDF of one A4 page with an image /Im and a font /F, and this content."""
    document = pikepdf.new()
    document.add_blank_page(page_size=A4)
    entries = {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Image,
        "/Width": pixels.shape[1],
        "/Height": pixels.shape[0],
        "/ColorSpace": pikepdf.Name.DeviceGray,
        "/BitsPerComponent": 8,
    } | (image or {})
    stream = pikepdf.Stream(document, pixels.tobytes())
    for name, value in entries.items():
        stream[name] = value
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    first = document.pages[0]
    first.Resources = pikepdf.Dictionary(XObject={"/Im": document.make_indirect(stream)}, Font={"/F": font})
    first.Contents = document.make_stream(content.encode())
    for name, value in (page or {}).items():
        first[name] = value
    document.save(path)
    return path


def load(path: Path, options: PrepareOptions = OPTIONS) -> Frame:
    return pdf.load(str(path), 0, options)


def shown(path: Path, side: int = 842) -> Grey:
    return np.asarray(pdf.picture(str(path), 0, side).mean(axis=2), dtype=np.uint8)


def test_the_one_full_page_image_is_taken_as_it_is(tmp_path: Path) -> None:
    frame = load(made(tmp_path / "a.pdf"))
    assert frame.origin == "embedded"
    assert np.array_equal(frame.pixels, SCAN)
    assert frame.dpi == pytest.approx((150.05, 149.99), abs=0.1)
    assert (frame.place.x, frame.place.y, frame.place.w, frame.place.h) == pytest.approx((0, 0, 1, 1))


def test_invisible_text_over_a_scan_changes_nothing(tmp_path: Path) -> None:
    text = FILLED + " BT /F 12 Tf 3 Tr 50 700 Td (tak tampak) Tj ET"
    assert load(made(tmp_path / "a.pdf", text)).origin == "embedded"


@pytest.mark.parametrize(
    "over",
    [
        "BT /F 30 Tf 50 400 Td (DISALIN) Tj ET",
        "0 g 50 400 200 30 re f",
        "q 50 0 0 50 100 100 cm /Im Do Q",
    ],
    ids=["text", "box", "second image"],
)
def test_what_stands_over_a_scan_is_seen(tmp_path: Path, over: str) -> None:
    frame = load(made(tmp_path / "a.pdf", f"{FILLED} {over}", pixels=paper()))
    assert frame.origin == "rendered"
    assert frame.pixels.min() < 100 or "Im" in over


@pytest.mark.parametrize(
    "content",
    [
        "q 100 300 300 300 re W n 595 0 0 842 0 0 cm /Im Do Q",
        "q 590 30 -30 840 10 0 cm /Im Do Q",
        "q -595 0 0 842 595 0 cm /Im Do Q",
        "q 300 0 0 842 0 0 cm /Im Do Q",
        "q 1190 0 0 1684 0 0 cm /Im Do Q",
    ],
    ids=["clipped", "leaning", "mirrored", "half", "overhanging"],
)
def test_an_image_that_is_not_the_page_is_not_taken(tmp_path: Path, content: str) -> None:
    frame = load(made(tmp_path / "a.pdf", content))
    assert frame.origin == "rendered"
    assert frame.pixels.shape == (3509, 2480)


def test_an_inverted_image_looks_as_the_page_does(tmp_path: Path) -> None:
    path = made(tmp_path / "a.pdf", image={"/Decode": pikepdf.Array([1, 0])})
    assert load(path).pixels.mean() == pytest.approx(shown(path).mean(), abs=2)
    assert shown(path).mean() < 50


@pytest.mark.parametrize(
    ("matrix", "box", "turn"),
    [
        ("595 0 0 842 0 0", A4, 0),
        ("0 -595 842 0 0 595", (842.0, 595.0), 90),
        ("-595 0 0 -842 595 842", A4, 180),
        ("0 595 -842 0 842 0", (842.0, 595.0), 270),
    ],
)
def test_an_image_turned_on_its_page_is_turned_with_it(
    tmp_path: Path, matrix: str, box: tuple[float, float], turn: int
) -> None:
    path = made(
        tmp_path / "a.pdf", f"q {matrix} cm /Im Do Q", page={"/MediaBox": pikepdf.Array([0, 0, *box])}
    )
    frame = load(path)
    assert frame.origin == "embedded"
    assert np.array_equal(frame.pixels, rotated(SCAN, turn))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("content", [FILLED, "BT /F 60 Tf 50 700 Td (KABUPATEN CONTOH) Tj ET"])
def test_rotate_is_told_and_left_undone(tmp_path: Path, rotate: int, content: str) -> None:
    plain = load(made(tmp_path / "a.pdf", content))
    turned = load(made(tmp_path / "b.pdf", content, page={"/Rotate": rotate}))
    assert turned.turn == rotate
    assert turned.origin == plain.origin
    assert np.abs(turned.pixels[:3500].astype(int) - plain.pixels[:3500]).mean() < 1


def test_an_image_that_leaves_a_margin_knows_its_place(tmp_path: Path) -> None:
    frame = load(
        made(tmp_path / "a.pdf", "q 575 0 0 822 5 15 cm /Im Do Q", page={"/CropBox": [0, 0, 595, 842]})
    )
    assert frame.origin == "embedded"
    assert (frame.place.x, frame.place.y) == pytest.approx((5 / 595, 5 / 842), abs=1e-4)
    assert (frame.place.w, frame.place.h) == pytest.approx((575 / 595, 822 / 842), abs=1e-4)


def test_a_box_that_does_not_begin_at_zero(tmp_path: Path) -> None:
    box = {"/MediaBox": pikepdf.Array([100, 200, 695, 1042])}
    frame = load(made(tmp_path / "a.pdf", "q 595 0 0 842 100 200 cm /Im Do Q", page=box))
    assert frame.origin == "embedded"
    assert (frame.place.x, frame.place.y, frame.place.w, frame.place.h) == pytest.approx(
        (0, 0, 1, 1), abs=1e-5
    )


def test_a_soft_mask_is_honoured(tmp_path: Path) -> None:
    document = pikepdf.open(made(tmp_path / "a.pdf", pixels=paper(level=0)))
    mask = pikepdf.Stream(document, (255 - SCAN).tobytes())
    for name, value in {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Image,
        "/BitsPerComponent": 8,
    }.items():
        mask[name] = value
    mask["/Width"], mask["/Height"], mask["/ColorSpace"] = (
        SCAN.shape[1],
        SCAN.shape[0],
        pikepdf.Name.DeviceGray,
    )
    document.pages[0].Resources.XObject.Im["/SMask"] = document.make_indirect(mask)
    document.save(tmp_path / "b.pdf")
    frame = load(tmp_path / "b.pdf")
    assert frame.pixels.mean() > 200  # letters of the mask on white, not the black image below


def test_a_stencil_mask_is_painted(tmp_path: Path) -> None:
    stencil = np.packbits(SCAN > 128, axis=1)
    made(tmp_path / "a.pdf")
    document = pikepdf.open(tmp_path / "a.pdf")
    image = document.pages[0].Resources.XObject.Im
    del image["/ColorSpace"]
    image["/ImageMask"], image["/BitsPerComponent"] = True, 1
    image.write(stencil.tobytes())
    document.save(tmp_path / "b.pdf")
    frame = load(tmp_path / "b.pdf")
    assert 200 < frame.pixels.mean() < 254


def test_a_poster_is_drawn_coarser_and_a_stamp_as_if_it_were_a_page(tmp_path: Path) -> None:
    text = "BT /F 20 Tf 5 5 Td (CONTOH) Tj ET"
    poster = load(made(tmp_path / "a.pdf", text, page={"/MediaBox": pikepdf.Array([0, 0, 7200, 14400])}))
    assert 30_000_000 < poster.pixels.size <= 41_000_000
    assert poster.dpi == pytest.approx((44.7, 44.7), abs=0.1)
    stamp = load(made(tmp_path / "b.pdf", text, page={"/MediaBox": pikepdf.Array([0, 0, 40, 60])}))
    assert max(stamp.pixels.shape) == pytest.approx(3510, abs=2)
    assert stamp.dpi is None


def test_filled_forms_are_drawn(tmp_path: Path) -> None:
    document = pikepdf.open(made(tmp_path / "a.pdf", ""))
    look = document.make_stream(b"0 g 0 0 100 100 re f")
    look["/Type"], look["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
    look["/BBox"] = pikepdf.Array([0, 0, 100, 100])
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("nama"),
            Rect=pikepdf.Array([100, 100, 200, 200]),
            F=4,
            AP=pikepdf.Dictionary(N=look),
        )
    )
    document.pages[0]["/Annots"] = pikepdf.Array([field])
    document.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    document.save(tmp_path / "b.pdf")
    assert load(tmp_path / "b.pdf").pixels.min() < 50


def test_an_image_beyond_the_limit_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = made(tmp_path / "a.pdf", pixels=paper(10, 10), image={"/Width": 60_000, "/Height": 60_000})
    with pytest.raises(ArsipError) as caught:
        load(path)
    assert caught.value.failure.cause == TOO_MANY_PIXELS.code


@pytest.mark.parametrize(("user", "opens"), [("", True), ("kunci", False)])
def test_only_a_password_to_open_locks_a_file(tmp_path: Path, user: str, opens: bool) -> None:
    document = pikepdf.open(made(tmp_path / "a.pdf"))
    document.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(owner="pemilik", user=user, R=6))
    if opens:
        assert pdf.count(str(tmp_path / "b.pdf")) == 1
        return
    with pytest.raises(ArsipError) as caught:
        pdf.count(str(tmp_path / "b.pdf"))
    assert caught.value.failure.cause == ENCRYPTED.code


def test_no_pages_and_no_pdf(tmp_path: Path) -> None:
    pikepdf.new().save(tmp_path / "a.pdf")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4\n" + zlib.compress(b"nothing") * 10)
    for name, cause in (("a.pdf", NO_PAGES), ("b.pdf", DAMAGED_FILE)):
        with pytest.raises(ArsipError) as caught:
            pdf.count(str(tmp_path / name))
        assert caught.value.failure.cause == cause.code
