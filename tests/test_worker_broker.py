"""What any broker of ours must do, on the real table of messages and with real Dramatiq workers.

The promise is not "delivered once" but "done once": a broker may tell two workers of the same work, and may
lose all it knows. The embedded one, RabbitMQ and Redis are held to the same.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import dramatiq
import pytest
import redis
from dramatiq import MessageProxy
from dramatiq.broker import Consumer

import pipeline
import settings
from archive.catalog.accounts import account
from archive.errors import ArsipError
from archive.ledger import workers
from archive.ledger.hold import pause
from archive.ledger.messages import refill, send
from archive.ledger.owner import me
from archive.types import Stage
from tests.ledgers import GOOD, Archive
from tests.server_postgres import new_database
from tests.server_rabbitmq import delete_queues
from worker import dispatch
from worker.actors import declare
from worker.broker import Broker
from worker.parts import Parts


class Kind(NamedTuple):
    """A broker, and the database it stands on."""

    broker: str
    database: str


KINDS = (
    Kind("embedded", "sqlite"),
    Kind("rabbitmq", "postgresql"),
    Kind("redis", "postgresql"),
    Kind("rabbitmq", "sqlite"),
)
Make = Callable[..., Broker]
Ready = Callable[..., Consumer]


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> Kind:
    made: Kind = request.param
    return made


@pytest.fixture
def archive(request: pytest.FixtureRequest, kind: Kind, tmp_path: Path) -> Iterator[Archive]:
    with ExitStack() as stack:
        place: Path | str = tmp_path
        if kind.database == "postgresql":
            names = (request.getfixturevalue(name) for name in ("postgres_url", "_empty_catalog"))
            place = stack.enter_context(new_database(*names))
        made = Archive(place)
        workers.seen(made.catalog, me(), list(Stage), threads=100, pages_an_hour=0)
        yield made
        made.catalog.close()


@pytest.fixture
def make(request: pytest.FixtureRequest, kind: Kind, archive: Archive, tmp_path: Path) -> Iterator[Make]:
    """Makes brokers as each of several processes would have one."""
    said = {"ARSIP_HOME": str(tmp_path)}
    if kind.broker != "embedded":
        said["ARSIP_BROKER_URL"] = request.getfixturevalue(f"{kind.broker}_url")
        said["ARSIP_BROKER_NAME"] = f"test-{secrets.token_hex(8)}"
    parts = Parts(settings.load(said))
    parts.__dict__["catalog"] = archive.catalog
    made: list[Broker] = []

    def one_more(stages: Collection[Stage] = tuple(Stage)) -> Broker:
        made.append(parts.broker(stages, lambda failure: pytest.fail(failure.cause)))
        return made[-1]

    yield one_more
    for each in made:
        each.stop()
        each.close()
    if kind.broker == "rabbitmq":
        delete_queues(said["ARSIP_BROKER_URL"], [made[0].queue(stage) for stage in Stage])
    elif kind.broker == "redis":
        with closing(redis.Redis.from_url(said["ARSIP_BROKER_URL"])) as client:
            if left := client.keys(f"{said['ARSIP_BROKER_NAME']}:*"):
                client.delete(*left)


@pytest.fixture
def broker(make: Make) -> Broker:
    return make()


@pytest.fixture
def ready(broker: Broker) -> Iterator[Ready]:
    """Starts the broker, its actors doing nothing, and gives a consumer of it."""
    consumers: list[Consumer] = []

    def listen(stage: Stage = Stage.PREPROCESS, prefetch: int = 100, of: Broker = broker) -> Consumer:
        declare(of, lambda _stage, _subject: None)
        of.start()
        consumers.append(of.consume(of.queue(stage), prefetch=prefetch, timeout=50))
        return consumers[-1]

    yield listen
    for each in consumers:
        each.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody begins is soon taken for lost."""
    monkeypatch.setattr(dispatch, "LOST_SECONDS", 0.2)
    monkeypatch.setattr(dispatch, "LOOK_SECONDS", 0.1)


def taken(consumer: Consumer, most: int = 1000, quiet_seconds: float = 0.5) -> list[MessageProxy]:
    """All that a consumer gives until it has nothing for a while."""
    found: list[MessageProxy] = []
    until = time.monotonic() + quiet_seconds
    while len(found) < most and time.monotonic() < until:
        if (message := next(consumer)) is not None:
            found.append(message)
            until = time.monotonic() + quiet_seconds
    return found


def works(archive: Archive, broker: Broker, threads: int = 2) -> dramatiq.Worker:
    """A real Dramatiq worker whose stages take no time."""

    def run(stage: Stage, subject: str) -> None:
        stages = {each: (lambda work: GOOD[work.stage]) for each in Stage}
        pipeline.run(archive.ledger, stages, stage, subject)
        broker.news()

    declare(broker, run)
    worker = dramatiq.Worker(broker, worker_timeout=50, worker_threads=threads)
    worker.queue_prefetch = threads
    broker.start()
    worker.start()
    return worker


