"""The dispatcher publishes a window of what waits, first things first, and again what got lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from archive.catalog.intake import Leaf, NewDocument, Place, Seen, open_batch, take_in
from archive.errors import BROKER_REFUSED, BROKER_UNREACHABLE, ArsipError, Failure
from archive.ledger import dispatch, workers
from archive.ledger.dispatch import RESEND_SECONDS, Letter, choose
from archive.ledger.hold import pause, prioritize
from archive.ledger.owner import me
from archive.types import Stage
from tests.ledgers import Archive
from tests.waiting import until
from worker import dispatch as dispatching
from worker.dispatch import Dispatcher

STAGES = list(Stage)
OTHERS = "elsewhere:pid:[1]/0123456789abc/1/1"


class InMemory:
    """A server in memory, which can be out of order for a while."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.empty = False
        self.broken: ArsipError | None = None
        self.tried = 0

    def publish(self, letter: Letter) -> None:
        self.keep()
        self.published.append(letter.subject)

    def keep(self) -> None:
        self.tried += 1
        if self.broken:
            raise self.broken

    def is_empty(self) -> bool:
        return self.empty

    def hang_up(self) -> None:
        """Nothing is open."""


@pytest.fixture
def server() -> InMemory:
    return InMemory()


@pytest.fixture
def told() -> list[Failure]:
    """What a person hears of."""
    return []


