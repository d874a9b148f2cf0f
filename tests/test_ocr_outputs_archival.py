"""PDF/A-2b, as veraPDF sees it: every kind of image that goes in, and what must not be called so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream

from archive.errors import CONTENTS_UNCHECKED, DAMAGED_PAGE, INKS_UNKNOWN, JPEG2000_UNFIT, ArsipError, Cause
from archive.types import Box, PageText, PageView, Source, Word
from ocr.outputs import jpx
from tests import tool_verapdf
from tests.conftest import absent
from tests.output_pages import flat, letter, made, pdf_of, said, view
from tests.server_process import Missing

WORDS = said(*(Word(text, Box(0.1, 0.1, 0.3, 0.03), 0.9, 0) for text in ("Undangan", "ꦲꦏ꧀ꦱꦫ", "العربية")))

KINDS: list[tuple[str, str, dict[str, object]]] = [
    ("L", "grey.jpg", {}),
    ("RGB", "colour.jpg", {}),
    ("RGB", "colour.png", {}),
    ("P", "palette.png", {}),
    ("RGBA", "opacity.png", {}),
    ("1", "fax.tiff", {"compression": "group4", "tiffinfo": {278: 5000}}),
    ("1", "raw.tiff", {}),
    ("L", "lzw.tiff", {"compression": "tiff_lzw"}),
    ("RGB", "wavelets.jp2", {}),
    ("L", "stream.j2k", {}),
]


def drawn(folder: Path, mode: str, name: str, more: dict[str, object]) -> Path:
    """A file of one page."""
    image = letter()[0].resize((827, 1169)).convert(mode)
    if mode == "RGBA":
        image.putalpha(letter()[0].resize((827, 1169)))
    image.save(folder / name, dpi=(100, 100), **more)  # type: ignore[arg-type]
    return folder / name


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Path]:
    """Images of every kind as PDF/A, each alone and all together, and one of them as a plain PDF."""
    folder = tmp_path_factory.mktemp("images")
    files = [drawn(folder, *kind) for kind in KINDS]
    pages = [view(file, number=at, text=WORDS) for at, file in enumerate(files, 1)]
    written = [pdf_of([page], folder / f"{page.path}.pdf", "Judul & <isi>") for page in pages]
    written.append(pdf_of(pages, folder / "all.pdf", "Semua"))
    return written, pdf_of(pages[:1], folder / "plain.pdf")


def test_what_cannot_become_it_unchanged_is_not_called_so(tmp_path: Path) -> None:
    inks = drawn(tmp_path, "CMYK", "inks.jpg", {})
    with pikepdf.new() as typed:
        typed.add_blank_page().Contents = Stream(typed, b"0 0 100 100 re f")
        typed.save(tmp_path / "a.pdf")
    pdf = made(Source(str(tmp_path / "a.pdf"), "blob", "application/pdf", 0), flat(800, 600), WORDS)
    for page, cause in ((view(inks, text=WORDS), INKS_UNKNOWN), (pdf, CONTENTS_UNCHECKED)):
        with pytest.raises(ArsipError) as caught:
            pdf_of([page], tmp_path / "out.pdf", "judul")
        assert caught.value.failure.cause == cause.code
        assert not (tmp_path / "out.pdf").exists()


def scan_of(folder: Path, mode: str, name: str, more: dict[str, object], words: PageText = WORDS) -> Path:
    """A PDF of one scan, as our own outputs make it of an image."""
    page = view(drawn(folder, mode, name, more), text=words)
    return pdf_of([page], folder / f"{name}.pdf")


def cropped(pdf: Pdf, page: Page) -> None:
    page.MediaBox = Array([-40, -40, *(float(side) + 40 for side in page.mediabox[2:])])
    page.CropBox = Array([0, 0, *(float(side) - 40 for side in page.mediabox[2:])])


def turned(pdf: Pdf, page: Page) -> None:
    page.Rotate = 90


def masked(pdf: Pdf, page: Page) -> None:
    """Black and white as a mask through which ink is painted, as scanners do too."""
    image = page.Resources.XObject.Image
    del image.ColorSpace
    image.ImageMask = True
    page.contents_add(Stream(pdf, b"0 0 0.2 rg"), prepend=True)


def decorated(pdf: Pdf, page: Page) -> None:
    """With what PDF/A does not allow and what does nothing to the look of the page."""
    image = page.Resources.XObject.Image
    image.Interpolate, image.Alternates = True, Array([])
    image.Metadata = pdf.make_indirect(Stream(pdf, b"<no-xmp/>"))
    page.Resources.ExtGState = Dictionary(GS0=Dictionary(SA=True, TR=Name.Identity, ca=1))
    page.contents_add(Stream(pdf, b"/GS0 gs 0 0 2000 2000 re W n"), prepend=True)
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS="app.beep()"))
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.beep()")


def compressed_as_of_old(pdf: Pdf, page: Page) -> None:
    """By LZW, which PDF/A has not: here the codes of nine bits that say each byte as it is."""
    image = page.Resources.XObject.Image
    pixels = image.read_bytes()
    starts = range(0, len(pixels), 200)
    codes = [code for at in starts for code in (256, *pixels[at : at + 200])] + [257]
    bits = "".join(f"{code:09b}" for code in codes)
    packed = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    image.write(packed, filter=Name.LZWDecode)


def with_a_form(pdf: Pdf, page: Page, content: bytes) -> None:
    """As OCR programs leave their text: in a form within a form, which is drawn in the mode of the page."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    of_form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 2000, 2000])}
    inner = Stream(pdf, content, **of_form, Resources=Dictionary(Font=Dictionary(F1=font)))
    own = Dictionary(XObject=Dictionary(Inner=pdf.make_indirect(inner)))
    outer = Stream(pdf, b"q /Inner Do Q", **of_form, Resources=own)
    page.add_resource(pdf.make_indirect(outer), Name.XObject, Name.Outer)
    page.contents_add(Stream(pdf, b"q 3 Tr /Outer Do Q"))


