"""Batches that go first, are paused, wait for their hours or are cancelled; nothing of them is lost."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, update

import pipeline
from archive.catalog.accounts import account, progress
from archive.catalog.cancel import cancel, unread
from archive.catalog.change import Selector, pick, run_again
from archive.catalog.intake import Leaf, NewDocument, Place, Seen, open_batch, take_in
from archive.catalog.schema import message, page
from archive.errors import BATCH_UNKNOWN, CANCELLED, ArsipError
from archive.ledger.hold import Standing, keep_hours, mend, pause, prioritize, work_between
from archive.ledger.hours import DAY, Hours
from archive.ledger.ledger import Ledger
from archive.ledger.messages import HELD, PAUSED, refill
from archive.ledger.work import Indexed
from archive.types import PageClass, Stage
from tests.ledgers import GOOD, PREPARED, Archive, at_once, classes, count, inputs, outcomes, text_of

MINUTE = 60


def add(archive: Archive, batch: str, name: str) -> None:
    """Take one page into another batch."""
    leaf = Leaf(Seen("/in", name, 10, 1), name.ljust(64, "0"), 10, "image/tiff", 1)
    take_in(archive.catalog, open_batch(archive.catalog, batch), Place(), [NewDocument(name, (leaf,))], [])


def at(archive: Archive, moment: float) -> None:
    """Set the catalog's clock so that it is this moment now."""
    archive.catalog.ahead += moment - archive.catalog.now()


def standing(archive: Archive, batch: str = "batch") -> Standing:
    return account(archive.catalog, batch).standing


def priorities(archive: Archive) -> set[int]:
    with archive.catalog.read() as connection:
        return set(connection.execute(select(message.c.priority)).scalars())


def test_a_standing_is_a_priority_and_two_holds() -> None:
    both = Standing(10).but(held=True, paused=True)
    assert (both, both.priority, both.is_held, both.is_paused) == (10 + HELD + PAUSED, 10, True, True)
    assert both.but(paused=False) == 10 + HELD
    assert both.but(priority=1000, held=False) == 1000 + PAUSED


def test_one_urgent_page_goes_before_ten_thousand_others(archive: Archive) -> None:
    archive.add("buku.pdf", 10_000)
    first = archive.begin()
    add(archive, "kilat", "surat.tif")
    prioritize(archive.catalog, "kilat", 10)
    archive.go(first, PREPARED)
    with archive.catalog.read() as connection:
        urgent = connection.execute(select(page.c.id).where(page.c.path == "surat.tif")).scalar_one()
    assert archive.waiting()[0] == (Stage.PREPROCESS, urgent)


def test_a_new_priority_is_that_of_what_waits_and_of_what_follows(archive: Archive) -> None:
    archive.add("a.tif", 2)
    assert prioritize(archive.catalog, "batch", 1000)
    assert not prioritize(archive.catalog, "batch", 1000)
    assert priorities(archive) == {1000}
    archive.settle(archive.begin(), PREPARED)
    assert priorities(archive) == {1000}


def test_what_is_paused_comes_to_the_end_of_its_stage_and_goes_on_where_it_was(archive: Archive) -> None:
    archive.add("a.tif", 2)
    in_hand = archive.begin()
    assert pause(archive.catalog, "batch")
    assert not pause(archive.catalog, "batch")
    assert archive.settle(in_hand, PREPARED) is None
    assert archive.waiting() == []
    archive.add("b.tif")
    assert archive.waiting() == []
    assert archive.ledger.begin(Stage.OCR, in_hand.subject) is None
    seen = progress(archive.catalog, archive.batch.id, archive.catalog.now())
    assert (seen.held, seen.due, seen.delayed, seen.pages.waiting) == (3, 0, 0, 3)
    assert pause(archive.catalog, "batch", False)
    assert not pause(archive.catalog, "batch", False)
    assert {stage for stage, _subject in archive.waiting()} == {Stage.PREPROCESS, Stage.OCR}
    archive.drain()
    assert classes(archive) == {"words": 3}


def test_a_pause_holds_one_batch_only(archive: Archive) -> None:
    archive.add("a.tif")
    add(archive, "lain", "b.tif")
    pause(archive.catalog, "batch")
    archive.drain()
    assert classes(archive) == {"waiting": 1}
    assert account(archive.catalog, "lain").pages.words == 1
    pause(archive.catalog, "batch", False)
    archive.drain()
    assert classes(archive) == {"words": 1}


def test_an_unknown_batch(archive: Archive) -> None:
    for change in (pause, cancel, unread):
        with pytest.raises(ArsipError, match=BATCH_UNKNOWN.code):
            change(archive.catalog, "tiada")


