"""The text a PDF page carries itself: its words in boxes of the clean page, and whether they are trusted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pdfplumber
from pdfplumber.utils.pdfinternals import resolve
from pdfplumber.utils.text import extract_words

from archive import geometry
from archive.types import Box, Homography, PageImage, Prepared, Source, Word
from ocr import trust
from ocr.contract import Seen, words_of

# What pdfminer logs quotes the file; nothing of a page may get into a log (promise 9).
for _name in ("pdfminer", "pdfplumber"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

VERSION: str = pdfplumber.__version__

_WORD_GAP = 0.15
"""A gap of this share of the font size parts two words: the narrowest space of common fonts is 0.2."""
_OVERPRINT = 0.1
"""The same character again within this share of the font size is one letter printed twice, to look bold."""


class Layer(NamedTuple):
    """The verdict on a page's own text, ``used`` (or ``used-in-part``) or why not, and its words if used."""

    verdict: str
    words: tuple[Word, ...] = ()

    @property
    def used(self) -> bool:
        """Whether the words can be trusted."""
        return self.verdict in (trust.USED, trust.IN_PART)

    @property
    def in_part(self) -> bool:
        """Whether the page shows more that looks like text: a stamp, a block pasted in as a picture."""
        return self.verdict == trust.IN_PART


class Extract(NamedTuple):
    """What a PDF page holds, measured in fractions of the page as shown by a viewer."""

    chars: list[dict[str, Any]]
    words: list[Seen]
    images: list[Box]
    filled: bool
    """Whether annotations (filled-in forms, notes, stamps) show text that the page itself does not hold."""


def read(source: Source, prepared: Prepared, image: PageImage) -> Layer:
    """The words of a PDF page where they are sane and say about as much as its ink.

    Boxes are fractions of the clean page, confidence is 1, lines come in the order of the page's content.
    Never raises for what is wrong with the file: the page can still be read by OCR.
    """
    try:
        extract = _extract(source.path, source.frame)
    except MemoryError:
        raise
    except Exception:
        # pdfminer stumbles over damaged files with any kind of exception; none of them is worth a page.
        return Layer("unreadable")
    if trust.slanted(char["matrix"] for char in extract.chars):
        return Layer("sideways")
    found = trust.of_text([char["text"] for char in extract.chars], [word.text for word in extract.words])
    if found != trust.USED:
        return Layer(found)
    if extract.filled:
        return Layer("annotations")
    to_clean = geometry.invert(prepared.to_shown)
    words = words_of(_on_page(extract.words, to_clean), 1, 1)
    images = [geometry.bounds(to_clean, box) for box in extract.images]
    layer = Layer(trust.of_places(words, images, image), words)
    return layer if layer.used else Layer(layer.verdict)


def _extract(path: str, frame: int) -> Extract:
    with pdfplumber.open(path, pages=[frame + 1]) as pdf:
        page = pdf.pages[0]
        to_shown = _to_shown(page)
        chars = list(_once(char for char in page.chars if char["text"]))
        words = extract_words(chars, use_text_flow=True, x_tolerance_ratio=_WORD_GAP)
        return Extract(
            chars,
            list(_lined(words, to_shown)),
            [_edges(to_shown, image) for image in page.images],
            any(_shows_text(annotation["data"]) for annotation in page.annots),
        )


def _once(chars: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The characters without those that are printed again over themselves."""
    seen: dict[tuple[str, int, int], tuple[float, float]] = {}
    for char in chars:
        x, y, near = char["x0"], char["top"], _OVERPRINT * char["size"]
        cells = [(char["text"], round(x) + i, round(y) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        places = (seen[cell] for cell in cells if cell in seen)
        if not any(abs(x - left) < near and abs(y - top) < near for left, top in places):
            seen[(char["text"], round(x), round(y))] = (x, y)
            yield char


def _lined(words: Iterable[dict[str, Any]], to_shown: Homography) -> Iterator[Seen]:
    """The words with the number of their line: a line ends where the text moves down, up or back.

    The dots that lead to a page number are not words.
    """
    line, last = 0, None
    for word in words:
        if not word["text"].strip("."):
            continue
        if last is not None and not _follows(last, word):
            line += 1
        last = word
        box = _edges(to_shown, word)
        yield Seen(_printed(word["text"]), box.x, box.y, box.x + box.w, box.y + box.h, 100.0, line)


def _printed(text: str) -> str:
    """The text without numbers of glyphs; a soft hyphen at its end is a hyphen that was printed."""
    text = trust.CID.sub("", text)
    return text[:-1] + "-" if text.endswith("\N{SOFT HYPHEN}") else text


def _follows(last: dict[str, Any], word: dict[str, Any]) -> bool:
    """Whether a word stands on the line of the one before it, and to the right of it."""
    common = min(last["bottom"], word["bottom"]) - max(last["top"], word["top"])
    lower = min(last["height"], word["height"])
    return bool(common > 0.5 * lower and word["x0"] >= last["x1"] - lower)


def _on_page(words: Iterable[Seen], to_clean: Homography) -> Iterator[Seen]:
    """The words that stand on the page as shown, with boxes of the clean page."""
    for word in words:
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        if 0 < x < 1 and 0 < y < 1:
            width, height = word.right - word.left, word.bottom - word.top
            box = geometry.bounds(to_clean, Box(word.left, word.top, width, height))
            yield word._replace(left=box.x, top=box.y, right=box.x + box.w, bottom=box.y + box.h)


def _edges(to_shown: Homography, thing: dict[str, Any]) -> Box:
    left, top = geometry.apply(to_shown, thing["x0"], thing["top"])
    right, bottom = geometry.apply(to_shown, thing["x1"], thing["bottom"])
    return Box(left, top, right - left, bottom - top)


def _to_shown(page: Any) -> Homography:
    """From pdfplumber's places to fractions of what a viewer shows: the crop box, turned by /Rotate.

    pdfplumber measures in points from the upper left corner of the turned media box; its own ``cropbox``
    is wrong for turned pages, so the crop is worked out from the page's raw boxes here.
    """
    left, bottom, right, top = page.page_obj.mediabox
    x0, y0, x1, y1 = page.page_obj.cropbox
    x0, y0, x1, y1 = max(x0, left), max(y0, bottom), min(x1, right), min(y1, top)
    if x1 <= x0 or y1 <= y0:
        x0, y0, x1, y1 = left, bottom, right, top
    width, height = x1 - x0, y1 - y0
    cut_left, cut_top, width, height = {
        0: (x0 - left, top - y1, width, height),
        90: (y0 - bottom, x0 - left, height, width),
        180: (right - x1, y0 - bottom, width, height),
        270: (top - y1, right - x1, height, width),
    }[page.rotation]
    origin_x, origin_y = page.mediabox[0] + cut_left, page.mediabox[1] + cut_top
    return Homography(1 / width, 0.0, -origin_x / width, 0.0, 1 / height, -origin_y / height)


def _shows_text(annotation: dict[str, Any]) -> bool:
    """Whether an annotation shows text of its own: a note, a stamp, or a form field somebody filled in."""
    kind = getattr(resolve(annotation.get("Subtype")), "name", "")
    if kind != "Widget":
        return kind in ("FreeText", "Stamp")
    field: Any = annotation
    for _ in range(8):  # field type and value may stand with one of the parents
        value, typed = resolve(field.get("V")), getattr(resolve(field.get("FT")), "name", "")
        if value and typed in ("Tx", "Ch", ""):
            return True
        field = resolve(field.get("Parent"))
        if not isinstance(field, dict):
            break
    return False
