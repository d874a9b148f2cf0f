"""A page is read the right way up, by the right means, and says how; keys change when readings would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from archive.errors import ENGINE_MISSING, LANGUAGE_MISSING, TESSERACT_MISSING, ArsipError
from archive.geometry import on_sheet
from archive.types import Bend, Box, PageImage, ReadOptions, Turn, Word
from ocr import read, upright
from ocr.contract import Layout, Recognised, confidence_of
from tests.ocr_pages import LETTER, blank, lines, overlap, page, prepared, source, texts

IND = ReadOptions(languages="ind")
TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


@pytest.mark.parametrize("name", ["onnx", "tesserocr", "pytesseract"])
@pytest.mark.parametrize("degrees", TURNS)
def test_a_turned_page_comes_right(name: read.EngineName, degrees: Turn) -> None:
    letter, places = page()
    image = upright.turned(letter, degrees)
    text = read.read(source(), prepared(image), image, ReadOptions(engine=name, languages="ind"))
    assert (text.turn + degrees) % 360 == 0
    assert lines(text.words) == LETTER.splitlines()
    # Boxes are those of the page after the turn, which is the letter as it was drawn.
    word = next(word for word in text.words if word.text == "sekretariat")
    assert overlap(word.box, places["sekretariat"]) > 0.7


def test_words_of_a_bent_sheet_stand_where_they_are_on_it() -> None:
    image, _ = page()
    bend = Bend(top=(0.14, 0.0), right=(0.0, 0.0), bottom=(0.14, 0.0), left=(0.0, 0.0))
    flat, bent = (
        read.read(source(), msgspec.structs.replace(prepared(image), bend=each), image, IND).words
        for each in (None, bend)
    )
    assert [word.box for word in bent] == [on_sheet(bend, 0, word.box) for word in flat] != []
    assert lines(bent) == lines(flat)


def test_it_says_where_the_words_came_from() -> None:
    image, _ = page()
    text = read.read(source(), prepared(image), image, IND)
    assert (text.source, text.engine, text.turn, text.steps) == ("ocr", "onnx", 0, ())
    assert text.model.startswith("ind@")
    assert text.version == read.engine("onnx").version
    assert text.confidence == confidence_of(text.words) > 0.9


@pytest.mark.parametrize("name", ["onnx", "tesserocr", "pytesseract"])
def test_the_month_of_a_number_is_read_as_the_date_proves_it(name: read.EngineName) -> None:
    image, _ = page(LETTER.replace("005/017/Setda/2021", "005/017/V1/2021 tanggal 12 Juni 2021"))
    text = read.read(source(), prepared(image), image, ReadOptions(engine=name, languages="ind"))
    (mended,) = [word for word in text.words if word.raw]
    assert (mended.raw, mended.text) == ("005/017/V1/2021", "005/017/VI/2021")
    assert text.steps == ("repaired:1",)


def test_the_same_page_gives_the_same_text() -> None:
    image, _ = page()
    assert read.read(source(), prepared(image), image, IND) == read.read(
        source(), prepared(image), image, IND
    )


def test_a_blank_page_is_not_read() -> None:
    image = blank()
    missing = ReadOptions(languages="tlh")  # reading would fail
    text = read.read(source(), prepared(image), image, missing)
    assert (text.words, text.source, text.confidence) == ((), "blank", 0.0)


def test_ink_without_letters_gives_no_words_and_no_failure() -> None:
    pixels = np.full((1400, 1000), 255, np.uint8)
    pixels[300:700, 200:800] = 0
    image = PageImage(pixels, 120.0)
    text = read.read(source(), prepared(image), image, IND)
    assert text.source == "ocr"
    assert text.words == ()
    assert text.steps == ("orientation:0",)


class Letterhead:
    """An engine that reads a letter, and is not sure of a name in its logo."""

    name, version = "letterhead", "5"

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        texts = enumerate(LETTER.split())
        words = tuple(Word(text, Box(0.1, 0.2 + at / 100, 0.2, 0.01), 0.95, at) for at, text in texts)
        return Recognised(words, (), (Word("RUMPUT", Box(0.1, 0.1, 0.2, 0.05), 0.2, 0),))

    def languages(self) -> frozenset[str]:
        return frozenset()


def test_what_an_engine_sets_aside_is_searched_and_is_no_part_of_the_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read, "engine", lambda *_: Letterhead())
    image, _ = page()
    text = read.read(source(), prepared(image), blank(), IND)
    assert texts(text.words) == LETTER.split()
    assert texts(text.aside) == ["RUMPUT"]
    assert text.aside[0].line == text.words[-1].line + 1
    assert text.confidence < 0.95


class Scripted:
    """An engine that has read pages before and says the same again, for each shape of page."""

    name, version = "scripted", "5"

    def __init__(self, upright: float, turned: float) -> None:
        self._sure = {True: upright, False: turned}
        self.read: list[tuple[int, ...]] = []

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        self.read.append(image.pixels.shape)
        height, width = image.pixels.shape
        words = LETTER.split()
        sure = self._sure[height > width]
        return Recognised(tuple(Word(text, Box(0.35, 0.2, 0.2, 0.01), sure, 0) for text in words))

    def languages(self) -> frozenset[str]:
        return frozenset()


@pytest.mark.parametrize(
    ("first", "second", "kept", "whole", "parts"),
    [
        (0.95, 0.99, 0, 1, 0),  # read well: no question asked
        (0.60, 0.30, 0, 1, 3),  # turned it is worse
        (0.60, 0.62, 0, 1, 3),  # hardly better: it stays as it is
        (0.30, 0.30, 0, 1, 3),
        (0.40, 0.90, 90, 2, 2),  # surely found: 270 is not tried
    ],
)
def test_a_page_is_turned_only_for_a_clearly_better_reading(
    first: float, second: float, kept: int, whole: int, parts: int
) -> None:
    engine = Scripted(first, second)
    image = page()[0]
    reading = upright.read_upright(engine, image, "ind")
    assert reading.turn == kept
    sizes = [width * height for width, height in engine.read]
    assert (sizes.count(image.pixels.size), len(sizes)) == (whole, whole + parts)
    assert max(size for size in [0, *sizes] if size != image.pixels.size) < 0.26 * image.pixels.size


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("text", ["ARSIP TAHUN 1998", "KWITANSI No. 12\nRp 1.250.000,-"])
def test_a_page_of_a_few_words_comes_right(text: str, degrees: Turn) -> None:
    image = upright.turned(page(text)[0], degrees)
    reading = upright.read_upright(read.engine("tesserocr"), image, "ind")
    assert (reading.turn + degrees) % 360 == 0
    assert lines(reading.words) == text.splitlines()


def test_the_fingerprint_changes_with_everything_that_changes_the_text() -> None:
    variants = [
        IND,
        ReadOptions(languages="eng"),
        ReadOptions(languages="ind+eng"),
        ReadOptions(languages="ind", engine="pytesseract"),
        ReadOptions(languages="ind", text_layer=False),
        ReadOptions(languages="ind", killed=read.LIGHT_FROM),
    ]
    assert len({read.fingerprint(options) for options in variants}) == len(variants)
    assert read.fingerprint(IND) == read.fingerprint(ReadOptions(languages="ind", killed=1))


def cause_of(options: ReadOptions) -> str:
    with pytest.raises(ArsipError) as raised:
        read.check(options)
    return raised.value.failure.cause


def test_check_is_content_where_all_is_there() -> None:
    read.check(ReadOptions())
    read.check(ReadOptions(engine="pytesseract"))


def test_check_names_the_missing_language() -> None:
    assert cause_of(ReadOptions(languages="ind+tlh")) == LANGUAGE_MISSING.code


PROBE = """
import sys
if {hidden!r}:
    sys.modules[{hidden!r}] = None
