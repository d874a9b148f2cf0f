"""Walk a tree of files: each is a candidate document, ignored by a named rule, or refused with a cause."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

from archive.errors import (
    PATH_MISSING,
    PATH_TOO_LONG,
    UNREADABLE,
    UNSUPPORTED,
    ArsipError,
    Cause,
    Detail,
    Failure,
)
from ingest.kinds import EXTENSIONS, HEAD, UNREAD_IMAGES, sniff

UNKNOWN_KIND = "unknown-kind"
"""The rule for a file whose name says nothing and whose content is nothing that is read."""

HIDDEN_FOLDER = "hidden-folder"
"""The rule for a folder that a program or a NAS box keeps for itself; it is not entered."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file: where it opens, its path below the root (POSIX, storable as UTF-8), its size in bytes."""

    absolute: Path
    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may become a document: one file, or all page images of one folder in their order."""

    path: str
    files: tuple[FoundFile, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that is no document, and the rule that says so."""

    path: str
    rule: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or folder that is known to be wrong without reading it."""

    path: str
    failure: Failure


LONGEST_ROOT, LONGEST_PATH = 1000, 1500
"""In bytes, of the folder given and of a path below it: PostgreSQL indexes no more than 2,704 together."""

Found = Candidate | Ignored | Refused
_By = Literal["file", "folder"]


def walk(root: Path, by: _By) -> Iterator[Found]:
    """All that lies below ``root``, folder by folder, in natural order (page2 before page10).

    ``by="file"``: each file is a candidate. ``by="folder"``: the images directly in one folder are the pages
    of one candidate that has the folder's path ("." for the root), and each PDF is its own. No more than one
    folder is held in memory. A root that is a file is one candidate. Symbolic links are followed to files
    inside the tree only: a link to elsewhere would let one folder pull in another's secrets, a link to a
    folder would count it twice. Raises ArsipError PATH_MISSING, PATH_TOO_LONG.
    """
    if too_long := _too_long(storable(str(root)), LONGEST_ROOT):
        raise ArsipError(PATH_TOO_LONG, **too_long.details)
    for found in _walk(root, by):
        yield from _told_apart(found)


def _walk(root: Path, by: _By) -> Iterator[Found]:
    root = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would replace a link by its target
    if not os.path.lexists(root):
        raise ArsipError(PATH_MISSING, path=storable(str(root)))
    real = root.resolve()
    if not root.is_dir():
        # Whoever names one file means it, wherever the link leads.
        yield from _found([_look(root, real.parent, storable(root.name))], "", "file")
        return
    waiting = [(root, "")]
    while waiting:
        folder, path = waiting.pop()
        files: list[_Looked | Ignored | Refused] = []
        folders: list[tuple[Path, str]] = []
        for entry, below in _listed(folder, path):
            if isinstance(entry, Refused):
                files.append(entry)
            elif _is_folder(entry):
                folders.append((Path(entry.path), below))
            else:
                files.append(_look(Path(entry.path), real, below))
        yield from _found(files, path, by)
        for inner, below in folders:
            if inner.name.startswith((".", "@")):
                yield Ignored(below, HIDDEN_FOLDER)
        waiting += [each for each in reversed(folders) if not each[0].name.startswith((".", "@"))]


def _told_apart(found: Found) -> Iterator[Found]:
    """The same, without the files whose path is too long to be kept: they are refused, with a shorter one."""
    if not isinstance(found, Candidate):
        yield replace(found, path=_shortened(found.path))
        return
    kept = []
    for file in found.files:
        if too_long := _too_long(file.path, LONGEST_PATH):
            yield Refused(_shortened(file.path), too_long)
        else:
            kept.append(file)
    if kept:
        yield Candidate(found.path, tuple(kept))


def _too_long(path: str, limit: int) -> Failure | None:
    length = len(path.encode())
    return Failure(PATH_TOO_LONG.code, {"bytes": length, "limit": limit}) if length > limit else None


def _shortened(path: str) -> str:
    """A path as it is, or the begin and the end of a long one, with what tells it from others in between."""
    encoded = path.encode()
    if len(encoded) <= LONGEST_PATH:
        return path
    begin, end = encoded[:300].decode("utf-8", "ignore"), PurePosixPath(path).name
    return f"{begin}…{hashlib.sha256(encoded).hexdigest()[:12]}…/{end}"


def storable(name: str) -> str:
    """A name that can be kept as UTF-8; a byte that is none is shown as its number, such as ``\\xe9``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """The key that sorts page2 before page10, whatever the case of the letters; ties by the name itself."""
    parts = re.split(r"(\d+)", name.casefold())
    return [_digits(part) if odd % 2 else (0, part) for odd, part in enumerate(parts)], name


