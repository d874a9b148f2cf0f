"""The accounts of a batch: every file and every page in exactly one class, at any time (promise 2)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, and_, case, func, select, true

from archive.catalog import codec
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, document, message, page, sighting, stage_run
from archive.errors import BATCH_UNKNOWN, ArsipError, Failure, Fault
from archive.ledger.hold import Standing
from archive.ledger.hours import Hours
from archive.ledger.messages import HELD
from archive.types import HARD_TO_READ, PageClass, Stage

_FITS: dict[PageClass, ColumnElement[bool]] = {
    PageClass.STOPPED: page.c.stop_cause.is_not(None),
    PageClass.WAITING: page.c.open | (page.c.indexed_revision < page.c.revision),
    PageClass.WORDS: page.c.words > 0,
    PageClass.BLANK: page.c.blank,
    PageClass.WORDLESS: true(),
}
"""The classes of a page in SQL: it is in the first that fits."""


def page_class() -> ColumnElement[str]:
    """The class of a page in SQL."""
    return case(*((fits, each.value) for each, fits in _FITS.items()))


def _hard_to_read() -> ColumnElement[bool]:
    """Pages with words that nobody should rely on: what was tried did not help, or the engine is not sure."""
    unsure = page.c.confidence < HARD_TO_READ  # first: it is true of few
    return and_(unsure, _FITS[PageClass.WORDS], ~_FITS[PageClass.STOPPED], ~_FITS[PageClass.WAITING])


def _counts() -> list[ColumnElement[int]]:
    """How many pages are in each class, and hard to read: in one pass, which takes half as long as to group
    them."""
    fits = list(_FITS.values())
    classes = (
        func.count().filter(and_(*(~earlier for earlier in fits[:place]), each)).label(name.value)
        for place, (name, each) in enumerate(_FITS.items())
    )
    return [*classes, func.count().filter(_hard_to_read()).label("hard_to_read")]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a batch by what became of them."""

    documents: int = 0
    known: int = 0
    ignored: int = 0
    refused: int = 0

    @property
    def seen(self) -> int:
        """All files seen."""
        return self.documents + self.known + self.ignored + self.refused


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a batch by class; ``hard_to_read`` are some of those with words."""

    words: int = 0
    wordless: int = 0
    blank: int = 0
    stopped: int = 0
    waiting: int = 0
    hard_to_read: int = 0

    @property
    def total(self) -> int:
        """All pages."""
        return self.words + self.wordless + self.blank + self.stopped + self.waiting


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was refused, and why."""

    path: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Stopped:
    """A page that was set aside, at which stage and why."""

    page: str
    document: str
    path: str
    number: int
    stage: Stage
    failure: Failure


@dataclass(frozen=True, slots=True)
class HardToRead:
    """A page that stayed hard to read whatever was tried, and how sure its words are (0 to 1)."""

    page: str
    document: str
    path: str
    number: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Account:
    """The accounts of one batch.

    ``ignored_by`` counts ignored files by rule; ``roots`` are the folders and files given to its imports, but
    for files that took a page's place: imported again they would be documents. ``seconds`` is the time from
    its start to the end of the latest attempt at anything in it, 0 before any.
    """

    batch: str
    created_at: float
    withdrawn: bool
    standing: Standing
    hours: Hours | None
    files: Files
    documents: int
    pages: Pages
    ignored_by: dict[str, int] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    hard_to_read: tuple[HardToRead, ...] = ()
    """The worst first."""
    not_described: int = 0
    """Documents whose classification failed; their pages are searchable all the same."""
    roots: tuple[str, ...] = ()
    seconds: float = 0.0
    waits_for: Failure | None = None
    """Why the latest attempt at what still waits failed, if it did."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: pages known, pages past each stage, and what is left to do."""

    pages: Pages
    settled: int
    """Pages that were read, or stopped."""
    past: dict[Stage, int]
    stopped_by: dict[str, int]
    due: int
    """Messages that can be worked on now or are in somebody's hands."""
    delayed: int
    """Messages that wait for their next try."""
    delayed_by: str = ""
    """The cause of the latest failure among what waits for its next try."""
    held: int = 0
    """Messages of batches that are paused or outside their hours."""
    working: bool = False
    """Whether somebody has something in hand."""


