"""Machines that do not share what they must share are told so before they take anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

import settings
from archive.catalog.schema import worker
from archive.errors import NOT_SHARED, STORE_ELSEWHERE, ArsipError
from archive.ledger import workers
from archive.ledger.owner import me
from archive.types import Stage
from commands import check_servers
from tests.archives import fill
from tests.program import Program, save, sheet, told
from worker import crew
from worker.crew import Crew
from worker.parts import Parts
from worker.together import may_index

FAR = "meja-3:pid:[4026531836]/0123456789abc/4711/99"
NEIGHBOUR = f"wadah:pid:[1]/{me().rsplit('/', 3)[1]}/4711/99"
"""In a container of this machine."""


@pytest.fixture
def parts(tmp_path: Path, place: Path | str) -> Iterator[Parts]:
    """An archive with an index in a folder, on each of both databases."""
    url = {} if isinstance(place, Path) else {"ARSIP_CATALOG_URL": place}
    with closing(Parts(settings.load({"ARSIP_HOME": str(tmp_path), **url}))) as made:
        yield made


def begun(parts: Parts, *stages: Stage) -> None:
    working = Crew(parts, stages)
    try:
        working.start()
    finally:
        working.stop()


def test_what_one_machine_keeps_is_not_worked_on_from_another(parts: Parts) -> None:
    workers.seen(parts.catalog, FAR, list(Stage), 2, 0)
    with pytest.raises(ArsipError) as refused:
        begun(parts, Stage.INDEX)
    assert refused.value.failure.cause == NOT_SHARED.code
    assert "meja-3" in refused.value.failure.message()
    assert [each.owner for each in workers.all_workers(parts.catalog)] == [FAR]
    assert not may_index(parts)


def test_who_does_not_index_or_is_alone_works(parts: Parts) -> None:
    workers.seen(parts.catalog, NEIGHBOUR, list(Stage), 2, 0)
    begun(parts, Stage.INDEX)
    workers.seen(parts.catalog, FAR, [Stage.OCR if parts.settings.catalog.url else Stage.INDEX], 2, 0)
    if not parts.settings.catalog.url:
        with parts.catalog.write() as connection:
            long_ago = worker.c.seen_at - 2 * workers.LEASE_SECONDS
            connection.execute(update(worker).where(worker.c.owner == FAR).values(seen_at=long_ago))
    begun(parts, Stage.INDEX)
    assert may_index(parts)


def test_a_machine_that_does_not_see_the_originals_is_told_so(program: Program, tmp_path: Path) -> None:
    fill(program.home).catalog.close()
    elsewhere = tmp_path / "tidak-terpasang"
    program.environment |= {"ARSIP_STORE_PATH": str(elsewhere)}
    file = save(tmp_path / "in" / "dua.png", sheet("surat kedua"))
    told(program.run("import", str(file), "--batch", "lain", "--no-work"), 5, str(elsewhere), "mount")
    assert not elsewhere.exists()
    with closing(program.parts()) as parts:
        with pytest.raises(ArsipError, match=STORE_ELSEWHERE.code):
            begun(parts, Stage.OCR)
        with pytest.raises(ArsipError, match=STORE_ELSEWHERE.code):
            list(check_servers.store(parts, True))
    program.environment |= {"ARSIP_STORE_PATH": str(program.home / "originals")}
    with closing(program.parts()) as parts:
        begun(parts, Stage.OCR)
        assert [each.state for each in check_servers.store(parts, True)] == ["ok"]


def test_a_crew_that_reads_nothing_needs_no_originals(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "check_store", lambda _parts: pytest.fail("it was asked for"))
    begun(parts, Stage.INDEX)
