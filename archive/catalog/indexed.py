"""What the index should hold, as the catalog knows it: revisions to compare, records to write again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from archive.catalog.codec import KeptRecord
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, message, page
from archive.catalog.tools import IN_LIMIT
from archive.catalog.views import kept_records
from archive.types import Stage


class Known(NamedTuple):
    """A page: its revision now, the one that the index took last (0 for none), whether it is withdrawn."""

    page: str
    revision: int
    indexed: int
    withdrawn: bool


def known(catalog: Catalog, after: str, limit: int) -> list[Known]:
    """Pages in the order of their ids, beginning behind ``after``; open ones and unindexed ones too."""
    return _known(catalog, page.c.id > after, limit)


def known_of(catalog: Catalog, pages: Sequence[str]) -> list[Known]:
    """The pages among these that the catalog has."""
    return [
        each
        for start in range(0, len(pages), IN_LIMIT)
        for each in _known(catalog, page.c.id.in_(pages[start : start + IN_LIMIT]), IN_LIMIT)
    ]


def count(catalog: Catalog) -> int:
    """How many pages the index took at some time."""
    with catalog.read() as connection:
        counted = select(func.count()).select_from(page).where(page.c.indexed_revision > 0)
        return connection.execute(counted).scalar_one()


def sample(catalog: Catalog, how_many: int) -> list[str]:
    """Some pages that the index took at some time: not always the same ones."""
    query = select(page.c.id).where(page.c.indexed_revision > 0).order_by(func.random()).limit(how_many)
    with catalog.read() as connection:
        return list(connection.execute(query).scalars())


def records_of(catalog: Catalog, pages: Sequence[str]) -> list[KeptRecord]:
    """The index records of these pages as they are now."""
    with catalog.read() as connection:
        return kept_records(connection, pages)


def waiting(catalog: Catalog, batch_name: str) -> int:
    """How many pages of a batch the index is still to be told of."""
    query = (
        select(func.count())
        .select_from(message)
        .join(batch, batch.c.id == message.c.batch)
        .where(batch.c.name == batch_name, message.c.stage == Stage.INDEX)
    )
    with catalog.read() as connection:
        return connection.execute(query).scalar_one()


def in_hand(catalog: Catalog) -> set[int]:
    """The runs that are writing to the index now."""
    query = select(message.c.run).where(message.c.owner.is_not(None), message.c.stage == Stage.INDEX)
    with catalog.read() as connection:
        return {run for (run,) in connection.execute(query) if run is not None}


def _known(catalog: Catalog, which: ColumnElement[bool], limit: int) -> list[Known]:
    query = select(
        page.c.id, page.c.revision, page.c.indexed_revision, batch.c.withdrawn_at.is_not(None)
    ).join(batch, batch.c.id == page.c.batch)
    with catalog.read() as connection:
        rows = connection.execute(query.where(which).order_by(page.c.id).limit(limit))
        return [Known(*row) for row in rows]
