"""The ruler of inked words: found only where they stand and as they are; what nobody printed is counted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from archive.types import Box, Word
from bench import inked
from bench.inked import Counted, counted
from samples.truth import PageTruth
from tests.ocr_pages import page


def at(text: str, x: float, y: float = 0.2) -> Word:
    return Word(text, Box(x, y, 0.1, 0.02), 1.0, 0)


TRUE = PageTruth(
    1, 0, "drawn-inks", (at("Budi", 0.1), at("Contoh", 0.3), at(":", 0.45), at("Penata", 0.5)), (0, 2)
)


def test_words_are_found_in_their_place() -> None:
    assert counted(TRUE, TRUE.words) == Counted(1, 1, 2, 2, 0)
    assert counted(TRUE, [at("Budi", 0.32), at("Contoh", 0.11), at("Penata", 0.52)]) == Counted(1, 0, 2, 1, 0)
    assert counted(TRUE, [at("Bud1", 0.1), at("Penata", 0.5, 0.6)]) == Counted(1, 0, 2, 0, 1)


def test_what_stamps_say_is_more() -> None:
    stamp = [at("DITERIMA", 0.1, 0.19), at("TGL", 0.3, 0.4), at("=", 0.6, 0.4)]
    assert counted(TRUE, [*TRUE.words, *stamp]) == Counted(1, 1, 2, 2, 1)


def test_pages_are_read_by_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image, places = page()
    words = tuple(Word(text, box, 1.0, 0) for text, box in places.items())
    folder = tmp_path / "scans" / "drawn-inks"
    folder.mkdir(parents=True)
    Image.fromarray(image.pixels).save(folder / "one.png", dpi=(200, 200))
    (folder / "one.gt.txt").write_text(" ".join(word.text for word in words), "utf-8")
    (folder / "one.truth.json").write_bytes(msgspec.json.encode(PageTruth(1, 0, "clean", words, (0,))))
    assert inked.main(["--corpus", str(tmp_path), "--engine", "tesserocr", "--json"]) == 0
    told = msgspec.json.decode(capsys.readouterr().out)["drawn-inks"]["one"]
    for way in ("ours", "bare"):
        assert told[way]["inked_found"] == told[way]["inked"] == 1
        assert told[way]["plain_found"] == told[way]["plain"] > 0
    inked.main(["--corpus", str(tmp_path), "--engine", "tesserocr"])
    assert "drawn-inks, ours" in capsys.readouterr().out
