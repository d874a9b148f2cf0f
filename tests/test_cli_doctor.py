"""``arsip doctor``: what is missing is named with what to do, and nothing is changed or given away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.archives import arsip, fill, work_on
from tests.program import Program, save, sheet


def examined(home: Path, code: int, *words: str, **environment: str) -> dict[str, Any]:
    """The checks by name, the worst one where there are several of one name."""
    ran = Program(home, **environment).run("doctor", "--json", *words)
    assert ran.code == code, ran
    worst_last = sorted(
        ran.answer["checks"],
        key=lambda check: ["ok", "mended", "warning", "differs", "error"].index(check["state"]),
    )
    return {check["name"]: check for check in worst_last}


def test_surroundings_without_an_archive(tmp_path: Path) -> None:
    found = examined(tmp_path / "none", 0)
    assert found["Reading"]["state"] == "ok"
    assert found["Reader process"]["state"] == "ok", found
    assert {"Languages", "Memory", "Disk space", "SQLite", "Clock"} <= set(found)
    assert "Catalog" not in found
    assert not (tmp_path / "none").exists()


def test_a_missing_language_is_named(tmp_path: Path) -> None:
    found = examined(tmp_path / "none", 5, ARSIP_OCR_LANGUAGES="ind+qqq")
    assert found["Languages"]["state"] == "error"
    assert "apt-get install tesseract-ocr-qqq" in found["Languages"]["advice"]


def test_a_missing_larger_model_is_named(tmp_path: Path) -> None:
    folder = str(tmp_path / "larger")
    found = examined(tmp_path / "none", 5, ARSIP_OCR_CAREFUL="true", ARSIP_OCR_CAREFUL_MODELS=folder)
    assert found["Languages"]["message"].endswith("larger/ind.traineddata")
    assert "ocr.careful_models" in found["Languages"]["advice"]
    assert [name for name, check in found.items() if check["state"] == "error"] == ["Languages"]
    found = examined(tmp_path / "none", 5, ARSIP_OCR_CAREFUL="true")
    assert "name the folder" in found["Languages"]["message"]
    assert "arsip.toml" in found["Languages"]["advice"]


def test_a_sound_archive_then_a_lost_original_and_a_broken_index(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home).catalog.close()
    found = examined(home, 5)  # only one of its originals was ever there
    assert found["Catalog"]["state"] == found["Search index"]["state"] == "ok"
    assert found["Originals"]["advice"] == "restore the folder 'originals' from a backup"
    (home / "index" / "meta.json").write_text("{}")
    found = examined(home, 5)
    assert found["Search index"]["advice"] == "run: arsip admin index rebuild"


def test_an_index_that_was_lost_is_told_of_filled_again_and_found(tmp_path: Path) -> None:
    home = tmp_path / "home"
    archive = fill(home)
    shutil.rmtree(home / "index")
    told = examined(home, 5)["Search index"]
    assert (told["kind"], told["count"], told["advice"]) == ("index-count", 7, "run: arsip doctor --fix")
    mended = examined(home, 5, "--fix")["Search index"]
    assert (mended["state"], mended["kind"], mended["mended"]) == ("mended", "index-missing", 7)
    assert examined(home, 5)["Search index"]["state"] == "ok", "what waits is no difference any more"
    assert mended["advice"] == "what was mended goes on with: arsip worker"
    work_on(archive, home)
    archive.catalog.close()
    assert examined(home, 5, "--full")["Search index"]["state"] == "ok"
    assert json.loads(arsip(home)("search", "undangan", "--json").stdout)["total"]["pages"] == 5


def test_what_differs_and_was_not_mended_ends_with_3(tmp_path: Path) -> None:
    home = tmp_path / "home"
    scan = save(tmp_path / "scan" / "surat.png", sheet("undangan rapat"))
    Program(home).imported(scan)
    assert examined(home, 0)["Originals"]["state"] == "ok"
    (home / "originals" / "incoming" / "half").write_bytes(b"half")
    told = examined(home, 3)["Originals"]
    assert (told["state"], told["kind"], told["count"], told["mended"]) == ("differs", "copy-left-over", 1, 0)
    assert told["examples"] == [str(home / "originals" / "incoming" / "half")]
    assert examined(home, 0, "--fix")["Originals"]["state"] == "mended"
    assert examined(home, 0, "--full")["Originals"]["message"] == "1 looked at, which is all"


def test_a_folder_that_cannot_be_made_is_named_as_such() -> None:
    """Root may write anywhere; but /proc takes no folders from anybody."""
    found = examined(Path("/proc/arsip"), 5)
    assert found["Archive folder"]["message"] == "/proc/arsip cannot be written"
    assert "Search index" not in found


def test_a_damaged_catalog(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home).catalog.close()
    with (home / "catalog.sqlite").open("r+b") as file:
        file.write(b"no database at all")
    found = examined(home, 5)
    assert found["Catalog"]["state"] == "error"
    assert "restore it from a backup" in found["Catalog"]["advice"]


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    ran = Program(
        tmp_path / "none",
        ARSIP_INDEX_ENGINE="elasticsearch",
        ARSIP_INDEX_URL="http://petugas:rahasia123@127.0.0.1:9",
        ARSIP_INDEX_PASSWORD="rahasia123",
    ).run("doctor")
    assert ran.code == 5, ran
    assert "Search index" in ran.out
    assert "rahasia123" not in ran.out + ran.err


def test_what_a_person_sees(tmp_path: Path) -> None:
    out = arsip(tmp_path / "none")("doctor").stdout
    assert out.splitlines()[0].startswith("ok        Reading           Tesseract")


def test_lines_fit_into_80_columns(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home).catalog.close()
    shutil.rmtree(home / "index")
    out = arsip(home)("doctor", "--fix").stdout
    assert "· " in out
    assert "→ " in out
    assert [line for line in out.splitlines() if len(line) > 80 and str(home) not in line] == []


@pytest.mark.parametrize("engine", ["onnx", "tesserocr", "pytesseract"])
def test_each_engine_is_named(tmp_path: Path, engine: str) -> None:
    found = examined(tmp_path / "none", 0, ARSIP_OCR_ENGINE=engine)
    assert found["Reading"]["message"].endswith(engine)
    assert engine not in found["Other engine"]["message"]


def test_an_import_says_that_the_archives_folder_cannot_be_made(tmp_path: Path) -> None:
    scan = save(tmp_path / "in" / "surat.png", sheet("surat"))
    ran = Program(Path("/proc/arsip")).run("import", str(scan), "--batch", "uji", "--json")
    assert ran.code == 5
    assert ran.answer["error"]["cause"] == "not-writable"
    assert ran.answer["error"]["message"].startswith("/proc/arsip")
