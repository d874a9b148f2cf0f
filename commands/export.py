"""The command ``export``: the text of documents as files, under the paths that their scans had."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import click

from archive.catalog import history
from archive.catalog.change import pick
from archive.catalog.history import DocumentEntry, PageEntry
from archive.errors import NOT_WRITABLE, NOTHING_SELECTED, ArsipError, Exit
from archive.messages import _
from commands.names import Names
from commands.report import EXAMPLES
from commands.selector import selected, selector_options
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
from commands.texts import whole
from worker.parts import Parts

HELP = _(
    """Write the text of documents to files.

    Each document becomes one file under the path that its scan had: letters/letter-01.tif is written to
    letters/letter-01.txt. A form feed parts two pages, so that the third part is page 3; a page that is not
    read is empty, and told of. The selector picks whole documents: all of each that has a page it fits.
    Documents of withdrawn batches are left out.
    """
)


@click.command(
    help=HELP,
    epilog=examples(
        "arsip export --batch kotak-12 --text -o texts",
        "arsip export --type undangan --since 2021-01-01 --text -o texts",
        "arsip export --all --text -o texts --json",
    ),
)
@selector_options
@click.option("--text", "as_text", is_flag=True, help=_("Write plain text, the only form so far."))
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
def command(as_text: bool, output: Path, force: bool, as_json: bool, **options: Any) -> None:
    """See ``HELP``."""
    selector = selected(**options)
    if not as_text:
        raise click.UsageError(_("say what to write: --text"))
    with archive() as parts:
        documents = [of for of, _pages in groupby(pick(parts.catalog, selector), lambda each: each.document)]
        exported = (each for each in map(partial(_load, parts), documents) if not each.entry.withdrawn)
        if not documents:
            raise ArsipError(NOTHING_SELECTED)
        _check_folder(output, force)
        summary, names = _Summary(), Names()
        for each in exported:
            is_file = each.entry.path == each.pages[0].path
            otherwise = PurePosixPath(each.entry.root).name or each.entry.document
            name = names.give(each.entry.path, is_file=is_file, otherwise=otherwise)
            _write(output, name, whole(parts, each.pages))
            summary.add(str(name), each)
    if not summary.documents:  # all of it is withdrawn
        raise ArsipError(NOTHING_SELECTED)
    if as_json:
        answer(summary.as_answer(output))
    else:
        click.echo("\n".join(summary.lines(output)))
    click.get_current_context().exit(summary.exit)


@dataclass(frozen=True, slots=True)
class _Document:
    entry: DocumentEntry
    pages: list[PageEntry]


@dataclass(slots=True)
class _Summary:
    """What was written, and the pages in it that are empty because they are not read."""

    documents: int = 0
    pages: int = 0
    stopped: list[dict[str, object]] = field(default_factory=list)
    waiting: list[dict[str, object]] = field(default_factory=list)

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

    @property
    def exit(self) -> int:
        """0 when every page was read; 3 when some stopped; 6 when some still wait to be read."""
        if self.stopped:
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
        for title, empty in ((_("Stopped"), self.stopped), (_("Not read yet"), self.waiting)):
            if empty:
                yield _("{reason}, and so empty: {count}").format(reason=title, count=len(empty))
                yield from (_empty_page(each) for each in empty[:EXAMPLES])
            if len(empty) > EXAMPLES:
                yield "  " + _("… and {count} more; all of them with --json").format(
                    count=len(empty) - EXAMPLES
                )


def _empty_page(page: dict[str, object]) -> str:
    place = _("{path}, page {number}").format(path=page["path"], number=page["number"])
    return f"  {place}: {page['message']}" if "message" in page else f"  {place}"


def _load(parts: Parts, document: str) -> _Document:
    return _Document(history.entry(parts.catalog, document), history.pages(parts.catalog, document))


def _check_folder(output: Path, force: bool) -> None:
    """Nothing is mixed with, or written over, what somebody else put there, unless that is said."""
    with writing(output):
        output.mkdir(parents=True, exist_ok=True)
        if not force and next(output.iterdir(), None) is not None:
            raise click.UsageError(_("{folder} is not empty: name a new folder").format(folder=output))


def _write(output: Path, name: PurePosixPath, pieces: Iterable[str]) -> None:
    """Write one file, whole or not at all, piece by piece."""
    target = output / name
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(output.resolve()):
            raise ArsipError(NOT_WRITABLE, path=str(target))  # a link that leads out of the folder
        part = target.parent / f".arsip-{os.getpid()}.part"
        try:
            with part.open("x", encoding="utf-8", newline="\n") as file:
                file.writelines(pieces)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
