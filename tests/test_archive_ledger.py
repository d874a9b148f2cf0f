"""The ledger: claimed once, counted before it starts, fenced, retried as the cause says, lost never."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, update

import pipeline
from archive.catalog.accounts import account, progress
from archive.catalog.change import Selector, pick, run_again, withdraw
from archive.catalog.intake import Leaf, NewDocument, Place, Seen, take_in
from archive.catalog.schema import document, message, page, result, stage_run
from archive.errors import (
    DAMAGED_PAGE,
    DISK_FULL,
    INDEX_UNREACHABLE,
    LANGUAGE_MISSING,
    LOST_TOO_OFTEN,
    READER_DIED,
    UNEXPECTED,
    ArsipError,
    Failure,
)
from archive.ledger.inputs import Inputs
from archive.ledger.ledger import TAKEN_TOGETHER, Ledger
from archive.ledger.messages import _missing, free, let_go, purge, refill, send
from archive.ledger.work import Indexed, Work
from archive.types import SecurityClass, Stage
from tests.ledgers import DESCRIPTION, GOOD, PREPARED, Archive, inputs, text_of


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def classes(archive: Archive) -> dict[str, int]:
    pages = account(archive.catalog, "batch").pages
    return {name: getattr(pages, name) for name in pages.__slots__ if getattr(pages, name)}


def outcomes(archive: Archive) -> dict[str, int]:
    with archive.catalog.read() as connection:
        rows = connection.execute(select(stage_run.c.outcome, func.count()).group_by(stage_run.c.outcome))
        return {outcome: count for outcome, count in rows}  # noqa: C416 - Row is no tuple of two to mypy


def count(archive: Archive, table: object) -> int:
    with archive.catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def work_on(archive: Archive) -> None:
    """Run as a worker does until nothing is due."""
    stages = {stage: (lambda work: GOOD[work.stage]) for stage in Stage}
    while due := archive.waiting():
        pipeline.run(archive.ledger, stages, *due[0])


def test_a_one_page_document_needs_five_commits(archive: Archive) -> None:
    archive.add("a.tif")
    before = archive.catalog.commits
    archive.drain()
    assert archive.catalog.commits - before == 5
    assert classes(archive) == {"words": 1}
    assert count(archive, message) == 0


def test_a_page_is_findable_before_its_document_is_read(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    work = archive.settle(archive.begin(), PREPARED)
    assert work is not None
    work = archive.settle(work, text_of("kata"))
    assert work is not None
    assert work.stage is Stage.INDEX
    assert [record.number for record in work.records] == [1]
    assert work.records[0].type == ""
    archive.settle(work, Indexed())
    assert classes(archive) == {"words": 1, "waiting": 1}
    archive.drain()
    assert classes(archive) == {"words": 2}


def test_after_the_last_page_every_page_is_indexed_again_with_a_higher_revision(archive: Archive) -> None:
    archive.add("a.tif", frames=3)
    written: dict[str, list[int]] = {}
    while due := archive.waiting():
        work = archive.ledger.begin(*due[0])
        while work is not None:
            for record in work.records:
                written.setdefault(record.page, []).append(record.revision)
            work = archive.settle(work, GOOD[work.stage])
    assert len(written) == 3
    assert all(revisions == sorted(set(revisions)) for revisions in written.values())
    with archive.catalog.read() as connection:
        rows = connection.execute(select(page.c.revision, page.c.indexed_revision)).all()
    assert all(row.revision == row.indexed_revision for row in rows)


def test_work_is_claimed_by_page_number_before_age(archive: Archive) -> None:
    archive.add("book.tif", frames=3)
    archive.add("letter.tif")
    order = []
    while due := archive.waiting():
        work = archive.ledger.begin(*due[0])
        assert work is not None
        order.append((work.path, work.source.frame if work.source else -1))
    assert order == [("book.tif", 0), ("letter.tif", 0), ("book.tif", 1), ("book.tif", 2)]


def test_what_is_begun_is_begun_once(archive: Archive) -> None:
    archive.add("a.tif")
    stage, subject = archive.waiting()[0]
    assert archive.ledger.begin(stage, subject) is not None
    assert archive.ledger.begin(stage, subject) is None
    assert Ledger(archive.catalog, inputs()).begin(stage, subject) is None
    assert archive.waiting() == []


def test_a_slow_duplicate_changes_nothing(archive: Archive) -> None:
    archive.add("a.tif")
    slow = archive.settle(archive.begin(), PREPARED)
    assert slow is not None
    with archive.catalog.write() as connection:
        connection.execute(update(message).values(owner=None, run=None))
    archive.drain()
    assert archive.settle(slow, text_of("late", "words", "that", "must", "not", "be", "kept")) is None
    with archive.catalog.read() as connection:
        assert connection.execute(select(page.c.words)).scalar_one() == 2
        assert (
            connection.execute(select(stage_run.c.outcome).where(stage_run.c.id == slow.run)).scalar()
            == "stale"
        )


def test_a_result_of_an_older_revision_changes_nothing(archive: Archive) -> None:
    archive.add("a.tif")
    old = archive.settle(archive.begin(), PREPARED)
    assert old is not None
    run_again(archive.catalog, pick(archive.catalog, Selector()), Stage.OCR)
    assert archive.settle(old, text_of("old")) is None
    archive.drain({Stage.OCR: text_of("new", "new", "new")})
    with archive.catalog.read() as connection:
        assert connection.execute(select(page.c.words)).scalar_one() == 3


def test_the_files_own_fault_is_not_retried_and_the_document_goes_on(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    bad = archive.begin()
    after = archive.settle(bad, Failure(DAMAGED_PAGE.code))
    assert after is not None
    assert after.stage is Stage.INDEX
    archive.settle(after, Indexed())
    archive.drain()
    assert classes(archive) == {"words": 1, "stopped": 1}
    stopped = account(archive.catalog, "batch").stopped[0]
    assert (stopped.number, stopped.stage, stopped.failure.cause) == (1, Stage.PREPROCESS, "damaged-page")
    with archive.catalog.read() as connection:
        assert connection.execute(select(document.c.type)).scalar_one() == "undangan"


def test_a_page_that_kills_its_reader_is_set_aside_after_the_third(archive: Archive) -> None:
    archive.add("a.tif")
    work = archive.settle(archive.begin(), PREPARED)
    for _ in range(2):
        assert work is not None
        assert archive.settle(work, Failure(READER_DIED.code)) is None
        work = archive.begin()
        assert work.stage is Stage.OCR
    assert work is not None
    archive.settle(work, Failure(READER_DIED.code))
    assert classes(archive) == {"stopped": 1}
    assert outcomes(archive)["failed"] == 2


def test_the_worlds_fault_is_tried_again_later_and_for_ever(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain({Stage.INDEX: Failure(INDEX_UNREACHABLE.code, {"where": "nowhere"})})
    for expected in (1.0, 2.0, 4.0):
        with archive.catalog.read() as connection:
            due = connection.execute(select(message.c.due)).scalar_one()
        assert due - time.time() == pytest.approx(expected, abs=0.9)
        with archive.catalog.write() as connection:
            connection.execute(update(message).values(due=0.0))
        archive.drain({Stage.INDEX: Indexed({archive.waiting()[0][1]: Failure(INDEX_UNREACHABLE.code)})})
    assert classes(archive) == {"waiting": 1}
    with archive.catalog.write() as connection:
        connection.execute(update(message).values(due=0.0))
    archive.drain()
    assert classes(archive) == {"words": 1}


def test_a_page_that_changed_while_it_was_indexed_goes_again(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    index = archive.go(archive.go(archive.begin(), PREPARED), text_of("kata"))
    run_again(archive.catalog, pick(archive.catalog, Selector(page=index.subject)), Stage.INDEX)
    archive.settle(index, Indexed())
    assert (Stage.INDEX, index.subject) in archive.waiting()


def test_the_same_input_is_read_once(archive: Archive) -> None:
    archive.add("a.tif", blob="same")
    archive.drain()
    archive.add("b.tif", blob="same", place=Place(unit="Bagian Umum"))
    work = archive.begin()
    assert pipeline.attempt({}, work) == PREPARED
    work = archive.go(work, PREPARED)
    assert pipeline.attempt({}, work) == text_of("surat", "undangan")
    work = archive.go(work, text_of("surat", "undangan"))
    assert work.known is None  # the path is another one, and may say what the document is
    archive.settle(archive.go(work, DESCRIPTION), Indexed())
    assert count(archive, result) == 4
    assert outcomes(archive)["reused"] == 2


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


def test_a_worker_that_serves_one_stage_leaves_the_next_for_anybody(archive: Archive) -> None:
    archive.add("a.tif")
    only = Ledger(archive.catalog, inputs(), serves=[Stage.PREPROCESS])
    assert only.settle(archive.begin(only), PREPARED, pipeline.follow) is None
    assert archive.waiting()[0][0] is Stage.OCR


def test_the_index_takes_together_what_waits(archive: Archive) -> None:
    for name in "abc":
        archive.add(f"{name}.tif")
    no_index = Ledger(archive.catalog, inputs(), serves=[Stage.PREPROCESS, Stage.OCR, Stage.CLASSIFY])
    for _ in range(3):
        work: Work | None = archive.begin(no_index)
        while work is not None:
            work = no_index.settle(work, GOOD[work.stage], pipeline.follow)
    before = archive.catalog.commits
    taken = archive.begin()
    assert len(taken.records) == 3
    archive.settle(taken, Indexed())
    assert archive.catalog.commits - before == 2
    assert classes(archive) == {"words": 3}


def test_what_stopped_runs_again_from_where_it_stopped(archive: Archive) -> None:
    archive.add("a.tif")
    archive.add("b.tif")
    archive.settle(archive.go(archive.begin(), PREPARED), Failure(DAMAGED_PAGE.code))
    archive.drain()
    assert classes(archive) == {"words": 1, "stopped": 1}
    assert run_again(archive.catalog, pick(archive.catalog, Selector(batch="batch")), None) == 1
    assert archive.waiting()[0][0] is Stage.OCR
    archive.drain()
    assert classes(archive) == {"words": 2}


def test_withdraw_hides_and_restores(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain()
    for restore in (False, True):
        assert withdraw(archive.catalog, "batch", restore) == 1
        work = archive.begin()
        assert work.records[0].withdrawn is not restore
        archive.settle(work, Indexed())


def test_the_same_document_in_another_class_is_another_document(archive: Archive) -> None:
    archive.add("a.tif", blob="same")
    archive.add("b.tif", blob="same")
    archive.add("c.tif", blob="same", place=Place(security=SecurityClass.RAHASIA))
    counted = account(archive.catalog, "batch")
    assert (counted.files.documents, counted.files.known, counted.documents) == (2, 1, 2)


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
    with archive.catalog.read() as connection:
        for statement, given in asked.items():
            if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                first = given[0] if isinstance(given, list) else given
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", first).all()
                scans = [row.detail for row in plan if re.match(r"SCAN (?!CONSTANT|anon)", row.detail)]
                assert not scans, (statement, scans)


def test_missing_messages_are_found_without_looking_through_all_messages_for_each_page(
    archive: Archive,
) -> None:
    statement = _missing().compile(archive.catalog._engine, compile_kwargs={"literal_binds": True})
    with archive.catalog.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert not [row.detail for row in plan if row.detail.startswith("SCAN message")]


def test_a_page_that_is_not_read_is_never_taken_for_a_wordless_one(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    archive.add("b.tif", frames=2)
    bad = archive.begin()
    for stage in (Stage.INDEX, Stage.CLASSIFY):
        run_again(archive.catalog, pick(archive.catalog, Selector()), stage)
        assert classes(archive) == {"waiting": 4}
    archive.settle(archive.go(bad, Failure(DAMAGED_PAGE.code)), Indexed())
    archive.drain()
    assert classes(archive) == {"words": 3, "stopped": 1}
    for stage in (Stage.INDEX, Stage.CLASSIFY):
        run_again(archive.catalog, pick(archive.catalog, Selector()), stage)
        assert classes(archive) == {"waiting": 3, "stopped": 1}
        archive.drain()
        assert classes(archive) == {"words": 3, "stopped": 1}
    with archive.catalog.read() as connection:
        assert connection.execute(select(page).where(page.c.indexed_revision < page.c.revision)).all() == []


def test_what_runs_again_is_judged_as_it_is_then_and_not_as_it_was_picked(archive: Archive) -> None:
    archive.add("a.tif")
    archive.settle(archive.begin(), Failure(DAMAGED_PAGE.code))
    picked = pick(archive.catalog, Selector())
    assert run_again(archive.catalog, picked, None) == 1
    archive.go(archive.begin(), PREPARED)
    assert run_again(archive.catalog, picked, None) == 0, "somebody else was faster; his work is not undone"
    assert archive.waiting() == []


def test_a_page_that_the_index_takes_at_last_is_no_longer_stopped(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    index = archive.go(archive.go(archive.begin(), PREPARED), text_of("kata"))
    archive.settle(index, Indexed({index.subject: Failure(UNEXPECTED.code)}))
    assert classes(archive) == {"stopped": 1, "waiting": 1}
    archive.drain()
    assert classes(archive) == {"words": 2}


def test_a_page_that_changed_while_the_index_refused_it_goes_again(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    index = archive.go(archive.go(archive.begin(), PREPARED), text_of("kata"))
    withdraw(archive.catalog, "batch")
    archive.settle(index, Indexed({index.subject: Failure(UNEXPECTED.code)}))
    assert (Stage.INDEX, index.subject) in archive.waiting()


def test_a_page_indexed_once_more_that_changed_meanwhile_goes_again(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain()
    with archive.catalog.read() as connection:
        subject = connection.execute(select(page.c.id)).scalar_one()
    send(archive.catalog, Stage.INDEX, subject)
    index = archive.begin()
    withdraw(archive.catalog, "batch")
    archive.settle(index, Indexed())
    assert archive.waiting() == [(Stage.INDEX, subject)]


def test_a_page_that_is_read_again_is_hidden_at_once(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain()
    run_again(archive.catalog, pick(archive.catalog, Selector()), Stage.OCR)
    withdraw(archive.catalog, "batch")
    work = archive.ledger.begin(*next(each for each in archive.waiting() if each[0] is Stage.INDEX))
    assert work is not None
    assert work.records[0].withdrawn
    archive.settle(work, Indexed({work.subject: Failure(UNEXPECTED.code)}))
    archive.drain()
    assert classes(archive) == {"words": 1}


def test_a_description_that_is_out_of_date_is_made_again_after_the_queue_was_lost(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain()
    run_again(archive.catalog, pick(archive.catalog, Selector()), Stage.CLASSIFY)
    purge(archive.catalog)
    refill(archive.catalog)
    assert archive.waiting()[0][0] is Stage.CLASSIFY


def test_a_document_is_not_described_while_pages_of_it_are_open(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    with archive.catalog.read() as connection:
        subject = connection.execute(select(document.c.id)).scalar_one()
    send(archive.catalog, Stage.CLASSIFY, subject)
    assert archive.ledger.begin(Stage.CLASSIFY, subject) is None
    archive.drain()
    with archive.catalog.read() as connection:
        assert connection.execute(select(document.c.type)).scalar_one() == "undangan"


def test_a_world_that_is_broken_for_a_weekend_is_waited_for(archive: Archive) -> None:
    archive.add("a.tif")
    work = archive.begin()
    row = {"stage": work.stage, "subject": work.subject, "revision": work.revision, "owner": "someone"}
    with archive.catalog.write() as connection:
        connection.execute(stage_run.insert(), [row | {"started_at": 0.0, "outcome": "failed"}] * 3000)
    archive.settle(work, Failure(DISK_FULL.code))
    with archive.catalog.read() as connection:
        due = connection.execute(select(message.c.due)).scalar_one()
    assert due - time.time() == pytest.approx(60, abs=5)


def test_an_index_that_is_down_is_not_tried_with_every_page_that_waits(archive: Archive) -> None:
    no_index = Ledger(archive.catalog, inputs(), serves=[Stage.PREPROCESS, Stage.OCR, Stage.CLASSIFY])
    archive.add("book.tif", frames=TAKEN_TOGETHER + 5)
    for stage, subject in archive.waiting():
        work = no_index.begin(stage, subject)
        while work is not None:
            work = no_index.settle(work, GOOD[work.stage], pipeline.follow)
    archive.settle(archive.begin(), Failure(INDEX_UNREACHABLE.code))
    assert archive.waiting() == []
    assert outcomes(archive)["failed"] == TAKEN_TOGETHER


def test_a_clock_that_is_set_takes_nothing_from_the_living_and_hides_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_new_pages_of_another_class_do_not_join_a_document_that_all_may_see(archive: Archive) -> None:
    def folder(*names: str) -> list[NewDocument]:
        leaves = [Leaf(Seen("/in", f"f/{name}", 1, 1), name * 64, 1, "image/tiff", 1) for name in names]
        return [NewDocument("f", tuple(leaves))]

    take_in(archive.catalog, archive.batch, Place(), folder("a"), [])
    secret = Place(unit="Sekretariat", security=SecurityClass.RAHASIA)
    take_in(archive.catalog, archive.batch, secret, folder("a"), [])
    take_in(archive.catalog, archive.batch, secret, folder("a", "b"), [])
    with archive.catalog.read() as connection:
        rows = connection.execute(
            select(document.c.security, page.c.blob)
            .join(page, page.c.document == document.c.id)
            .order_by(document.c.id, page.c.number)
        ).all()
    assert [(row.security, row.blob[0]) for row in rows] == [("B", "a"), ("R", "a"), ("R", "b")]


def test_a_language_that_is_missing_stops_the_pages_in_it_and_no_others(archive: Archive) -> None:
    def fingerprint(stage: Stage, languages: str) -> str:
        if languages == "jav" and stage is Stage.OCR:
            raise ArsipError(LANGUAGE_MISSING, language=languages)
        return stage

    archive.add("a.tif", place=Place(languages="jav"))
    archive.add("b.tif")
    archive.ledger = Ledger(archive.catalog, Inputs(locate=str, fingerprint=fingerprint))
    work_on(archive)
    assert classes(archive) == {"words": 1, "waiting": 1}
    assert progress(archive.catalog, archive.batch.id, time.time()).delayed_by == LANGUAGE_MISSING.code


def test_a_kept_result_that_cannot_be_read_stops_its_page_and_no_other(archive: Archive) -> None:
    archive.add("a.tif")
    archive.add("b.tif")
    archive.ledger.serves = frozenset({Stage.PREPROCESS})
    archive.settle(archive.begin(), PREPARED)
    with archive.catalog.write() as connection:
        connection.execute(update(result).values(payload=b"no longer what it was"))
    archive.ledger.serves = frozenset(Stage)
    work_on(archive)
    assert classes(archive) == {"words": 1, "stopped": 1}
