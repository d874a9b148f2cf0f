"""The command ``admin``: what an admin does with an archive as a whole; its index built anew."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from archive.catalog import indexed
from archive.errors import Exit
from archive.messages import _
from commands.progress import span
from commands.shared import answer, archive, as_object, asks, counted_pages, examples, json_option, note
from commands.walk import Walk, left
from worker.parts import Parts

if TYPE_CHECKING:
    from worker.rebuild import Rebuilt

REBUILD = _(
    """Build the search index anew from the catalog, while searches and imports go on.

    A new index is filled beside the one in use, compared with the catalog, and taken into use in one step.
    The old one is kept until the next rebuild. When this is interrupted, calling it again goes on where it
    was. For an index that is broken, was lost, or was made by another version. Ends with 0, or with 3 when
    some pages could not be written.
    """
)


@click.group(
    help=_("Look after the archive as a whole."),
    epilog=examples("arsip admin index rebuild --dry-run", "arsip admin index rebuild"),
)
def command() -> None:
    """See its help."""


@command.group(help=_("Look after the search index."), epilog=examples("arsip admin index rebuild"))
def index() -> None:
    """See its help."""


@index.command(
    short_help=_("Build the index anew from the catalog."),
    help=REBUILD,
    epilog=examples("arsip admin index rebuild --dry-run", "arsip admin index rebuild --yes --json"),
)
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, and change nothing."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
def rebuild(dry_run: bool, yes: bool, as_json: bool) -> None:
    """See ``REBUILD``."""
    with archive() as parts:
        pages = indexed.count(parts.catalog)
        goes_on = not dry_run and (yes or asks(_question(pages)))
        began = time.monotonic()
        done = _rebuilt(parts, pages, quiet=as_json) if goes_on else None
        seconds = time.monotonic() - began
    if as_json:
        answer({"pages": pages, "dry_run": dry_run, "rebuilt": done is not None} | _object(done, seconds))
    elif done is None:
        click.echo(
            _("Would be built anew: {pages}.").format(pages=counted_pages(pages))
            if dry_run
            else _("Nothing was changed.")
        )
    else:
        _tell(done, seconds)
    click.get_current_context().exit(Exit.INCOMPLETE if done and done.failed else Exit.OK)


def _rebuilt(parts: Parts, pages: int, quiet: bool) -> Rebuilt:
    from worker.makers import Makers
    from worker.rebuild import Rebuild

    walk = Walk(quiet, how_far)
    walk.begin(pages)
    try:
        with Makers(parts.catalog) as makers:
            return Rebuild(parts.catalog, parts.index, makers, walk.at).run()
    except KeyboardInterrupt:
        note(_("Interrupted. The old index is in use; the same command goes on where this one was."))
        raise
    finally:
        walk.clear()


def how_far(done: int, total: int, speed: float) -> str:
    """What the display of a rebuild says. See ``walk.Says``."""
    parts = [_("{done} of {total} pages").format(done=done, total=total)]
    if speed:
        parts.append(_("{count} pages a second").format(count=round(speed)))
        parts.append(left(total - done, speed))
    return "; ".join(parts)


def _question(pages: int) -> str:
    question = _("Build the search index of {pages} anew? Searches and imports go on meanwhile.")
    return question.format(pages=counted_pages(pages))


def _tell(done: Rebuilt, seconds: float) -> None:
    if done.found:
        click.echo(_("There from an earlier rebuild: {pages}.").format(pages=counted_pages(done.found)))
    click.echo(
        _("Written: {pages} in {time}.").format(pages=counted_pages(done.written), time=span(seconds))
        + " "
        + _("Compared: the number of pages, and {count} of them by a search.").format(count=done.sampled)
    )
    for page, failure in done.failed.items():
        note(f"  {page}: {failure.message()}\n    → {failure.advice()}")
    click.echo(_("The new index is in use; the old one is kept until the next rebuild."))


def _object(done: Rebuilt | None, seconds: float) -> dict[str, object]:
    if done is None:
        return {}
    return {
        "written": done.written,
        "found": done.found,
        "sampled": done.sampled,
        "failed": {page: as_object(failure) for page, failure in done.failed.items()},
        "seconds": round(seconds, 3),
    }
