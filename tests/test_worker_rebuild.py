"""The index built anew, on both engines: nothing is missed, whatever goes on, however often it is killed."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TypeAlias

import pytest
from sqlalchemy import update

import pipeline
from archive.catalog import codec, indexed
from archive.catalog.accounts import account
from archive.catalog.change import withdraw
from archive.catalog.schema import page, result
from archive.errors import ArsipError, Failure
from archive.ledger.work import Indexed, Work
from archive.types import Filter, Stage
from index.contract import Index
from index.elastic import ElasticIndex
from index.embedded import EmbeddedIndex
from index.entry import Entry
from index.query import parse
from tests.index_pages import record
from tests.index_servers import fresh
from tests.ledgers import GOOD, Archive, work_on
from worker import makers, rebuild
from worker.compare import differences
from worker.makers import Makers
from worker.rebuild import Rebuild, Rebuilt

ROOT = Path(__file__).parent.parent
Make: TypeAlias = Callable[[], Index]


@pytest.fixture(params=["embedded", "elasticsearch"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Opens the index of the test."""
    if request.param == "embedded":
        yield lambda: EmbeddedIndex(tmp_path / "index")
        return
    url = request.getfixturevalue("elasticsearch_url")
    with fresh(url) as name:
        yield lambda: ElasticIndex(url, name)


@pytest.fixture
def index(make: Make) -> Iterator[Index]:
    made = make()
    yield made
    made.close()


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of forty documents of three pages, which it takes for indexed."""
    file = tmp_path_factory.mktemp("archive") / "catalog.sqlite"
    made = Archive(file)
    for number in range(40):
        made.add(f"surat-{number}.tif", 3)
    work_on(made)
    made.catalog.close()
    return file


@pytest.fixture
def archive(catalog: Path, tmp_path: Path) -> Iterator[Archive]:
    """A copy of it."""
    shutil.copy(catalog, tmp_path)
    made = Archive(tmp_path / "catalog.sqlite")
    yield made
    made.catalog.close()


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step has to be taken several times."""
    monkeypatch.setattr(makers, "TOGETHER", 25)
    monkeypatch.setattr(rebuild, "TOGETHER", 25)


def rebuilt(archive: Archive, index: Index, show: rebuild.Show = lambda _done, _all: None) -> Rebuilt:
    with Makers(archive.catalog, 2) as made_by:
        return Rebuild(archive.catalog, index, made_by, show).run()


def differing(archive: Archive, index: Index) -> list[str]:
    return [each.kind for each in differences(archive.catalog, index)]


def worker(archive: Archive, index: Index, before_settling: Callable[[], None] = lambda: None) -> None:
    """Work on what is due; what is to be indexed is indexed."""

    def put(work: Work) -> Indexed:
        outcome = Indexed(index.write(work.records))
        before_settling()
        return outcome

    stages: pipeline.Stages = {stage: (lambda work: GOOD[work.stage]) for stage in Stage} | {Stage.INDEX: put}
    while due := archive.waiting():
        pipeline.run(archive.ledger, stages, *due[0])


def test_a_lost_index_is_built_anew(archive: Archive, index: Index) -> None:
    shown: list[tuple[int, int]] = []
    done = rebuilt(archive, index, lambda *seen: shown.append(seen))
    assert (done.written, done.found, done.failed) == (120, 0, {})
    assert done.sampled == 120
    assert shown[-1] == (120, 120)
    assert index.find(parse("undangan"), Filter()).pages == 120
    assert differing(archive, index) == []


def test_what_was_withdrawn_stays_hidden(archive: Archive, index: Index) -> None:
    withdraw(archive.catalog, "batch")
    work_on(archive)
    assert rebuilt(archive, index).sampled == 0
    assert index.find(parse("undangan"), Filter()).pages == 0
    assert index.count() == 120


def test_what_is_imported_meanwhile_is_in_the_new_index_too(
    archive: Archive, index: Index, make: Make
) -> None:
    """A worker takes in and writes all the time, from before the beginning until after the end."""
    rebuilt(archive, index)
    done, numbers = Event(), iter(range(100_000))

    def work() -> None:
        own = make()
        while not done.is_set():
            archive.add(f"baru-{next(numbers)}.tif", 2)
            worker(archive, own)
        own.close()

    thread = Thread(target=work)
    thread.start()
    try:
        for _round in range(2):
            rebuilt(archive, index)
            assert thread.is_alive()
            missing = [each for each in differing(archive, index) if each != "newer"]
            assert missing == []
    finally:
        done.set()
        thread.join()
    assert next(numbers) > 3
    assert differing(archive, index) == []
    assert index.count() == account(archive.catalog, "batch").pages.words


