"""The command ``export``: documents as files in the forms asked for, under the paths that their scans had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import click

from archive.catalog import history
from archive.catalog.change import pick
from archive.catalog.history import DocumentEntry, PageEntry
from archive.errors import CAUSES, NOTHING_SELECTED, ORIGINAL_MISSING, ArsipError, Exit, Failure, Fault
from archive.messages import _
from commands.forms import FORMS, Desk, Papers, whole_file
from commands.names import Names
from commands.report import EXAMPLES
from commands.selector import PageNumbers, PagesParam, selected, selector_options
from commands.shared import (
    answer,
    archive,
    as_object,
    counted_documents,
    counted_pages,
    examples,
    json_option,
    writing,
)
from commands.walk import Walk
from worker.parts import Parts

HELP = _(
    """Write documents to files, in one form or several.

    Each document becomes one file under the path that its scan had: letters/letter-01.tif is written to
    letters/letter-01.txt, letters/letter-01.pdf and so on. The selector picks whole documents: all of each
    that has a page it fits. Documents of withdrawn batches are left out.

    --text: a form feed parts two pages, so that the third part is page 3; a page that is not read is empty,
    and told of. --pdf: the originals as they are, one page after the other, with an invisible text that can
    be searched, marked and copied. --pdfa: the same as PDF/A-2b; what cannot become that unchanged is not
    written, and told of. --alto, --hocr: measured in pixels of the originals as they lie.

    --pages 3-5,8 writes these pages of each document that has them.
    """
)


@click.command(
    help=HELP,
    epilog=examples(
        "arsip export --batch kotak-12 --text -o texts",
        "arsip export --type undangan --since 2021-01-01 --text --pdf -o undangan",
        "arsip export --all --text -o texts --json",
    ),
)
@partial(selector_options, pages=PagesParam())
@click.option("--text", is_flag=True, help=_("Write plain text."))
@click.option("--pdf", is_flag=True, help=_("Write a PDF of the originals whose text can be searched."))
@click.option("--pdfa", is_flag=True, help=_("The same as PDF/A-2b, made for being kept."))
@click.option("--alto", is_flag=True, help=_("Write ALTO 4: words, confidence and boxes as XML."))
@click.option("--hocr", is_flag=True, help=_("Write hOCR: the same as HTML."))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("The folder to write to; it is made if it is not there."),
)
@click.option(
    "--force", is_flag=True, help=_("Write to a folder that has files; those of the same name are replaced.")
)
@json_option
def command(
    output: Path,
    force: bool,
    as_json: bool,
    page_class: str | PageNumbers | None,
    **options: Any,
) -> None:
    """See ``HELP``."""
    forms = [form for form in FORMS if options.pop(form)]
    numbers, kind = (page_class, None) if isinstance(page_class, PageNumbers) else (None, page_class)
    selector = selected(page_class=kind, **options)
    if not forms:
        raise click.UsageError(_("say what to write, for example --pdf"))
    if "pdf" in forms and "pdfa" in forms:
        raise click.UsageError(_("--pdfa writes a PDF already: leave --pdf out"))
    with archive() as parts:
        documents = [of for of, _pages in groupby(pick(parts.catalog, selector), lambda each: each.document)]
        loaded = map(partial(_load, parts, numbers), documents)
        exported = (each for each in loaded if each.pages and not each.entry.withdrawn)
        if not documents:
            raise ArsipError(NOTHING_SELECTED)
        _check_folder(output, force)
        walk = Walk(as_json)
        walk.begin(len(documents))
        with parts.reader() as reader:
            summary = _export(Desk(parts, reader), exported, forms, output, walk)
        walk.clear()
    if not summary.documents and not summary.failed:  # all of it is withdrawn
        raise ArsipError(NOTHING_SELECTED)
    if as_json:
        answer(summary.as_answer(output))
    else:
        click.echo("\n".join(summary.lines(output)))
    click.get_current_context().exit(summary.exit)


def _export(
    desk: Desk, documents: Iterator[_Document], forms: Sequence[str], output: Path, walk: Walk
) -> _Summary:
    """Write documents; what is wrong with one of them is told, and keeps no other from being written."""
    suffixes = [FORMS[form].suffix for form in forms]
    summary, names = _Summary(), Names(suffixes)
    for each in documents:
        is_file = each.entry.path == each.pages[0].path
        otherwise = PurePosixPath(each.entry.root).name or each.entry.document
        stem = names.give(each.entry.path, is_file=is_file, otherwise=otherwise)
        files = [PurePosixPath(f"{stem}{suffix}") for suffix in suffixes]
        try:
            for form, name in zip(forms, files, strict=True):
                with whole_file(output, name) as file:
                    FORMS[form].write(desk, Papers(each.entry.path, each.pages), file)
        except ArsipError as error:
            if not _its_own(error.failure):
                raise
            summary.fail(str(name), each, error.failure)
        else:
            summary.add(str(files[0]), each)
        walk.more(1)
    return summary


def _its_own(failure: Failure) -> bool:
    """Whether a failure is that of one document, so that another may still be written."""
    return failure.fault in (Fault.FILE, Fault.OURS) or CAUSES[failure.cause] is ORIGINAL_MISSING


@dataclass(frozen=True, slots=True)
class _Document:
    entry: DocumentEntry
    pages: list[PageEntry]


@dataclass(slots=True)
class _Summary:
    """What was written, the pages in it that have no text because they are not read, and what was not."""

    documents: int = 0
    pages: int = 0
    stopped: list[dict[str, object]] = field(default_factory=list)
    waiting: list[dict[str, object]] = field(default_factory=list)
    failed: list[dict[str, object]] = field(default_factory=list)

    def add(self, file: str, of: _Document) -> None:
        """Count one document that was written to ``file``."""
        self.documents += 1
        self.pages += len(of.pages)
        for page in of.pages:
            where: dict[str, object] = {"page": page.page, "document": of.entry.document}
            where |= {"path": page.path, "number": page.number, "file": file}
            if page.failure is not None and page.stage is not None:
                self.stopped.append(where | {"stage": page.stage.value} | as_object(page.failure))
            elif not page.has_text:
                self.waiting.append(where)

    def fail(self, file: str, of: _Document, failure: Failure) -> None:
        """Note one document whose ``file`` could not be written."""
        where: dict[str, object] = {"document": of.entry.document, "path": of.entry.path, "file": file}
        self.failed.append(where | as_object(failure))

    @property
    def exit(self) -> int:
        """0 when all is written and read; 3 when something stopped or failed; 6 when pages still wait."""
        if self.stopped or self.failed:
            return Exit.INCOMPLETE
        return Exit.WAITING if self.waiting else Exit.OK

    def as_answer(self, output: Path) -> dict[str, object]:
        """The object that ``export --json`` answers with (docs/scripts.md)."""
        return {"output": str(output)} | asdict(self)

    def lines(self, output: Path) -> Iterator[str]:
        """The same in words."""
        yield _("Written to {folder}: {documents}, {pages}.").format(
            folder=output,
            documents=counted_documents(self.documents),
            pages=counted_pages(self.pages),
        )
        told = (
            (_("Not written"), self.failed),
            (_("Stopped, and so without text"), self.stopped),
            (_("Not read yet, and so without text"), self.waiting),
        )
        for title, some in told:
            if some:
                yield f"{title}: {len(some)}"
                yield from (f"  {_told(each)}" for each in some[:EXAMPLES])
            if len(some) > EXAMPLES:
                yield "  " + _("… and {count} more; all of them with --json").format(
                    count=len(some) - EXAMPLES
                )


def _told(of: dict[str, object]) -> str:
    """A page, or a document that has no ``number``, and what is wrong with it."""
    place = _("{path}, page {number}").format_map(of) if "number" in of else str(of["path"])
    return f"{place}: {of['message']}" if "message" in of else place


def _load(parts: Parts, numbers: PageNumbers | None, document: str) -> _Document:
    pages = history.pages(parts.catalog, document)
    if numbers is not None:
        pages = [each for each in pages if each.number in numbers]
    return _Document(history.entry(parts.catalog, document), pages)


def _check_folder(output: Path, force: bool) -> None:
    """Nothing is mixed with, or written over, what somebody else put there, unless that is said."""
    with writing(output):
        output.mkdir(parents=True, exist_ok=True)
        if not force and next(output.iterdir(), None) is not None:
            raise click.UsageError(_("{folder} is not empty: name a new folder").format(folder=output))
