"""What a person changes afterwards: stages run again for what a selector picks, batches withdrawn."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, delete, select, update

from archive.catalog.accounts import batch_id, page_class
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, document, message, page, stage_run
from archive.catalog.tools import IN_LIMIT
from archive.ledger.messages import Post, put
from archive.types import PageClass, Stage


@dataclass(frozen=True, slots=True)
class Selector:
    """Picks pages; every property narrows the choice, and none means all.

    ``document`` and ``page`` are ids, ``stage`` and ``cause`` those of a stop, ``since`` seconds since the
    epoch of the batch's start, ``confidence_below`` 0 to 1, ``path`` a part of the relative path.
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


@dataclass(frozen=True, slots=True)
class Picked:
    """A page that a selector picks."""

    page: str
    document: str
    batch: str
    priority: int
    number: int
    path: str
    prepared: bool
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
            batch.c.priority,
            page.c.number,
            page.c.path,
            page.c.prepared_key.is_not(None).label("prepared"),
            page.c.stop_stage,
            page.c.stop_cause,
        )
        .join(document, document.c.id == page.c.document)
        .join(batch, batch.c.id == page.c.batch)
        .where(*_conditions(selector))
        .order_by(document.c.path, page.c.document, page.c.number)
    )
    with catalog.read() as connection:
        return [
            Picked(
                row.id,
                row.document,
                row.batch,
                row.priority,
                row.number,
                row.path,
                row.prepared,
                None if row.stop_stage is None else Stage(row.stop_stage),
                row.stop_cause,
            )
            for row in connection.execute(query)
        ]


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
        conditions.append(page.c.path.contains(selector.path, autoescape=True))
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
    every picked page goes through that stage and all after it once more, afresh. What is in a worker's
    hands just now is fenced off: its result will come too late and change nothing.
    """
    pages = picked if stage is not None else [each for each in picked if each.stop_stage is not None]
    for start in range(0, len(pages), IN_LIMIT):
        _run_again(catalog, pages[start : start + IN_LIMIT], stage)
    return len(pages)


def _run_again(catalog: Catalog, pages: list[Picked], stage: Stage | None) -> None:
    first = {each.page: _first(each, stage) for each in pages}
    again = [each for each in pages if first[each.page] in (Stage.PREPROCESS, Stage.OCR)]
    documents = {each.document: each for each in pages}
    described = documents.values() if stage is Stage.CLASSIFY else ()
    with catalog.write() as connection:
        _fence(connection, [each.page for each in again])
        _fence(connection, [each.document for each in (*again, *described)])
        for each in pages:
            connection.execute(
                update(page)
                .where(page.c.id == each.page)
                .values(
                    revision=page.c.revision + 1,
                    open=each in again,
                    stop_stage=None,
                    stop_cause=None,
                    stop_details=None,
                )
            )
        connection.execute(
            update(document)
            .where(document.c.id.in_(list(documents)))
            .values(revision=document.c.revision + 1, stop_cause=None, stop_details=None)
        )
        put(
            connection,
            [
                Post(first[each.page], each.page, each.batch, each.priority, each.number, stage is not None)
                for each in pages
                if stage is not Stage.CLASSIFY
            ],
        )
        put(
            connection,
            [Post(Stage.CLASSIFY, each.document, each.batch, each.priority, 0, True) for each in described],
        )


def _first(picked: Picked, stage: Stage | None) -> Stage:
    """Where a page begins again; one that was never prepared begins at the beginning."""
    first = stage or picked.stop_stage or Stage.INDEX
    return first if picked.prepared or first is not Stage.OCR else Stage.PREPROCESS


def _fence(connection: Connection, subjects: list[str]) -> None:
    """Take the messages of these subjects away, also from whoever holds them: his result comes too late."""
    of = message.c.subject.in_(subjects)
    connection.execute(
        update(stage_run)
        .where(stage_run.c.id.in_(select(message.c.run).where(of)), stage_run.c.outcome.is_(None))
        .values(ended_at=time.time(), outcome="stale")
    )
    connection.execute(delete(message).where(of))


def withdraw(catalog: Catalog, name: str, restore: bool = False) -> int:
    """Hide a batch from every search, or show it again; returns how many pages that concerns.

    Nothing is deleted, and the originals stay. Raises BATCH_UNKNOWN.
    """
    of = batch_id(catalog, name)
    with catalog.write() as connection:
        priority = connection.execute(
            update(batch)
            .where(batch.c.id == of)
            .values(withdrawn_at=None if restore else time.time())
            .returning(batch.c.priority)
        ).scalar_one()
        pages = connection.execute(
            update(page)
            .where(page.c.batch == of)
            .values(revision=page.c.revision + case((page.c.open, 0), else_=1))
            .returning(page.c.id, page.c.number, page.c.open)
        ).all()
        put(
            connection,
            [Post(Stage.INDEX, row.id, of, priority, row.number) for row in pages if not row.open],
        )
    return len(pages)
