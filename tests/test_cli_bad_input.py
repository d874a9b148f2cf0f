"""Whatever is wrong at the start: a clear message, what to do next, an exit code, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalog.connect import open_catalog
from archive.catalog.sqlite import NETWORK_FILESYSTEMS, filesystem_of
from archive.errors import ArsipError
from tests.program import Program, save, sheet, told


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    save(tmp_path / "in" / "satu.png", sheet("surat masuk", "perihal biasa"))
    return tmp_path / "in"


def test_a_missing_path(program: Program, tmp_path: Path) -> None:
    told(program.run("import", str(tmp_path / "tiada"), "--batch", "uji"), 2, "tiada", "check the name")
    assert not program.home.exists()


def test_an_empty_folder(program: Program, tmp_path: Path) -> None:
    (tmp_path / "in" / "kosong").mkdir(parents=True)
    told(program.run("import", str(tmp_path / "in"), "--batch", "uji"), 2, "there is no file")


@pytest.mark.parametrize("name", ["", "  "])
def test_a_batch_without_a_name(program: Program, tree: Path, name: str) -> None:
    ran = program.run("import", str(tree), "--batch", name)
    assert ran.code == 2
    assert "a batch needs a name" in ran.err
    assert not program.home.exists()


def test_the_same_as_json(program: Program, tmp_path: Path) -> None:
    ran = program.run("import", str(tmp_path / "tiada"), "--batch", "uji", "--json")
    assert ran.code == 2
    assert ran.answer["error"]["cause"] == "path-missing"


def test_a_missing_language(program: Program, tree: Path) -> None:
    ran = program.run("import", str(tree), "--batch", "uji", "--language", "qqq")
    told(ran, 5, "qqq", "apt-get install")
    assert program.run("batch", "status", "uji").code == 4


def test_a_missing_tesseract(program: Program, tree: Path, tmp_path: Path) -> None:
    program.environment |= {"PATH": str(tmp_path), "ARSIP_OCR_ENGINE": "pytesseract"}
    told(program.run("import", str(tree), "--batch", "uji"), 5, "Tesseract", "apt-get install tesseract-ocr")


def test_a_wrong_setting(program: Program, tree: Path) -> None:
    program.home.mkdir()
    (program.home / "arsip.toml").write_text("[ocr]\nengin = 'x'\n")
    told(program.run("import", str(tree), "--batch", "uji"), 2, "engin")


def test_a_locked_catalog(program: Program, tree: Path) -> None:
    open_catalog(program.home / "catalog.sqlite").close()
    with contextlib.closing(sqlite3.connect(program.home / "catalog.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        told(program.run("import", str(tree), "--batch", "uji"), 5, "locked", "close the other program")
    assert program.run("import", str(tree), "--batch", "uji").code == 0


def test_a_file_that_is_no_catalog(program: Program, tree: Path) -> None:
    program.home.mkdir()
    (program.home / "catalog.sqlite").write_bytes(b"this is no database, " * 100)
    told(program.run("import", str(tree), "--batch", "uji"), 5, "damaged")


def test_the_filesystem_of_a_path_is_known() -> None:
    assert filesystem_of(Path("/proc/self/fd")) == "proc"
    assert filesystem_of(Path("/proc/not/yet/there")) == "proc"
    assert filesystem_of(Path.cwd()) not in NETWORK_FILESYSTEMS


def test_a_catalog_on_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.catalog.sqlite.filesystem_of", lambda _path: "cifs")
    with pytest.raises(ArsipError) as caught:
        open_catalog(tmp_path / "catalog.sqlite")
    assert caught.value.failure.cause == "catalog-on-network"
    assert caught.value.exit == 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("not run: a file system of its own can only be mounted by root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    tree = tmp_path / "in"
    for number in range(6):
        path = save(tree / f"{number}.png", sheet("surat masuk", f"lembar {number}"))
        path.write_bytes(path.read_bytes() + os.urandom(400_000))
    program = Program(small_disk / "home")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    ran = program.run("import", str(tree), "--batch", "uji")
    told(ran, 5, "disk is full", "run the same command again")
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    answer = program.imported(tree)
    assert (answer["pages"]["words"], answer["documents"]) == (6, 6), answer


def test_a_query_that_is_none(program: Program, tree: Path) -> None:
    program.imported(tree)
    told(program.run("search", "(surat"), 2, "query")
