"""What every OCR engine promises, held by all of them alike, on drawn pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytesseract
import pytest
from PIL import Image

from archive.errors import (
    LANGUAGE_MISSING,
    PAGE_TIMEOUT,
    READER_DIED,
    TESSERACT_MISSING,
    ArsipError,
    unexpected,
)
from archive.types import PageImage
from ocr import read
from ocr.contract import Engine, Recognised, confidence_of
from ocr.upright import turned
from tests.ocr_pages import LETTER, blank, lines, overlap, page, texts

ENGINES: tuple[read.EngineName, ...] = ("tesserocr", "pytesseract", "onnx")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return read.engine(request.param)


@pytest.fixture(scope="module")
def letter() -> PageImage:
    return page()[0]


def test_it_reads_every_line_in_order(engine: Engine, letter: PageImage) -> None:
    words = engine.recognise(letter, "ind+eng").words
    assert lines(words) == LETTER.splitlines()
    assert [word.line for word in words] == sorted(word.line for word in words)
    assert words[0].line == 0


def test_it_is_sure_of_a_clean_page(engine: Engine, letter: PageImage) -> None:
    words = engine.recognise(letter, "ind+eng").words
    assert all(0 <= word.confidence <= 1 for word in words)
    assert confidence_of(words) > 0.9


def test_boxes_stand_where_the_words_were_drawn(engine: Engine) -> None:
    image, places = page()
    found = {word.text: word.box for word in engine.recognise(image, "ind").words}
    assert len(places) > 30
    for text, place in places.items():
        # Tesseract may lend a word a little of the space beside it.
        assert overlap(found[text], place) > 0.7, text


def test_an_empty_page_has_no_words(engine: Engine) -> None:
    assert engine.recognise(blank(), "ind+eng") == Recognised(())


def test_a_page_is_read_as_if_it_were_the_first(engine: Engine, letter: PageImage) -> None:
    first = engine.recognise(letter, "ind+eng")
    engine.recognise(page("Xyzzy plugh kontrak xyzzy\nplugh Xyzzy")[0], "ind+eng")
    assert engine.recognise(letter, "ind+eng") == first


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 3000), (3000, 5)])
def test_slivers_have_no_words(engine: Engine, shape: tuple[int, int]) -> None:
    sliver = PageImage(np.full(shape, 90, np.uint8), 300.0)
    assert engine.recognise(sliver, "ind") == Recognised(())


def test_it_keeps_to_itself_what_it_stumbles_over(
    engine: Engine, corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Image.open(corpus / "scans" / "receipts" / "receipt-04.jpg") as file:
        image = PageImage(np.array(file.convert("L")), 150.0)
    engine.recognise(image, "ind")  # here Leptonica complains about a box outside the page
    assert capfd.readouterr() == ("", "")


def test_it_names_its_version_and_languages(engine: Engine) -> None:
    assert engine.version[0] in "56789"
    assert {"ind", "eng"} <= engine.languages()


def test_a_language_without_a_model_is_a_cause(engine: Engine, letter: PageImage) -> None:
    with pytest.raises(ArsipError) as raised:
        engine.recognise(letter, "ind+tlh")
    assert raised.value.failure.cause == LANGUAGE_MISSING.code
    assert raised.value.failure.details == {"language": "tlh"}


def test_reading_changes_no_pixel(engine: Engine, letter: PageImage) -> None:
    before = letter.pixels.copy()
    engine.recognise(letter, "ind")
    assert (letter.pixels == before).all()


def test_pixels_need_not_lie_side_by_side(engine: Engine, letter: PageImage) -> None:
    view = PageImage(turned(letter, 180).pixels[::-1, ::-1], letter.dpi)
    assert not view.pixels.flags.c_contiguous
    assert texts(engine.recognise(view, "ind+eng").words)[:2] == ["PEMERINTAH", "KABUPATEN"]


def test_without_the_program_the_cause_says_so(monkeypatch: pytest.MonkeyPatch, letter: PageImage) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-tesseract")
    with pytest.raises(ArsipError) as raised:
        read.engine("pytesseract").recognise(letter, "ind")
    assert raised.value.failure.cause == TESSERACT_MISSING.code


Break = Callable[[str], None]


@pytest.fixture
def break_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Break:
    """Puts a program in Tesseract's place that does as told."""

    def place(script: str) -> None:
        assert read.engine("pytesseract").version  # known before the program breaks, as in a reader
        program = tmp_path / "tesseract"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))

    return place


def test_a_crash_of_the_program_is_a_cause_without_its_words(
    break_tesseract: Break, letter: PageImage
) -> None:
    break_tesseract("echo 'isi surat rahasia' >&2; exit 134")
    with pytest.raises(ArsipError) as raised:
        read.engine("pytesseract").recognise(letter, "ind")
    assert raised.value.failure.cause == READER_DIED.code
    assert "rahasia" not in f"{raised.value!r}{raised.value.failure}{unexpected(raised.value)}"


def test_a_hanging_program_is_ended(
    break_tesseract: Break, monkeypatch: pytest.MonkeyPatch, letter: PageImage
) -> None:
    break_tesseract("exec sleep 60")
    monkeypatch.setattr("ocr.pytesseract_engine.SECONDS", 0.2)
    with pytest.raises(ArsipError) as raised:
        read.engine("pytesseract").recognise(letter, "ind")
    assert raised.value.failure.cause == PAGE_TIMEOUT.code
