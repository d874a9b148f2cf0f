"""The forms in which documents are exported, and how each is written into a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from archive.catalog.history import PageEntry
from archive.errors import NOT_WRITABLE, ArsipError
from archive.types import PageView
from commands.shared import writing
from commands.texts import PAGES_AT_A_TIME, whole
from worker.parts import Parts
from worker.reader import Reader


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing a form may need: the archive, and a reader that opens originals."""

    parts: Parts
    reader: Reader


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what its files end in, and what writes the pages of one document into a file."""

    suffix: str
    write: Callable[[Desk, Sequence[PageEntry], Path], None]


def _text(desk: Desk, pages: Sequence[PageEntry], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(whole(desk.parts, pages))


def _pdf(desk: Desk, pages: Sequence[PageEntry], file: Path) -> None:
    options = desk.parts.settings.preprocess
    desk.reader.pdf(views(desk.parts, pages), len(pages), str(file), options)


FORMS = {"text": Form(".txt", _text), "pdf": Form(".pdf", _pdf)}


def views(parts: Parts, pages: Sequence[PageEntry]) -> Iterator[tuple[PageView, ...]]:
    """All that is known of pages, some at a time; what is not read yet, or stopped before, has no text."""
    for start in range(0, len(pages), PAGES_AT_A_TIME):
        some = pages[start : start + PAGES_AT_A_TIME]
        known = parts.views.views([each.page for each in some])
        yield tuple(
            known[each.page] if each.has_text else replace(known[each.page], text=None) for each in some
        )


@contextmanager
def whole_file(folder: Path, name: PurePosixPath) -> Iterator[Path]:
    """A new file to be written: it takes its name below the folder when it is whole, or is not there.

    Raises DISK_FULL, NOT_WRITABLE.
    """
    target = folder / name
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise ArsipError(NOT_WRITABLE, path=str(target))  # a link that leads out of the folder
        part = target.parent / f".arsip-{os.getpid()}.part"
        try:
            part.open("x").close()
            yield part
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
