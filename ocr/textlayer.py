"""The text a PDF page carries itself: its words in boxes of the clean page, and whether they are trusted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pdfplumber
from pdfminer.layout import LTChar, LTComponent, LTContainer, LTImage
from pdfplumber.utils.pdfinternals import resolve

from archive import geometry
from archive.types import Box, Homography, PageImage, Prepared, Source, Word
from ocr import letters, spots, trust
from ocr.contract import Seen, words_of
from ocr.letters import Char, Line
from ocr.spots import Recognise, Spot

# What pdfminer logs quotes the file; nothing of a page may get into a log (promise 9).
for _name in ("pdfminer", "pdfplumber"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

VERSION: str = pdfplumber.__version__


class Layer(NamedTuple):
    """The verdict on a page's own text, its words if it is believed, and how that came about."""

    verdict: str
    words: tuple[Word, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        """Whether the words can be trusted."""
        return self.verdict in (trust.USED, trust.REPAIRED, trust.IN_PART)

    @property
    def in_part(self) -> bool:
        """Whether the page shows more that looks like text: a stamp, a filled-in form, a pasted picture."""
        return self.verdict == trust.IN_PART

    @property
    def steps(self) -> tuple[str, ...]:
        """The verdict and its details as ``PageText.steps`` tells them."""
        return (f"text-layer:{self.verdict}", *self.details)


class Extract(NamedTuple):
    """What a PDF page holds; boxes are fractions of the clean page."""

    chars: list[Char]
    images: list[Box]
    notes: list[Box]
    """Annotations (filled-in fields, remarks, stamps) that show text which the page itself does not hold."""


def read(source: Source, prepared: Prepared, image: PageImage, recognise: Recognise) -> Layer:
    """The words of a PDF page where they are sane, say about as much as its ink, and the same as it.

    Boxes are fractions of the clean page, confidence is 1, lines come in the order of the page's content.
    ``recognise`` reads a few lines of the image for the comparison. Never raises for what is wrong with the
    file: the page can still be read by OCR.
    """
    try:
        extract = _extract(source, geometry.invert(prepared.to_shown))
    except MemoryError:
        raise
    except Exception:
        # pdfminer stumbles over damaged files with any kind of exception; none of them is worth a page.
        return Layer("unreadable")
    if not extract.chars:
        return Layer("none")
    if sum(char.slanted for char in extract.chars) > 0.2 * len(extract.chars):
        return Layer("sideways")  # turned by the OCR, which sees how a person would hold the page
    seen = [char for char in extract.chars if trust.inked(char.box, image.pixels)]
    if not seen:
        return Layer("invisible")
    lines, repairs = _repaired(extract.chars, seen)
    return _judged(lines, repairs, extract, image, recognise)


def _repaired(all_: Sequence[Char], seen: list[Char]) -> tuple[list[list[Line]], tuple[str, ...]]:
    """The lines of the page, each as its words, and what had to be done for them."""
    single = letters.once(seen)
    lines = letters.lines(single)
    words, joined = letters.words(lines)
    lines, fonts = letters.decoded(lines, words)
    if fonts:
        words, joined = letters.words(lines)
    hidden = len(all_) - len(seen)
    done = {
        f"hidden-dropped:{hidden}": hidden > 0.01 * len(all_) and not fonts,
        f"overprint-dropped:{len(seen) - len(single)}": len(single) < len(seen),
        f"codes-moved:{fonts}": fonts > 0,
        "letters-joined": joined,
    }
    return words, tuple(name for name, happened in done.items() if happened)


def _judged(
    lines: list[list[Line]],
    repairs: tuple[str, ...],
    extract: Extract,
    image: PageImage,
    recognise: Recognise,
) -> Layer:
    seen = list(_worded(lines))
    chars = [char.text for words in lines for word in words for char in word]
    verdict = trust.of_text(chars, [word.text for word in seen])
    if verdict != trust.USED:
        return Layer(verdict)
    words = words_of(seen, 1, 1)
    dots = [letters.bounds(word) for line in lines for word in line if letters.is_leader(word)]
    verdict = trust.of_places(words, dots, extract.images, extract.notes, image)
    if verdict not in (trust.USED, trust.IN_PART):
        return Layer(verdict)
    agrees, share = spots.agreement(
        [_spot(part) for line in lines for part in letters.segments(line, spots.LENGTH)], image, recognise
    )
    checked = f"spot-check:{share:.2f}"
    if not agrees:
        return Layer("other-than-seen", (), (checked,))
    if repairs and verdict == trust.USED:
        verdict = trust.REPAIRED
    return Layer(verdict, words, (*repairs, checked))


def _worded(lines: Iterable[list[Line]]) -> Iterator[Seen]:
    """The words with the number of their line; the dots that lead to a page number are not words."""
    for number, words in enumerate(lines):
        for at, word in enumerate(words):
            if not letters.leads(words, at):
                text, box = letters.text_of(word), letters.bounds(word)
                yield Seen(text, box.x, box.y, box.x + box.w, box.y + box.h, 100.0, number)


def _spot(words: list[Line]) -> Spot:
    chars = [char for word in words for char in word]
    text = " ".join(map(letters.text_of, words))
    return Spot(text, letters.bounds(chars), [(char.font, char.text) for char in chars])


def _extract(source: Source, to_clean: Homography) -> Extract:
    with pdfplumber.open(source.path, pages=[source.frame + 1]) as pdf:
        page = pdf.pages[0]
        place = geometry.compose(to_clean, _to_shown(page))
        notes = [one for one in page.annots if _shows_text(one["data"])]
        items = list(_items(page.layout))
        return Extract(
            list(_chars(page, items, place)),
            [geometry.bounds(place, _box(page, item)) for item in items if isinstance(item, LTImage)],
            [geometry.bounds(place, _note_box(note)) for note in notes],
        )


def _items(layout: Iterable[LTComponent]) -> Iterator[LTComponent]:
    """What a page shows, in its own order, as pdfminer has it: pdfplumber's copy takes as long again."""
    for item in layout:
        if isinstance(item, LTContainer):
            yield from _items(item)
        else:
            yield item


def _chars(page: Any, items: Iterable[LTComponent], place: Homography) -> Iterator[Char]:
    """The characters that stand on the page as shown, each told whether a space was written before it."""
    spaced = False
    for item in items:
        if not isinstance(item, LTChar):
            continue
        text, box = item.get_text(), _box(page, item)
        if letters.is_space(text):
            spaced = True
            continue
        x, y = geometry.apply(place, box.x + box.w / 2, box.y + box.h / 2)
        if 0 < x < 1 and 0 < y < 1:
            size = item.size * abs(place.a)
            slanted = trust.slanted(item.matrix)
            yield Char(text, str(item.fontname), geometry.bounds(place, box), size, spaced, slanted)
            spaced = False


def _box(page: Any, item: LTComponent) -> Box:
    """Where an item lies in pdfplumber's points; pdfminer's origin is the media box's lower left corner."""
    left, top = page.mediabox[:2]
    return Box(left + item.x0, top + page.height - item.y1, item.width, item.height)


def _note_box(note: dict[str, Any]) -> Box:
    """Where an annotation lies in pdfplumber's points."""
    return Box(note["x0"], note["top"], note["x1"] - note["x0"], note["bottom"] - note["top"])


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
