"""The text of pages as it is exported and shown: lines as they were read, a few pages in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.catalog.history import PageEntry
from ocr.outputs import plain
from worker.parts import Parts

PAGES_AT_A_TIME = 50
BETWEEN_PAGES = "\f"
"""Between two pages, and not after the last one: the n-th part is page n."""


def texts(parts: Parts, pages: Sequence[PageEntry]) -> Iterator[tuple[PageEntry, str]]:
    """The text of each page, "" for one that is not read (it stopped before, or waits) or has no words."""
    for start in range(0, len(pages), PAGES_AT_A_TIME):
        some = pages[start : start + PAGES_AT_A_TIME]
        views = parts.views.views([each.page for each in some if each.has_text])
        for each in some:
            read = views[each.page].text if each.page in views else None
            yield each, plain.text(read.words) if read else ""


def whole(parts: Parts, pages: Sequence[PageEntry]) -> Iterator[str]:
    """The text of a document in pieces: a line feed ends each line, a form feed parts two pages."""
    for place, (_page, text) in enumerate(texts(parts, pages)):
        if place:
            yield BETWEEN_PAGES
        if text:
            yield text + "\n"
