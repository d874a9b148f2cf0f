"""Catalog and index side by side: a merge walk over both that yields what differs.

Both change while the walk goes on. Of each stretch of ids the catalog is read first: a page is written to
the index before the catalog says so, hence a page that lags behind in the second look really does.
What seems ahead is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from archive.catalog.connect import Catalog
from archive.catalog.indexed import Known, known, known_of
from archive.types import Value
from index.contract import Index

STRETCH = 10_000
"""Pages looked at in one go; Elasticsearch gives no more."""

Kind = Literal["missing", "older", "newer", "unknown", "withdrawn"]


class Difference(Value, frozen=True):
    """A page that stands differently in catalog and index.

    ``wanted`` is the revision that the catalog knows to be indexed, ``kept`` the one that the index has;
    0 where there is none. ``missing`` and ``older``: the index has not what it once took. ``newer``: it has a
    revision that the catalog has not reached (a catalog restored from a backup), and refuses what comes.
    ``unknown``: the catalog has no such page. ``withdrawn``: the page is shown and should be
    hidden, or hidden and should be shown.
    """

    page: str
    kind: Kind
    wanted: int
    kept: int


def differences(
    catalog: Catalog,
    index: Index,
    stretch: int = STRETCH,
    *,
    withdrawn: bool = False,
    looked: Callable[[int], None] = lambda _pages: None,
) -> Iterator[Difference]:
    """Every page that differs, in the order of ids; a page that only waits to be indexed does not.

    Whether a page is hidden is only compared where ``withdrawn`` says so. ``looked`` is told how many more
    pages of the catalog have been looked at. Raises what catalog and index raise. The walk may stop anywhere.
    """
    after: str | None = None
    while True:
        pages = known(catalog, after or "", stretch)
        last = pages[-1].page if len(pages) == stretch else None
        kept = _kept(index, after, last, stretch)
        yield from _between(catalog, pages, kept)
        if withdrawn:
            hidden = _kept(index, after, last, stretch, only_withdrawn=True)
            yield from _hidden_wrongly(catalog, pages, kept, hidden)
        looked(len(pages))
        if last is None:
            return
        after = last


def _kept(index: Index, after: str | None, last: str | None, stretch: int, **only: bool) -> dict[str, int]:
    """What the index has behind ``after``, up to ``last`` or to its end."""
    kept: dict[str, int] = {}
    while step := index.revisions(after, stretch, **only):
        kept.update(pair for pair in step if last is None or pair[0] <= last)
        after = step[-1][0]
        if last is not None and after >= last:
            break
    return kept


def _between(catalog: Catalog, pages: list[Known], kept: dict[str, int]) -> Iterator[Difference]:
    of_page = {each.page: each for each in pages}
    ahead = [page for page, revision in kept.items() if _ahead(of_page.get(page), revision)]
    if ahead:  # they may have come, or changed, since the catalog was read
        of_page.update((each.page, each) for each in known_of(catalog, ahead))
    for page in sorted(of_page.keys() | kept.keys()):
        if found := _difference(page, of_page.get(page), kept.get(page, 0)):
            yield found


def _ahead(said: Known | None, kept: int) -> bool:
    return said is None or kept > said.revision


def _difference(page: str, said: Known | None, kept: int) -> Difference | None:
    if said is None:
        return Difference(page, "unknown", 0, kept)
    if kept > said.revision:
        return Difference(page, "newer", said.indexed, kept)
    if kept < said.indexed:
        return Difference(page, "older" if kept else "missing", said.indexed, kept)
    return None


def _hidden_wrongly(
    catalog: Catalog, pages: list[Known], kept: dict[str, int], hidden: dict[str, int]
) -> Iterator[Difference]:
    """Pages of which the index has what it last took, hidden or shown as it should not be.

    The catalog is asked again: what was withdrawn while we looked has a newer revision now.
    """
    wrong = {
        each.page: each
        for each in pages
        if kept.get(each.page) == each.revision == each.indexed and (each.page in hidden) != each.withdrawn
    }
    for now in known_of(catalog, list(wrong)):
        if now == wrong[now.page]:
            yield Difference(now.page, "withdrawn", now.indexed, now.revision)
