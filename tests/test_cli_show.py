"""``arsip show``: all about a document or page, its text, its picture."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.archives import Arsip, arsip


@pytest.fixture
def run(filled: Path) -> Arsip:
    return arsip(filled)


def picked(run: Arsip, path: str, key: str) -> str:
    """The id of the first page (or its document) at a path."""
    answer = json.loads(run("reprocess", "--path", path, "--dry-run", "--json").stdout)
    return str(answer["selected"][0][key])


def shown(run: Arsip, subject: str, *words: str) -> Any:
    ran = run("show", subject, "--json", *words)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_a_document(run: Arsip) -> None:
    answer = shown(run, picked(run, "surat/und-01.tif", "document"))
    assert (answer["path"], answer["batch"], answer["unit"], answer["security"]) == (
        "surat/und-01.tif",
        "batch",
        "Sekretariat",
        "B",
    )
    assert answer["type"]["code"] == "undangan"
    assert answer["type"]["reasons"][0]["raw"] == "Hal : Undangan"
    assert answer["fields"]["tanggal"]["value"] == "2021-05-12"
    assert answer["fields"]["hal"] == {
        "value": None,
        "confidence": 0.0,
        "evidence": None,
        "reason": "not-found",
    }
    assert [page["number"] for page in answer["pages"]] == [1, 2, 3]
    assert [each["path"] for each in answer["sightings"]] == ["surat/und-01.tif", "salinan/und-01.tif"]
    assert {run["stage"] for run in answer["runs"]} == {"preprocess", "ocr", "classify", "index"}


def test_a_page(run: Arsip) -> None:
    page = picked(run, "surat/und-01.tif", "page")
    answer = shown(run, page, "--text")
    assert (answer["page"], answer["number"], answer["class"]) == (page, 1, "words")
    assert (answer["read"]["engine"], answer["read"]["version"]) == ("tesserocr", "5.3.0")
    assert answer["read"]["repaired"] == []
    assert answer["prepared"]["quality"]["blank"] is False
    assert answer["original"]["media_type"] == "image/tiff"
    assert {run["subject"] for run in answer["runs"]} == {page}
    assert all(run["outcome"] in ("done", "reused") and run["seconds"] >= 0 for run in answer["runs"])
    assert answer["text"] == [
        "Nomor : 005/1/UM/2021\nHal : Undangan rapat koordinasi\nBupati Contoh halaman 1"
    ]


def test_a_stopped_page_says_why_and_what_to_do(run: Arsip) -> None:
    page = picked(run, "surat/rusak.pdf", "page")
    assert shown(run, page)["stopped"] == {
        "stage": "ocr",
        "cause": "page-timeout",
        "message": "the page took longer than 60 seconds",
    }
    out = run("show", page).stdout
    assert "stopped, while it was read: the page took longer than 60 seconds" in out
    assert "→ look at the page" in out


def test_why_a_page_has_no_text_is_said(run: Arsip) -> None:
    ran = run("show", picked(run, "surat/rusak.pdf", "page"), "--text")
    said = "page 1: the page took longer than 60 seconds\n  → look at the page; scan it again\n"
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", said)
    assert run("show", picked(run, "surat/und-01.tif", "page"), "--text").stderr == ""


def test_what_a_person_sees_of_a_document(run: Arsip) -> None:
    out = run("show", picked(run, "surat/und-01.tif", "document")).stdout
    assert "batch batch, unit Sekretariat, box 12, shelf A-3, class B" in out
    assert "page 1: “Nomor : 005/1/UM/2021”  [nomor/label]" in out
    assert "hal       –  not found" in out
    assert "salinan/und-01.tif" in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_text_of_a_document_is_parted_by_form_feeds(run: Arsip) -> None:
    pages = run("show", picked(run, "surat/und-01.tif", "document"), "--text").stdout.split("\f")
    assert [page.splitlines()[-1] for page in pages] == [f"Bupati Contoh halaman {n}" for n in (1, 2, 3)]


def test_the_picture_marks_the_hits(run: Arsip, tmp_path: Path) -> None:
    file = tmp_path / "hit.png"
    document = picked(run, "surat/gambar.tif", "document")
    ran = run("show", document, "--image", str(file), "--query", "rapat -gubernur")
    assert ran.exit_code == 0, ran.output
    assert "hit.png shows page 1, with 1 word marked." in ran.stderr
    plain = run("show", document, "--image", str(tmp_path / "page.png"))
    assert plain.stderr.endswith("page.png shows page 1.\n"), plain.stderr
    pixels = np.asarray(Image.open(io.BytesIO(file.read_bytes())).convert("RGB")).astype(int)
    height, width = pixels.shape[:2]
    inside = pixels[round(height * 0.145) : round(height * 0.155), round(width * 0.41) : round(width * 0.47)]
    assert inside[..., 2].max() < 200, "a marker pen over the word that was sought"
    other = pixels[round(height * 0.105) : round(height * 0.115), round(width * 0.31) : round(width * 0.37)]
    assert other[..., 2].max() == 255, "no marker pen over another word"


@pytest.mark.parametrize("name", ["scan.jpg", "letter.txt", "png"])
def test_a_png_is_written_under_no_other_name(run: Arsip, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    page = picked(run, "surat/gambar.tif", "page")
    ran = run("show", page, "--image", str(tmp_path / name), "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (2, "usage")
    assert (tmp_path / name).read_text() == "mine"


def test_a_picture_takes_the_place_of_an_older_one(run: Arsip, tmp_path: Path) -> None:
    (tmp_path / "HIT.PNG").write_text("an older one")
    page = picked(run, "surat/gambar.tif", "page")
    assert run("show", page, "--image", str(tmp_path / "HIT.PNG")).exit_code == 0
    assert (tmp_path / "HIT.PNG").read_bytes().startswith(b"\x89PNG")


def test_a_picture_for_a_folder_that_is_not_there(run: Arsip, tmp_path: Path) -> None:
    page = picked(run, "surat/gambar.tif", "page")
    ran = run("show", page, "--image", str(tmp_path / "tiada" / "x.png"), "--json")
    error = json.loads(ran.stdout)["error"]
    assert (ran.exit_code, error["cause"]) == (2, "path-missing")
    assert str(tmp_path / "tiada") in error["message"]


def test_a_picture_of_a_missing_original(run: Arsip, tmp_path: Path) -> None:
    ran = run("show", picked(run, "surat/und-01.tif", "page"), "--image", str(tmp_path / "x.png"), "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (5, "original-missing")
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("subject", ["d0000000000000000", "p0000000000000000", "surat", ""])
def test_an_unknown_id(run: Arsip, subject: str) -> None:
    ran = run("show", subject, "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (4, "id-unknown")
