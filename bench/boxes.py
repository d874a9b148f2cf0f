"""The ruler of boxes: how many true words have a box over them, in any list of words with boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from archive.geometry import bounds, turned
from archive.types import Box, Turn, Word

LEAST_OVERLAP = 0.5
TURNS: dict[int, Turn] = {0: 0, 90: 90, 180: 180, 270: 270}


def shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    w = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    h = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(0.0, w) * max(0.0, h)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes: 1 for the same box, 0 for boxes that do not touch."""
    common = shared(one, other)
    return common / (one.w * one.h + other.w * other.h - common) if common else 0.0


def markable(words: Iterable[Word]) -> list[Word]:
    """The words that have a letter or a digit, which are those that somebody looks for.

    A colon or a dash alone is a few pixels of ink, and engines give it a box as large as a letter's.
    """
    return [word for word in words if any(char.isalnum() for char in word.text)]


def placed(true: Iterable[Word], found: Sequence[Word]) -> int:
    """How many of the true words have a found one over them by at least LEAST_OVERLAP, whatever it says.

    Boxes of both are fractions of the page as it is shown upright.
    """
    rows: dict[int, list[Word]] = {}
    for word in found:
        for row in range(_row(word.box.y), _row(word.box.y + word.box.h) + 1):
            rows.setdefault(row, []).append(word)
    return sum(
        any(
            overlap(word.box, other.box) >= LEAST_OVERLAP
            for row in range(_row(word.box.y), _row(word.box.y + word.box.h) + 1)
            for other in rows.get(row, ())
        )
        for word in true
    )


def _row(y: float) -> int:
    """Which of 100 bands of the page a height is in: words are compared with those beside them only."""
    return int(y * 100)


def of_pdf(path: Path) -> list[list[Word]]:
    """The words of a PDF's text layer, page by page, as they stand on the page as it is shown."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        return [
            [
                Word(
                    word["text"],
                    Box(
                        (word["x0"] - page.bbox[0]) / float(page.width),
                        (word["top"] - page.bbox[1]) / float(page.height),
                        (word["x1"] - word["x0"]) / float(page.width),
                        (word["bottom"] - word["top"]) / float(page.height),
                    ),
                    1.0,
                    0,
                )
                for word in page.extract_words(use_text_flow=True)
            ]
            for page in pdf.pages
        ]


def of_alto(path: Path) -> list[list[Word]]:
    """The words of an ALTO file (version 3 or 4), page by page, as they stand on the page as it is shown.

    ALTO measures the image as it lies; ROTATION says how far what is on it was turned, counterclockwise.
    """
    found = []
    for page in ElementTree.parse(path).getroot().iterfind(".//{*}Page"):
        width, height = float(page.get("WIDTH", "1")), float(page.get("HEIGHT", "1"))
        upright = turned(TURNS[round(float(page.get("ROTATION", "0"))) % 360])
        found.append(
            [
                Word(string.get("CONTENT", ""), bounds(upright, _box(string, width, height)), 1.0, 0)
                for string in page.iterfind(".//{*}String")
            ]
        )
    return found


def _box(string: ElementTree.Element, width: float, height: float) -> Box:
    left, top, w, h = (float(string.get(name, "0")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return Box(left / width, top / height, w / width, h / height)


def of_tsv(text: str, width: float, height: float) -> list[Word]:
    """The words of a page in Tesseract's TSV; ``width`` and ``height`` are those of its image in pixels."""
    words: list[Word] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in text.splitlines():
        fields = row.split("\t")
        if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
            continue
        line = lines.setdefault(tuple(fields[1:5]), len(lines))
        left, top, w, h = (float(field) for field in fields[6:10])
        box = Box(left / width, top / height, w / width, h / height)
        words.append(Word(fields[11].strip(), box, float(fields[10]) / 100, line))
    return words
