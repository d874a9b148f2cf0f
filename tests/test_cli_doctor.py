"""``arsip doctor``: what is missing is named with what to do, and nothing is changed or given away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.archives import arsip, fill
from tests.program import Program


def examined(home: Path, code: int, **environment: str) -> dict[str, Any]:
    """The checks by name, worst first where there are several of one name."""
    ran = Program(home, **environment).run("doctor", "--json")
    assert ran.code == code, ran
    worst_last = sorted(
        ran.answer["checks"], key=lambda check: ["ok", "warning", "error"].index(check["state"])
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


def test_a_sound_archive_then_a_lost_original_and_a_broken_index(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home).catalog.close()
    found = examined(home, 5)  # only one of its originals was ever there
    assert found["Catalog"]["state"] == found["Search index"]["state"] == "ok"
    assert found["Originals"]["advice"] == "restore the folder 'originals' from a backup"
    (home / "index" / "meta.json").write_text("{}")
    found = examined(home, 5)
    assert found["Search index"]["advice"] == (
        f"remove the folder {home}/index; then run: arsip reprocess --all --from index"
    )


def test_the_advice_for_a_broken_index_mends_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home).catalog.close()
    run = arsip(home)
    shutil.rmtree(home / "index")
    assert run("reprocess", "--all", "--from", "index").exit_code in (0, 3)
    assert json.loads(run("search", "undangan", "--json").stdout)["total"]["pages"] == 5


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


@pytest.mark.parametrize("engine", ["tesserocr", "pytesseract"])
def test_each_engine_is_named(tmp_path: Path, engine: str) -> None:
    found = examined(tmp_path / "none", 0, ARSIP_OCR_ENGINE=engine)
    assert found["Reading"]["message"].endswith(engine)
    assert engine not in found["Other engine"]["message"]