def test_what_was_being_written_at_the_change_is_waited_for_and_written_again(
    archive: Archive, index: Index, make: Make
) -> None:
    """A worker has written to the old generation, and says so only after the new one is in use."""
    written, changed = Event(), Event()
    archive.add("terlambat.tif", 1)

    def late() -> None:
        own = make()

        def wait() -> None:
            written.set()
            assert changed.wait(60)
            time.sleep(0.5)

        worker(archive, own, wait)
        own.close()

    thread = Thread(target=late)

    class Watched(Rebuild):
        def _wait_for_writers(self) -> None:
            changed.set()
            super()._wait_for_writers()

    thread.start()
    assert written.wait(60)
    with Makers(archive.catalog, 1) as made_by:
        Watched(archive.catalog, index, made_by, lambda _done, _all: None).run()
    thread.join()
    assert differing(archive, index) == []
    assert index.count() == 121


def test_an_index_that_is_broken_is_left_for_a_new_one(archive: Archive, tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    rebuilt(archive, index)
    (tmp_path / "index" / "2" / "meta.json").write_text("{")
    with pytest.raises(ArsipError):
        index.check()
    assert rebuilt(archive, index).written == 120
    index.check()
    (tmp_path / "index" / "generation").write_text("?")
    assert rebuilt(archive, index).written == 120
    index.check()


def test_one_page_that_cannot_be_written_stops_no_other(archive: Archive, index: Index) -> None:
    """Its words are damaged in the catalog: it is set aside with its cause, as any page is."""
    bad = indexed.known(archive.catalog, "", 1)[0].page
    with archive.catalog.write() as connection:
        connection.execute(
            result.insert().values(key="bad", stage="ocr", made_at=0.0, payload=b"neither zlib nor JSON")
        )
        connection.execute(update(page).where(page.c.id == bad).values(text_key="bad"))
    done = rebuilt(archive, index)
    assert (done.written, set(done.failed)) == (119, {bad})
    assert done.failed[bad].cause == "unexpected"
    assert differing(archive, index) == ["missing"]
    assert [subject for stage, subject in archive.waiting() if stage is Stage.INDEX] == [bad]


class Forgetful(EmbeddedIndex):
    """Says that it wrote, and drops a page of each batch; or keeps all, and finds none."""

    blind = False

    def next(self) -> EmbeddedIndex:
        beside = super().next()
        return type(self)(self._path, beside._generation)

    def put(self, entries: Sequence[Entry]) -> dict[str, Failure]:
        if self._generation is not None and not self.blind:
            return super().put(entries[1:])
        return super().put(entries)

    def find(self, query, viewer, **more):  # type: ignore[no-untyped-def]
        return super().find(parse("tidakada") if self.blind else query, viewer, **more)


@pytest.mark.parametrize("blind", [True, False])
def test_a_new_index_that_does_not_agree_with_the_catalog_is_not_taken(
    archive: Archive, tmp_path: Path, blind: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forgetful, "blind", blind)
    monkeypatch.setattr(rebuild, "TOGETHER", 1000)  # one walk, and no second one that would mend
    old = EmbeddedIndex(tmp_path / "index")
    old.write([record("old", "lama")])
    with pytest.raises(ArsipError) as error:
        rebuilt(archive, Forgetful(tmp_path / "index"))
    assert "the old one stays in use" in str(error.value.failure.details["problem"])
    assert [hit.page for hit in old.find(parse("lama"), Filter()).hits] == ["old"]


REBUILD = """
import sys
from pathlib import Path
from archive.catalog.connect import open_catalog
from index.elastic import ElasticIndex
from index.embedded import EmbeddedIndex
from worker import makers, rebuild
makers.TOGETHER = rebuild.TOGETHER = 10
catalog = open_catalog(Path(sys.argv[1]))
index = EmbeddedIndex(Path(sys.argv[2])) if len(sys.argv) == 3 else ElasticIndex(*sys.argv[2:])
with makers.Makers(catalog, 1) as made_by:
    rebuild.Rebuild(catalog, index, made_by, lambda done, all: print(done, flush=True)).run()
"""


def test_a_rebuild_that_is_killed_goes_on_where_it_was(
    archive: Archive, index: Index, tmp_path: Path
) -> None:
    chance = random.Random(5)
    place = [str(tmp_path / "index")]
    if isinstance(index, ElasticIndex):
        place = [index.where, index._index]
    command = [sys.executable, "-c", REBUILD, str(tmp_path / "catalog.sqlite"), *place]
    reached = [0]
    for _round in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout
            reached += [int(process.stdout.readline()) for _line in range(chance.randint(1, 3))]
            process.send_signal(signal.SIGKILL)
    assert reached == sorted(reached), "each one goes on where the one before was"
    assert index.count() == 0, "the old one is in use until the end"
    done = rebuilt(archive, index)
    assert done.found >= reached[-1] > 0
    assert done.found + done.written == 120
    assert differing(archive, index) == []


def test_words_leave_the_catalog_as_the_index_is_told_of_them(archive: Archive) -> None:
    (kept,) = indexed.records_of(archive.catalog, [indexed.known(archive.catalog, "", 1)[0].page])
    assert [word.text for word in codec.record(kept).words] == ["surat", "undangan"]
