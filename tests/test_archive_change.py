"""What a person changes afterwards: stages run again, batches withdrawn, and nothing is undone by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from archive.catalog.change import Selector, pick, run_again, withdraw
from archive.catalog.contradictions import misplaced_messages
from archive.catalog.schema import page
from archive.errors import (
    DAMAGED_PAGE,
    UNEXPECTED,
    Failure,
)
from archive.ledger.hold import mend, pause
from archive.ledger.work import Indexed
from archive.types import Stage
from tests.ledgers import (
    PREPARED,
    Archive,
    classes,
    text_of,
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


@pytest.mark.parametrize("waits_already", [True, False])
def test_a_batch_that_is_held_is_hidden_and_restored_at_once(archive: Archive, waits_already: bool) -> None:
    archive.add("a.tif")
    archive.drain()
    for restore in (False, True):
        if waits_already:
            run_again(archive.catalog, pick(archive.catalog, Selector()), Stage.INDEX)
        pause(archive.catalog, "batch")
        assert archive.waiting() == []
        assert withdraw(archive.catalog, "batch", restore) == 1
        mend(archive.catalog)
        assert misplaced_messages(archive.catalog).count == 0
        work = archive.begin()
        assert work.records[0].withdrawn is not restore
        archive.settle(work, Indexed())
        pause(archive.catalog, "batch", paused=False)


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
