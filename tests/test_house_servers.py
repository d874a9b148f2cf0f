"""The servers of the tests: found or started for real, and gone when who started them is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests import servers
from tests.house import ROOT


def test_the_server_answers(elasticsearch_url: str) -> None:
    asked = os.environ.get(servers.VERSION, "8")
    told = servers.version(elasticsearch_url)
    assert told.startswith(("8.", "9.") if servers.URL in os.environ else f"{asked}.")


def descendants(pid: int) -> list[int]:
    """The processes below a process, as Linux tells them."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def runs(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_server_does_not_outlive_who_started_it() -> None:
    """Even one that is killed without a word."""
    try:
        servers.java(servers.chosen().java)
    except servers.Missing as error:
        pytest.skip(f"not run: {error}")
    if not servers.home(servers.chosen()).is_dir():
        pytest.skip("not run: Elasticsearch is not fetched")
    script = f"import os, sys; print(os.environ[{servers.URL!r}], flush=True); sys.stdin.read()"
    command = [sys.executable, "-m", "tests.servers", "run", "--", sys.executable, "-c", script]
    pipe = subprocess.PIPE
    # A folder that the unprivileged user may enter: what a killed starter leaves behind is ours to clear.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room,
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "TMPDIR": room}, stdin=pipe, stdout=pipe, text=True
        ) as starter,
    ):
        Path(room).chmod(0o755)
        assert starter.stdout is not None
        url = starter.stdout.readline().strip()
        assert servers.version(url)
        below = descendants(starter.pid)
        starter.kill()
        assert starter.stdin is not None
        starter.stdin.close()  # ends the command, which is nobody's server
        deadline = time.monotonic() + servers.STOP_SECONDS
        while any(map(runs, below)) and time.monotonic() < deadline:
            time.sleep(0.1)
    assert len(below) > 1
    assert [pid for pid in below if runs(pid)] == []


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(servers.CACHE, str(tmp_path))
    with pytest.raises(servers.Missing, match="make test fetches it"), servers.elasticsearch():
        pass
    with pytest.raises(servers.Missing, match="no Java 99"):
        servers.java(99)


def test_wrong_usage_is_told() -> None:
    command = [sys.executable, "-m", "tests.servers", "dance"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "python -m tests.servers run" in done.stderr
