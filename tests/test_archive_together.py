"""Many at once on one catalog: threads settle, free, refill and repeat; nothing is lost, nothing doubled."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import event, func, select, update

import pipeline
from archive.catalog.accounts import account
from archive.catalog.change import Selector, pick, run_again, withdraw
from archive.catalog.connect import open_catalog
from archive.catalog.intake import Batch, Leaf, NewDocument, Place, Seen, open_batch, take_in
from archive.catalog.schema import document, message, page, sighting, stage_run, worker
from archive.ledger.ledger import Ledger
from archive.ledger.messages import refill, waiting
from archive.ledger.work import Outcome, Work
from archive.ledger.workers import LEASE_SECONDS, free, seen
from archive.types import Stage
from ingest.walk import LONGEST_PATH, LONGEST_ROOT
from tests.ledgers import GOOD, PREPARED, Archive, at_once, classes, count, inputs, outcomes, text_of

UNTIL_READ = (Stage.PREPROCESS, Stage.OCR)


@contextmanager
def slowly(archive: Archive, words: str) -> Iterator[None]:
    """Wait a moment before every statement with these words: whoever is on his way meets the others."""

    def wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if words in statement:
            time.sleep(0.05)

    event.listen(archive.catalog._engine, "before_cursor_execute", wait)
    yield
    event.remove(archive.catalog._engine, "before_cursor_execute", wait)


def test_two_last_pages_settled_at_once_have_their_document_described_once(archive: Archive) -> None:
    reads = Ledger(archive.catalog, inputs(), UNTIL_READ)
    for number in range(5):
        archive.add(f"{number}.tif", frames=2)
        begun = [reads.begin(*each) for each in archive.waiting() if each[0] is Stage.PREPROCESS]
        works = [archive.go(work, PREPARED, reads) for work in begun if work is not None]
        with slowly(archive, "EXISTS"):
            at_once(*(partial(reads.settle, work, text_of("a"), pipeline.follow) for work in works))
        stages = Counter(stage for stage, _subject in archive.waiting())
        assert stages == {Stage.CLASSIFY: number + 1, Stage.INDEX: number + 1}


class Crew:
    """Threads that work as a worker's do, with an index that remembers what it was given."""

    def __init__(self, archive: Archive) -> None:
        self.read: Counter[str] = Counter()
        self.index: dict[str, int] = {}
        self._archive = archive
        self._chance = random.Random(4)

    def work(self) -> None:
        """Work until nothing waits and nobody has anything in hand."""
        ledger = Ledger(self._archive.catalog, inputs())
        while count(self._archive, message):
            if due := self._archive.waiting()[:20]:
                pipeline.run(ledger, dict.fromkeys(Stage, self._do), *self._chance.choice(due))
            else:
                time.sleep(0.01)

    def _do(self, work: Work) -> Outcome:
        time.sleep(self._chance.random() / 100)
        if work.stage is Stage.OCR:
            self.read[work.subject] += 1
        for record in work.records:
            self.index[record.page] = max(self.index.get(record.page, 0), record.revision)
        return GOOD[work.stage]


def assert_all_is_done(archive: Archive, crew: Crew, pages: int) -> None:
    assert classes(archive) == {"words": pages}
    assert refill(archive.catalog) == 0
    with archive.catalog.read() as connection:
        revisions = dict(connection.execute(select(page.c.id, page.c.revision)).all())
        described = select(func.count()).where(document.c.described_revision == document.c.revision)
        assert connection.execute(described).scalar_one() == count(archive, document)
    assert crew.index == revisions
    assert None not in outcomes(archive)


def test_many_threads_lose_nothing_and_double_nothing(archive: Archive) -> None:
    for number in range(60):
        archive.add(f"{number}.tif", frames=5)
    crew = Crew(archive)
    at_once(*[crew.work] * 8)
    assert_all_is_done(archive, crew, 300)
    assert set(crew.read.values()) == {1}
    assert len(crew.read) == 300
    assert outcomes(archive).keys() == {"done"}
    with archive.catalog.read() as connection:
        described = select(func.count()).where(stage_run.c.stage == Stage.CLASSIFY)
        assert connection.execute(described).scalar_one() == 60


def test_repeats_withdrawals_and_reconcilers_in_between_lose_nothing(archive: Archive) -> None:
    for number in range(12):
        archive.add(f"{number}.tif", frames=4)
    crew, ended = Crew(archive), threading.Event()

    def again(stage: Stage) -> None:
        for _ in range(4):
            run_again(archive.catalog, pick(archive.catalog, Selector())[::3], stage)

    def hide() -> None:
        for restore in (False, True) * 3:
            withdraw(archive.catalog, "batch", restore)

    def reconcile() -> None:
        while not ended.is_set():
            seen(archive.catalog, archive.ledger.owner, list(Stage), 1, 0)
            free(archive.catalog)
            refill(archive.catalog)

    def disturb() -> None:
        at_once(hide, *(partial(again, stage) for stage in Stage))
        ended.set()

    at_once(crew.work, crew.work, crew.work, disturb, reconcile, reconcile)
    crew.work()
    assert_all_is_done(archive, crew, 48)


