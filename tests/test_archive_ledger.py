"""The ledger: claimed once, counted before it starts, fenced, retried as the cause says, lost never."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

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
    READER_DIED,
    UNEXPECTED,
    ArsipError,
    Failure,
)
from archive.ledger.inputs import Inputs
from archive.ledger.ledger import Ledger
from archive.ledger.messages import send
from archive.ledger.work import Indexed
from archive.ledger.workers import free
from archive.types import SecurityClass, Stage
from ocr.read import LIGHT_FROM
from settings import Settings
from tests.ledgers import (
    DESCRIPTION,
    GOOD,
    PREPARED,
    Archive,
    classes,
    count,
    inputs,
    outcomes,
    text_of,
    work_on,
)
from worker.parts import Parts


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
    for killed in range(2):
        assert work is not None
        assert work.killed == killed  # so that the last one reads it lightly
        assert archive.settle(work, Failure(READER_DIED.code)) is None
        work = archive.begin()
        assert work.stage is Stage.OCR
    assert work is not None
    archive.settle(work, Failure(READER_DIED.code))
    assert classes(archive) == {"stopped": 1}
    assert outcomes(archive)["failed"] == 2


def test_the_worlds_fault_costs_no_reader(archive: Archive) -> None:
    archive.add("a.tif")
    work = archive.settle(archive.begin(), PREPARED)
    assert work is not None
    archive.settle(work, Failure(INDEX_UNREACHABLE.code, {"where": "nowhere"}))
    with archive.catalog.write() as connection:
        connection.execute(update(message).values(due=0.0))
    assert archive.begin().killed == 0


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


def test_what_was_read_lightly_is_not_shared_with_the_same_scan_elsewhere(
    archive: Archive, tmp_path: Path
) -> None:
    archive.ledger = Ledger(archive.catalog, Parts(Settings(home=str(tmp_path))).inputs())
    archive.add("a.tif", blob="same")
    work = archive.go(archive.begin(), PREPARED)
    for _ in range(LIGHT_FROM):
        assert archive.settle(work, Failure(READER_DIED.code)) is None
        work = archive.begin()
    archive.settle(work, text_of("surat"))
    archive.add("b.tif", blob="same", place=Place(unit="Bagian Umum"))
    work = archive.begin()
    while work.stage is not Stage.OCR:
        work = archive.go(work, GOOD[work.stage])
    assert work.known is None


def test_a_worker_that_serves_one_stage_leaves_the_next_for_anybody(archive: Archive) -> None:
    archive.add("a.tif")
    only = Ledger(archive.catalog, inputs(), serves=[Stage.PREPROCESS])
    assert only.settle(archive.begin(only), PREPARED, pipeline.follow) is None
    assert archive.waiting()[0][0] is Stage.OCR


def test_the_same_document_in_another_class_is_another_document(archive: Archive) -> None:
    archive.add("a.tif", blob="same")
    archive.add("b.tif", blob="same")
    archive.add("c.tif", blob="same", place=Place(security=SecurityClass.RAHASIA))
    counted = account(archive.catalog, "batch")
    assert (counted.files.documents, counted.files.known, counted.documents) == (2, 1, 2)


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
    def fingerprint(stage: Stage, languages: str, _killed: int) -> str:
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


def test_kept_words_that_cannot_be_read_stop_their_page_and_no_other(archive: Archive) -> None:
    for name in "abc":
        archive.add(f"{name}.tif")
    archive.until_index()
    with archive.catalog.write() as connection:
        first = select(func.min(page.c.id)).scalar_subquery()
        connection.execute(update(page).where(page.c.id == first).values(text_key="broken"))
        row = {"key": "broken", "stage": Stage.OCR, "made_at": 0.0, "payload": b"no longer what it was"}
        connection.execute(result.insert().values(row))
    work_on(archive)
    assert classes(archive) == {"words": 2, "stopped": 1}
    assert [each.stage for each in account(archive.catalog, "batch").stopped] == [Stage.INDEX]


def test_a_page_that_a_worker_was_lost_with_is_indexed_alone_and_set_aside_at_last(archive: Archive) -> None:
    for name in "abc":
        archive.add(f"{name}.tif")
    archive.until_index()
    me, (host, boot, _pid, _started) = archive.ledger.owner, archive.ledger.owner.rsplit("/", 3)
    first = archive.waiting()[0]
    for lost in range(pipeline.WORKERS_A_PAGE):
        archive.ledger.owner = f"{host}/{boot}/999999999/1"
        work = archive.ledger.begin(*first)
        assert work is not None
        assert (work.lost, len(work.records)) == (lost, 1 if lost else 3)
        free(archive.catalog)
    archive.ledger.owner = me
    work_on(archive)
    assert classes(archive) == {"words": 2, "stopped": 1}
    assert [each.failure.cause for each in account(archive.catalog, "batch").stopped] == ["worker-lost"]


def test_a_document_that_is_described_at_last_is_no_longer_counted_as_not_described(
    archive: Archive,
) -> None:
    leaves = [Leaf(Seen("/in", f"f/{name}", 1, 1), name * 64, 1, "image/tiff", 1) for name in "ab"]
    take_in(archive.catalog, archive.batch, Place(), [NewDocument("f", (leaves[0],))], [])
    archive.drain({Stage.CLASSIFY: Failure(UNEXPECTED.code)})
    assert account(archive.catalog, "batch").not_described == 1
    take_in(archive.catalog, archive.batch, Place(), [NewDocument("f", tuple(leaves))], [])
    archive.drain()
    assert account(archive.catalog, "batch").not_described == 0
