"""The contact sheet as a PDF: twelve pages on a sheet of A4, their JPEGs as they are, text that can be
searched."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from ingest.desk.contact import Card, Picture

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 34.0
COLUMNS, ROWS = 3, 4
HEAD = 34.0
"""Points of the title at the top of each sheet."""
PICTURE = 112.0
"""Points of the height that a picture is given."""
SIZE, LEADING, CHARACTERS, LINES = 6.8, 8.2, 48, 8
"""Points of the text and its lines; how many characters a column is wide, and how many lines are shown."""


def write(file: Path, title: str, about: str, cards: Iterable[Card]) -> None:
    """Write the sheet. Raises OSError. What Helvetica has no letter for is shown as a question mark."""
    with pikepdf.new() as pdf:
        fonts = Dictionary(
            F=Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name.Helvetica,
                Encoding=Name.WinAnsiEncoding,
            ),
            B=Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name("/Helvetica-Bold"),
                Encoding=Name.WinAnsiEncoding,
            ),
        )
        for some in _sheets(cards):
            drawn = [_text(MARGIN, HEIGHT - MARGIN - 10, "B", 11, title)]
            drawn.append(_text(MARGIN, HEIGHT - MARGIN - 22, "F", 7.5, about))
            images = Dictionary()
            for place, card in enumerate(some):
                drawn += _card(place, card)
                for number, picture in enumerate(card.pictures):
                    images[f"/I{place}-{number}"] = _image(pdf, picture)
            page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
            page.obj.Resources = Dictionary(Font=fonts, XObject=images)
            page.obj.Contents = pdf.make_stream("\n".join(drawn).encode("latin-1"))
        pdf.docinfo["/Title"] = title
        pdf.save(file)


def _sheets(cards: Iterable[Card]) -> Iterator[list[Card]]:
    """Cards, as many together as a sheet holds; at least one sheet."""
    some: list[Card] = []
    first = True
    for card in cards:
        if len(some) == COLUMNS * ROWS:
            yield some
            some, first = [], False
        some.append(card)
    if some or first:
        yield some


def _card(place: int, card: Card) -> Iterator[str]:
    """The drawing of one card in its place, from the top left of the sheet."""
    wide, high = (WIDTH - 2 * MARGIN) / COLUMNS, (HEIGHT - 2 * MARGIN - HEAD) / ROWS
    left = MARGIN + place % COLUMNS * wide
    top = HEIGHT - MARGIN - HEAD - place // COLUMNS * high
    for number, picture in enumerate(card.pictures):
        share = wide / len(card.pictures)
        scale = min(PICTURE / picture.height, (share - 12) / picture.width)
        w, h, x = picture.width * scale, picture.height * scale, left + number * share
        yield f"q {w:.1f} 0 0 {h:.1f} {x:.1f} {top - h:.1f} cm /I{place}-{number} Do Q"
        yield f"q 0.6 G 0.4 w {x:.1f} {top - h:.1f} {w:.1f} {h:.1f} re S Q"
    lines = [("B", card.title)] + [("F", line) for line in card.why]
    lines += [("F", f"> {line}") for line in card.advice] + [("F", card.page)]
    wrapped = [(font, part) for font, line in lines for part in textwrap.wrap(line, CHARACTERS)]
    for row, (font, line) in enumerate(wrapped[:LINES], 1):
        yield _text(left, top - PICTURE - row * LEADING, font, SIZE, line)


def _text(x: float, y: float, font: str, size: float, text: str) -> str:
    """One line of text, in the bytes of Windows-1252."""
    encoded = text.encode("cp1252", "replace").decode("latin-1")
    for special in "\\()":
        encoded = encoded.replace(special, "\\" + special)
    return f"BT /{font} {size} Tf {x:.1f} {y:.1f} Td ({encoded}) Tj ET"


def _image(pdf: pikepdf.Pdf, picture: Picture) -> pikepdf.Object:
    """The JPEG as it is; a reader made it, and nobody decodes it here."""
    return pdf.make_stream(
        picture.jpeg,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
