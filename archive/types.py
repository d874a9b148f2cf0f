"""The words of the house: immutable values that every room speaks, and nothing that acts.

Values are msgspec structs, frozen and typed: whatever a reader process sends back is validated against
them before anybody believes it. Boxes are fractions of a page (0 to 1), page numbers start at 1, units
stand in the names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Stage(StrEnum):
    """The stages of a page's way, in their order; classify works on documents, the others on pages."""

    PREPROCESS = "preprocess"
    OCR = "ocr"
    CLASSIFY = "classify"
    INDEX = "index"


class SecurityClass(StrEnum):
    """Access classes of records (facts of the domain, 3.4): Biasa, Terbatas, Rahasia, Sangat Rahasia."""

    BIASA = "B"
    TERBATAS = "T"
    RAHASIA = "R"
    SANGAT_RAHASIA = "SR"


class PageClass(StrEnum):
    """Where a page stands; every page is in exactly one class, the first that fits (promise 2)."""

    STOPPED = "stopped"
    WAITING = "waiting"
    WORDS = "words"
    WORDLESS = "wordless"
    BLANK = "blank"


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all values: frozen, compared by content, strict about unknown fields."""


class Box(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A rectangle as fractions of its page: left, top, width, height.

    Within 0 to 1, but for words of a bent sheet, which may bulge beyond (``geometry.on_sheet``). Neither
    boxes nor words can be part of a cycle, so the garbage collector need not look at them: that is most of
    the time in which a page of 300 words is unpacked.
    """

    x: float
    y: float
    w: float
    h: float


