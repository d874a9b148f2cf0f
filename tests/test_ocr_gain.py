"""Which of two readings is better: with real engines on drawn pages, and word by word."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from archive.types import Box, PageImage, PageText, Reading, Word
from bench import truth
from bench.generated import as_text
from ocr import vocabulary
from ocr.contract import confidence_of
from ocr.gain import compared, gain, worth
from ocr.read import EngineName, engine
from samples.draw import Look, draw
from samples.letters import letter
from tests.ocr_pages import prepared

LANGUAGES = "ind+eng"


def known(word: str) -> bool:
    return vocabulary.knows(word, LANGUAGES)


def text_of(words: tuple[Word, ...], by: str = "tesserocr", version: str = "5.5.0") -> PageText:
    return PageText(words, "ocr", by, LANGUAGES, version, confidence=confidence_of(words))


def row(line: str, confidence: float = 0.9) -> PageText:
    words = line.split()
    return text_of(
        tuple(Word(word, Box(at / 50, 0.1, 0.015, 0.02), confidence, 0) for at, word in enumerate(words))
    )


@cache
def drawn() -> tuple[PageImage, str]:
    """A letter in small print, slightly grainy, and its true text."""
    rng = random.Random(5)
    page = draw(letter("undangan", rng), Look("serif", 10.5, 200), rng)[0]
    return PageImage(np.asarray(page.image), 200.0), as_text(page.words)


@cache
def read(how: str, by: EngineName) -> PageText:
    image, _true = drawn()
    made = HOW[how](image)
    return text_of(engine(by).recognise(made, LANGUAGES).words, by, engine(by).version)


def coarse(image: PageImage) -> PageImage:
    """At two fifths of the resolution."""
    rows = np.arange(0, image.pixels.shape[0], 2.5).astype(int)
    columns = np.arange(0, image.pixels.shape[1], 2.5).astype(int)
    return PageImage(np.ascontiguousarray(image.pixels[np.ix_(rows, columns)]), image.dpi / 2.5)


def half(image: PageImage) -> PageImage:
    """The lower half is not there."""
    pixels = image.pixels.copy()
    pixels[pixels.shape[0] // 2 :] = 255
    return PageImage(pixels, image.dpi)


HOW: dict[str, Callable[[PageImage], PageImage]] = {
    "whole": lambda image: image,
    "coarse": coarse,
    "half": half,
}


@pytest.mark.parametrize("by", ["tesserocr", "pytesseract", "onnx"])
@pytest.mark.parametrize("how", ["coarse", "half"])
def test_the_reading_that_has_more_of_the_truth_is_better_whatever_engine_made_it(
    how: str, by: EngineName
) -> None:
    _image, true = drawn()
    bad, good = read(how, "tesserocr"), read("whole", by)
    assert truth.found(as_text(good.words), true) > truth.found(as_text(bad.words), true)
    assert gain(bad, good, known).better
    assert not gain(good, bad, known).better


def test_what_is_set_aside_is_not_lost() -> None:
    text = "undangan rapat koordinasi persiapan musyawarah perencanaan pembangunan"
    with_logo, without = row(f"{text} NUSANTARA RUMPUT"), row(f"{text} tahun depan")
    logo = row("NUSANTARA RUMPUT").words
    now = replace(without, aside=logo)
    measured = gain(with_logo, now, known)
    assert measured.better
    assert measured.lost == 0
    assert gain(row(""), replace(row(""), aside=logo), known).better


@pytest.mark.parametrize("by", ["tesserocr", "pytesseract", "onnx"])
def test_the_same_again_is_not_better(by: EngineName) -> None:
    assert not gain(read("whole", by), read("whole", by), known).better


def test_the_vocabulary_is_that_of_the_models() -> None:
    assert [word for word in ("Undangan", "RAPAT", "the", "undanqan", "rnpat") if known(word)] == [
        "Undangan",
        "RAPAT",
        "the",
    ]


@pytest.mark.parametrize(
    ("word", "least", "most"),
    [
        ("undangan", 1, 1),
        ("005/1/UM/2021", 1, 1),
        ("1.250.000", 1, 1),
        ("12-05-2021", 1, 1),
        ("Rp5.000", 1, 1),
        ("Wiratmoko", 0.5, 0.5),
        ("undang-undang", 0.9, 1),
        ("undanqan", 0.5, 0.5),
        ("lI1|l", 0, 0),
        ("sXcrTt", 0, 0),
        ("bcdfg", 0, 0),
        ("-", 0, 0),
        ("", 0, 0),
    ],
)
def test_what_the_letters_of_a_word_are_worth(word: str, least: float, most: float) -> None:
    assert least <= worth(word, known) <= most


def test_confidence_counts_on_one_scale_only() -> None:
    doubtful, sure = row("undangan rapat koordinasi", 0.5), row("undangan rapat koordinasi", 0.9)
    assert gain(doubtful, sure, known).better
    assert not gain(doubtful, replace(sure, version="5.5.1"), known).better
    assert not gain(doubtful, replace(sure, engine="onnx"), known).better


def test_a_reading_that_wins_words_and_loses_as_many_is_not_better() -> None:
    one, other = "surat undangan rapat", "daftar hadir kepegawaian"
    assert gain(row("surat"), row(other), known).better
    assert not gain(row(one), row(other), known).better


def test_noise_is_no_gain() -> None:
    assert not gain(row("undangan rapat"), row("undangan rapat |lI~ :;. iIl1 xq#"), known).better
    assert gain(row("|lI~ :;."), row("undangan rapat"), known).better
    assert not gain(row(""), row(""), known).better
    assert gain(row(""), replace(row(""), source="blank"), known).better


def test_a_first_reading_has_no_gain() -> None:
    now = Reading(row("undangan"), prepared(drawn()[0]))
    assert compared(None, now, LANGUAGES) == now.text
    assert compared(now, now, LANGUAGES).gain is not None
