"""``arsip worker`` when the servers around it go away: it says so, and goes on when they are back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import servers
from tests.conftest import absent
from tests.program import Program, save, sheet
from tests.server_rabbitmq import delete_queues
from tests.servers import Server, new_database
from tests.waiting import until


@pytest.fixture
def postgres() -> Iterator[Server]:
    """A server of our own: it is killed."""
    with ExitStack() as stack:
        try:
            mine = stack.enter_context(servers.postgres())
        except servers.Missing as error:
            absent(str(error))
        yield mine


@pytest.fixture
def program(postgres: Server, rabbitmq_url: str, tmp_path: Path) -> Iterator[Program]:
    name = f"test-{secrets.token_hex(8)}"
    with new_database(postgres.url) as database:
        yield Program(
            tmp_path / "home",
            ARSIP_CATALOG_URL=database,
            ARSIP_BROKER_URL=rabbitmq_url,
            ARSIP_BROKER_NAME=name,
            ARSIP_WORKER_THREADS="1",
        )
    delete_queues(rabbitmq_url, [f"{name}.{stage}" for stage in ("preprocess", "ocr", "classify", "index")])


def alive(program: Program) -> list[int]:
    """The process ids of the workers that live."""
    ran = program.run("worker", "list", "--json")
    return [each["pid"] for each in ran.answer["workers"] if each["alive"]] if ran.code == 0 else []


def test_a_worker_starts_again_when_the_database_is_back(
    program: Program, postgres: Server, tmp_path: Path
) -> None:
    program.imported(save(tmp_path / "in" / "a.png", sheet("surat undangan")), "--no-work")
    heard = tmp_path / "heard"
    with program.worker(heard) as worker:
        until(lambda: alive(program), "the worker is at work", 90.0)
        (first,) = alive(program)
        postgres.kill()
        until(lambda: "starts again" in heard.read_text(), "the worker ended", 90.0)
        postgres.start()
        until(lambda: alive(program) not in ([], [first]), "another one is at work", 90.0)
        until(lambda: program.run("batch", "status", "uji").code == 0, "the page is searchable", 90.0)
        save(tmp_path / "in" / "b.png", sheet("surat kedua"))
        assert program.imported(tmp_path / "in", "--no-work")["pages"]["total"] == 2
        until(lambda: program.run("batch", "status", "uji").code == 0, "so is one that came later", 90.0)
    assert worker.returncode == 0
    told = heard.read_text()
    assert "the database server of the catalog (postgresql://127.0.0.1:" in told
    assert "Traceback" not in told
