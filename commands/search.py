"""The command ``search``: pages found by their words, numbers and dates, with the place where they lie."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import click

from access import LOCAL
from archive.catalog import history
from archive.errors import BATCH_UNKNOWN, ArsipError
from archive.messages import _, ngettext
from commands.selector import known_type
from commands.shared import (
    answer,
    archive,
    counted_documents,
    counted_pages,
    day,
    examples,
    is_terminal,
    json_option,
    kept_in,
    note,
    percent,
    type_name,
)
from index.contract import DEEPEST_HIT, Facet, Sort
from index.highlight import Snippet
from search import Results, SearchHit
from search import search as find

MOST_SHOWN = 6
"""How many values of a facet a person is shown."""

HELP = _(
    """Find pages by what stands on them.

    All words must be on one page; endings such as -nya do not matter. "Words in quotes" stand side by side,
    OR means either, -word or NOT word means without it, and parentheses group. Letter numbers are found
    however they are spelled, and so are dates with a year of four digits. A field narrows: type: year: date:
    batch: unit: box: shelf: path: nomor: hal:

    In a shell, put the query into single quotes; if it begins with "-", write -- before it.
    """
)


@click.command(
    help=HELP,
    epilog=examples(
        "arsip search undangan rapat",
        "arsip search '\"rapat koordinasi\" -undangan' --year 2021",
        "arsip search 005/123/UM/2021",
        "arsip search 'tanggal:2019..2021 hal:anggaran' --unit Sekretariat",
        "arsip search --json -- '-rapat undangan'",
    ),
)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--type",
    "kind",
    metavar="CODE",
    callback=known_type,
    help=_("Only this type, such as undangan."),
)
@click.option("--year", metavar="YEAR", help=_("Only documents of this year, or of 2019..2021."))
@click.option("--batch", metavar="NAME", help=_("Only this batch."))
@click.option("--unit", metavar="NAME", help=_("Only this unit (unit pengolah)."))
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="0…1",
    help=_("Only pages read with at least this confidence."),
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date", "path"]),
    default="relevance",
    show_default=True,
    help=_("The order of the pages found; the newest date comes first."),
)
@click.option(
    "--limit",
    type=click.IntRange(0, DEEPEST_HIT),
    default=20,
    show_default=True,
    help=_("How many pages to show."),
)
@json_option
def command(
    query: tuple[str, ...],
    kind: str | None,
    year: str | None,
    batch: str | None,
    unit: str | None,
    min_confidence: float,
    sort: Sort,
    limit: int,
    as_json: bool,
) -> None:
    """See ``HELP``."""
    fields = {"type": kind, "year": year, "batch": batch, "unit": unit}
    with archive() as parts:
        found = find(
            " ".join(query),
            LOCAL,
            index=parts.index,
            catalog=parts.views,
            narrowed={name: value for name, value in fields.items() if value is not None},
            sort=sort,
            min_confidence=min_confidence,
            limit=limit,
        )
        if batch is not None and not found.pages and not history.is_batch(parts.catalog, batch):
            raise ArsipError(BATCH_UNKNOWN, name=batch)
        waiting = 0 if found.pages and as_json else history.waiting(parts.catalog)
    if as_json:
        answer(as_answer(found))
    else:
        click.echo("\n".join(_lines(found)))
    if waiting:
        note(_still_waiting(waiting))


def as_answer(found: Results) -> dict[str, object]:
    """What was found, as ``search --json`` answers (docs/scripts.md)."""
    return {
        "total": {"documents": found.documents, "pages": found.pages},
        "hits": [_hit_object(hit) for hit in found.hits],
        "facets": {
            name: [{"value": each.value, "documents": each.documents} for each in values]
            for name, values in found.facets.items()
        },
    }


def _hit_object(hit: SearchHit) -> dict[str, object]:
    return {
        "document": hit.document,
        "page": hit.page,
        "number": hit.number,
        "pages": hit.pages,
        "path": hit.path,
        "type": hit.type,
        "date": hit.date,
        "nomor": hit.nomor,
        "hal": hit.hal,
        "batch": hit.batch,
        "unit": hit.unit,
        "box": hit.box,
        "shelf": hit.shelf,
        "confidence": round(hit.confidence, 4),
        "snippet": hit.snippet.plain(),
        "boxes": [[round(side, 5) for side in (b.x, b.y, b.w, b.h)] for b in hit.boxes],
    }


def _lines(found: Results) -> Iterator[str]:
    if not found.pages:
        yield _("Nothing was found.")
        return
    yield click.style(_total(found), bold=True)
    for place, hit in enumerate(found.hits, 1):
        yield ""
        yield from _hit_lines(place, hit)
    if len(found.hits) < found.pages:
        yield ""
        yield _("Shown: {shown} of {count} pages. More with --limit.").format(
            shown=len(found.hits), count=found.pages
        )
    yield ""
    yield from _facet_lines(found.facets)


def _total(found: Results) -> str:
    return _("Found: {pages} in {documents}").format(
        pages=counted_pages(found.pages), documents=counted_documents(found.documents)
    )


def _hit_lines(place: int, hit: SearchHit) -> Iterator[str]:
    what = [
        type_name(hit.type) or _("not described yet"),
        day(hit.date) if hit.date else _("no date"),
        hit.nomor,
    ]
    yield f"{place:>3}. " + click.style(" · ".join(filter(None, what)), bold=True)
    if hit.hal:
        yield f"     {hit.hal}"
    where = _("page {number} of {pages}").format(number=hit.number, pages=hit.pages)
    yield f"     {hit.path}, {where}"
    yield f"     {kept_in(hit.batch, hit.unit, hit.box, hit.shelf)}"
    if hit.snippet.parts:
        yield _marked(hit.snippet)
    confidence = _("read with {share} confidence").format(share=percent(hit.confidence))
    yield click.style(f"     {hit.page}, {confidence}", dim=True)


def _marked(snippet: Snippet) -> str:
    """A snippet with its marks in colour, wrapped for a terminal; elsewhere one line with «guillemets»."""
    if not is_terminal(sys.stdout):
        return f"     {snippet.plain()}"
    parts = snippet.parts
    if os.environ.get("NO_COLOR"):
        parts = ((snippet.plain(), False),)
    words = "".join(click.style(text, bold=True, fg="yellow") if met else text for text, met in parts)
    width = shutil.get_terminal_size().columns
    return click.wrap_text(words, width, initial_indent=" " * 5, subsequent_indent=" " * 5)


def _facet_lines(facets: dict[str, tuple[Facet, ...]]) -> Iterator[str]:
    names = {"type": _("types"), "year": _("years"), "batch": _("batches"), "unit": _("units")}
    for name, values in facets.items():
        if values:
            said = type_name if name == "type" else str
            shown = ", ".join(f"{said(each.value)} ({each.documents})" for each in values[:MOST_SHOWN])
            more = ", …" if len(values) > MOST_SHOWN else ""
            yield f"{names.get(name, name):<8} {shown}{more}"


def _still_waiting(pages: int) -> str:
    return ngettext(
        "{count} page of the archive is not searchable yet.",
        "{count} pages of the archive are not searchable yet.",
        pages,
    ).format(count=pages)
