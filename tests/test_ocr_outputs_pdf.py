"""Searchable PDFs: the text where the ink is, the original's bytes as they were, and what is copied."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageOps

from archive.errors import DAMAGED_FILE, DAMAGED_PAGE, ENCRYPTED, ORIGINAL_MISSING, ArsipError, Cause
from archive.types import Box, Source, Word
from tests.ocr_pages import overlap
from tests.output_pages import (
    flat,
    leaning,
    letter,
    made,
    pdf_of,
    said,
    saved,
    share_in_place,
    view,
    words_of,
)

ORIENTATION = 274


def copied(file: Path, page: int = 0) -> list[str]:
    """What a person gets who marks a page in a browser and copies it, by words."""
    pdf = pypdfium2.PdfDocument(file)
    text: str = pdf[page].get_textpage().get_text_range()
    pdf.close()
    return text.split()


def pixels(image: Any) -> Image.Image:
    """An image of a PDF as pikepdf takes it out."""
    return pikepdf.PdfImage(image).as_pil_image()


@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_what_the_file_says_of_its_turn_is_heeded(tmp_path: Path, orientation: int, suffix: str) -> None:
    """The page is shown as a viewer shows the image, and its text covers the only ink there is."""
    back = {6: 8, 8: 6}.get(orientation, orientation)
    image = Image.new("L", (400, 600), 255)
    ImageDraw.Draw(image).rectangle((40, 60, 180, 110), fill=0)
    image.getexif()[ORIENTATION] = back
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    more = {"tiffinfo": {ORIENTATION: orientation}} if suffix == "tif" else {"exif": exif}
    file = saved(ImageOps.exif_transpose(image), tmp_path / f"a.{suffix}", **more)
    page = view(file, text=said(Word("tinta", Box(0.1, 0.1, 0.3525, 0.085), 0.9, 0)))
    target = pdf_of([page], tmp_path / "a.pdf")
    with closing(pypdfium2.PdfDocument(target)) as pdf:
        shown = pdf[0].render(scale=400 / pdf[0].get_width(), grayscale=True).to_numpy()
    assert shown.shape[:2] == (600, 400)
    assert shown[65:105, 45:175].max() < 60
    assert shown[130:].min() > 200
    assert overlap(words_of(target)["tinta"], Box(0.1, 0.1, 0.3525, 0.085)) > 0.9


def test_originals_are_in_it_byte_by_byte(tmp_path: Path) -> None:
    grey = letter()[0]
    jpeg = saved(grey, tmp_path / "a.jpg", quality=80)
    fax = saved(grey.convert("1"), tmp_path / "b.tiff", compression="group4", tiffinfo={278: grey.height})
    png = saved(grey.convert("RGB"), tmp_path / "c.png")
    jp2 = tmp_path / "d.jp2"
    grey.save(jp2)
    pages = [view(file, number=at, text=said()) for at, file in enumerate((jpeg, fax, png, jp2), 1)]
    with pikepdf.open(pdf_of(pages, tmp_path / "a.pdf")) as pdf:
        images = [page.Resources.XObject.Image for page in pdf.pages]
        raw = [image.read_raw_bytes() for image in images]
        as_seen = [pixels(image) for image in images[1:3]]
    assert raw[0] == jpeg.read_bytes()
    assert raw[1] in fax.read_bytes()
    assert raw[3] == jp2.read_bytes()
    assert [each.tobytes() for each in as_seen] == [
        Image.open(each).tobytes() for each in (fax, png)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "file", "more"),
    [
        ("1", "a.tiff", {}),
        ("1", "a.tiff", {"compression": "group4", "tiffinfo": {278: 100}}),
        ("L", "a.tiff", {"compression": "tiff_lzw"}),
        ("RGB", "a.tiff", {"compression": "tiff_adobe_deflate", "tiffinfo": {278: 5000, 317: 2}}),
        ("RGB", "a.webp", {"lossless": True}),
        ("L", "a.bmp", {}),
        ("P", "a.png", {}),
        ("1", "a.png", {}),
        ("CMYK", "a.tiff", {}),
        ("RGBA", "a.png", {}),
    ],
)
def test_what_a_pdf_has_no_form_for_loses_nothing(
    tmp_path: Path, mode: str, file: str, more: dict[str, object]
) -> None:
    image = letter()[0].resize((413, 585)).convert(mode)
    if mode == "RGBA":
        image.putalpha(letter()[0].resize((413, 585)))
    page = view(saved(image, tmp_path / file, **more), text=said())
    with pikepdf.open(pdf_of([page], tmp_path / "a.pdf")) as pdf:
        stored = pdf.pages[0].Resources.XObject.Image
        found = pixels(stored)
        if mode == "RGBA":
            found.putalpha(pixels(stored.SMask))
    assert found.convert(mode).tobytes() == Image.open(tmp_path / file).convert(mode).tobytes()


SCRIPTS = ["Keputusan", "ꦲꦏ꧀ꦱꦫꦗꦮ", "العربية", "ᬅᬓ᭄ᬱᬭ", "𐀀", "«½»"]


def test_all_scripts_are_copied_as_they_were_read(tmp_path: Path) -> None:
    words = [Word(text, Box(0.1, 0.1 + 0.1 * at, 0.3, 0.03), 0.9, at) for at, text in enumerate(SCRIPTS)]
    file = saved(Image.new("L", (827, 1169), 255), tmp_path / "a.png")
    source = Source(str(file), "blob", "image/png", 0)
    pdf = pdf_of([made(source, flat(827, 1169), said(*words))], tmp_path / "a.pdf")
    assert copied(pdf) == SCRIPTS
    with pdfplumber.open(pdf) as found:
        assert "".join(char["text"] for char in found.pages[0].chars) == "".join(SCRIPTS)


def test_words_of_a_line_are_parted(tmp_path: Path) -> None:
    """Also where their boxes touch, as those of careless writers do."""
    words = [Word("satu", Box(0.1, 0.1, 0.2, 0.03), 0.9, 0), Word("dua", Box(0.3, 0.1, 0.2, 0.03), 0.9, 0)]
    file = saved(Image.new("L", (827, 1169), 255), tmp_path / "a.png")
    source = Source(str(file), "blob", "image/png", 0)
    assert copied(pdf_of([made(source, flat(827, 1169), said(*words))], tmp_path / "a.pdf")) == [
        "satu",
        "dua",
    ]


def scanned(file: Path, *, rotate: int = 0, degrees: float = 0.0) -> dict[str, Box]:
    """A PDF of one scan, without text; where its words stand as it is shown."""
    image, places = leaning(degrees)
    image.rotate(rotate, expand=True).save(file, resolution=200)
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = rotate
        pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Outlines, Count=0))
        pdf.save(file)
    return places


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_pdf_gets_text_and_keeps_all_it_has(tmp_path: Path, rotate: int) -> None:
    places = scanned(tmp_path / "in.pdf", rotate=rotate, degrees=1.2)
    file = pdf_of([view(tmp_path / "in.pdf")], tmp_path / "out.pdf")
    assert share_in_place(words_of(file), places) >= 0.98
    with pikepdf.open(tmp_path / "in.pdf") as before, pikepdf.open(file) as after:
        assert after.Root.Outlines.Type == before.Root.Outlines.Type
        old, new = before.pages[0], after.pages[0]
        assert new.Rotate == rotate
        assert new.Contents[1].read_bytes() == old.Contents.read_bytes()
        assert [image.read_raw_bytes() for image in new.get_images().values()] == [
            image.read_raw_bytes() for image in old.get_images().values()
        ]


def test_a_pdf_with_text_of_its_own_is_copied(tmp_path: Path) -> None:
    scanned(tmp_path / "in.pdf")
    own = view(tmp_path / "in.pdf", text=said(Word("milik", Box(0, 0, 1, 1), 1.0, 0), source="text-layer"))
    assert pdf_of([own], tmp_path / "out.pdf").read_bytes() == (tmp_path / "in.pdf").read_bytes()


def test_an_old_text_that_is_not_trusted_is_not_copied_with_ours(tmp_path: Path) -> None:
    """What is seen stays, and so does invisible text that visible text hangs on."""
    old = pdf_of(
        [
            view(
                saved(letter()[0], tmp_path / "a.jpg"),
                text=said(Word("lama", Box(0.1, 0.4, 0.2, 0.02), 1, 0)),
            )
        ],
        tmp_path / "old.pdf",
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    with pikepdf.open(old, allow_overwriting_input=True) as pdf:
        stamp = b"q BT 3 Tr ET Q BT /F1 12 Tf 40 40 Td (stempel) Tj ET "
        stamp += b"BT 40 80 Td 3 Tr (gelap) Tj 0 Tr (terang) Tj ET"
        pdf.pages[0].add_resource(font, pikepdf.Name.Font, pikepdf.Name.F1)
        pdf.pages[0].contents_add(pikepdf.Stream(pdf, stamp))
        pdf.save(old)
    page = view(old, text=said(Word("baru", Box(0.1, 0.4, 0.2, 0.02), 0.9, 0)))
    new = pdf_of([page], tmp_path / "new.pdf")
    assert sorted(copied(old)) == ["gelapterang", "lama", "stempel"]
    assert sorted(copied(new)) == ["baru", "gelapterang", "stempel"]
    assert looks(old) == looks(new)


def in_a_form(pdf: pikepdf.Pdf, page: pikepdf.Page, name: str, content: bytes, **more: Any) -> bytes:
    """The operators that draw a form of this content, which the page then has."""
    size = pikepdf.Array([0, 0, 1000, 1000])
    form = pikepdf.Stream(
        pdf, content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=size, **more
    )
    page.add_resource(pdf.make_indirect(form), pikepdf.Name.XObject, pikepdf.Name(name))
    return f" {name} Do ".encode()


def test_an_old_text_within_forms_is_not_copied_with_ours_either(tmp_path: Path) -> None:
    """Forms within forms, begun in the mode of whoever draws them; what another page draws stays as it is."""
    file = tmp_path / "old.pdf"
    letter()[0].save(file, resolution=200, save_all=True, append_images=[letter()[0]])
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    shown = "BT /F1 12 Tf 40 {y} Td {mode} ({text}) Tj ET "
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        inner = shown.format(y=60, mode="3 Tr", text="dalam") + shown.format(y=80, mode="0 Tr", text="cap")
        own = pikepdf.Dictionary(Font=resources.Font)
        content = in_a_form(pdf, page, "/Inner", inner.encode(), Resources=resources)
        own.XObject = pikepdf.Dictionary(Inner=page.Resources.XObject.Inner)
        content += shown.format(y=100, mode="", text="warisan").encode()
        outer = in_a_form(pdf, page, "/Outer", content, Resources=own)
        stamp = shown.format(y=120, mode="", text="terlihat").encode()
        seen = in_a_form(pdf, page, "/Seen", stamp, Resources=resources)
        page.contents_add(pikepdf.Stream(pdf, b"q 3 Tr" + outer + b"0 Tr" + seen + b"Q"))
        pdf.pages[1].Resources.XObject.Outer = page.Resources.XObject.Outer
        pdf.pages[1].contents_add(pikepdf.Stream(pdf, b"q 3 Tr" + outer + b"Q"))
        pdf.save(file)
    pages = [view(file, 0, text=said(Word("baru", Box(0.1, 0.4, 0.2, 0.02), 0.9, 0)))]
    pages.append(view(file, 1, 2, text=said(Word("milik", Box(0, 0, 1, 1), 1.0, 0), source="text-layer")))
    new = pdf_of(pages, tmp_path / "new.pdf")
    assert sorted(copied(file)) == ["cap", "dalam", "terlihat", "warisan"]
    assert sorted(copied(new)) == ["baru", "cap", "terlihat"]
    assert sorted(copied(new, 1)) == sorted(copied(file, 1)) == ["cap", "dalam", "warisan"]
    assert looks(file) == looks(new)


@pytest.mark.parametrize("title", [None, "Judul"])
def test_forms_that_draw_forms_by_many_names_are_looked_into_once_each(
    tmp_path: Path, title: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each form draws the next one twice, so that there are hundreds of ways to the last."""
    file = tmp_path / "old.pdf"
    letter()[0].save(file, resolution=200)
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        page, content, resources = pdf.pages[0], b"", pikepdf.Dictionary()
        for _ in range(8):
            content = in_a_form(pdf, page, "/A", content, Resources=resources) + b"/B Do"
            form = page.Resources.XObject.A
            resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=form, B=form))
        page.Resources.XObject.B = form
        page.contents_add(pikepdf.Stream(pdf, content))
        pdf.save(file)
    pages = [view(file, text=said(Word("baru", Box(0.1, 0.4, 0.2, 0.02), 0.9, 0)))]
    left, parse = iter(range(20)), pikepdf.parse_content_stream
    monkeypatch.setattr(pikepdf, "parse_content_stream", lambda of: (next(left), parse(of))[1])
    assert copied(pdf_of(pages, tmp_path / "new.pdf", title)) == ["baru"]


