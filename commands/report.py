"""The accounting of a batch, as a person reads it and as a script does (docs/scripts.md)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

import click

from archive.catalog.accounts import Account, HardToRead, Stopped
from archive.errors import Exit, Failure
from archive.ledger.messages import DEFAULT_PRIORITY
from archive.ledger.work import wants_new_scan
from archive.messages import N_, _, ngettext
from archive.types import HARD_TO_READ, Stage
from commands.between import ALWAYS, shown
from commands.shared import as_object, counted_documents, counted_pages, moment, shell

if TYPE_CHECKING:
    from archive.catalog.change import Picked

EXAMPLES = 3
"""How many examples are shown of what failed for the same reason."""

STAGES = {
    Stage.PREPROCESS: N_("while it was prepared"),
    Stage.OCR: N_("while it was read"),
    Stage.CLASSIFY: N_("while it was described"),
    Stage.INDEX: N_("while it was made searchable"),
}

PRIORITIES = {N_("urgent"): 10, N_("normal"): DEFAULT_PRIORITY, N_("low"): 1000}
"""The priorities that a person may give a batch; the lower number goes first."""

RULES = {
    "system-file": N_("system files"),
    "temporary-file": N_("temporary files"),
    "hidden-file": N_("hidden files"),
    "hidden-folder": N_("hidden folders"),
    "sidecar": N_("files that go with others"),
    "office-document": N_("office documents"),
    "text-or-data": N_("text and data"),
    "archive": N_("packed files such as ZIP"),
    "program": N_("programs"),
    "sound-or-film": N_("sound and film"),
    "unknown-kind": N_("of no known kind"),
}
"""Why a file is no document (``ingest/ignore.toml``), in words."""

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)


def as_answer(account: Account, seconds: float) -> dict[str, object]:
    """The accounting as the object that ``import --json`` and ``batch status --json`` answer with."""
    files, pages = account.files, account.pages
    return {
        "batch": account.batch,
        "files": {
            "seen": files.seen,
            "documents": files.documents,
            "known": files.known,
            "ignored": files.ignored,
            "refused": files.refused,
        },
        "documents": account.documents,
        "pages": {
            "total": pages.total,
            "words": pages.words,
            "wordless": pages.wordless,
            "blank": pages.blank,
            "stopped": pages.stopped,
            "waiting": pages.waiting,
        },
        "refused": [{"path": each.path} | as_object(each.failure) for each in account.refused],
        "stopped": [stopped_object(each) for each in account.stopped],
        "hard_to_read": [
            asdict(each) | {"confidence": round(each.confidence, 4)} for each in account.hard_to_read
        ],
        "waits_for": None if account.waits_for is None else _reason(account.waits_for),
        "seconds": round(seconds, 3),
    } | standing_object(account)


def _reason(failure: Failure) -> dict[str, str]:
    return as_object(failure) | {"advice": failure.advice()}


def standing_object(account: Account) -> dict[str, object]:
    """How soon a batch is worked on, in an answer; ``hours`` by the clock of this place."""
    return {
        "priority": priority_name(account),
        "hours": None if account.hours is None else shown(account.hours),
        "paused": account.standing.is_paused,
        "outside_hours": account.standing.is_held,
    }


def priority_name(account: Account) -> str:
    """The name of a batch's priority; one that no command gives is told as its number."""
    number = account.standing.priority
    return next((name for name, each in PRIORITIES.items() if each == number), str(number))


def stopped_object(stopped: Stopped) -> dict[str, object]:
    """A page that was set aside, in an answer."""
    return {
        "page": stopped.page,
        "document": stopped.document,
        "path": stopped.path,
        "number": stopped.number,
        "stage": stopped.stage.value,
    } | as_object(stopped.failure)


def exit_code(account: Account) -> int:
    """0 when all is searchable; 3 when something was refused or stopped; else 6 while pages wait."""
    if account.files.refused or account.pages.stopped:
        return Exit.INCOMPLETE
    return Exit.WAITING if account.pages.waiting else Exit.OK