def until_empty(archive: Archive, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while archive.waiting() or account(archive.catalog, "batch").pages.waiting:
        assert time.monotonic() < deadline, "the queue does not get empty"
        time.sleep(0.05)


def test_a_message_is_a_stage_and_an_id(archive: Archive, ready: Ready) -> None:
    archive.add("a.tif")
    (message,) = taken(ready())
    assert message.actor_name == "preprocess"
    assert message.args == (archive.waiting()[0][1],)
    assert message.kwargs == {}


def test_messages_come_by_page_number_before_age(archive: Archive, ready: Ready) -> None:
    archive.add("book.tif", frames=3)
    archive.add("letter.tif")
    assert [message.args[0] for message in taken(ready())] == [each[1] for each in archive.waiting()]


def test_no_more_than_prefetch_are_out(archive: Archive, ready: Ready) -> None:
    archive.add("a.tif", frames=10)
    some = ready(prefetch=2)
    first = taken(some)
    assert len(first) == 2
    some.ack(first[0])
    assert len(taken(some)) == 1


@pytest.mark.parametrize("how", ["nack", "requeue"])
@pytest.mark.usefixtures("impatient")
def test_what_was_given_back_comes_again(archive: Archive, ready: Ready, how: str) -> None:
    archive.add("a.tif")
    some = ready()
    (message,) = taken(some, most=1, quiet_seconds=5)
    some.nack(message) if how == "nack" else some.requeue([message])
    assert [again.args for again in taken(some, most=1, quiet_seconds=5)] == [message.args]


@pytest.mark.usefixtures("impatient")
def test_what_is_done_does_not_come_again(archive: Archive, ready: Ready) -> None:
    archive.add("a.tif")
    some = ready()
    (message,) = taken(some, most=1, quiet_seconds=5)
    archive.drain()
    some.ack(message)
    assert taken(some) == []


def test_a_delayed_message_comes_later(archive: Archive, broker: Broker, ready: Ready) -> None:
    archive.add("a.tif")
    subject = archive.waiting()[0][1]
    archive.drain()
    some = ready(Stage.INDEX)
    broker.get_actor("index").send_with_options(args=(subject,), delay=1500)
    assert taken(some) == []
    assert [message.args for message in taken(some, most=1, quiet_seconds=5)] == [(subject,)]


def test_a_message_for_nothing_is_nothing(archive: Archive, ready: Ready) -> None:
    send(archive.catalog, Stage.OCR, "p0000000000000000")
    assert taken(ready(Stage.OCR)) == []


def test_nobody_is_told_of_what_is_paused(archive: Archive, ready: Ready) -> None:
    archive.add("a.tif")
    pause(archive.catalog, "batch")
    some = ready()
    assert taken(some) == []
    pause(archive.catalog, "batch", paused=False)
    assert len(taken(some, most=1, quiet_seconds=5)) == 1


def test_who_serves_one_stage_is_told_of_no_other(archive: Archive, make: Make, ready: Ready) -> None:
    archive.add("a.tif")
    subject = archive.waiting()[0][1]
    some = ready(Stage.OCR, of=make([Stage.OCR]))
    send(archive.catalog, Stage.OCR, subject)
    assert [message.actor_name for message in taken(some, quiet_seconds=2)] == ["ocr"]


def test_workers_empty_the_queue(archive: Archive, broker: Broker) -> None:
    for number in range(10):
        archive.add(f"{number}.tif", frames=2)
    worker = works(archive, broker)
    until_empty(archive)
    worker.stop()
    assert account(archive.catalog, "batch").pages.words == 20


def test_work_that_two_workers_are_told_of_is_done_once(archive: Archive, make: Make) -> None:
    done: list[tuple[Stage, str, int]] = []
    guard = threading.Lock()

    def counted(stage: Stage, subject: str) -> None:
        work = archive.ledger.begin(stage, subject)
        while work is not None:
            with guard:
                done.append((work.stage, work.subject, work.revision))
            work = archive.settle(work, GOOD[work.stage])

    for number in range(20):
        archive.add(f"{number}.tif")
    all_workers = []
    for each in (make(), make()):
        declare(each, counted)
        each.start()
        all_workers.append(dramatiq.Worker(each, worker_timeout=50, worker_threads=2))
    for worker in all_workers:
        worker.start()
    until_empty(archive)
    for worker in all_workers:
        worker.stop()
    assert len(done) == len(set(done))
    assert account(archive.catalog, "batch").pages.words == 20


def test_a_purged_queue_is_refilled(archive: Archive, broker: Broker) -> None:
    for number in range(5):
        archive.add(f"{number}.tif")
    broker.flush_all()
    assert archive.waiting() == []
    assert refill(archive.catalog) == 5
    worker = works(archive, broker)
    until_empty(archive)
    worker.stop()
    assert account(archive.catalog, "batch").pages.words == 5


@pytest.mark.parametrize("name", ["dua kata", "é", "2021", ""])
def test_a_name_that_no_queue_may_have_is_told(tmp_path: Path, name: str) -> None:
    said = {"ARSIP_HOME": str(tmp_path), "ARSIP_BROKER_URL": "amqp://server", "ARSIP_BROKER_NAME": name}
    with pytest.raises(ArsipError) as caught:
        Parts(settings.load(said)).broker([Stage.OCR], lambda _failure: None)
    assert "broker.name" in caught.value.failure.message()
