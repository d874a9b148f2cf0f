"""Where the models lie, and what tells them apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import LANGUAGE_MISSING, ArsipError
from ocr import tessdata


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ind", "eng"):
        (tmp_path / f"{name}.traineddata").write_bytes(name.encode())
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    return tmp_path


def test_the_environment_names_the_folder(models: Path) -> None:
    assert tessdata.folder() == models
    assert tessdata.languages(models) == {"ind", "eng"}


def test_scripts_are_languages_too(models: Path) -> None:
    (models / "script").mkdir()
    (models / "script" / "Latin.traineddata").write_bytes(b"")
    assert "script/Latin" in tessdata.languages(models)
    tessdata.demand("ind+script/Latin")


def test_a_folder_that_is_not_there_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    usual = tessdata.folder()
    assert (usual / "ind.traineddata").is_file()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path / "gone"))
    assert tessdata.folder() == usual


def test_the_fingerprint_changes_with_a_model_and_only_with_those_asked_for(models: Path) -> None:
    before = tessdata.fingerprint("ind")
    (models / "eng.traineddata").write_bytes(b"another")
    assert tessdata.fingerprint("ind") == before
    (models / "ind.traineddata").write_bytes(b"a better one")
    assert tessdata.fingerprint("ind") != before


def test_the_fingerprint_knows_the_order_of_languages(models: Path) -> None:
    assert tessdata.fingerprint("ind+eng") != tessdata.fingerprint("eng+ind")


@pytest.mark.parametrize("languages", ["tlh", "ind+tlh", "", "ind+", "../ind", "ind eng"])
def test_what_has_no_model_is_named(models: Path, languages: str) -> None:
    with pytest.raises(ArsipError) as raised:
        tessdata.demand(languages)
    assert raised.value.failure.cause == LANGUAGE_MISSING.code
