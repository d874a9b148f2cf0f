"""``arsip batch pause``, ``resume`` and ``cancel``: a batch waits, goes on, or is not read any further."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archive.catalog.accounts import Account, account
from archive.catalog.cancel import cancel as set_aside
from archive.catalog.cancel import unread
from archive.errors import CANCELLED
from archive.ledger.hold import pause as hold
from archive.ledger.hold import work_between
from archive.messages import _
from commands import report
from commands.between import Between, BetweenType
from commands.shared import answer, archive, asks, counted_pages, examples, json_option, shell


@click.command(
    short_help=_("Begin nothing more of a batch."),
    help=_(
        """Begin nothing more of a batch until it is resumed.

        What is in hand comes to the end of its stage. Files are still taken in. Pages that are searchable
        stay so.
        """
    ),
    epilog=examples("arsip batch pause kotak-12"),
)
@click.argument("name")
@json_option
def pause(name: str, as_json: bool) -> None:
    """Pause one batch."""
    with archive() as parts:
        changed = hold(parts.catalog, name)
        after = account(parts.catalog, name)
    if as_json:
        answer(_object(after, changed))
        return
    said = _("Paused: {name}.") if changed else _("The batch {name} is paused already.")
    click.echo("\n".join([said.format(name=name), *report.hold_lines(after)]))


@click.command(
    short_help=_("Go on with a batch, or change its hours."),
    help=_("Go on with a batch that was paused; with --between, only in these hours of the day, or always."),
    epilog=examples(
        "arsip batch resume kotak-12",
        "arsip batch resume kotak-12 --between 19:00-06:00",
        "arsip batch resume kotak-12 --between always",
    ),
)
@click.argument("name")
@click.option("--between", type=BetweenType(), help=_("Work on it in these hours only; or: always."))
@json_option
def resume(name: str, between: Between | None, as_json: bool) -> None:
    """Resume one batch."""
    with archive() as parts:
        changed = between is not None and work_between(parts.catalog, name, between.hours)
        changed = hold(parts.catalog, name, False) or changed
        after = account(parts.catalog, name)
    if as_json:
        answer(_object(after, changed))
        return
    said = _("Resumed: {name}.") if changed else _("The batch {name} is not paused: nothing to do.")
    click.echo("\n".join([said.format(name=name), *report.hold_lines(after)]))


@click.command(
    short_help=_("Read no more of a batch."),
    help=_(
        """Read no more of a batch: every page that is not read yet is set aside as cancelled.

        What is read stays searchable. An import that still takes files in has to be ended first. On a
        terminal you are asked first.
        """
    ),
    epilog=examples("arsip batch cancel kotak-12 --dry-run", "arsip batch cancel kotak-12 --yes"),
)
@click.argument("name")
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, and change nothing."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
def cancel(name: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Cancel one batch."""
    with archive() as parts:
        pages = unread(parts.catalog, name)
        question = _("Set aside {pages} of {name} that are not read yet?")
        goes_on = bool(pages) and not dry_run
        if goes_on and not yes:
            goes_on = asks(question.format(pages=counted_pages(pages), name=name))
        if goes_on:
            pages = set_aside(parts.catalog, name)
        after = account(parts.catalog, name)
    if as_json:
        answer(_object(after, goes_on) | {"dry_run": dry_run, "cancelled": pages})
    else:
        click.echo("\n".join(_cancelled(after, pages, dry_run, goes_on)))


def _object(after: Account, changed: bool) -> dict[str, object]:
    """What these commands answer with (docs/scripts.md)."""
    return {
        "batch": after.batch,
        "changed": changed,
        **report.standing_object(after),
        "waiting": after.pages.waiting,
    }


def _cancelled(after: Account, pages: int, dry_run: bool, done: bool) -> Iterator[str]:
    if not pages:
        yield _("All pages of {name} are read or set aside: nothing to do.").format(name=after.batch)
    elif dry_run:
        yield _("Would be set aside: {pages}.").format(pages=counted_pages(pages))
    elif not done:
        yield _("Nothing was changed.")
    else:
        again = shell("reprocess", "--batch", after.batch, "--cause", CANCELLED.code)
        yield _("Set aside: {pages} of {name}.").format(pages=counted_pages(pages), name=after.batch)
        yield "  → " + _("To have them read after all: {command}").format(command=again)