def with_text_in_a_form(pdf: Pdf, page: Page) -> None:
    with_a_form(pdf, page, b"BT /F1 12 Tf 40 40 Td (gelap) Tj ET")


def with_a_stamp_in_a_form(pdf: Pdf, page: Page) -> None:
    with_a_form(pdf, page, b"BT /F1 12 Tf 0 Tr 40 40 Td (stempel) Tj ET")


SCANS: list[tuple[str, str, dict[str, object], Callable[[Pdf, Page], None] | None]] = [
    ("L", "grey.jpg", {}, None),
    ("RGB", "colour.jpg", {}, cropped),
    ("RGB", "colour.png", {}, decorated),
    ("P", "palette.png", {}, turned),
    ("1", "fax.tiff", {"compression": "group4", "tiffinfo": {278: 5000}}, None),
    ("1", "mask.tiff", {"compression": "group4", "tiffinfo": {278: 5000}}, masked),
    ("L", "raw.png", {}, compressed_as_of_old),
    ("RGB", "wavelets.jp2", {}, None),
    ("L", "lying.jp2", {}, turned),
    ("L", "read.jpg", {}, with_text_in_a_form),
]


def rendered(file: Path, page: int = 0) -> bytes:
    """The page as PDFium draws it."""
    with closing(pypdfium2.PdfDocument(file)) as pdf:
        return pdf[page].render(scale=1).to_numpy().tobytes()  # type: ignore[no-any-return]


Scans = tuple[list[PageView], list[tuple[str, bytes | None]], list[Path]]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Scans:
    """PDFs of scans; the name and the bytes of the image in each, where they may not change; and each of them
    as PDF/A, and all together."""
    folder = tmp_path_factory.mktemp("scans")
    old = said(Word("lama", Box(0.1, 0.1, 0.3, 0.03), 1, 0), source="text-layer")
    views, originals = [], []
    for at, (mode, name, more, change) in enumerate(SCANS, 1):
        file = scan_of(folder, mode, name, more)
        with pikepdf.open(file, allow_overwriting_input=True) as pdf:
            if change is not None:
                change(pdf, pdf.pages[0])
            image = pdf.pages[0].Resources.XObject.Image
            originals.append((name, None if change is compressed_as_of_old else image.read_raw_bytes()))
            pdf.save(file)
        views.append(view(file, number=at, text=old))
    written = [pdf_of([each], folder / f"a-{each.path}", "Judul") for each in views]
    written.append(pdf_of(views, folder / "a-all.pdf", "Semua"))
    return views, originals, written


def test_scanned_pdfs_look_as_pdf_a_as_they_did(scans: Scans) -> None:
    views, originals, written = scans
    with pikepdf.open(written[-1]) as pdf:
        for page, (name, data) in zip(pdf.pages, originals, strict=True):
            assert data is None or page.Resources.XObject.Image.read_raw_bytes() == data, name
    for at, each in enumerate(views):
        before = rendered(Path(each.source.path))
        assert rendered(written[at]) == rendered(written[-1], at) == before, each.path
        with closing(pypdfium2.PdfDocument(written[at])) as pdf:
            assert pdf[0].get_textpage().get_text_range() == "lama", each.path


