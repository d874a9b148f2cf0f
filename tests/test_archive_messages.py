"""The table of messages: refilled when lost, freed from who is gone, found without looking through it all."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event

import pipeline
from archive.catalog.change import Selector, pick, run_again
from archive.catalog.schema import message
from archive.errors import (
    INDEX_UNREACHABLE,
    LOST_TOO_OFTEN,
    Failure,
)
from archive.ledger.ledger import TAKEN_TOGETHER
from archive.ledger.messages import _missing, purge, refill, send
from archive.ledger.work import Work
from archive.ledger.workers import free, let_go
from archive.types import Stage
from tests.ledgers import (
    GOOD,
    Archive,
    classes,
    outcomes,
)


def test_a_lost_queue_is_refilled(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    archive.add("b.tif")
    for _ in range(6):
        with archive.catalog.write() as connection:
            connection.execute(delete(message))
        refill(archive.catalog)
        if not archive.waiting():
            break
        work: Work | None = archive.begin()
        while work is not None:
            work = archive.settle(work, GOOD[work.stage])
    assert classes(archive) == {"words": 3}
    assert refill(archive.catalog) == 0


def test_what_a_dead_owner_held_comes_free_at_once(archive: Archive) -> None:
    archive.add("a.tif")
    host, boot, _pid, _started = archive.ledger.owner.rsplit("/", 3)
    archive.ledger.owner = f"{host}/{boot}/999999999/1"
    archive.begin()
    assert archive.waiting() == []
    assert free(archive.catalog) == 1
    assert outcomes(archive) == {"lost": 1}
    assert len(archive.waiting()) == 1


def test_a_machine_that_went_down_counts_against_nobody(archive: Archive) -> None:
    archive.add("a.tif")
    host = archive.ledger.owner.rsplit("/", 3)[0]
    archive.ledger.owner = f"{host}/another-boot/1/1"
    for _ in range(pipeline.WORKERS_A_PAGE + 1):
        assert archive.begin().lost == 0
        free(archive.catalog)


def test_a_page_that_many_workers_were_lost_with_is_set_aside(archive: Archive) -> None:
    archive.add("a.tif")
    host, boot, _pid, _started = archive.ledger.owner.rsplit("/", 3)
    archive.ledger.owner = f"{host}/{boot}/999999999/1"
    for _ in range(pipeline.WORKERS_A_PAGE):
        archive.begin()
        free(archive.catalog)
    outcome = pipeline.attempt({}, archive.begin())
    assert isinstance(outcome, Failure)
    assert outcome.cause == LOST_TOO_OFTEN.code


def test_work_never_looks_through_a_whole_table(archive: Archive) -> None:
    """What is asked for each page is found by an index, however many pages and messages there are."""
    asked: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        asked[statement] = given

    event.listen(archive.catalog._engine, "before_cursor_execute", note)
    archive.add("a.tif", frames=2)
    archive.add("b.tif")
    archive.settle(archive.begin(), Failure(INDEX_UNREACHABLE.code))
    archive.drain()
    send(archive.catalog, Stage.INDEX, "p0000000000000000")
    let_go(archive.catalog, archive.ledger.owner)
    event.remove(archive.catalog._engine, "before_cursor_execute", note)
    assert len(asked) > 20
    for statement, given in asked.items():
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            first = given[0] if isinstance(given, list) else given
            assert not scans(archive, statement, first), statement


def test_missing_messages_are_found_without_looking_through_all_messages_for_each_page(
    archive: Archive,
) -> None:
    statement = str(_missing().compile(archive.catalog._engine, compile_kwargs={"literal_binds": True}))
    assert not [each for each in scans(archive, statement) if "message" in each]


def scans(archive: Archive, statement: str, given: Any = None) -> list[str]:
    """The parts of a statement's plan that go through a whole table, though one with many rows."""
    with archive.catalog.read() as connection:
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            return [row.detail for row in plan if re.match(r"SCAN (?!CONSTANT|anon|free)", row.detail)]
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # unless there is no other way
        connection.exec_driver_sql("SET LOCAL jit = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", given).all()
        # A partial index that is read from end to end and filtered is no better than a whole table.
        return [
            row[0] for row in plan if re.search(r"Seq Scan|Filter: .*\b(subject|id|document)\)::text", row[0])
        ]


def test_a_description_that_is_out_of_date_is_made_again_after_the_queue_was_lost(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain()
    run_again(archive.catalog, pick(archive.catalog, Selector()), Stage.CLASSIFY)
    purge(archive.catalog)
    refill(archive.catalog)
    assert archive.waiting()[0][0] is Stage.CLASSIFY


def test_what_waits_until_its_document_is_described_is_not_missing(archive: Archive) -> None:
    archive.add("a.tif")
    work: Work | None = archive.begin()
    while work is not None and work.stage is not Stage.CLASSIFY:
        work = archive.settle(work, GOOD[work.stage])
    assert work is not None, "read, and in hand to be described"
    assert refill(archive.catalog) == 0
    let_go(archive.catalog, archive.ledger.owner)
    assert refill(archive.catalog) == 0
    purge(archive.catalog)
    assert refill(archive.catalog) == 1
    archive.drain()
    assert classes(archive) == {"words": 1}
    run_again(archive.catalog, pick(archive.catalog, Selector()), Stage.CLASSIFY)
    assert refill(archive.catalog) == 0


def test_an_index_that_is_down_is_not_tried_with_every_page_that_waits(archive: Archive) -> None:
    archive.add("book.tif", frames=TAKEN_TOGETHER + 5)
    archive.until_index()
    archive.settle(archive.begin(), Failure(INDEX_UNREACHABLE.code))
    assert archive.waiting() == []
    assert outcomes(archive)["failed"] == TAKEN_TOGETHER


def test_a_clock_that_is_set_takes_nothing_from_the_living_and_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path)  # the other database has a clock of its own
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + 24 * 3600)
    archive.add("a.tif")
    monkeypatch.setattr(time, "time", right)
    archive.begin()
    monkeypatch.setattr(time, "time", lambda: right() + 24 * 3600)
    assert free(archive.catalog) == 0
    monkeypatch.setattr(time, "time", right)
    archive.ledger.owner = "another-host/boot/1/1"
    archive.add("b.tif")
    archive.begin()
    assert free(archive.catalog) == 0
    monkeypatch.setattr(time, "time", lambda: right() + 24 * 3600)
    assert free(archive.catalog) == 1, "of an owner out of sight only the lease can tell"