@pytest.fixture
def dispatcher(
    archive: Archive, server: InMemory, told: list[Failure], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Dispatcher]:
    monkeypatch.setattr(dispatching, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(dispatching, "LONGEST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(dispatching, "LOST_SECONDS", 0.2)
    made = Dispatcher(archive.catalog, server, STAGES, me(), told.append, told.append)
    yield made
    made.stop()


def alive(archive: Archive, threads: int, owner: str = OTHERS, stages: list[Stage] = STAGES) -> None:
    workers.seen(archive.catalog, owner, stages, threads, 0)


def subjects(letters: list[Letter]) -> list[str]:
    return [each.subject for each in letters]


def chosen(archive: Archive, stages: list[Stage] = STAGES, resend: float = RESEND_SECONDS) -> list[str]:
    return subjects(choose(archive.catalog, stages, resend))


def test_twice_as_many_are_sent_as_threads_live(archive: Archive) -> None:
    archive.add("book.tif", frames=20)
    first = [each[1] for each in archive.waiting()]
    assert chosen(archive) == []
    alive(archive, 2)
    alive(archive, 1, "elsewhere:pid:[1]/0123456789abc/2/2")
    assert chosen(archive) == first[:6]
    assert chosen(archive) == []


def test_more_are_sent_when_half_of_them_are_begun(archive: Archive) -> None:
    archive.add("book.tif", frames=20)
    first = [each[1] for each in archive.waiting()]
    alive(archive, 2)
    assert chosen(archive) == first[:4]
    archive.ledger.begin(Stage.PREPROCESS, first[0])
    assert chosen(archive) == []
    archive.ledger.begin(Stage.PREPROCESS, first[1])
    assert chosen(archive) == first[4:6]


def test_only_threads_that_serve_a_stage_count(archive: Archive) -> None:
    archive.add("book.tif", frames=20)
    alive(archive, 5, stages=[Stage.INDEX])
    assert chosen(archive, [Stage.PREPROCESS, Stage.OCR]) == []
    alive(archive, 1, "elsewhere:pid:[1]/0123456789abc/2/2", [Stage.OCR, Stage.PREPROCESS])
    assert len(chosen(archive, [Stage.PREPROCESS])) == 2


def test_a_worker_unseen_for_long_does_not_count(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add("a.tif")
    alive(archive, 2)
    monkeypatch.setattr(archive.catalog, "now", lambda: time.time() + 2 * workers.LEASE_SECONDS)
    assert chosen(archive) == []


def test_what_is_urgent_does_not_wait_for_room(archive: Archive) -> None:
    archive.add("book.tif", frames=20)
    alive(archive, 2)
    assert len(chosen(archive)) == 4
    urgent = open_batch(archive.catalog, "urgent")
    prioritize(archive.catalog, "urgent", 10)
    leaf = Leaf(Seen("/in", "letter.tif", 10, 1), "letter".ljust(64, "0"), 10, "image/tiff", 1)
    take_in(archive.catalog, urgent, Place(), [NewDocument("letter.tif", (leaf,))], [])
    (letter,) = choose(archive.catalog, STAGES, RESEND_SECONDS)
    assert letter.priority == 10
    assert chosen(archive) == []


def test_what_is_paused_is_not_sent_and_takes_up_no_room(archive: Archive) -> None:
    archive.add("a.tif", frames=9)
    alive(archive, 2)
    assert len(chosen(archive)) == 4
    pause(archive.catalog, "batch")
    assert chosen(archive) == []
    pause(archive.catalog, "batch", paused=False)
    assert len(chosen(archive)) == 4  # those that were sent before: nobody could begin them


def test_what_was_not_begun_for_long_is_sent_again(archive: Archive) -> None:
    archive.add("a.tif")
    alive(archive, 1)
    first = chosen(archive)
    assert chosen(archive) == []
    assert chosen(archive, resend=0.0) == first


def test_a_clock_that_was_set_back_hides_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add("a.tif")
    with monkeypatch.context() as fast:
        fast.setattr(archive.catalog, "now", lambda: time.time() + 3600)
        alive(archive, 1)
        first = chosen(archive)
    alive(archive, 1)
    assert first
    assert chosen(archive) == first


def test_two_dispatchers_at_once_choose_each_message_once(archive: Archive) -> None:
    archive.add("book.tif", frames=200)
    alive(archive, 60)
    start = threading.Barrier(4)
    found: list[str] = []

    def work() -> None:
        start.wait()
        for _ in range(5):
            found.extend(chosen(archive))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 120


def test_a_server_that_is_gone_is_told_once_and_waited_for(
    archive: Archive, server: InMemory, dispatcher: Dispatcher, told: list[Failure]
) -> None:
    archive.add("a.tif", frames=3)
    alive(archive, 10)
    server.broken = ArsipError(BROKER_UNREACHABLE, where="amqp://here")
    dispatcher.start()
    until(lambda: server.tried > 3, "it tried again", 20.0)
    assert [each.cause for each in told] == [BROKER_UNREACHABLE.code]
    server.broken = None
    until(lambda: len(server.published) == 3, "three are published", 20.0)
    server.broken = ArsipError(BROKER_REFUSED, where="amqp://here")
    until(lambda: len(told) == 2, "it was told once more", 20.0)
    assert told[1].cause == BROKER_REFUSED.code


def test_what_could_not_be_published_stays_unsent(
    archive: Archive, server: InMemory, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(letter: Letter) -> None:
        if len(server.published) == 2:
            server.broken = ArsipError(BROKER_UNREACHABLE, where="amqp://here")
        InMemory.publish(server, letter)

    archive.add("a.tif", frames=5)
    alive(archive, 10)
    monkeypatch.setattr(server, "publish", publish)
    dispatcher.start()
    until(lambda: server.broken is not None and server.tried > 5, "it tried again", 20.0)
    assert len(server.published) == 2
    assert len(chosen(archive)) == 3


def test_what_the_server_lost_is_sent_again(
    archive: Archive, server: InMemory, dispatcher: Dispatcher
) -> None:
    archive.add("a.tif")
    alive(archive, 1)
    dispatcher.start()
    until(lambda: len(server.published) == 1, "one is published", 20.0)
    time.sleep(0.5)
    assert len(server.published) == 1  # it waits at the server
    server.empty = True
    until(lambda: len(server.published) == 2, "two are published", 20.0)


def test_somebody_at_work_does_not_take_for_lost_what_others_may_have(
    archive: Archive, server: InMemory, dispatcher: Dispatcher
) -> None:
    archive.add("a.tif", frames=2)
    archive.begin()
    alive(archive, 1, me())
    server.empty = True
    dispatcher.start()
    until(lambda: len(server.published) == 1, "one is published", 20.0)
    time.sleep(0.5)
    assert len(server.published) == 1


def test_a_catalog_in_trouble_ends_the_dispatcher_and_is_told(
    archive: Archive, server: InMemory, dispatcher: Dispatcher, told: list[Failure]
) -> None:
    with archive.catalog.write() as connection:
        connection.exec_driver_sql("DROP TABLE worker")
    dispatcher.start()
    until(lambda: bool(told), "it was told", 20.0)
    assert told[0].cause == "unexpected"


def test_a_message_is_taken_back_unless_it_was_begun(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    alive(archive, 1)
    first, second = choose(archive.catalog, STAGES, RESEND_SECONDS)
    archive.ledger.begin(first.stage, first.subject)
    dispatch.take_back(archive.catalog, [first, second])
    assert chosen(archive) == [second.subject]
