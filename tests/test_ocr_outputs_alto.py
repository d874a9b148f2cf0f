"""ALTO, hOCR and running text: boxes in pixels of the original as it lies, valid, and only noise lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive import geometry
from archive.types import Box, PageText, PageView, Word
from ingest.extent import measured
from ocr.outputs import alto, hocr, plain
from tests.output_pages import OPTIONS, leaning, letter, made, said, share_in_place, view

SPACE = f"{{{alto.NAMESPACE}}}"
INSIDE = {
    "alto": ({"SCHEMAVERSION"}, set(), ["Description", "Layout"]),
    "Description": (set(), set(), ["MeasurementUnit", "sourceImageInformation", "Processing"]),
    "MeasurementUnit": (set(), set(), []),
    "sourceImageInformation": (set(), set(), ["fileName"]),
    "fileName": (set(), set(), []),
    "Processing": ({"ID"}, {"ID"}, ["processingCategory", "processingStepSettings", "processingSoftware"]),
    "processingCategory": (set(), set(), []),
    "processingStepSettings": (set(), set(), []),
    "processingSoftware": (set(), set(), ["softwareName", "softwareVersion"]),
    "softwareName": (set(), set(), []),
    "softwareVersion": (set(), set(), []),
    "Layout": (set(), set(), ["Page"]),
    "Page": (
        {"ID", "PHYSICAL_IMG_NR", "WIDTH", "HEIGHT", "ROTATION", "PROCESSINGREFS", "PC"},
        {"ID", "PHYSICAL_IMG_NR"},
        ["PrintSpace"],
    ),
    "PrintSpace": ({"HPOS", "VPOS", "WIDTH", "HEIGHT"}, set(), ["TextBlock"]),
    "TextBlock": ({"ID", "HPOS", "VPOS", "WIDTH", "HEIGHT"}, {"ID"}, ["TextLine"]),
    "TextLine": ({"ID", "HPOS", "VPOS", "WIDTH", "HEIGHT", "BASEDIRECTION"}, set(), ["String", "SP"]),
    "String": ({"CONTENT", "HPOS", "VPOS", "WIDTH", "HEIGHT", "WC"}, {"CONTENT"}, []),
    "SP": (set(), set(), []),
}
"""What of ALTO 4.4 is used: for each element the attributes it may have and must have, and its children in
their order (TextLine: in turns). Written down from alto-4-4.xsd of the Library of Congress, which no package
has and whose licence (CC BY-SA 4.0) is not that of this repository."""
ALLOWED = {
    "MeasurementUnit": {"pixel", "mm10", "inch1200"},
    "processingCategory": {
        *("contentGeneration", "contentModification", "preOperation", "postOperation", "other"),
    },
    "BASEDIRECTION": {"ltr", "rtl", "ttb", "btt"},
}
"""The values that the schema has for elements and attributes that are used."""
TEXTS = {"fileName", "processingStepSettings", "softwareName", "softwareVersion", *ALLOWED}
"""The elements that hold text; all others hold elements only."""


def check_alto(root: ElementTree.Element) -> None:
    """Whether a tree keeps to the part of the schema that is used; ids are unique, references lead to one."""
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", each, re.ASCII) for each in ids)
    for element in root.iter():
        name = element.tag.removeprefix(SPACE)
        may, must, children = INSIDE[name]
        assert must <= element.attrib.keys() <= may, name
        found = [child.tag.removeprefix(SPACE) for child in element]
        if name == "TextLine":
            assert found == (["String", "SP"] * len(found))[: len(found)]
            assert found[-1] == "String"
        else:
            assert found == sorted(found, key=children.index)
        assert name in TEXTS or not (element.text or "").strip()
        assert not (element.tail or "").strip()
        assert name not in ALLOWED or element.text in ALLOWED[name]
        assert element.get("BASEDIRECTION", "ltr") in ALLOWED["BASEDIRECTION"]
        for number in ("HPOS", "VPOS", "WIDTH", "HEIGHT", "PHYSICAL_IMG_NR", "ROTATION"):
            assert float(element.get(number, "0")) >= 0
        for confidence in ("WC", "PC"):
            assert 0 <= float(element.get(confidence, "0")) <= 1
        assert set(element.get("PROCESSINGREFS", "").split()) <= set(ids)


def alto_of(*views: PageView) -> ElementTree.Element:
    """The tree of a document, checked."""
    texts = [page.text for page in views if page.text]
    pages = [(page, measured(page.source, page.prepared, OPTIONS)) for page in views]
    written = alto.head("surat & <1>.tif", texts) + "".join(alto.pages(pages)) + alto.FOOT
    root = ElementTree.fromstring(written.encode())
    check_alto(root)
    return root


def places_in(root: ElementTree.Element) -> Iterator[tuple[str, Box]]:
    """The words of the first page, with boxes as fractions of its pixels."""
    page = next(root.iter(f"{SPACE}Page"))
    wide, high = float(page.attrib["WIDTH"]), float(page.attrib["HEIGHT"])
    for word in page.iter(f"{SPACE}String"):
        x, y, w, h = (float(word.attrib[name]) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        yield word.attrib["CONTENT"], Box(x / wide, y / high, w / wide, h / high)


@pytest.mark.parametrize("degrees", [0.0, 1.6])
def test_boxes_are_those_of_the_original(tmp_path: Path, degrees: float) -> None:
    image, places = leaning(degrees)
    image.save(tmp_path / "a.png", dpi=(200, 200))
    root = alto_of(view(tmp_path / "a.png"))
    page = next(root.iter(f"{SPACE}Page"))
    assert (page.attrib["WIDTH"], page.attrib["HEIGHT"]) == (str(image.width), str(image.height))
    assert share_in_place(dict(places_in(root)), places) >= 0.98


def test_boxes_of_a_page_that_lies_on_its_side_lie_there_too(tmp_path: Path) -> None:
    image, places = letter()
    image.rotate(90, expand=True).save(tmp_path / "a.png", dpi=(200, 200))
    lying = {word: geometry.bounds(geometry.turned(270), box) for word, box in places.items()}
    page = view(tmp_path / "a.png")
    root = alto_of(page)
    assert next(root.iter(f"{SPACE}Page")).attrib["ROTATION"] == "90"
    assert share_in_place(dict(places_in(root)), lying) >= 0.98
    title = hocr_of(page)[0]
    assert "bbox 0 0 2338 1654" in title


def hocr_of(*views: PageView) -> list[str]:
    """The titles of a document in hOCR, which is well-formed."""
    texts = [page.text for page in views if page.text]
    pages = [(page, measured(page.source, page.prepared, OPTIONS)) for page in views]
    written = hocr.head("a.png", texts, len(views)) + "".join(hocr.pages(pages, "a.png")) + hocr.FOOT
    root = ElementTree.fromstring(written.encode())
    return [element.attrib["title"] for element in root.iter() if "title" in element.attrib]


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


def test_lines_that_are_no_text_stay_out_of_the_running_text() -> None:
    assert plain.text(WORDS) == 'Yth "<&>"\x00'
    assert plain.text((Word("ragu", WORDS[0].box, 0.5, 0),)) == "ragu"
    assert plain.text(()) == ""
    leader = tuple(
        Word(text, WORDS[0].box, sure, 0) for text, sure in (("Bab", 0.9), ("ee", 0.0), ("..", 0.1))
    )
    assert plain.text(leader) == "Bab ee .."
    assert plain.text(leader[1:]) == ""
