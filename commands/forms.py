"""The forms in which documents are exported, and how each is written into a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from archive.catalog import history
from archive.catalog.history import PageEntry
from archive.errors import NOT_WRITABLE, ArsipError
from archive.types import Extent, PageText, PageView
from commands.shared import writing
from commands.texts import PAGES_AT_A_TIME, whole
from worker.parts import Parts
from worker.reader import Reader


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing a form needs: the archive, and a reader that opens originals."""

    parts: Parts
    reader: Reader

    def views(self, pages: Sequence[PageEntry]) -> Iterator[tuple[PageView, ...]]:
        """All that is known of pages, some at a time; what is not read yet, or stopped, has no text."""
        for start in range(0, len(pages), PAGES_AT_A_TIME):
            some = pages[start : start + PAGES_AT_A_TIME]
            known = self.parts.views.views([each.page for each in some])
            yield tuple(
                known[each.page] if each.has_text else replace(known[each.page], text=None) for each in some
            )


@dataclass(frozen=True, slots=True)
class Papers:
    """What is to be written of one document: its path, and the pages chosen."""

    path: str
    pages: Sequence[PageEntry]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what its files end in, what writes papers into a new file, and how large that becomes.

    ``bytes_a_word`` is what was measured on 7,041 words of 19 documents of all kinds.
    """

    suffix: str
    write: Callable[[Desk, Papers, Path], None]
    bytes_a_word: int
    has_originals: bool = False

    def about(self, desk: Desk, papers: Papers) -> int:
        """Roughly the bytes of the file."""
        originals = 0
        if self.has_originals:
            originals = history.original_bytes(desk.parts.catalog, [each.page for each in papers.pages])
        return originals + self.bytes_a_word * sum(each.words for each in papers.pages)


def _text(desk: Desk, papers: Papers, file: Path) -> None:
    _write(file, whole(desk.parts, papers.pages))


def _pdf(desk: Desk, papers: Papers, file: Path, title: str | None = None) -> None:
    options = desk.parts.settings.preprocess
    desk.reader.pdf(desk.views(papers.pages), len(papers.pages), str(file), options, title)


def _pdfa(desk: Desk, papers: Papers, file: Path) -> None:
    _pdf(desk, papers, file, PurePosixPath(papers.path).name or papers.path)


def _alto(desk: Desk, papers: Papers, file: Path) -> None:
    from ocr.outputs import alto  # its saxutils load urllib.request, of no use to the other forms

    _write(file, [alto.head(papers.path, _texts(desk, papers))])
    _write(file, alto.pages(_measured(desk, papers)))
    _write(file, [alto.FOOT])


def _hocr(desk: Desk, papers: Papers, file: Path) -> None:
    from ocr.outputs import hocr

    _write(file, [hocr.head(papers.path, _texts(desk, papers), len(papers.pages))])
    _write(file, hocr.pages(_measured(desk, papers), papers.path))
    _write(file, [hocr.FOOT])


def _texts(desk: Desk, papers: Papers) -> Iterator[PageText]:
    return (view.text for some in desk.views(papers.pages) for view in some if view.text)


def _measured(desk: Desk, papers: Papers) -> Iterator[tuple[PageView, Extent]]:
    options = desk.parts.settings.preprocess
    views = (view for some in desk.views(papers.pages) for view in some)
    return ((view, desk.reader.extent(view, options)) for view in views)


def _write(file: Path, pieces: Iterable[str]) -> None:
    with file.open("a", encoding="utf-8", newline="\n") as out:
        out.writelines(pieces)


FORMS = {
    "text": Form(".txt", _text, 6),
    "pdf": Form(".pdf", _pdf, 20, has_originals=True),
    "pdfa": Form(".pdf", _pdfa, 20, has_originals=True),
    "alto": Form(".alto.xml", _alto, 105),
    "hocr": Form(".hocr", _hocr, 95),
}


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
