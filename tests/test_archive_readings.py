"""Pages that are read again: the better reading is taken, both are kept, and a person may choose."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from archive.catalog import history
from archive.catalog.change import Selector, pick, run_again
from archive.catalog.history import PageEntry
from archive.catalog.readings import choose, read_again, with_another
from archive.catalog.schema import page, result
from archive.errors import DAMAGED_PAGE, Failure
from archive.ledger.inputs import Inputs
from archive.ledger.ledger import Ledger
from archive.types import Gain, PageText, Reading, Stage
from tests.ledgers import PREPARED, Archive, classes, count, text_of

BETTER, WORSE = Gain(10.0, 20.0, 10.0, 0.0, better=True), Gain(20.0, 10.0, 0.0, 10.0, better=False)
OLD, NEW = text_of("old"), text_of("new", "new")


def as_it_is(_of: Reading, onto: Reading) -> PageText:
    return onto.text


def reread(archive: Archive, gain: Gain, text: PageText = NEW, first: Stage = Stage.OCR) -> None:
    run_again(archive.catalog, pick(archive.catalog, Selector()), first)
    archive.drain({Stage.OCR: replace(text, gain=gain)})


def entry(archive: Archive) -> PageEntry:
    (found,) = history.pages(archive.catalog, picked(archive).document)
    return found


def picked(archive: Archive) -> Any:
    (found,) = pick(archive.catalog, Selector())
    return found


def decided(archive: Archive) -> list[str]:
    runs = history.runs(archive.catalog, [picked(archive).page])
    return [run.told.decided for run in runs if run.told is not None and run.told.decided]


@pytest.fixture
def read(archive: Archive) -> Archive:
    """A page that was read once."""
    archive.add("a.tif")
    archive.drain({Stage.OCR: OLD})
    return archive


def test_a_better_reading_is_taken_and_the_one_before_is_kept(read: Archive) -> None:
    reread(read, BETTER)
    assert (entry(read).words, decided(read)) == (2, ["better"])
    assert classes(read) == {"words": 1}
    assert choose(read.catalog, [entry(read).page], "rolled-back", as_it_is) == 1
    read.drain()
    assert (entry(read).words, classes(read)) == (1, {"words": 1})


def test_a_reading_that_is_not_better_is_kept_beside_the_page(read: Archive) -> None:
    reread(read, WORSE)
    assert (entry(read).words, decided(read)) == (1, ["kept"])
    assert choose(read.catalog, [entry(read).page], "accepted", as_it_is) == 1
    read.drain()
    assert (entry(read).words, decided(read)) == (2, ["kept", "accepted"])


def test_to_wish_twice_is_to_wish_once_and_each_wish_undoes_the_other(read: Archive) -> None:
    reread(read, BETTER)
    of = [entry(read).page]
    for wish, words in (("rolled-back", 1), ("accepted", 2), ("rolled-back", 1)):
        assert with_another(read.catalog, of, wish) == of  # type: ignore[arg-type]
        assert choose(read.catalog, of, wish, as_it_is) == 1  # type: ignore[arg-type]
        assert choose(read.catalog, of, wish, as_it_is) == 0  # type: ignore[arg-type]
        read.drain()
        assert entry(read).words == words
        assert with_another(read.catalog, of, wish) == []  # type: ignore[arg-type]


def test_the_index_is_given_the_words_that_were_brought_back(read: Archive) -> None:
    reread(read, BETTER)
    choose(read.catalog, [entry(read).page], "rolled-back", as_it_is)
    read.until_index()
    work = read.begin()
    assert [[word.text for word in each.words] for each in work.records] == [["old"]]


def test_a_reading_meets_the_one_before_and_its_key_says_so(read: Archive) -> None:
    run_again(read.catalog, pick(read.catalog, Selector()), Stage.OCR)
    work = read.begin()
    assert work.before is not None
    assert work.before == Reading(OLD, PREPARED)
    with read.catalog.read() as connection:
        keys = set(connection.execute(select(result.c.key)).scalars())
    assert work.key not in keys, "what is read again never overwrites what was read before"


def test_what_was_read_again_and_kept_takes_no_more_room_the_next_time(read: Archive) -> None:
    reread(read, WORSE)
    results = count(read, result)
    reread(read, WORSE)
    assert count(read, result) == results


def test_a_page_prepared_otherwise_keeps_its_old_clean_page_with_its_old_reading(read: Archive) -> None:
    other = replace(PREPARED, width=2000)
    inputs = Inputs(lambda blob: f"/nowhere/{blob}", lambda stage, *_options: f"{stage}-2")
    read.ledger = Ledger(read.catalog, inputs)
    run_again(read.catalog, pick(read.catalog, Selector()), Stage.PREPROCESS)
    read.drain({Stage.PREPROCESS: other, Stage.OCR: replace(NEW, gain=WORSE)})
    assert _clean_widths(read) == [1000]
    assert choose(read.catalog, [entry(read).page], "accepted", as_it_is) == 1
    assert _clean_widths(read) == [2000]


def _clean_widths(archive: Archive) -> list[int]:
    from archive.catalog import codec

    with archive.catalog.read() as connection:
        kept = connection.execute(select(result.c.payload).join(page, page.c.prepared_key == result.c.key))
        return [made.width for payload in kept.scalars() if (made := codec.prepared(payload)) is not None]


def test_a_lost_reading_is_no_reading_before(read: Archive) -> None:
    with read.catalog.write() as connection:
        connection.execute(result.update().where(result.c.stage == Stage.OCR).values(payload=b"?"))
    run_again(read.catalog, pick(read.catalog, Selector()), Stage.OCR)
    assert read.begin().before is None


def test_a_page_that_is_read_again_just_now_is_left_alone(read: Archive) -> None:
    reread(read, BETTER)
    run_again(read.catalog, pick(read.catalog, Selector()), Stage.OCR)
    assert choose(read.catalog, [entry(read).page], "rolled-back", as_it_is) == 0
    read.drain({Stage.OCR: replace(NEW, gain=WORSE)})
    assert entry(read).words == 2


@pytest.mark.parametrize("stage", [Stage.PREPROCESS, Stage.OCR])
def test_an_attempt_that_fails_does_not_cost_the_reading_there_is(read: Archive, stage: Stage) -> None:
    since = read.catalog.now()
    run_again(read.catalog, pick(read.catalog, Selector()), stage)
    read.drain({stage: Failure(DAMAGED_PAGE.code)})
    assert (entry(read).words, entry(read).has_text, classes(read)) == (1, True, {"words": 1})
    again = read_again(read.catalog, [entry(read).page], since)
    assert (again.failed, again.stopped) == (1, 0)
    (failed,) = (run for run in history.runs(read.catalog, [entry(read).page]) if run.failure is not None)
    assert (failed.stage, failed.outcome) == (stage, "stopped")


def test_an_attempt_that_fails_where_the_reading_is_lost_stops_the_page(read: Archive) -> None:
    with read.catalog.write() as connection:
        connection.execute(result.update().where(result.c.stage == Stage.OCR).values(payload=b"?"))
    since = read.catalog.now()
    run_again(read.catalog, pick(read.catalog, Selector()), Stage.OCR)
    read.drain({Stage.OCR: Failure(DAMAGED_PAGE.code)})
    assert classes(read) == {"stopped": 1}
    again = read_again(read.catalog, [entry(read).page], since)
    assert (again.failed, again.stopped) == (1, 1)


def test_what_is_read_again_is_counted_by_what_was_decided(archive: Archive) -> None:
    for name in ("a.tif", "b.tif", "c.tif"):
        archive.add(name)
    archive.drain({Stage.OCR: OLD})
    everything = pick(archive.catalog, Selector())
    since = archive.catalog.now()
    for each, gain in zip(everything, (BETTER, BETTER, WORSE), strict=True):
        run_again(archive.catalog, [each], Stage.OCR)
        archive.drain({Stage.OCR: replace(NEW, gain=gain)})
    counted = read_again(archive.catalog, [each.page for each in everything], since)
    assert (counted.better, counted.kept, counted.failed, counted.mean_gain) == (2, 1, 0, 0.5)


def test_the_engine_that_read_last_is_selected_by_its_version(archive: Archive) -> None:
    archive.add("a.tif")
    archive.drain({Stage.OCR: replace(OLD, engine="tesserocr", version="5.3.0")})

    def found(**asked: str) -> int:
        return len(pick(archive.catalog, Selector(**asked)))  # type: ignore[arg-type]

    assert (found(engine_older_than="5.5"), found(engine_older_than="5.3")) == (1, 0)
    assert (found(engine="tesserocr"), found(engine="onnx")) == (1, 0)
    reread(archive, WORSE, replace(NEW, engine="onnx", version="5.5.0+1"))
    assert found(engine_older_than="5.5") == 0, "the newer engine tried it, and was not better"
    assert found(engine_older_than="5.5+2") == 1
