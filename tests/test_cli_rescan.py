"""``arsip import FILE --replaces PAGE``: a page gets its new scan, and the command says how to go back."""

from __future__ import annotations

import json
import shlex
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.archives import Arsip, arsip, fill
from tests.program import Program, save, sheet, told


@pytest.fixture
def run(home: Path) -> Arsip:
    fill(home).catalog.close()
    return arsip(home)


def page_of(run: Arsip, path: str) -> str:
    answer = json.loads(run("reprocess", "--path", path, "--dry-run", "--json").stdout)
    return str(answer["selected"][-1]["page"])


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return save(tmp_path / "again" / "ulang.png", sheet("undangan baru"))


def test_a_dry_run_says_what_would_happen_and_changes_nothing(run: Arsip, scan: Path, home: Path) -> None:
    of = page_of(run, "surat/und-01.tif")
    before = sorted(home.rglob("originals/*/*/*"))
    ran = run("import", str(scan), "--replaces", of, "--dry-run")
    assert (ran.exit_code, "number 3 of surat/und-01.tif" in ran.output) == (0, True), ran.output
    answer = json.loads(run("import", str(scan), "--replaces", of, "--dry-run", "--json").stdout)
    assert (answer["changed"], answer["dry_run"], answer["now"]["frame"]) == (True, True, 0)
    assert sorted(home.rglob("originals/*/*/*")) == before
    assert json.loads(run("show", of, "--json").stdout)["class"] == "words"


def test_it_waits_for_a_worker(run: Arsip, scan: Path) -> None:
    of = page_of(run, "surat/und-01.tif")
    ran = run("import", str(scan), "--replaces", of, "--no-work", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["pages"]["waiting"]) == (6, 1)
    again = run("import", str(scan), "--replaces", of, "--no-work")
    assert (again.exit_code, "already" in again.output) == (6, True)
    status = json.loads(run("batch", "status", "batch", "--json").stdout)
    assert status["files"]["seen"] == sum(status["files"].values()) - status["files"]["seen"]


REFUSED = [
    ("SCAN --replaces p1", 4, "there is no page p1"),
    ("SCAN --replaces PAGE --unit Umum", 2, "leave --unit out"),
    ("SCAN --replaces PAGE --batch x", 2, "leave --batch out"),
    ("SCAN SCAN --replaces PAGE", 2, "name one file"),
    ("FOLDER --replaces PAGE", 2, "name one file"),
    ("nowhere.tif --replaces PAGE", 2, "nowhere.tif"),
    ("MANY --replaces PAGE", 2, "the file has 2 pages"),
    ("TEXT --replaces PAGE", 3, "cannot be read"),
    ("EMPTY --replaces PAGE", 3, "the file is empty"),
    ("BROKEN --replaces PAGE", 3, "damaged"),
    ("SCAN", 2, "--batch"),
]


def test_what_is_refused_changes_nothing(run: Arsip, scan: Path, home: Path) -> None:
    many = save(scan.parent / "many.tif", sheet("satu"), sheet("dua"))
    (text := scan.parent / "notes.txt").write_text("surat")
    (empty := scan.parent / "empty.png").touch()
    (broken := scan.parent / "broken.png").write_bytes(scan.read_bytes()[:60])
    of = page_of(run, "surat/und-01.tif")
    named = {"SCAN": scan, "FOLDER": scan.parent, "MANY": many, "TEXT": text, "EMPTY": empty}
    named |= {"BROKEN": broken, "PAGE": Path(of)}
    before = sorted(home.rglob("originals/*/*/*"))
    for words, code, says in REFUSED:
        ran = run("import", *(str(named.get(word, word)) for word in words.split()))
        assert (ran.exit_code, says in ran.output) == (code, True), ran.output
    assert sorted(home.rglob("originals/*/*/*")) == before
    shown = json.loads(run("show", of, "--json").stdout)
    assert (shown["class"], len(shown["sightings"])) == ("words", 2)


def test_a_withdrawn_batch_is_refused(run: Arsip, scan: Path) -> None:
    of = page_of(run, "surat/und-01.tif")
    run("batch", "withdraw", "batch", "--yes")
    ran = run("import", str(scan), "--replaces", of, "--no-work")
    assert (ran.exit_code, "was withdrawn" in ran.output) == (2, True), ran.output


@pytest.fixture
def imported(tmp_path: Path, program: Program) -> Any:
    """A document of two pages, the second of which is to be scanned again; the hit for that page."""
    save(tmp_path / "in" / "surat.tif", sheet("surat masuk"), sheet("perihal kabur"))
    answer = program.imported(tmp_path / "in")
    assert answer["pages"]["words"] == 2, answer
    return found(program, "kabur")[0]


def found(program: Program, query: str) -> Any:
    return program.run("search", query, "--json").answer["hits"]


def test_the_new_words_are_found_and_the_old_ones_no_longer_until_it_is_undone(
    program: Program, imported: Any, scan: Path
) -> None:
    ran = program.run("import", str(scan), "--replaces", imported["page"], "--json")
    assert (ran.code, ran.answer["pages"]["words"]) == (0, 1), ran
    (hit,) = found(program, "baru")
    same = ("page", "document", "number", "path")
    assert {name: hit[name] for name in same} == {name: imported[name] for name in same}
    assert found(program, "kabur") == []
    shown = program.run("show", imported["page"]).out
    assert "the image was replaced (before: " in shown
    status = program.run("batch", "status", "uji", "--json").answer
    assert (status["files"]["seen"], status["files"]["documents"], status["pages"]["total"]) == (2, 2, 2)
    back = program.run(*shlex.split(ran.answer["undo"])[1:])
    assert back.code == 0, back
    assert (len(found(program, "kabur")), found(program, "baru")) == (1, [])
    assert program.run("doctor", "--full", "--json").answer["healthy"]


def test_one_that_is_killed_is_given_again(program: Program, imported: Any, scan: Path) -> None:
    """Whatever of it was done by then."""
    for seconds in (0.4, 0.8, 1.2):
        process = program.start("import", str(scan), "--replaces", imported["page"])
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    ran = program.run("import", str(scan), "--replaces", imported["page"], "--json")
    assert (ran.code, ran.answer["pages"]["words"]) == (0, 1), ran
    assert (len(found(program, "baru")), found(program, "kabur")) == (1, [])
    decided = [run["decided"] for run in program.run("show", imported["page"], "--json").answer["runs"]]
    assert [each["what"] for each in decided if each] == ["replaced"]


def test_a_damaged_scan_takes_no_place(program: Program, imported: Any, scan: Path) -> None:
    scan.write_bytes(scan.read_bytes()[:40])
    told(program.run("import", str(scan), "--replaces", imported["page"]), 3)
    assert len(found(program, "kabur")) == 1
