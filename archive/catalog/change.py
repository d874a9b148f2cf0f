"""What a person changes afterwards: stages run again for what a selector picks, batches withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, delete, or_, select, update

from archive import versions
from archive.catalog import codec
from archive.catalog.accounts import batch_id, page_class
from archive.catalog.connect import Catalog
from archive.catalog.history import last_told
from archive.catalog.schema import batch, document, message, page, stage_run
from archive.catalog.tools import IN_LIMIT, in_order
from archive.ledger.hold import Standing
from archive.ledger.messages import Post, put
from archive.types import PageClass, Stage


@dataclass(frozen=True, slots=True)
class Selector:
    """Picks pages; every property narrows the choice, and none means all.

    ``document`` and ``page`` are ids, ``stage`` and ``cause`` those of a stop, ``since`` seconds since the
    epoch of the batch's start, ``confidence_below`` 0 to 1, ``path`` a part of the relative path. ``engine``
    and ``engine_older_than`` (a version) are of the OCR engine that read a page last, whether its reading was
    taken or not: what was tried by the newer one is not tried again.
    """

    batch: str | None = None
    document: str | None = None
    page: str | None = None
    unit: str | None = None
    type: str | None = None
    path: str | None = None
    page_class: PageClass | None = None
    stage: Stage | None = None
    cause: str | None = None
    since: float | None = None
    confidence_below: float | None = None
    engine: str | None = None
    engine_older_than: str | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """A page that a selector picks."""

    page: str
    document: str
    batch: str
    number: int
    path: str
    stop_stage: Stage | None
    cause: str | None


def pick(catalog: Catalog, selector: Selector) -> list[Picked]:
    """The pages a selector picks, document by document in the order of their pages."""
    if selector.batch is not None:
        batch_id(catalog, selector.batch)
    query = (
        select(
            page.c.id,
            page.c.document,
            page.c.batch,
            page.c.number,
            page.c.path,
            page.c.stop_stage,
            page.c.stop_cause,
        )
        .join(document, document.c.id == page.c.document)
        .join(batch, batch.c.id == page.c.batch)
        .where(*_conditions(selector))
        .order_by(document.c.path, page.c.document, page.c.number)
    )
    asks_engine = selector.engine is not None or selector.engine_older_than is not None
    if asks_engine:
        query = query.add_columns(last_told().label("told"))
    with catalog.read() as connection:
        return [
            Picked(
                row.id,
                row.document,
                row.batch,
                row.number,
                row.path,
                None if row.stop_stage is None else Stage(row.stop_stage),
                row.stop_cause,
            )
            for row in connection.execute(query)
            if not asks_engine or _read_so(selector, codec.told(None, row.told))
        ]


def _read_so(selector: Selector, said: codec.Told | None) -> bool:
    """Whether a page was read last by the engine that is asked for; the PDF's own text is by none."""
    if said is None or said.engine in ("", "pdfplumber"):
        return False
    if selector.engine is not None and said.engine.removeprefix("pdfplumber+") != selector.engine:
        return False
    than = selector.engine_older_than
    return than is None or versions.is_older(said.version, than)


def _conditions(selector: Selector) -> list[ColumnElement[bool]]:
    equal = (
        (batch.c.name, selector.batch),
        (page.c.document, selector.document),
        (page.c.id, selector.page),
        (document.c.unit, selector.unit),
        (document.c.type, selector.type),
        (page.c.stop_stage, selector.stage),
        (page.c.stop_cause, selector.cause),
    )
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if selector.path is not None:
        conditions.append(page.c.path.icontains(selector.path, autoescape=True))
    if selector.page_class is not None:
        conditions.append(page_class() == selector.page_class.value)
    if selector.since is not None:
        conditions.append(batch.c.created_at >= selector.since)
    if selector.confidence_below is not None:
        conditions.append(page.c.confidence < selector.confidence_below)
    return conditions


def run_again(catalog: Catalog, picked: list[Picked], stage: Stage | None) -> int:
    """Run stages again for picked pages; returns for how many.

    Without ``stage``, what stopped goes on from where it stopped and the rest stays as it is. With it,
    every picked page goes through that stage and all after it once more, afresh; a page that was not read
    is not taken for a read one because of that. What is in a worker's hands just now is fenced off: its
    result will come too late and change nothing.
    """
    return run_pages_again(catalog, [each.page for each in picked], stage)


def run_pages_again(catalog: Catalog, pages: Sequence[str], stage: Stage | None) -> int:
    """Run stages again for pages by their ids. See ``run_again``."""
    return sum(
        _run_again(catalog, pages[start : start + IN_LIMIT], stage)
        for start in range(0, len(pages), IN_LIMIT)
    )


def _run_again(catalog: Catalog, pages: Sequence[str], stage: Stage | None) -> int:
    def do(connection: Connection) -> int:
        rows = locked(connection, pages)
        if stage is Stage.CLASSIFY:
            describe_again(connection, rows, catalog.now())
            return len(rows)
        if stage is None:
            rows = [row for row in rows if row.stop_stage is not None]
        first = {row.id: _first(row, stage) for row in rows}
        _read_again(connection, [row for row in rows if first[row.id] is not Stage.INDEX], catalog.now())
        _index_again(connection, [row.id for row in rows if first[row.id] is Stage.INDEX])
        # What is not read yet is indexed when it is, and needs no message for that.
        rows = [row for row in rows if first[row.id] is not Stage.INDEX or not row.open]
        put(
            connection,
            [
                Post(first[row.id], row.id, row.batch, row.priority, row.number, stage is not None)
                for row in rows
            ],
        )
        return len(rows)

    return catalog.transact(do)


