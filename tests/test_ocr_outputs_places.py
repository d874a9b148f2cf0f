"""Where words stand on leaning and turned pages: in the PDF as two readers see it, in ALTO, in hOCR."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from archive import geometry
from archive.types import Box, Turn
from tests.output_pages import leaning, pdf_of, saved, share_in_place, view, words_of
from tests.output_xml import SPACE, alto_of, hocr_of, places_in


def seen_by_pdfium(file: Path, page: int = 0) -> dict[str, Box]:
    """The same as PDFium, which browsers use, finds them, by the boxes of their characters."""
    pdf = pypdfium2.PdfDocument(file)
    found = pdf[page]
    text, (width, height) = found.get_textpage(), found.get_size()
    words: dict[str, Box] = {}
    at = 0
    for word in text.get_text_range().split(" "):
        for part in word.split("\r\n"):
            start = text.get_text_range().index(part, at)
            boxes = [text.get_charbox(index) for index in range(start, start + len(part))]
            at = start + len(part)
            if boxes:
                left, foot = min(box[0] for box in boxes), min(box[1] for box in boxes)
                right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
                words[part] = Box(
                    left / width, 1 - top / height, (right - left) / width, (top - foot) / height
                )
    pdf.close()
    return words


@pytest.mark.parametrize(
    ("degrees", "turn"), [(0.0, 0), (1.6, 0), (-1.6, 0), (1.0, 90), (1.0, 180), (1.0, 270)]
)
def test_words_stand_where_their_ink_is(tmp_path: Path, degrees: float, turn: Turn) -> None:
    """The PDF comes upright, though nothing in the file says so; ALTO and hOCR measure it as it lies."""
    image, places = leaning(degrees)
    lying = image.rotate(turn, expand=True)
    page = view(saved(lying, tmp_path / "a.jpg"))
    file = pdf_of([page], tmp_path / "a.pdf")
    assert share_in_place(words_of(file), places) >= 0.98
    assert share_in_place(seen_by_pdfium(file), places) >= 0.98
    root = alto_of(page)
    measured = next(root.iter(f"{SPACE}Page")).attrib
    assert (measured["WIDTH"], measured["HEIGHT"]) == (str(lying.width), str(lying.height))
    assert float(measured.get("ROTATION", 0)) == turn
    back = geometry.invert(geometry.turned(turn))
    as_it_lies = {word: geometry.bounds(back, box) for word, box in places.items()}
    assert share_in_place(dict(places_in(root)), as_it_lies) >= 0.98
    assert f"bbox 0 0 {lying.width} {lying.height}" in hocr_of(page)[0]
