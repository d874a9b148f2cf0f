"""The command ``batch``: all batches, how one is doing, and one withdrawn from every search or restored."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archive.catalog.accounts import Account, account, accounts
from archive.errors import Exit
from archive.messages import _
from commands import hold, report, rescan_list
from commands.shared import answer, archive, asks, counted_pages, examples, json_option, moment, shell


@click.group(
    help=_("See how batches are doing; pause, resume or cancel one; withdraw one that was a mistake."),
    epilog=examples("arsip batch list", "arsip batch status kotak-12", "arsip batch withdraw kotak-12"),
)
def command() -> None:
    """See its help."""


for each in (hold.pause, hold.resume, hold.cancel, rescan_list.rescan):
    command.add_command(each)


@command.command(
    "list", help=_("List all batches, the newest first."), epilog=examples("arsip batch list --json")
)
@json_option
def list_batches(as_json: bool) -> None:
    """Every batch in a line."""
    with archive() as parts:
        found = accounts(parts.catalog)
    if as_json:
        answer({"batches": [_line_object(each) for each in found]})
    else:
        click.echo("\n".join(_table(found)))


@command.command(
    short_help=_("Show where all of a batch stands."),
    help=_(
        """Show where all files and pages of a batch stand, and what to do about what failed.

        Ends with 0 when all is searchable, 3 when something was refused or stopped, 6 when pages wait.
        """
    ),
    epilog=examples("arsip batch status kotak-12", "arsip batch status kotak-12 --json"),
)
@click.argument("name")
@json_option
def status(name: str, as_json: bool) -> None:
    """The accounting of one batch."""
    with archive() as parts:
        accounting = account(parts.catalog, name)
    if as_json:
        answer(report.as_answer(accounting, accounting.seconds))
    else:
        click.echo(report.text(accounting))
    click.get_current_context().exit(report.exit_code(accounting))


@command.command(
    short_help=_("Hide a batch from every search."),
    help=_(
        """Hide a batch from every search, or show it again with --restore.

        Nothing is deleted: the originals, the texts and the history stay. On a terminal you are asked first.
        Ends with 6 when the search index could not be told of all pages yet.
        """
    ),
    epilog=examples(
        "arsip batch withdraw kotak-12 --dry-run",
        "arsip batch withdraw kotak-12 --yes",
        "arsip batch withdraw kotak-12 --restore",
    ),
)
@click.argument("name")
@click.option("--restore", is_flag=True, help=_("Show a batch again that was withdrawn."))
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, and change nothing."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
def withdraw(name: str, restore: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Withdraw or restore one batch."""
    with archive() as parts:
        before, waiting = account(parts.catalog, name), 0
        changes = before.withdrawn is restore
        goes_on = changes and not dry_run and (yes or restore or asks(_question(before)))
        if goes_on:
            # Loaded here, so that who only looks at a batch need not wait for it.
            from archive.catalog import change, indexed
            from worker.crew import catch_up

            change.withdraw(parts.catalog, name, restore)
            catch_up(parts)
            waiting = indexed.waiting(parts.catalog, name)
    if as_json:
        answer(
            {
                "batch": name,
                "withdrawn": not restore if goes_on else before.withdrawn,
                "changed": goes_on,
                "dry_run": dry_run,
                "documents": before.documents,
                "pages": before.pages.total,
                "waiting": waiting,
            }
        )
    else:
        click.echo("\n".join(_withdrawn(before, restore, dry_run, goes_on)))
        if waiting:
            late = _("The search index does not know of all of them yet; waiting: {pages}.")
            click.echo(late.format(pages=counted_pages(waiting)))
            click.echo("  → " + _("they go on with: arsip worker"))
    click.get_current_context().exit(Exit.WAITING if waiting else Exit.OK)


def _line_object(each: Account) -> dict[str, object]:
    value = report.as_answer(each, 0.0)
    kept = {key: value[key] for key in ("batch", "files", "documents", "pages")}
    return kept | report.standing_object(each) | {"begun": each.created_at, "withdrawn": each.withdrawn}


def _table(accounts: list[Account]) -> Iterator[str]:
    """Name, begin, documents, pages, and what needs somebody's attention."""
    if not accounts:
        yield _("There is no batch yet.")
        return
    name, begun, documents, pages = _("Batch"), _("Begun"), _("Documents"), _("Pages")
    width = max(len(name), *(len(each.batch) for each in accounts))
    yield click.style(f"{name:<{width}}  {begun:<26}{documents:>9}{pages:>8}", bold=True)
    for each in accounts:
        line = f"{each.batch:<{width}}  {moment(each.created_at):<26}"
        yield f"{line}{each.documents:>9}{each.pages.total:>8}  {_remark(each)}".rstrip()


def _remark(each: Account) -> str:
    if each.withdrawn:
        return _("withdrawn")
    held = [_("paused")] if each.standing.is_paused else []
    if each.standing.is_held:
        held.append(_("outside its hours"))
    counted = (
        (_("{count} waiting"), each.pages.waiting),
        (_("{count} stopped"), each.pages.stopped),
        (_("{count} hard to read"), each.pages.hard_to_read),
        (_("{count} refused"), each.files.refused),
    )
    return ", ".join([*held, *(text.format(count=count) for text, count in counted if count)])


def _question(before: Account) -> str:
    return _("Hide the batch {name} ({documents} documents, {pages} pages) from every search?").format(
        name=before.batch, documents=before.documents, pages=before.pages.total
    )


def _withdrawn(before: Account, restore: bool, dry_run: bool, done: bool) -> Iterator[str]:
    pages = counted_pages(before.pages.total)
    if before.withdrawn is not restore:
        nothing = _("The batch {name} is withdrawn already: nothing to do.")
        if restore:
            nothing = _("The batch {name} is not withdrawn: nothing to do.")
        yield nothing.format(name=before.batch)
    elif dry_run or not done:
        would = _("Would be shown again: {pages}.") if restore else _("Would be hidden: {pages}.")
        yield would.format(pages=pages) if dry_run else _("Nothing was changed.")
    elif restore:
        yield _("Shown again: {pages} of {name}.").format(pages=pages, name=before.batch)
    else:
        yield _("Hidden from every search: {pages} of {name}. Nothing was deleted.").format(
            pages=pages, name=before.batch
        )
        back = shell("batch", "withdraw", before.batch, "--restore")
        yield _("To have it back: {command}").format(command=back)
