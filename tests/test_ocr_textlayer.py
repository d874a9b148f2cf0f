"""The text a PDF carries: used where it is what a reader sees, else left alone with a named reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from archive.types import PageImage, Prepared, PrepareOptions, ReadOptions, Source, Turn
from ingest.prepare import prepare
from ocr import read, textlayer
from ocr.upright import turned
from tests.ocr_pages import LETTER, lines, overlap, page, prepared, source, texts

MEDIA = (0, 0, 595, 842)
SIZE = 12


def typed(text: str = LETTER, *, x: float = 60, y: float = 760, mode: int = 0) -> bytes:
    """Content that shows lines of text in the rendering mode (3 is invisible), the first one at (x, y)."""
    shown = "".join(
        f"1 0 0 1 {x} {y - 2 * SIZE * number} Tm ({line}) Tj\n"
        for number, line in enumerate(text.split("\n"))
    )
    return f"BT /F1 {SIZE} Tf {mode} Tr\n{shown}ET\n".encode()


def write(
    path: Path,
    content: bytes,
    *,
    media: tuple[float, ...] = MEDIA,
    crop: tuple[float, ...] | None = None,
    rotate: int = 0,
    scan: PageImage | None = None,
    annotations: tuple[Dictionary, ...] = (),
    meaning: dict[str, str] | None = None,
) -> Source:
    """A PDF of one page with this content; a scan becomes the picture /Im1.

    ``meaning`` is what the font says that its characters mean (its ToUnicode map).
    """
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        sheet = pdf.pages[0].obj
        sheet.MediaBox = Array(media)
        if crop:
            sheet.CropBox = Array(crop)
        sheet.Rotate = rotate
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        if meaning:
            font.ToUnicode = pdf.make_stream(to_unicode(meaning))
        sheet.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)), XObject=Dictionary())
        if scan:
            sheet.Resources.XObject.Im1 = picture(pdf, scan)
        if annotations:
            sheet.Annots = Array(pdf.make_indirect(one) for one in annotations)
            fields = [one for one in sheet.Annots if one.Subtype == Name.Widget]
            pdf.Root.AcroForm = Dictionary(Fields=Array(fields))
        sheet.Contents = pdf.make_stream(content)
        pdf.save(path)
    return source(str(path), "application/pdf")


def to_unicode(meaning: dict[str, str]) -> bytes:
    """A character map in PostScript (ISO 32000-1, 9.10.3)."""
    pairs = "".join(f"<{ord(code):02x}> <{ord(means):04x}>\n" for code, means in meaning.items())
    return f"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Test def
/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange
{len(meaning)} beginbfchar\n{pairs}endbfchar endcmap end end""".encode()


def picture(pdf: pikepdf.Pdf, scan: PageImage) -> pikepdf.Stream:
    height, width = scan.pixels.shape
    return pikepdf.Stream(
        pdf,
        scan.pixels.tobytes(),
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=width,
            Height=height,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
        ),
    )


def own_text(one: Source, made: Prepared, image: PageImage) -> textlayer.Layer:
    return read.text_layer(one, made, image, ReadOptions())


def rendered(one: Source, dpi: int = 150) -> tuple[PageImage, Prepared]:
    return prepare(one, PrepareOptions(render_dpi=dpi))


def verdict(one: Source, dpi: int = 150) -> str:
    image, made = rendered(one, dpi)
    layer = own_text(one, made, image)
    assert bool(layer.words) == layer.used
    return layer.verdict


def test_a_typed_letter_needs_no_ocr(tmp_path: Path) -> None:
    letter = write(tmp_path / "a.pdf", typed())
    image, made = rendered(letter)
    text = read.read(letter, made, image, ReadOptions())
    assert lines(text.words) == LETTER.splitlines()
    assert (text.source, text.engine, text.steps[0]) == ("text-layer", "pdfplumber", "text-layer:used")
    assert [step.partition(":")[0] for step in text.steps[1:]] == ["spot-check"]
    assert {word.confidence for word in text.words} == {1.0}
    assert text.confidence == 1.0
    assert text.turn == 0


