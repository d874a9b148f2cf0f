"""What each stage needs, fetched from the catalog in the transaction that begins it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Row, exists, func, select
from sqlalchemy.exc import DBAPIError

from archive.catalog import codec
from archive.catalog.codec import KeptRecord
from archive.catalog.schema import blob, document, page, result, stage_run
from archive.catalog.views import Locate, kept_records
from archive.errors import failure_of
from archive.ledger.work import Work
from archive.types import Source, Stage

_Row = Row[tuple[object, ...]]

PAGES_DESCRIBED = 5
"""How many pages from the start of a document classify looks at."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """How inputs are found: where originals lie, and what version and options a stage runs with.

    ``fingerprint(stage, languages)`` names everything besides the input that a result depends on.
    """

    locate: Locate
    fingerprint: Callable[[Stage, str], str]

    def work(self, connection: Connection, claimed: _Row) -> Work | None:
        """The work for a message just claimed, or ``None`` when its subject no longer needs it.

        What one subject needs and is not there (a language, a result that can be read) is blocked, as a
        value: it must not stop the work on all others.
        """
        find, make = (
            (_document_row, self._document_work)
            if claimed.stage == Stage.CLASSIFY
            else (_page_row, self._page_work)
        )
        row = find(connection, claimed)
        if row is None:
            return None
        try:
            return make(connection, claimed, row)
        except DBAPIError:
            raise
        except Exception as error:
            blocked = failure_of(error)
            return Work(Stage(claimed.stage), claimed.subject, claimed.run, row.revision, blocked=blocked)

    def index_works(self, connection: Connection, claimed: Sequence[_Row]) -> list[Work]:
        """A work for each page whose index message was claimed; none for one that is not known."""
        subjects = [row.subject for row in claimed]
        kept = {each.page: each for each in kept_records(connection, subjects)}
        lost = Counter(
            (row.subject, row.revision)
            for row in connection.execute(
                select(stage_run.c.subject, stage_run.c.revision).where(
                    stage_run.c.subject.in_(subjects),
                    stage_run.c.stage == Stage.INDEX,
                    stage_run.c.outcome == "lost",
                )
            )
        )
        return [
            _index_work(row, kept[row.subject], lost[row.subject, kept[row.subject].revision])
            for row in claimed
            if row.subject in kept
        ]

    def _page_work(self, connection: Connection, claimed: _Row, row: _Row) -> Work:
        stage = Stage(claimed.stage)
        fingerprint = self.fingerprint(stage, row.languages)
        inputs = (row.blob, str(row.frame)) if stage is Stage.PREPROCESS else (row.prepared_key,)
        key = codec.key(stage, fingerprint, *inputs)
        return Work(
            stage,
            claimed.subject,
            claimed.run,
            row.revision,
            key=key,
            known=_known(connection, key, claimed),
            languages=row.languages,
            path=row.path,
            source=Source(self.locate(row.blob), row.blob, row.media_type, row.frame),
            prepared=codec.prepared(row.payload) if stage is Stage.OCR else None,
            lost=_lost(connection, stage, claimed.subject, row.revision),
        )

    def _document_work(self, connection: Connection, claimed: _Row, row: _Row) -> Work:
        pages = connection.execute(
            select(page.c.open, page.c.text_key, result.c.payload)
            .outerjoin(result, result.c.key == page.c.text_key)
            .where(page.c.document == row.id)
            .order_by(page.c.number)
            .limit(PAGES_DESCRIBED)
        ).all()
        fingerprint = self.fingerprint(Stage.CLASSIFY, row.languages)
        key = codec.key(Stage.CLASSIFY, fingerprint, row.path, *(each.text_key or "" for each in pages))
        return Work(
            Stage.CLASSIFY,
            row.id,
            claimed.run,
            row.revision,
            key=key,
            known=_known(connection, key, claimed),
            path=row.path,
            texts=tuple(codec.page_text(each.payload) for each in pages),
            lost=_lost(connection, Stage.CLASSIFY, row.id, row.revision),
        )


def _index_work(claimed: _Row, kept: KeptRecord, lost: int) -> Work:
    work = Work(Stage.INDEX, kept.page, claimed.run, kept.revision, lost=lost)
    try:
        return msgspec.structs.replace(work, records=(codec.record(kept),))
    except Exception as error:
        return msgspec.structs.replace(work, blocked=failure_of(error))


def _page_row(connection: Connection, claimed: _Row) -> _Row | None:
    """A page that is open, with the clean image's description where there is one."""
    row = connection.execute(
        select(page, document.c.languages, blob.c.media_type, result.c.payload)
        .join(document, document.c.id == page.c.document)
        .join(blob, blob.c.sha256 == page.c.blob)
        .outerjoin(result, result.c.key == page.c.prepared_key)
        .where(page.c.id == claimed.subject, page.c.open)
    ).one_or_none()
    return None if row is None or (claimed.stage == Stage.OCR and row.payload is None) else row


def _document_row(connection: Connection, claimed: _Row) -> _Row | None:
    """A document whose pages are settled: where some are open, the last of them asks once more."""
    is_open = exists().where(page.c.document == document.c.id, page.c.open)
    return connection.execute(
        select(document).where(document.c.id == claimed.subject, ~is_open)
    ).one_or_none()


def _known(connection: Connection, key: str, claimed: _Row) -> bytes | None:
    """An earlier result for the same key, unless the message asks for a fresh one."""
    if claimed.fresh:
        return None
    payload: bytes | None = connection.execute(select(result.c.payload).where(result.c.key == key)).scalar()
    return payload


def _lost(connection: Connection, stage: Stage, subject: str, revision: int) -> int:
    """How often a worker went away with this in hand."""
    return connection.execute(
        select(func.count()).where(
            stage_run.c.subject == subject,
            stage_run.c.stage == stage,
            stage_run.c.revision == revision,
            stage_run.c.outcome == "lost",
        )
    ).scalar_one()
