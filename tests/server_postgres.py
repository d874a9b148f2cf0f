"""A real PostgreSQL for the tests, and databases on it that each test has for itself."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.server_process import Missing, Server, new_room, running

# The superuser needs no password; everybody else does, so that wrong ones can be tried.
ACCESS = """\
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


class Postgres(Server):
    """One cluster of its own; ``settings`` are added to postgresql.conf's."""

    name = "PostgreSQL"
    end_signal = signal.SIGINT  # SIGTERM would wait for the clients

    def __init__(self, room: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(room)
        self._programs = programs()
        self._settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "300",
            "fsync": "off",  # what a killed server wrote is there; only a killed machine would lose it
        } | dict(settings or {})

    @property
    def url(self) -> str:
        """The superuser's, on the maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def launch(self) -> None:
        data = self.room / "data"
        if not (data / "PG_VERSION").is_file():
            words = [
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ]
            subprocess.run(
                [*self._unprivileged(), self._programs / "initdb", f"--pgdata={data}", *words],
                cwd=self.room,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=True,
            )
            (data / "pg_hba.conf").write_text(ACCESS)
        chosen = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        self._run(self._programs / "postgres", "-D", data, *chosen)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True


def programs() -> Path:
    """Where the newest server's programs are (Debian keeps them out of PATH); Missing where there is none."""
    kept = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if versions := sorted(kept, key=lambda path: int(path.parts[-3])):
        return versions[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise Missing("PostgreSQL is not installed (apt-get install postgresql)")


@contextmanager
def postgres(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A running cluster of its own, for as long as the block lasts."""
    with new_room("postgres") as room, running(Postgres(room, settings)) as server:
        yield server


@contextmanager
def new_database(url: str, template: str = "template0") -> Iterator[str]:
    """A database of its own on the server at this URL; gives its URL, and drops it afterwards."""
    name = f"arsip_{secrets.token_hex(8)}"
    create_database(url, name, template)
    try:
        yield at_database(url, name)
    finally:
        drop_database(url, name)


def at_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def create_database(url: str, name: str, template: str = "template0") -> None:
    """Make a database on the server at this URL."""
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(url: str, name: str) -> None:
    """Drop a database, whoever still uses it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
