"""A crew that gets into trouble says so, and ends in good order all the same."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import settings
from archive.catalog.connect import open_catalog
from archive.catalog.sqlite import SqliteFile
from archive.ledger import hold, messages, workers
from archive.ledger.owner import me
from archive.types import Stage
from tests.waiting import until
from worker import crew
from worker.crew import Crew
from worker.parts import Parts


def test_a_crew_that_cannot_give_back_what_it_holds_ends_all_the_same(tmp_path: Path) -> None:
    parts = Parts(settings.load({"ARSIP_HOME": str(tmp_path)}))
    parts.__dict__["catalog"] = open_catalog(SqliteFile(parts.settings.catalog_path, busy_seconds=0.1))
    working = Crew(parts)
    working.start()
    with open_catalog(parts.settings.catalog_path).write():
        working.stop()
    parts.close()


def test_a_clock_that_is_off_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(SqliteFile, "ahead", lambda _self, _connection: -3600.4)
    monkeypatch.setattr(crew, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(crew, "SEEN_SECONDS", 0.01)
    parts = Parts(settings.load({"ARSIP_HOME": str(tmp_path)}))
    working = Crew(parts, [Stage.INDEX], told.append)
    working.start()
    (started,) = workers.all_workers(parts.catalog)
    deadline = time.monotonic() + 20
    while workers.all_workers(parts.catalog)[0].seen_at == started.seen_at:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    working.stop()
    parts.close()
    assert working.trouble is None
    assert len(told) == 1
    assert "3600 seconds" in told[0]


def test_whatever_ends_the_reconciler_ends_the_crew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_catalog: object) -> int:
        raise RuntimeError

    parts = Parts(settings.load({"ARSIP_HOME": str(tmp_path)}))
    working = Crew(parts)
    working.start()
    monkeypatch.setattr(crew, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(workers, "free", broken)
    deadline = time.monotonic() + 20
    while working.trouble is None and time.monotonic() < deadline:
        time.sleep(0.05)
    monkeypatch.undo()
    working.stop()
    parts.close()
    assert working.trouble is not None
    assert working.trouble.cause == "unexpected"


def test_a_crew_that_is_always_slow_judges_others_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []
    parts = Parts(settings.load({"ARSIP_HOME": str(tmp_path)}))
    working = Crew(parts)
    working.start()
    monkeypatch.setattr(crew, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(crew, "SEEN_SECONDS", 0.01)
    monkeypatch.setattr(hold, "keep_hours", lambda _catalog: time.sleep(0.1))
    monkeypatch.setattr(workers, "free", judged.append)
    until(lambda: len(judged) > 1, "it judges")
    monkeypatch.undo()
    working.stop()
    parts.close()


def test_one_crew_looks_through_all_pages_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "REFILL_SECONDS", 0.05)
    parts = Parts(settings.load({"ARSIP_HOME": str(tmp_path)}))
    earlier = me().rsplit("/", 1)[0] + "/1"
    workers.seen(parts.catalog, earlier, [Stage.INDEX], 1, 0)
    asked: list[bool] = []
    monkeypatch.setattr(workers, "is_gone", lambda _owner: False)
    working = Crew(parts, [Stage.INDEX])
    working.start()
    monkeypatch.setattr(messages, "refill", lambda _catalog: asked.append(True))
    time.sleep(0.5)
    assert asked == []
    assert workers.is_first(parts.catalog, earlier)
    workers.let_go(parts.catalog, earlier)
    until(lambda: asked, "it is this one's turn")
    working.stop()
    parts.close()
