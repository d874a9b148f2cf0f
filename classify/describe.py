"""The stage classify: from the words of a document's first pages to its type, number, date and subject."""

from __future__ import annotations

from collections.abc import Sequence

from archive.types import Description, Label, PageText
from classify.fields import NO_WORDS, missing
from classify.hal import ALL_SUBJECTS, read_hal
from classify.kind import is_attachment, judge
from classify.layout import Sheet
from classify.nomor import read_nomor
from classify.tanggal import ALL_DATES, read_tanggal
from classify.taxonomy import LAINNYA, Taxonomy, load

REVISION = 2
"""Raised when the code finds something else in the same words."""


def version(taxonomy: Taxonomy) -> str:
    """Under what a description made with this taxonomy is kept: the code's revision and the data's hash."""
    return f"{REVISION}.{taxonomy.label}"


VERSION = version(load())


def describe(pages: Sequence[PageText | None], path: str, taxonomy: Taxonomy | None = None) -> Description:
    """What a document is, with the evidence for it.

    ``pages`` are its first pages in order (about five are plenty), None where one could not be read; ``path``
    the name of its file. Every field has a value with its page and box, or a reason why it has none:
    ``no-words``, ``not-found``, ``not-filled-in``, ``several-candidates``, or, for what a kind never has,
    ``no-hal-in-spt`` and the like.
    """
    taxonomy = taxonomy or load()
    sheets = [Sheet(page, number) for number, page in enumerate(pages, 1) if page and page.words]
    sheets = [sheet for sheet in sheets if sheet.folded]
    if not sheets:
        nothing = missing(NO_WORDS)
        return Description(Label(LAINNYA, 0.0), nothing, nothing, nothing)
    verdict = judge(sheets, path, taxonomy)
    kind, title, landmarks = taxonomy.types.get(verdict.kind), verdict.title, taxonomy.landmarks
    head = sheets[verdict.head]
    record = [head, *(sheet for sheet in sheets[verdict.head + 1 :] if not is_attachment(sheet, taxonomy))]
    if kind and not kind.nomor:
        nomor = missing(f"no-nomor-in-{verdict.kind}")
    else:
        nomor = read_nomor(head, landmarks, title)
    if kind and not kind.tanggal:
        tanggal = missing(f"no-tanggal-in-{verdict.kind}")
    else:
        tanggal = read_tanggal(record, kind.tanggal if kind else ALL_DATES, landmarks, title, nomor)
    if kind and not kind.hal:
        hal = missing(f"no-hal-in-{verdict.kind}")
    else:
        hal = read_hal(head, kind.hal if kind else ALL_SUBJECTS, landmarks, title)
    return Description(verdict.label, nomor, tanggal, hal)
