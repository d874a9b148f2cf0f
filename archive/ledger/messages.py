"""The one table of messages: what waits to be done, who holds it, and what was lost with whom.

A message is a stage and a subject, once each. Losing all of them loses time and no work: ``refill`` puts
back what the catalog says is still to be done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
    union_all,
)

from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, document, message, page
from archive.catalog.tools import insert_for
from archive.errors import CANCELLED
from archive.types import Stage

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

AT_ONCE = 0.0

DEFAULT_PRIORITY = 100
"""The priority of a batch unless a person says another: what has the lower number goes first."""

HELD = 1_000_000
"""A priority from here on is that of a held batch: nothing of it is begun until it is released.

A batch that is outside its hours of work is held by adding HELD to its priority, one that a person has
paused by adding PAUSED; messages carry the priority of their batch, new ones too.
"""
PAUSED = 2 * HELD


class Waiting(NamedTuple):
    """One message: what is to be done, to what."""

    stage: Stage
    subject: str


class Post(NamedTuple):
    """A message to be put, with what its place in the queue follows from."""

    stage: Stage
    subject: str
    batch: str
    priority: int
    number: int
    fresh: bool = False


def put(connection: Connection, posts: Iterable[Post], due: float = AT_ONCE) -> None:
    """Put messages, due from a time by the catalog's clock; one that is there already stays as it is.

    What is due at once says so whatever the clock shows: one that was set back would hide it.
    """
    # In one order, whoever puts them: two that put the same ones must not wait for each other crosswise.
    in_order = sorted(posts, key=lambda post: (post.number, post.subject, post.stage))
    rows = [{**post._asdict(), "due": due} for post in in_order]
    if rows:
        connection.execute(_put(connection.dialect.name), rows)


@cache
def _put(dialect: str) -> Insert:
    return insert_for(dialect, message).on_conflict_do_nothing()


def waiting(catalog: Catalog, stages: Collection[Stage], limit: int) -> list[Waiting]:
    """What may be begun now, first things first: by priority, page number, age."""
    given = {"now": catalog.now(), "at_most": limit}
    with catalog.read() as connection:
        rows = connection.execute(_waiting(tuple(stages)), given)
        return [Waiting(Stage(row.stage), row.subject) for row in rows]


@cache
def _waiting(stages: tuple[Stage, ...]) -> CompoundSelect[tuple[Any, ...]]:
    """Built once: a broker asks several times a second, and building it took most of that."""
    columns = (message.c.stage, message.c.subject, message.c.priority, message.c.number, message.c.id)
    first = (message.c.priority, message.c.number, message.c.id)
    now, at_most = bindparam("now", type_=message.c.due.type), bindparam("at_most", type_=Integer)
    due = (message.c.owner.is_(None), message.c.due <= now, message.c.priority < HELD)
    # The first of each stage, then of those: an index leads to them however many wait.
    heads = [
        select(
            select(*columns).where(*due, message.c.stage == stage).order_by(*first).limit(at_most).subquery()
        )
        for stage in stages
    ]
    return union_all(*heads).order_by("priority", "number", "id").limit(at_most)


def missing(catalog: Catalog) -> list[Waiting]:
    """Every message that the catalog says is missing."""
    with catalog.read() as connection:
        return [Waiting(Stage(row.stage), row.subject) for row in connection.execute(_missing())]


def refill(catalog: Catalog) -> int:
    """Put back every message that the catalog says is missing; returns how many were."""
    with catalog.read() as connection:
        missing = connection.execute(_missing()).all()
    posts = [Post(Stage(row.stage), *row[1:]) for row in missing]
    if posts:
        catalog.transact(lambda connection: put(connection, posts))
    return len(posts)


def _missing() -> CompoundSelect[tuple[Any, ...]]:
    """What has no message and should: open pages, read documents not described since, pages not indexed.

    Asked in a read transaction, so that a settle in between only makes a message that finds nothing to do.
    """
    another = page.alias("another")
    is_open = exists().where(another.c.document == document.c.id, another.c.open).correlate(document)
    to_be_described = and_(document.c.described_revision < document.c.revision, ~is_open)
    has = exists().where(message.c.subject == page.c.id).correlate(page)
    has_for_document = exists().where(message.c.subject == document.c.id).correlate(document)
    pages = (
        select(
            literal(Stage.PREPROCESS.value).label("stage"),
            page.c.id.label("subject"),
            page.c.batch,
            batch.c.priority,
            page.c.number,
        )
        .join(batch, batch.c.id == page.c.batch)
        .where(page.c.open, ~has)
    )
    documents = (
        select(literal(Stage.CLASSIFY.value), document.c.id, document.c.batch, batch.c.priority, literal(0))
        .join(batch, batch.c.id == document.c.batch)
        .where(to_be_described, ~has_for_document)
    )
    unindexed = (
        select(literal(Stage.INDEX.value), page.c.id, page.c.batch, batch.c.priority, page.c.number)
        .join(batch, batch.c.id == page.c.batch)
        .join(document, document.c.id == page.c.document)
        .where(
            and_(~page.c.open, page.c.indexed_revision < page.c.revision, ~has),
            # With the description of its document comes a message for each of its pages.
            ~to_be_described,
            or_(page.c.stop_stage.is_(None), page.c.stop_stage != Stage.INDEX.value),
            # A cancelled page of which nothing is in the index needs no place there.
            or_(
                page.c.stop_cause.is_(None),
                page.c.stop_cause != CANCELLED.code,
                page.c.indexed_revision > 0,
            ),
        )
    )
    return union_all(pages, documents, unindexed)


def send(catalog: Catalog, stage: Stage, subject: str, delay_seconds: float = 0.0) -> None:
    """Put one message for a page or document; an unknown subject is nothing to do."""
    of = document if stage is Stage.CLASSIFY else page
    number = literal(0).label("number") if of is document else page.c.number
    query = (
        select(of.c.batch, batch.c.priority, number)
        .join(batch, batch.c.id == of.c.batch)
        .where(of.c.id == subject)
    )
    with catalog.write() as connection:
        row = connection.execute(query).one_or_none()
        if row is not None:
            due = catalog.now() + delay_seconds if delay_seconds else AT_ONCE
            put(connection, [Post(stage, subject, row.batch, row.priority, row.number)], due)


def purge(catalog: Catalog) -> None:
    """Drop every message that nobody holds."""
    with catalog.write() as connection:
        connection.execute(delete(message).where(message.c.owner.is_(None)))
