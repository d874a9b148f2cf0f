"""A real Elasticsearch goes and comes back while a worker works: reading goes on, the index catches up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from archive.catalog.connect import open_catalog
from archive.catalog.schema import page
from tests import servers
from tests.conftest import absent
from tests.program import Program, save, sheet
from tests.server_process import Missing, Server
from tests.waiting import until

SECONDS = 120.0


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of this test's own."""
    try:
        with servers.elasticsearch() as started:
            yield started
    except Missing as error:
        absent(str(error))


def test_reading_goes_on_without_the_index_and_it_catches_up_by_itself(
    server: Server, tmp_path: Path
) -> None:
    for number in range(4):
        save(tmp_path / "in" / f"surat-{number}.png", sheet("undangan rapat", f"nomor {number}"))
    program = Program(tmp_path / "home", ARSIP_INDEX_ENGINE="elasticsearch", ARSIP_INDEX_URL=server.url)

    def classes() -> Any:
        return program.run("batch", "status", "uji", "--json").answer["pages"]

    def found() -> int:
        return int(program.run("search", "undangan", "--json").answer["total"]["pages"])

    def read() -> int:
        catalog = open_catalog(program.home / "catalog.sqlite")
        with catalog.read() as connection:
            settled = select(func.count()).where(~page.c.open, page.c.words > 0)
            counted: int = connection.execute(settled).scalar_one()
        catalog.close()
        return counted

    program.imported(tmp_path / "in" / "surat-0.png")
    assert found() == 1
    program.imported(tmp_path / "in", "--no-work")
    server.kill()
    worker = program.start("worker")
    try:
        until(lambda: read() == 4, "all pages are read", SECONDS)
        assert classes()["waiting"] == 3
        away = program.run("search", "undangan", "--json")
        assert (away.code, away.answer["error"]["cause"]) == (5, "index-unreachable")
        server.start()
        until(lambda: classes()["words"] == 4, "all pages are searchable", SECONDS)
        assert found() == 4
        assert worker.poll() is None
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=SECONDS)
