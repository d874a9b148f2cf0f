"""The servers of the tests: found or started for real, and gone when who started them is gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest

from tests import conftest, servers
from tests.house import ROOT

Start: TypeAlias = Callable[[], AbstractContextManager[servers.Server]]
SMALL: list[Start] = [servers.postgres, servers.rabbitmq, servers.redis]
ALL = ["postgres", "rabbitmq", "redis", "elasticsearch"]


def test_the_server_answers(elasticsearch_url: str) -> None:
    asked = os.environ.get(servers.VERSION, "8")
    told = servers.version(elasticsearch_url)
    assert told.startswith(("8.", "9.") if servers.ELASTICSEARCH in os.environ else f"{asked}.")


def test_both_versions_are_there(elasticsearch_8_url: str, elasticsearch_9_url: str) -> None:
    assert servers.version(elasticsearch_8_url).startswith("8.19.")
    assert servers.version(elasticsearch_9_url).startswith("9.")


@pytest.mark.parametrize("start", SMALL)
def test_a_server_is_killed_and_comes_back_where_it_was(start: Start) -> None:
    try:
        with start() as server:
            url = server.url
            assert _listens(server.port)
            server.kill()
            assert not _listens(server.port)
            server.start()
            assert _listens(server.port)
            server.restart()
            assert (server.url, _listens(server.port)) == (url, True)
        assert not _listens(server.port)
        assert not server.room.exists()
    except servers.Missing as error:
        conftest.absent(str(error))


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_database_is_new_and_goes(postgres_url: str) -> None:
    with servers.new_database(postgres_url) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE here (number int)")  # still open when the database is dropped
        with servers.new_database(postgres_url) as other, psycopg.connect(other) as beside:
            assert beside.execute("SELECT to_regclass('here')").fetchone() == (None,)
        connection.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.parametrize("name", ALL)
def test_a_server_does_not_outlive_who_started_it(name: str) -> None:
    """Even one that is killed without a word."""
    variable = f"ARSIP_TEST_{name.upper()}"
    script = f"import os, sys; print(os.environ[{variable!r}], flush=True); sys.stdin.read()"
    command = [sys.executable, "-m", "tests.servers", "run", name, "--", sys.executable, "-c", script]
    # A folder that the unprivileged user may enter: what a killed starter leaves behind is ours to clear.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room:
        Path(room).chmod(0o755)
        around = {each: value for each, value in os.environ.items() if each != variable} | {"TMPDIR": room}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=ROOT, env=around, stdin=pipe, stdout=pipe, text=True) as starter:
            assert starter.stdin is not None
            assert starter.stdout is not None
            told = starter.stdout.readline().strip()
            if not told:
                conftest.absent(f"{name} (it is told above)")
            below = servers.descendants(starter.pid)
            starter.kill()
            starter.stdin.close()  # ends the command, which is nobody's server
            deadline = time.monotonic() + servers.STOP_SECONDS
            while any(map(servers.runs, below)) and time.monotonic() < deadline:
                time.sleep(0.1)
    assert len(below) > 1
    assert [pid for pid in below if servers.runs(pid)] == []


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(servers.CACHE, str(tmp_path))
    with pytest.raises(servers.Missing, match="make test fetches it"), servers.elasticsearch():
        pass
    with pytest.raises(servers.Missing, match="no Java 99"):
        servers.java(99)


@pytest.mark.parametrize(
    "words", ["dance", "run", "run --", "run oracle -- true", "run --profile mixed -- true", "fetch -- x"]
)
def test_wrong_usage_is_told(words: str) -> None:
    command = [sys.executable, "-m", "tests.servers", *words.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "python -m tests.servers run" in done.stderr
