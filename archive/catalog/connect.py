"""Opens the catalog: one SQLAlchemy engine, SQLite made safe, the schema brought up to date."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from archive.catalog.schema import HEAD
from archive.errors import (
    CATALOG_BROKEN,
    CATALOG_LOCKED,
    CATALOG_NEWER,
    CATALOG_ON_NETWORK,
    DISK_FULL,
    NOT_WRITABLE,
    ArsipError,
)

SAFE_WAL = (3, 51, 3)
"""The SQLite that mended the WAL-reset corruption (3.7.0 to 3.51.2 have it): below it WAL is not used."""

NETWORK_FILESYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.rclone"}
)

# SQLite's own words (sqlite3.c, sqlite3ErrStr), the only place where they are read.
_SAYS = (
    ("database is locked", CATALOG_LOCKED),
    ("database or disk is full", DISK_FULL),
    ("disk I/O error", NOT_WRITABLE),
    ("readonly database", NOT_WRITABLE),
    ("unable to open database", NOT_WRITABLE),
    ("malformed", CATALOG_BROKEN),
    ("file is not a database", CATALOG_BROKEN),
)


_LEAST_FREE_BYTES = 1_000_000
"""With less than this free, what SQLite calls an I/O error is a full disk."""


class Catalog:
    """A handle on one catalog: short write transactions, and reads that see one state."""

    def __init__(self, path: Path, busy_seconds: float = 20.0) -> None:
        self.path = path
        self.commits = 0
        """How many write transactions this handle has committed; tests count them."""
        self._engine = _engine(path, busy_seconds)

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction, committed at the end; it holds the only write lock from its start."""
        with self._plain_words(), self._engine.begin() as connection:
            yield connection
        self.commits += 1

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction; it never waits for a writer."""
        with self._plain_words(), self._engine.connect() as connection:
            yield connection.execution_options(reads_only=True)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _plain_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            for words, cause in _SAYS:
                if words in str(error.orig):
                    full = cause is NOT_WRITABLE and disk_usage(self.path.parent).free < _LEAST_FREE_BYTES
                    raise ArsipError(DISK_FULL if full else cause, path=str(self.path)) from None
            # The text of a database error quotes the statement's values; only its kind goes on.
            raise RuntimeError(f"{type(error.orig).__name__} from the catalog") from None


def open_catalog(path: Path, busy_seconds: float = 20.0) -> Catalog:
    """Open the catalog at ``path``, made or brought up to date where needed.

    Raises ArsipError: CATALOG_ON_NETWORK, NOT_WRITABLE, CATALOG_NEWER, CATALOG_LOCKED, CATALOG_BROKEN.
    """
    filesystem = filesystem_of(path)
    if filesystem in NETWORK_FILESYSTEMS:
        raise ArsipError(CATALOG_ON_NETWORK, path=str(path), filesystem=filesystem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise ArsipError(NOT_WRITABLE, path=str(path.parent)) from None
    catalog = Catalog(path, busy_seconds)
    if _revision(catalog) != HEAD:
        _bring_up(catalog)
    return catalog


def filesystem_of(path: Path) -> str:
    """The type of the file system a path lies (or will lie) on, as Linux names it; "" where unknown."""
    target = str(path.resolve())  # a link may lead to another drive
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text()
    except OSError:
        return ""
    for line in mounts.splitlines():
        point, name = line.split()[1:3]
        point = point.replace("\\040", " ")
        if (target + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, name
    return kind


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite in use."""
    return tuple(int(part) for part in pysqlite3.dbapi2.sqlite_version.split("."))


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the chain of migrations up or down to ``revision`` on an open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    step = command.downgrade if revision == "base" else command.upgrade
    step(config, revision)


def _bring_up(catalog: Catalog) -> None:
    """Migrate under a lock between processes: two first imports may start at the same moment."""
    with Path(f"{catalog.path}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _revision(catalog) != HEAD:
            with catalog.write() as connection:
                migrate(connection)


def _revision(catalog: Catalog) -> str | None:
    """The schema's revision, ``None`` for a new catalog. Raises CATALOG_NEWER for one we do not know."""
    with catalog.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision > HEAD:
        raise ArsipError(CATALOG_NEWER, revision=str(revision))
    return revision


def _engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(f"sqlite:///{path}", module=pysqlite3.dbapi2)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # pysqlite's own transaction control begins too late: we say BEGIN ourselves.
        connection.isolation_level = None
        wal = "WAL" if sqlite_version() >= SAFE_WAL else "DELETE"
        connection.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
        connection.execute(f"PRAGMA journal_mode={wal}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-16384")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("reads_only")
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine
