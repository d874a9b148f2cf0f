"""The command ``doctor``: what Arsip needs around it is looked at, and what is missing is named."""

from __future__ import annotations

import os

import click

import settings
from archive.errors import Exit
from archive.messages import N_, _
from commands.checks import Check, all_checks
from commands.shared import answer, examples, json_option

STATES = {"ok": (N_("ok"), "green"), "warning": (N_("warning"), "yellow"), "error": (N_("error"), "red")}

HELP = _(
    """Check what Arsip needs around it, and say what to do where something is missing.

    Tesseract and its languages, readers and memory, the disk, the catalog, the originals, the search index.
    Nothing is changed. Ends with 0 when nothing is wrong (warnings are allowed), else with 5.
    """
)


@click.command(help=HELP, epilog=examples("arsip doctor", "arsip doctor --json"))
@json_option
def command(as_json: bool) -> None:
    """See ``HELP``."""
    found = []
    for check in all_checks(settings.load(os.environ)):
        found.append(check)
        if not as_json:
            _tell(check)
    healthy = all(check.state != "error" for check in found)
    if as_json:
        answer({"healthy": healthy, "checks": [_object(check) for check in found]})
    click.get_current_context().exit(Exit.OK if healthy else Exit.WORLD)


def _tell(check: Check) -> None:
    word, colour = STATES[check.state]
    click.echo(f"{click.style(f'{_(word):<10}', fg=colour)}{_(check.name):<17} {check.says}")
    if check.advice:
        click.echo(f"{'':<27} → {check.advice}")


def _object(check: Check) -> dict[str, str]:
    return {"name": check.name, "state": check.state, "message": check.says, "advice": check.advice}
