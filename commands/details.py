"""All that is known of a document, or of one page of it, and the object that ``show --json`` answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from archive.catalog import history
from archive.catalog.codec import Told
from archive.catalog.history import DocumentEntry, PageEntry, Run, Sighted
from archive.types import PageView
from commands.shared import as_object
from worker.parts import Parts


@dataclass(frozen=True, slots=True)
class Details:
    """A document with its pages; where ``page`` is given, that one page of it is meant."""

    entry: DocumentEntry
    pages: list[PageEntry]
    sightings: list[Sighted]
    runs: list[Run]
    page: PageEntry | None = None
    view: PageView | None = None


def load(parts: Parts, subject: str) -> Details:
    """All that is known of the document or page with this id. Raises ID_UNKNOWN."""
    of_document, page = history.document_of(parts.catalog, subject)
    pages = history.pages(parts.catalog, of_document)
    subjects = [page] if page else [of_document, *(each.page for each in pages)]
    return Details(
        entry=history.entry(parts.catalog, of_document),
        pages=pages,
        sightings=history.sightings(parts.catalog, of_document),
        runs=history.runs(parts.catalog, subjects),
        page=next((each for each in pages if each.page == page), None),
        view=parts.views.views([page])[page] if page else None,
    )


def as_answer(details: Details) -> dict[str, Any]:
    """The object that ``show --json`` answers with (docs/scripts.md)."""
    value = _document(details.entry)
    if details.page is not None and details.view is not None:
        value |= _page(details.page) | _read(details.view)
    else:
        value["pages"] = [_page(each) for each in details.pages]
    value["sightings"] = [
        {"batch": s.batch, "root": s.root, "path": s.path, "at": s.seen_at, "as": s.outcome}
        for s in details.sightings
    ]
    value["runs"] = [_run(each) for each in details.runs]
    return value


def _document(entry: DocumentEntry) -> dict[str, Any]:
    described = None if entry.description is None else msgspec.to_builtins(entry.description)
    return {
        "document": entry.document,
        "batch": entry.batch,
        "withdrawn": entry.withdrawn,
        "root": entry.root,
        "path": entry.path,
        "unit": entry.unit,
        "security": entry.security,
        "box": entry.box,
        "shelf": entry.shelf,
        "languages": entry.languages,
        "type": described and described.pop("label"),
        "fields": described,
        "failure": entry.failure and as_object(entry.failure),
    }


def _page(page: PageEntry) -> dict[str, Any]:
    return {
        "page": page.page,
        "number": page.number,
        "path": page.path,
        "class": page.page_class.value,
        "words": page.words,
        "confidence": round(page.confidence, 4),
        "stopped": page.stage and page.failure and {"stage": page.stage.value} | as_object(page.failure),
    }


def _read(view: PageView) -> dict[str, Any]:
    """Where a page's image comes from, how it was prepared and read; of its words only those put right."""
    read = None
    if view.text is not None:
        read = msgspec.to_builtins(view.text)
        del read["words"]
        read["aside"] = [word.text for word in view.text.aside]
        read["repaired"] = [{"raw": word.raw, "text": word.text} for word in view.text.words if word.raw]
    return {
        "original": msgspec.to_builtins(view.source),
        "prepared": None if view.prepared is None else msgspec.to_builtins(view.prepared),
        "read": read,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "stage": run.stage.value,
        "subject": run.subject,
        "started": run.started_at,
        "seconds": None if run.ended_at is None else round(run.ended_at - run.started_at, 3),
        "outcome": run.outcome or None,
        "cause": run.failure and run.failure.cause,
        "message": run.failure and run.failure.message(),
        "worker": run.owner,
        "decided": None if run.told is None else decided(run.told),
    }


def decided(told: Told) -> dict[str, Any] | None:
    """What became of a page's reading or image in one attempt, in an answer."""
    if not told.decided:
        return None
    gain = told.gain and {
        "share": round(told.gain.share, 4),
        "letters_before": told.gain.before,
        "letters_now": told.gain.now,
        "won": told.gain.won,
        "lost": told.gain.lost,
    }
    original = {"blob": told.blob, "frame": told.frame} if told.blob else None
    return {"what": told.decided, "gain": gain, "original_before": original}
