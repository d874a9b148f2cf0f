"""PDF pages written operator by operator: their boxes, fonts that may lie, a picture, annotations."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageFont

from samples.draw import Look, font_path, measure
from samples.layout import MM_PER_POINT, Ink, Letter, Measure, Paper, Placed, place

WIDTH, HEIGHT = 210 / MM_PER_POINT, 297 / MM_PER_POINT
CUTS = {"": "Times-Roman", "b": "Times-Bold", "i": "Times-Italic", "bi": "Times-BoldItalic"}
"""A4 in points, and the cuts of Times, which every reader brings."""
GLYPH = 29
"""What the number of a glyph is less than its character in ASCII, in Liberation as in Times New Roman."""
_FILES = {"": "Regular", "b": "Bold", "i": "Italic", "bi": "BoldItalic"}

Meaning = Callable[[str], str]
"""From a character that is drawn to what the file says that it means."""


@dataclasses.dataclass(slots=True)
class Sheet:
    """What a PDF page is made of: content, what its fonts say, its boxes, and what lies on it."""

    content: str
    meanings: dict[str, Meaning] = dataclasses.field(default_factory=dict)
    """What the letters of a cut ("", b, i, bi) mean where that is not what they look like."""
    media: tuple[float, ...] = (0, 0, WIDTH, HEIGHT)
    crop: tuple[float, ...] | None = None
    rotate: int = 0
    image: Image.Image | None = None
    annotations: tuple[Dictionary, ...] = ()
    embedded: bool = False
    """Whether the typeface is brought along, so that places do not hang on what its letters mean."""
    glyphs: bool = False
    """Whether text is written as numbers of glyphs (``GLYPH`` less than ASCII) of an embedded font."""


def write(path: Path, sheet: Sheet) -> None:
    """The page as a PDF file."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT)).obj
        page.MediaBox, page.Rotate = Array(sheet.media), sheet.rotate
        if sheet.crop:
            page.CropBox = Array(sheet.crop)
        fonts = {f"/F{cut}": _font(pdf, cut, sheet) for cut in CUTS}
        page.Resources = Dictionary(Font=Dictionary(fonts), XObject=Dictionary())
        if sheet.image:
            page.Resources.XObject.Im = _picture(pdf, sheet.image)
        if sheet.annotations:
            page.Annots = Array(pdf.make_indirect(one) for one in sheet.annotations)
            fields = [one for one in page.Annots if one.Subtype == Name.Widget]
            pdf.Root.AcroForm = Dictionary(Fields=Array(fields), DR=Dictionary(Font=Dictionary(fonts)))
        page.Contents = pdf.make_stream(sheet.content.encode("cp1252"))
        pdf.save(path, deterministic_id=True)


def _font(pdf: pikepdf.Pdf, cut: str, sheet: Sheet) -> pikepdf.Object:
    if sheet.glyphs:
        return _numbered_font(pdf, cut)
    differences = Dictionary(
        Type=Name.Encoding,
        BaseEncoding=Name.WinAnsiEncoding,
        Differences=Array([1, Name("/fi"), Name("/fl")]),
    )
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(f"/{CUTS[cut]}"), Encoding=differences
    )
    if sheet.embedded:
        font = _simple_font(pdf, cut)
    if meaning := sheet.meanings.get(cut):
        font.ToUnicode = pdf.make_stream(_to_unicode(meaning))
    return pdf.make_indirect(font)


def _descriptor(pdf: pikepdf.Pdf, cut: str) -> pikepdf.Object:
    file = font_path(f"LiberationSerif-{_FILES[cut]}")
    return pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor, FontName=Name(f"/Sample{cut}"), Flags=32, ItalicAngle=0, StemV=80,
            FontBBox=Array([-200, -300, 1000, 900]), Ascent=891, Descent=-216, CapHeight=660,
            FontFile2=pdf.make_stream(file.read_bytes()),
        )
    )  # fmt: skip


def _widths(cut: str, codes: range) -> Array:
    """The widths of characters of code page 1252, in thousandths of the type size."""
    file = font_path(f"LiberationSerif-{_FILES[cut]}")
    face = ImageFont.truetype(str(file), 1000, layout_engine=ImageFont.Layout.BASIC)
    return Array(round(face.getlength(bytes([code]).decode("cp1252", "replace"))) for code in codes)


def _simple_font(pdf: pikepdf.Pdf, cut: str) -> Dictionary:
    """A typeface of Liberation that is brought along, with one byte to a character."""
    return Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name(f"/Sample{cut}"),
        Encoding=Name.WinAnsiEncoding, FontDescriptor=_descriptor(pdf, cut),
        FirstChar=32, LastChar=255, Widths=_widths(cut, range(32, 256)),
    )  # fmt: skip


def _numbered_font(pdf: pikepdf.Pdf, cut: str) -> pikepdf.Object:
    """A typeface of Liberation whose codes are its glyphs' numbers, without a map to characters."""
    name = Name(f"/Sample{cut}")
    inner = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=Name.Identity, DW=500,
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=_descriptor(pdf, cut),
        W=Array([32 - GLYPH, _widths(cut, range(32, 127))]),
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(inner)]),
        )
    )  # fmt: skip


def _to_unicode(meaning: Meaning) -> bytes:
    """A character map in PostScript (ISO 32000-1, 9.10.3) of all codes of a simple font."""
    drawn = [(code, bytes([code]).decode("cp1252", "ignore")) for code in (1, 2, *range(32, 256))]
    pairs = [(code, meaning(char).encode("utf-16-be").hex()) for code, char in drawn if char]
    blocks = "\n".join(
        f"{len(part)} beginbfchar\n"
        + "\n".join(f"<{code:02x}> <{means}>" for code, means in part)
        + "\nendbfchar"
        for part in (pairs[at : at + 100] for at in range(0, len(pairs), 100))
    )
    return f"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Sample def
/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange
{blocks} endcmap end end""".encode()


def _picture(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    grey = image.convert("L")
    width, height = grey.size
    return pikepdf.Stream(
        pdf,
        grey.tobytes(),
        Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height,
            ColorSpace=Name.DeviceGray, BitsPerComponent=8,
        ),
    )  # fmt: skip


Show = Callable[[Ink], str]


def flow(record: Letter, gauge: Measure | None = None) -> Placed:
    return place(record, gauge or measure(Look()), Paper())[0]


def at(ink: Ink, shown: str) -> str:
    cut = "".join(c for c in "bi" if c in ink.style)
    x, y = ink.x / MM_PER_POINT, HEIGHT - ink.baseline / MM_PER_POINT
    return f"/F{cut} {ink.point:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm {shown}"


def quoted(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def plainly(ink: Ink) -> str:
    return at(ink, f"{quoted(ink.text + ' ')} Tj")


def shown(words: Sequence[Ink], show: Show = plainly) -> str:
    return "\n".join(["BT", *(show(ink) for ink in words), "ET"])


def seen(words: Sequence[Ink]) -> list[str]:
    """The words as a reader takes them: ``M E N I M B A N G :`` is one."""
    found: list[str] = []
    for _, run in groupby(enumerate(words), lambda one: (one[1].line, len(one[1].text) == 1 or -one[0])):
        texts = [ink.text for _, ink in run]
        found += ["".join(texts)] if len(texts) > 3 else texts
    return found
