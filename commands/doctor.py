"""The command ``doctor``: surroundings and archive are looked at; what is wrong is named, or mended."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from functools import partial
from shutil import get_terminal_size

import click

import settings
from archive.errors import Exit
from archive.messages import N_, _
from commands import check_archive, check_machine, check_servers
from commands.checks import Check, Look, carried_out, failed
from commands.shared import answer, examples, json_option
from commands.walk import Walk
from worker.examine import Examination
from worker.parts import Parts

STATES = {
    "ok": (N_("ok"), "green"),
    "mended": (N_("mended"), "green"),
    "warning": (N_("warning"), "yellow"),
    "differs": (N_("differs"), "yellow"),
    "error": (N_("error"), "red"),
}

HELP = _(
    """Check what Arsip needs around it, and whether the archive agrees with itself; say what to do.

    First Tesseract and its languages, readers, memory, disk, servers. Then files, catalog, messages and index
    side by side: by counts and samples, which is quick, or all of them with --full, every byte of every
    original too. With --fix all but these bytes is compared, and what is safe is mended: it never deletes an
    original. Without --fix nothing is changed.

    Ends with 0 when nothing is wrong (warnings are allowed), with 5 when something is missing or broken, else
    with 3 when something differs and was not mended.
    """
)


@click.command(help=HELP, epilog=examples("arsip doctor", "arsip doctor --full", "arsip doctor --fix --json"))
@click.option("--full", is_flag=True, help=_("Compare everything, and read every original: takes long."))
@click.option(
    "--fix", is_flag=True, help=_("Compare everything, mend what is safe, and say what was mended.")
)
@json_option
def command(full: bool, fix: bool, as_json: bool) -> None:
    """See ``HELP``."""
    walk = Walk(quiet=as_json)
    found = []
    for check in _all_checks(settings.load(os.environ), full, fix, walk):
        found.append(check)
        if not as_json:
            walk.clear()
            click.echo("\n".join(_lines(check, get_terminal_size().columns)))
    states = {check.state for check in found}
    if as_json:
        answer({"healthy": not states & {"error", "differs"}, "checks": [_object(each) for each in found]})
    code = Exit.WORLD if "error" in states else Exit.INCOMPLETE if "differs" in states else Exit.OK
    click.get_current_context().exit(code)


def _all_checks(chosen: settings.Settings, full: bool, mends: bool, walk: Walk) -> Iterator[Check]:
    """Look at one thing after the other. An archive that is not there yet is no error."""
    parts = Parts(chosen)
    try:
        yield from carried_out(_of_machine(parts))
        catalog = list(_of_catalog(parts))
        yield from catalog
        there = _is_there(parts)
        sound = there and all(check.state != "error" for check in catalog)
        yield from carried_out(_of_servers(parts, sound))
        if sound:
            look = Examination(parts, full=full, mends=mends, step=walk.more)
            walk.begin(look.steps() if look.walks else 0)
            yield from carried_out(_of_archive(parts, look))
            walk.clear()
        elif there or chosen.index.engine != "embedded":
            yield from carried_out([(check_archive.INDEX, partial(check_archive.index, parts, None))])
        yield from carried_out(
            [(check_servers.CLOCK, partial(check_servers.clock, parts if sound else None))]
        )
    finally:
        parts.close()


def _of_machine(parts: Parts) -> Iterator[Look]:
    yield check_machine.OCR, partial(check_machine.ocr, parts)
    yield check_machine.LANGUAGES, partial(check_machine.languages, parts)
    yield check_machine.OTHER_ENGINE, partial(check_machine.other_engine, parts)
    yield check_machine.READER, partial(check_machine.reader, parts)
    yield check_machine.MEMORY, partial(check_machine.memory, parts.settings)
    yield check_machine.HOME, partial(check_machine.home, parts.settings)
    yield check_machine.DISK, partial(check_machine.disk, parts.settings)


def _of_catalog(parts: Parts) -> Iterator[Check]:
    """The catalog, or the server that will have it."""
    if not parts.settings.catalog.url:
        yield from check_servers.sqlite()
    try:
        if parts.database.there():
            yield from check_servers.catalog(parts)
        elif parts.settings.catalog.url:
            yield from check_servers.no_catalog(parts)
    except Exception as error:
        yield failed(check_servers.CATALOG, error)


def _of_servers(parts: Parts, sound: bool) -> Iterator[Look]:
    if parts.settings.broker.url:
        yield check_servers.BROKER, partial(check_servers.broker, parts.settings)
    if parts.settings.store.path or parts.settings.catalog.url:
        yield check_servers.STORE, partial(check_servers.store, parts, sound)
    if sound:
        yield check_servers.MACHINES, partial(check_servers.machines, parts)


def _of_archive(parts: Parts, look: Examination) -> Iterator[Look]:
    yield check_archive.ORIGINALS, partial(check_archive.originals, look)
    yield check_archive.WORK, partial(check_archive.work, look)
    yield check_archive.RESULTS, partial(check_archive.results, look)
    yield check_archive.INDEX, partial(check_archive.index, parts, look)


def _is_there(parts: Parts) -> bool:
    """Whether there is an archive; a server that cannot be asked has been told of already."""
    try:
        return parts.database.there()
    except Exception:
        return False


def _lines(check: Check, columns: int) -> Iterator[str]:
    """A check as lines that fit into so many columns; paths and commands are not divided."""
    word, colour = STATES[check.state]
    name = _(check.name)
    width = max(60, min(columns, 110)) - 1
    says = _wrapped(check.says, width - 28) or [""]
    yield f"{click.style(f'{_(word):<10}', fg=colour)}{name:<17} {says[0]}"
    yield from (f"{'':<28}{line}" for line in says[1:])
    for example in check.examples:
        yield from _hanging(f"{'':<28}· ", example, width)
    if check.advice:
        yield from _hanging(f"{'':<10}→ ", check.advice, width)


def _hanging(first: str, text: str, width: int) -> Iterator[str]:
    for number, line in enumerate(_wrapped(text, width - len(first))):
        yield (first if number == 0 else " " * len(first)) + line


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _object(check: Check) -> dict[str, object]:
    told: dict[str, object] = {
        "name": check.name,
        "state": check.state,
        "message": check.says,
        "advice": check.advice,
    }
    if check.kind:
        of_kind = {"kind": check.kind, "count": check.count, "mended": check.mended}
        told |= of_kind | {"examples": list(check.examples)}
    return told
