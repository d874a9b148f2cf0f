"""What the catalog remembers of a document: what it is and why, its pages, its sightings, every attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, func, select

from archive.catalog import codec
from archive.catalog.accounts import page_class
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, blob, document, page, result, sighting, stage_run
from archive.catalog.tools import IN_LIMIT
from archive.errors import ID_UNKNOWN, ArsipError, Failure
from archive.types import Description, PageClass, Stage


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as kept. Without a ``description`` it was not described; ``failure`` says why, if it failed.

    ``root`` is the folder given to the import, ``path`` the document's place in it.
    """

    document: str
    batch: str
    withdrawn: bool
    root: str
    path: str
    unit: str
    security: str
    box: str
    shelf: str
    languages: str
    description: Description | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page in its document's list. ``stage`` and ``failure`` are those of its stop, if it has one.

    ``has_text`` is true when its words are those of its current way, false when they are still to come.
    """

    page: str
    number: int
    path: str
    page_class: PageClass
    words: int
    confidence: float
    has_text: bool
    stage: Stage | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at one stage; times in seconds since the epoch, ``outcome`` "" while it is under way.

    ``told`` is what one that went well had to tell. A person who brings back a reading or replaces an image
    is in the same list: it is what happened to the page.
    """

    stage: Stage
    subject: str
    revision: int
    owner: str
    started_at: float
    ended_at: float | None
    outcome: str
    failure: Failure | None
    told: codec.Told | None = None


@dataclass(frozen=True, slots=True)
class Sighted:
    """A file in which a document was seen, in which import; the time in seconds since the epoch."""

    batch: str
    root: str
    path: str
    seen_at: float
    outcome: str


def document_of(catalog: Catalog, subject: str) -> tuple[str, str | None]:
    """The document of this id, or the document and the page. Raises ID_UNKNOWN."""
    with catalog.read() as connection:
        if connection.execute(select(document.c.id).where(document.c.id == subject)).scalar() is not None:
            return subject, None
        of: str | None = connection.execute(select(page.c.document).where(page.c.id == subject)).scalar()
    if of is None:
        raise ArsipError(ID_UNKNOWN, id=subject[:40])
    return of, subject


def entry(catalog: Catalog, subject: str) -> DocumentEntry:
    """The document of this id. Raises ID_UNKNOWN."""
    query = (
        select(document, batch.c.name, batch.c.withdrawn_at, result.c.payload)
        .join(batch, batch.c.id == document.c.batch)
        .outerjoin(result, result.c.key == document.c.description_key)
        .where(document.c.id == subject)
    )
    with catalog.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise ArsipError(ID_UNKNOWN, id=subject[:40])
    described = None if row.payload is None else codec.unpack(Stage.CLASSIFY, row.payload)
    return DocumentEntry(
        document=row.id,
        batch=row.name,
        withdrawn=row.withdrawn_at is not None,
        root=row.root,
        path=row.path,
        unit=row.unit,
        security=row.security,
        box=row.box,
        shelf=row.shelf,
        languages=row.languages,
        description=described if isinstance(described, Description) else None,
        failure=codec.failure(row.stop_cause, row.stop_details),
    )


def pages(catalog: Catalog, of_document: str) -> list[PageEntry]:
    """The pages of a document in their order."""
    query = (
        select(page, page_class().label("page_class"))
        .where(page.c.document == of_document)
        .order_by(page.c.number)
    )
    with catalog.read() as connection:
        return [_page(row) for row in connection.execute(query)]


def original_bytes(catalog: Catalog, pages: Sequence[str]) -> int:
    """The bytes of the originals of these pages; of one with several pages the share of those named."""
    share = func.sum(blob.c.size / blob.c.frames)
    total = 0
    with catalog.read() as connection:
        for start in range(0, len(pages), IN_LIMIT):
            some = page.c.id.in_(pages[start : start + IN_LIMIT])
            query = select(share).select_from(page).join(blob, blob.c.sha256 == page.c.blob).where(some)
            total += int(connection.execute(query).scalar_one() or 0)
    return total


