"""ALTO 4.4, the Library of Congress's form of OCR: one file a document, with a page for each page.

Measured in pixels of the original as it lies in its file, before any turn; a PDF page has the pixels of the
image that fills it, or those that it was read with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from archive.types import Box, Extent, Homography, PageText, PageView, Word
from ocr.lines import around
from ocr.outputs import blocks
from ocr.outputs.layer import from_right
from ocr.outputs.place import in_pixels, on_image, turn_of, xml_text

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
VERSION = "4.4"

Measured = tuple[PageView, Extent]
"""A page and the pixels of its original."""


def head(file: str, texts: Iterable[PageText]) -> str:
    """The beginning of a file, up to its pages: where they come from, and each way they were read."""
    steps = "".join(_processing(*way) for way in sorted({_way(text) for text in texts}))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<alto xmlns="{NAMESPACE}" SCHEMAVERSION="{VERSION}">\n'
        "<Description><MeasurementUnit>pixel</MeasurementUnit>"
        f"<sourceImageInformation><fileName>{escape(xml_text(file))}</fileName></sourceImageInformation>\n"
        f"{steps}</Description>\n<Layout>\n"
    )


def pages(measured: Iterable[Measured]) -> Iterator[str]:
    """A ``Page`` for each page, in pieces."""
    for view, extent in measured:
        text = view.text
        refs = (
            f' PROCESSINGREFS="{_id(*_way(text))}" PC="{text.confidence:.3f}"' if text and text.engine else ""
        )
        turn = turn_of(view, extent.turn)
        turned = f' ROTATION="{turn}"' if turn else ""  # counterclockwise is how the text was turned
        yield (
            f'<Page ID="page{view.number}" PHYSICAL_IMG_NR="{view.number}" '
            f'WIDTH="{extent.width}" HEIGHT="{extent.height}"{turned}{refs}>'
        )
        words = text.words if text else ()
        if words:
            yield from _print_space(words, on_image(view, extent), extent, f"page{view.number}")
        yield "</Page>\n"


FOOT = "</Layout>\n</alto>\n"


def _print_space(words: Sequence[Word], place: Homography, extent: Extent, page: str) -> Iterator[str]:
    yield f"<PrintSpace{_box(around(words), place, extent)}>\n"
    for number, block in enumerate(blocks.blocks(words), 1):
        name = f"{page}block{number}"
        inside = [word for line in block for word in line]
        yield f'<TextBlock ID="{name}"{_box(around(inside), place, extent)}>\n'
        yield from (_line(line, f"{name}line{at}", place, extent) for at, line in enumerate(block, 1))
        yield "</TextBlock>\n"
    yield "</PrintSpace>"


def _line(line: Sequence[Word], name: str, place: Homography, extent: Extent) -> str:
    way = ' BASEDIRECTION="rtl"' if from_right(line[0].text) else ""
    strings = "<SP/>".join(
        f"<String CONTENT={quoteattr(xml_text(word.text))}{_box(word.box, place, extent)}"
        f' WC="{word.confidence:.3f}"/>'
        for word in line
    )
    return f'<TextLine ID="{name}"{_box(around(line), place, extent)}{way}>{strings}</TextLine>\n'


def _box(box: Box, place: Homography, extent: Extent) -> str:
    left, top, right, foot = in_pixels(box, place, extent)
    return f' HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{foot - top}"'


def _way(text: PageText) -> tuple[str, str, str]:
    return text.engine, text.version, text.model


def _id(*way: str) -> str:
    return "read-" + "".join(char if char.isascii() and char.isalnum() else "-" for char in "-".join(way))


def _processing(engine: str, version: str, model: str) -> str:
    if not engine:
        return ""
    settings = f"<processingStepSettings>{escape(model)}</processingStepSettings>" if model else ""
    return (
        f'<Processing ID="{_id(engine, version, model)}">'
        f"<processingCategory>contentGeneration</processingCategory>{settings}"
        f"<processingSoftware><softwareName>{escape(engine)}</softwareName>"
        f"<softwareVersion>{escape(version)}</softwareVersion></processingSoftware></Processing>\n"
    )