class Word(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One word as read: its text, box on the clean page, confidence 0 to 1, and the line it stands on.

    ``line`` counts from 0 in reading order; words of one line are neighbours in ``PageText.words``.
    ``by_person`` marks a word that a person has put right: another reading must not undo it. ``raw`` is what
    OCR read where ``text`` is a repair that can be proved, else "".
    """

    text: str
    box: Box
    confidence: float
    line: int
    by_person: bool = False
    raw: str = ""


class Homography(msgspec.Struct, frozen=True, array_like=True):
    """A map between two pictures of one plane, measured in fractions of each.

    (x, y) -> (a x + b y + c, d x + e y + f) / (g x + h y + 1). Affine where g and h are 0, as after a turn
    or deskewing (such maps were kept as six numbers); the others straighten what a camera saw slanted. The
    ninth number can always be 1, as no map here sends the upper left corner of a page to infinity.
    """

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0
    g: float = 0.0
    h: float = 0.0


class Bend(msgspec.Struct, frozen=True, array_like=True):
    """How a photographed sheet was bent: the bulge of each of its edges, in fractions of the sheet.

    (a, b) of the top says that it lies t (1 - t) (a + b t) further down than the straight line between its
    corners, t from the left; of the sides, further right, t from above. ``page`` maps the clean page to the
    sheet.
    """

    top: tuple[float, float]
    right: tuple[float, float]
    bottom: tuple[float, float]
    left: tuple[float, float]
    page: Homography = Homography()


Turn = Literal[0, 90, 180, 270]
"""A clockwise turn in degrees."""


class Source(Value, frozen=True):
    """One frame of one original: where its bytes lie, what they are, and which frame (from 0)."""

    path: str
    blob: str
    media_type: str
    frame: int


class Inspection(Value, frozen=True):
    """What a file turned out to be: its media type by content, and how many pages it has (at least 1)."""

    media_type: str
    frames: int


class PrepareOptions(Value, frozen=True):
    """How pages are prepared. Part of the key under which the result is kept."""

    max_dpi: int = 300
    render_dpi: int = 300
    max_pixels: int = 120_000_000


class ReadOptions(Value, frozen=True):
    """How pages are read; decides the key under which the text is kept.

    ``careful`` is a folder of larger models, which read doubtful lines once more; "" for none: their content
    is part of that key, not its path. ``killed`` counts the readers that this page has cost so far, which
    decides how lightly it is read.
    """

    engine: Literal["tesserocr", "pytesseract", "onnx"] = "onnx"
    languages: str = "ind+eng"
    text_layer: bool = True
    careful: str = ""
    killed: int = 0


class Quality(Value, frozen=True):
    """Measures of a page before it was cleaned.

    ``sharpness`` is the variance of the Laplacian over the ink's surroundings, ``contrast`` the distance
    of paper and ink (0 to 1), ``skew_degrees`` positive when the lines fall to the right, ``ink`` the
    share of dark pixels, ``blank`` true when nothing is on the page that could be text.

    ``light`` is that of the paper (0 to 1), ``letters`` how many marks may be letters, ``blur_mm`` the width
    of the edges of the print (0 where there is too little of it), ``cut`` how many letters the left, top,
    right and bottom edge of the image cut through, ``fingerprint`` 64 bits in hex that two scans of one
    sheet share but for a few ("" without print).
    """

    sharpness: float
    contrast: float
    skew_degrees: float
    ink: float
    blank: bool
    light: float = 1.0
    letters: int = 0
    blur_mm: float = 0.0
    cut: tuple[int, int, int, int] = (0, 0, 0, 0)
    fingerprint: str = ""


class Prepared(Value, frozen=True):
    """How a clean page image came about; its pixels stay with the reader that made it.

    ``width`` and ``height`` are those of the clean page in pixels. ``turn`` brought the original upright,
    ``to_shown`` maps fractions of the clean page to fractions of the original as turned by ``turn``. Where a
    bent sheet was laid flat, that is so once ``bend`` is given back to what was read (``geometry.on_sheet``).
    ``origin`` says where the pixels came from; ``steps`` what was done, in order, each with its reason,
    as short machine-readable words such as ``deskew:1.4``.
    """

    width: int
    height: int
    dpi: float
    turn: Turn
    to_shown: Homography
    origin: Literal["frame", "embedded", "rendered"]
    quality: Quality
    steps: tuple[str, ...]
    bend: Bend | None = None


class Gain(Value, frozen=True):
    """What a reading is worth beside the one before it, both measured in the same way.

    ``before`` and ``now`` count the letters that can be believed, ``won`` and ``lost`` those of words that
    only the new and only the old one has; ``better`` says whether the new reading is taken.
    """

    before: float
    now: float
    won: float
    lost: float
    better: bool

    @property
    def share(self) -> float:
        """How many more letters can be believed, as a share of the larger reading (-1 to 1)."""
        return (self.now - self.before) / max(self.now, self.before, 1.0)


HARD_TO_READ = 0.55
"""Confidence of a reading below which a person should look at the page, whatever was tried. Real scans, bad
ones among them, have 0.61 and more; a chart with slanting labels 0.60."""


class PageText(Value, frozen=True):
    """The words of a page in reading order, and where they came from.

    ``turn`` is what the engine had to turn the clean page by (clockwise) before the words came right; boxes
    are fractions of the clean page after it. ``confidence`` is the mean over all that was read, weighted by
    length, 0 where nothing was. ``steps`` tells what was tried, ``gain`` compares it with the reading before,
    if there was one. ``aside`` was read in logos, seals and signatures and is no part of the text, though a
    search finds it; its lines count on from those of the words.
    """

    words: tuple[Word, ...]
    source: Literal["ocr", "text-layer", "blank"]
    engine: str
    model: str
    version: str
    turn: Turn = 0
    confidence: float = 0.0
    steps: tuple[str, ...] = ()
    gain: Gain | None = None
    aside: tuple[Word, ...] = ()


class Reading(Value, frozen=True):
    """A reading of a page, and the clean page that it was read from, without which no box has a place."""

    text: PageText
    prepared: Prepared


class Evidence(Value, frozen=True):
    """Where something was read: page number from 1, box on that page as its words have it, raw text, rule."""

    page: int
    box: Box
    raw: str
    rule: str


class Field(Value, frozen=True):
    """One described property of a document: a value with its evidence, or null with a reason."""

    value: str | None
    confidence: float = 0.0
    evidence: Evidence | None = None
    reason: str = ""


class Label(Value, frozen=True):
    """What a document is: a type code of the taxonomy, how sure (0 to 1), and the phrases that said so."""

    code: str
    confidence: float
    reasons: tuple[Evidence, ...] = ()


class Description(Value, frozen=True):
    """What classify says of a document: its type and the fields nomor, tanggal (ISO date) and hal."""

    label: Label
    nomor: Field
    tanggal: Field
    hal: Field


class Extent(Value, frozen=True):
    """The pixels of an original as it lies in its file, and how it lies.

    ``to_page`` leads from fractions of the image to those of the page before it is turned by ``turn``, which
    the file asks for: a file may say of its image that it is mirrored.
    """

    width: int
    height: int
    dpi: float
    to_page: Homography = Homography()
    turn: Turn = 0


class PageFacts(Value, frozen=True):
    """Where a page belongs and what is known of its document.

    ``folder`` is the name of the folder given to the import, often the best description there is; ``path``
    is the file's below it. ``date`` is ISO, or "" where none is known.
    """

    page: str
    document: str
    revision: int
    number: int
    pages: int
    batch: str
    folder: str
    path: str
    unit: str
    security: str
    box: str
    shelf: str
    type: str
    date: str
    nomor: str
    hal: str
    withdrawn: bool


class PageRecord(PageFacts, frozen=True):
    """All that the index is told about one page, at one revision of it. ``aside`` as in ``PageText``."""

    confidence: float
    words: tuple[Word, ...]
    aside: tuple[Word, ...] = ()


class PageView(PageFacts, frozen=True):
    """All that the catalog knows of one page now; ``None`` as long as a stage has no result."""

    source: Source
    prepared: Prepared | None
    text: PageText | None


class Filter(Value, frozen=True):
    """What a viewer may see; ``None`` means all. Applied to hits, counts, facets and suggestions alike."""

    units: frozenset[str] | None = None
    classes: frozenset[str] | None = None


class Viewer(Value, frozen=True):
    """Who asks, and what may be shown to him."""

    name: str
    filter: Filter


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """Pixels of a page: 8-bit grey, shape (height, width), row-major, and their resolution."""

    pixels: NDArray[np.uint8]
    dpi: float


_SAME = Homography()


@dataclass(frozen=True, slots=True, eq=False)
class StoredImage:
    """One frame of an original as a PDF can hold it: its compressed bytes, and what a PDF says of them.

    ``width`` and ``height`` are pixels as stored, ``dpi`` is (horizontal, vertical). ``filter`` names the
    compression and ``parms`` its parameters, ``bits`` are those of one component, both as ISO 32000-1 has
    them (7.4, 8.9.5). ``colours`` is the device's colour space, with the colours of a ``palette`` if there is
    one, or "" where the data say it themselves; ``icc`` a profile that says it better, or b"". ``inverted``
    asks for the negative. ``opacity`` is what shows of it, an image of one component. ``to_page`` leads from
    fractions of the image to those of the page before it is turned by ``turn``, which the file asks for: a
    file may say of its image that it is mirrored.
    """

    width: int
    height: int
    dpi: tuple[float, float]
    data: bytes
    filter: Literal["DCTDecode", "JPXDecode", "CCITTFaxDecode", "FlateDecode"]
    colours: Literal["", "DeviceGray", "DeviceRGB", "DeviceCMYK"]
    bits: int
    parms: dict[str, int | bool]
    palette: bytes = b""
    icc: bytes = b""
    inverted: bool = False
    opacity: StoredImage | None = None
    to_page: Homography = _SAME
    turn: Turn = 0
