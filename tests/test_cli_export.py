"""``arsip export``: the texts of documents as files, whole, in their places, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pdfplumber
import pytest

from archive.catalog.change import withdraw
from commands.names import Names
from tests.archives import Arsip, arsip, fill
from tests.program import Program, save_damaged, sheet


@pytest.fixture
def run(filled: Path) -> Arsip:
    return arsip(filled)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_one_file_a_document_pages_parted(run: Arsip, tmp_path: Path) -> None:
    ran = run("export", "--batch", "batch", "--text", "-o", str(tmp_path / "out"), "--json")
    assert ran.exit_code == 3
    assert files(tmp_path / "out") == [
        "kosong.txt",
        "surat/gambar.txt",
        "surat/rusak.txt",
        "surat/und-01.tif.txt",
        "surat/und-01.txt",
    ]
    answer = json.loads(ran.stdout)
    assert (answer["documents"], answer["pages"]) == (5, 7)
    assert [(each["path"], each["number"], each["cause"]) for each in answer["stopped"]] == [
        ("surat/rusak.pdf", 1, "page-timeout")
    ]
    pages = (tmp_path / "out" / "surat/und-01.tif.txt").read_text().split("\f")
    assert pages == [
        f"Nomor : 005/1/UM/2021\nHal : Undangan rapat koordinasi\nBupati Contoh halaman {n}\n"
        for n in (1, 2, 3)
    ]
    assert (tmp_path / "out" / "surat/rusak.txt").read_text() == ""


def test_a_person_is_told_what_is_empty(run: Arsip, tmp_path: Path) -> None:
    out = run("export", "--all", "--text", "-o", str(tmp_path / "out")).stdout
    assert "5 documents, 7 pages" in out
    assert "surat/rusak.pdf, page 1: the page took longer than 60 seconds" in out


def test_a_document_comes_whole(run: Arsip, tmp_path: Path) -> None:
    picked = json.loads(run("reprocess", "--path", "surat/und-01.tif", "--dry-run", "--json").stdout)
    page = picked["selected"][1]["page"]
    assert run("export", "--page", page, "--text", "-o", str(tmp_path / "out")).exit_code == 0
    assert (tmp_path / "out" / "surat/und-01.txt").read_text().count("\f") == 2


def test_pages_that_wait_are_told(tmp_path: Path, home: Path) -> None:
    fill(home, works=1).catalog.close()
    ran = arsip(home)("export", "--all", "--text", "-o", str(tmp_path / "out"), "--json")
    assert ran.exit_code == 6
    assert len(json.loads(ran.stdout)["waiting"]) == 6


def test_nothing_is_mixed_with_other_files_unless_that_is_said(run: Arsip, tmp_path: Path) -> None:
    (tmp_path / "kosong.txt").write_text("mine")
    words = ("export", "--pages", "blank", "--text", "-o", str(tmp_path))
    refused = run(*words)
    assert (refused.exit_code, "say --force" in refused.stderr) == (2, True)
    assert (tmp_path / "kosong.txt").read_text() == "mine"
    assert run(*words, "--force").exit_code == 0
    assert (tmp_path / "kosong.txt").read_text() == ""


def test_a_link_does_not_lead_out_of_the_folder(run: Arsip, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "surat").symlink_to(tmp_path / "elsewhere")
    ran = run("export", "--path", "surat", "--text", "-o", str(tmp_path / "out"), "--force", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (5, "not-writable")
    assert not files(tmp_path / "elsewhere")


def test_withdrawn_documents_are_left_out(tmp_path: Path, home: Path) -> None:
    archive = fill(home)
    withdraw(archive.catalog, "batch")
    archive.catalog.close()
    ran = arsip(home)("export", "--all", "--text", "-o", str(tmp_path / "out"), "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (4, "nothing-selected")


@pytest.mark.parametrize(
    ("words", "code", "cause"),
    [
        (["--text"], 2, "usage"),
        (["--all"], 2, "usage"),
        (["--all", "--unit", "Sekretariat", "--text"], 2, "usage"),
        (["--cause", "no-such-cause", "--text"], 2, "usage"),
        (["--batch", "tiada", "--text"], 4, "batch-unknown"),
        (["--unit", "Tiada", "--text"], 4, "nothing-selected"),
        (["--since", "2099-01-01", "--text"], 4, "nothing-selected"),
    ],
)
def test_a_selector_that_picks_nothing(
    run: Arsip, tmp_path: Path, words: list[str], code: int, cause: str
) -> None:
    ran = run("export", *words, "-o", str(tmp_path / "out"), "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (code, cause)
    assert not (tmp_path / "out").exists()


def given(*paths: str, is_file: bool = True) -> list[str]:
    names = Names([".txt"])
    return [f"{names.give(path, is_file=is_file, otherwise='boks')}.txt" for path in paths]


def test_names_that_are_taken() -> None:
    assert given("a/b.tif", "a/b.png", "a/B.PNG", "a/b.png") == [
        "a/b.txt",
        "a/b.png.txt",
        "a/B.PNG-2.txt",
        "a/b.png-3.txt",
    ]


def test_names_of_folders_keep_their_dots() -> None:
    assert given("kotak.12", "surat no. 5", ".", is_file=False) == [
        "kotak.12.txt",
        "surat no. 5.txt",
        "boks.txt",
    ]


def test_names_never_lead_outside_and_no_folder_is_a_file() -> None:
    assert given("/etc/passwd", "../../x.tif", "a.tif", "a.txt/b.tif", "c\n\x1b.tif") == [
        "etc/passwd.txt",
        "x.txt",
        "a.txt",
        "a.txt_/b.txt",
        "c__.txt",
    ]


def test_long_names_are_cut_and_stay_apart() -> None:
    names = [name.encode() for name in given("é" * 200 + "1.tif", "é" * 200 + "2.tif", "é" * 200 + "3.tif")]
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 255


def test_several_forms_at_once_and_a_choice_of_pages(run: Arsip, tmp_path: Path) -> None:
    words = ("export", "--path", "gambar", "--pdf", "--text", "--alto", "--hocr", "-o", str(tmp_path / "out"))
    ran = run(*words, "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["failed"]) == (0, [])
    assert files(tmp_path / "out") == [f"surat/gambar{end}" for end in (".alto.xml", ".hocr", ".pdf", ".txt")]
    with pdfplumber.open(tmp_path / "out/surat/gambar.pdf") as pdf:
        (page,) = pdf.pages
        assert "Undangan rapat koordinasi" in page.extract_text()


def test_chosen_pages_of_each_document_that_has_them(run: Arsip, tmp_path: Path) -> None:
    ran = run("export", "--all", "--pages", "2-", "--text", "-o", str(tmp_path / "out"), "--json")
    assert (ran.exit_code, files(tmp_path / "out")) == (0, ["surat/und-01.txt"])
    assert (tmp_path / "out/surat/und-01.txt").read_text().count("\f") == 1
    none = run("export", "--all", "--pages", "9", "--text", "-o", str(tmp_path / "two"), "--json")
    assert (none.exit_code, json.loads(none.stdout)["error"]["cause"]) == (4, "pages-lacking")
    for wrong in ("3-,x", "5-3", "0-2", "tiga"):
        ran = run("export", "--all", "--pages", wrong, "--text", "-o", str(tmp_path / "two"))
        assert (ran.exit_code, "pages are given as 3-5,8 or 10-" in ran.stderr) == (2, True)


def test_chosen_pages_that_a_document_has_not_are_told(run: Arsip, tmp_path: Path) -> None:
    words = ("export", "--path", "und-01.tif", "--pages", "2-5,9,3-", "--text", "-o")
    ran = run(*words, str(tmp_path / "out"), "--json")
    assert (ran.exit_code, files(tmp_path / "out")) == (3, ["surat/und-01.txt"])
    assert [each["pages"] for each in json.loads(ran.stdout)["lacking"]] == ["4-5,9"]
    told = run(*words, str(tmp_path / "two")).stdout
    assert "surat/und-01.tif, pages 4-5,9" in told


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(run: Arsip, tmp_path: Path) -> None:
    """Also what would be replaced, and about how large all is; nothing is refused for a folder in use."""
    out = tmp_path / "out"
    words = ("export", "--path", "gambar", "--pdf", "--text", "-o", str(out))
    planned = json.loads(run(*words, "--dry-run", "--json").stdout)
    assert not out.exists()
    assert [each["file"] for each in planned["files"]] == ["surat/gambar.txt", "surat/gambar.pdf"]
    assert run(*words).exit_code == 0
    sizes = [(out / each["file"]).stat().st_size for each in planned["files"]]
    assert planned["bytes"] == sum(each["bytes"] for each in planned["files"])
    assert planned["files"][0]["bytes"] == pytest.approx(sizes[0], rel=0.5)
    assert planned["files"][1]["bytes"] > 0
    again = run(*words, "--dry-run", "--json")
    answer = json.loads(again.stdout)
    assert again.exit_code == 0
    assert (answer["dry_run"], answer["needs_force"], answer["documents"]) == (True, True, 1)
    assert [each["replaces"] for each in answer["files"]] == [True, True]
    told = run(*words, "--dry-run", "--force").stdout
    assert "2 files of about" in told
    assert "Files that would be replaced: 2\n  surat/gambar.txt" in told
    assert "--force" not in told


def test_a_missing_original_is_told_and_the_others_come_out(run: Arsip, tmp_path: Path) -> None:
    words = ("export", "--path", "surat/", "--pdf", "-o", str(tmp_path / "out"), "--json")
    ran = run(*words)
    assert ran.exit_code == 3
    failed = json.loads(ran.stdout)["failed"]
    assert {each["cause"] for each in failed} == {"original-missing"}
    assert files(tmp_path / "out") == ["surat/gambar.pdf"]


def test_a_page_that_cannot_be_drawn_costs_no_other_page_and_no_other_form(
    program: Program, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    save_damaged(folder / "tiga.tif", 2, sheet("satu"), sheet("dua"), sheet("tiga"))
    save_damaged(folder / "satu.tif", 1, sheet("satu"))
    program.imported(folder)
    words = ("export", "--all", "--text", "--pdf", "--alto", "--hocr", "--force", "-o", str(out))
    ran = program.run(*words, "--json")
    ends = (".alto.xml", ".hocr", ".pdf", ".txt")
    written = {f"{name}{end}" for name in ("satu", "tiga") for end in ends} - {"satu.pdf"}
    assert (ran.code, files(out)) == (3, sorted(written)), ran
    with pdfplumber.open(out / "tiga.pdf") as pdf:
        assert [page.extract_text().strip() for page in pdf.pages] == ["satu", "tiga"]
    assert (out / "tiga.txt").read_text().split("\f")[1:] == ["", "tiga\n"]
    told = ran.answer
    assert (told["documents"], told["pages"]) == (2, 4)
    assert [(each["file"], each["number"]) for each in told["left_out"]] == [("tiga.pdf", 2)]
    assert [(each["file"], each["number"]) for each in told["failed"]] == [("satu.pdf", 1)]
    alone = program.run("export", "--all", "--pdf", "--force", "-o", str(out), "--json").answer
    assert (alone["documents"], alone["pages"], alone["stopped"]) == (1, 2, [])
    said = program.run(*words).out
    assert "tiga.pdf (tiga.tif, page 2): this page is damaged and cannot be drawn" in said
    assert f"      → arsip import FILE --replaces {told['left_out'][0]['page']}\n" in said
    assert "satu.pdf (satu.tif, page 1): this page is damaged and cannot be drawn" in said


def test_pdf_a_of_a_scan_and_not_beside_a_plain_pdf(run: Arsip, tmp_path: Path) -> None:
    words = ("export", "--path", "gambar", "--pdfa", "-o", str(tmp_path / "out"))
    assert run(*words, "--pdf").exit_code == 2
    assert run(*words).exit_code == 0
    assert b"<pdfaid:conformance>B" in (tmp_path / "out/surat/gambar.pdf").read_bytes()