def looks(file: Path, page: int = 0) -> bytes:
    """A page as PDFium draws it."""
    with closing(pypdfium2.PdfDocument(file)) as pdf:
        return pdf[page].render(scale=1).to_numpy().tobytes()  # type: ignore[no-any-return]


def test_a_document_of_many_originals_is_one_pdf_in_their_order(tmp_path: Path) -> None:
    scanned(tmp_path / "a.pdf")
    file = saved(letter()[0], tmp_path / "b.jpg")
    texts = [said(Word(word, Box(0.2, 0.2, 0.3, 0.03), 0.9, 0)) for word in ("satu", "dua", "tiga")]
    pages = [
        view(path, number=at, text=text)
        for at, (path, text) in enumerate(zip((file, tmp_path / "a.pdf", file), texts, strict=True), 1)
    ]
    target = pdf_of(pages, tmp_path / "out.pdf")
    assert [copied(target, at) for at in range(3)] == [["satu"], ["dua"], ["tiga"]]


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [("a.pdf", b"%PDF-1.7\nnothing", DAMAGED_FILE), ("a.png", b"\x89PNG\r\n\x1a\nnothing", DAMAGED_PAGE)],
)
def test_a_damaged_original_is_named_as_that(tmp_path: Path, name: str, content: bytes, cause: Cause) -> None:
    (tmp_path / name).write_bytes(content)
    media = "application/pdf" if name.endswith("pdf") else "image/png"
    source = Source(str(tmp_path / name), "blob", media, 0)
    with pytest.raises(ArsipError) as caught:
        pdf_of([made(source, None, None)], tmp_path / "out.pdf")
    assert caught.value.failure.cause == cause.code