def text(account: Account) -> str:
    """The accounting in words, 80 columns wide, with the command that mends what failed."""
    parts = [
        [_title(account), *_order(account)],
        list(_files(account)),
        list(_pages(account)),
        list(_refused(account, _import(account.batch, account.roots))),
        list(_stopped(account)),
        list(_weak(account)),
        list(_open_ends(account)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def row(name: str, count: int, remark: str = "", *, level: int = 1) -> str:
    """A line of the accounting: a name, its number, and what there is to say of it."""
    return f"{'  ' * level}{name:<{34 - 2 * level}}{count:>7}  {remark}".rstrip()


def _title(account: Account) -> str:
    title = _("Batch {name}, begun on {when}").format(name=account.batch, when=moment(account.created_at))
    return click.style(title, bold=True)


def _order(account: Account) -> Iterator[str]:
    """What is not usual about when it is worked on."""
    if account.standing.priority != DEFAULT_PRIORITY:
        yield _("Priority: {name}").format(name=_(priority_name(account)))
    if account.hours is not None:
        yield _("Worked on between {hours}").format(hours=shown(account.hours))


def _files(account: Account) -> Iterator[str]:
    files = account.files
    made = counted_documents(account.documents)
    yield row(_("Files seen"), files.seen, level=0)
    yield row(_("in documents"), files.documents, made)
    yield row(_("already in the archive"), files.known)
    yield row(_("ignored"), files.ignored)
    yield from ignored_rows(account.ignored_by)
    yield row(_("refused"), files.refused, _("see below") if files.refused else "")


def ignored_rows(by_rule: Mapping[str, int]) -> Iterator[str]:
    """How many files were ignored by each rule, the commonest first."""
    for rule, count in sorted(by_rule.items(), key=lambda each: -each[1]):
        yield row(_(RULES.get(rule, rule)), count, level=2)


def _pages(account: Account) -> Iterator[str]:
    pages = account.pages
    yield row(_("Pages"), pages.total, level=0)
    yield row(_("with words, searchable"), pages.words)
    if pages.hard_to_read:
        yield row(_("hard to read"), pages.hard_to_read, _("see below"), level=2)
    yield row(_("no words found"), pages.wordless, _("see below") if pages.wordless else "")
    yield row(_("blank"), pages.blank)
    yield row(_("stopped"), pages.stopped, _("see below") if pages.stopped else "")
    yield row(_("not searchable yet"), pages.waiting)


def _refused(account: Account, again: str) -> Iterator[str]:
    groups = _grouped((each.failure.message(), each) for each in account.refused)
    if groups:
        yield click.style(_("Refused files"), bold=True)
    for message, files in groups:
        yield f"  {len(files)} × {message}"
        yield from _examples(account.batch, [each.path for each in files])
        yield f"      → {files[0].failure.advice()}"
    if groups:
        yield "  " + _("When that is done: {command}").format(command=again)
        yield "  " + _("(with the options it was imported with, such as --unit)")


def _stopped(account: Account) -> Iterator[str]:
    groups = _grouped(((each.stage, each.failure.message()), each) for each in account.stopped)
    if groups:
        yield click.style(_("Stopped pages"), bold=True)
    for (stage, message), pages in groups:
        yield f"  {len(pages)} × {_(STAGES[stage])}: {message}"
        yield from _examples(account.batch, [place(each) for each in pages])
        yield f"      → {pages[0].failure.advice()}"
        yield f"        {_mending(account.batch, pages)}"


def _weak(account: Account) -> Iterator[str]:
    """Pages that no remedy has helped: searchable, but not to be relied on."""
    weak = account.hard_to_read
    if not weak:
        return
    yield click.style(_("Pages that are hard to read"), bold=True)
    yield "  " + ngettext(
        "{count} page is less than {percent} % sure of its words, whatever was tried:",
        "{count} pages are less than {percent} % sure of their words, whatever was tried:",
        len(weak),
    ).format(count=len(weak), percent=round(100 * HARD_TO_READ))
    yield from _examples(account.batch, [place(each) for each in weak])
    yield "      → " + _("compare them with the paper, and scan again what is a bad scan")
    yield "        " + shell("batch", "rescan", account.batch)


def place(page: Stopped | HardToRead | Picked) -> str:
    """A page by its file and number, and its id, which commands ask for."""
    return _("{path}, page {number}").format(path=page.path, number=page.number) + f"  {page.page}"


def _mending(batch: str, pages: Sequence[Stopped]) -> str:
    """What mends pages that stopped for the same reason: a new scan of each in its place where the file is at
    fault, else another attempt."""
    stage, cause = pages[0].stage, pages[0].failure.cause
    if wants_new_scan(pages[0].failure):
        return shell("import", "FILE", "--replaces", pages[0].page if len(pages) == 1 else "PAGE")
    return shell("reprocess", "--batch", batch, "--stage", stage.value, "--cause", cause)


def _import(batch: str, roots: Sequence[str]) -> str:
    return shell("import", *(roots or ["PATH"]), "--batch", batch)


def _open_ends(account: Account) -> Iterator[str]:
    if account.withdrawn:
        restore = shell("batch", "withdraw", account.batch, "--restore")
        yield _("This batch was withdrawn: no search finds it.")
        yield "  → " + _("To have it back: {command}").format(command=restore)
    yield from hold_lines(account)
    if account.pages.wordless:
        command = shell("reprocess", "--batch", account.batch, "--pages", "wordless", "--dry-run")
        yield ngettext(
            "{count} page has ink on it, but no words were found: look at it.",
            "{count} pages have ink on them, but no words were found: look at them.",
            account.pages.wordless,
        ).format(count=account.pages.wordless)
        yield f"  → {command}"
    if account.not_described:
        command = shell("reprocess", "--batch", account.batch, "--from", "classify")
        yield ngettext(
            "{count} document could not be described; its pages are searchable all the same.",
            "{count} documents could not be described; their pages are searchable all the same.",
            account.not_described,
        ).format(count=account.not_described)
        yield f"  → {command}"


def hold_lines(account: Account) -> Iterator[str]:
    """Why pages wait, and what to do so that they do not."""
    waiting = counted_pages(account.pages.waiting)
    if account.standing.is_paused:
        yield _("This batch is paused; not searchable yet: {pages}.").format(pages=waiting)
        command = shell("batch", "resume", account.batch)
        yield "  → " + _("To go on: {command}").format(command=command)
    elif not account.pages.waiting or account.withdrawn:
        return
    elif account.hours is not None and account.standing.is_held:
        yield _("It is outside its hours ({hours}); not searchable yet: {pages}.").format(
            hours=shown(account.hours), pages=waiting
        )
        command = shell("batch", "resume", account.batch, "--between", ALWAYS)
        yield "  → " + _("To work on it at any time: {command}").format(command=command)
    else:
        if account.waits_for is None:
            yield _("Some pages are not searchable yet.")
        else:
            why = account.waits_for.message()
            yield _("Some pages are not searchable yet: {message}.").format(message=why)
            yield "  → " + account.waits_for.advice()
        yield "  → " + _("If nothing works on them now, run: {command}").format(command=shell("worker"))


def _examples(batch: str, places: Sequence[str]) -> Iterator[str]:
    for place in places[:EXAMPLES]:
        yield f"      {place}"
    if len(places) > EXAMPLES:
        yield "      " + _("… and {count} more; all of them with:").format(count=len(places) - EXAMPLES)
        yield "        " + shell("batch", "status", batch, "--json")


def _grouped(pairs: Iterable[tuple[_K, _T]]) -> list[tuple[_K, list[_T]]]:
    """Values by key, the largest group first."""
    groups: dict[_K, list[_T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return sorted(groups.items(), key=lambda group: -len(group[1]))
