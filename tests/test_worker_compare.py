"""Catalog and index compared: each kind of difference is found, and what merely waits is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from archive.catalog import indexed
from archive.catalog.change import withdraw
from archive.catalog.codec import record
from archive.catalog.schema import page
from archive.types import Stage
from index.contract import Index
from index.embedded import EmbeddedIndex
from tests.index_pages import record as invented
from tests.ledgers import GOOD, Archive, work_on
from worker.compare import Difference, differences


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    opened = EmbeddedIndex(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Ten pages that the catalog takes for indexed."""
    made = Archive(tmp_path)
    made.add("a.tif", 10)
    work_on(made)
    return made


def ids(archive: Archive) -> list[str]:
    return [each.page for each in indexed.known(archive.catalog, "", 100)]


def write(archive: Archive, index: Index, pages: Sequence[str]) -> None:
    assert index.write([record(each) for each in indexed.records_of(archive.catalog, pages)]) == {}


def found(archive: Archive, index: Index, stretch: int = 3) -> list[tuple[str, str]]:
    return [(each.page, each.kind) for each in differences(archive.catalog, index, stretch)]


def test_an_index_that_holds_what_it_took_does_not_differ(archive: Archive, index: EmbeddedIndex) -> None:
    write(archive, index, ids(archive))
    for stretch in (1, 3, 5, 10, 11, 1000):
        assert found(archive, index, stretch) == []


@pytest.mark.parametrize("stretch", [1, 3, 10, 1000])
def test_each_kind_of_difference_is_found(archive: Archive, index: EmbeddedIndex, stretch: int) -> None:
    pages = ids(archive)
    write(archive, index, pages)
    index.remove([pages[2], pages[9]])
    with archive.catalog.write() as connection:
        changed = update(page).where(page.c.id == pages[4])
        connection.execute(changed.values(revision=9, indexed_revision=9))
    index.write([invented(pages[5], revision=99), invented("a"), invented("z")])
    assert found(archive, index, stretch) == [
        ("a", "unknown"),
        (pages[2], "missing"),
        (pages[4], "older"),
        (pages[5], "newer"),
        (pages[9], "missing"),
        ("z", "unknown"),
    ]
    (older,) = [each for each in differences(archive.catalog, index) if each.kind == "older"]
    assert isinstance(older, Difference)
    assert (older.wanted, older.kept < 9) == (9, True)


def test_an_empty_index_lacks_every_page(archive: Archive, index: EmbeddedIndex) -> None:
    assert found(archive, index) == [(each, "missing") for each in ids(archive)]
    assert indexed.count(archive.catalog) == 10


def test_a_page_that_waits_is_no_difference(archive: Archive, index: EmbeddedIndex) -> None:
    pages = ids(archive)
    write(archive, index, pages)
    archive.add("b.tif", 2)
    work = archive.begin()
    while work.stage is not Stage.INDEX:
        following = archive.settle(work, GOOD[work.stage])
        work = following if following is not None else archive.begin()
    assert found(archive, index) == []


class Meanwhile(EmbeddedIndex):
    """An index beside which something happens before each look at it: ``after`` and what is looked for."""

    def __init__(self, path: Path, happens: Callable[[str | None, bool], None]) -> None:
        super().__init__(path)
        self._happens = happens

    def revisions(
        self, after: str | None = None, limit: int = 1000, *, only_withdrawn: bool = False
    ) -> list[tuple[str, int]]:
        self._happens(after, only_withdrawn)
        return super().revisions(after, limit, only_withdrawn=only_withdrawn)


def test_a_page_that_comes_while_the_walk_goes_on_is_no_difference(
    archive: Archive, index: EmbeddedIndex, tmp_path: Path
) -> None:
    """Between the look at the catalog and the look at the index a document is imported and indexed."""
    write(archive, index, ids(archive))

    def comes(after: str | None, _only_withdrawn: bool) -> None:
        archive.add(f"{after}.tif", 2)
        work_on(archive)
        write(archive, index, ids(archive))

    assert list(differences(archive.catalog, Meanwhile(tmp_path / "index", comes), 4)) == []


def test_a_batch_that_is_withdrawn_while_the_walk_goes_on_is_no_difference(
    archive: Archive, index: EmbeddedIndex, tmp_path: Path
) -> None:
    write(archive, index, ids(archive))

    def is_withdrawn(_after: str | None, only_withdrawn: bool) -> None:
        if only_withdrawn:
            withdraw(archive.catalog, "batch")
            work_on(archive)
            write(archive, index, ids(archive))

    beside = Meanwhile(tmp_path / "index", is_withdrawn)
    assert list(differences(archive.catalog, beside, 20, withdrawn=True)) == []


@pytest.mark.parametrize("stretch", [1, 3, 1000])
def test_pages_hidden_and_shown_wrongly_are_found(
    archive: Archive, index: EmbeddedIndex, stretch: int
) -> None:
    pages = ids(archive)
    write(archive, index, pages)
    hidden = [record(each) for each in indexed.records_of(archive.catalog, [pages[0], pages[7]])]
    index.write([msgspec.structs.replace(each, withdrawn=True) for each in hidden])
    walk = differences(archive.catalog, index, stretch, withdrawn=True)
    assert [(each.page, each.kind) for each in walk] == [(pages[0], "withdrawn"), (pages[7], "withdrawn")]