def test_what_is_settled_is_not_freed_at_the_same_time(archive: Archive) -> None:
    archive.ledger.owner = "another-host/boot/1/1"
    archive.add("a.tif")
    seen(archive.catalog, archive.ledger.owner, list(Stage), 1, 0)
    work = archive.begin()
    long_ago = archive.catalog.now() - LEASE_SECONDS - 60
    with archive.catalog.write() as connection:
        connection.execute(update(worker).values(seen_at=long_ago))
        connection.execute(update(stage_run).values(started_at=long_ago))
    with slowly(archive, "INSERT INTO result"):
        settle = threading.Thread(target=archive.settle, args=(work, PREPARED))
        settle.start()
        time.sleep(0.02)
        free(archive.catalog)
        settle.join()
    with archive.catalog.read() as connection:
        lost = select(func.count()).where(
            stage_run.c.outcome == "lost", stage_run.c.stage == Stage.PREPROCESS
        )
        assert connection.execute(lost).scalar_one() == 0


def test_many_reconcilers_free_a_message_once(archive: Archive) -> None:
    host, boot, _pid, _started = archive.ledger.owner.rsplit("/", 3)
    for number in range(20):
        archive.add(f"{number}.tif")
    archive.ledger.owner = f"{host}/{boot}/999999999/1"
    for stage, subject in archive.waiting():
        archive.ledger.begin(stage, subject)
    freed: list[int] = []
    at_once(*[lambda: freed.append(free(archive.catalog))] * 4)
    assert sum(freed) == 20
    assert outcomes(archive) == {"lost": 20}


def test_two_imports_of_a_document_at_once_make_one(archive: Archive) -> None:
    batches = [open_batch(archive.catalog, name) for name in ("one", "two")]

    def take(to: Batch, number: int) -> None:
        leaf = Leaf(Seen("/in", f"{number}.tif", 10, 1), f"{number}" * 64, 10, "image/tiff", 1)
        take_in(archive.catalog, to, Place(), [NewDocument(f"{number}.tif", (leaf,))], [])

    for number in range(5):  # the originals are known already: that of another unit is another document
        archive.add(f"{number}.tif", blob=f"{number}" * 64, place=Place(unit="Bagian Umum"))
    with slowly(archive, "INSERT INTO document"):
        for number in range(5):
            at_once(*(partial(take, to, number) for to in batches))
    assert count(archive, document) == 10
    with archive.catalog.read() as connection:
        seen_as = select(sighting.c.outcome, func.count()).group_by(sighting.c.outcome)
        assert dict(connection.execute(seen_as).all()) == {"document": 10, "known": 5}


def test_two_imports_into_a_batch_at_once_make_one_document_of_a_folder(archive: Archive) -> None:
    def folder(*names: str) -> list[NewDocument]:
        leaves = [Leaf(Seen("/in", f"f/{name}", 1, 1), name * 64, 1, "image/tiff", 1) for name in names]
        return [NewDocument("f", tuple(leaves))]

    with slowly(archive, "INSERT INTO document"):
        at_once(
            lambda: take_in(archive.catalog, archive.batch, Place(), folder("b"), []),
            lambda: take_in(archive.catalog, archive.batch, Place(), folder("a", "b"), []),
        )
    documents = account(archive.catalog, "batch").documents
    with archive.catalog.read() as connection:
        blobs = Counter(connection.execute(select(page.c.blob)).scalars())
    # Whoever comes second finds the other's document, or, with fewer files, is a document of its own.
    assert (documents, sorted(blobs.values())) in [(1, [1, 1]), (2, [1, 2])]


def test_several_may_make_the_catalog_at_the_same_moment(tmp_path: Path, database_url: str) -> None:
    for place in (tmp_path / "catalog.sqlite", database_url):
        at_once(*[lambda place=place: open_catalog(place).close()] * 4)
        catalog = open_catalog(place)
        assert waiting(catalog, list(Stage), 1) == []
        catalog.close()


def test_the_longest_path_that_is_taken_in_fits_into_the_indexes_of_both(archive: Archive) -> None:
    root, path = (secrets.token_hex(limit // 2) for limit in (LONGEST_ROOT, LONGEST_PATH))
    leaf = Leaf(Seen(root, path, 10, 1), "a" * 64, 10, "image/tiff", 1)
    take_in(archive.catalog, archive.batch, Place(), [NewDocument(path, (leaf,))], [])
    assert len(archive.waiting()) == 1