def test_missing_and_locked_originals_are_named_as_that(tmp_path: Path) -> None:
    gone = made(Source(str(tmp_path / "gone.pdf"), "blob", "application/pdf", 0), None, None)
    scanned(tmp_path / "in.pdf")
    with pikepdf.open(tmp_path / "in.pdf") as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    locked = made(Source(str(tmp_path / "locked.pdf"), "blob", "application/pdf", 0), None, None)
    for page, cause in ((gone, ORIGINAL_MISSING), (locked, ENCRYPTED)):
        with pytest.raises(ArsipError) as caught:
            pdf_of([page], tmp_path / "out.pdf")
        assert caught.value.failure.cause == cause.code


def test_the_same_pages_give_the_same_file(tmp_path: Path) -> None:
    page = view(
        saved(letter()[0], tmp_path / "a.jpg"), text=said(Word("sama", Box(0.2, 0.2, 0.3, 0.03), 0.9, 0))
    )
    one, other = (pdf_of([page], tmp_path / name, "judul") for name in ("one.pdf", "other.pdf"))
    assert one.read_bytes() == other.read_bytes()


def test_what_does_not_fit_into_memory_goes_by_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocr.outputs.pdf.HELD", 100_000)
    file = saved(letter()[0], tmp_path / "a.jpg", quality=80)
    texts = [said(Word(f"ke-{at}", Box(0.2, 0.2, 0.3, 0.03), 0.9, 0)) for at in range(5)]
    pages = [view(file, number=at, text=text) for at, text in enumerate(texts, 1)]
    target = pdf_of(pages, tmp_path / "a.pdf")
    assert file.stat().st_size > 50_000
    assert [copied(target, at) for at in range(5)] == [[f"ke-{at}"] for at in range(5)]
    with pikepdf.open(target) as pdf:
        assert len({page.Resources.Font.ArsipText.objgen for page in pdf.pages}) == 1
        assert all(page.Resources.XObject.Image.read_raw_bytes() == file.read_bytes() for page in pdf.pages)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="not run: there is no /dev/full")
def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(tmp_path: Path) -> None:
    page = view(saved(letter()[0], tmp_path / "a.jpg"), text=said())
    with pytest.raises(OSError, match="No space left"):
        pdf_of([page], Path("/dev/full"))
