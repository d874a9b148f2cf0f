"""``arsip worker list`` shows who works, on what, and who seems to be gone."""

from __future__ import annotations

import json
import time
from pathlib import Path

from archive.ledger import workers
from archive.ledger.owner import me
from archive.types import Stage
from tests.archives import arsip
from tests.ledgers import GOOD, Archive
from tests.program import Program, save, sheet
from tests.waiting import until

FAR = "meja-3:pid:[4026531836]/0123456789abc/4711/99"


def test_nobody_works(tmp_path: Path) -> None:
    Archive(tmp_path).catalog.close()
    ran = arsip(tmp_path)("worker", "list")
    assert ran.exit_code == 0
    assert "Nobody works now" in ran.output
    assert json.loads(arsip(tmp_path)("worker", "list", "--json").output) == {"workers": []}


def test_a_worker_is_listed_with_what_it_has_in_hand(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add("surat/und-01.tif", frames=2)
    workers.seen(archive.catalog, me(), list(Stage), 2, 1200)
    work = archive.begin()
    archive.catalog.close()
    (listed,) = json.loads(arsip(tmp_path)("worker", "list", "--json").output)["workers"]
    (hand,) = listed["in_hand"]
    assert listed["alive"]
    assert listed["threads"] == 2
    assert listed["pages_per_hour"] == 1200
    assert listed["stages"] == ["preprocess", "ocr", "classify", "index"]
    assert abs(hand["since"] - time.time()) < 60
    del hand["since"]
    assert hand == {"stage": "preprocess", "id": work.subject, "path": "surat/und-01.tif", "number": 1}
    shown = arsip(tmp_path)("worker", "list").output
    assert "all stages · 2 threads · 1200 pages an hour" in shown
    assert "preprocess: surat/und-01.tif, page 1 (for " in shown


def test_a_document_in_hand_has_no_page_number(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add("surat/und-01.tif")
    work = archive.begin()
    while work.stage is not Stage.CLASSIFY:
        work = archive.go(work, GOOD[work.stage])
    workers.seen(archive.catalog, me(), [Stage.CLASSIFY], 1, 0)
    archive.catalog.close()
    (listed,) = json.loads(arsip(tmp_path)("worker", "list", "--json").output)["workers"]
    assert [(each["stage"], each["path"], each["number"]) for each in listed["in_hand"]] == [
        ("classify", "surat/und-01.tif", None)
    ]
    assert "classify: surat/und-01.tif (for " in arsip(tmp_path)("worker", "list").output


def test_one_that_was_not_seen_for_long_is_said_to_be_gone(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    catalog = archive.catalog
    workers.seen(catalog, FAR, [Stage.OCR], 4, 0)
    with catalog.write() as connection:
        connection.exec_driver_sql(f"UPDATE worker SET seen_at = seen_at - {2 * workers.LEASE_SECONDS}")
    catalog.close()
    shown = arsip(tmp_path)("worker", "list").output
    assert "meja-3, process 4711" in shown
    assert "ocr · 4 threads" in shown
    assert "seems to be gone" in shown
    (listed,) = json.loads(arsip(tmp_path)("worker", "list", "--json").output)["workers"]
    assert (listed["host"], listed["pid"], listed["alive"]) == ("meja-3", 4711, False)


def test_without_an_archive_nobody_can_be_listed(tmp_path: Path) -> None:
    assert arsip(tmp_path / "nothing")("worker", "list").exit_code == 4


def test_a_worker_waits_for_the_first_import(program: Program, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    with program.worker(heard) as worker:
        until(lambda: "Working with" in heard.read_text(), "it works")
        assert heard.read_text().startswith("There is no archive yet: an empty one is made (")
        program.imported(save(tmp_path / "in" / "a.png", sheet("surat undangan")), "--no-work")
        until(lambda: program.run("batch", "status", "uji").code == 0, "the page is searchable")
    assert worker.returncode == 0


def test_who_is_refused_does_not_say_that_he_works(program: Program) -> None:
    program.environment |= {"ARSIP_BROKER_URL": "http://server"}
    ran = program.run("worker")
    assert ran.code == 2
    assert "broker.url" in ran.err
    assert "Working with" not in ran.err
