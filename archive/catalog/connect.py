"""Opens the catalog: one SQLAlchemy engine on SQLite or PostgreSQL, the schema brought up to date."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from archive.catalog.schema import HEAD
from archive.errors import CATALOG_NEWER, ArsipError


class Database(Protocol):
    """Where the tables are: what is different between a file and a server."""

    where: str
    """Its place, as it may be told and logged."""

    def engine(self) -> Engine:
        """A new engine; a connection on which ``reads_only`` is said sees one state and never waits."""

    def there(self) -> bool:
        """Whether there is a catalog already; nothing is made by asking."""

    def alone(self) -> AbstractContextManager[None]:
        """Alone among all processes that would change the schema."""

    def failure(self, error: DBAPIError) -> ArsipError | None:
        """What an error of the driver means, or ``None`` for one that nobody expects."""

    def ahead(self, connection: Connection) -> float:
        """By how many seconds the database's clock is ahead of ours."""

    def check(self, connection: Connection) -> None:
        """Raise what is wrong with it. See ``health.quick_check``."""


class Catalog:
    """A handle on one catalog: short write transactions, and reads that see one state."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.commits = 0
        """How many write transactions this handle has committed; tests count them."""
        self.ahead = 0.0
        """By how many seconds the catalog's clock was ahead of ours when it was opened."""
        self._engine = database.engine()

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction, committed at the end."""
        with self._plain_words(), self._engine.begin() as connection:
            yield connection
        self.commits += 1

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction; it never waits for a writer."""
        with self._plain_words(), self._engine.connect() as connection:
            yield connection.execution_options(reads_only=True)

    def now(self) -> float:
        """The time by the catalog's clock, in seconds since the epoch: the same on all machines."""
        return time.time() + self.ahead

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _plain_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if failure := self.database.failure(error):
                raise failure from None
            # The text of a database error quotes the statement's values; only its kind goes on.
            raise RuntimeError(f"{type(error.orig).__name__} from the catalog") from None


def database_at(place: Path | str, password: str = "") -> Database:
    """The database at a path (a SQLite file) or an address (``postgresql://user@host/name``)."""
    if isinstance(place, Path):
        from archive.catalog.sqlite import SqliteFile

        return SqliteFile(place)
    from archive.catalog.postgres import PostgresServer

    return PostgresServer(place, password)


def open_catalog(place: Path | str | Database, password: str = "") -> Catalog:
    """Open the catalog at a place (``database_at``), made or brought up to date where needed.

    Raises ArsipError: CATALOG_ON_NETWORK, NOT_WRITABLE, CATALOG_NEWER, CATALOG_LOCKED, CATALOG_BROKEN,
    CATALOG_UNREACHABLE, CATALOG_REFUSED.
    """
    database = database_at(place, password) if isinstance(place, Path | str) else place
    catalog = Catalog(database)
    if _revision(catalog) != HEAD:
        with database.alone():  # two first imports may start at the same moment
            if _revision(catalog) != HEAD:
                with catalog.write() as connection:
                    migrate(connection)
    with catalog.read() as connection:
        catalog.ahead = database.ahead(connection)
    return catalog


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the chain of migrations up or down to ``revision`` on an open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    step = command.upgrade if revision == "head" else command.downgrade
    step(config, revision)


def _revision(catalog: Catalog) -> str | None:
    """The schema's revision, ``None`` for a new catalog. Raises CATALOG_NEWER for one we do not know."""
    with catalog.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision > HEAD:
        raise ArsipError(CATALOG_NEWER, revision=str(revision))
    return revision
