"""The catalog of the served profile: a database on a PostgreSQL server."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import IsolationLevel, pq
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from archive.catalog.connect import plain_words
from archive.errors import (
    BAD_SETTING,
    CATALOG_BROKEN,
    CATALOG_LOCKED,
    CATALOG_OVERLOADED,
    CATALOG_READ_ONLY,
    CATALOG_REFUSED,
    CATALOG_UNFIT,
    CATALOG_UNREACHABLE,
    CATALOG_UNTRUSTED,
    DISK_FULL,
    ArsipError,
    Cause,
)
from archive.messages import _
from archive.urls import shown

OLDEST = 15
"""The oldest major version that is tested."""
LOCK_SECONDS = 20
"""How long a statement waits for somebody else's lock."""
IDLE_SECONDS = 60
"""How long a transaction may stand still before the server ends it: whoever hangs in the midst of one (a
process that was stopped, a machine that froze) would else keep its rows from everybody for ever."""
_SCHEMA_LOCK = 0x61727369
"""The key of the advisory lock under which the schema is changed."""

# What the address does not say otherwise. A server that was cut off is noticed within a minute.
_OPTIONS = {
    "connect_timeout": "10",
    "application_name": "arsip",
    "client_encoding": "UTF8",
    "options": f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}

# By SQLSTATE or its class, the first that fits (PostgreSQL's documentation, appendix A).
_MEANS = (
    ("28", CATALOG_REFUSED),  # invalid authorization
    ("3D", CATALOG_REFUSED),  # no such database
    ("42501", CATALOG_REFUSED),  # insufficient privilege
    ("25006", CATALOG_READ_ONLY),
    ("53100", DISK_FULL),
    ("53", CATALOG_OVERLOADED),
    ("55P03", CATALOG_LOCKED),  # lock_timeout
    ("57014", CATALOG_LOCKED),  # statement_timeout
    ("40", CATALOG_LOCKED),  # lost against another transaction, again and again
    ("58", CATALOG_BROKEN),  # the server cannot read or write its files
    ("XX001", CATALOG_BROKEN),  # data corrupted
    ("XX002", CATALOG_BROKEN),  # index corrupted
    ("08", CATALOG_UNREACHABLE),
    ("57", CATALOG_UNREACHABLE),  # shutting down, starting up
    ("25P03", CATALOG_UNREACHABLE),  # idle for too long
)
_LOST = ("40001", "40P01")
"""Serialization failure, deadlock."""


class PostgresServer:
    """A database on a server. See ``connect.Database``. A password is never shown."""

    tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"

    def __init__(self, url: str, password: str = "") -> None:
        self.where = shown(url)
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            parsed = None
        if parsed is None or not parsed.drivername.startswith("postgres"):
            problem = _("it must look like postgresql://user@server/database")
            raise ArsipError(BAD_SETTING, name="catalog.url", problem=problem)
        self._url: URL = parsed.set(drivername="postgresql+psycopg", query={**_OPTIONS, **parsed.query})
        if password:
            self._url = self._url.set(password=password)

    def engine(self) -> Engine:
        """See ``connect.Database``. It keeps as many connections as threads ever worked at once."""
        engine = create_engine(self._url, pool_size=0, pool_pre_ping=True)
        event.listen(engine, "connect", self._check_server)
        event.listen(engine, "begin", _begin)
        return engine

    def there(self) -> bool:
        """See ``connect.Database``. Raises what ``connect.open_catalog`` does of a server."""
        with self._connected() as connection:
            return inspect(connection).has_table("alembic_version")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """See ``connect.Database``: an advisory lock, waited for however long others need."""
        with self._connected() as connection:
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
            yield

    def failure(self, error: DBAPIError) -> ArsipError | None:
        """See ``connect.Database``: by SQLSTATE, without a word of the server's text."""
        code = getattr(error.orig, "sqlstate", None) or ""
        cause = next((cause for means, cause in _MEANS if code.startswith(means)), None) if code else None
        if cause is None and error.connection_invalidated:
            cause = CATALOG_UNREACHABLE
        if cause is None and not code and isinstance(error.orig, psycopg.OperationalError):
            cause = self._not_connected(error.orig)
        if cause in (DISK_FULL, CATALOG_LOCKED, CATALOG_BROKEN):
            return ArsipError(cause, path=self.where)
        return None if cause is None else ArsipError(cause, where=self.where)

    def has_lost(self, error: DBAPIError) -> bool:
        """See ``connect.Database``."""
        return getattr(error.orig, "sqlstate", None) in _LOST

    def ahead(self, connection: Connection) -> float:
        """See ``connect.Database``."""
        before = time.time()
        theirs: float = connection.execute(
            text("SELECT extract(epoch FROM clock_timestamp())::float8")
        ).scalar_one()
        return theirs - (before + time.time()) / 2

    def check(self, connection: Connection) -> None:
        """A server looks after itself; that it answers is enough."""
        connection.execute(text("SELECT 1"))

    def version(self, connection: Connection) -> str:
        """See ``connect.Database``."""
        number = connection.execute(text("SHOW server_version")).scalar_one()
        return f"PostgreSQL {number.split()[0]}"

    def unfit(self, server_version: int, encoding: str) -> str | None:
        """Why a server of this version (150014 is 15.14) or a database in this encoding will not do."""
        if server_version < OLDEST * 10_000:
            problem = _("its server is PostgreSQL {version}, and {oldest} is the oldest that will do")
            return problem.format(version=server_version // 10_000, oldest=OLDEST)
        if encoding != "UTF8":
            return _("its encoding is {encoding}, and must be UTF8").format(encoding=encoding)
        return None

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection for once, outside of any pool."""
        engine = self.engine()
        try:
            with plain_words(self), engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def _check_server(self, connection: psycopg.Connection[Any], _record: object) -> None:
        encoding = connection.info.parameter_status("server_encoding") or ""
        if problem := self.unfit(connection.info.server_version, encoding):
            raise ArsipError(CATALOG_UNFIT, where=self.where, problem=problem)

    def _not_connected(self, error: psycopg.OperationalError) -> Cause:
        """Why there is no connection, for which libpq gives no SQLSTATE but one by one: a ping tells.

        Only what went wrong before the server said a word, and that it is full, is read from words:
        libpq's own, which it does not translate here, and the server's, where they are English.
        """
        if isinstance(error, psycopg.errors.ConnectionTimeout):
            return CATALOG_UNREACHABLE
        words = str(error)
        _args, options = create_engine(self._url).dialect.create_connect_args(self._url)
        options.pop("context", None)  # SQLAlchemy's own
        ping = pq.PGconn.ping(make_conninfo(**options).encode())
        if ping == pq.Ping.OK:
            full = "too many c" in words or "connection slots" in words  # clients, connections
            return CATALOG_OVERLOADED if full else CATALOG_REFUSED
        if ping == pq.Ping.NO_RESPONSE and ("SSL" in words or "certificate" in words):
            return CATALOG_UNTRUSTED
        return CATALOG_UNREACHABLE


def _begin(connection: Connection) -> None:
    """Before the first statement: psycopg says BEGIN with it, so that this costs no way of its own."""
    raw: Any = connection.connection.dbapi_connection
    reads_only = connection.get_execution_options().get("reads_only")
    raw.read_only = reads_only  # else None: what the server says, so that a standby refuses in its own way
    raw.isolation_level = IsolationLevel.REPEATABLE_READ if reads_only else IsolationLevel.READ_COMMITTED
