"""The command ``show``: all about one document or one page, its text, and its picture with words and hits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from archive.catalog.history import PageEntry
from archive.messages import _, ngettext
from archive.types import PageClass
from commands import details
from commands.pages import CLASSES, described
from commands.picture import draw
from commands.report import EXAMPLES
from commands.shared import answer, archive, examples, json_option, note
from commands.texts import texts, whole

HELP = _(
    """Show all about one document or one page.

    Where it is and where its paper lies, what it is and why, how each page was read, every place where the
    same document was seen, and every attempt at it. ID is the id of a document or of a page, as search
    gives it.
    """
)


def _png(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    """A name that says what the file will be: a scan or a letter named by mistake is not overwritten."""
    if file is not None and file.suffix.lower() != ".png":
        raise click.BadParameter(_("the picture is a PNG: give it a name that ends in .png"))
    return file


@click.command(
    help=HELP,
    epilog=examples(
        "arsip show d0000000000000000",
        "arsip show p0000000000000000 --image page.png --query 'undangan rapat'",
        "arsip show p0000000000000000 --text",
    ),
)
@click.argument("subject", metavar="ID")
@click.option(
    "--image",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.png",
    callback=_png,
    help=_("Draw the page upright, with a frame around each word, into this file."),
)
@click.option("--query", metavar="QUERY", help=_("With --image: mark where this is met on the page."))
@click.option("--text", "as_text", is_flag=True, help=_("Show the text, pages parted by a form feed."))
@json_option
def command(subject: str, image: Path | None, query: str | None, as_text: bool, as_json: bool) -> None:
    """See ``HELP``."""
    if query is not None and image is None:
        raise click.UsageError(_("--query marks words on the picture: give --image as well"))
    with archive() as parts:
        known = details.load(parts, subject)
        pages = known.pages if known.page is None else [known.page]
        drawn = draw(parts, [each.page for each in pages], query, image) if image else None
        if as_json:
            value = details.as_answer(known)
            if drawn:
                value["image"] = {"file": str(image), "page": drawn.page, "hits": drawn.hits}
            if as_text:
                value["text"] = [text for _page, text in texts(parts, pages)]
            answer(value)
        elif as_text:
            for piece in whole(parts, pages):
                click.echo(piece, nl=False)
        elif not drawn:
            click.echo("\n".join(described(known)))
    if as_text:
        for line in _without_text(pages):
            note(line)
    if drawn:
        hits = ngettext("{count} word", "{count} words", drawn.hits).format(count=drawn.hits)
        told = _("{file} shows page {number}, with {hits} marked.")
        if query is None:
            told = _("{file} shows page {number}.")
        note(told.format(file=image, number=drawn.number, hits=hits))


def _without_text(pages: Sequence[PageEntry]) -> Iterator[str]:
    """Why pages have no text; of many only some."""
    silent = [page for page in pages if page.page_class is not PageClass.WORDS]
    for page in silent[:EXAMPLES]:
        why = _(CLASSES[page.page_class]) if page.failure is None else page.failure.message()
        yield _("page {number}").format(number=page.number) + f": {why}"
        if page.failure is not None:
            yield f"  → {page.failure.advice()}"
    if len(silent) > EXAMPLES:
        yield _("… and {count} more").format(count=len(silent) - EXAMPLES)
