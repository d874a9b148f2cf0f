"""The command ``batch rescan``: which pages should be scanned again, as a list or as a contact sheet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from access import LOCAL
from archive.errors import ArsipError, Failure
from archive.messages import N_, _, decimal, ngettext
from commands.shared import answer, archive, counted_pages, examples, json_option, note, shell, writing
from commands.walk import Walk
from ingest.desk.contact import Card, Picture, html
from ingest.desk.kinds import Finding, Kind, counted

if TYPE_CHECKING:
    from worker.parts import Parts
    from worker.reader import Reader
    from worker.rescan_list import Listed, RescanList

THUMBNAIL_SIDE = 420
"""Pixels of the long side of a picture on the contact sheet."""

NAMES = {
    Kind.UNREADABLE: N_("cannot be read"),
    Kind.GAP: N_("pages missing"),
    Kind.CUT: N_("cut off"),
    Kind.DOUBLE: N_("two sheets at once"),
    Kind.BLURRED: N_("blurred"),
    Kind.DARK: N_("too dark"),
    Kind.WEAK: N_("hard to read"),
    Kind.TWICE: N_("scanned twice"),
    Kind.SKEWED: N_("crooked"),
    Kind.BLANK: N_("blank"),
    Kind.TURNED: N_("turned"),
}
EDGES = {
    "left": N_("the text runs off the left edge"),
    "top": N_("the text runs off the upper edge"),
    "right": N_("the text runs off the right edge"),
    "bottom": N_("the text runs off the lower edge"),
}
ADVICE = {
    Kind.GAP: N_("look for the missing pages and scan them"),
    Kind.CUT: N_("lay the sheet straight within the edges and scan it again"),
    Kind.DOUBLE: N_("part the sheets and scan each"),
    Kind.BLURRED: N_("clean the glass, press the sheet flat and scan it again"),
    Kind.DARK: N_("scan it again brighter"),
    Kind.WEAK: N_("compare it with the paper; scan it again at 300 dpi in grey"),
    Kind.TWICE: N_("if it is the same sheet, nothing is lost: leave it"),
    Kind.SKEWED: N_("see that no corner is missing; lay it straight and scan it again"),
    Kind.BLANK: N_("if something is on the paper, scan it again; an empty back may stay"),
    Kind.TURNED: N_("it was turned back: see that it stands right; feed such sheets upright"),
}
AGAIN = (Kind.UNREADABLE, Kind.CUT, Kind.DOUBLE, Kind.BLURRED, Kind.DARK, Kind.WEAK, Kind.SKEWED, Kind.BLANK)
"""What a new scan of the page mends: that one takes its place by ``import --replaces``."""


@click.command(
    "rescan",
    short_help=_("List the pages that should be scanned again."),
    help=_(
        """List the pages of a batch that should be scanned again, the worst first: why, and what to do.

        With -o also as a contact sheet with a small picture of each: one HTML or PDF file to print and take
        to the shelf. Pages that are not read yet, and those that stopped for what no scan mends, are left
        out, and counted.
        """
    ),
    epilog=examples(
        "arsip batch rescan kotak-12",
        "arsip batch rescan kotak-12 -o kotak-12.pdf",
        "arsip batch rescan kotak-12 --json",
    ),
)
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("The contact sheet: a file whose name ends in .html or .pdf."),
)
@json_option
def rescan(name: str, output: Path | None, as_json: bool) -> None:
    """The rescan list of one batch."""
    if output is not None and output.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise click.UsageError(_("name the file .html or .pdf"))
    from worker.rescan_list import rescan_list

    with archive() as parts:
        walk = Walk(quiet=as_json)
        found = rescan_list(parts, LOCAL, name, walk.at)
        walk.clear()
        if output is not None:
            _contact_sheet(parts, name, found, output, walk)
    if as_json:
        answer(as_answer(name, found, output))
    else:
        click.echo("\n".join(_lines(name, found, output)))


def as_answer(batch: str, found: RescanList, output: Path | None) -> dict[str, object]:
    """The object that ``batch rescan --json`` answers with (docs/scripts.md)."""
    return {
        "batch": batch,
        "pages": found.pages,
        "not_read_yet": found.not_yet,
        "stopped": found.stopped,
        "kinds": {kind.value: count for kind, count in _kinds(found).items()},
        "rescan": [_object(each) for each in found.listed],
        "output": None if output is None else str(output),
    }


def _kinds(found: RescanList) -> dict[Kind, int]:
    return counted(each.findings for each in found.listed)


def _object(listed: Listed) -> dict[str, object]:
    where = {"page": listed.page, "document": listed.document, "path": listed.path, "number": listed.number}
    return where | told(listed.findings)


def told(findings: Sequence[Finding]) -> dict[str, object]:
    """What is wrong with a page, in an answer."""
    return {
        "findings": [
            {
                "kind": each.kind.value,
                "badness": each.badness,
                "message": why(each),
                "advice": to_do(each),
                "detail": each.detail,
            }
            for each in findings
        ]
    }


def why(finding: Finding) -> str:
    """What is wrong, in words."""
    detail = finding.detail
    match finding.kind:
        case Kind.UNREADABLE:
            return _stop(finding).message()
        case Kind.GAP:
            return _missing(int(detail["missing"]), int(detail["before"]), int(detail["after"]))
        case Kind.CUT:
            return _(EDGES[str(detail["edge"])])
        case Kind.DOUBLE:
            return _("the sheet is {mm} mm long: two sheets at once?").format(mm=detail["mm"])
        case Kind.BLURRED:
            wide = decimal(float(detail["mm"]), ".2f")
            return _("blurred: the edges of its letters are {mm} mm wide").format(mm=wide)
        case Kind.DARK:
            return _("too dark: the paper has {percent} % of full light").format(
                percent=round(100 * float(detail["light"]))
            )
        case Kind.WEAK:
            return _("hard to read: only {percent} % sure of its words").format(
                percent=round(100 * float(detail["confidence"]))
            )
        case Kind.TWICE:
            return _("it shows the same sheet as {path}, page {number}").format(
                path=detail["other_path"], number=detail["other_number"]
            )
        case Kind.SKEWED:
            return _("crooked by {degrees}°").format(degrees=decimal(abs(float(detail["degrees"]))))
        case Kind.BLANK:
            return _("nothing is on it")
        case Kind.TURNED:
            return _("it lay turned by {degrees}°").format(degrees=detail["degrees"])


def to_do(finding: Finding) -> str:
    """What to do about it, in words."""
    return _stop(finding).advice() if finding.kind is Kind.UNREADABLE else _(ADVICE[finding.kind])


def _stop(finding: Finding) -> Failure:
    """Why a page that cannot be read stopped."""
    return Failure(str(finding.detail["cause"]), finding.detail)


def _missing(pages: int, before: int, after: int) -> str:
    lacks = ngettext("{count} page is missing", "{count} pages are missing", pages).format(count=pages)
    if not before:
        return lacks + " " + _("before page {after}").format(after=after)
    if not after:
        return lacks + " " + _("after page {before}").format(before=before)
    return lacks + " " + _("between page {before} and page {after}").format(before=before, after=after)


def summary(kinds: Mapping[Kind, int]) -> str:
    """How many pages of each kind, in a line."""
    return ", ".join(f"{_(NAMES[kind])}: {count}" for kind, count in kinds.items())


def reminder(batch: str, kinds: Mapping[Kind, int]) -> Iterator[str]:
    """What an import says at its end of pages that should be scanned again, and where the list is."""
    if kinds:
        yield _("To be looked at, and maybe scanned again: {kinds}").format(kinds=summary(kinds))
        yield "  → " + shell("batch", "rescan", batch, "-o", "rescan.html")


def _lines(batch: str, found: RescanList, output: Path | None) -> Iterator[str]:
    if not found.listed:
        yield _("Nothing of {name} needs to be scanned again ({pages} looked at).").format(
            name=batch, pages=counted_pages(found.pages - found.not_yet - found.stopped)
        )
    else:
        yield _("{count} of {pages} to be looked at: {kinds}").format(
            count=len(found.listed),
            pages=counted_pages(found.pages),
            kinds=summary(_kinds(found)),
        )
    for each in found.listed:
        yield ""
        yield click.style(_title(each), bold=True) + f"  {each.page}"
        yield from (f"  {line}" for line in _told(each.findings))
        yield from (f"    → {line}" for line in _in_its_place(each))
    if found.not_yet:
        yield ""
        yield _("Not read yet, and so not judged: {pages}.").format(pages=counted_pages(found.not_yet))
    if found.stopped:
        yield ""
        yield _("Stopped for what no scan mends, and so not judged: {pages}.").format(
            pages=counted_pages(found.stopped)
        )
        yield "  → " + shell("batch", "status", batch)
    if output is not None:
        yield ""
        yield _("Contact sheet: {file}").format(file=output)


def _told(findings: Sequence[Finding]) -> Iterator[str]:
    for each in findings:
        yield why(each)
        yield f"    → {to_do(each)}"


def _in_its_place(listed: Listed) -> Iterator[str]:
    """How a new scan takes this page's place, where one is what it needs."""
    if any(each.kind in AGAIN for each in listed.findings):
        command = f"arsip import FILE --replaces {listed.page}"
        yield _("with the new scan: {command}").format(command=command)


