"""Reading with care: lines with a doubtful word are read again with larger models, and a page says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.errors import LARGER_MISSING, ArsipError
from archive.types import ReadOptions, Word
from ocr import read, tessdata
from ocr.contract import Recognised
from ocr.lstm.languages import DOUBTFUL
from ocr.lstm.traineddata import LSTM, parts, trained
from tests.lstm_emulation import file_of
from tests.ocr_pages import LETTER, page, prepared, source
from tests.program import Program, save, sheet


@pytest.fixture
def larger(tmp_path: Path) -> Path:
    """A folder with models that stand for larger ones: those that are installed."""
    place = tmp_path / "larger"
    place.mkdir()
    for language in ("ind", "eng"):
        shutil.copy(tessdata.path(language), place)
    return place


@pytest.fixture
def unsure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Has pages read first with a model that is less sure of everything than it was trained to be."""
    place = tmp_path / "unsure"
    place.mkdir()
    found = parts(tessdata.path("ind").read_bytes())
    (last,) = trained(found).network.layers[-1].matrices
    assert last.scale is not None
    weaker = found[LSTM].replace(last.scale.tobytes(), (0.3 * last.scale).tobytes())
    (place / "ind.traineddata").write_bytes(file_of({**found, LSTM: weaker}))
    monkeypatch.setenv("TESSDATA_PREFIX", str(place))
    return place


def on(line: int, seen: Recognised) -> list[Word]:
    return [word for word in seen.words if word.line == line]


def test_doubtful_lines_are_read_as_the_larger_models_read_them(
    larger: Path, request: pytest.FixtureRequest
) -> None:
    image = page()[0]
    sure = read.engine("onnx").recognise(image, "ind")
    request.getfixturevalue("unsure")
    unsure = read.engine("onnx").recognise(image, "ind")
    careful = read.engine("onnx", str(larger)).recognise(image, "ind")
    doubtful = {word.line for word in unsure.words if word.confidence < DOUBTFUL / 100}
    assert 0 < len(doubtful) < len(LETTER.splitlines())
    assert careful.steps == (f"careful:{len(doubtful)}",)
    for line in range(len(LETTER.splitlines())):
        expected = sure if line in doubtful else unsure
        assert on(line, careful) == on(line, expected)


def test_a_line_in_which_larger_models_see_nothing_stays(unsure: Path, tmp_path: Path) -> None:
    found = parts(tessdata.path("ind").read_bytes())
    (last,) = trained(found).network.layers[-1].matrices
    assert last.scale is not None
    blind = tmp_path / "blind"
    blind.mkdir()
    nothing = found[LSTM].replace(last.scale.tobytes(), (0 * last.scale).tobytes())
    (blind / "ind.traineddata").write_bytes(file_of({**found, LSTM: nothing}))
    image = page()[0]
    assert read.engine("onnx", str(blind)).recognise(image, "ind").words == (
        read.engine("onnx").recognise(image, "ind").words
    )


def test_a_page_without_a_doubt_is_read_once(larger: Path) -> None:
    image = page()[0]
    assert read.engine("onnx", str(larger)).recognise(image, "ind") == read.engine("onnx").recognise(
        image, "ind"
    )


def test_the_page_and_the_key_of_its_text_name_the_larger_models(larger: Path) -> None:
    image = page()[0]
    with_care = ReadOptions(careful=str(larger))
    assert read.fingerprint(with_care) != read.fingerprint(ReadOptions())
    text = read.read(source(), prepared(image), image, with_care)
    assert text.model in read.fingerprint(with_care)
    before = read.fingerprint(with_care)
    (larger / "eng.traineddata").write_bytes(b"another")
    assert read.fingerprint(with_care) != before


def test_larger_models_that_nobody_knows_leave_the_page_as_it_was_read_and_it_says_so(
    larger: Path,
) -> None:
    image = page()[0]
    (larger / "eng.traineddata").write_bytes(b"\x18\x00\x00\x00")
    text = read.engine("onnx", str(larger)).recognise(image, "ind+eng")
    assert text.words == read.engine("onnx").recognise(image, "ind+eng").words
    assert text.steps == ("not-careful:the-file-is-cut-short",)


@pytest.mark.parametrize("languages", ["tlh", "ind+tlh", "../ind"])
def test_a_language_without_a_larger_model_is_named(larger: Path, languages: str) -> None:
    with pytest.raises(ArsipError) as raised:
        tessdata.larger(languages, str(larger))
    assert raised.value.failure.cause == LARGER_MISSING.code


def test_an_import_reads_with_care_when_it_is_told_to(larger: Path, tmp_path: Path) -> None:
    scan = str(save(tmp_path / "in" / "satu.png", sheet("surat keluar")))
    without = Program(tmp_path / "home").run("import", scan, "--batch", "uji", "--careful", "--json")
    assert (without.code, "ocr.careful_models" in without.answer["error"]["message"]) == (2, True)
    program = Program(tmp_path / "home", ARSIP_OCR_CAREFUL_MODELS=str(larger))
    later = program.run("import", scan, "--batch", "uji", "--careful", "--no-work")
    assert (later.code, "--no-work" in later.err) == (2, True)
    other = Program(tmp_path / "home", ARSIP_OCR_CAREFUL="true", ARSIP_OCR_ENGINE="tesserocr")
    assert other.run("import", scan, "--batch", "uji", "--json").answer["error"]["cause"] == "bad-setting"
    assert program.run("import", scan, "--batch", "uji", "--careful").code == 0
    (hit,) = program.run("search", "keluar", "--json").answer["hits"]
    assert "+larger@" in program.run("show", hit["page"], "--json").answer["read"]["model"]
    again = program.run("reprocess", "--all", "--from", "ocr", "--careful", "--json")
    assert (again.code, again.answer["read_again"]["failed"]) == (0, 0)
