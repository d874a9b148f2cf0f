"""Where the catalog contradicts itself: messages without work, runs without a message, results gone.

Each look counts, shows a few, and can be mended by what a worker would have done had he not been cut off.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    update,
)

from archive.catalog import codec
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, blob, document, message, page, result, stage_run
from archive.catalog.tools import IN_LIMIT
from archive.ledger import messages
from archive.ledger.hold import is_misplaced
from archive.types import Stage

EXAMPLES = 5

_Found = Select[Any]
"""Rows with an ``id`` and the ``subject`` they are about."""


@dataclass(frozen=True, slots=True)
class Odd:
    """How many there are, and the pages and documents that some of them are about."""

    count: int = 0
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """A page whose results are gone or cannot be read: its original, and where it has to begin again."""

    page: str
    blob: str
    stage: Stage


def missing_messages(catalog: Catalog) -> Odd:
    """Messages that are not there and should be."""
    missing = messages.missing(catalog)
    return Odd(len(missing), tuple(each.subject for each in missing[:EXAMPLES]))


def needless_messages(catalog: Catalog) -> Odd:
    """Messages in nobody's hands whose subject is settled, or unknown."""
    return _odd(catalog, _needless())


def drop_needless_messages(catalog: Catalog) -> int:
    """Drop them; returns how many."""
    return _changed(catalog, delete(message).where(message.c.id.in_(_ids(_needless()))))


def misplaced_messages(catalog: Catalog) -> Odd:
    """Messages whose priority is not that of their batch: they would wait for ever, or overtake."""
    return _odd(
        catalog,
        select(message.c.id, message.c.subject)
        .join(batch, batch.c.id == message.c.batch)
        .where(is_misplaced(batch.c.priority)),
    )


def open_runs(catalog: Catalog) -> Odd:
    """Runs that are under way, as it seems, but that no message belongs to."""
    return _odd(catalog, _open_runs())


def close_runs(catalog: Catalog) -> int:
    """End them, which counts against nobody; returns how many."""
    return _changed(
        catalog,
        update(stage_run)
        .where(stage_run.c.id.in_(_ids(_open_runs())))
        .values(ended_at=catalog.now(), outcome="stale"),
    )


def lost_results(catalog: Catalog, after: str, limit: int) -> tuple[list[Lost], int, str]:
    """What is lost among the next pages behind ``after``, how many these are, and the last of them."""
    return _lost(catalog, select(page).where(page.c.id > after).order_by(page.c.id).limit(limit))


def lost_results_of(catalog: Catalog, blobs: Sequence[str]) -> tuple[list[Lost], int]:
    """What is lost among some pages that show these originals (at most IN_LIMIT), and how many these are."""
    lost, looked_at, _last = _lost(catalog, select(page).where(page.c.blob.in_(blobs)).limit(IN_LIMIT))
    return lost, looked_at


def lost_descriptions(catalog: Catalog) -> list[str]:
    """A page of each document that was described, and whose description is gone."""
    gone = ~exists().where(result.c.key == document.c.description_key)
    described = (
        document.c.description_key.is_not(None),
        document.c.described_revision == document.c.revision,
    )
    query = (
        select(func.min(page.c.id))
        .join(document, document.c.id == page.c.document)
        .where(*described, gone)
        .group_by(document.c.id)
    )
    with catalog.read() as connection:
        return list(connection.execute(query).scalars())


def raise_revisions(catalog: Catalog, at_least: Mapping[str, int]) -> None:
    """Give pages a revision that is no lower than this: one that the index has taken already."""
    if not at_least:
        return
    with catalog.write() as connection:
        connection.execute(
            update(page)
            .where(page.c.id == bindparam("of"), page.c.revision < bindparam("least"))
            .values(revision=bindparam("least")),
            [{"of": of, "least": least} for of, least in at_least.items()],
        )


def originals_between(catalog: Catalog, first: str, last: str) -> dict[str, int]:
    """The originals from ``first`` on and before ``last``, by SHA-256, with their sizes in bytes."""
    query = select(blob.c.sha256, blob.c.size).where(blob.c.sha256 >= first, blob.c.sha256 < last)
    with catalog.read() as connection:
        return {row.sha256: row.size for row in connection.execute(query)}


