"""A page in two languages: only what the leading one is not sure of is read in the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr import tessdata
from ocr.lstm.decode import Glyph
from ocr.lstm.languages import SURE, read_lines
from ocr.lstm.line import Read
from ocr.lstm.lineimage import normalised, scaled
from ocr.lstm.model import Model, model_of

LONG = (
    "dengan hal tersebut di atas kami mohon bantuan Saudara untuk segera",
    "menunjuk pegawai di lingkungan kerja masing-masing pada hari dan jam",
)
"""Lines of the leading language, longer than any other, so that these tell it."""


class Noting(Model):
    """A model that remembers how wide the images were that it read."""

    __slots__ = ("widths",)
    widths: list[int]

    def __init__(self, language: str) -> None:
        model = model_of(tessdata.path(language).read_bytes())
        super().__init__(model.alphabet, model.lexicon, model.graph)
        object.__setattr__(self, "widths", [])

    def read(self, lines: Sequence[NDArray[np.float32]]) -> list[list[Read]]:
        self.widths.extend(line.shape[1] for line in lines)
        return super().read(lines)


@pytest.fixture
def models() -> list[Noting]:
    return [Noting("ind"), Noting("eng")]


class Said:
    """A model that reads one word in a long line, and these in a short one: ends in steps and confidence."""

    height = 36

    def __init__(self, *words: tuple[str, int, int, int]) -> None:
        self.words = [
            Read(text, (Glyph(1, first, first), Glyph(1, last, last)), sure)
            for text, first, last, sure in words
        ]

    def read(self, images: Sequence[NDArray[np.float32]]) -> list[list[Read]]:
        long = [Read("kata", (Glyph(1, 0, 0), Glyph(1, 290, 290)), self.words[0].confidence)]
        return [long if image.shape[1] == 900 else self.words for image in images]


def line(text: str) -> NDArray[np.float32]:
    """A line as a network wants it."""
    font = ImageFont.load_default(size=40)
    picture = Image.new("L", (round(font.getlength(text)) + 16, 64), 255)
    ImageDraw.Draw(picture).text((8, 8), text, font=font, fill=0)
    return normalised(scaled(np.array(picture), 36))


def texts(reading: list[Read]) -> str:
    return " ".join(word.text for word in reading)


def test_a_line_that_the_leading_language_is_sure_of_is_read_once(models: list[Noting]) -> None:
    images = [line(text) for text in (*LONG, "dalam rangka menyusun laporan tahunan")]
    readings = read_lines(models, images)
    assert all(word.confidence >= SURE for word in readings[2])
    assert sorted(models[1].widths) == sorted(image.shape[1] for image in images[:2])


def test_of_other_lines_the_other_language_reads_what_is_unsure_with_its_neighbours(
    models: list[Noting],
) -> None:
    text = "pegawai yang bertugas menyusun thoroughly laporan tahunan kantor"
    images = [line(each) for each in (*LONG, text)]
    lead = models[0].read([images[2]])[0]
    assert [word.text for word in lead if word.confidence < SURE] == ["thoroughly"]
    readings = read_lines(models, images)
    assert texts(readings[2]) == text
    (part,) = models[1].widths[2:]
    assert part < images[2].shape[1] / 2
    for ours, before in zip(readings[2], lead, strict=True):
        assert (ours.confidence > before.confidence) is (ours.text == "thoroughly")
        assert abs(ours.glyphs[0].first - before.glyphs[0].first) <= 1


def read_by(lead: Said, other: Said) -> str:
    """The shortest of three lines, of which the others tell which language leads."""
    images = [np.zeros((36, width), np.float32) for width in (900, 900, 300)]
    readings = read_lines([lead, other], images)  # type: ignore[list-item]
    return texts(readings[2])


@pytest.mark.parametrize("sure", [40, 60])
@pytest.mark.parametrize("first", [25, 1])
def test_a_word_that_reaches_over_a_neighbour_does_not_come_beside_it(first: int, sure: int) -> None:
    lead = Said(("dan", 0, 20, 97), ("Itis", 25, 45, sure), ("is", 47, 60, 97), ("baik", 64, 90, 97))
    other = Said(("Itisis", first, 60, 88), ("ba", 64, 70, 80))
    assert read_by(lead, other) == "dan Itis is baik"


def test_a_word_that_only_lies_over_what_is_unsure_is_taken() -> None:
    lead = Said(("dan", 0, 20, 97), ("lt", 25, 30, 60), ("ls", 36, 45, 60), ("is", 48, 60, 97))
    other = Said(("dan", 0, 20, 80), ("Itis", 25, 45, 88), ("is", 48, 60, 80))
    assert read_by(lead, other) == "dan Itis is"


def test_what_is_seen_of_a_neighbour_a_step_farther_on_is_not_taken() -> None:
    lead = Said(("dan", 0, 20, 97), ("a", 25, 25, 97), ("resu1t", 45, 60, 60), ("of", 66, 90, 97))
    other = Said(("dan", 0, 20, 80), ("a.", 26, 36, 88), ("result", 45, 60, 88))
    assert read_by(lead, other) == "dan a result of"
