"""``arsip import`` from outside: accounts that close, what is known, what goes on, what is refused."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from archive.catalog.schema import page
from tests.program import Program, save, sheet, total


def test_a_folder_is_taken_in_found_and_accounted_for(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "Boks 12"
    save(tree / "a" / "satu.png", sheet("surat undangan rapat", "penandasatu"))
    save(tree / "a" / "buku.tif", sheet("halaman satu"), sheet("halaman dua", "penandadua"))
    shutil.copy(tree / "a" / "satu.png", tree / "kembar.png")
    (tree / "Thumbs.db").write_bytes(b"x")
    (tree / "kosong.pdf").write_bytes(b"")
    ran = program.run("import", str(tree), "--batch", "uji", "--unit", "Umum", "--box", "12", "--json")
    answer = ran.answer
    assert ran.code == 3
    assert answer["files"] == {"seen": 5, "documents": 2, "known": 1, "ignored": 1, "refused": 1}
    assert (answer["documents"], answer["pages"]["total"], answer["pages"]["words"]) == (2, 3, 3)
    assert total(answer) == 3
    assert [(each["path"], each["cause"]) for each in answer["refused"]] == [("kosong.pdf", "empty-file")]
    found = program.run("search", "penandadua", "--json").answer
    assert found["total"] == {"documents": 1, "pages": 1}
    hit = found["hits"][0]
    assert (hit["path"], hit["number"], hit["batch"]) == ("a/buku.tif", 2, "uji")
    ((x, y, w, h),) = hit["boxes"]
    assert 0.05 < x < 0.09
    assert 0.28 < y < 0.36
    assert 0.15 < w < 0.40
    assert 0.05 < h < 0.15


def test_the_same_again_changes_nothing(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    save(tree / "satu.png", sheet("surat keluar"))
    first = program.imported(tree)
    again = program.imported(tree)
    assert {**first, "seconds": 0} == {**again, "seconds": 0}


def test_another_batch_with_the_same_document_is_a_sighting(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    save(tree / "satu.png", sheet("surat keluar"))
    program.imported(tree, batch="satu")
    other = program.imported(tree, batch="dua")
    assert (other["files"]["known"], other["documents"]) == (1, 0)
    elsewhere = program.imported(tree, "--unit", "Dinas Contoh", batch="tiga")
    assert elsewhere["documents"] == 1


def test_what_stays_in_another_unit_or_class_is_told(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    save(tree / "satu.png", sheet("surat keluar"))
    (tree / "Thumbs.db").write_bytes(b"x")
    program.imported(tree, "--no-work")
    same = program.run("import", str(tree), "--batch", "uji", "--no-work")
    other = program.run("import", str(tree), "--batch", "uji", "--class", "R", "--no-work")
    assert "another unit or class" not in same.err
    assert "1 file is in this batch already in another unit or class" in other.err


def test_a_folder_of_images_is_one_document_and_grows(tmp_path: Path, program: Program) -> None:
    folder = tmp_path / "in" / "berkas 7"
    for number in (1, 2, 10):
        save(folder / f"hal{number}.png", sheet(f"halaman {number}"))
    answer = program.imported(tmp_path / "in", "--group", "folder")
    assert (answer["documents"], answer["pages"]["total"]) == (1, 3)
    found = program.run("search", "halaman", "--sort", "path", "--json").answer
    assert [(hit["number"], Path(hit["path"]).name) for hit in found["hits"]] == [
        (1, "hal1.png"),
        (2, "hal2.png"),
        (3, "hal10.png"),
    ]
    save(folder / "hal5.png", sheet("halaman susulan"))
    grown = program.imported(tmp_path / "in", "--group", "folder")
    assert (grown["documents"], grown["pages"]["words"], grown["files"]["documents"]) == (1, 4, 4)
    found = program.run("search", "halaman", "--sort", "path", "--json").answer
    assert [Path(hit["path"]).name for hit in found["hits"]] == [
        "hal1.png",
        "hal2.png",
        "hal5.png",
        "hal10.png",
    ]
    assert found["total"]["documents"] == 1


def test_a_known_image_in_a_new_folder_is_a_new_page(tmp_path: Path, program: Program) -> None:
    for name in ("a", "b"):
        save(tmp_path / "in" / name / "sama.png", sheet("lembar yang sama"))
        save(tmp_path / "in" / name / "lain.png", sheet(f"lembar {name}"))
    answer = program.imported(tmp_path / "in", "--group", "folder")
    assert (answer["documents"], answer["pages"]["words"], answer["files"]["known"]) == (2, 4, 0)


@pytest.mark.embedded_only
def test_a_dry_run_says_what_would_happen_and_does_nothing(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    save(tree / "satu.png", sheet("surat"))
    save(tree / "kembar.png", sheet("surat"))
    (tree / "catatan.docx").write_bytes(b"PK\x03\x04")
    (tree / "rusak.tif").write_bytes(b"II*\x00")
    ran = program.run("import", str(tree), "--batch", "uji", "--dry-run", "--json")
    assert ran.code == 3
    assert ran.answer["files"] == {
        "seen": 4, "documents": 1, "known": 1, "ignored": 1, "refused": 1, "already": 0,
    }  # fmt: skip
    assert ran.answer["pages"]["total"] == 1
    assert not program.home.exists()


FILES = 40
"""More than are read before an interruption comes."""


def _until_something_is_taken_in(program: Program) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        parts = program.parts()
        if parts.database.there():
            with parts.catalog.read() as connection:
                found = connection.execute(select(page.c.id)).first()
            parts.close()
            if found:
                return
        time.sleep(0.05)


def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    for number in range(FILES):
        save(tree / f"{number}.png", sheet(f"surat {number}", "isi surat"))
    process = program.start("import", str(tree), "--batch", "uji", "--json")
    _until_something_is_taken_in(program)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "run the same command again" in err
    answer = program.imported(tree)
    assert (answer["pages"]["words"], answer["files"]["seen"]) == (FILES, FILES)


def test_no_work_leaves_it_to_a_worker(tmp_path: Path, program: Program) -> None:
    save(tmp_path / "in" / "satu.png", sheet("surat tugas"))
    ran = program.run("import", str(tmp_path / "in"), "--batch", "uji", "--no-work", "--json")
    assert ran.code == 6
    assert ran.answer["pages"]["waiting"] == 1
    worker = program.start("worker")
    until = time.monotonic() + 60
    while program.run("batch", "status", "uji", "--json").answer["pages"]["waiting"]:
        assert time.monotonic() < until
    worker.terminate()
    worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert program.run("search", "tugas", "--json").answer["total"]["pages"] == 1


def test_two_imports_of_the_same_tree_at_once(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    for number in range(6):
        save(tree / f"{number}.png", sheet(f"surat nomor {number}"))
    both = [program.start("import", str(tree), "--batch", "uji", "--json") for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    answer = program.run("batch", "status", "uji", "--json").answer
    assert (answer["pages"]["words"], answer["documents"], answer["files"]["documents"]) == (6, 6, 6)


def test_a_withdrawn_batch_is_found_no_more_and_comes_back(tmp_path: Path, program: Program) -> None:
    save(tmp_path / "in" / "satu.png", sheet("salah masuk"))
    program.imported(tmp_path / "in")
    assert program.run("batch", "withdraw", "uji", "--yes").code == 0
    assert program.run("search", "salah", "--json").answer["total"]["pages"] == 0
    refused = program.run("import", str(tmp_path / "in"), "--batch", "uji", "--json")
    assert refused.answer["error"]["cause"] == "batch-withdrawn"
    again = program.imported(tmp_path / "in", batch="benar")
    assert again["documents"] == 1
    assert program.run("batch", "withdraw", "uji", "--restore", "--yes").code == 0
    assert program.run("search", "salah", "--json").answer["total"]["pages"] == 2


@pytest.mark.embedded_only
def test_every_kind_of_image_is_read(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    for number, suffix in enumerate(("png", "jpg", "tif", "webp", "bmp", "jp2", "pdf")):
        save(tree / f"{number}.{suffix}", sheet("surat biasa", f"jenis{suffix}"))
    answer = program.imported(tree)
    assert answer["pages"]["words"] == 7, answer
    assert program.run("search", "biasa", "--json").answer["total"]["pages"] == 7


@pytest.mark.embedded_only
def test_the_wrong_extension_is_read_by_what_it_is(tmp_path: Path, program: Program) -> None:
    path = save(tmp_path / "in" / "satu.png", sheet("surat biasa"))
    path.rename(path.with_suffix(".pdf"))
    (tmp_path / "in" / "bukan.pdf").write_bytes(b"this is no scan at all, only some text")
    ran = program.run("import", str(tmp_path / "in"), "--batch", "uji", "--json")
    assert (ran.code, ran.answer["pages"]["words"]) == (3, 1)
    assert ran.answer["refused"][0]["cause"] == "not-as-named"


@pytest.mark.embedded_only
def test_an_encrypted_pdf_is_refused_with_what_to_do(tmp_path: Path, program: Program) -> None:
    plain = save(tmp_path / "biasa.pdf", sheet("rahasia"))
    (tmp_path / "in").mkdir()
    with pikepdf.open(plain) as pdf:
        pdf.save(tmp_path / "in" / "kunci.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    ran = program.run("import", str(tmp_path / "in"), "--batch", "uji")
    assert ran.code == 3
    assert "password" in ran.out
    assert "kunci.pdf" in ran.out


@pytest.mark.embedded_only
def test_a_blank_and_a_wordless_page_are_told_apart(tmp_path: Path, program: Program) -> None:
    tree = tmp_path / "in"
    save(tree / "kosong.png", Image.new("L", (1650, 2340), 255))
    drawing = Image.new("L", (1650, 2340), 255)
    drawing.paste(Image.linear_gradient("L").resize((900, 900)), (300, 700))
    save(tree / "gambar.png", drawing)
    save(tree / "surat.png", sheet("surat keterangan"))
    pages = program.imported(tree)["pages"]
    assert (pages["blank"], pages["wordless"], pages["words"]) == (1, 1, 1)


@pytest.mark.embedded_only
def test_an_unreadable_file_is_refused_and_read_when_it_was_mended(tmp_path: Path, program: Program) -> None:
    if os.geteuid() == 0:
        pytest.skip("not run: root may read everything")
    path = save(tmp_path / "in" / "satu.png", sheet("surat"))
    path.chmod(0)
    ran = program.run("import", str(tmp_path / "in"), "--batch", "uji", "--json")
    assert (ran.code, ran.answer["refused"][0]["cause"]) == (3, "unreadable-file")
    path.chmod(0o600)
    assert program.imported(tmp_path / "in")["files"]["refused"] == 0
