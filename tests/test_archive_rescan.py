"""A rescan takes its page's place while everything else goes on; the page keeps its id, place and history."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from archive.catalog import codec, history
from archive.catalog.accounts import account, accounts
from archive.catalog.cancel import cancel
from archive.catalog.change import Selector, pick, run_again, withdraw
from archive.catalog.connect import open_catalog
from archive.catalog.contradictions import missing_messages, needless_messages, open_runs
from archive.catalog.intake import Leaf, NewDocument, Place, Seen, take_in
from archive.catalog.readings import choose
from archive.catalog.rescan import Image, Replacing, replace_image
from archive.catalog.schema import page
from archive.errors import DAMAGED_PAGE, ArsipError, Failure
from archive.ledger.hold import pause
from archive.ledger.work import Outcome, Work
from archive.types import Gain, Stage
from tests.ledgers import GOOD, PREPARED, Archive, at_once, classes, text_of

OLD, NEW = text_of("old"), text_of("new", "new", "new")


def leaf(name: str = "again.tif", frames: int = 1) -> Leaf:
    return Leaf(Seen("/again", name, 11, 2), name.ljust(64, "0"), 11, "image/tiff", frames)


def rescan(archive: Archive, of: Leaf | None = None, number: int = 1) -> Replacing:
    return replace_image(archive.catalog, page_id(archive, number), of or leaf())


def page_id(archive: Archive, number: int = 1) -> str:
    return next(each.page for each in pick(archive.catalog, Selector()) if each.number == number)


def words(archive: Archive, number: int = 1) -> int:
    of = history.document_of(archive.catalog, page_id(archive, number))[0]
    return history.pages(archive.catalog, of)[number - 1].words


def until(archive: Archive, stage: Stage, outcomes: dict[Stage, Outcome] | None = None) -> Work:
    """Work on what waits until this stage is in hand."""
    given = GOOD | (outcomes or {})
    work = archive.begin()
    while work.stage is not stage:
        work = archive.settle(work, given[work.stage]) or archive.begin()
    return work


def is_sound(archive: Archive) -> bool:
    """Nothing that doctor would find, and all accounts close."""
    odd = (missing_messages, needless_messages, open_runs)
    of = account(archive.catalog, "batch")
    return of.pages.total == 3 and not any(look(archive.catalog).count for look in odd)


@pytest.fixture
def read(archive: Archive) -> Archive:
    """A document of three pages that were read."""
    archive.add("a.tif", frames=3)
    archive.drain({Stage.OCR: OLD})
    return archive


def test_it_is_read_anew_and_keeps_its_id_and_place(read: Archive) -> None:
    before = pick(read.catalog, Selector())
    done = rescan(read, number=2)
    assert (done.before, done.now) == (Image("a.tif".ljust(64, "0"), 1), Image(leaf().sha256, 0))
    assert classes(read) == {"words": 2, "waiting": 1}
    work = read.begin()
    assert work.source is not None
    assert (work.stage, work.source.blob, work.source.frame) == (Stage.PREPROCESS, leaf().sha256, 0)
    read.settle(read.go(work, PREPARED), NEW)
    read.drain()
    assert pick(read.catalog, Selector()) == before
    assert (words(read, 1), words(read, 2)) == (1, 3)
    assert is_sound(read)


def test_the_index_is_given_its_words_at_a_higher_revision(read: Archive) -> None:
    with read.catalog.read() as connection:
        had = connection.execute(select(page.c.indexed_revision).where(page.c.number == 1)).scalar_one()
    rescan(read)
    work = until(read, Stage.INDEX, {Stage.OCR: NEW})
    record = next(each for each in work.records if each.number == 1)
    assert record.revision > had
    assert [word.text for word in record.words] == ["new", "new", "new"]


def test_the_history_tells_what_was_replaced_and_the_file_is_accounted_for(read: Archive) -> None:
    rescan(read)
    told = [run.told for run in history.runs(read.catalog, [page_id(read)]) if run.told is not None]
    assert (told[-1].decided, told[-1].blob, told[-1].frame) == ("replaced", "a.tif".ljust(64, "0"), 0)
    seen = history.sightings(read.catalog, pick(read.catalog, Selector())[0].document)
    assert [(each.root, each.path, each.outcome) for each in seen] == [
        ("/in", "a.tif", "document"),
        ("/again", "again.tif", "replaces"),
    ]
    for of in (account(read.catalog, "batch"), accounts(read.catalog)[0]):
        assert (of.files.seen, of.files.documents, of.documents) == (2, 2, 1)
    assert account(read.catalog, "batch").roots == ("/in",)


def test_the_same_image_is_nothing_to_do(read: Archive) -> None:
    rescan(read)
    read.drain({Stage.OCR: NEW})
    assert not rescan(read).changes
    assert read.waiting() == []
    assert account(read.catalog, "batch").files.seen == 2


def test_the_image_before_comes_back_with_its_reading(read: Archive) -> None:
    """The file has three pages, but the page has shown one of them."""
    rescan(read, number=2)
    read.drain({Stage.OCR: NEW})
    back = rescan(read, leaf("a.tif", frames=3), number=2)
    assert (back.now.frame, back.comes_back) == (1, True)
    assert words(read, 2) == 1
    assert all(stage in (Stage.CLASSIFY, Stage.INDEX) for stage, _subject in read.waiting()), "not read again"
    read.drain()
    assert (classes(read), is_sound(read)) == ({"words": 3}, True)


def test_the_image_before_comes_back_also_where_it_was_never_read(archive: Archive) -> None:
    archive.add("a.tif", frames=3)
    rescan(archive)
    rescan(archive, leaf("a.tif", frames=3))
    archive.drain({Stage.OCR: OLD})
    assert (classes(archive), is_sound(archive)) == ({"words": 3}, True)


@pytest.mark.parametrize("stage", [Stage.PREPROCESS, Stage.OCR, Stage.CLASSIFY, Stage.INDEX])
def test_what_a_worker_has_in_hand_comes_too_late(archive: Archive, stage: Stage) -> None:
    archive.add("a.tif", frames=3)
    work = until(archive, stage)
    rescan(archive)
    assert archive.settle(work, GOOD[stage]) is None
    archive.drain({Stage.OCR: NEW})
    assert words(archive) == 3
    assert (classes(archive), is_sound(archive)) == ({"words": 3}, True)


def test_a_page_that_stopped_goes_on_with_the_new_image(archive: Archive) -> None:
    archive.add("a.tif", frames=3)
    archive.settle(archive.begin(), Failure(DAMAGED_PAGE.code))
    archive.drain()
    assert classes(archive) == {"stopped": 1, "words": 2}
    rescan(archive)
    archive.drain()
    assert (classes(archive), is_sound(archive)) == ({"words": 3}, True)


def test_a_new_image_that_cannot_be_read_stops_and_the_old_words_go(read: Archive) -> None:
    rescan(read)
    work = until(read, Stage.INDEX, {Stage.PREPROCESS: Failure(DAMAGED_PAGE.code)})
    record = next(each for each in work.records if each.number == 1)
    assert record.words == ()
    assert classes(read)["stopped"] == 1


def test_a_paused_batch_waits_and_then_goes_on(read: Archive) -> None:
    pause(read.catalog, "batch")
    rescan(read)
    assert read.waiting() == []
    pause(read.catalog, "batch", paused=False)
    read.drain({Stage.OCR: NEW})
    assert (words(read), is_sound(read)) == (3, True)


def test_a_cancelled_page_comes_back_with_its_new_image(archive: Archive) -> None:
    archive.add("a.tif", frames=3)
    cancel(archive.catalog, "batch")
    rescan(archive)
    archive.drain({Stage.OCR: NEW})
    assert classes(archive) == {"stopped": 2, "words": 1}


def test_a_withdrawn_batch_an_unknown_page_and_a_file_of_several_are_refused(read: Archive) -> None:
    with pytest.raises(ArsipError) as refused:
        rescan(read, leaf("many.tif", frames=2))
    assert refused.value.failure.cause == "several-pages"
    with pytest.raises(ArsipError) as refused:
        replace_image(read.catalog, "p1", leaf())
    assert refused.value.failure.cause == "page-unknown"
    withdraw(read.catalog, "batch")
    with pytest.raises(ArsipError) as refused:
        rescan(read)
    assert refused.value.failure.cause == "batch-withdrawn"
    assert classes(read) == {"waiting": 3}
    read.drain()
    assert (words(read), account(read.catalog, "batch").files.seen) == (1, 1)


def test_an_image_of_another_document_is_shared(read: Archive) -> None:
    read.add("b.tif")
    read.drain({Stage.OCR: text_of("of", "b")})
    rescan(read, leaf("b.tif"), number=2)
    work: Work | None = read.go(read.begin(), PREPARED)
    assert work is not None
    assert work.known is not None, "it was read before"
    work = read.settle(work, codec.unpack(Stage.OCR, work.known))
    while work is not None:
        work = read.settle(work, GOOD[work.stage])
    read.drain()
    assert (words(read, 2), classes(read)) == (2, {"words": 4})


def test_a_rescan_ends_the_choice_between_readings_of_the_image_before(read: Archive) -> None:
    run_again(read.catalog, pick(read.catalog, Selector()), Stage.OCR)
    read.drain({Stage.OCR: replace(NEW, gain=Gain(1.0, 3.0, 2.0, 0.0, better=True))})
    rescan(read)
    read.drain({Stage.OCR: NEW})
    pages = [page_id(read, number) for number in (1, 2, 3)]
    assert choose(read.catalog, pages, "rolled-back", lambda _of, onto: onto.text) == 2
    assert [words(read, number) for number in (1, 2, 3)] == [3, 1, 1]


def test_folders_imported_again_meet_the_page_whatever_it_shows(read: Archive) -> None:
    rescan(read, number=2)
    read.drain({Stage.OCR: NEW})
    read.add("a.tif", frames=3)
    assert account(read.catalog, "batch").documents == 1
    assert classes(read) == {"words": 3}


def test_a_folder_that_has_a_page_more_finds_the_one_that_was_scanned_again(archive: Archive) -> None:
    def take(*names: str) -> None:
        leaves = tuple(
            Leaf(Seen("/in", name, 10, 1), name.ljust(64, "0"), 10, "image/tiff", 1) for name in names
        )
        take_in(archive.catalog, archive.batch, Place(), [NewDocument("surat", leaves)], [])

    take("1.tif", "2.tif")
    archive.drain()
    before = [each.page for each in pick(archive.catalog, Selector())]
    rescan(archive, number=2)
    archive.drain({Stage.OCR: NEW})
    take("1.tif", "2.tif", "3.tif")
    archive.drain()
    assert [each.page for each in pick(archive.catalog, Selector())][:2] == before
    assert (account(archive.catalog, "batch").documents, classes(archive)) == (1, {"words": 3})
    assert words(archive, 2) == 3


def test_two_rescans_of_one_page_at_once_are_one_after_the_other(read: Archive) -> None:
    of = page_id(read)
    others = [open_catalog(read.catalog.database) for _ in range(2)]
    leaves = [leaf("one.tif"), leaf("two.tif")]
    try:
        at_once(
            *(
                lambda catalog=catalog, each=each: replace_image(catalog, of, each)
                for catalog, each in zip(others, leaves, strict=True)
            )
        )
    finally:
        for other in others:
            other.close()
    told = [run.told for run in history.runs(read.catalog, [of]) if run.told is not None]
    assert [each.decided for each in told if each.decided] == ["replaced", "replaced"]
    read.drain({Stage.OCR: NEW})
    assert (words(read), is_sound(read)) == (3, True)
