"""What any broker of ours must do, on the real table of messages and with real Dramatiq workers.

The promise is not "delivered once" but "done once": a broker may tell two workers of the same work, and may
lose all it knows. RabbitMQ and Redis join ``BROKERS`` when they come, and are held to the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dramatiq
import pytest
from dramatiq import MessageProxy
from dramatiq.broker import Consumer

import pipeline
from archive.catalog.accounts import account
from archive.catalog.connect import Catalog
from archive.ledger.messages import refill, send
from archive.types import Stage
from tests.ledgers import GOOD, Archive
from worker.actors import declare
from worker.broker import QUEUE, EmbeddedBroker

BROKERS: dict[str, Callable[[Catalog], dramatiq.Broker]] = {"embedded": EmbeddedBroker}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, archive: Archive) -> Iterator[dramatiq.Broker]:
    made = BROKERS[request.param](archive.catalog)
    yield made
    made.close()


def another(broker: dramatiq.Broker, catalog: Catalog) -> dramatiq.Broker:
    """A second broker of the same kind, as another process would have."""
    make: type[EmbeddedBroker] = type(broker)  # type: ignore[assignment]
    return make(catalog)


def consumer(broker: dramatiq.Broker, prefetch: int = 100) -> Consumer:
    return broker.consume(QUEUE, prefetch=prefetch, timeout=50)


def taken(consumer: Consumer, most: int = 1000) -> list[MessageProxy]:
    """All that a consumer gives until it has nothing for a while."""
    found: list[MessageProxy] = []
    while len(found) < most and (message := next(consumer)) is not None:
        found.append(message)
    return found


def works(archive: Archive, broker: dramatiq.Broker, threads: int = 2) -> dramatiq.Worker:
    """A real Dramatiq worker whose stages take no time."""

    def run(stage: Stage, subject: str) -> None:
        pipeline.run(
            archive.ledger, {each: (lambda work: GOOD[work.stage]) for each in Stage}, stage, subject
        )

    declare(broker, run)
    worker = dramatiq.Worker(broker, worker_timeout=50, worker_threads=threads)
    worker.start()
    return worker


def until_empty(archive: Archive, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while archive.waiting() or account(archive.catalog, "batch").pages.waiting:
        assert time.monotonic() < deadline, "the queue does not get empty"
        time.sleep(0.05)


def ready(broker: dramatiq.Broker) -> Consumer:
    """A consumer of a broker whose actors do nothing."""
    declare(broker, lambda _stage, _subject: None)
    return consumer(broker)


def test_a_message_is_a_stage_and_an_id(archive: Archive, broker: dramatiq.Broker) -> None:
    archive.add("a.tif")
    (message,) = taken(ready(broker))
    assert message.actor_name == "preprocess"
    assert message.args == (archive.waiting()[0][1],)
    assert message.kwargs == {}


def test_messages_come_by_page_number_before_age(archive: Archive, broker: dramatiq.Broker) -> None:
    archive.add("book.tif", frames=3)
    archive.add("letter.tif")
    assert [message.args[0] for message in taken(ready(broker))] == [each[1] for each in archive.waiting()]


def test_no_more_than_prefetch_are_out(archive: Archive, broker: dramatiq.Broker) -> None:
    archive.add("a.tif", frames=10)
    ready(broker)
    some = consumer(broker, prefetch=2)
    first = taken(some)
    assert len(first) == 2
    some.ack(first[0])
    assert len(taken(some)) == 1


@pytest.mark.parametrize("how", ["nack", "requeue"])
def test_what_was_given_back_comes_again(archive: Archive, broker: dramatiq.Broker, how: str) -> None:
    archive.add("a.tif")
    some = ready(broker)
    (message,) = taken(some)
    some.nack(message) if how == "nack" else some.requeue([message])
    assert [again.args for again in taken(some)] == [message.args]


def test_what_is_done_does_not_come_again(archive: Archive, broker: dramatiq.Broker) -> None:
    archive.add("a.tif")
    some = ready(broker)
    (message,) = taken(some)
    archive.drain()
    some.ack(message)
    assert taken(some) == []


def test_a_delayed_message_comes_later(archive: Archive, broker: dramatiq.Broker) -> None:
    archive.add("a.tif")
    subject = archive.waiting()[0][1]
    archive.drain()
    some = ready(broker)
    broker.get_actor("index").send_with_options(args=(subject,), delay=600)
    assert taken(some) == []
    time.sleep(0.7)
    assert [message.args for message in taken(some)] == [(subject,)]


def test_a_message_for_nothing_is_nothing(archive: Archive, broker: dramatiq.Broker) -> None:
    send(archive.catalog, Stage.OCR, "p0000000000000000")
    assert taken(ready(broker)) == []


def test_workers_empty_the_queue(archive: Archive, broker: dramatiq.Broker) -> None:
    for number in range(10):
        archive.add(f"{number}.tif", frames=2)
    worker = works(archive, broker)
    until_empty(archive)
    worker.stop()
    assert account(archive.catalog, "batch").pages.words == 20


def test_work_that_two_workers_are_told_of_is_done_once(archive: Archive, broker: dramatiq.Broker) -> None:
    done: list[tuple[Stage, str, int]] = []
    guard = threading.Lock()
    other = another(broker, archive.catalog)

    def counted(stage: Stage, subject: str) -> None:
        work = archive.ledger.begin(stage, subject)
        while work is not None:
            with guard:
                done.append((work.stage, work.subject, work.revision))
            work = archive.settle(work, GOOD[work.stage])

    for number in range(20):
        archive.add(f"{number}.tif")
    workers = []
    for each in (broker, other):
        declare(each, counted)
        workers.append(dramatiq.Worker(each, worker_timeout=50, worker_threads=2))
    for worker in workers:
        worker.start()
    until_empty(archive)
    for worker in workers:
        worker.stop()
    assert len(done) == len(set(done))
    assert account(archive.catalog, "batch").pages.words == 20


def test_a_purged_queue_is_refilled(archive: Archive, broker: dramatiq.Broker) -> None:
    for number in range(5):
        archive.add(f"{number}.tif")
    broker.flush_all()
    assert taken(consumer(broker)) == []
    assert refill(archive.catalog) == 5
    worker = works(archive, broker)
    until_empty(archive)
    worker.stop()
    assert account(archive.catalog, "batch").pages.words == 5
