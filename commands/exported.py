"""What an export wrote, or would write: counted, and told with what is wrong, as an answer or in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from archive.catalog.history import DocumentEntry, PageEntry
from archive.errors import Exit, Failure
from archive.messages import _, decimal, ngettext
from commands.report import EXAMPLES
from commands.shared import as_object, counted_documents, counted_pages, shell

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be exported, its pages that were chosen, and what was chosen and it has not: 6-9."""

    entry: DocumentEntry
    pages: list[PageEntry]
    lacking: str = ""


@dataclass(slots=True)
class Exported:
    """What was written, the pages in it that have no text because they are not read, and what was not.

    ``left_out`` are the pages that some files lack because nobody can draw them.
    """

    documents: int = 0
    pages: int = 0
    stopped: list[Told] = field(default_factory=list)
    waiting: list[Told] = field(default_factory=list)
    failed: list[Told] = field(default_factory=list)
    lacking: list[Told] = field(default_factory=list)
    left_out: list[Told] = field(default_factory=list)

    def add(self, file: str, of: Document, pages: Sequence[PageEntry]) -> None:
        """Count one document that is written to ``file``, and the pages that are in any of its files."""
        self.documents += 1
        self.pages += len(pages)
        for page in pages:
            where: Told = {"page": page.page, "document": of.entry.document}
            where |= {"path": page.path, "number": page.number, "file": file}
            if page.failure is not None and page.stage is not None:
                self.stopped.append(where | {"stage": page.stage.value} | as_object(page.failure))
            elif not page.has_text:
                self.waiting.append(where)

    def lacks(self, of: Document) -> None:
        """Note which of the pages chosen a document does not have."""
        if of.lacking:
            self.lacking.append({"document": of.entry.document, "path": of.entry.path, "pages": of.lacking})

    def fail(self, file: str, of: Document, failure: Failure, pages: Sequence[PageEntry]) -> None:
        """Note one document whose ``file`` could not be written, and the pages it failed for, if known."""
        where: Told = {"document": of.entry.document, "path": of.entry.path, "file": file}
        told = where | as_object(failure) | {"advice": failure.advice()}
        if pages:
            told |= {"page": pages[0].page, "number": pages[0].number, "advice": _new_scan(pages[0])}
        self.failed.append(told)

    def leave_out(self, file: str, of: Document, pages: Sequence[PageEntry]) -> None:
        """Note the pages that a ``file`` is written without."""
        for page in pages:
            if page.failure is not None:
                where: Told = {"page": page.page, "document": of.entry.document}
                where |= {"path": page.path, "number": page.number, "file": file}
                self.left_out.append(where | as_object(page.failure) | {"advice": _new_scan(page)})

    @property
    def exit(self) -> int:
        """0 when all is written and read; 3 when something stopped, failed or is not there to be written;
        6 when pages still wait."""
        if self.stopped or self.failed or self.lacking or self.left_out:
            return Exit.INCOMPLETE
        return Exit.WAITING if self.waiting else Exit.OK

    def as_answer(self, output: Path) -> Told:
        """The object that ``export --json`` answers with (docs/scripts.md)."""
        return {"output": str(output), "dry_run": False} | asdict(self)

    def lines(self, output: Path) -> Iterator[str]:
        """The same in words."""
        yield _("Written to {folder}: {documents}, {pages}.").format(folder=output, **self._counted())
        yield from self._wrong()

    def _counted(self) -> dict[str, str]:
        return {
            "documents": counted_documents(self.documents),
            "pages": counted_pages(self.pages),
        }

    def _wrong(self) -> Iterator[str]:
        yield from _listed(_("Not written"), self.failed)
        yield from _listed(_("Written without pages that cannot be drawn"), self.left_out)
        yield from _listed(_("Without some of the pages chosen, which they do not have"), self.lacking)
        yield from _listed(_("Stopped, and so without text"), self.stopped)
        yield from _listed(_("Not read yet, and so without text"), self.waiting)


@dataclass(slots=True)
class Planned(Exported):
    """What would be written: each file, about how many bytes it would have, and whether it takes the place
    of one. ``needs_force`` says that the folder has files already, and nobody said that this may be so."""

    needs_force: bool = False
    files: list[Told] = field(default_factory=list)

    def plan(self, of: Document, file: PurePosixPath, size: int, replaces: bool) -> None:
        """Count one file."""
        where: Told = {"document": of.entry.document, "path": of.entry.path, "file": str(file)}
        self.files.append(where | {"bytes": size, "replaces": replaces})

    @property
    def exit(self) -> int:
        """Nothing was to be done, so nothing is incomplete."""
        return Exit.OK

    def as_answer(self, output: Path) -> Told:
        """See ``Exported``."""
        return Exported.as_answer(self, output) | {"dry_run": True, "bytes": self._bytes()}

    def lines(self, output: Path) -> Iterator[str]:
        """See ``Exported``."""
        count = len(self.files)
        yield _("Would be written to {folder}: {documents}, {pages}.").format(
            folder=output, **self._counted()
        )
        yield ngettext("{count} file of about {size}.", "{count} files of about {size}.", count).format(
            count=count, size=_size(self._bytes())
        )
        replaced = [each for each in self.files if each["replaces"]]
        yield from _listed(_("Files that would be replaced"), replaced)
        if self.needs_force:
            yield _("{folder} is not empty: name a new folder, or say --force").format(folder=output)
        yield from self._wrong()

    def _bytes(self) -> int:
        return sum(int(str(each["bytes"])) for each in self.files)


def _listed(title: str, some: list[Told]) -> Iterator[str]:
    if some:
        yield f"{title}: {len(some)}"
        for each in some[:EXAMPLES]:
            yield f"  {_told(each)}"
            if "advice" in each:
                yield f"      → {each['advice']}"
    if len(some) > EXAMPLES:
        yield "  " + _("… and {count} more; all of them with --json").format(count=len(some) - EXAMPLES)


def _told(of: Told) -> str:
    """A file, a page, or a document that has no ``number``, and what is wrong with it."""
    if "bytes" in of:
        return str(of["file"])
    if "pages" in of:
        return _("{path}, pages {pages}").format_map(of)
    place = _("{path}, page {number}").format_map(of) if "number" in of else str(of["path"])
    if "advice" in of:
        place = f"{of['file']} ({place})"
    return f"{place}: {of['message']}" if "message" in of else place


def _new_scan(page: PageEntry) -> str:
    """What mends a page that cannot be drawn."""
    return shell("import", "FILE", "--replaces", page.page)


def _size(count: int) -> str:
    """So many bytes as people say it."""
    if count < 10**6:
        return f"{max(1, round(count / 1000))} kB"
    return f"{decimal(count / 10**6)} MB" if count < 10**9 else f"{decimal(count / 10**9)} GB"
