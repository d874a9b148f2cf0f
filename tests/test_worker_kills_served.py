"""kill -9 at random moments in the served profile, of servers too: nothing is lost and nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.kills import run, served
from tests.conftest import absent
from tests.servers import Missing, Server, new_database, settings_of

SEEDS = range(10)


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    """Servers of our own, as they are to be killed."""
    with ExitStack() as stack:
        try:
            mine = served(stack)
        except Missing as error:
            absent(str(error))
        yield mine


@pytest.mark.parametrize("seed", SEEDS)
def test_kills_lose_nothing_served(seed: int, tmp_path: Path, servers: list[Server]) -> None:
    database_server, broker, index = servers
    with new_database(database_server.url) as database:
        around = settings_of(database, broker.url, index.url, f"kills-{seed}")
        verdict = run(seed, tmp_path, around, servers)
    assert verdict.killed
    assert not verdict.wrong, verdict
