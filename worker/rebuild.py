"""The index built anew from the catalog: a generation is filled, proved and taken into use.

Searches and imports go on meanwhile, and go to the generation in use. Filling is mending: what the new
generation lacks is written, as often as it lacks something, hence a rebuild that was killed goes on where it
was. Who was just writing when the new one came into use may still have written to the old one: he is waited
for, and what he wrote is written once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from archive.catalog import change, indexed
from archive.catalog.connect import Catalog
from archive.errors import INDEX_BROKEN, ArsipError, Failure
from archive.ledger import workers
from archive.messages import _
from archive.types import Filter, Stage, Value
from index.contract import Index
from index.entry import Entry
from index.query import And, Key, Node, Phrase, Query, field_key
from worker.compare import differences
from worker.entries import make
from worker.makers import TOGETHER, Makers

SAMPLE = 200
"""Pages that the new generation has to find by their own words."""
PHRASE_WORDS = 3
LOOK_SECONDS = 0.2

Show = Callable[[int, int], None]
"""Is told how many pages are in the new index, of how many."""


class Rebuilt(Value, frozen=True):
    """What a rebuild did: pages written, pages that were there from an earlier one, pages compared by a
    search, and why some pages could not be written, by page.
    """

    written: int
    found: int
    sampled: int
    failed: dict[str, Failure]


class Rebuild:
    """One rebuild, or the rest of one that was killed."""

    def __init__(self, catalog: Catalog, index: Index, makers: Makers, show: Show) -> None:
        self._catalog = catalog
        self._index = index
        self._makers = makers
        self._show = show
        self._written = 0
        self._failed: dict[str, Failure] = {}

    def run(self) -> Rebuilt:
        """Do it. Raises what catalog and index raise; what was in use is then in use still."""
        beside = self._index.next()
        found = beside.count()
        walked = TOGETHER
        while walked >= TOGETHER:
            total, sample = indexed.count(self._catalog), self._sample()
            walked = self._mend(beside, found, total)
        sampled = self._prove(beside, total, sample)
        beside.adopt()
        self._wait_for_writers()
        self._mend(self._index, found, total)
        # What could not be written is set aside with its cause, as any page is.
        change.run_pages_again(self._catalog, list(self._failed), Stage.INDEX)
        return Rebuilt(self._written, found, sampled, self._failed)

    def _mend(self, index: Index, found: int, total: int) -> int:
        """Write what the index lacks; returns how many pages that were."""
        before = self._written
        for made in self._makers.made(self._lacking(index)):
            failed = made.failed | index.put(made.entries)
            self._failed |= failed
            self._written += len(made.entries) + len(made.failed) - len(failed)
            self._show(min(found + self._written, total), total)
        return self._written - before

    def _lacking(self, index: Index) -> Iterator[str]:
        for each in differences(self._catalog, index):
            if each.kind in ("missing", "older") and each.page not in self._failed:
                yield each.page

    def _sample(self) -> list[Entry]:
        """Some pages as they are and as the index was told of them."""
        sample = indexed.sample(self._catalog, SAMPLE)
        still = [
            each.page for each in indexed.known_of(self._catalog, sample) if each.revision == each.indexed
        ]
        made = make(tuple(indexed.records_of(self._catalog, still)))
        return [each for each in made.entries if not each.withdrawn]

    def _prove(self, index: Index, least: int, sample: list[Entry]) -> int:
        """Compare the number of pages, and look for some by their words; returns for how many.

        ``least`` pages were in the catalog before the last walk, and ``sample`` were as they are then.
        Raises INDEX_BROKEN where the two do not agree.
        """
        kept = index.count()
        if not least - len(self._failed) <= kept <= indexed.count(self._catalog):
            problem = _("the new one has {kept} pages, the catalog {known}; the old one stays in use")
            raise self._broken(problem.format(kept=kept, known=least))
        sample = [each for each in sample if each.page not in self._failed]
        for entry in sample:
            if not index.find(_its_own_words(entry), Filter(), limit=1).pages and self._is_same(entry):
                problem = _("the new one does not find the page {page}; the old one stays in use")
                raise self._broken(problem.format(page=entry.page))
        return len(sample)

    def _is_same(self, entry: Entry) -> bool:
        """Whether the page is still as it was."""
        return [each.revision for each in indexed.known_of(self._catalog, [entry.page])] == [entry.revision]

    def _wait_for_writers(self) -> None:
        """Wait until whoever began to write before the change has said what he wrote, or is gone."""
        writing = indexed.in_hand(self._catalog)
        while writing := writing & indexed.in_hand(self._catalog):
            time.sleep(LOOK_SECONDS)
            workers.free(self._catalog)

    def _broken(self, problem: str) -> ArsipError:
        return ArsipError(INDEX_BROKEN, where=self._index.where, problem=problem)


def _its_own_words(entry: Entry) -> Query:
    """A query that finds this page and no other, by some words from its middle."""
    forms = tuple(entry.forms.split())
    nodes: tuple[Node, ...] = (Key(field_key("page", entry.page)),)
    middle = max(0, len(forms) // 2 - PHRASE_WORDS)
    if words := forms[middle : middle + PHRASE_WORDS]:
        nodes += (Phrase(words),)
    return Query(And(nodes))
