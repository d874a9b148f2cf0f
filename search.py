"""The whole of a search on one screen: parse, the viewer's filter, the hits, each on its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from archive.geometry import on_shown
from archive.types import Box, PageFacts, PageView, Value, Viewer
from index.contract import Facet, Index, Sort
from index.highlight import Snippet, marks, snippet
from index.query import Query, parse


class Views(Protocol):
    """What a search needs of the catalog."""

    def views(self, page_ids: Sequence[str]) -> Mapping[str, PageView]:
        """What is known now of these pages; pages that are gone are missing."""


class SearchHit(PageFacts, frozen=True):
    """A page that was found: where it belongs, and where on it the query is met.

    ``snippet`` is a piece of what was read there. ``boxes`` are fractions of the page as it is shown upright,
    one for each marked word. ``confidence`` is that of the reading, 0 to 1.
    """

    confidence: float
    score: float
    snippet: Snippet
    boxes: tuple[Box, ...]


class Results(Value, frozen=True):
    """What a search found: the numbers and facets of all of it (``index.contract.Found``), and some hits."""

    documents: int
    pages: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[Facet, ...]]


def search(
    text: str,
    viewer: Viewer,
    *,
    index: Index,
    catalog: Views,
    narrowed: Mapping[str, str] | None = None,
    sort: Sort = "relevance",
    min_confidence: float = 0.0,
    limit: int = 20,
    offset: int = 0,
    snippet_width: int = 160,
) -> Results:
    """Search for ``text`` (``index.query``) among what ``viewer`` may see; ``narrowed`` holds fields and
    the values that they must have as well.

    The catalog is the truth: a hit that was withdrawn, went away, or passed out of the viewer's sight since
    the index heard of it is not shown, though it is in the numbers until the index catches up.
    Raises BAD_QUERY, and what the index raises.
    """
    query = parse(text, narrowed)
    found = index.find(
        query, viewer.filter, min_confidence=min_confidence, sort=sort, limit=limit, offset=offset
    )
    views = catalog.views([hit.page for hit in found.hits])
    hits = tuple(
        _hit(query, views[hit.page], hit.score, snippet_width)
        for hit in found.hits
        if hit.page in views and may_see(viewer, views[hit.page])
    )
    return Results(documents=found.documents, pages=found.pages, hits=hits, facets=found.facets)


class Guarded(Protocol):
    """What decides who may see a page."""

    @property
    def withdrawn(self) -> bool: ...
    @property
    def unit(self) -> str: ...
    @property
    def security(self) -> str: ...


def may_see(viewer: Viewer, view: Guarded) -> bool:
    """May this page be shown to this viewer, as the catalog knows it now?"""
    units, classes = viewer.filter.units, viewer.filter.classes
    return (
        not view.withdrawn
        and (units is None or view.unit in units)
        and (classes is None or view.security in classes)
    )


def _hit(query: Query, view: PageView, score: float, width: int) -> SearchHit:
    words, aside = (view.text.words, view.text.aside) if view.text else ((), ())
    marked = marks(query, words, aside)
    return SearchHit(
        **{name: getattr(view, name) for name in PageFacts.__struct_fields__},
        confidence=view.text.confidence if view.text else 0.0,
        score=score,
        snippet=snippet(words + aside, marked, width),
        boxes=_shown_boxes(view, marked),
    )


def _shown_boxes(view: PageView, marked: Sequence[int]) -> tuple[Box, ...]:
    if view.text is None or view.prepared is None:
        return ()
    words = view.text.words + view.text.aside
    return on_shown(view.prepared, view.text.turn, (words[at].box for at in marked))
