"""A file that takes the place of one page: looked at and kept as in an import, and then the page's image."""

from __future__ import annotations

from pathlib import Path

from archive.catalog import rescan
from archive.catalog.intake import Leaf, Seen, known_blob
from archive.catalog.rescan import Replacing
from archive.errors import UNSUPPORTED, ArsipError
from archive.store import Kept
from archive.types import Inspection
from ingest.walk import FoundFile, Ignored, Refused, storable, walk
from worker.originals import sha256_of
from worker.parts import Parts
from worker.together import check_store


def plan(parts: Parts, path: Path, page: str) -> Replacing:
    """Say what ``replace`` would do, and change nothing. Raises as it does."""
    file, seen = _found(path)
    leaf = _leaf(parts, file, seen, Kept(sha256_of(file.absolute), file.size), file.absolute)
    return rescan.replacing(parts.catalog, page, leaf)


def replace(parts: Parts, path: Path, page: str) -> Replacing:
    """Keep a file as an original and have a page show it; whatever is refused is not kept.

    Raises PATH_MISSING, PAGE_UNKNOWN, BATCH_WITHDRAWN, SEVERAL_PAGES, what an import refuses the file with,
    and what stops an import: STORE_ELSEWHERE, DISK_FULL, NOT_WRITABLE and the like.
    """
    check_store(parts)
    file, seen = _found(path)
    leaves: list[Leaf] = []

    def inspect(copy: Path, kept: Kept) -> None:
        leaves.append(_leaf(parts, file, seen, kept, copy))
        rescan.replacing(parts.catalog, page, leaves[0])  # refuses what may not be kept

    parts.store.keep(file.absolute, inspect)
    return rescan.replace_image(parts.catalog, page, leaves[0])


def _found(path: Path) -> tuple[FoundFile, Seen]:
    (found,) = walk(path, "file")
    if isinstance(found, Refused):
        raise ArsipError.of(found.failure)
    if isinstance(found, Ignored):
        raise ArsipError(UNSUPPORTED, format=path.suffix or found.rule)
    (file,) = found.files
    return file, Seen(storable(str(path.absolute())), file.path, file.size, file.mtime_ns)


def _leaf(parts: Parts, file: FoundFile, seen: Seen, kept: Kept, lies: Path) -> Leaf:
    """The file as something that a document is made of; it is inspected unless it is known."""
    known = known_blob(parts.catalog, kept.sha256)
    if known is None:
        with parts.reader() as reader:
            inspected = reader.inspect(str(lies), file.path, parts.settings.preprocess)
    else:
        inspected = Inspection(*known)
    return Leaf(seen, kept.sha256, kept.size, inspected.media_type, inspected.frames)
