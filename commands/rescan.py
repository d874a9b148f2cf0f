"""``arsip import FILE --replaces PAGE``: a rescan takes its page's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from archive.catalog.history import classes
from archive.catalog.rescan import Image, Replacing
from archive.messages import _
from archive.types import PageClass
from commands.pages import CLASSES
from commands.progress import Display
from commands.report import row
from commands.shared import answer, archive, note, shell
from worker.parts import Parts

WITH_IT = ("paths", "replaces", "dry_run", "no_work", "as_json")
"""The parameters of an import that say something about a rescan; all others are the page's own already."""


def replaces(
    ctx: click.Context, paths: Sequence[str], page: str, dry_run: bool, no_work: bool, as_json: bool
) -> int:
    """Have a page show another image, and work until it is searchable; returns the exit code."""
    from archive.catalog.rescan import languages_of
    from ocr.read import check
    from worker import rescan

    path = _one_file(ctx, paths)
    code = 0
    with archive() as parts:
        languages = languages_of(parts.catalog, page)
        if not no_work and not dry_run:
            check(parts.read_options(languages))  # before anything is changed
        found = (rescan.plan if dry_run else rescan.replace)(parts, path, page)
        value = _object(parts, found) | {"dry_run": dry_run}
        (note if as_json else click.echo)("\n".join(_lines(parts, found, dry_run)))
        if not dry_run:
            code = _finish(parts, found, value, no_work, as_json)
    if as_json:
        answer(value)
    return code


def _finish(parts: Parts, found: Replacing, value: dict[str, object], no_work: bool, as_json: bool) -> int:
    from commands.reprocess import exit_code, work_on

    if not no_work:
        work_on(parts, found.batch, Display(quiet=as_json))
    after = classes(parts.catalog, [found.page])
    value["pages"] = {each.value: after[each] for each in PageClass}
    if not as_json:
        click.echo("\n".join(row(_(CLASSES[each]), after[each]) for each in PageClass if after[each]))
    return exit_code(after)


def _one_file(ctx: click.Context, paths: Sequence[str]) -> Path:
    """The one file; a page keeps its place, so that no other option has anything to say."""
    for parameter in ctx.command.params:
        named = parameter.name or ""
        if named not in WITH_IT and ctx.get_parameter_source(named) is ParameterSource.COMMANDLINE:
            said = _("with --replaces, the page keeps what it has: leave {option} out")
            raise click.UsageError(said.format(option=parameter.opts[0]))
    if len(paths) != 1 or Path(paths[0]).is_dir():
        raise click.UsageError(_("with --replaces, name one file: the new scan of that page"))
    return Path(paths[0])


def _lines(parts: Parts, found: Replacing, dry_run: bool) -> Iterator[str]:
    of = {"page": found.page, "number": found.number, "path": found.path}
    if not found.changes:
        yield _("Page {page} (number {number} of {path}) shows this image already: nothing to do.").format(
            **of
        )
        return
    if dry_run:
        yield _("This is what would happen; nothing was changed.")
    yield _("Page {page} (number {number} of {path}) gets another image; all else stays.").format(**of)
    for says, image in (
        (_("before: {original}, image {frame}"), found.before),
        (_("now: {original}, image {frame}"), found.now),
    ):
        yield "  " + says.format(original=image.blob[:12], frame=image.frame + 1)
    if not dry_run:
        yield "  → " + _("To undo this: {command}").format(command=_undo(parts, found))


def _undo(parts: Parts, found: Replacing) -> str:
    return shell("import", parts.store.where(found.before.blob), "--replaces", found.page)


def _object(parts: Parts, found: Replacing) -> dict[str, object]:
    return {
        "page": found.page,
        "document": found.document,
        "number": found.number,
        "path": found.path,
        "batch": found.batch_name,
        "changed": found.changes,
        "before": _image(found.before),
        "now": _image(found.now),
        "undo": _undo(parts, found) if found.changes else None,
    }


def _image(image: Image) -> dict[str, object]:
    return {"blob": image.blob, "frame": image.frame}
