"""What an import writes: batches, sightings of files, documents as ordered lists of pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection, Row, case, select, update

from archive import ids
from archive.catalog import codec, history
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, blob, document, page, sighting, stage_run
from archive.catalog.tools import IN_LIMIT, insert
from archive.errors import BATCH_WITHDRAWN, ArsipError, Failure
from archive.ledger.messages import DEFAULT_PRIORITY, Post, put
from archive.types import SecurityClass, Stage


@dataclass(frozen=True, slots=True)
class Place:
    """What is the document's from the start: unit pengolah, security class, box, shelf, languages."""

    unit: str = ""
    security: SecurityClass = SecurityClass.BIASA
    box: str = ""
    shelf: str = ""
    languages: str = "ind+eng"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was seen: the folder given to the import, the path in it, size and time of change."""

    root: str
    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file that goes into a document: as seen, and kept under its SHA-256 with so many frames."""

    seen: Seen
    sha256: str
    size: int
    media_type: str
    frames: int


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as found: its path in the folder given to the import, and its files in order."""

    path: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that went into no document: ignored by a named rule, or refused with a failure."""

    seen: Seen
    rule: str = ""
    failure: Failure | None = None


_Frame = tuple[str, int, str]
"""Blob, frame, path of the file."""


class Accounted(NamedTuple):
    """A file that a batch has: the SHA-256 of what was kept, and its document's unit and class.

    All are ``None`` for one that was ignored.
    """

    sha256: str | None
    unit: str | None
    security: str | None

    def fits(self, place: Place) -> bool:
        """Whether it is where an import with this place would put it."""
        return self.unit is None or (self.unit, self.security) == (place.unit, place.security.value)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as kept."""

    id: str
    name: str
    priority: int


def open_batch(catalog: Catalog, name: str) -> Batch:
    """The batch of this name, made where there is none. Raises BATCH_WITHDRAWN."""
    found = batch_there(catalog, name)
    if found is None:
        new = {"id": ids.new("b"), "name": name, "priority": DEFAULT_PRIORITY, "created_at": catalog.now()}
        with catalog.write() as connection:
            connection.execute(insert(connection, batch).values(**new).on_conflict_do_nothing())
        found = batch_there(catalog, name)
    assert found is not None
    return found


def batch_there(catalog: Catalog, name: str) -> Batch | None:
    """The batch of this name, if there is one. Raises BATCH_WITHDRAWN."""
    with catalog.read() as connection:
        row = connection.execute(select(batch).where(batch.c.name == name)).one_or_none()
    if row is None:
        return None
    if row.withdrawn_at is not None:
        raise ArsipError(BATCH_WITHDRAWN, name=name)
    return Batch(row.id, row.name, row.priority)


def accounted(catalog: Catalog, of: Batch, files: Iterable[Seen]) -> dict[Seen, Accounted]:
    """Which of these files the batch accounts for already, unchanged.

    What was refused is looked at again: its permissions may have been mended.
    """
    found: dict[Seen, Accounted] = {}
    with catalog.read() as connection:
        for seen in files:
            row = _sighting(connection, of, seen)
            same = row is not None and (row.size, row.mtime_ns) == (seen.size, seen.mtime_ns)
            if row is not None and same and row.outcome != "refused":
                found[seen] = Accounted(row.blob, row.unit, row.security)
    return found


def is_known(catalog: Catalog, mark: str) -> bool:
    """Whether a document with this fingerprint is in the archive, in a batch that is not withdrawn."""
    with catalog.read() as connection:
        return _document_known(connection, mark) is not None


def known_blob(catalog: Catalog, sha256: str) -> tuple[str, int] | None:
    """Media type and number of frames of an original that is kept already."""
    with catalog.read() as connection:
        row = connection.execute(
            select(blob.c.media_type, blob.c.frames).where(blob.c.sha256 == sha256)
        ).one_or_none()
    return None if row is None else (row.media_type, row.frames)


def take_in(
    catalog: Catalog, into: Batch, place: Place, documents: Sequence[NewDocument], asides: Sequence[Aside]
) -> None:
    """Write documents with their pages, sightings and first messages, all in one commit.

    A document whose ordered list of pages is already known in the same unit and class, in a batch that
    is not withdrawn, becomes a sighting. A document at a path that the batch has already in the same unit
    and class (its folder was imported before and has new files now) is given the new pages, in the order
    of the folder.
    """

    def do(connection: Connection) -> None:
        now = catalog.now()
        alone = _alone(connection, into, documents)
        for aside in asides:
            see(
                connection,
                alone,
                aside.seen,
                now,
                outcome="ignored" if aside.failure is None else "refused",
                rule=aside.rule or None,
                cause=None if aside.failure is None else aside.failure.cause,
                details=None if aside.failure is None else codec.details(aside.failure),
            )
        for new in documents:
            _take_document(connection, alone, place, new, now)

    catalog.transact(do)


def _alone(connection: Connection, into: Batch, documents: Sequence[NewDocument]) -> Batch:
    """The batch as it is now, and nobody else who takes in anything for it, or one of these documents.

    Documents that are the same begin with the same original: its row is locked, so that the second of two
    imports finds what the first has made. The batch may have been paused since the import began.
    """
    priority = connection.execute(
        select(batch.c.priority).where(batch.c.id == into.id).with_for_update(key_share=True)
    ).scalar_one()
    kept = {
        leaf.sha256: {
            "sha256": leaf.sha256,
            "size": leaf.size,
            "media_type": leaf.media_type,
            "frames": leaf.frames,
        }
        for new in documents
        for leaf in new.leaves
    }
    if kept:
        in_order = [kept[sha256] for sha256 in sorted(kept)]
        connection.execute(insert(connection, blob).on_conflict_do_nothing(), in_order)
    for start in range(0, len(documents), IN_LIMIT):
        first = [new.leaves[0].sha256 for new in documents[start : start + IN_LIMIT]]
        connection.execute(
            select(blob.c.sha256)
            .where(blob.c.sha256.in_(first))
            .order_by(blob.c.sha256)
            .with_for_update(key_share=True)
        )
    return replace(into, priority=priority)


def fingerprint(leaves: Sequence[Leaf], place: Place) -> str:
    """What makes a document the same document: its ordered (blob, frame) list, its unit and its class."""
    return _fingerprint([(leaf.sha256, frame) for leaf in leaves for frame in range(leaf.frames)], place)


def _fingerprint(frames: Sequence[tuple[str, int]], place: Place) -> str:
    lines = [place.unit, place.security.value, *(f"{sha256}:{frame}" for sha256, frame in frames)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _take_document(connection: Connection, into: Batch, place: Place, new: NewDocument, now: float) -> None:
    mark = fingerprint(new.leaves, place)
    here = _document_at(connection, into, place, new)
    known = None if here is not None else _document_known(connection, mark)
    outcome = "document"
    if here is not None:
        subject = here.id
        if here.fingerprint != mark:
            _place_pages(connection, into, subject, new)
    elif known is not None:
        subject, outcome = known, "known"
    else:
        subject = _new_document(connection, into, place, new)
        _place_pages(connection, into, subject, new)
    connection.execute(
        update(document)
        .where(document.c.id == subject, document.c.fingerprint != mark)
        .values(fingerprint=mark)
    )
    for leaf in new.leaves:
        see(connection, into, leaf.seen, now, outcome=outcome, document=subject, blob=leaf.sha256)


def _document_known(connection: Connection, mark: str) -> str | None:
    """A document with the same fingerprint whose batch is not withdrawn: the oldest."""
    found: str | None = connection.execute(
        select(document.c.id)
        .join(batch, batch.c.id == document.c.batch)
        .where(document.c.fingerprint == mark, batch.c.withdrawn_at.is_(None))
        .order_by(document.c.id)
        .limit(1)
    ).scalar()
    return found


def _document_at(
    connection: Connection, into: Batch, place: Place, new: NewDocument
) -> Row[tuple[object, ...]] | None:
    """The document this batch has at the same path, if all its pages are still among the new one's.

    A file that was replaced by another one is a new document: the old one is kept. So is one that comes
    in another unit or class: pages that are said to be secret must not join those that all may see.
    """
    here = connection.execute(
        select(document)
        .where(
            document.c.batch == into.id,
            document.c.root == new.leaves[0].seen.root,
            document.c.path == new.path,
            document.c.unit == place.unit,
            document.c.security == place.security.value,
        )
        .order_by(document.c.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if here is None:
        return None
    frames = {place for place, _number in _frames(new)}
    return here if all(shown & frames for shown in _pages_of(connection, here.id).values()) else None


def _frames(new: NewDocument) -> list[tuple[_Frame, int]]:
    """The pages of a document as (blob, frame, path of the file), each with its number."""
    places = [(leaf.sha256, frame, leaf.seen.path) for leaf in new.leaves for frame in range(leaf.frames)]
    return [(place, number) for number, place in enumerate(places, 1)]


def _pages_of(connection: Connection, of_document: str) -> dict[str, set[_Frame]]:
    """The pages of a document by id, each with what it shows, and showed before a rescan took its place."""
    its = page.c.document == of_document
    rows = connection.execute(select(page.c.blob, page.c.frame, page.c.path, page.c.id).where(its)).all()
    shown = {row.id: {(row.blob, row.frame, row.path)} for row in rows}
    if not rows:  # a new document: nothing of it was ever replaced
        return shown
    path = {row.id: row.path for row in rows}
    of_pages = stage_run.c.subject.in_(select(page.c.id).where(its))
    for subject, said in history.replaced(connection, of_pages):
        shown[subject].add((said.blob, said.frame, path[subject]))
    return shown


def _new_document(connection: Connection, into: Batch, place: Place, new: NewDocument) -> str:
    subject = ids.new("d")
    connection.execute(
        insert(connection, document).values(
            id=subject,
            batch=into.id,
            root=new.leaves[0].seen.root,
            path=new.path,
            fingerprint="",
            languages=place.languages,
            unit=place.unit,
            security=place.security.value,
            box=place.box,
            shelf=place.shelf,
            revision=0,
        )
    )
    return subject


def _place_pages(connection: Connection, into: Batch, subject: str, new: NewDocument) -> None:
    """Make the document's list of pages the new one: pages that it has keep their ids and results."""
    have = {frame: each for each, shown in _pages_of(connection, subject).items() for frame in shown}
    posts, pages = [], []
    for (sha256, frame, path), number in _frames(new):
        there = have.get((sha256, frame, path))
        if there is not None:
            if _moved(connection, there, number):
                posts.append(Post(Stage.INDEX, there, into.id, into.priority, number))
            continue
        new_id = ids.new("p")
        row = {"id": new_id, "document": subject, "number": number, "batch": into.id}
        pages.append(row | {"blob": sha256, "frame": frame, "path": path} | _UNREAD)
        posts.append(Post(Stage.PREPROCESS, new_id, into.id, into.priority, number))
    if pages:
        connection.execute(insert(connection, page), pages)
    put(connection, posts)