from archive.errors import ArsipError
from archive.types import ReadOptions
from ocr import read
print(read.default_engine())
try:
    read.check(ReadOptions(engine={engine!r}))
except ArsipError as error:
    print(error.failure.cause)
"""


def probe(engine: str, hidden: str = "", **environment: str) -> list[str]:
    """What a fresh process says, in which one package cannot be imported."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE.format(engine=engine, hidden=hidden)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return run.stdout.split()


def test_the_fastest_engine_that_is_installed_is_the_default() -> None:
    assert probe("onnx") == ["onnx"]
    assert probe("onnx", hidden="onnxruntime") == ["tesserocr", ENGINE_MISSING.code]
    assert probe("tesserocr", hidden="tesserocr") == ["pytesseract", ENGINE_MISSING.code]
    assert probe("pytesseract", hidden="tesserocr") == ["pytesseract"]


def test_without_the_program_pytesseract_cannot_work(tmp_path: Path) -> None:
    assert probe("pytesseract", PATH=str(tmp_path)) == ["onnx", TESSERACT_MISSING.code]


def test_the_openmp_trap_is_closed_before_any_engine_is_loaded() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import ocr, os; print(os.environ['OMP_THREAD_LIMIT'])"],
        env={key: value for key, value in os.environ.items() if key != "OMP_THREAD_LIMIT"},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert run.stdout.strip() == "1"


def test_asking_for_the_key_recognises_nothing_and_loads_no_pdf_library() -> None:
    script = (
        "import sys; from archive.types import ReadOptions; from ocr import read;"
        "read.fingerprint(ReadOptions(engine='pytesseract'));"
        "print([name for name in ('pdfplumber', 'tesserocr', 'cv2') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert run.stdout.strip() == "[]"


REAL = ["bad/bad-05.tiff", "layouts/table-02.png", "lowres/lowres-03.png", "receipts/receipt-05.jpg"]


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("name", REAL)
def test_real_pages_come_right_however_they_lie(corpus: Path, name: str, degrees: Turn) -> None:
    with Image.open(corpus / "scans" / name) as file:
        pixels = np.array(file.convert("L"))
    image = upright.turned(PageImage(pixels, 150.0), degrees)
    text = read.read(source(name), prepared(image), image, IND)
    assert (text.turn + degrees) % 360 == 0
    truth = (corpus / "scans" / name).with_suffix("").with_suffix(".gt.txt").read_text("utf-8")
    known = Counter(truth.split())
    assert sum((known & Counter(texts(text.words))).values()) > 0.5 * sum(known.values())