def batch_id(catalog: Catalog, name: str) -> str:
    """The id of the batch of this name. Raises BATCH_UNKNOWN."""
    with catalog.read() as connection:
        found: str | None = connection.execute(select(batch.c.id).where(batch.c.name == name)).scalar()
    if found is None:
        raise ArsipError(BATCH_UNKNOWN, name=name)
    return found


def accounts(catalog: Catalog) -> list[Account]:
    """The accounts of all batches, the newest first, as numbers only: what failed is not listed."""
    with catalog.read() as connection:
        batches = connection.execute(select(batch).order_by(batch.c.created_at.desc())).all()
        files: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for of, outcome, count in connection.execute(
            select(sighting.c.batch, sighting.c.outcome, func.count()).group_by(
                sighting.c.batch, sighting.c.outcome
            )
        ):
            files[of][_FILES[outcome]] += count
        pages = {
            row.batch: _pages(row._mapping)
            for row in connection.execute(select(*_counts(), page.c.batch).group_by(page.c.batch))
        }
        documents = {
            row.batch: row
            for row in connection.execute(
                select(
                    document.c.batch,
                    func.count().label("all"),
                    func.count(document.c.stop_cause).label("not_described"),
                ).group_by(document.c.batch)
            )
        }
    return [
        Account(
            **_batch(row),
            files=Files(**files[row.id]),
            documents=documents[row.id].all if row.id in documents else 0,
            pages=pages.get(row.id, Pages()),
            not_described=documents[row.id].not_described if row.id in documents else 0,
        )
        for row in batches
    ]


def account(catalog: Catalog, name: str) -> Account:
    """The accounts of one batch, from one state of the catalog. Raises BATCH_UNKNOWN."""
    with catalog.read() as connection:
        row = connection.execute(
            select(batch, _ENDED.label("ended_at")).where(batch.c.name == name)
        ).one_or_none()
        if row is None:
            raise ArsipError(BATCH_UNKNOWN, name=name)
        of: str = row.id
        files = connection.execute(
            select(sighting.c.outcome, sighting.c.rule, sighting.c.root, func.count())
            .where(sighting.c.batch == of)
            .group_by(sighting.c.outcome, sighting.c.rule, sighting.c.root)
        ).all()
        pages = _pages(connection.execute(select(*_counts()).where(page.c.batch == of)).mappings().one())
        documents, not_described = connection.execute(
            select(func.count(), func.count(document.c.stop_cause)).where(document.c.batch == of)
        ).one()
        refused = _refused(connection, of) if any(row.outcome == "refused" for row in files) else ()
        stopped = _stopped(connection, of) if pages.stopped else ()
        hard_to_read = _weak(connection, of) if pages.hard_to_read else ()
        waits_for = _waits_for(connection, of) if pages.waiting else None
    counts, ignored_by = Counter[str](), Counter[str]()
    for outcome, rule, _root, count in files:
        counts[_FILES[outcome]] += count
        if outcome == "ignored":
            ignored_by[rule] += count
    return Account(
        **_batch(row),
        files=Files(**counts),
        documents=documents,
        pages=pages,
        ignored_by=dict(ignored_by),
        refused=refused,
        stopped=stopped,
        hard_to_read=hard_to_read,
        not_described=not_described,
        roots=tuple(sorted({each.root for each in files if each.outcome != "replaces"})),
        seconds=0.0 if row.ended_at is None else max(0.0, row.ended_at - row.created_at),
        waits_for=waits_for,
    )


_ENDED = select(func.max(stage_run.c.ended_at)).where(stage_run.c.batch == batch.c.id).scalar_subquery()


def _batch(row: Row[tuple[object, ...]]) -> dict[str, Any]:
    """What the row of a batch says for its account."""
    return {
        "batch": row.name,
        "created_at": row.created_at,
        "withdrawn": row.withdrawn_at is not None,
        "standing": Standing(row.priority),
        "hours": Hours.kept(row.hours),
    }


def _refused(connection: Connection, of: str) -> tuple[Refused, ...]:
    rows = connection.execute(
        select(sighting.c.path, sighting.c.cause, sighting.c.details)
        .where(sighting.c.batch == of, sighting.c.outcome == "refused")
        .order_by(sighting.c.path)
    )
    return tuple(
        Refused(row.path, failure)
        for row in rows
        if (failure := codec.failure(row.cause, row.details)) is not None
    )