def runs(catalog: Catalog, subjects: Sequence[str]) -> list[Run]:
    """Every attempt at these pages and documents, the oldest first."""
    found: list[Run] = []
    with catalog.read() as connection:
        for start in range(0, len(subjects), IN_LIMIT):
            some = stage_run.c.subject.in_(subjects[start : start + IN_LIMIT])
            rows = connection.execute(select(stage_run).where(some).order_by(stage_run.c.id))
            found.extend(_run(row) for row in rows)
    return sorted(found, key=lambda each: each.started_at)


def last_told() -> ScalarSelect[Any]:
    """In SQL, the details of the last run of a page that went well and had something to tell."""
    tells = (stage_run.c.subject == page.c.id, stage_run.c.cause.is_(None), stage_run.c.details.is_not(None))
    last = select(stage_run.c.details).where(*tells).order_by(stage_run.c.id.desc()).limit(1)
    return last.correlate(page).scalar_subquery()


def replaced(connection: Connection, *which: ColumnElement[bool]) -> Iterator[tuple[str, codec.Told]]:
    """What was told of each replacement of a page's image, the oldest first: the page, and what it said.

    ``which`` are conditions on the runs.
    """
    tells = (
        stage_run.c.stage == Stage.PREPROCESS,
        stage_run.c.cause.is_(None),
        stage_run.c.details.is_not(None),
    )
    query = select(stage_run.c.subject, stage_run.c.details).where(*which, *tells).order_by(stage_run.c.id)
    for subject, details in connection.execute(query):
        said = codec.told(None, details)
        if said is not None and said.decided == "replaced":
            yield subject, said


def sightings(catalog: Catalog, of_document: str) -> list[Sighted]:
    """All files in which a document was seen, the first seen first."""
    query = (
        select(sighting, batch.c.name)
        .join(batch, batch.c.id == sighting.c.batch)
        .where(sighting.c.document == of_document)
        .order_by(sighting.c.seen_at, sighting.c.id)
    )
    with catalog.read() as connection:
        return [
            Sighted(row.name, row.root, row.path, row.seen_at, row.outcome)
            for row in connection.execute(query)
        ]


def is_batch(catalog: Catalog, name: str) -> bool:
    """Whether there is a batch of this name, however its letters are written."""
    with catalog.read() as connection:
        names = connection.execute(select(batch.c.name)).scalars()
        return any(each.casefold() == name.casefold() for each in names)


def waiting(catalog: Catalog) -> int:
    """How many pages of the archive are not searchable yet."""
    still = (page_class() == PageClass.WAITING.value, batch.c.withdrawn_at.is_(None))
    query = select(func.count()).select_from(page).join(batch, batch.c.id == page.c.batch).where(*still)
    with catalog.read() as connection:
        pages: int = connection.execute(query).scalar_one()
    return pages


def classes(catalog: Catalog, page_ids: Sequence[str]) -> Counter[PageClass]:
    """How many of these pages stand where."""
    counts: Counter[PageClass] = Counter()
    with catalog.read() as connection:
        for start in range(0, len(page_ids), IN_LIMIT):
            some = page.c.id.in_(page_ids[start : start + IN_LIMIT])
            rows = connection.execute(select(page_class()).where(some)).scalars()
            counts.update(PageClass(each) for each in rows)
    return counts


def _page(row: Row[tuple[object, ...]]) -> PageEntry:
    stage = None if row.stop_stage is None else Stage(row.stop_stage)
    return PageEntry(
        page=row.id,
        number=row.number,
        path=row.path,
        page_class=PageClass(row.page_class),
        words=row.words,
        confidence=row.confidence or 0.0,
        has_text=row.text_key is not None and not row.open and stage in (None, Stage.INDEX),
        stage=stage,
        failure=codec.failure(row.stop_cause, row.stop_details),
    )


def _run(row: Row[tuple[object, ...]]) -> Run:
    return Run(
        stage=Stage(row.stage),
        subject=row.subject,
        revision=row.revision,
        owner=row.owner,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome or "",
        failure=codec.failure(row.cause, row.details),
        told=codec.told(row.cause, row.details),
    )
