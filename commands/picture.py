"""The picture of a page as a person sees it, with frames around its words and the hits of a query marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.geometry import added, on_shown
from archive.types import Box, PageView, Turn
from commands.shared import writing
from commands.texts import PAGES_AT_A_TIME
from index.highlight import marks
from index.query import Query, parse
from worker.parts import Parts
from worker.wire import Mark

LONGEST_SIDE = 2400
"""Pixels: a page of A4 at about 200 dpi, on which small print can be read."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page that was drawn, its number, and how many words were marked as hits."""

    page: str
    number: int
    hits: int


def draw(parts: Parts, pages: Sequence[str], query: str | None, file: Path) -> Drawn:
    """Draw the first of these pages that the query is met on, or the first one, as a PNG in this file.

    Raises BAD_QUERY, what the reader fails with, PATH_MISSING, DISK_FULL and NOT_WRITABLE.
    """
    view, hits = _first_with_hits(parts, pages, None if query is None else parse(query))
    with parts.reader() as reader:
        turn: Turn = 0
        if view.prepared is not None:
            turn = added(view.prepared.turn, view.text.turn if view.text else 0)
        drawn = _marks(view, hits)
        png = reader.picture(view.source, turn, LONGEST_SIDE, drawn, parts.settings.preprocess)
    with writing(file):
        file.write_bytes(png)
    return Drawn(view.page, view.number, len(hits))


def _first_with_hits(
    parts: Parts, pages: Sequence[str], query: Query | None
) -> tuple[PageView, tuple[int, ...]]:
    """The page to draw, and the indexes of the words on it that the query is met by."""
    first = parts.views.views(pages[:1])[pages[0]]
    if query is None:
        return first, ()
    for start in range(0, len(pages), PAGES_AT_A_TIME):
        some = pages[start : start + PAGES_AT_A_TIME]
        views = parts.views.views(some)
        for page in some:
            text = views[page].text
            if text is not None and (hits := marks(query, text.words, text.aside)):
                return views[page], hits
    return first, ()


def _marks(view: PageView, hits: tuple[int, ...]) -> tuple[Mark, ...]:
    """The boxes to draw, as fractions of the page as it is shown."""
    if view.prepared is None or view.text is None:
        return ()
    boxes = on_shown(view.prepared, view.text.turn, (word.box for word in view.text.words + view.text.aside))
    met: tuple[Box, ...] = tuple(boxes[at] for at in hits)
    others = tuple(box for at, box in enumerate(boxes) if at not in set(hits))
    return Mark("word", others), Mark("hit", met)