def test_who_does_not_want_it_gets_ocr(tmp_path: Path) -> None:
    letter = write(tmp_path / "a.pdf", typed())
    image, made = rendered(letter)
    text = read.read(letter, made, image, ReadOptions(text_layer=False))
    assert text.source == "ocr"
    assert not any(step.startswith("text-layer") for step in text.steps)


def test_the_page_asked_for_is_the_page_read(tmp_path: Path) -> None:
    write(tmp_path / "1.pdf", typed("Halaman pertama dari berkas"))
    write(tmp_path / "2.pdf", typed("Lembar kedua dari berkas"))
    with pikepdf.open(tmp_path / "1.pdf") as one, pikepdf.open(tmp_path / "2.pdf") as two:
        one.pages.extend(two.pages)
        one.save(tmp_path / "both.pdf")
    second = source(str(tmp_path / "both.pdf"), "application/pdf", frame=1)
    image, made = rendered(second)
    assert texts(own_text(second, made, image).words)[0] == "Lembar"


# A page on which nothing is symmetrical: its corner is not the origin, and each edge is cut differently.
MEDIA_MOVED = (100, 200, 800, 1100)
CROP_MOVED = (130, 270, 780, 1080)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("media", "crop"),
    [(MEDIA, None), (MEDIA_MOVED, None), (MEDIA_MOVED, CROP_MOVED), (MEDIA, (-50, 30, 900, 842))],
    ids=["plain", "moved", "cropped", "larger-crop"],
)
def test_boxes_lie_on_the_ink(
    tmp_path: Path, media: tuple[float, ...], crop: tuple[float, ...] | None, rotate: Turn
) -> None:
    upright = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}[rotate]
    x, y = {0: (200, 800), 90: (250, 400), 180: (500, 500), 270: (300, 700)}[rotate]
    content = f"BT /F1 20 Tf {upright} {x} {y} Tm (Kabupaten Contoh) Tj ET".encode()
    letter = write(tmp_path / "a.pdf", content, media=media, crop=crop, rotate=rotate)
    image, made = rendered(letter)
    layer = own_text(letter, made, image)
    assert texts(layer.words) == ["Kabupaten", "Contoh"]
    seen = {word.text: word.box for word in read.engine("tesserocr").recognise(image, "ind").words}
    for word in layer.words:
        assert overlap(word.box, seen[word.text]) > 0.5


def test_boxes_follow_a_page_that_was_straightened(tmp_path: Path) -> None:
    lean = b"q 0.9994 0.0349 -0.0349 0.9994 0 0 cm\n" + typed() + b"Q"
    letter = write(tmp_path / "a.pdf", lean)
    image, made = rendered(letter)
    assert any(step.startswith("deskew") for step in made.steps)
    layer = own_text(letter, made, image)
    assert lines(layer.words) == LETTER.splitlines()
    seen = {word.text: word.box for word in read.engine("tesserocr").recognise(image, "ind").words}
    for text in ("PEMERINTAH", "musyawarah", "sekretariat", "kasih."):
        box = next(word.box for word in layer.words if word.text == text)
        assert overlap(box, seen[text]) > 0.3


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = "Kolom kiri baris satu\nKolom kiri baris dua"
    right = "Kolom kanan baris satu\nKolom kanan baris dua"
    letter = write(tmp_path / "a.pdf", typed(left) + typed(right, x=320))
    image, made = rendered(letter)
    assert lines(own_text(letter, made, image).words) == [*left.split("\n"), *right.split("\n")]


def test_bold_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    twice = write(
        tmp_path / "a.pdf", typed("KEPUTUSAN BUPATI CONTOH") + typed("KEPUTUSAN BUPATI CONTOH", x=60.4)
    )
    image, made = rendered(twice)
    assert texts(own_text(twice, made, image).words) == ["KEPUTUSAN", "BUPATI", "CONTOH"]


