"""Opens the catalog: one SQLAlchemy engine on SQLite or PostgreSQL, the schema brought up to date."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from archive.catalog.schema import HEAD, metadata
from archive.errors import CATALOG_NEWER, CATALOG_UNFIT, NO_ARCHIVE, ArsipError
from archive.messages import _

_T = TypeVar("_T")

TRIES = 6
"""How often a transaction is run that loses against others; all but the first after a short pause."""
_PAUSE_MILLISECONDS = 50
CLOCK_SECONDS = 60.0
"""By how much a clock may differ from the catalog's, by which all machines go, before it is told."""


class Database(Protocol):
    """Where the tables are: what is different between a file and a server."""

    where: str
    """Its place, as it may be told and logged."""

    tables: str
    """The query for the names of all tables: SQLAlchemy's own takes twenty times as long to be made."""

    def engine(self) -> Engine:
        """A new engine; a connection on which ``reads_only`` is said sees one state and never waits."""

    def there(self) -> bool:
        """Whether there is a catalog already; nothing is made by asking."""

    def alone(self) -> AbstractContextManager[None]:
        """Alone among all processes that would change the schema."""

    def failure(self, error: DBAPIError) -> ArsipError | None:
        """What an error of the driver means, or ``None`` for one that nobody expects."""

    def has_lost(self, error: DBAPIError) -> bool:
        """Whether a transaction lost against another one, and only needs to be run again."""

    def ahead(self, connection: Connection) -> float:
        """By how many seconds the database's clock is ahead of ours."""

    def check(self, connection: Connection) -> None:
        """Raise what is wrong with it. See ``health.quick_check``."""

    def version(self, connection: Connection) -> str:
        """What it is, and which version: ``SQLite 3.53.4``."""


class Catalog:
    """A handle on one catalog: short write transactions, and reads that see one state."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.commits = 0
        """How many write transactions this handle has committed; tests count them."""
        self.ahead = 0.0
        """By how many seconds the catalog's clock was ahead of ours when they were last compared."""
        self._engine = database.engine()

    @contextlib.contextmanager
    def write(self, *, waits: bool = True) -> Iterator[Connection]:
        """One write transaction, committed at the end.

        Where it does not wait for a whole file that another one writes to, it raises CATALOG_LOCKED at once.
        """
        engine = self._engine if waits else self._engine.execution_options(waits=False)
        with plain_words(self.database), engine.begin() as connection:
            yield connection
        self.commits += 1

    def transact(self, do: Callable[[Connection], _T]) -> _T:
        """What ``do`` does in one write transaction; done again when that loses against another one.

        Several at once may lock the same rows; where they meet crosswise, PostgreSQL ends one of them.
        """
        with plain_words(self.database):
            for tried in itertools.count(1):
                try:
                    with self._engine.begin() as connection:
                        done = do(connection)
                        break
                except DBAPIError as error:
                    if tried == TRIES or not self.database.has_lost(error):
                        raise
                    time.sleep(secrets.randbelow(_PAUSE_MILLISECONDS * 2**tried) / 1000)
        self.commits += 1
        return done

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction; it never waits for a writer."""
        with plain_words(self.database), self._engine.connect() as connection:
            yield connection.execution_options(reads_only=True)
            connection.commit()  # psycopg forgets all that it has prepared when it hears of a rollback

    def now(self) -> float:
        """The time by the catalog's clock, in seconds since the epoch: the same on all machines."""
        return time.time() + self.ahead

    def compare_clocks(self, connection: Connection) -> None:
        """Look again by how much the catalog's clock is ahead of ours: ours may have been set."""
        self.ahead = self.database.ahead(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


@contextlib.contextmanager
def plain_words(database: Database) -> Iterator[None]:
    """Tell errors of the driver as what they mean."""
    try:
        yield
    except DBAPIError as error:
        if failure := database.failure(error):
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


def open_catalog(place: Path | str | Database, password: str = "", *, create: bool = True) -> Catalog:
    """Open the catalog at a place (``database_at``), made or brought up to date where needed.

    Raises ArsipError: NO_ARCHIVE where there is none and none shall be made, CATALOG_ON_NETWORK,
    NOT_WRITABLE, CATALOG_NEWER, CATALOG_LOCKED, CATALOG_BROKEN, CATALOG_UNREACHABLE, CATALOG_REFUSED,
    CATALOG_UNTRUSTED, CATALOG_UNFIT, CATALOG_READ_ONLY.
    """
    database = database_at(place, password) if isinstance(place, Path | str) else place
    catalog = Catalog(database)
    try:
        revision = _revision(catalog)
        if revision is None and not create:
            raise ArsipError(NO_ARCHIVE, path=database.where)
        if revision != HEAD:
            with database.alone():  # two first imports may start at the same moment
                if _revision(catalog) != HEAD:
                    with catalog.write() as connection:
                        migrate(connection)
        with catalog.read() as connection:
            catalog.compare_clocks(connection)
    except BaseException:
        catalog.close()
        raise
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
    """The schema's revision, ``None`` for a new catalog. Raises CATALOG_NEWER, CATALOG_UNFIT."""
    with catalog.read() as connection:
        tables = set(connection.execute(text(catalog.database.tables)).scalars())
        revision: str | None = None
        if "alembic_version" in tables:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            tables.remove("alembic_version")
    if tables if revision is None else not tables >= _OLDEST_TABLES:
        problem = _("it holds the tables of another program")
        raise ArsipError(CATALOG_UNFIT, where=catalog.database.where, problem=problem)
    if revision is not None and revision > HEAD:
        raise ArsipError(CATALOG_NEWER, revision=revision)
    return revision


_OLDEST_TABLES = set(metadata.tables) - {"worker"}
"""The tables that every version of the schema has."""
