"""The command ``reprocess``: what stopped goes on, or any stage runs again, for what the selector picks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from archive.catalog.accounts import progress
from archive.catalog.change import Picked, pick, run_again
from archive.catalog.codec import Told
from archive.catalog.history import classes
from archive.catalog.readings import ReadAgain, Wish, choose, read_again, with_another
from archive.errors import NOTHING_SELECTED, ArsipError, Exit
from archive.messages import _
from archive.types import PageClass, Stage
from commands.pages import CLASSES, decided, gained
from commands.progress import Display, says
from commands.report import EXAMPLES, STAGES, place, row
from commands.selector import selected, selector_options
from commands.shared import (
    answer,
    archive,
    careful_option,
    counted_documents,
    counted_pages,
    examples,
    json_option,
    note,
)
from commands.working import work
from ocr.carried import carried
from ocr.read import check
from worker.parts import Parts

HELP = _(
    """Run again what the selector picks, and work until it is searchable.

    Without --from, what stopped goes on from where it stopped, and everything else stays as it is. With it,
    every page picked goes through that stage and all after it once more; what was found before is used until
    then. A page that is read again keeps the reading it has unless the new one is measured to be better; both
    are kept, and --rollback and --accept choose between them. Ends with 0 when all that ran is searchable,
    3 when something stopped, 6 when it waits.
    """
)


@click.command(
    help=HELP,
    epilog=examples(
        "arsip reprocess --batch kotak-12 --cause page-timeout",
        "arsip reprocess --batch kotak-12 --confidence-below 0.6 --from preprocess",
        "arsip reprocess --from ocr --engine-older-than 5.5",
        "arsip reprocess --batch kotak-12 --rollback",
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
@click.option(
    "--rollback",
    is_flag=True,
    help=_("Bring back the reading before the last re-reading, where another one was taken; none before it."),
)
@click.option(
    "--accept",
    is_flag=True,
    help=_("Take the newer reading all the same, where it was measured and not taken, or rolled back."),
)
@click.option("--dry-run", is_flag=True, help=_("Say what would run again, and change nothing."))
@click.option("--no-work", is_flag=True, help=_("Leave the work to a worker that runs already."))
@careful_option
@json_option
def command(
    first: str | None,
    rollback: bool,
    accept: bool,
    dry_run: bool,
    no_work: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """See ``HELP``."""
    selector = selected(**options)
    stage = None if first is None else Stage(first)
    if rollback and accept:
        raise click.UsageError(_("--rollback takes the reading before, --accept the newer one: say only one"))
    wish: Wish | None = "rolled-back" if rollback else "accepted" if accept else None
    if wish is not None and stage is not None:
        raise click.UsageError(_("--rollback and --accept read nothing again: leave --from out"))
    code = Exit.OK
    with archive() as parts:
        picked = pick(parts.catalog, selector)
        if not picked:
            raise ArsipError(NOTHING_SELECTED)
        again = _again(parts, picked, stage, wish)
        value: dict[str, object] = {
            "picked": _counts(picked),
            "again": _counts(again),
            "from": first,
            "choose": wish,
            "dry_run": dry_run,
        }
        if dry_run:
            value["selected"] = [_object(each) for each in (picked if wish is None else again)]
        lines = _plan_lines(picked, again, stage) if wish is None else _choice_lines(picked, again, wish)
        (note if as_json or not dry_run else click.echo)("\n".join(lines))
        if not dry_run:
            begun = parts.catalog.now()
            if again:
                _run(parts, picked, again, stage, wish, no_work, as_json)
            code = _tell(parts, again, begun, value, as_json)
    if as_json:
        answer(value)
    click.get_current_context().exit(code)


def _run(
    parts: Parts,
    picked: list[Picked],
    again: list[Picked],
    stage: Stage | None,
    wish: Wish | None,
    no_work: bool,
    quiet: bool,
) -> None:
    """Have it run again, or give pages their other reading, and work until that is done."""
    if not no_work and wish is None and stage in (None, Stage.PREPROCESS, Stage.OCR):
        check(parts.read_options(parts.settings.ocr.languages))  # before anything is changed
    if wish is None:
        run_again(parts.catalog, picked, stage)
    else:
        choose(parts.catalog, [each.page for each in again], wish, carried)
    if not no_work:
        work_on(parts, _batch_of(again), Display(quiet=quiet))


def _tell(parts: Parts, again: list[Picked], begun: float, value: dict[str, object], as_json: bool) -> int:
    """Put into the answer, or tell a person, where the pages stand now; returns the exit code."""
    after = classes(parts.catalog, [each.page for each in again])
    value["pages"] = {each.value: after[each] for each in PageClass}
    compared = read_again(parts.catalog, [each.page for each in again], begun)
    value["read_again"] = {
        "better": compared.better,
        "kept": compared.kept,
        "failed": compared.failed,
        "stopped": compared.stopped,
        "mean_gain": round(compared.mean_gain, 4),
        "pages": [_gain_object(page, said) for page, said in _measured(again, compared)],
    }
    if not as_json:
        if after[PageClass.WAITING] and progress(parts.catalog, _batch_of(again), parts.catalog.now()).held:
            note(_("What waits is paused or outside its hours; see: arsip batch list"))
        rows = [row(_(CLASSES[each]), after[each]) for each in PageClass if after[each]]
        click.echo("".join(f"{line}\n" for line in (*rows, *_compared_lines(again, compared))), nl=False)
    return Exit.INCOMPLETE if compared.failed else exit_code(after)


def _again(parts: Parts, picked: list[Picked], stage: Stage | None, wish: Wish | None) -> list[Picked]:
    """The pages among those picked for which there is something to do."""
    if wish is None:
        return [each for each in picked if stage is not None or each.stop_stage is not None]
    those = set(with_another(parts.catalog, [each.page for each in picked], wish))
    return [each for each in picked if each.page in those]


def work_on(parts: Parts, batch: str | None, display: Display) -> None:
    """Work until a batch, or all, is done; who interrupts it is told how it goes on."""
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


def exit_code(after: Counter[PageClass]) -> int:
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
        yield from _places(again)
        return
    yield _("To go on from where they stopped: {pages}.").format(**_said(again))
    for (at, cause), count in Counter((each.stop_stage, each.cause) for each in again).most_common():
        if at is not None and cause is not None:
            yield f"  {count} × {_(STAGES[at])}: {says(cause)}"
        yield from _places([each for each in again if (each.stop_stage, each.cause) == (at, cause)])


def _choice_lines(picked: list[Picked], again: list[Picked], wish: Wish) -> Iterator[str]:
    yield _("Picked: {pages} in {documents}.").format(**_said(picked))
    if not again:
        yield {
            "rolled-back": _("None of them has a reading before that could be brought back."),
            "accepted": _("None of them has a newer reading that was not taken."),
        }[wish]
        return
    yield {
        "rolled-back": _("To be given back the reading before: {pages}."),
        "accepted": _("To be given the newer reading: {pages}."),
    }[wish].format(**_said(again))
    yield from _places(again)


def _compared_lines(again: list[Picked], compared: ReadAgain) -> Iterator[str]:
    if not compared.better and not compared.kept and not compared.failed:
        return
    gain = _("{gain} on average").format(gain=gained(compared.mean_gain)) if compared.better else ""
    yield row(_("Pages read again"), compared.better + compared.kept + compared.failed, level=0)
    yield row(_("better than before"), compared.better, gain)
    yield row(_("kept as they were"), compared.kept)
    if kept := compared.failed - compared.stopped:
        yield row(_("failed, kept what they had"), kept, _("see: arsip show PAGE"))
    if compared.stopped:
        yield row(_("failed, had nothing before"), compared.stopped, _("see: arsip show PAGE"))
    measured = _measured(again, compared)
    shown = measured if len(measured) <= 2 * EXAMPLES else measured[:EXAMPLES] + measured[-EXAMPLES:]
    yield from (f"      {place(page)}{decided(said)}" for page, said in shown)
    if len(measured) > len(shown):
        left = len(measured) - len(shown)
        yield "      " + _("… and {count} more between them; all of them with --json").format(count=left)


def _measured(again: list[Picked], compared: ReadAgain) -> list[tuple[Picked, Told]]:
    """The pages whose two readings were compared, the largest gain first."""
    told = [(each, compared.told[each.page]) for each in again if each.page in compared.told]
    return sorted(told, key=lambda each: -each[1].gain.share if each[1].gain else 0.0)


def _gain_object(page: Picked, said: Told) -> dict[str, object]:
    where = {"page": page.page, "document": page.document, "path": page.path, "number": page.number}
    return where | {"decided": said.decided, "gain": round(said.gain.share, 4) if said.gain else None}


def _places(pages: list[Picked]) -> Iterator[str]:
    yield from (f"      {place(each)}" for each in pages[:EXAMPLES])
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
