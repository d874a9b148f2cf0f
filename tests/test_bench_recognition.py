"""The ruler of recognition: one real run on one page, and promises that can be broken."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from archive.types import Word
from bench import recognition, truth
from bench.plot import plot
from bench.processes import timed
from bench.promises import Promise, promises
from bench.recall import Row, reading, row
from bench.recognition import Speed
from samples.truth import PageTruth
from tests.ocr_pages import LETTER, page


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "scans" / "letters"
    folder.mkdir(parents=True)
    image, places = page()
    Image.fromarray(image.pixels).save(folder / "one.png", dpi=(200, 200))
    (folder / "one.gt.txt").write_text(LETTER, "utf-8")
    words = tuple(Word(text, box, 1.0, 0) for text, box in places.items())
    known = PageTruth(1, 0, "clean", words)
    (folder / "one.truth.json").write_bytes(msgspec.json.encode(known))
    return tmp_path


def test_all_sides_read_the_page(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--corpus", str(small_corpus), "--no-drawn", "--engine", "tesserocr", "--ocrmypdf", "none"]
    recognition.main([*asked, "--json", "--plot", str(small_corpus / "plot.png")])
    told = json.loads(capsys.readouterr().out)
    sides = {"arsip tesserocr", "bare tesserocr", "bare tesseract"}
    assert told["rows"]["letters"].keys() == told["rows"]["all"].keys() == sides
    for side in sides:
        assert told["rows"]["all"][side]["recall"] == 1
        assert told["boxes"]["letters"][side]["index"] == 1
        speed = told["speed"]["letters and reports"][side]
        assert speed["seconds"] > 0
        assert speed["tree_megabytes"] >= speed["child_megabytes"] > 0
        assert sum(speed["cpu_a_page"].values()) > 0
        assert speed["version"].startswith("5.")
    assert {"prepare", "ocr", "catalog, index"} <= told["speed"]["letters and reports"]["arsip tesserocr"][
        "cpu_a_page"
    ].keys()
    assert {promise["what"] for promise in told["promises"] if promise["kept"]} >= {"pages put upright"}
    assert told["turned"] == {"arsip tesserocr": 1}
    with Image.open(small_corpus / "plot.png") as picture:
        assert picture.width == 1100


def fast(seconds: float, ocr: float = 1.0, megabytes: float = 300.0) -> Speed:
    return Speed(10, seconds, 600 / seconds, {"ocr": ocr}, megabytes, megabytes, "5.5")


def test_promises_are_kept_or_broken() -> None:
    good, poor = row([reading("satu dua tiga", "satu dua tiga")]), row([reading("satu", "satu dua tiga")])

    def judged(mine: float, rows: dict[str, Row], boxes: float, ocr: float = 0.4) -> set[str]:
        speed = {
            "grey pages": {
                "arsip tesserocr": fast(mine),
                "arsip onnx": fast(mine, ocr),
                "ocrmypdf": fast(100.0),
            }
        }
        places = {"drawn-turned": {"arsip tesserocr": {"pdf": boxes}}}
        found = promises(speed, {"all": rows}, places, {"arsip tesserocr": boxes}, {}, "tesserocr")
        return {promise.what for promise in found if not promise.kept}

    better = {"arsip tesserocr": good, "ocrmypdf": poor}
    assert judged(25.0, better, 1.0) == set()
    assert judged(28.0, better, 1.0) == {"grey pages: wall / OCRmyPDF"}
    assert judged(25.0, better, 1.0, 0.6) == {"grey pages: CPU of onnx / tesserocr"}
    assert judged(25.0, better, 0.97) == {"pages put upright", "drawn-turned: words placed, pdf"}
    worse = {"arsip tesserocr": poor, "ocrmypdf": good}
    assert judged(25.0, worse, 1.0) == {"all: recall / OCRmyPDF's", "all: median CER / OCRmyPDF's"}


def test_a_page_is_bad_only_where_the_bare_engine_fails() -> None:
    def judged(bare: str, mine: str) -> dict[str, bool]:
        pages = {
            "arsip tesserocr": {"drawn-bad/1": reading(mine, "satu dua tiga")},
            "bare tesserocr": {"drawn-bad/1": reading(bare, "satu dua tiga")},
        }
        return {promise.what: promise.kept for promise in promises({}, {}, {}, {}, pages, "tesserocr")}

    bad, fails = "1 bad pages of drawn-bad, drawn-photos: mean CER", "drawn-bad: the bare engine's CER, least"
    assert judged("satu", "satu dua tiga") == {bad: True, fails: True}
    assert judged("satu", "satu dua") == {bad: False, fails: True}
    assert judged("satu dua tig", "satu dua") == {fails: False}


def test_a_promise_says_its_figure_and_its_limit() -> None:
    assert "BROKEN  x: 0.5 <= 0.25" in str(Promise("x", 0.5, 0.25, at_most=True))


def test_words_in_another_order_are_word_errors() -> None:
    assert truth.word_error_rate("satu dua tiga", "satu dua tiga") == 0
    assert truth.word_error_rate("dua satu tiga", "satu dua tiga") == pytest.approx(2 / 3)
    assert truth.word_error_rate("", "satu") == 1


def test_a_command_is_watched_with_what_it_starts() -> None:
    child = "import time; held = bytearray(60_000_000); time.sleep(0.6)"
    mother = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    took = timed([sys.executable, "-c", mother])
    assert took.child > 55
    assert took.tree > took.child
    assert took.wall > 0.5


def test_a_failed_side_ends_the_measurement() -> None:
    with pytest.raises(SystemExit, match="ended with 1"):
        timed(["false"])


def test_the_plot_has_a_bar_for_each_figure() -> None:
    figures = {"letters": {"a": row([reading("satu", "satu dua")]), "b": row([reading("satu", "satu")])}}
    small = plot({"letters": {"a": fast(1.0)}}, figures)
    large = plot({"letters": {"a": fast(1.0), "b": fast(2.0)}}, figures)
    assert large.height > small.height
