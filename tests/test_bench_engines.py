"""Engines side by side: each reads every page, and fewer words are a failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from bench import engines
from ocr.contract import Recognised
from ocr.lstm.engine import OnnxEngine
from tests.ocr_pages import LETTER, page


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "scans" / "letters"
    folder.mkdir(parents=True)
    Image.fromarray(page()[0].pixels).save(folder / "one.png", dpi=(200, 200))
    (folder / "one.gt.txt").write_text(LETTER, "utf-8")
    return tmp_path


def test_every_engine_reads_every_page(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main(["--corpus", str(small_corpus), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["all"].keys() == {"tesserocr", "onnx"}
    for row in told["letters"].values():
        assert (row["pages"], row["recall"], row["mean_error"]) == (1, 1, 0)
        assert row["seconds"] > 0


def test_fewer_words_are_a_failure(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnnxEngine, "recognise", lambda self, image, languages: Recognised(()))
    assert engines.main(["--corpus", str(small_corpus)]) == 1
