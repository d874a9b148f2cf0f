"""The store of originals: each kept once under its SHA-256, written so that a power cut loses nothing."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import (
    DISK_FULL,
    NOT_WRITABLE,
    ORIGINAL_MISSING,
    STILL_WRITTEN,
    UNREADABLE,
    ArsipError,
)

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as kept: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


class Store:
    """A folder of originals by content address: ``ab/cd/abcd…``; nothing in it is ever changed or deleted."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where an original lies, whether it is there or not."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def where(self, sha256: str) -> str:
        """The path of an original as text, whether it is there or not."""
        return str(self.path(sha256))

    def locate(self, sha256: str) -> Path:
        """Where an original lies. Raises ORIGINAL_MISSING when it is not there."""
        path = self.path(sha256)
        if not path.is_file():
            raise ArsipError(ORIGINAL_MISSING, blob=sha256[:12])
        return path

    def keep(self, source: Path, inspect: Callable[[Path, Kept], None]) -> Kept:
        """Copy ``source`` into the store and make it last: copy, hash, fsync, rename, fsync of the folder.

        ``inspect`` is given the copy before it is kept and raises to refuse it; then nothing stays. When
        this returns, the original survives a power cut, and only then may the catalog speak of it.
        Raises UNREADABLE, STILL_WRITTEN, DISK_FULL, NOT_WRITABLE.
        """
        with self._copy(source) as (copy, kept):
            inspect(copy, kept)
            target = self.path(kept.sha256)
            with self._writing():
                if not target.is_file():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    copy.chmod(0o444)
                    copy.replace(target)
                # Also one that is there: who put it there may have been killed before this.
                for folder in (target.parent, *target.parent.parents[:3]):
                    _fsync(folder)
        return kept

    def sweep(self) -> int:
        """Remove the half-made copies of imports that were killed, and no others; returns how many."""
        swept = 0
        for copy in self._left_over():
            with suppress(OSError):
                copy.unlink()
                swept += 1
        return swept

    def left_over(self) -> list[Path]:
        """The half-made copies of imports that were killed."""
        return list(self._left_over())

    def folders(self) -> list[Path]:
        """What lies at the top of the store, in order, but for what is on its way in."""
        if not self.root.is_dir():
            return []
        return sorted(path for path in self.root.iterdir() if path != self._incoming)

    def put_right(self, stray: Path, sha256: str) -> bool:
        """Bring an original that lies elsewhere in the store to its place, unless there is one already."""
        target = self.path(sha256)
        with self._writing():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_file():
                return False
            stray.replace(target)
            target.chmod(0o444)
            for folder in (target.parent, *target.parent.parents[:3]):
                _fsync(folder)
        return True

    def _left_over(self) -> Iterator[Path]:
        """Half-made copies, each locked while it is looked at: refused while its maker lives."""
        for copy in self._incoming.glob("*"):
            with suppress(OSError), copy.open("rb") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield copy

    @property
    def _incoming(self) -> Path:
        return self.root / "incoming"

    @contextmanager
    def _copy(self, source: Path) -> Iterator[tuple[Path, Kept]]:
        handle, copy = self._new_copy()
        try:
            with os.fdopen(handle, "wb") as out:
                yield copy, self._pour(source, out)
        finally:
            copy.unlink(missing_ok=True)

    def _new_copy(self) -> tuple[int, Path]:
        """An empty file, locked as long as its handle is open."""
        with self._writing():
            self._incoming.mkdir(parents=True, exist_ok=True)
            while True:
                handle, name = tempfile.mkstemp(dir=self._incoming)
                fcntl.flock(handle, fcntl.LOCK_EX)
                if os.fstat(handle).st_nlink:
                    return handle, Path(name)
                os.close(handle)  # swept before it was locked

    def _pour(self, source: Path, out: BinaryIO) -> Kept:
        digest, size = hashlib.sha256(), 0
        try:
            handle = source.open("rb")
        except OSError:
            raise ArsipError(UNREADABLE) from None
        with handle:
            before = os.fstat(handle.fileno())
            while chunk := _read(handle.fileno()):
                digest.update(chunk)
                size += len(chunk)
                with self._writing():
                    out.write(chunk)
            after = os.fstat(handle.fileno())
        if (before.st_mtime_ns, size) != (after.st_mtime_ns, after.st_size):
            raise ArsipError(STILL_WRITTEN)
        with self._writing():
            out.flush()
            os.fsync(out.fileno())
        return Kept(digest.hexdigest(), size)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise ArsipError(DISK_FULL, path=str(self.root)) from None
            raise ArsipError(NOT_WRITABLE, path=str(self.root)) from None


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, _CHUNK)
    except OSError:
        raise ArsipError(UNREADABLE) from None


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
