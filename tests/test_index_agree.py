"""Both engines, and a plain reading of the rules in Python, find the same pages for the same queries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from archive.types import Filter, PageRecord
from index.contract import Index
from index.elastic import ElasticIndex
from index.embedded import EmbeddedIndex
from index.entry import Entry, entry_of
from index.query import And, Days, Key, Node, Not, Or, Phrase, Text, Words, parse
from tests import index_pages
from tests.index_servers import fresh

PAGES = index_pages.records(2000)
QUERIES = list(index_pages.queries(200, PAGES))
FILTERS = (
    Filter(),
    Filter(units=frozenset({"Bagian Umum", "Sekretariat"}), classes=frozenset({"B", "T"})),
)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    index = EmbeddedIndex(Path(tmp_path_factory.mktemp("index")))
    yield from _filled(index)


@pytest.fixture(scope="module")
def elastic(elasticsearch_url: str) -> Iterator[Index]:
    with fresh(elasticsearch_url) as name:
        yield from _filled(ElasticIndex(elasticsearch_url, name))


def _filled(index: Index) -> Iterator[Index]:
    assert index.write(PAGES) == {}
    yield index
    index.close()


def test_queries_are_worth_asking() -> None:
    found = [len(_expected(query, FILTERS[0])) for query in QUERIES]
    assert sum(1 for count in found if count) > 120
    assert len({type(node) for query in QUERIES for node in _nodes(parse(query).root)}) == 8


def test_the_embedded_index_finds_what_the_rules_say(embedded: Index) -> None:
    _compare(embedded)


def test_elasticsearch_finds_what_the_rules_say(elastic: Index) -> None:
    _compare(elastic)


def test_both_put_pages_in_the_same_order(embedded: Index, elastic: Index) -> None:
    for query in QUERIES[:40]:
        for sort in ("date", "path"):
            one, other = (i.find(parse(query), FILTERS[0], sort=sort, limit=30) for i in (embedded, elastic))
            assert [hit.page for hit in one.hits] == [hit.page for hit in other.hits]


def _compare(index: Index) -> None:
    for at, query in enumerate(QUERIES):
        for viewer in FILTERS if at % 4 == 0 else FILTERS[:1]:
            found = index.find(parse(query), viewer, limit=2000)
            expected = _expected(query, viewer)
            assert {hit.page for hit in found.hits} == {record.page for record in expected}, query
            assert found.pages == len(found.hits) == len(expected)
            assert found.documents == len({record.document for record in expected})
            for name in ("type", "batch", "unit"):
                counted = {facet.value: facet.documents for facet in found.facets[name]}
                assert counted == _documents_by(name, expected), (query, name)


def _documents_by(name: str, found: list[PageRecord]) -> dict[str, int]:
    pairs = {(getattr(record, name), record.document) for record in found}
    values = {value for value, _document in pairs if value}
    return {value: sum(1 for each, _document in pairs if each == value) for value in values}


ENTRIES = [(record, entry_of(record)) for record in PAGES]


@cache
def _expected(query: str, viewer: Filter) -> list[PageRecord]:
    root = parse(query).root
    return [
        record
        for record, entry in ENTRIES
        if not record.withdrawn
        and (viewer.units is None or record.unit in viewer.units)
        and (viewer.classes is None or record.security in viewer.classes)
        and _matches(root, entry)
    ]


def _matches(node: Node, entry: Entry) -> bool:
    match node:
        case Words(stems, codes):
            beside = _beside(entry.stems, stems) or _beside(entry.path, stems)
            return beside or any(code in entry.keys for code in codes)
        case Phrase(forms):
            return _beside(entry.forms, forms)
        case Key(key):
            return key in entry.keys
        case Text(field, stems, codes):
            known = any(f"{field}:{code}" in entry.keys for code in codes)
            return known or _beside(getattr(entry, field), stems)
        case Days(first, last):
            return first <= entry.day <= last
        case Not(unwanted):
            return not _matches(unwanted, entry)
        case And(nodes):
            return all(_matches(part, entry) for part in nodes)
        case Or(nodes):
            return any(_matches(part, entry) for part in nodes)


def _beside(text: str, words: tuple[str, ...]) -> bool:
    return f" {' '.join(words)} " in f" {text} "


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in getattr(node, "nodes", ()) or filter(None, [getattr(node, "node", None)]):
        yield from _nodes(part)
