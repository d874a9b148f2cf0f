"""The command ``reprocess``: what stopped goes on, or any stage runs again, for what the selector picks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from archive.catalog.change import Picked, pick, run_again
from archive.catalog.history import classes
from archive.errors import NOTHING_SELECTED, ArsipError, Exit
from archive.messages import _
from archive.types import PageClass, Stage
from commands.pages import CLASSES
from commands.progress import Display
from commands.report import EXAMPLES, STAGES, row
from commands.selector import selected, selector_options
from commands.shared import answer, archive, counted_documents, counted_pages, examples, json_option, note
from commands.working import work
from ocr.read import check
from worker.parts import Parts

HELP = _(
    """Run again what the selector picks, and work until it is searchable.

    Without --from, what stopped goes on from where it stopped, and everything else stays as it is. With it,
    every page picked goes through that stage and all after it once more; what was found before is used until
    then. Ends with 0 when all that ran is searchable, 3 when something stopped, 6 when it waits.
    """
)


@click.command(
    help=HELP,
    epilog=examples(
        "arsip reprocess --batch kotak-12 --cause page-timeout",
        "arsip reprocess --batch kotak-12 --confidence-below 0.6 --from preprocess",
        "arsip reprocess --all --from index --dry-run",
    ),
)
@selector_options
@click.option(
    "--from",
    "first",
    type=click.Choice([each.value for each in Stage]),
    help=_("Begin at this stage, also where nothing stopped."),
)
@click.option("--dry-run", is_flag=True, help=_("Say what would run again, and change nothing."))
@click.option("--no-work", is_flag=True, help=_("Leave the work to a worker that runs already."))
@json_option
def command(first: str | None, dry_run: bool, no_work: bool, as_json: bool, **options: Any) -> None:
    """See ``HELP``."""
    selector = selected(**options)
    stage = None if first is None else Stage(first)
    code = Exit.OK
    with archive() as parts:
        picked = pick(parts.catalog, selector)
        if not picked:
            raise ArsipError(NOTHING_SELECTED)
        again = [each for each in picked if stage is not None or each.stop_stage is not None]
        value: dict[str, object] = {
            "picked": _counts(picked),
            "again": _counts(again),
            "from": first,
            "dry_run": dry_run,
        }
        if dry_run:
            value["selected"] = [_object(each) for each in picked]
        (note if as_json or not dry_run else click.echo)("\n".join(_plan_lines(picked, again, stage)))
        if again and not dry_run:
            if not no_work and stage in (None, Stage.PREPROCESS, Stage.OCR):
                check(parts.read_options(parts.settings.ocr.languages))  # before anything is changed
            run_again(parts.catalog, picked, stage)
            if not no_work:
                _work(parts, _batch_of(again), Display(quiet=as_json))
            after = classes(parts.catalog, [each.page for each in again])
            code = _exit(after)
            value["pages"] = {each.value: after[each] for each in PageClass}
            if not as_json:
                click.echo("\n".join(row(_(CLASSES[each]), after[each]) for each in PageClass if after[each]))
    if as_json:
        answer(value)
    click.get_current_context().exit(code)


def _work(parts: Parts, batch: str | None, display: Display) -> None:
    try:
        work(parts, batch, display)
    except KeyboardInterrupt:
        note(_("Interrupted. Nothing is lost: what is left goes on with: arsip worker"))
        raise


def _counts(pages: list[Picked]) -> dict[str, int]:
    return {"documents": len({each.document for each in pages}), "pages": len(pages)}


def _batch_of(pages: list[Picked]) -> str | None:
    """The id of the one batch that all are of, ``None`` where there are several."""
    batches = {each.batch for each in pages}
    return batches.pop() if len(batches) == 1 else None


def _exit(after: Counter[PageClass]) -> int:
    if after[PageClass.STOPPED]:
        return Exit.INCOMPLETE
    return Exit.WAITING if after[PageClass.WAITING] else Exit.OK


def _plan_lines(picked: list[Picked], again: list[Picked], stage: Stage | None) -> Iterator[str]:
    yield _("Picked: {pages} in {documents}.").format(**_said(picked))
    if not again:
        yield _("None of them has stopped. To run a stage again all the same, name it with --from.")
        yield from _places(picked)
        return
    if stage is not None:
        yield _("From the stage {stage} on, again: {pages}.").format(stage=stage.value, **_said(again))
        return
    yield _("To go on from where they stopped: {pages}.").format(**_said(again))
    for (at, cause), count in Counter((each.stop_stage, each.cause) for each in again).most_common():
        if at is not None:
            yield f"  {count} × {_(STAGES[at])}: {cause}"
        yield from _places([each for each in again if (each.stop_stage, each.cause) == (at, cause)])


def _places(pages: list[Picked]) -> Iterator[str]:
    for each in pages[:EXAMPLES]:
        yield (
            "      "
            + _("{path}, page {number}").format(path=each.path, number=each.number)
            + f"  {each.page}"
        )
    if len(pages) > EXAMPLES:
        yield "      " + _("… and {count} more; all of them with --json").format(count=len(pages) - EXAMPLES)


def _object(page: Picked) -> dict[str, object]:
    where = {"page": page.page, "document": page.document, "path": page.path, "number": page.number}
    return where | {"stage": page.stop_stage, "cause": page.cause}


def _said(pages: list[Picked]) -> dict[str, str]:
    counts = _counts(pages)
    return {
        "pages": counted_pages(counts["pages"]),
        "documents": counted_documents(counts["documents"]),
    }