def _stopped(connection: Connection, of: str) -> tuple[Stopped, ...]:
    rows = connection.execute(
        select(page)
        .where(page.c.batch == of, page.c.stop_cause.is_not(None))
        .order_by(page.c.path, page.c.number)
    )
    return tuple(
        Stopped(row.id, row.document, row.path, row.number, Stage(row.stop_stage), failure)
        for row in rows
        if (failure := codec.failure(row.stop_cause, row.stop_details)) is not None
    )


def _waits_for(connection: Connection, of: str) -> Failure | None:
    mine = and_(message.c.subject == stage_run.c.subject, message.c.stage == stage_run.c.stage)
    last = connection.execute(
        select(stage_run.c.outcome, stage_run.c.cause, stage_run.c.details)
        .join(message, mine)
        .where(message.c.batch == of, message.c.owner.is_(None), stage_run.c.ended_at.is_not(None))
        .order_by(stage_run.c.id.desc())
        .limit(1)
    ).one_or_none()
    stop = codec.failure(last.cause, last.details) if last is not None and last.outcome == "failed" else None
    # What is wrong with one page, which is tried again by itself, is not what the others wait for.
    return stop if stop is not None and stop.fault is Fault.WORLD else None


def _pages(row: RowMapping) -> Pages:
    return Pages(**{name: row[name] for name in (*PageClass, "hard_to_read")})


def _weak(connection: Connection, of: str) -> tuple[HardToRead, ...]:
    columns = (page.c.id, page.c.document, page.c.path, page.c.number, page.c.confidence)
    rows = connection.execute(
        select(*columns)
        .where(page.c.batch == of, _hard_to_read())
        .order_by(page.c.confidence, page.c.path, page.c.number)
    )
    return tuple(HardToRead(*row) for row in rows)


def progress(catalog: Catalog, of: str | None, now: float) -> Progress:
    """How far the batch with this id (or the whole archive) is at ``now``, in seconds since the epoch."""
    pages, documents, messages = (
        true() if of is None else table.c.batch == of for table in (page, document, message)
    )
    read = ~page.c.open & page.c.text_key.is_not(None)
    kind = page_class()
    with catalog.read() as connection:
        rows = connection.execute(
            select(
                kind.label("kind"),
                page.c.stop_cause,
                func.count().label("pages"),
                func.count(page.c.prepared_key).label("prepared"),
                func.sum(case((read, 1), else_=0)).label("read"),
                func.sum(case((page.c.indexed_revision > 0, 1), else_=0)).label("indexed"),
                func.sum(case((page.c.open, 0), else_=1)).label("settled"),
            )
            .where(pages)
            .group_by(kind, page.c.stop_cause)
        ).all()
        described = connection.execute(
            select(func.count()).where(documents, document.c.description_key.is_not(None))
        ).scalar_one()
        free, on_hold = message.c.owner.is_(None), message.c.priority >= HELD
        late = and_(free, ~on_hold, message.c.due > now)
        all_messages, in_hand, held, delayed = connection.execute(
            select(
                func.count(),
                func.count(message.c.owner),
                func.coalesce(func.sum(case((and_(free, on_hold), 1), else_=0)), 0),
                func.coalesce(func.sum(case((late, 1), else_=0)), 0),
            ).where(messages)
        ).one()
        cause: str | None = None
        if delayed:
            cause = connection.execute(
                select(stage_run.c.cause)
                .join(
                    message,
                    and_(message.c.subject == stage_run.c.subject, message.c.stage == stage_run.c.stage),
                )
                .where(messages, late, stage_run.c.outcome == "failed")
                .order_by(stage_run.c.id.desc())
                .limit(1)
            ).scalar()
    counts: dict[str, int] = {}
    stopped_by: dict[str, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + row.pages
        if row.stop_cause is not None:
            stopped_by[row.stop_cause] = row.pages
    return Progress(
        pages=Pages(**counts),
        settled=sum(row.settled for row in rows),
        past={
            Stage.PREPROCESS: sum(row.prepared for row in rows),
            Stage.OCR: sum(row.read for row in rows),
            Stage.CLASSIFY: described,
            Stage.INDEX: sum(row.indexed for row in rows),
        },
        stopped_by=stopped_by,
        due=all_messages - held - delayed,
        delayed=delayed,
        delayed_by=cause or "",
        held=held,
        working=in_hand > 0,
    )


_FILES = {
    "document": "documents",
    "replaces": "documents",
    "known": "known",
    "ignored": "ignored",
    "refused": "refused",
}
"""What became of a file, as a sighting has it, and where that is counted."""
