"""A crew on RabbitMQ and Redis: whatever happens to the server and to workers, nothing is lost or doubled."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pika
import pytest
import redis
from sqlalchemy import func, select

import settings
from archive.catalog.accounts import account
from archive.catalog.change import withdraw
from archive.catalog.schema import message, page, stage_run
from archive.errors import BROKER_REFUSED, BROKER_UNREACHABLE, ArsipError, Failure
from archive.ledger.dispatch import Letter
from archive.ledger.hold import pause
from archive.ledger.messages import refill
from archive.types import Stage
from tests import servers
from tests.conftest import absent
from tests.hosts import SleepingParts, take_in
from tests.house import ROOT
from tests.servers import Server
from tests.waiting import until
from worker import crew, dispatch
from worker.crew import Crew
from worker.parts import Parts

BATCH = "batch"
SECONDS_A_PAGE = 0.1


@pytest.fixture(scope="module", params=["rabbitmq", "redis"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of our own: it is stopped and emptied."""
    with ExitStack() as stack:
        try:
            mine = stack.enter_context(getattr(servers, request.param)())
        except servers.Missing as error:
            absent(str(error))
        yield mine


@pytest.fixture
def said(server: Server, database_url: str, tmp_path: Path) -> dict[str, str]:
    """What the environment says to whoever works on this archive."""
    return {
        "ARSIP_HOME": str(tmp_path / "home"),
        "ARSIP_CATALOG_URL": database_url,
        "ARSIP_BROKER_URL": server.url,
        "ARSIP_BROKER_NAME": f"test-{secrets.token_hex(8)}",
        "ARSIP_WORKER_THREADS": "2",
    }


@pytest.fixture
def parts(said: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    monkeypatch.setattr(dispatch, "LOST_SECONDS", 1.0)
    monkeypatch.setattr(crew, "PATIENCE_SECONDS", 2.0)
    with closing(SleepingParts(settings.load(said))) as made:
        yield made


@pytest.fixture
def told() -> list[str]:
    """What crews tell."""
    return []


class Crews:
    """Crews at work; those that a test does not stop are stopped at its end."""

    def __init__(self, parts: Parts, told: list[str]) -> None:
        self._parts, self._told = parts, told
        self.working: list[Crew] = []

    def start(self, *stages: Stage) -> Crew:
        crew = Crew(self._parts, stages or tuple(Stage), self._told.append)
        self.working.append(crew)
        crew.start()
        return crew

    def stop(self) -> None:
        """Stop the one that was started last."""
        self.working.pop().stop()


@pytest.fixture
def crews(parts: Parts, told: list[str]) -> Iterator[Crews]:
    made = Crews(parts, told)
    yield made
    while made.working:
        made.stop()


def searchable(parts: Parts) -> int:
    return account(parts.catalog, BATCH).pages.words


def read(parts: Parts) -> int:
    """How many pages are read."""
    with parts.catalog.read() as connection:
        return connection.execute(select(func.count(page.c.text_key))).scalar_one()


def left(parts: Parts) -> int:
    with parts.catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(message)).scalar_one()


def ends(parts: Parts, pages: int) -> None:
    """The batch comes to its end: nothing lost, nothing done twice."""
    until(lambda: searchable(parts) == pages and not left(parts), "all pages are searchable")
    assert refill(parts.catalog) == 0
    with parts.catalog.read() as connection:
        revisions = dict(connection.execute(select(page.c.id, page.c.revision)).all())
        read = connection.execute(
            select(stage_run.c.subject, func.count())
            .where(stage_run.c.stage == Stage.OCR, stage_run.c.outcome == "done")
            .group_by(stage_run.c.subject)
        ).all()
    assert dict(parts.index.revisions()) == revisions
    assert sorted(read) == sorted((each, 1) for each in revisions)


def empty(server: Server, parts: Parts) -> None:
    """Take from the server what it knows, behind everybody's back."""
    if server.url.startswith("redis"):
        with closing(redis.Redis.from_url(server.url)) as client:
            client.flushall()
        return
    with closing(pika.BlockingConnection(pika.URLParameters(server.url))) as connection:
        channel = connection.channel()
        for stage in Stage:
            channel.queue_purge(f"{parts.settings.broker.name}.{stage}")


def test_a_batch_ends(parts: Parts, crews: Crews, told: list[str], tmp_path: Path) -> None:
    take_in(parts, tmp_path / "in", BATCH, 12, SECONDS_A_PAGE)
    crews.start()
    ends(parts, 12)
    assert told == []


def test_a_crew_does_what_it_serves(parts: Parts, crews: Crews, tmp_path: Path) -> None:
    take_in(parts, tmp_path / "in", BATCH, 6, SECONDS_A_PAGE)
    crews.start(Stage.PREPROCESS, Stage.OCR)
    until(lambda: read(parts) == 6, "all are read")
    crews.stop()
    assert searchable(parts) == 0
    crews.start(Stage.CLASSIFY, Stage.INDEX)
    ends(parts, 6)


