"""``arsip worker``: works on what waits until it is stopped, starts again what dies, and lists who works."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from archive.messages import _, ngettext
from archive.types import Stage
from commands import shared

if TYPE_CHECKING:
    from archive.ledger.workers import Hand, Worker

HANDS_SHOWN = 8
"""How many pages in hand are shown of one worker; the index takes many together."""


@click.group(
    "worker",
    invoke_without_command=True,
    short_help=_("Work on what waits, until stopped."),
    help=_(
        "Work on what waits until stopped with Ctrl-C. A worker that dies is started again, and the pages "
        "it had in hand go on. Where nothing was imported yet it makes an empty archive and waits."
    ),
    epilog=shared.examples(
        "arsip worker", "arsip worker --stage preprocess --stage ocr", "arsip worker list"
    ),
)
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice([each.value for each in Stage]),
    help=_("Serve only this stage; may be given several times."),
)
@click.pass_context
def command(ctx: click.Context, stages: Sequence[str]) -> None:
    if ctx.invoked_subcommand is not None:
        return
    from worker.supervisor import supervise

    with shared.archive(create=True) as parts:  # one that cannot be opened is told once, here
        if not parts.database.there():
            where = parts.database.where
            shared.note(_("There is no archive yet: an empty one is made ({where}).").format(where=where))
        parts.catalog.close()
        threads = parts.settings.threads
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_ignored: stop.set())
    ctx.exit(supervise([Stage(each) for each in stages] or list(Stage), stop, lambda: _begun(threads), _told))


@command.command(
    "list",
    short_help=_("List who works, and on what."),
    help=_("List who works on which machine, what each has in hand, and how many pages an hour it reads."),
    epilog=shared.examples("arsip worker list", "arsip worker list --json"),
)
@shared.json_option
def list_workers(as_json: bool) -> None:
    """Every worker that is kept, those that seem to be gone too."""
    from archive.ledger.workers import all_workers, gone

    with shared.archive() as parts:
        found, lost, now = all_workers(parts.catalog), gone(parts.catalog), parts.catalog.now()
    if as_json:
        shared.answer({"workers": [_as_object(each, each.owner not in lost) for each in found]})
    elif found:
        blocks = ("\n".join(_lines(each, each.owner not in lost, now)) for each in found)
        click.echo("\n\n".join(blocks))
    else:
        click.echo(_("Nobody works now. Begin with: arsip worker"))


def _as_object(worker: Worker, alive: bool) -> dict[str, Any]:
    from archive.ledger.owner import host_and_pid

    host, pid = host_and_pid(worker.owner)
    return {
        "host": host,
        "pid": pid,
        "alive": alive,
        "since": worker.started_at,
        "seen": worker.seen_at,
        "stages": list(worker.stages),
        "threads": worker.threads,
        "pages_per_hour": worker.pages_an_hour,
        "in_hand": [
            {
                "stage": each.stage,
                "id": each.subject,
                "path": each.path,
                "number": each.number or None,
                "since": each.begun_at,
            }
            for each in worker.in_hand
        ],
    }


def _lines(worker: Worker, alive: bool, now: float) -> Iterator[str]:
    """A worker in a few lines, what it has in hand last."""
    from archive.ledger.owner import host_and_pid

    host, pid = host_and_pid(worker.owner)
    threads = ngettext("{count} thread", "{count} threads", worker.threads).format(count=worker.threads)
    pages = ngettext("{count} page an hour", "{count} pages an hour", worker.pages_an_hour)
    stages = _("all stages") if set(worker.stages) == set(Stage) else ", ".join(worker.stages)
    yield _("{host}, process {pid}").format(host=host, pid=pid)
    yield f"  {stages} · {threads} · {pages.format(count=worker.pages_an_hour)}"
    yield "  " + _("since {when}, last seen {seconds} seconds ago").format(
        when=shared.moment(worker.started_at), seconds=max(0, round(now - worker.seen_at))
    )
    if not alive:
        yield "  " + _("It seems to be gone: what it has in hand goes on elsewhere.")
    for each in worker.in_hand[:HANDS_SHOWN]:
        yield f"  {_hand(each, now)}"
    if (more := len(worker.in_hand) - HANDS_SHOWN) > 0:
        yield "  " + _("… and {count} more").format(count=more)
    if not worker.in_hand:
        yield "  " + _("nothing in hand")


def _hand(hand: Hand, now: float) -> str:
    what = hand.path
    if hand.number:
        what = _("{path}, page {number}").format(path=hand.path, number=hand.number)
    seconds = max(0, round(now - hand.begun_at))
    return _("{stage}: {what} (for {seconds} seconds)").format(stage=hand.stage, what=what, seconds=seconds)


def _begun(threads: int) -> None:
    shared.note(_("Working with {count} readers. Ctrl-C ends it.").format(count=threads))


def _told(how: str, pause: float) -> None:
    shared.note(
        _("The worker ended ({how}); it starts again in {seconds} seconds.").format(
            how=how, seconds=round(pause)
        )
    )