def locked(connection: Connection, pages: Sequence[str]) -> Sequence[Row[Any]]:
    """These pages as they are now, unchanged by others before this transaction ends.

    What was picked may have been asked about, and gone on meanwhile.
    """
    # Documents before pages, as in ``settle``.
    documents = select(page.c.document).where(page.c.id.in_(pages))
    connection.execute(in_order(document, document.c.id.in_(documents)))
    return connection.execute(
        select(page, batch.c.priority)
        .join(batch, batch.c.id == page.c.batch)
        .where(page.c.id.in_(pages))
        .order_by(page.c.id)
        .with_for_update(of=page)
    ).all()


def _first(row: Row[tuple[object, ...]], stage: Stage | None) -> Stage:
    """Where a page begins again; one that was never prepared begins at the beginning."""
    first = stage or Stage(row.stop_stage)
    return Stage.PREPROCESS if first is Stage.OCR and row.prepared_key is None else first


def _read_again(connection: Connection, rows: Sequence[Row[tuple[object, ...]]], now: float) -> None:
    """Open pages again; their documents are described again when the last of them is settled."""
    pages, documents = [row.id for row in rows], list({row.document for row in rows})
    fence(connection, [*pages, *documents], now)
    connection.execute(
        update(page)
        .where(page.c.id.in_(pages))
        .values(revision=page.c.revision + 1, open=True, stop_stage=None, stop_cause=None, stop_details=None)
    )
    touch(connection, documents)


def _index_again(connection: Connection, pages: Sequence[str]) -> None:
    """Give read pages a revision that the index does not have; a page that stopped before stays stopped."""
    connection.execute(
        update(page).where(page.c.id.in_(pages), ~page.c.open).values(revision=page.c.revision + 1)
    )
    connection.execute(
        update(page)
        .where(page.c.id.in_(pages), page.c.stop_stage == Stage.INDEX)
        .values(stop_stage=None, stop_cause=None, stop_details=None)
    )


def describe_again(
    connection: Connection, rows: Sequence[Row[tuple[object, ...]]], now: float, fresh: bool = True
) -> None:
    """Describe the documents of these pages again, which has all their pages indexed again."""
    documents = {row.document: row for row in rows}
    _index_again(connection, [row.id for row in rows])
    fence(connection, list(documents), now)
    touch(connection, list(documents))
    put(
        connection,
        [Post(Stage.CLASSIFY, each, row.batch, row.priority, 0, fresh) for each, row in documents.items()],
    )


def touch(connection: Connection, documents: Sequence[str]) -> None:
    """Say that what was described of these documents is out of date."""
    connection.execute(
        update(document)
        .where(document.c.id.in_(documents))
        .values(revision=document.c.revision + 1, stop_cause=None, stop_details=None)
    )


def fence(connection: Connection, subjects: list[str], now: float) -> None:
    """Take the messages of these subjects away, also from whoever holds them: his result comes too late."""
    theirs = select(message.c.id, message.c.run).where(message.c.subject.in_(subjects))
    held = connection.execute(theirs.order_by(message.c.id).with_for_update()).all()
    connection.execute(delete(message).where(message.c.id.in_([row.id for row in held])))
    connection.execute(
        update(stage_run)
        .where(stage_run.c.id.in_([row.run for row in held if row.run is not None]))
        .where(stage_run.c.outcome.is_(None))
        .values(ended_at=now, outcome="stale")
    )


def withdraw(catalog: Catalog, name: str, restore: bool = False) -> int:
    """Hide a batch from every search, or show it again; returns how many pages that concerns.

    Nothing is deleted, and the originals stay. A batch that is held is hidden at once all the same: what
    its pages in the index wait for is not held. Raises BATCH_UNKNOWN.
    """
    of = batch_id(catalog, name)
    # Also one that is being read again: the index still has what was read before.
    in_index = or_(~page.c.open, page.c.indexed_revision > 0)

    def do(connection: Connection) -> int:
        priority = connection.execute(
            update(batch)
            .where(batch.c.id == of)
            .values(withdrawn_at=None if restore else catalog.now())
            .returning(batch.c.priority)
        ).scalar_one()
        pages = connection.execute(
            update(page)
            .where(page.c.id.in_(in_order(page, page.c.batch == of)))
            .values(revision=page.c.revision + case((in_index, 1), else_=0))
            .returning(page.c.id, page.c.number, in_index.label("in_index"))
        ).all()
        at_once = Standing(priority).priority
        put(
            connection,
            [Post(Stage.INDEX, row.id, of, at_once, row.number) for row in pages if row.in_index],
        )
        waiting = in_order(message, message.c.batch == of, message.c.stage == Stage.INDEX)
        connection.execute(
            update(message).where(message.c.id.in_(waiting)).values(priority=at_once, sent_at=None)
        )
        return len(pages)

    return catalog.transact(do)
