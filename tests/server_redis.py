"""A real Redis for the tests."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server_process import Missing, Server, new_room, running


class Redis(Server):
    """One server of its own that keeps what it acknowledged, also over a kill."""

    name = "Redis"

    def __init__(self, room: Path) -> None:
        super().__init__(room)
        if shutil.which("redis-server") is None:
            raise Missing("Redis is not installed (apt-get install redis-server)")

    @property
    def url(self) -> str:
        """Of its first database."""
        return f"redis://127.0.0.1:{self.port}"

    def launch(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.room)]
        self._run("redis-server", *words, "--save", "", "--appendonly", "yes", "--appendfsync", "always")

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
            client.sendall(b"PING\r\n")
            return client.recv(5) == b"+PONG"


@contextmanager
def redis() -> Iterator[Server]:
    """A running server of its own, for as long as the block lasts."""
    with new_room("redis") as room, running(Redis(room)) as server:
        yield server
