"""Files and catalog side by side: every original in its place, as it came, and nothing else there."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from archive.catalog.connect import Catalog
from archive.catalog.contradictions import originals_between
from archive.catalog.intake import known_blob
from archive.store import Store

YOUNG_SECONDS = 600.0
"""A file younger than this may belong to an import that has not written it into the catalog yet."""
DIGITS = "0123456789abcdef"
PREFIXES = tuple(one + two for one in DIGITS for two in DIGITS)

Kind = Literal["missing", "changed", "misplaced", "unknown"]
Looked = Callable[[int], None]
"""Is told of each lot of originals that was looked at, and how many it were."""


class Stray(NamedTuple):
    """An original or a file that is not as it should be; ``sha256`` is "" for a file nobody knows."""

    kind: Kind
    sha256: str
    path: Path


def strays(catalog: Catalog, store: Store, reads: bool, looked: Looked) -> Iterator[Stray]:
    """Everything in the store that differs from the catalog; ``reads`` has each original read to its end.

    The files are listed before the catalog is asked: what an import keeps meanwhile is known by then, or
    young.
    """
    missing: set[str] = set()
    elsewhere: list[Path] = []
    tops = {path.name: path for path in store.folders()}
    for prefix in PREFIXES:
        files: dict[str, int] = {}
        for path, size in _files(tops.pop(prefix, None)):
            if path == store.path(path.name):
                files[path.name] = size
            else:
                elsewhere.append(path)
        known = originals_between(catalog, prefix, prefix + "g")
        for sha256, size in known.items():
            kind = compared(store, sha256, size, reads=reads, found=files.get(sha256))
            if kind == "missing":
                missing.add(sha256)
            elif kind is not None:
                yield Stray(kind, sha256, store.path(sha256))
        nobodys = (store.path(name) for name in files if name not in known)
        yield from (Stray("unknown", "", path) for path in nobodys if not _young(path))
        looked(len(known))
    for top in tops.values():
        elsewhere += [path for path, _size in _files(top)]
    yield from _elsewhere(catalog, missing, elsewhere)
    yield from _missing(store, missing)


def searched(catalog: Catalog, store: Store, missing: set[str]) -> Iterator[Stray]:
    """Originals that are not in their places: where each of them lies instead, or that it is missing."""
    files = (path for top in store.folders() for path, _size in _files(top))
    elsewhere = [path for path in files if path != store.path(path.name)]
    strays = _elsewhere(catalog, missing, elsewhere)
    yield from (stray for stray in strays if stray.kind == "misplaced")
    yield from _missing(store, missing)


def compared(
    store: Store, sha256: str, size: int, *, reads: bool, found: int | None = None
) -> Literal["missing", "changed"] | None:
    """What is wrong with one original, if anything is; ``found`` is its size, if that is known already."""
    path = store.path(sha256)
    if found is None:  # or it has come since the files were listed
        try:
            found = path.stat().st_size
        except OSError:
            return "missing"
    return "changed" if found != size or (reads and sha256_of(path) != sha256) else None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex, "" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _elsewhere(catalog: Catalog, missing: set[str], elsewhere: list[Path]) -> Iterator[Stray]:
    """Files that lie where no original does: some may be what is missing elsewhere."""
    for path in elsewhere:
        sha256 = "" if path.is_symlink() else sha256_of(path)
        if sha256 in missing:
            missing.discard(sha256)
            yield Stray("misplaced", sha256, path)
        else:
            yield Stray("unknown", sha256 if known_blob(catalog, sha256) else "", path)


def _missing(store: Store, missing: set[str]) -> Iterator[Stray]:
    return (Stray("missing", sha256, store.path(sha256)) for sha256 in sorted(missing))


def _files(top: Path | None) -> Iterator[tuple[Path, int]]:
    """All files at and below a path, with their sizes in bytes."""
    if top is None:
        return
    if not top.is_dir():
        yield top, 0
        return
    for folder, _folders, names in os.walk(top):
        for name in names:
            path = Path(folder, name)
            with suppress(OSError):  # it went while we looked, or is a link to nowhere
                yield path, path.stat().st_size


def _young(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < YOUNG_SECONDS
    except OSError:
        return True
