"""Files, catalog, messages and index side by side: what differs is counted, shown, and mended if safe.

Others may be at work meanwhile: what stands in two places is read backwards to the order in which it is
written, so that work under way does not look like a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from archive.catalog import change, contradictions, health
from archive.catalog.connect import Catalog
from archive.catalog.contradictions import EXAMPLES, Lost, Odd
from archive.catalog.tools import IN_LIMIT
from archive.ledger import hold, messages, workers
from archive.messages import _
from archive.types import Stage
from worker import originals
from worker.compare import Difference, differences
from worker.originals import Stray
from worker.parts import Parts

SAMPLE = 200
"""How many originals a quick examination looks at, with the results of the pages that show them."""
SAMPLE_READ = 5
"""How many of these it reads to their end."""
FOREIGN = 10
"""An index that has more unknown pages than this, and more than known ones, is taken for somebody else's."""


class Kind(StrEnum):
    """What may differ. The names never change."""

    ORIGINAL_MISSING = "original-missing"
    ORIGINAL_CHANGED = "original-changed"
    ORIGINAL_MISPLACED = "original-misplaced"
    ORIGINAL_UNKNOWN = "original-unknown"
    COPY_LEFT_OVER = "copy-left-over"
    MESSAGE_MISSING = "message-missing"
    MESSAGE_NEEDLESS = "message-needless"
    MESSAGE_MISPLACED = "message-misplaced"
    WORKER_GONE = "worker-gone"
    RUN_OPEN = "run-open"
    RESULT_LOST = "result-lost"
    DESCRIPTION_LOST = "description-lost"
    INDEX_MISSING = "index-missing"
    INDEX_OLDER = "index-older"
    INDEX_NEWER = "index-newer"
    INDEX_UNKNOWN = "index-unknown"
    INDEX_FOREIGN = "index-foreign"
    INDEX_WITHDRAWN = "index-withdrawn"
    INDEX_COUNT = "index-count"


@dataclass(slots=True)
class Finding:
    """How many things differ in one way, what some of them are, and how many of them were mended."""

    kind: Kind
    count: int = 0
    examples: list[str] = field(default_factory=list)
    mended: int = 0


Step = Callable[[int], None]
"""Is told how many more originals or pages have been looked at."""