def test_words_beside_the_page_are_left_out(tmp_path: Path) -> None:
    content = typed("Yang terlihat di halaman") + typed("Catatan percetakan", x=60, y=-20)
    image, made = rendered(write(tmp_path / "a.pdf", content))
    layer = own_text(source(str(tmp_path / "a.pdf"), "application/pdf"), made, image)
    assert texts(layer.words) == ["Yang", "terlihat", "di", "halaman"]


def test_a_soft_hyphen_at_the_end_was_printed(tmp_path: Path) -> None:
    letter = write(tmp_path / "a.pdf", typed("perencana=\nan pem=bangunan"), meaning={"=": "\N{SOFT HYPHEN}"})
    image, made = rendered(letter)
    assert texts(own_text(letter, made, image).words) == ["perencana-", "an", "pembangunan"]


def test_characters_without_a_meaning_are_not_text(tmp_path: Path) -> None:
    letter = write(tmp_path / "a.pdf", typed(), meaning={"a": "\ue061", "n": "\ue06e"})
    assert verdict(letter) == "unknown-characters"


def test_a_font_that_lies_about_its_letters_is_found_out(tmp_path: Path) -> None:
    shifted = {chr(code): chr(219 - code) for code in range(ord("a"), ord("z") + 1)}
    assert verdict(write(tmp_path / "a.pdf", typed(), meaning=shifted)) == "no-words"


def test_a_page_without_text_has_none(tmp_path: Path) -> None:
    assert verdict(write(tmp_path / "a.pdf", b"100 100 300 300 re f")) == "none"


def test_invisible_text_is_not_read(tmp_path: Path) -> None:
    visible = b"100 100 300 10 re f\n"
    assert verdict(write(tmp_path / "a.pdf", visible + typed(mode=3))) == "invisible"


def test_white_text_is_not_read(tmp_path: Path) -> None:
    assert verdict(write(tmp_path / "a.pdf", b"60 100 300 10 re f 1 g\n" + typed())) == "invisible"


def test_white_text_on_a_dark_ground_is_read(tmp_path: Path) -> None:
    dark = b"q 0 0 0.4 rg 40 740 500 50 re f Q 1 g\n" + typed("Kabupaten Contoh")
    assert verdict(write(tmp_path / "a.pdf", dark)) == "used"


def test_the_ocr_of_others_over_a_scan_is_not_believed(tmp_path: Path) -> None:
    scan = page()[0]
    content = b"q 595 0 0 842 0 0 cm /Im1 Do Q\n" + typed(mode=3)
    made = prepared(scan, origin="rendered")
    layer = own_text(write(tmp_path / "a.pdf", content, scan=scan), made, scan)
    assert layer == textlayer.Layer("over-image")


def test_a_scan_below_a_typed_line_is_read_by_ocr(tmp_path: Path) -> None:
    content = b"q 400 0 0 566 90 20 cm /Im1 Do Q\n" + typed("Diunduh dari situs contoh", y=800)
    letter = write(tmp_path / "a.pdf", content, scan=page()[0])
    image, made = rendered(letter)
    text = read.read(letter, made, image, ReadOptions(languages="ind"))
    assert text.source == "ocr"
    assert text.steps[0] == "text-layer:misses-ink"
    assert {"Diunduh", "PEMERINTAH", "musyawarah"} <= set(texts(text.words))


