"""Pages on their way to the index: what waits together is taken together."""

from __future__ import annotations

import pipeline
from archive.ledger.ledger import Ledger
from archive.ledger.work import Indexed, Work
from archive.types import Stage
from tests.ledgers import GOOD, Archive, classes, inputs


def test_the_index_takes_together_what_waits(archive: Archive) -> None:
    for name in "abc":
        archive.add(f"{name}.tif")
    archive.until_index()
    before = archive.catalog.commits
    taken = archive.begin()
    assert len(taken.records) == 3
    archive.settle(taken, Indexed())
    assert archive.catalog.commits - before == 2
    assert classes(archive) == {"words": 3}


def test_pages_read_soon_after_one_another_go_into_the_index_together(archive: Archive) -> None:
    gathering = Ledger(archive.catalog, inputs(), gather_seconds=3600.0)

    def to_index() -> Work | None:
        """The index work that follows when the next page is read and its document described."""
        work: Work | None = archive.begin(gathering)
        while work is not None and work.stage is not Stage.INDEX:
            work = gathering.settle(work, GOOD[work.stage], pipeline.follow)
        return work

    for name in "abcd":
        archive.add(f"{name}.tif")
    first = to_index()
    assert first is not None
    gathering.settle(first, Indexed(), pipeline.follow)
    assert (to_index(), to_index()) == (None, None)
    assert [stage for stage, _ in archive.waiting()] == [Stage.PREPROCESS, Stage.INDEX, Stage.INDEX]
    assert to_index() is None
    left = to_index()  # nobody has anything else to do
    assert left is not None
    assert len(left.records) == 3
    gathering.settle(left, Indexed(), pipeline.follow)
    assert classes(archive) == {"words": 4}