def _title(listed: Listed) -> str:
    return _("{path}, page {number}").format(path=listed.path, number=listed.number)


def _contact_sheet(parts: Parts, batch: str, found: RescanList, output: Path, walk: Walk) -> None:
    """Write the sheet, whole or not at all. Raises PATH_MISSING, DISK_FULL, NOT_WRITABLE."""
    title = _("Rescan list of {name}").format(name=batch)
    about = summary(_kinds(found)) or _("nothing to scan again")
    part = output.with_name(f".{output.name}.part")
    cards = _cards(parts, found.listed, walk)
    try:
        with writing(output):
            if output.suffix.lower() == ".pdf":
                from ingest.desk.contact_pdf import write

                write(part, title, about, cards)
            else:
                with part.open("w", encoding="utf-8", errors="replace") as file:
                    file.writelines(html(os.environ.get("LANGUAGE", "en"), title, about, cards))
            part.replace(output)
    finally:
        part.unlink(missing_ok=True)
        walk.clear()


def _cards(parts: Parts, listed: Sequence[Listed], walk: Walk) -> Iterator[Card]:
    """A card for each page."""
    walk.begin(len(listed))
    with parts.reader() as reader:
        for each in listed:
            walk.more(1)
            said = tuple(why(finding) for finding in each.findings)
            advice = tuple(dict.fromkeys(to_do(finding) for finding in each.findings))
            command = tuple(_in_its_place(each))
            pictures = tuple(_pictures(parts, reader, each))
            yield Card(_title(each), said, advice + command, "" if command else each.page, pictures)


def _pictures(parts: Parts, reader: Reader, listed: Listed) -> Iterator[Picture]:
    """Small pictures of a page and of one that shows the same sheet; what cannot be drawn is left out."""
    for source, turn in listed.images:
        try:
            small = reader.thumbnail(source, turn, THUMBNAIL_SIDE, parts.settings.preprocess)
        except ArsipError as error:
            note(f"{_title(listed)}: {error.failure.message()}")
        else:
            yield Picture(small.jpeg, small.width, small.height)