def test_a_few_words_in_a_picture_are_read_beside_the_text(tmp_path: Path) -> None:
    scan = page()[0]
    rows = scan.pixels.shape[0]
    strip = PageImage(np.ascontiguousarray(scan.pixels[: rows // 7]), scan.dpi)
    height = 400 * strip.pixels.shape[0] / strip.pixels.shape[1]
    content = b"q 400 0 0 %d 90 20 cm /Im1 Do Q\n" % height + typed("\n".join([LETTER] * 3))
    letter = write(tmp_path / "a.pdf", content, scan=strip)
    image, made = rendered(letter)
    text = read.read(letter, made, image, ReadOptions(languages="ind"))
    assert text.source == "text-layer"
    own = own_text(letter, made, image).words
    rest = text.words[len(own) :]
    assert text.words[: len(own)] == own
    assert (text.steps[0], text.steps[-1]) == ("text-layer:used-in-part", f"pictures:{len(rest)}")
    assert {"PEMERINTAH", "KABUPATEN"} <= set(texts(rest))
    assert all(word.line > own[-1].line and word.box.y > 0.8 for word in rest)


def test_rules_and_boxes_are_not_missing_text(tmp_path: Path) -> None:
    table = b"".join(b"60 %d m 500 %d l S\n" % (y, y) for y in range(100, 740, 24))
    assert verdict(write(tmp_path / "a.pdf", typed() + table)) == "used"


def test_a_form_that_was_filled_in_is_read_beside_the_text(tmp_path: Path) -> None:
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T="nama",
        V="Contoh",
        Rect=Array([60, 100, 300, 120]),
    )
    assert verdict(write(tmp_path / "a.pdf", typed(), annotations=(field,))) == "used-in-part"


def test_an_empty_form_and_a_link_change_nothing(tmp_path: Path) -> None:
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="nama", Rect=Array([60, 100, 300, 120])
    )
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([60, 100, 300, 120]))
    assert verdict(write(tmp_path / "a.pdf", typed(), annotations=(field, link))) == "used"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_text_that_does_not_stand_upright_is_left_to_ocr(tmp_path: Path, degrees: int) -> None:
    letter = write(tmp_path / "a.pdf", typed("Kabupaten Contoh\ntahun anggaran"), rotate=degrees)
    assert verdict(letter) == "sideways"


def test_a_typed_page_turned_by_a_viewer_comes_upright(tmp_path: Path) -> None:
    letter = write(tmp_path / "a.pdf", typed(), rotate=180)
    image, made = rendered(letter)
    text = read.read(letter, made, image, ReadOptions(languages="ind"))
    assert text.turn == 180
    assert lines(text.words) == LETTER.splitlines()


def test_letters_set_apart_are_joined(tmp_path: Path) -> None:
    spaced = "\n".join(" ".join(line) for line in LETTER.split("\n")[:4])
    letter = write(tmp_path / "a.pdf", typed(spaced))
    image, made = rendered(letter)
    layer = own_text(letter, made, image)
    assert lines(layer.words) == LETTER.splitlines()[:4]
    assert layer.steps[:2] == ("text-layer:repaired", "letters-joined")


def test_a_damaged_file_is_left_to_ocr(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    letter = write(path, typed())
    image, made = rendered(letter)
    path.write_bytes(path.read_bytes()[:300])
    assert own_text(letter, made, image).verdict == "unreadable"


def test_a_turned_image_is_not_looked_into(tmp_path: Path) -> None:
    scan = turned(page()[0], 90)
    text = read.read(source("scan.tif"), prepared(scan, origin="frame"), scan, ReadOptions(languages="ind"))
    assert not any(step.startswith("text-layer") for step in text.steps)


# Looked at one by one, with what a person sees on the page.
REAL = {
    "formxobject.pdf": "used-in-part",  # one line above a picture, which turns out to be without letters
    "tagged.pdf": "used",  # headings, dots to page numbers, a table
    "overlay.pdf": "used",  # a few typed words
    "toc.pdf": "used-in-part",  # its first page is the same
    "graph_ocred.pdf": "over-image",  # junk from another program's OCR over a chart
    "cmyk.pdf": "unknown-characters",  # every letter comes out as an ideograph
    "type3_font_nomapping.pdf": "cid-codes",  # two glyphs without a meaning
    "truetype_font_nomapping.pdf": "no-words",  # signs in place of a word
    "acroform.pdf": "none",  # its only sentence stands in a form field
    "livecycle.pdf": "none",
    "epson.pdf": "none",
    "francais.pdf": "none",
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_go_the_right_way(corpus: Path, name: str) -> None:
    one = source(str(corpus / "pdfs" / name), "application/pdf")
    assert verdict(one, 300) == REAL[name]
