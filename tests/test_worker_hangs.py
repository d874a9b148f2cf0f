"""A worker that hangs: what it holds goes on elsewhere, and it does no harm when it wakes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

import settings
from archive.catalog.accounts import account
from archive.catalog.schema import message, stage_run
from archive.ledger import workers
from archive.ledger.owner import host_and_pid, me
from archive.types import Stage
from tests.hosts import SleepingParts, take_in
from tests.house import ROOT
from tests.ledgers import PREPARED, Archive, classes, outcomes
from tests.profiles import surroundings
from tests.waiting import until
from worker import supervisor
from worker.parts import Parts

LEASE = 2.0
HOURS = 8 * 3600.0


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the machine's monotonic clock show a later time."""
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + seconds)


def test_one_that_gives_no_sign_any_more_is_gone_though_it_is_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add("a.tif")
    workers.seen(archive.catalog, me(), list(Stage), 1, 0)
    in_hand = archive.begin()
    assert workers.gone(archive.catalog) == {}
    later(monkeypatch, workers.LEASE_SECONDS + 1)
    assert workers.gone(archive.catalog) == {me(): 1}
    assert workers.free(archive.catalog) == 1
    assert outcomes(archive) == {"lost": 1}
    assert workers.all_workers(archive.catalog) == []
    assert archive.settle(in_hand, PREPARED) is None
    workers.seen(archive.catalog, me(), list(Stage), 1, 0)
    assert workers.gone(archive.catalog) == {}
    archive.drain()
    assert classes(archive) == {"words": 1}


def test_when_a_machine_wakes_nobody_is_late(archive: Archive) -> None:
    archive.add("a.tif")
    workers.seen(archive.catalog, me(), list(Stage), 1, 0)
    archive.begin()
    archive.catalog.ahead += HOURS  # the monotonic clock stood still
    assert workers.gone(archive.catalog) == {}
    assert workers.free(archive.catalog) == 0


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    return {"ARSIP_HOME": str(home), "ARSIP_WORKER_THREADS": "1", **surroundings(home)}


@pytest.fixture
def two(environment: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Room for workers that are not waited for."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for each in started:
        each.kill()
        each.wait()


def begin(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sleeping", str(LEASE)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def test_a_stopped_worker_loses_its_page_and_goes_on_when_it_wakes(
    environment: dict[str, str], two: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    with closing(SleepingParts(settings.load(environment))) as parts:
        take_in(parts, tmp_path / "masuk", "uji", 3, 0.5)
        two.append(begin(environment))
        until(lambda: in_hand(parts, two[0].pid) == [Stage.OCR], "the first has a page in hand")
        two[0].send_signal(signal.SIGSTOP)
        two.append(begin(environment))
        until(lambda: ended(parts, "lost") == 1, "it was taken from it")
        until(lambda: account(parts.catalog, "uji").pages.words == 3, "all are searchable")
        assert in_hand(parts, two[0].pid) is None
        two[0].send_signal(signal.SIGCONT)
        until(lambda: in_hand(parts, two[0].pid) == [], "the first is there again")
        take_in(parts, tmp_path / "masuk", "lagi", 2, 0.5)
        until(lambda: left(parts) == 0, "nothing is left")
        assert account(parts.catalog, "uji").pages.words == 3
        assert ended(parts, "lost") == 1
        assert ended(parts, "stopped") == 0


def in_hand(parts: Parts, pid: int) -> list[Stage] | None:
    """The stages of what the worker with this process id has in hand, ``None`` where it is not known."""
    for each in workers.all_workers(parts.catalog):
        if host_and_pid(each.owner)[1] == pid:
            return [hand.stage for hand in each.in_hand]
    return None


def ended(parts: Parts, outcome: str) -> int:
    with parts.catalog.read() as connection:
        ended_so = select(func.count()).where(stage_run.c.outcome == outcome)
        return connection.execute(ended_so).scalar_one()


def left(parts: Parts) -> int:
    with parts.catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(message)).scalar_one()


@pytest.mark.embedded_only
def test_the_supervisor_replaces_a_worker_that_hangs(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "HANGS_SECONDS", 4.0)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told: list[str] = []
    begun: list[int] = []
    stop = threading.Event()
    watching = threading.Thread(
        target=supervisor.supervise,
        args=([Stage.INDEX], stop, lambda: begun.append(1), lambda how, _pause: told.append(how)),
    )
    with closing(Parts(settings.load(environment))) as parts:
        watching.start()
        try:
            until(lambda: begun, "a worker is there")
            (first,) = pids(parts)
            os.kill(first, signal.SIGSTOP)
            until(lambda: told, "it is ended")
            until(lambda: pids(parts) not in ([], [first]), "another one is there")
        finally:
            stop.set()
            watching.join(60)
    assert told == ["SIGKILL"]
    assert not watching.is_alive()


def pids(parts: Parts) -> list[int]:
    return [host_and_pid(each.owner)[1] for each in workers.all_workers(parts.catalog)]
