"""What each stage needs, fetched from the catalog in the transaction that begins it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError

from archive.catalog import codec
from archive.catalog.codec import KeptRecord
from archive.catalog.schema import blob, document, page, result, stage_run
from archive.catalog.views import Locate, kept_records
from archive.errors import failure_of
from archive.ledger.messages import Post
from archive.ledger.work import KILLED_READER, Work
from archive.types import Source, Stage

_Row = Row[tuple[object, ...]]
Asked = Row[tuple[object, ...]] | Post
"""A message, claimed or about to be put: its stage, its subject, and whether a fresh result is asked for."""

PAGES_DESCRIBED = 5
"""How many pages from the start of a document classify looks at."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """How inputs are found: where originals lie, and what version and options a stage runs with.

    ``fingerprint(stage, languages, killed)`` names everything besides the input that a result depends on;
    ``killed`` counts the readers that a page has cost at this stage.
    """

    locate: Locate
    fingerprint: Callable[[Stage, str, int], str]

    def work(self, connection: Connection, asked: Asked) -> Work | None:
        """The work for a message, or ``None`` when its subject no longer needs it.

        What one subject needs and is not there (a language, a result that can be read) is blocked, as a
        value: it must not stop the work on all others.
        """
        find, make = (
            (_document_row, self._document_work)
            if asked.stage == Stage.CLASSIFY
            else (_page_row, self._page_work)
        )
        row = find(connection, asked)
        if row is None:
            return None
        try:
            return make(connection, asked, row)
        except DBAPIError:
            raise
        except Exception as error:
            blocked = failure_of(error)
            return Work(Stage(asked.stage), asked.subject, 0, row.revision, blocked=blocked)

    def index_works(self, connection: Connection, claimed: Sequence[_Row]) -> list[Work]:
        """A work for each page whose index message was claimed; none for one that is not known."""
        subjects = [row.subject for row in claimed]
        kept = {each.page: each for each in kept_records(connection, subjects)}
        rows = connection.execute(_LOST_FROM_INDEX, {"of_all": subjects})
        lost = Counter((row.subject, row.revision) for row in rows)
        return [
            _index_work(kept[row.subject], lost[row.subject, kept[row.subject].revision])
            for row in claimed
            if row.subject in kept
        ]

    def _page_work(self, connection: Connection, asked: Asked, row: _Row) -> Work | None:
        clean = self._clean_key(row)
        work = Work(
            Stage(asked.stage),
            asked.subject,
            0,
            row.revision,
            key=clean,
            languages=row.languages,
            path=row.path,
            source=Source(self.locate(row.blob), row.blob, row.media_type, row.frame),
            lost=row.lost,
            killed=row.killed,
        )
        if work.stage is Stage.OCR:
            made = row.payload if row.prepared_key == clean else _payload(connection, clean)
            # One that is read again with other settings than it was prepared with keeps its clean page.
            clean, made = (row.prepared_key, row.payload) if made is None else (clean, made)
            if made is None:
                return None
            before = codec.reading(row.payload, _payload(connection, row.text_key) if row.text_key else None)
            inputs = (clean,) if before is None else (clean, row.text_key)
            fingerprint = self.fingerprint(Stage.OCR, row.languages, row.killed)
            work = msgspec.structs.replace(
                work,
                key=codec.key(Stage.OCR, fingerprint, *inputs),
                prepared=codec.prepared(made),
                prepared_key=clean,
                before=before,
            )
        return msgspec.structs.replace(work, known=_known(connection, work.key, asked))

    def _clean_key(self, row: _Row) -> str:
        fingerprint = self.fingerprint(Stage.PREPROCESS, row.languages, 0)
        return codec.key(Stage.PREPROCESS, fingerprint, row.blob, str(row.frame))

    def _document_work(self, connection: Connection, asked: Asked, row: _Row) -> Work:
        pages = connection.execute(_FIRST_PAGES, {"of": row.id}).all()
        fingerprint = self.fingerprint(Stage.CLASSIFY, row.languages, 0)
        key = codec.key(Stage.CLASSIFY, fingerprint, row.path, *(each.text_key or "" for each in pages))
        return Work(
            Stage.CLASSIFY,
            row.id,
            0,
            row.revision,
            key=key,
            known=_known(connection, key, asked),
            path=row.path,
            texts=tuple(codec.page_text(each.payload) for each in pages),
            lost=row.lost,
        )


def _index_work(kept: KeptRecord, lost: int) -> Work:
    work = Work(Stage.INDEX, kept.page, 0, kept.revision, lost=lost)
    try:
        return msgspec.structs.replace(work, records=(codec.record(kept),))
    except Exception as error:
        return msgspec.structs.replace(work, blocked=failure_of(error))


def _page_row(connection: Connection, asked: Asked) -> _Row | None:
    """A page that is open, with the clean image's description where there is one."""
    given = {"of": asked.subject, "of_stage": asked.stage}
    row = connection.execute(_PAGE, given).one_or_none()
    return None if row is None or not row.open else row