@pytest.mark.parametrize(
    ("hours", "within", "outside"),
    [
        (Hours(720, 1380), (720, 1000, 1379), (719, 1380, 0)),
        (Hours(1380, 60), (1380, 1439, 0, 59), (60, 720, 1379)),
        (Hours(0, 1439), (0, 1438), (1439,)),
    ],
)
def test_hours_include_their_begin_and_not_their_end(
    hours: Hours, within: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    day = 20_000 * DAY * MINUTE
    assert all(hours.include(day + minute * MINUTE) for minute in within)
    assert not any(hours.include(day + minute * MINUTE) for minute in outside)
    assert Hours.kept(hours.column()) == hours
    assert len(hours.column()) == 9


def test_hours_are_shifted_over_midnight_and_back() -> None:
    wib = Hours(19 * 60, 6 * 60)
    utc = wib.shifted(-7 * 60)
    assert utc == Hours(12 * 60, 23 * 60)
    assert utc.shifted(7 * 60) == wib
    assert utc.seconds_until(11 * 3600) == 3600
    assert utc.seconds_until(12 * 3600) == 0


def test_a_batch_is_worked_on_in_its_hours(archive: Archive) -> None:
    archive.add("a.tif")
    noon = 20_000 * DAY * MINUTE + 12 * 3600
    at(archive, noon)
    assert work_between(archive.catalog, "batch", Hours(19 * 60, 6 * 60))
    assert (archive.waiting(), standing(archive).is_held) == ([], True)
    archive.add("b.tif")
    keep_hours(archive.catalog)
    assert archive.waiting() == []
    at(archive, noon + 8 * 3600)
    keep_hours(archive.catalog)
    assert len(archive.waiting()) == 2
    at(archive, noon + 19 * 3600)
    keep_hours(archive.catalog)
    assert archive.waiting() == []
    assert work_between(archive.catalog, "batch", None)
    archive.drain()
    assert (classes(archive), account(archive.catalog, "batch").hours) == ({"words": 2}, None)


def test_hours_do_not_end_a_pause(archive: Archive) -> None:
    archive.add("a.tif")
    noon = 20_000 * DAY * MINUTE + 12 * 3600
    at(archive, noon)
    work_between(archive.catalog, "batch", Hours(19 * 60, 6 * 60))
    pause(archive.catalog, "batch")
    at(archive, noon + 8 * 3600)
    keep_hours(archive.catalog)
    assert archive.waiting() == []
    pause(archive.catalog, "batch", False)
    assert len(archive.waiting()) == 1


def test_a_message_put_with_the_priority_of_before_does_not_wait_for_ever(archive: Archive) -> None:
    archive.add("a.tif")
    with archive.catalog.write() as connection:
        connection.execute(update(message).values(priority=100 + PAUSED))
    assert archive.waiting() == []
    mend(archive.catalog)
    assert (len(archive.waiting()), priorities(archive)) == (1, {100})


def test_a_cancelled_batch_sets_aside_what_is_not_read_and_keeps_what_is(archive: Archive) -> None:
    archive.add("a.tif", 3)
    archive.add("b.tif")
    read = archive.go(archive.begin(), PREPARED)
    to_index = archive.go(read, text_of("surat"))
    in_hand = archive.begin()
    assert unread(archive.catalog, "batch") == 3
    assert cancel(archive.catalog, "batch") == 3
    assert cancel(archive.catalog, "batch") == 0
    assert archive.settle(in_hand, PREPARED) is None
    archive.settle(to_index, Indexed())
    archive.drain()
    assert refill(archive.catalog) == 0
    assert classes(archive) == {"words": 1, "stopped": 3}
    assert count(archive, message) == 0
    of = account(archive.catalog, "batch")
    assert {(each.stage, each.failure.cause) for each in of.stopped} == {(Stage.PREPROCESS, CANCELLED.code)}
    assert outcomes(archive)["stale"] == 1
    with archive.catalog.read() as connection:
        indexed = connection.execute(select(page.c.path, page.c.indexed_revision > 0).distinct()).all()
    assert sorted(tuple(row) for row in indexed) == [("a.tif", True), ("b.tif", False)]


def test_a_cancelled_batch_comes_back(archive: Archive) -> None:
    archive.add("a.tif", 2)
    pause(archive.catalog, "batch")
    cancel(archive.catalog, "batch")
    assert standing(archive) == 100
    assert run_again(archive.catalog, pick(archive.catalog, Selector(batch="batch")), None) == 2
    archive.drain()
    assert classes(archive) == {"words": 2}
    assert pick(archive.catalog, Selector(page_class=PageClass.STOPPED)) == []


def test_nothing_is_lost_when_a_batch_is_held_and_cancelled_while_it_is_worked_on(archive: Archive) -> None:
    for number in range(30):
        archive.add(f"{number:02d}.tif", number % 3 + 1)
    ended = threading.Event()

    def works() -> None:
        ledger = Ledger(archive.catalog, inputs())
        while not ended.is_set():
            for each in archive.waiting()[:8]:
                pipeline.run(ledger, {stage: lambda work: GOOD[work.stage] for stage in Stage}, *each)

    def holds() -> None:
        try:
            for number in range(10):
                pause(archive.catalog, "batch")
                prioritize(archive.catalog, "batch", 10 + number)
                pause(archive.catalog, "batch", False)
                mend(archive.catalog)
            cancel(archive.catalog, "batch")
        finally:
            ended.set()

    at_once(works, works, works, holds)
    mend(archive.catalog)
    archive.drain()
    assert refill(archive.catalog) == 0
    assert count(archive, message) == 0
    stood = classes(archive)
    assert set(stood) <= {"words", "stopped"}
    assert sum(stood.values()) == 60
    run_again(archive.catalog, pick(archive.catalog, Selector(batch="batch")), None)
    archive.drain()
    assert classes(archive) == {"words": 60}
    assert "stopped" not in outcomes(archive)
