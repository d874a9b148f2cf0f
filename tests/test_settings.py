"""Settings: defaults, arsip.toml, the environment, in this order; an unknown key is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

import settings
from archive.errors import ArsipError


def loaded(home: Path, **environment: str) -> settings.Settings:
    return settings.load({"ARSIP_HOME": str(home), **environment})


def test_the_environment_wins_over_the_file_which_wins_over_the_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path).ocr.languages == "ind+eng"
    (tmp_path / "arsip.toml").write_text("[ocr]\nlanguages = 'jav'\nengine = 'pytesseract'\n")
    assert loaded(tmp_path).ocr.languages == "jav"
    chosen = loaded(tmp_path, ARSIP_OCR_LANGUAGES="eng", ARSIP_WORKER_THREADS="3")
    assert (chosen.ocr.languages, chosen.ocr.engine, chosen.threads) == ("eng", "pytesseract", 3)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[ocr]\nengin = 'tesserocr'", "engin"),
        ("[ocrr]\n", "ocrr"),
        ("[ocr]\nengine = 'abbyy'", "ocr.engine"),
        ("[worker]\nthreads = 'many'", "worker.threads"),
        ("home = [", "arsip.toml"),
        ("ocr = 3", "ocr"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "arsip.toml").write_text(text)
    with pytest.raises(ArsipError) as caught:
        loaded(tmp_path)
    assert caught.value.exit == 2
    assert named in caught.value.failure.message()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ocr]\nengine = 'tesserakt'", "it must be one of: auto, tesserocr, pytesseract, onnx"),
        ("[ocr]\nengine = 3", "it must be one of: auto, "),
        ("language = 'fr'", 'it must be one of: "", id, en'),
        ("[ocr]\ncareful = 'ya'", "it must be true or false"),
        ("[worker]\nthreads = 'two'", "it must be a whole number"),
        ("[reader]\nseconds = 'long'", "it must be a number"),
        ("[ocr]\nlanguages = 3", "it must be a text in quotation marks"),
        ("[catalog]\nurl = true", "it must be a text in quotation marks"),
        ("ocr = 3", "it must be a section"),
        ("[ocr]\nengin = 'auto'", "there is no such setting: engin"),
    ],
)
def test_what_a_setting_may_be_is_told_in_plain_words(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "arsip.toml").write_text(text)
    with pytest.raises(ArsipError) as caught:
        loaded(tmp_path)
    assert says in caught.value.failure.message()


def test_everything_lies_in_the_archives_folder(tmp_path: Path) -> None:
    chosen = loaded(tmp_path)
    for path in (chosen.catalog_path, chosen.originals_path, chosen.index_path):
        assert path.is_relative_to(tmp_path)
    assert settings.load({"HOME": "/x"}).home == str(Path.home() / "arsip")


def test_a_misspelt_variable_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArsipError) as caught:
        loaded(tmp_path, ARSIP_OCR_ENGIN="pytesseract")
    assert "ARSIP_OCR_ENGIN" in caught.value.failure.message()
    assert loaded(tmp_path, ARSIP_TEST_ELASTICSEARCH="x", ARSIP_CORPUS="y").ocr.engine == "auto"
