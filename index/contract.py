"""What every search index does, whichever engine stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from archive.errors import Failure
from archive.types import Filter, PageRecord, Value
from index.entry import Entry
from index.query import Query

Sort = Literal["relevance", "date", "path"]
FACETS = ("type", "year", "batch", "unit")
MOST_FACET_VALUES = 100
CODE_SCORE = 10.0
"""What a letter number or date adds to the score where its normal form is met: more than a common word."""
DEEPEST_HIT = 10_000
"""``offset + limit`` may not pass this: who wants more pages than that wants an export."""


class Hit(Value, frozen=True):
    """A page that matches, at the revision the index holds. A score is comparable within one answer only."""

    page: str
    document: str
    revision: int
    score: float


class Facet(Value, frozen=True):
    """A value of a field, and how many of the documents found have it."""

    value: str
    documents: int


class Found(Value, frozen=True):
    """An answer: some of the hits in order, and the numbers and facets of all of them.

    ``facets`` has every name of FACETS, each with its commonest values (at most MOST_FACET_VALUES), most
    documents first; pages without a value are in no facet. Which values are left out where there are more
    may differ between engines.
    """

    hits: tuple[Hit, ...]
    documents: int
    pages: int
    facets: dict[str, tuple[Facet, ...]]


class Index(Protocol):
    """A search index of pages.

    All methods may be called from several threads and processes at once, and raise INDEX_UNREACHABLE,
    INDEX_BROKEN or DISK_FULL when the index itself cannot do its work.
    """

    @property
    def where(self) -> str:
        """Its place, as it may be told and logged."""

    def write(self, records: Sequence[PageRecord]) -> dict[str, Failure]:
        """Write pages; those that failed, by page id.

        When it returns, what was written is durable and will be found. A record never overwrites a newer
        revision of its page, and that is no failure; an equal revision is written again.
        """

    def put(self, entries: Sequence[Entry]) -> dict[str, Failure]:
        """Write pages that were analysed elsewhere; else as ``write``. At most one entry a page."""

    def find(
        self,
        query: Query,
        viewer: Filter,
        *,
        min_confidence: float = 0.0,
        sort: Sort = "relevance",
        limit: int = 20,
        offset: int = 0,
    ) -> Found:
        """The pages that match and that the viewer may see; withdrawn pages are nowhere in the answer.

        Order: ``relevance`` best first, equals by page id; ``date`` newest document first, equals by page
        id downwards; ``path`` by path, page number, page id. One hit a page. ``limit`` may be 0.
        """

    def revisions(
        self, after: str | None = None, limit: int = 1000, *, only_withdrawn: bool = False
    ) -> list[tuple[str, int]]:
        """The (page, revision) pairs kept, withdrawn ones too or only those, in the order of page ids.

        A walk over everything asks again with the last page as ``after`` until nothing comes back.
        """

    def count(self) -> int:
        """How many pages are kept, withdrawn ones too."""

    def remove(self, pages: Sequence[str]) -> None:
        """Take pages out of the index, whatever their revision; those it does not have are no failure.

        For pages that are in no catalog: Elasticsearch refuses a page that was removed for another minute.
        """

    def next(self) -> Index:
        """The generation beside this one, to be filled: empty, or as far as an earlier rebuild came.

        It is there for whoever fills it alone, made for writing much: what is written need not be found
        before ``count`` or a walk over ``revisions`` begins, nor survive a power cut before ``adopt``.
        The index itself may be broken, or of another version. What is older than it is removed.
        """

    def adopt(self) -> None:
        """Take this generation into use: from now on everybody searches it and writes to it.

        The one used until then stays as it is. Who is just writing may still write to that one.
        """

    def check(self) -> None:
        """Raise what is wrong with the index, if anything is."""

    def about(self) -> str:
        """Which engine it is, and which version of it: ``Elasticsearch 8.19.16``."""

    def close(self) -> None:
        """Let go of connections and files."""


def checked_window(limit: int, offset: int) -> None:
    """Raise ValueError for hits no index gives."""
    if limit < 0 or offset < 0 or offset + limit > DEEPEST_HIT:
        raise ValueError(f"hits {offset} to {offset + limit} are not within 0 to {DEEPEST_HIT}")
