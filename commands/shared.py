"""What all commands share: failures told in one way, answers as JSON, the archive opened from settings."""

from __future__ import annotations

import errno
import json
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from msgspec.structs import replace

import settings
from archive.errors import (
    DISK_FULL,
    NOT_WRITABLE,
    PATH_MISSING,
    UNEXPECTED,
    ArsipError,
    Exit,
    Failure,
    failure_of,
)
from archive.messages import N_, _, ngettext

if TYPE_CHECKING:
    from worker.parts import Parts

Command = TypeVar("Command", bound=Callable[..., Any])

_JSON = "arsip.json"
"""Where a click context remembers that the answer is wanted as JSON."""
_CAREFUL = "arsip.careful"
"""Where it remembers that the command itself reads with care, whatever the settings say."""

_MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


def language() -> str | None:
    """The language that the settings ask for; ``None`` where they leave it to the system or are broken."""
    try:
        return settings.load(os.environ).language or None
    except ArsipError:
        return None  # the command itself will tell what is wrong with them


def version() -> str:
    """The version installed; a checkout that was never installed has none."""
    from importlib import metadata

    try:
        return metadata.version("arsip")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"


@contextmanager
def archive(*, create: bool = False) -> Iterator[Parts]:
    """The archive that the settings name, closed at the end. Raises NO_ARCHIVE unless it may be created."""
    from worker import parts

    chosen = _with_care(settings.load(os.environ))
    opened = parts.Parts(chosen) if create else parts.existing(chosen)
    try:
        yield opened
    finally:
        opened.close()


def _with_care(chosen: settings.Settings) -> settings.Settings:
    """The settings with ``ocr.careful`` on where the option says so."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or not ctx.meta.get(_CAREFUL):
        return chosen
    if ctx.params.get("no_work"):
        raise click.UsageError(
            _("--careful is for what this command reads itself: leave --no-work out, or set ocr.careful")
        )
    return replace(chosen, ocr=replace(chosen.ocr, careful=True))


def careful_option(command: Command) -> Command:
    """The option ``--careful`` of commands that read pages; ``archive`` heeds it."""

    def remember(ctx: click.Context, _option: click.Parameter, careful: bool) -> None:
        ctx.meta[_CAREFUL] = careful

    return click.option(
        "--careful",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help=_(
            "Read doubtful lines again with the larger models of ocr.careful_models, as ocr.careful does."
        ),
    )(command)


def json_option(command: Command) -> Command:
    """The option ``--json``, which every command has: one object on standard output."""
    return click.option("--json", "as_json", is_flag=True, help=_("Answer with one JSON object."))(command)


def examples(*lines: str) -> str:
    """The end of a command's help: how it is called, one call a line."""
    return "\b\n" + "\n".join((_("Examples:"), *(f"  {line}" for line in lines)))


def answer(value: object) -> None:
    """Write one JSON object on standard output; a file name that is no UTF-8 does not stop it."""
    click.echo(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def note(text: str) -> None:
    """Tell something that is not the answer, on standard error."""
    click.echo(text, err=True)


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person sits at a stream, standard input unless another is given; a closed one is nobody's."""
    stream = stream or sys.stdin
    return stream is not None and stream.isatty()


def asks(question: str) -> bool:
    """Ask on a terminal; without one nobody can be asked, and whoever wrote the script has decided."""
    return not is_terminal() or click.confirm(question, err=True)


def shell(*words: str) -> str:
    """A command line as a person can type it."""
    return shlex.join(("arsip", *words))


def day(iso: str) -> str:
    """An ISO date as people write it."""
    year, month, number = iso.split("-")
    return f"{int(number)} {_(_MONTHS[int(month) - 1])} {year}"


def moment(seconds: float) -> str:
    """A time (seconds since the epoch) as date and time of this place."""
    at = datetime.fromtimestamp(seconds).astimezone()
    return f"{day(at.date().isoformat())} {at:%H:%M:%S}"


def type_name(code: str) -> str:
    """A type as people write it, and as a search understands it again: ``surat dinas``."""
    return code.replace("_", " ")


def percent(share: float) -> str:
    """A share of 1 in percent; what is not all of it never reads as 100."""
    return f"{min(round(share * 100), 99 if share < 1 else 100)} %"


def counted_pages(count: int) -> str:
    """So many pages, in words."""
    return ngettext("{count} page", "{count} pages", count).format(count=count)


def counted_documents(count: int) -> str:
    """So many documents, in words."""
    return ngettext("{count} document", "{count} documents", count).format(count=count)


def kept_in(batch: str, unit: str, box: str, shelf: str) -> str:
    """Where a document belongs and where its paper lies."""
    named = ((_("batch"), batch), (_("unit"), unit), (_("box"), box), (_("shelf"), shelf))
    return ", ".join(f"{name} {value}" for name, value in named if value)


def remember_json(ctx: click.Context, args: Sequence[str]) -> None:
    """Note whether ``--json`` is among the arguments of a command."""
    ctx.meta[_JSON] = "--json" in takewhile(lambda word: word != "--", args)


def tell_usage(ctx: click.Context, error: click.ClickException) -> None:
    """A command that was called wrongly: Click tells a person itself, and this a script."""
    if ctx.meta[_JSON]:
        advice = _("see: {command}").format(command=f"{_path_of(ctx, error)} --help")
        answer({"error": {"cause": "usage", "message": error.format_message(), "advice": advice}})


def told(ctx: click.Context, error: Exception) -> int:
    """Tell what went wrong and what to do next; returns the exit code."""
    failure = failure_of(error)
    message, advice = failure.message(), _advice(failure)
    if ctx.meta[_JSON]:
        with suppress(OSError):  # where it went to may be what went wrong
            answer({"error": {"cause": failure.cause, "message": message, "advice": advice}})
    note(f"arsip: {message}\n  → {advice}")
    if not isinstance(error, ArsipError) and os.environ.get("ARSIP_DEBUG") == "1":
        # The text of an exception and of its locals may quote a page: only the places are shown.
        note("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
    return error.exit if isinstance(error, ArsipError) else Exit.UNEXPECTED


def known(error: Exception) -> Exception:
    """A disk that is full is no surprise, whatever was written to: a report that goes into a file, too."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        if error.filename is None:
            _give_up_output()
        return ArsipError(DISK_FULL, path=str(error.filename or _("what the answer is written to")))
    return error


def _give_up_output() -> None:
    """Let what could not be written go nowhere: Python tries once more at its end, and fails with 120."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def as_object(failure: Failure) -> dict[str, str]:
    """A failure in an answer: its cause, and what happened in words."""
    return {"cause": failure.cause, "message": failure.message()}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Write to a file or folder that a person named. Raises PATH_MISSING, DISK_FULL, NOT_WRITABLE."""
    try:
        yield
    except FileNotFoundError:
        raise ArsipError(PATH_MISSING, path=str(path.parent)) from None
    except OSError as error:
        cause = DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else NOT_WRITABLE
        raise ArsipError(cause, path=str(path)) from None


def _advice(failure: Failure) -> str:
    if failure.cause == UNEXPECTED.code:
        return _("please report it; ARSIP_DEBUG=1 before the command shows where it happened")
    return failure.advice()


def _path_of(ctx: click.Context, error: click.ClickException) -> str:
    inner = error.ctx if isinstance(error, click.UsageError) and error.ctx else ctx
    return inner.command_path
