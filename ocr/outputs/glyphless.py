"""A font without a picture: each character has a box of the same size and nothing in it.

Invisible text needs a font only to say which character stands where. This one is made of numbers alone, so
that it covers every script and belongs to nobody: a composite font (ISO 32000-1, 9.7) whose codes are given
out as characters come, with a ToUnicode map, and a TrueType program of one line without breadth.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

UNITS = 1000
"""Units of the font to its size."""
ADVANCE = 500
"""Width of every character, in those units. Each stands on its line and is as high as the font is large."""

NAME = "ArsipGlyphless"
_MOST = 0xFFFF
_ROWS = 100
"""Rows of one block of a ToUnicode map (Adobe Technical Note 5014)."""


class Codes:
    """Gives each character a code of two bytes, from 1 on, in the order in which they come."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def hexadecimal(self, text: str) -> str:
        """The codes of a text as a PDF string in hexadecimal, without its brackets."""
        return "".join([f"{self._code(char):04x}" for char in text])

    def _code(self, char: str) -> int:
        code = self._codes.get(char)
        if code is None:
            code = min(len(self._codes) + 1, _MOST)  # Unicode has more characters, a document never
            self._codes[char] = code
        return code

    def __len__(self) -> int:
        return len(self._codes)

    def to_unicode(self) -> bytes:
        """The ToUnicode map (ISO 32000-1, 9.10.3)."""
        rows = [f"<{code:04x}> <{_utf16(char)}>" for char, code in self._codes.items()]
        blocks = (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
        body = "".join(f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar\n" for some in blocks)
        return (_HEAD + body + _FOOT).encode("ascii")

    def to_glyph(self) -> bytes:
        """The CIDToGIDMap: code 0 is .notdef, every other one the one glyph."""
        return b"\0\0" + b"\0\1" * len(self)


_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
_FOOT = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _utf16(char: str) -> str:
    return char.encode("utf-16-be", "replace").hex()


def font(pdf: Pdf, codes: Codes) -> Object:
    """The font as an object of a PDF (ISO 32000-1, 9.7 and 9.8), once all characters have their codes."""
    name = Name("/" + NAME)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=5,  # fixed pitch, symbolic
        FontBBox=Array([0, 0, ADVANCE, UNITS]),
        ItalicAngle=0,
        Ascent=UNITS,
        Descent=0,
        CapHeight=UNITS,
        StemV=80,
        FontFile2=pdf.make_indirect(Stream(pdf, program())),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=ADVANCE,
        CIDToGIDMap=pdf.make_indirect(Stream(pdf, codes.to_glyph())),
    )
    composite = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_indirect(Stream(pdf, codes.to_unicode())),
    )
    return pdf.make_indirect(composite)


def program() -> bytes:
    """The TrueType file: the tables that a PDF asks of it (ISO 32000-1, 9.9), of .notdef and one glyph."""
    tables = dict(sorted(_tables()))
    count = len(tables)
    step = 16 * 2 ** (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x00010000, count, step, count.bit_length() - 1, count * 16 - step)
    offset = len(head) + 16 * count
    directory, body = b"", b""
    for tag, table in tables.items():
        place = struct.pack(">4sIII", tag, _checksum(table), offset + len(body), len(table))
        directory, body = directory + place, body + table + b"\0" * (-len(table) % 4)
    font = head + directory + body
    adjustment = struct.pack(">I", (0xB1B0AFBA - _checksum(font)) & 0xFFFFFFFF)
    at = offset + _offset(tables, b"head") + 8
    return font[:at] + adjustment + font[at + 4 :]


def _tables() -> Iterator[tuple[bytes, bytes]]:
    """The tables by their tags (OpenType 1.9)."""
    # From corner to corner of its box and back: there is no area to be painted, but the box is known to those
    # who ask the glyph for it.
    line = struct.pack(">2H2B2h2h", 1, 0, 1, 1, 0, ADVANCE, 0, UNITS)
    glyph = struct.pack(">5h", 1, 0, 0, ADVANCE, UNITS) + line
    yield b"glyf", glyph
    yield b"loca", struct.pack(">3H", 0, 0, len(glyph) // 2)
    yield b"hmtx", struct.pack(">HhHh", ADVANCE, 0, ADVANCE, 0)
    yield b"maxp", struct.pack(">I14H", 0x00010000, 2, 2, 1, 0, 0, 2, *(0,) * 8)
    yield b"hhea", struct.pack(">I3hH3h3h4hhH", 0x00010000, UNITS, 0, 0, ADVANCE, *(0,) * 3, 1, *(0,) * 7, 2)
    yield (
        b"head",
        struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0),
            *(0, 0, ADVANCE, UNITS),
            *(0, 8, 2, 0, 0),
        ),
    )


def _checksum(table: bytes) -> int:
    padded = table + b"\0" * (-len(table) % 4)
    return sum(map(int, struct.unpack(f">{len(padded) // 4}I", padded))) & 0xFFFFFFFF


def _offset(tables: dict[bytes, bytes], wanted: bytes) -> int:
    """How far behind the directory a table begins."""
    before = [table for tag, table in tables.items() if tag < wanted]
    return sum(len(table) + -len(table) % 4 for table in before)
