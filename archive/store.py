"""The store of originals: each kept once under its SHA-256, written so that a power cut loses nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import DISK_FULL, NOT_WRITABLE, ORIGINAL_MISSING, UNREADABLE, ArsipError

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
        Raises UNREADABLE, DISK_FULL, NOT_WRITABLE.
        """
        with self._copy(source) as (copy, kept):
            inspect(copy, kept)
            target = self.path(kept.sha256)
            if not target.is_file():
                with self._writing():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    copy.chmod(0o444)
                    copy.replace(target)
                    for folder in (target.parent, target.parent.parent, self.root):
                        _fsync(folder)
        return kept

    @contextmanager
    def _copy(self, source: Path) -> Iterator[tuple[Path, Kept]]:
        incoming = self.root / "incoming"
        with self._writing():
            incoming.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=incoming)
        copy = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                kept = self._pour(source, out)
            yield copy, kept
        finally:
            copy.unlink(missing_ok=True)

    def _pour(self, source: Path, out: BinaryIO) -> Kept:
        digest, size = hashlib.sha256(), 0
        try:
            handle = source.open("rb")
        except OSError:
            raise ArsipError(UNREADABLE) from None
        with handle:
            while chunk := _read(handle.fileno()):
                digest.update(chunk)
                size += len(chunk)
                with self._writing():
                    out.write(chunk)
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
