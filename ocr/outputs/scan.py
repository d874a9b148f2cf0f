"""A scanned page of a PDF set down anew, for PDF/A: its images, byte by byte, where they were, and no more.

Only for pages on which there is nothing else to be seen: either PDFium says so, which compared the page with
its image (``Prepared.origin`` is "embedded"), or the operators of the page do. What breaks ISO 19005-2 is
left out where that changes nothing to be seen, and else the page is refused.
"""

from __future__ import annotations

import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Object, Page, Pdf, Stream

from archive.errors import CONTENTS_UNCHECKED, INKS_UNKNOWN, ArsipError
from ocr.outputs import jpx
from ocr.outputs.hidden import DEEPEST, INVISIBLE, SHOW, VISIBLE, Begun, identity, is_form, with_modes
from ocr.outputs.image import SIDES

Shown = tuple[str, Matrix, str]
"""The name of an image that is drawn, its matrix, and the operator that sets the colour of a mask."""

_ENTRIES = (
    *("/Width", "/Height", "/BitsPerComponent", "/ImageMask", "/Decode", "/Matte", "/SMaskInData"),
    *("/Filter", "/DecodeParms"),
)
"""Of an image dictionary what is taken as it is (ISO 32000-1, table 89); colours and masks are looked at."""
_FILTERS = {
    *("/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", "/RunLengthDecode"),
    *("/ASCII85Decode", "/ASCIIHexDecode"),
}
"""Those that PDF/A-2 has (6.1.7.2): not LZW, and no encryption."""
_DEVICES = {"/DeviceGray": "/DefaultGray", "/DeviceRGB": "/DefaultRGB", "/DeviceCMYK": "/DefaultCMYK"}
_PROFILES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")


_STATE = {*("q", "Q", "cm", "gs", "g", "rg", "G", "RG", "w", "J", "j", "M", "d", "ri", "i", "Do")}
_TEXT = {*("BT", "ET", "Tf", "Tr", "Tm", "Td", "TD", "T*", "Tc", "Tw", "Tz", "TL", "Ts")}
_MARKS = {*("BMC", "EMC", "MP", "BX", "EX")}
_NOT_SEEN = _STATE | _TEXT | _MARKS
"""Operators that draw nothing, hide nothing and cut nothing off (ISO 32000-1, annex A), and ``Do``."""


def append(pdf: Pdf, source: Pdf, page: Page, box: tuple[float, float, float, float], alone: bool) -> Page:
    """Add to ``pdf`` a page that shows the images of ``page``, a page of ``source``, within ``box`` (points).

    ``alone`` says that one image is known to be all that is seen. The page is turned as the other is. Raises
    CONTENTS_UNCHECKED or INKS_UNKNOWN where it cannot be had unchanged; pikepdf's own errors where it is
    damaged.
    """
    drawn = _drawn(page, alone)
    unit = float(page.obj.get("/UserUnit", 1))
    fits = all(SIDES[0] <= side * unit <= SIDES[1] for side in (box[2] - box[0], box[3] - box[1]))
    if not fits or not drawn or (alone and len(drawn) > 1):
        raise ArsipError(CONTENTS_UNCHECKED)
    taken = _Taking(pdf, source, page.resources.get("/ColorSpace", Dictionary()))
    names = dict.fromkeys(name for name, _matrix, _paint in drawn)
    images = {name: taken.image(page.resources["/XObject"][name]) for name in names}
    content = "".join(
        f"q {paint} {' '.join(f'{number:.8f}' for number in matrix.shorthand)} cm {name} Do Q\n"
        for name, matrix, paint in drawn
    )
    made = pdf.add_blank_page(page_size=(box[2] - box[0], box[3] - box[1]))
    made.MediaBox = Array(list(box))
    made.Resources = Dictionary(XObject=Dictionary(images))
    made.Contents = Stream(pdf, content.encode())
    if page.rotation:
        made.Rotate = page.rotation
    if unit != 1:
        made.UserUnit = unit
    return made


def size(page: Page) -> int:
    """Bytes of the images of a page that was added, as they are held in memory."""
    return sum(int(image.get("/Length", 0)) for image in page.Resources.XObject.values())


