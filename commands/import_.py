"""``arsip import``: files become a batch, and are worked on until all of it is searchable."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import click

from access import LOCAL
from archive.catalog.accounts import Account
from archive.errors import INDEX_UNREACHABLE, NOTHING_TO_IMPORT, PATH_MISSING, ArsipError, Exit
from archive.messages import _, ngettext
from archive.types import SecurityClass
from commands import report, rescan_list, shared
from commands.between import Between, BetweenType
from commands.progress import Display
from commands.walk import Walk
from commands.working import work
from ingest.desk.kinds import Kind, counted
from worker.importer import Importer, Plan
from worker.look import Looked, Sheet
from worker.parts import Parts

By = Literal["file", "folder"]

WORST = 10
"""How many pages that should be scanned again a dry run names."""


@click.command(
    "import",
    short_help=_("Take files into the archive, as one batch."),
    help=_(
        "Take files and folders into the archive, as one batch, and work until all of it is searchable.\n\n"
        "What was interrupted goes on where it was when the same command is run again. The originals are "
        "copied; nothing that lies under PATH is changed."
    ),
    epilog=shared.examples(
        'arsip import /scan/boks-12 --batch "Boks 12" --unit "Bagian Umum" --box 12',
        "arsip import /scan/boks-12 --batch coba --dry-run",
        "arsip import /scan/ulang-1.tif --replaces p0000000000000000",
    ),
)
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.option(
    "--batch",
    metavar="NAME",
    callback=lambda _context, _option, name: _name(name),
    help=_("The batch's name, by which it is found later; every import needs one, but for --replaces."),
)
@click.option(
    "--replaces",
    metavar="PAGE",
    help=_("Take one file as the new scan of this page, which keeps its id, its place and its history."),
)
@click.option("--unit", default="", metavar="UNIT", help=_("Unit pengolah that the documents belong to."))
@click.option("--box", default="", metavar="BOX", help=_("The box that the paper lies in."))
@click.option("--shelf", default="", metavar="SHELF", help=_("The shelf that the box stands on."))
@click.option(
    "--class",
    "security",
    type=click.Choice([each.value for each in SecurityClass]),
    default=SecurityClass.BIASA.value,
    show_default=True,
    help=_("Security class: Biasa, Terbatas, Rahasia, Sangat Rahasia."),
)
@click.option(
    "--language",
    "languages",
    metavar="LANGUAGES",
    help=_("Languages of the text, as Tesseract names them, such as ind+eng."),
)
@click.option(
    "--group",
    "by",
    type=click.Choice(["folder", "file"]),
    default="file",
    show_default=True,
    help=_("What one document is: a file, or a folder of page images."),
)
@click.option(
    "--priority",
    type=click.Choice(list(report.PRIORITIES)),
    help=_("What goes first; also for what waits of the batch already. Normal unless said."),
)
@click.option(
    "--between",
    type=BetweenType(),
    help=_("Work on the batch in these hours of the day only; or: always."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say what would happen."))
@click.option("--no-work", is_flag=True, help=_("Only take the files in; a worker reads them."))
@shared.careful_option
@shared.json_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: Sequence[str],
    batch: str | None,
    replaces: str | None,
    unit: str,
    box: str,
    shelf: str,
    security: str,
    languages: str | None,
    by: By,
    priority: str | None,
    between: Between | None,
    dry_run: bool,
    no_work: bool,
    as_json: bool,
) -> None:
    from archive.catalog.intake import Place
    from worker.importer import Importer

    if replaces is not None:
        from commands import rescan

        ctx.exit(rescan.replaces(ctx, paths, replaces, dry_run, no_work, as_json))
    if batch is None:
        raise click.MissingParameter(ctx=ctx, param_hint="'--batch'", param_type="option")
    started = time.monotonic()
    roots = _existing(paths)
    with shared.archive(create=True) as parts:
        place = Place(unit, SecurityClass(security), box, shelf, languages or parts.settings.ocr.languages)
        importer = Importer(parts, batch, place, by)
        if dry_run:
            plan = importer.plan(roots)
            looked = _look(parts, plan, as_json)
            ctx.exit(_tell_plan(batch, plan, looked, time.monotonic() - started, as_json))
        if not no_work:
            _check(parts, place.languages)
        _order(parts, batch, priority, between)
        interrupted = _import(parts, importer, batch, roots, no_work, Display(quiet=as_json))
        code = _tell(parts, batch, time.monotonic() - started, as_json)
    if importer.elsewhere:
        shared.note(_elsewhere(importer.elsewhere))
    if interrupted:
        shared.note(_("Interrupted. Nothing is lost: run the same command again to go on."))
    ctx.exit(Exit.INTERRUPTED if interrupted else code)


def _name(batch: str | None) -> str | None:
    """A batch without a name could not be asked for again."""
    if batch is None:
        return None
    if not batch.strip():
        raise click.BadParameter(_("a batch needs a name"))
    return batch.strip()


def _existing(paths: Sequence[str]) -> list[Path]:
    """The paths, each with something in it. Raises PATH_MISSING, NOTHING_TO_IMPORT."""
    from ingest.walk import storable

    roots = [Path(path) for path in paths]
    for root in roots:
        if not os.path.lexists(root):
            raise ArsipError(PATH_MISSING, path=storable(str(root)))
        if root.is_dir() and os.access(root, os.R_OK) and not any(files for *_, files in os.walk(root)):
            raise ArsipError(NOTHING_TO_IMPORT, path=storable(str(root)))
    return roots


def _check(parts: Parts, languages: str) -> None:
    """See that pages can be read, before the first file; an index that is down can wait."""
    from ocr.read import check

    check(parts.read_options(languages))
    try:
        parts.index.check()
    except ArsipError as error:
        if error.failure.cause != INDEX_UNREACHABLE.code:
            raise
        shared.note(f"{error.failure.message()}\n  → {error.failure.advice()}")


def _order(parts: Parts, batch: str, priority: str | None, between: Between | None) -> None:
    """Give the batch its priority and its hours before anything of it is there."""
    from archive.catalog.intake import open_batch
    from archive.ledger import hold

    open_batch(parts.catalog, batch)
    if priority is not None:
        hold.prioritize(parts.catalog, batch, report.PRIORITIES[priority])
    if between is not None:
        hold.work_between(parts.catalog, batch, between.hours)


def _import(
    parts: Parts, importer: Importer, batch: str, roots: list[Path], no_work: bool, display: Display
) -> bool:
    """Take in and work at the same time; returns whether it was interrupted."""
    from archive.catalog.intake import open_batch

    of = open_batch(parts.catalog, batch).id
    feed = _Feed(importer, roots)
    feed.start()
    try:
        work(parts, of, display, hands=not no_work, feeding=feed.goes_on)
    except KeyboardInterrupt:
        return True
    finally:
        feed.stop()
    return False


class _Feed(threading.Thread):
    """The importer on a thread of its own, so that Ctrl-C and the display stay with the main one."""

    def __init__(self, importer: Importer, roots: list[Path]) -> None:
        super().__init__(name="importer", daemon=True)
        self._importer, self._roots = importer, roots
        self._stopping = threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._importer.run(self._roots, lambda: not self._stopping.is_set())
        except Exception as error:
            self._error = error

    def goes_on(self) -> bool:
        """Whether files are still coming in. Raises what stopped them."""
        alive = self.is_alive()
        if self._error is not None:
            raise self._error
        return alive

    def stop(self) -> None:
        """Let the file in hand come to an end."""
        self._stopping.set()
        self.join()


def _tell(parts: Parts, batch: str, seconds: float, as_json: bool) -> int:
    from archive.catalog.accounts import account

    of = account(parts.catalog, batch)
    kinds = _kinds(parts, of, as_json)
    if as_json:
        rescans = {"rescan": {kind.value: count for kind, count in kinds.items()}}
        shared.answer(report.as_answer(of, seconds) | rescans)
    else:
        click.echo("\n".join((report.text(of), *rescan_list.reminder(batch, kinds))))
    return report.exit_code(of)


def _kinds(parts: Parts, of: Account, as_json: bool) -> dict[Kind, int]:
    """How many pages of each kind should be scanned again, as far as they were looked at."""
    from worker.rescan_list import rescan_list as listed_of

    if of.withdrawn:
        return {}
    walk = Walk(quiet=as_json)
    try:
        listed = listed_of(parts, LOCAL, of.batch, walk.at).listed
    finally:
        walk.clear()
    return counted(each.findings for each in listed)


def _elsewhere(files: int) -> str:
    told = ngettext(
        "{count} file is in this batch already in another unit or class, and stays there.",
        "{count} files are in this batch already in another unit or class, and stay there.",
        files,
    ).format(count=files)
    return f"{told}\n  → " + _("To change that, withdraw the batch and import the files as another one.")


def _look(parts: Parts, plan: Plan, as_json: bool) -> Looked:
    """Look at the pages of the new documents, with a bar."""
    from worker.look import look

    walk = Walk(quiet=as_json)
    walk.begin(len(plan.sheets))
    try:
        return look(parts, plan.sheets, walk.more)
    finally:
        walk.clear()


def _tell_plan(batch: str, plan: Plan, looked: Looked, seconds: float, as_json: bool) -> int:
    files = {"seen": sum(plan.files.values())} | plan.files
    if as_json:
        refused = [{"path": path} | shared.as_object(failure) for path, failure in plan.refused]
        shared.answer(
            {
                "batch": batch,
                "dry_run": True,
                "files": files,
                "documents": plan.documents,
                "pages": {"total": len(plan.sheets)},
                "ignored_by": plan.ignored_by,
                "refused": refused,
                "stopped": [_place(sheet) | shared.as_object(failure) for sheet, failure in looked.stopped],
                "rescan": [_place(sheet) | rescan_list.told(found) for sheet, found in looked.listed],
                "seconds": round(seconds, 3),
            }
        )
    else:
        click.echo("\n".join((*_plan_lines(plan, files["seen"]), *_looked_lines(batch, looked))))
    return Exit.INCOMPLETE if plan.refused or looked.stopped else Exit.OK


def _place(sheet: Sheet) -> dict[str, object]:
    return {"path": sheet.path, "number": sheet.number}


def _looked_lines(batch: str, looked: Looked) -> Iterator[str]:
    """What is wrong with pages, a few of them by name; all of them are in the list after the import."""
    for sheet, failure in looked.stopped:
        yield ""
        yield "  " + _("{path}, page {number}").format(path=sheet.path, number=sheet.number)
        yield f"      {failure.message()}"
        yield f"      → {failure.advice()}"
    if not looked.listed:
        return
    yield ""
    kinds = counted(found for _sheet, found in looked.listed)
    yield _("To be looked at, and maybe scanned again: {kinds}").format(kinds=rescan_list.summary(kinds))
    for sheet, found in looked.listed[:WORST]:
        place = _("{path}, page {number}").format(path=sheet.path, number=sheet.number)
        yield f"  {place}: " + "; ".join(map(rescan_list.why, found))
    if len(looked.listed) > WORST:
        yield "  " + _("… and {count} more; all of them with --json").format(count=len(looked.listed) - WORST)
    yield _("Missing, doubled and turned pages show only when the words are read; after the import, see:")
    yield "  → " + shared.shell("batch", "rescan", batch)


def _plan_lines(plan: Plan, seen: int) -> list[str]:
    made = ngettext("{count} document", "{count} documents", plan.documents).format(count=plan.documents)
    lines = [
        _("This is what would happen; nothing was changed."),
        "",
        report.row(_("Files seen"), seen, level=0),
        report.row(_("in documents"), plan.files["documents"], made),
        report.row(_("in this batch already"), plan.files["already"]),
        report.row(_("already in the archive"), plan.files["known"]),
        report.row(_("ignored"), plan.files["ignored"]),
        *report.ignored_rows(plan.ignored_by),
        report.row(_("refused"), plan.files["refused"]),
        report.row(_("Pages"), len(plan.sheets), level=0),
    ]
    for path, failure in plan.refused:
        lines += ["", f"  {path}", f"      {failure.message()}", f"      → {failure.advice()}"]
    return lines