class Examination:
    """One examination of an archive; ``mends`` puts right what is safe, ``full`` leaves nothing out.

    Without either it is quick: it looks at everything in messages, and at a sample of originals and results.
    All methods raise what store, catalog and index raise.
    """

    def __init__(
        self, parts: Parts, *, full: bool = False, mends: bool = False, step: Step = lambda _steps: None
    ) -> None:
        self.walks = full or mends
        self._full, self._mends, self._step = full, mends, step
        self._parts, self._catalog, self._store = parts, parts.catalog, parts.store
        self.looked_at = 0
        """How many originals, results or pages the last look was at."""

    def steps(self) -> int:
        """How many steps a walk over everything takes."""
        of_originals, of_pages = contradictions.sizes(self._catalog)
        return of_originals + 2 * of_pages

    def originals(self) -> list[Finding]:
        """Files and catalog. Nothing kept is ever deleted, only half-made copies of imports that died."""
        found = _Tally()
        self.looked_at = 0
        for stray in self._strays():
            kind = Kind(f"original-{stray.kind}")
            found.add(kind, stray.sha256 or str(stray.path))
            if self._mends and kind is Kind.ORIGINAL_MISPLACED:
                found.mended(kind, self._store.put_right(stray.path, stray.sha256))
        left_over = self._store.left_over()
        found.add(Kind.COPY_LEFT_OVER, *map(str, left_over))
        if left_over and self._mends:
            found.mended(Kind.COPY_LEFT_OVER, self._store.sweep())
        return self._shown(found, self._original_shown)

    def messages(self) -> list[Finding]:
        """Messages, workers and runs, against what the catalog says is to be done."""
        found, catalog = _Tally(), self._catalog
        gone = workers.gone(catalog)
        found.add(Kind.WORKER_GONE, *gone)
        if gone and self._mends:
            workers.free(catalog)
            found.mended(Kind.WORKER_GONE, len(gone.keys() - workers.gone(catalog).keys()))
        for kind, look, mend in _MESSAGES:
            odd = look(catalog)
            found.add(kind, *odd.subjects, count=odd.count)
            if odd.count and self._mends:
                found.mended(kind, mend(catalog))
        return self._shown(found, self._page_shown)

    def results(self) -> list[Finding]:
        """Pages that count as read, and documents that count as described, against the results kept."""
        found = _Tally()
        self.looked_at = 0
        for lost in self._lost():
            found.add(Kind.RESULT_LOST, *(each.page for each in lost))
            if self._mends:
                found.mended(Kind.RESULT_LOST, self._read_again(lost))
        pages = contradictions.lost_descriptions(self._catalog) if self.walks else []
        found.add(Kind.DESCRIPTION_LOST, *pages)
        if self._mends:
            found.mended(Kind.DESCRIPTION_LOST, self._again(pages, Stage.CLASSIFY))
        return self._shown(found, self._page_shown)

    def index(self) -> list[Finding]:
        """Catalog and index; a quick examination only compares how many pages each of them has."""
        found = _Tally()
        if self.walks:
            self._compare_index(found)
        else:
            known = contradictions.indexed_pages(
                self._catalog
            )  # first: the index has them before the catalog says so
            self.looked_at = self._parts.index.count()
            found.add(Kind.INDEX_COUNT, count=max(0, known - self.looked_at))
        return self._shown(found, self._page_shown)

    def _strays(self) -> Iterator[Stray]:
        if self.walks:
            yield from originals.strays(self._catalog, self._store, self._full, self._looked)
            return
        some = health.originals(self._catalog, SAMPLE)
        self._looked(len(some))
        missing: set[str] = set()
        for place, (sha256, size) in enumerate(some):
            kind = originals.compared(self._store, sha256, size, reads=place < SAMPLE_READ)
            if kind == "missing":
                missing.add(sha256)
            elif kind is not None:
                yield Stray(kind, sha256, self._store.path(sha256))
        if missing:
            yield from originals.searched(self._catalog, self._store, missing)

    def _lost(self) -> Iterator[list[Lost]]:
        """Pages whose results are lost, some at a time."""
        if not self.walks:
            some = [sha256 for sha256, _size in health.originals(self._catalog, SAMPLE)]
            lost, looked_at = contradictions.lost_results_of(self._catalog, some)
            self._looked(looked_at)
            yield lost
            return
        after = ""
        while True:
            lost, looked_at, after = contradictions.lost_results(self._catalog, after, IN_LIMIT)
            self._looked(looked_at)
            yield lost
            if looked_at < IN_LIMIT:
                return

    def _read_again(self, lost: Sequence[Lost]) -> int:
        """Have pages read again; one whose original is gone keeps what the index still knows of it."""
        there = [each for each in lost if self._store.path(each.blob).is_file()]
        return sum(
            self._again([each.page for each in there if each.stage is stage], stage)
            for stage in (Stage.PREPROCESS, Stage.OCR)
        )

    def _again(self, pages: Sequence[str], stage: Stage) -> int:
        return change.run_pages_again(self._catalog, pages, stage) if pages else 0

    def _compare_index(self, found: _Tally) -> None:
        self.looked_at = 0
        unknown: list[str] = []
        lot: list[Difference] = []
        for difference in differences(self._catalog, self._parts.index, withdrawn=True, looked=self._looked):
            if difference.kind == "unknown":
                unknown.append(difference.page)
                continue
            found.add(Kind(f"index-{difference.kind}"), difference.page)
            if self._mends:
                lot.append(difference)
            if len(lot) == IN_LIMIT:
                self._index_again(found, lot)
                lot = []
        self._index_again(found, lot)
        if len(unknown) > FOREIGN and len(unknown) > self._parts.index.count() / 2:
            found.add(Kind.INDEX_FOREIGN, *unknown)
            return
        found.add(Kind.INDEX_UNKNOWN, *unknown)
        if unknown and self._mends:
            self._parts.index.remove(unknown)
            found.mended(Kind.INDEX_UNKNOWN, len(unknown))

    def _index_again(self, found: _Tally, lot: list[Difference]) -> None:
        """Have pages written to the index again, with a revision that it does not refuse."""
        contradictions.raise_revisions(
            self._catalog, {each.page: each.kept for each in lot if each.kind == "newer"}
        )
        self._again([each.page for each in lot], Stage.INDEX)
        for difference in lot:
            found.mended(Kind(f"index-{difference.kind}"), 1)

    def _looked(self, more: int) -> None:
        self.looked_at += more
        self._step(more)

    def _original_shown(self, names: Sequence[str]) -> Iterator[str]:
        """Files by their paths, originals by a page that shows them."""
        pages = contradictions.pages_showing(self._catalog, names)
        for name in names:
            yield f"{name[:12]}… ({pages[name]})" if name in pages else name

    def _page_shown(self, names: Sequence[str]) -> Iterator[str]:
        """Pages and documents by their paths and numbers."""
        places = contradictions.places(self._catalog, names)
        for name in names:
            path, number = places.get(name, ("", 0))
            at = _("{path}, page {number}").format(path=path, number=number) if number else path
            yield f"{name} ({at})" if at else name

    def _shown(self, found: _Tally, shown: Callable[[Sequence[str]], Iterator[str]]) -> list[Finding]:
        for finding in found.all:
            finding.examples = list(shown(finding.examples))
        return found.all


_MESSAGES: tuple[tuple[Kind, Callable[[Catalog], Odd], Callable[[Catalog], int]], ...] = (
    (Kind.RUN_OPEN, contradictions.open_runs, contradictions.close_runs),
    (Kind.MESSAGE_NEEDLESS, contradictions.needless_messages, contradictions.drop_needless_messages),
    (Kind.MESSAGE_MISPLACED, contradictions.misplaced_messages, hold.mend),
    (Kind.MESSAGE_MISSING, contradictions.missing_messages, messages.refill),
)
"""Each way in which messages may be wrong, how it is seen, and how it is mended."""


class _Tally:
    """Findings by kind, each with its first examples."""

    def __init__(self) -> None:
        self._by_kind: dict[Kind, Finding] = {}

    @property
    def all(self) -> list[Finding]:
        """The findings, in the order in which they were met."""
        return list(self._by_kind.values())

    def add(self, kind: Kind, *examples: str, count: int | None = None) -> None:
        """Count what differs: so many as there are examples, unless ``count`` says more."""
        more = len(examples) if count is None else count
        if more:
            finding = self._by_kind.setdefault(kind, Finding(kind))
            finding.count += more
            finding.examples += examples[: EXAMPLES - len(finding.examples)]

    def mended(self, kind: Kind, how_many: int) -> None:
        """Count what was mended."""
        if how_many:
            self._by_kind[kind].mended += how_many