def _drawn(page: Page, alone: bool) -> list[Shown]:
    """The images that are drawn, in their order. Refuses whatever else is seen, unless that is known."""
    matrix, paint = Matrix(), "0 g"
    kept: list[tuple[Matrix, str]] = []
    found: list[Shown] = []
    checked: set[Begun] = set()
    if not alone and len(page.obj.get("/Annots", Array())):
        raise ArsipError(CONTENTS_UNCHECKED)
    for operands, operator, mode in with_modes(pikepdf.parse_content_stream(page), VISIBLE):
        if operator == "q":
            kept.append((matrix, paint))
        elif operator == "Q" and kept:
            matrix, paint = kept.pop()
        elif operator == "cm":
            matrix = Matrix(*(float(number) for number in operands)) @ matrix
        elif operator in ("g", "rg"):
            paint = " ".join([*(f"{float(number):.4f}" for number in operands), operator])
        elif operator in ("k", "cs", "sc", "scn"):
            paint = ""
        elif operator == "Do" and is_form(form := page.resources["/XObject"][operands[0]]):
            _check_unseen(form, page.resources, mode, checked)
        elif operator == "Do":
            found.append((_image_name(page, operands[0], alone, paint), matrix, paint))
        elif operator == "INLINE IMAGE" or not (alone or _unseen(operator, operands, mode)):
            raise ArsipError(CONTENTS_UNCHECKED)
        if operator == "gs" and not _changes_nothing(page.resources["/ExtGState"][operands[0]]):
            raise ArsipError(CONTENTS_UNCHECKED)
    return found


def _check_unseen(form: Object, around: Object, mode: int, checked: set[Begun], depth: int = 0) -> None:
    """Refuse a form that shows something: those in which OCR programs leave their text show nothing."""
    resources = form.get("/Resources", around)
    key = identity(form, resources, mode, depth)
    if key in checked:
        return
    checked.add(key)
    for operands, operator, now in with_modes(pikepdf.parse_content_stream(form), mode):
        if operator == "Do" and depth < DEEPEST and is_form(inner := resources["/XObject"][operands[0]]):
            _check_unseen(inner, resources, now, checked, depth + 1)
        elif operator in ("Do", "INLINE IMAGE") or not _unseen(operator, operands, now):
            raise ArsipError(CONTENTS_UNCHECKED)


def _unseen(operator: str, operands: Any, mode: int) -> bool:
    if operator in SHOW:
        return mode == INVISIBLE
    if operator in ("BDC", "DP"):
        return bool(operands[0] != Name.OC)  # what belongs to a layer may be hidden
    return operator in _NOT_SEEN


def _image_name(page: Page, name: Name, alone: bool, paint: str) -> str:
    image = page.resources["/XObject"][name]
    if not alone and "/OC" in image:
        raise ArsipError(CONTENTS_UNCHECKED)
    if image.get("/ImageMask", False) and not paint:
        raise ArsipError(INKS_UNKNOWN)
    return str(name)


def _changes_nothing(state: Object) -> bool:
    """Whether a graphics state (ISO 32000-1, table 58) leaves an image as it is."""
    opaque = all(float(state.get(alpha, 1)) == 1 for alpha in ("/ca", "/CA"))
    blended = state.get("/BM", Name.Normal) not in (Name.Normal, Name.Compatible)
    return opaque and not blended and state.get("/SMask", Name("/None")) == Name("/None") and not _maps(state)


def _maps(state: Object) -> bool:
    return any(state.get(key, Name.Default) not in (Name.Default, Name.Identity) for key in ("/TR", "/TR2"))