_UNREAD = {"revision": 1, "indexed_revision": 0, "open": True, "blank": False, "words": 0}


def _moved(connection: Connection, page_id: str, number: int) -> bool:
    """Give a page its number in the list; returns whether it must be indexed again for it."""
    is_open = connection.execute(
        update(page)
        .where(page.c.id == page_id, page.c.number != number)
        .values(number=number, revision=page.c.revision + case((page.c.open, 0), else_=1))
        .returning(page.c.open)
    ).scalar()
    return is_open is False


def _sighting(connection: Connection, of: Batch, seen: Seen) -> Row[tuple[object, ...]] | None:
    return connection.execute(
        select(sighting, document.c.unit, document.c.security)
        .outerjoin(document, document.c.id == sighting.c.document)
        .where(sighting.c.batch == of.id, sighting.c.root == seen.root, sighting.c.path == seen.path)
    ).one_or_none()


def see(
    connection: Connection, in_batch: Batch, seen: Seen, now: float, outcome: str, **columns: object
) -> None:
    """Account for a file, once: a second look at the same path replaces what was said before."""
    said = {"rule": None, "cause": None, "details": None, "document": None, "blob": None} | columns
    said |= {"size": seen.size, "mtime_ns": seen.mtime_ns, "seen_at": now, "outcome": outcome}
    connection.execute(
        insert(connection, sighting)
        .values(batch=in_batch.id, root=seen.root, path=seen.path, **said)
        .on_conflict_do_update(index_elements=["batch", "root", "path"], set_=said)
    )