def test_images_of_every_kind_and_scanned_pdfs_become_pdf_a(
    images: tuple[list[Path], Path], scans: Scans
) -> None:
    written, plain = [*images[0], *scans[2]], images[1]
    try:
        broken = tool_verapdf.broken_rules([*written, plain])  # once for all: it takes long to begin
    except Missing as error:
        absent(str(error))
    assert broken.pop("plain.pdf"), "veraPDF finds fault with nothing"
    assert broken == {file.name: [] for file in written}


def no_such_inks(pdf: Pdf, page: Page) -> None:
    page.Resources.XObject.Image.ColorSpace = Name.DeviceCMYK


def spot_colour(pdf: Pdf, page: Page) -> None:
    function = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1]), C1=Array([0]), N=1)
    page.Resources.XObject.Image.ColorSpace = Array(
        [Name.Separation, Name("/Merah"), Name.DeviceGray, function]
    )


def half_seen(pdf: Pdf, page: Page) -> None:
    page.Resources.ExtGState = Dictionary(GS0=Dictionary(ca=0.98))
    page.contents_add(Stream(pdf, b"/GS0 gs"), prepend=True)


def drawn_twice(pdf: Pdf, page: Page) -> None:
    page.contents_add(Stream(pdf, page.Contents.read_bytes()))


def drawn_without_being_there(pdf: Pdf, page: Page) -> None:
    page.contents_add(Stream(pdf, b"/Tidak Do"))


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (drawn_without_being_there, DAMAGED_PAGE),
        (no_such_inks, INKS_UNKNOWN),
        (spot_colour, CONTENTS_UNCHECKED),
        (half_seen, CONTENTS_UNCHECKED),
        (drawn_twice, CONTENTS_UNCHECKED),
        (with_a_stamp_in_a_form, CONTENTS_UNCHECKED),
    ],
)
def test_scans_that_only_a_change_would_make_pdf_a_are_refused(
    tmp_path: Path, change: Callable[[Pdf, Page], None], cause: Cause
) -> None:
    file = scan_of(tmp_path, "L", "grey.png", {}, said())
    page = view(file, text=WORDS)
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        change(pdf, pdf.pages[0])
        pdf.save(file)
    with pytest.raises(ArsipError) as caught:
        pdf_of([page], tmp_path / "out.pdf", "judul")
    assert caught.value.failure.cause == cause.code


def test_jpeg_2000_that_may_not_stand_is_told_as_that(tmp_path: Path) -> None:
    """Here it says its colours twice, and not which of them are meant."""
    file = drawn(tmp_path, "L", "twice.jp2", {})
    data = file.read_bytes()
    head, colours = data.index(b"jp2h") - 4, data.index(b"colr") - 4
    size = int.from_bytes(data[head : head + 4], "big")
    end, again = head + size, data[colours : colours + 15]
    file.write_bytes(data[:head] + (size + 15).to_bytes(4, "big") + data[head + 4 : end] + again + data[end:])
    scan = pdf_of([view(file, text=said())], tmp_path / "scan.pdf")
    for page in (view(file, text=WORDS), view(scan, text=WORDS)):
        with pytest.raises(ArsipError) as caught:
            pdf_of([page], tmp_path / "out.pdf", "judul")
        assert caught.value.failure.cause == JPEG2000_UNFIT.code


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


IHDR = box(b"ihdr", bytes(8), b"\0\3\7\7\0\0")
SRGB, OTHER, INKS = (
    box(b"colr", bytes([1, 0, best, 0, 0, 0, space])) for best, space in ((1, 16), (0, 16), (0, 12))
)


@pytest.mark.parametrize(
    ("head", "may"),
    [
        (IHDR + OTHER, True),
        (IHDR + OTHER + SRGB, True),
        (IHDR + OTHER + OTHER, False),
        (IHDR, False),
        (box(b"ihdr", bytes(8), b"\0\5\7\7\0\0") + SRGB, False),
        (box(b"ihdr", bytes(8), b"\0\3\xff\7\0\0") + SRGB, False),
        (IHDR + box(b"colr", bytes([1, 0, 0, 0, 0, 0, 19])), False),
        (IHDR + box(b"colr", bytes([4, 0, 0])), False),
        (b"", False),
    ],
)
def test_which_jpeg_2000_may_stand(head: bytes, may: bool) -> None:
    assert jpx.may_stand(box(b"jP  ") + box(b"jp2h", head) + box(b"jp2c")) is may
    assert not jpx.in_inks(box(b"jp2h", head))
    assert jpx.in_inks(box(b"jp2h", IHDR, INKS))
