"""The selector: the options by which every command that acts on many picks its pages and documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from math import inf
from typing import Any

import click

from archive.catalog.change import Selector
from archive.errors import CAUSES
from archive.messages import _
from archive.types import PageClass, Stage
from archive.versions import is_version
from commands.shared import Command


class PageNumbers:
    """A choice of pages by their numbers, from 1."""

    def __init__(self, ranges: Sequence[tuple[int, float]]) -> None:
        self._ranges = ranges

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self._ranges)

    def beyond(self, pages: int) -> str:
        """What was chosen by number and is not there in a document of so many pages: "6-9,12", or ""."""
        lacking = [(max(first, pages + 1), last) for first, last in self._ranges if last > pages]
        return ",".join(
            str(first) if first == last else f"{first}-{last:.0f}" for first, last in lacking if last != inf
        )


class PagesParam(click.Choice[str]):
    """What ``--pages`` takes where pages may be chosen by number too: 3-5,8 or 10-, or a class of pages."""

    def __init__(self) -> None:
        super().__init__([each.value for each in PageClass])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """See Click."""
        return "3-5,8|" + "|".join(self.choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See Click."""
        if isinstance(value, PageNumbers) or value in self.choices:
            return value
        if not isinstance(value, str) or not _NUMBERS.fullmatch(value):
            classes = ", ".join(self.choices)
            self.fail(
                _("pages are given as 3-5,8 or 10-, or by one of: {classes}").format(classes=classes),
                param,
                ctx,
            )
        ranges = []
        for each in value.split(","):
            first, dash, last = each.partition("-")
            ranges.append((int(first), float(last or "inf") if dash else int(first)))
        if any(not 0 < first <= last for first, last in ranges):
            self.fail(_("pages are given as 3-5,8 or 10-"), param, ctx)
        return PageNumbers(ranges)


_NUMBERS = re.compile(r"\d{1,9}(-\d{0,9})?(,\d{1,9}(-\d{0,9})?)*", re.ASCII)


def selector_options(command: Command, pages: click.Choice[str] | None = None) -> Command:
    """Give a command the options of the selector; ``selected`` makes them one value.

    ``pages`` says what ``--pages`` takes, if not only a class of pages.
    """
    for option in reversed(_options(pages or click.Choice([each.value for each in PageClass]))):
        command = option(command)
    return command


def _options(pages: click.Choice[str]) -> list[Any]:
    return [
        click.option("--batch", metavar="NAME", help=_("Only this batch.")),
        click.option("--document", metavar="ID", help=_("Only this document.")),
        click.option("--page", metavar="ID", help=_("Only this page.")),
        click.option("--unit", metavar="NAME", help=_("Only this unit (unit pengolah).")),
        click.option(
            "--type",
            "kind",
            metavar="CODE",
            callback=known_type,
            help=_("Only this type, such as surat_dinas."),
        ),
        click.option("--path", metavar="TEXT", help=_("Only where the path of the file has this in it.")),
        click.option(
            "--pages",
            "page_class",
            type=pages,
            help=_("Only these pages of each document, or what stands there in the accounting of its batch.")
            if isinstance(pages, PagesParam)
            else _("Only pages that stand there in the accounting of their batch."),
        ),
        click.option(
            "--stage", type=click.Choice([each.value for each in Stage]), help=_("Only what stopped there.")
        ),
        click.option(
            "--cause", metavar="CAUSE", callback=_known_cause, help=_("Only what stopped for this reason.")
        ),
        click.option(
            "--since",
            type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
            metavar="YYYY-MM-DD",
            help=_("Only batches begun on this day or later."),
        ),
        click.option(
            "--confidence-below",
            type=click.FloatRange(0, 1),
            metavar="0…1",
            help=_("Only pages read with less confidence than this."),
        ),
        click.option(
            "--engine",
            type=click.Choice(["tesserocr", "pytesseract", "onnx"]),
            help=_("Only pages that this OCR engine read last."),
        ),
        click.option(
            "--engine-older-than",
            metavar="VERSION",
            callback=_version,
            help=_("Only pages that an OCR engine of an older version read last, such as 5.5."),
        ),
        click.option("--all", "everything", is_flag=True, help=_("Everything in the archive.")),
    ]


def selected(
    *,
    everything: bool,
    kind: str | None,
    page_class: str | None,
    stage: str | None,
    since: datetime | None,
    **same: Any,
) -> Selector:
    """The selector that the options make. Without any of them nothing is picked: that is an error."""
    selector = Selector(
        type=kind,
        page_class=None if page_class is None else PageClass(page_class),
        stage=None if stage is None else Stage(stage),
        since=None if since is None else since.timestamp(),
        **same,
    )
    if selector == Selector() and not everything:
        raise click.UsageError(_("say what to pick, for example --batch NAME; everything is --all"))
    if selector != Selector() and everything:
        raise click.UsageError(_("--all picks everything: leave it out, or leave the others out"))
    return selector


def known_type(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """The code of a type that a person may write as words, such as "Surat Dinas"."""
    if value is None:
        return None
    from classify import taxonomy

    code = "_".join(value.lower().replace("-", " ").split())
    if code not in (known := taxonomy.load().codes):
        names = ", ".join(sorted(known))
        raise click.BadParameter(
            _("there is no type of this name; the types are: {names}").format(names=names)
        )
    return code


def _version(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_version(value):
        raise click.BadParameter(_("a version looks like 5.5 or 5.3.0"))
    return value


def _known_cause(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in CAUSES:
        raise click.BadParameter(_("there is no cause of this name; see: arsip batch status NAME"))
    return value
