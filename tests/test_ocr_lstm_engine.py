"""Our own engine against Tesseract on the same drawn pages, and what it leaves to Tesseract."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from archive.types import PageImage, ReadOptions, Turn, Word
from ocr import read, tessdata
from ocr.contract import confidence_of
from ocr.lstm.traineddata import LSTM, parts
from ocr.upright import turned
from samples.draw import Look, draw
from samples.letters import KINDS, letter
from tests.lstm_emulation import file_of
from tests.ocr_pages import LETTER, lines, overlap, page, prepared, source, texts


def drawn_page(number: int) -> tuple[PageImage, list[Word]]:
    """A letter of the generator, and its true words."""
    rng, dpi = random.Random(100 + number), (200, 300)[number % 2]
    look = Look(("serif", "sans", "dejavu-serif")[number % 3], 11.5, dpi)
    out = draw(letter(list(KINDS)[number], rng), look, rng)[0]
    return PageImage(np.asarray(out.image.convert("L")), float(dpi)), list(out.words)


def by(engine: read.EngineName, image: PageImage, languages: str = "ind+eng") -> tuple[Word, ...]:
    return read.engine(engine).recognise(image, languages).words


def paired(ours: tuple[Word, ...], theirs: list[Word]) -> list[tuple[Word, Word]]:
    """Equal words at the same place.

    Lone colons and dashes aside: their ink is a small part of the place they are drawn in, and Tesseract is
    less sure of them than their steps say.
    """
    return [
        (mine, best)
        for mine in words(ours)
        if (best := max(theirs, key=lambda word: overlap(word.box, mine.box))).text == mine.text
        and overlap(best.box, mine.box) > 0.1
    ]


def words(seen: Iterable[Word]) -> list[Word]:
    """Those with a letter or a digit."""
    return [word for word in seen if any(map(str.isalnum, word.text))]


@pytest.fixture(scope="module")
def pages() -> list[tuple[PageImage, list[Word]]]:
    return [drawn_page(number) for number in range(5)]


def test_words_and_confidences_are_those_of_tesseract(
    pages: list[tuple[PageImage, list[Word]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same lines for both: what is compared is how they are read.
    monkeypatch.setattr("ocr.lstm.engine.plain", lambda _image: None)
    differences: list[float] = []
    count = 0
    for image, _ in pages:
        theirs = by("tesserocr", image, "ind")
        pairs = paired(by("onnx", image, "ind"), list(theirs))
        count += len(words(theirs))
        differences += [100 * abs(mine.confidence - other.confidence) for mine, other in pairs]
    assert len(differences) > 0.95 * count > 500
    assert np.mean(np.array(differences) <= 5) >= 0.95


def test_boxes_are_where_words_were_drawn(pages: list[tuple[PageImage, list[Word]]]) -> None:
    overlaps = [
        overlap(mine.box, true.box)
        for image, drawn in pages
        for mine, true in paired(by("onnx", image), drawn)
    ]
    assert len(overlaps) > 0.9 * sum(len(words(drawn)) for _, drawn in pages)
    assert np.mean(np.array(overlaps) > 0.5) >= 0.98


def test_no_fewer_words_are_found_than_by_tesseract(pages: list[tuple[PageImage, list[Word]]]) -> None:
    found = {
        engine: sum(len(paired(by(engine, image), drawn)) for image, drawn in pages)
        for engine in ("tesserocr", "onnx")
    }
    assert found["onnx"] >= 0.99 * found["tesserocr"]


@pytest.mark.parametrize("languages", ["ind+eng", "eng+ind"])
def test_each_line_may_be_in_another_language(languages: str) -> None:
    text = f"{LETTER}\nThe committee has carefully examined the enclosed proposal"
    assert lines(by("onnx", page(text)[0], languages)) == text.splitlines()


@pytest.mark.parametrize("turn", [90, 270])
def test_lines_that_run_up_and_down_the_page_are_read_as_by_tesseract(turn: Turn) -> None:
    image = turned(page()[0], turn)
    ours, theirs = by("onnx", image), by("tesserocr", image)
    assert sum(word.box.h > word.box.w for word in ours) > 20
    if turn == 90:  # the other way Tesseract takes them for lines that stand on their heads
        assert texts(ours) == texts(theirs) == LETTER.split()
        assert all(overlap(a.box, b.box) > 0.5 for a, b in zip(ours, theirs, strict=True))


def test_white_on_black_is_read() -> None:
    image = page()[0]
    pixels = image.pixels.copy()
    pixels[180:250] = 255 - pixels[180:250]
    seen = by("onnx", PageImage(pixels, image.dpi))
    assert texts(seen)[:3] == ["PEMERINTAH", "KABUPATEN", "CONTOH"]
    assert all(word.box.h < 0.03 for word in seen[:3])


def test_pages_are_read_alike_however_often() -> None:
    image = page()[0]
    assert by("onnx", image) == by("onnx", image)


def test_a_strange_model_is_left_to_tesseract_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tessdata.path("eng"), tmp_path)
    found = parts(tessdata.path("ind").read_bytes())
    (tmp_path / "ind.traineddata").write_bytes(file_of({**found, LSTM: found[LSTM] + b"\x00"}))
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    image = page()[0]
    text = read.read(source(), prepared(image), image, ReadOptions(engine="onnx", languages="ind+eng"))
    assert text.steps == ("tesseract:bytes-left-over",)
    assert text.engine == "onnx"
    assert text.words == by("tesserocr", image)
    assert confidence_of(text.words) > 0.9
    text = read.read(source(), prepared(image), image, ReadOptions(engine="onnx", languages="eng"))
    assert text.steps == ()
