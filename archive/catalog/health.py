"""What can be asked of a catalog to see whether it, and what it speaks of, is in good health."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from archive.catalog.connect import Catalog
from archive.catalog.schema import blob, stage_run


def quick_check(catalog: Catalog) -> None:
    """Look whether the database is whole, as far as it can be told soon. Raises CATALOG_BROKEN."""
    with catalog.read() as connection:
        catalog.database.check(connection)


def describe(catalog: Catalog) -> str:
    """What the catalog is kept in, and which version of it: ``PostgreSQL 15.14``."""
    with catalog.read() as connection:
        return catalog.database.version(connection)


def originals(catalog: Catalog, how_many: int) -> list[tuple[str, int]]:
    """Some originals that should be kept, by SHA-256, with their sizes in bytes: not always the same ones."""
    start = secrets.token_hex(32)  # a random place in the order of hashes, which are random themselves
    some = select(blob.c.sha256, blob.c.size).order_by(blob.c.sha256).limit(how_many)
    with catalog.read() as connection:
        rows = connection.execute(some.where(blob.c.sha256 >= start)).all()
        if len(rows) < how_many:
            rest = some.where(blob.c.sha256 < start).limit(how_many - len(rows))
            rows = [*rows, *connection.execute(rest)]
    return [(row.sha256, row.size) for row in rows]


def latest_attempt(catalog: Catalog) -> float | None:
    """When the latest attempt at anything began, in seconds since the epoch."""
    query = select(stage_run.c.started_at).order_by(stage_run.c.id.desc()).limit(1)
    with catalog.read() as connection:
        latest: float | None = connection.execute(query).scalar()
    return latest
