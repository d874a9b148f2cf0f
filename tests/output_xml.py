"""Documents as ALTO and hOCR for tests: written, parsed, and ALTO held to what its schema says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from archive.types import Box, PageView
from ingest.extent import measured
from ocr.outputs import alto, hocr
from tests.output_pages import OPTIONS

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


def hocr_of(*views: PageView) -> list[str]:
    """The titles of a document in hOCR, which is well-formed."""
    texts = [page.text for page in views if page.text]
    pages = [(page, measured(page.source, page.prepared, OPTIONS)) for page in views]
    written = hocr.head("a.png", texts, len(views)) + "".join(hocr.pages(pages, "a.png")) + hocr.FOOT
    root = ElementTree.fromstring(written.encode())
    return [element.attrib["title"] for element in root.iter() if "title" in element.attrib]
