"""The catalog of the served profile: a database on a PostgreSQL server."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from archive.errors import (
    BAD_SETTING,
    CATALOG_LOCKED,
    CATALOG_REFUSED,
    CATALOG_UNREACHABLE,
    DISK_FULL,
    ArsipError,
)
from archive.messages import _
from archive.urls import shown

OLDEST = 15
"""The oldest major version that is tested."""
LOCK_SECONDS = 20
"""How long a statement waits for somebody else's lock."""
_SCHEMA_LOCK = 0x61727369
"""The key of the advisory lock under which the schema is changed."""


class PostgresServer:
    """A database on a server. See ``connect.Database``. A password is never shown."""

    def __init__(self, url: str, password: str = "") -> None:
        self.where = shown(url)
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            parsed = None
        if parsed is None or not parsed.drivername.startswith("postgres"):
            problem = _("it must look like postgresql://user@server/database")
            raise ArsipError(BAD_SETTING, name="catalog.url", problem=problem)
        self._url = parsed.set(drivername="postgresql+psycopg")
        if password:
            self._url = self._url.set(password=password)

    def engine(self) -> Engine:
        """See ``connect.Database``."""
        engine = create_engine(
            self._url,
            pool_size=10,
            max_overflow=50,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "arsip",
                "options": f"-c lock_timeout={LOCK_SECONDS}s -c client_encoding=UTF8",
            },
        )
        event.listen(engine, "begin", _begin)
        return engine

    def there(self) -> bool:
        """See ``connect.Database``. Raises CATALOG_UNREACHABLE, CATALOG_REFUSED."""
        engine = self.engine()
        try:
            with engine.connect() as connection:
                return inspect(connection).has_table("alembic_version")
        except DBAPIError as error:
            raise self.failure(error) or ArsipError(CATALOG_UNREACHABLE, where=self.where) from None
        finally:
            engine.dispose()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """See ``connect.Database``: an advisory lock."""
        engine = self.engine()
        try:
            with engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
                yield
        finally:
            engine.dispose()

    def failure(self, error: DBAPIError) -> ArsipError | None:
        """See ``connect.Database``: by the class of the error's SQLSTATE, without a word of its text."""
        code = getattr(error.orig, "sqlstate", None) or ""
        if code.startswith(("28", "3D", "42501")):
            return ArsipError(CATALOG_REFUSED, where=self.where)
        if code.startswith("53"):
            return ArsipError(DISK_FULL, path=self.where)
        if code.startswith(("55P03", "40")):
            return ArsipError(CATALOG_LOCKED, path=self.where)
        if error.connection_invalidated or code.startswith(("08", "57")):
            return ArsipError(CATALOG_UNREACHABLE, where=self.where)
        if isinstance(error.orig, psycopg.OperationalError) and not code:
            return ArsipError(CATALOG_UNREACHABLE, where=self.where)
        return None

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


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("reads_only"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
