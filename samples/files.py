"""Pages into files, good and bad: every format a scanner writes, and what else lies in scanned folders.

The same pages give the same bytes, except in an encrypted PDF, whose key is drawn by chance.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from samples.layout import MM_PER_POINT, Ink, Paper, Placed, Rule

_EPOCH = time.gmtime(1_577_836_800)
"""The date written into PDFs: 1 January 2020."""

Images = Sequence[Image.Image]


def save_image(path: Path, pages: Images, dpi: int) -> None:
    """The first page as JPEG, PNG, WebP, JPEG 2000 or BMP, by the path's extension."""
    options: dict[str, dict[str, Any]] = {
        ".jpg": {"quality": 80, "dpi": (dpi, dpi)},
        ".png": {"dpi": (dpi, dpi), "compress_level": 3},
        ".webp": {"quality": 75, "method": 2},
        ".jp2": {"quality_mode": "rates", "quality_layers": [12]},
        ".bmp": {"dpi": (dpi, dpi)},
    }
    pages[0].save(path, **options[path.suffix])


def save_tiff(path: Path, pages: Images, dpi: int) -> None:
    """A bilevel TIFF of many pages with CCITT Group 4 compression, as office copiers send them."""
    first, *rest = [bilevel(page) for page in pages]
    first.save(path, save_all=True, append_images=rest, compression="group4", dpi=(dpi, dpi))


def save_scanned_pdf(path: Path | BytesIO, pages: Images, dpi: int) -> None:
    """A PDF without text, one image a page: JPEG for grey and colour, CCITT Group 4 for bilevel."""
    first, *rest = pages
    quality = {} if first.mode == "1" else {"quality": 75}
    dates = {"creationDate": _EPOCH, "modDate": _EPOCH, "title": ""}
    first.save(path, "PDF", save_all=True, append_images=rest, resolution=dpi, **quality, **dates)


def save_bilevel_pdf(path: Path, pages: Images, dpi: int) -> None:
    """A PDF of bilevel pages."""
    save_scanned_pdf(path, [bilevel(page) for page in pages], dpi)


def save_encrypted_pdf(path: Path, pages: Images, dpi: int) -> None:
    """A PDF that asks for a password before it shows anything."""
    data = BytesIO()
    save_scanned_pdf(data, pages, dpi)
    with pikepdf.open(data) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="rahasia", owner="rahasia"))


def save_truncated(save: Callable[[Path, Images, int], None]) -> Callable[[Path, Images, int], None]:
    """A saver whose file ends early, as after a pulled cable: a third of it is missing."""

    def saved(path: Path, pages: Images, dpi: int) -> None:
        save(path, pages, dpi)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])

    return saved


def save_born_digital(path: Path, sheets: Sequence[Placed], paper: Paper) -> None:
    """A PDF with real text, each word where the layout has it, in Times, which every reader brings."""
    pdf = pikepdf.new()
    fonts = pikepdf.Dictionary(
        {
            f"/{name}": pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name(f"/{base}"),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
            for name, base in _TIMES.items()
        }
    )
    for sheet in sheets:
        page = pdf.add_blank_page(page_size=(paper.width / MM_PER_POINT, paper.height / MM_PER_POINT))
        page.Resources = pikepdf.Dictionary(Font=fonts)
        page.Contents = pdf.make_stream(_content(sheet, paper.height))
    pdf.save(path, deterministic_id=True)


_TIMES = {"F": "Times-Roman", "Fb": "Times-Bold", "Fi": "Times-Italic", "Fbi": "Times-BoldItalic"}


def _content(sheet: Placed, height: float) -> bytes:
    """The drawing operators of a page; PDF counts points from the lower left corner."""
    words = [_shown(ink, height) for ink in sheet.words]
    return "\n".join([*(_ruled(rule, height) for rule in sheet.rules), "BT", *words, "ET"]).encode("cp1252")


def _ruled(rule: Rule, height: float) -> str:
    x0, y0 = rule.x0 / MM_PER_POINT, (height - rule.y0) / MM_PER_POINT
    x1, y1 = rule.x1 / MM_PER_POINT, (height - rule.y1) / MM_PER_POINT
    return f"{rule.width / MM_PER_POINT:.2f} w {x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S"


def _shown(ink: Ink, height: float) -> str:
    """One word with a space behind it, so that a copied line keeps its words apart."""
    font = "F" + "".join(cut for cut in "bi" if cut in ink.style)
    text = ink.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    x, y = ink.x / MM_PER_POINT, (height - ink.baseline) / MM_PER_POINT
    return f"/{font} {ink.point:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm ({text} ) Tj"


def save_docx(path: Path) -> None:
    """A small Word document, which belongs to another program."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    schemas = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{schemas}/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "word/document.xml": f'{head}<w:document xmlns:w="{schemas}/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>Konsep surat</w:t></w:r></w:p></w:body></w:document>",
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name), text)


def save_thumbs(path: Path) -> None:
    """What Windows Explorer leaves behind: the head of a compound file and nothing of use."""
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))


def bilevel(page: Image.Image) -> Image.Image:
    """Black and white by the middle of the scale."""
    return page.convert("L").point(lambda value: 255 * (value > 160)).convert("1")