def test_a_server_that_is_restarted_is_waited_for(
    parts: Parts, server: Server, crews: Crews, told: list[str], tmp_path: Path
) -> None:
    take_in(parts, tmp_path / "in", BATCH, 30, SECONDS_A_PAGE)
    working = crews.start()
    until(lambda: read(parts) >= 4, "some pages are read")
    server.kill()
    until(lambda: told, "somebody was told")
    server.start()
    ends(parts, 30)
    assert working.trouble is None
    where = server.url.replace("guest:guest@", "")
    gone = Failure(BROKER_UNREACHABLE.code, {"where": where})
    assert told == [f"{gone.message()}\n  → {gone.advice()}"]


def test_a_crew_that_starts_before_the_server_waits_for_it(
    parts: Parts, server: Server, crews: Crews, told: list[str], tmp_path: Path
) -> None:
    take_in(parts, tmp_path / "in", BATCH, 2, SECONDS_A_PAGE)
    server.kill()
    crews.start()
    until(lambda: told, "somebody was told")
    server.start()
    ends(parts, 2)


def test_an_emptied_server_loses_nothing(parts: Parts, server: Server, crews: Crews, tmp_path: Path) -> None:
    take_in(parts, tmp_path / "in", BATCH, 20, SECONDS_A_PAGE)
    crews.start()
    until(lambda: read(parts) >= 4, "some pages are read")
    empty(server, parts)
    until(lambda: read(parts) >= 10, "some more pages are read")
    empty(server, parts)
    ends(parts, 20)


def test_a_crew_ends_in_good_time_without_its_server(
    parts: Parts, server: Server, crews: Crews, told: list[str], tmp_path: Path
) -> None:
    take_in(parts, tmp_path / "in", BATCH, 10, SECONDS_A_PAGE)
    crews.start()
    until(lambda: read(parts) >= 2, "some pages are read")
    server.kill()
    until(lambda: told, "somebody was told")
    stopping = threading.Thread(target=crews.stop)
    stopping.start()
    stopping.join(30)
    has_ended = not stopping.is_alive()
    server.start()
    assert has_ended
    crews.start()
    ends(parts, 10)


def test_a_worker_that_was_killed_is_survived(
    parts: Parts, said: dict[str, str], crews: Crews, tmp_path: Path
) -> None:
    take_in(parts, tmp_path / "in", BATCH, 20, 0.3)
    around = {**os.environ, **said, "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen([sys.executable, "-m", "tests.sleeping", "120"], cwd=ROOT, env=around)
    try:
        until(lambda: read(parts) >= 2, "some pages are read")
    finally:
        worker.kill()  # with two pages in hand, and more that it was told of
        worker.wait()
    crews.start()
    ends(parts, 20)


def test_a_message_that_comes_twice_is_done_once(parts: Parts, crews: Crews, tmp_path: Path) -> None:
    take_in(parts, tmp_path / "in", BATCH, 5, SECONDS_A_PAGE)
    with closing(parts.broker(tuple(Stage), lambda failure: None)) as other:
        with parts.catalog.read() as connection:
            rows = connection.execute(select(message.c.id, message.c.stage, message.c.subject)).all()
        for row in [*rows, *rows]:
            other.publish(Letter(row.id, Stage(row.stage), row.subject, 100))  # type: ignore[attr-defined]
        other.publish(Letter(0, Stage.OCR, "p0000000000000000", 100))  # type: ignore[attr-defined]
        other.hang_up()  # type: ignore[attr-defined]
    crews.start()
    ends(parts, 5)


def test_what_was_sent_before_a_pause_goes_on_after_it(parts: Parts, crews: Crews, tmp_path: Path) -> None:
    take_in(parts, tmp_path / "in", BATCH, 10, SECONDS_A_PAGE)
    crews.start()
    until(lambda: read(parts) >= 2, "some pages are read")
    pause(parts.catalog, BATCH)
    time.sleep(2)  # what is in hand comes to its end, what was told of is refused
    before = read(parts)
    assert before < 10
    time.sleep(1)
    assert read(parts) == before
    pause(parts.catalog, BATCH, paused=False)
    ends(parts, 10)


def test_a_withdrawn_batch_is_read_to_its_end(parts: Parts, crews: Crews, tmp_path: Path) -> None:
    take_in(parts, tmp_path / "in", BATCH, 6, SECONDS_A_PAGE)
    crews.start()
    until(lambda: read(parts) >= 2, "some pages are read")
    withdraw(parts.catalog, BATCH)
    ends(parts, 6)


def test_a_wrong_password_is_told_at_once(
    server: Server, said: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    who, _at, host = server.url.partition("://")[2].rpartition("@")
    scheme = server.url.partition("://")[0]
    wrong = {"ARSIP_BROKER_URL": f"{scheme}://{who.partition(':')[0] or 'nobody'}@{host}"}
    with closing(Parts(settings.load({**said, **wrong, "ARSIP_BROKER_PASSWORD": "rahasia"}))) as parts:
        working = Crew(parts, [Stage.INDEX])
        with pytest.raises(ArsipError) as raised:
            working.start()
        working.stop()
    assert raised.value.failure.cause == BROKER_REFUSED.code
    assert "rahasia" not in str(raised.value.failure)
