"""The comparison with the bare engine: what it counts, and that it fails when words are lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from archive.types import ReadOptions, Word
from bench import recall
from tests.ocr_pages import LETTER, page


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "scans" / "letters"
    folder.mkdir(parents=True)
    image, _ = page()
    for name in ("one", "two"):
        Image.fromarray(image.pixels).save(folder / f"{name}.png", dpi=(200, 200))
        (folder / f"{name}.gt.txt").write_text(LETTER, "utf-8")
    Image.fromarray(image.pixels).save(folder / "without-truth.png")
    return tmp_path


def test_a_clean_page_loses_nothing(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recall.main(["--corpus", str(small_corpus), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["lost"] == []
    assert [one["page"] for one in told["pages"]["letters"]] == ["one", "two"]
    assert told["folders"]["letters"]["ours"]["recall"] == 1
    assert told["folders"]["letters"]["bare"]["seconds"] > 0


def test_lost_words_are_a_failure(
    small_corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forgetful(path: Path, options: ReadOptions) -> tuple[Word, ...]:
        return recall.bare(path, options)[:-1]

    monkeypatch.setattr(recall, "ours", forgetful)
    assert recall.main(["--corpus", str(small_corpus), "--sample", "1"]) == 1
    assert "lost words: letters" in capsys.readouterr().out