class _Taking:
    """Takes images from one file to another."""

    def __init__(self, pdf: Pdf, source: Pdf, spaces: Object) -> None:
        self._pdf, self._source, self._spaces = pdf, source, spaces

    def image(self, found: Object) -> Object:
        """An image with its masks."""
        if found.get("/Subtype") != Name.Image or "/F" in found:
            raise ArsipError(CONTENTS_UNCHECKED)
        made = self._data(found)
        made.Type, made.Subtype = Name.XObject, Name.Image
        if (space := found.get("/ColorSpace")) is not None and not found.get("/ImageMask", False):
            made.ColorSpace = self._colours(space)
        for key in ("/Mask", "/SMask"):
            mask = found.get(key)
            if isinstance(mask, Stream):
                made[key] = self.image(mask)
            elif isinstance(mask, Array):
                made[key] = self._copied(mask)
        return self._pdf.make_indirect(made)

    def _data(self, found: Object) -> Stream:
        """The compressed bytes as they are, or, where PDF/A has not their filter, compressed by another."""
        filters = _names(found.get("/Filter", Array()))
        entries = {key: self._copied(found[key]) for key in _ENTRIES if key in found}
        if found.get("/ImageMask", False):
            entries["/BitsPerComponent"] = 1
        if _FILTERS.issuperset(filters):
            raw = found.read_raw_bytes()
            if filters[-1:] == ["/JPXDecode"]:
                _check_jpx(raw, filters, "/ColorSpace" in found)
        elif "/LZWDecode" in filters:
            raw = zlib.compress(_unpacked(found))
            entries["/Filter"] = Name.FlateDecode
            entries.pop("/DecodeParms", None)
        else:
            raise ArsipError(CONTENTS_UNCHECKED)
        made = Stream(self._pdf, raw)
        for key, value in entries.items():
            made[key] = value
        return made

    def _colours(self, space: Object) -> Object:
        """A colour space (ISO 32000-1, 8.6) that PDF/A-2 has (6.2.4)."""
        if isinstance(space, Name):
            return self._device(space)
        kind = str(space[0])
        if kind == "/Indexed":
            return Array([Name.Indexed, self._colours(space[1]), space[2], self._copied(space[3])])
        if kind == "/ICCBased":
            profile = bytes(space[1].read_bytes())
            if not _fits(profile, int(space[1]["/N"])):
                raise ArsipError(CONTENTS_UNCHECKED)
            stream = Stream(self._pdf, profile, N=int(space[1]["/N"]))
            return Array([Name.ICCBased, self._pdf.make_indirect(stream)])
        if kind in ("/CalGray", "/CalRGB", "/Lab"):
            calibrated: Object = self._copied(space)
            return calibrated
        if kind in _DEVICES:
            return self._device(Name(kind))
        raise ArsipError(CONTENTS_UNCHECKED)

    def _device(self, space: Name) -> Object:
        """Which one it is, the page may say (8.6.5.6); if not, it is sRGB or its grey."""
        meant = self._spaces.get(_DEVICES.get(str(space), ""))
        if isinstance(meant, Array):
            return self._colours(meant)
        if space == Name.DeviceCMYK:
            raise ArsipError(INKS_UNKNOWN)
        if str(space) not in _DEVICES:
            raise ArsipError(CONTENTS_UNCHECKED)
        return space

    def _copied(self, thing: Any) -> Any:
        """Anything from the one file in the other."""
        if not isinstance(thing, Object):
            return thing
        copied: Object = self._pdf.copy_foreign(
            thing if thing.is_indirect else self._source.make_indirect(thing)
        )
        return copied


def _names(filters: Object) -> list[str]:
    return [str(each) for each in filters] if isinstance(filters, Array) else [str(filters)]


def _check_jpx(data: bytes, filters: list[str], has_colours: bool) -> None:
    if filters != ["/JPXDecode"]:
        raise ArsipError(CONTENTS_UNCHECKED)
    if cause := jpx.unfit(data, has_colours):
        raise ArsipError(cause)


def _unpacked(found: Object) -> bytes:
    try:
        return bytes(found.read_bytes())
    except pikepdf.PdfError:  # it is packed in another way as well
        raise ArsipError(CONTENTS_UNCHECKED) from None


def _fits(profile: bytes, components: int) -> bool:
    """Whether a profile is one of ICC.1:2010 (7.2) or before, for so many components."""
    whole = int.from_bytes(profile[:4], "big") == len(profile)
    known = profile[12:16] in _CLASSES and b"\x02" <= profile[8:9] <= b"\x04"
    return whole and known and _PROFILES.get(profile[16:20]) == components
