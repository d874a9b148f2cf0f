"""An import: walks trees, keeps originals, writes documents into the ledger, or says what it would do."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from archive.catalog import intake
from archive.catalog.connect import Catalog
from archive.catalog.intake import Aside, Batch, Leaf, NewDocument, Place, Seen
from archive.errors import UNREADABLE, ArsipError, Failure, Fault
from archive.store import Kept
from archive.types import Inspection, Source
from ingest.walk import Candidate, FoundFile, Ignored, Refused, storable, walk
from worker.look import Sheet
from worker.parts import Parts
from worker.reader import Reader
from worker.together import check_store

GROUPED_DOCUMENTS = 32
GROUPED_SECONDS = 0.5
"""Documents found within this time are written in one commit; the first ones at once."""


@dataclass(slots=True)
class Plan:
    """What an import would do: its files by what would become of them, documents, pages."""

    files: dict[str, int] = field(
        default_factory=lambda: {"documents": 0, "known": 0, "ignored": 0, "refused": 0, "already": 0}
    )
    documents: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    """The pages of the new documents."""
    ignored_by: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, Failure]] = field(default_factory=list)


class Importer:
    """Takes files into one batch. Whatever was taken in stays, however the import ends."""

    def __init__(self, parts: Parts, batch: str, place: Place, by: Literal["file", "folder"]) -> None:
        self._parts = parts
        self._batch = batch
        self._place = place
        self._by: Literal["file", "folder"] = by
        self.files = 0
        """How many files have been looked at."""
        self.elsewhere = 0
        """How many the batch has already, in a document of another unit or class, where they stay."""

    def run(self, paths: Iterable[Path], going_on: Callable[[], bool]) -> None:
        """Take in what lies under ``paths``, as long as ``going_on`` says so.

        Raises what stops it: STORE_ELSEWHERE, DISK_FULL, NOT_WRITABLE, CATALOG_LOCKED and the like. What was
        found before is written first.
        """
        check_store(self._parts)
        into = intake.open_batch(self._parts.catalog, self._batch)
        self._parts.store.sweep()
        group = _Group(self._parts.catalog, into, self._place)
        with self._parts.reader() as reader:
            try:
                for root, found in _walk_all(paths, self._by):
                    if not going_on():
                        return
                    self._take(into, group, reader, root, found)
            finally:
                group.write()

    def plan(self, paths: Iterable[Path]) -> Plan:
        """Say what ``run`` would do; nothing is written, not even an empty archive."""
        plan = Plan()
        catalog = self._parts.catalog if self._parts.database.there() else None
        into = intake.batch_there(catalog, self._batch) if catalog else None
        seen_now: set[str] = set()
        with self._parts.reader() as reader:
            for root, found in _walk_all(paths, self._by):
                self._plan(plan, catalog, into, reader, root, found, seen_now)
        return plan

    def _take(
        self, into: Batch, group: _Group, reader: Reader, root: str, found: Candidate | Ignored | Refused
    ) -> None:
        if not isinstance(found, Candidate):
            self.files += 1
            group.aside(_aside(root, found))
            return
        self.files += len(found.files)
        seen = {file: Seen(root, file.path, file.size, file.mtime_ns) for file in found.files}
        there = intake.accounted(self._parts.catalog, into, seen.values())
        if len(there) == len(seen):
            self.elsewhere += sum(not each.fits(self._place) for each in there.values())
            return
        leaves = []
        for file in found.files:
            known = there.get(seen[file])
            try:
                leaves.append(self._leaf(reader, file, seen[file], known.sha256 if known else None))
            except ArsipError as error:
                if error.failure.fault is Fault.WORLD:
                    raise
                group.aside(Aside(seen[file], failure=error.failure))
        if leaves:
            group.document(NewDocument(found.path, tuple(leaves)))

    def _leaf(self, reader: Reader, file: FoundFile, seen: Seen, sha256: str | None) -> Leaf:
        catalog = self._parts.catalog
        if sha256 is not None and (known := intake.known_blob(catalog, sha256)) is not None:
            return Leaf(seen, sha256, seen.size, *known)
        found: list[Inspection] = []

        def inspect(copy: Path, kept: Kept) -> None:
            known = intake.known_blob(catalog, kept.sha256)
            found.append(Inspection(*known) if known else self._inspect(reader, copy, file))

        kept = self._parts.store.keep(file.absolute, inspect)
        return Leaf(seen, kept.sha256, kept.size, found[0].media_type, found[0].frames)

    def _inspect(self, reader: Reader, path: Path, file: FoundFile) -> Inspection:
        return reader.inspect(str(path), file.path, self._parts.settings.preprocess)

    def _plan(
        self,
        plan: Plan,
        catalog: Catalog | None,
        into: Batch | None,
        reader: Reader,
        root: str,
        found: Candidate | Ignored | Refused,
        seen_now: set[str],
    ) -> None:
        if isinstance(found, Ignored):
            plan.files["ignored"] += 1
            plan.ignored_by[found.rule] = plan.ignored_by.get(found.rule, 0) + 1
            return
        if isinstance(found, Refused):
            plan.files["refused"] += 1
            plan.refused.append((found.path, found.failure))
            return
        seen = {file: Seen(root, file.path, file.size, file.mtime_ns) for file in found.files}
        if catalog and into and len(intake.accounted(catalog, into, seen.values())) == len(seen):
            plan.files["already"] += len(seen)
            return
        leaves: list[Leaf] = []
        sheets: list[Sheet] = []
        for file in found.files:
            try:
                inspected = self._inspect(reader, file.absolute, file)
                kind, frames = inspected.media_type, inspected.frames
                leaves.append(Leaf(seen[file], _sha256(file.absolute), file.size, kind, frames))
                sheets += _sheets(f"{root}/{found.path}", len(sheets), file, inspected)
            except ArsipError as error:
                plan.files["refused"] += 1
                plan.refused.append((file.path, error.failure))
        if not leaves:
            return
        mark = intake.fingerprint(leaves, self._place)
        if mark in seen_now or (catalog and intake.is_known(catalog, mark)):
            plan.files["known"] += len(leaves)
            return
        seen_now.add(mark)
        plan.files["documents"] += len(leaves)
        plan.documents += 1
        plan.sheets += sheets


class _Group:
    """Documents and files set aside that are written in one commit."""

    def __init__(self, catalog: Catalog, into: Batch, place: Place) -> None:
        self._catalog, self._into, self._place = catalog, into, place
        self._documents: list[NewDocument] = []
        self._asides: list[Aside] = []
        self._written_at = 0.0

    def document(self, new: NewDocument) -> None:
        self._documents.append(new)
        self._write_when_due()

    def aside(self, aside: Aside) -> None:
        self._asides.append(aside)
        self._write_when_due()

    def _write_when_due(self) -> None:
        waited = time.monotonic() - self._written_at
        if len(self._documents) >= GROUPED_DOCUMENTS or waited >= GROUPED_SECONDS:
            self.write()

    def write(self) -> None:
        if self._documents or self._asides:
            intake.take_in(self._catalog, self._into, self._place, self._documents, self._asides)
            self._documents, self._asides = [], []
        self._written_at = time.monotonic()


def _walk_all(
    paths: Iterable[Path], by: Literal["file", "folder"]
) -> Iterator[tuple[str, Candidate | Ignored | Refused]]:
    for path in paths:
        root = storable(str(path.absolute()))
        for found in walk(path, by):
            yield root, found


def _sheets(document: str, before: int, file: FoundFile, inspected: Inspection) -> Iterator[Sheet]:
    """The pages of a file, of whose document some were met before."""
    for frame in range(inspected.frames):
        source = Source(str(file.absolute), "", inspected.media_type, frame)
        yield Sheet(document, before + frame + 1, file.path, source)


def _aside(root: str, found: Ignored | Refused) -> Aside:
    seen = Seen(root, found.path, 0, 0)
    if isinstance(found, Ignored):
        return Aside(seen, rule=found.rule)
    return Aside(seen, failure=found.failure)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise ArsipError(UNREADABLE) from None