def places(catalog: Catalog, subjects: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Path and page number of pages and documents by id; a document has the number 0."""
    pages = select(page.c.id, page.c.path, page.c.number).where(page.c.id.in_(subjects))
    documents = select(document.c.id, document.c.path, literal(0)).where(document.c.id.in_(subjects))
    with catalog.read() as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(pages.union_all(documents))}


def pages_showing(catalog: Catalog, originals: Sequence[str]) -> dict[str, str]:
    """For each of a few originals the path of a page that shows it."""
    query = select(page.c.blob, func.min(page.c.path)).where(page.c.blob.in_(originals)).group_by(page.c.blob)
    with catalog.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def sizes(catalog: Catalog) -> tuple[int, int]:
    """How many originals and how many pages there are."""
    with catalog.read() as connection:
        originals = connection.execute(select(func.count()).select_from(blob)).scalar_one()
        return originals, connection.execute(select(func.count()).select_from(page)).scalar_one()


def indexed_pages(catalog: Catalog) -> int:
    """How many pages the index should have as they are now; those that wait for it are left out."""
    current = (page.c.indexed_revision > 0, page.c.indexed_revision == page.c.revision)
    with catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(page).where(*current)).scalar_one()


def _needless() -> _Found:
    """A settled page is not open; a described document or an indexed page has no newer revision."""
    has_page = exists().where(page.c.id == message.c.subject, page.c.open)
    has_document = exists().where(
        document.c.id == message.c.subject, document.c.described_revision < document.c.revision
    )
    has_unindexed = exists().where(page.c.id == message.c.subject, page.c.indexed_revision < page.c.revision)
    reads = message.c.stage.in_([Stage.PREPROCESS, Stage.OCR])
    return select(message.c.id, message.c.subject).where(
        message.c.owner.is_(None),
        or_(
            and_(reads, ~has_page),
            and_(message.c.stage == Stage.CLASSIFY, ~has_document),
            and_(message.c.stage == Stage.INDEX, ~has_unindexed),
        ),
    )


def _open_runs() -> _Found:
    """Batch by batch, since that is how runs under way are found soon; the oldest have no batch."""
    batches = union(select(batch.c.id), select(literal("")))
    held = exists().where(message.c.run == stage_run.c.id)
    return select(stage_run.c.id, stage_run.c.subject).where(
        stage_run.c.batch.in_(batches), stage_run.c.ended_at.is_(None), ~held
    )


def _lost(catalog: Catalog, pages: Select[Any]) -> tuple[list[Lost], int, str]:
    """A page that counts as read must have its text, and a page with a clean image its description."""
    some = pages.subquery()
    text, prepared = result.alias("text"), result.alias("prepared")
    query = (
        select(some, text.c.payload.label("text"), prepared.c.payload.label("prepared"))
        .outerjoin(text, text.c.key == some.c.text_key)
        .outerjoin(prepared, prepared.c.key == some.c.prepared_key)
        .order_by(some.c.id)
    )
    with catalog.read() as connection:
        rows = connection.execute(query).all()
    lost = [Lost(row.id, row.blob, stage) for row in rows if (stage := _begins_again(row)) is not None]
    return lost, len(rows), rows[-1].id if rows else ""


def _begins_again(row: Row[tuple[object, ...]]) -> Stage | None:
    if row.prepared_key is not None and not _sound(codec.prepared, row.prepared):
        return Stage.PREPROCESS
    is_read = not row.open and row.stop_stage in (None, Stage.INDEX)
    return Stage.OCR if is_read and not _sound(codec.page_text, row.text) else None


def _sound(decode: Callable[[bytes | None], object], payload: bytes | None) -> bool:
    """Whether there is a result, and it can be read."""
    try:
        return decode(payload) is not None
    except (zlib.error, msgspec.MsgspecError):
        return False


def _ids(found: _Found) -> Select[Any]:
    return select(found.subquery().c.id)


def _odd(catalog: Catalog, found: _Found) -> Odd:
    with catalog.read() as connection:
        count = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
        subjects = connection.execute(found.limit(EXAMPLES)).all() if count else []
    return Odd(count, tuple(row.subject for row in subjects))


def _changed(catalog: Catalog, statement: Any) -> int:
    with catalog.write() as connection:
        changed: int = connection.execute(statement).rowcount
    return changed
