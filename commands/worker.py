"""``arsip worker``: works on what waits until it is stopped, and starts again what dies."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence

import click

import settings
from archive.messages import _
from archive.types import Stage
from commands import shared


@click.command(
    "worker",
    short_help=_("Work on what waits, until stopped."),
    help=_(
        "Work on what waits until stopped with Ctrl-C. A worker that dies is started again, and the pages "
        "it had in hand go on."
    ),
    epilog=shared.examples("arsip worker", "arsip worker --stage preprocess --stage ocr"),
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
    from worker.supervisor import supervise

    with shared.archive() as parts:  # an archive that cannot be opened is told once, here
        parts.catalog.close()
    threads = settings.load(os.environ).threads
    shared.note(_("Working with {count} readers. Ctrl-C ends it.").format(count=threads))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_ignored: stop.set())
    ctx.exit(supervise([Stage(each) for each in stages] or list(Stage), stop, _told))


def _told(how: str, pause: float) -> None:
    shared.note(
        _("The worker ended ({how}); it starts again in {seconds} seconds.").format(
            how=how, seconds=round(pause)
        )
    )
