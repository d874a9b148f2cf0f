"""The generations of an embedded index: folders beside each other, and a file that says which one is in use.

The first generation lies in the index's folder itself, the others in folders named by their number. The
file ``generation`` is replaced by a rename; without it the first one is in use. Whoever writes to a
generation holds the lock in its folder, and so does whoever takes it out of use.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POINTER = "generation"
LOCK = "write.lock"
_OURS = re.compile(r"[0-9a-f]{32}\..+|meta\.json|\.managed\.json")
"""What tantivy makes, besides its lock."""


def current(place: Path) -> int:
    """The number of the generation in use. Raises ValueError where the file does not say one."""
    try:
        number = int((place / POINTER).read_bytes())
    except FileNotFoundError:
        return 1
    if number < 1:
        raise ValueError(POINTER)
    return number


def mended(place: Path) -> int:
    """The number of the generation in use; where the file does not say one, the last is taken into use."""
    try:
        return current(place)
    except ValueError:
        last = max((int(each.name) for each in place.iterdir() if _numbered(each)), default=1)
        _point(place, last)
        return last


def folder(place: Path, number: int) -> Path:
    """Where a generation lies."""
    return place if number == 1 else place / str(number)


def is_foreign(place: Path) -> bool:
    """Whether the index's folder holds what is not ours."""
    if (place / "meta.json").exists() or (place / POINTER).exists():
        return False
    return any(each.name != LOCK and each.name[0] != "." and not _numbered(each) for each in place.iterdir())


@contextmanager
def locked(place: Path, number: int | None = None) -> Iterator[Path]:
    """Alone in a generation, the one in use if none is named; gives its folder, made where there is none.

    The lock falls with the process that holds it.
    """
    while True:
        wanted = number or current(place)
        inside = folder(place, wanted)
        inside.mkdir(parents=True, exist_ok=True)
        with (inside / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if number is None and current(place) != wanted:
                continue  # another one came into use while we waited
            yield inside
            return


def use(place: Path, number: int) -> None:
    """Take a generation into use: whoever writes to the one before comes to an end first."""
    with locked(place):
        _point(place, number)


def forget(place: Path, *kept: int) -> None:
    """Remove all generations but these."""
    for each in place.iterdir():
        if _numbered(each) and int(each.name) not in kept:
            shutil.rmtree(each)
        elif 1 not in kept and _OURS.fullmatch(each.name):
            each.unlink()


def _point(place: Path, number: int) -> None:
    new = place / f".{POINTER}.{os.getpid()}"
    with new.open("w") as file:
        file.write(f"{number}\n")
        file.flush()
        os.fsync(file.fileno())
    new.rename(place / POINTER)
    opened = os.open(place, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)


def _numbered(path: Path) -> bool:
    return path.name.isdecimal() and path.is_dir()
