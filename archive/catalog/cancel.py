"""A batch cancelled by a person: what is not read yet is set aside, what is read stays."""

from __future__ import annotations

from sqlalchemy import Connection, case, delete, exists, func, select, update

from archive.catalog.accounts import batch_id
from archive.catalog.connect import Catalog
from archive.catalog.schema import document, message, page, stage_run
from archive.catalog.tools import IN_LIMIT, in_order
from archive.errors import CANCELLED
from archive.ledger.hold import locked, stand
from archive.ledger.messages import Post, put
from archive.types import Stage

_OF_PAGES = (Stage.PREPROCESS.value, Stage.OCR.value)


def unread(catalog: Catalog, name: str) -> int:
    """How many pages of a batch are not read yet: what ``cancel`` would set aside. Raises BATCH_UNKNOWN."""
    of = batch_id(catalog, name)
    with catalog.read() as connection:
        return connection.execute(
            select(func.count()).select_from(page).where(page.c.batch == of, page.c.open)
        ).scalar_one()


def cancel(catalog: Catalog, name: str) -> int:
    """Set aside every page of a batch that is not read yet; returns how many. Raises BATCH_UNKNOWN.

    What a worker has in hand is fenced: its result will come too late. A document with pages that are
    settled is described with those, and indexed; one of which nothing was read goes nowhere. The batch
    is no longer paused, so that this can be done. ``run_again`` brings the pages back.
    """
    is_open = exists().where(page.c.document == document.c.id, page.c.open)

    def do(connection: Connection) -> int:
        held = locked(connection, name)
        of, standing = held.id, held.standing.but(paused=False)
        # The documents before anything of theirs, as in ``settle``: whoever holds one comes to his end.
        documents = connection.execute(
            select(document.c.id, document.c.revision)
            .where(document.c.batch == of, is_open)
            .order_by(document.c.id)
            .with_for_update(of=document)
        ).all()
        pages = connection.execute(
            update(page)
            .where(page.c.batch == of, page.c.open)
            .values(
                open=False,
                stop_stage=case((page.c.prepared_key.is_(None), Stage.PREPROCESS), else_=Stage.OCR),
                stop_cause=CANCELLED.code,
                stop_details="{}",
                revision=page.c.revision + 1,
            )
        ).rowcount
        _fence(connection, of, catalog.now())
        stand(connection, held, standing)
        _describe(connection, of, int(standing), [row.id for row in documents if row.revision])
        return pages

    return catalog.transact(do)


def _fence(connection: Connection, of: str, now: float) -> None:
    """Take away the messages of pages that are not read, also from whoever holds them."""
    theirs = in_order(message, message.c.batch == of, message.c.stage.in_(_OF_PAGES))
    gone = connection.execute(delete(message).where(message.c.id.in_(theirs)).returning(message.c.run))
    runs = [run for run in gone.scalars() if run is not None]
    for start in range(0, len(runs), IN_LIMIT):
        connection.execute(
            update(stage_run)
            .where(stage_run.c.id.in_(runs[start : start + IN_LIMIT]), stage_run.c.outcome.is_(None))
            .values(ended_at=now, outcome="stale")
        )


def _describe(connection: Connection, of: str, priority: int, documents: list[str]) -> None:
    """Have documents described with the pages that they have."""
    for start in range(0, len(documents), IN_LIMIT):
        some = documents[start : start + IN_LIMIT]
        connection.execute(
            update(document).where(document.c.id.in_(some)).values(revision=document.c.revision + 1)
        )
        put(connection, [Post(Stage.CLASSIFY, each, of, priority, 0) for each in some])
