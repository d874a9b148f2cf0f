"""Pages drawn for the tests of OCR: an invented Indonesian letter, and where its words stand."""

from __future__ import annotations

from collections import Counter

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from archive.types import Box, Homography, PageImage, Prepared, Quality, Source, Word

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
LETTER = """PEMERINTAH KABUPATEN CONTOH
Nomor : 005/017/Setda/2021
Perihal : Undangan rapat koordinasi
Dengan hormat, bersama ini kami mengundang saudara
untuk menghadiri rapat koordinasi persiapan musyawarah
perencanaan pembangunan yang akan dilaksanakan pada
hari Senin tanggal delapan Februari bertempat di ruang
rapat sekretariat daerah. Demikian undangan ini kami
sampaikan, atas perhatian saudara diucapkan terima kasih."""
DPI = 200


def page(text: str = LETTER, *, size: int = 34, dpi: int = DPI) -> tuple[PageImage, dict[str, Box]]:
    """An A4 page with these lines, and the box of every word that occurs once, as fractions."""
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    picture = Image.new("L", (width, height), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, size)
    places: dict[str, Box] = {}
    for number, line in enumerate(text.splitlines()):
        x, y = 150.0, 200.0 + number * size * 2
        for word in line.split():
            left, top, right, bottom = draw.textbbox((x, y), word, font=font)
            places[word] = Box(left / width, top / height, (right - left) / width, (bottom - top) / height)
            draw.text((x, y), word, font=font, fill=20)
            x += draw.textlength(word + " ", font=font)
    once = Counter(text.split())
    return PageImage(np.array(picture), float(dpi)), {w: box for w, box in places.items() if once[w] == 1}


def blank() -> PageImage:
    """An empty page."""
    return page("")[0]


def prepared(image: PageImage, *, origin: str = "frame", to_shown: Homography | None = None) -> Prepared:
    """What ingest would say of a page that needed nothing."""
    height, width = image.pixels.shape
    ink = float((image.pixels < 128).mean())
    return Prepared(
        width=width,
        height=height,
        dpi=image.dpi,
        turn=0,
        to_shown=to_shown or Homography(),
        origin=origin,  # type: ignore[arg-type]
        quality=Quality(sharpness=1.0, contrast=1.0, skew_degrees=0.0, ink=ink, blank=ink == 0.0),
        steps=(),
    )


def source(path: str = "letter.tif", media_type: str = "image/tiff", frame: int = 0) -> Source:
    """A frame of an original."""
    return Source(path=path, blob="0", media_type=media_type, frame=frame)


def texts(words: tuple[Word, ...]) -> list[str]:
    """The words without their places."""
    return [word.text for word in words]


def lines(words: tuple[Word, ...]) -> list[str]:
    """The words as lines of text."""
    found: dict[int, list[str]] = {}
    for word in words:
        found.setdefault(word.line, []).append(word.text)
    return [" ".join(found[number]) for number in sorted(found)]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    height = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    common = max(0.0, width) * max(0.0, height)
    return common / (one.w * one.h + other.w * other.h - common)
