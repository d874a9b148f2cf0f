"""The catalog of the embedded profile: one SQLite file on a local disk, made safe."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from archive.errors import (
    CATALOG_BROKEN,
    CATALOG_LOCKED,
    CATALOG_ON_NETWORK,
    DISK_FULL,
    NOT_WRITABLE,
    ArsipError,
)

SAFE_WAL = (3, 51, 3)
"""The SQLite that mended the WAL-reset corruption (3.7.0 to 3.51.2 have it): below it WAL is not used."""
BUSY_SECONDS = 20.0
"""How long a writer waits for another one."""

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


class SqliteFile:
    """A SQLite file. See ``connect.Database``.

    A write transaction holds the only write lock from its start, so that nobody has to begin again.
    """

    tables = "SELECT name FROM sqlite_schema WHERE type = 'table'"

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.where = str(path)
        self._busy_timeout = f"PRAGMA busy_timeout={int(busy_seconds * 1000)}"

    def engine(self) -> Engine:
        """See ``connect.Database``. Raises CATALOG_ON_NETWORK, NOT_WRITABLE."""
        filesystem = filesystem_of(self.path)
        if filesystem in NETWORK_FILESYSTEMS:
            raise ArsipError(CATALOG_ON_NETWORK, path=self.where, filesystem=filesystem)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise ArsipError(NOT_WRITABLE, path=str(self.path.parent)) from None
        engine = create_engine(f"sqlite:///{self.path}", module=pysqlite3.dbapi2)
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", self._begin)
        return engine

    def there(self) -> bool:
        """See ``connect.Database``."""
        return self.path.is_file()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """See ``connect.Database``: a lock on a file beside the catalog."""
        with Path(f"{self.path}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def failure(self, error: DBAPIError) -> ArsipError | None:
        """See ``connect.Database``."""
        for words, cause in _SAYS:
            if words in str(error.orig):
                full = cause is NOT_WRITABLE and disk_usage(self.path.parent).free < _LEAST_FREE_BYTES
                return ArsipError(DISK_FULL if full else cause, path=self.where)
        return None

    def has_lost(self, _error: DBAPIError) -> bool:
        """See ``connect.Database``: never, writers take turns."""
        return False

    def ahead(self, _connection: Connection) -> float:
        """See ``connect.Database``: a file has no clock of its own."""
        return 0.0

    def check(self, connection: Connection) -> None:
        """Look at every page of the file (not at every index entry). Raises CATALOG_BROKEN."""
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise ArsipError(CATALOG_BROKEN, path=self.where)

    def version(self, _connection: Connection) -> str:
        """See ``connect.Database``."""
        return f"SQLite {pysqlite3.dbapi2.sqlite_version}"

    def _prepare(self, connection: sqlite3.Connection, _record: Any) -> None:
        # pysqlite's own transaction control begins too late: we say BEGIN ourselves.
        connection.isolation_level = None
        mode = "wal" if sqlite_version() >= SAFE_WAL else "delete"
        connection.execute(self._busy_timeout)
        if connection.execute("PRAGMA journal_mode").fetchone() != (mode,):
            # SQLite does not wait for another connection that changes the mode (btree.c, BeginTrans).
            with self.alone():
                connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-16384")

    def _begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("waits", True):
            connection.exec_driver_sql("BEGIN" if options.get("reads_only") else "BEGIN IMMEDIATE")
            return
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(self._busy_timeout)


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite in use."""
    return tuple(int(part) for part in pysqlite3.dbapi2.sqlite_version.split("."))


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