def _document_row(connection: Connection, asked: Asked) -> _Row | None:
    """A document whose pages are settled: where some are open, the last of them asks once more."""
    given = {"of": asked.subject, "of_stage": asked.stage}
    row = connection.execute(_DOCUMENT, given).one_or_none()
    return None if row is None or row.has_open else row


def _known(connection: Connection, key: str, asked: Asked) -> bytes | None:
    """An earlier result for the same key, unless the message asks for a fresh one."""
    return None if asked.fresh else _payload(connection, key)


def _payload(connection: Connection, key: str) -> bytes | None:
    payload: bytes | None = connection.execute(_KNOWN, {"of_key": key}).scalar()
    return payload


_LOST = stage_run.c.outcome == "lost"
"""A worker went away with it in hand."""
_KILLED = and_(stage_run.c.outcome == "failed", stage_run.c.cause.in_(sorted(KILLED_READER)))
"""It cost a reader."""


def _runs(subject: Column[str], revision: Column[int], ended: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many runs of a stage on a subject have ended so."""
    return (
        select(func.count())
        .where(
            stage_run.c.subject == subject,
            stage_run.c.stage == bindparam("of_stage"),
            stage_run.c.revision == revision,
            ended,
        )
        .correlate(subject.table)
        .scalar_subquery()
    )


# Whether a page is open is a column and no condition: else the index of all open pages may look like the
# shorter way to one of them, to a server that last counted when few were open.
_PAGE = (
    select(page, document.c.languages, blob.c.media_type, result.c.payload)
    .add_columns(_runs(page.c.id, page.c.revision, _LOST).label("lost"))
    .add_columns(_runs(page.c.id, page.c.revision, _KILLED).label("killed"))
    .join(document, document.c.id == page.c.document)
    .join(blob, blob.c.sha256 == page.c.blob)
    .outerjoin(result, result.c.key == page.c.prepared_key)
    .where(page.c.id == bindparam("of"))
)
_DOCUMENT = (
    select(document, exists().where(page.c.document == document.c.id, page.c.open).label("has_open"))
    .add_columns(_runs(document.c.id, document.c.revision, _LOST).label("lost"))
    .where(document.c.id == bindparam("of"))
)
_FIRST_PAGES = (
    select(page.c.open, page.c.text_key, result.c.payload)
    .outerjoin(result, result.c.key == page.c.text_key)
    .where(page.c.document == bindparam("of"))
    .order_by(page.c.number)
    .limit(PAGES_DESCRIBED)
)
_LOST_FROM_INDEX = select(stage_run.c.subject, stage_run.c.revision).where(
    stage_run.c.subject.in_(bindparam("of_all", expanding=True)),
    stage_run.c.stage == Stage.INDEX.value,
    stage_run.c.outcome == "lost",
)
_KNOWN = select(result.c.payload).where(result.c.key == bindparam("of_key"))