def _digits(part: str) -> tuple[int, str]:
    """A number as its length and its digits: int() refuses numbers of 5,000 digits."""
    significant = part.lstrip("0")
    return len(significant), significant


def _listed(folder: Path, path: str) -> Iterator[tuple[os.DirEntry[str] | Refused, str]]:
    """The entries of a folder in natural order, each with its path below the root."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: natural(entry.name))
    except OSError:
        yield _refused(path or ".", UNREADABLE), path
        return
    for entry in inside:
        yield entry, f"{path}/{storable(entry.name)}" if path else storable(entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file that may be a document, and what it is as far as its first bytes or else its name tell."""

    file: FoundFile
    media_type: str


def _found(looked: list[_Looked | Ignored | Refused], folder: str, by: _By) -> Iterator[Found]:
    """What the files of one folder are together."""
    pages = []
    for each in looked:
        if not isinstance(each, _Looked):
            yield each
        elif by == "folder" and each.media_type != "application/pdf":
            pages.append(each.file)
        else:
            yield Candidate(each.file.path, (each.file,))
    if pages:
        yield Candidate(folder or ".", tuple(pages))


def _look(file: Path, root: Path, path: str) -> _Looked | Ignored | Refused:
    """What one entry is that is no folder. Nothing but its first bytes is read."""
    rule = ignored_by(file.name)
    if rule:
        return Ignored(path, rule)
    if file.is_symlink() and not _leads_to_file(file, root):
        return _refused(path, UNSUPPORTED, format="symbolic link")
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return _refused(path, UNSUPPORTED, format=_special(status.st_mode))
        with file.open("rb", buffering=0) as opened:
            head = opened.read(HEAD)
    except OSError:
        return _refused(path, UNREADABLE)
    extension = file.suffix.lower()
    media_type = sniff(head) or next((kind for kind, names in EXTENSIONS.items() if extension in names), None)
    if media_type:
        return _Looked(FoundFile(file, path, status.st_size, status.st_mtime_ns), media_type)
    if extension in UNREAD_IMAGES:
        return _refused(path, UNSUPPORTED, format=extension.lstrip("."))
    return Ignored(path, UNKNOWN_KIND)


def _leads_to_file(link: Path, root: Path) -> bool:
    """Whether a symbolic link ends at a file inside the tree: not elsewhere, nowhere, or at a folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a loop, until Python 3.12
        return False
    return target.is_relative_to(root) and not target.is_dir()


def _special(mode: int) -> str:
    kinds = {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
    return kinds.get(stat.S_IFMT(mode), "special file")


def _refused(path: str, cause: Cause, **details: Detail) -> Refused:
    return Refused(path, Failure(cause.code, details))


@cache
def rules() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The rules of ``ignore.toml`` in their order: name, and patterns of file names."""
    data = tomllib.loads((Path(__file__).parent / "ignore.toml").read_text("utf-8"))
    return tuple((rule["name"], tuple(rule["names"])) for rule in data["rule"])


def ignored_by(name: str) -> str | None:
    """The first rule that a file's name falls under, or None."""
    folded = name.casefold()
    for rule, patterns in rules():
        if any(fnmatchcase(folded, pattern) for pattern in patterns):
            return rule
    return None
