"""hOCR 1.2: one XHTML file a document, measured in pixels as ALTO is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from archive.types import Box, Extent, Homography, PageText, Word
from ocr.lines import around
from ocr.outputs import blocks
from ocr.outputs.alto import Measured
from ocr.outputs.place import in_pixels, on_image, turn_of, xml_text


def head(file: str, texts: Iterable[PageText], count: int) -> str:
    """The beginning of a file, up to its pages."""
    ways = sorted({f"{text.engine} {text.version}" for text in texts if text.engine})
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml">\n<head>'
        f"<title>{escape(xml_text(file))}</title>\n"
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>\n'
        f'<meta name="ocr-system" content={quoteattr(", ".join(ways) or "arsip")}/>\n'
        '<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word"/>\n'
        f'<meta name="ocr-number-of-pages" content="{count}"/>\n</head>\n<body>\n'
    )


def pages(measured: Iterable[Measured], file: str) -> Iterator[str]:
    """An ``ocr_page`` for each page, in pieces."""
    for view, extent in measured:
        image = escape(xml_text(file).replace("\\", "/").replace('"', "'"))
        title = f'image "{image}"; bbox 0 0 {extent.width} {extent.height}; ppageno {view.number - 1}'
        title += f"; scan_res {extent.dpi:.0f} {extent.dpi:.0f}"
        page = f"page_{view.number}"
        yield f"<div class='ocr_page' id='{page}' title={quoteattr(title)}>\n"
        if view.text:
            place, turn = on_image(view, extent), turn_of(view, extent.turn)
            for number, block in enumerate(blocks.blocks(view.text.words), 1):
                yield from _area(block, f"{page}_{number}", place, extent, turn)
        yield "</div>\n"


FOOT = "</body>\n</html>\n"


def _area(
    block: Sequence[Sequence[Word]], name: str, place: Homography, extent: Extent, turn: int
) -> Iterator[str]:
    inside = [word for line in block for word in line]
    yield f"<div class='ocr_carea' id='block_{name}' title='{_box(around(inside), place, extent)}'>\n"
    angle = f"; textangle {turn}" if turn else ""
    for at, line in enumerate(block, 1):
        words = " ".join(
            f"<span class='ocrx_word' title='{_box(word.box, place, extent)}; "
            f"x_wconf {round(100 * word.confidence)}'>{escape(xml_text(word.text))}</span>"
            for word in line
        )
        title = f"{_box(around(line), place, extent)}{angle}"
        yield f"<span class='ocr_line' id='line_{name}_{at}' title='{title}'>{words}</span>\n"
    yield "</div>\n"


def _box(box: Box, place: Homography, extent: Extent) -> str:
    return "bbox " + " ".join(map(str, in_pixels(box, place, extent)))
