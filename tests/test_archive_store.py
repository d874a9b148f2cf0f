"""The store of originals: kept once, whole or not at all, by content."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import DAMAGED_FILE, ArsipError
from archive.store import Kept, Store


def accept(_copy: Path, _kept: Kept) -> None:
    """Any file is welcome."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "originals")


def left(store: Store) -> list[str]:
    """The names of all files in the store."""
    return sorted(path.name for path in store.root.rglob("*") if path.is_file())


def test_a_file_is_kept_under_its_hash_and_cannot_be_changed(tmp_path: Path, store: Store) -> None:
    (tmp_path / "a").write_bytes(b"isi" * 1_000_000)
    kept = store.keep(tmp_path / "a", accept)
    assert kept == Kept(hashlib.sha256(b"isi" * 1_000_000).hexdigest(), 3_000_000)
    assert store.locate(kept.sha256).read_bytes() == b"isi" * 1_000_000
    assert store.locate(kept.sha256).stat().st_mode & 0o222 == 0


def test_the_same_content_is_kept_once(tmp_path: Path, store: Store) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"isi")
        kept = store.keep(tmp_path / name, accept)
    assert left(store) == [kept.sha256]


def test_what_is_refused_leaves_nothing(tmp_path: Path, store: Store) -> None:
    (tmp_path / "a").write_bytes(b"rusak")

    def refuse(copy: Path, kept: Kept) -> None:
        assert copy.read_bytes() == b"rusak"
        assert kept.size == 5
        raise ArsipError(DAMAGED_FILE)

    with pytest.raises(ArsipError, match="damaged-file"):
        store.keep(tmp_path / "a", refuse)
    assert left(store) == []


def test_the_order_of_writing_survives_a_power_cut(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data first, then the name, then the folder: any other order can leave a name without data."""
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def traced_fsync(handle: int) -> None:
        order.append("folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "data")
        fsync(handle)

    def traced_replace(source: Path, target: Path) -> Path:
        order.append("rename")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", traced_fsync)
    monkeypatch.setattr(Path, "replace", traced_replace)
    (tmp_path / "a").write_bytes(b"isi")
    store.keep(tmp_path / "a", accept)
    assert order[:3] == ["data", "rename", "folder"]
    assert set(order[2:]) == {"folder"}


def test_a_missing_file_is_unreadable_and_a_missing_original_is_told(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ArsipError, match="unreadable-file"):
        store.keep(tmp_path / "tiada", accept)
    with pytest.raises(ArsipError, match="original-missing"):
        store.locate("0" * 64)


def test_a_file_that_is_still_written_is_not_kept(tmp_path: Path, store: Store) -> None:
    """A scanner writes into the shared folder: half a page would be kept as the original."""
    source = tmp_path / "a"
    source.write_bytes(b"isi" * 1_000_000)
    read = os.read

    def written_meanwhile(handle: int, size: int) -> bytes:
        chunk = read(handle, size)
        if not chunk:
            with source.open("ab") as scanner:
                scanner.write(b"lagi")
        return chunk

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "read", written_meanwhile)
        with pytest.raises(ArsipError, match="still-written"):
            store.keep(source, accept)
    assert left(store) == []
    store.keep(source, accept)


def test_copies_of_imports_that_were_killed_are_swept_and_no_others(tmp_path: Path, store: Store) -> None:
    (tmp_path / "a").write_bytes(b"isi")
    program = (
        "import os, sys; from pathlib import Path; from archive.store import Store; "
        "Store(Path(sys.argv[1])).keep(Path(sys.argv[2]), lambda *_: os.kill(os.getpid(), 9))"
    )
    command = [sys.executable, "-c", program, str(store.root), str(tmp_path / "a")]
    assert subprocess.run(command, cwd=Path(__file__).parents[1], check=False).returncode == -9
    assert len(left(store)) == 1

    def another_import_starts(_copy: Path, _kept: Kept) -> None:
        assert len(left(store)) == 2
        Store(store.root).sweep()
        assert len(left(store)) == 1

    kept = store.keep(tmp_path / "a", another_import_starts)
    assert left(store) == [kept.sha256]


def test_an_original_that_was_put_there_by_one_who_was_killed_survives_a_power_cut_too(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"isi")
    target = store.path(store.keep(tmp_path / "a", accept).sha256)
    synced: list[Path] = []
    fsync = os.fsync

    def traced(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").resolve())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", traced)
    store.keep(tmp_path / "a", accept)
    assert target.parent in synced
