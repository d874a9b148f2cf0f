"""The command ``export``: documents as files in the forms asked for, under the paths that their scans had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import click

from archive.catalog import history
from archive.catalog.change import pick
from archive.catalog.history import PageEntry
from archive.errors import (
    CAUSES,
    NOTHING_SELECTED,
    ORIGINAL_MISSING,
    PAGES_LACKING,
    ArsipError,
    Failure,
    Fault,
)
from archive.ledger.work import wants_new_scan
from archive.messages import _
from archive.types import Stage
from commands.exported import Document, Exported, Planned
from commands.forms import FORMS, Desk, Form, Papers, whole_file
from commands.names import Names
from commands.selector import PageNumbers, PagesParam, selected, selector_options
from commands.shared import answer, archive, examples, json_option, writing
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

    --pages 3-5,8 writes these pages of each document that has them, and tells which documents lack some: it
    then ends with 3. 10- is all from page 10 on.
    """
)


@click.command(
    help=HELP,
    epilog=examples(
        "arsip export --batch kotak-12 --text -o texts",
        "arsip export --type undangan --since 2021-01-01 --text --pdf -o undangan",
        "arsip export --document ID --pages 3-5 --pdf -o lampiran",
        "arsip export --all --pdfa -o salinan --dry-run",
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
@click.option("--dry-run", is_flag=True, help=_("Say what would be written, and write nothing."))
@json_option
def command(
    output: Path,
    force: bool,
    dry_run: bool,
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
        if not documents:
            raise ArsipError(NOTHING_SELECTED)
        loaded = map(partial(_load, parts, numbers), documents)
        wanted = (each for each in loaded if not each.entry.withdrawn)
        if not dry_run:
            _check_folder(output, force)
        walk = Walk(as_json)
        walk.begin(len(documents))
        with parts.reader() as reader:
            summary = _plan(output, force) if dry_run else Exported()
            _export(Desk(parts, reader), wanted, forms, output, summary, walk)
        walk.clear()
    if not summary.documents and not summary.failed:
        raise ArsipError(PAGES_LACKING if summary.lacking else NOTHING_SELECTED)  # or all of it is withdrawn
    if as_json:
        answer(summary.as_answer(output))
    else:
        click.echo("\n".join(summary.lines(output)))
    click.get_current_context().exit(summary.exit)


def _export(
    desk: Desk,
    documents: Iterator[Document],
    forms: Sequence[str],
    output: Path,
    summary: Exported,
    walk: Walk,
) -> None:
    """Write documents; what is wrong with one of them is told, and keeps no other from being written."""
    suffixes = [FORMS[form].suffix for form in forms]
    names = Names(suffixes)
    for each in documents:
        summary.lacks(each)
        if each.pages:
            is_file = each.entry.path == each.pages[0].path
            otherwise = PurePosixPath(each.entry.root).name or each.entry.document
            stem = names.give(each.entry.path, is_file=is_file, otherwise=otherwise)
            files = [PurePosixPath(f"{stem}{suffix}") for suffix in suffixes]
            _export_one(desk, each, dict(zip(forms, files, strict=True)), output, summary)
        walk.more(1)


def _export_one(
    desk: Desk, of: Document, files: dict[str, PurePosixPath], output: Path, summary: Exported
) -> None:
    papers = Papers(of.entry.path, of.pages)
    first, written = "", set[str]()
    for form, name in files.items():
        if isinstance(summary, Planned):
            summary.plan(of, name, FORMS[form].about(desk, papers), (output / name).exists())
            pages = of.pages
        else:
            pages = _write(desk, of, FORMS[form], output, name, summary)
        if pages:
            first = first or str(name)
            written.update(each.page for each in pages)
    if written:
        summary.add(first, of, [each for each in of.pages if each.page in written])


def _write(
    desk: Desk, of: Document, form: Form, output: Path, name: PurePosixPath, summary: Exported
) -> list[PageEntry]:
    """Write one file, without the pages that nobody can draw if it must be; returns the pages in it."""
    pages, lost = list(of.pages), list[PageEntry]()
    while True:
        try:
            with whole_file(output, name) as file:
                form.write(desk, Papers(of.entry.path, pages), file)
        except ArsipError as error:
            if not _its_own(error.failure):
                raise
            found = [each for each in pages if _is_undrawable(each, error.failure.cause)]
            if not found or len(found) == len(pages):
                summary.fail(str(name), of, error.failure, found)
                return []
            pages, lost = [each for each in pages if each not in found], lost + found
        else:
            summary.leave_out(str(name), of, lost)
            return pages


def _is_undrawable(page: PageEntry, cause: str) -> bool:
    """Whether a page stopped before it was read, because of its file, for this cause."""
    stop = page.failure
    return (
        stop is not None and page.stage is Stage.PREPROCESS and stop.cause == cause and wants_new_scan(stop)
    )


def _its_own(failure: Failure) -> bool:
    """Whether a failure is that of one document, so that another may still be written."""
    return failure.fault in (Fault.FILE, Fault.OURS) or CAUSES[failure.cause] is ORIGINAL_MISSING


def _load(parts: Parts, numbers: PageNumbers | None, document: str) -> Document:
    pages = history.pages(parts.catalog, document)
    lacking = ""
    if numbers is not None:
        lacking = numbers.beyond(len(pages))
        pages = [each for each in pages if each.number in numbers]
    return Document(history.entry(parts.catalog, document), pages, lacking)


def _check_folder(output: Path, force: bool) -> None:
    """Nothing is mixed with, or written over, what somebody else put there, unless that is said."""
    with writing(output):
        output.mkdir(parents=True, exist_ok=True)
        if not force and _has_files(output):
            raise click.UsageError(
                _("{folder} is not empty: name a new folder, or say --force").format(folder=output)
            )


def _plan(output: Path, force: bool) -> Planned:
    """An export of which nothing is written. Raises NOT_WRITABLE where the folder may not be looked into."""
    with writing(output):
        return Planned(needs_force=not force and _has_files(output))


def _has_files(output: Path) -> bool:
    return output.is_dir() and next(output.iterdir(), None) is not None
