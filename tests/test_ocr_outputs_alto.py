"""ALTO, hOCR and running text: boxes in pixels of the original as it lies, valid, and only noise lost."""

from __future__ import annotations

from pathlib import Path

from archive.types import Box, PageText, Word
from ocr.outputs import plain
from tests.output_pages import leaning, letter, made, said, view
from tests.output_xml import SPACE, alto_of, hocr_of, places_in

WORDS = (
    Word("Yth", Box(0.1, 0.1, 0.1, 0.02), 0.9, 0),
    Word('"<&>"\x00', Box(0.25, 0.1, 0.1, 0.02), 0.5, 0),
    Word("jauh", Box(0.1, 0.5, 0.1, 0.02), 0.25, 1),
)


def test_blocks_lines_words_and_signs_that_xml_has_not(tmp_path: Path) -> None:
    letter()[0].save(tmp_path / "a.png", dpi=(200, 200))
    root = alto_of(
        view(tmp_path / "a.png", text=said(*WORDS)), view(tmp_path / "a.png", number=2, text=said())
    )
    assert len(list(root.iter(f"{SPACE}Page"))) == 2
    assert len(list(root.iter(f"{SPACE}TextBlock"))) == 2
    assert [word for word, _box in places_in(root)] == ["Yth", '"<&>"\N{REPLACEMENT CHARACTER}', "jauh"]


def test_pages_of_every_kind_in_one_document_keep_to_the_schema(tmp_path: Path) -> None:
    """Scanned, from a text layer, blank, never prepared, in several scripts, with what XML cannot say."""
    image, _places = leaning(1.6)
    image.save(tmp_path / "a.png", dpi=(200, 200))
    image.save(tmp_path / "b.pdf", resolution=200)
    signs = (
        "Jum'at",
        '"Rabu"',
        "&amp;",
        "<b>",
        "]]>",
        "\x0b\x1f",
        "\ud800",
        "\ufffe",
        "العربية",
        "ꦲꦏ꧀ꦱꦫ",
        "𐀀",
    )
    odd = said(*(Word(sign, Box(0.1, 0.05 * at, 0.2, 0.02), 0.7, at) for at, sign in enumerate(signs)))
    own = PageText(WORDS[:1], "text-layer", "pdfplumber", "", "0.11", confidence=1.0)
    both = PageText(WORDS, "text-layer", "pdfplumber+tesserocr", "ind+eng@0f&<", "5.5.1", 90, confidence=0.5)
    blank = PageText((), "blank", "", "", "")
    scan, typed = tmp_path / "a.png", tmp_path / "b.pdf"
    pages = [view(scan)]
    pages += [view(typed, number=at, text=text) for at, text in enumerate((own, both, blank, odd), 2)]
    pages.append(made(pages[0].source, None, None, 6))
    root = alto_of(*pages)
    assert [page.attrib["ID"] for page in root.iter(f"{SPACE}Page")] == [f"page{n}" for n in range(1, 7)]
    written = [word.attrib["CONTENT"] for word in root.iter(f"{SPACE}String")][-len(signs) :]
    lost = "\N{REPLACEMENT CHARACTER}"
    assert written == [*signs[:5], lost * 2, lost, lost, *signs[8:]]
    assert len(root.findall(f".//{SPACE}Processing")) == 4
    assert sum(line.get("BASEDIRECTION") == "rtl" for line in root.iter(f"{SPACE}TextLine")) == 1


def test_hocr_has_boxes_and_confidence(tmp_path: Path) -> None:
    letter()[0].save(tmp_path / "a.png", dpi=(200, 200))
    titles = hocr_of(view(tmp_path / "a.png", text=said(*WORDS)))
    assert titles[0] == 'image "a.png"; bbox 0 0 1654 2338; ppageno 0; scan_res 200 200'
    assert next(title for title in titles if "x_wconf" in title) == "bbox 165 234 331 281; x_wconf 90"


def test_the_running_text_has_a_line_for_each_line() -> None:
    assert plain.text(WORDS) == 'Yth "<&>"\x00\njauh'
    assert plain.text(()) == ""
