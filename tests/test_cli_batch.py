"""``arsip batch``: all batches, the accounting of one that always closes, one withdrawn and restored."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from archive.errors import BATCH_WITHDRAWN, INDEX_UNREACHABLE, PAGE_TIMEOUT, ArsipError, Failure
from archive.types import Stage
from tests.archives import PLACE, Arsip, arsip, fill, work_on
from tests.program import Program, total

NOBODY = "127.0.0.1:9"
"""Where no server is."""


@pytest.fixture
def run(home: Path) -> Arsip:
    fill(home).catalog.close()
    return arsip(home)


def found(run: Arsip) -> Any:
    return json.loads(run("search", "undangan", "--json").stdout)["total"]["pages"]


def test_the_object_of_the_contract(run: Arsip) -> None:
    ran = run("batch", "status", "batch", "--json")
    assert ran.exit_code == 3
    answer = json.loads(ran.stdout)
    seconds = answer.pop("seconds")
    stopped = answer.pop("stopped")
    assert answer.pop("hard_to_read") == []
    assert answer.pop("waits_for") is None
    assert answer == {
        "batch": "batch",
        "files": {"seen": 8, "documents": 5, "known": 1, "ignored": 1, "refused": 1},
        "documents": 5,
        "pages": {"total": 7, "words": 5, "wordless": 0, "blank": 1, "stopped": 1, "waiting": 0},
        "refused": [
            {
                "path": "terkunci.pdf",
                "cause": "encrypted-pdf",
                "message": "the PDF is locked with a password",
            }
        ],
        "priority": "normal",
        "hours": None,
        "paused": False,
        "outside_hours": False,
    }
    assert total(answer) == answer["pages"]["total"]
    assert 0 < seconds < 60
    assert [set(each) for each in stopped] == [
        {"page", "document", "path", "number", "stage", "cause", "message"}
    ]
    assert (stopped[0]["path"], stopped[0]["stage"], stopped[0]["cause"]) == (
        "surat/rusak.pdf",
        "ocr",
        "page-timeout",
    )


def test_status_names_the_command_that_mends(run: Arsip) -> None:
    out = run("batch", "status", "batch").stdout
    assert "Files seen                              8" in out
    assert "1 × the PDF is locked with a password\n      terkunci.pdf\n      → save it without" in out
    assert "When that is done: arsip import /in --batch batch\n" in out
    assert "with the options it was imported with" in out
    assert "1 × while it was read: the page took longer than 60 seconds" in out
    assert "→ look at the page; scan it again\n        arsip import FILE --replaces p" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(("pages", "of"), [(1, "{page}"), (4, "PAGE")])
def test_a_page_whose_file_is_at_fault_is_mended_by_a_new_scan_in_its_place(
    home: Path, pages: int, of: str
) -> None:
    """Another import of its folder would make a document beside the broken one."""
    archive = fill(home)
    archive.add("surat/sobek.tif", pages, "b6", PLACE)
    work_on(archive, home)
    archive.catalog.close()
    run = arsip(home)
    stopped = json.loads(run("batch", "status", "batch", "--json").stdout)["stopped"]
    of = of.format_map(next(each for each in stopped if each["cause"] == "damaged-page"))
    out = run("batch", "status", "batch").stdout
    assert f"→ scan this page again\n        arsip import FILE --replaces {of}\n" in out
    assert out.count("arsip import /in --batch batch") == 1  # of the refused file


def test_pages_that_stayed_hard_to_read_are_a_problem_that_status_tells(home: Path) -> None:
    archive = fill(home)
    archive.add("surat/kabur.tif", 4, "b5", PLACE)
    work_on(archive, home)
    archive.catalog.close()
    run = arsip(home)
    answer = json.loads(run("batch", "status", "batch", "--json").stdout)
    assert (answer["pages"]["words"], total(answer)) == (9, 11)
    told = [(each["path"], each["number"], each["confidence"]) for each in answer["hard_to_read"]]
    assert told == [("surat/kabur.tif", number, 0.41) for number in (1, 2, 3, 4)]
    out = run("batch", "status", "batch").stdout
    assert "hard to read                        4  see below" in out
    assert "4 pages are less than 55 % sure of their words, whatever was tried:" in out
    assert f"surat/kabur.tif, page 1  {answer['hard_to_read'][0]['page']}\n" in out
    assert "… and 1 more; all of them with:\n        arsip batch status batch --json\n" in out
    assert "\n        arsip batch rescan batch\n" in out
    assert "4 hard to read" in run("batch", "list").stdout
    listed = json.loads(run("batch", "rescan", "batch", "--json").stdout)
    assert listed["kinds"]["hard-to-read"] == 4


def test_status_while_pages_wait(home: Path) -> None:
    fill(home, works=0).catalog.close()
    run = arsip(home)
    answer = json.loads(run("batch", "status", "batch", "--json").stdout)
    assert (answer["pages"]["waiting"], answer["seconds"]) == (7, 0)
    assert "run: arsip worker" in run("batch", "status", "batch").stdout


def test_what_is_wrong_with_one_page_is_not_what_the_others_wait_for(home: Path) -> None:
    archive = fill(home, works=0)
    work = archive.ledger.begin(*archive.waiting()[0])
    assert work is not None
    archive.settle(work, Failure(PAGE_TIMEOUT.code, {"seconds": 60}))
    archive.catalog.close()
    assert json.loads(arsip(home)("batch", "status", "batch", "--json").stdout)["waits_for"] is None


def test_what_pages_wait_for_is_named(home: Path) -> None:
    archive = fill(home, works=0)
    archive.drain({Stage.INDEX: Failure(INDEX_UNREACHABLE.code, {"where": "http://index.example"})})
    archive.catalog.close()
    run = arsip(home)
    waits_for = json.loads(run("batch", "status", "batch", "--json").stdout)["waits_for"]
    assert waits_for["cause"] == "index-unreachable"
    assert "http://index.example" in waits_for["message"]
    out = run("batch", "status", "batch").stdout
    assert (
        "not searchable yet: the search index at http://index.example does not answer.\n  → start it and"
        in out
    )
    assert "run: arsip worker" in out
    run("reprocess", "--all", "--from", "ocr", "--no-work")
    assert json.loads(run("batch", "status", "batch", "--json").stdout)["waits_for"] is None


def test_an_unknown_batch(run: Arsip) -> None:
    for verb in ("status", "withdraw"):
        ran = run("batch", verb, "tiada", "--json")
        assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (4, "batch-unknown")


def test_a_search_in_an_unknown_batch_says_so(run: Arsip) -> None:
    ran = run("search", "undangan", "--batch", "tiada", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (4, "batch-unknown")
    assert run("search", "tiadakata", "--batch", "batch").exit_code == 0


def test_the_list(run: Arsip) -> None:
    answer = json.loads(run("batch", "list", "--json").stdout)
    assert [(each["batch"], each["documents"], each["withdrawn"]) for each in answer["batches"]] == [
        ("batch", 5, False)
    ]
    assert "1 stopped, 1 refused" in run("batch", "list").stdout


def test_withdrawn_at_once_and_restored(run: Arsip) -> None:
    assert found(run) == 5
    would = json.loads(run("batch", "withdraw", "batch", "--dry-run", "--json").stdout)
    assert (would["changed"], would["pages"], found(run)) == (False, 7, 5)
    assert json.loads(run("batch", "withdraw", "batch", "--json").stdout)["withdrawn"] is True
    assert found(run) == 0
    assert "withdrawn" in run("batch", "list").stdout
    assert "This batch was withdrawn" in run("batch", "status", "batch").stdout
    assert "is withdrawn already" in run("batch", "withdraw", "batch").stdout
    assert "Shown again" in run("batch", "withdraw", "batch", "--restore").stdout
    assert found(run) == 5
    assert "is not withdrawn" in run("batch", "withdraw", "batch", "--restore").stdout


def test_an_index_that_is_away_is_told_later(home: Path) -> None:
    fill(home).catalog.close()
    program = Program(home)
    away = {"ARSIP_INDEX_ENGINE": "elasticsearch", "ARSIP_INDEX_URL": f"http://{NOBODY}"}
    program.environment |= away
    ran = program.run("batch", "withdraw", "batch")
    assert (ran.code, "arsip worker" in ran.out) == (6, True)
    ran = program.run("batch", "withdraw", "batch", "--restore", "--json")
    assert (ran.code, ran.answer["withdrawn"], ran.answer["waiting"]) == (6, False, 7)


def test_what_restores_a_batch_can_be_pasted_whatever_its_name_is() -> None:
    advice = ArsipError(BATCH_WITHDRAWN, name="Boks 1").failure.advice()
    assert shlex.split(advice)[-4:] == ["batch", "withdraw", "Boks 1", "--restore"]


@pytest.mark.parametrize(("typed", "left"), [("n\n", 5), ("y\n", 0)])
def test_a_terminal_is_asked(run: Arsip, monkeypatch: pytest.MonkeyPatch, typed: str, left: int) -> None:
    monkeypatch.setattr("commands.shared.is_terminal", lambda: True)
    ran = run("batch", "withdraw", "batch", typed=typed)
    assert "Hide the batch batch (5 documents, 7 pages) from every search?" in ran.stderr
    assert found(run) == left
    assert ("Nothing was changed" in ran.stdout) is (left == 5)
